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
from bibtools.codelinks import stated_links
from bibtools.formats.arxiv_snapshot import ArxivRecord, UnreadableRecordError, read_record
from bibtools.matching.evidence import AUTHOR_SEPARATOR
from bibtools.text.fingerprints import sketch
from bibtools.text.titles import main_title, title_hash, title_key, title_words
from bibtools.text.urls import OTHER

LINES_EACH = 2_000
"""Lines that are prepared together."""


LinkRow = tuple[int, str, str, str]
"""Paper, address, evidence, kind."""


@dataclass(slots=True)
class Prepared:
    """Some lines, ready to be stored."""

    rows: list[tuple[Any, ...]] = field(default_factory=list)
    """Rows of the table `paper`. `pairs` is None for a record without abstract and comment, 0 for
    another one whose abstract is too short to tell."""
    words: list[tuple[int, ...]] = field(default_factory=list)
    """The different words of each title, by their numbers."""
    titles: list[tuple[int, ...]] = field(default_factory=list)
    """The hashes by which each title is found."""
    anchors: list[Sequence[int]] = field(default_factory=list)
    """The lowest pairs of each abstract."""
    links: list[tuple[LinkRow, ...] | None] = field(default_factory=list)
    """What each record says of the paper's code; None for one without abstract and comment."""
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
    words, hashes = found_by(record.title)
    pairs = sample = None
    anchors: Sequence[int] = ()
    links = _links(paper, record)
    if fingerprints and links is not None:
        pairs = 0
        if record.abstract and (made := sketch(record.abstract)) is not None:
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
    done.words.append(words)
    done.titles.append(hashes)
    done.anchors.append(anchors)
    done.links.append(links)


class _Numbers(dict[str, int]):
    """The numbers of words."""

    def __missing__(self, word: str) -> int:
        # Not every word of millions of titles: misprints would fill the memory.
        if len(self) > 200_000:
            self.clear()
        number = self[word] = schema.word_hash(word)
        return number


_numbers = _Numbers()


def word_numbers(title: str) -> tuple[int, ...]:
    """The numbers of the different words of a title."""
    return tuple(dict.fromkeys(map(_numbers.__getitem__, title_words(title))))


def found_by(title: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """By what a title is found: the numbers of its different words, and its hashes."""
    words = title_words(title)
    hashes = [title_hash("".join(words))] if words else []
    head = main_title(title)
    if head is not None and (key := title_key(head)):
        hashes.append(title_hash("main:" + key))
    return tuple(dict.fromkeys(map(_numbers.__getitem__, words))), tuple(hashes)


def _links(paper: int, record: ArxivRecord) -> tuple[LinkRow, ...] | None:
    """What abstract and comment call the paper's code. They are read together: what one of them
    says of an address counts for both.
    """
    abstract, comment = record.abstract, record.comments
    if abstract is None and comment is None:
        return None
    if abstract is not None and not _may_have_address(abstract):
        abstract = None
    if comment is not None and not _may_have_address(comment):
        comment = None
    if abstract is None and comment is None:
        return ()
    return tuple(
        (paper, one.link.url, one.link.evidence, one.link.kind or OTHER)
        for one in stated_links(abstract, comment)
        if one.is_code
    )


def _may_have_address(text: str) -> bool:
    """Looking for an address costs more than looking for the signs of one."""
    return "http" in text or ".com/" in text or ".org/" in text


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
