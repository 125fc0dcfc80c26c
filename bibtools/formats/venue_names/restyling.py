"""The names of journals and meetings in a .bib, brought into one style; other bytes stay."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.needed import macros_of
from bibtools.formats.venue_names.iso4 import Abbreviate, abbreviator
from bibtools.formats.venue_names.table import Recognised, VenueTable, folded
from bibtools.model import Notice
from bibtools.text.arxiv_words import is_arxiv_venue
from bibtools.text.latex_decode import plain
from bibtools.text.latex_encode import encode

VenueStyle = Literal["full", "iso4", "strings"]
_JOURNAL_FIELDS: Final = ("journal", "journaltitle")
_MEETING_TYPES: Final = frozenset({"inproceedings", "conference", "proceedings"})
_SHORTENED = re.compile(r"[^\W\d_]\.(?:\W|$)|[^\W\d_]{3,}\.")
"""A word that ends in a full stop: somebody has abbreviated the name."""
_COMMAND = re.compile(r"\\[A-Za-z]+")
"""A name that is a command of somebody's: ADS exports `\\apj` and the like."""
_STOP = frozenset(
    "a an and at by for from in into of on the to und der die das de la le et".split()
)


@dataclass(frozen=True, slots=True)
class Restyled:
    """A .bib with its names in one style."""

    data: bytes
    changed: int
    """Fields that were changed."""
    notices: tuple[Notice, ...] = ()
    macros: tuple[tuple[str, str], ...] = ()
    """Macros that were defined: name, and value as it is written."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A name in a file."""

    entry: BibEntry
    field: str
    value: str
    """As BibTeX sees it."""
    name: str
    """As plain text."""


def restyle(
    document: Document,
    style: VenueStyle,
    table: VenueTable,
    abbreviate: Callable[[], Abbreviate] = abbreviator,
) -> Restyled:
    """Bring `journal`, `journaltitle` and the `booktitle` of papers at meetings into one style.

    `full` writes out what the table knows; `iso4` abbreviates by the table, else by rule
    (`abbreviate` makes the function when it is needed, and may raise `ConfigError`); `strings`
    puts a macro for each name that is used twice or known, and defines it above the first entry.
    A name that is not surely known stays and is told. Running it again changes nothing.
    """
    restyler = _Restyler(document, table, abbreviate)
    places = [place for entry in document.entries for place in _places(entry)]
    match style:
        case "full":
            restyler.write_out(places)
        case "iso4":
            restyler.abbreviate(places)
        case "strings":
            restyler.define(places)
    return Restyled(
        document.to_bytes(), restyler.changed, tuple(restyler.notices), tuple(restyler.macros)
    )


def _places(entry: BibEntry) -> Iterator[_Place]:
    if entry.inside_comment:
        return
    names: tuple[str, ...] = _JOURNAL_FIELDS
    if entry.type in _MEETING_TYPES:
        names = (*names, "booktitle")
    fields = entry.fields
    for one in names:
        value = fields.get(one, "")
        name = plain(value).strip()
        if name and not is_arxiv_venue(name) and "\n" not in name:
            yield _Place(entry, one, value, name)


@dataclass(slots=True)
class _Restyler:
    document: Document
    table: VenueTable
    make: Callable[[], Abbreviate]
    changed: int = 0
    notices: list[Notice] = field(default_factory=list)
    macros: list[tuple[str, str]] = field(default_factory=list)
    by_rule: Abbreviate | None = None

    def _set(self, place: _Place, name: str) -> None:
        self._put(place, encode(name, ascii_only=self.document.encoding != "utf-8"))

    def _put(self, place: _Place, value: str, *, bare: bool = False) -> None:
        place.entry.set(place.field, value, bare=bare)
        self.changed += 1

    def _tell(self, place: _Place, what: str, hint: str | None = None) -> None:
        entry = place.entry
        self.notices.append(
            Notice(
                f'{place.field} of "{entry.key}" stays: {what}.',
                self.document.file,
                entry.line,
                entry.column,
                "venue-names.unknown",
                hint,
            )
        )

    # In full

    def write_out(self, places: Sequence[_Place]) -> None:
        for place in places:
            found = self.table.recognise(place.name)
            if found is None:
                if _SHORTENED.search(place.name) or _COMMAND.fullmatch(place.name):
                    self._tell(
                        place,
                        f'nobody says what "{place.name}" is in full',
                        "Add it to journals.csv.",
                    )
            elif found.form != "full" and (full := _full(found)) != place.name:
                self._set(place, full)

    # Abbreviated

    def abbreviate(self, places: Sequence[_Place]) -> None:
        done: dict[str, str] = {}
        for place in places:
            short = done.get(place.name)
            if short is None:
                short = done[place.name] = self._short(place)
            if short != place.name:
                self._set(place, short)

    def _short(self, place: _Place) -> str:
        found = self.table.recognise(place.name)
        if found is not None:
            if found.venue.short:
                return found.venue.short
            if found.form == "edition":
                return place.name
        elif _SHORTENED.search(place.name):
            return place.name  # somebody has abbreviated it
        if _COMMAND.fullmatch(place.name):
            self._tell(
                place, f'nobody says what "{place.name}" is in full', "Add it to journals.csv."
            )
        if len(place.name.split()) < 2:
            return place.name
        if self.by_rule is None:
            self.by_rule = self.make()
        return self._by_rule(place, self.by_rule)

    def _by_rule(self, place: _Place, by_rule: Abbreviate) -> str:
        # Behind the comma of a booktitle stands where and when the meeting was.
        name, comma, where = place.name.partition("," if place.field == "booktitle" else "\0")
        short = by_rule(name)
        # The rules of pyiso4 may leave words that they see only when others have gone.
        while short and not _SHORTENED.search(short) and (again := by_rule(short)) != short:
            if again is None or len(again) >= len(short):
                break
            short = again
        if short is None:
            self._tell(
                place, f'"{place.name}" cannot be abbreviated by rule', "Add it to journals.csv."
            )
            return place.name
        # Of two abbreviations the table's counts.
        known = self.table.recognise(short)
        short = known.venue.short if known is not None and known.venue.short else short
        return f"{short}{comma}{where}"

    # As macros

    def define(self, places: Sequence[_Place]) -> None:
        groups: dict[str, list[_Place]] = defaultdict(list)
        meant: dict[str, tuple[str, str]] = {}
        for place in places:
            if self._is_macro(place):
                continue
            value, macro = self._meant(place)
            key = folded(value)
            groups[key].append(place)
            meant.setdefault(key, (value, macro))
        there = self._defined()
        lines = []
        for key, some in groups.items():
            value, macro = meant[key]
            if not macro and len(some) < 2 and key not in there:
                continue
            name = there.get(key) or self._free(macro or _initials(value))
            if key not in there:
                there[key] = name
                written = some[0].value if plain(some[0].value).strip() == value else encode(value)
                self.macros.append((name, written))
                lines.append(definition(name, written))
            for place in some:
                self._put(place, name, bare=True)
        first = next((one for one in self.document.entries if not one.inside_comment), None)
        if lines and first is not None:
            self.document.put_above(first, "\n".join([*lines, ""]))

    def _is_macro(self, place: _Place) -> bool:
        entry = place.entry
        for one in self.document.scan(entry.start, entry.end).fields:
            if one.name == place.field:
                return any(token.kind == "a" for token in one.tokens)
        return False

    def _meant(self, place: _Place) -> tuple[str, str]:
        """The value of the macro for a name, and the macro's name where the table has one."""
        found = self.table.recognise(place.name)
        if found is None:
            return place.name, ""
        if found.form == "edition":
            return place.name, found.venue.macro + found.year
        return found.venue.full, found.venue.macro

    def _defined(self) -> dict[str, str]:
        """The macros that the file has, by what they mean."""
        values: dict[str, set[str]] = defaultdict(set)
        entries = self.document.entries
        first = entries[0].start if entries else 0
        late = set()
        for block in self.document.strings:
            for name, value in block.definitions.items():
                values[name].add(value)
                if block.start >= first:
                    late.add(name)
        # A name that nobody defines here is the style's own.
        used = {name for entry in entries for name in macros_of(entry)}
        self._taken = {*values, *used}
        found: dict[str, str] = {}
        for name, several in values.items():
            if len(several) == 1 and name not in late:
                found.setdefault(folded(plain(*several)), name)
        return found

    _taken: set[str] = field(default_factory=set)

    def _free(self, name: str) -> str:
        """A name for a macro that no other has; the styles define the months themselves."""
        months = "jan feb mar apr may jun jul aug sep oct nov dec".split()
        chosen, number = name, 1
        while chosen in self._taken or chosen in months:
            number += 1
            chosen = f"{name}-{number}"
        self._taken.add(chosen)
        return chosen


def definition(name: str, value: str) -> str:
    """The block that defines a macro."""
    return f"@string{{{name} = {{{value}}}}}"


def _full(found: Recognised) -> str:
    if found.form != "edition":
        return found.venue.full
    # The ordinal of an edition is nothing that its year tells surely.
    called = f"{found.venue.acronym} {found.year}".strip()
    return f"{found.venue.full} ({called})"


def _initials(name: str) -> str:
    words = [word for word in re.findall(r"[^\W\d_]+", name.lower()) if word not in _STOP]
    letters = "".join(word[0] for word in words if word[0].isascii())
    return f"j-{letters or 'name'}" if len(letters) < 3 else letters
