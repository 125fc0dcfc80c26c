"""What `check --online` calls a difference, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bibtools.model import Entry, Name, PartialDate
from bibtools.sites.asking import Question
from bibtools.sites.records import Record
from bibtools.workflows.check_differences import differences, is_translated

ADA, MAX = Name(family="Example", given="Ada"), Name(family="Muster", given="Max")
ZOE = Name(family="Zed", given="Zoe")
OURS = Entry(
    type="article-journal",
    title="Folding Paper Boats with Learned Creases",
    authors=(ADA, MAX),
    date=PartialDate(2022),
    venue="Journal of Boats",
    fields={"volume": "7", "page": "11-29"},
)
DOI = Question("crossref", "doi", "10.1234/b")


@pytest.mark.parametrize(
    ("ours", "theirs", "kinds"),
    [
        pytest.param({}, {}, [], id="the same"),
        pytest.param({"title": "Lattice study of SU(2) gauge theory"},
                     {"title": "Lattice study of SU(3) gauge theory"}, ["title"], id="SU(2)"),
        pytest.param({"title": "Boats and Knots II: Theory"},
                     {"title": "Boats and Knots I: Theory"}, ["title"], id="part II"),
        pytest.param({"title": "Attention Is All You Need"},
                     {"title": "Attention Is Not All You Need"}, ["title"], id="not"),
        pytest.param({"title": "Folding Paper Boats"}, {}, [], id="a subtitle left out"),
        pytest.param({"title": "Folding paper boats with learnt creases"}, {}, [], id="spelling"),
        pytest.param({"title": "On the Folding of Paper Boats"},
                     {"title": "Über das Falten von Papierschiffen"}, [], id="a translation"),
        pytest.param({"authors": (ADA, MAX)}, {"authors": (ADA, ZOE)}, ["authors"],
                     id="one of two is invented"),
        pytest.param({"authors": (ADA, MAX)}, {"authors": (MAX, ADA)}, [], id="another order"),
        pytest.param({"authors": (ADA, MAX)}, {"authors": (ADA,)}, [], id="a shorter record"),
        pytest.param({"authors": (ADA,)}, {"authors": (ADA, MAX)}, [], id="the first alone"),
        pytest.param({"authors": (Name(family="Petrov", given="Ivan"),)},
                     {"authors": (Name(family="Петров", given="Иван"),)}, [], id="another script"),
        pytest.param({"authors": (Name(family="Muster", given="AJ"),)},
                     {"authors": (Name(family="Muster", given="Andrew J."),)}, [], id="initials"),
        pytest.param({"authors": (ADA, Name(family="Mustre", given="Max"))}, {}, [], id="a slip"),
        pytest.param({"venue": "Proceedings of the Kite Society"}, {}, ["venue"], id="venue"),
        pytest.param({"venue": "J. Boats"}, {}, [], id="an abbreviated venue"),
        pytest.param({"venue": "JB"}, {}, [], id="an acronym"),
        pytest.param({"venue": "arXiv preprint arXiv:2104.00011"}, {}, [], id="arXiv is no venue"),
        pytest.param({"fields": {"page": "e200"}}, {"fields": {"page": "e100"}}, ["page"],
                     id="an article number"),
        pytest.param({"fields": {"page": "e200"}}, {"fields": {"page": "1-9"}}, [],
                     id="a number beside pages"),
        pytest.param({"fields": {"page": "011--29"}}, {}, [], id="zeros"),
        pytest.param({"date": PartialDate(2020)}, {}, ["year"], id="two years off"),
        pytest.param({"date": PartialDate(2021)}, {}, [], id="the online year"),
    ],
)  # fmt: skip
def test_differences(ours: dict[str, object], theirs: dict[str, object], kinds: list[str]) -> None:
    entry, record = replace(OURS, **ours), replace(OURS, **theirs)  # type: ignore[arg-type]
    assert [one.kind for one in differences(entry, [(DOI, Record(record, "10.1234/b"))])] == kinds


@pytest.mark.parametrize(
    ("title", "authors", "translated"),
    [
        pytest.param("Über das Falten von Papierschiffen", (ADA, MAX), True, id="German"),
        pytest.param("Складывание бумажных корабликов", (ADA, MAX), True, id="Cyrillic"),
        pytest.param("Über das Falten von Papierschiffen", (ADA, ZOE), False, id="others"),
        pytest.param("On the Theory of Kites in Strong Wind", (ADA, MAX), False, id="English"),
    ],
)
def test_translations(title: str, authors: tuple[Name, ...], *, translated: bool) -> None:
    entry = replace(OURS, title="On the Folding of Paper Boats")
    assert is_translated(entry, replace(OURS, title=title, authors=authors)) is translated
