"""What is planned: nothing where nothing differs, and never more than what was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bibtools.sync.drafting import PlanRequest
from bibtools.sync.kept import Kept
from bibtools.sync.plan import (
    AddEntry,
    AttachCode,
    CreateItem,
    Library,
    Plan,
    RemoveEntry,
    TrashItem,
    UpdateEntry,
    UpdateItem,
)
from bibtools.sync.planning import make_plan
from bibtools.sync.values import Agreed, FieldChange, LocalEntry, RemoteItem

from .test_sync_linking import BOATS, bib, entries, item

HOME = "CCCC2222"
CODE = "https://github.com/example/boats"
KEYS = [f"NEWKEY{number}2"[-8:] for number in range(2, 10)]


def planned(
    text: str = "",
    items: Sequence[RemoteItem] = (),
    agreed: Sequence[Agreed] = (),
    children: dict[str, Sequence[RemoteItem]] | None = None,
    **more: Any,
) -> Plan:
    """The plan of a sync of a whole library, or of the collection `HOME`."""
    keys = iter(KEYS)
    table = {one.key: one for one in items}
    collection = more.get("collection")
    scope = frozenset(
        key
        for key, one in table.items()
        if collection is None or collection in one.data.get("collections", ())
    )
    request = PlanRequest(
        library=Library("user", 1),
        endpoint="https://api.example.org",
        collection=collection,
        file="refs.bib",
        digest=None,
        library_version=7,
        local=entries(text),
        items=table,
        children=children or {},
        scope=scope,
        agreed={row.item: row for row in agreed},
        new_key=lambda: next(keys),
    )
    return make_plan(replace(request, **more))


def pair(text: str, there: RemoteItem, **more: Any) -> tuple[LocalEntry, Agreed]:
    """An entry, and the row that says that it agrees with an item."""
    (local,) = entries(text)
    row = Agreed(there.key, local.key, local.print, there.version, local.data, there.data, **more)
    return local, row


def link_child(url: str = CODE, key: str = "KKKK2222", version: int = 3) -> RemoteItem:
    return RemoteItem(
        key,
        version,
        {"itemType": "attachment", "linkMode": "linked_url", "title": "Code", "url": url},
    )


def test_nothing_on_either_side() -> None:
    plan = planned()
    assert (plan.remote, plan.local, plan.settled) == ((), (), ())
    assert not plan.writes


def test_a_new_entry_becomes_an_item_with_its_code() -> None:
    text = bib("a", more=f"code={{{CODE}}}")
    (local,) = entries(text)
    plan = planned(text, collection=HOME)
    (step,) = plan.remote
    data = {**local.data, "collections": [HOME]}
    assert step == CreateItem(KEYS[0], "a", local.print, data, local.data, CODE, KEYS[1])
    (row,) = plan.settled
    assert row.ours
    assert row.code == (KEYS[1], CODE)
    assert f"tex.code: {CODE}" in data["extra"]


def test_a_new_item_becomes_an_entry() -> None:
    there = item("AAAA2222", citationKey="boats")
    plan = planned("", [there])
    assert plan.local == (AddEntry("AAAA2222", 1, "boats", there.data),)
    assert plan.remote == ()


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param("two words", "example2023", id="a blank"),
        pytest.param("a{b", "example2023", id="a brace"),
        pytest.param("OTHER", "example2023", id="the key of another entry in capitals"),
        pytest.param("good:key/1", "good:key/1", id="signs that BibTeX takes"),
    ],
)
def test_keys_of_new_entries(named: str, expected: str) -> None:
    other = bib("other", "Kites that Remember the Wind of Yesterday")
    there = item("AAAA2222", citationKey=named)
    added = [step for step in planned(other, [there]).local if isinstance(step, AddEntry)]
    assert [step.key[: len(expected)] for step in added] == [expected]


@pytest.mark.parametrize("direction", ["push", "pull"])
def test_one_direction_writes_one_side(direction: str) -> None:
    other = item("AAAA2222", "Kites that Remember the Wind of Yesterday")
    plan = planned(bib("a"), [other], direction=direction)
    assert (len(plan.remote), len(plan.local)) == ((1, 0) if direction == "push" else (0, 1))


def test_what_agrees_is_left_alone() -> None:
    there = item("AAAA2222", citationKey="a")
    _, row = pair(bib("a"), there)
    plan = planned(bib("a"), [there], [row])
    assert (plan.remote, plan.local, plan.settled) == ((), (), (row,))


def test_a_change_here_goes_there_and_back_comes_nothing() -> None:
    there = item("AAAA2222", citationKey="a")
    _, row = pair(bib("a"), there)
    plan = planned(bib("a", more="volume={7}"), [there], [row])
    change = FieldChange("volume", None, "7")
    assert plan.remote == (UpdateItem("AAAA2222", "a", 1, (change,)),)
    assert plan.local == ()


def test_a_change_there_comes_here() -> None:
    there = item("AAAA2222", citationKey="a")
    local, row = pair(bib("a"), there)
    plan = planned(bib("a"), [item("AAAA2222", citationKey="a", version=2, volume="7")], [row])
    change = FieldChange("volume", None, "7")
    assert plan.local == (UpdateEntry("a", "AAAA2222", (change,), local.data),)
    assert plan.remote == ()


def test_one_field_changed_on_both_sides_waits_for_a_decision() -> None:
    there = item("AAAA2222", citationKey="a", volume="1")
    _, row = pair(bib("a", more="volume=1"), there)
    text = bib("a", more="volume=2")
    moved = [item("AAAA2222", citationKey="a", version=2, volume="3")]
    plan = planned(text, moved, [row])
    assert (plan.remote, plan.local) == ((), ())
    (conflict,) = plan.conflicts
    assert [(one.field, one.here, one.there) for one in conflict.fields] == [("volume", "2", "3")]
    again = planned(text, moved, plan.settled)
    assert again.conflicts == plan.conflicts
    local = planned(text, moved, [row], prefer="local")
    assert local.remote == (UpdateItem("AAAA2222", "a", 2, (FieldChange("volume", "3", "2"),)),)
    zotero = planned(text, moved, [row], prefer="zotero")
    assert [step.changes for step in zotero.local if isinstance(step, UpdateEntry)] == [
        (FieldChange("volume", "2", "3"),)
    ]


def test_the_newer_side_wins_on_request() -> None:
    there = item("AAAA2222", citationKey="a", volume="1")
    _, row = pair(bib("a", more="volume=1"), there)
    newer = replace(
        item("AAAA2222", citationKey="a", version=2, volume="3"), modified="2026-05-01T00:00:00Z"
    )
    for modified, sides in (("2026-06-01T00:00:00Z", (1, 0)), ("2026-04-01T00:00:00Z", (0, 1))):
        plan = planned(
            bib("a", more="volume=2"), [newer], [row], prefer="newest", file_modified=modified
        )
        assert (len(plan.remote), len(plan.local)) == sides


def test_an_item_elsewhere_in_the_library_is_put_into_the_collection() -> None:
    there = item("AAAA2222", citationKey="a", collections=["DDDD2222"])
    plan = planned(bib("a"), [there], collection=HOME)
    (step,) = plan.remote
    assert isinstance(step, UpdateItem)
    change = FieldChange("collections", ["DDDD2222"], [HOME, "DDDD2222"])
    assert change in step.changes
    pulled = planned(bib("a"), [there], collection=HOME, direction="pull")
    assert pulled.remote == ()


# Deletions


def test_an_entry_that_left_the_file_stays_in_zotero() -> None:
    there = item("AAAA2222", citationKey="a")
    _, row = pair(bib("a"), there, ours=True)
    plan = planned("", [there], [row])
    assert not plan.writes
    assert plan.settled == (row,)
    assert [notice.rule for notice in plan.notices] == ["zotero.left"]


@pytest.mark.parametrize(
    ("ours", "delete", "children", "trashed"),
    [
        pytest.param(True, True, [], True, id="ours, asked for"),
        pytest.param(True, False, [], False, id="ours, not asked for"),
        pytest.param(False, True, [], False, id="not ours"),
        pytest.param(
            True,
            True,
            [RemoteItem("NNNN2222", 1, {"itemType": "note", "note": "mine"})],
            False,
            id="with a note of the user",
        ),
    ],
)
def test_trashing(ours: bool, delete: bool, children: list[RemoteItem], trashed: bool) -> None:
    there = item("AAAA2222", citationKey="a")
    _, row = pair(bib("a"), there, ours=ours)
    plan = planned("", [there], [row], {"AAAA2222": children}, delete=delete)
    expected = (TrashItem("AAAA2222", "a", 1, BOATS),) if trashed else ()
    assert plan.remote == expected


def test_an_item_changed_since_is_not_trashed() -> None:
    there = item("AAAA2222", citationKey="a")
    _, row = pair(bib("a"), there, ours=True)
    moved = item("AAAA2222", citationKey="a", version=2, volume="9")
    plan = planned("", [moved], [row], delete=True)
    assert not plan.writes
    assert [conflict.fields for conflict in plan.conflicts] == [()]
    back = planned("", [moved], [row], delete=True, prefer="zotero")
    assert back.local == (AddEntry("AAAA2222", 2, "a", moved.data),)


@pytest.mark.parametrize("gone", ["trashed", "erased", "taken out of the collection"])
@pytest.mark.parametrize("entry_ours", [True, False])
@pytest.mark.parametrize("delete", [True, False])
def test_an_item_that_left_zotero(gone: str, entry_ours: bool, delete: bool) -> None:
    there = item("AAAA2222", citationKey="a", collections=[HOME])
    _, row = pair(bib("a"), there, entry_ours=entry_ours)
    left = {
        "trashed": [item("AAAA2222", citationKey="a", version=2, collections=[HOME], deleted=1)],
        "erased": [],
        "taken out of the collection": [item("AAAA2222", citationKey="a", version=2)],
    }[gone]
    plan = planned(bib("a"), left, [row], collection=HOME, delete=delete)
    expected = (RemoveEntry("a", "AAAA2222"),) if entry_ours and delete else ()
    assert plan.local == expected
    assert plan.remote == ()


def test_an_entry_changed_since_is_not_removed() -> None:
    there = item("AAAA2222", citationKey="a")
    _, row = pair(bib("a"), there, entry_ours=True)
    text = bib("a", more="volume=9")
    trashed = item("AAAA2222", citationKey="a", version=2, deleted=1)
    plan = planned(text, [trashed], [row], delete=True)
    assert not plan.writes
    assert len(plan.conflicts) == 1
    back = planned(text, [trashed], [row], prefer="local")
    (step,) = back.remote
    assert isinstance(step, UpdateItem)
    assert {change.field: change.new for change in step.changes} == {
        "deleted": None,
        "volume": "9",
    }
    anew = planned(text, [], [row], prefer="local")
    assert [type(step) for step in anew.remote] == [CreateItem]


def test_gone_from_both_is_forgotten() -> None:
    _, row = pair(bib("a"), item("AAAA2222"))
    plan = planned("", [], [row])
    assert (plan.settled, plan.notices) == ((), ())


# Code links


def with_code(url: str = CODE) -> str:
    return bib("a", more=f"code={{{url}}}")


def coded(url: str = CODE, version: int = 1) -> RemoteItem:
    return item("AAAA2222", citationKey="a", version=version, extra=f"tex.code: {url}")


def test_code_is_attached_once() -> None:
    _, row = pair(with_code(), coded())
    first = planned(with_code(), [coded()], [row])
    assert first.remote == (AttachCode("AAAA2222", "a", KEYS[0], CODE),)
    child = link_child(key=KEYS[0])
    second = planned(with_code(), [coded()], first.settled, {"AAAA2222": [child]})
    assert second.remote == ()


def test_a_child_with_the_address_is_taken_for_ours() -> None:
    plan = planned(with_code(), [coded()], (), {"AAAA2222": [link_child(CODE + "/")]})
    assert plan.remote == ()
    assert plan.settled[0].code == ("KKKK2222", CODE)


def test_a_child_that_was_thrown_away_does_not_come_back() -> None:
    _, row = pair(with_code(), coded(), code=("KKKK2222", CODE))
    plan = planned(with_code(), [coded()], [row])
    assert plan.remote == ()
    again = planned(with_code(), [coded()], plan.settled)
    assert again.remote == ()


def test_another_address_here_changes_the_child() -> None:
    _, row = pair(with_code(), coded(), code=("KKKK2222", CODE))
    new = CODE + "-2"
    plan = planned(with_code(new), [coded()], [row], {"AAAA2222": [link_child()]})
    assert AttachCode("AAAA2222", "a", "KKKK2222", new, 3) in plan.remote
    update = FieldChange("extra", f"tex.code: {CODE}", f"tex.code: {new}")
    assert UpdateItem("AAAA2222", "a", 1, (update,)) in plan.remote


def test_another_address_there_comes_here() -> None:
    local, row = pair(with_code(), coded(), code=("KKKK2222", CODE))
    new = CODE + "-2"
    plan = planned(with_code(), [coded()], [row], {"AAAA2222": [link_child(new, version=4)]})
    update = FieldChange("extra", f"tex.code: {CODE}", f"tex.code: {new}")
    assert plan.local == (UpdateEntry("a", "AAAA2222", (update,), local.data),)
    assert plan.remote == (UpdateItem("AAAA2222", "a", 1, (update,)),)


def test_a_link_of_the_user_with_another_address_is_a_second_link() -> None:
    other = "https://example.org"
    plan = planned(with_code(), [coded()], (), {"AAAA2222": [link_child(other)]})
    (local,) = entries(with_code())
    both = f"tex.code: {CODE}\ntex.code2: {other}"
    update = FieldChange("extra", f"tex.code: {CODE}", both)
    assert plan.local == (UpdateEntry("a", "AAAA2222", (update,), local.data),)
    assert (plan.remote, plan.conflicts) == ((), ())


def test_a_link_of_the_user_against_that_of_the_entry_is_a_conflict() -> None:
    there = item("AAAA2222", citationKey="a")
    plan = planned(with_code(), [there], (), {"AAAA2222": [link_child("https://example.org")]})
    assert plan.remote == ()
    assert [conflict.fields[0].field for conflict in plan.conflicts] == ["extra:tex.code"]


class Unread:
    """Data of which only the bytes are looked at."""

    def read(self, place: str) -> Any:
        raise AssertionError(f"{place} was read")

    def written(self, place: str) -> bytes:
        return place.encode()


@pytest.mark.parametrize("direction", ["both", "push", "pull"])
def test_what_did_not_change_is_not_read(direction: str) -> None:
    known = {"itemType": "journalArticle", "deleted": None, "citationKey": "a", "extra": None}
    past, now = (Kept(Unread(), "the same bytes", known) for _ in range(2))
    local = LocalEntry("a", "print", lambda: pytest.fail("the entry was read"), past)
    row = Agreed("AAAA2222", "a", "print", 3, past, past)
    there = RemoteItem("AAAA2222", 3, now)
    plan = planned(items=[there], agreed=[row], local=[local], direction=direction)
    assert (plan.writes, plan.settled) == (False, (row,))
    assert plan.settled[0] is row
