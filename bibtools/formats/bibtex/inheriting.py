"""What an entry has from others: `xdata` and `crossref`.

Sources: the biblatex manual, sections 2.4.1 and appendix B (default inheritance); btxdoc for the
plain inheritance of BibTeX. What says something of the parent alone (its identifiers, abstract,
notes, files) is not handed down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

Look = Callable[[str], tuple[str, Mapping[str, str]] | None]
"""From a key to entry type and fields."""

_OF_ITS_OWN: Final = frozenset(
    "abstract addendum annotation annote bibtools code crossref doi entryset entrysubtype eprint "
    "eprintclass eprinttype archiveprefix primaryclass execute file groups ids indexsorttitle "
    "indextitle key keywords label langid langidopts options owner pages presort related "
    "relatedoptions relatedstring relatedtype shortauthor shorteditor shorthand "
    "shorthandintro shorttitle sortkey sorttitle timestamp url urldate xdata xref "
    "hyphenation howpublished note".split()
)
_PARTS: Final = frozenset(
    "inbook incollection inproceedings conference inreference bookinbook suppbook "
    "suppcollection".split()
)
_VOLUMES: Final = frozenset("mvbook mvcollection mvreference mvproceedings".split())
_WHOLES: Final = frozenset(
    "book collection proceedings reference inbook incollection inproceedings inreference "
    "bookinbook suppbook suppcollection".split()
)
_DEPTH: Final = 5


def inherit(key: str, kind: str, fields: Mapping[str, str], look: Look) -> dict[str, str]:
    """The fields of an entry and those it has from the entries it names."""
    return _inherit(kind, fields, look, (key.lower(),))


def _inherit(
    kind: str, fields: Mapping[str, str], look: Look, heirs: tuple[str, ...]
) -> dict[str, str]:
    """`heirs` are the keys on the way here: nothing is its own ancestor."""
    found = dict(fields)
    if len(heirs) > _DEPTH:
        return found
    for name, value in _from_xdata(fields, look, heirs).items():
        found.setdefault(name, value)
    parent_key = found.get("crossref", "").strip()
    parent = look(parent_key) if parent_key and parent_key.lower() not in heirs else None
    if parent is not None:
        parent_kind, _ = parent
        given = _inherit(*parent, look, (*heirs, parent_key.lower()))
        for name, value in _handed_down(kind, parent_kind, given).items():
            found.setdefault(name, value)
        if "date" in fields:
            # A date of its own, whatever the parent calls its date.
            for name in {"year", "month", "day"} - set(fields):
                found.pop(name, None)
    return found


def _from_xdata(fields: Mapping[str, str], look: Look, heirs: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in fields.get("xdata", "").split(","):
        key = part.strip()
        source = look(key) if key and key.lower() not in heirs else None
        if source is not None:
            for name, value in _inherit(*source, look, (*heirs, key.lower())).items():
                if name != "xdata":
                    found.setdefault(name, value)
    return found


def _handed_down(kind: str, parent: str, given: Mapping[str, str]) -> dict[str, str]:
    names: dict[str, str] = {}
    if kind in _WHOLES and parent in _VOLUMES:
        names = {
            "title": "maintitle",
            "subtitle": "mainsubtitle",
            "titleaddon": "maintitleaddon",
        }
    elif kind in _PARTS:
        names = {
            "title": "booktitle",
            "subtitle": "booksubtitle",
            "titleaddon": "booktitleaddon",
        }
    elif kind in ("article", "suppperiodical") and parent == "periodical":
        names = {"title": "journaltitle", "subtitle": "journalsubtitle"}
    found = {
        names.get(name, name): value
        for name, value in given.items()
        if name not in _OF_ITS_OWN and name not in names
    }
    for name, handed in names.items():
        if name in given:
            found.setdefault(handed, given[name])
    books = parent in ("book", "mvbook") and kind in ("inbook", "bookinbook", "suppbook")
    if books and "author" in given:
        found.setdefault("bookauthor", given["author"])
    return found
