"""What became of a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bibtools.errors import BibtoolsError
from bibtools.model import Notice
from bibtools.sync.plan import (
    AddEntry,
    AttachCode,
    Conflict,
    CreateCollection,
    CreateItem,
    RemoveEntry,
    TrashItem,
    Unsure,
    UpdateEntry,
    UpdateItem,
)

STEP_NAMES: dict[type, str] = {
    CreateCollection: "collections",
    CreateItem: "created",
    UpdateItem: "updated",
    AttachCode: "code_links",
    TrashItem: "trashed",
    AddEntry: "added",
    UpdateEntry: "changed",
    RemoveEntry: "removed",
}
"""How steps are called in counts: the first five happen in Zotero, the others in the file."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A step that could not be carried out; the others were."""

    key: str
    """Citation key, or the name of a collection."""
    item: str
    code: int
    """As an HTTP status."""
    message: str
    """A sentence."""
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and what was not."""

    done: dict[str, int]
    """How many of each kind of step (`STEP_NAMES`)."""
    failed: tuple[Failed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    notices: tuple[Notice, ...] = ()
    stopped: BibtoolsError | None = None
    """Why the rest was left for the next time."""
    run: str | None = None
    """Name of the run in the journal; None when nothing was written."""
    reads: int = 0
    writes: int = 0

    @property
    def wrote(self) -> bool:
        """Whether anything was written."""
        return any(self.done.values())


def counted(steps: Sequence[object]) -> dict[str, int]:
    """How many steps there are of each kind."""
    counts = dict.fromkeys(STEP_NAMES.values(), 0)
    for step in steps:
        counts[STEP_NAMES[type(step)]] += 1
    return counts
