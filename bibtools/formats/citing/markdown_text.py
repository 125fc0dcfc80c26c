"""A Markdown text with the blocks that hold no prose made blank: same length, same offsets.

Pandoc's Markdown (https://pandoc.org/MANUAL.html#pandocs-markdown), so far as it decides whether
an `@key` is read: metadata blocks, fenced and indented code, raw HTML that is not parsed,
comments, link definitions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"([^\n\r]*)(\r\n|\n|\r|\Z)")
_FENCE = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})(?P<info>[^`\n\r]*)$")
_LIST = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>[-+*]|(?:\d{1,9}|#|[a-zA-Z]|[ivxlcdm]+)[.)]"
    r"|\((?:\d{1,9}|#|[a-zA-Z]|[ivxlcdm]+|@[\w-]*)\)|:|~|\[\^[^\]\s]+\]:)(?P<gap>[ \t]+|$)"
)
_RAW_OPEN = re.compile(r"<(script|style|pre|textarea)(?=[\s>])", re.IGNORECASE)
_EXAMPLE = re.compile(r"[ \t>]*(?:\(@(?P<label>[\w-]+)\)|@(?P<other>[\w-]+)[.)])(?=[ \t]|$)")
_LINK = re.compile(r" {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*\S*.*$")
_BLANKED = re.compile(r"[^\n\r]")
_META_END = re.compile(r"(?:---|\.\.\.)[ \t]*$")


@dataclass(frozen=True, slots=True)
class Prose:
    """A text as pandoc reads it for citations."""

    text: str
    """Blank where no prose is."""
    metadata: tuple[tuple[int, int], ...]
    """Where the YAML blocks are, without their rulers; blank in `text`."""
    code_heads: tuple[str, ...]
    """What stands behind the opening fences: `{r child="x.Rmd"}`."""
    code: tuple[tuple[int, int], ...]
    """The fenced code."""
    examples: tuple[str, ...]
    """The labels of numbered examples: `(@label) text`."""


def prose(text: str) -> Prose:
    """The text with code, metadata and raw HTML made blank."""
    return _Blocks(text).run()


class _Blocks:
    def __init__(self, text: str) -> None:
        self._text = text
        self._lines = [match.span(1) for match in _LINE.finditer(text)]
        self._dead: list[tuple[int, int]] = []
        self._metadata: list[tuple[int, int]] = []
        self._heads: list[str] = []
        self._code: list[tuple[int, int]] = []
        self._examples: list[str] = []
        self._no_close: dict[str, int] = {}
        """From a kind of fence to the line from which on nothing closes it."""

    def run(self) -> Prose:
        number, after_blank, indents = 0, True, list[int]()
        while number < len(self._lines):
            start, end = self._lines[number]
            line = self._text[start:end]
            if not line.strip():
                after_blank = True
                number += 1
                continue
            past = self._block(number, line, after_blank)
            if past is None:
                example = _EXAMPLE.match(line) if after_blank or indents else None
                if example is not None:
                    self._examples.append(example["label"] or example["other"])
                    self._dead.append((start, start + example.end()))
                indents = self._in_lists(line, after_blank, indents)
                if self._is_code(line, after_blank, indents):
                    number, after_blank = self._indented(number, indents), True
                    continue
                past = number + 1
                after_blank = False
            else:
                after_blank = True
            number = past
        self._html()
        return Prose(
            self._blanked(), tuple(self._metadata), tuple(self._heads), tuple(self._code),
            tuple(self._examples),
        )  # fmt: skip

    def _block(self, number: int, line: str, after_blank: bool) -> int | None:
        """The line after a block without prose that starts here; None when none does."""
        if after_blank and line.rstrip() == "---":
            return self._metadata_block(number)
        fence = _FENCE.match(line)
        if fence is not None and (after_blank or fence["fence"][0] == "`"):
            return self._fenced(number, fence)
        if after_blank and _LINK.match(line):
            self._dead.append(self._lines[number])
            return number + 1
        return None

    def _metadata_block(self, number: int) -> int | None:
        if number + 1 >= len(self._lines):
            return None
        start, end = self._lines[number + 1]
        if not self._text[start:end].strip():
            return None
        if self._no_close.get("---", len(self._lines)) <= number:
            return None
        for last in range(number + 1, len(self._lines)):
            first, end = self._lines[last]
            if _META_END.match(self._text, first, end):
                self._metadata.append((start, first))
                self._dead.append((self._lines[number][0], end))
                return last + 1
        self._no_close["---"] = number
        return None

    def _fenced(self, number: int, fence: re.Match[str]) -> int | None:
        mark = fence["fence"]
        if self._no_close.get(mark[0], len(self._lines)) <= number and len(mark) <= 3:
            return None
        closing = re.compile(rf"[ \t]*{re.escape(mark)}{re.escape(mark[0])}*[ \t]*$")
        for last in range(number + 1, len(self._lines)):
            if closing.match(self._text, *self._lines[last]):
                start, end = self._lines[number][0], self._lines[last][1]
                self._heads.append(fence["info"].strip())
                self._code.append((self._lines[number][1], self._lines[last][0]))
                self._dead.append((start, end))
                return last + 1
        if len(mark) == 3:
            self._no_close[mark[0]] = min(number, self._no_close.get(mark[0], number))
        return None

    def _in_lists(self, line: str, after_blank: bool, indents: list[int]) -> list[int]:
        """The columns at which the items stand whose text this line goes on."""
        indent = _width(line)
        if after_blank:
            # Content of an item is indented to its text, or by four.
            indents = [one for one in indents if indent >= one]
        item = _LIST.match(line)
        base = indents[-1] if indents else 0
        if item is not None and indent < base + 4:
            gap = _width(item["gap"] + "x")
            # An item that begins with code, or has nothing on its line, is indented by one.
            outer = [one for one in indents if one <= indent]
            indents = [*outer, indent + len(item["mark"]) + (gap if 0 < gap <= 4 else 1)]
        return indents

    def _is_code(self, line: str, after_blank: bool, indents: list[int]) -> bool:
        base = indents[-1] if indents else 0
        return after_blank and _width(line) >= base + 4 and not (indents and _LIST.match(line))

    def _indented(self, number: int, indents: list[int]) -> int:
        base = (indents[-1] if indents else 0) + 4
        while number < len(self._lines):
            start, end = self._lines[number]
            line = self._text[start:end]
            if line.strip() and _width(line) < base:
                break
            self._dead.append((start, end))
            number += 1
        return number

    def _html(self) -> None:
        """Add what stands between raw HTML tags whose content is no prose."""
        text = self._blanked()
        position = 0
        endless: set[str] = set()
        for match in _RAW_OPEN.finditer(text):
            name = match[1].lower()
            if match.start() < position or name in endless:
                continue
            close = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(text, match.end())
            if close is None:
                endless.add(name)
            else:
                self._dead.append((match.start(), close.end()))
                position = close.end()

    def _blanked(self) -> str:
        pieces: list[str] = []
        position = 0
        for start, end in sorted(self._dead):
            if end <= position:
                continue
            start = max(start, position)
            pieces += self._text[position:start], _BLANKED.sub(" ", self._text[start:end])
            position = end
        pieces.append(self._text[position:])
        return "".join(pieces)


def _width(line: str) -> int:
    """The column of the first character that is no blank; tabs go to the next fourth."""
    column = 0
    for character in line:
        if character == " ":
            column += 1
        elif character == "\t":
            column += 4 - column % 4
        else:
            break
    return column
