"""Dates as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given

from bibtools.model import Dating, PartialDate
from bibtools.text.typed_dates import read_typed_date
from tests.entry_strategies import datings


@pytest.mark.parametrize(
    ("typed", "edtf"),
    [
        pytest.param("2014-12-31", "2014-12-31", id="iso"),
        pytest.param("2014-12-31/2015-01-01", "2014-12-31/2015-01-01", id="edtf span"),
        pytest.param("30-Mar-2020", "2020-03-30", id="day-month-year"),
        pytest.param("Oct 19, 1966", "1966-10-19", id="american"),
        pytest.param("9 March 2020", "2020-03-09", id="british"),
        pytest.param("15 juin 2009", "2009-06-15", id="french"),
        pytest.param("3 de mayo de 1999", "1999-05-03", id="spanish"),
        pytest.param("1. März 2008", "2008-03-01", id="german"),
        pytest.param("2007-6-29", "2007-06-29", id="figures without zeros"),
        pytest.param("2019/09/25", "2019-09-25", id="slashes, year first"),
        pytest.param("4/7/2014", "2014-04-07", id="month first"),
        pytest.param("22/09/2020", "2020-09-22", id="no month 22"),
        pytest.param("31.12.1999", "1999-12-31", id="dots"),
        pytest.param("12/2012", "2012-12", id="month and year"),
        pytest.param("July, 2011", "2011-07", id="month in words and year"),
        pytest.param("2000年12月22日", "2000-12-22", id="chinese"),
        pytest.param("2016/09/22 17:12:01", "2016-09-22", id="time is dropped"),
        pytest.param("1999-01-uu", "1999-01", id="day unknown"),
        pytest.param("[2007]", "2007", id="in brackets"),
        pytest.param("c. 1850", "1850~", id="circa"),
        pytest.param("1723?", "1723?", id="uncertain"),
        pytest.param("Summer 1995", "1995-22", id="season"),
        pytest.param("printemps 1985", "1985-21", id="french season"),
        pytest.param("2-7 December 2007", "2007-12-02/2007-12-07", id="days of a month"),
        pytest.param("29 June-1 July 2011", "2011-06-29/2011-07-01", id="days of two months"),
        pytest.param("January 30–February 3, 1989", "1989-01-30/1989-02-03", id="american span"),
        pytest.param("July-October 1985", "1985-07/1985-10", id="months"),
        pytest.param("1997-1999", "1997/1999", id="years"),
        pytest.param("1800-01-01--1800-12-31", "1800-01-01/1800-12-31", id="two dashes"),
    ],
)
def test_dates(typed: str, edtf: str) -> None:
    found, original = read_typed_date(typed)
    assert (found.edtf(), original) == (edtf, None)
    assert found.literal is None


@pytest.mark.parametrize(
    "typed",
    ["n.d.", "forthcoming", "31/31/1999", "30 February 2001", "Foo 2001", "--", "199u", "a/b/c/d"],
)
def test_what_is_no_date_is_the_literal(typed: str) -> None:
    assert read_typed_date(typed) == (Dating(literal=typed), None)


@pytest.mark.parametrize("typed", ["2004 [1929]", "[1929]2004", "[1929] 2004"])
def test_the_year_of_the_original(typed: str) -> None:
    assert read_typed_date(typed) == (Dating(PartialDate(2004)), Dating(PartialDate(1929)))


@given(datings())
def test_what_we_write_is_read_back(dating: Dating) -> None:
    if dating.literal is None:
        assert read_typed_date(dating.edtf()) == (dating, None)
