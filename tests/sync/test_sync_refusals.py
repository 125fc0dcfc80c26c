"""What was refused for good is not sent again, and what Zotero's tags are in a file's keywords."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bibtools.adapters.zotero.state import Pairs, State, read_state, scope_of, write_state
from bibtools.sync.plan import (
    AttachCode,
    CreateCollection,
    CreateItem,
    Library,
    Plan,
    TrashItem,
    UpdateItem,
)
from bibtools.sync.refusals import Refusal, refusal_of, without_refused
from bibtools.sync.tags import as_one, parted_again
from bibtools.sync.values import Agreed, FieldChange

LIBRARY = Library("user", 1)
DATA = {"itemType": "book", "title": "Kites", "collections": ["CCCC2222"]}
CODE = "https://github.com/example/kites"
CREATE = CreateItem("AAAA2222", "kites", "p", DATA, DATA, CODE, "BBBB2222")
UPDATE = UpdateItem("DDDD2222", "boats", 3, (FieldChange("title", "Boats", "Ships"),))
ATTACH = AttachCode("DDDD2222", "boats", "EEEE2222", CODE)
OLD = Agreed("DDDD2222", "boats", "old", 3, {"title": "Boats"}, {"title": "Boats"})
NEW = replace(OLD, print="new", here={"title": "Ships"}, there={"title": "Ships"})


def _plan(*steps: object) -> Plan:
    made = Agreed("AAAA2222", "kites", "p", 0, DATA, DATA, ours=True)
    coded = replace(NEW, code=("EEEE2222", CODE))
    return Plan(LIBRARY, "", None, "refs.bib", None, 7, tuple(steps), (), (made, coded))  # type: ignore[arg-type]


def _refused(step: CreateItem | UpdateItem | AttachCode) -> Refusal:
    found = refusal_of(step, "It is too long.")
    assert found is not None
    return found


def test_a_refused_create_leaves_no_row_and_makes_no_collection() -> None:
    again = replace(CREATE, item="FFFF2222", child="GGGG2222", data={**DATA, "collections": []})
    plan = _plan(CreateCollection("CCCC2222", "Reading"), CREATE)
    held = without_refused(plan, [_refused(again)], {})
    assert (held.plan.remote, held.refusals) == ((), (_refused(CREATE),))
    assert [row.item for row in held.plan.settled] == ["DDDD2222"]
    (notice,) = held.plan.notices
    assert notice.message == (
        'The entry "kites" is not sent again as long as it is the same: It is too long.'
    )


def test_a_refused_update_keeps_the_row_that_was_known() -> None:
    held = without_refused(_plan(UPDATE), [_refused(UPDATE)], {OLD.item: OLD})
    assert held.plan.remote == ()
    assert held.plan.settled[1] == replace(OLD, print="")


def test_a_refused_code_link_does_not_hold_the_item_back() -> None:
    child = refusal_of(replace(CREATE, key="boats"), "It is too long.", child=True)
    assert child is not None
    held = without_refused(_plan(UPDATE, ATTACH), [child], {OLD.item: OLD})
    assert held.plan.remote == (UPDATE,)
    assert held.plan.settled[1] == NEW


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(CREATE, data={**DATA, "title": "Kite"}), id="another text"),
        pytest.param(replace(CREATE, key="kite"), id="another entry"),
    ],
)
def test_what_is_not_the_same_is_sent(other: CreateItem) -> None:
    plan = _plan(other, UPDATE)
    assert without_refused(plan, [_refused(CREATE)], {}).plan is plan


def test_collections_and_trash_are_not_remembered() -> None:
    assert refusal_of(CreateCollection("CCCC2222", "Reading"), "") is None
    assert refusal_of(TrashItem("AAAA2222", "kites", 1), "") is None


def test_refusals_are_kept_in_the_state_file(tmp_path: Path) -> None:
    file = tmp_path / "refs.bib"
    scope = scope_of("https://api.zotero.org", LIBRARY)
    refusals = (Refusal("a", "1", "Too long."), Refusal("b", "2", "Wrong."))
    state = State(Path(f"{file}.zotero.jsonl"), {scope: Pairs(scope, refusals=refusals)})
    write_state(state)
    assert read_state(file).of(scope).refusals == refusals
    with state.path.open("a", encoding="utf-8") as stream:
        stream.write('{"in":0,"refused":"c","print":3,"message":""}\n')
    again = read_state(file)
    assert again.of(scope).refusals == refusals
    assert [one.message for one in again.notices] == [
        "Line 5 of the state file is damaged and was passed over."
    ]


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        pytest.param("x y", "x;y", "x;y", id="one tag"),
        pytest.param("x y z", "x;y|z", "x;y z", id="and another"),
        pytest.param("x z", "x;y", "x z", id="a word is missing"),
        pytest.param("x y", "x;y|x", "x y", id="a word is a tag of its own"),
        pytest.param("x;y", "x;y", "x;y", id="said as one"),
        pytest.param("x", ";", "x", id="a tag of no words"),
    ],
)
def test_words_are_put_together_as_the_tags_they_are(here: str, there: str, expected: str) -> None:
    mine = {text: {"tag": text} for text in here.split()}
    sides, parted = as_one([mine, mine], [{text: {"tag": text} for text in there.split("|")}])
    assert [set(side) for side in sides] == [set(expected.split())] * 2
    back = dict(sides[0])
    parted_again(back, parted)
    assert back == mine
