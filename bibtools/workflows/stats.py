"""What is in bibliographies, counted.

A .bib of 50,000 entries is counted in seconds because its fields are read as BibTeX sees them and
no `Entry` is made of them; a test holds the counts against those of entries.
"""

from __future__ import annotations

import gc
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, TypeVar

from bibtools.adapters.files import read_bytes
from bibtools.checks.requirements import REQUIRED
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.address_fields import read_code, read_doi
from bibtools.formats.bibtex.arxiv_fields import read_arxiv
from bibtools.formats.bibtex.date_fields import read_date
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.name_fields import read_names
from bibtools.formats.bibtex.reading import entry_values
from bibtools.formats.bibtex.variable_fields import read_venue
from bibtools.model import Entry, Name, Notice
from bibtools.model.progress import Progress
from bibtools.text.latex_decode import plain
from bibtools.text.markup import strip_markup
from bibtools.text.people import fold
from bibtools.text.titles import title_key
from bibtools.workflows.reading import kind_of, read

_Key = TypeVar("_Key", str, tuple[str, str])

SHARES: Final = ("code", "doi", "arxiv", "abstract")
"""What is counted as "has it"."""
_SHORT_TITLE: Final = 12
"""Letters of a title below which many works have it ("Introduction")."""
_WANTED_OF_JSON: Final = ("title", "author", "year")
_STEP: Final = 1000
_letter = re.compile(r"\w")
_PLAIN_YEAR = re.compile(r"\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted of one entry."""

    key: str
    type: str
    """As the .bib has it; of other files the CSL type."""
    title: str = ""
    """As a key to compare with."""
    authors: tuple[str, ...] = ()
    first_author: str = ""
    """The family name, folded."""
    year: int | None = None
    venue: str = ""
    category: str = ""
    doi: str = ""
    arxiv: str = ""
    code: bool = False
    abstract: bool = False
    missing: tuple[str, ...] = ()
    """Fields that the type needs: `journal`, `author or editor`."""


@dataclass(slots=True)
class Stats:
    """The counts of a file, or of several together."""

    file: str | None
    entries: int = 0
    types: Counter[str] = field(default_factory=Counter)
    years: Counter[int] = field(default_factory=Counter)
    venues: Counter[str] = field(default_factory=Counter)
    authors: Counter[str] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    has: Counter[str] = field(default_factory=Counter)
    """Of `SHARES`."""
    missing: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Type and field to the number of entries without it."""
    duplicates: list[tuple[str, ...]] = field(default_factory=list)
    """Keys of entries that look like one work."""

    def to_json(self, most: int) -> dict[str, Any]:
        """The documented shape; of venues, authors and categories the `most` frequent."""
        row: dict[str, Any] = {} if self.file is None else {"file": self.file}
        return row | {
            "entries": self.entries,
            "types": dict(ranked(self.types)),
            "years": {str(year): self.years[year] for year in sorted(self.years)},
            "without_year": self.entries - self.years.total(),
            "has": {name: self.has[name] for name in SHARES},
            **{
                name: [{"name": one, "count": count} for one, count in ranked(counts)[:most]]
                for name, counts in (
                    ("venues", self.venues),
                    ("authors", self.authors),
                    ("categories", self.categories),
                )
            },
            "missing": [
                {"type": type_, "field": name, "count": count}
                for (type_, name), count in ranked(self.missing)
            ],
            "suspected_duplicates": [list(keys) for keys in self.duplicates],
        }


def ranked(counts: Mapping[_Key, int]) -> list[tuple[_Key, int]]:
    """The most frequent first, equal ones in the order of the alphabet."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def stats(
    files: Sequence[str], progress: Progress | None = None
) -> tuple[list[Stats], Stats, list[Notice]]:
    """The counts of each file and of all together, and what was noticed.

    Raises `InputError` for a file that cannot be read.
    """
    each: list[Stats] = []
    together: list[Counted] = []
    notices: list[Notice] = []
    for file in files:
        data = read_bytes(file)
        if kind_of(data, file) == "bibtex":
            document = Document.parse(data, file)
            notices += document.notices
            rows: Iterable[Counted] = of_document(document)
            total = len(document.entries)
        else:
            reading = read(data, file)
            notices += reading.notices
            rows = map(of_entry, reading.entries)
            total = len(reading.entries)
        counted = _all(rows, file, total, progress)
        each.append(count(counted, file))
        together += counted
    return each, (each[0] if len(each) == 1 else count(together, None)), notices


def _all(
    rows: Iterable[Counted], file: str, total: int, progress: Progress | None
) -> list[Counted]:
    was_collecting = gc.isenabled()
    gc.disable()  # nothing of what is made here is garbage
    try:
        counted = []
        for number, row in enumerate(rows):
            if progress is not None and number % _STEP == 0:
                progress(f"counting {file}", number, total)
            counted.append(row)
        return counted
    finally:
        if was_collecting:
            gc.enable()


def count(rows: Sequence[Counted], file: str | None) -> Stats:
    """The rows, counted."""
    found = Stats(file, len(rows))
    for row in rows:
        found.types[row.type] += 1
        if row.year is not None:
            found.years[row.year] += 1
        if row.venue:
            found.venues[row.venue] += 1
        found.authors.update(set(row.authors))
        if row.category:
            found.categories[row.category] += 1
        for name in SHARES:
            if getattr(row, name):
                found.has[name] += 1
        for name in row.missing:
            found.missing[row.type, name] += 1
    found.duplicates = _duplicates(rows)
    return found


def _duplicates(rows: Sequence[Counted]) -> list[tuple[str, ...]]:
    """Entries with one DOI, one arXiv ID, or one title and the same first author or year."""
    leader = list(range(len(rows)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    first: dict[tuple[str, ...], int] = {}
    for at, row in enumerate(rows):
        signs = [("doi", row.doi)] if row.doi else []
        signs += [("arxiv", row.arxiv)] if row.arxiv else []
        more: list[tuple[str, ...]] = list(signs)
        if len(row.title) >= _SHORT_TITLE:
            if row.first_author:
                more.append(("title", row.title, row.first_author))
            elif row.year is not None:
                more.append(("title", row.title, str(row.year)))
        for sign in more:
            there = first.setdefault(sign, at)
            if there != at:
                one, other = sorted((lead(there), lead(at)))
                leader[other] = one
    groups: dict[int, list[str]] = defaultdict(list)
    for at, row in enumerate(rows):
        groups[lead(at)].append(row.key)
    return [tuple(keys) for keys in groups.values() if len(keys) > 1]


# Entries of other files


def of_entry(entry: Entry) -> Counted:
    """What is counted of an entry."""
    there = {
        "title": bool(entry.title),
        "author": bool(entry.authors or entry.creators),
        "year": entry.date is not None,
    }
    first = entry.authors[0] if entry.authors else None
    return Counted(
        key=entry.key or "",
        type=entry.type,
        title=title_key(entry.title or ""),
        authors=tuple(name.display() for name in entry.authors),
        first_author=fold(first.family_with_particle()) if first is not None else "",
        year=entry.date.year if entry.date is not None else None,
        venue=entry.venue or "",
        category=entry.primary_class() or "",
        doi=entry.doi.folded if entry.doi is not None else "",
        arxiv=entry.arxiv.value if entry.arxiv is not None else "",
        code=bool(entry.code),
        abstract=bool(entry.abstract),
        missing=tuple(name for name in _WANTED_OF_JSON if not there[name]),
    )


# Entries of a .bib


def of_document(document: Document) -> Iterator[Counted]:
    """What is counted of the entries outside `@comment`, in file order."""
    wanted = REQUIRED[dialect_of(document)]
    keys: set[str] | None = None
    for values in entry_values(document):
        block, fields = values.block, values.fields
        missing: tuple[str, ...] = ()
        groups = wanted.get(block.type, ())
        if any(fields.keys().isdisjoint(group) for group in groups):
            if keys is None:
                keys = {one.key.lower() for one in document.entries}
            parents = [fields.get("crossref", ""), *fields.get("xdata", "").split(",")]
            named = [parent.strip().lower() for parent in parents if parent.strip()]
            if all(parent in keys for parent in named):
                missing = tuple(
                    " or ".join(group) for group in groups if fields.keys().isdisjoint(group)
                )
        yield _of_fields(block.type, block.key, fields, missing)


def _of_fields(
    type_: str, key: str, fields: Mapping[str, str], missing: tuple[str, ...]
) -> Counted:
    reader = FieldReader(type_, key, dict(fields))
    arxiv, category, is_arxiv = None, "", False
    if "eprint" in fields or _says_arxiv(fields):
        found, classes, is_arxiv = read_arxiv(reader)
        arxiv = found.value if found is not None else None
        category = classes[0] if classes else ""
    doi = read_doi(reader) if "doi" in fields or "doi.org/" in fields.get("url", "") else None
    people, _, _ = read_names(fields["author"]) if "author" in fields else ((), False, False)
    return Counted(
        key=key,
        type=type_,
        title=title_key(strip_markup(_plain(fields.get("title", "")))),
        authors=tuple(_displayed(name) for name in people),
        first_author=_family(people[0]) if people else "",
        year=_year(reader, fields),
        venue="" if is_arxiv else _venue(reader),
        category=category,
        doi=doi.folded if doi is not None else "",
        arxiv=arxiv or "",
        code=bool(read_code(reader)),
        abstract=_letter.search(fields.get("abstract", "")) is not None,
        missing=missing,
    )


def _says_arxiv(fields: Mapping[str, str]) -> bool:
    text = "\n".join(fields.values()).lower()
    return "arxiv" in text or "corr" in text


def _year(reader: FieldReader, fields: Mapping[str, str]) -> int | None:
    year = fields.get("year", "")
    if "date" not in fields and _PLAIN_YEAR.fullmatch(year):
        return int(year)
    if not year and "date" not in fields:
        return None
    date, _ = read_date(reader)
    return date.year if date is not None else None


def _venue(reader: FieldReader) -> str:
    names = ("journal", "journaltitle", "booktitle", "maintitle", "series")
    return _venue_of(reader.kind, tuple((n, reader.left[n]) for n in names if n in reader.left))


@lru_cache(maxsize=65_536)
def _venue_of(kind: str, fields: tuple[tuple[str, str], ...]) -> str:
    return read_venue(FieldReader(kind, "", dict(fields)), {}) or ""


@lru_cache(maxsize=65_536)
def _displayed(name: Name) -> str:
    return name.display()


@lru_cache(maxsize=65_536)
def _family(name: Name) -> str:
    return fold(name.family_with_particle())


def _plain(text: str) -> str:
    return plain(text) if "\\" in text or "{" in text or "$" in text or "~" in text else text
