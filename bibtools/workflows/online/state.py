"""What is known of each entry while the services are asked, and what the run says in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, Protocol

from bibtools.adapters.web.asking import Job
from bibtools.formats.provenance import LinkState, Lost
from bibtools.matching.published import Judged
from bibtools.model import ArxivId, Entry, Notice, Outcome
from bibtools.model.progress import Progress
from bibtools.sites.asking import Answer, Found, Question, Service
from bibtools.sites.records import Record

Published = Literal["add", "beside", "replace", "none"]
BY_A_PERSON = "chosen by a person"
"""In the rule of what was taken because a person said so."""


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
    picked: Mapping[int, tuple[Record, ...]] = field(default_factory=dict)
    """The records of the published version that a person chose, by position."""
    own: frozenset[tuple[int, Question]] = frozenset()
    """Which likely records a person found to be the entry's own: position, and what led there."""
    keyed: frozenset[str] = frozenset()
    """Services for which there is a key; those that need one are asked only then."""
    today: date = field(default_factory=date.today)


@dataclass(frozen=True, slots=True)
class Unasked:
    """A question that nobody answered: nothing follows from it."""

    service: str
    """`Service.name`."""
    title: str
    """For the reader: "Crossref"."""
    question: str
    reason: str
    """A clause: "it answered 503, four times"."""

    def __str__(self) -> str:
        return f"{self.title}: {self.reason}"


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
    link: LinkState | None = None
    """Of a link to code: what its host says of it."""


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
    unsure: list[tuple[Question, Record]] = field(default_factory=list)
    """What they know by its identifiers and what is only likely this work: not filled from."""
    unknown: list[Question] = field(default_factory=list)
    """Its identifiers that nobody knows who should."""
    evidence: dict[str, Evidence] = field(default_factory=dict)
    """By part; for a code link by `code ` and its address."""
    published: tuple[tuple[Question, Record], ...] = ()
    """The records of its published version, when that is sure."""
    beside: Entry | None = None
    """The published version as an entry of its own."""
    publications: tuple[tuple[Judged, ...], ...] = ()
    """What may be its published version and was not taken; records of one publication together."""
    unasked: dict[str, Unasked] = field(default_factory=dict)
    """What could not be asked, by question."""
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

    def could_not(self, service: Service, question: Question, reason: str) -> None:
        """Remember that a service gave no answer."""
        asked = str(question)
        self.unasked.setdefault(asked, Unasked(service.name, service.title, asked, reason))


@dataclass(frozen=True, slots=True)
class Told:
    """One entry after the run."""

    entry: Entry
    evidence: Mapping[str, Evidence]
    beside: Entry | None = None
    unasked: tuple[Unasked, ...] = ()
    publications: tuple[tuple[Judged, ...], ...] = ()
    """What may be its published version and was not taken, best first; the records of one
    publication together."""
    unsure: tuple[tuple[Question, Record], ...] = ()
    """What its identifiers lead to, is only likely this work, and was not filled from."""


@dataclass(frozen=True, slots=True)
class Online:
    """The entries in order, and what is to be said."""

    told: tuple[Told, ...]
    notices: tuple[Notice, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries alone."""
        return tuple(one.entry for one in self.told)


def dated(online: Online, answered: Mapping[str, float]) -> Online:
    """The same with the days on which the answers came: of kept answers, an earlier one.

    `answered` has the moments by question, in seconds since 1970 (`Web.answered`).
    """
    days = {question: day for question, moment in answered.items() if (day := _day(moment))}
    return replace(online, told=tuple(_dated(told, days) for told in online.told))


def _day(moment: float) -> str:
    try:
        return date.fromtimestamp(moment).isoformat()
    except (ValueError, OverflowError, OSError):  # a cache that somebody else has written into
        return ""


def _dated(told: Told, days: Mapping[str, str]) -> Told:
    def of(one: Evidence) -> Evidence:
        link = one.link
        if link is not None and link.question in days:
            link = replace(link, asked=days[link.question])
        return replace(one, asked=days.get(one.question, one.asked), link=link)

    return replace(told, evidence={part: of(one) for part, one in told.evidence.items()})


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
