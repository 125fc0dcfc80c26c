"""Text of a .bib file as an editor sees it: where entries and their fields stand.

Written for tests of the sync, and shares no code with bibtools. It reads what a test writes and
what bibtools writes: entries in braces or parentheses, values in braces or quotation marks, names
of strings and numbers, joined by `#`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_START = re.compile(r"@[ \t]*([A-Za-z]+)\s*([{(])")
_NAME = re.compile(r"[^\s=,{}()\"#%]+")
_BLANK = re.compile(r"[\s,]*")


@dataclass(frozen=True)
class Field:
    name: str
    start: int
    """Where its name begins."""
    value: int
    """Where its value begins."""
    end: int
    """Behind its value."""


@dataclass(frozen=True)
class Block:
    """One entry; numbers are places in the text."""

    start: int
    end: int
    kind: str
    key: str
    key_start: int
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        return next((one for one in self.fields if one.name.lower() == name), None)


def blocks(text: str) -> list[Block]:
    """The entries in the order of the file; strings, preambles and comments are none."""
    found, place = [], 0
    while match := _START.search(text, place):
        end = _closing(text, match.end(), match[2])
        if match[1].lower() not in ("string", "preamble", "comment"):
            found.append(_block(text, match, end))
        place = end
    return found


def _closing(text: str, place: int, opened: str) -> int:
    """Behind the brace or parenthesis that closes."""
    depth = 0
    while place < len(text):
        letter = text[place]
        if letter == "\\":
            place += 1
        elif letter == "{":
            depth += 1
        elif letter == "}" and depth == 0 and opened == "{":
            return place + 1
        elif letter == "}":
            depth -= 1
        elif letter == ")" and depth == 0 and opened == "(":
            return place + 1
        place += 1
    raise AssertionError(f"an entry does not end:\n{text[:2000]}")


def _block(text: str, match: re.Match[str], end: int) -> Block:
    comma = text.index(",", match.end()) if "," in text[match.end() : end] else end - 1
    key = text[match.end() : comma]
    key_start = match.end() + len(key) - len(key.lstrip())
    return Block(match.start(), end, match[1].lower(), key.strip(), key_start,
                 tuple(_fields(text, comma, end - 1)))  # fmt: skip


def _fields(text: str, place: int, end: int) -> Iterator[Field]:
    while True:
        blank = _BLANK.match(text, place)
        place = blank.end() if blank else place
        name = _NAME.match(text, place)
        if place >= end or name is None:
            assert place >= end, f"no field at {text[place : place + 60]!r}"
            return
        value = text.index("=", name.end()) + 1
        while text[value].isspace():
            value += 1
        place = _value(text, value)
        yield Field(name[0], name.start(), value, place)


def _value(text: str, place: int) -> int:
    while True:
        if text[place] == "{":
            place = _closing(text, place + 1, "{")
        elif text[place] == '"':
            place = _quoted(text, place + 1)
        else:
            name = _NAME.match(text, place)
            assert name is not None, text[place : place + 60]
            place = name.end()
        joined = re.compile(r"\s*#\s*").match(text, place)
        if joined is None:
            return place
        place = joined.end()


def _quoted(text: str, place: int) -> int:
    depth = 0
    while text[place] != '"' or depth:
        if text[place] == "\\":
            place += 1
        elif text[place] in "{}":
            depth += 1 if text[place] == "{" else -1
        place += 1
    return place + 1


# --- edits ---------------------------------------------------------------------------------------


def put_value(text: str, block: Block, name: str, value: str) -> str:
    """The text with a field of an entry that says `value`, written as it stands in the file."""
    field = block.field(name)
    if field is not None:
        return text[: field.value] + value + text[field.end :]
    place = block.key_start + len(block.key)
    return f"{text[:place]},\n  {name} = {value}{text[place:]}"


def without_field(text: str, block: Block, name: str) -> str:
    """The text without a field of an entry."""
    field = block.field(name)
    if field is None:
        return text
    before = text.rindex(",", 0, field.start)
    return text[:before] + text[field.end :]


def outside(text: str) -> list[str]:
    """Lines that are in no entry."""
    kept, place = "", 0
    for block in blocks(text):
        kept, place = kept + text[place : block.start] + "\n", block.end
    return [line for line in (kept + text[place:]).split("\n") if line.strip()]
