"""Bringing an index up to date: pages of records in, the same file with them, by atomic rename.

Whoever has the index open goes on reading the file as it was; nobody waits for a lock. What
comes out has the contents of an index built anew from the old records and the new ones, without
those that arXiv deleted (`collecting` sees to it).
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from bibtools.adapters.index import schema
from bibtools.adapters.index.building import IndexInfo, SourceInfo, beside
from bibtools.adapters.index.collecting import STEPS, Collector, facts
from bibtools.adapters.index.preparing import prepare
from bibtools.adapters.index.tables import Tables, open_tables
from bibtools.errors import WriteError
from bibtools.model import ArxivId
from bibtools.model.progress import Progress

HARVEST_SOURCE = "arXiv (OAI-PMH)"
_STEP = "writing the index"


@dataclass(frozen=True, slots=True)
class Page:
    """Some records, in the order in which they are to be added."""

    lines: tuple[bytes, ...]
    """One record each, as JSON in the shape of arXiv's metadata snapshot."""
    deleted: tuple[ArxivId, ...] = ()
    unread: int = 0
    """Records that could not be read before they came here."""


def check_writable(path: Path) -> None:
    """Raise `WriteError` for an index that is not to be changed, or that cannot be replaced."""
    target = Path(os.path.realpath(path))
    # The mark counts also for those who could write in spite of it.
    if not target.stat().st_mode & stat.S_IWUSR or not os.access(target, os.W_OK):
        raise WriteError(
            f'The index "{path}" is read-only.', "Copy it to a place of your own and use --index."
        )
    if not os.access(target.parent, os.W_OK):
        raise WriteError(
            f'The folder of the index "{path}" is read-only; an update needs room beside it.',
            "Copy the index to a place of your own and use --index.",
        )


def fingerprint(tables: Tables) -> str:
    """A text that differs for two indexes with different contents."""
    rows = json.dumps(sorted(tables.meta.items())).encode()
    return f"{tables.path.stat().st_size}-{sha256(rows).hexdigest()[:32]}"


def update(
    path: Path, pages: Iterable[Page], harvest: str, progress: Progress | None = None
) -> IndexInfo:
    """Add the records of all pages to the index and note how far the `harvest` came.

    The index is copied, the copy changed and put in its place; killed at any moment, the old
    index is there as it was. Raises `InputError` for a file that is no index, `WriteError` when
    it cannot be written or was changed meanwhile.
    """
    with open_tables(path) as tables:
        meta = dict(tables.meta)
        fingerprints = _has_fingerprints(tables)
    check_writable(path)
    target = Path(os.path.realpath(path))
    with beside(path) as (_, final):
        before = _mark(target)
        shutil.copyfile(target, final)
        shutil.copymode(target, final)
        database = sqlite3.connect(final, isolation_level=None)
        try:
            # Nobody needs the copy if this is cut off.
            for pragma in (
                "journal_mode=off", "synchronous=off", "temp_store=memory",
                "cache_size=-131072", "locking_mode=exclusive",
            ):  # fmt: skip
                database.execute(f"pragma {pragma}")
            database.execute("begin")
            updater = _Updater(database, fingerprints, progress)
            for page in pages:
                updater.add(page)
            updater.finish()
            updater.write_meta(meta, harvest)
            database.execute("commit")
            _tidy(database)
        except sqlite3.Error as error:
            raise WriteError(
                f'The index "{path}" could not be written: {error}.',
                "Is the disk full, or the index damaged?",
            ) from None
        finally:
            database.close()
        if _mark(target) != before:
            raise WriteError(
                f'The index "{path}" was changed by another program during the update.',
                "Run the update again.",
            )
    from bibtools.adapters.index.lookup import open_index

    with open_index(path) as index:
        return index.info()


def _mark(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _has_fingerprints(tables: Tables) -> bool:
    told = tables.meta.get(schema.FINGERPRINTS)
    return told == "yes" if told else bool(int(tables.meta.get("abstracts") or 0))


def _tidy(database: sqlite3.Connection) -> None:
    """Pack the file when much of it is empty."""
    pages, free = (
        database.execute(f"pragma {name}").fetchone()[0]
        for name in ("page_count", "freelist_count")
    )
    if free * 4 > pages:
        database.execute("vacuum")


class _Updater:
    """Puts pages into the database, and counts them."""

    def __init__(
        self, database: sqlite3.Connection, fingerprints: bool, progress: Progress | None
    ) -> None:
        self.database = database
        self.fingerprints = fingerprints
        self.progress = progress
        self.collector = Collector(database, empty=False)
        self.records = self.unread = 0

    def add(self, page: Page) -> None:
        done = prepare(1, page.lines, self.fingerprints)
        self.records += len(done.rows)
        self.unread += len(done.unread) + page.unread
        self.collector.add(done)
        for arxiv in page.deleted:
            self.collector.remove(schema.pack_id(arxiv))
        if self.progress is not None:
            self.progress("reading records", self.records, 0)

    def finish(self) -> None:
        self._tell(0)
        self.collector.finish(self._tell)

    def _tell(self, done: int) -> None:
        if self.progress is not None:
            self.progress(_STEP, done, STEPS)

    def write_meta(self, meta: dict[str, str], harvest: str) -> None:
        sources = [SourceInfo(*row) for row in json.loads(meta.get(schema.SOURCES) or "[]")]
        known = next((one for one in sources if one.name == HARVEST_SOURCE), None)
        others = [one for one in sources if one is not known]
        if known is not None or self.records or self.unread:
            records, unread = (known.records, known.unread) if known is not None else (0, 0)
            others.append(
                SourceInfo(HARVEST_SOURCE, "arxiv", records + self.records, unread + self.unread)
            )
        rows = [
            *facts(self.database),
            (schema.FINGERPRINTS, "yes" if self.fingerprints else "no"),
            (
                schema.SOURCES,
                json.dumps(
                    [[one.name, one.kind, one.records, one.unread] for one in others],
                    ensure_ascii=False,
                ),
            ),
            (schema.HARVEST, harvest),
        ]
        self.database.executemany("insert or replace into meta values(?,?)", rows)
