"""Fields that the user of a .bib file locked: names of .bib fields as fields of items."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bibtools.formats.bibtex import fields as bib
from bibtools.formats.entry_variables import ID_LABELS
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.variables import DATES, FIELDS, ROLES, TEXTS

LOCK: Final = "bibtools-lock"
"""The field that names them, with commas or blanks between; `all` is every field."""

EVERYTHING: Final = frozenset(
    [
        *(item_type.base.get(name, name) for item_type in ITEM_TYPES.values()
          for name in item_type.fields),
        "creators", "tags", "itemType",
    ]
)  # fmt: skip
_PEOPLE: Final = frozenset(
    ["author", "authors", "editors", *bib.ROLES.values(), *bib.ROLES, *bib.ROLE_SYNONYMS,
     *ROLES.values(), *bib.EDITOR_FIELDS, bib.CUSTOM_NAMES]
)  # fmt: skip
_VARIABLES: Final = {
    **bib.SYNONYMS,
    **{name: variable for variable, names in {**bib.TEXTS, **bib.NUMBERS}.items()
       for name in names},
    **{name: variable for variable, name in bib.DATES.items()},
    **bib.DATE_SYNONYMS,
}  # fmt: skip
"""Field of a .bib file to variable."""
_OTHERS: Final = {
    **dict.fromkeys(("year", "month", "day", "date"), "date"),
    **dict.fromkeys(("journal", "journaltitle", "booktitle", "venue"), "publicationTitle"),
    **dict.fromkeys(bib.ANY_PUBLISHER, "publisher"),
    **dict.fromkeys(("number", "issue"), "issue number seriesNumber"),
    **dict.fromkeys(("langid", "language", "hyphenation"), "language"),
    **dict.fromkeys(("eprint", "archiveprefix", "eprinttype", "primaryclass", "eprintclass",
                     "arxiv"), "archiveID number extra:arXiv extra:tex.arxiv"),
    "keywords": "tags",
    "keyword": "tags",
    "tags": "tags",
    "title": "title",
    "doi": "DOI",
    "url": "url",
    "links": "url",
    "abstract": "abstractNote",
    "note": "extra",
    "entrytype": "itemType",
    "type": "itemType type",
    "key": "citationKey",
    "eid": "pages",
}  # fmt: skip
"""Fields whose variable is not that of their name."""


def locked_fields(named: str) -> frozenset[str]:
    """The fields of items, by their base names and as `extra:Label`, that a lock names."""
    if not named:
        return frozenset()
    names = {name.lower() for name in re.split(r"[\s,;{}]+", named) if name}
    if names & {"all", "*"}:
        return EVERYTHING
    return frozenset(field for name in names for field in _item_fields(name))


@lru_cache(maxsize=256)
def _item_fields(name: str) -> frozenset[str]:
    if name in _OTHERS:
        return frozenset(_OTHERS[name].split())
    if name in _PEOPLE:
        return frozenset({"creators"})
    variable = _VARIABLES.get(name, name)
    # What an item has no field for stands in Extra, under the name of the field or variable.
    found = {f"extra:{label}" for label in (f"tex.{name}", variable, ID_LABELS.get(name, name))}
    for item_type, places in FIELDS.items():
        own = places.get(variable) or places.get(variable.upper())
        if own is not None:
            found.add(ITEM_TYPES[item_type].base.get(own, own))
    found |= {base for base, one in {**TEXTS, **DATES}.items() if one == variable}
    return frozenset(found)
