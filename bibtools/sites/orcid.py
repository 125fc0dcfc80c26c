"""ORCID: the works that a researcher lists, by ORCID iD.

Contract: https://info.orcid.org/documentation/api-tutorials/api-tutorial-read-data-on-a-record/.
A list has groups of what is one work by its identifiers; of each group the first is the one its
owner prefers. There are no co-authors in it, so what it gives is looked up elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bibtools.model import ArxivId, Doi, Entry, type_document, type_preprint
from bibtools.sites import shapes
from bibtools.sites.asking import (
    Answer,
    Batch,
    Found,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record

BASE = "https://pub.orcid.org/v3.0"
_ACCEPT = ("application/json", "application/orcid+json", "application/vnd.orcid+json")
_ID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_ARXIV_DOI = "10.48550/arxiv."
_IDS = {"pmid": "pmid", "pmc": "pmcid", "isbn": "isbn", "dblp": "dblp"}

TYPES: Mapping[str, str] = {
    "journal-article": "article-journal",
    "conference-paper": "paper-conference",
    "preprint": type_preprint,
    "working-paper": "report",
    "report": "report",
    "book": "book",
    "edited-book": "book",
    "book-chapter": "chapter",
    "book-review": "review-book",
    "review": "review",
    "dissertation": "thesis",
    "dissertation-thesis": "thesis",
    "data-set": "dataset",
    "software": "software",
    "magazine-article": "article-magazine",
    "newspaper-article": "article-newspaper",
    "patent": "patent",
    "encyclopedia-entry": "entry-encyclopedia",
    "lecture-speech": "speech",
    "website": "webpage",
}
"""ORCID's types of works as CSL types."""


def checked(subject: str) -> str:
    """The iD, when its check digit (ISO 7064, mod 11-2) is right. Raises `ValueError`."""
    if not _ID.fullmatch(subject):
        raise ValueError(f'"{subject}" is no ORCID iD')
    digits = subject.replace("-", "")
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[-1] != ("X" if check == 10 else str(check)):
        raise ValueError(f'"{subject}" is no ORCID iD: its last digit does not fit the others')
    return subject


def request_person(questions: Sequence[Question]) -> Request:
    """One request for the works of one person. Raises `ValueError` for what is no ORCID iD."""
    (question,) = questions
    url = f"{BASE}/{checked(question.subject)}/works"
    return Request("orcid", url, accept=_ACCEPT, largest=30_000_000)


def parse_person(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The works in the list's order. Raises `UnreadableError`."""
    (question,) = questions
    if reply.status == 404 and reply.body.lstrip()[:1] == b"{":
        return {question: NotFound()}
    groups = shapes.read_row(reply).get("group")
    if not isinstance(groups, list):
        raise UnreadableError("the answer is no list of works")
    records = tuple(
        record for group in shapes.rows(groups) if (record := _record(group)) is not None
    )
    return {question: Found(records) if records else NotFound()}


def _record(group: Mapping[str, Any]) -> Record | None:
    works = shapes.rows(group.get("work-summary") or [])
    if not works:
        return None
    work = works[0]
    title, with_markup = shapes.marked(shapes.member(work, "title", "title", "value"))
    if title is None:
        return None
    subtitle = shapes.marked(shapes.member(work, "title", "subtitle", "value"))[0]
    if subtitle is not None and subtitle.lower() not in title.lower():
        title, with_markup = f"{title.rstrip(' :')}: {subtitle}", None
    arxiv, doi, others = _identifiers([*works, group])
    kind = TYPES.get((shapes.text(work.get("type")) or "").lower().replace("_", "-"), type_document)
    if arxiv is not None and doi is None:
        kind = type_preprint
    is_preprint = kind == type_preprint and arxiv is not None
    venue = shapes.marked(shapes.member(work, "journal-title", "value"))[0]
    date = work.get("publication-date")
    entry = Entry(
        type=kind,
        title=title,
        date=shapes.date(
            *(shapes.member(date, name, "value") for name in ("year", "month", "day"))
        ),
        arxiv=arxiv if is_preprint else None,
        doi=None if is_preprint else doi,
        other_ids=others,
        venue=None if is_preprint else venue,
        fields=shapes.filled(title=with_markup),
    )
    return Record(
        entry,
        identifier=shapes.text(work.get("put-code")) or "",
        published_doi=doi if is_preprint else None,
        preprint_doi=Doi(arxiv.doi) if arxiv is not None and not is_preprint else None,
    )


def _identifiers(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[ArxivId | None, Doi | None, dict[str, str]]:
    """ArXiv's ID, the DOI that is not arXiv's, and further ones: the work's own, not its book's."""
    arxiv: ArxivId | None = None
    doi: Doi | None = None
    others: dict[str, str] = {}
    for one in (one for row in rows for one in _external(row)):
        value = shapes.text(one.get("external-id-value"))
        kind = (shapes.text(one.get("external-id-type")) or "").lower()
        relation = (shapes.text(one.get("external-id-relationship")) or "self").lower()
        if value is None or relation not in ("self", "version-of", "version_of"):
            continue
        found = shapes.doi(value) if kind == "doi" else None
        number = shapes.arxiv(value) if kind == "arxiv" or _is_arxiv(found) else None
        if number is not None:
            arxiv = arxiv or ArxivId(number.value)
        elif found is not None and relation == "self":
            doi = doi or found
        elif kind in _IDS and relation == "self":
            others.setdefault(_IDS[kind], value)
    return arxiv, doi, others


def _external(row: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return shapes.rows(shapes.member(row, "external-ids", "external-id") or [])


def _is_arxiv(doi: Doi | None) -> bool:
    return doi is not None and doi.folded.startswith(_ARXIV_DOI)


SERVICE = Service(
    name="orcid",
    title="ORCID",
    host="pub.orcid.org",
    base=BASE,
    # 12 requests a second without a key: https://info.orcid.org/ufaqs/what-are-the-api-limits/
    pace=Pace(0.5),
    kinds={"person": Batch(1, request_person, parse_person, keep_days=1, keep_missing_days=1)},
    answers="the works that a researcher lists",
    terms="public data CC0 (https://info.orcid.org/public-data-file-use-policy/)",
)
