"""An open full-text file: its words, its lists, its documents. A `searching.ranking.Vocabulary`."""

from __future__ import annotations

import json
import sqlite3
import threading
import zlib
from array import array
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from bibtools.adapters.fulltext import schema
from bibtools.errors import InputError
from bibtools.searching.documents import Document, unpack
from bibtools.searching.typos import distance, one_edit_away

_MARKS = 500
"""Values in one query; SQLite's own limit was 999 for long."""
_BLOCKS_KEPT = 512
_LAST = "\U0010ffff"


class DamagedError(InputError):
    """A full-text file that cannot be read."""


def open_file(path: Path) -> sqlite3.Connection:
    """Open a full-text file for reading. It is never changed in place, only replaced.

    Raises `DamagedError` for one that is none, is of another version or is cut off.
    """
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    database = None
    try:
        database = sqlite3.connect(address, uri=True, check_same_thread=False)
        application, version, pages, size = (
            database.execute(f"pragma {name}").fetchone()[0]
            for name in ("application_id", "user_version", "page_count", "page_size")
        )
        if application != schema.APPLICATION_ID:
            raise sqlite3.DatabaseError("it is no full-text file of bibtools")
        if version != schema.SCHEMA:
            raise sqlite3.DatabaseError("another version of bibtools made it")
        if pages * size != path.stat().st_size:
            raise sqlite3.DatabaseError("the file is cut off")
    except (sqlite3.Error, OSError) as error:
        if database is not None:
            database.close()
        raise _damaged(str(path), error) from None
    return database


def _damaged(name: str, error: Exception) -> DamagedError:
    return DamagedError(f'The full text in "{name}" cannot be read: {error}.')


class Store:
    """One collection of documents with its lists of words; a context manager.

    One thread after the other may use it. What is asked often is kept in memory.
    """

    def __init__(self, database: sqlite3.Connection, name: str) -> None:
        self.name = name
        """Of the file, for messages."""
        self.lock = threading.Lock()
        self._database = database
        self.meta: dict[str, Any] = dict(self.rows("select key, value from meta"))
        self.documents = int(self.meta.get("documents") or 0)
        """How many there are, those that are gone included."""
        self.lengths: Mapping[str, float] = json.loads(self.meta.get("lengths") or "{}")
        self._dictionary: bytes = self.meta.get("dictionary") or b""
        lines = self.meta.get("lines")
        self.lines: array[int] | None = _words_of(lines) if lines is not None else None
        """The line of each document in its file, or its place in it; 0 for one that is gone. None
        when all are there, in order."""
        self.gone = _numbers_of(self.meta.get("gone"))
        """The documents that the source has no more."""
        if self.lines is not None and 0 in self.lines:
            self.gone = frozenset(at for at, line in enumerate(self.lines) if not line)
        self._blocks: OrderedDict[int, list[str]] = OrderedDict()
        self._firsts: array[int] | None = None
        self._counts: dict[str, int] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises `DamagedError`."""
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _damaged(self.name, error) from None

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
        kept = ""
        if field:
            ids = " or ".join(
                f"list.id = word.id * 8 + {number}" for number in schema.LISTS_OF[field]
            )
            kept = f"and exists (select 1 from list where {ids})"  # noqa: S608 -- our own numbers
        return [
            (text, count)
            for text, count in self.rows(
                "select text, count from word where text >= ? and text < ? "  # noqa: S608
                f"{kept} order by count desc, text limit ?",
                (start, start + _LAST, most),
            )
        ]

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

    def lists(self, word: str, field: str = "") -> list[tuple[int, bytes]]:
        """(list, packed documents) of a word: all its lists, or those of one field."""
        rows = self.rows("select id from word where text=?", (word,))
        if not rows:
            return []
        first = rows[0][0] << schema.LIST_BITS
        wanted = schema.LISTS_OF[field]
        return [
            (number - first, data)
            for number, data in self.rows(
                "select id, documents from list where id between ? and ?", (first, first + 7)
            )
            if number - first in wanted
        ]

    def facet(self, low: str, high: str) -> list[bytes]:
        """The packed documents of all facets from `low` to `high`, both included."""
        return [
            data
            for (data,) in self.rows(
                "select documents from list where id in "
                "(select id * 8 from word where text between ? and ?)",
                (low, high),
            )
        ]

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
        try:
            return [unpack(self._line(number)) for number in numbers]
        except (zlib.error, ValueError, IndexError, TypeError) as error:
            raise _damaged(self.name, error) from None

    def _line(self, number: int) -> str:
        first = self._first_of(number)
        held = self._blocks.get(first)
        if held is None:
            rows = self.rows("select documents from block where first=?", (first,))
            maker = zlib.decompressobj(wbits=-15, zdict=self._dictionary)
            held = maker.decompress(rows[0][0]).decode("utf-8").split("\n")
            self._blocks[first] = held
            if len(self._blocks) > _BLOCKS_KEPT:
                self._blocks.popitem(last=False)
        return held[number - first]

    def _first_of(self, number: int) -> int:
        # Blocks begin at multiples, but for files that were added to.
        if self.meta.get("added") is None:
            return number - number % schema.BLOCK
        rows = self.rows("select max(first) from block where first <= ?", (number,))
        return int(rows[0][0])


def _words_of(data: bytes | None) -> array[int]:
    return _numbers("I", data)


def _numbers_of(data: bytes | None) -> frozenset[int]:
    return frozenset(_numbers("I", data))


def _numbers(kind: str, data: bytes | None) -> array[int]:
    import sys

    values = array(kind)
    values.frombytes(data or b"")
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _slips() -> Any:
    """The distance in C; loaded only when it is needed."""
    try:
        from rapidfuzz.distance import OSA
    except ImportError:
        return distance

    def slips(first: str, second: str, most: int) -> int:
        return int(OSA.distance(first, second, score_cutoff=most))

    return slips
