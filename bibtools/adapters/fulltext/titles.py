"""Searching an index that has no full text: by the words of its titles.

The index knows which papers have a word in their title. Those that have most of the question's
words are made a small store, which is then asked like any other.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from typing import Final

from bibtools.adapters.fulltext.arxiv import author
from bibtools.adapters.fulltext.building import Writer, facts_of, make_tables
from bibtools.adapters.fulltext.store import Store
from bibtools.adapters.index import Index
from bibtools.matching.evidence import AUTHOR_SEPARATOR, IndexedPaper
from bibtools.model import ArxivId, parse_arxiv, type_preprint
from bibtools.searching.documents import Document
from bibtools.searching.query import Query
from bibtools.text.latex_decode import decode
from bibtools.text.titles import title_words

MOST: Final = 2_000
"""Papers that are looked at for one question."""


def store_for(index: Index, query: Query) -> Store:
    """A store in memory with the papers that may answer the question."""
    papers = [index.paper(one) for one in _identified(query)]
    found = [paper for paper in papers if paper is not None]
    found += index.tables.papers(_candidates(index, query))
    database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    make_tables(database)
    database.execute("begin")
    writer = Writer(database, None)
    for paper in found:
        writer.add(_document(index, paper))
    writer.finish(facts_of(writer))
    database.execute("commit")
    return Store(database, "memory")


def _identified(query: Query) -> list[ArxivId]:
    atoms = [atom for clause in query.clauses if not clause.negated for atom in clause.atoms]
    found = [parse_arxiv(atom.value) for atom in atoms if atom.field == "arxiv"]
    return [one for one in found if one is not None]


def _candidates(index: Index, query: Query) -> list[int]:
    tables = index.tables
    asked: dict[str, None] = {}
    for clause in query.clauses:
        for atom in clause.atoms:
            if not clause.negated and atom.field in ("", "title"):
                asked.update(dict.fromkeys(title_words(atom.typed)))
    tables.learn(asked)
    scores: defaultdict[int, float] = defaultdict(float)
    for word in sorted(asked, key=tables.count):
        weight = tables.weight(word)
        for paper in tables.papers_with(word) if weight else ():
            scores[paper] += weight
    return sorted(scores, key=lambda paper: (-scores[paper], paper))[:MOST]


def _document(index: Index, paper: IndexedPaper) -> Document:
    return Document(
        title=decode(paper.title),
        authors=tuple(author(name) for name in paper.author_text.split(AUTHOR_SEPARATOR) if name),
        year=paper.created.year if paper.created is not None else paper.arxiv.year,
        arxiv=paper.arxiv.value,
        doi=paper.doi or "",
        type=type_preprint,
        categories=paper.categories,
        code=tuple(one.url for one in index.links(paper.arxiv)),
    )
