"""Pages that were harvested and are not in the index yet: one SQLite file beside it.

Each page is stored in one transaction with the place where the harvest stands after it. The
index itself is replaced only at the end of a run (`updating`), together with that place: so a
run that is killed loses at most the page it was waiting for, and never a page twice.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

from bibtools.adapters.index.updating import Page
from bibtools.errors import WriteError
from bibtools.model import ArxivId

_APPLICATION_ID = 0x62696275
_TABLES = """
create table if not exists state(one integer primary key check (one = 1), base text, harvest text);
create table if not exists page(number integer primary key, lines blob, deleted text,
    unread integer);
"""


def waiting_path(index: Path) -> Path:
    """Where the pages for this index wait."""
    target = Path(os.path.realpath(index))
    return target.with_name(f"{target.name}.update")


class WaitingPages:
    """The pages that wait for one index; a context manager. One process has it at a time."""

    def __init__(self, index: Path, base: str) -> None:
        """Open or make the file. Pages that were harvested for another state of the index than
        `base` are dropped.

        Raises `WriteError` when another process has it, or when it cannot be written.
        """
        self.path = waiting_path(index)
        self._database = self._opened(index)
        row = self._one("select base, harvest from state")
        self.harvest: str | None = row[1] if row is not None and row[0] == base else None
        """Where the harvest stands after the pages; None when none wait."""
        self._base = base
        if row is not None and self.harvest is None:
            self.clear(base)

    def _opened(self, index: Path) -> sqlite3.Connection:
        try:
            database = sqlite3.connect(self.path, isolation_level=None, timeout=0.2)
            try:
                # The lock of the first transaction is kept until the file is closed.
                database.execute("pragma locking_mode=exclusive")
                database.execute("begin exclusive")
                known = database.execute("pragma application_id").fetchone()[0]
                tables = database.execute("select count(*) from sqlite_master").fetchone()[0]
                if known != _APPLICATION_ID and tables:
                    raise WriteError(
                        f'"{self.path}" stands where updates of the index are kept, and is none.',
                        "Move it away.",
                    )
                database.execute(f"pragma application_id={_APPLICATION_ID}")
                for statement in _TABLES.split(";"):
                    database.execute(statement)
                database.execute("commit")
            except BaseException:
                database.close()
                raise
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise WriteError(
                    f'The index "{index}" is being updated by another process.',
                    "Wait until that one has ended.",
                ) from None
            raise self._fault(error) from None
        except sqlite3.DatabaseError as error:
            raise self._fault(error) from None
        return database

    def _fault(self, error: sqlite3.Error) -> WriteError:
        if any(sign in str(error) for sign in ("readonly", "unable to open")):
            return WriteError(
                f'"{self.path}", where harvested pages are kept, or its folder is read-only.',
                "Copy the index to a place of your own and use --index.",
            )
        return WriteError(
            f'The harvested pages in "{self.path}" could not be read or written: {error}.',
            "Is the disk full? The file may be removed; the harvest then begins anew.",
        )

    def _one(self, query: str) -> tuple[str, str] | None:
        try:
            row: tuple[str, str] | None = self._database.execute(query).fetchone()
        except sqlite3.Error as error:
            raise self._fault(error) from None
        return row

    def __enter__(self) -> WaitingPages:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; one without pages is removed."""
        empty = not self.count()
        self._database.close()
        if empty:
            self.path.unlink(missing_ok=True)

    def count(self) -> int:
        """How many pages wait."""
        row = self._one("select count(*), 0 from page")
        return int(row[0]) if row is not None else 0

    def add(self, page: Page, harvest: str) -> None:
        """Keep a page together with where the harvest stands after it."""
        lines = zlib.compress(b"\n".join(page.lines), 1)
        deleted = json.dumps([one.value for one in page.deleted])
        try:
            self._database.execute("begin")
            self._database.execute(
                "insert into page(lines, deleted, unread) values(?,?,?)",
                (lines, deleted, page.unread),
            )
            self._database.execute(
                "insert or replace into state values(1,?,?)", (self._base, harvest)
            )
            self._database.execute("commit")
        except sqlite3.Error as error:
            raise self._fault(error) from None
        self.harvest = harvest

    def pages(self) -> Iterator[Page]:
        """The pages in the order in which they came."""
        try:
            for lines, deleted, unread in self._database.execute(
                "select lines, deleted, unread from page order by number"
            ):
                text = zlib.decompress(lines)
                gone = tuple(ArxivId(value) for value in json.loads(deleted))
                yield Page(tuple(text.split(b"\n")) if text else (), gone, unread)
        except (sqlite3.Error, zlib.error, ValueError) as error:
            raise WriteError(
                f'The harvested pages in "{self.path}" are damaged ({error}).',
                "Remove the file; the harvest then begins anew.",
            ) from None

    def clear(self, base: str) -> None:
        """Forget all pages; those that come are for the state `base` of the index."""
        self._base = base
        self.harvest = None
        try:
            self._database.execute("begin")
            self._database.execute("delete from page")
            self._database.execute("delete from state")
            self._database.execute("commit")
        except sqlite3.Error as error:
            raise self._fault(error) from None
