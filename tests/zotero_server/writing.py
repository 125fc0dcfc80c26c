"""Writing one object: the preconditions, the values as they are stored, the new version."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.zotero_server.answers import Refused
from tests.zotero_server.folders import Ask, Written, write_collection, write_search
from tests.zotero_server.normal import as_text, cleaned, moment, now_as_text
from tests.zotero_server.rules import (
    ANNOTATION_PROPERTIES,
    FILE_PROPERTIES,
    MAX_NAME,
    check_item,
    invalid,
)
from tests.zotero_server.schema import ITEM_TYPES, label
from tests.zotero_server.store import Item, ObjectKind, Shelf, Thing, is_key

MAX_FIELD_BYTES = 65_535
MAX_NOTE = 500_000

_SKIPPED = ("key", "version", "itemType", "parentItem", "deleted", "inPublications")
_SPECIAL = ("linkMode", *FILE_PROPERTIES, *ANNOTATION_PROPERTIES)
# Changes of these alone leave dateModified as it is.
_QUIET = ("collections", "deleted", "in_publications", "relations")


def plural(kind: ObjectKind) -> str:
    return "searches" if kind == "search" else kind + "s"


def things(shelf: Shelf, kind: ObjectKind) -> dict[str, Any]:
    """The objects of a kind by their keys."""
    held: dict[str, dict[str, Any]] = {
        "item": shelf.items,
        "collection": shelf.collections,
        "search": shelf.searches,
    }
    return held[kind]


def editable(json: Any) -> Any:
    """A whole API object stands for its `data`."""
    if isinstance(json, dict) and isinstance(json.get("data"), dict):
        return json["data"]
    return json


def write_one(
    shelf: Shelf,
    kind: ObjectKind,
    json: Any,
    *,
    key: str = "",
    need_version: bool = False,
    partial: bool = True,
    user: int = 0,
) -> Written:
    """Create or change one object in a transaction of its own.

    `key` is the one in the address of a single-object request, whose precondition has been
    checked before. Raises `Refused`; then nothing has changed, the library's version included.
    """
    with shelf.transaction() as version:
        json = dict(cleaned(editable(json), composed=shelf.composes))
        given = json.get("key")
        if given is not None and not is_key(given):
            raise invalid(f"'{given}' is not a valid {kind} key")
        if key and given is not None and given != key:
            raise Refused(409, "'key' property in JSON does not match item key of request")
        stored: Thing | None = things(shelf, kind).get(key or given or "")
        if not key:
            _check_version(kind, json, stored, need_version)
        key = key or given or shelf.new_key()
        return _WRITERS[kind](Ask(shelf, json, stored, key, version, partial, user))


def _check_version(
    kind: ObjectKind, json: dict[str, Any], stored: Thing | None, need_version: bool
) -> None:
    """The precondition of one object of many."""
    wanted = json.get("version")
    if wanted is None:
        if need_version and json.get("key") is not None:
            raise Refused(
                428,
                "Either If-Unmodified-Since-Version or 'version' property must be provided for "
                "'key'-based writes",
            )
        return
    if isinstance(wanted, bool) or not str(wanted).lstrip("-").isdigit():
        raise invalid("'version' must be an integer")
    if json.get("key") is None:
        raise invalid(f"'version' is valid only if {kind} key is provided")
    name = kind.capitalize()
    if stored and stored.version > int(wanted):
        raise Refused(
            412,
            f"{name} has been modified since specified version "
            f"(expected {wanted}, found {stored.version})",
        )
    if not stored and int(wanted) > 0:
        raise Refused(404, f"{name} doesn't exist (expected version {wanted}; use 0 instead)")


def _item(ask: Ask) -> Written:
    shelf, json, partial = ask.shelf, ask.json, ask.partial
    stored = ask.stored if isinstance(ask.stored, Item) else None
    check_item(json, stored, partial=partial, kind=shelf.kind)
    now = shelf.clock()
    old = stored or Item(ask.key, added=now_as_text(now))
    draft = old.copy()
    _set_type(draft, json)
    _set_parent(shelf, draft, json, partial)
    for name, value in json.items():
        if name not in _SKIPPED:
            _set(shelf, draft, name, value, now)
    if "deleted" in json or not partial:
        draft.deleted = bool(json.get("deleted"))
    if "inPublications" in json or not partial:
        draft.in_publications = bool(json.get("inPublications"))
    if shelf.kind == "groups" and draft.special.get("linkMode") == "linked_file":
        raise invalid("Linked files can only be added to user library")
    if stored and draft == old:
        return Written(stored, changed=False)
    _date(draft, old, json, now, new=stored is None)
    draft.version = ask.version
    draft.number = draft.number or shelf.new_number()
    draft.created_by = draft.created_by or ask.user
    draft.modified_by = ask.user
    shelf.keep(draft)
    _relate_back(shelf, draft, old, ask.version)
    return Written(draft, changed=True)


def _date(draft: Item, old: Item, json: dict[str, Any], now: float, *, new: bool) -> None:
    if json.get("dateModified") is not None and draft.modified != old.modified:
        return
    loud = [
        name
        for name in Item.__dataclass_fields__
        if name not in _QUIET and getattr(draft, name) != getattr(old, name)
    ]
    if loud or new:
        draft.modified = now_as_text(now)


def _set_type(draft: Item, json: dict[str, Any]) -> None:
    wanted = json.get("itemType") or draft.item_type
    if draft.item_type in (wanted, ""):
        draft.item_type = wanted
        return
    before, after = ITEM_TYPES[draft.item_type], ITEM_TYPES[wanted]
    moved: dict[str, str] = {}
    for name, value in draft.fields.items():
        target = name
        if base := before.base.get(name, name):
            target = after.of_base(base) or name
        if target in after.fields:
            moved[target] = value
    draft.item_type, draft.fields = wanted, moved
    primary = after.creator_types[:1] or ("",)
    for creator in draft.creators:
        if creator["creatorType"] not in after.creator_types:
            creator["creatorType"] = primary[0]


def _set_parent(shelf: Shelf, draft: Item, json: dict[str, Any], partial: bool) -> None:
    if json.get("parentItem") is None:
        draft.parent = draft.parent if partial else ""
    elif json["parentItem"] is False:
        draft.parent = ""
    else:
        draft.parent = json["parentItem"]
        parent = shelf.items.get(draft.parent)
        data = {"parentItem": draft.parent}
        if not parent:
            raise Refused(409, f"Parent item {draft.parent} not found", data=data)
        holds = ("attachment",) if draft.item_type == "annotation" else ()
        if parent.item_type in ("note", "attachment", "annotation") and (
            parent.item_type not in holds
        ):
            raise Refused(409, "Parent item cannot be a note or attachment", data=data)
    if draft.parent:
        draft.collections = []


def _set(shelf: Shelf, draft: Item, name: str, value: Any, now: float) -> None:
    if name == "creators":
        draft.creators = [one for one in map(_creator, value) if one]
    elif name == "tags":
        draft.tags = _tags(value)
    elif name == "collections":
        draft.collections = _collections(shelf, value)
    elif name == "relations":
        draft.relations = _relations(value)
    elif name == "note":
        draft.note = _note(value)
    elif name == "dateAdded":
        draft.added = moment(value, now)
    elif name == "dateModified":
        draft.modified = moment(value, now)
    elif name in _SPECIAL:
        if value or name not in ("md5", "mtime"):
            draft.special[name] = value.lower() if name == "linkMode" else value
    else:
        _set_field(shelf, draft, name, value, now)


def _collections(shelf: Shelf, keys: list[str]) -> list[str]:
    for key in keys:
        if key not in shelf.collections:
            raise Refused(409, f"Collection {key} not found", data={"collection": key})
    return list(dict.fromkeys(keys))


def _relations(value: dict[str, Any] | list[Any]) -> dict[str, list[str]]:
    return {
        predicate: list(dict.fromkeys([named] if isinstance(named, str) else named))
        for predicate, named in dict(value).items()
        if named
    }


def _note(value: Any) -> str:
    text = as_text(value)
    if len(text) > MAX_NOTE:
        raise Refused(413, f"Note '{text[:50]}…' too long")
    return text


def _set_field(shelf: Shelf, draft: Item, name: str, value: Any, now: float) -> None:
    if name not in ITEM_TYPES[draft.item_type].fields:
        raise invalid(f"'{name}' is not a valid field for type '{draft.item_type}'")
    text = as_text(value)
    if name == "accessDate":
        text = moment(text, now)
    if len(text.encode()) > MAX_FIELD_BYTES:
        start = text[:50] + "…"
        raise Refused(
            413,
            f"{label(name)} field value '{start}' too long for item '{shelf.id}/{draft.key}'",
            data={"field": label(name), "value": start},
        )
    if text:
        draft.fields[name] = text
    else:
        draft.fields.pop(name, None)


def _creator(given: dict[str, Any]) -> dict[str, str]:
    names = [one for one in ("name", "firstName", "lastName") if given.get(one) is not None]
    texts = {one: as_text(given[one]) for one in names}
    for text in texts.values():
        if len(text) > MAX_NAME:
            start = text[:50] + "…"
            raise Refused(
                413,
                f"The creator name ‘{start}…’ is too long to sync. Shorten the name and sync "
                "again.\n\nIf you receive this message repeatedly for items saved from a "
                "particular site, you can report this issue in the Zotero Forums.",
                data={"field": "creator", "value": start},
            )
    if not any(texts.values()):
        return {}
    if "name" in texts:
        return {"creatorType": given["creatorType"], "name": texts["name"]}
    return {
        "creatorType": given["creatorType"],
        "firstName": texts["firstName"],
        "lastName": texts["lastName"],
    }


def _tags(value: list[dict[str, Any]]) -> dict[str, int]:
    made: dict[str, int] = {}
    for one in value:
        text = as_text(one.get("tag"))
        if len(text) > MAX_NAME:
            raise Refused(413, f"Tag '{text[:50]}…' too long", data={"tag": text})
        if text:
            kind = int(one.get("type") or 0)
            # The tag somebody typed wins over the automatic one of the same name.
            made[text] = min(kind, made.get(text, kind))
    return made


def _relate_back(shelf: Shelf, item: Item, old: Item, version: int) -> None:
    """dc:relation goes both ways: the other item gets it, or loses it, and this version."""
    own = shelf.uri(item.key)
    now = set(item.relations.get("dc:relation", ()))
    before = set(old.relations.get("dc:relation", ()))
    for uri in sorted(now ^ before):
        other = shelf.items.get(uri.rpartition("/")[2])
        if not other or shelf.uri(other.key) != uri or other is item:
            continue
        named = other.relations.get("dc:relation", [])
        if (own in named) == (uri in now):
            continue
        left = [*named, own] if uri in now else [one for one in named if one != own]
        other.relations = {**other.relations, "dc:relation": left}
        if not left:
            del other.relations["dc:relation"]
        other.version = version


_WRITERS: dict[ObjectKind, Callable[[Ask], Written]] = {
    "item": _item,
    "collection": write_collection,
    "search": write_search,
}


def delete(shelf: Shelf, kind: ObjectKind, keys: Iterable[str]) -> int:
    """Delete objects for good under one new version, which it returns; unknown keys pass."""
    with shelf.transaction() as version:
        for key in keys:
            if key not in things(shelf, kind):
                continue
            if kind == "item":
                shelf.drop(key, version)
            elif kind == "collection":
                shelf.drop_collection(key, version)
            else:
                del shelf.searches[key]
                shelf.gone["searches"][key] = version
        return version


def delete_tags(shelf: Shelf, tags: Iterable[str]) -> int:
    """Take tags off every item that has them; those items get the new version."""
    with shelf.transaction() as version:
        wanted = set(tags)
        for item in shelf.items.values():
            if wanted.intersection(item.tags):
                item.tags = {tag: kind for tag, kind in item.tags.items() if tag not in wanted}
                item.version = version
        shelf.gone["tags"] |= dict.fromkeys(wanted, version)
        return version
