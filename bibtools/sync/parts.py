"""What item data say, part by part, whatever the item type calls it and wherever it stands.

The publisher of an article and the university of a thesis are one part; so is a field and the line
of Extra that says it. Thus two readings of an entry can be compared between which its type changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from bibtools.sync.comparing import loosely_equal
from bibtools.sync.editing import views_of
from bibtools.sync.fields import group_of, own_name
from bibtools.sync.values import Data

Parts: TypeAlias = Mapping[str, Any]
"""Base names of fields, `creators`, and `extra: ...` for lines of Extra that say no field."""

_LINE = "extra: "


def parts_of(*sides: Data) -> Sequence[Parts]:
    """The parts of several item data, in which the same is called the same; not the item type,
    citation key, tags and code links, of which others take care.
    """
    views, _ = views_of(sides, [str(side.get("itemType") or "") for side in sides])
    found = []
    for view in views:
        parts = dict(view.texts)
        parts.pop("citationKey", None)
        parts |= {
            f"{_LINE}{line.label}": line.value
            for line in view.labels.values()
            if not line.folded.startswith("tex.code")
        }
        parts |= {f"{_LINE}{line.text.strip()}": True for line in view.words}
        if view.creators:
            parts["creators"] = [
                {**one, "creatorType": group_of(one, view.type)} for one in view.creators
            ]
        found.append(parts)
    return found


def says(part: str, parts: Parts, value: Any) -> bool:
    """Whether the part has that value, in some spelling; None is to lack it."""
    return parts.get(part) == value or loosely_equal(part, parts.get(part), value)


def differing(one: Data, other: Data) -> int:
    """The number of parts in which two item data say other things."""
    mine, theirs = parts_of(one, other)
    return sum(not says(part, mine, theirs.get(part)) for part in {*mine, *theirs})


def shown(part: str, item_type: str) -> str:
    """What a part is called to a reader."""
    return own_name(part, item_type) or part
