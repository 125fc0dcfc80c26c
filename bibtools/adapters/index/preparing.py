"""What a metadata line becomes before it is stored: the costly half of building, in parallel.

Values in, values out, so that it can run in other processes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from bibtools.adapters.index import schema
from bibtools.formats.arxiv_snapshot import ArxivRecord, UnreadableRecordError, read_record
from bibtools.matching.evidence import AUTHOR_SEPARATOR
from bibtools.text.fingerprints import sketch
from bibtools.text.titles import main_title, title_hash, title_key, title_words
from bibtools.text.urls import CODE_KINDS, find_urls

LINES_EACH = 2_000
"""Lines that are prepared together."""


@dataclass(slots=True)
class Prepared:
    """Some lines, ready to be stored."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    """Rows of the table `paper`."""
    words: list[tuple[str, ...]] = field(default_factory=list)
    """The different words of each title."""
    titles: list[tuple[int, ...]] = field(default_factory=list)
    """The hashes by which each title is found."""
    anchors: list[Sequence[int]] = field(default_factory=list)
    """The lowest pairs of each abstract."""
    links: list[tuple[int, str, str, str]] = field(default_factory=list)
    """Rows of the table `link`."""
    unread: list[tuple[int, str]] = field(default_factory=list)
    """(line number, why) of lines that are no record."""


def prepare(first: int, lines: Sequence[bytes], fingerprints: bool) -> Prepared:
    """Prepare lines of a snapshot; `first` is the number of the first one."""
    done = Prepared()
    for number, line in enumerate(lines, start=first):
        if not line.strip():
            continue
        try:
            record = read_record(line)
        except UnreadableRecordError as error:
            done.unread.append((number, str(error)))
            continue
        _add(done, record, fingerprints)
    return done


def _add(done: Prepared, record: ArxivRecord, fingerprints: bool) -> None:
    paper = schema.pack_id(record.arxiv)
    words = title_words(record.title)
    hashes = [title_hash("".join(words))] if words else []
    head = main_title(record.title)
    if head is not None and (key := title_key(head)):
        hashes.append(title_hash("main:" + key))
    pairs = sample = None
    anchors: Sequence[int] = ()
    if fingerprints and record.abstract and (made := sketch(record.abstract)) is not None:
        pairs, sample = made[0].pairs, made[0].sample
        anchors = made[1]
    created = record.created
    day = (
        created.year * 10000 + (created.month or 0) * 100 + (created.day or 0)
        if created is not None
        else None
    )
    authors = AUTHOR_SEPARATOR.join(record.authors) or None
    categories = " ".join(record.categories) or None
    done.rows.append((paper, record.title, authors, day, categories, record.doi, pairs, sample))
    done.words.append(tuple(dict.fromkeys(words)))
    done.titles.append(tuple(hashes))
    done.anchors.append(anchors)
    for evidence, text in (("comment", record.comments), ("abstract", record.abstract)):
        # Looking for an address costs more than looking for the signs of one.
        if text is not None and ("http" in text or ".com/" in text or ".org/" in text):
            done.links.extend(
                (paper, found.url, evidence, found.kind)
                for found in find_urls(text)
                if found.kind in CODE_KINDS
            )


# --- in other processes -----------------------------------------------------------------------


def prepared_in_order(
    lines: Iterable[bytes], fingerprints: bool, processes: int
) -> Iterator[Prepared]:
    """Prepare all lines, in order, with so many processes (1: in this one).

    A few thousand lines are always prepared here: starting a process takes longer.
    """
    batches = _batches(lines)
    # Processes pay only behind the first few batches.
    for _, (first, batch) in zip(range(4), batches, strict=False):
        yield prepare(first, batch, fingerprints)
    if processes < 2:
        for first, batch in batches:
            yield prepare(first, batch, fingerprints)
        return
    yield from _in_parallel(batches, fingerprints, processes)


def _in_parallel(
    batches: Iterator[tuple[int, list[bytes]]], fingerprints: bool, processes: int
) -> Iterator[Prepared]:
    import multiprocessing

    waiting: deque[tuple[int, list[bytes], Future[Prepared]]] = deque()
    pool: ProcessPoolExecutor | None = None
    try:
        for first, batch in batches:
            if pool is None:
                # Spawned and not forked: a fork copies the threads' locks, and Windows has none.
                pool = ProcessPoolExecutor(
                    processes, multiprocessing.get_context("spawn"), _end_with_parent
                )
            waiting.append((first, batch, _submit(pool, first, batch, fingerprints)))
            if len(waiting) > 2 * processes:
                yield _result(waiting.popleft(), fingerprints)
        while waiting:
            yield _result(waiting.popleft(), fingerprints)
    finally:
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def _submit(
    pool: ProcessPoolExecutor, first: int, batch: list[bytes], fingerprints: bool
) -> Future[Prepared]:
    try:
        return pool.submit(prepare, first, batch, fingerprints)
    except BrokenProcessPool as error:
        failed: Future[Prepared] = Future()
        failed.set_exception(error)
        return failed


def _result(one: tuple[int, list[bytes], Future[Prepared]], fingerprints: bool) -> Prepared:
    first, batch, future = one
    try:
        return future.result()
    except BrokenProcessPool:
        # A process was killed (by the system, for memory): the work is done here instead.
        return prepare(first, batch, fingerprints)


def _batches(lines: Iterable[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    held: list[bytes] = []
    first = 1
    for line in lines:
        held.append(line)
        if len(held) == LINES_EACH:
            yield first, held
            first += LINES_EACH
            held = []
    if held:
        yield first, held


def _end_with_parent() -> None:
    """End this process when the one that started it is gone, however it went."""
    import multiprocessing
    import os
    import threading
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch(leave: Callable[[int], Any] = os._exit) -> None:
        wait([parent.sentinel])
        leave(1)

    threading.Thread(target=watch, daemon=True).start()
