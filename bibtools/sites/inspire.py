"""INSPIRE: high-energy physics by arXiv ID and DOI, twenty at a time.

Contract: https://github.com/inspirehep/rest-api-doc; the fields:
https://inspire-schemas.readthedocs.io/en/latest/schemas/hep.html. One of its records is both the
preprint and the published paper: here it becomes two. Journals are abbreviated in its own way
("Phys.Lett.B", volume 716).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bibtools.model import ArxivId, Doi, Entry, Name, type_document, type_preprint
from bibtools.sites import shapes
from bibtools.sites.answers import by_subject
from bibtools.sites.asking import (
    Answer,
    Batch,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record

BASE = "https://inspirehep.net/api"
_FIELDS = (
    "titles,authors.full_name,author_count,collaborations,corporate_author,arxiv_eprints,dois,"
    "publication_info,document_type,preprint_date,abstracts,imprints,isbns,texkeys,"
    "control_number,withdrawn,number_of_pages"
)
_ARXIV_DOI = "10.48550/arxiv."

TYPES: Mapping[str, str] = {
    "article": "article-journal",
    "conference paper": "paper-conference",
    "proceedings": "book",
    "book": "book",
    "book chapter": "chapter",
    "thesis": "thesis",
    "report": "report",
    "note": "report",
    "activity report": "report",
}
"""INSPIRE's document types as CSL types."""


def request_ids(questions: Sequence[Question]) -> Request:
    """One request for papers by their arXiv IDs or DOIs."""
    if len(questions) == 1:
        (one,) = questions
        query = urlencode({"fields": _FIELDS}, safe=",.")
        return Request("inspire", f"{BASE}/{one.kind}/{quote(one.subject, safe='/:')}?{query}")
    # A DOI may hold brackets, which mean something in a query, so it stands in quotes.
    terms = [
        f"arxiv:{one.subject}" if one.kind == "arxiv" else f'doi:"{one.subject}"'
        for one in questions
        if not _only_alone(one.subject)
    ]
    # Two records may name one ID; room for that.
    parameters = {"q": " or ".join(terms), "size": 2 * len(terms) or 1, "fields": _FIELDS}
    return Request("inspire", f"{BASE}/literature?{urlencode(parameters, safe=',.:/')}")


def _only_alone(value: str) -> bool:
    return '"' in value or " " in value


def parse_ids(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each ID. Raises `UnreadableError`."""
    if len(questions) == 1 and reply.status == 404 and not shapes.looks_like_a_page(reply):
        return {questions[0]: NotFound()}
    answer = shapes.read_row(reply)
    hits = shapes.member(answer, "hits", "hits")
    if isinstance(hits, list):
        items = shapes.rows(hits)
        announced = shapes.whole(shapes.member(answer, "hits", "total")) or 0
    elif isinstance(answer.get("metadata"), dict):
        items, announced = (answer,), 1
    else:
        raise UnreadableError("the answer is none of INSPIRE's")
    found: dict[tuple[str, str], tuple[Record, ...]] = {}
    for item in items:
        row = shapes.member(item, "metadata")
        for name in _named(row) if isinstance(row, dict) else ():
            found.setdefault(name, _records(row, name[0]))
    return by_subject(
        questions, found, sent=len(items), announced=announced, only_alone=_only_alone
    )


def _named(row: Mapping[str, Any]) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for one in shapes.rows(row.get("arxiv_eprints")):
        if (number := shapes.arxiv(one.get("value"))) is not None:
            found |= {("arxiv", number.value), ("doi", number.doi.lower())}
    for one in shapes.rows(row.get("dois")):
        if (doi := shapes.doi(one.get("value"))) is not None and not _is_note(one):
            found.add(("doi", doi.folded))
    return found


def _is_note(row: Mapping[str, Any]) -> bool:
    """True for an erratum, an addendum, a reprint: something beside the paper itself."""
    return shapes.text(row.get("material")) not in (None, "publication", "version", "preprint")


def _records(row: Mapping[str, Any], kind: str) -> tuple[Record, ...]:
    """The preprint and the published paper of one record, the one that was asked for first."""
    title, with_markup = _title(row)
    if title is None:
        return ()
    number = shapes.arxiv(shapes.member(row, "arxiv_eprints", 0, "value"))
    arxiv = ArxivId(number.value) if number is not None else None
    doi = _doi(row)
    authors, count = _authors(row)
    place = next((one for one in shapes.rows(row.get("publication_info")) if not _is_note(one)), {})
    shared: dict[str, Any] = {
        "title": title,
        "authors": authors,
        "authors_truncated": count is not None and count > len(authors) > 0,
        "author_count": count,
        "abstract": shapes.marked(shapes.member(row, "abstracts", 0, "value"))[0],
    }
    identifier = shapes.text(row.get("control_number")) or ""
    retracted = "withdrawn, says INSPIRE" if row.get("withdrawn") is True else None
    records = []
    if arxiv is not None:
        named = shapes.texts(shapes.member(row, "arxiv_eprints", 0, "categories"))
        preprint = Entry(
            type=type_preprint,
            date=shapes.iso_date(row.get("preprint_date")),
            arxiv=arxiv,
            categories=tuple(filter(shapes.is_class, named)),
            **shared,
        )
        records.append(Record(preprint, identifier, doi, retracted=retracted))
    venue = shapes.text(place.get("journal_title"))
    if arxiv is None or doi is not None or venue is not None:
        published = Entry(
            type=_type(row),
            date=shapes.date(place.get("year"))
            or shapes.iso_date(shapes.member(row, "imprints", 0, "date")),
            doi=doi,
            other_ids=shapes.filled(isbn=shapes.text(shapes.member(row, "isbns", 0, "value"))),
            venue=venue,
            fields=shapes.filled(
                title=with_markup,
                volume=shapes.text(place.get("journal_volume")),
                issue=shapes.text(place.get("journal_issue")),
                page=_pages(place),
                eid=shapes.text(place.get("artid")),
                publisher=shapes.text(shapes.member(row, "imprints", 0, "publisher")),
                publisher_place=shapes.text(shapes.member(row, "imprints", 0, "place")),
            ),
            **shared,
        )
        preprint_doi = Doi(arxiv.doi) if arxiv is not None else None
        records.append(
            Record(published, identifier, preprint_doi=preprint_doi, retracted=retracted)
        )
    # Whoever asks with the preprint's own DOI asks for the preprint.
    if kind == "doi" and doi is not None:
        records.reverse()
    return tuple(records)


def _title(row: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The first title, which is the publisher's where there is one; arXiv's may hold TeX."""
    parts = shapes.member(row, "titles", 0)
    title, markup = shapes.marked(shapes.member(parts, "title"))
    subtitle = shapes.marked(shapes.member(parts, "subtitle"))[0]
    if title is not None and markup is None:
        title = shapes.tex(title)
    if title is not None and subtitle is not None:
        return f"{title.rstrip(' :')}: {shapes.tex(subtitle)}", None
    return title, markup


def _doi(row: Mapping[str, Any]) -> Doi | None:
    for one in shapes.rows(row.get("dois")):
        found = shapes.doi(one.get("value"))
        if found is None or _is_note(one) or one.get("material") == "preprint":
            continue
        if not found.folded.startswith(_ARXIV_DOI):
            return found
    return None


def _authors(row: Mapping[str, Any]) -> tuple[tuple[Name, ...], int | None]:
    people = tuple(
        name
        for one in shapes.rows(row.get("authors"))
        if (name := shapes.printed_name(one.get("full_name"))) is not None
    )
    count = shapes.whole(row.get("author_count"))
    count = count if count is not None and count > 0 else None
    bodies = [
        body
        for one in shapes.rows(row.get("collaborations"))
        if (body := shapes.text(one.get("value"))) is not None
    ]
    if not people and bodies:
        named = (
            b if re.search(r"\bcollab", b, re.IGNORECASE) else f"{b} Collaboration" for b in bodies
        )
        return tuple(Name(literal=one) for one in named), None
    corporate = shapes.texts(row.get("corporate_author"))
    return people or tuple(Name(literal=one) for one in corporate), count


def _type(row: Mapping[str, Any]) -> str:
    named = shapes.texts(row.get("document_type"))
    return next((TYPES[one] for one in named if one in TYPES), type_document)


def _pages(place: Mapping[str, Any]) -> str | None:
    start, end = shapes.text(place.get("page_start")), shapes.text(place.get("page_end"))
    return shapes.pages(f"{start}-{end}" if start and end and start != end else start)


SERVICE = Service(
    name="inspire",
    title="INSPIRE",
    host="inspirehep.net",
    base=BASE,
    # "every IP address is allowed 15 requests in a 5s window":
    # https://github.com/inspirehep/rest-api-doc#rate-limiting
    pace=Pace(0.35),
    kinds={
        "arxiv": Batch(20, request_ids, parse_ids, keep_days=30, keep_missing_days=7),
        "doi": Batch(
            20, request_ids, parse_ids, keep_days=60, keep_missing_days=7, alone=_only_alone
        ),
    },
    answers="high-energy and nuclear physics by arXiv ID and DOI, with journal and pages",
    terms="most metadata CC0 (https://inspirehep.net/help/knowledge-base/terms-of-use/)",
)
