"""The tables of an open index, as values: buckets, papers, words, links."""

from __future__ import annotations

import math
import sqlite3
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bibtools.adapters.closing import Closing
from bibtools.adapters.index import schema
from bibtools.errors import InputError
from bibtools.matching.evidence import IndexedPaper
from bibtools.model import PartialDate
from bibtools.text.titles import FUNCTION_WORDS

BUILD_HINT = "Build it with `bibtools index build --arxiv FILE`."
_REBUILD_HINT = "Build it again with `bibtools index build --arxiv FILE`."
# Values in one query; SQLite's own limit was 999 for long.
_MARKS = 500
# How often a word stands in titles, told by so many imagined titles: an index of a dozen
# papers says little about it, one of millions says nearly all.
_PRIOR = 20_000
_USUAL_WORD = 1 / 2_000
_USUAL_FUNCTION_WORD = 1 / 20


def open_tables(path: Path) -> Tables:
    """Open an index file for reading.

    Raises `InputError` when it is missing, of another kind, of another version or damaged.
    """
    if not path.is_file():
        raise InputError(f'There is no index at "{path}".', BUILD_HINT)
    address = f"file:{quote(str(path.resolve()))}?mode=ro&immutable=1"
    try:
        database = sqlite3.connect(address, uri=True, check_same_thread=False)
    except sqlite3.Error as error:
        raise _damaged(path, error) from None
    try:
        application = database.execute("pragma application_id").fetchone()[0]
        version = database.execute("pragma user_version").fetchone()[0]
        if application != schema.APPLICATION_ID:
            raise InputError(f'"{path}" is not an index of bibtools.', BUILD_HINT)
        if version != schema.SCHEMA:
            raise InputError(
                f'The index "{path}" has version {version}; '
                f"this bibtools reads version {schema.SCHEMA}.",
                _REBUILD_HINT,
            )
        pages, size = (
            database.execute(f"pragma {name}").fetchone()[0] for name in ("page_count", "page_size")
        )
        if pages * size != path.stat().st_size:
            raise sqlite3.DatabaseError("the file is cut off")
        return Tables(path, database)
    except sqlite3.Error as error:
        database.close()
        raise _damaged(path, error) from None
    except BaseException:
        database.close()
        raise


def _damaged(path: Path, error: sqlite3.Error) -> InputError:
    return InputError(f'The index "{path}" is damaged or not an index ({error}).', _REBUILD_HINT)


class Tables(Closing):
    """The tables of one file. What is read often is kept."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        self.meta: dict[str, str] = dict(self.rows("select key, value from meta"))
        self.records = int(self.meta.get("records") or 0)
        self._counts: dict[str, int] = {}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query. Raises `InputError` when the file is damaged."""
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _damaged(self.path, error) from None

    def _rows_in(self, query: str, values: Iterable[int]) -> Iterable[tuple[Any, ...]]:
        """The rows of a query that ends in "in ", for any number of values."""
        wanted = list(values)
        for start in range(0, len(wanted), _MARKS):
            part = wanted[start : start + _MARKS]
            yield from self.rows(f"{query}({','.join('?' * len(part))})", part)

    def papers_of_title(self, value: int) -> list[int]:
        """The papers, packed, whose title (or title before the subtitle) has this hash."""
        rows = self.rows("select entries from title where bucket=?", (value & 0xFFFF,))
        return schema.papers_in(schema.unpack("Q", rows[0][0]), value) if rows else []

    def papers_of_anchor(self, value: int) -> list[int]:
        """The papers, packed, that have this pair among the lowest of their abstract."""
        rows = self.rows("select entries from anchor where bucket=?", (value & 0xFFFF,))
        return schema.papers_in(schema.unpack("Q", rows[0][0]), value) if rows else []

    def papers(self, packed: Iterable[int]) -> list[IndexedPaper]:
        """The papers of packed IDs, in the given order; unknown ones are left out."""
        wanted = list(packed)
        found = {
            row[0]: row
            for row in self._rows_in(
                "select id, title, authors, created, categories, doi, pairs, sample "
                "from paper where id in ",
                wanted,
            )
        }
        return [_paper(*found[number]) for number in wanted if number in found]

    def titles(self, packed: Iterable[int]) -> dict[int, str]:
        """The titles of packed IDs, in lower case."""
        return dict(self._rows_in("select id, lower(title) from paper where id in ", packed))

    def links(self, paper: int) -> list[tuple[str, str, str]]:
        """(address, evidence, kind) of the code links of a paper; an address has a row for each
        who names it.
        """
        rows = self.rows("select url, evidence, kind from link where paper=?", (paper,))
        return [(url, evidence, kind) for url, evidence, kind in rows]

    # --- words: a `matching.resolve_titles.Vocabulary` --------------------------------------

    def count(self, word: str) -> int:
        """In how many titles a word stands."""
        known = self._counts.get(word)
        if known is None:
            self.learn((word,))
            known = self._counts[word]
        return known

    def weight(self, word: str) -> float:
        """How much a word tells, in bits; a word that no title has tells nothing."""
        count = self.count(word)
        if not count:
            return 0.0
        usual = _USUAL_FUNCTION_WORD if word in FUNCTION_WORDS else _USUAL_WORD
        return math.log2((self.records + _PRIOR) / (count + _PRIOR * usual))

    def learn(self, words: Iterable[str]) -> None:
        """Look up the counts of all words that are not known yet, at once."""
        new = {schema.word_hash(word): word for word in words if word not in self._counts}
        self._counts.update(dict.fromkeys(new.values(), 0))
        for number, count in self._rows_in("select hash, count from word where hash in ", new):
            self._counts[new[number]] = count

    def papers_with(self, word: str) -> array[int]:
        """The papers, packed, with a word in the title; none for a word so common that it
        finds nothing.
        """
        rows = self.rows(
            "select papers from word where hash=? and papers not null", (schema.word_hash(word),)
        )
        return schema.unpack("I", rows[0][0] if rows else b"")


def _paper(
    number: int,
    title: str,
    authors: str | None,
    created: int | None,
    categories: str | None,
    doi: str | None,
    pairs: int | None,
    sample: bytes | None,
) -> IndexedPaper:
    date = None
    if created:
        year, rest = divmod(created, 10000)
        date = PartialDate(year, rest // 100 or None, rest % 100 or None)
    sketch = None
    if sample:
        from bibtools.text.fingerprints import Sketch

        sketch = Sketch(pairs or 0, sample)
    return IndexedPaper(
        schema.unpack_id(number),
        title,
        authors or "",
        date,
        tuple(categories.split()) if categories else (),
        doi,
        sketch,
    )
