"""Data that are read when they are looked at are to everybody what they would be at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.sync.changing import changed, differences
from bibtools.sync.kept import Kept, leaner, overlaid, whole

BOATS = {"itemType": "book", "title": "Boats", "tags": [{"tag": "water"}], "deleted": 1}


class Shelf:
    """A source that counts."""

    def __init__(self, *rows: Mapping[str, Any], written: bool = True) -> None:
        self.rows = rows
        self.says = written
        self.readings = 0

    def read(self, place: int) -> Mapping[str, Any]:
        self.readings += 1
        return self.rows[place]

    def written(self, place: int) -> bytes | None:
        return json.dumps(self.rows[place], sort_keys=True).encode() if self.says else None


def test_it_is_the_dictionary_that_it_reads() -> None:
    kept = Kept(Shelf(BOATS), 0)
    assert kept == BOATS
    assert BOATS == kept  # noqa: SIM300  (from both sides)
    assert dict(kept) == {**kept} == whole(kept) == BOATS
    assert (list(kept), len(kept), repr(kept)) == (list(BOATS), len(BOATS), repr(BOATS))
    assert (list(kept.keys()), list(kept.values())) == (list(BOATS), list(BOATS.values()))
    assert kept["title"] == kept.get("title") == "Boats"
    assert ("title" in kept, "date" in kept, kept.get("date", "none")) == (True, False, "none")
    assert kept != {**BOATS, "title": "Kites"}
    assert kept != "Boats"
    with pytest.raises(KeyError):
        kept["date"]
    with pytest.raises(TypeError):
        hash(kept)


def test_what_is_known_of_it_costs_no_reading() -> None:
    shelf = Shelf(BOATS)
    kept = Kept(shelf, 0, {"deleted": 1, "date": None})
    assert (kept["deleted"], kept.get("deleted"), "deleted" in kept) == (1, 1, True)
    assert (kept.get("date"), kept.get("date", "none"), "date" in kept) == (None, "none", False)
    with pytest.raises(KeyError):
        kept["date"]
    assert shelf.readings == 0
    assert kept["title"] == "Boats"
    assert shelf.readings == 1


@pytest.mark.parametrize(
    ("other", "same", "readings"),
    [
        pytest.param(Shelf(dict(BOATS)), True, 0, id="the same bytes"),
        pytest.param(Shelf({**BOATS, "title": "Kites"}), False, 2, id="other bytes"),
        pytest.param(Shelf(dict(BOATS), written=False), True, 2, id="no bytes, the same"),
        pytest.param(Shelf({}, written=False), False, 2, id="no bytes, something else"),
        pytest.param(Shelf({**BOATS, "deleted": True}), True, 2, id="other bytes, the same"),
    ],
)
def test_two_are_compared_by_their_bytes_first(other: Shelf, same: bool, readings: int) -> None:
    mine = Shelf(BOATS)
    assert (Kept(mine, 0) == Kept(other, 0)) is same
    assert mine.readings + other.readings == readings


values = st.one_of(st.integers(0, 2), st.sampled_from(["", "a", "b"]))
data = st.dictionaries(st.sampled_from("abcdef"), values)


@given(data, data)
def test_leaner_data_are_the_same_data(one: dict[str, Any], other: dict[str, Any]) -> None:
    kept = Kept(Shelf(other), 0)
    assert leaner(one, kept) == one
    assert leaner(one, other) is one
    assert differences(leaner(one, kept), one) == ()
    assert changed(other, differences(kept, leaner(one, kept))) == one


@given(data, st.sampled_from("abcdef"), values)
def test_one_value_over_others(one: dict[str, Any], name: str, value: Any) -> None:
    expected = {**one, name: value}
    assert overlaid(one, name, value) == expected
    assert overlaid(Kept(Shelf(one), 0), name, value) == expected
    again = overlaid(overlaid(Kept(Shelf(one), 0), name, "first"), name, value)
    assert (again, again[name]) == (expected, value)


def test_data_that_say_the_same_are_those_that_are_kept() -> None:
    kept = Kept(Shelf(BOATS), 0)
    assert leaner(dict(BOATS), kept) is kept
    assert overlaid(kept, "title", "Boats") is kept
