"""What a file and a library say of each work, read without bibtools, and what a sync may do.

A *work* is told by its DOI, which nobody edits. What can be said of it is cut into *slots* (its
volume, one tag, the given name of one author, one free line), each with a value on each side, None
where it is absent. `outcomes` is the table by which a sync may settle a slot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

Slot: TypeAlias = tuple[str, str]
Value: TypeAlias = str | None
Slots: TypeAlias = dict[Slot, Value]
Pair: TypeAlias = tuple[Value, Value]

UNKNOWN: Final = "\0nothing was ever agreed"
"""A base that nobody remembers."""
SETS: Final = frozenset({"tag", "line"})
"""Kinds of slots that are members of a set: where one side took out what the other put in, it is
in."""

# field of the file -> field of the item
TEXTS: Final = {
    "volume": "volume",
    "pages": "pages",
    "year": "date",
    "abstract": "abstractNote",
    "title": "title",
    "library": "callNumber",
    "publisher": "publisher",
    "copyright": "rights",
}
CONTAINERS: Final = {"journal": "publicationTitle", "booktitle": "proceedingsTitle"}
TYPES: Final = {"article": "journalArticle", "inproceedings": "conferencePaper", "book": "book"}

_ENTRY = re.compile(r"^@(\w+)\{([^,\s]+),\n((?:(?!\}).*\n)*)\}", re.MULTILINE)
_FIELD = re.compile(r"^\s*([\w-]+)\s*=\s*(.*?),?$")
_DOI = re.compile(r"10\.1234/w\d+")


@dataclass(frozen=True)
class Written:
    """One entry of the file as its text has it."""

    work: str
    key: str
    text: str
    slots: Slots


def read_file(text: str) -> dict[str, Written]:
    """The entries by work; fails where a work stands twice."""
    found: dict[str, Written] = {}
    for match in _ENTRY.finditer(text.replace("\r\n", "\n")):
        fields = {}
        for line in match[3].split("\n"):
            if one := _FIELD.match(line):
                value = one[2].strip().strip('{}"')
                fields[one[1].lower()] = value.replace("--", "-").replace(r"\&", "&")
        work = _DOI.search(fields.get("doi", ""))
        if work is None:
            continue
        assert work[0] not in found, f"{work[0]} stands twice in the file:\n{text}"
        slots: Slots = {("type", ""): match[1].lower(), ("key", ""): match[2]}
        for name in TEXTS:
            slots[name, ""] = fields.get(name)
        if fields.get("journal") == "jog":
            fields["journal"] = "Journal of Gears"
        slots["journal", ""] = fields.get("journal") or fields.get("booktitle")
        slots["foo", ""] = fields.get("foo")
        slots["code", ""] = fields.get("code")
        for tag in filter(None, (one.strip() for one in fields.get("keywords", "").split(","))):
            slots["tag", tag] = "in"
        lines = fields.get("note", "").split(r"\newline")
        for line in filter(None, (one.strip() for one in lines)):
            slots["line", line] = "in"
        for person in filter(None, fields.get("author", "").split(" and ")):
            family, _, given = person.partition(",")
            slots["author", family.strip()] = given.strip()
        found[work[0]] = Written(work[0], match[2], match[0], slots)
    return found


@dataclass(frozen=True)
class Held:
    """One item of the library."""

    work: str
    key: str
    data: Mapping[str, Any]
    children: tuple[Mapping[str, Any], ...]
    slots: Slots

    @property
    def trashed(self) -> bool:
        return bool(self.data.get("deleted"))


def read_library(contents: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Held]]:
    """The items of each work, those in the trash last."""
    found: dict[str, list[Held]] = {}
    children: dict[str, list[Mapping[str, Any]]] = {}
    for data in contents.values():
        if data.get("parentItem"):
            children.setdefault(str(data["parentItem"]), []).append(data)
    for key, data in contents.items():
        work = _DOI.search(str(data.get("DOI", "")))
        if work is None:
            continue
        below = tuple(children.get(key, ()))
        held = Held(work[0], key, data, below, _slots(data, below))
        found.setdefault(work[0], []).append(held)
    for items in found.values():
        items.sort(key=lambda one: one.trashed)
    return found


def _slots(data: Mapping[str, Any], children: Iterable[Mapping[str, Any]]) -> Slots:
    names = {there: here for here, there in TYPES.items()}
    slots: Slots = {
        ("type", ""): names.get(str(data["itemType"]), str(data["itemType"])),
        ("key", ""): data.get("citationKey") or None,
    }
    lines = [line for line in str(data.get("extra") or "").split("\n") if line]
    said = dict(line.split(": ", 1) for line in lines if ": " in line)
    for here, there in TEXTS.items():
        slots[here, ""] = data.get(there) or said.pop(here.capitalize(), None)
    slots["journal", ""] = data.get("publicationTitle") or data.get("proceedingsTitle") or None
    slots["foo", ""] = said.pop("tex.foo", None)
    code = said.pop("tex.code", None)
    urls = [child["url"] for child in children if child.get("title") == "Code"
            and not child.get("deleted")]  # fmt: skip
    slots["code", ""] = urls[0] if urls else code
    for line in lines:
        label, colon, _ = line.partition(": ")
        if not colon or label in said:
            slots["line", line] = "in"
    for tag in data.get("tags") or ():
        slots["tag", tag["tag"]] = "in"
    for person in data.get("creators") or ():
        slots["author", person["lastName"]] = person.get("firstName", "")
    return slots


@dataclass(frozen=True)
class Asked:
    """How a sync was asked for."""

    direction: str = "sync"
    prefer: str | None = None
    delete: bool = False


def outcomes(kind: str, base: Value, here: Value, there: Value, asked: Asked) -> set[Pair]:
    """The values that a slot may have on both sides after a sync that nothing disturbed."""
    if here == there:
        return {(here, there)}
    stay = (here, there)
    to_here = stay if asked.direction == "push" else (there, there)
    to_there = stay if asked.direction == "pull" else (here, here)
    if kind == "key" and there is None:
        return {to_there, stay}  # an entry cannot be without its key, an item can
    if kind == "code" and here is None:
        return {to_here, stay}  # a child of Zotero's own is not taken over by a pair
    changed_here, changed_there = here != base, there != base
    if base == UNKNOWN or (kind in SETS and changed_here and changed_there):
        changed_here, changed_there = here is not None, there is not None
    if not (changed_here and changed_there):
        return {to_there if changed_here else to_here}
    decided = {"local": {to_there}, "zotero": {to_here}, "newest": {to_here, to_there, stay}}
    return decided.get(asked.prefer or "", {stay})


@dataclass
class Model:
    """What the test knows besides what both sides say."""

    bases: dict[str, dict[Slot, set[Value]]] = field(default_factory=dict)
    """What may be remembered as agreed, for works that were on both sides at once."""
    vague: set[str] = field(default_factory=set)
    """Works of which perhaps nothing is remembered."""
    whole: set[str] = field(default_factory=set)
    """Works of which both sides had all since they met."""
    by_hand: set[str] = field(default_factory=set)
    """Works whose entry the test wrote."""
    by_other: set[str] = field(default_factory=set)
    """Works whose item another client put."""

    items_of_other: set[str] = field(default_factory=set)
    """Keys of the items that another client put."""

    def forget(self, work: str) -> None:
        """It is on neither side, so nothing is remembered of it."""
        self.bases.pop(work, None)
        self.whole.discard(work)

    def base(self, work: str, slot: Slot) -> set[Value]:
        known = self.bases.get(work)
        if known is None:
            return {UNKNOWN}
        return known.get(slot, {None}) | ({UNKNOWN} if work in self.vague else set())


@dataclass(frozen=True)
class Seen:
    """Both sides at one moment."""

    data: bytes
    here: dict[str, Written]
    there: dict[str, list[Held]]
    contents: dict[str, dict[str, Any]]
    collections: dict[str, tuple[str, str, bool]]

    def item(self, work: str) -> Held | None:
        """The item of a work that is not in the trash."""
        return next((one for one in self.there.get(work, ()) if not one.trashed), None)
