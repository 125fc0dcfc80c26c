"""Which address is meant when a person wants to see an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibtools.errors import BibtoolsError
from bibtools.model import Entry, parse_arxiv, parse_doi
from bibtools.sites.named import Named, named
from bibtools.sites.named_identifiers import (
    ACL,
    ADDRESS,
    ARXIV,
    DOI,
    PMCID,
    PMID,
    REPOSITORY,
    TITLE,
)
from bibtools.text.addresses import is_web_address

_WORDS = {"abs": "page", "pdf": "PDF", "doi": "DOI", "code": "code"}


@dataclass(frozen=True, slots=True)
class Opening:
    """An address, or why there is none."""

    url: str | None = None
    """http or https."""
    key: str | None = None
    """Of the entry in the file, where it came from one."""
    why: str = ""
    """A sentence."""
    unknown: bool = False
    """Whether somebody could not be asked."""
    notices: tuple[str, ...] = ()


def address_of(
    what: str, files: Sequence[str], part: str, *, index: Path | None = None, offline: bool = False
) -> Opening:
    """The address of `part` (`abs`, `pdf`, `doi`, `code`) of an entry or a work.

    A key is looked for in the files, or in the .bib files of the current folder. Raises
    `InputError` for a file that was named and cannot be read.
    """
    entry, notices = _entry_of(what, files)
    if entry is not None:
        return _of_entry(entry, part, f'The entry "{entry.key}"', entry.key, notices)
    meant = named(what)
    if meant.kind == TITLE and re.match(r"[a-z][a-z0-9+.-]*:\S", meant.value, re.IGNORECASE):
        return _checked(meant.value, None, notices)
    if meant.kind == TITLE and " " not in meant.value:
        where = " or ".join(f'"{one}"' for one in files) if files else "the .bib files here"
        return Opening(why=f'There is no entry "{what}" in {where}.', notices=notices)
    if (url := _made(meant, part)) is not None:
        return _checked(url, None, notices)
    if meant.kind == ADDRESS:
        if part == "abs" and meant.value.lower().startswith(("http://", "https://")):
            return _checked(meant.value, None, notices)
        return Opening(why=f"{meant.value}: {meant.why_not}.", notices=notices)
    return _looked_up(meant, part, index, offline, notices)


def _looked_up(
    meant: Named, part: str, index: Path | None, offline: bool, notices: tuple[str, ...]
) -> Opening:
    from bibtools.workflows.lookup import LookupOptions
    from bibtools.workflows.lookup_session import Lookups, Where

    settings = LookupOptions(code=part == "code")
    with Lookups(Where(index, offline, settings)) as lookups:
        (looked,) = lookups.look_up([meant])
    if looked.entry is not None:
        return _of_entry(looked.entry, part, meant.shown, None, notices)
    if looked.unasked:
        return Opening(
            why=f"{meant.shown}: could not ask {looked.unasked[0]}.",
            unknown=not offline,
            notices=notices,
        )
    if looked.entries:
        return Opening(
            why=f"{meant.shown}: it is not sure which is meant: {looked.rule}.", notices=notices
        )
    return Opening(why=f"{meant.shown}: not found: {looked.rule}.", notices=notices)


def _of_entry(
    entry: Entry, part: str, who: str, key: str | None, notices: tuple[str, ...]
) -> Opening:
    refused = []
    for url in _addresses(entry, part):
        if is_web_address(url):
            return Opening(url, key, notices=notices)
        refused.append(url)
    if refused:
        return Opening(
            key=key,
            why=f'{who} has the address "{refused[0][:200]}", which is not opened: '
            f"{_refusal(refused[0])}.",
            notices=notices,
        )
    written = entry.extra.get("url")
    if part == "abs" and isinstance(written, str) and written.strip():
        return _checked(written, key, notices)
    hint = " Try --abs." if part != "abs" else ""
    return Opening(key=key, why=f"{who} has no {_WORDS[part]}.{hint}", notices=notices)


def _checked(url: str, key: str | None, notices: tuple[str, ...]) -> Opening:
    if is_web_address(url):
        return Opening(url, key, notices=notices)
    why = f'"{url[:200]}" is not opened: {_refusal(url)}.'
    return Opening(why=why, notices=notices)


def _refusal(url: str) -> str:
    """A clause: why this address is not opened."""
    if not re.match(r"\s*https?:", url, re.IGNORECASE):
        return "only http and https are"
    return "a user name, a blank or another sign is in it that addresses do not have"


def _addresses(entry: Entry, part: str) -> list[str]:
    """The addresses of a part, best first."""
    arxiv, doi = entry.arxiv, entry.doi
    if part == "code":
        return [link.url for link in entry.code]
    if part == "doi":
        if doi is not None:
            return [doi_address(doi.value)]
        return [doi_address(arxiv.doi)] if arxiv is not None else []
    if part == "pdf":
        return list(_pdfs(entry))
    found = [arxiv.url] if arxiv is not None else []
    found += [doi_address(doi.value)] if doi is not None else []
    found += [link.url for link in entry.links]
    if pmid := entry.other_ids.get("pmid"):
        found.append(f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/")
    return found


def _pdfs(entry: Entry) -> Iterator[str]:
    if entry.arxiv is not None:
        yield f"https://arxiv.org/pdf/{entry.arxiv}"
    for link in entry.links:
        if link.url.lower().partition("?")[0].endswith(".pdf"):
            yield link.url
        elif (meant := named(link.url)).kind == ACL:
            yield f"https://aclanthology.org/{meant.value}.pdf"
    doi = entry.doi
    if doi is not None and doi.folded.startswith("10.18653/v1/"):
        yield f"https://aclanthology.org/{doi.value.partition('/v1/')[2]}.pdf"


def _made(meant: Named, part: str) -> str | None:
    """The address that the identifier itself says."""
    value = meant.value
    if meant.why_not:
        return None
    if meant.kind == ARXIV and (arxiv := parse_arxiv(value)) is not None:
        version = f"v{meant.version}" if meant.version else ""
        return {
            "abs": f"https://arxiv.org/abs/{value}{version}",
            "pdf": f"https://arxiv.org/pdf/{value}{version}",
            "doi": doi_address(arxiv.doi),
        }.get(part)
    if meant.kind == DOI and part in ("abs", "doi"):
        return doi_address(value)
    if meant.kind == ACL and part in ("abs", "pdf"):
        return f"https://aclanthology.org/{value}" + (".pdf" if part == "pdf" else "/")
    if meant.kind == REPOSITORY and part in ("abs", "code"):
        return value
    if part != "abs":
        return None
    return {
        PMID: f"https://pubmed.ncbi.nlm.nih.gov/{value}/",
        PMCID: f"https://pmc.ncbi.nlm.nih.gov/articles/{value}/",
        "dblp": f"https://dblp.org/rec/{value}",
        "isbn": f"https://openlibrary.org/isbn/{value}",
    }.get(meant.kind)


def doi_address(doi: str) -> str:
    """The address of a DOI, with what an address cannot hold encoded."""
    from urllib.parse import quote

    parsed = parse_doi(doi)
    return "https://doi.org/" + quote(parsed.value if parsed else doi, safe="/:;()._-")


# --- keys -----------------------------------------------------------------------------------------


def _entry_of(what: str, files: Sequence[str]) -> tuple[Entry | None, tuple[str, ...]]:
    """The entry with this key; of files that nobody named, one that cannot be read is told."""
    from bibtools.workflows.reading import read_files

    notices = []
    for file in files or sorted(str(path) for path in Path().glob("*.bib")):
        try:
            entries = read_files([file])[0].entries
        except BibtoolsError as error:
            if files:
                raise
            notices.append(error.message)
            continue
        exact = next((one for one in entries if one.key == what), None)
        # BibTeX does not mind the case of keys.
        folded = what.lower()
        found = exact or next((one for one in entries if (one.key or "").lower() == folded), None)
        if found is not None:
            return found, tuple(notices)
    return None, tuple(notices)
