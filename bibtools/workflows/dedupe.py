"""Merging the entries of .bib files that are one work, with no field lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bibtools.adapters.files import read_bytes
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.references import follow
from bibtools.matching.duplicates import Record, Related, best, find_duplicates
from bibtools.model import Notice
from bibtools.text.latex_decode import plain
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.rekey import entries_of, living

_ALIASES = (
    ("journal", "journaltitle"),
    ("address", "location"),
    ("school", "institution"),
    ("annote", "annotation"),
    ("archiveprefix", "eprinttype"),
    ("primaryclass", "eprintclass"),
    ("pdf", "file"),
)
"""Names of one field in BibTeX and biblatex (biblatex manual, 2.2.5)."""
_LISTS = frozenset({"keywords", "groups"})


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of one of the files."""

    file: str
    line: int
    key: str


@dataclass(frozen=True, slots=True)
class Merge:
    """A proposal: which entry stays, which go into it."""

    keep: Place
    drop: tuple[Place, ...]
    rule: str
    adds: tuple[str, ...]
    """Fields that only the others have."""
    conflicts: tuple[str, ...]
    """Fields that differ; the others' values are kept as `x-<field>-from-<key>`."""


@dataclass(slots=True)
class Dedupe:
    """What was found in the files; `apply` merges."""

    documents: list[Document]
    data: list[bytes]
    merges: list[Merge] = field(default_factory=list)
    related: list[tuple[Place, Place, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    """Old key to the key that stays."""
    notices: list[Notice] = field(default_factory=list)
    _groups: list[tuple[int, list[int]]] = field(default_factory=list)
    _blocks: list[BibEntry] = field(default_factory=list)

    def apply(self, dialect: Dialect | None = None) -> list[ChangedFile]:
        """Merge in the documents; gives the files as they shall be."""
        follow(self._blocks, self.keys)
        for kept, dropped in self._groups:
            into = self._blocks[kept]
            for number in dropped:
                _merge(into, self._blocks[number])
            if (dialect or dialect_of(into.document)) == "biblatex":
                _add_ids(into, [self._blocks[number] for number in dropped])
        for kept, dropped in self._groups:
            into = self._blocks[kept]
            for number in dropped:
                gone = self._blocks[number]
                remark = gone.document.remove(gone)
                if remark.strip():
                    # It was written about this work, not about what stands below it.
                    into.document.put_above(into, gone.document.decode(remark))
        return [
            ChangedFile(document.file or "-", data, document.to_bytes())
            for document, data in zip(self.documents, self.data, strict=True)
        ]


def dedupe(
    files: Sequence[str], *, merge_preprints: bool = False, prefer: str = "published"
) -> Dedupe:
    """Find the duplicates in and between the files. Raises `InputError`.

    `prefer` says which entry of a group is kept, see `matching.duplicates.best`. The remark
    directly above an entry that goes moves above the one that is kept.
    """
    data = [read_bytes(file) for file in files]
    documents = [Document.parse(one, file) for one, file in zip(data, files, strict=True)]
    blocks = [block for document in documents for block in living(document)]
    entries = [entry for document in documents for entry in entries_of(document)]
    records = [
        Record(entry, block.fields, block.type)
        for entry, block in zip(entries, blocks, strict=True)
    ]
    found = Dedupe(documents, data, _blocks=blocks)
    groups, related = find_duplicates(records, merge_preprints=merge_preprints)
    parents = _referred(blocks)
    for group in groups:
        members = [number for number in group.members if blocks[number].scan().strict]
        found.notices += [
            _unread(blocks[number]) for number in group.members if number not in members
        ]
        if len(members) < 2:
            continue
        keep = best(records, members, parents, prefer)
        drop = [number for number in members if number != keep]
        found._groups.append((keep, drop))  # noqa: SLF001  (of this module)
        found.merges.append(_proposal(blocks, keep, drop, group.rule))
    found.related = [_relation(blocks, one) for one in related]
    found.keys, notices = _key_map(blocks, found._groups)  # noqa: SLF001
    found.notices += notices
    return found


def _referred(blocks: Sequence[BibEntry]) -> frozenset[int]:
    named = {
        (id(block.document), key.lower())
        for block in blocks
        for name in ("crossref", "xdata")
        for key in re.findall(r"[^\s,]+", block.fields.get(name, ""))
    }
    return frozenset(
        number
        for number, block in enumerate(blocks)
        if (id(block.document), block.key.lower()) in named
    )


def _place(block: BibEntry) -> Place:
    return Place(block.document.file or "-", block.line, block.key)


def _relation(blocks: Sequence[BibEntry], one: Related) -> tuple[Place, Place, str]:
    return _place(blocks[one.first]), _place(blocks[one.second]), one.why


def _unread(block: BibEntry) -> Notice:
    return Notice(
        f'"{block.key}" is a duplicate, but its text has a fault, so it is not merged.',
        file=block.document.file,
        line=block.line,
        rule="dedupe.fault",
        hint="`bibtools check` shows the fault.",
    )


def _key_map(
    blocks: Sequence[BibEntry], groups: Sequence[tuple[int, list[int]]]
) -> tuple[dict[str, str], list[Notice]]:
    dropped = {number for _, numbers in groups for number in numbers}
    staying = {block.key for number, block in enumerate(blocks) if number not in dropped}
    keys: dict[str, str] = {}
    notices = []
    for keep, numbers in groups:
        for number in numbers:
            old, new = blocks[number].key, blocks[keep].key
            if not old or not new or old == new:
                continue
            if old in staying or keys.get(old, new) != new:
                notices.append(
                    Notice(
                        f'"{old}" is the key of another work too, so what cites it stays.',
                        file=blocks[number].document.file,
                        line=blocks[number].line,
                        rule="dedupe.key",
                    )
                )
                continue
            keys[old] = new
    return keys, notices


def _proposal(blocks: Sequence[BibEntry], keep: int, drop: Sequence[int], rule: str) -> Merge:
    fields = dict(blocks[keep].fields)
    adds: list[str] = []
    conflicts: list[str] = []
    for number in drop:
        for name, value in blocks[number].fields.items():
            match _compare(fields, name, value):
                case "new":
                    adds.append(name)
                    fields[name] = value
                case "other":
                    conflicts.append(name)
    return Merge(
        _place(blocks[keep]),
        tuple(_place(blocks[number]) for number in drop),
        rule,
        tuple(dict.fromkeys(adds)),
        tuple(dict.fromkeys(conflicts)),
    )


def _compare(fields: Mapping[str, str], name: str, value: str) -> str:
    """`same`, `new`, `other` or `list`: how a value stands to the fields of the kept entry."""
    if not value:
        return "same"
    own = fields.get(name) or ""
    for pair in _ALIASES:
        if not own and name in pair:
            own = next((fields[alias] for alias in pair if fields.get(alias)), "")
    if not own and name == "year" and fields.get("date", "").startswith(value):
        return "same"
    if not own:
        return "new"
    if _loose(name, own) == _loose(name, value):
        return "same"
    if name in _LISTS and name in fields:
        return "list"
    return "other"


def _loose(name: str, value: str) -> str:
    """The value without what does not change its meaning: case, braces, kinds of dashes."""
    if name in ("url", "file", "pdf", "abstract", "note", "annote", "annotation", "eprint"):
        return " ".join(value.split())
    if name == "doi":
        return re.sub(r"^https?://(?:dx\.)?doi\.org/|^doi:\s*", "", value.lower())
    return re.sub(r"[\s{}~.,;:]+|\\&|&", " ", re.sub(r"[-–—]+", "-", plain(value))).strip().lower()


def _merge(into: BibEntry, dropped: BibEntry) -> None:
    """Put the fields of one entry into another; see `Merge.conflicts` for those that differ."""
    raw = dropped.raw
    values = dropped.fields
    seen: set[str] = set()
    for place in dropped.scan().fields:
        name = place.name
        if name == "ids":
            continue
        text = dropped.document.decode(raw[place.start : place.end])
        if name in seen:
            # BibTeX reads the first of two; the second is kept beside it.
            _put(into, _aside(into, name, dropped.key), text, None)
            continue
        seen.add(name)
        value = values.get(name, "")
        match _compare(into.fields, name, value):
            case "new":
                _put(into, name, text, value)
            case "list":
                into.set(name, _united(into.fields[name], value))
            case "other":
                _put(into, _aside(into, name, dropped.key), text, value)


def _put(into: BibEntry, name: str, text: str, value: str | None) -> None:
    """A field in the words of the other file; or its value, where a macro would not be known."""
    into.set(name, text, bare=True)
    if value is not None and into.fields.get(name) != value:
        into.set(name, f"{{{value}}}", bare=True)


def _aside(into: BibEntry, name: str, key: str) -> str:
    """The name of the field that keeps a value which differs."""
    safe = re.sub(r"[^\w.-]+", "-", key).strip("-") or "duplicate"
    wanted = name if name.startswith("x-") else f"x-{name}-from-{safe}"
    number = 1
    found = wanted.lower()
    while found in into.fields:
        number += 1
        found = f"{wanted}-{number}".lower()
    return found


def _united(own: str, other: str) -> str:
    mark = ";" if ";" in own and "," not in own else ","
    words = [word.strip() for word in own.split(mark)]
    known = {word.casefold() for word in words}
    new = [word.strip() for word in re.split(r"[,;]", other)]
    words += [word for word in dict.fromkeys(new) if word and word.casefold() not in known]
    return f"{mark} ".join(words)


def _add_ids(into: BibEntry, dropped: Sequence[BibEntry]) -> None:
    own = [key for key in re.split(r"[\s,]+", into.fields.get("ids", "")) if key]
    new = list(own)
    for block in dropped:
        new += [block.key, *re.split(r"[\s,]+", block.fields.get("ids", ""))]
    wanted = [key for key in dict.fromkeys(new) if key and key != into.key]
    if wanted != own:
        into.set("ids", ", ".join(wanted))
