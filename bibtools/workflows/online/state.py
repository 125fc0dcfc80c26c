"""What is known of each entry while the services are asked, and what the run says in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, Protocol

from bibtools.adapters.web.asking import Job
from bibtools.formats.provenance import Lost
from bibtools.model import ArxivId, Entry, Notice, Outcome
from bibtools.model.progress import Progress
from bibtools.sites.asking import Answer, Found, Question, Service
from bibtools.sites.records import Record

Published = Literal["add", "beside", "replace", "none"]


@dataclass(frozen=True, slots=True)
class OnlineOptions:
    """What a run may do."""

    accept: frozenset[Outcome] = frozenset({Outcome.SURE})
    """Outcomes that are written: `SURE`, and `LIKELY` on request."""
    published: Published = "add"
    """What becomes of a published version: its fields are added to the preprint's, an entry of
    its own is put beside it, it takes the preprint's place, or nobody looks for one."""
    code: bool = True
    """Whether code links are looked for."""
    thorough: bool = False
    """Whether services are asked that cost a request for each entry and seldom know more."""
    verify: bool = False
    """Whether code hosts are asked if the repositories are there, also without a token."""
    locked: Sequence[frozenset[str]] = ()
    """The parts of each entry that the user locked, by position: names as in `Evidence.part`."""
    chosen: Mapping[int, ArxivId] = field(default_factory=dict)
    """The arXiv IDs that a person chose, by position: they hold."""
    agreed: frozenset[int] = frozenset()
    """The entries, by position, whose likely published version a person found right."""
    keyed: frozenset[str] = frozenset()
    """Services for which there is a key; those that need one are asked only then."""
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class Evidence:
    """How one part of an entry is known."""

    part: str
    """An attribute of `Entry`, or a name of its `fields`: `arxiv`, `doi`, `venue`, `volume`."""
    source: str
    """For the reader: "Crossref"."""
    question: str
    rule: str
    asked: str
    """ISO date."""
    score: float | None = None
    confirmed: tuple[str, ...] = ()
    lost: tuple[Lost, ...] = ()


@dataclass(slots=True)
class Work:
    """One entry on its way."""

    number: int
    given: Entry
    now: Entry
    locked: frozenset[str]
    records: list[tuple[Question, Record]] = field(default_factory=list)
    """What the services say of this very work (by its identifiers)."""
    others: list[tuple[Question, Record]] = field(default_factory=list)
    """What they know by its identifiers and what is another work."""
    unknown: list[Question] = field(default_factory=list)
    """Its identifiers that nobody knows who should."""
    evidence: dict[str, Evidence] = field(default_factory=dict)
    """By part; for a code link by `code ` and its address."""
    published: tuple[tuple[Question, Record], ...] = ()
    """The records of its published version, when that is sure."""
    beside: Entry | None = None
    """The published version as an entry of its own."""
    doubt: Record | None = None
    """What is likely its published version, and was not taken."""
    unasked: list[str] = field(default_factory=list)
    """Who could not be asked, and why: nothing follows from it."""
    notices: list[Notice] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For sentences."""
        if self.given.key:
            return f'Entry "{self.given.key}"'
        return f'"{(self.given.title or "without title")[:60]}"'

    def tell(self, message: str, rule: str, hint: str | None = None) -> None:
        """A notice at the place of the entry."""
        source = self.given.sources[0] if self.given.sources else None
        file, line = (source.file, source.line) if source else (None, None)
        self.notices.append(Notice(f"{self.name}: {message}", file, line, rule=rule, hint=hint))

    def could_not(self, service: Service, reason: str) -> None:
        """Remember that a service gave no answer."""
        told = f"{service.title}: {reason}"
        if told not in self.unasked:
            self.unasked.append(told)


@dataclass(frozen=True, slots=True)
class Told:
    """One entry after the run."""

    entry: Entry
    evidence: Mapping[str, Evidence]
    beside: Entry | None = None
    unasked: tuple[str, ...] = ()
    doubt: Record | None = None
    """What is likely its published version, and was not taken."""


@dataclass(frozen=True, slots=True)
class Online:
    """The entries in order, and what is to be said."""

    told: tuple[Told, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries alone."""
        return tuple(one.entry for one in self.told)


class Asks(Protocol):
    """Who asks the services: `adapters.web.Web`, or a stand-in."""

    @property
    def silent(self) -> bool:
        """Whether it can answer nothing."""

    def ask_all(
        self, jobs: Sequence[Job], progress: Progress | None = None
    ) -> dict[Question, Answer]:
        """An answer for each question."""

    def learn(self, service: Service, answers: Mapping[Question, Found]) -> None:
        """Keep answers that other answers imply."""
