"""Writing entries as RIS, with the tags that Zotero writes and every program reads.

What RIS has no tag for stands in lines of `M2` ("miscellaneous"), which Zotero imports as lines
of Extra, where it and Better BibTeX understand them (`arXiv: ID [class]`, `tex.code: URL`,
`variable: value`); other programs show or ignore them. What a reader of the record would still
not get back is one more such line, `bibtools: {...}` (see `formats/carried.py`).
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bibtools.formats.carried import what_is_lost
from bibtools.formats.ris.dialects import label_of
from bibtools.formats.ris.items import (
    CARRIED_LINE,
    KEY_LINE,
    TYPE_LINE,
    date_text,
    is_key,
    name_parts,
    read_record,
)
from bibtools.formats.ris.kept import kept
from bibtools.formats.ris.reading import entry_of
from bibtools.formats.ris.records import LONG, SHORT, cleaned, is_tag_line, split_records
from bibtools.formats.ris.tags import (
    DEFAULT_TYPE,
    SEVERAL_LINES,
    TYPES,
    TYPES_WRITTEN,
    WRITTEN,
    tag_of,
    tag_of_variable,
)
from bibtools.formats.zotero import to_item
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.variables import ROLES
from bibtools.model import Entry, parse_iso

_END = "\r\n"
_VARIABLE = re.compile(r"([A-Za-z_-]+): (.+)")
_PAGES = re.compile(r"([^\s-]+)-(.+)")
_ISO_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)Z")
_NOT_UNESCAPED = frozenset({"AB", "N1", "RN"})


def write_ris(entries: Iterable[Entry]) -> str:
    """The entries as RIS, with the line ends that the format asks for; "" for none."""
    return "".join(_record(entry) for entry in entries)


def _record(entry: Entry) -> str:
    tags = _tags(entry)
    text = _text(tags)
    back = _read_back(text)
    # What only Zotero knows of its item has no business here; a type or a date as it was read
    # has none when the entry says something else by now.
    but = ["extra.zotero"] if "zotero" in entry.extra else []
    but += [f"extra.{name}" for name in ("ris.ty", "ris.da") if name not in back.extra]
    lost = what_is_lost(entry, back, but=but)
    if lost:
        carried = json.dumps(lost, ensure_ascii=True, separators=(",", ":"))
        text = _text([*tags, ("M2", f"{CARRIED_LINE}: {carried}")])
    return text


def _read_back(text: str) -> Entry:
    (record,) = split_records(text, "-", [])
    return entry_of(read_record(record))


def _text(tags: list[tuple[str, str]]) -> str:
    (_, kind), *others = tags
    lines = [f"TY  - {kind}"]
    lines.extend(_line(tag, value) for tag, value in others)
    return _END.join([*lines, "ER  - ", "", ""])


def _line(tag: str, value: str) -> str:
    if tag not in _NOT_UNESCAPED and html.unescape(value) != value:
        value = value.replace("&", "&amp;")
    lines = [cleaned(line).strip() for line in re.split(r"\r\n?|\n", value)]
    if tag in SEVERAL_LINES and any(len(line) + len("AB  - ") >= SHORT for line in lines[:-1]):
        # Lines of this length may be one text that was broken at 80 characters. A longer one
        # says that these are not; blanks at its end are no part of the value.
        lines[0] = lines[0].ljust(LONG)
    text = lines[0]
    for line in lines[1:]:
        # A line that looks like a tag would be one.
        text += f" {line}" if is_tag_line(line) else _END + line
    return f"{tag}  - {text}"


def _tags(entry: Entry) -> list[tuple[str, str]]:
    """The type and all other tags of an entry."""
    own, extra = kept(entry.extra)
    fields = {name: value for name, value in entry.fields.items() if name != "note"}
    item = to_item(replace(entry, fields=fields, extra=extra))
    name = str(item["itemType"])
    kind = _kind(name, own)
    tags = _Tags(name, own)
    tags.add_fields(item)
    tags.add_creators(item)
    lines = [
        line
        for line in str(item.get("extra") or "").split("\n")
        if line and not line.startswith(f"{CARRIED_LINE}: ")
    ]
    if TYPES.get(kind, DEFAULT_TYPE) != name:
        lines.insert(0, f"{TYPE_LINE}: {name}")
    found = [("TY", kind)]
    if entry.key is not None and is_key(entry.key):
        found.append(("ID", entry.key))
    elif entry.key:
        lines.insert(0, f"{KEY_LINE}: {entry.key}")
    tags.add_lines(lines)
    found.extend(tags.in_order())
    found.extend(("KW", str(row["tag"])) for row in item.get("tags") or ())
    found.extend(("N1", note) for note in _notes(entry.fields.get("note", "")))
    found.extend((tag, value) for tag, value in own if tag not in ("TY", "DA"))
    return found + tags.lines


def _kind(item_type: str, own: list[tuple[str, str]]) -> str:
    """The value of `TY`: the one that was read, while it is right."""
    read = dict(own).get("TY", "")
    if read.isalpha() and TYPES.get(read, DEFAULT_TYPE) == item_type:
        return read
    return TYPES_WRITTEN[item_type]


def _notes(note: str) -> list[str]:
    """A note as values of `N1`: each line is one, but for lines after an empty one."""
    found: list[str] = []
    for line in note.split("\n"):
        if found and (not line or found[-1].endswith("\n")):
            found[-1] += "\n" + line
        elif label_of(line) is not None:
            # As it stands ProCite's label would be taken off.
            found.append(f"Note: {line}")
        else:
            found.append(line)
    return [value for value in found if value]


class _Tags:
    """The tags of one item while they are collected."""

    def __init__(self, item_type: str, own: list[tuple[str, str]]) -> None:
        self.type = item_type
        self.own = own
        self.found: dict[str, list[tuple[str, str]]] = {}
        self.creators: list[tuple[str, str]] = []
        self.lines: list[tuple[str, str]] = []

    def add(self, tag: str, value: str, of: str | None = None) -> None:
        self.found.setdefault(of or tag, []).append((tag, value))

    def add_fields(self, item: dict[str, Any]) -> None:
        for field in ITEM_TYPES[self.type].fields:
            value = item.get(field)
            if not isinstance(value, str) or not value or field in ("extra", "citationKey"):
                continue
            tag = tag_of(self.type, field)
            if tag is None:
                self.lines.append(("M2", f"{field}: {value}"))
            elif tag == "DA":
                self.add_date(value)
            elif tag == "Y2":
                time = _ISO_TIME.fullmatch(value)
                self.add("Y2", "/".join(time.groups()) if time else _slashed(value))
            elif tag == "SP":
                self.add_pages(value)
            else:
                self.add(tag, value)

    def add_date(self, value: str) -> None:
        read = dict(self.own).get("DA")
        self.add("DA", read if read is not None and date_text(read) == value else _slashed(value))
        year = re.match(r"\d{4}(?!\d)", value)
        if year is not None and year[0] != "0000":
            self.add("PY", year[0])

    def add_pages(self, value: str) -> None:
        match = _PAGES.fullmatch(value)
        if match is None or match[1] == match[2]:
            self.add("SP", value)
        else:
            self.add("SP", match[1])
            self.add("EP", match[2], "SP")

    def add_creators(self, item: dict[str, Any]) -> None:
        for creator in item.get("creators") or ():
            role = str(creator["creatorType"])
            tag = tag_of(self.type, f"+{role}")
            name = _name(creator)
            if tag is not None:
                self.creators.append((tag, name))
            else:
                shown = str(creator.get("name") or "") or (
                    f"{creator.get('lastName') or ''} || {creator.get('firstName') or ''}"
                )
                self.lines.append(("M2", f"{ROLES.get(role, role)}: {shown}"))

    def add_lines(self, lines: list[str]) -> None:
        """Lines of Extra; a variable that has a tag goes there."""
        for line in lines:
            match = _VARIABLE.fullmatch(line)
            tag = tag_of_variable(self.type, match[1]) if match is not None else None
            if match is None or tag is None or tag in self.found:
                self.lines.append(("M2", line))
            elif tag == "SP":
                self.add_pages(match[2])
            else:
                self.add(tag, match[2])

    def in_order(self) -> list[tuple[str, str]]:
        """All tags but the lines: title, people, the rest."""
        order = {tag: place for place, tag in enumerate(WRITTEN)}
        names = sorted(self.found, key=lambda tag: order.get(tag, len(order)))
        rest = [pair for name in names for pair in self.found[name]]
        titles = [pair for pair in rest if pair[0] == "TI"]
        return [*titles, *self.creators, *(pair for pair in rest if pair[0] != "TI")]


def _slashed(value: str) -> str:
    """A date as RIS has it: `2009/03/12`; what is no day stays as it is."""
    date = parse_iso(value)
    return value.replace("-", "/") if date is not None and date.year > 0 else value


def _name(creator: dict[str, Any]) -> str:
    """`Family, Given, Suffix`, or the name of a body so that it is read as one."""
    body = creator.get("name")
    if isinstance(body, str) and body:
        for text in (body, body.replace(",", ",,", 1), f"{body},"):
            if name_parts(text) == {"name": body}:
                return text
        return body
    last, first = str(creator.get("lastName") or ""), str(creator.get("firstName") or "")
    if not first:
        return last if " " in last else f"{last},"
    return f"{last}, {first}"
