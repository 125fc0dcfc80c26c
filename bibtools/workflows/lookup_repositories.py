"""Which paper a repository names as its own: in a BibTeX entry, a CITATION.cff, or by its ID."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bibtools.codelinks import is_unofficial
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
from bibtools.model import Entry, parse_arxiv, parse_doi, type_preprint
from bibtools.sites.records import Repository
from bibtools.text.code_mentions import is_list_of_papers
from bibtools.text.titles import title_key

_HEAD: Final = 1_500
"""Letters of a README in which it says what it is."""
_MOST: Final = 8
_ID: Final = re.compile(
    r"(?:arxiv\.org/(?:abs|pdf|html)/|arxiv\s*[:/]\s*|huggingface\.co/papers/)"
    r"(\d{4}\.\d{4,5}|[a-z-]+/\d{7})(?!\d)",
    re.IGNORECASE,
)
_CFF_FIELD: Final = re.compile(r"^[\s-]*(title|doi|url)\s*:\s*[\"']?(.+?)[\"']?\s*$", re.MULTILINE)
_CFF: Final = re.compile(r"^cff-version\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NamedByRepository:
    """What a repository says of papers."""

    papers: tuple[Entry, ...] = ()
    """Each with what is said of it: title, authors, year, arXiv ID, DOI."""
    rule: str = ""
    """Where it says so, as a clause."""
    own: bool = False
    """Whether `papers` is the one that it asks to be cited."""


def papers_of(repository: Repository) -> NamedByRepository:
    """The papers that a repository may belong to; one is `own` where nothing else is named so."""
    if is_list_of_papers(repository.url):
        return NamedByRepository(rule="it is a list of papers")
    readme = repository.readme
    foreign = is_unofficial(repository)
    cited, rule = _cited(readme), "a BibTeX entry in its README"
    if not cited and (told := _of_cff(readme)) is not None:
        cited, rule = [told], "its CITATION.cff"
    if len(cited) > 1:
        # Of several the one that the README is headed with.
        head = title_key(readme[:_HEAD])
        above = [one for one in cited if one.title and title_key(one.title) in head]
        if len(above) == 1:
            cited = above
        else:
            rule = "several BibTeX entries in its README"
    if cited:
        own = len(cited) == 1 and not foreign
        if foreign:
            rule += ", but it says that somebody else than the authors made it"
        return NamedByRepository(tuple(cited[:_MOST]), rule, own)
    ids = list(dict.fromkeys(match[1] for match in _ID.finditer(readme)))
    papers = [Entry(type=type_preprint, arxiv=replace(found, version=None))
              for one in ids[:_MOST] if (found := parse_arxiv(one)) is not None]  # fmt: skip
    return NamedByRepository(tuple(papers), "an arXiv ID in its README")


def _cited(readme: str) -> list[Entry]:
    """The entries of the README's BibTeX, each work once, with what tells a work."""
    start = re.search(r"@\s*[A-Za-z]+\s*\{", readme)
    if start is None:
        return []
    entries, _ = read_entries(Document.parse(readme[start.start() :].encode("utf-8", "replace")))
    found: dict[str, Entry] = {}
    for entry in entries:
        if entry.title and entry.type not in ("software", "dataset"):
            arxiv, doi = entry.arxiv, entry.doi
            if arxiv is None and (venue := entry.venue or ""):
                match = _ID.search(venue)
                arxiv = parse_arxiv(match[1]) if match else None
            told = Entry(
                type=entry.type,
                title=entry.title,
                authors=entry.authors,
                authors_truncated=entry.authors_truncated,
                date=entry.date,
                arxiv=replace(arxiv, version=None) if arxiv is not None else None,
                doi=doi,
            )
            found.setdefault(title_key(entry.title), told)
    return list(found.values())


def _of_cff(text: str) -> Entry | None:
    """What `preferred-citation` of a CITATION.cff says; a line at a time, which is all we need."""
    start = _CFF.search(text)
    if start is None:
        return None
    _, found, rest = text[start.start() :].partition("preferred-citation")
    if not found:
        return None
    # The first of each name counts: what follows may be the references.
    values = dict(reversed(_CFF_FIELD.findall(rest)))
    title = values.get("title")
    doi = parse_doi(values.get("doi", ""))
    arxiv = parse_arxiv(doi.value) if doi else parse_arxiv(values.get("url", ""))
    if title is None and doi is None and arxiv is None:
        return None
    return Entry(title=title, doi=None if arxiv else doi, arxiv=arxiv)


def headed(readme: str, entries: Sequence[Entry]) -> list[Entry]:
    """Those of the papers whose titles the README prints."""
    key = title_key(readme)
    return [one for one in entries if one.title and len(title_key(one.title)) > 12
            and title_key(one.title) in key]  # fmt: skip
