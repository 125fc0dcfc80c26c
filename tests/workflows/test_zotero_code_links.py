"""Where a work has its code: a line of the entry, a line of Extra, a child "Code", and what happens
to the others when one of them changes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import BOATS, KITES, Desk, desk_in
from tests.zotero_server import Fault, Kind, is_post

pytestmark = ONLY_LOOPBACK
OLD = "https://github.com/example/boats"
OTHERWISE = "http://www.github.com/Example/boats.git/"
NEW = "https://github.com/example/new"
THIRD = "https://github.com/example/third"
BARE = BOATS.replace(f"  code    = {{{OLD}}},\n", "")
ITEM = {
    "itemType": "journalArticle",
    "title": "Folding Paper Boats with Learned Creases",
    "publicationTitle": "Journal of Folds",
    "creators": [{"creatorType": "author", "firstName": "Ada", "lastName": "Example"}],
    "date": "2023",
    "DOI": "10.1234/folds.1",
    "citationKey": "example2023boats",
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def put_child(desk: Desk, url: str, title: str = "Code") -> str:
    child = {"itemType": "attachment", "linkMode": "linked_url", "title": title, "url": url}
    return desk.library.put({**child, "parentItem": desk.item("Folding")}).key


def child_key(desk: Desk) -> str:
    (key,) = [key for key, data in desk.contents().items() if data.get("title") == "Code"]
    return key


def told(desk: Desk) -> tuple[list[str], list[str], list[str]]:
    """Links of the entry, lines of Extra, and addresses of children that are not in the trash."""
    entry = re.findall(r"^ *code\d* *= \{(.*)\},?$", desk.text(), re.MULTILINE)
    boats = desk.item("Folding")
    extra = str(desk.contents()[boats].get("extra", ""))
    lines = [line for line in extra.split("\n") if line.startswith("tex.code")]
    children = [
        data["url"]
        for data in desk.contents().values()
        if data.get("parentItem") == boats and "url" in data and not data.get("deleted")
    ]
    return entry, lines, children


def settle(desk: Desk, *arguments: str, command: str = "sync") -> None:
    """A run that has no conflict, after which nothing is left to be done."""
    ran = desk.zotero(command, desk.file.name, "--yes", *arguments)
    assert ran.code == 0, ran.stderr
    desk.server.forget()
    before = desk.text()
    ran = desk.zotero(command, desk.file.name, "--yes", *arguments)
    assert (ran.code, desk.server.writes, desk.text()) == (0, 0, before), ran.stderr


def conflicts(desk: Desk) -> list[str]:
    """Fields that a sync leaves alone."""
    told = json.loads(desk.sync("--json", code=1).stdout)
    return [field for one in told["conflicts"] for field in one["fields"]]


FIRST = [
    pytest.param(BARE, None, [OLD], ([OLD], [], [OLD]), id="a child that only Zotero has"),
    pytest.param(BOATS, None, [OLD], ([OLD], [], [OLD]), id="entry and child: no line is needed"),
    pytest.param(BOATS, None, [], ([OLD], ["tex.code: " + OLD], [OLD]), id="only the entry"),
    pytest.param(
        BARE, OLD, [], ([OLD], ["tex.code: " + OLD], [OLD]), id="only a line: its child is made"
    ),
    pytest.param(
        BOATS, OLD, [NEW], ([OLD, NEW], ["tex.code: " + OLD], [NEW]), id="line and child differ"
    ),
    pytest.param(BARE, None, ["javascript:x"], ([], [], ["javascript:x"]), id="no address"),
    pytest.param(
        BOATS, None, [OTHERWISE], ([OLD], [], [OTHERWISE]), id="the child spells it otherwise"
    ),
    pytest.param(
        BOATS, OTHERWISE, [], ([OLD], ["tex.code: " + OTHERWISE], [OTHERWISE]),
        id="the line spells it otherwise",
    ),
    pytest.param(
        BARE, OLD, [OTHERWISE], ([OLD], ["tex.code: " + OLD], [OTHERWISE]),
        id="line and child spell it in two ways",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "children", "expected"), FIRST)
def test_the_first_time(
    desk: Desk, text: str, line: str | None, children: list[str], expected: object
) -> None:
    desk.write(text)
    desk.library.put({**ITEM, **({"extra": f"tex.code: {line}"} if line else {})})
    for url in children:
        put_child(desk, url)
    settle(desk)
    assert told(desk) == expected


def test_two_links_that_were_never_agreed_are_a_conflict_that_can_be_decided(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(ITEM)
    put_child(desk, NEW)
    assert conflicts(desk) == ["extra:tex.code"]
    assert told(desk) == ([OLD], [], [NEW])
    settle(desk, "--prefer", "zotero")
    assert told(desk) == ([NEW], [], [NEW])


def test_the_file_wins_over_the_child(desk: Desk) -> None:
    desk.write(BOATS)
    desk.library.put(ITEM)
    put_child(desk, NEW)
    settle(desk, "--prefer", "local")
    assert told(desk) == ([OLD], [], [OLD])


PULLED = [
    pytest.param(None, [OLD], ([OLD], [], [OLD]), id="a child"),
    pytest.param(OLD, [], ([OLD], ["tex.code: " + OLD], []), id="a line: no child is made"),
    pytest.param(OLD, [OLD], ([OLD], ["tex.code: " + OLD], [OLD]), id="both"),
    pytest.param(OLD, [NEW], ([OLD, NEW], ["tex.code: " + OLD], [NEW]), id="both, two links"),
]


@pytest.mark.parametrize("command", ["sync", "pull"])
@pytest.mark.parametrize(("line", "children", "expected"), PULLED)
def test_an_item_that_comes_new(
    desk: Desk, command: str, line: str | None, children: list[str], expected: object
) -> None:
    desk.write("% my papers\n")
    desk.library.put({**ITEM, **({"extra": f"tex.code: {line}"} if line else {})})
    for url in children:
        put_child(desk, url)
    settle(desk, command=command)
    settle(desk)
    assert told(desk) == expected


def line_is(line: str | None) -> Callable[[Desk], object]:
    extra = f"tex.code: {line}" if line else ""
    return lambda desk: desk.library.edit(desk.item("Folding"), extra=extra)


def child_is(url: str) -> Callable[[Desk], object]:
    return lambda desk: desk.library.edit(child_key(desk), url=url)


def child_goes(desk: Desk) -> None:
    desk.library.trash(child_key(desk))


def entry_is(old: str, new: str) -> Callable[[Desk], object]:
    return lambda desk: desk.replace(f"{{{old}}}", f"{{{new}}}")


def entry_loses(desk: Desk) -> None:
    desk.write(BARE)


def line_of(url: str) -> list[str]:
    return [f"tex.code: {url}"]


LATER = [
    pytest.param([line_is(NEW)], ([NEW], line_of(NEW), [NEW]), id="line changed: child follows"),
    pytest.param([child_is(NEW)], ([NEW], line_of(NEW), [NEW]), id="child changed: line follows"),
    pytest.param([line_is(None)], ([OLD], [], [OLD]), id="line gone: the child says it"),
    pytest.param([child_goes], ([OLD], line_of(OLD), []), id="child gone: the line says it"),
    pytest.param([line_is(None), child_goes], ([], [], []), id="line and child gone"),
    pytest.param(
        [line_is(None), child_is(NEW)], ([NEW], [], [NEW]), id="line gone, child changed"
    ),
    pytest.param(
        [line_is(NEW), child_goes], ([NEW], line_of(NEW), []), id="line changed, child gone"
    ),
    pytest.param(
        [line_is(NEW), child_is(NEW)], ([NEW], line_of(NEW), [NEW]), id="both changed alike"
    ),
    pytest.param(
        [line_is(NEW), child_is(THIRD)], ([NEW, THIRD], line_of(NEW), [THIRD]),
        id="both changed otherwise: both are kept",
    ),
    pytest.param(
        [entry_is(OLD, NEW)], ([NEW], line_of(NEW), [NEW]), id="entry changed: both follow"
    ),
    pytest.param([entry_loses], ([], [], [OLD]), id="entry lost it: only a line goes"),
    pytest.param(
        [entry_is(OLD, NEW), child_is(NEW)], ([NEW], line_of(NEW), [NEW]),
        id="entry and child changed alike",
    ),
    pytest.param(
        [entry_is(OLD, NEW), child_goes], ([NEW], line_of(NEW), []),
        id="entry changed, child gone: none is made again",
    ),
    pytest.param(
        [lambda desk: put_child(desk, NEW)], ([OLD], line_of(OLD), [OLD, NEW]),
        id="a second child is the user's own",
    ),
]  # fmt: skip


@pytest.mark.parametrize("first", ["sync", "pull"])
@pytest.mark.parametrize(("edits", "expected"), LATER)
def test_later(
    desk: Desk, edits: list[Callable[[Desk], object]], expected: Any, first: str
) -> None:
    desk.write(BOATS)
    desk.sync()
    for edit in edits:
        edit(desk)
    settle(desk, command=first)
    settle(desk)
    entry, lines, children = told(desk)
    assert (entry, lines, sorted(children)) == (expected[0], expected[1], sorted(expected[2]))


CHILD_ALONE = [
    pytest.param([child_is(NEW)], ([NEW], [], [NEW]), id="child changed"),
    pytest.param([child_goes], ([], [], []), id="child gone: the link goes"),
    pytest.param([line_is(NEW)], ([NEW, OLD], line_of(NEW), [OLD]), id="a line was added"),
    pytest.param([line_is(OLD)], ([OLD], line_of(OLD), [OLD]), id="the same line was added"),
    pytest.param([entry_is(OLD, NEW)], ([NEW], [], [NEW]), id="entry changed"),
    pytest.param([entry_loses], ([], [], [OLD]), id="entry lost it: the child stays"),
]


@pytest.mark.parametrize("first", ["sync", "pull"])
@pytest.mark.parametrize(("edits", "expected"), CHILD_ALONE)
def test_later_where_the_child_alone_says_it(
    desk: Desk, edits: list[Callable[[Desk], object]], expected: object, first: str
) -> None:
    desk.write(BARE)
    desk.library.put(ITEM)
    desk.sync()
    put_child(desk, OLD)
    settle(desk)
    assert told(desk) == ([OLD], [], [OLD])
    for edit in edits:
        edit(desk)
    settle(desk, command=first)
    settle(desk)
    assert told(desk) == expected


def test_a_child_that_changes_meets_a_changed_entry(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    child_is(NEW)(desk)
    entry_is(OLD, THIRD)(desk)
    before = told(desk)
    for _ in range(2):
        assert conflicts(desk) == ["extra:tex.code"]
        assert told(desk) == before
    settle(desk, "--prefer", "zotero")
    assert told(desk) == ([NEW], line_of(NEW), [NEW])


def test_a_push_leaves_the_childs_change_for_later(desk: Desk) -> None:
    desk.write(BOATS)
    desk.sync()
    child_is(NEW)(desk)
    settle(desk, command="push")
    assert told(desk)[0] == [OLD]
    settle(desk)
    assert told(desk) == ([NEW], line_of(NEW), [NEW])


def test_words_that_are_no_address_make_no_child(desk: Desk) -> None:
    desk.write(BOATS.replace(OLD, "available on request"))
    settle(desk)
    assert told(desk)[2] == []


# Citation keys


def keys(desk: Desk) -> list[str | None]:
    return [data.get("citationKey") for data in desk.contents().values()]


@pytest.mark.parametrize(
    ("command", "sent"),
    [pytest.param("sync", True, id="sync"), pytest.param("pull", False, id="pull")],
)
def test_an_item_that_comes_new_is_given_its_key(desk: Desk, command: str, sent: bool) -> None:
    desk.write(BARE)
    desk.sync()
    desk.library.put({**KITES, "citationKey": ""})
    settle(desk, command=command)
    assert "@book{example2021kites" in desk.text()
    assert keys(desk) == ["example2023boats", "example2021kites" if sent else None]
    settle(desk)
    assert keys(desk) == ["example2023boats", "example2021kites"]


@pytest.mark.parametrize("command", ["sync", "push"])
def test_a_pair_without_key_in_zotero_is_given_it(desk: Desk, command: str) -> None:
    desk.write(BARE)
    desk.library.put({**ITEM, "citationKey": ""})
    settle(desk, command=command)
    assert keys(desk) == ["example2023boats"]
    desk.library.edit(desk.item("Folding"), citationKey="")
    settle(desk, command=command)
    assert keys(desk) == ["example2023boats"]


def test_a_key_in_extra_is_a_key(desk: Desk) -> None:
    desk.write("% my papers\n")
    desk.library.put({**KITES, "citationKey": "", "extra": "Citation Key: mine"})
    settle(desk)
    assert "@book{mine" in desk.text()
    assert keys(desk) == [None]


def test_another_key_that_was_never_agreed_is_a_conflict(desk: Desk) -> None:
    desk.write(BARE)
    desk.library.put({**ITEM, "citationKey": "theirs"})
    assert conflicts(desk) == ["citationKey"]
    assert keys(desk) == ["theirs"]
    settle(desk, "--prefer", "zotero")
    assert "@article{theirs," in desk.text()


def test_a_key_that_the_file_has_already_is_remembered_as_a_difference(desk: Desk) -> None:
    desk.write(BARE)
    desk.sync()
    desk.library.put({**KITES, "citationKey": "example2023boats"})
    settle(desk)
    assert "@book{example2021" in desk.text()
    assert keys(desk) == ["example2023boats", "example2023boats"]


def test_a_key_that_meets_a_concurrent_edit(desk: Desk) -> None:
    desk.write(BARE)
    desk.sync()
    kites = desk.library.put({**KITES, "citationKey": ""}).key
    desk.server.faults.append(
        Fault(
            Kind.FOREIGN_WRITE, when=is_post, run=lambda: desk.library.edit(kites, date="2020"),
            objects=0,
        )
    )  # fmt: skip
    desk.sync()
    settle(desk)
    assert keys(desk) == ["example2023boats", "example2021kites"]
    assert "2020" in desk.text()


def test_a_csl_file(desk: Desk) -> None:
    desk.library.put({**ITEM, "citationKey": ""})
    put_child(desk, OLD)
    file = Path("refs.json")
    for command in ("pull", "sync"):
        ran = desk.zotero(command, file.name, "--yes")
        assert ran.code == 0, ran.stderr
    assert keys(desk)[0] == "example2023folding"
    assert f'"note": "tex.code: {OLD}"' in file.read_text(encoding="utf-8")
    child_is(NEW)(desk)
    for writes in (0, 0):
        desk.server.forget()
        ran = desk.zotero("sync", file.name, "--yes")
        assert (ran.code, desk.server.writes) == (0, writes), ran.stderr
        assert f'"note": "tex.code: {NEW}"' in file.read_text(encoding="utf-8")
