"""Identifiers and addresses: well formed, checksums right, in the field they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Final

from bibtools.checks.findings import Finding, Fix
from bibtools.checks.views import EntryView, shown
from bibtools.model.identifiers import ArxivId, parse_arxiv, parse_doi
from bibtools.text.latex_decode import verbatim

_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/\S+")
_DOI_DRESS = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.", re.IGNORECASE)
_ARXIV_DRESS = re.compile(r"(?:arxiv:\s*|https?://(?:www\.)?arxiv\.org/abs/)", re.IGNORECASE)
_CLASS_BEHIND = re.compile(r"\s*\[[A-Za-z.-]+\]$")
_PREPRINT_VENUE = re.compile(r"\b(?:arxiv|corr|preprint|e-?print)", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\xad", "-"))
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?=\S)")
_WRAPPED_URL = re.compile(r"\\url\s*\{([^{}\\]*)\}")
_YEAR = re.compile(r"\d{4}")


def check_doi(view: EntryView) -> Iterator[Finding]:
    """`doi`: a DOI and nothing else."""
    raw = view.fields.get("doi", "")
    value = verbatim(raw).strip()
    if not value or _DOI.fullmatch(value):
        return
    found = parse_doi(value)
    fix: Fix | None = None
    if found is None:
        message = f'"{shown(value)}" is not a DOI.'
        hint = 'A DOI begins with "10.", a number and a slash, and has no blanks.'
    else:
        message = f'The field "doi" holds more than the DOI: "{shown(value)}".'
        hint = f'Write "{found}"; styles put the address before it.'
        # Only what is there without its first part: nothing is decoded or respelt.
        bare = raw[len(dress[0]) :] if (dress := _DOI_DRESS.match(raw)) else ""
        if _DOI.fullmatch(bare):
            fix = view.replacement("doi", bare)
    yield view.at_field("doi", "doi", "warning" if found else "error", message, hint, fix)


def check_arxiv(view: EntryView) -> Iterator[Finding]:
    """`eprint` of an arXiv paper: an arXiv ID and nothing else."""
    value = view.fields.get("eprint", "").strip()
    if not value or not _says_arxiv(view):
        return
    bare = _CLASS_BEHIND.sub("", value)
    if parse_arxiv(value) is None:
        yield view.at_field(
            "eprint",
            "arxiv",
            "error",
            f'"{shown(value)}" is not an arXiv ID.',
            "An arXiv ID looks like 2104.08821 or hep-th/9901001.",
        )
    elif dress := _ARXIV_DRESS.match(bare):
        rest = bare[dress.end() :]
        fix = view.replacement("eprint", rest) if bare == value and parse_arxiv(rest) else None
        yield view.at_field(
            "eprint",
            "arxiv",
            "warning",
            f'The field "eprint" holds more than the arXiv ID: "{shown(value)}".',
            f'Write "{parse_arxiv(value)}"; styles put "arXiv:" before it.',
            fix,
        )


def _says_arxiv(view: EntryView) -> bool:
    fields = view.fields
    kind = fields.get("archiveprefix") or fields.get("eprinttype", "")
    return kind.lower() == "arxiv" or fields.get("eprint", "").lower().startswith("arxiv:")


def _arxiv_id(view: EntryView) -> tuple[ArxivId, str] | None:
    """The arXiv ID an entry gives, and the field it stands in."""
    if _says_arxiv(view):
        found = parse_arxiv(view.fields.get("eprint", ""))
        return (found, "eprint") if found else None
    doi = verbatim(view.fields.get("doi", "")).strip()
    found = parse_arxiv(doi) if "48550" in doi else None
    return (found, "doi") if found else None


def _venue(view: EntryView) -> str:
    """Where it was published; empty for a preprint."""
    names = ("journal", "journaltitle", "booktitle", "school", "institution")
    venue = next((view.fields[name] for name in names if view.fields.get(name)), "")
    return "" if _PREPRINT_VENUE.search(venue) else venue


def check_arxiv_doi(view: EntryView) -> Iterator[Finding]:
    """The DOI of a preprint in an entry for what became of it."""
    value = verbatim(view.fields.get("doi", ""))
    venue = _venue(view)
    if venue and _ARXIV_DOI.search(value) and view.entry.type != "misc":
        yield view.at_field(
            "doi",
            "arxiv-doi",
            "warning",
            f'This DOI is that of the preprint; the entry appeared in "{shown(venue)}".',
            'Put the arXiv ID into "eprint", and the published DOI here.',
        )


def check_arxiv_year(view: EntryView) -> Iterator[Finding]:
    """The year of an entry against the year its arXiv ID tells."""
    given = _arxiv_id(view)
    name = "year" if view.fields.get("year") else "date"
    match = _YEAR.match(view.fields.get(name, ""))
    if given is None or match is None:
        return
    found, year = given[0], int(match[0])
    if _venue(view) or view.entry.type not in ("misc", "online", "unpublished", "article"):
        # Papers are posted after they appeared, too, but seldom years after.
        if year < found.year - 1:
            yield view.at_field(
                name,
                "arxiv-year",
                "note",
                f"The year is {year}, but arXiv:{found} was first submitted in {found.year}.",
                "Look whether year and ID belong to the same paper.",
            )
    elif year < found.year or (year > found.year and found.version is None):
        yield view.at_field(
            name,
            "arxiv-year",
            "warning",
            f"The year is {year}, but arXiv:{found} was first submitted in {found.year}.",
            "Give the year of the ID, or the version (v2) that is from the later year.",
        )


def isbn_fault(isbn: str) -> str | None:
    """What is wrong with an ISBN (ISO 2108), as the end of a sentence; None when nothing is."""
    digits = isbn.translate(_DASHES).replace("-", "").replace(" ", "").upper()
    if re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        total = sum((10 - i) * (10 if mark == "X" else int(mark)) for i, mark in enumerate(digits))
        return "has a wrong check digit" if total % 11 else None
    if re.fullmatch(r"97[89]\d{10}", digits, re.ASCII):
        total = sum(int(mark) * (3 if i % 2 else 1) for i, mark in enumerate(digits))
        return "has a wrong check digit" if total % 10 else None
    return "is not an ISBN of 10 or 13 digits"


def issn_fault(issn: str) -> str | None:
    """What is wrong with an ISSN (ISO 3297), as the end of a sentence; None when nothing is."""
    digits = issn.translate(_DASHES).replace("-", "").replace(" ", "").upper()
    if not re.fullmatch(r"\d{7}[\dX]", digits, re.ASCII):
        return "is not an ISSN of eight digits"
    total = sum((8 - i) * (10 if mark == "X" else int(mark)) for i, mark in enumerate(digits))
    return "has a wrong check digit" if total % 11 else None


_LABEL = re.compile(r"\((?:[^()]*)\)|\b(?:e-?|p-?)?IS[BS]N(?:-1[03])?\b:?", re.IGNORECASE)
_NUMBERS: Final = {
    "isbn": re.compile(r"[\dXx][\dXx -]*[\dXx]|[^\s,;/]+"),
    "issn": re.compile(r"[\dXx]{4}\s?-?\s?[\dXx]{4}(?![\dXx])|[^\s,;/]+"),
}


def _check_numbers(name: str, view: EntryView) -> Iterator[Finding]:
    """`isbn` and `issn`: each number in the field."""
    value = view.fields.get(name, "")
    if not value:
        return
    text = _LABEL.sub(" ", verbatim(value).translate(_DASHES).replace("--", "-"))
    fault = isbn_fault if name == "isbn" else issn_fault
    numbers: list[str] = []
    for part in re.split(r"[,;/]|\band\b", text):
        whole = part.strip()
        words = whole.split()
        if not whole or not fault(whole):
            numbers += [whole] if whole else []
        elif any(fault(word) is None for word in words):
            # Several numbers may stand behind blanks, and one may have blanks in it.
            numbers += words
        else:
            numbers += _NUMBERS[name].findall(whole)
    for number in numbers:
        wrong = fault(number)
        if wrong:
            yield view.at_field(
                name,
                name,
                "warning",
                f'"{shown(number)}" {wrong}.',
                "Compare it with the book or the journal: a digit is wrong or missing.",
            )
    compact = value.strip()
    if name == "issn" and re.fullmatch(r"\d{7}[\dXx]", compact) and not fault(compact):
        yield view.at_field(
            name,
            name,
            "note",
            f'The ISSN "{compact}" is written without its hyphen.',
            None,
            view.replacement(name, f"{compact[:4]}-{compact[4:]}"),
        )


check_isbn = partial(_check_numbers, "isbn")
check_issn = partial(_check_numbers, "issn")


def check_url(view: EntryView) -> Iterator[Finding]:
    r"""`url`: one address, with its scheme, without blanks and without `\url`."""
    raw = view.fields.get("url", "").strip()
    if not raw:
        return
    wrapped = _WRAPPED_URL.fullmatch(raw)
    if wrapped:
        yield view.at_field(
            "url",
            "url",
            "warning",
            r'The field "url" holds the command "\url"; styles put it there themselves.',
            None,
            view.replacement("url", wrapped[1].strip()),
        )
    value = verbatim(wrapped[1] if wrapped else raw).strip()
    message = hint = None
    if re.search(r"\s", value):
        message, hint = f'"{shown(value)}" has a blank in it.', "Give one address in this field."
    elif not _SCHEME.match(value):
        message = f'"{shown(value)}" has no scheme.'
        hint = 'Write "https://" (or what it is) before it.'
    elif re.match(r"https?:", value, re.IGNORECASE) and not re.match(
        r"https?://[^/\s]+", value, re.IGNORECASE
    ):
        message, hint = f'"{shown(value)}" is no address.', 'It goes on with "//" and a host.'
    if message:
        yield view.at_field("url", "url", "warning", message, hint)
