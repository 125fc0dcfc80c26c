"""Values that say no more than "this is on arXiv"."""

from __future__ import annotations

import re

from bibtools.later import later

_NAMES = later(r"arxiv|\bcorr\b|computing research repository", re.IGNORECASE)
_DRESS = later(
    r"https?://|arxiv(?:\.org)?|\bcorr\b|computing research repository|\be-?prints?\b"
    r"|\bpreprints?\b|\b(?:abs|pdf)/|10\.48550/|(?:dx\.)?doi(?:\.org/|:)|\[[\w.-]+\]"
    r"|cornell university|[\s.,;:/(){}\\-]+",
    re.IGNORECASE,
)
_VENUE = later(r"arxiv\b|corr\Z|computing research repository", re.IGNORECASE)


def is_arxiv_venue(venue: str) -> bool:
    """Whether what stands for the venue is arXiv: `arXiv preprint ...`, `CoRR`, as DBLP has it."""
    return _VENUE.match(venue) is not None


def says_arxiv(value: str, number: str) -> bool:
    """Whether a value says no more than that the paper is on arXiv, under the ID `number`.

    `arXiv preprint arXiv:2104.08821`, `abs/2104.08821`, `CoRR` do, and `arXiv--2104`, which
    Google Scholar gives for pages; `Proc. of CoRR Workshop` does not.
    """
    bare = re.sub(rf"{re.escape(number)}(?:v\d+)?(?![\w.])", " ", value)
    if bare == value and not _NAMES.search(value):
        return False
    left = _DRESS.sub("", bare)
    return not left or left == number[:4]
