"""How sure we are that an entry is a certain arXiv paper, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bibtools.model.identifiers import ArxivId


class Outcome(StrEnum):
    """The four answers to "which paper is this?"; only `SURE` is ever written as an ID."""

    SURE = "sure"
    LIKELY = "likely"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that the entry may be."""

    arxiv: ArxivId
    title: str
    score: float
    """Likeness of the titles (of the abstracts for an entry without title), 0 to 100."""
    agreed: tuple[str, ...] = ()
    """Witnesses for it: `title`, `authors`, `year`, `author count`, `abstract`."""
    against: tuple[str, ...] = ()
    """Contradictions: `authors`, `year`, `author count`, `title words`, ..."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the look-up of one entry found."""

    outcome: Outcome
    arxiv: ArxivId | None = None
    """Only with `SURE`."""
    rule: str = ""
    """One clause for the user: "exact title, authors and year agree"."""
    candidates: tuple[Candidate, ...] = ()
    """Best first."""
    source: str = ""
    """Who answered: `printed`, `index`, `decision`, ..."""
