"""What a format has no words for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from bibtools.formats.carried import restore, what_is_lost
from bibtools.model import Dating, Entry, Link, Name, PartialDate
from tests.entry_strategies import differences, entries

_full = Entry(
    key="a",
    title="Whole",
    authors=(Name(family="Noether", given="Emmy"),),
    date=PartialDate(1918),
    fields={"volume": "1918", "page": "235-257"},
    creators={"editor": (Name(literal="Society"),)},
    dates={"accessed": Dating(PartialDate(2020, 1, 2))},
    extra={"owner": "me"},
    code=(Link("https://example.org/a", "page"),),
)


# Two whole entries are much to draw.
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(entries(), entries())
def test_what_is_lost_is_restored_on_anything(entry: Entry, other: Entry) -> None:
    restored = restore(other, what_is_lost(entry, other))
    assert what_is_lost(entry, restored) == {}


@settings(max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(entries())
def test_an_entry_loses_nothing_to_itself(entry: Entry) -> None:
    assert differences(entry, entry) == {}
    assert restore(entry, {}) is entry


def test_an_edit_made_elsewhere_wins() -> None:
    back = replace(_full, fields={"volume": "19", "page": "235"})
    carried = what_is_lost(_full, back)
    edited = replace(back, fields={"volume": "20", "page": "235"})
    assert restore(edited, carried) == replace(_full, fields={"page": "235-257", "volume": "20"})


def test_what_a_format_leaves_out_on_purpose_is_not_carried() -> None:
    assert what_is_lost(_full, replace(_full, extra={}), but=["extra.owner"]) == {}


@pytest.mark.parametrize(
    "carried",
    [
        pytest.param("text", id="a text"),
        pytest.param({"title": "x"}, id="no pair"),
        pytest.param({"title": ["", 1, 2]}, id="three"),
        pytest.param({"sources": ["", []]}, id="not carried by anyone"),
        pytest.param({"fields": ["", {}]}, id="all fields at once"),
        pytest.param({"fields.volume": ["00000000", "7"]}, id="another mark"),
    ],
)
def test_what_is_not_carried_changes_nothing(carried: object) -> None:
    assert restore(_full, carried) == _full
