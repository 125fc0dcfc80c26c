"""Runs taken back: field for field, and never over what somebody did since."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.zotero.errors import RefusedError
from bibtools.adapters.zotero.gateway import Gateway
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, SECOND, Desk, desk_in
from tests.zotero_server import Fault, Kind, Recorded, is_post, is_write

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def undo(desk: Desk, code: int = 0) -> str:
    ran = desk.zotero("undo", "--yes")
    assert ran.code == code, ran.stderr
    return ran.stderr


def set_in_zotero(**fields: Any) -> Callable[[Desk], object]:
    return lambda desk: desk.library.edit(desk.item("Folding"), **fields)


def in_file(old: str, new: str) -> Callable[[Desk], object]:
    return lambda desk: desk.replace(old, new)


def both(*edits: Callable[[Desk], object]) -> Callable[[Desk], object]:
    return lambda desk: [edit(desk) for edit in edits]


def code_child(desk: Desk) -> str:
    (key,) = [key for key, data in desk.contents().items() if data.get("title") == "Code"]
    return key


def drop_entry(desk: Desk) -> None:
    desk.write("@book" + desk.text().partition("@book")[2])


EDITS = [
    pytest.param(in_file("2023,", "2024,"), [], id="a field changed"),
    pytest.param(in_file("  year    = 2023,\n", ""), [], id="a field removed"),
    pytest.param(
        in_file("  year    = 2023,\n", "  year    = 2023,\n  volume = 7,\n"), [], id="a field added"
    ),
    pytest.param(
        in_file("{one, two}", "{one, two, a, b}"),
        [],
        id="tags added",
    ),
    pytest.param(in_file("Third, Bea}", "Third, Bea and Other, Carl}"), [], id="an author added"),
    pytest.param(
        in_file("{Example, Ada and Third, Bea}", "{Third, Bea}"), [], id="an author removed"
    ),
    pytest.param(
        in_file("{Example, Ada and Third, Bea}", "{Third, Bea and Example, Ada}"),
        [],
        id="authors reordered",
    ),
    pytest.param(in_file("Third, Bea", "Third, Beatrice"), [], id="an author rewritten"),
    pytest.param(in_file("keywords = {one, two},\n", ""), [], id="tags removed"),
    pytest.param(in_file("{one, two}", "{two, three}"), [], id="a tag for another"),
    pytest.param(
        both(in_file("2023,", "2024,"), set_in_zotero(tags=[{"tag": "one"}, {"tag": "two"}])),
        [],
        id="a field changed, the type of a tag changed in Zotero",
    ),
    pytest.param(
        both(in_file("2023,", "2024,"), set_in_zotero(relations={})),
        [],
        id="a field changed, a relation removed in Zotero",
    ),
    pytest.param(
        both(in_file("2023,", "2024,"), set_in_zotero(collections=[])),
        [],
        id="a field changed, taken out of a collection in Zotero",
    ),
    pytest.param(
        both(in_file("2023,", "2024,"), lambda desk: desk.library.trash(desk.item("Folding"))),
        ["--prefer", "local"],
        id="taken out of the trash",
    ),
    pytest.param(set_in_zotero(creators=[]), [], id="pulled: authors removed"),
    pytest.param(set_in_zotero(itemType="bookSection"), [], id="pulled: the type changed"),
    pytest.param(set_in_zotero(citationKey=""), [], id="the key given back"),
    pytest.param(
        in_file("  code    = {https://github.com/example/boats},\n", ""),
        [],
        id="the code link taken out of the file",
    ),
    pytest.param(
        lambda desk: desk.library.edit(code_child(desk), url="https://github.com/example/new"),
        [],
        id="the code link changed in Zotero",
    ),
    pytest.param(
        in_file("  isbn ", "  code = {https://github.com/example/kites},\n  isbn "),
        [],
        id="a code link attached",
    ),
    pytest.param(
        lambda desk: desk.library.put({**KITES, "title": "Sailing", "citationKey": "", "ISBN": ""}),
        [],
        id="an entry added, its key sent",
    ),
    pytest.param(
        lambda desk: desk.write(desk.text() + SECOND), ["-c", "New"], id="created, with child"
    ),
    pytest.param(in_file("@article", "@inproceedings"), [], id="the type changed"),
    pytest.param(in_file("example2023boats", "boats"), [], id="the key changed"),
    pytest.param(
        in_file("https://github.com/example/boats", "https://github.com/example/new"),
        [],
        id="the code link changed",
    ),
    pytest.param(lambda desk: None, ["--collection", "Reading/2026"], id="added to a collection"),
    pytest.param(drop_entry, ["--delete"], id="trashed"),
    pytest.param(set_in_zotero(date="2020", tags=[{"tag": "x", "type": 1}]), [], id="pulled"),
    pytest.param(
        lambda desk: desk.library.trash(desk.item("Kites")), ["--delete"], id="entry removed"
    ),
]


@pytest.mark.parametrize(("edit", "options"), EDITS)
def test_everything_comes_back(
    desk: Desk, edit: Callable[[Desk], object], options: list[str]
) -> None:
    desk.write(BOATS.replace("Ada}", "Ada and Third, Bea}").replace(
        "  doi", "  keywords = {one, two},\n  doi"))  # fmt: skip
    desk.library.put(KITES)
    desk.sync()
    boats = desk.item("Folding")
    other = desk.library.put({"itemType": "book", "title": "Other"}).key
    desk.library.edit(
        boats,
        relations={"dc:relation": f"http://zotero.org/users/1/items/{other}"},
        extra=f"{desk.contents()[boats].get('extra', '')}\nPMID: 1\nfree words",
        callNumber="QA 1",
        tags=[{"tag": "one", "type": 1}, {"tag": "two"}],
        collections=[desk.library.add_collection("Old")],
    )
    desk.sync()
    edit(desk)
    before = (desk.text(), desk.contents(), set(desk.library.collections))
    desk.sync(*options)
    assert (desk.text(), desk.contents(), set(desk.library.collections)) != before
    undo(desk)
    assert (desk.text(), desk.contents(), set(desk.library.collections)) == before
    # What the run did is news again.
    desk.sync(*options)
    assert (desk.text(), desk.contents(), set(desk.library.collections)) != before


def test_creating_is_undone_by_deleting_for_good(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Reading")
    assert undo(desk) == "Zotero: 1 deleted, 1 collection deleted\n"
    assert (desk.contents(), desk.library.collections) == ({}, {})
    desk.sync("-c", "Reading")
    assert len(desk.contents()) == 2


TOUCHES = [
    pytest.param(lambda desk, key: desk.library.edit(key, date="1"), "since (date)", id="edited"),
    pytest.param(
        lambda desk, key: desk.library.edit(key, tags=[{"tag": "z"}]), "since (tags)", id="tagged"
    ),
    pytest.param(
        lambda desk, key: desk.library.put(
            {"itemType": "note", "note": "<p>n</p>", "parentItem": key}
        ),
        "notes or files now that the run did not put there",
        id="a note was added",
    ),
    pytest.param(lambda desk, key: desk.library.trash(key), "since (deleted)", id="trashed"),
]


@pytest.mark.parametrize(("touch", "why"), TOUCHES)
def test_what_was_touched_since_is_left_and_the_rest_is_done(
    desk: Desk, touch: Callable[[Desk, str], object], why: str
) -> None:
    desk.write(BOATS + SECOND)
    desk.sync("-c", "Reading")
    boats = desk.item("Folding")
    touch(desk, boats)
    told = undo(desk, code=1)
    assert why in told
    assert "Reading: there is something in it, so it stays" in told
    (link,) = [data for data in desk.contents().values() if data.get("title") == "Code"]
    assert link["parentItem"] == boats
    titles = [data.get("title") for data in desk.contents().values()]
    assert "Folding Paper Boats with Learned Creases" in titles
    assert "Sailing Steel Boats with Learned Creases" not in titles
    run = json.loads(desk.zotero("undo", "--list", "--json").stdout)[-1]
    assert run["undone"]


def test_a_touch_of_an_untouched_version_is_no_change(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    desk.library.edit(desk.item("Folding"), date="1")
    desk.library.edit(desk.item("Folding"), date="2023")
    assert undo(desk) == "Zotero: 1 deleted\n"


def test_a_restored_item_that_is_gone(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    desk.replace("2023,", "2024,")
    desk.sync()
    desk.library.delete(desk.item("Folding"))
    assert "it was deleted in Zotero since" in undo(desk, code=1)


def test_a_file_that_was_edited_since_stays(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(KITES)
    desk.sync()
    desk.replace("2023,", "2024,")
    text = desk.text()
    told = undo(desk, code=1)
    assert "was changed by something else" in told
    assert desk.text() == text
    assert [data["title"] for data in desk.contents().values()] == [KITES["title"]]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(Kind.LOST_ANSWER, when=is_write), id="the answer is lost"),
        pytest.param(Fault(Kind.SERVER_ERROR, when=is_write), id="500"),
        pytest.param(Fault(Kind.TOO_MANY, when=is_write, seconds=10), id="429"),
    ],
)
def test_undo_over_a_bad_line(desk: Desk, fault: Fault) -> None:
    desk.write(BOATS)
    desk.sync("-c", "Reading")
    desk.replace("2023,", "2024,")
    before = desk.contents()
    desk.sync()
    desk.server.faults.append(fault)
    undo(desk)
    assert desk.contents() == before
    desk.server.faults.append(fault)
    undo(desk)
    assert desk.contents() == {}


def test_an_undo_that_was_killed_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Killed(BaseException):
        pass

    desk.write(BOATS)
    desk.sync("-c", "Reading")
    with monkeypatch.context() as patch:

        def killed(*_: Any) -> None:
            raise Killed

        patch.setattr(Gateway, "delete_collection", killed)
        with pytest.raises(Killed):
            desk.zotero("undo", "--yes")
    assert (desk.contents(), len(desk.library.collections)) == ({}, 1)
    undo(desk)
    assert desk.library.collections == {}


def test_a_run_that_was_killed_can_be_taken_back(desk: Desk) -> None:
    desk.write(BOATS)
    stop = [Fault(Kind.RESET, times=100)]
    desk.server.faults.append(
        Fault(Kind.FOREIGN_WRITE, when=is_post, objects=1,
              run=lambda: desk.server.faults.extend(stop))
    )  # fmt: skip
    desk.zotero("sync", "refs.bib", "--yes")
    desk.server.faults.clear()
    undo(desk)
    assert desk.contents() == {}


def test_a_named_run(desk: Desk) -> None:
    desk.write(BOATS)
    first = json.loads(desk.zotero("sync", "refs.bib", "--yes", "--json").stdout)["run"]
    other = desk.file.with_name("other.bib")
    other.write_text(SECOND, encoding="utf-8")
    desk.zotero("push", "other.bib", "--yes")
    assert desk.zotero("undo", first[:8], "--yes").code == 0
    assert desk.item("Sailing")
    assert len(desk.contents()) == 2
    assert "taken back already" in desk.zotero("undo", first, "--yes").stderr
    assert desk.zotero("undo", "--file", "other.bib", "--yes").code == 0
    assert desk.contents() == {}
    assert desk.zotero("undo", "nothing").code == 2


# Many items, fifty a request.


def crowd(count: int) -> str:
    return "".join(
        BOATS.replace("example2023boats", f"boats{number}")
        .replace("folds.1", f"folds.{number}")
        .replace("Folding Paper", f"Boat Number {number}: Folding Paper")
        for number in range(count)
    )


def is_delete(request: Recorded) -> bool:
    return request.method == "DELETE"


def deletes(desk: Desk) -> list[int]:
    """How many keys each request named; 0 for a request about one item."""
    return [
        one.query.count("%2C") + 1 if "itemKey" in one.query else 0
        for one in desk.server.requests
        if is_delete(one)
    ]


@pytest.fixture
def crowded(desk: Desk) -> Desk:
    desk.write(crowd(60))
    desk.sync()
    desk.server.forget()
    return desk


def test_many_are_deleted_fifty_at_a_time(crowded: Desk) -> None:
    assert undo(crowded) == "Zotero: 60 deleted\n"
    assert (crowded.contents(), deletes(crowded)) == ({}, [50, 10])


def test_what_is_touched_between_two_requests_stays(crowded: Desk) -> None:
    def foreign() -> None:
        # Nobody knows the order of the requests, so one that is still there is taken.
        first, second = [
            key for key, data in crowded.contents().items() if "parentItem" not in data
        ][:2]
        crowded.library.edit(first, date="1999")
        crowded.library.put({"itemType": "note", "note": "<p>n</p>", "parentItem": second})

    crowded.server.faults += [
        Fault(Kind.SERVER_ERROR, when=is_delete, executed=True),
        Fault(Kind.FOREIGN_WRITE, when=is_delete, run=foreign),
    ]
    told = undo(crowded, code=1)
    assert "Zotero: 58 deleted" in told
    assert "since (date)" in told
    assert "notes or files now that the run did not put there" in told
    tops = [data for data in crowded.contents().values() if "parentItem" not in data]
    assert sorted(str(data.get("date")) for data in tops) == ["1999", "2023"]
    links = [data for data in crowded.contents().values() if data.get("title") == "Code"]
    assert len(links) == 2


def test_a_library_that_never_stands_still(crowded: Desk) -> None:
    other = crowded.library.put({"itemType": "book", "title": "Other"}).key
    numbers = iter(range(1000))
    crowded.server.faults.append(
        Fault(
            Kind.FOREIGN_WRITE,
            when=lambda one: is_delete(one) and "itemKey" in one.query,
            times=1000,
            run=lambda: crowded.library.edit(other, volume=str(next(numbers))),
        )
    )
    assert undo(crowded) == "Zotero: 60 deleted\n"
    assert list(crowded.contents()) == [other]
    assert deletes(crowded) == [50] * 4 + [0] * 60


def test_a_server_that_does_not_delete_many(crowded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any) -> None:
        raise RefusedError("The server does not know this.")

    monkeypatch.setattr(Gateway, "delete_many", refused)
    assert undo(crowded) == "Zotero: 60 deleted\n"
    assert crowded.contents() == {}
