"""Frozen values: what things are. No input, no output, only the standard library.

Each name is loaded when it is first used: a search needs few of them, and making a value class
takes Python most of a millisecond.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bibtools.model.dates import PartialDate, parse_iso
    from bibtools.model.dating import Dating, parse_dating
    from bibtools.model.entries import Doubt, Entry, Link, Source, type_document, type_preprint
    from bibtools.model.evidence import Candidate, Outcome, Resolution
    from bibtools.model.identifiers import ArxivId, Doi, parse_arxiv, parse_doi
    from bibtools.model.names import Name
    from bibtools.model.notices import Notice

_HOMES = {
    "ArxivId": "identifiers",
    "Candidate": "evidence",
    "Dating": "dating",
    "Doi": "identifiers",
    "Doubt": "entries",
    "Entry": "entries",
    "Link": "entries",
    "Name": "names",
    "Notice": "notices",
    "Outcome": "evidence",
    "PartialDate": "dates",
    "Resolution": "evidence",
    "Source": "entries",
    "parse_arxiv": "identifiers",
    "parse_dating": "dating",
    "parse_doi": "identifiers",
    "parse_iso": "dates",
    "type_document": "entries",
    "type_preprint": "entries",
}

__all__ = [
    "ArxivId",
    "Candidate",
    "Dating",
    "Doi",
    "Doubt",
    "Entry",
    "Link",
    "Name",
    "Notice",
    "Outcome",
    "PartialDate",
    "Resolution",
    "Source",
    "parse_arxiv",
    "parse_dating",
    "parse_doi",
    "parse_iso",
    "type_document",
    "type_preprint",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'bibtools.model' has no attribute {name!r}")
    found = getattr(importlib.import_module(f"bibtools.model.{home}"), name)
    globals()[name] = found
    return found
