"""Searching an index that has no full text: by the words of its titles.

The index knows which papers have a word in their title. Those that have most of the question's
words are made a small store, which is then asked like any other.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from bibtools.adapters.fulltext.arxiv import author
from bibtools.adapters.fulltext.building import Writer, facts_of, make_tables
from bibtools.adapters.fulltext.store import Store
from bibtools.adapters.index import Index
from bibtools.matching.evidence import AUTHOR_SEPARATOR, IndexedPaper
from bibtools.model import ArxivId, parse_arxiv, type_preprint
from bibtools.searching.documents import Document
from bibtools.searching.folding import words
from bibtools.searching.query import Clause, Query
from bibtools.searching.ranking import Condition, View, holds
from bibtools.text.latex_decode import decode
from bibtools.text.titles import title_words

MOST: Final = 2_000
"""Papers that are looked at for one question."""
READ: Final = 50_000
"""Papers that are read, so that those that fit its conditions are among them."""
_TOLD_BY_INDEX: Final = frozenset({"year", "category", "arxiv", "doi", "id", "type", "author"})
"""Fields of conditions that a paper is held against before it is chosen."""


def store_for(index: Index, query: Query) -> Store:
    """A store in memory with the papers that may answer the question."""
    papers = [index.paper(one) for one in _identified(query)]
    found = [paper for paper in papers if paper is not None]
    found += _chosen(index, query)
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


def _chosen(index: Index, query: Query) -> list[IndexedPaper]:
    """The best by their titles; where a question has conditions, the best of those that fit."""
    numbers = _candidates(index, query)
    conditions = [
        clause
        for clause in query.clauses
        if len(fields := {atom.field for atom in clause.atoms}) == 1 and fields <= _TOLD_BY_INDEX
    ]
    fitting: list[IndexedPaper] = []
    if conditions and len(numbers) > MOST:
        for start in range(0, min(len(numbers), READ), MOST):
            some = index.tables.papers(numbers[start : start + MOST])
            fitting += [one for one in some if _fits(one, conditions)]
            if len(fitting) >= MOST:
                break
    # A name may be spelled in another way; and what does not fit at all is found out later.
    return fitting[:MOST] or index.tables.papers(numbers[:MOST])


def _fits(paper: IndexedPaper, conditions: Sequence[Clause]) -> bool:
    """Whether a paper may hold the conditions; quick, as thousands are asked."""
    document = Document(
        title=paper.title,
        year=_year(paper),
        arxiv=paper.arxiv.value,
        doi=paper.doi or "",
        type=type_preprint,
        categories=paper.categories,
    )
    view = View(document)
    for clause in conditions:
        if clause.atoms[0].field == "author":
            said = set(words(paper.author_text))
            if not clause.negated and not any(said.issuperset(one.words) for one in clause.atoms):
                return False
        elif not holds(Condition(tuple((one, ()) for one in clause.atoms), clause.negated), view):
            return False
    return True


def _year(paper: IndexedPaper) -> int:
    return paper.created.year if paper.created is not None else paper.arxiv.year


def _candidates(index: Index, query: Query) -> list[int]:
    """Papers that have words of the question in their titles, the best first."""
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
    return sorted(scores, key=lambda paper: (-scores[paper], paper))


def _document(index: Index, paper: IndexedPaper) -> Document:
    return Document(
        title=decode(paper.title),
        authors=tuple(author(name) for name in paper.author_text.split(AUTHOR_SEPARATOR) if name),
        year=_year(paper),
        arxiv=paper.arxiv.value,
        doi=paper.doi or "",
        type=type_preprint,
        categories=paper.categories,
        code=tuple(one.url for one in index.links(paper.arxiv)),
    )
