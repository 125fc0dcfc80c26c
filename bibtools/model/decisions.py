"""What a person decided about records, in a form that survives every rebuild."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bibtools.model.identifiers import ArxivId


class DecisionKind(StrEnum):
    """What was decided."""

    SAME = "same"
    """These records are one work."""
    DIFFERENT = "different"
    """These records are not one work."""
    ID = "id"
    """This record is that arXiv paper, or (without an ID) is not on arXiv."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A record, named by what it says rather than by where it stands, since pages grow."""

    title: str | None
    """As printed when the decision was made; None for a bare abstract."""
    abstract_print: str | None = None
    """A hash of the abstract's letters and digits."""
    file: str | None = None
    """Where it stood when the decision was made: for the reader only."""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision about one record (`id`) or two and more (`same`, `different`)."""

    kind: DecisionKind
    records: tuple[Reference, ...]
    arxiv: ArxivId | None = None
    """Only with `ID`; None there means "not on arXiv"."""
