"""Fields of items independent of the item type, and what becomes of them when it changes.

A field that is called differently from type to type (`bookTitle`, `proceedingsTitle`) is told by
its base name (`publicationTitle`). A field that the type does not have stands in Extra, as a line
`Label: value` with a label that Zotero, citation processors and our own reader know.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.labels import known_label
from bibtools.formats.zotero.variables import (
    CREATOR_TYPES,
    DATES,
    FIELDS,
    NEAREST_ROLE,
    ROLES,
    TEXTS,
)

_BASE: Final = {
    own: base for item_type in ITEM_TYPES.values() for own, base in item_type.base.items()
}
_KNOWN: Final = frozenset(
    item_type.base.get(name, name) for item_type in ITEM_TYPES.values() for name in item_type.fields
)
"""Every field of every type, by its base name."""

# The first of several fields is the one that a label means.
_BY_VARIABLE: Final[Mapping[str, str]] = {
    variable: base for base, variable in reversed([*TEXTS.items(), *DATES.items()])
}
_FOLDED_NAMES: Final = {name.lower(): name for name in _KNOWN}
# Labels that say something else than the field of their name, and fields that are no lines.
_NO_FIELDS: Final = frozenset({"type", "title", "abstract", "abstractnote", "note", "extra"})
_PRIMARY_ROLES: Final = frozenset(item_type.primary for item_type in ITEM_TYPES.values())
KEY_LABEL: Final = "Citation Key"
PRIMARY: Final = "primary"


def base_name(field: str, item_type: str) -> str:
    """What a field is called independent of the item type; its own name where nothing is known."""
    known = ITEM_TYPES.get(item_type)
    if known is not None and field in known.base:
        return known.base[field]
    return _BASE.get(field, field)


def own_name(base: str, item_type: str) -> str | None:
    """What items of a type call a field; None when they do not have it.

    An item type or a field that our schema does not know keeps the name.
    """
    known = ITEM_TYPES.get(item_type)
    if known is None or base not in _KNOWN:
        return base
    own = known.own.get(base, base)
    return own if own in known.fields else None


@lru_cache(maxsize=4096)
def field_of_label(label: str, item_type: str) -> str | None:
    """The base name of the field that a label of Extra stands for, None for any other label."""
    folded = re.sub(r"[\s_-]+", "", label).lower()
    if folded in _NO_FIELDS:
        return None
    if folded == "citationkey":
        return "citationKey"
    variable = known_label(label)
    if variable is not None:
        own = FIELDS[item_type].get(variable) if item_type in FIELDS else None
        base = base_name(own, item_type) if own is not None else _BY_VARIABLE.get(variable)
        if base is not None:
            return base
    return _FOLDED_NAMES.get(folded)


def label_of_field(base: str) -> str:
    """The label under which a field stands in Extra."""
    if base == "citationKey":
        return KEY_LABEL
    variable = TEXTS.get(base) or DATES.get(base)
    # "genre", not "type", which is the type of the item there.
    if variable is not None and _BY_VARIABLE.get(variable) == base:
        return variable
    return base


def group_of(creator: Mapping[str, Any], item_type: str) -> str:
    """The role of a creator independent of the item type: `primary`, or its creator type.

    The primary role of another type counts as that of this type, where it has no such role.
    """
    role = str(creator.get("creatorType") or "author")
    known = ITEM_TYPES.get(item_type)
    if known is None:
        return role
    if role == known.primary or (role in _PRIMARY_ROLES and role not in known.creators):
        return PRIMARY
    return role


def shared_group(group: str, types: Iterable[str]) -> str:
    """The role that a role amounts to for items of several types, some of which may lack it."""
    for item_type in types:
        known = ITEM_TYPES.get(item_type)
        if known is not None and group != PRIMARY:
            group = group_of({"creatorType": creator_type_of(group, item_type)}, item_type)
    return group


def creator_type_of(group: str, item_type: str) -> str:
    """The creator type that items of a type have for a role of `group_of`, or the nearest one."""
    known = ITEM_TYPES.get(item_type)
    if known is None:
        return "author" if group == PRIMARY else group
    if group == PRIMARY:
        return known.primary
    if group in known.creators:
        return group
    role = ROLES.get(group, group)
    nearest = CREATOR_TYPES[item_type].get(role, NEAREST_ROLE.get(role, "contributor"))
    return nearest if nearest in known.creators else known.primary
