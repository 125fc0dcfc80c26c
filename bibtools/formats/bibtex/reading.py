"""From a .bib document to entries, by the tables of `fields` and `entry_types`.

The tables follow the comparison of pandoc, citation-js, Zotero and Better BibTeX on the same
entries. Every field that an `Entry` does not model goes to `extra` word for word, and so does
one whose value could only be understood in part. What our own writer derives from other fields
(the DOI and the address of a preprint, the printed note, the sort key) is not read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bibtools.formats.bibtex import carrying
from bibtools.formats.bibtex.address_fields import read_code, read_doi, read_links
from bibtools.formats.bibtex.arxiv_fields import read_arxiv
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.date_fields import read_date
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.entry_types import csl_type, default_type, main_address, named_type
from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.inheriting import Look, inherit
from bibtools.formats.bibtex.name_fields import read_creators, read_role
from bibtools.formats.bibtex.printed import without_added
from bibtools.formats.bibtex.tex_values import sort_key
from bibtools.formats.bibtex.variable_fields import (
    drop_copy,
    read_dates,
    read_other_ids,
    read_title,
    read_variables,
    read_venue,
)
from bibtools.formats.carried import restore
from bibtools.model import (
    ArxivId,
    Doi,
    Entry,
    Link,
    Notice,
    Source,
    parse_arxiv,
    type_preprint,
)

ORIGINAL_TYPE = "entrytype"
"""The key of `Entry.extra` that holds the type as the file has it, in lower case: there when the
type of the entry does not tell it in either dialect."""

_CONTROL = re.compile("[\x80-\x9f]")
_CP1252 = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}


def read_entries(document: Document) -> tuple[list[Entry], list[Notice]]:
    """The entries of a document in file order, and what in their values could not be read.

    Entries inside `@comment` are not among them. What an entry has from others by `crossref` and
    `xdata` is in it. The document's own notices (syntax) are not repeated here.
    """
    entries: list[Entry] = []
    notices: list[Notice] = []
    for values in entry_values(document):
        entry, said = read_values(document, values)
        entries.append(entry)
        notices += said
    return entries, notices


@dataclass(frozen=True, slots=True)
class EntryValues:
    """The fields of an entry as BibTeX sees them, those that it has from others included."""

    block: BibEntry
    fields: dict[str, str]
    """Taken apart by `read_values`."""
    own: frozenset[str] | None
    """The fields that stand in the entry itself; None when all do."""


def entry_values(document: Document) -> Iterator[EntryValues]:
    """The fields of the entries outside `@comment`, in file order."""
    look: Look | None = None
    for block in document.entries:
        if block.inside_comment:
            continue
        if look is None and ("crossref" in block.fields or "xdata" in block.fields):
            look = lookup(document)
        yield values_of(document, block, look)


def values_of(document: Document, block: BibEntry, look: Look | None) -> EntryValues:
    """The fields of one entry; those that it has from others are found with `look`."""
    fields = _values(document, block)
    if look is None or not ("crossref" in fields or "xdata" in fields):
        return EntryValues(block, fields, None)
    return EntryValues(block, inherit(block.key, block.type, fields, look), frozenset(fields))


def read_values(document: Document, values: EntryValues) -> tuple[Entry, list[Notice]]:
    """The entry that fields make, and what in them could not be read."""
    block = values.block
    reader = FieldReader(block.type, block.key, values.fields, values.own, document, block)
    entry = _read(reader, Source(document.file or "-", block.line))
    return entry, reader.notices


def read_one(kind: str, key: str, fields: Mapping[str, str]) -> Entry:
    """The entry that a type (lower case) and fields (names in lower case) make."""
    return _read(
        FieldReader(kind, key, {name: text for name, text in fields.items() if text}), None
    )


def lookup(document: Document) -> Look:
    """Finds the type and the fields of an entry by its key, in any case."""
    blocks: dict[str, BibEntry] = {}
    for block in document.entries:
        blocks.setdefault(block.key.lower(), block)

    def look(key: str) -> tuple[str, Mapping[str, str]] | None:
        block = blocks.get(key.lower())
        return (block.type, _values(document, block)) if block is not None else None

    return look


def _values(document: Document, block: BibEntry) -> dict[str, str]:
    """The fields; one that is nothing but an undefined macro has the macro's name as value."""
    fields = dict(block.fields)
    if document.encoding == "latin-1":
        fields = {name: _windows(value) for name, value in fields.items()}
    if all(fields.values()):
        return fields
    for name, value in fields.items():
        if value:
            continue
        if block.edited is None:
            fields[name] = document.undefined_name(block, name)
    return {name: value for name, value in fields.items() if value}


def _windows(value: str) -> str:
    """The quotes and dashes of Windows-1252, which latin-1 has unseen controls for."""
    return value.translate(_CP1252) if _CONTROL.search(value) else value


def _read(reader: FieldReader, source: Source | None) -> Entry:
    left = reader.left
    carried = left.pop(carrying.NAME, None)
    arxiv, categories, is_journal = read_arxiv(reader)
    doi = read_doi(reader)
    if arxiv is None and doi is not None:
        arxiv = parse_arxiv(doi.value)
    fields: dict[str, str] = {}
    authors, truncated = read_role(reader, "author")
    title = read_title(reader, fields)
    venue = None if is_journal else read_venue(reader, fields)
    type_ = _type(reader, arxiv, has_venue=venue is not None)
    date, issued = read_date(reader)
    abstract = reader.variable("abstract", "abstract")
    code = read_code(reader)
    links = read_links(reader, arxiv)
    drop_copy(reader, venue)
    _drop_printed(reader, arxiv, categories, code)
    read_variables(reader, type_, fields)
    dates = read_dates(reader, issued)
    creators = read_creators(reader)
    other_ids = read_other_ids(reader)
    if "key" in left and not authors and left["key"] == sort_key(title or "", reader.key):
        reader.take("key")
    entry = Entry(
        key=reader.key or None,
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
        doi=None if _is_preprints_own(doi, arxiv, type_, venue) else doi,
        other_ids=other_ids,
        venue=venue,
        fields=fields,
        creators=creators,
        dates=dates,
        sources=(source,) if source is not None else (),
        extra=dict(reader.extra()),
    )
    if not _is_default(reader.kind, entry):
        entry = replace(entry, extra={ORIGINAL_TYPE: reader.kind, **entry.extra})
    return _restored(entry, carried) if carried is not None else entry


def _type(reader: FieldReader, arxiv: ArxivId | None, *, has_venue: bool) -> str:
    """The CSL type; takes the fields that say nothing more than that."""
    left = reader.left
    subtype = left.get("entrysubtype", "")
    prepublished = left.get("pubstate", "").strip().lower() == "prepublished"
    type_ = csl_type(
        reader.kind,
        subtype=subtype,
        is_preprint=arxiv is not None or prepublished,
        has_venue=has_venue,
    )
    if type_ == type_preprint and prepublished:
        reader.take("pubstate")
    if subtype and named_type(reader.kind, subtype) is not None:
        reader.take("entrysubtype")
    return type_


def _is_preprints_own(
    doi: Doi | None, arxiv: ArxivId | None, type_: str, venue: str | None
) -> bool:
    """The DOI that we write for every preprint."""
    return (
        doi is not None
        and arxiv is not None
        and doi.folded == arxiv.doi.lower()
        and (type_ == type_preprint or venue is None)
    )


def _drop_printed(
    reader: FieldReader,
    arxiv: ArxivId | None,
    categories: tuple[str, ...],
    code: tuple[Link, ...],
) -> None:
    """What we add to notes for the styles."""
    left = reader.left
    for name in ("note", "addendum"):
        if name in left:
            left[name] = without_added(
                left[name], arxiv, categories[0] if categories else None, code
            )
            if not left[name]:
                del left[name]


def _is_default(kind: str, entry: Entry) -> bool:
    """Whether the type of the entry tells its entry type, in one of the dialects."""
    return kind in (default_type(entry, "bibtex"), default_type(entry, "biblatex"))


def _restored(entry: Entry, carried: str) -> Entry:
    found = carrying.read_carried(carried)
    if not isinstance(found, dict):
        return replace(entry, extra={**entry.extra, carrying.NAME: carried})
    entry = restore(entry, found)
    pair = found.get("address")
    if isinstance(pair, list) and len(pair) == 2 and pair[0] == main_address(entry):
        others = tuple(link for link in entry.links if link.kind != "url")
        if isinstance(pair[1], str):
            return replace(entry, links=(Link(pair[1], "field url", "url"), *others))
        if pair[1] is None:
            return replace(entry, links=others)
    return entry
