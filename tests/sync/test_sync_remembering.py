"""What is remembered of an entry after a run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bibtools.model import Entry
from bibtools.sync.remembering import remember_here
from bibtools.sync.values import Agreed, FieldChange, LocalEntry

DATA: dict[str, Any] = {"itemType": "book", "title": "Kites", "citationKey": "kites"}
NEW = {**DATA, "publisher": "Press"}
CHANGE = (FieldChange("publisher", None, "Press"),)


def entry(print_: str, data: dict[str, Any]) -> LocalEntry:
    return LocalEntry("kites", print_, Entry("book"), data)


ROW = Agreed("ITEM2345", "kites", "old", 3, DATA, DATA)
CASES = [
    pytest.param(DATA, entry("old", DATA), (), entry("old", DATA), ("old", DATA), id="unchanged"),
    pytest.param(
        NEW, entry("old", DATA), CHANGE, entry("new", NEW), ("new", NEW), id="a step changed it"
    ),
    pytest.param(
        DATA, entry("old", DATA), (), entry("new", NEW), ("", DATA), id="it inherits something new"
    ),
    pytest.param(
        DATA, entry("old", DATA), (), entry("new", DATA), ("new", DATA), id="another spelling"
    ),
    pytest.param(DATA, None, (), entry("new", NEW), ("new", NEW), id="it was added"),
    pytest.param(DATA, entry("old", DATA), (), None, ("", DATA), id="it is gone"),
]


@pytest.mark.parametrize(("planned", "before", "steps", "now", "wanted"), CASES)
def test_what_is_remembered(
    planned: dict[str, Any],
    before: LocalEntry | None,
    steps: tuple[FieldChange, ...],
    now: LocalEntry | None,
    wanted: tuple[str, dict[str, Any]],
) -> None:
    row = remember_here(replace(ROW, here=planned, pending=True), before, steps, now)
    print_, here = wanted
    assert row == replace(ROW, print=print_, here=here, pending=False)
