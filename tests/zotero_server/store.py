"""What a library holds: items, collections, searches, one counter of versions, what was deleted.

One counter numbers everything. Every write of one object draws the next number inside its own
transaction, so the objects of one request get numbers of their own, and so does an object that
is written without a change; a refused one gives its number back.
"""

from __future__ import annotations

import copy
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.zotero_server.normal import creator_summary, parsed_date
from tests.zotero_server.schema import ITEM_TYPES

KEY_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"


def is_key(text: object) -> bool:
    return isinstance(text, str) and len(text) == 8 and not set(text) - set(KEY_LETTERS)


@dataclass(slots=True)
class Item:
    """One item as it is stored; `data` is how the API shows it."""

    key: str
    item_type: str = ""
    version: int = 0
    fields: dict[str, str] = field(default_factory=dict)
    """Only those with a value."""
    creators: list[dict[str, str]] = field(default_factory=list)
    tags: dict[str, int] = field(default_factory=dict)
    collections: list[str] = field(default_factory=list)
    relations: dict[str, list[str]] = field(default_factory=dict)
    parent: str = ""
    deleted: bool = False
    in_publications: bool = False
    note: str = ""
    special: dict[str, Any] = field(default_factory=dict)
    """What attachments and annotations have besides: linkMode, contentType, md5, ..."""
    added: str = ""
    modified: str = ""
    created_by: int = 0
    modified_by: int = 0
    number: int = 0
    """The server's own number, which breaks ties in sorting."""

    @property
    def data(self) -> dict[str, Any]:
        """The editable JSON, in the order of the server."""
        made: dict[str, Any] = {"key": self.key, "version": self.version}
        if self.parent:
            made["parentItem"] = self.parent
        made["itemType"] = self.item_type
        if self.item_type == "note":
            made["note"] = self.note
        elif self.item_type == "attachment":
            made |= self._attachment()
        elif self.item_type == "annotation":
            made |= self.special
        else:
            names = ITEM_TYPES[self.item_type].fields
            made[names[0]] = self.fields.get(names[0], "")
            made["creators"] = [dict(one) for one in self.creators]
            for name in names[1:]:
                made[name] = self.fields.get(name, "")
        if self.deleted:
            made["deleted"] = 1
        if self.in_publications:
            made["inPublications"] = True
        made["tags"] = [
            {"tag": tag, "type": kind} if kind else {"tag": tag}
            for tag, kind in sorted(self.tags.items())
        ]
        if not self.parent:
            made["collections"] = list(self.collections)
        made["relations"] = {
            name: uris[0] if len(uris) == 1 else list(uris) for name, uris in self.relations.items()
        }
        made["dateAdded"] = self.added
        made["dateModified"] = self.modified
        return made

    def copy(self) -> Item:
        """One whose values may be set without touching this one."""
        made = copy.copy(self)
        made.fields = dict(self.fields)
        made.creators = [dict(one) for one in self.creators]
        made.tags = dict(self.tags)
        made.relations = dict(self.relations)
        made.special = dict(self.special)
        return made

    def _attachment(self) -> dict[str, Any]:
        mode = self.special.get("linkMode", "")
        made = {"linkMode": mode, "title": self.fields.get("title", "")}
        made["accessDate"] = self.fields.get("accessDate", "")
        made["url"] = self.fields.get("url", "")
        made["note"] = self.note
        made["contentType"] = self.special.get("contentType", "")
        made["charset"] = self.special.get("charset", "")
        if mode.startswith("imported_"):
            for name, absent in (("filename", ""), ("md5", None), ("mtime", None)):
                made[name] = self.special.get(name, absent)
        if mode == "linked_file":
            made["path"] = self.special.get("path", "")
        return made

    def title(self) -> str:
        """What it is sorted and searched by."""
        names = ITEM_TYPES[self.item_type].fields
        return self.fields.get(names[0], "") if names else self.note

    def read_from_it(self) -> dict[str, Any]:
        """The part of `meta` that is read out of the item."""
        made = {}
        if self.creators:
            primary = ITEM_TYPES[self.item_type].creator_types[0]
            if summary := creator_summary(self.creators, primary):
                made["creatorSummary"] = summary
        if self.item_type in ITEM_TYPES:
            date = self.fields.get(ITEM_TYPES[self.item_type].of_base("date"), "")
            if date and (parsed := parsed_date(date)):
                made["parsedDate"] = parsed
        return made


@dataclass(slots=True)
class Collection:
    key: str
    version: int = 0
    name: str = ""
    parent: str = ""
    relations: dict[str, Any] = field(default_factory=dict)
    deleted: bool = False
    number: int = 0

    @property
    def data(self) -> dict[str, Any]:
        made: dict[str, Any] = {"key": self.key, "version": self.version, "name": self.name}
        made["parentCollection"] = self.parent or False
        made["relations"] = dict(self.relations)
        if self.deleted:
            made["deleted"] = True
        return made


@dataclass(slots=True)
class Search:
    key: str
    version: int = 0
    name: str = ""
    conditions: list[dict[str, str]] = field(default_factory=list)
    number: int = 0

    @property
    def data(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "version": self.version,
            "name": self.name,
            "conditions": self.conditions,
        }


ObjectKind = Literal["item", "collection", "search"]
Thing = Item | Collection | Search


class Shelf:
    """The state of one library. Whoever reads or writes it holds `lock`."""

    def __init__(self, kind: str, number: int, clock: Callable[[], float], version: int) -> None:
        self.kind = kind
        """`users` or `groups`."""
        self.id = number
        self.clock = clock
        self.version = version
        self.items: dict[str, Item] = {}
        self.collections: dict[str, Collection] = {}
        self.searches: dict[str, Search] = {}
        self.settings: dict[str, tuple[Any, int]] = {}
        self.fulltext: dict[str, tuple[dict[str, Any], int]] = {}
        self.gone: dict[str, dict[str, int]] = {
            name: {} for name in ("collections", "items", "searches", "tags", "settings")
        }
        """Kind -> key -> the version at which it was deleted."""
        self.children: dict[str, list[str]] = {}
        self.locked = False
        """Writes are refused with 409."""
        self.full = False
        """Writes are refused with 413: no storage left."""
        self.composes = True
        """Whether text is stored in NFC. The contract says so; the recorded server did not."""
        self.lock = threading.RLock()
        self._numbers = 0
        self._random = random.Random(f"{kind}/{number}")

    def new_key(self) -> str:
        """One nobody has."""
        while True:
            key = "".join(self._random.choices(KEY_LETTERS, k=8))
            if not any(key in kind for kind in (self.items, self.collections, self.searches)):
                return key

    def new_number(self) -> int:
        self._numbers += 1
        return self._numbers

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Hold the lock and draw the next version; it is given back if the body fails."""
        with self.lock:
            before = self.version
            self.version = before + 1
            try:
                yield self.version
            except BaseException:
                self.version = before
                raise

    def keep(self, item: Item) -> None:
        """Store an item in place of the one with its key."""
        old = self.items.get(item.key)
        if old and old.parent and old.parent != item.parent:
            self.children[old.parent].remove(item.key)
        if item.parent and (not old or old.parent != item.parent):
            self.children.setdefault(item.parent, []).append(item.key)
        self.items[item.key] = item
        self.gone["items"].pop(item.key, None)

    def drop(self, key: str, version: int) -> None:
        """Delete an item for good, with its children."""
        for child in list(self.children.get(key, ())):
            self.drop(child, version)
        self.children.pop(key, None)
        item = self.items.pop(key)
        if item.parent and item.parent in self.children:
            self.children[item.parent].remove(key)
        self.fulltext.pop(key, None)
        self.gone["items"][key] = version

    def drop_collection(self, key: str, version: int) -> None:
        """Delete a collection and those below it. Only the first is told of in /deleted, and its
        items lose it without a new version."""
        self.gone["collections"][key] = version
        lost = {key}
        while True:
            below = {one.key for one in self.collections.values() if one.parent in lost} - lost
            if not below:
                break
            lost |= below
        for one in lost:
            del self.collections[one]
        for item in self.items.values():
            if lost.intersection(item.collections):
                item.collections = [one for one in item.collections if one not in lost]

    def uri(self, item_key: str) -> str:
        """An item's name in relations."""
        return f"http://zotero.org/{self.kind}/{self.id}/items/{item_key}"
