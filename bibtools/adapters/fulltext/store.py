"""An open full-text file: its words, its lists, its documents. A `searching.ranking.Vocabulary`."""

from __future__ import annotations

import sqlite3
import threading
import zlib
from array import array
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from bibtools.adapters.closing import Closing
from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.texts import Coding
from bibtools.errors import InputError
from bibtools.searching.documents import Document, unpack
from bibtools.searching.ranking import View
from bibtools.searching.typos import distance, one_edit_away

_MARKS = 500
"""Values in one query; SQLite's own limit was 999 for long."""
_BLOCKS_KEPT = 512
_VIEWS_KEPT = 2_000
_BEGINNINGS_KEPT = 200
_LARGE: Final = ("marks", "lines")
"""Facts that are read when they are asked for."""
_LAST = "\U0010ffff"


class DamagedError(InputError):
    """A full-text file that cannot be read."""


def open_file(path: Path) -> sqlite3.Connection:
    """Open a full-text file for reading. It is never changed in place, only replaced.

    Raises `DamagedError` for one that is none, is of another version or is cut off.
    """
    while True:
        try:
            before = _identity(path)
        except OSError as error:
            raise _damaged(str(path), error) from None
        try:
            database = _opened(path, size=before[1])
        except (sqlite3.Error, OSError) as error:
            if _is_replaced(path, before):
                continue
            raise _damaged(str(path), error) from None
        if not _is_replaced(path, before):
            return database
        # Another process put a new file in its place while this one was opened.
        database.close()


def _identity(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _is_replaced(path: Path, before: tuple[int, int, int]) -> bool:
    try:
        return _identity(path) != before
    except OSError:
        return False


def _opened(path: Path, size: int) -> sqlite3.Connection:
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    database = sqlite3.connect(address, uri=True, check_same_thread=False)
    try:
        application, version, pages, page = (
            database.execute(f"pragma {name}").fetchone()[0]
            for name in ("application_id", "user_version", "page_count", "page_size")
        )
        if application != schema.APPLICATION_ID:
            raise sqlite3.DatabaseError("it is no full-text file of bibtools")
        if version != schema.SCHEMA:
            raise sqlite3.DatabaseError("another version of bibtools made it")
        if pages * page != size:
            raise sqlite3.DatabaseError("the file is cut off")
    except sqlite3.Error:
        database.close()
        raise
    return database


def _damaged(name: str, error: Exception) -> DamagedError:
    return DamagedError(f'The full text in "{name}" cannot be read: {error}.')


class Store(Closing):
    """One collection of documents with its lists of words; a context manager.

    One thread after the other may use it. What is asked often is kept in memory.
    """

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self.name = name
        """Of the file, for messages."""
        self.lock = threading.Lock()
        self._database = database
        self.meta: dict[str, Any] = dict(
            self.rows("select key, value from meta where key not in (?,?)", _LARGE)
        )
        self.documents = int(self.meta.get("documents") or 0)
        """How many there are, those that are gone included."""
        self.lengths: Mapping[str, float] = _lengths(self.meta.get("lengths") or "")
        lines = self.fact("lines")
        self.lines: array[int] | None = schema.numbers("I", lines) if lines is not None else None
        """The line of each document in its file, or its place in it; 0 for one that is gone. None
        when all are there, in order."""
        self.gone = frozenset(schema.numbers("I", self.meta.get("gone")))
        """The documents that the source has no more."""
        self._block = int(self.meta.get("block") or 1)
        self._codings: list[tuple[int, Coding]] | None = None
        self._blocks: OrderedDict[int, list[bytes]] = OrderedDict()
        self._views: OrderedDict[int, View] = OrderedDict()
        self._counts: dict[str, int] = {}
        self._beginning: OrderedDict[tuple[str, str, int], list[tuple[str, int]]] = OrderedDict()
        self._lists: OrderedDict[str, list[tuple[int, schema.Chunks]]] = OrderedDict()
        # A list may hold every document there is.
        self._lists_kept = max(16, min(500, 40_000_000 // max(1, self.documents)))

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def copy_to(self, database: sqlite3.Connection) -> None:
        """Make an empty database what this one is: as it was opened, even when another file has
        its name by now.
        """
        self._database.backup(database)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises `DamagedError`."""
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _damaged(self.name, error) from None

    def fact(self, name: str) -> Any:
        """One fact about the whole, None for one that it has not."""
        rows = self.rows("select value from meta where key=?", (name,))
        return rows[0][0] if rows else None

    # --- words: a `Vocabulary` -----------------------------------------------------------------

    def counts(self, asked: Iterable[str]) -> dict[str, int]:
        """In how many documents each of these words stands; unknown ones are left out."""
        wanted = list(asked)
        new = [word for word in wanted if word not in self._counts]
        for start in range(0, len(new), _MARKS):
            part = new[start : start + _MARKS]
            self._counts.update(dict.fromkeys(part, 0))
            marks = ",".join("?" * len(part))
            self._counts.update(
                self.rows(f"select text, count from word where text in ({marks})", part)  # noqa: S608
            )
        return {word: self._counts[word] for word in wanted if self._counts[word]}

    def beginning_with(self, start: str, field: str, most: int) -> list[tuple[str, int]]:
        """(word, documents) of words with this beginning, the commonest first."""
        held = self._beginning.get((start, field, most))
        if held is None:
            held = self._beginning[start, field, most] = self._words_from(start, field, most)
            if len(self._beginning) > _BEGINNINGS_KEPT:
                self._beginning.popitem(last=False)
        return held

    def _words_from(self, start: str, field: str, most: int) -> list[tuple[str, int]]:
        if not field:
            rows = self.rows(
                "select text, count from word where text >= ? and text < ? "
                "order by count desc, text limit ?",
                (start, start + _LAST, most),
            )
            return [(text, count) for text, count in rows]
        wanted = schema.LISTS_OF[field]
        ids = " or ".join(f"list.id = word.id * 8 + {number}" for number in wanted)
        rows = self.rows(
            "select text, count, rare from word where text >= ? and text < ? "  # noqa: S608
            f"and (id is null or exists (select 1 from list where {ids})) "
            "order by count desc, text",
            (start, start + _LAST),
        )
        found = (
            (text, count)
            for text, count, rare in rows
            if rare is None or not schema.rare_lists(rare).keys().isdisjoint(wanted)
        )
        return list(islice(found, most))

    def near(self, word: str, edits: int, most: int) -> list[tuple[str, int, int]]:
        """(word, documents, slips) of words that differ by so many slips at most.

        With two slips the first letter has to be right.
        """
        found = {
            text: (count, 1)
            for text, count in self.counts(set(one_edit_away(word)) - {word}).items()
        }
        if edits > 1 and not found:
            slips = _slips()
            for text, count in self.rows(
                "select text, count from word where text >= ? and text < ? "
                "and length(text) between ? and ?",
                (word[0], word[0] + _LAST, len(word) - edits, len(word) + edits),
            ):
                if text != word and slips(word, text, edits) <= edits:
                    found[text] = (count, edits)
        rows = [(text, count, apart) for text, (count, apart) in found.items()]
        return sorted(rows, key=lambda row: (row[2], -row[1], row[0]))[:most]

    def lists(self, word: str, field: str = "") -> list[tuple[int, schema.Chunks]]:
        """(list, its documents) of a word: all its lists, or those of one field."""
        held = self._lists.get(word)
        if held is None:
            rows = self.rows("select id, rare from word where text=?", (word,))
            held = self._lists[word] = [pair for row in rows for pair in self._lists_of(*row)]
            if len(self._lists) > self._lists_kept:
                self._lists.popitem(last=False)
        else:
            self._lists.move_to_end(word)
        wanted = schema.LISTS_OF[field]
        return [pair for pair in held if pair[0] in wanted]

    def _lists_of(self, number: int | None, rare: bytes) -> Iterator[tuple[int, schema.Chunks]]:
        try:
            if number is None:
                yield from schema.rare_lists(rare).items()
                return
            first = number << schema.LIST_BITS
            for key, data in self.rows(
                "select id, documents from list where id between ? and ?", (first, first + 7)
            ):
                yield key - first, schema.unpack_chunks(data)
        except (ValueError, TypeError) as error:
            raise _damaged(self.name, error) from None

    def facet(self, low: str, high: str) -> list[schema.Chunks]:
        """The documents of all facets from `low` to `high`, both included."""
        rows = self.rows("select id, rare from word where text between ? and ?", (low, high))
        return [chunks for row in rows for _, chunks in self._lists_of(*row)]

    def named(self, name: str) -> list[int]:
        """The documents that may have this identifier."""
        low = schema.name_number(name)
        rows = self.rows(
            "select id from name where id between ? and ?",
            (low, low + schema.MOST_DOCUMENTS - 1),
        )
        return [number & schema.MOST_DOCUMENTS - 1 for (number,) in rows]

    # --- documents -----------------------------------------------------------------------------

    def line(self, number: int) -> int:
        """The line of a document in its file, or its place among the others from 1."""
        return self.lines[number] if self.lines is not None else number + 1

    def document(self, number: int) -> Document:
        """One document."""
        return self.documents_of([number])[0]

    def documents_of(self, numbers: Sequence[int]) -> list[Document]:
        """Documents by their numbers, in this order. Raises `DamagedError`."""
        return [self.view(number).document for number in numbers]

    def view(self, number: int) -> View:
        """One document, taken apart as far as it was before. Raises `DamagedError`."""
        held = self._views.get(number)
        if held is not None:
            self._views.move_to_end(number)
            return held
        try:
            held = View(unpack(self._line(number)))
        except (zlib.error, ValueError, IndexError, TypeError) as error:
            raise _damaged(self.name, error) from None
        self._views[number] = held
        if len(self._views) > _VIEWS_KEPT:
            self._views.popitem(last=False)
        return held

    def _line(self, number: int) -> str:
        first = self._first_of(number)
        coding = self._coding_of(first)
        held = self._blocks.get(first)
        if held is None:
            rows = self.rows("select documents from block where first=?", (first,))
            held = self._blocks[first] = coding.lines(rows[0][0])
            if len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return coding.decode(held[number - first])

    def _first_of(self, number: int) -> int:
        # Blocks begin at multiples, but for files that were added to.
        if self.meta.get("added") is None:
            return number - number % self._block
        rows = self.rows("select max(first) from block where first <= ?", (number,))
        return int(rows[0][0])

    def _coding_of(self, number: int) -> Coding:
        if self._codings is None:
            self._codings = [
                (first, Coding(tuple(words.split("\n")) if words else (), start))
                for first, words, start in self.rows(
                    "select first, words, start from coding order by first"
                )
            ]
        at = bisect_right(self._codings, number, key=lambda one: one[0])
        return self._codings[at - 1][1]

    @property
    def coding(self) -> Coding:
        """How the last documents are written."""
        return self._coding_of(schema.MOST_DOCUMENTS)


def _lengths(told: str) -> dict[str, float]:
    pairs = (one.partition("=") for one in told.split())
    return {field: float(length) for field, _, length in pairs}


def _slips() -> Any:
    """The distance in C; loaded only when it is needed."""
    try:
        from rapidfuzz.distance import OSA
    except ImportError:
        return distance

    def slips(first: str, second: str, most: int) -> int:
        return int(OSA.distance(first, second, score_cutoff=most))

    return slips
