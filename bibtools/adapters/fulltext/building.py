"""Making a full-text file: documents in, one after the other, and lists of words out.

Memory holds the lists of 65,536 documents; those of earlier ones wait, sorted, in a file beside
the draft and are merged at the end. So memory does not grow with the number of documents.
"""

from __future__ import annotations

import heapq
import json
import sqlite3
import struct
import tempfile
import zlib
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Final

from bibtools.adapters.fulltext import schema
from bibtools.searching.documents import Document, pack
from bibtools.searching.folding import words_and_compounds
from bibtools.searching.ranking import SEARCHED, text_of

_LEVEL = 6
_SAMPLES = 1_600
"""Documents that wait until there is a dictionary for compressing them."""
_DICTIONARY = 32_768
_HEAD = struct.Struct("<HIB")
_PART = struct.Struct("<BI")
_LISTS: Final = (
    ("title", schema.TITLE),
    ("author", schema.AUTHOR),
    ("venue", schema.VENUE),
    ("other", schema.OTHER),
)

Row = tuple[str, int, dict[int, bytes]]
"""A word, in how many documents it stands, and its lists."""


class Lists:
    """The lists of up to 65,536 documents, in memory."""

    def __init__(self) -> None:
        self._lists: list[defaultdict[str, array[int]]] = [defaultdict(_numbers) for _ in range(6)]
        self._counts: Counter[str] = Counter()

    def add(self, member: int, document: Document) -> tuple[int, ...]:
        """Note the words of a document; gives the number of words of each searched field."""
        lists = self._lists
        seen: set[str] = set()
        lengths = {}
        for field, number in _LISTS:
            text = text_of(document, field)
            if not text:
                continue
            found, joined = words_and_compounds(text)
            lengths[field] = len(found)
            different = {*found, *joined}
            here = lists[number]
            for word in different:
                here[word].append(member)
            seen |= different
        if document.abstract:
            found, joined = words_and_compounds(document.abstract)
            lengths["abstract"] = len(found)
            counts = Counter(found)
            counts.update(joined)
            once, often = lists[schema.ONCE], lists[schema.OFTEN]
            for word, count in counts.items():
                (once if count == 1 else often)[word].append(member)
            seen |= counts.keys()
        for word in schema.facets(document):
            lists[schema.TITLE][word].append(member)
            seen.add(word)
        self._counts.update(seen)
        return tuple(lengths.get(field, 0) for field in SEARCHED)

    def rows(self, chunk: int) -> Iterator[Row]:
        """The words in order, with the packed chunk of each of their lists."""
        for word in sorted(self._counts):
            yield (
                word,
                self._counts[word],
                {
                    number: schema.pack_chunk(chunk, one[word])
                    for number, one in enumerate(self._lists)
                    if word in one
                },
            )


def _numbers() -> array[int]:
    return array("H")


class Writer:
    """Puts documents into an open database with the tables of `schema`.

    `first` is the number of the first document: those before are there already.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        folder: Path | None,
        *,
        first: int = 0,
        dictionary: bytes | None = None,
    ) -> None:
        self.database = database
        self.count = first
        self.lengths = [0] * len(SEARCHED)
        self.filled = [0] * len(SEARCHED)
        """In how many documents each field has words."""
        self._first = first
        self._dictionary = dictionary
        self._folder = folder
        self._lists = Lists()
        self._kept = first
        """The first document that is not written yet."""
        self._block: list[str] = []
        self._waiting: list[str] = []
        self._runs: list[IO[bytes]] = []
        self._names = array("Q")

    def add(self, document: Document) -> int:
        """Add a document; gives its number."""
        number = self.count
        if number > self._first and not number & schema.CHUNK - 1:
            self._spill()
        lengths = self._lists.add(number & schema.CHUNK - 1, document)
        for at, length in enumerate(lengths):
            self.lengths[at] += length
            self.filled[at] += bool(length)
        self._names.extend(schema.name_number(one, number) for one in schema.names(document))
        self._keep(pack(document))
        self.count += 1
        return number

    def usual_lengths(self) -> dict[str, float]:
        """How many words each field has on the average, where it has any."""
        return {
            field: total / filled
            for field, total, filled in zip(SEARCHED, self.lengths, self.filled, strict=True)
            if filled
        }

    def finish(self, meta: Mapping[str, Any]) -> None:
        """Write what is left: the lists, the last documents, and facts about the whole."""
        if self._dictionary is None:
            self._make_dictionary()
        self._write_block()
        self._write_names()
        chunk = max(self.count - 1, 0) >> schema.CHUNK_BITS
        last = self._lists.rows(chunk)
        if self._first:
            self._append(last)
        else:
            self._write_words(_merged([*map(_read_run, self._runs), last]))
        for run in self._runs:
            run.close()
        self.database.executemany(
            "insert or replace into meta values(?,?)",
            [
                ("documents", self.count),
                ("dictionary", self._dictionary or b""),
                *meta.items(),
            ],
        )

    def _write_names(self) -> None:
        self.database.executemany(
            "insert or ignore into name values(?)", [(one,) for one in sorted(self._names)]
        )
        self._names = array("Q")

    # --- documents ---------------------------------------------------------------------------

    def _keep(self, line: str) -> None:
        if self._dictionary is None:
            self._waiting.append(line)
            if len(self._waiting) >= _SAMPLES:
                self._make_dictionary()
            return
        self._block.append(line)
        if len(self._block) == schema.BLOCK:
            self._write_block()

    def _make_dictionary(self) -> None:
        """What documents have in common: pieces of some of them, which the others may refer to."""
        waiting, self._waiting = self._waiting, []
        some = waiting[:: max(1, len(waiting) // 64)]
        each = _DICTIONARY // max(1, len(some))
        pieces = [line.encode("utf-8", "replace")[:each] for line in some]
        self._dictionary = b"".join(pieces)[-_DICTIONARY:] if len(waiting) > schema.BLOCK else b""
        for line in waiting:
            self._keep(line)

    def _write_block(self) -> None:
        if not self._block:
            return
        self.database.execute(
            "insert into block values(?,?)",
            (self._kept, compressed("\n".join(self._block), self._dictionary or b"")),
        )
        self._kept += len(self._block)
        self._block = []

    # --- words -------------------------------------------------------------------------------

    def _spill(self) -> None:
        run = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- closed by finish
        for word, count, lists in self._lists.rows((self.count - 1) >> schema.CHUNK_BITS):
            name = word.encode("utf-8", "surrogatepass")
            run.write(_HEAD.pack(len(name), count, len(lists)))
            run.write(name)
            for number, data in lists.items():
                run.write(_PART.pack(number, len(data)))
                run.write(data)
        self._runs.append(run)
        self._lists = Lists()
        self._write_names()

    def _write_words(self, rows: Iterable[Row]) -> None:
        put_word = "insert into word values(?,?,?)"
        put_list = "insert into list values(?,?)"
        for number, (word, count, lists) in enumerate(rows, start=1):
            self.database.execute(put_word, (word, number, count))
            self.database.executemany(
                put_list,
                [(number << schema.LIST_BITS | one, data) for one, data in sorted(lists.items())],
            )

    def _append(self, rows: Iterable[Row]) -> None:
        database = self.database
        (new,) = database.execute("select coalesce(max(id), 0) from word").fetchone()
        for word, count, lists in rows:
            row = database.execute("select id from word where text=?", (word,)).fetchone()
            if row is None:
                new += 1
                database.execute("insert into word values(?,?,?)", (word, new, count))
                number = new
            else:
                number = row[0]
                database.execute("update word set count=count+? where text=?", (count, word))
            for one, data in lists.items():
                key = number << schema.LIST_BITS | one
                held = database.execute("select documents from list where id=?", (key,)).fetchone()
                whole = schema.joined(held[0], data) if held is not None else data
                database.execute("insert or replace into list values(?,?)", (key, whole))


def compressed(text: str, dictionary: bytes) -> bytes:
    """A block of documents."""
    maker = zlib.compressobj(_LEVEL, wbits=-15, zdict=dictionary)
    return maker.compress(text.encode("utf-8", "replace")) + maker.flush()


def make_tables(database: sqlite3.Connection) -> None:
    """Make an empty database one of ours; nobody needs it when this is cut off."""
    # Small pages: the last one of each list and of each block of documents is half empty.
    for pragma in (
        "page_size=1024", "journal_mode=off", "synchronous=off", "temp_store=memory",
        "cache_size=-65536", "locking_mode=exclusive",
        f"application_id={schema.APPLICATION_ID}", f"user_version={schema.SCHEMA}",
    ):  # fmt: skip
        database.execute(f"pragma {pragma}")
    database.executescript(schema.TABLES)


def facts_of(writer: Writer) -> dict[str, Any]:
    """Facts that every file has."""
    return {"lengths": json.dumps(writer.usual_lengths())}


def _read_run(run: IO[bytes]) -> Iterator[Row]:
    run.seek(0)
    while head := run.read(_HEAD.size):
        length, count, parts = _HEAD.unpack(head)
        word = run.read(length).decode("utf-8", "surrogatepass")
        lists = {}
        for _ in range(parts):
            number, size = _PART.unpack(run.read(_PART.size))
            lists[number] = run.read(size)
        yield word, count, lists


def _merged(runs: list[Iterator[Row]]) -> Iterator[Row]:
    """The rows of all runs, those of one word put together in the order of the runs."""
    if len(runs) == 1:
        yield from runs[0]
        return
    for word, rows in groupby(heapq.merge(*runs, key=itemgetter(0)), key=itemgetter(0)):
        count = 0
        lists: dict[int, bytes] = {}
        for _, more, parts in rows:
            count += more
            for number, data in parts.items():
                lists[number] = lists.get(number, b"") + data
        yield word, count, lists
