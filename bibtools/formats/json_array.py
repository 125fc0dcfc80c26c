"""A JSON array edited element by element; what is not touched keeps its bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
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

    def edited(
        self,
        changed: dict[int, str],
        added: list[str],
        indent: str = "",
        gone: Collection[int] = (),
        newline: str = "\n",
    ) -> str:
        """The text with some elements replaced, some put at the end, each on a new line, and
        some taken out.
        """
        if gone:
            return self._without(gone, changed).edited({}, added, indent, newline=newline)
        pieces: list[str] = []
        position = 0
        for number in sorted(changed):
            start, end = self.spans[number]
            pieces += self.text[position:start], changed[number]
            position = end
        if added:
            last = self.spans[-1][1] if self.spans else self.text.index("[") + 1
            between = f",{newline}{indent}"
            first = between if self.spans else f"{newline}{indent}"
            pieces += self.text[position:last], first, between.join(added)
            rest = self.text[last:] if self.spans else self.text[last:].lstrip(" \t\r\n")
            pieces.append(rest if rest.startswith(("\n", "\r")) else f"{newline}{rest}")
        else:
            pieces.append(self.text[position:])
        return "".join(pieces)

    def _without(self, gone: Collection[int], changed: dict[int, str]) -> JsonArray:
        """The array without some elements, each taken out with the comma that parts it."""
        kept = [number for number in range(len(self.spans)) if number not in gone]
        pieces: list[str] = []
        spans: list[tuple[int, int]] = []
        length = 0

        def put(text: str) -> None:
            nonlocal length
            pieces.append(text)
            length += len(text)

        first, last = self.spans[0][0], self.spans[-1][1]
        put(self.text[:first])
        for place, number in enumerate(kept):
            if place:
                # What stands between an element and the one before it, comment or blank.
                put(self.text[self.spans[number - 1][1] : self.spans[number][0]])
            element = changed.get(number, self.element(number))
            spans.append((length, length + len(element)))
            put(element)
        put(self.text[last:])
        return JsonArray("".join(pieces), tuple(spans), tuple(self.rows[number] for number in kept))


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
