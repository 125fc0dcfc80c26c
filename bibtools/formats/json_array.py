"""A JSON array edited element by element; what is not touched keeps its bytes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class JsonArray:
    """The text of a JSON array in pieces."""

    text: str
    spans: tuple[tuple[int, int], ...]
    """Where each element stands in the text."""
    rows: tuple[Any, ...]
    """The elements as values."""

    def element(self, position: int) -> str:
        """The exact text of an element."""
        start, end = self.spans[position]
        return self.text[start:end]

    def edited(self, changed: dict[int, str], added: list[str], indent: str = "") -> str:
        """The text with some elements replaced and some put at the end, each on a new line."""
        pieces: list[str] = []
        position = 0
        for number in sorted(changed):
            start, end = self.spans[number]
            pieces += self.text[position:start], changed[number]
            position = end
        if added:
            last = self.spans[-1][1] if self.spans else self.text.index("[") + 1
            between = f",\n{indent}"
            first = between if self.spans else f"\n{indent}"
            pieces += self.text[position:last], first, between.join(added)
            rest = self.text[last:]
            pieces.append(rest if rest.startswith(("\n", "\r")) else f"\n{rest}")
        else:
            pieces.append(self.text[position:])
        return "".join(pieces)


def split_array(text: str) -> JsonArray | None:
    """The pieces of a JSON array, or None when the text is none."""
    position = _skip(text, 1 if text.startswith("\ufeff") else 0)
    if text[position : position + 1] != "[":
        return None
    position = _skip(text, position + 1)
    spans: list[tuple[int, int]] = []
    rows: list[Any] = []
    try:
        while text[position : position + 1] != "]":
            if spans:
                if text[position : position + 1] != ",":
                    return None
                position = _skip(text, position + 1)
            row, end = _DECODER.raw_decode(text, position)
            spans.append((position, end))
            rows.append(row)
            position = _skip(text, end)
    except (ValueError, RecursionError):
        return None
    if _skip(text, position + 1) != len(text):
        return None
    return JsonArray(text, tuple(spans), tuple(rows))


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position
