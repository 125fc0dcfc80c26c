"""Put what was found into a user's own .bib: fields are added, and changed only on request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import COPIES, NUMBERS, TEXTS, Dialect, PrintLinks
from bibtools.formats.bibtex.writing import Field, entry_fields, entry_type
from bibtools.model import Entry
from bibtools.text.arxiv_words import says_arxiv
from bibtools.text.titles import title_key

# What one value is called: a field is looked for, and changed, under these names alone.
_SPELLINGS = (
    ("archiveprefix", "eprinttype"),
    ("primaryclass", "eprintclass"),
    ("journal", "journaltitle"),
    ("address", "location"),
    ("number", "issue"),
    ("code", "url_code", "url-code", "code_url", "repository-code", "repository_code"),
)
_NAMES_OF = {name: names for names in _SPELLINGS for name in names}

# A field in the first column is not added where one of the second says it already; these are
# other values, and never changed in its place.
_SAID_BY = {
    "archiveprefix": ("eprint",),
    "eprinttype": ("eprint",),
    "year": ("date",),
    "month": ("date", "year"),
    "day": ("date", "month", "year"),
    "date": ("year",),
}
_DATES = frozenset({"date", "year", "month", "day"})

PARTS: Final[dict[str, str]] = {
    **{name: part for part, names in {**TEXTS, **NUMBERS}.items() for name in names},
    **dict.fromkeys(("eprint", "archiveprefix", "eprinttype"), "arxiv"),
    **dict.fromkeys(("primaryclass", "eprintclass"), "categories"),
    **dict.fromkeys(("year", "month", "day", "date"), "date"),
    **dict.fromkeys(("journal", "journaltitle", "booktitle"), "venue"),
    **dict.fromkeys(
        ("publisher", "school", "institution", "organization", "howpublished"),
        "publisher",
    ),
    **dict.fromkeys(("isbn", "issn", "pmid", "pmcid"), "other_ids"),
    "author": "authors",
    "title": "title",
    "abstract": "abstract",
    "doi": "doi",
    "url": "links",
    "number": "issue",
    "ENTRYTYPE": "type",
}
"""Field to the part of an `Entry` that it says: an attribute, or a name of `fields`."""

EVERYTHING: Final = "everything"
"""The part that stands for all of them in a lock."""

# Fields that may say no more than "arXiv"; they give way to what the publication says.
_PLACES = frozenset({"journal", "journaltitle", "booktitle"})
_MAY_BE_DISGUISES = _PLACES | {"volume", "number", "pages", "eid", "publisher", "doi"}

# What belongs to the place where a work appeared.
_OF_PUBLICATION = frozenset(
    "volume issue number page eid publisher publisher-place collection-title collection-number "
    "event-title event-place container-title container-title-short".split()
)

# What we carry for ourselves, and what styles do not print, is no business of a user's file.
_NEVER_ADDED: Final[dict[Dialect, frozenset[str]]] = {
    "bibtex": frozenset({"bibtools", "day", "entrysubtype"}),
    "biblatex": frozenset({"bibtools", "entrysubtype"}),
}

# What says nothing new beside the arXiv ID: the entry may cite the published version.
_OWN_TYPES = frozenset({"misc", "online", "unpublished", "preprint", "electronic", "www"})


@dataclass(frozen=True, slots=True)
class Put:
    """A field that was put into an entry, or the type that it was given."""

    name: str
    """As written; `ENTRYTYPE` for the type."""
    value: str
    """Without delimiters; empty for a field that was taken out."""
    old: str | None = None
    """What stood there; None for a new field."""

    @property
    def part(self) -> str:
        """The part of the `Entry` that it says."""
        return part_of(self.name)


def part_of(field: str) -> str:
    """The part of an `Entry` that a field says: an attribute, or a name of `fields`."""
    name = field.lower()
    if name == "entrytype":
        return PARTS["ENTRYTYPE"]
    return "code" if re.fullmatch(r"code\d*", name) else PARTS.get(name, name)


def put_found(
    document: Document,
    before: Sequence[Entry],
    after: Sequence[Entry],
    links: PrintLinks | None = None,
    *,
    overwrite: bool = False,
    locked: Sequence[frozenset[str]] = (),
) -> list[tuple[Put, ...]]:
    """Put what `after` says and `before` did not into the entries; gives what was put into each.

    Both are the entries of the document outside `@comment`, in its order. A field that the file
    has is left as it is, unless `overwrite` is set and the entry itself now says otherwise, or it
    says no more than "arXiv" where the entry now says where the paper appeared. With `links` the
    arXiv ID and the code link are also put where styles print them, if that field is free. No
    part that is `locked` (by entry, names as in `PARTS`, or `EVERYTHING`) is touched; where the
    locked part is a journal that is none, or says no more than "arXiv", the entry stays as it is
    cited: no volume without its journal. The
    DOI and the address of the preprint are not added: the entry may cite the published version.
    """
    dialect = dialect_of(document)
    living = [entry for entry in document.entries if not entry.inside_comment]
    done: list[tuple[Put, ...]] = []
    locks = locked or [frozenset[str]()] * len(living)
    for there, old, new, lock in zip(living, before, after, locks, strict=True):
        if old == new and links in (None, "none"):
            done.append(())
            continue
        done.append(_put(there, old, new, dialect, links, overwrite, lock))
    return done


def _put(
    there: BibEntry,
    old: Entry,
    new: Entry,
    dialect: Dialect,
    links: PrintLinks | None,
    overwrite: bool,
    locked: frozenset[str],
) -> tuple[Put, ...]:
    if EVERYTHING in locked:
        return ()
    if "venue" in locked and (old.venue is None or _names_arxiv(there, new)):
        new = _still_preprint(old, new)
    putting = _Putting(there, old, new, dialect, overwrite, locked)
    for field in putting.wanted(links):
        putting.field(field, to_print=field.name.lower() == links)
    putting.take_out()
    putting.retype()
    return tuple(putting.puts)


class _Putting:
    """What is put into one entry."""

    def __init__(
        self,
        there: BibEntry,
        old: Entry,
        new: Entry,
        dialect: Dialect,
        overwrite: bool,
        locked: frozenset[str],
    ) -> None:
        self.there, self.old, self.new = there, old, new
        self.dialect, self.overwrite, self.locked = dialect, overwrite, locked
        self.kind = entry_type(new, dialect)
        self.present = {name.lower(): value for name, value in there.fields.items()}
        self.said = {one.name.lower(): one.value for one in entry_fields(old, dialect, "none")}
        appeared = _appeared(old, new)
        self.disguises = _disguises(there, new, locked) if appeared else frozenset[str]()
        self.given_up = self.other_dates() if overwrite else frozenset[str]()
        self.puts: list[Put] = []
        self.kept = {"doi"}
        """What stays: also arXiv's own DOI, where there is no other."""

    def other_dates(self) -> frozenset[str]:
        """The fields of the file that say a date which is no longer the entry's.

        All of them: the month of the preprint is not that of the paper.
        """
        before, after = self.old.date, self.new.date
        if before is None or after is None or "date" in self.locked:
            return frozenset()
        parts = ((before.year, after.year), (before.month, after.month), (before.day, after.day))
        if all(one is None or other is None or one == other for one, other in parts):
            return frozenset()
        return _DATES.intersection(self.present)

    def wanted(self, links: PrintLinks | None) -> list[Field]:
        """The fields that the entry may be given."""
        fields = entry_fields(self.new, self.dialect, links or "none")
        return [
            field
            for field in fields
            if part_of(field.name) not in self.locked
            and field.name.lower() not in _NEVER_ADDED[self.dialect]
            and not _is_preprints(field, self.new)
            and not (field.name == "publisher" and self.is_copied(field.value, fields))
            and not _is_said_otherwise(field.name.lower(), field.value, self.present)
        ]

    def is_copied(self, publisher: str, fields: Sequence[Field]) -> bool:
        """Whether the publisher stands where styles print it for this type of entry."""
        place = COPIES.get(self.kind, "")
        copies = {field.name.lower(): field.value for field in fields}
        return self.present.get(place, copies.get(place)) == publisher

    def field(self, field: Field, *, to_print: bool) -> None:
        """Put one field, where it says something new and its place is free, or may be changed."""
        name, present = field.name.lower(), self.present
        if to_print and name not in present:
            self.set(field.name, field)
            return
        # What a disguise said of the ID is said by `eprint` now; and a class is that of an ID.
        classed = self.new.primary_known and not self.old.primary_known
        again = (self.disguises or (classed and "eprint" not in present)) and (
            part_of(name) == "arxiv"
        )
        if self.said.get(name) == field.value and not again:
            self.kept.add(name)
            return
        target = next((one for one in _NAMES_OF.get(name, (name,)) if one in present), None)
        if name == "date" and target is None and "year" in self.given_up and field.value.isdigit():
            target = "year"
        if target is None:
            # Who says a year alone is not given a month.
            gone = self.given_up if name in ("year", "date") else self.given_up - {"year"}
            if not (set(_SAID_BY.get(name, ())) - gone).intersection(present):
                self.set(field.name, field)
        elif target in self.disguises or self.may_change(name):
            self.set(target, field, present[target])

    def may_change(self, name: str) -> bool:
        """Whether what the user has gives way."""
        part = part_of(name)
        if not self.overwrite or part == "arxiv":
            return False
        if name not in self.said and not (self.given_up and name in _DATES):
            return False
        # A title that differs in case and markup alone: the user's own spelling is better.
        same = title_key(self.old.title or "") == title_key(self.new.title or "")
        return not (part == "title" and same)

    def set(self, name: str, field: Field, old: str | None = None) -> None:
        """Write a field."""
        self.puts.append(Put(name, field.value, old))
        self.there.set(name, field.value, bare=field.bare)

    def take_out(self) -> None:
        """Remove what says nothing any more."""
        done = {*self.kept, *(put.name.lower() for put in self.puts)}
        for name in sorted((self.disguises | self.given_up) - done):
            self.puts.append(Put(name, "", self.present[name]))
            self.there.remove(name)

    def retype(self) -> None:
        """Give the entry the type of its publication."""
        own = self.there.type in _OWN_TYPES or bool(self.disguises & _PLACES)
        kind = self.kind
        if self.old.type == self.new.type or "type" in self.locked or not own:
            return
        if kind not in _OWN_TYPES and kind != self.there.type:
            self.puts.append(Put("ENTRYTYPE", kind, self.there.type))
            self.there.retype(kind)


def _names_arxiv(there: BibEntry, entry: Entry) -> bool:
    """Whether what stands for the journal says no more than "arXiv"."""
    return entry.arxiv is not None and any(
        name.lower() in _PLACES and says_arxiv(value, entry.arxiv.value)
        for name, value in there.fields.items()
    )


def _still_preprint(old: Entry, new: Entry) -> Entry:
    """The entry without what was learnt of a publication, whose journal it may not name."""
    fields = {
        name: value
        for name, value in new.fields.items()
        if name in old.fields or name not in _OF_PUBLICATION
    }
    own = old.title or old.authors
    return replace(
        new,
        type=old.type,
        title=old.title or new.title,
        authors=old.authors or new.authors,
        authors_truncated=old.authors_truncated if own else new.authors_truncated,
        date=old.date,
        dates=old.dates,
        venue=old.venue,
        doi=old.doi,
        other_ids={
            name: value
            for name, value in new.other_ids.items()
            if name in old.other_ids or name not in ("isbn", "issn")
        },
        fields={**fields, **{name: old.fields[name] for name in fields if name in old.fields}},
    )


def _appeared(old: Entry, new: Entry) -> bool:
    """Whether the entry says now where the paper appeared, and did not before."""
    if new.arxiv is None or new.venue is None:
        return False
    return old.venue is None or (old.venue != new.venue and says_arxiv(old.venue, new.arxiv.value))


def _disguises(there: BibEntry, new: Entry, locked: frozenset[str]) -> frozenset[str]:
    """The fields of the file that say no more than that the paper is on arXiv."""
    assert new.arxiv is not None
    number = new.arxiv.value
    return frozenset(
        name.lower()
        for name, value in there.fields.items()
        if name.lower() in _MAY_BE_DISGUISES
        and part_of(name) not in locked
        and says_arxiv(value, number)
    )


def _is_said_otherwise(name: str, value: str, present: Mapping[str, str]) -> bool:
    """Whether the file says the same publisher under another name: `institution` for a report."""
    return (
        PARTS.get(name) == "publisher"
        and name not in present
        and any(PARTS.get(one) == "publisher" and text == value for one, text in present.items())
    )


def _is_preprints(field: Field, entry: Entry) -> bool:
    name = field.name.lower()
    if entry.arxiv is None:
        return False
    return (name == "doi" and field.value.lower().startswith("10.48550/")) or (
        name == "url" and field.value == entry.arxiv.url
    )
