"""The entries of a .bib as they are searched, without making an `Entry` of each.

A search needs the words of an entry, not what it takes to write the entry again (which markup a
title has, which braces are ours, what field was understood whole). So a file of 50,000 entries is
read in half the time. A test holds what is read here against `documents.document_of`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from bibtools.adapters.fulltext.caching import MARK_BYTES
from bibtools.adapters.fulltext.renewing import Row
from bibtools.formats.bibtex import Document as BibDocument
from bibtools.formats.bibtex import carrying
from bibtools.formats.bibtex.address_fields import read_code, read_doi, read_links
from bibtools.formats.bibtex.arxiv_fields import read_arxiv
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.date_fields import read_date
from bibtools.formats.bibtex.entry_types import csl_type
from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.field_values import decode_text
from bibtools.formats.bibtex.fields import (
    ANY_PUBLISHER,
    ID_FIELDS,
    JOURNALS,
    VENUES,
    number_means,
)
from bibtools.formats.bibtex.inheriting import Look
from bibtools.formats.bibtex.name_fields import read_creators, read_names
from bibtools.formats.bibtex.names import split_list
from bibtools.formats.bibtex.reading import EntryValues, lookup, read_values, values_of
from bibtools.formats.bibtex.variable_fields import read_other_ids, read_venue
from bibtools.model import ArxivId, Name, parse_arxiv, type_preprint
from bibtools.searching.documents import Document, addresses_of, document_of, sorted_name
from bibtools.text.latex_decode import plain
from bibtools.text.latex_markup import decode_markup
from bibtools.text.markup import strip_markup

# Dashes, quotes, and signs that are spelt with braces mean something else.
_MORE_THAN_BRACES = re.compile(r"[\\$~`<]|--|''|\{['\"-]")
_LATEX = re.compile(r"[\\{}$~`]|--|''")
_BLANKS = re.compile(" {2,}")
# Most names: every word with a capital, nothing that is LaTeX (`name_fields` has a wider form).
_SORTED = re.compile(r"[A-Z][\w.]*+, [A-Z][\w.]*+(?:[ -][A-Z][\w.]*+)*+")
_SPOKEN = re.compile(r"([A-Z][\w.]*+(?: [A-Z][\w.]*+)*) ([A-Z][\w.]*+)")
_PLAIN_YEAR = re.compile(r"[0-9]{4}")
_ARXIV_FIELDS: Final = ("eprint", "arxiv", "arxivid", "arxiv_id", "eprinttype", "archiveprefix")
_ARXIV_PLACES: Final = (
    "doi", "url", "ee", "journal", "journaltitle", "howpublished", "note", "number", "eid",
    "publisher", "annote", "addendum",
)  # fmt: skip
_OTHER_WORDS: Final = ("keywords", "keyword", "series", "note", "shorttitle")
_LONGEST_TEXT: Final = 20_000
_IDS: Final = frozenset(ID_FIELDS)
_KEPT: Final = 65_536


def rows_of(data: bytes, name: str) -> Iterator[Row]:
    """The entries of a .bib outside `@comment`, each to be read when it is wanted."""
    document = BibDocument.parse(data, name)
    shared = _mark(document.encoding.encode(), *(one.raw for one in document.strings))
    low = document.source.data.lower()
    heirs = {
        block.start
        for block in document.entries
        if low.find(b"crossref", block.start, block.end) >= 0
        or low.find(b"xdata", block.start, block.end) >= 0
    }
    # What an entry has from others may have changed with any of them.
    parents = _parents(document, heirs) if heirs else b""
    look = lookup(document) if heirs else None
    for block in document.entries:
        if block.inside_comment:
            continue
        inherits = block.start in heirs
        mark = _mark(shared, block.raw, parents if inherits else b"")
        yield Row(mark, block.line, _Reading(document, block, look if inherits else None))


def _parents(document: BibDocument, heirs: set[int]) -> bytes:
    """A mark of all entries from which others have something."""
    named: set[str] = set()
    for block in document.entries:
        if block.start in heirs:
            fields = block.fields
            names = [fields.get("crossref", ""), *fields.get("xdata", "").split(",")]
            named.update(name.strip().lower() for name in names)
    return _mark(*(block.raw for block in document.entries if block.key.lower() in named))


def _mark(*parts: bytes) -> bytes:
    return blake2b(b"\0".join(parts), digest_size=MARK_BYTES).digest()


class _Reading:
    """Reads one entry when it is called."""

    __slots__ = ("block", "document", "look")

    def __init__(self, document: BibDocument, block: BibEntry, look: Look | None) -> None:
        self.document = document
        self.block = block
        self.look = look

    def __call__(self) -> Document:
        values = values_of(self.document, self.block, self.look)
        made = read(self.document, values)
        self.block.let_go()
        return made


def read(document: BibDocument, values: EntryValues) -> Document:
    """An entry as it is searched."""
    block, fields = values.block, values.fields
    if carrying.NAME in fields:
        # What the .bib has no words for stands there.
        made = document_of(read_values(document, values)[0])
        return replace(made, entry_type=block.type)
    return document_of_fields(block.type, block.key, fields)


def document_of_fields(kind: str, key: str, fields: Mapping[str, str]) -> Document:
    """What is searched of an entry of this type (lower case) with these fields."""
    reader = FieldReader(kind, key, dict(fields))
    arxiv: ArxivId | None = None
    categories: tuple[str, ...] = ()
    is_journal = False
    if _may_be_of_arxiv(fields):
        arxiv, categories, is_journal = read_arxiv(reader)
    doi = read_doi(reader) if "doi" in fields or "doi.org/" in fields.get("url", "") else None
    if arxiv is None and doi is not None:
        arxiv = parse_arxiv(doi.value)
    venue = "" if is_journal else _venue(reader)
    prepublished = fields.get("pubstate", "").strip().lower() == "prepublished"
    type_ = csl_type(
        kind,
        subtype=fields.get("entrysubtype", ""),
        is_preprint=arxiv is not None or prepublished,
        has_venue=bool(venue),
    )
    if doi is not None and arxiv is not None and doi.folded == arxiv.doi.lower():
        # The DOI that we write for every preprint.
        doi = doi if type_ != type_preprint and venue else None
    raw = fields.get("abstract")
    code = tuple(link.url for link in read_code(reader))
    has_address = "url" in fields or "howpublished" in fields or "eprint" in fields
    pdf, url = addresses_of(read_links(reader, arxiv)) if has_address else ("", "")
    return Document(
        key=key,
        title=_title(fields.get("title", "")),
        authors=_people(fields["author"]) if "author" in fields else (),
        year=_year(reader, fields),
        venue=venue,
        abstract=decode_text("abstract", raw)[0][:_LONGEST_TEXT] if raw else "",
        arxiv=arxiv.value if arxiv is not None else "",
        doi=doi.value if doi is not None else "",
        type=type_,
        entry_type=kind,
        categories=categories,
        code=code,
        pdf=pdf,
        url=url,
        other=_other_words(reader)[:_LONGEST_TEXT],
        ids=() if _IDS.isdisjoint(reader.left) else _ids(reader),
    )


def _may_be_of_arxiv(fields: Mapping[str, str]) -> bool:
    if not fields.keys().isdisjoint(_ARXIV_FIELDS):
        return True
    text = "\n".join([fields[name] for name in _ARXIV_PLACES if name in fields]).lower()
    return "arxiv" in text or "corr" in text or "computing" in text


def _ids(reader: FieldReader) -> tuple[str, ...]:
    return tuple(f"{scheme}:{value}" for scheme, value in read_other_ids(reader).items())


def _plain(text: str) -> str:
    return " ".join(plain(text).split()) if _LATEX.search(text) else text.strip()


def _title(raw: str) -> str:
    if _MORE_THAN_BRACES.search(raw) is None:
        text = raw.replace("{", "").replace("}", "").strip()
    else:
        text = decode_markup(raw, nocase=False).text.strip()
    return _BLANKS.sub(" ", text) if "  " in text else text


def _people(raw: str) -> tuple[str, ...]:
    simple = "{" not in raw and raw.lower().count("and") == raw.count(" and ")
    pieces = raw.split(" and ") if simple else split_list(raw)
    return tuple([one for one in map(_person, pieces) if one])


@lru_cache(maxsize=_KEPT)  # a bibliography names the same people again and again
def _person(piece: str) -> str:
    """A name of a list as documents have it; empty for `others`."""
    if _SORTED.fullmatch(piece):
        return piece
    spoken = _SPOKEN.fullmatch(piece)
    if spoken is not None:
        return f"{spoken[2]}, {spoken[1]}"
    return "; ".join(map(sorted_name, read_names(piece)[0]))


@lru_cache(maxsize=_KEPT)
def _sorted(name: Name) -> str:
    return sorted_name(name)


def _year(reader: FieldReader, fields: Mapping[str, str]) -> int:
    year = fields.get("year", "")
    if "date" not in fields:
        if _PLAIN_YEAR.fullmatch(year):
            return int(year)
        if not year:
            return 0
    date, _ = read_date(reader)
    return date.year if date is not None else 0


_VENUE_FIELDS: Final = frozenset(JOURNALS[0]).union(*VENUES.values())


def _venue(reader: FieldReader) -> str:
    left = reader.left
    there = tuple([(name, left[name]) for name in left if name in _VENUE_FIELDS])
    return _venue_of(reader.kind, there) if there else ""


@lru_cache(maxsize=_KEPT)
def _venue_of(kind: str, fields: tuple[tuple[str, str], ...]) -> str:
    return read_venue(FieldReader(kind, "", dict(fields)), {}) or ""


def _other_words(reader: FieldReader) -> str:
    """Keywords, series, publisher, note, the number of a report, editors and translators."""
    left = reader.left
    found = [_words(left[name]) for name in _OTHER_WORDS if name in left]
    found += [_words(left[name]) for name in ANY_PUBLISHER if name in left]
    if "number" in left and number_means(reader.kind, has_series="series" in left) == "number":
        found.append(_words(left["number"]))
    for people in read_creators(reader).values():
        found += [_sorted(name) for name in people]
    return " ".join(found)


@lru_cache(maxsize=_KEPT)
def _words(raw: str) -> str:
    return _plain(strip_markup(raw))
