"""An entry of a .bib file changed as its item changed.

What the entry says is item data; so is what it is to say. Both are written as fields by the one
mapping, and only the fields that differ between the two are touched: what the mapping writes
otherwise than the user does never shows. Then the entry is read again: what a field said beside
the value that it lost is said again in a field of its own, and a field that goes on saying what
is to go is found and taken out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.editing import EditError
from bibtools.formats.bibtex.entry_types import WRITE, csl_type
from bibtools.formats.bibtex.fields import COPIES, Dialect
from bibtools.formats.bibtex.inheriting import Look
from bibtools.formats.bibtex.reading import EntryValues, read_one, read_values, values_of
from bibtools.formats.bibtex.tex_values import LONGEST, text_value
from bibtools.formats.bibtex.writing import Field, entry_fields, entry_type
from bibtools.formats.note_lines import line_of
from bibtools.formats.zotero.variables import FIELDS, VARIABLES
from bibtools.model import Entry, Notice
from bibtools.sync.changing import changed, means_other, not_said, refused
from bibtools.sync.comparing import loosely_equal
from bibtools.sync.editing import Edits, edited, views_of
from bibtools.sync.fields import base_name, own_name
from bibtools.sync.item_side import entry_data, item_entry, own_of_file
from bibtools.sync.parts import Parts, differing, parts_of, says, shown
from bibtools.sync.plan import UpdateEntry
from bibtools.sync.values import Data
from bibtools.text.latex_decode import plain

_SYNONYMS: Final = (
    ("journal", "journaltitle"),
    ("address", "location"),
    ("primaryclass", "eprintclass"),
    ("archiveprefix", "eprinttype"),
    ("school", "institution"),
    ("number", "issue"),
    ("annote", "annotation"),
    ("copyright", "rights", "license"),
    ("langid", "hyphenation"),
    ("pages", "page"),
    ("pagetotal", "numpages"),
    ("urldate", "lastchecked"),
    ("origdate", "origyear"),
    ("keywords", "keyword"),
)
_DATES: Final = frozenset({"year", "month", "day", "date"})
_SUBTYPE: Final = "entrysubtype"
_TYPE: Final = "entrytype"
_NEVER: Final = frozenset({"bibtools", _SUBTYPE, "keywords"})
"""What our writer derives, or keeps for itself; keywords come from the tags, and the subtype
changes with the type alone."""
_SAID_SO: Final = frozenset({"itemType", "citationKey", "tags"})
"""Fields of items that are not looked for in fields of the entry."""
_MOST_SEARCHED: Final = 40


def file_entry(data: Data, code: str | None = None) -> Entry:
    """The entry of an item, without what is a matter of the file alone: an item cannot say where
    files lie, what an entry inherits or what is locked.
    """
    entry = item_entry(data, code)
    extra = {name: value for name, value in entry.extra.items() if not own_of_file(name)}
    if len(extra) != len(entry.extra):
        entry = replace(entry, extra=extra)
    tags = _tags(data)
    if any("," in tag or ";" in tag for tag in tags):
        # With a semicolon in the field commas do not part words.
        alone = len(tags) == 1 and ";" not in tags[0]
        keywords = "; ".join(tags) + (";" if alone else "")
        entry = replace(entry, fields={**entry.fields, "keyword": keywords})
    return entry


@dataclass(slots=True)
class Updating:
    """One document in the course of its changes."""

    document: Document
    dialect: Dialect
    file: str
    look: Look
    notices: list[Notice] = field(default_factory=list)

    def update(self, block: BibEntry, step: UpdateEntry, here: Data | None) -> None:
        """Make the changes of one entry, its key excepted; `here` is what it says."""
        changes = [change for change in step.changes if change.field != "citationKey"]
        if not changes:
            return
        if here is None:
            here = self._read(block)
        wanted = self._as_told_apart(here, changed(here, changes))
        twins = _twins(block, [here[one.field] for one in changes if one.field in here])
        old, new = (_without(file_entry(data), twins) for data in (here, wanted))
        if old.type != new.type and csl_type(block.type) == old.type:
            # What its type says by itself is to be said when it goes.
            old = replace(old, extra={**old.extra, _TYPE: block.type})
        new = _of_its_kind(old, new, self.dialect)
        kinds = entry_type(old, self.dialect), entry_type(new, self.dialect)
        retyped = old.type != new.type or kinds[0] != kinds[1]
        before = dict(block.fields)
        never = _NEVER - {_SUBTYPE} if retyped else _NEVER
        overwrote = self._fields(block, old, new, never)
        names = {change.field for change in changes}
        if "tags" in names:
            self._keywords(block, _tags(here), _tags(wanted))
        if kinds[0] != kinds[1] and block.type != kinds[1]:
            block.retype(kinds[1])
        now = self._read(block)
        if overwrote:
            now = self._say_again(block, here, now, names)
        if retyped:
            now = self._say_elsewhere(block, here, now, wanted)
        now = self._silence_all(block, here, now, wanted)
        stale = [name for name, value in before.items() if block.fields.get(name) == value]
        now = self._take_out_old(block, stale, here, now, wanted)
        if retyped:
            self._take_out_copies(block, before, wanted, new)
            self._tell_meanings(block, here)
        _tell_cuts(self, block, wanted, names)

    def _as_told_apart(self, here: Data, wanted: Data) -> Data:
        """What is to be said under the type that the entry has, where another type would be
        written in the same words.
        """
        types = [str(data.get("itemType") or "") for data in (here, wanted)]
        if types[0] == types[1] or not loosely_equal("itemType", *types):
            return wanted
        entries = file_entry(here), file_entry(wanted)
        if _kind(entries[1], self.dialect) != entry_type(entries[0], self.dialect):
            return wanted
        views, grammar = views_of([_by_variable(wanted, *types)], [types[1]])
        return edited(views[0], Edits(type=types[0]), grammar)

    def _say_elsewhere(self, block: BibEntry, here: Data, now: Data, wanted: Data) -> Data:
        """Add fields for what the entry does not say any more under its new type."""
        mine, before, theirs = parts_of(now, here, wanted)
        if all(part in mine for part in theirs if part in before):
            return now
        for name, old, new in _differences(
            file_entry(now), file_entry(wanted), block.fields, self.dialect
        ):
            if old is None and new is not None and name not in block.fields:
                as_it_was = block.raw
                block.set(new.name, new.value, bare=new.bare)
                then = self._read(block)
                if differing(then, wanted) < differing(now, wanted):
                    now = then
                else:
                    self.document.restore(block, as_it_was)
        return now

    def _silence_all(self, block: BibEntry, here: Data, now: Data, wanted: Data) -> Data:
        """Take out what the entry goes on saying, where it could say what it is to say; tell of
        what cannot be taken out.
        """
        mine, before, theirs = parts_of(now, here, wanted)
        written: Parts | None = None
        for part in sorted(mine.keys() & before.keys()):
            if not says(part, mine, before[part]) or says(part, theirs, mine[part]):
                continue
            written = self._written(here, wanted) if written is None else written
            if part in written and says(part, written, mine[part]):
                continue
            now = self._silence(block, part, now, wanted)
        return now

    def _written(self, here: Data, wanted: Data) -> Parts:
        """The parts of what is to be said as they are when they were written and read: what reads
        as before then cannot be said.
        """
        entry = _of_its_kind(file_entry(here), file_entry(wanted), self.dialect)
        fields = {one.name.lower(): one.value for one in _by_name(entry, {}, self.dialect).values()}
        kind = entry_type(entry, self.dialect)
        read = read_one(kind, str(here.get("citationKey") or ""), fields)
        return parts_of(entry_data(read)[0], here, wanted)[0]

    def _read(self, block: BibEntry, without: str | None = None) -> Data:
        """What the entry says now, as item data, or would say without a field."""
        values = values_of(self.document, block, self.look)
        if without is not None:
            left = {name: value for name, value in values.fields.items() if name != without}
            values = EntryValues(block, left, values.own)
        return entry_data(read_values(self.document, values)[0])[0]

    def _fields(self, block: BibEntry, old: Entry, new: Entry, never: Set[str]) -> bool:
        """Set and remove what the two entries write differently; True where a field said more
        than was known of it.
        """
        overwrote = False
        fields = block.fields
        found = _differences(old, new, fields, self.dialect, never)
        apart = {name for name, _, _ in found}
        for name, before, after in found:
            there = _synonym(name, fields)
            if there != name and there in apart:
                there = name  # under the new type it is another thing
            present = fields.get(there)
            if present is not None and plain(present) != plain(before.value if before else ""):
                overwrote = True
            try:
                if after is not None:
                    shown = after.name if there == name else there
                    block.set(shown, after.value, bare=after.bare)
                elif present is not None:
                    block.remove(there)
            except EditError as error:
                self.notices.append(refused(self.file, block.key, str(error)))
        return overwrote

    def _say_again(self, block: BibEntry, here: Data, now: Data, changed_: set[str]) -> Data:
        """Add fields for what the entry does not say any more and was not to lose."""
        lost = {
            name: value
            for name, value in here.items()
            if name not in changed_ and name not in _SAID_SO and now.get(name) != value
        }
        if not lost:
            return now
        full = {**now, **lost}
        for name, before, after in _differences(
            file_entry(now), file_entry(full), block.fields, self.dialect
        ):
            if before is None and after is not None and _synonym(name, block.fields) == name:
                if name in block.fields:
                    continue
                before_it = block.raw
                block.set(after.name, after.value, bare=after.bare)
                then = self._read(block)
                if _differing(then, full) < _differing(now, full):
                    now = then
                else:
                    self.document.restore(block, before_it)
        return now

    def _silence(self, block: BibEntry, part: str, now: Data, wanted: Data) -> Data:
        """Take out the field that goes on saying the old value, if it says nothing else."""
        mine, theirs = parts_of(now, wanted)
        for other in list(block.fields)[:_MOST_SEARCHED]:
            then = self._read(block, other)
            left, meant = parts_of(then, now)
            if not says(part, left, mine[part]) and all(
                says(name, left, meant.get(name)) for name in {*left, *meant} - {part}
            ):
                try:
                    block.remove(other)
                except EditError:
                    continue
                return then
        name = shown(part, str(now.get("itemType") or ""))
        self.notices.append(not_said(self.file, block.key, name, part not in theirs))
        return now

    def _take_out_old(
        self, block: BibEntry, stale: Sequence[str], here: Data, now: Data, wanted: Data
    ) -> Data:
        """Take out fields that say nothing but an old value, where that is less to say."""
        before, theirs = parts_of(here, wanted)
        olds = {str(value) for part, value in before.items() if not says(part, theirs, value)}
        for name in stale:
            apart = differing(now, wanted)
            value = block.fields.get(name)
            if (
                apart
                and value is not None
                and not olds.isdisjoint((plain(value).strip(), _address(value)))
            ):
                then = self._read(block, name)
                if differing(then, wanted) < apart:
                    block.remove(name)
                    now = then
        return now

    def _take_out_copies(
        self, block: BibEntry, before: Mapping[str, str], wanted: Data, new: Entry
    ) -> None:
        """Take out what other fields say under the new type; `before` are the fields that the
        entry had, `new` is what it is to be.
        """
        meant = _by_name(new, {}, self.dialect)
        now = self._read(block)
        for name, value in list(block.fields.items()):
            others = {other for other, one in block.fields.items() if one == value} - {name}
            copied = name not in meant and not others <= before.keys()
            if not copied and name in before:
                continue
            then = self._read(block, name)
            same_type = then.get("itemType") == now.get("itemType")
            if same_type and differing(then, wanted) <= differing(now, wanted):
                block.remove(name)
                now = then

    def _tell_meanings(self, block: BibEntry, here: Data) -> None:
        """Tell of what the entry says as another field than before."""
        now = self._read(block)
        before, after = parts_of(here, now)
        types = [str(data.get("itemType") or "") for data in (here, now)]
        for part in sorted(after.keys() - before.keys()):
            old = next((name for name, value in before.items() if value == after[part]), None)
            if old is not None and old not in after and isinstance(after[part], str):
                names = shown(old, types[0]), shown(part, types[1])
                self.notices.append(means_other(self.file, block.key, *names))

    def _keywords(self, block: BibEntry, old: Sequence[str], new: Sequence[str]) -> None:
        """Take words out and put words in; the others stay as the user wrote them."""
        name = _synonym("keywords", block.fields)
        present = block.fields.get(name, "")
        parted = _words(present)
        gone = set(old) - set(new)
        words = [word for word in parted if word and plain(word).strip() not in gone]
        have = {plain(word).strip() for word in words}
        words += [
            written
            for word in new
            if word not in have and (written := text_value(word, self.dialect))
        ]
        if words == parted:
            return
        if not words:
            block.remove(name)
            return
        # With a semicolon in the field commas do not part words.
        comma = ";" in present or any("," in word or ";" in word for word in words)
        value = ("; " if comma else ", ").join(words)
        try:
            block.set(name, f"{value};" if comma and len(words) == 1 else value)
        except EditError as error:
            self.notices.append(refused(self.file, block.key, str(error)))


def _by_variable(data: Data, item_type: str, own_type: str) -> Data:
    """The data with fields that the other type lacks where it has what they mean: the series of
    a program is called otherwise than that of a book.
    """
    found = dict(data)
    lines = []
    for name, variable in VARIABLES.get(own_type, {}).items():
        if name in data and own_name(base_name(name, own_type), item_type) is None:
            value = found.pop(name)
            place = FIELDS.get(item_type, {}).get(variable)
            if place is not None and place not in found:
                found[place] = value
            else:
                lines.append(line_of(variable, str(value)))
    if lines:
        found["extra"] = "\n".join([*lines, *filter(None, [data.get("extra")])])
    return found


def _of_its_kind(old: Entry, new: Entry, dialect: Dialect) -> Entry:
    """The new entry under the entry type of the old one, or under that of what it became: an
    article without a journal, and a web page without its address, are no other thing.
    """
    if entry_type(new, dialect) != "misc":
        return new
    kind = _kind(new, dialect)
    if old.type == new.type and old.extra.get(_TYPE) == new.extra.get(_TYPE):
        kind = entry_type(old, dialect)
    return replace(new, extra={**new.extra, _TYPE: kind}) if kind != "misc" else new


def _kind(entry: Entry, dialect: Dialect) -> str:
    """The entry type of such works, also of one that lacks what it asks for."""
    return WRITE.get(entry.type, ("misc", "misc"))[dialect == "biblatex"]


def _twins(block: BibEntry, olds: Sequence[object]) -> frozenset[str]:
    """Fields that were understood in part, so that they stand in Extra too, and that say one of
    these values.
    """
    values = {old for old in olds if isinstance(old, str)}
    return frozenset(name for name, value in block.fields.items() if plain(value).strip() in values)


def _without(entry: Entry, names: frozenset[str]) -> Entry:
    extra = {name: value for name, value in entry.extra.items() if name.lower() not in names}
    return entry if len(extra) == len(entry.extra) else replace(entry, extra=extra)


def _address(value: str) -> str:
    return re.sub(r"\\url\s*\{([^{}]*)\}|\\href\s*\{([^{}]*)\}\{.*\}", r"\1\2", value).strip()


def _words(keywords: str) -> list[str]:
    """The words of a list of keywords as they are written."""
    mark = ";" if ";" in keywords else ","
    return [word for part in keywords.split(mark) if (word := part.strip())]


def _tell_cuts(updating: Updating, block: BibEntry, wanted: Data, names: set[str]) -> None:
    notice = cut_notice(updating.file, block.key, {name: wanted.get(name) for name in names})
    if notice is not None:
        updating.notices.append(notice)


def cut_notice(file: str, key: str, data: Data) -> Notice | None:
    """Tells of a text that is longer than TeX reads, if there is one."""
    for name, value in data.items():
        if isinstance(value, str) and len(value) > LONGEST:
            return Notice(
                f'The "{name}" of "{key}" has {len(value):,} characters, and was cut in the file: '
                f"TeX reads no more than {LONGEST:,} of one field safely.",
                file=file,
                rule="zotero.cut",
            )
    return None


def _differing(one: Data, other: Data) -> int:
    return sum(one.get(name) != other.get(name) for name in {*one, *other})


def _differences(
    old: Entry,
    new: Entry,
    present: Mapping[str, str],
    dialect: Dialect,
    never: Set[str] = _NEVER,
) -> list[tuple[str, Field | None, Field | None]]:
    """Fields that the two entries write differently: name, before, after."""
    before, after = (_by_name(entry, present, dialect) for entry in (old, new))
    return [
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if name not in never and before.get(name) != after.get(name)
    ]


def _by_name(entry: Entry, present: Mapping[str, str], dialect: Dialect) -> dict[str, Field]:
    """The fields of an entry, dated as the entry in the file is: by one field, by year and month,
    or by both; else as its dialect does.
    """
    # An `eprint` that stands for a PubMed ID is changed with it; none is added.
    fields = entry_fields(entry, dialect, "none", exact=False, derived="eprint" in present)
    found = {one.name.lower(): one for one in fields}
    copy = COPIES.get(entry_type(entry, dialect))
    if copy in found and copy not in present and copy not in entry.extra:
        # What is said already is not said again for the sake of styles.
        value = found.pop(copy).value
        if all(one.value != value for one in found.values()):
            found[copy] = Field(copy, value)
    if "key" not in entry.extra:
        # Our own, for entries without an author.
        found.pop("key", None)
    one_field, in_parts = "date" in present, "year" in present
    other: Dialect = "bibtex" if dialect == "biblatex" else "biblatex"
    if (other == "bibtex" and in_parts) or (other == "biblatex" and one_field):
        dates = {one.name: one for one in entry_fields(entry, other, "none", exact=False)
                 if one.name in _DATES}  # fmt: skip
        kept = one_field if dialect == "biblatex" else in_parts
        own = {name: one for name, one in found.items() if name in _DATES} if kept else {}
        found = {name: one for name, one in found.items() if name not in _DATES} | dates | own
        if "date" in found and dialect == "bibtex":
            found["date"] = dates.get("date", found["date"])
    return found


def _synonym(name: str, present: Mapping[str, str]) -> str:
    """The name under which an entry has a field."""
    if name in present:
        return name
    for names in _SYNONYMS:
        if name in names:
            return next((other for other in names if other in present), name)
    return name


def _tags(data: Data) -> list[str]:
    found = (tag.get("tag") if isinstance(tag, Mapping) else tag for tag in data.get("tags", ()))
    return [re.sub(r"\s+", " ", str(tag)).strip() for tag in found if tag]
