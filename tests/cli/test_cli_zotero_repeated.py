"""The same sync said again: what was left, renamed, refused or locked is not done twice."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, SECOND, Desk, desk_in

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


# Collections by an older name


@pytest.mark.parametrize("said", ["Old", "old", "/Old/"])
def test_a_renamed_collection_is_not_made_a_second_time(desk: Desk, said: str) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Old")
    (key,) = desk.library.collections
    desk.library.edit_collection(key, name="New")
    desk.server.forget()
    for _ in range(2):
        ran = desk.sync("-c", said)
        assert 'The collection "Old" is called "New" in Zotero now' in ran.stderr
    assert (list(desk.library.collections), desk.server.writes) == ([key], 0)
    assert desk.contents()[desk.item("Folding")]["collections"] == [key]


@pytest.mark.parametrize(
    ("said", "more"),
    [
        pytest.param("Reading/2026", [], id="path"),
        pytest.param("2026", [], id="name alone"),
        pytest.param("Reading/2026/Spring", ["Books/2026/Spring"], id="one below it is new"),
    ],
)
def test_a_collection_whose_parent_was_renamed_is_found(
    desk: Desk, said: str, more: list[str]
) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Reading/2026")
    (top,) = [key for key, one in desk.library.collections.items() if not one.parent]
    desk.library.edit_collection(top, name="Books")
    desk.sync("-c", said)
    rows = json.loads(desk.zotero("collections", "--json").stdout)
    assert [row["path"] for row in rows] == ["Books", "Books/2026", *more]


def test_a_collection_that_took_the_old_name_is_the_one_that_is_meant(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Old")
    (key,) = desk.library.collections
    desk.library.edit_collection(key, name="New")
    other = desk.library.add_collection("Old")
    desk.sync("-c", "Old")
    assert set(desk.contents()[desk.item("Folding")]["collections"]) == {key, other}


def test_an_old_name_that_another_collection_ends_with_is_asked_about(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Old")
    (key,) = desk.library.collections
    desk.library.edit_collection(key, name="New")
    desk.library.add_collection("Old", desk.library.add_collection("Archive"))
    ran = desk.zotero("sync", "refs.bib", "-c", "Old", "--yes")
    assert (ran.code, "Archive/Old" in ran.stderr, f"New ({key})" in ran.stderr) == (2, True, True)


def test_two_strokes_in_a_path_make_no_nameless_collection(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync("-c", "a//b")
    desk.sync("-c", " a / b/")
    rows = json.loads(desk.zotero("collections", "--json").stdout)
    assert [row["path"] for row in rows] == ["a", "a/b"]
    assert desk.zotero("status", "refs.bib", "-c", " / /").code == 2


# Conflicts that are left


def test_a_conflict_stays_while_other_fields_go_on(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.replace("2023,", "2024,")
    desk.library.edit(boats, date="2022")
    told = '-\tconflict\texample2023boats\tdate: file "2024", Zotero "2022", before "2023"\n'
    for _ in range(3):
        before = (desk.text(), desk.contents())
        desk.server.forget()
        assert "1 conflict left alone" in desk.sync(code=1).stderr
        assert (desk.text(), desk.contents(), desk.server.writes) == (*before, 0)
        assert desk.zotero("status", "refs.bib").stdout == told
    desk.library.edit(boats, publicationTitle="Journal of Zotero")
    before_there = desk.contents()
    text = desk.text()
    desk.sync(code=1)
    assert desk.text() == text.replace("Journal of Folds", "Journal of Zotero")
    assert desk.contents() == before_there
    assert desk.zotero("status", "refs.bib").stdout == told
    text = desk.text()
    desk.sync(code=1)
    assert (desk.text(), desk.contents()) == (text, before_there)


# What cannot be written, and who else is at it


@pytest.mark.parametrize("name", ["refs.bib", "refs.bib.zotero.jsonl", "."])
def test_what_cannot_be_written_is_told_before_anything_is_sent(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    desk.write(BOATS)
    desk.sync()
    desk.write(BOATS + SECOND)
    desk.library.put(KITES)
    shut = os.path.realpath(name)
    monkeypatch.setattr(os, "access", lambda path, _: os.path.realpath(path) != shut)
    before = (desk.text(), desk.contents())
    desk.server.forget()
    ran = desk.zotero("sync", "refs.bib", "--yes")
    assert (ran.code, desk.text(), desk.contents()) == (2, *before)
    assert desk.server.writes == 0
    assert "Nothing was sent to Zotero." in ran.stderr
    assert " -o" not in ran.stderr


def test_a_file_that_may_not_be_written_can_be_pushed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(BOATS)
    shut = os.path.realpath("refs.bib")
    monkeypatch.setattr(os, "access", lambda path, _: os.path.realpath(path) != shut)
    assert desk.zotero("push", "refs.bib", "--yes").code == 0
    assert desk.item("Folding")


_HOLD = """
import sys, time
from bibtools.adapters.zotero import one_at_a_time as locks
from bibtools.adapters.zotero.state import Scope
endpoint, what = sys.argv[1:]
library = Scope(endpoint, "user", 1)
with locks.sync_of_file(what) if what != "library" else locks.sync_of_library(library):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    ("what", "shown"), [("refs.bib", '"refs.bib"'), ("library", "the library user:1")]
)
def test_a_second_sync_at_the_same_time_is_refused(
    desk: Desk, tmp_path: Path, what: str, shown: str
) -> None:
    desk.write(BOATS)
    endpoint = os.environ["BIBTOOLS_ZOTERO_ENDPOINT"]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, endpoint, what],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": root},
    ) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline() == b"held\n"
            ran = desk.zotero("sync", "refs.bib", "--yes")
            assert (ran.code, desk.contents()) == (2, {})
            told = f"Another sync of {shown} is running (process {other.pid}), so nothing was done."
            assert told in ran.stderr
            assert desk.zotero("status", "refs.bib").code == 0
        finally:
            other.kill()
            other.wait()
    # The lock ends with its process, however that ended.
    desk.sync()
    assert desk.zotero("undo", "--yes").code == 0


@pytest.mark.skipif(os.name != "posix", reason="whether a process runs is not asked elsewhere")
def test_half_written_files_of_runs_that_were_killed_go(desk: Desk) -> None:
    killed = """
import os, signal, sys
from bibtools.adapters import files
files.os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
files.write_file(sys.argv[1], b"half")
"""
    desk.write(BOATS)
    for name in ("refs.bib", "refs.bib.zotero.jsonl"):
        subprocess.run(
            [sys.executable, "-c", killed, name],
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        )
    left = [one for one in Path().iterdir() if one.suffix == ".tmp"]
    assert len(left) == 2
    alive = left[0].with_name(re.sub(r"-\d+\.", f"-{os.getpid()}.", left[0].name))
    foreign = Path(".refs.bib.old.tmp")
    for one in (alive, foreign):
        one.write_bytes(b"of others")
    desk.sync()
    assert {one for one in Path().iterdir() if one.suffix == ".tmp"} == {alive, foreign}


# What Zotero refuses for good

LONG_TAG = "a" * 300


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        pytest.param(
            "{Journal", "{" + "Long " * 14_000 + "Journal", 'The field "Publication"', id="a field"
        ),
        pytest.param("{Example, Ada}", "{Example, " + "A" * 300 + "}", "A name", id="a name"),
        pytest.param("year ", "keywords = {" + LONG_TAG + "},\n year ", "A tag", id="a tag"),
    ],
)
@pytest.mark.parametrize("known", [False, True], ids=["new item", "changed item"])
def test_what_was_refused_for_good_is_not_sent_again(
    desk: Desk, old: str, new: str, told: str, *, known: bool
) -> None:
    desk.write(BOATS + SECOND)
    if known:
        desk.sync()
        before = desk.zotero("undo", "--list").stdout
    else:
        before = ""
    was = desk.contents()
    desk.write((BOATS + (SECOND if known else "")).replace(old, new, 1))
    if known:
        desk.file.write_text(desk.text(), encoding="utf-8")
    ran = desk.sync(code=4)
    assert f"example2023boats: {told}" in ran.stderr
    assert "is longer than Zotero takes" in ran.stderr
    assert "takes it back" not in ran.stderr
    assert desk.zotero("undo", "--list").stdout == before
    for _ in range(2):
        desk.server.forget()
        again = desk.sync(code=1)
        assert (desk.server.writes, desk.contents()) == (0, was)
        assert 'The entry "example2023boats" is not sent again' in again.stderr
        assert f"{told}" in again.stderr
        assert "agree" not in again.stderr
        assert "takes it back" not in again.stderr
    assert desk.zotero("undo", "--list").stdout == before
    assert desk.zotero("status", "refs.bib", "--strict").code == 1
    assert desk.zotero("pull", "refs.bib", "--yes").code == 0
    desk.server.forget()
    desk.sync(code=1)
    assert desk.server.writes == 0
    # The entry changes: it is sent again.
    desk.write(BOATS.replace("2023,", "2024,") + (SECOND if known else ""))
    desk.sync()
    assert desk.contents()[desk.item("Folding")]["date"] == "2024"
    state = Path("refs.bib.zotero.jsonl").read_text(encoding="utf-8")
    assert '"refused"' not in state


def test_a_code_link_that_was_refused_for_good_is_not_sent_again(desk: Desk) -> None:
    desk.write(BOATS.replace("example/boats", "example/" + "b" * 66_000))
    desk.sync(code=4)
    desk.write(BOATS.replace("example/boats", "example/" + "b" * 66_000))
    for _ in range(2):
        desk.server.forget()
        desk.sync(code=1)
        assert desk.server.writes == 0


# What stays apart


def test_nobody_is_told_that_both_agree_while_pairs_are_left(desk: Desk) -> None:
    desk.write(BOATS + SECOND)
    desk.sync()
    desk.write(BOATS)
    for command in (("sync", "--yes"), ("status",), ("sync", "--plan")):
        ran = desk.zotero(command[0], "refs.bib", *command[1:])
        assert "1 of the pairs left the file; their items stay (second)" in ran.stderr
        assert "agree" not in ran.stderr
        assert "differ in what is told above" in ran.stderr
    assert desk.zotero("status", "refs.bib", "--strict").code == 1


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("push", "Zotero has all that is new in refs.bib; nothing was written\n"),
        ("pull", "refs.bib has all that is new in Zotero; nothing was written\n"),
    ],
)
def test_one_way_says_what_it_knows(desk: Desk, command: str, told: str) -> None:
    desk.write(BOATS)
    desk.sync()
    if command == "push":
        desk.library.put(KITES)
    else:
        desk.write(BOATS + SECOND)
    assert desk.zotero(command, "refs.bib", "--yes").stderr == told


def test_nothing_is_trashed_whose_notes_the_key_may_not_see(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.write(BOATS + SECOND)
    desk.sync()
    second = desk.item("Sailing")
    desk.library.put({"itemType": "note", "note": "<p>mine</p>", "parentItem": second})
    desk.server.add_key("nonotes1", user=1, notes=False)
    monkeypatch.setenv("ZOTERO_API_KEY", "nonotes1")
    desk.write(BOATS)
    before = desk.contents()
    ran = desk.sync("--delete")
    assert desk.contents() == before
    assert "the API key may not see notes" in ran.stderr
    assert "agree" not in ran.stderr


def test_a_locked_field_that_zotero_changed_is_told(desk: Desk) -> None:
    desk.write(BOATS.replace("  code ", "  bibtools-lock = {journal},\n  code "))
    desk.sync()
    desk.library.edit(desk.item("Folding"), publicationTitle="Journal of Zotero")
    before = desk.text()
    for command in (("status",), ("sync", "--yes")):
        ran = desk.zotero(command[0], "refs.bib", *command[1:])
        assert 'The entry "example2023boats" locks what Zotero changed' in ran.stderr
        assert "agree" not in ran.stderr
    assert desk.text() == before
    assert desk.zotero("status", "refs.bib", "--strict").code == 1


def test_the_help_of_strict_says_what_it_does() -> None:
    assert "when the two sides differ" in bibtools("zotero", "status", "--help").stdout


# Conflicts that are not about fields


@pytest.mark.parametrize(
    ("note", "told", "trashed"),
    [
        pytest.param(False, "sync --prefer local --delete trashes the item", True, id="changed"),
        pytest.param(True, "an item with notes or files is never trashed", False, id="a note"),
    ],
)
def test_what_decides_about_an_entry_that_is_gone_is_true(
    desk: Desk, told: str, *, note: bool, trashed: bool
) -> None:
    desk.write(BOATS + SECOND)
    desk.sync()
    second = desk.item("Sailing")
    if note:
        desk.library.put({"itemType": "note", "note": "<p>mine</p>", "parentItem": second})
    else:
        desk.library.edit(second, date="1999")
    desk.write(BOATS)
    ran = desk.sync(code=1)
    assert told in ran.stderr
    assert "decides them" not in ran.stderr
    assert told in desk.zotero("status", "refs.bib").stdout
    desk.sync("--prefer", "local", "--delete", code=0 if trashed else 1)
    assert bool(desk.contents()[second].get("deleted")) == trashed
    if not trashed:
        desk.sync("--prefer", "zotero")
        assert "@article{second," in desk.text()


def test_what_decides_about_an_item_that_is_gone_is_true(desk: Desk) -> None:
    desk.write(BOATS)
    kites = desk.library.put(KITES).key
    desk.sync()
    boats = desk.item("Folding")
    for key in (kites, boats):
        desk.library.trash(key)
    desk.replace("2023,", "2024,")
    desk.replace("Example Press", "Another Press")
    ran = desk.sync(code=1)
    assert (
        "1 conflict left alone (example2023boats): Its item left the library, and the entry was "
        "changed in the file since; sync --prefer local brings the item back; only entries that "
        "bibtools added are removed from here"
    ) in ran.stderr
    assert "sync --prefer zotero --delete removes the entry" in ran.stderr
    desk.sync("--prefer", "zotero", "--delete", code=1)
    assert "@book{example2021kites," not in desk.text()
    desk.sync("--prefer", "local")
    assert not desk.contents()[boats].get("deleted")


# Taking back in two goes


def test_an_undo_that_was_refused_in_part_can_be_tried_again(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    desk.write(BOATS + SECOND)
    desk.library.put(KITES)
    desk.sync()
    run = json.loads(desk.zotero("undo", "--list", "--json").stdout)[-1]["run"]
    second = desk.item("Sailing")
    desk.library.edit(second, date="1999")
    first = desk.zotero("undo", "--yes")
    assert (first.code, desk.text()) == (1, BOATS + SECOND)
    assert f"bibtools zotero undo {run} tries what was left again." in first.stderr
    assert "(taken back but for" in desk.zotero("undo", "--list").stdout
    desk.library.edit(second, date="2023")
    again = desk.zotero("undo", run, "--yes")
    assert (again.code, again.stderr) == (0, "Zotero: 1 deleted\n")
    assert second not in desk.contents()
    assert desk.zotero("undo", run, "--yes").code == 2
    # Without a name the run before it is the next.
    assert desk.zotero("undo", "--yes").code in (0, 1)
    assert [
        row["undone"] for row in json.loads(desk.zotero("undo", "--list", "--json").stdout)
    ] == [
        True,
        True,
    ]


def test_what_was_taken_back_is_not_taken_back_again_with_the_rest(desk: Desk) -> None:
    desk.write(BOATS + SECOND)
    desk.sync()
    boats, second = desk.item("Folding"), desk.item("Sailing")
    desk.write(desk.text().replace("2023,", "2024,"))
    desk.sync()
    run = json.loads(desk.zotero("undo", "--list", "--json").stdout)[-1]["run"]
    desk.library.edit(second, publicationTitle="Elsewhere")
    assert desk.zotero("undo", "--yes").code == 1
    assert desk.contents()[boats]["date"] == "2023"
    desk.library.edit(boats, date="2024")  # somebody wants it all the same
    desk.library.edit(second, publicationTitle="Journal of Folds")
    assert desk.zotero("undo", run, "--yes").code == 0
    found = desk.contents()
    assert (found[boats]["date"], found[second]["date"]) == ("2024", "2023")


@pytest.mark.parametrize(
    "command",
    ["", "login", "logout", "collections", "status", "pull", "push", "sync", "apply", "undo"],
)
def test_no_help_is_wider_than_eighty_columns(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    told = bibtools("zotero", *command.split(), "--help").stdout
    assert [line for line in told.splitlines() if len(line) > 80] == []
    assert "Exit codes:" in told or command in ("login", "logout", "collections")


@pytest.mark.parametrize("tags", [["x;y"], ["x;y", "z"], ["a,b", "x;y"], ["a, b"], ["x;", "y"]])
def test_tags_with_marks_in_them_stay_what_they_are(desk: Desk, tags: list[str]) -> None:
    rows = [{"tag": tag} for tag in tags]
    kites = desk.library.put({**KITES, "tags": rows}).key
    desk.sync()
    for _ in range(2):
        text = desk.text()
        desk.server.forget()
        desk.sync()
        assert (desk.text(), desk.server.writes) == (text, 0)
    desk.replace("Example Press", "Another Press")
    desk.sync()
    assert desk.contents()[kites]["tags"] == rows
    mark = ";" if ";" in desk.text() else ","
    desk.write(re.sub(r"(keywords +=) \{", rf"\1 {{new{mark} ", desk.text()))
    desk.sync()
    assert desk.contents()[kites]["tags"] == sorted([*rows, {"tag": "new"}], key=str)
    text = desk.text()
    desk.library.edit(kites, tags=[*rows, {"tag": "new"}, {"tag": "p;q"}])
    desk.sync()
    desk.sync()
    assert [one["tag"] for one in desk.contents()[kites]["tags"]] == sorted([*tags, "new", "p;q"])


def test_a_tag_that_a_list_of_keywords_parts_goes_as_a_whole(desk: Desk) -> None:
    kites = desk.library.put({**KITES, "tags": [{"tag": "x;y"}, {"tag": "z"}]}).key
    desk.sync()
    desk.library.edit(kites, tags=[{"tag": "z"}])
    desk.sync()
    assert re.search(r"keywords += \{z\}|keywords += \{z;\}", desk.text())
    desk.library.edit(kites, tags=[{"tag": "x;y"}, {"tag": "z"}])
    desk.sync()
    desk.write(re.sub(r"keywords += \{[^}]*\}", "keywords = {z}", desk.text()))
    desk.sync()
    assert desk.contents()[kites]["tags"] == [{"tag": "z"}]
