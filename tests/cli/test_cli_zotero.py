"""`bibtools zotero` as a new user has it, on a server of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command_line import bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, Desk, desk_in
from tests.zotero_server import KEY

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def test_a_first_sync_goes_both_ways(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(KITES)
    ran = desk.sync()
    assert ran.stderr.splitlines() == [
        "Zotero: 1 item created, 1 code link attached",
        "refs.bib: 1 entry added",
        "bibtools zotero undo takes it back.",
    ]
    assert desk.text().startswith(BOATS)
    assert "@book{example2021kites," in desk.text()
    boats = desk.item("Folding")
    found = desk.contents()
    assert found[boats] == {
        "key": boats,
        "itemType": "journalArticle",
        "title": "Folding Paper Boats with Learned Creases",
        "creators": [{"creatorType": "author", "firstName": "Ada", "lastName": "Example"}],
        "publicationTitle": "Journal of Folds",
        "date": "2023",
        "DOI": "10.1234/folds.1",
        "citationKey": "example2023boats",
        "extra": "tex.code: https://github.com/example/boats",
    }
    (child,) = [data for data in found.values() if data.get("parentItem") == boats]
    assert (child["title"], child["url"], child["linkMode"]) == (
        "Code",
        "https://github.com/example/boats",
        "linked_url",
    )


def test_a_second_sync_writes_nothing_and_reads_little(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(KITES)
    desk.sync()
    before = (desk.text(), desk.contents(), Path("refs.bib.zotero.jsonl").read_bytes())
    desk.server.forget()
    ran = desk.sync()
    assert ran.stderr == "refs.bib and Zotero agree; nothing was written\n"
    assert (desk.server.reads, desk.server.writes) == (1, 0)
    after = (desk.text(), desk.contents(), Path("refs.bib.zotero.jsonl").read_bytes())
    assert after == before


def test_without_a_yes_nothing_is_written(desk: Desk) -> None:
    desk.write(BOATS)
    desk.server.forget()
    ran = desk.zotero("push", "refs.bib", "--collection", "Reading/2026")
    assert ran.code == 5
    lines = [line.split("\t") for line in ran.stderr.splitlines()]
    assert [line[:2] for line in lines[:4]] == [
        ["Zotero", "create collection"],
        ["Zotero", "create collection"],
        ["Zotero", "create"],
        ["Zotero", "attach code link"],
    ]
    assert (lines[1][3], lines[2][2:]) == (
        "Reading/2026",
        ["example2023boats", "Folding Paper Boats with Learned Creases"],
    )
    assert lines[-1] == [
        "Nothing was sent to Zotero: nobody is here to say yes. Run it again with --yes."
    ]
    assert (desk.server.writes, desk.contents(), desk.text()) == (0, {}, BOATS)
    assert [one.name for one in Path().iterdir()] == ["refs.bib"]


def test_a_server_with_an_old_schema_is_told_of(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.zotero_server.wire.SCHEMA_VERSION", 29)
    desk.write(BOATS)
    told = desk.zotero("status", "refs.bib").stderr
    assert "The server knows version 29 of Zotero's schema" in told


def test_collections_are_made_by_path_and_listed(desk: Desk) -> None:
    desk.write(BOATS)
    top = desk.library.add_collection("Reading")
    ran = desk.sync("--collection", "Reading/2026/Spring")
    assert ran.stderr.startswith("Zotero: 2 collections made, 1 item created")
    rows = json.loads(desk.zotero("collections", "--json").stdout)
    assert [(row["path"], row["items"]) for row in rows] == [
        ("Reading", 0),
        ("Reading/2026", 0),
        ("Reading/2026/Spring", 1),
    ]
    assert rows[0]["key"] == top
    assert desk.contents()[desk.item("Folding")]["collections"] == [rows[2]["key"]]


def test_a_name_that_several_collections_have(desk: Desk) -> None:
    desk.write(BOATS)
    one = desk.library.add_collection("2026", desk.library.add_collection("Reading"))
    two = desk.library.add_collection("2026", desk.library.add_collection("Teaching"))
    ran = desk.zotero("push", "refs.bib", "--collection", "2026")
    assert ran.code == 2
    for part in (f"Reading/2026 ({one})", f"Teaching/2026 ({two})", "Give the whole path"):
        assert part in ran.stderr
    assert desk.sync("--collection", two).code == 0
    assert desk.contents()[desk.item("Folding")]["collections"] == [two]


def test_pull_makes_the_file_and_does_not_write_to_zotero(desk: Desk) -> None:
    desk.library.put(KITES)
    desk.server.forget()
    ran = desk.zotero("pull", "refs.bib", "--yes")
    assert (ran.code, desk.server.writes) == (0, 0)
    assert "@book{example2021kites," in desk.text()
    missing = desk.zotero("pull", "refs.bib", "--collection", "Nowhere")
    assert (missing.code, missing.stderr.splitlines()[0]) == (
        2,
        'Error: There is no collection "Nowhere" in the library.',
    )


def test_push_leaves_the_file_alone(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(KITES)
    assert desk.zotero("push", "refs.bib", "--yes").code == 0
    assert desk.text() == BOATS
    assert desk.item("Folding")
    assert desk.zotero("push", "none.bib").stderr.startswith('Error: There is no file "none.bib".')


def test_edits_of_both_sides_merge(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.replace("2023,", "2024,")
    desk.library.edit(boats, publicationTitle="Journal of Folding", tags=[{"tag": "paper"}])
    note = desk.library.put({"itemType": "note", "note": "<p>read</p>", "parentItem": boats}).key
    ran = desk.sync()
    assert ran.stderr.startswith("Zotero: 1 item updated\nrefs.bib: 1 entry changed\n")
    found = desk.contents()[boats]
    assert (found["date"], found["publicationTitle"], found["tags"]) == (
        "2024",
        "Journal of Folding",
        [{"tag": "paper"}],
    )
    assert "journal = {Journal of Folding}" in desk.text()
    assert "year    = 2024" in desk.text()
    assert "paper" in desk.text()
    assert note in desk.library.items
    desk.server.forget()
    desk.sync()
    assert desk.server.writes == 0


def test_a_conflict_is_left_and_decided(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    boats = desk.item("Folding")
    desk.replace("2023,", "2024,")
    desk.library.edit(boats, date="2022")
    status = desk.zotero("status", "refs.bib")
    assert status.stdout == (
        '-\tconflict\texample2023boats\tdate: file "2024", Zotero "2022", before "2023"\n'
    )
    assert desk.zotero("status", "refs.bib", "--strict").code == 1
    ran = desk.sync(code=1)
    assert "1 conflict left alone (example2023boats); --prefer" in ran.stderr
    assert desk.sync(code=1).code == 1  # it is seen again
    assert (desk.contents()[boats]["date"], "2024" in desk.text()) == ("2022", True)
    desk.sync("--prefer", "zotero")
    assert "year    = 2022" in desk.text()
    desk.server.forget()
    desk.sync()
    assert desk.server.writes == 0


def test_json_is_only_json(desk: Desk) -> None:
    desk.write(BOATS)
    shown = desk.zotero("sync", "refs.bib", "--json")
    plan = json.loads(shown.stdout)
    assert (shown.code, plan["applied"], plan["counts"]["created"]) == (5, False, 1)
    done = json.loads(desk.zotero("sync", "refs.bib", "--json", "--yes").stdout)
    assert (done["done"]["created"], done["done"]["code_links"], done["failed"]) == (1, 1, [])
    assert done["requests"]["writes"] == 1
    assert KEY not in json.dumps(done)
    assert json.loads(desk.zotero("status", "refs.bib", "--json").stdout)["plan"]["zotero"] == []


def test_a_plan_is_kept_and_carried_out_once(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(KITES)
    ran = desk.zotero("sync", "refs.bib", "-c", "Reading", "--plan", "plan.json")
    assert (ran.code, desk.server.writes) == (0, 0)
    assert KEY not in Path("plan.json").read_text(encoding="utf-8")
    assert desk.zotero("apply", "plan.json").code == 5
    done = desk.zotero("apply", "plan.json", "--yes")
    assert (done.code, done.stderr.splitlines()[0]) == (
        0,
        "Zotero: 1 collection made, 1 item created, 1 code link attached",
    )
    again = desk.zotero("apply", "plan.json", "--yes")
    assert (again.code, "Something has moved" in again.stderr) == (2, True)
    desk.server.forget()
    desk.sync("-c", "Reading")
    assert desk.server.writes == 0


@pytest.mark.parametrize(
    "move",
    [
        pytest.param(lambda desk, key: desk.replace("2023", "2024"), id="the file"),
        pytest.param(lambda desk, key: desk.library.edit(key, date="1999"), id="the item"),
        pytest.param(lambda desk, key: desk.library.trash(key), id="the item trashed"),
        pytest.param(lambda desk, key: desk.library.delete(key), id="the item deleted"),
    ],
)
def test_a_plan_whose_things_moved_is_refused(desk: Desk, move) -> None:  # type: ignore[no-untyped-def]
    desk.write(BOATS)
    desk.sync()
    key = desk.item("Folding")
    desk.replace("Journal of Folds", "Journal of Bends")
    assert desk.zotero("sync", "refs.bib", "--plan", "plan.json").code == 0
    move(desk, key)
    before = (desk.text(), desk.contents())
    ran = desk.zotero("apply", "plan.json", "--yes")
    assert (ran.code, "so nothing was done" in ran.stderr) == (2, True)
    assert (desk.text(), desk.contents()) == before


def test_a_plan_does_not_overwrite_another_file(desk: Desk) -> None:
    desk.write(BOATS)
    Path("other.bib").write_text(BOATS, encoding="utf-8")
    ran = desk.zotero("sync", "refs.bib", "--plan", "other.bib")
    assert (ran.code, "is there and is no plan" in ran.stderr) == (2, True)
    assert Path("other.bib").read_text(encoding="utf-8") == BOATS
    assert '--plan took "refs.bib"' in desk.zotero("sync", "--plan", "refs.bib").stderr
    assert desk.zotero("apply", "refs.bib").code == 2


def test_undo_brings_both_sides_back(desk: Desk) -> None:
    desk.write(BOATS)
    kites = desk.library.put(KITES).key
    before = (desk.text(), desk.contents())
    desk.sync("-c", "Reading")
    desk.library.edit(kites, title="Kites")
    middle = (desk.text(), desk.contents())
    desk.sync()
    assert (desk.text(), desk.contents()) != middle
    assert desk.zotero("undo").code == 5
    assert desk.zotero("undo", "--yes").code == 0
    assert (desk.text(), desk.contents()) == middle
    desk.library.edit(kites, title=KITES["title"])
    ran = desk.zotero("undo", "--yes")
    assert (ran.code, ran.stderr) == (0, "Zotero: 1 deleted, 1 collection deleted\n")
    assert (desk.text(), desk.contents()) == before
    assert desk.library.collections == {}
    assert "There is no run to take back" in desk.zotero("undo", "--yes").stderr
    rows = json.loads(desk.zotero("undo", "--list", "--json").stdout)
    assert [(row["command"], row["undone"]) for row in rows] == [("zotero sync", True)] * 2


def test_a_build_goes_straight_to_a_collection(desk: Desk) -> None:
    page = Path("page.txt")
    page.write_text(
        "Folding Paper Boats with Learned Creases\nAda Example, Carl Other\n"
        "Journal of Folds, 2023\n",
        encoding="utf-8",
    )
    source = Path("list.bib")
    source.write_text(BOATS, encoding="utf-8")
    nothing = bibtools("build", source, "--zotero", "Reading")
    assert (nothing.code, desk.contents()) == (5, {})
    ran = bibtools("build", source, "--zotero", "Reading", "--yes")
    assert (ran.code, ran.stdout) == (0, "")
    key = desk.item("Folding")
    again = bibtools("build", source, "--zotero", "Reading", "--yes", "-o", "refs.bib")
    assert again.code == 0
    assert desk.item("Folding") == key
    assert Path("refs.bib.zotero.jsonl").exists()
    assert bibtools("build", source, "--library", "user").code == 2


def test_login_keeps_the_key_and_shows_it_nowhere(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ZOTERO_API_KEY")
    desk.write(BOATS)
    refused = desk.zotero("status", "refs.bib")
    assert (refused.code, "bibtools zotero login" in refused.stderr) == (3, True)
    ran = bibtools("zotero", "login", stdin=f"{KEY}\n".encode())
    assert (ran.code, "as user1 (user:1)" in ran.stderr) == (0, True)
    kept = tmp_path / "config" / "zotero-credentials.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    status = desk.zotero("status", "refs.bib")
    assert status.code == 0
    assert KEY not in ran.stderr + status.stderr + status.stdout
    wrong = bibtools("zotero", "login", stdin=b"abcdefgh\n")
    assert (wrong.code, "abcdefgh" in wrong.stderr) == (3, False)
    assert bibtools("zotero", "login", stdin=b"").code == 2
    assert desk.zotero("logout").code == 0
    assert desk.zotero("status", "refs.bib").code == 3


def test_a_key_that_only_reads(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.server.add_key("readonlykey", write=False)
    monkeypatch.setenv("ZOTERO_API_KEY", "readonlykey")
    desk.write(BOATS)
    desk.server.forget()
    ran = desk.zotero("push", "refs.bib", "--yes")
    assert (ran.code, desk.server.writes) == (3, 0)
    assert "may read the library user:1 and not write to it" in ran.stderr
    assert desk.zotero("status", "refs.bib").code == 0


def test_group_libraries_by_number_and_name(desk: Desk) -> None:
    desk.server.add_group(7, "Reading Club")
    group = desk.server.library("groups", 7)
    desk.write(BOATS)
    desk.sync("--library", "group:7", "-c", "Ours")
    assert [item.title() for item in group.items.values() if not item.parent] == [
        "Folding Paper Boats with Learned Creases"
    ]
    desk.server.forget()
    desk.sync("--library", "reading club", "-c", "Ours")
    assert desk.server.writes == 0
    unknown = desk.zotero("status", "refs.bib", "--library", "Chess Club")
    assert (unknown.code, "group:7 (Reading Club)" in unknown.stderr) == (2, True)
    assert desk.contents() == {}


def test_text_of_others_is_no_command_for_the_terminal(desk: Desk) -> None:
    desk.library.put({**KITES, "title": "Kites \u202e and \u009b31m strings"})
    ran = desk.zotero("status", "refs.bib")
    assert "\u202e" not in ran.stdout
    assert "\u009b" not in ran.stdout
    assert "\\x202e" in ran.stdout


@pytest.mark.parametrize(
    "command", ["login", "logout", "collections", "status", "pull", "push", "sync", "apply", "undo"]
)
def test_every_help_has_examples(command: str) -> None:
    ran = bibtools("zotero", command, "--help")
    assert (ran.code, f"bibtools zotero {command}" in ran.stdout, "Examples:" in ran.stdout) == (
        0,
        True,
        True,
    )
