"""What building and updating have in common: rows stored, lists collected, facts counted."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator

from bibtools.adapters.index import schema
from bibtools.adapters.index.preparing import Prepared
from bibtools.text.titles import FUNCTION_WORDS

# A word in more than this part of all titles finds nothing; its list is not kept.
_COMMON_PART = 0.05
_COMMON_LEAST = 1_000

ADD_PAPERS = (
    "insert into paper values(?,?,?,?,?,?,?,?) on conflict(id) do update set "
    "title=excluded.title, authors=coalesce(excluded.authors, authors), "
    "created=coalesce(excluded.created, created), "
    "categories=coalesce(excluded.categories, categories), "
    "doi=coalesce(excluded.doi, doi), pairs=coalesce(excluded.pairs, pairs), "
    "sample=coalesce(excluded.sample, sample)"
)
"""Of two records with one ID the later one counts, its blanks filled from the earlier one."""
ADD_LINKS = "insert or ignore into link values(?,?,?,?)"


def common_limit(papers: int) -> int:
    """In how many titles a word may stand, of an index of so many papers, to find any."""
    return max(_COMMON_LEAST, int(papers * _COMMON_PART))


def keeps_list(word: str, count: int, limit: int) -> bool:
    """Whether the papers of a word are worth listing."""
    return count <= limit and (count == 1 or word not in FUNCTION_WORDS)


class Lists:
    """The papers of words, titles and anchors, collected in memory."""

    def __init__(self) -> None:
        # A number and not a list while there is only one.
        self._words: dict[str, int | array[int]] = {}
        self.titles = schema.Buckets()
        self.anchors = schema.Buckets()

    def add(self, done: Prepared) -> None:
        """Note under which words, titles and anchors the papers are found."""
        lists = self._words
        for row, words, hashes, anchors in zip(
            done.rows, done.words, done.titles, done.anchors, strict=True
        ):
            paper = row[0]
            self.titles.add(hashes, paper)
            if anchors:
                self.anchors.add(anchors, paper)
            for word in words:
                known = lists.get(word)
                if known is None:
                    lists[word] = paper
                elif isinstance(known, int):
                    lists[word] = array("I", (known, paper))
                else:
                    known.append(paper)

    def take_words(self) -> Iterator[tuple[str, array[int]]]:
        """(word, its papers ascending, each once), in order of the words; empties them."""
        for word in sorted(self._words):
            papers = self._words.pop(word)
            if isinstance(papers, int):
                yield word, array("I", (papers,))
            else:
                yield word, array("I", sorted(set(papers)))


def facts(database: sqlite3.Connection) -> list[tuple[str, str]]:
    """The rows of `meta` that count what is in the file."""
    one = database.execute
    first, last = one("select min(id), max(id) from paper").fetchone()
    return [
        ("records", str(one("select count(*) from paper").fetchone()[0])),
        ("abstracts", str(one("select count(sample) from paper").fetchone()[0])),
        ("links", str(one("select count(*) from link").fetchone()[0])),
        ("first", _month(first)),
        ("last", _month(last)),
    ]


def _month(paper: int | None) -> str:
    if paper is None:
        return ""
    arxiv = schema.unpack_id(paper)
    return f"{arxiv.year:04}-{arxiv.month:02}"
