"""Put what was found into a user's own .bib: fields are added, none is changed."""

from __future__ import annotations

from collections.abc import Sequence

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.formats.bibtex.writing import Field, entry_fields
from bibtools.model import Entry

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
    "code": ("code", "url_code", "url-code", "code_url", "repository-code", "repository_code"),
}
# What a look-up may add to an entry of the user's. Not the DOI and address of the preprint: the
# entry may cite the published version.
_MAY_ADD = frozenset(_SAID_BY) | {"author", "title"}


def add_found(
    document: Document, enriched: Sequence[Entry], links: PrintLinks | None = None
) -> int:
    """Add the fields that the enriched entries have and the file lacks; gives how many changed.

    `enriched` are the entries of the document outside `@comment`, in its order. With `links`
    the arXiv ID and the code link are also put where styles print them, if that field is free.
    """
    dialect = dialect_of(document)
    living = [entry for entry in document.entries if not entry.inside_comment]
    changed = 0
    for there, entry in zip(living, enriched, strict=True):
        present = {name.lower() for name in there.fields}
        new = [
            field
            for field in entry_fields(entry, dialect, links or "none")
            if _is_new(field, present, links)
        ]
        changed += bool(new)
        _add(there, new)
    return changed


def _is_new(field: Field, present: set[str], links: PrintLinks | None) -> bool:
    name = field.name.lower()
    if name == links:
        return name not in present
    if name not in _MAY_ADD and not (name.startswith("code") and name[4:].isdigit()):
        return False
    return present.isdisjoint(_SAID_BY.get(name, (name,)))


def _add(there: BibEntry, fields: Sequence[Field]) -> None:
    for field in fields:
        there.set(field.name, field.value, bare=field.bare)
