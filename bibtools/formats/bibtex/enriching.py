"""Put what was found into a user's own .bib: fields are added, and changed only on request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import NUMBERS, TEXTS, Dialect, PrintLinks
from bibtools.formats.bibtex.writing import Field, entry_fields, entry_type
from bibtools.model import Entry
from bibtools.text.arxiv_words import says_arxiv

# A field in the first column is not added where one of the second says it already.
_SAID_BY = {
    "eprint": ("eprint",),
    "archiveprefix": ("eprint", "archiveprefix", "eprinttype"),
    "eprinttype": ("eprint", "archiveprefix", "eprinttype"),
    "primaryclass": ("primaryclass", "eprintclass"),
    "eprintclass": ("primaryclass", "eprintclass"),
    "year": ("year", "date"),
    "month": ("month", "date", "year"),
    "day": ("day", "date", "month", "year"),
    "date": ("date", "year"),
    "journal": ("journal", "journaltitle"),
    "journaltitle": ("journal", "journaltitle"),
    "address": ("address", "location"),
    "location": ("address", "location"),
    "number": ("number", "issue"),
    "code": ("code", "url_code", "url-code", "code_url", "repository-code", "repository_code"),
}

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

# Fields that may say no more than "arXiv"; they give way to what the publication says.
_PLACES = frozenset({"journal", "journaltitle", "booktitle"})
_MAY_BE_DISGUISES = _PLACES | {"volume", "number", "pages", "eid", "publisher", "doi"}

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
        name = self.name.lower() if self.name != "ENTRYTYPE" else self.name
        return "code" if name.startswith("code") else PARTS.get(name, name)


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
    part that is `locked` (by entry, names as in `PARTS`) is touched. The DOI and the address of
    the preprint are not added: the entry may cite the published version.
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
    present = {name.lower(): value for name, value in there.fields.items()}
    said = {field.name.lower(): field.value for field in entry_fields(old, dialect, "none")}
    disguises = _disguises(there, new, locked) if _appeared(old, new) else frozenset[str]()
    puts: list[Put] = []
    for field in entry_fields(new, dialect, links or "none"):
        name = field.name.lower()
        if name == links and name not in present:
            puts.append(Put(field.name, field.value))
            there.set(field.name, field.value, bare=field.bare)
            continue
        # What a disguise said of the ID is said by `eprint` now.
        if said.get(name) == field.value and not (disguises and PARTS.get(name) == "arxiv"):
            continue
        if name in _NEVER_ADDED[dialect] or _is_preprints(field, new):
            continue
        target = _name_there(name, present)
        has = target in present
        if has and target not in disguises and not (overwrite and name in said):
            continue
        if has and target in disguises and target != name:
            # An article's `journal` is no place for a book's title.
            there.remove(target)
            has = False
        shown = target if has else field.name
        puts.append(Put(shown, field.value, present.get(target)))
        there.set(shown, field.value, bare=field.bare)
    # arXiv's own DOI stays where the publication has none.
    done = {"doi", *(put.name.lower() for put in puts)}
    puts += [Put(name, "", present[name]) for name in sorted(disguises - done)]
    for name in disguises - done:
        there.remove(name)
    kind = entry_type(new, dialect)
    own = there.type in _OWN_TYPES or bool(disguises & _PLACES)
    if old.type != new.type and own and kind not in _OWN_TYPES and kind != there.type:
        puts.append(Put("ENTRYTYPE", kind, there.type))
        there.retype(kind)
    return tuple(puts)


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
        and PARTS.get(name.lower(), name.lower()) not in locked
        and says_arxiv(value, number)
    )


def _name_there(name: str, present: Collection[str]) -> str:
    """The name under which the file has the field; the same where it has none."""
    return next((one for one in _SAID_BY.get(name, (name,)) if one in present), name)


def _is_preprints(field: Field, entry: Entry) -> bool:
    name = field.name.lower()
    if entry.arxiv is None:
        return False
    return (name == "doi" and field.value.lower().startswith("10.48550/")) or (
        name == "url" and field.value == entry.arxiv.url
    )
