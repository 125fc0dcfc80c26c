"""One file, several collections of a library, and what is remembered of each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.state import read_state
from bibtools.sync import bib_side, item_side
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, SECOND, Desk, desk_in

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def scopes(desk: Desk) -> list[tuple[str, list[bool]]]:
    """Name and rows (whether pending) of each part that is remembered."""
    return sorted(
        (pairs.name, [row.pending for row in pairs.rows.values()])
        for pairs in read_state(desk.file).scopes.values()
    )


def test_a_collection_that_never_came_to_be_is_forgotten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: Any) -> None:
        raise Killed

    desk.write(BOATS)
    for _ in range(2):
        with monkeypatch.context() as patch, pytest.raises(Killed):
            patch.setattr(Gateway, "write", killed)
            desk.zotero("sync", "refs.bib", "--yes", "-c", "Reading")
        assert scopes(desk) == [("Reading", [True])]
    desk.sync("-c", "Reading")
    assert scopes(desk) == [("Reading", [False])]
    assert len(desk.contents()) == 2


def test_pending_rows_whose_items_are_there_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    real = Gateway.write

    def killed_afterwards(self: Gateway, objects: Any, kind: Any = "items") -> Any:
        report = real(self, objects, kind)
        if kind == "items":
            raise Killed
        return report

    desk.write(BOATS)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Gateway, "write", killed_afterwards)
        desk.zotero("sync", "refs.bib", "--yes", "-c", "Reading")
    desk.sync("-c", "Other")
    assert scopes(desk) == [("Other", [False]), ("Reading", [False])]
    assert len(desk.contents()) == 2


def test_what_one_part_knows_the_other_need_not_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(BOATS + SECOND)
    desk.sync("-c", "Reading")
    text = desk.text()
    converted: list[str] = []
    real = item_side.entry_data

    def counted(entry: Any) -> Any:
        converted.append(entry.key)
        return real(entry)

    monkeypatch.setattr(bib_side, "entry_data", counted)
    desk.sync()
    assert (converted, desk.text()) == ([], text)
    # What is not in the collection yet is put into it all the same.
    desk.sync("-c", "Other")
    (other,) = [key for key, one in desk.library.collections.items() if one.name == "Other"]
    tops = [data for data in desk.contents().values() if "parentItem" not in data]
    assert [other in data["collections"] for data in tops] == [True, True]
    assert converted == []
