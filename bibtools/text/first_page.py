"""Which paper a PDF is, by what its first pages and its metadata say.

A first page names other papers too (a footnote, a reference), so each claim says how strong it
is, and the record that it leads to must have its title on the page (`has_title`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bibtools.model.identifiers import parse_arxiv, parse_doi
from bibtools.text.titles import title_key, title_words

_MOST_LINES: Final = 40


@dataclass(frozen=True, slots=True)
class PaperClaim:
    """Something that may name the paper."""

    kind: str
    """`arxiv`, `doi` or `title`."""
    value: str
    rule: str
    """Where it stands, as a clause."""


def claims_of(pages: Sequence[str], info: Mapping[str, str], xmp: str) -> tuple[PaperClaim, ...]:
    """What may name the paper, the strongest first."""
    first = pages[0] if pages else ""
    found = [*_stamps(first), *_metadata(info, xmp), *_printed(first), *_titles(first, info, xmp)]
    distinct = {(one.kind, one.value.lower()): one for one in reversed(found)}
    return tuple(one for one in found if distinct[one.kind, one.value.lower()] is one)


def has_title(pages: Sequence[str], title: str) -> bool:
    """Whether the pages print this title, blind to case, line breaks and hyphens."""
    key = title_key(title)
    return len(key) >= 8 and any(key in _letters(page) for page in pages[:2])


def has_authors(pages: Sequence[str], families: Sequence[str]) -> bool:
    """Whether the first page prints most of these family names."""
    if not families or not pages:
        return False
    page = _letters(pages[0])
    known = [one for one in families[:10] if _letters(one) and _letters(one) in page]
    return 2 * len(known) >= min(len(families), 10)


def _letters(text: str) -> str:
    # A word that was broken at the end of a line, and one that has a hyphen, look the same.
    return title_key(re.sub(r"(?<=\w)[-\u00ad\u2010]\s*\n\s*(?=\w)", "", text))


def _stamps(page: str) -> list[PaperClaim]:
    """What arXiv prints at the margin: "arXiv:2104.08821v4 [cs.CL] 18 May 2022"."""
    match = re.search(
        r"arXiv\s*:\s*([\w.-]+(?:/\d{7})?(?:v\d+)?)\s*\[[A-Za-z.-]+\]\s*\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}",
        page,
    )
    if match is None or (found := parse_arxiv(match[1])) is None:
        return []
    return [PaperClaim("arxiv", found.value, "arXiv's stamp on the first page")]


def _metadata(info: Mapping[str, str], xmp: str) -> list[PaperClaim]:
    rule = "the metadata of the file"
    found = [
        PaperClaim("arxiv", arxiv.value, rule)
        for name in ("arxivid", "arxiv")
        if (arxiv := parse_arxiv(info.get(name, ""))) is not None
    ]
    said = [info.get(name, "") for name in ("doi", "wps-articledoi", "crossmarkdomains[1]")]
    said += re.findall(
        r"<(?:prism:doi|pdfx:doi|pdfx:WPS-ARTICLEDOI|crossmark:DOI|jav:doi)>\s*([^<\s]{7,200})\s*<",
        xmp,
    )
    said += re.findall(r"<dc:identifier>\s*(doi:[^<\s]{7,200}|10\.[^<\s]{7,200})\s*<", xmp)
    said += re.findall(r"\bdoi:\s*(10\.\d{4,9}/\S+)", info.get("subject", ""), re.IGNORECASE)
    for one in said:
        found += _doi(one, rule)
    return found


def _doi(text: str, rule: str) -> list[PaperClaim]:
    doi = parse_doi(text.strip().rstrip(".,;)"))
    if doi is None:
        return []
    if (arxiv := parse_arxiv(doi.value)) is not None:
        return [PaperClaim("arxiv", arxiv.value, rule)]
    return [PaperClaim("doi", doi.folded, rule)]


_DOI_PRINTED: Final = r"(?:doi\s*:\s*|doi\.org/)\s*(10\.\d{4,9}/[^\s\"<>]+)"


def _printed(page: str) -> list[PaperClaim]:
    """The DOI on the first page, where there is one alone, above the references."""
    head = re.split(r"(?im)^\s*(?:\d+\.?\s*)?references\s*$", page)[0]
    dois = {
        one.value: one
        for text in re.findall(_DOI_PRINTED, head, re.IGNORECASE)
        for one in _doi(text, "the DOI on the first page")
    }
    return list(dois.values()) if len(dois) == 1 else []


_NO_TITLE: Final = re.compile(
    r"microsoft word|untitled|\.(?:docx?|dvi|tex|pdf|indd|qxd|ps)\b|^(?:title|paper|manuscript)$"
    r"|^[\w.-]+\.\.\d|^doi:",
    re.IGNORECASE,
)


def _titles(page: str, info: Mapping[str, str], xmp: str) -> list[PaperClaim]:
    """The title of the metadata, and the first lines of the page."""
    found = []
    match = re.search(r"<dc:title>.{0,200}?<rdf:li[^>]*>([^<]{5,400})<", xmp, re.DOTALL)
    for said in (match[1] if match else "", info.get("title", "")):
        title = " ".join(said.split())
        said_well = len(title_words(title)) >= 3 and not _NO_TITLE.search(title)
        if said_well and has_title([page], title):
            found.append(PaperClaim("title", title, "the title in the metadata of the file"))
    lines = [" ".join(line.split()) for line in page.splitlines()[:_MOST_LINES]]
    lines = [line for line in lines if _may_be_title(line)][:3]
    for count in range(len(lines), 0, -1):
        title = _joined(lines[:count])
        if 3 <= len(title_words(title)) <= 40:
            found.append(PaperClaim("title", title, "the first lines of the first page"))
    return found


def _may_be_title(line: str) -> bool:
    return bool(line) and not re.search(
        r"arxiv:|doi|https?://|@|\bpublished (?:as|in|at)\b|\bproceedings of\b|\bunder review\b"
        r"|\bpreprint\b|\bcopyright\b|\u00a9|^\d+$|\bvol(?:ume|\.)\s|\bissn\b",
        line,
        re.IGNORECASE,
    )


def _joined(lines: Sequence[str]) -> str:
    text = ""
    for line in lines:
        text = text[:-1] + line if text.endswith("-") else f"{text} {line}".strip()
    return text
