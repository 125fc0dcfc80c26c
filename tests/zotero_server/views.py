"""How objects are shown, found and put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any
from urllib.parse import quote

from tests.zotero_server.access import Group, Permission, Register, User
from tests.zotero_server.query import Query
from tests.zotero_server.schema import label
from tests.zotero_server.store import Collection, Item, Search, Shelf, Thing

SITE = "https://www.zotero.org"
_PDF_LIKE = ("application/pdf", "application/epub+zip", "text/html")


def link(href: str, kind: str = "application/json") -> dict[str, str]:
    return {"href": href, "type": kind}


class View:
    """One library as one key sees it."""

    def __init__(
        self,
        shelf: Shelf,
        permission: Permission,
        register: Register,
        address: str,
    ) -> None:
        self.shelf = shelf
        self.permission = permission
        self.register = register
        self.base = f"{address}/{shelf.kind}/{shelf.id}"
        self.site, self.library = self._library()

    def _library(self) -> tuple[str, dict[str, Any]]:
        if self.shelf.kind == "users":
            user = self.register.users[self.shelf.id]
            site, kind, name = f"{SITE}/{user.username}", "user", user.name
        else:
            group = self.register.groups[self.shelf.id]
            site, kind, name = f"{SITE}/groups/{group.slug}", "group", group.name
        links = {"alternate": link(site, "text/html")}
        return site, {"type": kind, "id": self.shelf.id, "name": name, "links": links}

    def show(self, thing: Thing) -> dict[str, Any]:
        """The whole API object."""
        kind = {Item: "items", Collection: "collections", Search: "searches"}[type(thing)]
        links = {"self": link(f"{self.base}/{kind}/{thing.key}")}
        if not isinstance(thing, Search):
            links["alternate"] = link(f"{self.site}/{kind}/{thing.key}", "text/html")
        made: dict[str, Any] = {
            "key": thing.key,
            "version": thing.version,
            "library": self.library,
            "links": links,
        }
        if isinstance(thing, Item):
            if thing.parent:
                links["up"] = link(f"{self.base}/items/{thing.parent}")
            made["meta"] = self._item_meta(thing)
        elif isinstance(thing, Collection):
            if thing.parent:
                links["up"] = link(f"{self.base}/collections/{thing.parent}")
            made["meta"] = self._collection_meta(thing)
        made["data"] = thing.data
        return made

    def _item_meta(self, item: Item) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if self.shelf.kind == "groups":
            users = self.register.users
            if item.created_by in users:
                made["createdByUser"] = _user(users[item.created_by])
            if item.modified_by != item.created_by and item.modified_by in users:
                made["lastModifiedByUser"] = _user(users[item.modified_by])
        made |= item.read_from_it()
        content = item.special.get("contentType", "")
        if not item.parent or item.item_type == "note" or content in _PDF_LIKE:
            made["numChildren"] = len(self.children(item.key))
        if item.item_type == "attachment" and content not in _PDF_LIKE:
            made.pop("numChildren", None)
        return made

    def _collection_meta(self, collection: Collection) -> dict[str, int]:
        below = [one for one in self.shelf.collections.values() if one.parent == collection.key]
        held = [
            one
            for one in self.shelf.items.values()
            if collection.key in one.collections and not one.deleted
        ]
        return {"numCollections": len(below), "numItems": len(held)}

    def children(self, key: str) -> list[Item]:
        """Those not in the trash."""
        keys = self.shelf.children.get(key, ())
        found = [self.shelf.items[one] for one in keys]
        return [one for one in found if not one.deleted and self.permission.sees(one)]

    # Finding

    def find(self, items: Iterable[Item], query: Query, *, top: bool = False) -> list[Item]:
        """The items a query asks for, in its order. With `top` a child stands for its parent."""
        if not top:
            # Before anything dear: a library may hold thousands.
            items = _named(items, query)
        asked = bool(query.q or query.tags or query.item_type)
        found = [
            one
            for one in items
            if (query.trashed or not one.deleted)
            and self.permission.sees(one)
            and (not asked or self._matches(one, query))
        ]
        if top:
            tops = (
                {one.parent or one.key for one in found}
                if asked
                else (one.key for one in found if not one.parent)
            )
            held = [self.shelf.items[key] for key in tops]
            found = [one for one in _named(held, query) if query.trashed or not one.deleted]
        if query.sort == "itemKeyList" and query.keys is not None:
            place = {key: number for number, key in enumerate(query.keys)}
            return sorted(found, key=lambda one: place[one.key])
        return _in_order(found, query, _item_sort(query.sort))

    def _matches(self, item: Item, query: Query) -> bool:
        if query.item_type:
            names = [one.strip() for one in query.item_type.removeprefix("-").split(" || ")]
            if (item.item_type in names) == query.item_type.startswith("-"):
                return False
        if not all(_has_tag(item, wanted) for wanted in query.tags if wanted.strip()):
            return False
        return not query.q or self._is_about(item, query)

    def _is_about(self, item: Item, query: Query) -> bool:
        names = [
            one.get("name") or f"{one.get('firstName', '')} {one.get('lastName', '')}".strip()
            for one in item.creators
        ]
        texts = [item.title(), *names, item.read_from_it().get("parsedDate", "")[:4]]
        if query.everything:
            content = self.shelf.fulltext.get(item.key, ({}, 0))[0]
            texts += [*item.fields.values(), item.note, str(content.get("content", ""))]
        whole = "\n".join(texts).lower()
        return all(part in whole for part in query.q.lower().split())

    def find_others(
        self, things: Iterable[Collection] | Iterable[Search], query: Query
    ) -> list[Collection | Search]:
        """Collections or searches a query asks for."""
        wanted = set(query.keys) if query.keys is not None else None
        found = [
            one
            for one in things
            if (wanted is None or one.key in wanted)
            and (query.since is None or one.version > query.since)
        ]
        by_name = query.sort == "title"
        order: Callable[[Any], Any] = (lambda one: one.name.lower()) if by_name else (lambda _: "")
        return _in_order(found, query, order)

    def tags(self, items: Iterable[Item], query: Query) -> list[dict[str, Any]]:
        """The tags of items not in the trash."""
        counted: Counter[tuple[str, int]] = Counter()
        for item in items:
            if not item.deleted and self.permission.sees(item):
                counted.update(item.tags.items())
        made = []
        for (tag, kind), number in sorted(counted.items(), reverse=query.descending):
            if query.q and query.q.lower() not in tag.lower():
                continue
            name = quote(tag, safe="")
            links = {
                "self": link(f"{self.base}/tags/{name}"),
                "alternate": link(
                    f"http://zotero.org/{self.shelf.kind}/{self.shelf.id}/tags/{name}", "text/html"
                ),
            }
            meta = {"type": kind, "numItems": number}
            made.append({"tag": tag, "links": links, "meta": meta})
        return made


def _user(user: User) -> dict[str, Any]:
    links = {"alternate": link(f"{SITE}/{user.username}", "text/html")}
    return {"id": user.id, "username": user.username, "name": user.name, "links": links}


def show_group(group: Group, shelf: Shelf, address: str, user: int) -> dict[str, Any]:
    """A group's description."""
    links = {
        "self": link(f"{address}/groups/{group.id}"),
        "alternate": link(f"{SITE}/groups/{group.slug}", "text/html"),
    }
    meta: dict[str, Any] = {"created": group.created, "lastModified": group.created}
    meta["numItems"] = sum(not one.parent and not one.deleted for one in shelf.items.values())
    if group.owner == user:
        meta["isAdmin"] = True
    data = {
        "id": group.id,
        "version": group.version,
        "name": group.name,
        "owner": group.owner,
        "type": group.type,
        "description": group.description,
        "url": group.url,
        "libraryEditing": group.library_editing,
        "libraryReading": group.library_reading,
        "fileEditing": group.file_editing,
    }
    return {"id": group.id, "version": group.version, "links": links, "meta": meta, "data": data}


def _named(items: Iterable[Item], query: Query) -> list[Item]:
    """Those that have one of the keys asked for and are newer than asked for."""
    keys = None if query.keys is None else set(query.keys)
    since = -1 if query.since is None else query.since
    return [one for one in items if one.version > since and (keys is None or one.key in keys)]


def _has_tag(item: Item, wanted: str) -> bool:
    negated = wanted.startswith("-")
    names = wanted.removeprefix("-" if negated else "\\").split(" || ")
    return any(name.strip() in item.tags for name in names) != negated


def _item_sort(sort: str) -> Callable[[Item], Any]:
    simple: dict[str, Callable[[Item], Any]] = {
        "dateModified": attrgetter("modified"),
        "dateAdded": attrgetter("added"),
        "title": lambda item: item.title().lower(),
        "itemType": lambda item: label(item.item_type).lower(),
        "creator": lambda item: _last(item.read_from_it().get("creatorSummary", "").lower()),
        "date": lambda item: _last(item.read_from_it().get("parsedDate", "")),
    }
    return simple.get(sort, lambda item: _last(item.fields.get(sort, "").lower()))


def _last(text: str) -> tuple[bool, str]:
    """Sorts what is empty behind everything else."""
    return not text, text


def _in_order(things: list[Any], query: Query, order: Callable[[Any], Any]) -> list[Any]:
    """Ties are broken by version, then by the server's own number, in the same direction."""
    things.sort(key=lambda one: (order(one), one.version, one.number), reverse=query.descending)
    return things
