"""One entry or macro of a tidy .bib file, and the layout it follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.macros import MONTHS
from bibtools.formats.bibtex.scans import FieldPlace, Scan

Sort = Literal["none", "key", "type", "year"]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a tidy file looks."""

    indent: str = "  "
    """Blanks before a field."""
    align: bool = False
    """Whether the equals signs of an entry stand in one column."""
    sort: Sort = "none"
    """Order of the entries, within each stretch that no heading, macro or fault divides."""
    field_order: tuple[str, ...] | Literal["none", "alphabetical"] = "none"
    """Names in lower case that come first, in this order; the others follow as they stood."""
    braces: bool = True
    """Whether `"..."` becomes `{...}`."""
    months: bool = False
    """Whether a month is written as BibTeX's macro (`jan`)."""
    blank_lines: int = 1
    """Blank lines between entries."""
    trailing_comma: bool = True
    """Whether a comma follows the last field."""
    lower_case: bool = True
    """Whether types and field names are written in lower case."""


_MONTH_VALUES: Final = {
    written: macro
    for number, (macro, name) in enumerate(MONTHS.items(), 1)
    for written in (macro, f"{macro}.", name.lower(), str(number), f"{number:02}")
} | {"sept": "sep", "sept.": "sep"}


def tidy_entry(
    document: Document, entry: BibEntry, scan: Scan, layout: Layout, newline: bytes
) -> bytes:
    """The bytes of an entry that BibTeX accepts."""
    data = document.source.data
    if not scan.fields:
        # `@misc(k),)`: without fields the comma may be what ends the key.
        if data[scan.opening : scan.opening + 1] == b"(":
            return entry.raw
        return _head(data, scan, layout) + data[scan.key_start : scan.key_end] + b"}"
    places = _ordered(scan.fields, layout.field_order)
    names = [_cased(data[place.name_start : place.name_end], layout) for place in places]
    widths = [len(document.decode(name)) for name in names]
    column = max(widths) if layout.align else 0
    indent = layout.indent.encode()
    lines = [
        indent
        + name
        + b" " * max(column - width, 0)
        + b" = "
        + _value(document, entry, place, layout)
        for name, width, place in zip(names, widths, places, strict=True)
    ]
    body = (b"," + newline).join(lines) + (b"," if layout.trailing_comma else b"")
    key = data[scan.key_start : scan.key_end]
    close = data[scan.close : scan.close + 1]
    return _head(data, scan, layout) + key + b"," + newline + body + newline + close


def _head(data: bytes, scan: Scan, layout: Layout) -> bytes:
    word = data[scan.start + 1 : scan.opening].strip(b" \t\r\n")
    return b"@" + _cased(word, layout) + data[scan.opening : scan.opening + 1]


def _cased(name: bytes, layout: Layout) -> bytes:
    return name.lower() if layout.lower_case else name


def tidy_string(document: Document, scan: Scan, layout: Layout) -> bytes:
    """The bytes of a macro definition that BibTeX accepts."""
    data = document.source.data
    place = scan.fields[0]
    return (
        _head(data, scan, layout)
        + data[place.name_start : place.name_end]
        + b" = "
        + _tokens(data, place, layout)
        + data[scan.close : scan.close + 1]
    )


def _value(document: Document, entry: BibEntry, place: FieldPlace, layout: Layout) -> bytes:
    if layout.months and place.name == "month" and len(place.tokens) == 1:
        value = document.decode(document.source.data[place.start : place.end])
        macro = _MONTH_VALUES.get(value.strip('{}" \t\r\n').lower())
        # A file may define `jan` as something else.
        if macro and document.macros.value(macro, entry.start) == MONTHS[macro]:
            return macro.encode()
    return _tokens(document.source.data, place, layout)


def _tokens(data: bytes, place: FieldPlace, layout: Layout) -> bytes:
    parts = []
    for token in place.tokens:
        part = data[token.start : token.end]
        if layout.braces and token.kind == '"':
            part = b"{" + part[1:-1] + b"}"
        parts.append(part)
    return b" # ".join(parts)


def _ordered(fields: Sequence[FieldPlace], order: tuple[str, ...] | str) -> list[FieldPlace]:
    """Fields in the order asked for; of two with one name the first stays the first."""
    if order == "alphabetical":
        return sorted(fields, key=lambda place: place.name)
    if isinstance(order, str):
        return list(fields)
    ranks = {name: rank for rank, name in reversed(list(enumerate(order)))}
    return sorted(fields, key=lambda place: ranks.get(place.name, len(ranks)))
