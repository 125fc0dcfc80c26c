"""Titles with a year or authors typed beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.model import Name
from bibtools.sites.title_readings import MOST, Reading, readings

BOATS = "Folding Paper Boats with Learned Creases"
EXAMPLE = (Name(family="Example"),)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        pytest.param(f"{BOATS} (2021)", Reading(BOATS, (), 2021), id="year in brackets"),
        pytest.param(f"{BOATS} [2021].", Reading(BOATS, (), 2021), id="square brackets"),
        pytest.param(f"{BOATS}, 2021", Reading(BOATS, (), 2021), id="year behind a comma"),
        pytest.param(f"{BOATS}. 2021.", Reading(BOATS, (), 2021), id="year behind a stop"),
        pytest.param(f"{BOATS}, 2021a", Reading(BOATS, (), 2021), id="year with a letter"),
        pytest.param(f"{BOATS} 2021", Reading(BOATS, (), 2021, loose=True), id="bare year"),
        pytest.param(f"{BOATS} (ICML 2021)", Reading(BOATS, (), 2021), id="venue and year"),
        pytest.param(f"Example et al. 2021 {BOATS}", Reading(BOATS, EXAMPLE, 2021), id="et al."),
        pytest.param(f"Example et al. (2021). {BOATS}.", Reading(BOATS, EXAMPLE, 2021), id="APA"),
        pytest.param(f"Example et al., 2021: {BOATS}", Reading(BOATS, EXAMPLE, 2021), id="colon"),
        pytest.param(f"Example 2021 {BOATS}", Reading(BOATS, EXAMPLE, 2021), id="author and year"),
        pytest.param(f"example et al {BOATS}", Reading(BOATS, (Name(family="example"),)),
                     id="small letters"),
        pytest.param(f"{BOATS} - Example", Reading(BOATS, EXAMPLE), id="dash"),
        pytest.param(f"{BOATS} \u2014 Example et al.", Reading(BOATS, EXAMPLE), id="long dash"),
        pytest.param(f"{BOATS} by Ada Example", Reading(BOATS, (Name("Example", "Ada"),)), id="by"),
        pytest.param(f"{BOATS} (Example et al., 2021)", Reading(BOATS, EXAMPLE, 2021),
                     id="citation in brackets"),
        pytest.param(f"Ada Example, Max Muster: {BOATS}",
                     Reading(BOATS, (Name("Example", "Ada"), Name("Muster", "Max"))),
                     id="authors before"),
        pytest.param(f"Example, A., & Muster, M. (2021). {BOATS}",
                     Reading(BOATS, (Name("Example", "A."), Name("Muster", "M")), 2021),
                     id="turned names"),
        pytest.param(f"{BOATS} (Li and Roux, 2021)",
                     Reading(BOATS, (Name(family="Li"), Name(family="Roux")), 2021),
                     id="short names"),
        pytest.param(f'A. Example et al., "{BOATS}," in NeurIPS, 2021.',
                     Reading(BOATS, (Name("Example", "A."),), 2021), id="IEEE"),
        pytest.param(f'Example: "{BOATS}" revisited, 2021',
                     Reading(BOATS, EXAMPLE, 2021, loose=True), id="words behind the quotes"),
    ],
)  # fmt: skip
def test_the_likeliest_reading(text: str, first: Reading) -> None:
    assert readings(text)[0] == first


@pytest.mark.parametrize("text", ["Learning to Float", BOATS, "", "2021", "(2021)", "x" * 900])
def test_nothing_stands_beside(text: str) -> None:
    assert readings(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{BOATS} (Somebody+, 2021)", id="what is no name"),
        pytest.param(f"{BOATS} (Somebody et al., 2021)", id="names"),
        pytest.param(f"Example et al. (2021). {BOATS}. Part II", id="part"),
    ],
)
def test_what_is_passed_over_leaves_a_doubt(text: str) -> None:
    found = [one for one in readings(text) if one.title == BOATS]
    assert found
    assert all(one.loose or one.authors == (Name(family="Somebody"),) for one in found)


def test_the_reading_is_told() -> None:
    assert str(Reading("Boats", EXAMPLE, 2021)) == '"Boats", by Example, 2021'
    three = (*EXAMPLE, Name("Muster", "Max"), Name("Roux", "Bea"))
    assert str(Reading("Boats", three)) == '"Boats", by Example, Max Muster and others'


@given(st.text("Ab9 ,.:()[]\"'-et al by and2021&/\u2014\n", max_size=120))
def test_any_text_has_few_readings_and_each_has_words_of_it(text: str) -> None:
    found = readings(text)
    assert len(found) <= MOST
    for one in found:
        assert one.title in text
        assert one.authors or one.year
