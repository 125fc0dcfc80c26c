"""The lines of a RIS file: records of tags and values, in every dress they are found in.

A line is a tag of two characters, two blanks, a hyphen, a blank and the value. Real files have
other line ends, other blanks, a value that goes on in the next line, text before the first
record, records without an end or without a type, and bytes that are not UTF-8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bibtools.formats.ris.tags import LISTS, SEVERAL_LINES
from bibtools.model import Notice

_LINE_END = re.compile(r"\r\n|\r|\n")
_DASH = "[-\u2010-\u2013\u2212]"
_LINE = re.compile(rf"[ \t\ufeff]*([A-Z][A-Z0-9])[ \t\xa0]{{1,3}}{_DASH}(?:[ \t\xa0](.*))?")
# Without the blank behind the hyphen; only the usual blanks before it make this a tag.
_TIGHT = re.compile(r"([A-Z][A-Z0-9])  -(\S.*)")
_HEAD = re.compile(rf"[ \t\ufeff]*(TY|ER)[ \t\xa0]*{_DASH}[ \t\xa0]*(.*)", re.IGNORECASE)
_TYPE = re.compile(r"[A-Za-z]*")
_SEPARATOR = re.compile("[ \t]?[\u2028\u2029\x85\x0b\x0c]+[ \t]?")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
LONG = 85
"""A line longer than this is not from a file whose lines are broken at 80 characters."""
SHORT = 65
"""After a line shorter than this the next line was broken on purpose."""


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of a record with its value."""

    name: str
    """Two characters, upper case."""
    value: str
    """Without blanks around it. Only texts of several lines and lists have line breaks."""
    line: int
    """1-based line on which it starts."""


@dataclass(frozen=True, slots=True)
class Record:
    """One reference as it stands in the file, without `TY` and `ER`."""

    type: str | None
    """The value of `TY` in upper case; None when the record has none."""
    tags: tuple[Tag, ...]
    line: int
    """1-based line on which it starts."""


def decode(data: bytes, file: str) -> tuple[str, list[Notice]]:
    """The text of a file: UTF-8 or UTF-16 by its mark, else wholly Windows-1252 with a notice."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
    notice = Notice(
        "This byte is not UTF-8: the whole file is read as Windows-1252 (latin-1).",
        file,
        line,
        rule="ris.encoding",
        hint="Save the file as UTF-8 if letters look wrong.",
    )
    try:
        return data.decode("cp1252"), [notice]
    except UnicodeDecodeError:
        return data.decode("latin-1"), [notice]


def is_tag_line(line: str) -> bool:
    """Whether a line would be read as a tag where a value goes on."""
    return bool(_LINE.fullmatch(line) or _TIGHT.fullmatch(line) or _HEAD.fullmatch(line))


class _Value:
    """A value while its lines come in."""

    def __init__(self, name: str, text: str, line: int, length: int) -> None:
        self.name = name
        self.line = line
        self.lines = [text]
        self.lengths = [length]

    def tag(self) -> Tag:
        if len(self.lines) == 1:
            return Tag(self.name, self.lines[0].strip(), self.line)
        longest = max(self.lengths)
        parts = [self.lines[0].strip()]
        for text, before in zip(self.lines[1:], self.lengths, strict=False):
            breaks = self.name in LISTS or (
                self.name in SEVERAL_LINES
                and (longest > LONG or before < SHORT or not text.strip())
            )
            parts.append("\n" if breaks else " ")
            parts.append(text.strip())
        return Tag(self.name, "".join(parts).strip(), self.line)


class _Open:
    """A record while its lines come in."""

    def __init__(self, line: int, kind: str | None = None, *, strict: bool = True) -> None:
        self.line = line
        self.kind = kind
        self.strict = strict
        """True when its type stands as the format wants it."""
        self.values: list[_Value] = []

    def record(self) -> Record:
        return Record(self.kind, tuple(value.tag() for value in self.values), self.line)


def split_records(text: str, file: str, notices: list[Notice]) -> Iterator[Record]:
    """The records of a file, one by one; what stands outside of them is a notice."""
    now: _Open | None = None
    for number, raw in enumerate(_LINE_END.split(text), start=1):
        line = raw if raw.isascii() and raw.isprintable() else cleaned(raw)
        above = now.values[-1].name if now is not None and now.values else ""
        name, value = _tag(line, above if now is not None and now.strict else "")
        if name in ("TY", "ER"):
            if now is not None:
                if name == "TY":
                    notices.append(_no_end(file, now.line))
                yield now.record()
            now = None
            if name == "TY":
                match = _TYPE.match(value)
                kind = match[0].upper() if match is not None else None
                now = _Open(number, kind or None, strict=line.startswith("TY  -"))
        elif name:
            now = now or _Open(number)
            now.values.append(_Value(name, value, number, len(line)))
        elif now is not None and now.values:
            now.values[-1].lines.append(line)
            now.values[-1].lengths.append(len(line))
        elif line.strip():
            notices.append(_outside(line, file, number))
    if now is not None:
        notices.append(_no_end(file, now.line))
        yield now.record()


def cleaned(line: str) -> str:
    """Without what cannot be seen; separators inside a line are blanks."""
    return _UNSEEN.sub("", _SEPARATOR.sub(" ", line))


def _tag(line: str, above: str) -> tuple[str, str]:
    """Tag and value of a line; "" for the tag where the value above goes on."""
    match = _LINE.fullmatch(line)
    if match is not None and not (above in SEVERAL_LINES and line[3:4] == "-"):
        return match[1], match[2] or ""
    # "T4 - cells" may well begin a line of an abstract: there only two blanks make a tag.
    tight = _TIGHT.fullmatch(line)
    if match is None and tight is not None and tight[1] not in ("TY", "ER"):
        return tight[1], tight[2]
    head = _HEAD.fullmatch(line)
    return (head[1].upper(), head[2]) if head is not None and _is_head(head) else ("", "")


def _is_head(match: re.Match[str]) -> bool:
    """Whether it is a type or an end, rather than a word of a text that goes on."""
    value = match[2].strip()
    return value.isalpha() if match[1].upper() == "TY" else not value


def _no_end(file: str, line: int) -> Notice:
    return Notice(
        'This record has no end ("ER  - "); it was read up to the next one.',
        file,
        line,
        rule="ris.no-end",
    )


def _outside(line: str, file: str, number: int) -> Notice:
    shown = line.strip()
    shown = shown if len(shown) <= 60 else shown[:57] + "..."
    return Notice(
        f'"{shown}" stands outside of the records and was left out.',
        file,
        number,
        rule="ris.outside",
    )
