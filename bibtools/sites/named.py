"""What a person names a work by: an identifier in any dress, an address, a file, a title.

    named("https://dl.acm.org/doi/abs/10.1145/3292500.3330701").kind  # "doi"
    named("Attention is all you need").kind                            # "title"

Nothing is asked here and no file is looked at. An address is taken apart, never fetched: most
publishers put the DOI into it, some another identifier, a few the title; what none of them does
is told in `Named.why_not`. Patterns are compiled when they are first needed, because one call
needs few of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from bibtools.sites.named_addresses import read_address
from bibtools.sites.named_identifiers import (
    ACL,
    ARXIV,
    DASHES,
    DBLP,
    DOI,
    ISBN,
    PDF,
    PMCID,
    PMID,
    READERS,
    TITLE,
    Found,
    read_acl,
    read_arxiv,
    read_dblp,
    read_doi,
    read_isbn,
    read_pmcid,
)

IDENTIFIERS: Final = frozenset({ARXIV, DOI, PMID, PMCID, ISBN, ACL, DBLP})
"""The kinds that name one work each."""
LONGEST: Final = 2_000
"""Characters; more is no name of a work."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a person named, as bibtools understands it."""

    kind: str
    """`arxiv doi pmid pmcid isbn acl dblp repository pdf title`; `address` for one that tells
    no identifier.
    """
    value: str
    """In the one spelling that means it: an arXiv ID without version, a DOI in lower case, 13
    digits of an ISBN, `PMC` and digits, a DBLP key without `DBLP:`, the address of a repository
    itself, a path, a title on one line.
    """
    text: str
    """As it was given."""
    why_not: str = ""
    """A clause that says why nobody can be asked for it; empty where somebody can."""
    version: int | None = None
    """Of an arXiv paper, where it was given."""
    printed: str = ""
    """A DOI in the letters in which it was given: capitals are no others, but look otherwise."""

    @property
    def shown(self) -> str:
        """For sentences: "arXiv:2104.08821", "doi:10.1145/3292500", or the title in quotes."""
        if self.kind == TITLE:
            return f'"{self.value}"'
        prefix = _SHOWN.get(self.kind)
        return f"{prefix}{self.value}" if prefix else self.value


_SHOWN: Final[Mapping[str, str]] = {
    ARXIV: "arXiv:",
    DOI: "doi:",
    PMID: "pmid:",
    ISBN: "isbn:",
    ACL: "acl:",
    DBLP: "dblp:",
}


def named(text: str) -> Named:
    """What was named, by anything that a person types; a title where it is nothing else."""
    bare = _undressed(text)
    if len(bare) > LONGEST:
        return Named(TITLE, bare[:100], text, f"it is longer than {LONGEST:,} characters")
    # "[2104.08821]" and "(arXiv:2104.08821)"; but "[Boats]" is a title.
    inner = bare[1:-1].strip() if bare[:1] + bare[-1:] in ("[]", "()") else bare
    # "[2104.08821] SimCSE: ..." is the title of a browser's window at arXiv.
    if (window := re.match(r"\[(\S+)\] \S", bare)) and read_arxiv(window[1]) is not None:
        bare = inner = window[1]
    found = _dressed(inner) or _bare(inner) or read_address(bare)
    if found is None and bare.lower().endswith(".pdf"):
        found = (PDF, _path(bare, text.strip()))
    if found is None:
        found = _copied(bare) or _nearly(bare) or (TITLE, bare)
    return _made(found, bare, text)


def named_identifier(text: str) -> Named | None:
    r"""What was named with a dress that says so, as `\cite{arxiv:2104.08821}` does.

    `arxiv:`, `doi:`, `pmid:`, `pmcid:`, `isbn:`, `acl:`, `dblp:` (in any case) or an http(s)
    address. None for everything else, a bare identifier and a title among it: those may be keys.
    """
    bare = _undressed(text)
    if len(bare) > LONGEST:
        return None
    if re.match(r"https?://", bare, re.IGNORECASE):
        found = read_address(bare)
    elif re.match(r"[a-z]+(?:-1[03])?\s*:", bare, re.IGNORECASE):
        found = _dressed(bare)
    else:
        found = None
    return _made(found, bare, text) if found is not None else None


def _path(bare: str, text: str) -> str:
    """The path of a file, which may have two blanks in a row, or be an address (RFC 8089)."""
    if bare[:5].lower() == "file:":
        return unquote(re.sub(r"^file:(?://[^/]*)?", "", bare, flags=re.IGNORECASE))
    return text if text.lower().endswith(".pdf") else bare


def _made(found: Found, bare: str, text: str) -> Named:
    version = None
    if (
        found[0] == ARXIV
        and "v" in bare
        and (match := re.search(r"\d{3}v([1-9]\d{0,3})(?!\w)", unquote(bare)))
    ):
        version = int(match[1])
    why_not = found[2] if len(found) > 2 else ""
    if found[0] == DOI and not why_not:
        return Named(DOI, found[1].lower(), text, printed=found[1])
    return Named(found[0], found[1], text, why_not, version)


def _undressed(text: str) -> str:
    r"""Without what stands around a name that was copied: `<...>`, quotes, `\url{...}`."""
    bare = " ".join(text.split())
    while len(bare) > 2:
        inner = bare
        for start, end in _AROUND:
            if bare.startswith(start) and bare.endswith(end):
                inner = bare[len(start) : len(bare) - len(end)].strip()
                break
        if inner == bare:
            break
        bare = inner
    # A URN (RFC 8141) or an address of "info:" (RFC 4452) says with more words what "doi:" says.
    return re.sub(r"^(?:urn|info):(?=(?:doi|isbn|pmid|arxiv)[:/])", "", bare, flags=re.IGNORECASE)


_AROUND: Final = (
    ("<", ">"),
    ('"', '"'),
    ("'", "'"),
    ("`", "`"),
    ("\u201c", "\u201d"),
    ("\u201e", "\u201c"),
    ("\u00ab", "\u00bb"),
    ("\\url{", "}"),
)


# --- with a word before it ----------------------------------------------------------------------


def _dressed(bare: str) -> Found | None:
    """An identifier behind the word that says which it is."""
    if not bare[:1].isalpha():
        return None
    match = re.match(
        r"(arxiv(?:\s+preprint)?(?:\s+arxiv)?|corr|eprint|doi|pmid|pubmed|pmcid|pmc|"
        r"isbn(?:-?1[03])?|acl|dblp)(\s*:\s*|\s+|/(?=10\.|\d+$|\d{4}\.\d))(?=\S)",
        bare,
        re.IGNORECASE,
    )
    if match is None:
        return None
    word, rest = match[1].lower().partition(" ")[0], bare[match.end() :]
    kind = _WORDS.get(word, ISBN if word.startswith("isbn") else word)
    found = READERS[kind](rest)
    if found is not None:
        return found
    if ":" not in match[2] or " " in rest:
        # "DBLP: some lessons learned", "DOI considered harmful": titles.
        return None
    if word in ("eprint", "corr") or rest.startswith("//"):
        return None
    return kind, rest, f"that is no {_NAMES[kind]}"


_WORDS: Final[Mapping[str, str]] = {
    "eprint": ARXIV,
    "corr": ARXIV,
    "pubmed": PMID,
    "pmc": PMCID,
}
_NAMES: Final[Mapping[str, str]] = {
    ARXIV: "arXiv ID",
    DOI: "DOI",
    PMID: "PubMed ID",
    PMCID: "ID of PubMed Central",
    ISBN: "ISBN (its check digit is wrong, or it has another length)",
    ACL: "ID of the ACL Anthology",
    DBLP: "key of DBLP",
}


# --- without --------------------------------------------------------------------------------------


def _bare(bare: str) -> Found | None:
    """An identifier that can be nothing else."""
    if "://" in bare:
        return None
    if bare.startswith("10."):
        return read_doi(unquote(bare) if re.match(r"10\.[\d.]+%2f", bare, re.IGNORECASE) else bare)
    found = read_arxiv(bare) or read_acl(bare) or read_dblp(bare)
    if found is not None:
        return found
    if re.fullmatch(r"PMC\d+(?:\.\d+)?", bare, re.ASCII | re.IGNORECASE):
        return read_pmcid(bare)
    # Ten digits in a row are anybody's; in four groups they are an ISBN, if the check fits.
    groups = rf"\d{{1,5}}([{DASHES} ])\d{{1,7}}\1\d{{1,7}}\1[\dX]"
    thirteen = rf"97[89][{DASHES}\d ]+"
    if re.fullmatch(rf"{groups}|{thirteen}", bare, re.ASCII | re.IGNORECASE):
        return read_isbn(bare)
    return None


def _copied(bare: str) -> Found | None:
    """An address with words behind it: "accessed May 2021"."""
    if re.match(r"https?://\S+ ", bare, re.IGNORECASE):
        return read_address(bare.partition(" ")[0])
    return None


def _nearly(bare: str) -> Found | None:
    """What looks like an identifier and is none: no title, so nobody is asked for it as one."""
    for kind, pattern in (
        (ARXIV, r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?"),
        (
            ISBN,
            rf"97[89](?:[{DASHES} ]?\d){{10}}|"
            rf"(?=(?:[{DASHES} ]?[\dXx]){{10}}$)\d+([{DASHES} ])\d+\1\d+\1[\dXx]",
        ),
    ):
        if re.fullmatch(pattern, bare, re.ASCII):
            return kind, bare, f"that is no {_NAMES[kind]}"
    return None
