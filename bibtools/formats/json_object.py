"""A JSON object edited member by member; what is not touched keeps its bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bibtools.formats.json_rows import write_value

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    start: int
    name_end: int
    value: int
    end: int


def edit_object(text: str, changes: Mapping[str, Any], *, newline: str = "\n") -> str:
    """The text of an object with members changed, put at its end, or taken out (None).

    A member that stands twice counts, and is changed, where it stands last. New members are
    parted from the others as those are from each other. Raises `ValueError` for a text that is
    no object.
    """
    members = _members(text)
    if not members:
        given = {name: value for name, value in changes.items() if value is not None}
        return text if not given else write_value(given, indent=2).replace("\n", newline)
    first, last = members[0], members[-1]
    indent = _indent(text, first.start)
    places = {member.name: number for number, member in enumerate(members)}
    pieces: list[str] = []
    for number, member in enumerate(members):
        written = text[member.start : member.end]
        if member.name in changes:
            value = changes[member.name]
            if value is None:
                continue
            if places[member.name] == number:
                written = text[member.start : member.value] + _value(value, indent, newline)
        if pieces:
            pieces.append(text[members[number - 1].end : member.start])
        pieces.append(written)
    colon = text[last.name_end : last.value]
    gap = text[text.index("{") + 1 : first.start]
    comma = text[members[-2].end : last.start] if len(members) > 1 else f",{gap or ' '}"
    for name, value in changes.items():
        if value is not None and name not in places:
            if pieces:
                pieces.append(comma)
            pieces.append(f"{write_value(name)}{colon}{_value(value, indent, newline)}")
    return "".join([text[: first.start], *pieces, text[last.end :]])


def _members(text: str) -> list[_Member]:
    position = _skip(text, 0)
    if text[position : position + 1] != "{":
        raise ValueError("no object")
    position = _skip(text, position + 1)
    found: list[_Member] = []
    while text[position : position + 1] != "}":
        if found:
            if text[position : position + 1] != ",":
                raise ValueError("no comma")
            position = _skip(text, position + 1)
        start = position
        name, name_end = _DECODER.raw_decode(text, position)
        position = _skip(text, name_end)
        if not isinstance(name, str) or text[position : position + 1] != ":":
            raise ValueError("no member")
        value = _skip(text, position + 1)
        _, end = _DECODER.raw_decode(text, value)
        found.append(_Member(name, start, name_end, value, end))
        position = _skip(text, end)
    return found


def _indent(text: str, start: int) -> str:
    """The blanks before a member that begins its line; empty where it does not."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    before = text[line:start]
    return before if line and not before.strip(" \t") else ""


def _value(value: Any, indent: str, newline: str) -> str:
    if not indent or not isinstance(value, list | dict):
        return write_value(value)
    return write_value(value, indent=2).replace("\n", newline + indent)


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position
