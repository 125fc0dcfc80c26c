"""The read requests of a library, and those that ask about no library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.zotero_server.answers import Answer, Refused, as_json
from tests.zotero_server.query import Query, links, page_of, read_query
from tests.zotero_server.rules import invalid
from tests.zotero_server.schema import (
    CREATOR_TYPES,
    ITEM_TYPES,
    LINK_MODES,
    as_schema,
    label,
    template,
)
from tests.zotero_server.store import Collection, Item, Search, Shelf, is_key
from tests.zotero_server.views import SITE, View
from tests.zotero_server.writes import Request

Listed = list[Item] | list[Collection | Search]


def listing(view: View, request: Request, query: Query, found: Listed) -> Answer:
    """A list in the format asked for, with its pages."""
    page = page_of(found, query)
    version = view.shelf.version
    if query.format == "versions":
        answer = as_json({one.key: one.version for one in page}, version=version)
    elif query.format == "keys":
        body = "".join(one.key + "\n" for one in page).encode()
        answer = Answer(200, body, "text/plain;charset=UTF-8", version)
    elif query.format == "json":
        answer = as_json([view.show(one) for one in page], version=version)
    else:
        # Exports ask other servers of Zotero's, which are not there.
        answer = Answer(500, b"An error occurred")
    return _paged(answer, request, query, len(found))


def _paged(answer: Answer, request: Request, query: Query, total: int) -> Answer:
    answer.headers["Total-Results"] = str(total)
    base = request.address + request.path
    answer.headers["Link"] = links(base, SITE + request.path, query, total)
    return answer


def list_items(view: View, request: Request, items: Iterable[Item], *, top: bool) -> Answer:
    query = read_query(request.parameters)
    return listing(view, request, query, view.find(items, query, top=top))


def list_trash(view: View, request: Request) -> Answer:
    query = read_query(request.parameters)
    query.trashed = True
    trashed = [one for one in view.shelf.items.values() if one.deleted]
    return listing(view, request, query, view.find(trashed, query))


def list_children(view: View, request: Request, key: str) -> Answer:
    item = view.shelf.items.get(key)
    if not item or not view.permission.sees(item):
        raise Refused(404, "Item not found")
    keys = view.shelf.children.get(key, ())
    return list_items(view, request, [view.shelf.items[one] for one in keys], top=False)


def list_in_collection(view: View, request: Request, key: str, *, top: bool) -> Answer:
    if key not in view.shelf.collections:
        raise Refused(404, "Collection not found")
    items = view.shelf.items.values()
    held = {one.key for one in items if key in one.collections}
    found = [one for one in items if one.key in held or (not top and one.parent in held)]
    return list_items(view, request, found, top=top)


def list_collections(view: View, request: Request, of: str | None) -> Answer:
    """All collections, those directly below one, or (`of` empty) those below none."""
    if of and of not in view.shelf.collections:
        raise Refused(404, "Collection not found")
    query = read_query(request.parameters)
    every = view.shelf.collections.values()
    found = view.find_others([one for one in every if of is None or one.parent == of], query)
    return listing(view, request, query, found)


def list_searches(view: View, request: Request) -> Answer:
    query = read_query(request.parameters)
    found = view.find_others(view.shelf.searches.values(), query)
    return listing(view, request, query, found)


def list_tags(view: View, request: Request, items: Iterable[Item], name: str = "") -> Answer:
    query = read_query(request.parameters)
    found = [one for one in view.tags(items, query) if not name or one["tag"] == name]
    if name and not found:
        raise Refused(404, "Tag not found")
    answer = as_json(list(page_of(found, query)), version=view.shelf.version)
    return _paged(answer, request, query, len(found))


def single(view: View, kind: str, key: str) -> Answer:
    """One item, collection or search; its own version."""
    if not is_key(key):
        raise Refused(404, "Not found")
    held: dict[str, dict[str, Any]] = {
        "Item": view.shelf.items,
        "Collection": view.shelf.collections,
        "Search": view.shelf.searches,
    }
    found = held[kind].get(key)
    if found is None:
        gone = "Item does not exist" if kind == "Item" else f"{kind} not found"
        raise Refused(404, gone)
    if isinstance(found, Item) and not view.permission.sees(found):
        raise Refused(404, "Not found")
    return as_json(view.show(found), version=found.version)


def deleted(shelf: Shelf, request: Request) -> Answer:
    query = read_query(request.parameters)
    if query.since is None:
        raise invalid("'since' parameter must be provided")
    since = query.since
    gone = {
        kind: sorted(key for key, version in keys.items() if version > since)
        for kind, keys in shelf.gone.items()
    }
    return as_json(gone, version=shelf.version)


def settings(shelf: Shelf, request: Request) -> Answer:
    since = read_query(request.parameters).since or 0
    found = {
        name: {"value": value, "version": version}
        for name, (value, version) in shelf.settings.items()
        if version > since
    }
    return as_json(found, version=shelf.version)


def fulltext_versions(shelf: Shelf, request: Request) -> Answer:
    since = read_query(request.parameters).since or 0
    found = {key: version for key, (_, version) in shelf.fulltext.items() if version > since}
    return as_json(found, version=shelf.version)


def fulltext(shelf: Shelf, key: str) -> Answer:
    if key not in shelf.fulltext:
        raise Refused(404, "Not found")
    content, version = shelf.fulltext[key]
    return as_json(content, version=version)


# What asks about no library


def about_schema(request: Request) -> Answer | None:
    """The schema and the lists of types and fields; None for other addresses."""
    path = request.path
    if path == "/schema":
        answer = as_json(as_schema())
        answer.bare = True
        answer.headers = {"ETag": '"696fb5fb-602d5"', "Accept-Ranges": "bytes"}
        answer.headers["Last-Modified"] = "Tue, 20 Jan 2026 17:06:03 GMT"
        return answer
    if path == "/itemTypes":
        return as_json(_labelled("itemType", ITEM_TYPES))
    if path == "/itemFields":
        fields = {field for one in ITEM_TYPES.values() for field in one.fields}
        return as_json(_labelled("field", sorted(fields, key=lambda one: label(one).lower())))
    if path == "/creatorFields":
        names = {"firstName": "First", "lastName": "Last", "name": "Name"}
        return as_json([{"field": name, "localized": text} for name, text in names.items()])
    if path == "/itemTypeFields":
        return as_json(_labelled("field", ITEM_TYPES[_type(request)].fields))
    if path == "/itemTypeCreatorTypes":
        return as_json(_labelled("creatorType", ITEM_TYPES[_type(request)].creator_types))
    if path == "/creatorTypes":
        return as_json(_labelled("creatorType", sorted(CREATOR_TYPES)))
    if path == "/items/new":
        return as_json(_template(request))
    return None


def _labelled(what: str, names: Iterable[str]) -> list[dict[str, str]]:
    return [{what: name, "localized": label(name)} for name in names]


def _type(request: Request) -> str:
    wanted = request.parameter("itemType")
    if not wanted:
        raise invalid("'itemType' not provided")
    if wanted not in ITEM_TYPES:
        raise invalid(f"Invalid item type '{wanted}'")
    return wanted


def _template(request: Request) -> dict[str, object]:
    wanted = _type(request)
    mode = request.parameter("linkMode") or ""
    if wanted == "attachment" and not mode:
        raise invalid("linkMode required for itemType=attachment")
    if wanted == "attachment" and mode not in LINK_MODES:
        raise invalid(f"Invalid linkMode '{mode}'")
    return template(wanted, mode)
