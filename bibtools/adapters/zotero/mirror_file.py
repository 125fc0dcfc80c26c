"""The SQLite file of a library's copy: opened, made anew, or given up for memory.

What is not there any more must never look like a library that is empty: whoever compares it with
a file of entries would take them all for deleted. So a file that turns out to be damaged is made
anew only when it is opened; later it is an error.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bibtools.adapters.sqlite_files import BESIDE, make_sure_of_file, transaction, write_ahead
from bibtools.adapters.zotero.errors import CopyLostError
from bibtools.model import Notice

SCHEMA = 1
_APPLICATION_ID = 0x62_69_62_7A
_TABLES = """
create table if not exists fact (name text primary key, value text not null) without rowid;
create table if not exists item (
    key text primary key, version integer not null, parent text not null, type text not null,
    trashed integer not null, modified text not null, data text not null
);
create index if not exists item_parent on item (parent) where parent != '';
create table if not exists member (
    collection text not null, item text not null, primary key (collection, item)
) without rowid;
create index if not exists member_item on member (item);
create table if not exists collection (
    key text primary key, version integer not null, name text not null, parent text not null,
    trashed integer not null
) without rowid;
"""
_WAIT_FOR_OTHERS = 30.0
"""Seconds."""
_T = TypeVar("_T")


class MirrorFile:
    """The file. When it cannot be used the work goes on with a new one, or in memory."""

    def __init__(self, path: Path | None) -> None:
        """Open it, or make it; None keeps everything in memory."""
        self._path = path
        self._notices: list[Notice] = []
        self._database = self._open()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What happened to the file, in sentences."""
        return tuple(self._notices)

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def query(self, statement: str, values: Sequence[Any]) -> list[Any]:
        """All rows. Raises `CopyLostError`, after which the copy is empty."""
        return self._attempt(lambda database: database.execute(statement, values).fetchall())

    def change(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Do this in one transaction, twice if need be. Raises `CopyLostError` as `query`."""

        def in_transaction(database: sqlite3.Connection) -> None:
            with transaction(database):
                work(database)

        self._attempt(in_transaction)

    def _attempt(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Do it; when the file cannot be written, in memory."""
        try:
            return work(self._database)
        except sqlite3.OperationalError as error:
            if self._path is None:
                raise
            self._go_on_in_memory(self._path, error)
        except sqlite3.DatabaseError:
            if self._path is None:
                raise
            raise self._lost(self._path) from None
        return work(self._database)

    def _open(self) -> sqlite3.Connection:
        path = self._path
        if path is None:
            return _opened(None)
        try:
            return self._opened_or_made(path)
        except (sqlite3.Error, OSError) as error:
            self._say_in_memory(error)
            self._path = None
            return _copied(path)

    def _opened_or_made(self, path: Path) -> sqlite3.Connection:
        make_sure_of_file(path)
        try:
            return _opened(path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self._say_damaged()
            _delete(path)
            make_sure_of_file(path)
            return _opened(path)

    def _lost(self, path: Path) -> CopyLostError:
        """The file is damaged: there is a new one after this, with nothing in it."""
        self._database.close()
        _delete(path)
        self._database = self._open()
        return CopyLostError(
            f'The copy of the library in "{path}" is damaged. It is made anew by the next run.',
            hint="Run the command again.",
        )

    def _go_on_in_memory(self, path: Path, error: sqlite3.Error) -> None:
        """The file cannot be written: what it holds is taken along."""
        memory = _opened(None)
        try:
            self._database.backup(memory)
        except sqlite3.Error:
            memory.close()
            raise self._lost(path) from None
        self._database.close()
        self._say_in_memory(error)
        self._path = None
        self._database = memory

    def _say_damaged(self) -> None:
        self._notices.append(
            Notice(
                f'The copy of the library in "{self._path}" was damaged or not ours. It is made '
                "anew.",
                rule="zotero.copy-damaged",
            )
        )

    def _say_in_memory(self, error: Exception) -> None:
        clause = (error.strerror if isinstance(error, OSError) else None) or str(error)
        self._notices.append(
            Notice(
                f'The copy of the library in "{self._path}" cannot be written ({clause}), so that '
                "the next run asks for everything again.",
                rule="zotero.no-copy",
                hint="Make room or permission there, or name another folder in BIBTOOLS_CACHE.",
            )
        )


def _opened(path: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(
        path if path is not None else ":memory:", timeout=_WAIT_FOR_OTHERS, isolation_level=None
    )
    try:
        database.execute("pragma synchronous = normal")
        if path is not None:
            write_ahead(database)
        tables = database.execute("select count(*) from sqlite_master").fetchone()[0]
        if tables and not _is_ours(database):
            raise sqlite3.DatabaseError("made by another program")
        with transaction(database):
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"pragma application_id = {_APPLICATION_ID}")
            database.execute(f"pragma user_version = {SCHEMA}")
        # Reads a page of each table, which a file that was cut off does not have.
        for table in ("fact", "item", "member", "collection"):
            database.execute(f"select * from {table} limit 1").fetchone()  # noqa: S608
    except BaseException:
        database.close()
        raise
    return database


def _is_ours(database: sqlite3.Connection) -> bool:
    number = database.execute("pragma application_id").fetchone()[0]
    schema = database.execute("pragma user_version").fetchone()[0]
    return (number, schema) == (_APPLICATION_ID, SCHEMA)


def _copied(path: Path) -> sqlite3.Connection:
    """What a file that may only be read holds, in memory; nothing where it cannot be read."""
    memory = _opened(None)
    with contextlib.suppress(sqlite3.Error, OSError):
        # A file whose last changes lie beside it cannot be read without writing, and is left out.
        if (
            not path.with_name(path.name + "-wal").exists()
            or not path.with_name(path.name + "-wal").stat().st_size
        ):
            address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
            with contextlib.closing(sqlite3.connect(address, uri=True)) as there:
                if _is_ours(there):
                    there.backup(memory)
    return memory


def _delete(path: Path) -> None:
    for end in ("", *BESIDE):
        with contextlib.suppress(OSError):
            path.with_name(path.name + end).unlink()
