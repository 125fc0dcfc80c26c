"""What services answered, by question: one SQLite file that any number of processes share.

An answer is kept as records, never as it came: no header, no address, no key. Each stands by
itself, so that one request for a hundred papers fills a hundred answers. The file may be deleted
at any time; it costs the requests to fill it again.

When the file is damaged or is none of ours, it is moved aside and made anew; when it cannot be
written, the run goes on without. Both is said in a notice.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from bibtools.adapters.sqlite_files import (
    BESIDE,
    file_identity,
    make_sure_of_file,
    transaction,
    write_ahead,
)
from bibtools.model import Notice
from bibtools.sites.asking import Batch, Found, NotFound, Question
from bibtools.sites.records import from_json, to_json

SCHEMA = 1
FILE_NAME = f"answers-{SCHEMA}.sqlite"
"""Another schema has another file, so that two versions of bibtools do not undo each other."""
_APPLICATION_ID = 0x62_69_62_61
_TABLES = """
create table if not exists answer (
    question text primary key, asked real not null, records text
) without rowid;
create table if not exists closed (
    scope text primary key, until real not null, reason text not null
) without rowid;
"""
_DAY = 86_400.0
_MARKS = 500
"""Values in one query; SQLite's own limit was 999 for long."""
_MOST_REPLACED = 5
"""Times that the file may be another than the one that was opened, in one run."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer of the cache."""

    answer: Found | NotFound
    asked: float
    """Seconds since 1970."""

    def is_good(self, batch: Batch, now: float) -> bool:
        """Whether it is young enough to be given again."""
        days = batch.keep_days if isinstance(self.answer, Found) else batch.keep_missing_days
        # One from the future was written before the machine's clock was set back.
        return -_DAY <= now - self.asked <= days * _DAY


class Cache:
    """The answers of one folder; of none, where the folder is None. Threads may share it."""

    def __init__(self, folder: Path | None) -> None:
        self._lock = threading.Lock()
        self._notices: list[Notice] = []
        self._path = folder / FILE_NAME if folder is not None else None
        self._closed: dict[str, tuple[float, str]] = {}
        self._file: tuple[int, int] | None = None
        self._repaired = False
        self._replaced = 0
        self._database: sqlite3.Connection | None = None
        if self._path is not None:
            with self._lock:
                self._attempt(lambda _: None)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What happened to the file, in sentences."""
        return tuple(self._notices)

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            if self._database is not None:
                self._database.close()
            self._database = self._path = None

    def find(self, origin: str, questions: Sequence[Question]) -> dict[Question, Kept]:
        """The answers that are there, of whatever age.

        `origin` tells the answers of a test server from those of the service: a short hash.
        """
        names = {_name(origin, question): question for question in questions}
        found: dict[Question, Kept] = {}
        with self._lock:
            for part in _parts(list(names)):
                marks = ",".join("?" * len(part))
                statement = f"select * from answer where question in ({marks})"  # noqa: S608 -- marks
                for name, asked, text in self._attempt(_query(statement, part)) or ():
                    answer = _read(text)
                    if answer is not None and isinstance(asked, float):
                        found[names[name]] = Kept(answer, asked)
        return found

    def is_empty(self) -> bool:
        """Whether there is no answer at all."""
        with self._lock:
            return not self._attempt(_query("select question from answer limit 1", ()))

    def store(
        self, origin: str, answers: Mapping[Question, Found | NotFound], asked: float
    ) -> None:
        """Keep these answers; they are on the disk when it comes back."""
        rows = [
            (_name(origin, question), asked, _written(answer))
            for question, answer in answers.items()
        ]

        def write(database: sqlite3.Connection) -> None:
            with transaction(database):
                database.executemany("insert or replace into answer values (?, ?, ?)", rows)

        with self._lock:
            self._attempt(write)

    def close_scope(self, scope: str, until: float, reason: str) -> None:
        """Remember that a service wants to hear nothing until then, for the next runs too."""

        def write(database: sqlite3.Connection) -> None:
            with transaction(database):
                values = (scope, until, reason)
                database.execute("insert or replace into closed values (?, ?, ?)", values)

        with self._lock:
            self._closed[scope] = (until, reason)
            self._attempt(write)

    def closed_scope(self, scope: str, now: float) -> str | None:
        """Why a service wants to hear nothing; None when it may be asked."""
        with self._lock:
            if scope not in self._closed:
                statement = "select until, reason from closed where scope = ?"
                rows = self._attempt(_query(statement, [scope])) or [(0.0, "")]
                moment, why = rows[0]
                self._closed[scope] = (moment if isinstance(moment, float) else 0.0, str(why))
            until, reason = self._closed[scope]
        return reason if until > now else None

    # The file. `self._lock` is held in all of these.

    def _attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Do it, if need be with a new file; None when there is no file to do it with."""
        while self._path is not None:
            try:
                if self._database is None:
                    self._file = _prepared(self._path)
                    self._database = _opened(self._path)
                return work(self._database)
            except (sqlite3.Error, OSError) as error:
                self._recover(self._path, error)
        return None

    def _recover(self, path: Path, error: Exception) -> None:
        """After this there is another file, or none."""
        if self._database is not None:
            self._database.close()
            self._database = None
        if file_identity(path) != self._file and self._replaced < _MOST_REPLACED:
            # Another process has moved it aside meanwhile, or somebody has deleted it.
            self._replaced += 1
            return
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        )
        if damaged and not self._repaired:
            self._repaired = True
            with contextlib.suppress(OSError):
                aside = _move_aside(path)
                self._say(
                    f'The cache of answers "{path}" is damaged or not ours. It was moved to '
                    f'"{aside.name}" and made anew.',
                    "web.cache-damaged",
                    "Delete the old file if it says nothing to you.",
                )
                return
        self._path = None
        self._say(
            f'The cache of answers "{path}" cannot be used ({_clause(error)}), so that this run '
            "keeps nothing of what it is told.",
            "web.no-cache",
            "Make room or permission there, or name another folder in BIBTOOLS_CACHE.",
        )

    def _say(self, message: str, rule: str, hint: str) -> None:
        self._notices.append(Notice(message, rule=rule, hint=hint))


def _prepared(path: Path) -> tuple[int, int] | None:
    """See to it that there is a file; gives which one it is."""
    make_sure_of_file(path)
    return file_identity(path)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=10.0, isolation_level=None, check_same_thread=False)
    # Text that is none makes one answer unreadable, not all of them.
    database.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
    try:
        with transaction(database):
            # In one transaction: between two looks another process may make the tables. And
            # before anything is written: a file that is not ours stays as it is.
            application = database.execute("pragma application_id").fetchone()[0]
            tables = database.execute("select count(*) from sqlite_master").fetchone()[0]
            if application != _APPLICATION_ID:
                if application or tables:
                    raise sqlite3.DatabaseError("made by another program")
                database.execute(f"pragma application_id = {_APPLICATION_ID}")
            for statement in _TABLES.split(";"):
                database.execute(statement)
        write_ahead(database)
        database.execute("pragma synchronous = normal")
        # Reads a page of each table, which a file that was cut off does not have.
        database.execute("select asked, records from answer limit 1").fetchone()
        database.execute("select until from closed limit 1").fetchone()
    except sqlite3.OperationalError as error:
        database.close()
        if "no such column" in str(error):
            raise sqlite3.DatabaseError("made by another program") from None
        raise
    except BaseException:
        database.close()
        raise
    return database


def _move_aside(path: Path) -> Path:
    """Rename the file with what SQLite keeps beside it; gives the new name."""
    number = 1
    while (aside := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    path.rename(aside)
    for end in BESIDE:
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).rename(aside.with_name(aside.name + end))
    return aside


def _query(statement: str, values: Sequence[Any]) -> Callable[[sqlite3.Connection], list[Any]]:
    return lambda database: database.execute(statement, values).fetchall()


def _parts(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), _MARKS):
        yield values[start : start + _MARKS]


def _name(origin: str, question: Question) -> str:
    name = f"{origin} {question}" if origin else str(question)
    # Half a surrogate pair, as out of a damaged .bib file, is nothing that SQLite can hold.
    return name.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _written(answer: Found | NotFound) -> str | None:
    """The records as JSON; nothing for "not found"."""
    if isinstance(answer, NotFound):
        return None
    return json.dumps([to_json(record) for record in answer.records], ensure_ascii=True)


def _read(text: object) -> Found | NotFound | None:
    """The answer; None for what cannot be read, which is asked again."""
    if text is None:
        return NotFound()
    try:
        return Found(tuple(from_json(row) for row in json.loads(str(text))))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _clause(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
