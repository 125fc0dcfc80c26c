"""Whether the works of entries exist and are as the entries say, by what the services know.

Three answers, and evidence for each: it exists; it is described wrongly; nobody can tell. That no
service knows a work says nothing against it: most books, and much that is older than the
services, nobody knows. Beside it stands what became of the work: retracted, withdrawn, published
since.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rapidfuzz import fuzz

from bibtools.adapters.index import Index
from bibtools.matching.published_pair import is_published_version
from bibtools.matching.resolve import SOURCE
from bibtools.model import Entry, Name, Outcome, type_preprint
from bibtools.model.progress import Progress
from bibtools.sites import services
from bibtools.sites.asking import Found, Question
from bibtools.sites.records import Record
from bibtools.text.people import compare_authors, person
from bibtools.text.titles import title_key, title_words
from bibtools.workflows.online.filling import INDEX
from bibtools.workflows.online.publishing import Search, search_published
from bibtools.workflows.online.questions import (
    Sort,
    cites_publication,
    folded_title,
    named,
    wants_published,
)
from bibtools.workflows.online.rounds import Run
from bibtools.workflows.online.state import Asks, OnlineOptions, Work

_DISTINCTIVE = 6
"""Words of a title that nobody chooses twice by chance."""
_LIKE = 80
"""Likeness from which on a title is the same in other words; below it is said to differ."""
_RESEMBLES = 65
"""Likeness from which on another title is worth showing."""
_FAR_YEARS = 1
"""The online and the printed year of a paper differ by one at most."""
_LATEST_VERSION = 6
"""Years after the first version that a preprint is cited under."""


class Verdict(StrEnum):
    """What is known of one entry."""

    EXISTS = "exists"
    WRONG = "described wrongly"
    UNTOLD = "cannot tell"


class Fate(StrEnum):
    """What became of a work that exists."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Witness:
    """A record that speaks of the work."""

    source: str
    """For the reader: "Crossref"."""
    question: str
    title: str
    identifier: str
    """DOI, arXiv ID or the service's own."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong, or became of the work."""

    kind: str
    """`title`, `authors`, `year`, `volume`, `page`, `doi`, `arxiv`, or a `Fate`."""
    message: str
    """A clause: "the year is 2019, Crossref says 2021"."""
    source: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """One entry after the check."""

    entry: Entry
    verdict: Verdict
    wrong: tuple[Remark, ...] = ()
    fates: tuple[Remark, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    near: tuple[Witness, ...] = ()
    """Where nobody can tell: the nearest that was found."""
    unknown: tuple[Remark, ...] = ()
    """Where nobody can tell: its identifiers that nobody knows."""
    unasked: tuple[str, ...] = ()
    """Who could not be asked, and why."""


def check_online(
    entries: Sequence[Entry],
    web: Asks,
    index: Index | None = None,
    options: OnlineOptions | None = None,
    progress: Progress | None = None,
) -> tuple[Checked, ...]:
    """Each entry with its verdict, in order.

    Identifiers are asked first (in batches), then the titles of those without a record: DBLP,
    arXiv, Crossref. An identifier that nobody knows is wrong only when the work is known
    otherwise.
    """
    works = [Work(number, entry, entry, frozenset()) for number, entry in enumerate(entries)]
    run = Run(works, web, index, options or OnlineOptions(), progress)
    run.ask_index()
    run.ask_dois()
    run.ask_ids()
    titled = _by_titles(run)
    search = search_published(run)
    return tuple(_checked(work, titled.get(work.number, []), search) for work in works)


# --- who is asked by title --------------------------------------------------------------------

_Records = list[tuple[Question, Record]]


def _by_titles(run: Run) -> dict[int, _Records]:
    """Records of the same title for the entries of which no record is known."""
    found: dict[int, _Records] = {}
    known = {work.number for work in run.works if work.records or _in_index(work)}
    for name in ("dblp", "arxiv", "crossref"):
        service = named(name)
        for work, _, question, answer in run.ask([(service, "title", _titles(name, known))]):
            if not isinstance(answer, Found):
                continue
            records = found.setdefault(work.number, [])
            records += [(question, record) for record in answer.records]
            if any(_is_it(work, record) for _, record in records):
                known.add(work.number)
    return found


def _titles(name: str, known: set[int]) -> Sort:
    def wanted(work: Work) -> Iterable[Question]:
        folded = folded_title(work.given.title)
        if work.number not in known and folded:
            yield Question(name, "title", folded)

    return wanted


def _in_index(work: Work) -> bool:
    """Whether the offline index has found it by its title."""
    found = work.now.resolution
    return found is not None and found.outcome is Outcome.SURE and found.source == SOURCE


def _is_it(work: Work, record: Record) -> bool:
    return _fits(work.given, record.entry) is Outcome.SURE


def _fits(entry: Entry, record: Entry) -> Outcome:
    """Whether a record of that title is the work, whatever version of it."""
    plain = replace(entry, doi=None, arxiv=None, type="document")
    theirs = replace(record, doi=None, arxiv=None, type="article-journal", venue="x")
    return is_published_version(plain, theirs).outcome


# --- the verdict ------------------------------------------------------------------------------


def _checked(work: Work, titled: _Records, search: Search) -> Checked:
    same = [(question, record) for question, record in titled if _is_it(work, record)]
    witnesses = [*work.records, *same]
    in_index = _in_index(work)
    known = bool(witnesses) or in_index
    unknown = _unknown(work)
    wrong = [*_other_works(work), *_differences(work.given, work.records)]
    if known:
        wrong += unknown
    elif not work.unasked:
        wrong += _title_of_others(work.given, titled)
    told = [_witness(question, record) for question, record in witnesses]
    if in_index and not told:
        number = work.now.arxiv.value if work.now.arxiv is not None else ""
        told = [Witness(INDEX, "", work.now.title or "", f"arXiv:{number}")]
    untold = not known and not wrong
    return Checked(
        work.given,
        Verdict.WRONG if wrong else Verdict.EXISTS if known else Verdict.UNTOLD,
        tuple(wrong),
        tuple(_fates(work, witnesses, search)),
        tuple(told),
        _nearest(work.given, titled) if untold else (),
        tuple(unknown) if untold else (),
        tuple(work.unasked),
    )


def _nearest(entry: Entry, titled: _Records) -> tuple[Witness, ...]:
    """The records with the titles most alike, three at most, each title once."""
    key = title_key(entry.title or "")
    rows = [
        (-fuzz.ratio(key, title_key(record.entry.title or "")), _witness(question, record))
        for question, record in titled
    ]
    rows.sort(key=lambda row: (row[0], row[1].title, row[1].source, row[1].identifier))
    by_title = {title_key(one.title): one for less, one in reversed(rows) if -less >= _RESEMBLES}
    return tuple(one for _, one in rows if by_title.get(title_key(one.title)) is one)[:3]


def _unknown(work: Work) -> list[Remark]:
    """The identifiers that nobody knows who should."""
    found = []
    for question in dict.fromkeys(work.unknown):
        if question.kind == "arxiv":
            told = f"arXiv does not know {question.subject}"
            found.append(Remark("arxiv", told, _title(question), str(question)))
        else:
            told = f"neither Crossref nor DataCite knows the DOI {question.subject}"
            found.append(Remark("doi", told, _title(question), str(question)))
    return found


def _other_works(work: Work) -> list[Remark]:
    """Its identifiers that are another work's."""
    return [
        Remark(
            "arxiv" if question.kind == "arxiv" else "doi",
            f'{_shown(question)} is "{_short(record.entry.title)}"{_by(record.entry)}, '
            f"says {_title(question)}",
            _title(question),
            str(question),
        )
        for question, record in work.others
    ]


def _title_of_others(entry: Entry, titled: _Records) -> list[Remark]:
    """The very title, a distinctive one, and only by others: the authors are wrong."""
    key, words = title_key(entry.title or ""), title_words(entry.title or "")
    exact = [
        (question, record)
        for question, record in titled
        if title_key(record.entry.title or "") == key and record.entry.authors
    ]
    if len(words) < _DISTINCTIVE or not exact or not entry.authors:
        return []
    if any(_shared(entry.authors, record.entry.authors) for _, record in exact):
        return []
    question, record = exact[0]
    told = f"{_title(question)} knows this title only{_by(record.entry)}"
    return [Remark("authors", told, _title(question), str(question))]


def _differences(entry: Entry, records: Sequence[tuple[Question, Record]]) -> list[Remark]:
    """What the entry says otherwise than the records of its own identifiers."""
    found: dict[str, Remark] = {}
    for question, record in records:
        for kind, ours, theirs in _compare(entry, record.entry, question.kind):
            remark = Remark(
                kind,
                f"the {kind} {ours}, {_title(question)} says {theirs}",
                _title(question),
                str(question),
            )
            found.setdefault(kind, remark)
    return list(found.values())


def _compare(entry: Entry, record: Entry, asked: str) -> Iterable[tuple[str, str, str]]:
    """What differs: kind, what the entry says, what the record says."""
    if entry.title and record.title and not _likely_title(entry, record):
        yield "title", f'is "{_short(entry.title)}"', f'"{_short(record.title)}"'
    if entry.authors and record.authors and not _shared(entry.authors, record.authors):
        yield "authors", f"are {_names(entry.authors)}", _names(record.authors)
    own = asked == "doi"
    if entry.date is not None and record.date is not None:
        years = entry.date.year - record.date.year
        # A preprint is cited under the year of any of its versions, or that of its paper.
        near = -_FAR_YEARS <= years <= (_FAR_YEARS if own else _LATEST_VERSION)
        if not near and (own or not cites_publication(entry)):
            yield "year", f"is {entry.date.year}", str(record.date.year)
    if not own or record.type == type_preprint:
        return
    for name in ("volume", "page"):
        ours, theirs = entry.fields.get(name, ""), record.fields.get(name, "")
        first = [re.match(r"\d+", one) for one in (ours, theirs)]
        if first[0] and first[1] and int(first[0][0]) != int(first[1][0]):
            yield name, f"is {ours}", theirs


def _likely_title(entry: Entry, record: Entry) -> bool:
    nobody = replace(entry, authors=(), date=None, doi=None, arxiv=None, type="document")
    theirs = replace(
        record, authors=(), date=None, doi=None, arxiv=None, type="article-journal", venue="x"
    )
    verdict = is_published_version(nobody, theirs)
    if verdict.outcome is not Outcome.NONE:
        return True
    one, other = title_key(entry.title or ""), title_key(record.title or "")
    # A subtitle left out, a title that grew in review.
    return one.startswith(other) or other.startswith(one) or _near(one, other)


def _near(one: str, other: str) -> bool:
    return max(fuzz.ratio(one, other), fuzz.partial_ratio(one, other)) >= _LIKE


def _shared(ours: Sequence[Name], theirs: Sequence[Name]) -> bool:
    """Whether they have an author in common, or one cannot tell."""
    known = [person(name) for name in theirs]
    return compare_authors([person(name) for name in ours], known).found > 0


def _fates(
    work: Work, witnesses: Sequence[tuple[Question, Record]], search: Search
) -> list[Remark]:
    """What became of the work."""
    found: dict[Fate, Remark] = {}
    for question, record in witnesses:
        if record.retracted:
            fate = Fate.WITHDRAWN if "withdrawn" in record.retracted else Fate.RETRACTED
            found.setdefault(fate, Remark(fate, record.retracted, _title(question), str(question)))
    if (published := _published(work, search)) is not None:
        found[Fate.SUPERSEDED] = published
    return list(found.values())


def _published(work: Work, search: Search) -> Remark | None:
    """The published version of what is cited as a preprint, when it is sure."""
    preprint = work.given.type == type_preprint or work.now.arxiv is not None
    if not preprint or not wants_published(work) or cites_publication(work.given):
        return None
    choice = search.choice(work)
    if choice.outcome is not Outcome.SURE:
        return None
    first = choice.chosen[0]
    question = next(one for one, record in search.candidates[work.number] if record is first)
    entry = first.entry
    doi = f", doi {entry.doi}" if entry.doi is not None else ""
    year = f" in {entry.date.year}" if entry.date is not None else ""
    told = f"it was published{year}: {entry.venue or 'without a venue'}{doi}"
    return Remark(Fate.SUPERSEDED, told, _title(question), str(question))


# --- words ------------------------------------------------------------------------------------


def _witness(question: Question, record: Record) -> Witness:
    entry = record.entry
    identifier = record.identifier
    if entry.doi is not None:
        identifier = entry.doi.value
    elif entry.arxiv is not None:
        identifier = f"arXiv:{entry.arxiv.value}"
    return Witness(_title(question), str(question), entry.title or "", identifier)


def _title(question: Question) -> str:
    return services.service(question.service).title


def _shown(question: Question) -> str:
    return f"arXiv:{question.subject}" if question.kind == "arxiv" else f"doi {question.subject}"


def _short(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= 100 else f"{text[:97]}..."


def _names(names: Sequence[Name]) -> str:
    shown = ", ".join(name.family_with_particle() for name in names[:3])
    return f"{shown} and others" if len(names) > 3 else shown


def _by(entry: Entry) -> str:
    return f" by {_names(entry.authors)}" if entry.authors else ""
