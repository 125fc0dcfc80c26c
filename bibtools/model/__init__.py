"""Frozen values: what things are. No input, no output, only the standard library."""

from bibtools.model.dates import PartialDate, parse_iso
from bibtools.model.dating import Dating, parse_dating
from bibtools.model.entries import Doubt, Entry, Link, Source, type_document, type_preprint
from bibtools.model.evidence import Candidate, Outcome, Resolution
from bibtools.model.identifiers import ArxivId, Doi, parse_arxiv, parse_doi
from bibtools.model.names import Name
from bibtools.model.notices import Notice

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
