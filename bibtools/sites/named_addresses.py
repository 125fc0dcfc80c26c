"""What an address stands for; nothing is fetched.

Most publishers put the DOI into it, some another identifier, a few the title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from bibtools.sites.named_identifiers import (
    ADDRESS,
    REPOSITORY,
    TITLE,
    Found,
    read_acl,
    read_arxiv,
    read_dblp,
    read_doi,
    read_isbn,
    read_pmcid,
    read_pmid,
    without_tail,
)


class _Page(NamedTuple):
    """An address taken apart."""

    url: str
    host: str
    """In lower case, without `www.`."""
    path: str
    """Decoded, without slashes at its ends."""
    query: Mapping[str, str]


def read_address(bare: str) -> Found | None:
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
    page = _taken_apart(without_tail(bare))
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


_WITHIN: Final = ("url", "qurl", "q", "target")


def _any_page(page: _Page) -> Found:
    """A page of any host: the DOI in it, or nothing."""
    for name in ("doi", "id", "DOI"):
        value = page.query.get(name, "")
        if value.startswith("10.") and (found := read_doi(value)) is not None:
            return found
    match = re.search(r"(?:^|/)(10\.\d{4,9}(?:\.\d+)*/\S+)$", page.path)
    if match and (found := read_doi(_doi_of_path(match[1], page.host))) is not None:
        return found
    # Libraries, search engines and archives have the address of a page within their own.
    kept = re.match(r"https?://web\.archive\.org/web/[^/]*/(https?://.+)", page.url, re.IGNORECASE)
    for inner in (kept[1] if kept else "", *(page.query.get(name, "") for name in _WITHIN)):
        if (
            re.match(r"https?://", inner, re.IGNORECASE)
            and (found := read_address(inner)) is not None
        ):
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


def _arxiv_page(page: _Page) -> Found | None:
    """arXiv, its mirrors, and the readers that have its IDs in their addresses."""
    path = re.sub(r"\.(?:pdf|ps|ps\.gz|html?|md)$", "", page.path, flags=re.IGNORECASE)
    match = re.search(
        r"(?:^|/)(?:arxiv:)?((?:[a-z-]+(?:\.[A-Za-z-]{2,})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?)(?=/|$)",
        path,
        re.IGNORECASE,
    )
    return read_arxiv(match[1]) if match else None


def _ads(page: _Page) -> Found | None:
    match = re.search(r"(?:^|/)\d{4}arXiv(\d{4})\.?(\d{4,5})[A-Z.](?:/|$)", page.path)
    return read_arxiv(f"{match[1]}.{match[2]}") if match else _arxiv_page(page)


def _doi_page(page: _Page) -> Found | None:
    return read_doi(page.path.removeprefix("doi/"))


def _nature(page: _Page) -> Found | None:
    match = re.match(r"articles/([\w.-]+?)(?:\.e?pdf)?(?:/|$)", page.path)
    return read_doi(f"10.1038/{match[1]}") if match else None


def _ijcai(page: _Page) -> Found | None:
    match = re.match(r"proceedings/(20\d\d)/0*(\d+)(?:\.pdf)?$", page.path)
    return (
        read_doi(f"10.24963/ijcai.{match[1]}/{match[2]}") if match and match[1] > "2016" else None
    )


def _numbered(pattern: str, prefix: str) -> Callable[[_Page], Found | None]:
    """Sites whose DOIs are made of the number in the address."""

    def read(page: _Page) -> Found | None:
        match = re.match(pattern, page.path)
        return read_doi(prefix + match[1]) if match else None

    return read


def _ssrn(page: _Page) -> Found | None:
    number = page.query.get("abstract_id") or page.query.get("abstractid") or ""
    match = re.match(r"abstract=(\d+)$", page.path)
    number = match[1] if match else number
    return read_doi(f"10.2139/ssrn.{number}") if number.isdecimal() and number.isascii() else None


def _ncbi(page: _Page) -> Found | None:
    match = re.search(r"(?:^|/)(PMC\d+)(?:/|$)", page.path, re.IGNORECASE)
    if match:
        return read_pmcid(match[1])
    inside = page.host.startswith("pubmed.") or "pubmed" in page.path
    term = page.query.get("term", "") if inside else ""
    match = re.match(r"(?:pubmed/|m/pubmed/)?(\d+)(?:/|$)", page.path or term)
    return read_pmid(match[1]) if match and inside else None


def _europe_pmc(page: _Page) -> Found | None:
    match = re.match(r"(?:article|abstract)s?/(MED|PMC)/(\w+)$", page.path, re.IGNORECASE)
    if match is None:
        return _ncbi(page)
    return (read_pmid if match[1].upper() == "MED" else read_pmcid)(match[2])


def _anthology(page: _Page) -> Found | None:
    match = re.match(
        r"(?:anthology/|papers/)?(?:[A-Z]/[A-Z]\d\d/)?"
        r"([A-Za-z]\d\d-\d{4,5}|\d{4}\.[\w-]+\.\d+)(?:v\d+)?(?:\.pdf|\.bib|\.xml|\.endf)?(?:/|$)",
        page.path,
    )
    return read_acl(match[1]) if match else None


def _dblp_page(page: _Page) -> Found | None:
    if page.path.startswith("doi/"):
        return _doi_page(page)
    path = re.sub(r"^rec/(?:html\d?/|bibtex\d?/|bib\d?/|xml/|rdf/|ris/|nt/|ttl/)?", "", page.path)
    path = re.sub(r"\.(?:html|bib|xml|rdf|ris|nt|ttl)$", "", path)
    return read_dblp(path) if page.path.startswith("rec/") else None


def _book(page: _Page) -> Found | None:
    match = re.search(
        r"(?:^|/)(?:isbn|books?|dp)[/:=]?([\dXx-]{10,17})(?:/|$)", page.path, re.IGNORECASE
    )
    value = match[1] if match else page.query.get("isbn") or page.query.get("vid", "")
    return read_isbn(re.sub(r"^isbn:?", "", value, flags=re.IGNORECASE)) if value else None


def _hosted(page: _Page) -> Found | None:
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


def _raw_file(page: _Page) -> Found | None:
    """A file of a repository on GitHub as it is."""
    match = re.match(r"([\w.-]+/[\w.-]+)/", page.path, re.ASCII)
    return (REPOSITORY, f"https://github.com/{match[1]}") if match else None


_NO_OWNERS: Final = frozenset(
    "about collections explore features issues login marketplace orgs pulls search settings "
    "sponsors topics trending users".split()
)


def _hugging_face(page: _Page) -> Found | None:
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


def _open_access(page: _Page) -> Found | None:
    """The CVF's pages have the first author's name and the title in their addresses; those of
    before 2018 only its first words, so author and year stay beside it.
    """
    match = re.search(r"/([^/_]+)_([^/]+)_[A-Z]+W?_(\d{4})_paper\.(?:html|pdf)$", page.path)
    if match is None:
        return None
    return TITLE, f"{match[1]} et al. ({match[3]}). {match[2].replace('_', ' ')}"


def _slug(page: _Page) -> Found | None:
    """Papers with Code has (the beginning of) the title in its addresses."""
    if (found := _arxiv_page(page)) is not None:
        return found
    match = re.match(r"paper/([a-z0-9-]+?)(?:-\d)?(?:/|$)", page.path)
    if match is None:
        return None
    title = match[1].replace("-", " ")
    if len(title) > _SLUG_IS_WHOLE:
        why_not = f'it may have only the beginning of a title ("{title}"): look the title up'
        return ADDRESS, page.url, why_not
    return TITLE, title


_SLUG_IS_WHOLE: Final = 35
"""Characters: longer ones may be cut (at the last whole word of 45, by those that were seen)."""


def _nobody(who: str) -> Callable[[_Page], Found | None]:
    """Sites whose addresses have numbers of their own."""

    def read(page: _Page) -> Found | None:
        found = _any_page(page)
        if found[0] != ADDRESS:
            return found
        return ADDRESS, page.url, f"it has a number of {who} in it, whom bibtools does not ask"

    return read


_SITES: Final[tuple[tuple[frozenset[str], Callable[[_Page], Found | None]], ...]] = tuple(
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
        ("raw.githubusercontent.com", _raw_file),
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
