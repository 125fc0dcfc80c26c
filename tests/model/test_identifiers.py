"""Identifiers: every dress that is one, and the look-alikes that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.model import ArxivId, Doi, parse_arxiv, parse_doi


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2104.08821", ArxivId("2104.08821"), id="five digits"),
        pytest.param("0704.0001", ArxivId("0704.0001"), id="first of the new style"),
        pytest.param("1412.6980v9", ArxivId("1412.6980", 9), id="version"),
        pytest.param("arXiv:2104.08821v2", ArxivId("2104.08821", 2), id="prefix"),
        pytest.param("ARXIV: 2104.08821", ArxivId("2104.08821"), id="prefix in capitals, blank"),
        pytest.param("https://arxiv.org/abs/2104.08821", ArxivId("2104.08821"), id="abs page"),
        pytest.param(
            "http://www.arxiv.org/pdf/2104.08821v3.pdf", ArxivId("2104.08821", 3), id="pdf"
        ),
        pytest.param("arxiv.org/abs/2104.08821?context=cs", ArxivId("2104.08821"), id="query"),
        pytest.param("https://arxiv.org/html/2104.08821v1/", ArxivId("2104.08821", 1), id="html"),
        pytest.param("10.48550/arXiv.2310.06694", ArxivId("2310.06694"), id="DOI"),
        pytest.param(
            "https://doi.org/10.48550/ARXIV.2310.06694", ArxivId("2310.06694"), id="DOI page"
        ),
        pytest.param("2104.08821 [cs.CL]", ArxivId("2104.08821"), id="class beside it"),
        pytest.param("hep-th/9901001", ArxivId("hep-th/9901001"), id="old style"),
        pytest.param("math.GT/0309136", ArxivId("math/0309136"), id="old style with subject"),
        pytest.param("quant-ph/9508027v2", ArxivId("quant-ph/9508027", 2), id="old style, version"),
        pytest.param(
            "cond-mat.mes-hall/0703001", ArxivId("cond-mat/0703001"), id="hyphenated subject"
        ),
        pytest.param("2104.0882", None, id="four digits after 2014"),
        pytest.param("1412.00001", None, id="five digits before 2015"),
        pytest.param("2113.00001", None, id="month 13"),
        pytest.param("0703.0001", None, id="new style before April 2007"),
        pytest.param("2104.00000", None, id="number zero"),
        pytest.param("hep-th/0704001", None, id="old style after March 2007"),
        pytest.param("hep-xx/9901001", None, id="no such archive"),
        pytest.param("12104.08821", None, id="digit before"),
        pytest.param("2104.088211", None, id="digit after"),
        pytest.param("2104.08821v0", None, id="version zero"),
        pytest.param("", None, id="empty"),
        pytest.param("\u0662104.08821", None, id="Arabic digit"),
    ],
)
def test_parse_arxiv(text: str, expected: ArxivId | None) -> None:
    assert parse_arxiv(text) == expected


@pytest.mark.parametrize(
    ("value", "year", "month"),
    [
        ("2104.08821", 2021, 4),
        ("0704.0001", 2007, 4),
        ("hep-th/9901001", 1999, 1),
        ("math/0309136", 2003, 9),
        ("hep-th/9108001", 1991, 8),
    ],
)
def test_an_arxiv_id_tells_its_month(value: str, year: int, month: int) -> None:
    assert (ArxivId(value).year, ArxivId(value).month) == (year, month)


@given(st.integers(2015, 2026), st.integers(1, 12), st.integers(1, 99999))
def test_what_is_printed_is_parsed(year: int, month: int, number: int) -> None:
    value = ArxivId(f"{year % 100:02}{month:02}.{number:05}")
    assert parse_arxiv(str(value)) == value
    assert parse_arxiv(value.url) == value
    assert parse_arxiv(value.doi) == value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("10.1145/3442188", Doi("10.1145/3442188"), id="plain"),
        pytest.param("doi:10.1145/3442188", Doi("10.1145/3442188"), id="prefix"),
        pytest.param("https://doi.org/10.1145/3442188", Doi("10.1145/3442188"), id="address"),
        pytest.param("http://dx.doi.org/10.1000/a%2Fb", Doi("10.1000/a/b"), id="escaped address"),
        pytest.param(
            "10.1016/0370-2693(95)00396-3", Doi("10.1016/0370-2693(95)00396-3"), id="brackets"
        ),
        pytest.param("10.1145", None, id="no suffix"),
        pytest.param("10x1234/abc", None, id="no dot"),
        pytest.param("10.1145/34 42", None, id="blank inside"),
        pytest.param("", None, id="empty"),
    ],
)
def test_parse_doi(text: str, expected: Doi | None) -> None:
    assert parse_doi(text) == expected


def test_dois_are_compared_without_case() -> None:
    assert Doi("10.1145/ABC").folded == Doi("10.1145/abc").folded
