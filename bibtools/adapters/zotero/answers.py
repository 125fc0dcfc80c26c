"""What a Zotero library answers, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bibtools.sync.plan import Library
from bibtools.sync.values import RemoteItem


@dataclass(frozen=True, slots=True)
class RemoteCollection:
    """A collection of a library."""

    key: str
    version: int
    name: str
    parent: str | None = None
    """Key of the collection above; None at the top."""
    deleted: bool = False
    """Whether it is in the trash."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Versions by key."""

    versions: Mapping[str, int]
    library_version: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some items, children among them."""

    items: tuple[RemoteItem, ...]
    library_version: int
    total: int | None = None
    """How many there are in the whole list, where the server says so."""


@dataclass(frozen=True, slots=True)
class CollectionBatch:
    """Some collections."""

    collections: tuple[RemoteCollection, ...]
    library_version: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """Keys of what was deleted for good. Collections below a deleted one are not among them."""

    items: frozenset[str]
    collections: frozenset[str]
    library_version: int


@dataclass(frozen=True, slots=True)
class Saved:
    """One object as the server holds it after a write."""

    key: str
    version: int
    data: Mapping[str, Any]
    """As the server gives it, empty fields and `key` and `version` included."""
    read_back: bool = False
    """The answer to the write was lost and the object read afterwards: it says all that was
    sent, but what it says besides may have been written by others since."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one object of a batch was not written."""

    code: int
    """As an HTTP status: 400, 404, 409, 412, 413, 428, 500; 0 when nobody knows whether it was
    written, and reading it shows that it was not."""
    message: str
    """Of the server, as plain text."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """`field`, `tag`, `collection` or `parentItem`, as far as the server says so."""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of each object of a batch, by its index."""

    done: Mapping[int, Saved]
    unchanged: Mapping[int, str]
    """Keys of what was like that already."""
    failed: Mapping[int, Failure]
    library_version: int | None
    """Of the library after the write; None where the answer was lost."""


@dataclass(frozen=True, slots=True)
class Group:
    """A group whose library the key may see."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class KeyInfo:
    """Who a key belongs to and what it may do."""

    user: int
    name: str
    access: Mapping[str, Any]
    """As /keys/current gives it."""

    def may_read(self, library: Library) -> bool:
        """Whether the key may see the library."""
        return self._allows(library, "library")

    def may_write(self, library: Library) -> bool:
        """Whether the key may change the library."""
        return self._allows(library, "write")

    def sees_notes(self, library: Library) -> bool:
        """Whether notes are among what it sees; without it they are left out silently."""
        return library.kind == "group" or self._allows(library, "notes")

    def _allows(self, library: Library, what: str) -> bool:
        if library.kind == "user":
            own = self.access.get("user")
            return library.id == self.user and _flag(own, what)
        groups = self.access.get("groups")
        if not isinstance(groups, Mapping):
            return False
        return any(_flag(groups.get(name), what) for name in ("all", str(library.id)))


def _flag(access: object, what: str) -> bool:
    return isinstance(access, Mapping) and bool(access.get(what))
