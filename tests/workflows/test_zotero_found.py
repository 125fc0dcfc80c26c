"""What the machine of `test_zotero_machine.py` found, each as short as it can be told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, Desk, desk_in

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


@pytest.mark.parametrize(
    ("more", "edited"),
    [
        pytest.param(["--delete"], {}, id="not trashed"),
        pytest.param(["--prefer", "zotero"], {"abstractNote": "Paper."}, id="not added again"),
    ],
)
def test_an_entry_edited_under_a_new_key_has_not_left_the_file(
    desk: Desk, more: list[str], edited: dict[str, str]
) -> None:
    desk.write(BOATS.replace("2023,", "2023,\n  volume = 7,"))
    desk.sync()
    boats = desk.item("Folding")
    desk.library.edit(boats, **edited)
    desk.replace("example2023boats", "boats")
    desk.replace("2023,\n  volume = 7,", "1999,\n  volume = 8,")
    desk.sync(*more, code=1)
    assert not desk.library.items[boats].deleted
    assert desk.text().count("folds.1") == 1


def test_an_item_that_was_replaced_is_linked_and_not_doubled(desk: Desk) -> None:
    """As when doubles are merged in Zotero, and the other one stays."""
    desk.write(BOATS)
    desk.sync()
    old = desk.item("Folding")
    data = {name: value for name, value in desk.contents()[old].items() if name != "key"}
    desk.library.trash(old)
    new = desk.library.put({**data, "volume": "7", "citationKey": "other"}).key
    desk.sync(code=1)  # the citation keys differ
    assert desk.text().count("folds.1") == 1
    assert "volume" in desk.text()
    assert [key for key, item in desk.library.items.items() if not item.deleted and not item.parent
            ] == [new]  # fmt: skip


def test_an_entry_that_is_brought_back_has_the_key_of_its_item(desk: Desk) -> None:
    desk.library.put(KITES)
    desk.write("")
    desk.sync()
    desk.library.edit(desk.item("Kites"), citationKey="kites")
    desk.write("@comment{nothing}\n" + BOATS)
    desk.sync("--prefer", "zotero")
    assert "@book{kites," in desk.text()


def test_an_item_that_is_brought_back_keeps_what_zotero_added(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Reading")
    boats = desk.item("Folding")
    desk.library.edit(boats, abstractNote="Paper folds.", collections=[])
    desk.replace("2023,", "2024,")
    desk.sync("-c", "Reading", "--prefer", "local")
    desk.sync("-c", "Reading")
    found = desk.contents()[boats]
    assert (found["date"], found["abstractNote"]) == ("2024", "Paper folds.")
    assert "Paper folds." in desk.text()


def test_what_left_the_file_and_the_collection_is_no_conflict(desk: Desk) -> None:
    desk.write(BOATS + BOATS.replace("example2023boats", "b").replace("folds.1", "folds.2")
               .replace("Folding Paper", "Sailing Steel"))  # fmt: skip
    desk.sync("-c", "Reading")
    boats = desk.item("Folding")
    desk.library.edit(boats, collections=[])
    desk.replace(BOATS, "")
    for more in ([], ["--delete"], ["--prefer", "zotero"]):
        desk.sync("-c", "Reading", *more)
    assert "folds.1" not in desk.text()
    assert not desk.library.items[boats].deleted


def test_a_value_that_a_file_can_only_say_in_its_own_way_stays_in_it(desk: Desk) -> None:
    """A winner that is written as the loser was is no reason to take the field out."""
    shelf = '<i>A</i> <span class="nocase">X</span>'
    desk.library.put({**KITES, "DOI": "10.1234/folds.1", "callNumber": shelf})
    desk.sync()
    desk.file.with_name("refs.bib.zotero.jsonl").unlink()
    before = desk.text()
    assert "library" in before
    desk.sync("--prefer", "zotero")
    assert desk.text() == before
