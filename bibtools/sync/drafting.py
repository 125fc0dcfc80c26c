"""What a plan is made from, and a plan in the making."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bibtools.model import Notice
from bibtools.sync.plan import Conflict, CreateCollection, Library, LocalStep, RemoteStep
from bibtools.sync.values import Agreed, LocalEntry, Prefer, RemoteItem

Direction = Literal["both", "push", "pull"]


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """Both sides as they are, and what is wanted."""

    library: Library
    endpoint: str
    collection: str | None
    """Key of the collection that the file is to agree with; None for the whole library."""
    file: str
    digest: str | None
    library_version: int
    local: Sequence[LocalEntry]
    items: Mapping[str, RemoteItem]
    """All top-level items of the library by key, those in the trash included."""
    children: Mapping[str, Sequence[RemoteItem]]
    """Children by the key of their parent."""
    scope: frozenset[str]
    """Keys of the items that the file is to hold: those in the collection and below it."""
    agreed: Mapping[str, Agreed]
    """Rows of the state file by item key."""
    new_key: Callable[[], str]
    """Makes keys for new objects."""
    direction: Direction = "both"
    prefer: Prefer | None = None
    delete: bool = False
    """Whether what is gone on one side goes on the other: trashed there, removed here."""
    file_modified: str = ""
    """When the file was last changed, ISO 8601 in UTC; for `prefer="newest"`."""
    collections: Sequence[CreateCollection] = ()
    """Collections that are missing, parents first."""
    notices: tuple[Notice, ...] = ()
    left_out: Sequence[LocalEntry] = ()
    """Entries that stand in the file and take no part."""
    whole: bool = True
    """False when an entry that is missing may only be unreadable: nothing is trashed then."""
    below: frozenset[str] = frozenset()
    """Keys of the collection and of those under it."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Citation keys that were promised to items which the file lacks."""
    sees_notes: bool = True
    """False when items may have notes that nobody shows us: nothing is trashed then."""


@dataclass(slots=True)
class Draft:
    """What is found while the parts of a plan are looked at one after the other."""

    request: PlanRequest
    remote: list[RemoteStep] = field(default_factory=list)
    local: list[LocalStep] = field(default_factory=list)
    settled: list[Agreed] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
