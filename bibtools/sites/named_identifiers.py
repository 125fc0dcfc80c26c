"""Identifiers as people type and print them: the bare value of each kind, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from bibtools.model.identifiers import parse_arxiv, parse_doi

ARXIV, DOI, PMID, PMCID, ISBN = "arxiv", "doi", "pmid", "pmcid", "isbn"
ACL, DBLP, REPOSITORY, PDF = "acl", "dblp", "repository", "pdf"
TITLE, ADDRESS = "title", "address"
Found = tuple[str, str, str] | tuple[str, str]
"""Kind, value (of a DOI as it is printed), and why nobody can be asked."""


def read_arxiv(text: str) -> Found | None:
    """An arXiv ID, old or new, without its version."""
    # "2104.08821v4 [cs.CL] 18 May 2022" is what arXiv prints at the margin; "(2021)" what people
    # put behind it.
    if " " in text:
        text = text.rstrip(".,;:")
        text = re.sub(r"\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}$|[\s,]+\(?\d{4}\)?$", "", text)
    text = text.rstrip(".,;:")
    if text[:4].lower() == "abs/":
        text = text[4:]
    found = parse_arxiv(text) or parse_arxiv(text.lower())
    return (ARXIV, found.value) if found is not None else None


def read_doi(text: str) -> Found | None:
    """A DOI as it is printed; of one that arXiv gave the arXiv ID."""
    found = parse_doi(without_tail(text))
    if found is None or len(found.value) > 500:
        return None
    if (arxiv := parse_arxiv(found.value) or parse_arxiv(found.folded)) is not None:
        return ARXIV, arxiv.value
    if found.folded.startswith("10.1101/"):
        # bioRxiv and medRxiv print the version behind it.
        return DOI, re.sub(
            r"^(10\.1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})[vV]\d+$", r"\1", found.value
        )
    return DOI, found.value


def without_tail(text: str) -> str:
    """Without the punctuation of the sentence that it was copied from."""
    while text:
        last = text[-1]
        if last in ".,;:!?'\"\u201d\u2019" or (
            last in ")]}>" and text.count(last) > text.count("([{<"[")]}>".index(last)])
        ):
            text = text[:-1].rstrip()
        else:
            break
    return text


def read_pmid(text: str) -> Found | None:
    """A number of PubMed."""
    match = re.fullmatch(r"0*([1-9]\d{0,8})(?:\.\d)?\.?", text, re.ASCII)
    return (PMID, match[1]) if match else None


def read_pmcid(text: str) -> Found | None:
    """A number of PubMed Central."""
    match = re.fullmatch(r"(?:PMC)?([1-9]\d{0,8})(?:\.\d+)?\.?", text, re.ASCII | re.IGNORECASE)
    return (PMCID, f"PMC{match[1]}") if match else None


def read_isbn(text: str) -> Found | None:
    """Thirteen digits without hyphens; None when the check digit is wrong."""
    # "978-0-387-84858-7 (hardcover)."
    digits = isbn13(re.sub(r"[.,;]?\s*(?:\([^()]*\))?[\s.,;]*$", "", text))
    return (ISBN, digits) if digits is not None else None


DASHES: Final = r"\-\u2010-\u2015\u2212"
"""The hyphens of an ISBN as they are printed; within brackets of a pattern."""


def isbn13(text: str) -> str | None:
    """The 13 digits of an ISBN of 13 or 10, with hyphens or blanks; None for a wrong check digit.

    Source: the ISBN Users' Manual, 7th edition (https://www.isbn-international.org/).
    """
    digits = re.sub(rf"[{DASHES}\s]", "", text).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        total = sum(
            weight * (10 if one == "X" else int(one))
            for weight, one in zip(range(10, 0, -1), digits, strict=True)
        )
        return _with_check("978" + digits[:9]) if total % 11 == 0 else None
    if re.fullmatch(r"97[89]\d{10}", digits, re.ASCII):
        return digits if _with_check(digits[:12]) == digits else None
    return None


def _with_check(twelve: str) -> str:
    total = sum(int(one) * (3 if place % 2 else 1) for place, one in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def read_acl(text: str) -> Found | None:
    """An ID of the ACL Anthology, old or new."""
    if re.fullmatch(r"[A-Za-z]\d{2}-\d{4,5}", text, re.ASCII):
        return ACL, text.upper()
    if re.fullmatch(r"\d{4}\.[a-z0-9]+(?:-[a-z0-9]+)*\.\d+", text, re.ASCII | re.IGNORECASE):
        return ACL, text.lower()
    return None


def read_dblp(text: str) -> Found | None:
    """A key of DBLP; of one that stands for arXiv the arXiv ID."""
    match = re.fullmatch(
        r"(?:dblp:)?((?:books|conf|data|journals|ms|phd|reference|series|tr)/[\w.-]+/[\w.,/+=()'-]+)",
        text.removesuffix("/"),
        re.ASCII | re.IGNORECASE,
    )
    if match is None or any(not part.strip(".") for part in match[1].split("/")):
        return None
    key = match[1]
    # DBLP names what it takes from arXiv by its ID: "journals/corr/abs-2104-08821".
    corr = re.fullmatch(r"journals/corr/abs-(\d{4}-\d{4,5}|[a-z-]+-\d{7})", key)
    if corr and (arxiv := _of_corr(corr[1])) is not None:
        return ARXIV, arxiv
    return DBLP, key


def _of_corr(text: str) -> str | None:
    head, _, tail = text.rpartition("-")
    found = parse_arxiv(f"{head}.{tail}" if head.isdecimal() else f"{head}/{tail}")
    return found.value if found is not None else None


READERS: Final[Mapping[str, Callable[[str], Found | None]]] = {
    ARXIV: read_arxiv,
    DOI: read_doi,
    PMID: read_pmid,
    PMCID: read_pmcid,
    ISBN: read_isbn,
    ACL: read_acl,
    DBLP: read_dblp,
}
