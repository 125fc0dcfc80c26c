"""What goes wrong while a plan is carried out, and where it ends: always in the same state."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters import journal
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.runs import RunJournal
from bibtools.workflows.zotero import apply as apply_module
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, SECOND, Desk, desk_in
from tests.zotero_server import KEY, Fault, Kind, is_post, is_write

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def quiet(desk: Desk, *arguments: str) -> None:
    """The next sync writes nothing."""
    desk.server.forget()
    text = desk.text()
    ran = desk.sync(*arguments)
    assert (desk.server.writes, desk.text()) == (0, text), ran.stderr


def by_title(desk: Desk) -> list[tuple[str, ...]]:
    """What the library holds, without keys."""
    found = desk.contents()
    titles = {key: data.get("title") for key, data in found.items()}
    collections = {key: one.name for key, one in desk.library.collections.items()}
    rows = []
    for data in found.values():
        row = {name: value for name, value in data.items() if name != "key"}
        if "parentItem" in row:
            row["parentItem"] = titles[row["parentItem"]]
        row["collections"] = [collections[key] for key in row.get("collections", ())]
        rows.append(json.dumps(row, sort_keys=True))
    return [tuple(sorted(rows)), tuple(sorted(collections.values()))]


SAID_NOTHING = [
    pytest.param(Fault(Kind.LOST_ANSWER, when=is_post), id="the answer is lost"),
    pytest.param(Fault(Kind.HALF_WAY, when=is_post, objects=1), id="lost half way"),
    pytest.param(Fault(Kind.RESET, when=is_post), id="nothing was done"),
    pytest.param(Fault(Kind.SERVER_ERROR, when=is_post), id="500"),
    pytest.param(Fault(Kind.SERVER_ERROR, when=is_post, executed=True), id="500 after doing it"),
    pytest.param(Fault(Kind.UNAVAILABLE, when=is_post, seconds=3), id="503 with Retry-After"),
    pytest.param(Fault(Kind.TOO_MANY, when=is_post, seconds=10), id="429 with Retry-After"),
    pytest.param(Fault(Kind.HTML, when=is_post), id="a page of HTML for an answer"),
    pytest.param(Fault(Kind.TRUNCATED, when=is_post), id="half an answer"),
    pytest.param(Fault(Kind.BACKOFF, seconds=5, times=9), id="Backoff on every answer"),
]


@pytest.mark.parametrize("fault", SAID_NOTHING)
def test_answers_that_do_not_come_make_no_double(desk: Desk, fault: Fault) -> None:
    desk.write(BOATS + SECOND)
    desk.server.faults.append(fault)
    desk.sync("-c", "Reading")
    assert [data.get("title") for data in desk.contents().values()].count("Code") == 2
    assert len(desk.contents()) == 4
    assert len(desk.library.collections) == 1
    quiet(desk, "-c", "Reading")


@pytest.mark.parametrize("fault", SAID_NOTHING)
def test_updates_too(desk: Desk, fault: Fault) -> None:
    desk.write(BOATS)
    desk.sync()
    desk.replace("2023,", "2024,")
    desk.server.faults.append(fault)
    desk.sync()
    assert desk.contents()[desk.item("Folding")]["date"] == "2024"
    quiet(desk)


def before_the_write(desk: Desk, run: Callable[[], object]) -> None:
    desk.server.faults.append(Fault(Kind.FOREIGN_WRITE, when=is_post, objects=0, run=run))


def test_a_concurrent_edit_is_merged(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.replace("2023,", "2024,")
    before_the_write(desk, lambda: desk.library.edit(boats, publicationTitle="Bends"))
    ran = desk.sync()
    assert ran.stderr.startswith("Zotero: 1 item updated\nrefs.bib: 1 entry changed\n")
    found = desk.contents()[boats]
    assert (found["date"], found["publicationTitle"]) == ("2024", "Bends")
    assert "journal = {Bends}" in desk.text()
    quiet(desk)


def test_a_concurrent_edit_of_the_same_field_is_a_conflict(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.replace("2023,", "2024,")
    before_the_write(desk, lambda: desk.library.edit(boats, date="2020"))
    ran = desk.sync(code=1)
    assert "1 conflict left alone" in ran.stderr
    assert desk.contents()[boats]["date"] == "2020"
    assert "2024" in desk.text()
    desk.sync("--prefer", "local")
    assert desk.contents()[boats]["date"] == "2024"
    quiet(desk)


def test_an_item_deleted_meanwhile_is_told_and_left(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.replace("2023,", "2024,")
    before_the_write(desk, lambda: desk.library.delete(boats))
    ran = desk.sync(code=4)
    assert "example2023boats: Its item was deleted in Zotero meanwhile" in ran.stderr
    assert (desk.contents(), "2024" in desk.text()) == ({}, True)
    again = desk.sync(code=1)  # gone there and changed here: for a person to decide
    assert "1 conflict left alone" in again.stderr
    desk.sync("--prefer", "local")
    assert desk.contents()[desk.item("Folding")]["date"] == "2024"


def test_a_collection_deleted_meanwhile(desk: Desk) -> None:
    key = desk.library.add_collection("Reading")
    desk.write(BOATS)
    before_the_write(desk, lambda: desk.library.delete_collection(key))
    ran = desk.sync("-c", "Reading", code=4)
    assert "example2023boats: Its collection is not in the library any more" in ran.stderr
    assert desk.contents() == {}
    desk.sync("-c", "Reading")
    assert desk.contents()[desk.item("Folding")]["collections"] == list(desk.library.collections)
    quiet(desk, "-c", "Reading")


def test_a_field_that_is_too_long_leaves_the_item_out_and_the_others_go_on(desk: Desk) -> None:
    long = (
        BOATS.replace("example2023boats", "long")
        .replace("folds.1", "folds.2")
        .replace("Folding Paper Boats with", "Painting Long Walls with")
    )
    desk.write(long.replace("Journal of Folds", "x" * 70_000) + BOATS)
    ran = desk.sync(code=4)
    assert 'long: The field "Publication" is longer than Zotero takes' in ran.stderr
    assert [data["title"] for data in desk.contents().values()] == [
        "Folding Paper Boats with Learned Creases",
        "Code",
    ]
    desk.write(long + BOATS)
    desk.sync()
    assert len(desk.contents()) == 4
    quiet(desk)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        pytest.param("locked", "locked", id="409 locked"),
        pytest.param("full", "full", id="413 full"),
    ],
)
def test_what_stops_a_run_is_one_sentence(desk: Desk, what: str, sentence: str) -> None:
    desk.write(BOATS)
    setattr(desk.library, what, True)
    ran = desk.zotero("push", "refs.bib", "--yes")
    assert ran.code == 4
    assert sentence in ran.stderr.lower()
    assert "What was done is remembered" in ran.stderr
    setattr(desk.library, what, False)
    desk.sync()
    quiet(desk)


def test_write_access_that_is_taken_away_meanwhile(desk: Desk) -> None:
    desk.write(BOATS)
    desk.zotero("status", "refs.bib")  # what the key may do is remembered
    desk.server.add_key(KEY, write=False)
    ran = desk.zotero("push", "refs.bib", "--yes")
    assert ran.code == 3
    assert "Traceback" not in ran.stderr
    assert desk.contents() == {}


class Killed(BaseException):
    """The power goes."""


def scene(desk: Desk) -> None:
    """Both sides have news: something to make, to change and to add on each."""
    desk.write(BOATS)
    desk.library.put({**KITES, "title": "Old Kites", "citationKey": "old"})
    desk.sync("-c", "Reading")
    desk.replace("2023,", "2024,")
    desk.write(desk.text() + SECOND)
    desk.library.edit(desk.item("Folding"), publicationTitle="Bends")
    reading = next(iter(desk.library.collections))
    desk.library.put({**KITES, "collections": [reading]})


def settled(desk: Desk) -> tuple[Any, ...]:
    return (by_title(desk), sorted(desk.text().split("\n")))


def killed_at(
    monkeypatch: pytest.MonkeyPatch, places: Mapping[str, Any], number: int, *, hard: bool = True
) -> list[str]:
    """The run ends before the call with this number of those at `places`; gives those so far.

    After a `hard` end nothing works any more; else it was Ctrl-C, and the program may tidy up.
    """
    seen: list[str] = []
    ended: list[bool] = []
    for name, (owner, attribute) in places.items():
        original = getattr(owner, attribute)

        def called(*arguments: Any, original: Any = original, name: str = name, **more: Any) -> Any:
            if len(seen) == number and (hard or not ended):
                ended.append(True)
                raise Killed
            seen.append(name)
            return original(*arguments, **more)

        monkeypatch.setattr(owner, attribute, called)
    return seen


PLACES = {
    "state": (apply_module, "write_state"),
    "send": (Gateway, "write"),
    "file": (apply_module, "journalled_write"),
    "intend": (RunJournal, "intend"),
    "done": (RunJournal, "done"),
    "finish": (RunJournal, "finish"),
    "replace": (os, "replace"),
}


@pytest.mark.parametrize(
    "hard", [pytest.param(True, id="the power goes"), pytest.param(False, id="Ctrl-C")]
)
def test_ended_anywhere_it_ends_in_the_same_state(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, hard: bool
) -> None:
    """Killed before each step in turn, each time from the start; run again until it is done."""
    scene(desk)
    with monkeypatch.context() as patch:
        steps = killed_at(patch, PLACES, -1)
        desk.sync("-c", "Reading")
    assert len(steps) >= 12
    assert {"state", "send", "file", "intend", "done", "finish"} <= set(steps)
    wanted = settled(desk)
    for number in range(len(steps)):
        folder = tmp_path / f"again{number}"
        folder.mkdir()
        with pytest.MonkeyPatch.context() as own, desk_in(folder, own) as other:
            scene(other)
            with own.context() as patch, pytest.raises(Killed):
                killed_at(patch, PLACES, number, hard=hard)
                other.zotero("sync", "refs.bib", "--yes", "-c", "Reading")
            other.sync("-c", "Reading")
            assert settled(other) == wanted, (number, steps[number])
            quiet(other, "-c", "Reading")


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("objects", [0, 1, 2])
def test_killed_while_the_server_works(desk: Desk, number: int, objects: int) -> None:
    scene(desk)
    stop = [Fault(Kind.RESET, times=100)]
    fault = Fault(
        Kind.FOREIGN_WRITE,
        when=is_write,
        skip=number,
        objects=objects,
        run=lambda: desk.server.faults.extend(stop),
    )
    desk.server.faults.append(fault)
    desk.zotero("sync", "refs.bib", "--yes", "-c", "Reading")
    desk.server.faults.clear()
    desk.sync("-c", "Reading")
    titles = [data.get("title") for data in desk.contents().values()]
    assert sorted(str(title) for title in titles) == [
        "Code",
        "Code",
        "Folding Paper Boats with Learned Creases",
        "Kites that Remember the Wind of Yesterday",
        "Old Kites",
        "Sailing Steel Boats with Learned Creases",
    ]
    quiet(desk, "-c", "Reading")


def test_a_file_saved_meanwhile_is_merged_and_not_overwritten(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene(desk)
    original = journal.journalled_write
    saved: list[bool] = []

    def save_first(*arguments: Any, **more: Any) -> Any:
        if not saved:
            saved.append(True)
            desk.replace("Learned Creases", "Learned Folds")
        return original(*arguments, **more)

    monkeypatch.setattr(apply_module, "journalled_write", save_first)
    desk.sync("-c", "Reading")
    assert "Learned Folds" in desk.text()
    assert "journal = {Bends}" in desk.text()
    assert "example2021kites" in desk.text()
    desk.sync("-c", "Reading")
    assert desk.item("Folding Paper Boats with Learned Folds")
    quiet(desk, "-c", "Reading")


def test_no_journal_no_writes(desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    desk.write(BOATS)
    monkeypatch.setenv("BIBTOOLS_STATE", str(desk.file))  # a file, where a folder has to be
    desk.server.forget()
    ran = desk.zotero("sync", "refs.bib", "--yes")
    assert (ran.code, desk.server.writes) == (2, 0)
    assert "the journal for undo cannot be written" in ran.stderr


def test_what_is_gone_goes_only_with_delete(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(KITES)
    desk.sync()
    boats, kites = desk.item("Folding"), desk.item("Kites")
    text = desk.text()
    desk.write(text.replace(BOATS, ""))
    desk.library.trash(kites)
    ran = desk.sync()
    assert "left the file; their items stay" in ran.stderr
    assert "left Zotero; their entries stay" in ran.stderr
    ran = desk.sync("--delete")
    assert ran.stderr.startswith("Zotero: 1 item trashed\nrefs.bib: 1 entry removed\n")
    assert desk.library.items[boats].deleted
    assert "kites" not in desk.text()
    quiet(desk, "--delete")
