"""Crossref's REST API: published works by DOI, fifty at a time, and by title.

Contract: https://api.crossref.org (Swagger) and
https://www.crossref.org/documentation/retrieve-metadata/rest-api/. Several DOIs in one request
by repeating the filter: https://github.com/CrossRef/rest-api-doc/issues/301; what `select` may
name: https://github.com/CrossRef/rest-api-doc/issues/306. A comma divides filters, so a DOI with
a comma in it can only be asked alone.

The records are what publishers deposited: titles with HTML, JATS and MathML, the subtitle apart
(ACM, IEEE), a series in place of the book (Springer), five kinds of date.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from bibtools.model import Dating, Doi, Entry, Name, PartialDate, type_document, type_preprint
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
from bibtools.text.notices import NOTICES
from bibtools.text.titles import title_key, title_words

BASE = "https://api.crossref.org"
_SELECT = (
    "DOI,type,title,subtitle,author,editor,translator,chair,container-title,"
    "short-container-title,published-print,published-online,published,issued,posted,volume,issue,"
    "page,article-number,publisher,publisher-location,ISSN,ISBN,event,relation,update-to,"
    "updated-by,abstract,group-title,degree,score"
)
_TITLE_RESULTS = 5
_TITLE_WORDS = 40

TYPES: Mapping[str, str] = {
    "journal-article": "article-journal",
    "proceedings-article": "paper-conference",
    "posted-content": type_preprint,
    "book-chapter": "chapter",
    "book-section": "chapter",
    "book-part": "chapter",
    "book-track": "chapter",
    "reference-entry": "entry-encyclopedia",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-set": "book",
    "book-series": "book",
    "proceedings": "book",
    "proceedings-series": "book",
    "journal": "periodical",
    "journal-issue": "periodical",
    "journal-volume": "periodical",
    "dissertation": "thesis",
    "report": "report",
    "report-component": "report",
    "report-series": "report",
    "standard": "standard",
    "dataset": "dataset",
    "database": "dataset",
    "peer-review": "review",
}
"""Crossref's types (https://api.crossref.org/types) as CSL types."""

_IN_A_BOOK = frozenset({"chapter", "paper-conference", "entry-encyclopedia"})
_ROLES = ("editor", "translator", "chair")
# In the order of preference: the day it was printed, else went online. Never `created`.
_DATES = ("published-print", "published-online", "published", "issued", "posted")
_UPDATES = {
    "retraction": "retracted",
    "partial_retraction": "retracted in part",
    "withdrawal": "withdrawn",
    "removal": "removed",
}
_RETRACTED_TITLE = re.compile(
    r"\A\W*(?:(?P<word>retracted|withdrawn|removed)(?: article| chapter| paper)?\W*:"
    r"|\[(?P<again>retracted|withdrawn)\])\s*(?=\S)",
    re.IGNORECASE,
)
_SERIES = re.compile(
    r"\A(?:lecture notes (?:in|on|of)\b|communications in computer and information science"
    r"|advances in (?:intelligent systems|experimental medicine|computer vision and pattern)"
    r"|studies in\b|springer\b|ifip advances|smart innovation|graduate texts|undergraduate texts"
    r"|progress in mathematics|acm international conference proceeding series|ceur workshop"
    r"|mathematics in industry|texts in\b|monographs in\b|synthesis lectures\b"
    r"|methods in molecular biology|contributions to statistics|translational computer)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\A(?:abstract|summary)\b[\s.:]+(?=[A-Z])", re.IGNORECASE)


def request_dois(questions: Sequence[Question]) -> Request:
    """One request for the records of several DOIs, or of one whatever is in it."""
    wanted = [one.subject for one in questions]
    if len(wanted) == 1 and _only_alone(wanted[0]):
        return Request("crossref", f"{BASE}/works/{quote(wanted[0], safe='/')}")
    filters = ",".join(f"doi:{value}" for value in wanted if not _only_alone(value))
    return _list({"filter": filters, "rows": len(wanted)})


def request_title(questions: Sequence[Question]) -> Request:
    """One request for the works whose records are nearest to one title."""
    (question,) = questions
    words = " ".join(title_words(question.subject)[:_TITLE_WORDS])
    return _list({"query.bibliographic": words, "rows": _TITLE_RESULTS})


def _list(parameters: Mapping[str, str | int]) -> Request:
    query = urlencode({**parameters, "select": _SELECT}, safe=",:/")
    return Request("crossref", f"{BASE}/works?{query}")


def parse_dois(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The answer for each DOI. Raises `UnreadableError`."""
    if len(questions) == 1 and reply.status == 404 and not shapes.looks_like_a_page(reply):
        return {questions[0]: NotFound()}
    items, announced = _items(reply)
    records = (_record(item) for item in items)
    found = {("doi", one.identifier): (one,) for one in records if one is not None}
    return by_subject(
        questions, found, sent=len(items), announced=announced, only_alone=_only_alone
    )


def _only_alone(value: str) -> bool:
    """A comma divides filters."""
    return "," in value


def parse_title(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """All candidates for one title, in Crossref's order; the first is often another work."""
    records = [found for item in _items(reply)[0] if (found := _record(item)) is not None]
    answer: Answer = Found(tuple(records)) if records else NotFound()
    return dict.fromkeys(questions, answer)


def _items(reply: Reply) -> tuple[list[Mapping[str, Any]], int]:
    row = shapes.read_row(reply)
    kind, message = row.get("message-type"), row.get("message")
    if row.get("status") != "ok" or not isinstance(message, dict):
        raise UnreadableError("the answer is none of Crossref's")
    if kind == "work":
        return [message], 1
    items = message.get("items")
    if kind != "work-list" or not isinstance(items, list):
        raise UnreadableError("the answer is no list of works")
    rows: list[Mapping[str, Any]] = [item for item in items if isinstance(item, dict)]
    # For a search the total is that of all hits; only lists by DOI are read against it.
    return rows, shapes.whole(message.get("total-results")) or 0


def _record(item: Mapping[str, Any]) -> Record | None:
    doi = shapes.doi(item.get("DOI"))
    if doi is None:
        return None
    title, with_markup, prefix = _title(item)
    kind = _type(item)
    venue, series = _containers(item, kind)
    fields = _fields(item, kind) | shapes.filled(title=with_markup, collection_title=series)
    abstract = shapes.marked(item.get("abstract"))[0]
    entry = Entry(
        type=kind,
        title=title,
        authors=_names(item.get("author")),
        abstract=_HEADING.sub("", abstract) if abstract is not None else None,
        date=_date(item),
        doi=doi,
        other_ids=_ids(item),
        venue=venue,
        fields=fields,
        creators={role: names for role in _ROLES if (names := _names(item.get(role)))},
        dates=_event_dates(item),
    )
    relation = item.get("relation")
    return Record(
        entry,
        identifier=doi.folded,
        published_doi=_related(relation, "is-preprint-of", doi),
        preprint_doi=_related(relation, "has-preprint", doi),
        retracted=_retraction(item) or prefix,
        notice=_notice(item, doi),
        score=shapes.number(item.get("score")) or None,
    )


def _type(item: Mapping[str, Any]) -> str:
    named = shapes.text(item.get("type")) or ""
    if named == "posted-content" and item.get("subtype") == "dissertation":
        return "thesis"
    return TYPES.get(named, type_document)


def _title(item: Mapping[str, Any]) -> tuple[str | None, str | None, str | None]:
    """The title with its subtitle: plain, with markup where there is any; and what a prefix
    "RETRACTED:" says.
    """
    parts = [shapes.marked(shapes.member(item, name, 0)) for name in ("title", "subtitle")]
    (title, title_markup), (subtitle, subtitle_markup) = parts
    if title is None:
        return None, None, None
    clause = None
    if match := _RETRACTED_TITLE.match(title):
        word = (match["word"] or match["again"]).lower()
        clause = f'{word}: its title at Crossref begins with "{match[0].strip()}"'
        title = title[match.end() :]
        title_markup = None
    # Every title ends with a subtitle that has no letter.
    if subtitle is not None and not title_key(title).endswith(title_key(subtitle)):
        if title_markup is not None or subtitle_markup is not None:
            title_markup = _joined(title_markup or title, subtitle_markup or subtitle)
        title = _joined(title, subtitle)
    return title, title_markup, clause


def _joined(title: str, subtitle: str) -> str:
    bare = title.rstrip(" :\u2013\u2014-")
    return f"{bare} {subtitle}" if bare.endswith(("?", "!", ".")) else f"{bare}: {subtitle}"


def _names(value: object) -> tuple[Name, ...]:
    names = []
    for row in shapes.rows(value):
        body = shapes.text(row.get("name"))
        if body is not None and shapes.text(row.get("family")) is None:
            names.append(Name(literal=body))
        elif found := shapes.name(row.get("family"), row.get("given"), row.get("suffix")):
            names.append(found)
    return tuple(names)


def _parts(value: object) -> PartialDate | None:
    parts = shapes.member(value, "date-parts", 0)
    if not isinstance(parts, list) or not parts:
        return None
    return shapes.date(*[*parts, None, None][:3])


def _date(item: Mapping[str, Any]) -> PartialDate | None:
    for name in _DATES:
        if (found := _parts(item.get(name))) is not None:
            return found
    return None


def _event_dates(item: Mapping[str, Any]) -> dict[str, Dating]:
    start = _parts(shapes.member(item, "event", "start"))
    end = _parts(shapes.member(item, "event", "end"))
    if start is None:
        return {}
    return {"event-date": Dating(start, end if end is not None and end > start else None)}


def _containers(item: Mapping[str, Any], kind: str) -> tuple[str | None, str | None]:
    """The journal or book, and the series it is part of."""
    value = item.get("container-title")
    titles = shapes.distinct(
        shapes.marked(one)[0] for one in (value if isinstance(value, list) else [value])
    )
    if kind not in _IN_A_BOOK:
        return shapes.first(titles), None
    series = [one for one in titles if _SERIES.match(one)]
    if not series and len(titles) > 1:
        # Of two titles that both could be the book's, publishers put the series first.
        series = [titles[0]]
    books = [one for one in titles if one not in series]
    return shapes.first(books), shapes.first(series)


def _fields(item: Mapping[str, Any], kind: str) -> dict[str, str]:
    pages, eid = shapes.pages(item.get("page")), shapes.text(item.get("article-number"))
    publisher = shapes.marked(item.get("publisher"))[0]
    if kind in (type_preprint, "thesis", "report"):
        # bioRxiv rather than Cold Spring Harbor; the university rather than its press.
        publisher = shapes.marked(shapes.member(item, "institution", 0, "name"))[0] or publisher
    journal, short = (
        shapes.marked(shapes.member(item, name, 0))[0]
        for name in ("container-title", "short-container-title")
    )
    return shapes.filled(
        volume=shapes.text(item.get("volume")),
        issue=shapes.text(item.get("issue")),
        page=pages if pages != eid else None,
        eid=eid,
        edition=shapes.text(item.get("edition-number")),
        publisher=publisher,
        publisher_place=shapes.marked(item.get("publisher-location"))[0],
        event_title=shapes.marked(shapes.member(item, "event", "name"))[0],
        event_place=shapes.marked(shapes.member(item, "event", "location"))[0],
        language=shapes.text(item.get("language")),
        genre=shapes.first(shapes.texts(item.get("degree"))) if kind == "thesis" else None,
        container_title_short=short if short != journal else None,
    )


def _ids(item: Mapping[str, Any]) -> dict[str, str]:
    ids = {}
    for name in ("ISSN", "ISBN"):
        value = shapes.first(shapes.texts(item.get(name)))
        number = (value or "").rpartition("/")[2].strip()
        if re.fullmatch(r"[0-9][0-9-]{6,16}[0-9Xx]", number):
            ids[name.lower()] = number
    return ids


def _related(relation: object, name: str, own: Doi) -> Doi | None:
    for row in shapes.rows(shapes.member(relation, name)):
        found = shapes.doi(row.get("id"))
        if found is not None and found.folded != own.folded:
            return found
    return None


def _retraction(item: Mapping[str, Any]) -> str | None:
    """A clause for a work that another record retracts.

    `updated-by` is about this work; `update-to` says that this record is itself the notice.
    """
    for row in shapes.rows(item.get("updated-by")):
        word = _UPDATES.get((shapes.text(row.get("type")) or "").lower())
        if word is None:
            continue
        notice = shapes.doi(row.get("DOI"))
        who = {"retraction-watch": "Retraction Watch", "publisher": "its publisher"}.get(
            shapes.text(row.get("source")) or "", "Crossref"
        )
        when = _parts(row.get("updated"))
        clause = f"{word}, says {who}"
        if when is not None:
            clause += f", {when.iso()}"
        return f"{clause} (notice: doi {notice})" if notice is not None else clause
    return None


def _notice(item: Mapping[str, Any], own: Doi) -> str | None:
    """What the record is if it is a notice about another work (`update-to`).

    Some publishers name the corrected article in its own record: that is none.
    """
    for row in shapes.rows(item.get("update-to")):
        kind = NOTICES.get((shapes.text(row.get("type")) or "").lower().replace(" ", "_"))
        about = shapes.doi(row.get("DOI"))
        if kind is not None and (about is None or about.folded != own.folded):
            return f"{kind} to {about}" if about is not None else kind
    return None


SERVICE = Service(
    name="crossref",
    title="Crossref",
    host="api.crossref.org",
    base=BASE,
    # Since 1 December 2025 lists are given once a second to everyone and three times to who
    # leaves an address: https://www.crossref.org/blog/announcing-changes-to-rest-api-rate-limits/
    pace=Pace(1.0),
    kinds={
        "doi": Batch(
            50,
            request_dois,
            parse_dois,
            keep_days=60,
            keep_missing_days=7,
            alone=_only_alone,
        ),
        "title": Batch(1, request_title, parse_title, keep_days=30, keep_missing_days=7),
    },
    answers="journal articles, papers, chapters and books by DOI and by title; retractions",
    key_name="CROSSREF_PLUS_TOKEN",
    key_header=("Crossref-Plus-API-Token", "Bearer {key}"),
    pace_with_key=Pace(0.1, 3),
    terms="facts, free to reuse; abstracts may be under copyright "
    "(https://www.crossref.org/documentation/retrieve-metadata/rest-api/)",
)
