"""One RIS record as the data of a Zotero item, which is what RIS programs agree on best.

Every value finds a place: a field of the item, a line of its Extra for what the item type has no
field for, a note, or `kept`, word for word, for what has no meaning elsewhere.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any, Final

from bibtools.formats.ris.dialects import set_right
from bibtools.formats.ris.records import Record, Tag
from bibtools.formats.ris.tags import (
    DEFAULT_TYPE,
    DEFERRED,
    NOTES,
    TYPES,
    TYPES_WRITTEN,
    field_of,
    meaning,
)
from bibtools.formats.zotero.item_types import ITEM_TYPES, ItemType
from bibtools.formats.zotero.variables import CREATOR_TYPES, ROLES, TEXTS
from bibtools.model import PartialDate
from bibtools.text.names import is_body

TYPE_LINE: Final = "itemType"
"""Name of our line in `M2` for an item type that RIS has no `TY` for."""
KEY_LINE: Final = "Citation Key"
"""Better BibTeX's name of the line for a citation key; for one that `ID` cannot hold."""
CARRIED_LINE: Final = "bibtools"
"""Name of our line in `M2` for what RIS has no words for; see `formats/carried.py`."""

_SLASHED = re.compile(r"(\d{3,})(?:/(\d{0,2})(?:/(\d{0,2})(?:[/ ](.*))?)?)?", re.DOTALL)
_COMPACT = re.compile(r"((?:1[5-9]|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_TIME = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})Z?")
_YEAR = re.compile(r"\b\d{4}\b")
_WORD = re.compile(r"[A-Za-z]+")
_DAY = re.compile(r"\b(?:[1-3]\d|[1-9])\b")
_NO_YEAR = "0000"
_STATUS = re.compile(
    r"(?:n|s|o)\.? ?[adj]\.?|\[.*\]|(?:no date|undated|(?:in|under|im|sous|en|to|à) \w+|forthcoming"
    r"|accepted|submitted|unpublished)\b.*"
)
"""What stands for a date where there is none."""
_DOI = re.compile(r"10\.\d{4,}(?:\.\d+)*/\S+")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_ISBN = re.compile(r"(?:97[89])?\d{9}[\dXx]")
_KEY = re.compile(r"(?!\d+$)[^\s,{}\"#%'()=~\\@&]+")
_LIST = re.compile(r"\s*\n\s*(?:%K\s+)?|\s*;\s*")
_LINE = re.compile(r"([A-Za-z][A-Za-z_. -]*?):\s*(.+)")
_INITIALS = re.compile(r"((?:\w\.[ -]?){1,4}) ?((?:[\w'’-]+ ){0,2}[^\W\d_][\w'’-]+)")
_DATES = frozenset({"date", "dateDecided", "dateEnacted", "issueDate", "filingDate"})


@dataclass(slots=True)
class Reading:
    """What a record says, while it is read and after."""

    data: dict[str, Any]
    """Item data: `itemType`, the fields, `creators`, `tags`; of Extra only what is a line there."""
    notes: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    kept: list[Tag] = field(default_factory=list)
    """What has no place in an item."""
    carried: str | None = None
    """The JSON of `CARRIED_LINE`."""
    key: str | None = None


def read_record(record: Record) -> Reading:
    """The item that a record describes."""
    return _Reader(record).read()


class _Reader:
    def __init__(self, record: Record) -> None:
        lines = [
            match
            for tag in record.tags
            if tag.name == "M2" and (match := _LINE.fullmatch(tag.value)) is not None
        ]
        told = next((line[2] for line in lines if line[1] == TYPE_LINE), "")
        usual = TYPES.get(record.type or "", DEFAULT_TYPE)
        self.type: ItemType = ITEM_TYPES[told if told in ITEM_TYPES else usual]
        self.record = record
        self.found = Reading({"itemType": self.type.name})
        self.values: dict[str, str] = {}
        self.creators: list[dict[str, str]] = []
        self.keywords: list[str] = []
        self.year: tuple[str, str, Tag] | None = None
        self.first_page: Tag | None = None
        self.last_page: Tag | None = None
        self.accessed: str | None = None

    def read(self) -> Reading:
        found = self.found
        kind = self.record.type
        is_told = TYPES.get(kind or "", DEFAULT_TYPE) != self.type.name
        if kind is not None and not is_told and kind != TYPES_WRITTEN[self.type.name]:
            found.kept.append(Tag("TY", kind, self.record.line))
        tags = set_right(self.record, self.type.name)
        for tag in tags:
            if tag.value and tag.name not in DEFERRED:
                self.take(tag)
        for tag in tags:
            if tag.value and tag.name in DEFERRED:
                self.take(tag)
        self.complete()
        found.data.update(self.values)
        if self.creators:
            found.data["creators"] = self.creators
        if self.keywords:
            found.data["tags"] = [{"tag": keyword} for keyword in dict.fromkeys(self.keywords)]
        return found

    def take(self, tag: Tag) -> None:
        """Read one tag."""
        name = tag.name
        if name in NOTES:
            self.found.notes.append(tag.value)
            return
        if name != "AB":
            tag = Tag(name, html.unescape(tag.value), tag.line)
        special = _SPECIAL.get(name)
        if special is not None:
            special(self, tag)
            return
        means = meaning(self.type.name, name)
        if means is None:
            self.found.kept.append(tag)
        elif means.startswith("+"):
            self.take_creator(tag, means[1:])
        elif means in _DATES:
            self.put(means, date_text(tag.value), tag)
            self.keep_words(tag)
        elif means == "accessDate":
            self.take_access(tag)
        elif means == "DOI":
            doi = doi_in(tag.value)
            # What is none may still be an address that somebody put there.
            self.put("DOI", doi or (tag.value if "/" in tag.value else ""), tag)
        else:
            self.put(means, tag.value, tag)

    def put(self, means: str, value: str, tag: Tag) -> None:
        """A field that is still empty; what says something else is kept."""
        name = field_of(self.type.name, means)
        if name is None and value and means in TEXTS:
            line = f"{TEXTS[means]}: {value}"
            if not any(other.startswith(f"{TEXTS[means]}: ") for other in self.found.extra):
                self.found.extra.append(line)
            elif line not in self.found.extra:
                self.found.kept.append(tag)
        elif name is None or not value:
            self.found.kept.append(tag)
        elif name not in self.values:
            self.values[name] = value
        elif self.values[name] != value:
            self.found.kept.append(tag)

    def take_creator(self, tag: Tag, role: str) -> None:
        """A person or body, in the role it has or, for authors, the main role of the type."""
        name = name_parts(tag.value)
        if role not in self.type.creators and role == "author":
            role = self.type.primary
        if role in self.type.creators:
            self.creators.append({"creatorType": role, **name})
            return
        variable = ROLES.get(role, role)
        shown = name.get("name") or f"{name['lastName']} || {name['firstName']}"
        self.found.extra.append(f"{variable}: {shown}")

    def take_year(self, tag: Tag) -> None:
        """`PY` often knows less than the other dates: it is what counts without them."""
        if self.year is None:
            means = meaning(self.type.name, "PY") or "date"
            self.year = means, date_text(tag.value), tag
            self.keep_words(tag)
        else:
            self.found.kept.append(tag)

    def keep_words(self, tag: Tag) -> None:
        """Keep a date in which words say more: `1998/12/31/Christmas issue`."""
        match = _SLASHED.fullmatch(tag.value)
        if match is not None and (match[4] or "").strip(" /"):
            self.found.kept.append(Tag("DA", tag.value, tag.line))

    def take_access(self, tag: Tag) -> None:
        """When it was looked up. EndNote has this for web pages in `M1`, the year in `VL`."""
        value = date_text(tag.value, with_time=True)
        if tag.name == "Y2" and "accessDate" not in self.values:
            self.values["accessDate"] = value
        elif "accessDate" not in self.values and value.startswith(self.accessed or ""):
            self.accessed = value
        elif not (self.accessed or self.values.get("accessDate", "")).startswith(value):
            self.found.kept.append(tag)

    def take_first_page(self, tag: Tag) -> None:
        if self.first_page is None:
            self.first_page = tag
        elif self.first_page.value != tag.value:
            self.found.kept.append(tag)

    def take_last_page(self, tag: Tag) -> None:
        if self.last_page is None:
            self.last_page = tag
        elif self.last_page.value != tag.value:
            self.found.kept.append(tag)

    def take_keywords(self, tag: Tag) -> None:
        self.keywords.extend(word for word in _LIST.split(tag.value) if word)

    def take_number(self, tag: Tag) -> None:
        """`SN` is an ISSN or an ISBN, as it looks, else what the type usually has."""
        means = meaning(self.type.name, "SN") or "ISBN"
        if means in ("ISBN", "ISSN"):
            if _ISSN.fullmatch(tag.value):
                means = "ISSN"
            elif _ISBN.fullmatch(tag.value.replace("-", "").replace(" ", "")):
                means = "ISBN"
        self.put(means, tag.value, tag)

    def take_kind(self, tag: Tag) -> None:
        """`M3` is the DOI where the type has no kind of work to name."""
        means = meaning(self.type.name, "M3") or "DOI"
        if means != "DOI":
            self.put(means, tag.value, tag)
            return
        self.take_doi(tag)

    def take_doi(self, tag: Tag) -> None:
        doi = doi_in(tag.value)
        if doi is None:
            self.found.kept.append(tag)
        else:
            self.put("DOI", doi, tag)

    def take_address(self, tag: Tag) -> None:
        """Reference Manager puts PubMed IDs among the addresses: `PM:8625124`."""
        if tag.value.startswith("PM:"):
            self.found.extra.append(f"PMID: {tag.value[3:].strip()}")
        else:
            self.put("url", tag.value, tag)

    def take_identifier(self, tag: Tag) -> None:
        """A number is one in somebody's database, anything else may be a citation key."""
        if is_key(tag.value) and self.found.key is None:
            self.found.key = tag.value
        else:
            self.found.kept.append(tag)

    def take_line(self, tag: Tag) -> None:
        """`M2` is a line of Extra: a field that RIS has no tag for, or anything."""
        match = _LINE.fullmatch(tag.value)
        if match is not None and match[1] == CARRIED_LINE and self.found.carried is None:
            self.found.carried = match[2]
        elif match is not None and match[1] == TYPE_LINE and match[2] == self.type.name:
            pass
        elif match is not None and match[1] == KEY_LINE and self.found.key is None:
            self.found.key = match[2]
        elif match is not None and (role := self.role_of_line(match[1])) is not None:
            family, bars, given = (part.strip() for part in match[2].partition("||"))
            name = {"firstName": given, "lastName": family} if bars else {"name": family}
            self.creators.append({"creatorType": role, **name})
            order = self.type.creators.index
            self.creators.sort(key=lambda creator: order(creator["creatorType"]))
        elif (
            match is not None
            and match[1] in self.type.fields
            and match[1] not in self.values
            and match[1] != "extra"
        ):
            self.values[match[1]] = match[2]
        else:
            self.found.extra.append(tag.value)

    def role_of_line(self, label: str) -> str | None:
        """The creator type of a line `editor: Family || Given`, if the item type has it."""
        if label in self.type.creators:
            return label
        return CREATOR_TYPES[self.type.name].get(label)

    def complete(self) -> None:
        """What only the whole record tells."""
        self.complete_pages()
        self.complete_date()
        values = self.values
        if self.accessed is not None:
            values.setdefault("accessDate", self.accessed)
        journal = self.type.own.get("publicationTitle", "publicationTitle")
        short = next(
            (line for line in self.found.extra if line.startswith("container-title-short: ")), None
        )
        if journal in self.type.fields and journal not in values:
            # Some journals give only their abbreviation.
            if "journalAbbreviation" in values:
                values[journal] = values["journalAbbreviation"]
            elif short is not None:
                self.found.extra.remove(short)
                values[journal] = short.partition(": ")[2]
        title = self.type.own.get("title", "title")
        if title not in values and "shortTitle" in values:
            values[title] = values.pop("shortTitle")
        # EndNote repeats the title as a note.
        self.found.notes = [note for note in self.found.notes if note != values.get(title)]
        if len(self.keywords) == 1:
            self.keywords = [word for word in re.split(r"\s*,\s*", self.keywords[0]) if word]

    def complete_pages(self) -> None:
        first, last = self.first_page, self.last_page
        if first is None and last is None:
            return
        means = meaning(self.type.name, "SP") or "pages"
        is_range = means == "pages" or self.type.base.get(means) == "pages"
        if first is None or last is None:
            only = first or last
            assert only is not None
            self.put(means if first is not None else "pages", only.value, only)
        elif re.search(rf"(?:^|[-–]\s*){re.escape(last.value)}$", first.value):
            self.put(means, first.value, first)
        elif is_range or (means == "numPages" and re.search(r"\d", last.value)):
            # A book of the pages 1 to 300 does not have one page.
            self.put(means if is_range else "pages", f"{first.value}-{last.value}", first)
        else:
            self.put(means, first.value, first)
            self.found.kept.append(last)

    def complete_date(self) -> None:
        if self.year is None:
            return
        means, value, tag = self.year
        name = field_of(self.type.name, means)
        there = self.values.get(name or "", "")
        if there.startswith(_NO_YEAR):
            # EndNote gives the day in one tag and the year in the other.
            self.values[name or ""] = value + there[len(_NO_YEAR) :]
        elif not there:
            self.put(means, value, tag)
        elif not there.startswith(value):
            self.found.kept.append(tag)


_SPECIAL: Final = {
    "EP": _Reader.take_last_page,
    "ID": _Reader.take_identifier,
    "KW": _Reader.take_keywords,
    "L3": _Reader.take_doi,
    "M2": _Reader.take_line,
    "M3": _Reader.take_kind,
    "PY": _Reader.take_year,
    "SN": _Reader.take_number,
    "SP": _Reader.take_first_page,
    "UR": _Reader.take_address,
}


def doi_in(text: str) -> str | None:
    """The DOI in a text, in any dress."""
    match = _DOI.search(text)
    if match is None:
        return None
    return text if match[0] == text else match[0].rstrip(".,;")


def is_key(text: str) -> bool:
    """Whether an `ID` is a citation key rather than a number in somebody's database."""
    return _KEY.fullmatch(text) is not None


def date_text(text: str, *, with_time: bool = False) -> str:
    """A RIS date (`2009/03/12/words`, all but the year optional) as Zotero writes it.

    ISO for numbers. A month without a year has `0000` before it, to be filled in. Anything else
    stays as it is.
    """
    match = _COMPACT.fullmatch(text) or _SLASHED.fullmatch(text)
    if match is None:
        word, day = _WORD.search(text), _DAY.search(text)
        if _YEAR.search(text) or word is None or with_time or _STATUS.fullmatch(text.lower()):
            return text
        return f"{_NO_YEAR} {word[0]}" + (f" {day[0]}" if day else "")
    parts: list[int] = []
    for part in match.groups()[:3]:
        if not part or not int(part):
            break
        parts.append(int(part))
    try:
        date = PartialDate(*parts).iso() if parts else ""
    except ValueError:
        return text
    time = _TIME.search(match[4] or "") if with_time and match.re is _SLASHED else None
    if time is not None and len(parts) == 3:
        date += f"T{int(time[1]):02}:{time[2]}:{time[3]}Z"
    return date


def name_parts(text: str) -> dict[str, str]:
    """A name `Family, Given, Suffix` as Zotero keeps it; without a comma, of a body.

    As in EndNote a comma at the end marks a body too, and two commas stand for one in its name;
    a single word before the comma is the family name of somebody without another. Initials
    before a name, as IEEE writes them, are those of a person.
    """
    if ",," in text:
        return {"name": text.replace(",,", ",").strip()}
    family, comma, given = (part.strip() for part in text.partition(","))
    if given and family:
        given = re.sub(r"\s*,\s*", ", ", given).strip(", ")
        return {"firstName": given, "lastName": family}
    if comma:
        name = family or given
        return (
            {"name": name} if " " in name or is_body(name) else {"firstName": "", "lastName": name}
        )
    match = _INITIALS.fullmatch(text)
    if match is not None and not is_body(text):
        return {"firstName": match[1].strip(), "lastName": match[2]}
    return {"name": text}
