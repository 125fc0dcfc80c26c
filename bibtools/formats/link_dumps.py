"""Dumps of code links: which repository belongs to which paper.

Two shapes are read, each as a JSON array or as JSON lines:

* the link rows that Papers with Code published: `paper_arxiv_id, paper_title, repo_url,
  is_official, mentioned_in_paper, mentioned_in_github, framework`;
* rows of `arxiv_id, title, repo_url, is_official, in_abstract_or_comment`.

Any key but the address may be missing or null; a row without an arXiv ID counts by its title.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bibtools.later import later
from bibtools.model import ArxivId, parse_arxiv

OFFICIAL = "links dump: official"
IN_PAPER = "links dump: mentioned in paper"
COMMUNITY = "links dump: community"
UNSPECIFIED = "links dump"

EVIDENCE_ORDER = (OFFICIAL, IN_PAPER, UNSPECIFIED, COMMUNITY)
"""What a dump may say of a link, the strongest first."""

_HTTP = later(r"https?://[^\s<>\"']+\.[^\s<>\"']+", re.IGNORECASE)


class UnreadableLinkError(ValueError):
    """A row that is no code link; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class CodeLink:
    """One row of a links dump."""

    url: str
    arxiv: ArxivId | None
    title: str | None
    evidence: str
    """One of `EVIDENCE_ORDER`."""


def code_link_of(row: Any) -> CodeLink:
    """The link of one parsed row. Raises `UnreadableLinkError` when it is none."""
    if not isinstance(row, Mapping):
        raise UnreadableLinkError("it is not a JSON object")
    url = row.get("repo_url")
    if not isinstance(url, str) or _HTTP.fullmatch(url.strip()) is None:
        raise UnreadableLinkError('its "repo_url" is not a web address')
    number = row.get("paper_arxiv_id") or row.get("arxiv_id")
    arxiv = parse_arxiv(number) if isinstance(number, str) else None
    title = row.get("paper_title") or row.get("title")
    title = " ".join(title.split()) if isinstance(title, str) and title.strip() else None
    if arxiv is None and title is None:
        raise UnreadableLinkError("it names neither an arXiv ID nor a title")
    if arxiv is not None and arxiv.version is not None:
        arxiv = ArxivId(arxiv.value)
    return CodeLink(url.strip(), arxiv, title, _evidence(row))


def _evidence(row: Mapping[str, Any]) -> str:
    official = row.get("is_official")
    if official is True:
        return OFFICIAL
    if row.get("mentioned_in_paper") is True or row.get("in_abstract_or_comment") is True:
        return IN_PAPER
    return COMMUNITY if official is False else UNSPECIFIED
