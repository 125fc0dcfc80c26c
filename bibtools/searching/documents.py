"""What of an entry is searched and shown, as a small value that packs into one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bibtools.model import Entry, Link, Name

HAS = ("code", "doi", "arxiv", "abstract", "pdf")
"""What `has:` may ask for."""
_WORD_FIELDS = ("keyword", "collection-title", "publisher", "note", "number", "title-short")
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Document:
    """One entry as it is searched. Texts are plain; an empty one is not known."""

    key: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    """In reading order of the entry, each as `Family, Given` or as one name."""
    year: int = 0
    """0 when it is not known."""
    venue: str = ""
    abstract: str = ""
    arxiv: str = ""
    doi: str = ""
    type: str = ""
    """Of CSL, or `preprint`."""
    entry_type: str = ""
    """Of the .bib file, where that says more."""
    categories: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    """Addresses."""
    pdf: str = ""
    """An address."""
    url: str = ""
    other: str = ""
    """Further words: keywords, editors, series ..."""
    ids: tuple[str, ...] = ()
    """Further identifiers: `pmid:123`."""
    place: str = ""
    """Under what name the source knows it: the key of a Zotero item."""

    @property
    def abs_address(self) -> str:
        """The page of the work: arXiv's, that of its DOI, or the entry's own address."""
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def pdf_address(self) -> str:
        """A PDF of the work; empty when none is known."""
        if self.pdf:
            return self.pdf
        return f"https://arxiv.org/pdf/{self.arxiv}" if self.arxiv else ""

    def has(self) -> list[str]:
        """Which of `HAS` it has."""
        there = (self.code, self.doi, self.arxiv, self.abstract, self.pdf or self.arxiv)
        return [name for name, value in zip(HAS, there, strict=True) if value]


def document_of(entry: Entry, place: str = "") -> Document:
    """What of an entry is searched."""
    further = [entry.fields.get(name, "") for name in _WORD_FIELDS]
    for names in entry.creators.values():
        further += [sorted_name(name) for name in names]
    pdf, url = addresses_of(entry.links)
    kind = entry.extra.get("entrytype")
    return Document(
        key=entry.key or "",
        title=entry.title or "",
        authors=tuple(sorted_name(name) for name in entry.authors),
        year=entry.date.year if entry.date is not None else 0,
        venue=entry.venue or "",
        abstract=(entry.abstract or "")[:_LONGEST_TEXT],
        arxiv=entry.arxiv.value if entry.arxiv is not None else "",
        doi=entry.doi.value if entry.doi is not None else "",
        type=entry.type,
        entry_type=kind if isinstance(kind, str) else "",
        categories=entry.categories,
        code=tuple(one.url for one in entry.code),
        pdf=pdf,
        url=url,
        other=" ".join(text for text in further if text)[:_LONGEST_TEXT],
        ids=tuple(f"{scheme}:{value}" for scheme, value in entry.other_ids.items()),
        place=place,
    )


def entry_of(document: Document) -> Entry:
    """The entry that a document tells, for a source that holds nothing more."""
    from bibtools.model import ArxivId, Doi, Entry, Link, PartialDate, type_preprint

    links = (Link(document.url, "page", "url"),) if document.url else ()
    return Entry(
        key=document.key or None,
        type=document.type or type_preprint,
        title=document.title or None,
        authors=tuple(_parsed(name) for name in document.authors),
        abstract=document.abstract or None,
        date=PartialDate(document.year) if document.year else None,
        categories=document.categories,
        primary_known=bool(document.categories),
        code=tuple(Link(url, "index", "repository") for url in document.code),
        links=links,
        arxiv=ArxivId(document.arxiv) if document.arxiv else None,
        doi=Doi(document.doi) if document.doi else None,
        venue=document.venue or None,
    )


def addresses_of(links: Sequence[Link]) -> tuple[str, str]:
    """(of a PDF, the first other one) among the links of a work."""
    pdf = next((one.url for one in links if _is_pdf(one)), "")
    return pdf, next((one.url for one in links if one.url != pdf), "")


def _is_pdf(link: Link) -> bool:
    address = link.url.lower().split("#")[0].split("?")[0]
    return address.endswith(".pdf") or "/pdf/" in address


def sorted_name(name: Name) -> str:
    """A name as documents have it: `Family, Given`, or as one name."""
    family = name.family_with_particle()
    if name.literal is not None or not name.given:
        return family
    given = f"{name.given} {name.dropping_particle}" if name.dropping_particle else name.given
    return f"{family}, {given}, {name.suffix}" if name.suffix else f"{family}, {given}"


def _parsed(name: str) -> Name:
    from bibtools.model import Name

    family, comma, given = name.partition(", ")
    return Name(family=family, given=given) if comma and given else Name(literal=name)


_BETWEEN, _WITHIN = "\x1f", "\x1e"
_FIELDS = 17
_OF_LINES = str.maketrans({_BETWEEN: " ", _WITHIN: " ", "\n": " "})


def pack(document: Document) -> str:
    """The document as one line without its end; control characters in it are blanks then."""
    one = document
    values = (
        one.key, one.title, one.authors, str(one.year or ""), one.venue, one.abstract, one.arxiv,
        one.doi, one.type, one.entry_type, one.categories, one.code, one.pdf, one.url, one.other,
        one.ids, one.place,
    )  # fmt: skip
    line = _BETWEEN.join(
        [value if isinstance(value, str) else _WITHIN.join(value) for value in values]
    )
    lists = (one.authors, one.categories, one.code, one.ids)
    within = sum([len(several) - 1 for several in lists if several])
    if "\n" in line or line.count(_BETWEEN) != _FIELDS - 1 or line.count(_WITHIN) != within:
        line = _BETWEEN.join(
            value.translate(_OF_LINES)
            if isinstance(value, str)
            else _WITHIN.join([part.translate(_OF_LINES) for part in value])
            for value in values
        )
    return line.rstrip(_BETWEEN)


def unpack(line: str) -> Document:
    """The document of a line that `pack` made. Raises `ValueError` for any other line."""
    values = line.split(_BETWEEN)
    if len(values) > _FIELDS:
        raise ValueError("a document has too many fields")
    values += [""] * (_FIELDS - len(values))
    (
        key, title, authors, year, venue, abstract, arxiv, doi, type_, entry_type, categories, code,
        pdf, url, other, ids, place,
    ) = values  # fmt: skip
    return Document(
        key, title, _parts(authors), int(year or 0), venue, abstract, arxiv, doi, type_, entry_type,
        _parts(categories), _parts(code), pdf, url, other, _parts(ids), place,
    )  # fmt: skip


def _parts(value: str) -> tuple[str, ...]:
    return tuple(value.split(_WITHIN)) if value else ()
