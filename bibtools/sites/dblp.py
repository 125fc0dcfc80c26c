"""DBLP: computer science by title, DOI and author, through its SPARQL service.

Contract: https://sparql.dblp.org (QLever), the schema https://dblp.org/rdf/docu/, examples
https://github.com/dblp/kg/wiki/dblp-KG-Tutorial. Since autumn 2026 the search API and the .bib
files stand behind a bot wall (a web page, with status 500 or 200), the SPARQL service does not;
`parse_search` reads what that API answers where it does.

Every title ends with a full stop, names carry numbers that tell namesakes apart ("Yu Sun 0020"),
DOIs are mostly in capitals. A preprint is a record of its own (`journals/corr/...`) beside that
of the published paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import quote, urlencode

from bibtools.model import ArxivId, Doi, Entry, Name, parse_arxiv, type_document, type_preprint
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

BASE = "https://sparql.dblp.org/sparql"
SEARCH = "https://dblp.org/search/publ/api"
_ACCEPT = ("application/sparql-results+json", "application/json")
_ARXIV_DOI = "10.48550/arxiv."
_TITLE_WORDS = 8
_TITLE_RESULTS = 20
_MOST_ROWS = 60_000
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_PID = re.compile(r"[\w./-]+", re.ASCII)

# The classes of http://purl.org/net/nknouf/ns/bibtex#, and the search API's names for them.
TYPES: Mapping[str, str] = {
    "Article": "article-journal",
    "Inproceedings": "paper-conference",
    "Incollection": "chapter",
    "Inbook": "chapter",
    "Book": "book",
    "Proceedings": "book",
    "Phdthesis": "thesis",
    "Mastersthesis": "thesis",
    "Techreport": "report",
    "Journal Articles": "article-journal",
    "Conference and Workshop Papers": "paper-conference",
    "Parts in Books or Collections": "chapter",
    "Reference Works": "entry-encyclopedia",
    "Books and Theses": "book",
    "Editorship": "book",
    "Data and Artifacts": "dataset",
}
"""DBLP's types as CSL types."""

_QUERY = """PREFIX dblp: <https://dblp.org/rdf/schema#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX ql: <http://qlever.cs.uni-freiburg.de/builtin-functions/>
SELECT ?asked ?publ ?title ?type ?year ?doi ?pages ?venue ?volume ?issue ?book ?place ?name WHERE {
%s
?publ dblp:title ?title ; dblp:bibtexType ?type .
OPTIONAL { ?publ dblp:yearOfPublication ?year }
OPTIONAL { ?publ dblp:doi ?doi }
OPTIONAL { ?publ dblp:pagination ?pages }
OPTIONAL { ?publ dblp:publishedIn ?venue }
OPTIONAL { ?publ dblp:publishedInJournalVolume ?volume }
OPTIONAL { ?publ dblp:publishedInJournalVolumeIssue ?issue }
OPTIONAL { ?publ dblp:publishedAsPartOf ?whole . ?whole dblp:title ?book }
OPTIONAL { ?publ dblp:hasSignature ?signature . ?signature a dblp:AuthorSignature ;
dblp:signatureOrdinal ?place ; dblp:signatureDblpName ?name }
} LIMIT %d"""

# The text index holds the labels of records, "Authors: Title. (Year)"; all words must be there.
_BY_TITLE = """{ { SELECT ?publ WHERE { ?text ql:contains-word "%s" .
?text ql:contains-entity ?label . ?publ rdfs:label ?label . ?publ dblp:title ?any . } LIMIT %d }
BIND("%s" AS ?asked) }"""


def request_titles(questions: Sequence[Question]) -> Request:
    """One request for the records that have the longest words of several titles."""
    parts = [
        _BY_TITLE % (" ".join(_longest(words)), _TITLE_RESULTS, _name_of(one))
        for one in questions
        if (words := title_words(one.subject))
    ]
    return _request(" UNION\n".join(parts) or "VALUES ?publ { }")


def _name_of(question: Question) -> str:
    """What a title is called in the table: its words, in the spelling that `text` gives."""
    return shapes.clean(" ".join(title_words(question.subject)))


def _longest(words: Sequence[str]) -> list[str]:
    kept = sorted(set(words), key=lambda word: (-len(word), word))[:_TITLE_WORDS]
    return [word for word in dict.fromkeys(words) if word in kept]


def request_dois(questions: Sequence[Question]) -> Request:
    """One request for the records of several DOIs."""
    rows = [
        f'("{_escaped(one.subject)}" <https://doi.org/{_escaped(spelling, "/:;()+")}>)'
        for one in questions
        for spelling in dict.fromkeys((one.subject.upper(), one.subject))
    ]
    return _request(f"VALUES (?asked ?known) {{ {' '.join(rows)} }}\n?publ dblp:doi ?known .")


def request_keys(questions: Sequence[Question]) -> Request:
    """One request for the records of several DBLP keys: `conf/nips/VaswaniSPUJGKP17`."""
    rows = [
        f'("{_escaped(one.subject)}" <https://dblp.org/rec/{_escaped(one.subject, "/")}>)'
        for one in questions
    ]
    return _request(f"VALUES (?asked ?publ) {{ {' '.join(rows)} }}")


def request_person(questions: Sequence[Question]) -> Request:
    """One request for all records of one author, by ORCID or by DBLP's own ID (`28/2391`).

    Raises `ValueError` for another subject.
    """
    (question,) = questions
    subject = question.subject
    if _ORCID.fullmatch(subject):
        who = f"?person dblp:orcid <https://orcid.org/{subject}> . ?publ dblp:authoredBy ?person ."
    elif _PID.fullmatch(subject) and ".." not in subject:
        who = f"?publ dblp:authoredBy <https://dblp.org/pid/{subject}> ."
    else:
        raise ValueError(f'"{subject}" is neither an ORCID nor an ID of DBLP')
    return _request(f'{who}\nBIND("{subject}" AS ?asked)')


def _escaped(value: str, safe: str = "") -> str:
    """A text for a literal or an IRI, in which nothing can end it."""
    return quote(value, safe=safe)


def _request(which: str) -> Request:
    return Request(
        "dblp",
        BASE,
        method="POST",
        headers=(("Content-Type", "application/sparql-query"),),
        body=(_QUERY % (which, _MOST_ROWS)).encode(),
        accept=_ACCEPT,
        largest=50_000_000,
    )


def parse_titles(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """All candidates for each title, published ones before preprints. Raises `UnreadableError`."""
    found = _records(reply)
    by_words = {(one.kind, one.subject.lower()): found.get(_name_of(one), ()) for one in questions}
    return by_subject(questions, by_words)


def parse_dois(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The record of each DOI. Raises `UnreadableError`."""
    found = _records(reply)
    by_doi = {}
    for one in questions:
        records = found.get(_escaped(one.subject), ())
        by_doi[one.kind, one.subject.lower()] = tuple(
            record for record in records if one.subject.lower() in _dois(record)
        )
    return by_subject(questions, by_doi)


def parse_keys(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The record of each key. Raises `UnreadableError`."""
    found = _records(reply)
    by_key = {
        (one.kind, one.subject.lower()): tuple(
            record
            for record in found.get(_escaped(one.subject), ())
            if record.identifier == one.subject
        )
        for one in questions
    }
    return by_subject(questions, by_key)


def _dois(record: Record) -> set[str]:
    entry = record.entry
    return {
        *((entry.doi.folded,) if entry.doi is not None else ()),
        *((entry.arxiv.doi.lower(),) if entry.arxiv is not None else ()),
    }


def parse_person(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """All records of one author, newest first. Raises `UnreadableError`."""
    (question,) = questions
    records = [record for part in _records(reply).values() for record in part]
    records.sort(key=lambda one: -(one.entry.date.year if one.entry.date else 0))
    return {question: Found(tuple(records)) if records else NotFound()}


@dataclass
class _Gathered:
    """What the rows of one record say."""

    values: dict[str, str] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)


def _records(reply: Reply) -> dict[str, tuple[Record, ...]]:
    """The records of a table, by what was asked."""
    rows = shapes.member(shapes.read_row(reply), "results", "bindings")
    if not isinstance(rows, list):
        raise UnreadableError("the answer is no table")
    gathered: dict[str, dict[str, _Gathered]] = {}
    for row in shapes.rows(rows):
        values = {
            name: value
            for name in row
            if (value := shapes.text(shapes.member(row, name, "value"))) is not None
        }
        key = values.get("publ", "").partition("dblp.org/rec/")[2]
        if not key or "asked" not in values:
            continue
        one = gathered.setdefault(values["asked"], {}).setdefault(key, _Gathered())
        for name, value in values.items():
            one.values.setdefault(name, value)
        place = shapes.whole(values.get("place"))
        if place is not None and "name" in values:
            one.names.setdefault(place, values["name"])
    return {asked: _in_order(found.items()) for asked, found in gathered.items()}


def _in_order(found: Iterable[tuple[str, _Gathered]]) -> tuple[Record, ...]:
    records = [
        record
        for key, one in found
        if (record := _record(key, one.values, [one.names[at] for at in sorted(one.names)]))
    ]
    # Published papers first; otherwise as they came.
    return tuple(sorted(records, key=lambda record: record.entry.type == type_preprint))


def _record(key: str, values: Mapping[str, str], names: Sequence[str]) -> Record | None:
    """The record of `values` named as the variables of our query are."""
    title = shapes.undotted(_plain(values.get("title")))
    if title is None:
        return None
    # DBLP writes DOIs in capitals; nobody else does.
    doi = shapes.doi(values.get("doi", "").lower())
    preprint = key.startswith("journals/corr/")
    arxiv = _arxiv(values.get("volume"), doi) if preprint else None
    named = values.get("type", "").rpartition("#")[2]
    kind = type_preprint if preprint else TYPES.get(named, type_document)
    venue, book = _plain(values.get("venue")), shapes.undotted(_plain(values.get("book")))
    if preprint:
        venue = book = None
    entry = Entry(
        type=kind,
        title=title,
        authors=tuple(name for one in names if (name := _name(one)) is not None),
        date=shapes.date(values.get("year")),
        arxiv=arxiv,
        doi=None if arxiv is not None else doi,
        other_ids={"dblp": key},
        venue=book or venue,
        fields=shapes.filled(
            volume=None if preprint else values.get("volume"),
            issue=values.get("issue"),
            page=None if preprint else shapes.pages(values.get("pages")),
            container_title_short=venue if book is not None else None,
        ),
    )
    return Record(entry, identifier=key)


def _arxiv(volume: str | None, doi: Doi | None) -> ArxivId | None:
    """CoRR's volume is `abs/1706.03762` or `abs/cs/0309136`."""
    number = parse_arxiv((volume or "").removeprefix("abs/"))
    if number is None and doi is not None and doi.folded.startswith(_ARXIV_DOI):
        number = parse_arxiv(doi.folded)
    return ArxivId(number.value) if number is not None else None


def _plain(value: str | None) -> str | None:
    return shapes.text(unescape(value)) if value is not None else None


def _name(value: str) -> Name | None:
    return shapes.printed_name(re.sub(r"\s+\d{4}\Z", "", _plain(value) or ""))


# --- the search API -------------------------------------------------------------------------


def request_search(words: str, most: int = 30) -> Request:
    """A request to the search API, which is at another host than the service's others."""
    query = urlencode({"q": words, "format": "json", "h": most, "c": 0})
    return Request("dblp", f"{SEARCH}?{query}")


def parse_search(reply: Reply) -> tuple[Record, ...]:
    """The records of the search API, in its order. Raises `UnreadableError`."""
    hits = shapes.member(shapes.read_row(reply), "result", "hits")
    if not isinstance(hits, dict):
        raise UnreadableError("the answer is none of DBLP's")
    found = []
    for hit in shapes.rows(hits.get("hit") or []):
        info = shapes.member(hit, "info")
        key = shapes.text(shapes.member(info, "key"))
        if key is not None and (record := _of_search(key, info)) is not None:
            found.append(record)
    return tuple(found)


def _of_search(key: str, info: Mapping[str, Any]) -> Record | None:
    # A list of one is no list here.
    people = shapes.member(info, "authors", "author")
    names = [
        name
        for one in (people if isinstance(people, list) else [people])
        if (name := shapes.text(one.get("text") if isinstance(one, dict) else one)) is not None
    ]
    values = {
        "title": shapes.text(info.get("title")),
        "type": shapes.text(info.get("type")),
        "year": shapes.text(info.get("year")),
        "doi": shapes.text(info.get("doi")),
        "pages": shapes.text(info.get("pages")),
        "venue": shapes.first(shapes.texts(info.get("venue"))),
        "volume": shapes.text(info.get("volume")),
        "issue": shapes.text(info.get("number")),
    }
    return _record(key, {name: value for name, value in values.items() if value}, names)


SERVICE = Service(
    name="dblp",
    title="DBLP",
    host="sparql.dblp.org",
    base=BASE,
    # "wait at least one or two seconds": https://dblp.org/faq/1474706.html; it answers 429 to
    # bursts.
    pace=Pace(2.0),
    kinds={
        "title": Batch(40, request_titles, parse_titles, keep_days=30, keep_missing_days=7),
        "doi": Batch(25, request_dois, parse_dois, keep_days=60, keep_missing_days=14),
        "key": Batch(25, request_keys, parse_keys, keep_days=60, keep_missing_days=14),
        "person": Batch(1, request_person, parse_person, keep_days=1, keep_missing_days=1),
    },
    answers="computer science by title, DOI and DBLP key, the published twin of a preprint, all "
    "papers of an author",
    terms="metadata CC0 (https://dblp.org/db/about/copyright.html)",
)
