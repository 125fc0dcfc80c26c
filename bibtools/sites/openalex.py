"""OpenAlex: works by DOI, fifty at a time, and by title, as far as the day's budget goes.

Contract: https://developers.openalex.org. Since February 2026 every call has a price and every
address a budget for the day: a work by its DOI is free, a list costs 0.0001 USD, a search by
title 0.001 USD, of 0.10 USD without and 1 USD with a key. An unknown work is a web page with
status 404. An arXiv ID is only in the addresses of a work's places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bibtools.model import (
    ArxivId,
    Doi,
    Entry,
    Name,
    PartialDate,
    parse_arxiv,
    type_document,
    type_preprint,
)
from bibtools.sites import shapes
from bibtools.sites.answers import by_subject
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

BASE = "https://api.openalex.org"
_SELECT = (
    "id,doi,ids,display_name,publication_year,publication_date,type,language,"
    "primary_location,locations,authorships,biblio,is_retracted"
)
_TITLE_RESULTS = 5
_TITLE_WORDS = 30
_ARXIV_DOI = "10.48550/arxiv."
# Lists show the first hundred authors of a work.
_AUTHORS_SHOWN = 100
_ARXIV_PLACE = re.compile(r"https?://(?:www\.|export\.)?arxiv\.org/(?:abs|pdf)/", re.IGNORECASE)

TYPES: Mapping[str, str] = {
    "article": "article-journal",
    "review": "article-journal",
    "letter": "article-journal",
    "editorial": "article-journal",
    "erratum": "article-journal",
    "retraction": "article-journal",
    "preprint": type_preprint,
    "book": "book",
    "book-chapter": "chapter",
    "dissertation": "thesis",
    "report": "report",
    "dataset": "dataset",
    "software": "software",
    "standard": "standard",
    "peer-review": "review",
    "reference-entry": "entry-encyclopedia",
}
"""OpenAlex's types as CSL types."""


def request_dois(questions: Sequence[Question]) -> Request:
    """One request for one DOI (free) or for several."""
    wanted = [one.subject for one in questions]
    if len(wanted) == 1:
        query = urlencode({"select": _SELECT}, safe=",")
        url = f"{BASE}/works/doi:{quote(wanted[0], safe='/:')}?{query}"
        # The page that says 404 is its answer for a work it does not know.
        return Request("openalex", url)
    values = "|".join(value for value in wanted if not _only_alone(value))
    return _list({"filter": f"doi:{values}", "per_page": len(wanted)})


def _only_alone(value: str) -> bool:
    """Commas and bars divide filters, and there is no escape."""
    return "," in value or "|" in value


def request_title(questions: Sequence[Question]) -> Request:
    """One request for the works whose titles have the words of one."""
    (question,) = questions
    words = " ".join(title_words(question.subject)[:_TITLE_WORDS])
    return _list({"filter": f"title.search:{words}", "per_page": _TITLE_RESULTS})


def _list(parameters: Mapping[str, str | int]) -> Request:
    query = urlencode({**parameters, "select": _SELECT}, safe=",:/|")
    return Request("openalex", f"{BASE}/works?{query}")


def parse_dois(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each DOI. Raises `UnreadableError`."""
    if len(questions) == 1 and reply.status == 404 and _is_its_404(reply):
        return {questions[0]: NotFound()}
    items, announced = _items(reply, single=len(questions) == 1)
    found: dict[tuple[str, str], tuple[Record, ...]] = {}
    for item in items:
        doi = shapes.doi(item.get("doi"))
        if doi is not None and (record := _record(item)) is not None:
            found.setdefault(("doi", doi.folded), (record,))
    return by_subject(
        questions, found, sent=len(items), announced=announced, only_alone=_only_alone
    )


def parse_title(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """All candidates for one title. Raises `UnreadableError`."""
    items, _ = _items(reply, single=False)
    records = tuple(record for item in items if (record := _record(item)) is not None)
    answer: Answer = Found(records) if records else NotFound()
    return dict.fromkeys(questions, answer)


def _is_its_404(reply: Reply) -> bool:
    page = reply.body[:2000].lower()
    return b"404 not found" in page or (page.lstrip()[:1] == b"{" and b"error" in page)


def _items(reply: Reply, *, single: bool) -> tuple[tuple[Mapping[str, Any], ...], int]:
    row = shapes.read_row(reply)
    results = row.get("results")
    if isinstance(results, list):
        return shapes.rows(results), shapes.whole(shapes.member(row, "meta", "count")) or 0
    if single and shapes.text(row.get("id")) is not None:
        return (row,), 1
    raise UnreadableError("the answer is none of OpenAlex's")


def _record(item: Mapping[str, Any]) -> Record | None:
    title, with_markup = shapes.marked(item.get("display_name") or item.get("title"))
    title = shapes.undotted(title)
    if title is None:
        return None
    doi = shapes.doi(item.get("doi"))
    arxiv = _arxiv(item, doi)
    place = item.get("primary_location")
    server = shapes.member(place, "source", "type") == "repository"
    kind = TYPES.get(shapes.text(item.get("type")) or "", type_document)
    at_arxiv = doi is not None and doi.folded.startswith(_ARXIV_DOI)
    if at_arxiv or (kind == "article-journal" and server):
        kind = type_preprint
    elif kind == "article-journal" and shapes.member(place, "source", "type") == "conference":
        kind = "paper-conference"
    is_preprint = kind == type_preprint
    if arxiv is not None and is_preprint and doi is None:
        at_arxiv = True
    issn = shapes.text(shapes.member(place, "source", "issn_l")) if not server else None
    pmid = (shapes.text(shapes.member(item, "ids", "pmid")) or "").rpartition("/")[2]
    people = shapes.rows(item.get("authorships"))
    entry = Entry(
        type=kind,
        title=title,
        authors=_names(people),
        authors_truncated=len(people) == _AUTHORS_SHOWN,
        date=_date(item),
        arxiv=arxiv if at_arxiv else None,
        doi=None if at_arxiv else doi,
        other_ids=shapes.filled(issn=issn, pmid=pmid if pmid.isdigit() else None),
        venue=_venue(place) if not is_preprint else None,
        fields=shapes.filled(
            title=with_markup,
            volume=shapes.text(shapes.member(item, "biblio", "volume")),
            issue=shapes.text(shapes.member(item, "biblio", "issue")),
            page=_pages(item.get("biblio")),
            language=shapes.text(item.get("language")),
        ),
    )
    return Record(
        entry,
        identifier=(shapes.text(item.get("id")) or "").rpartition("/")[2],
        preprint_doi=Doi(arxiv.doi) if arxiv is not None and not at_arxiv else None,
        retracted="retracted, says OpenAlex" if item.get("is_retracted") is True else None,
        score=shapes.number(item.get("relevance_score")) or None,
    )


def _date(item: Mapping[str, Any]) -> PartialDate | None:
    """The date; the first of January stands for "some day of that year"."""
    date = shapes.iso_date(item.get("publication_date"))
    if date is None or (date.month, date.day) == (1, 1):
        return shapes.date(item.get("publication_year")) or date
    return date


def _arxiv(item: Mapping[str, Any], doi: Doi | None) -> ArxivId | None:
    """The one arXiv paper that the work's places name; None when they name two."""
    if doi is not None and doi.folded.startswith(_ARXIV_DOI):
        number = parse_arxiv(doi.value)
        return ArxivId(number.value) if number is not None else None
    found = set()
    for place in shapes.rows(item.get("locations")):
        for name in ("landing_page_url", "pdf_url"):
            url = shapes.text(place.get(name)) or ""
            if _ARXIV_PLACE.match(url) or _ARXIV_DOI in url.lower():
                number = shapes.arxiv(url)
                found |= {number.value} if number is not None else set()
    return ArxivId(found.pop()) if len(found) == 1 else None


def _venue(place: object) -> str | None:
    if shapes.member(place, "source", "type") == "repository":
        return None
    return (
        shapes.marked(shapes.member(place, "source", "display_name"))[0]
        or shapes.marked(shapes.member(place, "raw_source_name"))[0]
    )


def _names(people: Sequence[Mapping[str, Any]]) -> tuple[Name, ...]:
    """The authors as the work prints them, which is seldom as OpenAlex calls them."""
    names = []
    for one in people:
        printed = shapes.printed_name(one.get("raw_author_name"))
        known = shapes.printed_name(shapes.member(one, "author", "display_name"))
        # Some publishers' "raw" names are of several people, or of none.
        found = printed if printed is not None and printed.literal is None else known or printed
        if found is not None:
            names.append(found)
    return tuple(names)


def _pages(biblio: object) -> str | None:
    first, last = (shapes.text(shapes.member(biblio, name)) for name in ("first_page", "last_page"))
    return shapes.pages(f"{first}-{last}" if first and last and first != last else first)


SERVICE = Service(
    name="openalex",
    title="OpenAlex",
    host="api.openalex.org",
    base=BASE,
    # A hundred requests a second are allowed; the budget ends long before:
    # https://developers.openalex.org/guides/authentication
    pace=Pace(0.1, 2),
    kinds={
        "doi": Batch(
            50,
            request_dois,
            parse_dois,
            keep_days=60,
            keep_missing_days=7,
            alone=_only_alone,
            note="one DOI is free; a list costs 0.0001 USD of the day's budget",
        ),
        "title": Batch(
            1,
            request_title,
            parse_title,
            keep_days=60,
            keep_missing_days=14,
            note="0.001 USD each: a hundred a day without a key",
        ),
    },
    answers="works by DOI and by title, with arXiv ID and retraction",
    key_name="OPENALEX_API_KEY",
    key_header=("Authorization", "Bearer {key}"),
    terms="metadata CC0; a budget a day (https://developers.openalex.org)",
)
