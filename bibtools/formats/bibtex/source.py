"""The bytes of a file, with tables of braces and heads that are made when they are needed."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from bibtools.formats.bibtex.grammar import BLANKS, BRACE, BRACED, LINE_HEAD

_PATIENCE = 4096
"""Braces of a file looked at one by one before the table of all its braces is made."""


class Source:
    """The bytes of a file with what is looked up in them more than once."""

    def __init__(self, data: bytes, encoding: str = "utf-8") -> None:
        self.data = data
        self.encoding = encoding
        self._places: array[int] | None = None
        self._matches: array[int] | None = None
        self._line_heads: array[int] | None = None
        self._walked = 0

    def text(self, start: int, end: int) -> str:
        """The characters between two offsets."""
        return self.data[start:end].decode(self.encoding, "replace")

    def brace_end(self, start: int, stop: int) -> int:
        """The offset after the brace that closes the one at `start`, or -1."""
        match = BRACED.match(self.data, start, stop)
        if match:
            return match.end()
        depth = 0
        if self._walked < _PATIENCE:
            for brace in BRACE.finditer(self.data, start, stop):
                depth += 1 if brace[0] == b"{" else -1
                self._walked += 1
                if depth == 0:
                    return brace.end()
                if self._walked >= _PATIENCE:
                    break
            else:
                return -1
        end = self._looked_up_end(start)
        return end if end <= stop else -1

    def _looked_up_end(self, start: int) -> int:
        """As `brace_end`, from a table made once, so that many open braces cost no squares."""
        if self._places is None or self._matches is None:
            self._places, self._matches = array("q"), array("q")
            stack: list[int] = []
            for brace in BRACE.finditer(self.data):
                self._places.append(brace.start())
                self._matches.append(-1)
                if brace[0] == b"{":
                    stack.append(len(self._places) - 1)
                elif stack:
                    self._matches[stack.pop()] = brace.end()
        return self._matches[bisect_left(self._places, start)]

    def next_line_head(self, after: int) -> int:
        """Where the next entry surely starts: at an `@type{key,` that begins a line."""
        if self._line_heads is None:
            self._line_heads = array(
                "q", (self.data.index(b"@", m.start()) for m in LINE_HEAD.finditer(self.data))
            )
        index = bisect_left(self._line_heads, after)
        return self._line_heads[index] if index < len(self._line_heads) else len(self.data)


def blank_end(data: bytes, at: int, stop: int) -> int:
    """The offset of the next character that is no blank."""
    match = BLANKS.match(data, at, stop)
    return match.end() if match else at
