"""What the server asks of the JSON of an item before it looks at the library.

The order is the server's: what must be there, then property by property as they stand in the
JSON. Whether a field belongs to the type is asked later, when the value is set (`writing`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.zotero_server.answers import Refused
from tests.zotero_server.normal import is_access_date, is_moment
from tests.zotero_server.schema import CREATOR_TYPES, FIELDS, ITEM_TYPES, LINK_MODES
from tests.zotero_server.store import Item, is_key

MAX_NAME = 255
_CHILD_TYPES = ("note", "attachment", "annotation")
_PREDICATES = ("owl:sameAs", "dc:replaces", "dc:relation", "mendeleyDB:documentUUID")
_FREE_PREDICATES = ("mendeleyDB:documentUUID",)
_ITEM_URI = re.compile(
    r"http://zotero\.org/(users|groups)/[0-9]+/(publications/)?items/[A-Z0-9]{8}"
)
_COLLECTION_URI = re.compile(
    r"http://zotero\.org/(users|groups)/[0-9]+/(publications/)?collections/[A-Z0-9]{8}"
)
FILE_PROPERTIES = ("contentType", "charset", "filename", "md5", "mtime", "path")
ANNOTATION_PROPERTIES = (
    "annotationType",
    "annotationAuthorName",
    "annotationText",
    "annotationComment",
    "annotationColor",
    "annotationPageLabel",
    "annotationSortIndex",
    "annotationPosition",
)


def invalid(sentence: str) -> Refused:
    return Refused(400, sentence)


class _Case:
    """One item's JSON with what its checks need to know."""

    def __init__(self, json: dict[str, Any], item: Item | None, partial: bool, kind: str) -> None:
        self.json = json
        self.item = item
        self.new = item is None
        self.library_kind = kind
        self.child = self._is_child(partial)
        self.item_type = json.get("itemType")
        if self.item_type is None and item and partial:
            self.item_type = item.item_type

    def _is_child(self, partial: bool) -> bool:
        named = self.json.get("parentItem")
        if not (self.item and self.item.parent):
            return named is not None and named is not False
        if named is False or (named is None and not partial):
            return False
        if partial and named is None and self.json.get("collections"):
            # A child that is put into a collection is taken out of its parent.
            self.json["parentItem"] = False
            return False
        return True

    @property
    def link_mode(self) -> str:
        given = self.json.get("linkMode")
        stored = self.item.special.get("linkMode", "") if self.item else ""
        return str(given).lower() if given is not None else stored


def check_item(json: dict[str, Any], item: Item | None, *, partial: bool, kind: str) -> None:
    """Raise `Refused` for JSON the server does not take; `kind` is `users` or `groups`."""
    partial = partial and item is not None
    case = _Case(json, item, partial, kind)
    for name in _required(case, partial):
        if json.get(name) is None:
            raise invalid(f"'{name}' property not provided")
    for name, value in list(json.items()):
        _check_property(case, name, value)


def _required(case: _Case, partial: bool) -> list[str]:
    if partial:
        return []
    if case.json.get("itemType") == "attachment":
        return ["linkMode"]
    if case.new:
        return ["itemType"]
    return ["itemType", "tags", "relations", *([] if case.child else ["collections"])]


def _check_property(case: _Case, name: str, value: Any) -> None:
    check = _CHECKS.get(name)
    if check:
        check(case, value)
    elif name in FILE_PROPERTIES:
        _file_property(case, name, value)
    elif name in ANNOTATION_PROPERTIES:
        if case.item_type != "annotation":
            raise invalid(f"'{name}' is valid only for annotation items")
    elif name not in FIELDS:
        raise invalid(f"Invalid property '{name}'")
    elif isinstance(value, list | dict):
        raise invalid(f"Unexpected array for property '{name}'")


def _item_type(case: _Case, value: Any) -> None:
    if not isinstance(value, str):
        raise invalid("'itemType' must be a string")
    if value not in ITEM_TYPES:
        raise invalid(f"'{value}' is not a valid itemType")
    if case.child and value not in _CHILD_TYPES:
        raise invalid("Child item must be note, attachment, or annotation")


def _parent_item(case: _Case, value: Any) -> None:
    if value is False or value is None:
        return
    if not is_key(value):
        raise invalid("'parentItem' must be a valid item key or false")
    if value == case.json.get("key"):
        raise invalid(f"Item {value} cannot be a child of itself")


def _tags(_case: _Case, value: Any) -> None:
    if not isinstance(value, list):
        raise invalid("'tags' property must be an array")
    for tag in value:
        if not isinstance(tag, dict):
            raise invalid("Tag must be an object")
        if not tag:
            raise invalid("Tag object is empty")
        for name, one in tag.items():
            if name == "tag":
                if isinstance(one, list | dict) or one is None:
                    raise invalid("Invalid tag name")
            elif name == "type":
                if not re.fullmatch(r"-?\d+", str(one)):
                    raise invalid(f"Invalid tag type '{one}'")
            else:
                raise invalid(f"Invalid tag property '{name}'")


def _collections(case: _Case, value: Any) -> None:
    if not isinstance(value, list):
        raise invalid("'collections' property must be an array")
    if case.child and value:
        raise invalid("Child items cannot be assigned to collections")
    for key in value:
        if not is_key(key):
            raise invalid(f"'{key}' is not a valid collection key")


def _relations(_case: _Case, value: Any) -> None:
    check_relations(value, _ITEM_URI, "item")


def check_relations(value: Any, form: re.Pattern[str] = _COLLECTION_URI, of: str = "") -> None:
    """Raise for relations that do not point to things in Zotero."""
    if not isinstance(value, dict) and value != []:
        raise invalid("'relations' property must be an object")
    for predicate, named in dict(value or {}).items():
        if predicate not in _PREDICATES:
            raise invalid(f"Unsupported predicate '{predicate}'")
        if predicate in _FREE_PREDICATES:
            continue
        for uri in [named] if isinstance(named, str) else named:
            if not form.fullmatch(str(uri)):
                thing = of or "collection"
                raise invalid(f"'relations' values currently must be Zotero {thing} URIs")


def _creators(case: _Case, value: Any) -> None:
    if not isinstance(value, list):
        raise invalid("'creators' property must be an array")
    for creator in value:
        if not isinstance(creator, dict) or creator.get("creatorType") is None:
            raise invalid("creator object must contain 'creatorType'")
        given = [str(creator.get(one) or "").strip() for one in ("name", "firstName", "lastName")]
        if not any(given):
            if len(value) == 1 and case.new:
                continue  # The empty creator of a template.
            raise invalid("creator object must contain 'firstName'/'lastName' or 'name'")
        for name, one in creator.items():
            _creator_property(case, creator, name, one)


def _creator_property(case: _Case, creator: dict[str, Any], name: str, value: Any) -> None:
    if name == "creatorType":
        if value not in CREATOR_TYPES:
            raise invalid(f"'{value}' is not a valid creator type")
        known = ITEM_TYPES[case.item_type].creator_types if case.item_type in ITEM_TYPES else ()
        # An author is taken for every type of item.
        if value not in known and value != "author":
            raise invalid(f"'{value}' is not a valid creator type for item type '{case.item_type}'")
        return
    other = {"firstName": "lastName", "lastName": "firstName"}
    if name not in ("name", *other):
        raise invalid(f"Invalid creator property '{name}'")
    if name in other and creator.get(other[name]) is None:
        raise invalid(f"'{other[name]}' creator field must be set if '{name}' is set")
    for both in other if name == "name" else ("name",):
        if creator.get(both) is not None:
            first, second = (both, "name") if name == "name" else (name, "name")
            raise invalid(f"'{first}' and '{second}' creator fields are mutually exclusive")


def _note(case: _Case, _value: Any) -> None:
    if case.item_type not in ("note", "attachment"):
        raise invalid("'note' property is valid only for note and attachment items")


def _deleted(_case: _Case, value: Any) -> None:
    if value not in (0, 1) or isinstance(value, float):
        raise Refused(500, "An error occurred")


def _in_publications(case: _Case, value: Any) -> None:
    if value and case.library_kind != "users":
        raise invalid("Group items cannot be added to My Publications")
    if value and not case.child and case.item_type in ("note", "attachment"):
        raise invalid("Top-level notes and attachments cannot be added to My Publications")


def _link_mode(case: _Case, value: Any) -> None:
    if str(value).lower() not in LINK_MODES:
        raise invalid(f"'{value}' is not a valid linkMode")
    if case.item and case.item.special.get("linkMode") != str(value).lower():
        raise invalid("Cannot change attachment linkMode")


def _file_property(case: _Case, name: str, value: Any) -> None:
    if case.item_type != "attachment":
        raise invalid(f"'{name}' is valid only for attachment items")
    mode = case.link_mode
    imported = mode.startswith("imported_") or mode == "embedded_image"
    if name in ("filename", "md5", "mtime") and not imported:
        raise invalid(f"'{name}' is valid only for imported and embedded-image attachments")
    if name == "filename" and "/" in str(value):
        raise invalid(f"Stored-file filename '{value}' cannot contain a directory path")
    if name == "path" and mode != "linked_file":
        raise invalid("'path' is valid only for linked file attachment items")
    if name == "md5" and value and not re.fullmatch(r"[a-f0-9]{32}", str(value)):
        raise invalid(f"'{value}' is not a valid MD5 hash")


def _access_date(_case: _Case, value: Any) -> None:
    if not is_access_date(value):
        raise invalid(
            "'accessDate' must be in ISO 8601 or UTC 'YYYY-MM-DD[ hh:mm:ss]' format or "
            f"'CURRENT_TIMESTAMP' ({value})"
        )


def _moment(name: str) -> Callable[[_Case, Any], None]:
    def check(_case: _Case, value: Any) -> None:
        if not is_moment(value):
            raise invalid(
                f"'{name}' must be in ISO 8601 or UTC 'YYYY-MM-DD hh:mm:ss' format ({value})"
            )

    return check


def _nothing(_case: _Case, _value: Any) -> None:
    """Checked elsewhere, or anything goes."""


_CHECKS: dict[str, Callable[[_Case, Any], None]] = {
    "key": _nothing,
    "version": _nothing,
    "parentItem": _parent_item,
    "itemType": _item_type,
    "tags": _tags,
    "collections": _collections,
    "relations": _relations,
    "creators": _creators,
    "note": _note,
    "deleted": _deleted,
    "inPublications": _in_publications,
    "linkMode": _link_mode,
    "accessDate": _access_date,
    "dateAdded": _moment("dateAdded"),
    "dateModified": _moment("dateModified"),
}
