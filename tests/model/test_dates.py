"""Partial dates."""

from __future__ import annotations

import pytest

from bibtools.model import PartialDate, parse_iso


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2023", PartialDate(2023), id="year"),
        pytest.param("2023-10", PartialDate(2023, 10), id="month"),
        pytest.param("2023-10-10", PartialDate(2023, 10, 10), id="day"),
        pytest.param("2024-02-29", PartialDate(2024, 2, 29), id="leap day"),
        pytest.param("2023-02-29", None, id="no such day"),
        pytest.param("2023-13", None, id="no such month"),
        pytest.param("2023-1-1", None, id="not padded"),
        pytest.param("circa 1999", None, id="prose"),
        pytest.param("", None, id="empty"),
    ],
)
def test_parse_iso(text: str, expected: PartialDate | None) -> None:
    assert parse_iso(text) == expected
    if expected is not None:
        assert expected.iso() == text


@pytest.mark.parametrize("parts", [(2023, None, 5), (10000,), (2023, 0), (2023, 4, 31)])
def test_impossible_dates_cannot_be_made(parts: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"year|day|month"):
        PartialDate(*parts)


def test_precision_counts_the_known_parts() -> None:
    dates = [PartialDate(2023), PartialDate(2023, 1), PartialDate(2023, 1, 1)]
    assert [date.precision for date in dates] == [1, 2, 3]
