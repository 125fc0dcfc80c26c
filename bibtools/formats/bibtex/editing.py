"""Editing one entry's bytes in its own style: indent, alignment, delimiters, commas, case.

All functions give new bytes for the entry and change nothing themselves.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bibtools.errors import BibtoolsError
from bibtools.formats.bibtex.scanner import scan_block
from bibtools.formats.bibtex.scans import FieldPlace, Scan
from bibtools.formats.bibtex.source import Source
from bibtools.later import later

if TYPE_CHECKING:
    from bibtools.formats.bibtex.blocks import BibEntry
    from bibtools.formats.bibtex.document import Document

_SAMPLE = 40
"""Entries looked at to learn a file's style."""
_FIELD_NAME = later(r"[^\W\d][^\x00-\x20\"#%'(),={}]*")
_KEY = later(r"[^\x00-\x20,{}\"#%=\\~]+")
_LINE_END = re.compile(rb"(\r\n|\n|\r)")
_SEPARATOR = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")


_TYPE = later(r"(?!(?:comment|string|preamble)\Z)[a-z]+", re.ASCII)
_TYPE_AT = re.compile(rb"@\s*([A-Za-z]+)")


class EditError(BibtoolsError):
    """An edit that would break the file; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Style:
    """How new fields are written where the entry itself gives no example."""

    separator: bytes = b",\n  "
    """Between two fields: comma, line end, indent."""
    before_equals: bytes = b" "
    after_equals: bytes = b" "
    delimiter: bytes = b"{"
    newline: bytes = b"\n"


def style_of(document: Document) -> Style:
    """The style of a file, learnt from its first entries."""
    data = document.source.data
    head = data[:65536]
    newline = b"\n"
    if head.count(b"\r\n") * 2 > head.count(b"\n"):
        newline = b"\r\n"
    elif b"\r" in head and b"\n" not in head:
        newline = b"\r"
    default = Style(newline=newline, separator=b"," + newline + b"  ")
    for entry in document.entries[:_SAMPLE]:
        scan = document.scan(entry.start, entry.end)
        if scan.strict and len(scan.fields) > 1:
            return _entry_style(data, scan, default)
    return default


def _entry_style(raw: bytes, scan: Scan, default: Style) -> Style:
    fields = scan.fields
    separator = default.separator
    for one, two in zip(reversed(fields[:-1]), reversed(fields[1:]), strict=True):
        between = raw[one.end : two.name_start]
        if _SEPARATOR.fullmatch(between):
            separator = between
            break
    else:
        if fields and _SEPARATOR.fullmatch(raw[scan.key_end : fields[0].name_start]):
            separator = raw[scan.key_end : fields[0].name_start]
    last = fields[-1]
    before, after = _around_equals(raw, last)
    delimiters = Counter(
        token.kind for place in fields for token in place.tokens if token.kind in '{"'
    )
    delimiter = default.delimiter
    if delimiters:
        delimiter = delimiters.most_common(1)[0][0].encode()
    newline = default.newline
    for mark in (b"\r\n", b"\n", b"\r"):
        if mark in separator:
            newline = mark
            break
    return Style(separator, before, after, delimiter, newline)


def _around_equals(raw: bytes, place: FieldPlace) -> tuple[bytes, bytes]:
    between = raw[place.name_end : place.start]
    before, _, after = between.partition(b"=")
    return before, after


def _aligned(raw: bytes, fields: Sequence[FieldPlace], name: bytes) -> tuple[bytes, bytes] | None:
    """The blanks around a new `=` where the entry's own stand in a column, else None."""
    rows = [(place.name_end - place.name_start, *_around_equals(raw, place)) for place in fields]
    lengths = {row[0] for row in rows}
    if len(lengths) < 2 or any(b"\n" in before + after for _, before, after in rows):
        return None
    before, after = rows[-1][1:]
    blank = b"\t" if b"\t" in before + after else b" "
    if blank == b"\t":
        return None
    columns = Counter(length + len(before) for length, before, _ in rows)
    column, count = columns.most_common(1)[0]
    if count * 4 >= len(rows) * 3 and count > 1 and any(len(row[1]) > 1 for row in rows):
        least = min(len(row[1]) for row in rows)
        return b" " * max(column - len(name), min(least, 1)), after
    columns = Counter(length + len(before) + len(after) for length, before, after in rows)
    column, count = columns.most_common(1)[0]
    if count * 4 >= len(rows) * 3 and count > 1 and any(len(row[2]) > 1 for row in rows):
        least = min(len(row[2]) for row in rows)
        return before, b" " * max(column - len(name) - len(before), min(least, 1))
    return None


def refuse_comment(entry: BibEntry) -> None:
    """Raise `EditError` for an entry inside @comment."""
    if entry.inside_comment:
        raise EditError(
            f'The entry "{entry.key}" stands inside @comment and is not edited.',
            "Take it out of the comment first.",
        )


def _encode(entry: BibEntry, text: str) -> bytes:
    return _encode_for(entry.document, text)


def _encode_for(document: Document, text: str) -> bytes:
    """The text in a file's encoding; what latin-1 does not have is spelt in LaTeX."""
    try:
        return text.encode(document.encoding)
    except UnicodeEncodeError:
        return b"".join(_spelt(document.encoding, char) for char in text)


def _spelt(encoding: str, char: str) -> bytes:
    # Few files are latin-1, and the tables of LaTeX take their time to load.
    from bibtools.text.latex_encode import spell

    for written in (char, spell(char, ascii_only=True)):
        try:
            return written.encode(encoding)
        except UnicodeEncodeError:
            continue
    raise EditError(
        f'"{char}" (U+{ord(char):04X}) cannot be written in this file, which is {encoding}.',
        "Write it as LaTeX, or convert the file to UTF-8.",
    )


def refuse_unbalanced(value: str, delimiter: str = "{") -> None:
    r"""Raise `EditError` for a value that would end its delimiters early or never.

    BibTeX counts every brace, also `\{` and `\}`.
    """
    depth = 0
    for mark in re.finditer(r'[{}"]', value):
        if mark[0] == '"':
            if delimiter == '"' and depth == 0:
                raise EditError(f'The value "{value}" has a quotation mark outside of braces.')
            continue
        depth += 1 if mark[0] == "{" else -1
        if depth < 0:
            raise EditError(
                f'The value "{_short(value)}" has a "}}" without a "{{" before it.',
                'Balance the braces; BibTeX counts "\\{" and "\\}" too.',
            )
    if depth:
        raise EditError(
            f'The value "{_short(value)}" has a "{{" that is never closed.',
            'Balance the braces; BibTeX counts "\\{" and "\\}" too.',
        )


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:57] + "..."


def _written(entry: BibEntry, value: str, delimiter: str, *, bare: bool) -> bytes:
    """A value with its delimiters."""
    if bare:
        _refuse_not_bare(value)
        return _encode(entry, value)
    refuse_unbalanced(value)
    if delimiter == "0":
        delimiter = "" if value.isdecimal() and value.isascii() else "{"
    if delimiter == '"':
        try:
            refuse_unbalanced(value, '"')
        except EditError:
            delimiter = "{"
    if delimiter == '"':
        return _encode(entry, f'"{value}"')
    return _encode(entry, f"{{{value}}}" if delimiter else value)


def _refuse_not_bare(value: str) -> None:
    probe = f"@x{{k,a={value}}}".encode("utf-8", "replace")
    scan = scan_block(Source(probe), 0, len(probe))
    if (
        scan is None
        or not scan.strict
        or [place.end for place in scan.fields] != [len(probe) - 1]
        or scan.end != len(probe)
        or not value.strip()
    ):
        raise EditError(
            f'"{_short(value)}" is no number, no macro and no parts joined with "#".',
            "Give it without bare to have it put in delimiters.",
        )


def with_field(entry: BibEntry, name: str, value: str, *, bare: bool, style: Style) -> bytes:
    """The entry's bytes with one field changed or added."""
    refuse_comment(entry)
    if not _FIELD_NAME.fullmatch(name):
        raise EditError(f'"{name}" cannot be the name of a field.')
    lower = name.lower()
    for place in entry.scan().fields:
        if place.name == lower:
            return _with_value(entry, place, value, bare=bare, style=style)
    return _with_new_field(entry, name, value, bare=bare, style=style)


def _with_value(
    entry: BibEntry, place: FieldPlace, value: str, *, bare: bool, style: Style
) -> bytes:
    """The entry's bytes with another value for a field it has; its delimiter stays."""
    raw = entry.raw
    delimiter = "{"
    if len(place.tokens) == 1 and place.whole:
        delimiter = place.tokens[0].kind
        if delimiter == "a":
            delimiter = style.delimiter.decode()
    elif any(token.kind == '"' for token in place.tokens):
        delimiter = '"'
    written = _written(entry, value, delimiter, bare=bare)
    return raw[: place.start] + written + raw[place.end :]


def _with_new_field(entry: BibEntry, name: str, value: str, *, bare: bool, style: Style) -> bytes:
    """The entry's bytes with one field more, last."""
    raw, scan = entry.raw, entry.scan()
    fields = scan.fields
    if scan.close < 0:
        raise EditError(
            f'The entry "{entry.key}" is never closed, so no field can be added.',
            "Close it first.",
        )
    if fields:
        style = _entry_style(raw, scan, style)
    written = _written(entry, value, style.delimiter.decode(), bare=bare)
    spelt = _encode(entry, _in_case(name, [raw[p.name_start : p.name_end] for p in fields]))
    before, after = _aligned(raw, fields, spelt) or _unaligned(raw, fields, style)
    new = style.separator + spelt + before + b"=" + after + written
    if fields:
        at = fields[-1].end
        return raw[:at] + new + raw[at:]
    at = scan.key_end
    comma = raw.find(b",", at, scan.close)
    rest = raw[comma + 1 :] if comma >= 0 else raw[at:]
    if b"\n" not in rest and b"\n" in style.separator:
        rest = style.newline + rest.lstrip()
    return raw[: comma if comma >= 0 else at] + new + rest


def _unaligned(raw: bytes, fields: Sequence[FieldPlace], style: Style) -> tuple[bytes, bytes]:
    """The blanks around a new `=`; where the entry's own vary, the fewest that may be."""
    before, after = style.before_equals, style.after_equals
    if fields and _varies(raw, fields, 0):
        before = before[:1]
    if fields and _varies(raw, fields, 1):
        after = after[:1]
    return before, after


def _varies(raw: bytes, fields: Sequence[FieldPlace], side: int) -> bool:
    """True when the blanks beside the equals signs differ without standing in a column."""
    return len({_around_equals(raw, place)[side] for place in fields}) > 1


def _in_case(name: str, others: Sequence[bytes]) -> str:
    """A field name in the case that the entry's names have, when they agree."""
    words = [other for other in others if len(other) > 1]
    if name != name.lower() or not words:
        return name
    if all(word.isupper() for word in words):
        return name.upper()
    if all(word[:1].isupper() for word in words):
        return name[:1].upper() + name[1:]
    return name


def without_field(entry: BibEntry, name: str) -> bytes | None:
    """The entry's bytes without a field, or None when it has none of that name."""
    refuse_comment(entry)
    raw, scan = entry.raw, entry.scan()
    lower = name.lower()
    found = False
    for index in range(len(scan.fields) - 1, -1, -1):
        place = scan.fields[index]
        if place.name != lower:
            continue
        found = True
        # A field goes with the separator before it; a first one with the one after it, so
        # that the comma after the key stays.
        start = scan.fields[index - 1].end if index else scan.key_end
        gap = raw[start : place.name_start]
        if _SEPARATOR.fullmatch(gap):
            raw = raw[:start] + raw[place.end :]
        else:
            after = _SEPARATOR.match(raw, place.end)
            raw = raw[: place.name_start] + raw[after.end() if after else place.end :]
    return raw if found else None


def with_key(entry: BibEntry, key: str) -> bytes:
    """The entry's bytes with another citation key."""
    refuse_comment(entry)
    if not _KEY.fullmatch(key):
        raise EditError(
            f'"{key}" cannot be a citation key.',
            'Leave out blanks, commas, braces and the characters " # % = \\ ~.',
        )
    raw, scan = entry.raw, entry.scan()
    written = _encode(entry, key)
    if scan.key_end == scan.key_start and b"," not in raw[scan.key_end :].lstrip()[:1]:
        written += b"," if scan.fields else b""
    return raw[: scan.key_start] + written + raw[scan.key_end :]


def with_type(entry: BibEntry, kind: str) -> bytes:
    """The entry's bytes with another type, in the case in which the old one is written."""
    refuse_comment(entry)
    if not _TYPE.fullmatch(kind):
        raise EditError(f'"{kind}" cannot be an entry type.', "An entry type is a word: article.")
    raw = entry.raw
    head = _TYPE_AT.match(raw, entry.scan().start)
    if head is None:
        raise EditError(f'The type of "{entry.key}" cannot be changed: it was not found.')
    old = head[1].decode("ascii")
    if old.isupper() and len(old) > 1:
        kind = kind.upper()
    elif old[:1].isupper():
        kind = kind[:1].upper() + kind[1:]
    return raw[: head.start(1)] + kind.encode("ascii") + raw[head.end(1) :]


def gap_end(data: bytes, end: int) -> int:
    """Where what goes with a removed block ends: after its line and the blank lines below."""
    match = re.compile(rb"[ \t]*(?:(?:\r\n|\n|\r)[ \t]*)+(?=[^ \t\r\n]|\Z)").match(data, end)
    return match.end() if match else end


def remark_start(data: bytes, before: int, at: int) -> int:
    """Where the remark directly above the entry at `at` starts; `at` when there is none.

    `before` is the end of the block before. What stands on its line is not the entry's.
    """
    parts = _LINE_END.split(data[before:at])
    if parts[-1].strip():
        return at
    start = at - len(parts[-1])
    for number in range(len(parts) - 3, 0, -2):
        if not parts[number].strip():
            break
        start -= len(parts[number]) + len(parts[number + 1])
    else:
        if before == 0:
            return at
    return start if data[start:at].strip() else at


def in_file_style(document: Document, text: str | bytes) -> bytes:
    """The text without blank lines around it, in the line ends and encoding of a file."""
    newline = document.style.newline
    if isinstance(text, bytes):
        text = text.decode()
    lines = re.split(r"\r\n|\n|\r", text.strip("\r\n"))
    return _encode_for(document, newline.decode().join(lines))


def piece_to_append(document: Document, text: str | bytes) -> bytes:
    """The bytes to put after the file's last: a blank line, the text, the file's kind of end."""
    data = document.source.data
    newline = document.style.newline
    body = in_file_style(document, text)
    if not data.strip().removeprefix(b"\xef\xbb\xbf"):
        return body + newline
    if data.endswith((newline * 2, b"\n\n")):
        return body + newline
    if data.endswith((b"\n", b"\r")):
        return newline + body + newline
    return newline * 2 + body
