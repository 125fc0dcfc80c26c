"""A plan: every step that would bring a file and a Zotero library into agreement.

A plan is a value that is shown, saved, loaded and carried out; making one changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

from bibtools.model import Notice
from bibtools.sync.values import Agreed, Data, FieldChange, FieldConflict


@dataclass(frozen=True, slots=True)
class Library:
    """A library of a Zotero server."""

    kind: Literal["user", "group"]
    id: int
    name: str = ""

    @property
    def path(self) -> str:
        """`users/1` or `groups/1`: how addresses of the Web API begin."""
        return f"{self.kind}s/{self.id}"

    @property
    def shown(self) -> str:
        """`user:1` or `group:1`, as `--library` takes it."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class CreateCollection:
    """A collection that is missing."""

    key: str
    """Made here, so that a lost answer makes no second one."""
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CreateItem:
    """An entry that the library lacks."""

    item: str
    """Made here, so that a lost answer makes no double."""
    key: str
    """Citation key."""
    print: str
    data: Data
    """With `collections`."""
    here: Data
    code: str | None = None
    """Address for a child "Code"; the child's key is `child`."""
    child: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateItem:
    """Fields of an item that change; `collections` among them when it is added to one."""

    item: str
    key: str
    version: int
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class AttachCode:
    """A child titled "Code" for an item that has none with this address."""

    item: str
    key: str
    child: str
    url: str
    child_version: int = 0
    """Above 0 when the child is there with another address and only that changes."""


@dataclass(frozen=True, slots=True)
class TrashItem:
    """An item of ours whose entry is gone goes to the trash."""

    item: str
    key: str
    version: int
    title: str = ""


@dataclass(frozen=True, slots=True)
class AddEntry:
    """An item that the file lacks."""

    item: str
    version: int
    key: str
    """The citation key that it gets."""
    data: Data
    code: str | None = None


@dataclass(frozen=True, slots=True)
class UpdateEntry:
    """What changes in an entry, in item data; `citationKey` among it renames the entry."""

    key: str
    item: str
    changes: tuple[FieldChange, ...]
    base: Data
    """The entry before, in item data: the fields of the file are what `base` and `base` with the
    changes make different."""


@dataclass(frozen=True, slots=True)
class RemoveEntry:
    """An entry whose item is gone leaves the file."""

    key: str
    item: str


RemoteStep: TypeAlias = CreateCollection | CreateItem | UpdateItem | AttachCode | TrashItem
LocalStep: TypeAlias = AddEntry | UpdateEntry | RemoveEntry


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pair that cannot be settled without a decision."""

    key: str
    item: str
    title: str
    fields: tuple[FieldConflict, ...] = ()
    reason: str = ""
    """A sentence where it is not about fields: gone here and changed there, or the reverse."""
    hint: str = ""
    """What decides it, where it is not about fields."""


@dataclass(frozen=True, slots=True)
class Unsure:
    """An entry or item that may be another one: left alone on both sides."""

    key: str | None
    item: str | None
    title: str
    candidates: tuple[str, ...]
    """Item keys, or citation keys where `key` is None."""
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that would be done, and what would be left alone."""

    library: Library
    endpoint: str
    collection: str | None
    """Key of the collection; None for the whole library."""
    file: str
    digest: str | None
    """SHA-256 of the file when it was read; None when it is not there yet."""
    library_version: int
    remote: tuple[RemoteStep, ...] = ()
    local: tuple[LocalStep, ...] = ()
    settled: tuple[Agreed, ...] = ()
    """Rows of the state file once everything is done: of pairs that are not touched by a step,
    the row as it is or, where both sides came to say the same, the new one."""
    conflicts: tuple[Conflict, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether anything would be written on either side."""
        return bool(self.remote or self.local)


_Step = TypeVar("_Step")


def steps_of(steps: Sequence[object], kind: type[_Step]) -> list[_Step]:
    """The steps of one kind, in order."""
    return [step for step in steps if isinstance(step, kind)]
