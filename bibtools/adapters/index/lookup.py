"""Asking the index: candidates for an entry, found by title and by abstract."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bibtools.adapters.closing import Closing
from bibtools.adapters.index import schema
from bibtools.adapters.index.tables import Tables, open_tables
from bibtools.formats.link_dumps import EVIDENCE_ORDER, IN_PAPER, OFFICIAL
from bibtools.matching.evidence import IndexedPaper
from bibtools.model import ArxivId, Entry, Link, Resolution
from bibtools.text.addresses import same_address_key
from bibtools.text.titles import title_hash

# Imported where they are used: a look-up by ID needs none of it, and is over before it is there.
if TYPE_CHECKING:
    from bibtools.adapters.index.building import IndexInfo
    from bibtools.matching.resolve import Asked
    from bibtools.text.fingerprints import AskedText

# How many papers' titles are read and compared for one question.
_CANDIDATES = 10
# Words looked up for one title, and papers gone through in all their lists: so many, or this
# part of all records.
_WORDS = 6
_PAPERS_SCANNED = 2_500
_PART_SCANNED = 300
# So many titles are read at most to find the nearest.
_CROWD = 1_500
# A pair of words found in so many abstracts is a phrase of the trade.
_ANCHOR_CROWD = 300
_LINK_ORDER = {name: number for number, name in enumerate(("abstract", "comment", *EVIDENCE_ORDER))}

_OWN_EVIDENCE = frozenset({"abstract", "comment", OFFICIAL, IN_PAPER})


def default_path() -> Path:
    """Where the index lies unless `--index` says otherwise.

    `BIBTOOLS_INDEX` in the environment, or the user's data folder.
    """
    named = os.environ.get("BIBTOOLS_INDEX")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("bibtools", appauthor=False) / "index.sqlite"


def open_index(path: str | Path) -> Index:
    """Open an index for reading.

    Raises `InputError` when it is missing, of another kind, of another version or damaged.
    """
    return Index(open_tables(Path(path)))


class Index(Closing):
    """An open index; a context manager. Its answers do not depend on the order of questions."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.path = tables.path
        self._last: dict[str, IndexedPaper] = {}
        """The papers that the last answer is about: who asks one thing of them asks more."""

    def close(self) -> None:
        """Close the file."""
        self.tables.close()

    def info(self) -> IndexInfo:
        """What is in the index."""
        import json

        from bibtools.adapters.index.building import IndexInfo, SourceInfo

        meta = self.tables.meta
        sources = tuple(SourceInfo(*row) for row in json.loads(meta.get("sources") or "[]"))
        return IndexInfo(
            self.path,
            schema.SCHEMA,
            self.path.stat().st_size,
            self.tables.records,
            int(meta.get("abstracts") or 0),
            int(meta.get("links") or 0),
            meta.get("first") or None,
            meta.get("last") or None,
            sources,
            _harvested(meta.get(schema.HARVEST)),
        )

    def paper(self, arxiv: ArxivId) -> IndexedPaper | None:
        """What the index knows of an ID, or None."""
        if (known := self._last.get(arxiv.value)) is not None:
            return known
        found = self.tables.papers([schema.pack_id(arxiv)])
        self._last = {paper.arxiv.value: paper for paper in found}
        return found[0] if found else None

    def links(self, arxiv: ArxivId) -> tuple[Link, ...]:
        """The code links of a paper, those with the strongest evidence first."""
        rows = self.tables.links(schema.pack_id(arxiv))
        rows.sort(key=lambda row: (_LINK_ORDER.get(row[1], 99), row[0]))
        strongest: dict[str, Link] = {}
        for url, evidence, kind in rows:
            strongest.setdefault(url, Link(url, evidence, kind))
        return tuple(strongest.values())

    def papers_of_link(self, url: str) -> tuple[ArxivId, ...]:
        """The papers whose own code this repository is, as far as anybody says so; those that only
        mention it, or are implemented by somebody else in it, are left out.
        """
        key = same_address_key(url)
        name = key.rpartition("/")[2].replace("%", "").replace("_", "")
        rows = self.tables.rows(
            "select distinct paper, url, evidence from link "
            "where replace(replace(lower(url), '%', ''), '_', '') like ?",
            (f"%/{name}%",),
        )
        papers = {
            paper
            for paper, address, evidence in rows
            if evidence in _OWN_EVIDENCE and same_address_key(address) == key
        }
        return tuple(schema.unpack_id(paper) for paper in sorted(papers))

    def resolve(self, entries: Sequence[Entry]) -> list[Resolution]:
        """Which paper each entry is; in the order of the entries."""
        return [self.resolve_one(entry) for entry in entries]

    def resolve_one(self, entry: Entry) -> Resolution:
        """Which paper an entry is: first by its exact title, then by words and abstract."""
        from bibtools.matching.resolve import Asked, decide

        asked = Asked.of(entry)
        exact: list[IndexedPaper] = []
        self._last = {}
        if asked.key:
            exact = self.tables.papers(self.tables.papers_of_title(title_hash(asked.key)))
        if exact:
            answer = decide(asked, exact, self.tables)
            self._last = {paper.arxiv.value: paper for paper in exact}
            if answer.settled:
                return answer.resolution
        known = {paper.arxiv for paper in exact}
        more = [paper for paper in self.near(asked) if paper.arxiv not in known]
        self._last |= {paper.arxiv.value: paper for paper in more}
        return decide(asked, [*exact, *more], self.tables).resolution

    # --- candidates ----------------------------------------------------------------------

    def near(self, asked: Asked) -> list[IndexedPaper]:
        """Papers whose title or abstract resembles the entry's, at most some thirty."""
        found: list[int] = []
        if asked.words:
            found += self.tables.papers_of_title(title_hash("main:" + asked.key))[:_CANDIDATES]
            found += self._by_words(asked)
        if asked.text is not None:
            found += self._by_abstract(asked.text)
        return self.tables.papers(dict.fromkeys(found))

    def _by_words(self, asked: Asked) -> list[int]:
        """The papers, packed, that share most of the title's rare words."""
        levels = self._shared_words(asked.unique[:60])
        if not levels:
            return []
        if len(levels) == 1:
            # One word in common is followed only where it is nearly all that the title has.
            few = len(levels[0]) <= (_CROWD if len(asked.unique) <= 6 else _CROWD // 4)
            return self._nearest(asked, levels[0]) if few else []
        # A level less than the best: of the words in common one may be there by a slip.
        ids = levels[max(len(levels) - 2, 1)]
        return sorted(ids) if len(ids) <= _CANDIDATES else self._nearest(asked, ids)

    def _shared_words(self, words: Sequence[str]) -> list[set[int]]:
        """The papers with at least one, two, three ... of the rarest of the words."""
        self.tables.learn(words)
        counted = sorted((self.tables.count(word), word) for word in words)
        most = max(_PAPERS_SCANNED, self.tables.records // _PART_SCANNED)
        levels: list[set[int]] = []
        scanned = used = 0
        for count, word in counted:
            if used == _WORDS or (used >= 2 and scanned + count > most):
                break
            # Papers with three rare words in common: more words would only cost time.
            if used >= 3 and len(levels) >= 3 and len(levels[2]) <= _CANDIDATES:
                break
            papers = self.tables.papers_with(word)
            if papers:
                _raise_levels(levels, papers, rare=used < 2)
                scanned += count
                used += 1
        return levels

    def _nearest(self, asked: Asked, packed: Iterable[int]) -> list[int]:
        """Of many papers, those with the titles most alike."""
        from rapidfuzz import fuzz, process

        titles = self.tables.titles(sorted(packed)[:_CROWD])
        scorer = fuzz.partial_ratio if asked.cut else fuzz.ratio
        found = process.extract(
            (asked.title or "").lower(), titles, scorer=scorer, limit=_CANDIDATES, score_cutoff=50
        )
        return [number for _, _, number in found]

    def _by_abstract(self, text: AskedText) -> list[int]:
        """The papers, packed, that share most of the text's lowest pairs."""
        tally: Counter[int] = Counter()
        from bibtools.text.fingerprints import ASKED_ANCHORS

        for value in text.pairs[:ASKED_ANCHORS]:
            papers = self.tables.papers_of_anchor(value)
            if len(papers) <= _ANCHOR_CROWD:
                tally.update(papers)
        return [paper for paper, _ in tally.most_common(_CANDIDATES)]


def _harvested(harvest: str | None) -> str | None:
    """The day up to which all of arXiv was harvested."""
    import json

    done = json.loads(harvest or "{}").get("done", {})
    return done.get("") if isinstance(done, dict) else None


def _raise_levels(levels: list[set[int]], papers: Iterable[int], *, rare: bool) -> None:
    """Count one more word for its papers: `levels[n]` has those with more than n words.

    Papers that have only words which are not the rarest are not worth following.
    """
    if rare:
        papers = set(papers)
    for number in range(len(levels) - 1, -1, -1):
        more = levels[number].intersection(papers)
        if number + 1 < len(levels):
            levels[number + 1] |= more
        elif more:
            levels.append(more)
    if not levels:
        levels.append(set(papers))
    elif rare:
        levels[0].update(papers)
