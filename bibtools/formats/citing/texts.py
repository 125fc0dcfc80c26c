"""Bytes of a document as characters, and the place of each."""

from __future__ import annotations

import codecs
import re
from array import array
from bisect import bisect_right

_LINE_END = re.compile(r"\r\n|\n|\r")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 8_192


def decoded(data: bytes) -> tuple[str, str] | None:
    """The characters and their encoding; None for what is no text at all.

    UTF-8, UTF-16 with its mark, else latin-1, in which every byte is a character.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    if b"\0" in data[:_SAMPLE]:
        return None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


class Places:
    """From offsets in a text to lines and columns."""

    __slots__ = ("_starts",)

    def __init__(self, text: str) -> None:
        self._starts = array("q", [0])
        self._starts.extend(match.end() for match in _LINE_END.finditer(text))

    def of(self, offset: int) -> tuple[int, int]:
        """Line and column, both 1-based, the column in characters."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a place; -1 for a line that there is not."""
        return self._starts[line - 1] + column - 1 if 0 < line <= len(self._starts) else -1
