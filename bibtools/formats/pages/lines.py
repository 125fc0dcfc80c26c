"""From the bytes of a saved page to its numbered lines, and the account of what became of each.

Nothing on a page may be lost in silence, so every reader keeps a `Ledger`: each non-blank line
ends up as header, as part of a record, or in a notice with its number.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from bibtools.formats.pages.saved import declared_encoding, without_viewer
from bibtools.model.notices import Notice
from bibtools.text.html import HtmlPage, is_html, read_html

Use = Literal["header", "record", "notice"]

# What is not seen at the edges of a line: blanks, marks of direction, the remains of old ends of
# files (NUL, Ctrl-Z).
_BLANK = " \t\r\n\f\v\x00\x1a\x1c\x1d\x1e\x1f\u0085\u00a0" + "".join(
    map(chr, [*range(0x2000, 0x2010), *range(0x2028, 0x2030), 0x205F, 0x2060, 0x3000, 0xFEFF])
)
_BREAK = re.compile(r"\r\n|\n|\r")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Line:
    """A non-blank line without the blanks around it."""

    number: int
    """1-based line of the file."""
    text: str
    alone: bool = True
    """True when a blank line, or an edge of the page, is before it."""
    place: int = -1
    """Which line of the web page it is, counted from 0; -1 for a text."""


_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # starts as the mark of UTF-16 does, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def _wide_encoding(start: bytes) -> str | None:
    """The encoding of a text whose every second byte is zero (English in UTF-16), or None."""
    half = len(start) // 2
    if start[1::2].count(0) > 0.8 * half and start[::2].count(0) == 0:
        return "utf-16-le"
    if start[::2].count(0) > 0.8 * half and start[1::2].count(0) == 0:
        return "utf-16-be"
    return None


def decode(data: bytes, file: str, charset: str | None = None) -> tuple[str, list[Notice]]:
    """The text of a page, whatever its encoding, with a notice when it had to be guessed.

    UTF-8, UTF-16 or UTF-32, with or without byte order mark. Bytes that are not UTF-8 are read in
    the encoding that a web page declares (or its container: `charset`); otherwise as
    Windows-1252, the usual encoding of the rest. A character cut in two by the end of the file
    is left out.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.removeprefix(mark).decode(encoding, "replace"), []
    if wide := _wide_encoding(data[:4000]):
        return data.decode(wide, "replace"), []
    data = data.removeprefix(codecs.BOM_UTF8)
    declared = declared_encoding(data, charset)
    try:
        # A page that is UTF-8 throughout is UTF-8, whatever it says; but for the encoding that
        # writes everything in ASCII.
        if declared != "iso2022_jp":
            return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    if declared is not None and is_html(data[:5000].decode("latin-1")):
        return data.decode(declared, "replace"), []
    notices: list[Notice] = []
    text, used = codecs.utf_8_decode(data, "bibtools-cp1252", False)
    if used < len(data):
        notices.append(
            Notice(
                "The file ends in the middle of a character, which was left out.",
                file,
                text.count("\n") + 1,
                rule="page.cut-off",
            )
        )
    if text != data[:used].decode("utf-8", "ignore"):
        first = next(i for i, line in enumerate(data.split(b"\n"), 1) if not _is_utf8(line))
        notices.append(
            Notice(
                "Some bytes are not UTF-8 and were read as Windows-1252.",
                file,
                first,
                rule="page.encoding",
            )
        )
    return text, notices


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    byte = error.object[error.start : error.start + 1]
    try:
        return byte.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return byte.decode("latin-1"), error.start + 1


codecs.register_error("bibtools-cp1252", _windows)


def split_lines(text: str) -> tuple[Line, ...]:
    """The non-blank lines of a page's text; a web page is first laid out as visible text."""
    if is_html(text):
        return lines_of(read_html(without_viewer(text)))
    lines: list[Line] = []
    alone = True
    for number, raw in enumerate(_BREAK.split(text), 1):
        line = raw.strip(_BLANK)
        if not line:
            alone = True
            continue
        lines.append(Line(number, line.replace("\u00a0", " "), alone))
        alone = False
    return tuple(lines)


def lines_of(page: HtmlPage) -> tuple[Line, ...]:
    """The lines of a web page that have text."""
    return tuple(
        Line(line.number, line.text, line.alone, place)
        for place, line in enumerate(page.lines)
        if line.text
    )


def show(text: str, longest: int = 60) -> str:
    """A text in quotes for a message: shortened, control characters made visible."""
    shown = text if len(text) <= longest else text[: longest - 1] + "\u2026"
    return '"' + _CONTROL.sub(lambda m: f"\\x{ord(m.group()):02x}", shown) + '"'


@dataclass(slots=True)
class Ledger:
    """What became of each line, and what is to be told about it."""

    file: str
    uses: dict[int, Use] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    records: list[tuple[Line, ...]] = field(default_factory=list)
    """The lines of each entry, in the order of the entries."""

    def _note(self, line: Line, use: Use) -> None:
        # The source of a web page may have many visible lines on one; the gravest use stands.
        order: tuple[Use | None, ...] = (None, "header", "record", "notice")
        if order.index(use) > order.index(self.uses.get(line.number)):
            self.uses[line.number] = use

    def part_of_record(self, *lines: Line) -> None:
        """Note the lines whose content is in an entry: once for each entry."""
        self.records.append(lines)
        for line in lines:
            self._note(line, "record")

    def part_of_header(self, line: Line) -> None:
        """Note a line that belongs to the page and not to a paper."""
        self._note(line, "header")
        self.header.append(line.text)

    def beside_record(self, line: Line) -> None:
        """Note a line of links that belong to a record."""
        self._note(line, "record")

    def site_line(self, number: int, is_record: bool) -> None:
        """Note a line of a page that is read by its elements."""
        self._note(Line(number, ""), "record" if is_record else "header")

    def unread(self, line: Line, reason: str) -> None:
        """Tell of a line that is in no entry."""
        self._note(line, "notice")
        self.tell(f"{show(line.text)} was not read: {reason}.", line, "page.unread-line")

    def tell(self, message: str, line: Line, rule: str, hint: str | None = None) -> None:
        """Tell of something odd on a line, which is otherwise read."""
        self.notices.append(Notice(message, self.file, line.number, rule=rule, hint=hint))


def joined(lines: Sequence[Line]) -> str:
    """The text of a paragraph that was broken into lines."""
    return " ".join(line.text for line in lines)
