"""Programs that put other things into RIS tags than the format says, set right before reading.

ProCite writes what RIS has no tag for as notes with a label (`N1  - Publisher Name: Springer`),
and some values under the tags of another meaning. EndNote gives the editors of an edited book as
authors. Citavi writes libraries and call numbers as pairs of `H1` and `H2`. The labels and the
repairs are those that Zotero's translator knows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Final

from bibtools.formats.ris.records import Record, Tag
from bibtools.formats.ris.tags import tag_of

_LABEL = re.compile(r"([A-Za-z,][A-Za-z,\s]*?)\s*:\s*(.*)", re.DOTALL)
_FIELDS: Final = {
    "Call Number": "callNumber",
    "Edition": "edition",
    "ISBN": "ISBN",
    "Language": "language",
    "Publisher Name": "publisher",
    "Series Title": "series",
    "Proceedings Title": "proceedingsTitle",
    "Volume ID": "volume",
    "Issue ID": "issue",
    "Issue Identification": "issue",
    "Series Volume ID": "seriesNumber",
    "Scale": "scale",
    "Place of Publication": "place",
    "Histroy": "history",  # as ProCite itself spells it
    "Size": "artworkSize",
}
"""Label of a note to the Zotero field that it is."""

_NAMES: Final = frozenset({"Author, Subsidiary", "Author, Monographic"})
_ROLE_LABELS: Final = frozenset(
    "Artist Role|Series Editor Role|Cartographer Role|Composer Role|Producer Role|Director Role"
    "|Performer Role|Author Role".split("|")
)
_ROLES: Final = {
    word: role
    for row in """
    author author
    cartographer cartographer
    composer composer composed
    contributor introduction
    director director directed
    editor editor ed edited editor-in-chief compiler compiled collected assembled
    performer performer performed
    presenter presenter presented
    producer producer produced
    translator translator translated
    """.strip().split("\n")
    for role, *words in [row.split()]
    for word in words
}
_IGNORED: Final = frozenset({"Record ID", "Record Number", "Notes", "Connective Phrase"})
_EXTENT = re.compile(r"(\d+)\s*(?:(p(?:ages?|p|gs?)?)|vol(?:ume)?s?)\.?", re.IGNORECASE)
_UNIT = re.compile(r"(p(?:ages?|p|gs?)?)|vol(?:ume)?s?", re.IGNORECASE)

LABELS: Final = frozenset(_FIELDS) | _NAMES | _ROLE_LABELS | _IGNORED | {"Extent of Work"}
"""What a note must not begin with, before a colon, to be read as it stands."""


def label_of(note: str) -> str | None:
    """The ProCite label that a note begins with, if any."""
    match = _LABEL.match(note)
    return match[1] if match is not None and match[1] in LABELS else None


def set_right(record: Record, item_type: str) -> tuple[Tag, ...]:
    """The tags of a record, under the names that RIS has for what they say."""
    tags = list(record.tags)
    if any(tag.name == "N1" and label_of(tag.value) for tag in tags):
        tags = _procite(tags, record.type or "", item_type)
    if record.type == "EDBOOK":
        tags = [replace(tag, name="A3") if tag.name == "AU" else tag for tag in tags]
    return tuple(_citavi(tags))


def _citavi(tags: list[Tag]) -> list[Tag]:
    """The first library and its call number under the usual tags."""
    names = [tag.name for tag in tags]
    if "H2" not in names or "CN" in names or "DP" in names:
        return tags
    if "H1" not in names:
        at = names.index("H2")
        return [*tags[:at], replace(tags[at], name="CN"), *tags[at + 1 :]]
    for at, pair in enumerate(pairwise(names)):
        if pair == ("H1", "H2"):
            library, number = replace(tags[at], name="DP"), replace(tags[at + 1], name="CN")
            return [*tags[:at], library, number, *tags[at + 2 :]]
    return tags


def _procite(tags: list[Tag], kind: str, item_type: str) -> list[Tag]:
    sure = any(tag.name == "N1" and label_of(tag.value) not in (None, "Notes") for tag in tags)
    if sure and kind in ("CHAP", "BOOK"):
        tags = [replace(tag, name="ET") if tag.name == "VL" else tag for tag in tags]
    found: list[Tag] = []
    extent: tuple[int, str] | None = None
    unit_at: int | None = None
    for tag in tags:
        label = label_of(tag.value) if tag.name == "N1" else None
        match = _LABEL.match(tag.value)
        if tag.name == "N1" and match is not None and match[1] == "Packaging Method":
            unit_at = len(found)
        if label is None or match is None:
            found.append(tag)
            continue
        _relabelled(found, tag, label, match[2], item_type)
        if label == "Extent of Work":
            extent = len(found) - 1, match[2].strip()
    if extent is not None:
        found = _with_extent(found, extent, unit_at, item_type)
    return _moved(found, kind) if sure else found


def _relabelled(found: list[Tag], tag: Tag, label: str, value: str, item_type: str) -> None:
    """Append what a note with a label is."""
    if label in _NAMES:
        names = [other.name for other in found]
        name = ("A3" if "A2" in names else "A2") if "A1" in names else "A1"
        found.extend(
            replace(tag, name=name, value=_family_first(one)) for one in re.split(r";\s*", value)
        )
    elif label in _ROLE_LABELS:
        if not _with_roles(found, value, item_type):
            found.append(tag)
    elif label in ("Record ID", "Record Number"):
        found.append(replace(tag, name="ID", value=value))
    elif label == "Notes":
        found.append(replace(tag, value=value))
    elif label == "Connective Phrase" and value.strip().lower() == "in":
        pass
    elif label in _FIELDS and (name_of := tag_of(item_type, _FIELDS[label])) is not None:
        found.append(replace(tag, name=name_of, value=value))
    else:
        found.append(tag)


def _family_first(name: str) -> str:
    given, _, family = name.strip().rpartition(" ")
    return name.strip() if "," in name or not given else f"{family}, {given}"


def _with_roles(found: list[Tag], value: str, item_type: str) -> bool:
    """Give the people before the note the roles that it names; False when that cannot be."""
    words = re.split(
        r"\s*(?:,|and)\s*", re.sub(r"s\b|\.|\s+by\b|with an\s*", "", value.lower().strip())
    )
    roles = list(dict.fromkeys(_ROLES[word] for word in words if word in _ROLES))
    tags = [tag_of(item_type, f"+{role}") for role in roles]
    if not tags or None in tags or not found or found[-1].name not in ("A1", "A2", "A3"):
        return False
    start = len(found)
    while start and found[start - 1].name == found[-1].name:
        start -= 1
    people = found[start:]
    found[start:] = [replace(tag, name=name) for tag in people for name in tags if name is not None]
    return True


def _with_extent(
    tags: list[Tag], extent: tuple[int, str], unit_at: int | None, item_type: str
) -> list[Tag]:
    """An extent of work as the number of pages or volumes, where it says of which."""
    at, value = extent
    match = _EXTENT.fullmatch(value)
    used: int | None = None
    if match is not None:
        number, is_pages = match[1], bool(match[2])
    elif unit_at is not None and value.isdigit():
        unit = _UNIT.fullmatch(tags[unit_at].value.partition(":")[2].strip(" ."))
        if unit is None:
            return tags
        number, is_pages, used = value, bool(unit[1]), unit_at
    else:
        return tags
    name = tag_of(item_type, "numPages" if is_pages else "numberOfVolumes")
    if name is None:
        return tags
    changed = [*tags[:at], replace(tags[at], name=name, value=number), *tags[at + 1 :]]
    return [tag for place, tag in enumerate(changed) if place != used]


_MOVED: Final = {
    "ART": {"M1": "M3"},
    "BILL": {"CY": "T2", "VL": "M1", "SP": "SE"},
    "BOOK": {"IS": "VL"},
    "COMP": {"IS": "ET"},
}
"""Tags that ProCite uses for something else in records of a type."""


def _moved(tags: list[Tag], kind: str) -> list[Tag]:
    moved = _MOVED.get(kind, {})
    tags = [replace(tag, name=moved.get(tag.name, tag.name)) for tag in tags]
    if kind == "CHAP":
        # Up to three titles, in this order, whatever their tags.
        names = iter(("TI", "T2", "T3"))
        titles = ("TI", "T1", "T2", "T3")
        tags = [
            replace(tag, name=next(names, tag.name)) if tag.name in titles else tag for tag in tags
        ]
    return tags
