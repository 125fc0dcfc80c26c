"""What a formula sees of an entry: the item that Zotero would have.

Formulas speak of Zotero's item types, fields and creators (a film's director is its primary
creator). An entry has these by other names; this is the one place that translates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bibtools.formats.zotero import to_item
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.names import read_creator
from bibtools.keys.folding import language_of
from bibtools.keys.words import without_markup, without_tex
from bibtools.model import Dating, Entry, Name, PartialDate, type_preprint
from bibtools.text.typed_dates import read_typed_date

_ITEM_OF_CSL: Final[dict[str, str]] = {
    **{item.csl: name for name, item in reversed(ITEM_TYPES.items())},
    "preprint": "preprint",
    "article": "preprint",
    "book": "book",
    "broadcast": "podcast",
    "collection": "book",
    "classic": "book",
    "entry": "encyclopediaArticle",
    "figure": "artwork",
    "motion_picture": "film",
    "musical_score": "document",
    "pamphlet": "document",
    "performance": "presentation",
    "periodical": "document",
    "personal_communication": "letter",
    "post": "forumPost",
    "regulation": "statute",
    "review": "journalArticle",
    "review-book": "journalArticle",
    "treaty": "statute",
}

_ROLE: Final[dict[str, str]] = {
    "collection-editor": "seriesEditor",
    "container-author": "bookAuthor",
    "reviewed-author": "reviewedAuthor",
    "script-writer": "scriptwriter",
    "series-creator": "seriesCreator",
    "executive-producer": "executiveProducer",
    "original-author": "originalCreator",
}
"""Role of `Entry.creators` to Zotero's creator type, where the names differ."""

# Zotero's field, in lower case, to the names of `Entry.fields` that may hold it.
_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "applicationnumber": ("call-number",),
    "archive": ("archive",),
    "archivelocation": ("archive_location",),
    "archiveid": ("number",),
    "authority": ("authority",),
    "callnumber": ("call-number",),
    "code": ("container-title",),
    "codenumber": ("volume",),
    "committee": ("section",),
    "conferencename": ("event-title",),
    "country": ("country", "jurisdiction"),
    "assignee": ("assignee",),
    "edition": ("edition",),
    "eventplace": ("event-place",),
    "history": ("references",),
    "issue": ("issue",),
    "journalabbreviation": ("container-title-short",),
    "language": ("language",),
    "librarycatalog": ("source",),
    "medium": ("medium",),
    "number": ("number",),
    "numberofvolumes": ("number-of-volumes",),
    "numpages": ("number-of-pages",),
    "originalplace": ("original-publisher-place",),
    "originalpublisher": ("original-publisher",),
    "pages": ("page",),
    "partnumber": ("part-number",),
    "parttitle": ("part-title",),
    "place": ("publisher-place", "event-place"),
    "prioritynumbers": ("issue",),
    "programminglanguage": ("genre",),
    "publisher": ("publisher",),
    "references": ("references",),
    "reporter": ("container-title",),
    "rights": ("license",),
    "runningtime": ("dimensions",),
    "artworksize": ("dimensions",),
    "scale": ("scale",),
    "section": ("section", "chapter-number"),
    "series": ("collection-title",),
    "seriesnumber": ("collection-number",),
    "seriestext": ("seriesText",),
    "seriestitle": ("collection-title",),
    "session": ("chapter-number",),
    "shorttitle": ("title-short",),
    "status": ("status",),
    "system": ("medium",),
    "type": ("genre",),
    "versionnumber": ("version",),
    "volume": ("volume",),
}
_BASES: Final = {
    own.lower(): base.lower() for item in ITEM_TYPES.values() for own, base in item.base.items()
}
_SPECIAL: Final[dict[str, Callable[[Entry], str]]] = {
    "title": lambda entry: entry.title or "",
    "publicationtitle": lambda entry: entry.venue or "",
    "abstractnote": lambda entry: entry.abstract or "",
    "date": lambda entry: written_date(entry, "issued"),
    "accessdate": lambda entry: written_date(entry, "accessed"),
    "originaldate": lambda entry: written_date(entry, "original-date"),
    "filingdate": lambda entry: written_date(entry, "submitted"),
    "doi": lambda entry: str(entry.doi or ""),
    "url": lambda entry: entry.links[0].url if entry.links else "",
    "citationkey": lambda entry: entry.key or "",
    "extra": lambda entry: entry.fields.get("note", ""),
    "isbn": lambda entry: entry.other_ids.get("isbn", ""),
    "issn": lambda entry: entry.other_ids.get("issn", ""),
    "pmid": lambda entry: entry.other_ids.get("pmid", ""),
    "pmcid": lambda entry: entry.other_ids.get("pmcid", ""),
    "itemtype": lambda entry: item_type_of(entry),
    "dateadded": lambda entry: carried(entry, "dateAdded"),
    "datemodified": lambda entry: carried(entry, "dateModified"),
}
_OWN_NAMES: Final = {
    field.lower(): field for item in ITEM_TYPES.values() for field in item.fields
} | {name.lower(): name for name in ("itemType", "dateAdded", "dateModified")}

FIELD_NAMES: Final = frozenset(_SPECIAL) | frozenset(_FIELDS) | frozenset(_BASES)
"""Names of Zotero's fields that a formula may say, in lower case."""


def carried(entry: Entry, name: str) -> str:
    """What only the Zotero item says that the entry was read from; empty without."""
    kept = entry.extra.get("zotero")
    value = kept.get(name) if isinstance(kept, Mapping) else None
    return str(value) if isinstance(value, str | int) else ""


def item_type_of(entry: Entry) -> str:
    """The Zotero item type of an entry: the one it was read from, or that of its CSL type."""
    named = carried(entry, "itemType")
    return named if named in ITEM_TYPES else _ITEM_OF_CSL.get(entry.type, "document")


def type_names(entry: Entry) -> frozenset[str]:
    """All names of the entry's type, in lower case: Zotero's, CSL's, and that of the .bib file."""
    named = entry.extra.get("entrytype")
    names = {item_type_of(entry), entry.type, named if isinstance(named, str) else ""}
    return frozenset(name.lower() for name in names if name)


TYPE_NAMES: Final = frozenset(name.lower() for name in (*ITEM_TYPES, *_ITEM_OF_CSL)) | frozenset(
    "article book booklet conference inbook incollection inproceedings manual mastersthesis misc "
    "phdthesis proceedings techreport unpublished collection online report thesis patent "
    "periodical reference inreference software dataset electronic www mvbook mvcollection "
    "standard".split()
)
"""What `type(...)` may be asked for, in lower case."""


def written_date(entry: Entry, name: str) -> str:
    """A date as EDTF, or as the text that it is; `issued` is that of the work."""
    dating = entry.dates.get(name)
    if dating is not None:
        return dating.edtf()
    return entry.date.iso() if name == "issued" and entry.date is not None else ""


def field_of(entry: Entry, name: str) -> str:
    """A field by Zotero's name (any case, also those of one item type only); empty without."""
    name = name.lower()
    special = _SPECIAL.get(name) or _SPECIAL.get(_BASES.get(name, ""))
    if special is not None:
        return special(entry)
    names = _FIELDS.get(name) or _FIELDS.get(_BASES.get(name, ""), ())
    for one in names:
        if entry.fields.get(one):
            return entry.fields[one]
    if _BASES.get(name) == "publisher" and entry.venue and not entry.fields.get("publisher"):
        # The body behind a thesis or a report may be all that the work appeared in.
        return entry.venue if entry.type in ("thesis", "report") else ""
    return carried(entry, _OWN_NAMES.get(name, name))


@dataclass(frozen=True, slots=True)
class Creator:
    """One name as Zotero has it."""

    role: str
    """Zotero's creator type."""
    family: str
    """With its particle; the whole name of a body."""
    bare_family: str
    """Without the particle."""
    given: str
    single: bool
    """True for a name in one part."""


_LOWER_START = re.compile(r"^(?:[^\W\dA-Z][^\sA-Z]*\s+)+(?=\S)")


def _unquoted(text: str) -> str:
    """Zotero writes a last name in quotes when its particle is not to be split off."""
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] == '"' else text


def _creator(name: Name, role: str) -> Creator:
    family = _unquoted(without_markup(name.family_with_particle()))
    bare = family
    if name.non_dropping_particle and name.family:
        bare = name.family
    elif name.literal is None and (match := _LOWER_START.match(family)) is not None:
        bare = family[match.end() :]
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    if name.suffix:
        given += f", {name.suffix}"
    return Creator(role, family, bare, _unquoted(without_markup(given)), name.literal is not None)


def creators_of(entry: Entry) -> Iterator[Creator]:
    """All creators: the authors (or whoever is the main creator), then the others by role."""
    primary = ITEM_TYPES[item_type_of(entry)].primary
    for name in entry.authors:
        yield _creator(name, primary)
    for role, names in entry.creators.items():
        for name in names:
            yield _creator(name, _ROLE.get(role, role))


@dataclass(frozen=True, slots=True)
class DateParts:
    """A date as texts, each empty when it is not known."""

    year: str = ""
    month: str = ""
    day: str = ""
    hour: str = ""
    minute: str = ""
    second: str = ""


_CALLED_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_UNKNOWN_DIGITS = re.compile(r"-?\d{2,3}[uUxX]{1,2}\b")
_LONG_YEAR = re.compile(r"y(-?\d{5,})")


def date_parts(dating: Dating | None) -> DateParts:
    """The start of a span, or the year that a text has; a text without one is the year."""
    if dating is None:
        return DateParts()
    day = dating.start or dating.end
    if day is None:
        return _parts_of_text(dating.literal or "")
    time = re.findall(r"\d\d", (dating.time or "").split("Z")[0].split("+")[0])
    hour, minute, second = (*time[:3], "", "", "")[:3]
    return DateParts(*_day_parts(day), hour, minute, second)


def _day_parts(day: PartialDate) -> tuple[str, str, str]:
    return str(day.year), str(day.month or ""), str(day.day or "")


def _parts_of_text(text: str) -> DateParts:
    text = text.strip()
    if (match := _LONG_YEAR.fullmatch(text)) is not None:
        return DateParts(match[1])
    if (match := _UNKNOWN_DIGITS.match(text)) is not None:
        # EDTF: "199u" is some year of the 1990s.
        return DateParts(re.sub(r"[uUxX]", "0", match[0]))
    if (match := _CALLED_YEAR.search(text)) is not None:
        return DateParts(match[1])
    return DateParts(text)


class Subject:
    """An entry as a formula sees it; what costs time is made when it is first asked for."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry

    @cached_property
    def item_type(self) -> str:
        """Zotero's item type."""
        return item_type_of(self.entry)

    @cached_property
    def language(self) -> str:
        """A key of `folding.LANGUAGES`; empty when the language has no rules of its own."""
        return language_of(self.entry.fields.get("language", ""))

    @cached_property
    def title(self) -> str:
        """The title without markup and commands."""
        return without_tex(without_markup(self.entry.title or ""))

    @cached_property
    def creators(self) -> tuple[Creator, ...]:
        """All creators, the main ones first."""
        return tuple(creators_of(self.entry))

    @property
    def first_creator(self) -> str:
        """The family name of whoever stands first in the Zotero item, in whatever role."""
        listed = self.item.get("creators")
        if isinstance(listed, list) and listed:
            name = read_creator(listed[0])
            return name.family_with_particle() if name is not None else ""
        return self.creators[0].family if self.creators else ""

    @cached_property
    def primary(self) -> str:
        """The creator type of the main creators."""
        return ITEM_TYPES[self.item_type].primary

    @cached_property
    def date(self) -> DateParts:
        """When the work appeared; when it first appeared, if that is all we know."""
        found = self.issued
        return found if found.year else self.original

    @cached_property
    def item(self) -> Mapping[str, object]:
        """The Zotero item as it was read, when it says things otherwise than we write them."""
        kept = self.entry.extra.get("zotero")
        if isinstance(kept, Mapping) and kept.get("written"):
            return to_item(self.entry)
        return {}

    @cached_property
    def issued(self) -> DateParts:
        """When the work appeared; of a Zotero item what its date says, whatever Extra says."""
        typed = self.item.get("date")
        if isinstance(typed, str) and typed:
            return date_parts(read_typed_date(typed)[0])
        dating = self.entry.dates.get("issued")
        if dating is None and self.entry.date is not None:
            dating = Dating(self.entry.date)
        return date_parts(dating)

    @cached_property
    def original(self) -> DateParts:
        """When the work first appeared; empty when nothing says that it differs."""
        return date_parts(self.entry.dates.get("original-date"))

    @property
    def first_date(self) -> DateParts:
        """The original date, or else that of the work."""
        return self.original if self.original.year else self.date

    def field(self, name: str) -> str:
        """A field by Zotero's name, without markup; of a Zotero item as it was typed."""
        typed = self.item.get(_OWN_NAMES.get(name.lower(), name))
        if isinstance(typed, str) and typed:
            return without_markup(typed)
        return without_markup(field_of(self.entry, name))


_EXTRA_LINE = re.compile(r"\s*(?:\{:)?([^:=\n]{1,80}?)\s*[:=]\s*(.+?)\}?\s*")


def extra_value(entry: Entry, name: str) -> str:
    """What Zotero's Extra says under a name: a line `name: value`, or `tex.name: value`."""
    wanted = [part for part in re.split(r"\s*/\s*", name.lower().strip()) if part]
    for one in wanted:
        bare = one.removeprefix("tex.")
        for spelling in (bare, bare.replace(" ", "-"), bare.replace("-", "").replace(" ", "")):
            value = entry.extra.get(spelling) or entry.fields.get(spelling)
            if isinstance(value, str) and value:
                return value
            if spelling in ("originaldate", "original-date"):
                return written_date(entry, "original-date")
    for line in entry.fields.get("note", "").split("\n"):
        match = _EXTRA_LINE.fullmatch(line)
        if match is not None and match[1].strip().lower() in (*wanted, name.lower()):
            return match[2]
    return ""


def is_preprint(entry: Entry) -> bool:
    """Whether the entry is a preprint with an arXiv ID."""
    return entry.type == type_preprint and entry.arxiv is not None
