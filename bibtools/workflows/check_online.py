"""Whether the works of entries exist and are as the entries say, by what the services know.

Three answers, and evidence for each: it exists; it is described wrongly; nobody can tell. That no
service knows a work says nothing against it: most books, and much that is older than the
services, nobody knows. Beside it stands what became of the work: retracted, withdrawn, published
since.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from bibtools.adapters.index import Index
from bibtools.matching.published_pair import is_published_version
from bibtools.matching.resolve import SOURCE
from bibtools.model import Entry, Outcome, type_preprint
from bibtools.model.progress import Progress
from bibtools.sites.asking import CouldNotAsk, Found, Question
from bibtools.sites.records import Record
from bibtools.text.titles import title_key, title_words
from bibtools.workflows.check_differences import (
    by,
    differences,
    is_translated,
    may_share_authors,
    short,
    title_of,
)
from bibtools.workflows.check_values import Checked, Fate, Remark, Silence, Verdict, Witness
from bibtools.workflows.online.filling import INDEX
from bibtools.workflows.online.publishing import Search, search_published
from bibtools.workflows.online.questions import (
    Sort,
    by_arxiv,
    by_own_doi,
    cites_publication,
    folded_title,
    named,
    wants_published,
)
from bibtools.workflows.online.rounds import Run
from bibtools.workflows.online.state import Asks, OnlineOptions, Work

__all__ = ["Checked", "Fate", "Remark", "Silence", "Verdict", "Witness", "check_online"]

_DISTINCTIVE = 6
"""Words of a title that nobody chooses twice by chance."""
_RESEMBLES = 65
"""Likeness from which on another title is worth showing."""


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
    silent: dict[int, list[Silence]] = {}
    titled = _by_titles(run, silent)
    search = search_published(run)
    if run.silent:
        for work in works:
            _tell_silent(work)
    return tuple(
        _checked(work, titled.get(work.number, []), tuple(silent.get(work.number, ())), search)
        for work in works
    )


# --- who is asked by title --------------------------------------------------------------------

_Records = list[tuple[Question, Record]]
_BY_TITLE = ("dblp", "arxiv", "crossref")
_NO_ANSWERS = "this run is offline, and no earlier answers are kept"


def _by_titles(run: Run, silent: dict[int, list[Silence]]) -> dict[int, _Records]:
    """Records of the same title for the entries of which no record is known.

    Who knows no such work is noted in `silent`.
    """
    found: dict[int, _Records] = {}
    known = {work.number for work in run.works if _led_to(work) or _in_index(work)}
    if run.index is not None:
        for work in run.works:
            if _unknown_to_index(work):
                silent.setdefault(work.number, []).append(Silence(INDEX, ""))
    for name in _BY_TITLE:
        service = named(name)
        for work, _, question, answer in run.ask([(service, "title", _titles(name, known))]):
            if isinstance(answer, CouldNotAsk):
                continue
            records = answer.records if isinstance(answer, Found) else ()
            found.setdefault(work.number, []).extend((question, record) for record in records)
            if any(_is_it(work, record) for record in records):
                known.add(work.number)
            else:
                silent.setdefault(work.number, []).append(Silence(service.title, str(question)))
    return found


def _tell_silent(work: Work) -> None:
    """Note the first questions about it as not asked: offline, and without earlier answers."""
    if _in_index(work):
        return
    questions = [*by_own_doi(named("crossref"))(work), *by_arxiv(work)]
    for name in _BY_TITLE:
        questions += _titles(name, set())(work)
    for question in questions:
        work.could_not(named(question.service), question, _NO_ANSWERS)


def _unknown_to_index(work: Work) -> bool:
    found = work.now.resolution
    return bool(work.given.title) and found is not None and found.outcome is Outcome.NONE


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


def _checked(work: Work, titled: _Records, silent: tuple[Silence, ...], search: Search) -> Checked:
    same = [(question, record) for question, record in titled if _is_it(work, record)]
    witnesses = [*_led_to(work), *same]
    others = [pair for pair in work.others if pair not in _translated(work)]
    in_index = _in_index(work)
    known = bool(witnesses) or in_index
    unknown = _unknown(work)
    wrong = [*_other_works(others), *differences(work.given, _led_to(work))]
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
        silent if untold else (),
        tuple(work.unasked.values()),
    )


def _led_to(work: Work) -> _Records:
    """The records that its identifiers lead to; also those that only resemble the entry."""
    return [*work.records, *work.unsure, *_translated(work)]


def _translated(work: Work) -> _Records:
    """Records whose title is another, but may be the entry's in another language."""
    return [pair for pair in work.others if is_translated(work.given, pair[1].entry)]


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
            found.append(Remark("arxiv", told, title_of(question), str(question)))
        else:
            told = f"neither Crossref nor DataCite knows the DOI {question.subject}"
            found.append(Remark("doi", told, title_of(question), str(question)))
    return found


def _other_works(others: _Records) -> list[Remark]:
    """Its identifiers that are another work's."""
    return [
        Remark(
            "arxiv" if question.kind == "arxiv" else "doi",
            f'{_shown(question)} is "{short(record.entry.title)}"{by(record.entry)}, '
            f"says {title_of(question)}",
            title_of(question),
            str(question),
        )
        for question, record in others
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
    if any(may_share_authors(entry.authors, record.entry.authors) for _, record in exact):
        return []
    question, record = exact[0]
    told = f"{title_of(question)} knows this title only{by(record.entry)}"
    return [Remark("authors", told, title_of(question), str(question))]


def _fates(
    work: Work, witnesses: Sequence[tuple[Question, Record]], search: Search
) -> list[Remark]:
    """What became of the work."""
    found: dict[Fate, Remark] = {}
    for question, record in witnesses:
        if record.retracted:
            fate = Fate.WITHDRAWN if "withdrawn" in record.retracted else Fate.RETRACTED
            found.setdefault(
                fate, Remark(fate, record.retracted, title_of(question), str(question))
            )
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
    return Remark(Fate.SUPERSEDED, told, title_of(question), str(question))


# --- words ------------------------------------------------------------------------------------


def _witness(question: Question, record: Record) -> Witness:
    entry = record.entry
    identifier = record.identifier
    if entry.doi is not None:
        identifier = entry.doi.value
    elif entry.arxiv is not None:
        identifier = f"arXiv:{entry.arxiv.value}"
    return Witness(title_of(question), str(question), entry.title or "", identifier)


def _shown(question: Question) -> str:
    return f"arXiv:{question.subject}" if question.kind == "arxiv" else f"doi {question.subject}"
