"""Records that an identifier leads to: the entry's own, perhaps, and another work's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.own_record import is_own_paper, is_own_record
from bibtools.model import ArxivId, Entry, Name, Outcome, PartialDate

ADA, MAX, ZOE = (Name(family="Example", given="Ada"), Name(family="Muster", given="Max"),
                 Name(family="Zed", given="Zoe"))  # fmt: skip
TITLE = "Folding Paper Boats with Learned Creases"
ENTRY = Entry(title=TITLE, authors=(ADA, MAX))
TEAPOTS = "Quantum Gravity of Teapots in Curved Kitchens"
SERIES = "Boats and Knots II: Practice"
TEXT = (
    "We fold paper boats along creases that a network has learnt from ten thousand hulls, and "
    "watch how long they float on a quiet pond before their bottoms soak and they sink."
)

SURE, LIKELY, NONE = Outcome.SURE, Outcome.LIKELY, Outcome.NONE

CASES = [
    # What is the entry's own.
    ("the same", {}, {}, SURE),
    ("in capitals and LaTeX", {"title": r"Folding {P}aper {\em Boats} with L\'earned Creases"},
     {"title": TITLE.upper()}, SURE),
    ("a subtitle in print", {"title": f"{TITLE}: A Study in Folds"}, {}, SURE),
    ("a subtitle at arXiv", {}, {"title": f"{TITLE}: A Study in Folds"}, SURE),
    ("an extended version", {}, {"title": f"{TITLE} (Extended Version)"}, SURE),
    ("a retracted paper", {}, {"title": f"RETRACTED: {TITLE}"}, SURE),
    ("nobody named", {"authors": ()}, {}, SURE),
    ("initials, and one more", {"authors": (Name(literal="A. Example"), Name(literal="M. Muster"))},
     {"authors": (ADA, MAX, ZOE)}, SURE),
    ("a cut list", {"authors": (ADA,), "authors_truncated": True}, {}, SURE),
    ("only the identifier", {"title": None, "authors": ()}, {}, SURE),
    ("only authors", {"title": None}, {}, SURE),
    ("Cyrillic names", {"authors": (Name(literal="Иван Петров"),)},
     {"authors": (Name(literal="Ivan Petrov"),)}, SURE),
    ("a collaboration for its people", {"authors": (Name(literal="The BOATS Collaboration"),)}, {},
     SURE),
    ("another title at the same place", {"fields": {"volume": "7", "page": "11-29"}},
     {"title": "Papierschiffchen falten", "fields": {"volume": "7", "page": "11"}}, SURE),
    ("another title over the same abstract", {"abstract": TEXT},
     {"title": "Learning to Crease", "abstract": TEXT}, SURE),
    # What may be: to be asked.
    ("retitled", {}, {"title": "Learned Creases for Folding Boats out of Paper Sheets"}, LIKELY),
    ("one word more", {}, {"title": "Folding Big Paper Boats with Learned Creases"}, LIKELY),
    ("the other way to do it", {"title": "Boats and Knots: Theory"},
     {"title": "Boats and Knots: Practice"}, LIKELY),
    ("the same title by others", {}, {"authors": (ZOE,)}, LIKELY),
    ("no title, another time", {"title": None, "date": PartialDate(2001)},
     {"date": PartialDate(2019)}, LIKELY),
    ("a title that many have, nobody named", {"title": "Editorial", "authors": ()},
     {"title": "Editorial"}, LIKELY),
    ("the book for its chapter", {"type": "chapter"}, {"type": "book"}, LIKELY),
    # What is another work.
    ("another title by the same authors", {}, {"title": TEAPOTS}, NONE),
    ("another title by one of them", {}, {"title": TEAPOTS, "authors": (ADA, ZOE)}, NONE),
    ("another title by a namesake", {"authors": (Name(literal="Wang, W."),)},
     {"title": TEAPOTS, "authors": (Name(literal="Wei Wang"), ZOE)}, NONE),
    ("another title, nobody named", {"authors": ()}, {"title": TEAPOTS}, NONE),
    ("part I for part II", {"title": SERIES}, {"title": "Boats and Knots I: Theory"}, NONE),
    ("SU(3) for SU(2)", {"title": "Lattice study of $SU(2)$ gauge theory"},
     {"title": "Lattice study of SU(3) gauge theory"}, NONE),
    ("beta for alpha", {"title": r"The $\alpha$ decay of boats"},
     {"title": r"The $\beta$ decay of boats"}, LIKELY),
    ("not", {}, {"title": "Not Folding Paper Boats with Learned Creases"}, NONE),
    ("its erratum", {}, {"title": f"Erratum: {TITLE}"}, NONE),
    ("a comment on it", {}, {"title": f"Comment on {TITLE}"}, NONE),
    ("no title, other authors", {"title": None}, {"title": TEAPOTS, "authors": (ZOE,)}, NONE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "outcome"),
    [pytest.param(ours, theirs, outcome, id=name) for name, ours, theirs, outcome in CASES],
)
def test_whose_record_it_is(
    ours: dict[str, object], theirs: dict[str, object], outcome: Outcome
) -> None:
    entry, record = replace(ENTRY, **ours), replace(ENTRY, **theirs)  # type: ignore[arg-type]
    assert is_own_record(entry, record)[0] is outcome


INDEXED = ("another title by the same authors", "part I for part II", "SU(3) for SU(2)", "retitled",
           "a subtitle at arXiv", "the same", "no title, other authors")  # fmt: skip


@pytest.mark.parametrize("name", INDEXED)
def test_the_index_is_judged_alike(name: str) -> None:
    ours, theirs, outcome = next(case[1:] for case in CASES if case[0] == name)
    entry, record = replace(ENTRY, **ours), replace(ENTRY, **theirs)  # type: ignore[arg-type]
    names = "; ".join(one.display() for one in record.authors)
    paper = IndexedPaper(ArxivId("2104.00011"), record.title or "", names)
    assert is_own_paper(entry, paper)[0] is outcome


def test_two_identifiers_that_lead_to_one_record_outweigh_its_title() -> None:
    other = replace(ENTRY, title="Papierschiffchen falten")
    assert is_own_record(ENTRY, other)[0] is NONE
    assert is_own_record(ENTRY, other, named=True)[0] is SURE
    assert is_own_record(ENTRY, replace(other, authors=(ZOE,)), named=True)[0] is NONE
