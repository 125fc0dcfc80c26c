"""Dates that say more than a day."""

from __future__ import annotations

import pytest
from hypothesis import given

from bibtools.model import Dating, PartialDate, parse_dating
from tests.entry_strategies import datings

_year = PartialDate(2014)


@pytest.mark.parametrize(
    ("text", "expected", "written"),
    [
        pytest.param("2014", Dating(_year), "2014", id="year"),
        pytest.param("2014-00-00", Dating(_year), "2014", id="year as Zotero writes it"),
        pytest.param("2014-12-31", Dating(PartialDate(2014, 12, 31)), "2014-12-31", id="day"),
        pytest.param("2014/2015", Dating(_year, PartialDate(2015)), "2014/2015", id="span"),
        pytest.param("2014/", Dating(_year, open_end=True), "2014/..", id="open span"),
        pytest.param("../2014", Dating(None, _year), "../2014", id="span without a start"),
        pytest.param("2014-24~", Dating(_year, season=4, circa=True), "2014-24~", id="season"),
        pytest.param(
            "2014%", Dating(_year, circa=True, uncertain=True), "2014%", id="circa and uncertain"
        ),
        pytest.param("-0332", Dating(PartialDate(-332)), "-0332", id="333 BC"),
        pytest.param(
            "2014-12-31 23:59:58",
            Dating(PartialDate(2014, 12, 31), time="23:59:58"),
            "2014-12-31T23:59:58",
            id="time",
        ),
        pytest.param("2014-02-30", Dating(literal="2014-02-30"), "2014-02-30", id="no such day"),
        pytest.param(" in\n press ", Dating(literal="in press"), "in press", id="words"),
        pytest.param("1/2/3", Dating(literal="1/2/3"), "1/2/3", id="two slashes"),
        pytest.param("/", Dating(literal="/"), "/", id="nothing but a slash"),
    ],
)
def test_a_text_is_read(text: str, expected: Dating, written: str) -> None:
    found = parse_dating(text)
    assert found == expected
    assert found.edtf() == written


@given(datings())
def test_what_is_written_is_read_again(dating: Dating) -> None:
    assert parse_dating(dating.edtf()) == dating


@pytest.mark.parametrize(
    ("dating", "simple"),
    [
        pytest.param(Dating(_year), True, id="a year"),
        pytest.param(Dating(_year, circa=True), False, id="about a year"),
        pytest.param(Dating(literal="soon"), False, id="words"),
    ],
)
def test_simple_is_a_start_alone(dating: Dating, simple: bool) -> None:
    assert dating.simple is simple
