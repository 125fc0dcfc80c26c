"""Making the full text of a source again: what changed, where that pays, or all of it."""

from __future__ import annotations

import contextlib
import gc
import os
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bibtools.adapters.files import sync_folder
from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.building import Writer, facts_of, make_tables
from bibtools.adapters.fulltext.caching import MARK_BYTES, Stamp, place_of
from bibtools.adapters.fulltext.store import DamagedError, Store, open_file
from bibtools.adapters.private_files import FILE_MODE, make_private_folder
from bibtools.model import Notice
from bibtools.searching.documents import Document

_REWRITE_PART = 4
"""When more than a quarter of the entries is new or gone, the lists are made anew."""
_ADDED = "added"
_LEFT_NS = 3_600_000_000_000
"""A draft of that age is nobody's any more."""


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of a source, not read yet."""

    mark: bytes
    """`MARK_BYTES` that differ when the entry does."""
    line: int
    """Where it stands: its line, or its place among the others from 1."""
    make: Callable[[], Document]


def renewed(
    cache: Path,
    stamp: Stamp,
    digest: str,
    rows: Sequence[Row],
    old: Store | None,
    now_ns: int,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Store, tuple[Notice, ...]]:
    """The full text of these rows, kept for the next time; `old` is what was kept before.

    Where nothing can be kept the store is in memory, and a notice says so.
    """
    facts = {"stamp": stamp.text(), "read": now_ns, "digest": digest}
    path = place_of(cache, stamp)
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        make_private_folder(path.parent)
        _remove_leftovers(path, now_ns)
        try:
            _write(draft, rows, old, facts, progress)
            with draft.open("rb+") as written:
                os.fsync(written.fileno())
            if old is not None:
                old.close()  # Windows does not rename over an open file
            draft.replace(path)
            sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink()
        return Store(open_file(path), str(path)), ()
    except (OSError, sqlite3.OperationalError, DamagedError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        notice = Notice(
            f"What was read could not be kept for the next search ({reason}); this one is done "
            "in memory.",
            str(path.parent),
            rule="search.not-kept",
            hint="Let BIBTOOLS_CACHE name a folder that can be written.",
        )
    return in_memory(rows, progress), (notice,)


def _remove_leftovers(path: Path, now_ns: int) -> None:
    """Remove the drafts of runs that were killed."""
    for left in path.parent.glob(f".{path.name}.*.draft"):
        with contextlib.suppress(OSError):
            if left.stat().st_mtime_ns < now_ns - _LEFT_NS:
                left.unlink()


def in_memory(rows: Sequence[Row], progress: Callable[[int, int], None] | None = None) -> Store:
    """The full text of these rows, kept nowhere."""
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    make_tables(database)
    _fill(database, None, rows, {}, {}, progress)
    return Store(database, "memory")


def _write(
    draft: Path,
    rows: Sequence[Row],
    old: Store | None,
    facts: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> None:
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_RDWR | os.O_CREAT, FILE_MODE))
    plan = _difference(old, rows) if old is not None else None
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as database:
        if old is not None and plan is not None:
            database.execute("pragma synchronous=off")
            old.copy_to(database)
            _add(database, old, plan, rows, facts)
        else:
            make_tables(database)
            _fill(database, draft.parent, rows, _known(old, rows), facts, progress)


def _fill(
    database: sqlite3.Connection,
    folder: Path | None,
    rows: Sequence[Row],
    known: dict[bytes, Document],
    facts: dict[str, Any],
    progress: Callable[[int, int], None] | None,
) -> None:
    database.execute("begin")
    writer = Writer(database, folder)
    was_collecting = gc.isenabled()
    # Nothing that is made here is garbage before the end, and looking for some takes long.
    gc.disable()
    try:
        for count, row in enumerate(rows):
            if progress is not None and not count % 500:
                progress(count, len(rows))
            found = known.get(row.mark)
            writer.add(found if found is not None else row.make())
    finally:
        if was_collecting:
            gc.enable()
    writer.finish(
        {
            **facts_of(writer),
            **facts,
            "lines": _packed([row.line for row in rows]),
            "marks": b"".join(row.mark for row in rows),
        }
    )
    database.execute("commit")


# --- what changed ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Difference:
    lines: list[int]
    """Of the documents that are there, 0 for those that are gone."""
    new: list[int]
    """Rows that have to be added."""


def _marks(store: Store) -> list[bytes]:
    data = store.fact("marks") or b""
    return [data[at : at + MARK_BYTES] for at in range(0, len(data), MARK_BYTES)]


def _difference(old: Store, rows: Sequence[Row]) -> _Difference | None:
    """What to do to make the old store one of these rows; None when it does not pay."""
    marks = _marks(old)
    if len(marks) != old.documents:
        return None
    places: defaultdict[bytes, list[int]] = defaultdict(list)
    for number in range(len(marks) - 1, -1, -1):
        places[marks[number]].append(number)
    lines = [0] * old.documents
    new = []
    for at, row in enumerate(rows):
        held = places.get(row.mark)
        if held:
            lines[held.pop()] = row.line
        else:
            new.append(at)
    changed = len(new) + lines.count(0)
    if changed * _REWRITE_PART > len(rows) or not rows:
        return None
    if (old.documents - 1) >> schema.CHUNK_BITS != (
        old.documents + len(new) - 1
    ) >> schema.CHUNK_BITS:
        return None  # the lists that are added are those of one chunk
    return _Difference(lines, new)


def _add(
    database: sqlite3.Connection,
    old: Store,
    plan: _Difference,
    rows: Sequence[Row],
    facts: dict[str, Any],
) -> None:
    for pragma in ("journal_mode=off", "synchronous=off"):
        database.execute(f"pragma {pragma}")
    database.execute("begin")
    marks = _marks(old)
    if plan.new:
        writer = Writer(database, None, first=old.documents, coding=old.coding)
        for at in plan.new:
            writer.add(rows[at].make())
        writer.finish({_ADDED: 1})
    facts = {
        **facts,
        "lines": _packed([*plan.lines, *(rows[at].line for at in plan.new)]),
        "gone": _packed(at for at, line in enumerate(plan.lines) if not line),
        "marks": b"".join([*marks, *(rows[at].mark for at in plan.new)]),
    }
    database.executemany("insert or replace into meta values(?,?)", list(facts.items()))
    database.execute("commit")


def _known(old: Store | None, rows: Sequence[Row]) -> dict[bytes, Document]:
    """The documents of the rows that were read before."""
    if old is None:
        return {}
    wanted = {row.mark for row in rows}
    numbers = {mark: number for number, mark in enumerate(_marks(old)) if mark in wanted}
    if len(numbers) > old.documents:
        return {}
    try:
        documents = old.documents_of(list(numbers.values()))
    except DamagedError:
        return {}
    return dict(zip(numbers, documents, strict=True))


def _packed(numbers: Iterable[int]) -> bytes:
    return schema.little(array("I", numbers))
