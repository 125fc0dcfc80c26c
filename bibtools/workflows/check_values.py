"""What `check --online` says of an entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bibtools.model import Entry
from bibtools.workflows.online.state import Unasked


class Verdict(StrEnum):
    """What is known of one entry."""

    EXISTS = "exists"
    WRONG = "described wrongly"
    UNTOLD = "cannot tell"


class Fate(StrEnum):
    """What became of a work that exists."""

    RETRACTED = "retracted"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Witness:
    """A record that speaks of the work."""

    source: str
    """For the reader: "Crossref"."""
    question: str
    title: str
    identifier: str
    """DOI, arXiv ID or the service's own."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is wrong, or became of the work."""

    kind: str
    """`title`, `authors`, `year`, `volume`, `page`, `doi`, `arxiv`, or a `Fate`."""
    message: str
    """A clause: "the year is 2019, Crossref says 2021"."""
    source: str
    question: str = ""


@dataclass(frozen=True, slots=True)
class Silence:
    """Somebody who was asked for the title and knows no such work."""

    source: str
    """For the reader: "DBLP"."""
    question: str
    """Empty for the offline index."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One entry after the check."""

    entry: Entry
    verdict: Verdict
    wrong: tuple[Remark, ...] = ()
    fates: tuple[Remark, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    near: tuple[Witness, ...] = ()
    """Where nobody can tell: the nearest that was found."""
    unknown: tuple[Remark, ...] = ()
    """Where nobody can tell: its identifiers that nobody knows."""
    silent: tuple[Silence, ...] = ()
    """Where nobody can tell: who was asked for its title and knows no such work."""
    unasked: tuple[Unasked, ...] = ()
    """What could not be asked, and why: whoever it is may know the work."""
