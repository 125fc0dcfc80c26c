"""Labels in Zotero's Extra, `Original Date: 1976`, and the variables they stand for."""

from __future__ import annotations

from typing import Final

from bibtools.formats.csl_variables import DATES, NAMES, NUMBERS, STRINGS
from bibtools.formats.entry_variables import ID_LABELS
from bibtools.model.variables import CREATORS, FIELDS, ID_SCHEMES

KEY_LABEL: Final = "citation-key"
BIB_TYPE_LABEL: Final = "referencetype"
"""Better BibTeX's `tex.referencetype: mastersthesis`: the type to write in a .bib file."""
CARRIED_LABEL: Final = "bibtools"

# Every item has a place for these; or they are the user's own words.
_NEVER = frozenset({"title", "abstract", "note"})
_IN_CSL = STRINGS | NUMBERS | NAMES | DATES
_OTHER_NAMES = {
    "shortTitle": "title-short",
    "journalAbbreviation": "container-title-short",
    "event": "event-title",
}


def _folded(label: str) -> str:
    # Zotero compares labels without regard to case, blanks and hyphens.
    return "".join(label.lower().replace("-", " ").replace("_", " ").split())


# CSL's names count in any spelling, as in Zotero; ours only as we write them.
_ANY_SPELLING = (
    {_folded(name): _OTHER_NAMES.get(name, name) for name in _IN_CSL - _NEVER}
    | {_folded(scheme): scheme for scheme in ID_SCHEMES if scheme.upper() not in _IN_CSL}
    | {_folded(label): scheme for scheme, label in ID_LABELS.items()}
    | {"type": "type", _folded(KEY_LABEL): KEY_LABEL}
)
_AS_WRITTEN = (FIELDS | CREATORS) - _IN_CSL - _NEVER


def known_label(label: str) -> str | None:
    """The variable, role, scheme of identifiers, `type` or `citation-key` that a label names."""
    label = label.strip()
    return label if label in _AS_WRITTEN else _ANY_SPELLING.get(_folded(label))
