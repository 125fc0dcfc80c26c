"""From a .bib document to entries: types, names, dates, identifiers, links.

The tables follow the comparison of pandoc, citation-js, Zotero and Better BibTeX on the same
entries. Every field that an `Entry` does not model goes to `extra` word for word, and so does
one whose value could only be understood in part.
"""

from __future__ import annotations

import re

from bibtools.formats.bibtex.arxiv_fields import read_arxiv
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.date_fields import read_date
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.names import is_others, read_name, split_list
from bibtools.model import (
    Doi,
    Entry,
    Link,
    Name,
    Notice,
    Source,
    parse_arxiv,
    parse_doi,
    type_document,
    type_preprint,
)
from bibtools.text.latex_decode import verbatim

ORIGINAL_TYPE = "entrytype"
"""The key of `Entry.extra` that holds the type as the file has it, in lower case."""

TYPES: dict[str, str] = {
    "article": "article-journal",
    "suppperiodical": "article-journal",
    "periodical": "periodical",
    "book": "book",
    "mvbook": "book",
    "collection": "book",
    "mvcollection": "book",
    "proceedings": "book",
    "mvproceedings": "book",
    "reference": "book",
    "mvreference": "book",
    "inbook": "chapter",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "inreference": "entry-encyclopedia",
    "booklet": "pamphlet",
    "manual": "report",
    "report": "report",
    "techreport": "report",
    "thesis": "thesis",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "unpublished": "manuscript",
    "patent": "patent",
    "software": "software",
    "dataset": "dataset",
    "online": "webpage",
    "www": "webpage",
    "electronic": "webpage",
    "webpage": "webpage",
    "standard": "standard",
    "review": "review",
    "legislation": "legislation",
    "jurisdiction": "legal_case",
    "legal": "treaty",
    "letter": "personal_communication",
    "movie": "motion_picture",
    "video": "motion_picture",
    "audio": "song",
    "music": "song",
    "image": "graphic",
    "artwork": "graphic",
    "performance": "performance",
    "presentation": "speech",
    "preprint": type_preprint,
    "misc": type_document,
}
"""Entry type (BibTeX, biblatex and what people make up) to CSL type; others: `document`."""

_MAY_BE_PREPRINT = frozenset(
    {"misc", "online", "unpublished", "electronic", "www", "webpage", "preprint"}
)
_VENUES = {
    "article": ("journal", "journaltitle"),
    "inproceedings": ("booktitle",),
    "conference": ("booktitle",),
    "incollection": ("booktitle",),
    "inbook": ("booktitle",),
    "inreference": ("booktitle",),
}
_ANY_VENUE = ("journal", "journaltitle", "booktitle")
_CODE_FIELDS = ("code", "url_code", "url-code", "code_url", "repository-code", "repository_code")
_OTHER_IDS = ("pmid", "pmcid", "isbn", "mrnumber", "zblnumber", "hal_id")
_DOI_URL = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)


def read_entries(document: Document) -> tuple[list[Entry], list[Notice]]:
    """The entries of a document in file order, and what in their values could not be read.

    Entries inside `@comment` are not among them. The document's own notices (syntax) are not
    repeated here.
    """
    entries: list[Entry] = []
    notices: list[Notice] = []
    for block in document.entries:
        if block.inside_comment:
            continue
        reader = FieldReader(document, block, _values(document, block))
        entries.append(_read(reader))
        notices += reader.notices
    return entries, notices


def _values(document: Document, block: BibEntry) -> dict[str, str]:
    """The fields; one that is nothing but an undefined macro has the macro's name as value."""
    fields = dict(block.fields)
    for name, value in fields.items():
        if value:
            continue
        if block.edited is None:
            fields[name] = document.undefined_name(block, name)
    return {name: value for name, value in fields.items() if value}


def _read(reader: FieldReader) -> Entry:
    block = reader.entry
    arxiv, categories, is_journal = read_arxiv(reader)
    doi = _doi(reader)
    if arxiv is None and doi is not None:
        arxiv = parse_arxiv(doi.value)
    authors, truncated = _names(reader, "author")
    date = read_date(reader)
    title = _title(reader)
    venue = None if is_journal else _venue(reader)
    abstract = reader.text("abstract")
    code = _code(reader)
    links = _links(reader)
    other_ids = _other_ids(reader)
    type_ = TYPES.get(block.type, type_document)
    if arxiv is not None and (
        block.type in _MAY_BE_PREPRINT or (block.type == "article" and venue is None)
    ):
        type_ = type_preprint
    return Entry(
        key=block.key or None,
        type=type_,
        title=title,
        authors=authors,
        authors_truncated=truncated,
        abstract=abstract,
        date=date,
        categories=categories,
        primary_known=bool(categories),
        code=code,
        links=links,
        arxiv=arxiv,
        doi=doi,
        other_ids=other_ids,
        venue=venue,
        sources=(Source(reader.document.file or "-", block.line),),
        extra={ORIGINAL_TYPE: block.type, **reader.left},
    )


def _names(reader: FieldReader, name: str) -> tuple[tuple[Name, ...], bool]:
    """The people of a field, and whether `and others` follows them."""
    value = reader.left.get(name)
    if not value:
        return (), False
    found: list[Name] = []
    truncated = False
    for piece in split_list(value):
        if is_others(piece):
            truncated = True
            continue
        one = read_name(piece)
        if one is not None:
            found.append(one)
        else:
            reader.complain(
                name,
                "bibtex.empty-name",
                f'A name in "{name}" of "{reader.entry.key}" is empty.',
                'There is an "and" too many.',
            )
    if found:
        reader.take(name)
    return tuple(found), truncated


def _title(reader: FieldReader) -> str | None:
    return reader.text("title")


def _venue(reader: FieldReader) -> str | None:
    for name in (*_VENUES.get(reader.entry.type, ()), *_ANY_VENUE):
        found = reader.text(name)
        if found:
            return found
    return None


def _doi(reader: FieldReader) -> Doi | None:
    value = reader.word("doi")
    if not value:
        address = reader.word("url")
        if _DOI_URL.match(address):
            return parse_doi(address)
        return None
    found = parse_doi(value)
    if found is None:
        reader.complain(
            "doi",
            "bibtex.doi",
            f'"{value}" of "{reader.entry.key}" is no DOI.',
            'A DOI starts with "10." and has a slash.',
        )
        return None
    reader.take("doi")
    return found


def _address(text: str) -> str | None:
    text = verbatim(text).strip()
    if not text or any(char.isspace() for char in text):
        return None
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*://", text):
        return text
    if re.match(r"[\w-]+(?:\.[\w-]+)+(?:/|\Z)", text):
        return f"https://{text}"
    return None


def _code(reader: FieldReader) -> tuple[Link, ...]:
    found: list[Link] = []
    numbered = [name for name in reader.left if re.fullmatch(r"code\d+", name)]
    for name in (*_CODE_FIELDS, *numbered):
        address = _address(reader.left.get(name, ""))
        if address and address not in [link.url for link in found]:
            found.append(Link(address, f"field {name}"))
            reader.take(name)
    return tuple(found)


def _links(reader: FieldReader) -> tuple[Link, ...]:
    address = _address(reader.left.get("url", ""))
    if address is None:
        if reader.left.get("url"):
            reader.complain(
                "url",
                "bibtex.url",
                f'"{reader.left["url"]}" of "{reader.entry.key}" is no single address.',
            )
        return ()
    reader.take("url")
    return (Link(address, "field url", "url"),)


def _other_ids(reader: FieldReader) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _OTHER_IDS:
        value = reader.word(name)
        if value and value == reader.left[name]:
            found[name] = value
            reader.take(name)
    return found
