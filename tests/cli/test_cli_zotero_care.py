"""What must not happen: data lost or doubled because a file or a moment was an unlucky one."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bibtools.cli import progress, zotero_sync, zotero_undo
from bibtools.workflows.zotero import undo_plan
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import ADA, BOATS, KITES, SECOND, Desk, desk_in

pytestmark = ONLY_LOOPBACK

BOTH = BOATS + SECOND
SAME = {
    "itemType": "journalArticle",
    "title": "Folding Paper Boats with Learned Creases",
    "creators": ADA,
    "date": "2023",
    "DOI": "10.1234/folds.1",
    "citationKey": "example2023boats",
}
ANOTHER = """@article{example2023boats,
  author = {Other, Bob},
  title  = {Painting Wooden Ships without a Brush},
  year   = 2019,
  doi    = {10.1234/paint.9},
}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(BOATS + BOTH, id="a key stands twice"),
        pytest.param(
            BOTH.replace("{Journal of Folds}", "{Journal of Folds", 1), id="brace missing"
        ),
        pytest.param(BOTH.replace("{example2023boats,", "{", 1), id="key missing"),
        pytest.param(
            BOTH.replace("{10.1234/folds.1},", "{10.1234/folds.1}", 1), id="comma missing"
        ),
        pytest.param("", id="empty file"),
        pytest.param(None, id="no file"),
    ],
)
def test_what_cannot_be_read_is_not_gone(desk: Desk, text: str | None) -> None:
    desk.write(BOTH)
    desk.sync()
    before = desk.contents()
    if text is None:
        desk.file.unlink()
    else:
        desk.write(text)
    assert desk.zotero("sync", "refs.bib", "--delete", "--yes").code in (0, 1)
    assert desk.contents() == before
    if text:
        assert desk.text() == text


@pytest.mark.parametrize("copies", [BOATS + BOATS, BOATS.replace("Ada},", "Ada,", 1) + SECOND])
def test_an_entry_that_cannot_be_read_is_not_added_once_more(desk: Desk, copies: str) -> None:
    desk.write(copies)
    desk.library.put(SAME)
    desk.sync(code=1)
    assert desk.text() == copies


def test_a_file_that_is_not_there_is_made_again(desk: Desk) -> None:
    desk.library.put(KITES)
    desk.sync()
    text = desk.text()
    desk.file.unlink()
    desk.zotero("pull", "refs.bib", "--yes")
    assert desk.text() == text


def test_keys_that_change_places_do_not_change_works(desk: Desk) -> None:
    desk.write(BOTH)
    desk.sync()
    boats, steel = desk.item("Folding"), desk.item("Sailing")
    first, second = "{example2023boats,", "{second,"
    desk.write(BOTH.replace(first, "{x,").replace(second, first).replace("{x,", second))
    desk.sync()
    found = desk.contents()
    assert found[boats]["title"].startswith("Folding")
    assert (found[boats]["citationKey"], found[steel]["citationKey"]) == (
        "second",
        "example2023boats",
    )


def test_another_work_under_an_old_key_does_not_overwrite_its_item(desk: Desk) -> None:
    desk.write(BOTH)
    desk.sync()
    before = desk.contents()
    desk.write(ANOTHER + SECOND)
    desk.sync(code=1)
    assert desk.contents() == before


def test_an_item_that_left_a_collection_below_is_not_put_back(desk: Desk) -> None:
    top = desk.library.add_collection("Reading")
    below, other = desk.library.add_collection("2026", top), desk.library.add_collection("Other")
    kites = desk.library.put({**KITES, "collections": [below]}).key
    desk.sync("--collection", "Reading")
    desk.library.edit(kites, collections=[other])
    desk.sync("--collection", "Reading")
    assert desk.contents()[kites]["collections"] == [other]


def test_a_plan_is_not_carried_out_over_what_somebody_added(desk: Desk) -> None:
    desk.write(BOATS)
    desk.zotero("sync", "refs.bib", "--plan", "plan.json")
    key = desk.library.put(SAME).key
    assert desk.zotero("apply", "plan.json", "--yes").code == 2
    assert set(desk.contents()) == {key}


def test_a_half_refused_undo_does_not_cost_zotero_its_own_edit(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.library.edit(boats, publicationTitle="Journal of Zotero")
    desk.replace("2023,", "2024,")
    desk.sync()
    desk.library.edit(boats, tags=[{"tag": "new"}])
    assert desk.zotero("undo", "--yes").code == 1
    desk.sync()
    assert desk.contents()[boats]["publicationTitle"] == "Journal of Zotero"
    assert "{Journal of Zotero}" in desk.text()


def test_undo_keeps_an_item_with_a_note_that_came_while_it_was_asked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    planned = undo_plan.plan_undo

    def slowly(*given: object) -> object:
        plan = planned(*given)  # type: ignore[arg-type]
        desk.library.put({"itemType": "note", "note": "<p>mine</p>", "parentItem": boats})
        return plan

    monkeypatch.setattr(undo_plan, "plan_undo", slowly)
    assert desk.zotero("undo", "--yes").code == 1
    assert boats in desk.contents()


def test_undo_deletes_nothing_whose_notes_the_key_may_not_see(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.library.put({"itemType": "note", "note": "<p>mine</p>", "parentItem": boats})
    desk.server.add_key("nonotes1", user=1, notes=False)
    monkeypatch.setenv("ZOTERO_API_KEY", "nonotes1")
    assert desk.zotero("undo", "--yes").code == 1
    assert boats in desk.contents()


def test_a_file_in_utf_16_is_left_as_it_is(desk: Desk) -> None:
    desk.library.put(KITES)
    desk.file.write_bytes(BOATS.encode("utf-16"))
    assert desk.zotero("sync", "refs.bib", "--yes").code == 2
    assert desk.file.read_bytes() == BOATS.encode("utf-16")


@pytest.mark.parametrize("command", ["status", "pull", "push", "sync"])
@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("refs.bib", b"PK\3\4\0\0" + bytes(range(256)), id="binary"),
        pytest.param("notes.txt", b"Buy milk.\n", id="text"),
        pytest.param("refs.ris", b"TY  - JOUR\nTI  - Boats\nER  - \n", id="ris"),
        pytest.param("notes.txt", None, id="not-there"),
    ],
)
def test_what_is_no_bibliography_is_refused(
    desk: Desk, command: str, name: str, data: bytes | None
) -> None:
    desk.library.put(KITES)
    before = desk.contents()
    file = desk.file.with_name(name)
    if data is not None:
        file.write_bytes(data)
    ran = desk.zotero(command, name, *(() if command == "status" else ("--yes",)))
    assert ran.code == 2
    assert ran.stderr.startswith(f'Error: "{name}" ') or (command, data) == ("push", None)
    assert (file.read_bytes() if file.exists() else None) == data
    assert desk.contents() == before


def test_a_bib_under_another_name_is_synced(desk: Desk) -> None:
    file = desk.file.with_name("list.txt")
    file.write_text(BOATS)
    assert desk.zotero("push", "list.txt", "--yes").code == 0
    assert desk.item("Folding")


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_collection_is_not_the_whole_library(desk: Desk, empty: str) -> None:
    desk.write(BOATS)
    ran = desk.zotero("sync", "refs.bib", "--collection", empty, "--yes")
    assert (ran.code, desk.contents()) == (2, {})
    assert ran.stderr.startswith("Error: --collection names no collection: it is empty.")
    assert desk.zotero("sync", "refs.bib", "--collection", "/", "--yes").code == 0


def test_a_plan_shows_titles_without_markup(desk: Desk) -> None:
    desk.library.put({**KITES, "title": 'Kites in <span class="nocase">PyTorch</span>'})
    ran = desk.zotero("sync", "refs.bib", "--plan")
    assert ran.stdout == "file\tadd\texample2021kites\tKites in PyTorch\n"


def test_nobody_is_told_that_both_agree_when_the_library_is_locked(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.locked = True
    assert "agree" not in desk.sync(code=4).stderr


def test_a_key_that_no_collection_has_makes_none(desk: Desk) -> None:
    desk.write(BOATS)
    assert desk.zotero("push", "refs.bib", "--collection", "ABCD2345", "--yes").code == 2
    assert desk.library.collections == {}


@pytest.mark.parametrize(
    ("module", "command"),
    [
        pytest.param(zotero_sync, ("sync", "refs.bib"), id="sync"),
        pytest.param(zotero_undo, ("undo",), id="undo"),
    ],
)
def test_no_bar_is_drawn_over_the_question(
    desk: Desk, module: ModuleType, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(BOATS)
    desk.sync()
    desk.replace("2023,", "2024,")
    drawn: list[bool] = []

    def asked(*_given: object) -> bool:
        time.sleep(0.3)
        drawn.extend(bar.progress is not None for bar in progress._bars)
        return False

    monkeypatch.setattr(progress, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(progress, "on_terminal", lambda: True)
    monkeypatch.setattr(module, "_agreed", asked)
    assert desk.zotero(*command).code == 5
    assert drawn == [False]


def test_a_library_that_is_not_there_is_a_matter_of_settings(desk: Desk) -> None:
    desk.write(BOATS)
    ran = desk.zotero("sync", "refs.bib", "--yes", "--library", "group:99")
    assert (ran.code, "Check the library's number" in ran.stderr) == (3, True)
