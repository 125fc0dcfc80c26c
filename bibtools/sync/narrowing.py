"""Which fields of a pair have to be looked at closely: few, most of the time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from bibtools.sync.comparing import loosely_equal
from bibtools.sync.editing import PASSING, SETS
from bibtools.sync.extra import read_extra
from bibtools.sync.fields import base_name, field_of_label, own_name
from bibtools.sync.values import Data

_LEFT_ALONE: Final = PASSING | {"itemType"}
_ABSENT: Final[tuple[object, ...]] = (None, "", [], {}, False)


def open_fields(sides: Sequence[Data], *, first: bool) -> set[str] | None:
    """Fields that a merge of past here, past there, here and there may change; None for all.

    The others are settled as they are: unchanged, or, where nothing was agreed (`first`), the
    same in some spelling.
    """
    types = [str(side.get("itemType") or "") for side in sides]
    if first:
        if types[2] != types[3] and not loosely_equal("itemType", types[2], types[3]):
            return None
        sides = ({}, {}, *sides[2:])
    elif types[0] != types[2] or types[1] != types[3]:
        return None
    one_type = types[2] == types[3]
    values = [
        side if one_type else {base_name(name, item_type): side[name] for name in side}
        for side, item_type in zip(sides, types[2:] * 2, strict=True)
    ]
    past_here, past_there, here, there = values
    found = set()
    for name in {*past_here, *past_there, *here, *there} - _LEFT_ALONE:
        if name in SETS and name not in here:
            continue
        mine, theirs = here.get(name), there.get(name)
        if name == "citationKey" and theirs in _ABSENT:
            settled = mine in _ABSENT
        elif first:
            settled = _said_alike(name, mine, theirs, types[3], one_type=one_type)
        else:
            settled = mine == past_here.get(name) and theirs == past_there.get(name)
        if not settled:
            found.add(base_name(name, types[2]))
    if not found:
        return found
    names = {name for side in sides for name in side}
    _add_bound(found, [side.get("extra") for side in sides], types[2:])
    return {name for name in names if base_name(name, types[2]) in found}


def _said_alike(name: str, mine: object, theirs: object, item_type: str, *, one_type: bool) -> bool:
    if name == "creators" and not one_type:
        return False
    if mine == theirs:
        return True
    if mine in _ABSENT or theirs in _ABSENT or name == "extra":
        return False
    return loosely_equal(name, mine, theirs, item_type)


def _add_bound(found: set[str], extras: Sequence[object], types: Sequence[str]) -> None:
    """Add Extra where an open field may go there, and the fields that its lines say too."""
    if any(own_name(base, item_type) is None for base in found for item_type in types):
        found.add("extra")
    bases = {
        base
        for text in extras
        if isinstance(text, str)
        for item_type in types
        for base in _said(text, item_type)
    }
    if "extra" in found or not bases.isdisjoint(found):
        found |= bases | {"extra"}


@lru_cache(maxsize=1024)
def _said(extra: str, item_type: str) -> frozenset[str]:
    """Fields that lines of Extra say."""
    labels = (line.label for line in read_extra(extra) if line.label is not None)
    return frozenset(base for label in labels if (base := field_of_label(label, item_type)))
