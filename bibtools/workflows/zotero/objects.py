"""Steps of a plan as objects for Zotero's Web API, in the order in which they can be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.sync.changing import changed
from bibtools.sync.item_side import CODE_TITLE
from bibtools.sync.kept import whole
from bibtools.sync.plan import (
    AttachCode,
    CreateCollection,
    CreateItem,
    RemoteStep,
    TrashItem,
    UpdateItem,
)
from bibtools.sync.values import Data, FieldChange, RemoteItem

_LISTS = frozenset({"creators", "tags", "collections"})
_ANY_TYPE = _LISTS | {"itemType", "relations", "deleted", "inPublications", "parentItem"}
"""Properties of items of every type."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One object that is to be written."""

    kind: Literal["items", "collections"]
    key: str
    item: str
    """Key of the pair's item; of the collection itself for collections."""
    body: Mapping[str, Any]
    """As the Web API takes it, `key` and `version` included."""
    before: Data | None
    """What it was; None for one that is made."""
    wanted: Data
    """What it shall be."""
    step: RemoteStep
    parent: str | None = None
    """Key of the object that has to be there first."""

    @property
    def is_child(self) -> bool:
        """Whether it is the child of an item."""
        return self.kind == "items" and self.key != self.item


def outgoing(
    steps: Iterable[RemoteStep],
    items: Mapping[str, RemoteItem],
    children: Mapping[str, Iterable[RemoteItem]],
) -> list[Outgoing]:
    """The objects of a plan's steps: collections first, parents always before their children."""
    found: list[Outgoing] = []
    for step in steps:
        found += _objects(step, items, children)
    return sorted(found, key=lambda one: one.kind == "items")


def _objects(
    step: RemoteStep,
    items: Mapping[str, RemoteItem],
    children: Mapping[str, Iterable[RemoteItem]],
) -> list[Outgoing]:
    match step:
        case CreateCollection(key, name, parent):
            data: dict[str, Any] = {"name": name, "parentCollection": parent or False}
            body = {"key": key, "version": 0, **data}
            return [Outgoing("collections", key, key, body, None, data, step, parent)]
        case CreateItem():
            body = {"key": step.item, "version": 0, **step.data}
            made = [Outgoing("items", step.item, step.item, body, None, step.data, step)]
            if step.code and step.child:
                made.append(_code_child(step.item, step.child, step.code, step))
            return made
        case AttachCode() if step.child_version == 0:
            return [_code_child(step.item, step.child, step.url, step)]
        case AttachCode():
            held = next((one for one in children.get(step.item, ()) if one.key == step.child), None)
            before = held.data if held is not None else {}
            change = (FieldChange("url", before.get("url"), step.url),)
            return [_change(step.child, step.item, step.child_version, before, change, step)]
        case UpdateItem():
            held = items[step.item]
            return [_change(step.item, step.item, step.version, held.data, step.changes, step)]
        case TrashItem():
            held = items[step.item]
            change = (FieldChange("deleted", None, 1),)
            return [_change(step.item, step.item, step.version, held.data, change, step)]
    raise AssertionError(step)


def _change(
    key: str,
    item: str,
    version: int,
    before: Data,
    changes: Iterable[FieldChange],
    step: RemoteStep,
) -> Outgoing:
    changes, before = tuple(changes), whole(before)
    body = {"key": key, "version": version, **fields_to_send(changes)}
    return Outgoing("items", key, item, body, before, changed(before, changes), step)


def _code_child(item: str, child: str, url: str, step: RemoteStep) -> Outgoing:
    data = {
        "itemType": "attachment",
        "linkMode": "linked_url",
        "title": CODE_TITLE,
        "url": url,
        "contentType": "",
        "parentItem": item,
    }
    body = {"key": child, "version": 0, **data}
    wanted = {name: value for name, value in data.items() if value}
    return Outgoing("items", child, item, body, None, wanted, step, item)


def fields_to_send(changes: Iterable[FieldChange]) -> dict[str, Any]:
    """Changes as the Web API takes them: what is absent stays there, so what goes is emptied.

    With a new item type, fields that it does not have go by themselves, and may not be named.
    """
    changes = tuple(changes)
    new_type = next((str(one.new) for one in changes if one.field == "itemType"), None)
    kept = set(ITEM_TYPES[new_type].fields) | _ANY_TYPE if new_type in ITEM_TYPES else None
    return {
        one.field: emptied(one.field) if one.new is None else one.new
        for one in changes
        if one.new is not None or kept is None or one.field in kept
    }


def emptied(name: str) -> Any:
    """What clears a field."""
    if name in _LISTS:
        return []
    if name == "relations":
        return {}
    if name in ("deleted", "inPublications"):
        return False
    return ""
