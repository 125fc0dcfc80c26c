"""The library as it was at one moment, whatever is written afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.zotero.answers import RemoteCollection
from bibtools.adapters.zotero.errors import CopyLostError
from bibtools.adapters.zotero.mirror import Mirror
from bibtools.sync.kept import Kept
from bibtools.sync.values import RemoteItem

BOOK = {"itemType": "book", "title": "Boats", "collections": ["READ"]}
THROWN = {"itemType": "book", "title": "Kites", "deleted": 1}
CODE = {"itemType": "attachment", "linkMode": "linked_url", "url": "https://example.org"}
ITEMS = {
    "AAAA2222": RemoteItem("AAAA2222", 3, BOOK, "2026-01-01T00:00:00Z"),
    "BBBB2222": RemoteItem("BBBB2222", 4, THROWN),
    "CCCC2222": RemoteItem("CCCC2222", 5, {"itemType": "thesis", "title": "Lochs"}),
}
BELOW = (
    RemoteItem("KKKK2222", 6, {**CODE, "parentItem": "AAAA2222"}),
    RemoteItem("NNNN2222", 7, {"itemType": "note", "note": "n", "parentItem": "AAAA2222"}),
)
OTHERS = (
    RemoteItem("OOOO2222", 8, {"itemType": "note", "note": "by itself"}),
    RemoteItem("PPPP2222", 8, {"itemType": "annotation", "parentItem": "KKKK2222"}),
)


@pytest.fixture(params=["a file", "memory"])
def mirror(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Mirror]:
    with Mirror(tmp_path / "copy.sqlite" if request.param == "a file" else None) as made:
        made.put([*ITEMS.values(), *BELOW, *OTHERS])
        made.put_collections([RemoteCollection("READ", 1, "Reading")])
        yield made


def test_works_and_what_is_below_them(mirror: Mirror) -> None:
    view = mirror.view()
    assert dict(view.items) == ITEMS
    assert (list(view.items), len(view.items)) == (list(ITEMS), 3)
    assert dict(view.children) == {"AAAA2222": BELOW}
    assert ("AAAA2222" in view.items, "OOOO2222" in view.items) == (True, False)
    assert (view.items.get("none"), view.children.get("BBBB2222", ())) == (None, ())
    with pytest.raises(KeyError):
        view.children["BBBB2222"]


@pytest.mark.parametrize(
    ("collections", "keys"),
    [
        pytest.param(None, {"AAAA2222", "CCCC2222"}, id="all but the trash"),
        pytest.param({"READ", "none"}, {"AAAA2222"}, id="a collection"),
        pytest.param(set(), set(), id="no collection"),
    ],
)
def test_what_is_inside(mirror: Mirror, collections: Any, keys: set[str]) -> None:
    assert mirror.view().inside(collections) == keys


def test_what_is_written_afterwards_is_not_seen(mirror: Mirror) -> None:
    view = mirror.view()
    mirror.put([RemoteItem("AAAA2222", 9, {"itemType": "book", "title": "Later"})])
    mirror.put([RemoteItem("DDDD2222", 9, {"itemType": "book"})])
    mirror.remove(["CCCC2222", "KKKK2222"])
    if isinstance(view.items["AAAA2222"].data, Kept):
        assert view.inside(None) == {"AAAA2222", "CCCC2222"}
    assert dict(view.items) == ITEMS
    assert dict(view.children) == {"AAAA2222": BELOW}
    now = mirror.view()
    assert now.items["AAAA2222"].data["title"] == "Later"
    assert (set(now.items), set(now.children)) == (
        {"AAAA2222", "BBBB2222", "DDDD2222"},
        {"AAAA2222"},
    )


def test_in_any_order_and_again(tmp_path: Path) -> None:
    every = {
        f"K{number:05}": RemoteItem(f"K{number:05}", 1, {"itemType": "book", "title": str(number)})
        for number in range(1500)
    }
    with Mirror(tmp_path / "copy.sqlite") as mirror:
        mirror.put(every.values())
        items = mirror.view().items
        assert dict(items) == every
        assert [items[key].data for key in reversed(every)] == [
            one.data for one in reversed(every.values())
        ]
        some = sorted(every)[::7]
        assert [items[key].data["title"] for key in some] == [
            every[key].data["title"] for key in some
        ]


def test_few_questions_where_all_is_read_in_order(tmp_path: Path) -> None:
    with Mirror(tmp_path / "copy.sqlite") as mirror:
        mirror.put([RemoteItem(f"K{number:05}", 1, {"title": "t"}) for number in range(2000)])
        view = mirror.view()
        assert view._database is not None
        asked: list[str] = []
        view._database.set_trace_callback(asked.append)
        assert [one.data["title"] for one in view.items.values()] == ["t"] * 2000
    assert len(asked) < 20


def test_damage_that_shows_later_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    with Mirror(path) as mirror:
        mirror.put([RemoteItem(f"K{number:05}", 1, {"title": "t" * 900}) for number in range(3000)])
    with Mirror(path) as mirror:
        items = mirror.view().items
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(8192)
            file.write(b"\xff" * (size - 8192))
        with pytest.raises((CopyLostError, sqlite3.Error)) as told:
            for one in items.values():
                assert one.data["title"]
    assert isinstance(told.value, CopyLostError)
