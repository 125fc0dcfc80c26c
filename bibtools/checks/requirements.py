"""Which fields a type of entry must have.

Sources: btxdoc, section 3.1 (BibTeX), and the biblatex manual, section 2.1.1 (biblatex). `a|b`
means that one of them is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from bibtools.checks.findings import Finding
from bibtools.checks.views import EntryView
from bibtools.formats.bibtex.blocks import BibEntry

_BIBTEX: Final = {
    "article": "author title journal year",
    "book": "author|editor title publisher year",
    "booklet": "title",
    "conference": "author title booktitle year",
    "inbook": "author|editor title chapter|pages publisher year",
    "incollection": "author title booktitle publisher year",
    "inproceedings": "author title booktitle year",
    "manual": "title",
    "mastersthesis": "author title school year",
    "misc": "",
    "phdthesis": "author title school year",
    "proceedings": "title year",
    "techreport": "author title institution year",
    "unpublished": "author title note",
}
_DATED = "year|date"
_BIBLATEX: Final = {
    "article": f"author title journaltitle|journal {_DATED}",
    "book": f"author|editor title {_DATED}",
    "mvbook": f"author|editor title {_DATED}",
    "inbook": f"author title booktitle {_DATED}",
    "booklet": f"author|editor title {_DATED}",
    "collection": f"editor title {_DATED}",
    "mvcollection": f"editor title {_DATED}",
    "incollection": f"author title booktitle {_DATED}",
    "dataset": f"author|editor title {_DATED}",
    "manual": f"author|editor title {_DATED}",
    "misc": f"author|editor title {_DATED}",
    "online": f"author|editor title {_DATED} doi|eprint|url",
    "patent": f"author title number {_DATED}",
    "periodical": f"editor title {_DATED}",
    "proceedings": f"title {_DATED}",
    "mvproceedings": f"title {_DATED}",
    "inproceedings": f"author title booktitle {_DATED}",
    "reference": f"editor title {_DATED}",
    "mvreference": f"editor title {_DATED}",
    "inreference": f"author title booktitle {_DATED}",
    "report": f"author title type institution {_DATED}",
    "thesis": f"author title type institution|school {_DATED}",
    "unpublished": f"author title {_DATED}",
    # Old names; they know their `type`.
    "conference": f"author title booktitle {_DATED}",
    "electronic": f"author|editor title {_DATED} doi|eprint|url",
    "www": f"author|editor title {_DATED} doi|eprint|url",
    "mastersthesis": f"author title institution|school {_DATED}",
    "phdthesis": f"author title institution|school {_DATED}",
    "techreport": f"author title institution {_DATED}",
}
REQUIRED: Final[Mapping[str, Mapping[str, tuple[tuple[str, ...], ...]]]] = {
    dialect: {
        type_: tuple(tuple(wanted.split("|")) for wanted in row.split())
        for type_, row in table.items()
    }
    for dialect, table in (("bibtex", _BIBTEX), ("biblatex", _BIBLATEX))
}
"""Dialect, type, and groups of fields of which one is needed."""

_INHERITED: Final = {"title": ("booktitle", "journaltitle")}
"""What biblatex makes of a parent's field in its children (manual, appendix B)."""


def check_required(view: EntryView) -> Iterator[Finding]:
    """Fields that the entry's type must have."""
    rows = REQUIRED[view.file.dialect].get(view.entry.type)
    if not rows:
        return
    present = _present(view, view.entry, set())
    if present is None:
        return
    for wanted in rows:
        if present.isdisjoint(wanted):
            names = '" or "'.join(wanted)
            yield view.at_key(
                "required-field",
                "warning",
                f'The @{view.entry.type} "{view.entry.key}" has no "{names}".',
            )


def _present(view: EntryView, entry: BibEntry, seen: set[str]) -> set[str] | None:
    """The fields an entry has or inherits; None when a parent is not in the file."""
    fields = entry.fields
    present = {name for name, value in fields.items() if value}
    seen.add(entry.key.lower())
    biblatex = view.file.dialect == "biblatex"
    parents = [fields.get("crossref", "")]
    if biblatex:
        parents += fields.get("xdata", "").split(",")
    for key in parents:
        folded = key.strip().lower()
        if not folded or folded in seen:
            continue
        parent = view.file.by_key.get(folded)
        inherited = None if parent is None else _present(view, parent, seen)
        if inherited is None:
            return None
        present |= inherited
        if biblatex and key == parents[0]:
            for name in inherited & _INHERITED.keys():
                present.update(_INHERITED[name])
    return present
