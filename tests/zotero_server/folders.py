"""Writing collections and saved searches."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from tests.zotero_server.answers import Refused
from tests.zotero_server.rules import MAX_NAME, check_relations, invalid
from tests.zotero_server.store import Collection, Search, Shelf, Thing


@dataclass(frozen=True, slots=True)
class Ask:
    """One object to be written, its preconditions met."""

    shelf: Shelf
    json: dict[str, Any]
    stored: Thing | None
    key: str
    version: int
    """The one it gets if it changes."""
    partial: bool
    """Whether what is absent stays (PATCH and POST)."""
    user: int


@dataclass(frozen=True, slots=True)
class Written:
    """What became of one object."""

    thing: Thing
    changed: bool


def write_collection(ask: Ask) -> Written:
    """Create or change a collection."""
    shelf, json, key, partial = ask.shelf, ask.json, ask.key, ask.partial
    stored = ask.stored if isinstance(ask.stored, Collection) else None
    if not (partial and stored) and json.get("name") is None:
        raise invalid("'name' property not provided")
    known = ("key", "version", "name", "parentCollection", "relations", "deleted")
    for name in json:
        if name not in known:
            raise invalid(f"Invalid property '{name}'")
    _check_collection(json)
    draft = copy.copy(stored) if stored else Collection(key)
    draft.name = json.get("name") or draft.name
    if json.get("parentCollection") is not None or not partial:
        draft.parent = json.get("parentCollection") or ""
    if draft.parent and draft.parent not in shelf.collections:
        raise Refused(
            409,
            f"Parent collection {draft.parent} not found",
            data={"collection": draft.parent},
        )
    if _is_below(shelf, draft.parent, key):
        raise invalid(f"Collection {key} cannot be a child of itself or of its children")
    if "relations" in json or not partial:
        draft.relations = dict(json.get("relations") or {})
    if "deleted" in json or not partial:
        draft.deleted = bool(json.get("deleted"))
    if stored and draft == stored:
        return Written(stored, changed=False)
    draft.version = ask.version
    draft.number = draft.number or shelf.new_number()
    shelf.collections[key] = draft
    shelf.gone["collections"].pop(key, None)
    return Written(draft, changed=True)


def _check_collection(json: dict[str, Any]) -> None:
    name = json.get("name")
    if "name" in json and not isinstance(name, str):
        raise invalid("'name' must be a string")
    if name == "":
        raise invalid("Collection name cannot be empty")
    if name and len(name) > MAX_NAME:
        start = name[:50] + "…"
        raise Refused(413, f"Collection name '{start}' too long", data={"value": start})
    parent = json.get("parentCollection")
    if parent and not isinstance(parent, str):
        raise invalid("'parentCollection' must be a collection key or FALSE")
    if "relations" in json:
        check_relations(json["relations"])


def _is_below(shelf: Shelf, key: str, above: str) -> bool:
    while key:
        if key == above:
            return True
        key = shelf.collections[key].parent
    return False


def write_search(ask: Ask) -> Written:
    """Create or change a saved search."""
    shelf, json, key, partial = ask.shelf, ask.json, ask.key, ask.partial
    stored = ask.stored if isinstance(ask.stored, Search) else None
    for name in () if partial and stored else ("name", "conditions"):
        if json.get(name) is None:
            raise invalid(f"'{name}' property not provided")
    for name in json:
        if name not in ("key", "version", "name", "conditions"):
            raise invalid(f"Invalid property '{name}'")
    draft = copy.copy(stored) if stored else Search(key)
    draft.name = json.get("name") or draft.name
    draft.conditions = json.get("conditions") or draft.conditions
    if stored and draft == stored:
        return Written(stored, changed=False)
    draft.version = ask.version
    draft.number = draft.number or shelf.new_number()
    shelf.searches[key] = draft
    shelf.gone["searches"].pop(key, None)
    return Written(draft, changed=True)
