"""What may tell that an entry and an item are one work: keys, identifiers, titles.

Marks are cheap: they are looked at in thousands, to find the few that are compared closely.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from bibtools.model import Entry
from bibtools.sync.item_side import item_entry
from bibtools.sync.kept import whole
from bibtools.sync.values import Data, LocalEntry, RemoteItem
from bibtools.text.markup import strip_markup
from bibtools.text.titles import title_key

Mark: TypeAlias = tuple[str, str]
"""Of what kind it is, and what it says."""

_CHILDREN = frozenset({"attachment", "note", "annotation"})
_ID_FIELDS = ("DOI", "archiveID", "url", "number", "reportNumber", "archiveLocation")
_KEY_LINE = re.compile(
    r"^[ \t]*citation[ _-]?key[ \t]*:[ \t]*([^\s{}\"]+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE
)
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"]+")
_ARXIV = re.compile(r"\d{4}\.\d{4,5}|([a-z-]+)(?:\.[A-Za-z-]{2,})?(/\d{7})")
_ODD = re.compile(r"[<>%{}]|10\.\d+\.\d")
"""Signs in identifiers that are read with more care than is taken here."""
_ANY_KEY = re.compile(r"citation[\s_-]*key", re.IGNORECASE)
_AT_HAND = 1000
"""Entries of items that are kept as values."""


class Readings(Mapping[str, Entry]):
    """The entries that a library's items describe, read when they are asked for.

    Items in the trash, attachments and notes are not among them.
    """

    def __init__(self, items: Mapping[str, RemoteItem]) -> None:
        self._items = items
        self._living = {
            key: None
            for key, item in items.items()
            if not item.data.get("deleted") and item.data.get("itemType") not in _CHILDREN
        }
        self._read = lru_cache(_AT_HAND)(lambda key: item_entry(whole(items[key].data)))

    def __getitem__(self, key: str) -> Entry:
        if key not in self._living:
            raise KeyError(key)
        return self._read(key)

    def marks(self, key: str) -> list[Mark]:
        """What may tell an item, quickly: all that its entry has, and at times more."""
        return _quick_marks(self._items[key].data)

    def __contains__(self, key: object) -> bool:
        return key in self._living

    def __iter__(self) -> Iterator[str]:
        return iter(self._living)

    def __len__(self) -> int:
        return len(self._living)


def _quick_marks(given: Data) -> list[Mark]:
    """The marks of the entry that item data describe, and at times more."""
    data = whole(given)
    extra = str(data.get("extra") or "")
    found = []
    own = data.get("citationKey") or _first(_KEY_LINE, extra)
    if own:
        found.append(("key", str(own)))
    venue = str(data.get("publicationTitle") or "")
    places = [str(data.get(name) or "") for name in _ID_FIELDS]
    text = "\n".join((extra, venue if "arxiv" in venue.lower() else "", *places))
    if _ODD.search(text) or (not own and _ANY_KEY.search(extra)):
        found += marks_of(item_entry(data))
    found += [("doi", one.lower()) for one in set(_DOI.findall(text))]
    found += [
        ("arxiv", archive + number if number else one)
        for one, archive, number in {match.group(0, 1, 2) for match in _ARXIV.finditer(text)}
    ]
    title = str(data.get("title") or data.get("caseName") or data.get("subject") or "")
    if "<" in title:
        title = strip_markup(title)
    if title and (folded := title_key(title)):
        found.append(("title", folded))
    return found


def marks_of(entry: Entry) -> list[Mark]:
    """What tells an entry: its key, identifiers and title."""
    found = []
    if entry.key:
        found.append(("key", entry.key))
    if entry.doi is not None:
        found.append(("doi", entry.doi.folded))
    if entry.arxiv is not None:
        found.append(("arxiv", entry.arxiv.value))
    title = title_key(entry.title) if entry.title else ""
    if title:
        found.append(("title", title))
    return found


def local_marks_of(local: LocalEntry) -> list[Mark]:
    """The marks of an entry, and where it is not read yet at times more."""
    return marks_of(local.reading) if isinstance(local.reading, Entry) else _quick_marks(local.data)


def index_of(readings: Readings, wanted: Container[Mark]) -> dict[Mark, list[str]]:
    """The items that have one of the marks."""
    found: dict[Mark, list[str]] = defaultdict(list)
    for item in readings:
        for mark in readings.marks(item):
            if mark in wanted:
                found[mark].append(item)
    return found


def _first(pattern: re.Pattern[str], text: str) -> str | None:
    match = pattern.search(text) if text else None
    return match[1] if match else None
