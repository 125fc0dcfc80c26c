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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bibtools.model.identifiers import parse_arxiv, parse_doi

ARXIV, DOI, PMID, PMCID, ISBN = "arxiv", "doi", "pmid", "pmcid", "isbn"
ACL, DBLP, REPOSITORY, PDF = "acl", "dblp", "repository", "pdf"
TITLE, ADDRESS = "title", "address"
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
_Found = tuple[str, str, str] | tuple[str, str]
"""Kind, value, and why nobody can be asked."""


def named(text: str) -> Named:
    """What was named, by anything that a person types; a title where it is nothing else."""
    bare = _undressed(text)
    if len(bare) > LONGEST:
        return Named(TITLE, bare[:100], text, f"it is longer than {LONGEST:,} characters")
    found = _dressed(bare) or _bare(bare) or _address(bare)
    if found is None and bare.lower().endswith(".pdf"):
        found = (PDF, bare)
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
        found = _address(bare)
    elif re.match(r"[a-z]+(?:-1[03])?\s*:", bare, re.IGNORECASE):
        found = _dressed(bare)
    else:
        found = None
    return _made(found, bare, text) if found is not None else None


def _made(found: _Found, bare: str, text: str) -> Named:
    version = None
    if (
        found[0] == ARXIV
        and "v" in bare
        and (match := re.search(r"\d{3}v([1-9]\d{0,3})(?!\w)", unquote(bare)))
    ):
        version = int(match[1])
    return Named(found[0], found[1], text, found[2] if len(found) > 2 else "", version)


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
    return bare


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


def _dressed(bare: str) -> _Found | None:
    """An identifier behind the word that says which it is."""
    if not bare[:1].isalpha():
        return None
    match = re.match(
        r"(arxiv(?:\s+preprint)?(?:\s+arxiv)?|corr|eprint|doi|pmid|pubmed|pmcid|pmc|"
        r"isbn(?:-?1[03])?|acl|dblp)(\s*:\s*|\s+)(?=\S)",
        bare,
        re.IGNORECASE,
    )
    if match is None:
        return None
    word, rest = match[1].lower().partition(" ")[0], bare[match.end() :]
    kind = _WORDS.get(word, ISBN if word.startswith("isbn") else word)
    found = _READERS[kind](rest)
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


def _arxiv(text: str) -> _Found | None:
    # "2104.08821v4 [cs.CL] 18 May 2022" is what arXiv prints at the margin; "(2021)" what people
    # put behind it.
    if " " in text:
        text = re.sub(r"\s+\d{1,2}\s+[A-Z][a-z]{2}\s+\d{4}$|[\s,]+\(?\d{4}\)?$", "", text)
    text = text.rstrip(".,;:")
    if text[:4].lower() == "abs/":
        text = text[4:]
    found = parse_arxiv(text) or parse_arxiv(text.lower())
    return (ARXIV, found.value) if found is not None else None


def _doi(text: str) -> _Found | None:
    found = parse_doi(_without_tail(text))
    if found is None or len(found.value) > 500:
        return None
    folded = found.folded
    if (arxiv := parse_arxiv(found.value) or parse_arxiv(folded)) is not None:
        return ARXIV, arxiv.value
    if folded.startswith("10.1101/"):
        # bioRxiv and medRxiv print the version behind it.
        folded = re.sub(r"^(10\.1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})v\d+$", r"\1", folded)
    return DOI, folded


def _without_tail(text: str) -> str:
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


def _pmid(text: str) -> _Found | None:
    match = re.fullmatch(r"0*([1-9]\d{0,8})(?:\.\d)?\.?", text, re.ASCII)
    return (PMID, match[1]) if match else None


def _pmcid(text: str) -> _Found | None:
    match = re.fullmatch(r"(?:PMC)?([1-9]\d{0,8})(?:\.\d+)?\.?", text, re.ASCII | re.IGNORECASE)
    return (PMCID, f"PMC{match[1]}") if match else None


def _isbn(text: str) -> _Found | None:
    digits = isbn13(text)
    return (ISBN, digits) if digits is not None else None


def isbn13(text: str) -> str | None:
    """The 13 digits of an ISBN of 13 or 10, with hyphens or blanks; None for a wrong check digit.

    Source: the ISBN Users' Manual, 7th edition (https://www.isbn-international.org/).
    """
    digits = re.sub(r"[\s\u2010-\u2015\u2212-]", "", text).upper()
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


def _acl(text: str) -> _Found | None:
    if re.fullmatch(r"[A-Za-z]\d{2}-\d{4,5}", text, re.ASCII):
        return ACL, text.upper()
    if re.fullmatch(r"\d{4}\.[a-z0-9]+(?:-[a-z0-9]+)*\.\d+", text, re.ASCII | re.IGNORECASE):
        return ACL, text.lower()
    return None


def _dblp(text: str) -> _Found | None:
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


_READERS: Final[Mapping[str, Callable[[str], _Found | None]]] = {
    ARXIV: _arxiv,
    DOI: _doi,
    PMID: _pmid,
    PMCID: _pmcid,
    ISBN: _isbn,
    ACL: _acl,
    DBLP: _dblp,
}


# --- without --------------------------------------------------------------------------------------


def _bare(bare: str) -> _Found | None:
    """An identifier that can be nothing else."""
    if "://" in bare:
        return None
    if bare.startswith("10."):
        return _doi(unquote(bare) if re.match(r"10\.[\d.]+%2f", bare, re.IGNORECASE) else bare)
    found = _arxiv(bare) or _acl(bare) or _dblp(bare)
    if found is not None:
        return found
    if re.fullmatch(r"PMC\d+(?:\.\d+)?", bare, re.ASCII | re.IGNORECASE):
        return _pmcid(bare)
    # Ten digits in a row are anybody's; in four groups they are an ISBN, if the check fits.
    groups = re.fullmatch(r"\d{1,5}([- ])\d{1,7}\1\d{1,7}\1[\dXx]", bare, re.ASCII)
    if groups or re.match(r"97[89][\d-]", bare):
        return _isbn(bare)
    return None


def _copied(bare: str) -> _Found | None:
    """An address with words behind it: "accessed May 2021"."""
    if re.match(r"https?://\S+ ", bare, re.IGNORECASE):
        return _address(bare.partition(" ")[0])
    return None


def _nearly(bare: str) -> _Found | None:
    """What looks like an identifier and is none: no title, so nobody is asked for it as one."""
    for kind, pattern in (
        (ARXIV, r"\d{4}\.\d{4,5}(?:v\d+)?|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/\d{7}(?:v\d+)?"),
        (ISBN, r"97[89](?:[- ]?\d){10}|(?=(?:[- ]?[\dXx]){10}$)\d+([- ])\d+\1\d+\1[\dXx]"),
    ):
        if re.fullmatch(pattern, bare, re.ASCII):
            return kind, bare, f"that is no {_NAMES[kind]}"
    return None


# --- addresses ------------------------------------------------------------------------------------


class _Page(NamedTuple):
    """An address taken apart."""

    url: str
    host: str
    """In lower case, without `www.`."""
    path: str
    """Decoded, without slashes at its ends."""
    query: Mapping[str, str]


def _address(bare: str) -> _Found | None:
    """What an address stands for; None for a text that is none."""
    bare = re.sub(r"^git@([\w.-]+):", r"https://\1/", bare)
    bare = re.sub(r"^(?:git\+|ssh://git@|git://)", "https://", bare).replace(
        "https://https://", "https://"
    )
    if not re.match(r"https?://", bare, re.IGNORECASE):
        # "arxiv.org/abs/..." without its scheme; "and/or" and "v1.5/v2" are words.
        if not re.match(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+$", bare, re.IGNORECASE):
            return None
        bare = "https://" + bare
    if " " in bare:
        return None
    page = _taken_apart(_without_tail(bare))
    if page is None:
        return ADDRESS, bare, "it is no address that can be read"
    for hosts, read in _SITES:
        if (page.host in hosts or any(page.host.endswith(f".{one}") for one in hosts)) and (
            found := read(page)
        ) is not None:
            return found
    return _any_page(page)


def _taken_apart(url: str) -> _Page | None:
    try:
        parts: SplitResult = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        query = dict(parse_qsl(parts.query))
        # A DOI may have a hash in it, but no publisher's address prints it so.
        path = unquote(parts.path).strip("/")
    except ValueError:
        return None
    return _Page(url, host, path, query) if host else None


def _any_page(page: _Page) -> _Found:
    """A page of any host: the DOI in it, or nothing."""
    for name in ("doi", "id", "DOI"):
        value = page.query.get(name, "")
        if value.startswith("10.") and (found := _doi(value)) is not None:
            return found
    match = re.search(r"(?:^|/)(10\.\d{4,9}(?:\.\d+)*/\S+)$", page.path)
    if match and (found := _doi(_doi_of_path(match[1], page.host))) is not None:
        return found
    return ADDRESS, page.url, "no identifier is in it, and bibtools asks no service for it"


# Where the DOI ends and the address goes on.
_ENDS: Final[Mapping[str, str]] = {
    "direct.mit.edu": r"10\.1162/[^/]+",
    "academic.oup.com": r"10\.1093/[^/]+/[^/]+",
    "biorxiv.org": r"10\.\d+/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}",
    "medrxiv.org": r"10\.\d+/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8}",
    "frontiersin.org": r"10\.3389/[^/]+",
    "iopscience.iop.org": r"10\.\d+/[\w.-]+(?:/\d+/\d+/\w+)*",
    "journals.aps.org": r"10\.1103/[^/]+",
    "link.aps.org": r"10\.1103/[^/]+",
    "asmedigitalcollection.asme.org": r"10\.1115/[^/]+",
    "karger.com": r"10\.1159/\d+",
}


def _doi_of_path(text: str, host: str) -> str:
    if (end := _ENDS.get(host)) and (match := re.match(end, text)):
        return match[0]
    text = re.sub(r"/(?:full/?html|full/pdf|full|abstract|abs|meta|e?pdf|html|summary|references|"
                  r"supp-?info|(?:figures|tables)(?:/\d+)?|metrics|citations|pdfft|download|"
                  r"suppl_file/[^/]+)$", "", text)  # fmt: skip
    return re.sub(
        r"(?:\.full)?(?:\.pdf|\.html?|\.epub|\.xml)(?:\+html)?$|\.full(?:-text)?$", "", text
    )


def _arxiv_page(page: _Page) -> _Found | None:
    """arXiv, its mirrors, and the readers that have its IDs in their addresses."""
    path = re.sub(r"\.(?:pdf|ps|ps\.gz|html?|md)$", "", page.path, flags=re.IGNORECASE)
    match = re.search(
        r"(?:^|/)(?:arxiv:)?((?:[a-z-]+(?:\.[A-Za-z-]{2,})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?)(?=/|$)",
        path,
        re.IGNORECASE,
    )
    return _arxiv(match[1]) if match else None


def _ads(page: _Page) -> _Found | None:
    match = re.search(r"(?:^|/)\d{4}arXiv(\d{4})\.?(\d{4,5})[A-Z.](?:/|$)", page.path)
    return _arxiv(f"{match[1]}.{match[2]}") if match else _arxiv_page(page)


def _doi_page(page: _Page) -> _Found | None:
    return _doi(page.path.removeprefix("doi/"))


def _nature(page: _Page) -> _Found | None:
    match = re.match(r"articles/([\w.-]+?)(?:\.e?pdf)?(?:/|$)", page.path)
    return _doi(f"10.1038/{match[1]}") if match else None


def _ijcai(page: _Page) -> _Found | None:
    match = re.match(r"proceedings/(20\d\d)/0*(\d+)(?:\.pdf)?$", page.path)
    return _doi(f"10.24963/ijcai.{match[1]}/{match[2]}") if match and match[1] > "2016" else None


def _numbered(pattern: str, prefix: str) -> Callable[[_Page], _Found | None]:
    """Sites whose DOIs are made of the number in the address."""

    def read(page: _Page) -> _Found | None:
        match = re.match(pattern, page.path)
        return _doi(prefix + match[1]) if match else None

    return read


def _ssrn(page: _Page) -> _Found | None:
    number = page.query.get("abstract_id") or page.query.get("abstractid") or ""
    match = re.match(r"abstract=(\d+)$", page.path)
    number = match[1] if match else number
    return _doi(f"10.2139/ssrn.{number}") if number.isdecimal() and number.isascii() else None


def _ncbi(page: _Page) -> _Found | None:
    match = re.search(r"(?:^|/)(PMC\d+)(?:/|$)", page.path, re.IGNORECASE)
    if match:
        return _pmcid(match[1])
    match = re.match(r"(?:pubmed/|m/pubmed/)?(\d+)(?:/|$)", page.path)
    inside = page.host.startswith("pubmed.") or "pubmed" in page.path
    return _pmid(match[1]) if match and inside else None


def _europe_pmc(page: _Page) -> _Found | None:
    match = re.match(r"(?:article|abstract)s?/(MED|PMC)/(\w+)$", page.path, re.IGNORECASE)
    if match is None:
        return _ncbi(page)
    return (_pmid if match[1].upper() == "MED" else _pmcid)(match[2])


def _anthology(page: _Page) -> _Found | None:
    match = re.match(
        r"(?:anthology/|papers/)?(?:[A-Z]/[A-Z]\d\d/)?"
        r"([A-Za-z]\d\d-\d{4,5}|\d{4}\.[\w-]+\.\d+)(?:v\d+)?(?:\.pdf|\.bib|\.xml|\.endf)?(?:/|$)",
        page.path,
    )
    return _acl(match[1]) if match else None


def _dblp_page(page: _Page) -> _Found | None:
    if page.path.startswith("doi/"):
        return _doi_page(page)
    path = re.sub(r"^rec/(?:html\d?/|bibtex\d?/|bib\d?/|xml/|rdf/|ris/|nt/|ttl/)?", "", page.path)
    path = re.sub(r"\.(?:html|bib|xml|rdf|ris|nt|ttl)$", "", path)
    return _dblp(path) if page.path.startswith("rec/") else None


def _book(page: _Page) -> _Found | None:
    match = re.search(
        r"(?:^|/)(?:isbn|books?|dp)[/:=]?([\dXx-]{10,17})(?:/|$)", page.path, re.IGNORECASE
    )
    value = match[1] if match else page.query.get("isbn") or page.query.get("vid", "")
    return _isbn(re.sub(r"^isbn:?", "", value, flags=re.IGNORECASE)) if value else None


def _hosted(page: _Page) -> _Found | None:
    """A repository on GitHub, GitLab, Bitbucket or Codeberg, whatever file of it is shown."""
    path = re.split(r"/-/", page.path)[0]
    parts = [part for part in path.split("/") if part]
    if page.host.startswith("gist.") or len(parts) < 2 or parts[0] in _NO_OWNERS:
        return None
    # GitLab has groups in groups; the others have an owner and a name.
    depth = len(parts) if page.host.startswith("gitlab.") else 2
    kept = [*parts[: depth - 1], parts[depth - 1].removesuffix(".git")]
    if not all(re.fullmatch(r"[\w.-]+", part, re.ASCII) and part.strip(".") for part in kept):
        return None
    return REPOSITORY, f"https://{page.host}/{'/'.join(kept)}"


_NO_OWNERS: Final = frozenset(
    "about collections explore features issues login marketplace orgs pulls search settings "
    "sponsors topics trending users".split()
)


def _hugging_face(page: _Page) -> _Found | None:
    if page.path.startswith("papers/"):
        return _arxiv_page(page)
    match = re.match(r"((?:spaces/|datasets/)?[\w.-]+/[\w.-]+)", page.path, re.ASCII)
    first = page.path.partition("/")[0]
    if match is None or first in _HUB_PAGES:
        return None
    if first in ("spaces", "datasets") and match[1].count("/") < 2:
        return None
    return REPOSITORY, f"https://huggingface.co/{match[1]}"


_HUB_PAGES: Final = frozenset(
    "api blog chat collections docs enterprise join learn login models new organizations papers "
    "posts pricing settings support tasks".split()
)


def _open_access(page: _Page) -> _Found | None:
    """The CVF's pages have the first author's name and the title in their addresses."""
    match = re.search(r"/[^/_]+_([^/]+)_[A-Z]+W?_\d{4}_paper\.(?:html|pdf)$", page.path)
    return (TITLE, match[1].replace("_", " ")) if match else None


def _slug(page: _Page) -> _Found | None:
    """Papers with Code has (the beginning of) the title in its addresses."""
    if (found := _arxiv_page(page)) is not None:
        return found
    match = re.match(r"paper/([a-z0-9-]+?)(?:-\d)?(?:/|$)", page.path)
    if match is None:
        return None
    return TITLE, match[1].replace("-", " ")


def _nobody(who: str) -> Callable[[_Page], _Found | None]:
    """Sites whose addresses have numbers of their own."""

    def read(page: _Page) -> _Found | None:
        found = _any_page(page)
        if found[0] != ADDRESS:
            return found
        return ADDRESS, page.url, f"it has a number of {who} in it, whom bibtools does not ask"

    return read


_SITES: Final[tuple[tuple[frozenset[str], Callable[[_Page], _Found | None]], ...]] = tuple(
    (frozenset(hosts.split()), read)
    for hosts, read in (
        ("arxiv.org alphaxiv.org ar5iv.org arxiv-vanity.com xxx.lanl.gov scirate.com "
         "emergentmind.com arxiv.gg", _arxiv_page),
        ("adsabs.harvard.edu", _ads),
        ("doi.org", _doi_page),
        ("nature.com", _nature),
        ("ijcai.org", _ijcai),
        ("elifesciences.org", _numbered(r"articles/(\d+)", "10.7554/eLife.")),
        ("zenodo.org", _numbered(r"records?/(\d+)", "10.5281/zenodo.")),
        ("figshare.com", _numbered(r"articles/(?:.+/)?(\d+)(?:/\d+)?$", "10.6084/m9.figshare.")),
        ("psyarxiv.com", _numbered(r"(\w{5,})", "10.31234/osf.io/")),
        ("osf.io", _numbered(r"preprints/psyarxiv/(\w{5,}?)(?:_v\d+)?(?:/|$)", "10.31234/osf.io/")),
        ("osf.io", _numbered(r"preprints/socarxiv/(\w{5,}?)(?:_v\d+)?(?:/|$)", "10.31235/osf.io/")),
        ("ssrn.com", _ssrn),
        ("europepmc.org", _europe_pmc),
        ("ncbi.nlm.nih.gov", _ncbi),
        ("aclanthology.org aclweb.org aclanthology.info aclanthology.coli.uni-saarland.de",
         _anthology),
        ("dblp.org dblp.uni-trier.de dblp.dagstuhl.de", _dblp_page),
        ("openlibrary.org worldcat.org books.google.com isbnsearch.org goodreads.com amazon.com "
         "amazon.de amazon.co.uk", _book),
        ("github.com gitlab.com bitbucket.org codeberg.org", _hosted),
        ("huggingface.co hf.co", _hugging_face),
        ("openaccess.thecvf.com", _open_access),
        ("paperswithcode.com", _slug),
        ("semanticscholar.org", _arxiv_page),
        ("semanticscholar.org", _nobody("Semantic Scholar")),
        ("openreview.net", _nobody("OpenReview")),
        ("ieeexplore.ieee.org", _nobody("IEEE Xplore")),
        ("sciencedirect.com", _nobody("ScienceDirect")),
        ("openalex.org", _nobody("OpenAlex")),
        ("inspirehep.net", _nobody("INSPIRE")),
        ("scholar.google.com", _nobody("Google Scholar")),
        ("mdpi.com", _nobody("MDPI")),
        ("neurips.cc nips.cc", _nobody("NeurIPS")),
        ("proceedings.mlr.press jmlr.org", _nobody("JMLR and PMLR")),
        ("usenix.org", _nobody("USENIX")),
        ("ojs.aaai.org aaai.org", _nobody("AAAI")),
    )
)  # fmt: skip
