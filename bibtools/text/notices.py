"""Notices about another work: corrigenda, retractions and the like, some under its very title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bibtools.text.titles import title_words

NOTICES: Final[Mapping[str, str]] = {
    "addendum": "an addendum",
    "clarification": "a clarification",
    "comment": "a comment",
    "correction": "a correction",
    "corrigendum": "a corrigendum",
    "erratum": "an erratum",
    "expression_of_concern": "an expression of concern",
    "partial_retraction": "a notice of retraction",
    "removal": "a notice of removal",
    "retraction": "a notice of retraction",
    "withdrawal": "a notice of withdrawal",
}
"""Crossref's kinds of updates that are a piece of their own
(https://www.crossref.org/documentation/crossmark/participating-in-crossmark/); `new_version` and
`new_edition` are the work itself."""

_WORDS = frozenset(
    "addendum addenda clarification comment comments correction corrections corrigendum corrigenda "
    "erratum errata expression concern retraction retracted removal removed withdrawal withdrawn "
    "notice note".split()
)


def says_notice(title: str) -> bool:
    """Whether a title says of itself that it is such a notice."""
    return not _WORDS.isdisjoint(title_words(title))
