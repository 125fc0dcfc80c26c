"""Semantic Scholar's Graph API: papers by arXiv ID and DOI, five hundred at a time, and by title.

Contract: https://api.semanticscholar.org/api-docs/graph. Without a key it answers 429 to nearly
everyone, so it is asked only with one. Its answers to a batch stand in the order of the
questions, `null` for what it does not know.

One of its records mixes a preprint with the published paper: here it becomes two. The year may
be either's, so the published record has it only when it is later than the preprint's; and where
no publisher's DOI is known, the published record has the preprint's, so that it is known for
merged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from bibtools.model import ArxivId, Doi, Entry, Name, PartialDate, type_document, type_preprint
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
from bibtools.text.titles import title_words

BASE = "https://api.semanticscholar.org/graph/v1"
_FIELDS = (
    "title,year,publicationDate,venue,publicationVenue,journal,externalIds,publicationTypes,"
    "authors.name"
)
_ARXIV_DOI = "10.48550/arxiv."
_PREPRINT_VENUES = frozenset({"arxiv", "arxiv.org", "corr", "biorxiv", "medrxiv", "ssrn", "hal"})
_IDS = {"PubMed": "pmid", "PubMedCentral": "pmcid", "DBLP": "dblp", "ACL": "acl"}
_PREFIX = {"arxiv": "ARXIV", "doi": "DOI"}
_TYPES = {
    "JournalArticle": "article-journal",
    "Conference": "paper-conference",
    "Book": "book",
    "BookSection": "chapter",
    "Dataset": "dataset",
    "LettersAndComments": "article-journal",
    "Editorial": "article-journal",
}


def request_ids(questions: Sequence[Question]) -> Request:
    """One request for papers by their arXiv IDs or DOIs."""
    wanted = [f"{_PREFIX[one.kind]}:{one.subject}" for one in questions]
    return Request(
        "semantic-scholar",
        f"{BASE}/paper/batch?{urlencode({'fields': _FIELDS}, safe=',.')}",
        method="POST",
        headers=(("Content-Type", "application/json"),),
        body=json.dumps({"ids": wanted}).encode(),
    )


def request_title(questions: Sequence[Question]) -> Request:
    """One request for the paper whose title is nearest."""
    (question,) = questions
    query = {"query": " ".join(title_words(question.subject)), "fields": _FIELDS}
    return Request("semantic-scholar", f"{BASE}/paper/search/match?{urlencode(query, safe=',.')}")


def parse_ids(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each question, in place. Raises `UnreadableError`.

    A record that names another ID of the same kind is no answer; one that belongs to another
    question shows that the places cannot be trusted.
    """
    rows = shapes.read(reply)
    if not isinstance(rows, list) or len(rows) != len(questions):
        raise UnreadableError("the answer has not one place for each question")
    asked = {(one.kind, one.subject.lower()) for one in questions}
    answers: dict[Question, Answer] = {}
    for question, row in zip(questions, rows, strict=True):
        if not isinstance(row, dict):
            answers[question] = NotFound()
            continue
        named = _named(row)
        own = (question.kind, question.subject.lower())
        if own not in named and not named.isdisjoint(asked):
            raise UnreadableError("the answers are not in the order of the questions")
        other = _names_other(row, question) or (
            own not in named and any(kind == question.kind for kind, _ in named)
        )
        records = () if other else _records(row, question.kind)
        answers[question] = Found(records) if records else NotFound()
    return answers


def parse_title(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The nearest paper, which may be another; the caller compares. Raises `UnreadableError`.

    That there is none is said by an empty `data`, by `total` alone, or with 404 in words; an
    object without either, such as an error sent with status 200, says nothing.
    """
    if reply.status == 404 and b"Title match not found" in reply.body:
        return dict.fromkeys(questions, NotFound())
    row = shapes.read_row(reply)
    data = row.get("data", [] if shapes.whole(row.get("total")) == 0 else None)
    if not isinstance(data, list) or _says_error(row):
        said = shapes.text(row.get("error")) or shapes.text(row.get("message"))
        told = f' ("{said[:120]}")' if said else ""
        raise UnreadableError(f"the answer is none of Semantic Scholar's{told}")
    records = tuple(record for row in shapes.rows(data) for record in _records(row, "title"))
    answer: Answer = Found(records) if records else NotFound()
    return dict.fromkeys(questions, answer)


def _says_error(row: Mapping[str, Any]) -> bool:
    return any(row.get(name) for name in ("error", "errors"))


def _named(row: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The identifiers that a record claims for itself."""
    arxiv = shapes.arxiv(shapes.member(row, "externalIds", "ArXiv"))
    doi = shapes.doi(shapes.member(row, "externalIds", "DOI"))
    found: set[tuple[str, str]] = set()
    if arxiv is not None:
        found |= {("arxiv", arxiv.value), ("doi", arxiv.doi.lower())}
    if doi is not None:
        found.add(("doi", doi.folded))
    return found


def _names_other(row: Mapping[str, Any], question: Question) -> bool:
    """Whether the record names an arXiv ID that is not the one asked for, or not its DOI's."""
    said = shapes.text(shapes.member(row, "externalIds", "ArXiv"))
    if said is None:
        return False
    number = shapes.arxiv(said)
    asked = shapes.arxiv(question.subject)
    doi = shapes.doi(shapes.member(row, "externalIds", "DOI"))
    own = shapes.arxiv(doi.value) if doi is not None else None
    wanted = {one.value for one in (asked, own) if one is not None}
    return bool(wanted) and (number is None or wanted != {number.value})


def _records(row: Mapping[str, Any], kind: str) -> tuple[Record, ...]:
    """The preprint and the published paper of one record, the one that was asked for first."""
    title = shapes.undotted(shapes.marked(row.get("title"))[0])
    if title is None:
        return ()
    number = shapes.arxiv(shapes.member(row, "externalIds", "ArXiv"))
    arxiv = ArxivId(number.value) if number is not None else None
    doi = shapes.doi(shapes.member(row, "externalIds", "DOI"))
    if doi is not None and doi.folded.startswith(_ARXIV_DOI):
        own = shapes.arxiv(doi.value)
        arxiv, doi = arxiv or (ArxivId(own.value) if own is not None else None), None
    venue = _venue(row)
    authors = tuple(
        name
        for one in shapes.rows(row.get("authors"))
        if (name := shapes.printed_name(one.get("name"))) is not None
    )
    identifier = shapes.text(row.get("paperId")) or ""
    score = shapes.number(row.get("matchScore")) or None
    records = []
    if arxiv is not None:
        preprint = Entry(type=type_preprint, title=title, authors=authors, arxiv=arxiv)
        records.append(Record(preprint, identifier, published_doi=doi, score=score))
    if doi is not None or venue is not None or arxiv is None:
        published = _published(row, title, authors, arxiv, doi, venue)
        preprint_doi = Doi(arxiv.doi) if arxiv is not None else None
        if arxiv is not None and doi is None:
            # Nothing but the merged record itself vouches for the venue: its DOI says so.
            published = replace(published, doi=preprint_doi)
        records.append(Record(published, identifier, preprint_doi=preprint_doi, score=score))
    if kind == "doi":
        records.reverse()
    return tuple(records)


def _venue(row: Mapping[str, Any]) -> str | None:
    """The venue, unless it is only the preprint server."""
    names = (
        shapes.member(row, "publicationVenue", "name"),
        shapes.member(row, "journal", "name"),
        row.get("venue"),
    )
    for value in names:
        found = shapes.marked(value)[0]
        if found is not None:
            return None if found.lower() in _PREPRINT_VENUES else found
    return None


def _published(
    row: Mapping[str, Any],
    title: str,
    authors: tuple[Name, ...],
    arxiv: ArxivId | None,
    doi: Doi | None,
    venue: str | None,
) -> Entry:
    date = shapes.iso_date(row.get("publicationDate"))
    year = shapes.date(row.get("year"))
    if date is None or (year is not None and year.year != date.year):
        date = year
    if arxiv is not None:
        date = PartialDate(date.year) if date is not None and date.year > arxiv.year else None
    journal = row.get("journal") if venue is not None else None
    named = shapes.texts(row.get("publicationTypes"))
    kinds = [_TYPES[one] for one in named if one in _TYPES]
    place = shapes.text(shapes.member(row, "publicationVenue", "type"))
    by_place = {"journal": "article-journal", "conference": "paper-conference"}.get(place or "")
    server = arxiv is None and venue is None and (shapes.text(row.get("venue")) or "")
    numbered = "article-journal" if shapes.text(shapes.member(journal, "volume")) else None
    kind = by_place or shapes.first(kinds) or numbered
    if kind is None or server:
        kind = type_preprint if server else type_document
    issn = shapes.text(shapes.member(row, "publicationVenue", "issn")) if venue else None
    ids = shapes.filled(issn=issn)
    for name, scheme in _IDS.items():
        value = shapes.text(shapes.member(row, "externalIds", name))
        # DBLP's key is often that of the preprint in CoRR.
        if value is not None and not value.startswith("journals/corr/"):
            ids[scheme] = f"PMC{value}" if scheme == "pmcid" and value.isdigit() else value
    return Entry(
        type=kind,
        title=title,
        authors=authors,
        date=date,
        doi=doi,
        other_ids=ids,
        venue=venue,
        fields=shapes.filled(
            volume=shapes.text(shapes.member(journal, "volume")),
            page=shapes.pages(shapes.member(journal, "pages")),
        ),
    )


SERVICE = Service(
    name="semantic-scholar",
    title="Semantic Scholar",
    host="api.semanticscholar.org",
    base=BASE,
    # One request a second over all addresses with a key:
    # https://www.semanticscholar.org/product/api#api-key-form
    pace=Pace(1.1),
    kinds={
        "arxiv": Batch(500, request_ids, parse_ids, keep_days=30, keep_missing_days=7),
        "doi": Batch(500, request_ids, parse_ids, keep_days=30, keep_missing_days=7),
        "title": Batch(1, request_title, parse_title, keep_days=30, keep_missing_days=7),
    },
    answers="papers by arXiv ID, DOI and title, with venue and the other identifiers",
    key_name="SEMANTIC_SCHOLAR_API_KEY",
    key_header=("x-api-key", "{key}"),
    needs_key=True,
    terms="its API licence: attribution, no redistribution of the data "
    "(https://www.semanticscholar.org/product/api/license)",
)
