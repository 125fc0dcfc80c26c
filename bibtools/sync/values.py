"""The two sides of a pair, what they agreed on, and what is between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from bibtools.model import Entry, Notice

Data: TypeAlias = Mapping[str, Any]
"""Item data as Zotero's Web API gives it in `data`: `itemType`, the fields of that type as
texts, `creators`, `tags`, `collections`, `relations`, `deleted`. Fields that are empty there are
absent here; neither `key` nor `version` is in it."""

Prefer = Literal["local", "zotero", "newest"]
"""Which side wins where both changed one field; None leaves the field alone."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one side, before and after; None is a field that is not there."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that both sides changed in different ways, and that nobody decided."""

    field: str
    agreed: Any
    """What both said last, as Zotero had it; None where they never agreed."""
    here: Any
    """What the file says."""
    there: Any
    """What Zotero says."""


@dataclass(frozen=True, slots=True)
class LocalEntry:
    """An entry of the file."""

    key: str
    """Citation key."""
    print: str
    """A digest of all that the file says of the entry, what it inherits included."""
    reading: Entry | Callable[[], Entry]
    """The entry, or what reads it: of entries that did not change few are looked at."""
    data: Data
    """The entry as item data: no collections, relations or `deleted`. `citationKey` is in it."""
    code: str | None = None
    """The address of its code, which becomes a child titled "Code"."""
    locked: frozenset[str] = frozenset()
    """Item fields that the user locked: never changed in the file."""

    @property
    def entry(self) -> Entry:
        """The entry as a value of the model."""
        return self.reading if isinstance(self.reading, Entry) else self.reading()

    @property
    def title(self) -> str:
        """The title, for showing it."""
        return str(self.data.get("title") or self.key)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from a file."""

    entries: Sequence[LocalEntry]
    notices: Sequence[Notice]
    left_out: Sequence[LocalEntry] = ()
    """Entries that stand in the file and take no part, because they are broken: what can be read
    of them."""
    whole: bool = True
    """False when entries may stand in the file that nobody can read."""


@dataclass(frozen=True, slots=True)
class RemoteItem:
    """A top-level item of the library, or one of its children."""

    key: str
    version: int
    data: Data
    modified: str = ""
    """`dateModified`, ISO 8601 in UTC."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the two sides of a pair said when they last agreed."""

    item: str
    """Key of the item."""
    key: str
    """Citation key of the entry."""
    print: str
    """`LocalEntry.print` at that time."""
    version: int
    """Version of the item at that time."""
    here: Data
    """What the entry said, as item data."""
    there: Data
    """What the item said."""
    ours: bool = False
    """Whether this tool made the item."""
    entry_ours: bool = False
    """Whether this tool put the entry into the file."""
    code: tuple[str, str] | None = None
    """Key and address of the child with the code link; the key is empty where there is none, and
    none is to be made: it was thrown away, or the item came with a line alone."""
    pending: bool = False
    """Written before the item was: a run that was killed finds its own items by it."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What settles one pair."""

    to_there: tuple[FieldChange, ...] = ()
    """Changes of the item."""
    to_here: tuple[FieldChange, ...] = ()
    """Changes of the entry, in item data."""
    conflicts: tuple[FieldConflict, ...] = ()
    here: Data = field(default_factory=dict)
    """The entry as item data when the changes are made."""
    there: Data = field(default_factory=dict)
    """The item when the changes are made."""
    agreed_here: Data = field(default_factory=dict)
    """What is to be remembered as the entry's past: `here`, but the old past of every field that
    is not settled (a conflict, or a change that waits because only one direction was asked for),
    so that it is seen again."""
    agreed_there: Data = field(default_factory=dict)
    """The same for the item."""
    locked: tuple[FieldConflict, ...] = ()
    """What Zotero changed in fields that the file locks: no conflict, and changed on neither side;
    it is seen again, and comes when the lock goes."""


_BOOKKEEPING = frozenset({"key", "version", "dateAdded", "dateModified"})
_EMPTY: tuple[object, ...] = (None, "", [], {}, False)


def bare(data: Data) -> Data:
    """Item data without what is empty, and without what the server alone keeps."""
    return {
        name: value
        for name, value in data.items()
        if name not in _BOOKKEEPING and value not in _EMPTY
    }


def remote_item(item: Mapping[str, Any]) -> RemoteItem:
    """An item as the Web API gives it (`key`, `version`, `data`), without what is empty."""
    given = item.get("data", item)
    return RemoteItem(
        key=str(item.get("key") or given.get("key") or ""),
        version=int(item.get("version") or given.get("version") or 0),
        data=bare(given),
        modified=str(given.get("dateModified") or ""),
    )
