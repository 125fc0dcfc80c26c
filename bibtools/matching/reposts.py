"""What is no publication: preprints, reposts, and works of another kind than a paper."""

from __future__ import annotations

import re

from bibtools.model import Entry, type_preprint

REPOST_DOIS: tuple[tuple[str, str], ...] = (
    ("10.48550/", "arXiv"),
    ("10.65215/", "a repost"),
    ("10.2139/ssrn", "SSRN"),
    ("10.21203/rs.", "Research Square"),
    ("10.1101/", "bioRxiv or medRxiv"),
    ("10.64898/", "bioRxiv or medRxiv"),
    ("10.26434/", "ChemRxiv"),
    ("10.20944/", "Preprints.org"),
    ("10.36227/", "TechRxiv"),
    ("10.22541/", "Authorea"),
    ("10.31234/", "PsyArXiv"),
    ("10.31235/", "SocArXiv"),
    ("10.31219/", "OSF Preprints"),
    ("10.31223/", "EarthArXiv"),
    ("10.35542/", "EdArXiv"),
    ("10.32942/", "EcoEvoRxiv"),
    ("10.7287/peerj.preprints", "PeerJ Preprints"),
    ("10.14293/pr2199", "ScienceOpen Preprints"),
    ("10.13140/", "ResearchGate"),
    ("10.5281/", "Zenodo"),
    ("10.6084/", "figshare"),
    ("10.17605/", "OSF"),
)
"""Beginnings of DOIs, in lower case, under which nothing is published: preprint servers,
repositories and reposts; and whose they are. The journals of Cold Spring Harbor share bioRxiv's
prefix; their DOIs have letters where a preprint has digits."""

_BIORXIV = re.compile(r"10\.1101/(?:\d{4}\.\d\d\.\d\d\.)?\d{5,}(?:v\d+)?")
PREPRINT_SERVER = re.compile(
    r"\b(?:arxiv|corr|computing research repository|biorxiv|medrxiv|chemrxiv|techrxiv|psyarxiv"
    r"|ssrn|research ?square|authorea|preprints?|osf|zenodo|figshare|vixra|e-?prints?"
    r"|submitted to)\b",
    re.IGNORECASE,
)
"""Names of preprint servers in the place of a venue."""

OTHER_KINDS = {
    "book": "it is a book",
    "thesis": "it is a thesis",
    "dataset": "it is a data set",
    "software": "it is software",
    "report": "it is a report",
    "webpage": "it is a web page",
    "patent": "it is a patent",
    "periodical": "it is a periodical",
    "standard": "it is a standard",
    "review": "it is a review",
    "review-book": "it is a book review",
    "manuscript": "it is a manuscript",
    "speech": "it is a talk",
}
"""Types of record that are another work than a paper of the same title: CSL's types."""


def repost(entry: Entry) -> str | None:
    """Where the record is a preprint or a repost ("SSRN"), or None for what may be published."""
    if entry.doi is not None:
        doi = entry.doi.folded
        for head, name in REPOST_DOIS:
            if doi.startswith(head) and (head != "10.1101/" or _BIORXIV.fullmatch(doi)):
                return name
    server = PREPRINT_SERVER.search(entry.venue) if entry.venue else None
    if entry.type == type_preprint and (server is not None or not entry.venue):
        # Crossref's "posted content", whoever posted it.
        return server[0] if server is not None else "a preprint server"
    # Semantic Scholar names arXiv as the venue of papers that have a publisher's DOI.
    return server[0] if server is not None and entry.doi is None else None
