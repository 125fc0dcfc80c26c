"""The table of names that are known in several forms, and how a name is found in it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bibtools.model import Notice

_MACRO = re.compile(r"[a-z][a-z0-9:_.+/-]*", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|die|der|das|la|le|les|el) ")
_EDITION = re.compile(
    r"^(?:in )?(?:proceedings of the |proceedings of |proc\.? of the |proc\.? of |proc\.? |the )*"
    r"(?P<name>[a-z][a-z0-9&/+-]*)"
    r"(?:[ ,'’-]*(?P<year>(?:19|20)\d\d|(?<=['’-])\d\d))?$"
)
"""`EMNLP 2021`, `Proc. of EMNLP'21`, `Proceedings of the EMNLP`."""


@dataclass(frozen=True, slots=True)
class VenueName:
    """One journal or series of meetings."""

    full: str
    short: str = ""
    """Abbreviated after ISO 4; empty: by rule."""
    macro: str = ""
    """Its name as a macro, in lower case; for a meeting its acronym too."""
    names: tuple[str, ...] = ()
    """Other names that mean it and nothing else."""
    acronym: str = ""
    """How a meeting is called for short (`EMNLP`); empty for journals."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a printed name means."""

    venue: VenueName
    form: str
    """`full`, `short`, `name`, or `edition`: an acronym, perhaps with a year."""
    year: str = ""
    """Of an edition: four digits, or none."""


@dataclass(frozen=True, slots=True)
class VenueTable:
    """Names in all their forms. Made by `known_names` and `with_rows`."""

    venues: tuple[VenueName, ...] = ()
    _forms: Mapping[str, tuple[VenueName, str] | None] = field(default_factory=dict)
    """Folded name to what it means; None where it means several."""
    _acronyms: Mapping[str, VenueName | None] = field(default_factory=dict)

    @classmethod
    def of(cls, venues: Iterable[VenueName]) -> VenueTable:
        """A table; of two rows with one full name the later counts."""
        kept = tuple({folded(one.full): one for one in venues}.values())
        forms: dict[str, tuple[VenueName, str] | None] = {}
        acronyms: dict[str, VenueName | None] = {}
        for venue in kept:
            forms[folded(venue.full)] = venue, "full"
        for venue in kept:
            written = (venue.short, *(() if venue.acronym else (venue.macro,)), *venue.names)
            for name in dict.fromkeys(folded(one) for one in written if one):
                there = forms.get(name, (venue, ""))
                if there is None or there[0] is not venue:
                    # A full name is what it says; of two short forms neither counts.
                    if there is None or there[1] != "full":
                        forms[name] = None
                    continue
                form = "short" if name == folded(venue.short) else "name"
                forms.setdefault(name, (venue, form))
            if venue.acronym:
                key = venue.acronym.lower()
                acronyms[key] = None if key in acronyms else venue
        return cls(kept, forms, acronyms)

    def with_rows(self, venues: Sequence[VenueName]) -> VenueTable:
        """The table with rows of the user's, which come before ours."""
        return VenueTable.of((*self.venues, *venues)) if venues else self

    def recognise(self, name: str) -> Recognised | None:
        """What a printed name (plain text) means; None for an unknown or an ambiguous one."""
        key = folded(name)
        found = self._forms.get(key)
        if found is not None:
            return Recognised(*found)
        match = _EDITION.match(key)
        venue = self._acronyms.get(match["name"]) if match else None
        if match is None or venue is None:
            return None
        return Recognised(venue, "edition", _whole_year(match["year"] or ""))


def folded(name: str) -> str:
    """A name as names are compared: case, blanks, articles in front and `&` do not count."""
    text = re.sub(r"\s+", " ", name.replace("&", " and ")).strip(" .,;").casefold()
    return _ARTICLE.sub("", text) or text


def _whole_year(year: str) -> str:
    if len(year) != 2:
        return year
    return ("19" if year > "60" else "20") + year


def read_rows(data: bytes, file: str) -> tuple[list[VenueName], list[Notice]]:
    """The rows of a user's table: CSV with the columns full name, abbreviation, macro.

    The second and the third may be empty; a first row that says `full` is a head. What cannot be
    read is told, and the rest holds.
    """
    text = data.decode("utf-8-sig", "replace")
    rows: list[VenueName] = []
    notices: list[Notice] = []
    reader = csv.reader(io.StringIO(text, newline=""), skipinitialspace=True)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if not any(cells) or cells[0].startswith("#"):
                continue
            if not rows and cells[0].lower() in ("full", "full name", "name"):
                continue
            full, short, macro = (*cells, "", "")[:3]
            if not full or (macro and not _MACRO.fullmatch(macro)):
                what = "has no full name" if not full else f'has the macro "{macro}", which is none'
                notices.append(
                    Notice(
                        f"The row {what}; it was passed over.",
                        file,
                        reader.line_num,
                        1,
                        "venue-names.row",
                        "A row is: full name, abbreviation, macro.",
                    )
                )
                continue
            rows.append(VenueName(full, short, macro.lower()))
    except csv.Error as error:
        notices.append(
            Notice(
                f"The table could not be read on from here ({error}).",
                file,
                reader.line_num,
                1,
                "venue-names.row",
            )
        )
    return rows, notices
