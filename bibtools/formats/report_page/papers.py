"""What the page shows of an entry: texts to read, links that are safe, and how each is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from bibtools.formats.report_page.markup import clean, host_of, safe_link
from bibtools.model import Entry, Link, Outcome, Resolution, type_preprint
from bibtools.text.addresses import same_address_key
from bibtools.text.latex_decode import math_text, plain
from bibtools.text.latex_math import looks_like_math
from bibtools.text.markup import strip_markup


@dataclass(frozen=True, slots=True)
class Told:
    """How one value is known."""

    name: str
    """The field, or what else it is about."""
    lines: tuple[str, ...]
    """Sentences for the reader."""


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link under a paper."""

    label: str
    """`arXiv`, `PDF`, `DOI`, `Code`, or the host."""
    url: str
    """Safe to open."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One entry as the page shows it; all texts are plain."""

    title: str
    key: str = ""
    authors: tuple[str, ...] = ()
    truncated: bool = False
    """True when more authors exist than are listed."""
    sort_name: str = ""
    """The family name of the first author."""
    year: int | None = None
    venue: str = ""
    type: str = ""
    categories: tuple[str, ...] = ()
    links: tuple[ShownLink, ...] = ()
    addresses: tuple[str, ...] = ()
    """Addresses that are not safe to open: shown as text."""
    abstract: str = ""
    bibtex: str = ""
    told: tuple[Told, ...] = ()
    has: tuple[str, ...] = ()
    """Of `HAS`, those that it has."""


HAS: Final = {"code": "code", "pdf": "PDF", "arxiv": "arXiv ID", "unsure": "something unsure"}
"""What can be asked for, and what the page calls it."""

_TYPES: Final = {
    "article-journal": "journal article",
    "article-magazine": "magazine article",
    "article-newspaper": "newspaper article",
    "paper-conference": "conference paper",
    "chapter": "chapter",
    "entry-encyclopedia": "encyclopedia entry",
    "entry-dictionary": "dictionary entry",
    "post-weblog": "blog post",
    "legal_case": "legal case",
    "motion_picture": "film",
    "personal_communication": "letter",
    type_preprint: "preprint",
}
_PAIR = re.compile(r"(?<!\\)\$([^$\n]{1,300})(?<!\\)\$")
_PDF = re.compile(r"\.pdf(?:$|[?#])|^https?://(?:www\.|export\.)?arxiv\.org/pdf/", re.IGNORECASE)
_DOI_HOST = re.compile(r"https?://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
_OF_A_FIELD = re.compile(r"field ")
_MOST_CANDIDATES: Final = 5


def readable(text: str) -> str:
    """A title or an abstract for reading: formulas and commands as characters where there are
    some, without the little markup that CSL-JSON knows; what cannot be told so stays as it is.
    """
    text = strip_markup(text)
    if "$" in text or "\\" in text:
        pieces: list[str] = []
        position = 0
        for match in _PAIR.finditer(text):
            if match.start() < position or not looks_like_math(
                match[1], text[match.end() : match.end() + 1]
            ):
                continue
            pieces += _prose(text[position : match.start()]), math_text(match[1]) or match[0]
            position = match.end()
        text = "".join([*pieces, _prose(text[position:])])
    return clean(text).strip()


def _prose(text: str) -> str:
    if "\\" not in text:
        return text
    start = text[: len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()) :]
    return start + plain(re.sub(r"(?<!\\)\$", r"\\$", text.strip())) + end


def paper_of(
    entry: Entry, *, bibtex: str = "", told: Sequence[Told] = (), file: str | None = None
) -> Paper:
    """What the page shows of an entry.

    `bibtex` is its text in a .bib, `told` what is known of its values from elsewhere; what the
    entry itself knows of them (`resolution`, `doubts`, `remarks`, `sources`) is put behind. That
    it stands in `file` is not worth telling.
    """
    links, addresses = _links(entry)
    first = entry.authors[0] if entry.authors else None
    has = (
        ("code", bool(entry.code)),
        ("pdf", any(link.label == "PDF" for link in links)),
        ("arxiv", entry.arxiv is not None),
        ("unsure", _is_unsure(entry)),
    )
    return Paper(
        title=readable(entry.title or "") or "(no title)",
        key=clean(entry.key or ""),
        authors=tuple(readable(name.display()) for name in entry.authors),
        truncated=entry.authors_truncated
        or (entry.author_count is not None and entry.author_count > len(entry.authors) > 0),
        sort_name=readable(first.family_with_particle()) if first is not None else "",
        year=entry.date.year if entry.date is not None else None,
        venue=readable(entry.venue or ""),
        type=clean(_TYPES.get(entry.type) or entry.type.replace("-", " ")),
        categories=tuple(clean(one) for one in entry.categories),
        links=tuple(links),
        addresses=tuple(addresses),
        abstract=readable(entry.abstract or ""),
        bibtex=clean(bibtex).strip(),
        told=(*(_cleaned(one) for one in told), *_own(entry, file)),
        has=tuple(name for name, there in has if there),
    )


def _cleaned(one: Told) -> Told:
    return Told(clean(one.name), tuple(clean(line) for line in one.lines))


# Links


def _links(entry: Entry) -> tuple[list[ShownLink], list[str]]:
    """The links in their order, each place once, and the addresses that are none."""
    links: list[ShownLink] = []
    addresses: list[str] = []
    seen: set[str] = set()
    for label, url in _addresses(entry):
        safe = safe_link(url)
        if safe is None:
            if clean(url) not in addresses:
                addresses.append(clean(url))
            continue
        place = same_address_key(safe).lower()
        if place not in seen:
            seen.add(place)
            links.append(ShownLink(label or _label(safe), safe))
    return links, addresses


def _addresses(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.arxiv is not None:
        yield "arXiv", entry.arxiv.url
        yield "PDF", f"https://arxiv.org/pdf/{entry.arxiv.value}"
    if entry.doi is not None:
        yield "DOI", "https://doi.org/" + quote(entry.doi.value, safe="/:;()._-")
    for link in entry.code:
        yield "Code", link.url
    for scheme, label, start in (
        ("pmid", "PubMed", "https://pubmed.ncbi.nlm.nih.gov/"),
        ("pmcid", "PMC", "https://pmc.ncbi.nlm.nih.gov/articles/"),
    ):
        number = entry.other_ids.get(scheme)
        if number is not None and re.fullmatch(r"(?:PMC)?\d{1,10}", number):
            yield label, f"{start}{number}/"
    for link in entry.links:
        yield "", link.url


def _label(url: str) -> str:
    if _PDF.search(url):
        return "PDF"
    return "DOI" if _DOI_HOST.match(url) else host_of(url)


# Evidence


def _is_unsure(entry: Entry) -> bool:
    asked = entry.resolution
    return (
        bool(entry.doubts)
        or entry.date_inferred
        or (asked is not None and asked.outcome in (Outcome.LIKELY, Outcome.AMBIGUOUS))
    )


def _own(entry: Entry, file: str | None) -> Iterator[Told]:
    """What the entry itself says of its values."""
    if entry.resolution is not None:
        yield _cleaned(Told("arXiv ID", tuple(_resolution(entry.resolution))))
    for doubt in entry.doubts:
        others = tuple(f"Another reading: {readable(one)}" for one in doubt.alternatives)
        yield _cleaned(Told(doubt.field, (f"Unsure: {doubt.reason}", *others)))
    if entry.date_inferred:
        yield Told("year", ("Unsure: part of the date is inferred.",))
    for name, links in (("code", entry.code), ("link", entry.links)):
        for link in links:
            if link.evidence and not _OF_A_FIELD.match(link.evidence):
                yield _cleaned(Told(name, (_said_of(link),)))
    for remark in entry.remarks:
        yield _cleaned(Told("remark", (remark,)))
    for source in entry.sources:
        if source.file == file and not source.gave:
            continue
        gave = f" (gave {', '.join(source.gave)})" if source.gave else ""
        yield _cleaned(Told("source", (f"{source.file}, line {source.line}{gave}",)))


def _said_of(link: Link) -> str:
    kind = f" ({link.kind})" if link.kind else ""
    return f"{link.url}{kind}: {link.evidence}"


def _resolution(asked: Resolution) -> Iterator[str]:
    rule = f": {asked.rule}" if asked.rule else ""
    source = f" (from {asked.source})" if asked.source else ""
    yield f"{str(asked.outcome).capitalize()}{rule}{source}"
    if asked.outcome is Outcome.SURE:
        return
    for one in asked.candidates[:_MOST_CANDIDATES]:
        agreed = f"; agree: {', '.join(one.agreed)}" if one.agreed else ""
        against = f"; against it: {', '.join(one.against)}" if one.against else ""
        title = readable(one.title)
        yield f"Candidate {one.arxiv}: {title} (likeness {one.score:.0f} of 100{agreed}{against})"
