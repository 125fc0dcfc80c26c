"""Which entry of the file and which item of the library are one work.

In this order: what the last sync wrote down; equal citation keys; equal DOI or arXiv ID; equal
title with witnesses. A link is made only where the other side offers one partner and nothing
contradicts (`matching.duplicates.judge`); whatever is like a partner and not surely one is
*unsure*, and then neither side is written, so that nothing is doubled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from bibtools.formats.bibtex.entry_types import default_type
from bibtools.matching.duplicates import Record, contradiction, judge, same_identifier
from bibtools.model import Entry
from bibtools.sync.item_side import item_entry
from bibtools.sync.marks import Readings, index_of, local_marks_of, marks_of
from bibtools.sync.plan import Unsure
from bibtools.sync.values import Agreed, LocalEntry, RemoteItem

_ONE_TITLE = 85.0
"""Likeness of two titles from which on one may be the other, mended."""
_CROWD = 40
"""Partners of one title that are looked at: a thousand prefaces are nobody's."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One work on both sides."""

    local: LocalEntry
    item: RemoteItem
    agreed: Agreed | None
    why: str
    """What says that they are one."""


@dataclass(frozen=True, slots=True)
class Links:
    """The two sides sorted."""

    pairs: tuple[Pair, ...]
    only_here: tuple[LocalEntry, ...]
    """Entries that are in no item, and like none."""
    only_there: tuple[RemoteItem, ...]
    """Items of the scope that are in no entry, and like none."""
    gone_here: tuple[Agreed, ...]
    """Pairs whose entry is gone; their item may be gone too."""
    gone_there: tuple[tuple[LocalEntry, Agreed], ...]
    """Pairs whose item is gone, or in the trash."""
    unsure: tuple[Unsure, ...]
    kept: tuple[Agreed, ...] = ()
    """Pairs whose entry takes no part: they are remembered as they are."""


def link(
    local: Sequence[LocalEntry],
    items: Mapping[str, RemoteItem],
    readings: Readings,
    scope: Iterable[str],
    agreed: Mapping[str, Agreed],
    left_out: Sequence[LocalEntry] = (),
) -> Links:
    """Sort entries and items into pairs and the rest.

    `items` are the library's items by key, those in the trash included; `readings` the entry that
    each item outside the trash describes; `scope` the keys of the items that the file is to hold;
    `agreed` the rows of the state file by item key; `left_out` entries that stand in the file and
    take no part: what may be one of them is left alone.
    """
    linker = _Linker(list(local), items, readings)
    linker.remembered(agreed, {one.key.lower() for one in left_out})
    linker.renamed()
    linker.searched()
    wanted = set(scope)
    linker.replaced(wanted)
    linker.doubled(wanted)
    linker.not_read(wanted, left_out)
    return Links(
        pairs=tuple(linker.pairs),
        only_here=tuple(linker.open_here()),
        only_there=tuple(
            items[key]
            for key in items
            if key in wanted and key in readings and key not in linker.taken
        ),
        gone_here=tuple(linker.gone_here),
        gone_there=tuple(linker.gone_there),
        unsure=tuple(linker.unsure),
        kept=tuple(linker.kept),
    )


def record_of(entry: Entry) -> Record:
    """An entry of the model as `matching.duplicates` compares it, its origin forgotten."""
    texts = entry.fields
    editors = entry.creators.get("editor", ())
    fields = {
        # What `judge` reads from the entry stands here too: records are equal if all is equal.
        "title": entry.title or "",
        "author": " and ".join(map(str, entry.authors)),
        "venue": entry.venue or "",
        "year": str(entry.date or ""),
        "doi": entry.doi.folded if entry.doi is not None else "",
        "eprint": entry.arxiv.value if entry.arxiv is not None else "",
        "volume": texts.get("volume", ""),
        "number": texts.get("issue", "") or texts.get("number", ""),
        "pages": texts.get("page", ""),
        "edition": texts.get("edition", ""),
        "version": texts.get("version", ""),
        "isbn": entry.other_ids.get("isbn", ""),
        "editor": " and ".join(f"{name.family or name.literal}" for name in editors),
    }
    filled = {name: value for name, value in fields.items() if value}
    if entry.type == "preprint":
        filled.pop("number", None)  # "arXiv:2104.08821", which is compared as an identifier
    return Record(entry, filled, default_type(entry, "bibtex"))


@dataclass(frozen=True, slots=True)
class _Partner:
    """An item that is or may be an entry."""

    item: str
    sure: bool
    why: str


@dataclass(slots=True)
class _Linker:
    local: list[LocalEntry]
    items: Mapping[str, RemoteItem]
    readings: Readings
    pairs: list[Pair] = field(default_factory=list)
    gone_here: list[Agreed] = field(default_factory=list)
    gone_there: list[tuple[LocalEntry, Agreed]] = field(default_factory=list)
    unsure: list[Unsure] = field(default_factory=list)
    kept: list[Agreed] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    """Keys of items that have a partner, or are like one."""
    done: set[str] = field(default_factory=set)
    """Citation keys of entries that have a partner, or are like one."""
    records: dict[str, Record] = field(default_factory=dict)

    def open_here(self) -> list[LocalEntry]:
        return [one for one in self.local if one.key not in self.done]

    def remembered(self, agreed: Mapping[str, Agreed], left_out: Container[str]) -> None:
        """Pairs that the last sync wrote down; `left_out` are keys, in lower case, of entries that
        take no part.
        """
        by_key = {one.key: one for one in self.local}
        for row in agreed.values():
            entry, item = by_key.get(row.key), self.items.get(row.item)
            if row.pending and item is None:
                continue  # its item was never made
            if entry is None and row.key.lower() in left_out:
                self.kept.append(row)
                self.taken.add(row.item)
                continue
            if entry is not None and _is_another(entry, row):
                entry = None  # its key was given to another work
            if entry is not None and entry.key in self.done:
                entry = None  # two rows of one key: the first has it
            if entry is None:
                self.gone_here.append(row)
            elif item is None or row.item not in self.readings:
                self.gone_there.append((entry, row))
                self.done.add(entry.key)
            else:
                self.pairs.append(Pair(entry, item, row, "as at the last sync"))
                self.done.add(entry.key)
            self.taken.add(row.item)

    def renamed(self) -> None:
        """Entries whose citation key was changed in the file."""
        if not self.gone_here:
            return
        missing: dict[str, list[Agreed]] = defaultdict(list)
        for row in self.gone_here:
            missing[_content(row.here)].append(row)
        found = set()
        for entry in self.open_here():
            rows = missing.get(_content(entry.data), [])
            if len(rows) != 1:
                continue
            row = rows.pop()
            if row.item in self.readings:
                item = self.items[row.item]
                self.pairs.append(Pair(entry, item, row, "the same entry under a new key"))
            else:
                self.gone_there.append((entry, row))
            self.done.add(entry.key)
            found.add(row.item)
        self.gone_here = [row for row in self.gone_here if row.item not in found]

    def searched(self) -> None:
        """Partners of entries that were never synced."""
        entries = self.open_here()
        if not entries:
            return
        missing = {row.item: row for row in self.gone_here}
        # Items of known pairs count too: an entry that is one of them is a double.
        marks = {entry.key: marks_of(entry.entry) for entry in entries}
        index = index_of(self.readings, {mark for found in marks.values() for mark in found})
        likely = {entry.key: self._partners(entry, index) for entry in entries}
        claims: dict[str, list[str]] = defaultdict(list)
        for key, found in likely.items():
            for one in found:
                if one.sure:
                    claims[one.item].append(key)
        left = []
        for entry in entries:
            chosen = self._chosen(entry.key, likely[entry.key], claims, missing)
            if chosen is None:
                left.append(entry)
                continue
            if chosen.item in missing:
                # The entry was written anew: what was agreed is of another text.
                self.gone_here.remove(missing.pop(chosen.item))
            self.pairs.append(Pair(entry, self.items[chosen.item], None, chosen.why))
            self.done.add(entry.key)
            self.taken.add(chosen.item)
        owners = {pair.item.key: pair.local.key for pair in self.pairs}
        for entry in left:
            self._leave(entry, likely[entry.key], owners)

    def _chosen(
        self,
        key: str,
        found: Sequence[_Partner],
        claims: Mapping[str, Sequence[str]],
        missing: Mapping[str, Agreed],
    ) -> _Partner | None:
        """The one partner that is surely this entry's and nobody else's."""
        sure = [one for one in found if one.sure]
        if len(sure) > 1:
            sure = [one for one in sure if self.readings[one.item].key == key]
        if len(sure) != 1:
            return None
        item = sure[0].item
        if item in self.taken and item not in missing:
            return None
        rivals = claims[item]
        if len(rivals) > 1 and (self.readings[item].key != key or rivals.count(key) != 1):
            return None
        return sure[0]

    def _leave(
        self, entry: LocalEntry, found: Sequence[_Partner], owners: Mapping[str, str]
    ) -> None:
        """An entry without a sure partner: new, or unsure where an item may be it."""
        sure = [one for one in found if one.sure]
        # An item that surely is another entry is not this one, unless it surely is this one too.
        maybe = sure or [one for one in found if one.item not in owners]
        if not maybe:
            return
        if not sure:
            reason = maybe[0].why
        elif len(sure) > 1:
            reason = f"{len(sure)} items of the library are this work"
        elif sure[0].item in owners:
            reason = f'its item belongs to the entry "{owners[sure[0].item]}" already'
        else:
            reason = "several entries of the file are this item"
        candidates = tuple(one.item for one in maybe)
        self.unsure.append(Unsure(entry.key, None, entry.entry.title or "", candidates, reason))
        self.done.add(entry.key)
        self.taken.update(candidates)
        # The entry may be one that is missing, under a new key: then nothing has left the file.
        self.kept += [row for row in self.gone_here if row.item in candidates]
        self.gone_here = [row for row in self.gone_here if row.item not in candidates]

    def replaced(self, wanted: Iterable[str]) -> None:
        """Entries whose item is gone where another item is the same work: one that stayed when
        doubles were merged in Zotero, or that was put in anew.
        """
        if not self.gone_there:
            return
        index: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key in wanted:
            if key in self.readings and key not in self.taken:
                for mark in self.readings.marks(key):
                    index[mark].append(key)
        if not index:
            return
        still: list[tuple[LocalEntry, Agreed]] = []
        for entry, row in self.gone_there:
            found = [one for one in self._partners(entry, index) if one.item not in self.taken]
            sure = [one for one in found if one.sure]
            if len(sure) == 1:
                self.pairs.append(Pair(entry, self.items[sure[0].item], None, sure[0].why))
                self.taken.add(sure[0].item)
            elif found:
                self._leave(entry, found, {})
                self.kept.append(row)
            else:
                still.append((entry, row))
        self.gone_there = still

    def doubled(self, wanted: Iterable[str]) -> None:
        """Items without a partner that are the same work as an entry which has another item."""
        open_there = [key for key in wanted if key in self.readings and key not in self.taken]
        if not open_there or not self.pairs:
            return
        marks = {key: marks_of(self.readings[key]) for key in open_there}
        wanted_marks = {mark for found in marks.values() for mark in found}
        index: dict[tuple[str, str], list[Pair]] = defaultdict(list)
        for pair in self.pairs:
            if not wanted_marks.isdisjoint(local_marks_of(pair.local)):
                for mark in marks_of(pair.local.entry):
                    index[mark].append(pair)
        for key in open_there:
            reading = self.readings[key]
            partners = {
                pair.local.key: pair for mark in marks[key] for pair in index.get(mark, ())[:_CROWD]
            }
            for pair in partners.values():
                verdict = judge(record_of(pair.local.entry), self._record(key))
                if verdict is not None and verdict.same:
                    reason = f"{verdict.why} as the item {pair.item.key}, which is this entry"
                    title = reading.title or ""
                    self.unsure.append(Unsure(None, key, title, (pair.local.key,), reason))
                    self.taken.add(key)
                    break

    def not_read(self, wanted: Iterable[str], left_out: Sequence[LocalEntry]) -> None:
        """Items without a partner that may be entries that take no part."""
        keys = {mark: one.key for one in left_out for mark in marks_of(one.entry)}
        if not keys:
            return
        for key in wanted:
            if key not in self.readings or key in self.taken:
                continue
            found = [keys[mark] for mark in marks_of(self.readings[key]) if mark in keys]
            if found:
                reason = f'it may be the entry "{found[0]}", which takes no part'
                title = self.readings[key].title or ""
                self.unsure.append(Unsure(None, key, title, tuple(dict.fromkeys(found)), reason))
                self.taken.add(key)

    def _partners(
        self, entry: LocalEntry, index: Mapping[tuple[str, str], Sequence[str]]
    ) -> list[_Partner]:
        """Items that are or may be the entry, sure ones first."""
        mine = record_of(entry.entry)
        found: dict[str, _Partner | None] = {}
        for mark in marks_of(entry.entry):
            for item in index.get(mark, ())[:_CROWD]:
                if item not in found:
                    found[item] = self._compared(mine, item, same_key=mark[0] == "key")
        return sorted((one for one in found.values() if one is not None), key=lambda p: not p.sure)

    def _record(self, item: str) -> Record:
        record = self.records.get(item)
        if record is None:
            record = self.records[item] = record_of(self.readings[item])
        return record

    def _compared(self, mine: Record, item: str, *, same_key: bool) -> _Partner | None:
        other = self._record(item)
        verdict = judge(mine, other)
        if verdict is not None and verdict.same:
            why = verdict.why
            if same_key:
                why = f"same citation key and {why.removeprefix('same ')}"
            return _Partner(item, True, why)
        if same_key:
            if mine.title == other.title and not _others(mine.entry, other.entry):
                what = "citation key and title" if mine.title else "citation key, and no titles"
                if mine.title or contradiction(mine, other) is None:
                    return _Partner(item, True, f"same {what}")
            why = verdict.why if verdict is not None else "the titles differ"
            return _Partner(item, False, f"same citation key, but {why}")
        if verdict is None:
            return None
        if not same_identifier(mine.entry, other.entry) and contradiction(
            mine, other, merge_preprints=True
        ):
            # One title, and something says that it is another work.
            return None
        # A preprint and its publication may be kept as two; who has one of them on each side has
        # to say so, or there would be two on both.
        return _Partner(item, False, verdict.why)


def _others(one: Entry, other: Entry) -> bool:
    """Whether identifiers say that two records of one key and title are two works."""
    if one.arxiv and other.arxiv and one.arxiv.value != other.arxiv.value:
        return True
    return bool(one.doi and other.doi and one.doi.folded != other.doi.folded)


def _is_another(entry: LocalEntry, row: Agreed) -> bool:
    """Whether an entry under the key of a pair is another work than that of the pair: its title is
    another, and its authors or its identifiers are others too. A preprint that was published, or a
    record that was mended, is none.
    """
    if entry.print == row.print or entry.data == row.here or not row.here.get("title"):
        return False
    mine, past = record_of(entry.entry), record_of(item_entry(row.here))
    if not mine.title or fuzz.ratio(mine.title, past.title) >= _ONE_TITLE:
        return False
    people, were = (_families(one) for one in (mine, past))
    if people and were and people.isdisjoint(were):
        return True
    if people == were and mine.preprint != past.preprint:
        return False
    return _others(mine.entry, past.entry)


def _families(record: Record) -> set[str]:
    return {str(name.family or name.literal).casefold() for name in record.people}


def _content(data: Mapping[str, object]) -> str:
    """What an entry says but for its citation key."""
    return repr(
        sorted((name, repr(value)) for name, value in data.items() if name != "citationKey")
    )
