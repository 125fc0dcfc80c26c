"""To and from the `BibDatabase` of bibtexparser 1.4, so that scripts which use it can move over.

    entries, notices = from_bibdatabase(bibtexparser.load(file))
    database = to_bibdatabase(entries, "biblatex", like=database)

A `BibDatabase` has lost what bibtexparser lost while it read the file; to keep a file as it is,
read it with `bibtools.formats.bibtex.Document`. bibtexparser is imported when a function here
needs it: it takes a while.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.bibtex.inheriting import inherit
from bibtools.formats.bibtex.reading import read_one
from bibtools.formats.bibtex.tex_values import safe_key
from bibtools.formats.bibtex.writing import (
    entry_fields,
    entry_type,
    write_entry,
    write_preamble,
)
from bibtools.model import Entry, Notice

if TYPE_CHECKING:
    from bibtexparser.bibdatabase import BibDatabase

_NAMES: Final = frozenset({"author", "editor", "translator", "bookauthor"})
_OTHER_NAMES: Final = {"keyword": "keywords", "link": "url"}
"""What bibtexparser calls fields when it is told to make their names alike."""
_BLANKS = re.compile(r"[ \t\r\n]+")


def from_bibdatabase(database: BibDatabase) -> tuple[list[Entry], list[Notice]]:
    """The entries of a database in its order, and what in it could not be read.

    `@string` macros are expanded and `crossref` is followed, as when a file is read. Values that
    a customization of bibtexparser took apart (lists of names or keywords, `{"name": ...}`) are
    put together again; any other value that is no text is left out with a notice. The strings,
    comments and preambles stay in the database: see `like` of `to_bibdatabase`.
    """
    notices: list[Notice] = []
    rows = [_row(number, item, notices) for number, item in enumerate(database.entries, start=1)]
    look = _look(rows)
    entries = []
    for kind, key, own in rows:
        fields = inherit(key, kind, own, look)
        entry = read_one(kind, key, fields)
        if len(fields) > len(own):
            # What is inherited and not understood is the other entry's affair.
            extra = {
                name: value
                for name, value in entry.extra.items()
                if name in own or name not in fields
            }
            entry = replace(entry, extra=extra)
        entries.append(entry)
    return entries, notices


def to_bibdatabase(
    entries: Iterable[Entry],
    dialect: Dialect = "bibtex",
    like: BibDatabase | None = None,
    print_links: PrintLinks | None = None,
) -> BibDatabase:
    """A new database of the entries, as bibtexparser would read the file that we write.

    Values are texts of LaTeX; a month is its name in full. Strings, comments and preambles are
    those of `like`; without it there are the months, and the preamble that the entries need, if
    they need one. `print_links` is as in `write_entry`.
    """
    from bibtexparser.bibdatabase import COMMON_STRINGS, BibDatabase

    database = BibDatabase()
    if like is None:
        database.load_common_strings()
    else:
        database.strings.update(like.strings)
        database.comments.extend(like.comments)
        database.preambles.extend(like.preambles)
    written = []
    for entry in entries:
        row = {
            field.name.lower(): str(COMMON_STRINGS.get(field.value, field.value))
            if field.bare
            else field.value
            for field in entry_fields(entry, dialect, print_links)
        }
        database.entries.append(
            {**row, "ENTRYTYPE": entry_type(entry, dialect), "ID": safe_key(entry.key)}
        )
        written.append(write_entry(entry, dialect, print_links))
    preamble = write_preamble("".join(written), dialect).strip()
    if like is None and preamble:
        database.preambles.append(preamble.removeprefix('@preamble{"').removesuffix('"}'))
    return database


_Row = tuple[str, str, dict[str, str]]
"""Type and key of an entry, and its fields as BibTeX would see them."""


def _look(rows: list[_Row]) -> Callable[[str], tuple[str, Mapping[str, str]] | None]:
    found: dict[str, tuple[str, Mapping[str, str]]] = {}
    for kind, key, fields in rows:
        found.setdefault(key.lower(), (kind, fields))
    return lambda key: found.get(key.lower())


def _row(number: int, item: Mapping[str, Any], notices: list[Notice]) -> _Row:
    kind = str(item.get("ENTRYTYPE") or "misc").lower()
    key = str(item.get("ID") or "")
    fields: dict[str, str] = {}
    for name, value in item.items():
        # Names with an underscore are bibtexparser's own notes about crossref.
        if name in ("ENTRYTYPE", "ID") or name.startswith("_"):
            continue
        text = _text(name, value, key or f"number {number}", notices)
        if text:
            folded = name.lower()
            other = _OTHER_NAMES.get(folded, folded)
            fields[folded if other in item else other] = text
    return kind, key, fields


def _text(name: str, value: object, entry: str, notices: list[Notice]) -> str:
    """The value of a field as a text; "" with a notice when it is none."""
    from bibtexparser.bibdatabase import UndefinedString, as_text

    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list | tuple):
        parts = [part.get("name") if isinstance(part, Mapping) else part for part in value]
        if all(isinstance(part, str) for part in parts):
            value = (" and " if name.lower() in _NAMES else ", ").join(map(str, parts))
    if value is None or value == []:
        return ""
    if not isinstance(value, str) and not hasattr(value, "get_value"):
        notices.append(
            Notice(
                f'The field "{name}" of the entry "{entry}" is a {type(value).__name__}, '
                "not a text, and was left out.",
                rule="interop.no-text",
                hint="Convert the database before a customization changes its values.",
            )
        )
        return ""
    try:
        text = as_text(value)
    except UndefinedString as error:
        macro = str(error.args[0])
        notices.append(
            Notice(
                f'The field "{name}" of the entry "{entry}" uses the macro "{macro}", '
                "which the database does not define.",
                rule="interop.undefined-macro",
                hint=f'Add it: database.strings["{macro}"] = "...".',
            )
        )
        text = macro
    return _BLANKS.sub(" ", text).strip()
