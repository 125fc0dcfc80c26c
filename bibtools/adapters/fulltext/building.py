"""Making a full-text file: documents in, one after the other, and lists of words out.

Memory holds the lists of 65,536 documents; those of earlier ones wait, sorted, in a file beside
the draft and are merged at the end. So memory does not grow with the number of documents.
"""

from __future__ import annotations

import heapq
import sqlite3
import struct
import tempfile
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, partial
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.texts import Coding, learn
from bibtools.searching.documents import Document, pack
from bibtools.searching.folding import words_and_compounds
from bibtools.searching.ranking import SEARCHED, text_of

BLOCK: Final = {False: 16, True: 32}
"""Documents that are compressed together; more where their words have codes."""
_SAMPLES: Final = {False: 1_600, True: 8_000}
"""Documents that wait until there is a coding for them."""
_CODING_DOCUMENTS: Final = 1 << 18
"""After so many a new coding is learnt: what papers write about changes with the years."""
_BATCH: Final = 500
_HEAD = struct.Struct("<HIHB")
_PART = struct.Struct("<BI")
_LISTS: Final = (
    ("title", schema.TITLE),
    ("author", schema.AUTHOR),
    ("venue", schema.VENUE),
    ("other", schema.OTHER),
)


class Row(NamedTuple):
    """A word, in how many documents it stands, and these: in `rare`, else in `lists`."""

    word: str
    told: int
    rare: bytes
    lists: Mapping[int, bytes]


class Lists:
    """The lists of up to 65,536 documents, in memory."""

    def __init__(self) -> None:
        self._lists: list[defaultdict[str, array[int]]] = [
            defaultdict(partial(array, "H")) for _ in range(6)
        ]
        # Many works have one venue.
        self._venues = lru_cache(maxsize=4_096)(words_and_compounds)

    def add(self, member: int, document: Document) -> tuple[int, ...]:
        """Note the words of a document; gives the number of words of each searched field."""
        lists = self._lists
        lengths = {}
        for field, number in _LISTS:
            text = text_of(document, field)
            if not text:
                continue
            found, joined = (self._venues if field == "venue" else words_and_compounds)(text)
            lengths[field] = len(found)
            here = lists[number]
            for word in {*found, *joined}:
                here[word].append(member)
        if document.abstract:
            found, joined = words_and_compounds(document.abstract)
            lengths["abstract"] = len(found)
            counts = Counter(found)
            if joined:
                counts.update(joined)
            once, often = lists[schema.ONCE], lists[schema.OFTEN]
            for word, count in counts.items():
                (once if count == 1 else often)[word].append(member)
        here = lists[schema.TITLE]
        for word in schema.facets(document):
            here[word].append(member)
        return tuple([lengths.get(field, 0) for field in SEARCHED])

    def rows(self, chunk: int) -> Iterator[Row]:
        """The words in order, with their documents in this chunk."""
        found: dict[str, list[tuple[int, array[int]]]] = {}
        for number, lists in enumerate(self._lists):
            for word, members in lists.items():
                if word in found:
                    found[word].append((number, members))
                else:
                    found[word] = [(number, members)]
        base = chunk << schema.CHUNK_BITS + schema.LIST_BITS
        for word in sorted(found):
            several = found[word]
            number, members = several[0]
            if len(several) == 1:
                count = total = len(members)
            else:
                count = len(set().union(*[members for _, members in several]))
                total = sum([len(members) for _, members in several])
            if total == 1:  # nearly half of all words
                one = base | members[0] << schema.LIST_BITS | number
                yield Row(word, 1, _ONE.pack(one), {})
            elif total <= schema.RARE:
                here = [
                    base | member << schema.LIST_BITS | number
                    for number, members in several
                    for member in members
                ]
                here.sort()
                yield Row(word, count, schema.little(array("I", here)), {})
            else:
                lists_of = {one: schema.pack_chunk(chunk, held) for one, held in several}
                yield Row(word, count, b"", lists_of)


_ONE = struct.Struct("<I")


class Writer:
    """Puts documents into an open database with the tables of `schema`.

    `first` is the number of the first document: those before are there already. With `coded`
    texts take less room, which pays for many.
    """

    def __init__(
        self,
        database: sqlite3.Connection,
        folder: Path | None,
        *,
        first: int = 0,
        coding: Coding | None = None,
        coded: bool = False,
    ) -> None:
        self.database = database
        self.count = first
        self.lengths = [0] * len(SEARCHED)
        self.filled = [0] * len(SEARCHED)
        """In how many documents each field has words."""
        self._first = first
        self._coding = coding
        self._coded = coded
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
        self._names.extend([schema.name_number(one, number) for one in schema.names(document)])
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
        if self._coding is None:
            self._learn()
        self._write_block()
        self._write_names()
        chunk = max(self.count - 1, 0) >> schema.CHUNK_BITS
        last = self._lists.rows(chunk)
        if self._first:
            self._append(last)
        else:
            self._write_words(merged([*map(_read_run, self._runs), last]))
        for run in self._runs:
            run.close()
        facts = {"documents": self.count, **({"block": self._size} if not self._first else {})}
        self.database.executemany(
            "insert or replace into meta values(?,?)", [*facts.items(), *meta.items()]
        )

    def _write_names(self) -> None:
        self.database.executemany(
            "insert or ignore into name values(?)", [(one,) for one in sorted(self._names)]
        )
        self._names = array("Q")

    # --- documents ---------------------------------------------------------------------------

    @property
    def _size(self) -> int:
        return BLOCK[self._coded]

    def _keep(self, line: str) -> None:
        if not line.isascii():
            line = line.encode("utf-8", "replace").decode()
        if self._coding is None:
            self._waiting.append(line)
            if len(self._waiting) >= _SAMPLES[self._coded]:
                self._learn()
            return
        self._block.append(line)
        if len(self._block) == self._size:
            self._write_block()
            if self._coded and not self._kept % _CODING_DOCUMENTS:
                self._coding = None

    def _learn(self) -> None:
        waiting, self._waiting = self._waiting, []
        coding = self._coding = learn(waiting, coded=self._coded)
        self.database.execute(
            "insert into coding values(?,?,?)",
            (self._kept, "\n".join(coding.words), coding.start),
        )
        for line in waiting:
            self._keep(line)

    def _write_block(self) -> None:
        if not self._block or self._coding is None:
            return
        self.database.execute(
            "insert into block values(?,?)", (self._kept, self._coding.compress(self._block))
        )
        self._kept += len(self._block)
        self._block = []

    # --- words -------------------------------------------------------------------------------

    def _spill(self) -> None:
        run = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115 -- closed by finish
        for row in self._lists.rows((self.count - 1) >> schema.CHUNK_BITS):
            name = row.word.encode("utf-8", "surrogatepass")
            run.write(_HEAD.pack(len(name), row.told, len(row.rare), len(row.lists)))
            run.write(name + row.rare)
            for number, data in row.lists.items():
                run.write(_PART.pack(number, len(data)))
                run.write(data)
        self._runs.append(run)
        self._lists = Lists()
        self._write_names()

    def _write_words(self, rows: Iterable[Row]) -> None:
        number = 0
        rows = iter(rows)
        while batch := list(islice(rows, _BATCH)):
            words: list[tuple[str, int, int | None, bytes | None]] = []
            lists: list[tuple[int, bytes]] = []
            for row in batch:
                if row.rare:
                    words.append((row.word, row.told, None, row.rare))
                    continue
                number += 1
                words.append((row.word, row.told, number, None))
                key = number << schema.LIST_BITS
                lists += [(key | one, row.lists[one]) for one in sorted(row.lists)]
            self.database.executemany("insert into word values(?,?,?,?)", words)
            self.database.executemany("insert into list values(?,?)", lists)

    def _append(self, rows: Iterable[Row]) -> None:
        database = self.database
        (new,) = database.execute("select coalesce(max(id), 0) >> 3 from list").fetchone()
        put = "insert or replace into word values(?,?,?,?)"
        for row in rows:
            held = database.execute(
                "select count, id, rare from word where text=?", (row.word,)
            ).fetchone()
            if held is None:
                held = (0, None, b"")
            count, number, rare = held
            lists: Mapping[int, bytes] = row.lists
            if number is None and not lists and len(rare) + len(row.rare) <= 4 * schema.RARE:
                database.execute(put, (row.word, count + row.told, None, rare + row.rare))
                continue
            if row.rare:
                lists = schema.packed_lists(row.rare)
            if number is None:
                new += 1
                number = new
                before = schema.packed_lists(rare)
                lists = {
                    one: schema.joined(before.get(one, b""), lists.get(one, b""))
                    for one in before.keys() | lists.keys()
                }
            database.execute(put, (row.word, count + row.told, number, None))
            for one, data in lists.items():
                key = number << schema.LIST_BITS | one
                there = database.execute("select documents from list where id=?", (key,)).fetchone()
                whole = schema.joined(there[0], data) if there is not None else data
                database.execute("insert or replace into list values(?,?)", (key, whole))


def make_tables(database: sqlite3.Connection, *, page: int = 4096) -> None:
    """Make an empty database one of ours; nobody needs it when this is cut off.

    Small pages take less room: the last one of each list and of each block of documents is half
    empty. Large ones are read sooner.
    """
    for pragma in (
        f"page_size={page}", "journal_mode=off", "synchronous=off", "temp_store=memory",
        "cache_size=-65536", "locking_mode=exclusive",
        f"application_id={schema.APPLICATION_ID}", f"user_version={schema.SCHEMA}",
    ):  # fmt: skip
        database.execute(f"pragma {pragma}")
    database.executescript(schema.TABLES)


def facts_of(writer: Writer) -> dict[str, Any]:
    """Facts that every file has."""
    lengths = writer.usual_lengths()
    return {"lengths": " ".join(f"{field}={length:.6g}" for field, length in lengths.items())}


def _read_run(run: IO[bytes]) -> Iterator[Row]:
    run.seek(0)
    while head := run.read(_HEAD.size):
        length, count, rare, parts = _HEAD.unpack(head)
        word = run.read(length).decode("utf-8", "surrogatepass")
        data = run.read(rare)
        lists = {}
        for _ in range(parts):
            number, size = _PART.unpack(run.read(_PART.size))
            lists[number] = run.read(size)
        yield Row(word, count, data, lists)


def merged(runs: list[Iterator[Row]]) -> Iterator[Row]:
    """The rows of all runs, those of one word put together in the order of the runs."""
    if len(runs) == 1:
        yield from runs[0]
        return
    name = attrgetter("word")
    for word, group in groupby(heapq.merge(*runs, key=name), key=name):
        rows = list(group)
        if len(rows) == 1:
            yield rows[0]
            continue
        count = sum(row.told for row in rows)
        rare = b"".join(row.rare for row in rows)
        if all(row.rare for row in rows) and len(rare) <= 4 * schema.RARE:
            yield Row(word, count, rare, {})
            continue
        lists: defaultdict[int, bytearray] = defaultdict(bytearray)
        for row in rows:
            for number, data in (row.lists or schema.packed_lists(row.rare)).items():
                lists[number] += data
        yield Row(word, count, b"", {number: bytes(data) for number, data in lists.items()})
