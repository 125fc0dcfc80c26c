"""DataCite's REST API: preprints, data sets, software and theses by DOI, forty at a time.

Contract: https://support.datacite.org/docs/api. DataCite registers the DOIs of arXiv
(10.48550/arXiv.ID) and hears from arXiv under which DOI a preprint was published: a relation
`IsVersionOf`, whereupon the record's own type changes from preprint to article.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bibtools.formats.csl_variables import TYPES as CSL_TYPES
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
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record

BASE = "https://api.datacite.org"
_ACCEPT = ("application/vnd.api+json", "application/json")
_ARXIV_PREFIX = "10.48550/arxiv."

TYPES: Mapping[str, str] = {
    "Preprint": type_preprint,
    "JournalArticle": "article-journal",
    "DataPaper": "article-journal",
    "ConferencePaper": "paper-conference",
    "ConferenceProceeding": "book",
    "Book": "book",
    "BookChapter": "chapter",
    "Dissertation": "thesis",
    "Report": "report",
    "OutputManagementPlan": "report",
    "Dataset": "dataset",
    "Collection": "collection",
    "Software": "software",
    "ComputationalNotebook": "software",
    "PeerReview": "review",
    "Standard": "standard",
    "Image": "graphic",
    "Journal": "periodical",
}
"""`resourceTypeGeneral` (https://schema.datacite.org, 4.6) as CSL types."""


def request_dois(questions: Sequence[Question]) -> Request:
    """One request for one DOI or for several."""
    wanted = [one.subject for one in questions]
    if len(wanted) == 1:
        return Request("datacite", f"{BASE}/dois/{quote(wanted[0], safe='/')}", accept=_ACCEPT)
    quoted = " OR ".join(f'"{value}"' for value in wanted if not _only_alone(value))
    query = urlencode(
        {
            "query": f"doi:({quoted})",
            "page[size]": len(wanted),
            "page[number]": 1,
            # Counts by year, type, ...: most of the answer, and nothing we read.
            "disable-facets": "true",
        }
    )
    return Request("datacite", f"{BASE}/dois?{query}", accept=_ACCEPT)


def _only_alone(value: str) -> bool:
    return '"' in value or "\\" in value


def parse_dois(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each DOI. Raises `UnreadableError`."""
    if len(questions) == 1 and _says_unknown(reply):
        return {questions[0]: NotFound()}
    answer = shapes.read_row(reply)
    data = answer.get("data")
    if not isinstance(data, dict | list):
        raise UnreadableError("the answer is none of DataCite's")
    items = shapes.rows(data)
    records = (_record(item) for item in items)
    return by_subject(
        questions,
        {("doi", one.identifier): (one,) for one in records if one is not None},
        sent=len(items),
        announced=shapes.whole(shapes.member(answer, "meta", "total")) or 0,
        only_alone=_only_alone,
    )


def _says_unknown(reply: Reply) -> bool:
    """Whether DataCite itself says that it has no such DOI, and not a page in between."""
    if reply.status != 404 or shapes.looks_like_a_page(reply):
        return False
    return b'"errors"' in reply.body or b"doesn't exist" in reply.body


def _record(item: Mapping[str, Any]) -> Record | None:
    row = shapes.member(item, "attributes")
    doi = shapes.doi(shapes.member(row, "doi")) or shapes.doi(item.get("id"))
    if doi is None or not isinstance(row, dict):
        return None
    arxiv = _arxiv(doi)
    kind = _type(row, arxiv)
    title, with_markup = _title(row, arxiv)
    publisher = row.get("publisher")
    publisher = shapes.text(shapes.member(publisher, "name")) or shapes.text(publisher)
    container = row.get("container")
    version = shapes.text(row.get("version")) if kind in ("software", "dataset") else None
    issn = shapes.text(shapes.member(container, "identifier"))
    if shapes.member(container, "identifierType") != "ISSN":
        issn = None
    entry = Entry(
        type=kind,
        title=title,
        authors=_names(row.get("creators")),
        abstract=_description(row, "Abstract", arxiv),
        date=_date(row, arxiv),
        arxiv=arxiv,
        doi=None if arxiv is not None else doi,
        other_ids={"issn": issn} if issn else {},
        venue=shapes.marked(shapes.member(container, "title"))[0],
        fields=shapes.filled(
            title=with_markup,
            publisher=publisher if arxiv is None else None,
            volume=shapes.text(shapes.member(container, "volume")),
            issue=shapes.text(shapes.member(container, "issue")),
            page=_pages(container),
            version=version,
            language=shapes.text(row.get("language")),
        ),
        creators={"editor": names} if (names := _editors(row)) else {},
    )
    return Record(
        entry,
        identifier=doi.folded,
        published_doi=_published(row, doi) if kind == type_preprint else None,
        comment=_description(row, "Other", arxiv) if arxiv is not None else None,
    )


def _arxiv(doi: Doi) -> ArxivId | None:
    number = parse_arxiv(doi.value) if doi.folded.startswith(_ARXIV_PREFIX) else None
    return ArxivId(number.value) if number is not None else None


def _type(row: Mapping[str, Any], arxiv: ArxivId | None) -> str:
    if arxiv is not None:
        return type_preprint
    general = shapes.text(shapes.member(row, "types", "resourceTypeGeneral")) or ""
    # "Text" says nothing; `citeproc` is a CSL type that DataCite derives from the rest, and an
    # article where there is nothing to derive it from.
    derived = shapes.text(shapes.member(row, "types", "citeproc")) or ""
    if general in TYPES:
        return TYPES[general]
    journal = shapes.text(shapes.member(row, "container", "title"))
    if derived not in CSL_TYPES or (derived.startswith("article") and journal is None):
        return type_document
    return derived


def _title(row: Mapping[str, Any], arxiv: ArxivId | None) -> tuple[str | None, str | None]:
    # Translations and alternatives have a type; the main title has none.
    titles = shapes.rows(row.get("titles"))
    main = [one for one in titles if shapes.text(one.get("titleType")) is None] or list(titles)
    if not main:
        return None, None
    title = main[0].get("title")
    return (shapes.tex(title), None) if arxiv is not None else shapes.marked(title)


def _names(value: object) -> tuple[Name, ...]:
    names = []
    for row in shapes.rows(value):
        whole = shapes.text(row.get("name"))
        if row.get("nameType") == "Organizational" and whole is not None:
            names.append(Name(literal=whole))
            continue
        found = shapes.name(row.get("familyName"), row.get("givenName"))
        if shapes.text(row.get("familyName")) is None:
            found = shapes.printed_name(whole) or found
        if found is not None:
            names.append(found)
    return tuple(names)


def _editors(row: Mapping[str, Any]) -> tuple[Name, ...]:
    people = shapes.rows(row.get("contributors"))
    return _names([one for one in people if one.get("contributorType") == "Editor"])


def _date(row: Mapping[str, Any], arxiv: ArxivId | None) -> PartialDate | None:
    dates = shapes.rows(row.get("dates"))
    kinds = ("Submitted", "Issued") if arxiv is not None else ("Issued", "Available", "Created")
    for kind in kinds:
        found = [
            date
            for one in dates
            if one.get("dateType") == kind and (date := shapes.iso_date(one.get("date")))
        ]
        if found:
            # arXiv gives the day of every version; the first one dates the paper.
            return min(found)
    return shapes.date(row.get("publicationYear"))


def _description(row: Mapping[str, Any], kind: str, arxiv: ArxivId | None) -> str | None:
    for one in shapes.rows(row.get("descriptions")):
        if one.get("descriptionType") == kind:
            said = one.get("description")
            return shapes.text(said) if arxiv is not None else shapes.marked(said)[0]
    return None


def _pages(container: object) -> str | None:
    first, last = (
        shapes.text(shapes.member(container, name)) for name in ("firstPage", "lastPage")
    )
    return shapes.pages(f"{first}-{last}" if first and last and first != last else first)


def _published(row: Mapping[str, Any], own: Doi) -> Doi | None:
    for one in shapes.rows(row.get("relatedIdentifiers")):
        if one.get("relationType") not in ("IsVersionOf", "IsPublishedIn", "IsPreviousVersionOf"):
            continue
        if one.get("relatedIdentifierType") != "DOI":
            continue
        found = shapes.doi(one.get("relatedIdentifier"))
        # Of one registrant these are its own versions of the preprint.
        if found is not None and found.folded.partition("/")[0] != own.folded.partition("/")[0]:
            return found
    return None


SERVICE = Service(
    name="datacite",
    title="DataCite",
    host="api.datacite.org",
    base=BASE,
    # 500 requests in five minutes, 1,000 for who leaves an address:
    # https://support.datacite.org/docs/rate-limit
    pace=Pace(0.6),
    kinds={
        "doi": Batch(
            40, request_dois, parse_dois, keep_days=30, keep_missing_days=3, alone=_only_alone
        )
    },
    answers="preprints, data sets, software and theses by DOI; where a preprint was published",
    terms="metadata CC0 (https://support.datacite.org/docs/datacite-data-file-use-policy)",
)
