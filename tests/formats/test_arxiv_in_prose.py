"""An arXiv ID in a note is the entry's own, or another paper's."""

from __future__ import annotations

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries

OWN = [
    "arXiv:2104.00011",
    "arXiv:2104.00011 [cs.CL]",
    "arXiv preprint arXiv:2104.00011v2",
    "Preprint, arXiv:2104.00011",
    "Available at arXiv:2104.00011",
    "Available as arXiv preprint arXiv:2104.00011",
    "Submitted to J. Boats. arXiv:2104.00011",
    "arXiv:2104.00011, submitted to J. Boats",
    "To appear in J. Boats (arXiv:2104.00011)",
    "Full version at arXiv:2104.00011",
    r"\url{https://arxiv.org/abs/2104.00011}",
    r"Available at \url{https://arxiv.org/abs/2104.00011}",
    "12 pages; arXiv:2104.00011",
]
ANOTHERS = [
    "Extends arXiv:2104.00011 by two theorems",
    "Comment on arXiv:2104.00011",
    "Reply to arXiv:2104.00011",
    "See arXiv:2104.00011",
    "see also arXiv:2104.00011",
    "compare with arXiv:2104.00011",
    "Extended version of arXiv:2104.00011",
    "Supersedes arXiv:2104.00011",
    "Builds on arXiv:2104.00011, and on ships",
    "Companion paper: arXiv:2104.00011",
    "A sequel to arXiv:2104.00011",
    "Erratum to arXiv:2104.00011",
    "Proves a conjecture of Roux in arXiv:2104.00011",
    r"Comment on \url{https://arxiv.org/abs/2104.00011}",
    "Part II of arXiv:2104.00011",
    "arXiv:2104.00011 has the first half",
]


def read(field: str, value: str) -> str | None:
    text = f"@article{{k, title={{Boats}}, author={{Example, Ada}}, {field}={{{value}}}}}\n"
    ((entry,), _) = read_entries(Document.parse(text.encode()))
    return entry.arxiv.value if entry.arxiv is not None else None


@pytest.mark.parametrize("value", OWN)
def test_the_entrys_own(value: str) -> None:
    assert read("note", value) == "2104.00011"


@pytest.mark.parametrize("field", ["note", "annote", "addendum"])
@pytest.mark.parametrize("value", ANOTHERS)
def test_another_papers(field: str, value: str) -> None:
    assert read(field, value) is None
