"""Whether a record that an identifier of an entry leads to is the record of that entry.

Printed identifiers are wrong now and then, and mostly near misses: the DOI of another paper by the
same people, the preprint of part I beside the title of part II. So the identifier is a claim, and
title and authors are held against it. What fits is filled from; what is likely (the title is
another, but all authors and part of the words are the same: titles change between versions) is
asked about; the rest is another work, and told. A contradiction ends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Protocol

from bibtools.matching.claims import agree
from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.published_pair import (
    LONGER_VERSION,
    OTHER_PIECE,
    PLAIN_WORDS,
    RETITLED,
    RETRACTED,
    People,
    Side,
    both_ways,
    how_people_stand,
    shared_words,
)
from bibtools.matching.resolve import (
    ABSTRACT_ALONE,
    BITS_SHORTENED,
    FAR_AFTER,
    FAR_BEFORE,
    SHARED_TITLE,
    Verdict,
)
from bibtools.matching.resolve_titles import Difference, TitleMatch
from bibtools.model import Entry, Outcome
from bibtools.text.fingerprints import AskedText, Sketch, sketch
from bibtools.text.names import is_body
from bibtools.text.people import Person

_PAPERS = frozenset({"article-journal", "paper-conference", "chapter"})
_NO_PAPERS = {"book": "a book", "periodical": "a periodical", "review": "a review",
              "review-book": "a book review"}  # fmt: skip


class Extra(StrEnum):
    """What else says that two records are of one work."""

    NAMED = "another identifier of the entry leads to it as well"
    PLACE = "volume and pages agree"
    ABSTRACT = "the abstracts agree"


class _Known(Protocol):
    """A record made comparable: a `Side`, or a paper of the index."""

    @property
    def words(self) -> tuple[str, ...]: ...
    @property
    def key(self) -> str: ...
    @property
    def printed(self) -> tuple[int, ...]: ...
    @property
    def subtitle_places(self) -> frozenset[int]: ...
    @property
    def people(self) -> tuple[Person, ...]: ...


def is_own_record(entry: Entry, record: Entry, *, named: bool = False) -> Verdict:
    """Whether the record that an identifier of the entry leads to is the entry's.

    `named` says that another identifier of the entry leads to the same record. Gives `SURE`,
    `LIKELY` or `NONE` with the reason.
    """
    ours, theirs = _side(entry, record.title or ""), _side(record, entry.title or "")
    extra = Extra.NAMED if named else _place(entry, record)
    if extra is None and entry.abstract and record.abstract:
        extra = _same_text(entry.abstract, (sketch(record.abstract) or (None,))[0])
    found = _verdict(
        ours, theirs, _cut(entry, record), extra, _years(entry, record), _bodies(entry, record)
    )
    if found[0] is Outcome.SURE and entry.type in _PAPERS and record.type in _NO_PAPERS:
        return Outcome.LIKELY, f"the record is that of {_NO_PAPERS[record.type]}"
    return found


def is_own_paper(entry: Entry, paper: IndexedPaper) -> Verdict:
    """As `is_own_record`, for a paper of the offline index."""
    ours = _side(entry, paper.title)
    extra = _same_text(entry.abstract, paper.sketch) if entry.abstract else None
    year = entry.date.year if entry.date is not None else None
    return _verdict(ours, paper, entry.authors_truncated, extra, (year, paper.year), bodies=False)


def _side(entry: Entry, other: str) -> Side:
    """The entry made comparable; what its title says of its length goes if the other has none."""
    title = RETRACTED.sub("", entry.title or "")
    if not LONGER_VERSION.search(other):
        title = LONGER_VERSION.sub("", title) or title
    return Side(entry, title)


def _cut(entry: Entry, record: Entry) -> bool:
    return entry.authors_truncated or record.authors_truncated


def _years(entry: Entry, record: Entry) -> tuple[int | None, int | None]:
    return (
        entry.date.year if entry.date is not None else None,
        record.date.year if record.date is not None else None,
    )


def _bodies(entry: Entry, record: Entry) -> bool:
    """Whether one of the lists is a collaboration, which stands for its people."""
    return any(
        bool(one.authors) and all(name.literal and is_body(name.literal) for name in one.authors)
        for one in (entry, record)
    )


def _place(entry: Entry, record: Entry) -> Extra | None:
    for name in ("volume", "page"):
        ours, theirs = entry.fields.get(name), record.fields.get(name)
        if not ours or not theirs or not agree(name, ours, theirs):
            return None
    return Extra.PLACE


@lru_cache(maxsize=256)
def _asked_text(abstract: str) -> AskedText | None:
    return AskedText.of(abstract)


def _same_text(abstract: str, known: Sketch | None) -> Extra | None:
    asked = _asked_text(abstract)
    if asked is None or known is None or asked.likeness(known) < ABSTRACT_ALONE:
        return None
    return Extra.ABSTRACT


@dataclass(frozen=True, slots=True)
class _Case:
    """What was compared."""

    title: TitleMatch
    people: People
    piece: bool
    shared: float
    extra: Extra | None
    far: bool
    common: bool
    """The title is one that many papers have."""


def _verdict(
    ours: Side,
    theirs: _Known,
    cut: bool,
    extra: Extra | None,
    years: tuple[int | None, int | None],
    bodies: bool,
) -> Verdict:
    people = how_people_stand(ours.people, theirs.people, cut)
    if people is People.OTHER and bodies:
        people = People.UNKNOWN
    far = None not in years and not (-FAR_BEFORE <= (years[0] or 0) - (years[1] or 0) <= FAR_AFTER)
    if not ours.words:
        return _untitled(people, far)
    if not theirs.words:
        if people <= People.MOST or extra is not None:
            return Outcome.SURE, "its record has no title; the authors agree"
        return Outcome.LIKELY, "its record has no title to compare"
    case = _Case(
        both_ways(ours, theirs, PLAIN_WORDS),
        people,
        not OTHER_PIECE.isdisjoint(set(ours.words) ^ set(theirs.words)),
        shared_words(ours.words, theirs.words),
        extra,
        far,
        SHARED_TITLE.match(" ".join(theirs.words[:4])) is not None,
    )
    if case.title.difference <= Difference.SPELLING:
        return _same_title(case)
    if case.title.difference is Difference.SHORTENED and not case.piece:
        return _shortened(case)
    return _other_title(case)


def _untitled(people: People, far: bool) -> Verdict:
    if people is People.OTHER:
        return Outcome.NONE, "the authors are others"
    if far:
        return Outcome.LIKELY, "the entry has no title, and the year is far off"
    if people is People.ONE:
        return Outcome.LIKELY, "the entry has no title, and only one of the authors agrees"
    return Outcome.SURE, "the identifier is all that the entry says of the work"


def _same_title(case: _Case) -> Verdict:
    if case.people is People.OTHER:
        return Outcome.LIKELY, "the title agrees, but the authors are others"
    if case.people is People.UNKNOWN and (case.far or case.common) and case.extra is None:
        what = "the year is far off" if case.far else "several papers have it"
        return Outcome.LIKELY, f"the title agrees, but {what}, and nothing says who wrote it"
    return Outcome.SURE, "the title agrees"


def _shortened(case: _Case) -> Verdict:
    if case.people is People.OTHER:
        return Outcome.NONE, "title and authors are others"
    if case.people <= People.SOME or case.extra is not None:
        return Outcome.SURE, "the title with or without its subtitle; the authors agree"
    if case.people is People.UNKNOWN and case.title.bits >= BITS_SHORTENED:
        return Outcome.SURE, "the title with or without its subtitle"
    return Outcome.LIKELY, "the title with or without its subtitle, but few of the authors"


def _other_title(case: _Case) -> Verdict:
    apart = case.piece or case.title.difference is Difference.APART
    if case.people is People.OTHER:
        return Outcome.NONE, "title and authors are others"
    if case.extra is not None and case.people <= People.MOST:
        if apart:
            return Outcome.LIKELY, f"{case.extra}, but the title names another part"
        return Outcome.SURE, f"{case.extra}, and the authors; the title is another"
    if apart:
        return Outcome.NONE, "the title names another part or another piece"
    if case.people <= People.MOST and case.shared >= RETITLED:
        return Outcome.LIKELY, "the same authors, but the title is another one like it"
    if case.people is People.UNKNOWN and case.title.difference is Difference.WORD_MISSING:
        return Outcome.LIKELY, "one word more or less in the title, and nobody named"
    return Outcome.NONE, "the title is another"
