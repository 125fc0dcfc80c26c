"""Which of the two dialects a .bib file speaks."""

from __future__ import annotations

import re
from typing import Final

from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.fields import Dialect

_BIBLATEX_TYPES: Final = frozenset(
    "online report thesis dataset software collection mvbook mvcollection periodical patent "
    "reference inreference mvproceedings".split()
)
_BIBLATEX_FIELDS: Final = frozenset(["journaltitle", "eprinttype", "eprintclass", "langid"])
_JABREF_DIALECT = re.compile(rb"jabref-meta:\s*databaseType:(bibtex|biblatex)", re.IGNORECASE)
_SAMPLE = 1000


def dialect_of(document: Document) -> Dialect:
    """Whose rules a file follows: what JabRef wrote down, else what one entry in ten speaks."""
    told = _JABREF_DIALECT.search(document.source.data)
    if told:
        return "biblatex" if told[1].lower() == b"biblatex" else "bibtex"
    entries = document.entries[:_SAMPLE]
    signs = sum(
        entry.type in _BIBLATEX_TYPES
        or not _BIBLATEX_FIELDS.isdisjoint(entry.fields)
        or ("date" in entry.fields and "year" not in entry.fields)
        for entry in entries
    )
    return "biblatex" if signs * 10 >= max(len(entries), 1) else "bibtex"
