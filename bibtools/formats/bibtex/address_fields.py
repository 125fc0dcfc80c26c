"""Addresses and what stands for one: `doi`, `url`, `code`, `howpublished`, `eprint`."""

from __future__ import annotations

import re

from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.fields import EPRINT_ADDRESSES
from bibtools.formats.bibtex.tex_values import from_url_value
from bibtools.later import later
from bibtools.model import ArxivId, Doi, Link, parse_doi
from bibtools.text.latex_decode import verbatim

_CODE_FIELDS = ("code", "url_code", "url-code", "code_url", "repository-code", "repository_code")
_SOME_CODE = frozenset({*_CODE_FIELDS, "code1", "code2"})
_CODE = later(r"code\d+")
_DOI_URL = later(r"https?://(?:dx\.|www\.)?doi\.org/", re.IGNORECASE)
_SCHEME = later(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HOST = later(r"[\w-]+(?:\.[\w-]+)+(?:/|\Z)")
_ONE_URL = later(r"\s*(?:\\(?:url|path|nolinkurl)\s*\{([^{}]*)\}|(https?://\S+))\s*\.?\s*")
_HREF = later(r"\s*\\href\s*\{([^{}]*)\}.*", re.DOTALL)
_EPRINT = later(r"[A-Za-z0-9./_-]+")


def read_doi(reader: FieldReader) -> Doi | None:
    """From `doi`, or a `url` of doi.org."""
    value = reader.word("doi")
    if not value:
        address = reader.word("url")
        if _DOI_URL.match(address):
            return parse_doi(address)
        return None
    found = parse_doi(from_url_value(value))
    if found is None:
        reader.complain(
            "doi",
            "bibtex.doi",
            f'"{value}" of "{reader.key}" is no DOI.',
            'A DOI starts with "10." and has a slash.',
        )
        return None
    reader.take("doi")
    return found


def _address(text: str) -> str | None:
    text = verbatim(text).strip()
    if not text or any(char.isspace() for char in text):
        return None
    if _SCHEME.match(text):
        return text
    if _HOST.match(text):
        return f"https://{text}"
    return None


def read_code(reader: FieldReader) -> tuple[Link, ...]:
    """The links to code, `code` first."""
    left = reader.left
    if _SOME_CODE.isdisjoint(left):
        return ()
    found: list[Link] = []
    names = [name for name in _CODE_FIELDS if name in left]
    names += [name for name in left if name.startswith("code") and _CODE.fullmatch(name)]
    for name in names:
        address = _address(left[name])
        if address and address not in [link.url for link in found]:
            found.append(Link(address, f"field {name}"))
            reader.take(name)
    return tuple(found)


def read_links(reader: FieldReader, arxiv: ArxivId | None) -> tuple[Link, ...]:
    """The work's own address: from `url`, else `howpublished`, else the ID on some server."""
    links = _how_published(reader, _url(reader, arxiv))
    if arxiv is None and "eprint" in reader.left:
        return _eprint_link(reader, links)
    return links


def _url(reader: FieldReader, arxiv: ArxivId | None) -> tuple[Link, ...]:
    raw = reader.left.get("url")
    if not raw:
        return ()
    address = _address(raw)
    if address is None:
        reader.complain(
            "url",
            "bibtex.url",
            f'"{raw}" of "{reader.key}" is no single address.',
        )
        return ()
    reader.take("url")
    if arxiv is not None and address == arxiv.url:
        # We write it for every preprint.
        return ()
    return (Link(address, "field url", "url"),)


def _how_published(reader: FieldReader, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """An address in `howpublished` is the work's own, unless it has one already."""
    raw = reader.left.get("howpublished")
    if not raw:
        return links
    one = _ONE_URL.fullmatch(raw) or _HREF.fullmatch(raw)
    if one is not None:
        address = _address(one[1] or (one[2] if one.re is _ONE_URL else "") or "")
        if address is not None and (not links or links[0].url == address):
            reader.take("howpublished")
            return links or (Link(address, "field howpublished", "url"),)
        return links
    return links


def eprint_of(address: str | None, pmid: str | None) -> tuple[str, str] | None:
    """The `eprinttype` and `eprint` that an address or a PubMed ID stands for."""
    secure = address.replace("http://", "https://", 1) if address is not None else ""
    for server, start in EPRINT_ADDRESSES.items():
        if secure.startswith(start):
            rest = secure[len(start) :]
            if _EPRINT.fullmatch(rest):
                return server, rest
    if pmid is not None and pmid.isdecimal() and pmid.isascii():
        return "pubmed", pmid
    return None


def _eprint_link(reader: FieldReader, links: tuple[Link, ...]) -> tuple[Link, ...]:
    """An ID on a server that makes addresses of IDs is the same as the address."""
    eprint = reader.word("eprint")
    named = reader.word("eprinttype") or reader.word("archiveprefix")
    server = named.lower()
    if not eprint or not server:
        return links
    start = EPRINT_ADDRESSES.get(server)
    if start is not None and not links and "url" not in reader.left and _EPRINT.fullmatch(eprint):
        links = (Link(start + eprint, "field eprint", "url"),)
    pmid = reader.word("pmid") or (eprint if server == "pubmed" else "")
    if server == "pubmed" and "pmid" not in reader.left:
        reader.left["pmid"] = eprint
    if eprint_of(links[0].url if links else None, pmid) == (named, eprint):
        reader.take("eprint", "eprinttype", "archiveprefix")
    return links
