"""Entry types: BibTeX, biblatex and what people make up <-> CSL.

Sources: btxdoc, the biblatex manual section 2.1, and what pandoc, citation-js, Zotero and Better
BibTeX make of one entry of each type. A CSL type for which a dialect has no entry type of its own
is told by biblatex's `entrysubtype`, as Better BibTeX does for `magazine` and `newspaper`.
"""

from __future__ import annotations

import re
from typing import Final

from bibtools.formats.bibtex.fields import NEEDS_VENUE, Dialect
from bibtools.formats.csl_variables import TYPES as _CSL_TYPES
from bibtools.later import later
from bibtools.model import Entry, type_document, type_preprint

READ: Final[dict[str, str]] = {
    "article": "article-journal",
    "suppperiodical": "article-journal",
    "periodical": "periodical",
    "book": "book",
    "mvbook": "book",
    "collection": "book",
    "mvcollection": "book",
    "proceedings": "book",
    "mvproceedings": "book",
    "reference": "book",
    "mvreference": "book",
    "commentary": "book",
    "inbook": "chapter",
    "bookinbook": "chapter",
    "suppbook": "chapter",
    "suppcollection": "chapter",
    "incollection": "chapter",
    "inproceedings": "paper-conference",
    "conference": "paper-conference",
    "inreference": "entry-encyclopedia",
    "booklet": "pamphlet",
    "manual": "report",
    "report": "report",
    "techreport": "report",
    "thesis": "thesis",
    "phdthesis": "thesis",
    "mastersthesis": "thesis",
    "bachelorsthesis": "thesis",
    "unpublished": "manuscript",
    "patent": "patent",
    "software": "software",
    "dataset": "dataset",
    "online": "webpage",
    "www": "webpage",
    "electronic": "webpage",
    "webpage": "webpage",
    "standard": "standard",
    "review": "review",
    "legislation": "legislation",
    "jurisdiction": "legal_case",
    "legal": "treaty",
    "letter": "personal_communication",
    "movie": "motion_picture",
    "video": "motion_picture",
    "audio": "song",
    "music": "song",
    "image": "graphic",
    "artwork": "graphic",
    "performance": "performance",
    "presentation": "speech",
    "preprint": type_preprint,
    "misc": type_document,
}
"""Entry type to CSL type; any other is a `document`."""

GENRES: Final[dict[str, str]] = {
    "phdthesis": "PhD thesis",
    "mastersthesis": "Master's thesis",
    "bachelorsthesis": "Bachelor's thesis",
}
"""What an entry type says of its genre. `type` says it otherwise."""

BIBSTRINGS: Final[dict[str, str]] = {
    "phdthesis": "PhD thesis",
    "mathesis": "Master's thesis",
    "mastersthesis": "Master's thesis",
    "bathesis": "Bachelor's thesis",
    "candthesis": "Candidate thesis",
    "techreport": "technical report",
    "resreport": "research report",
    "software": "computer software",
    "datacd": "CD-ROM",
    "audiocd": "audio CD",
    "patent": "patent",
    "patentde": "German patent",
    "patenteu": "European patent",
    "patentfr": "French patent",
    "patentuk": "British patent",
    "patentus": "U.S. patent",
    "patreq": "patent request",
    "patreqde": "German patent request",
    "patreqeu": "European patent request",
    "patreqfr": "French patent request",
    "patrequk": "British patent request",
    "patrequs": "U.S. patent request",
}
"""biblatex's localisation keys for `type`, and what they print in English."""

STATES: Final[dict[str, str]] = {
    "inpress": "in press",
    "inpreparation": "in preparation",
    "submitted": "submitted",
    "forthcoming": "forthcoming",
    "prepublished": "prepublished",
}
"""biblatex's localisation keys for `pubstate`, and what they print in English."""

_SUBTYPES: Final = _CSL_TYPES | {type_preprint}

_PARTS: Final = frozenset({"incollection", "inreference"})
"""Parts of books: with a series and a number in it they say where they are, also without the
title of the book."""

SERIES: Final[dict[str, str]] = {"newseries": "new series", "oldseries": "old series"}
"""biblatex's localisation keys for `series`."""

WRITE: Final[dict[str, tuple[str, str]]] = {
    "preprint": ("misc", "online"),
    "document": ("misc", "misc"),
    "article": ("misc", "misc"),
    "article-journal": ("article", "article"),
    "article-magazine": ("article", "article"),
    "article-newspaper": ("article", "article"),
    "review": ("article", "review"),
    "review-book": ("article", "review"),
    "periodical": ("misc", "periodical"),
    "book": ("book", "book"),
    "classic": ("book", "book"),
    "collection": ("book", "collection"),
    "chapter": ("incollection", "incollection"),
    "entry": ("incollection", "inreference"),
    "entry-dictionary": ("incollection", "inreference"),
    "entry-encyclopedia": ("incollection", "inreference"),
    "paper-conference": ("inproceedings", "inproceedings"),
    "thesis": ("phdthesis", "thesis"),
    "report": ("techreport", "report"),
    "pamphlet": ("booklet", "booklet"),
    "manuscript": ("unpublished", "unpublished"),
    "speech": ("misc", "unpublished"),
    "patent": ("patent", "patent"),
    "software": ("misc", "software"),
    "dataset": ("misc", "dataset"),
    "standard": ("misc", "standard"),
    "webpage": ("misc", "online"),
    "post": ("misc", "online"),
    "post-weblog": ("misc", "online"),
    "bill": ("misc", "legislation"),
    "legislation": ("misc", "legislation"),
    "regulation": ("misc", "legislation"),
    "legal_case": ("misc", "jurisdiction"),
    "hearing": ("misc", "jurisdiction"),
    "treaty": ("misc", "legal"),
    "personal_communication": ("misc", "letter"),
    "motion_picture": ("misc", "video"),
    "song": ("misc", "audio"),
    "broadcast": ("misc", "audio"),
    "musical_score": ("misc", "music"),
    "graphic": ("misc", "artwork"),
    "figure": ("misc", "image"),
    "performance": ("misc", "performance"),
}
"""CSL type to BibTeX and biblatex; whatever is not here is `@misc`."""

SUBTYPES: Final[dict[str, str]] = {
    "article-magazine": "magazine",
    "article-newspaper": "newspaper",
}
"""What `entrysubtype` calls a type; others by their CSL name."""

_NAMED: Final[dict[str, str]] = {word: name for name, word in SUBTYPES.items()}
_SUBTYPED: Final = frozenset(
    "misc online article book incollection inreference legislation jurisdiction audio video "
    "artwork unpublished review".split()
)
MAY_BE_PREPRINT: Final = frozenset(
    "misc online unpublished electronic www webpage preprint".split()
)
MASTER: Final = later(r"master['\u2019]?s thesis", re.IGNORECASE)


def csl_type(
    kind: str, *, subtype: str = "", is_preprint: bool = False, has_venue: bool = False
) -> str:
    """The type of an entry: by its entry type (lower case) and what goes beyond it.

    `subtype` is `entrysubtype`; `is_preprint` says that it has an arXiv ID or is marked as
    prepublished, `has_venue` that it names a journal or a book.
    """
    if subtype:
        named = named_type(kind, subtype)
        if named is not None:
            return named
    if is_preprint and (kind in MAY_BE_PREPRINT or (kind == "article" and not has_venue)):
        return type_preprint
    return READ.get(kind, type_document)


def named_type(kind: str, subtype: str) -> str | None:
    """The type that `entrysubtype` names, when it does so for this entry type."""
    named = _NAMED.get(subtype)
    if named is not None:
        return named if kind == "article" or kind == "misc" else None
    if kind not in _SUBTYPED or subtype not in _SUBTYPES:
        return None
    return subtype


def default_type(entry: Entry, dialect: Dialect) -> str:
    """The entry type that a dialect has for what the entry is."""
    name = WRITE.get(entry.type, ("misc", "misc"))[dialect == "biblatex"]
    if name == "phdthesis" and MASTER.fullmatch(entry.fields.get("genre", "")):
        return "mastersthesis"
    in_series = name in _PARTS and "collection-title" in entry.fields
    if name in NEEDS_VENUE and not (entry.venue or in_series or _names_venue(entry)):
        return "misc"
    if name == "online" and entry.arxiv is None and main_address(entry) is None:
        # biblatex's data model asks for an address in @online.
        return "misc"
    return name


def main_address(entry: Entry) -> str | None:
    """The address of the work itself, other than arXiv's."""
    raw = entry.extra.get("url")
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    for kinds in (("url",), ("paper", "webpage")):
        for link in entry.links:
            if link.kind in kinds:
                return link.url
    return None


def _names_venue(entry: Entry) -> bool:
    return any(
        name.lower() in ("journal", "journaltitle", "booktitle", "crossref") for name in entry.extra
    )
