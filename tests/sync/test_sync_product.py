"""What one side did times what the other did: every pair of changes, and where both end.

The table below has a row for each change of the file and a column for each change in Zotero. What a
cell stands for is told below it; the values that are expected are whole entries and whole items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import pytest

from bibtools.sync.changing import changed
from bibtools.sync.drafting import PlanRequest
from bibtools.sync.item_side import item_entry
from bibtools.sync.plan import (
    AddEntry,
    CreateItem,
    Library,
    Plan,
    RemoveEntry,
    TrashItem,
    UpdateEntry,
    UpdateItem,
    steps_of,
)
from bibtools.sync.planning import make_plan
from bibtools.sync.values import Agreed, LocalEntry, RemoteItem

Values: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[Values], Values]
HOME, OTHER, ITEM = "HHHH2222", "PPPP2222", "AAAA2222"
ADA = {"creatorType": "author", "firstName": "Ada", "lastName": "Oak"}
BEN = {"creatorType": "author", "firstName": "Ben", "lastName": "Elm"}
CLEO = {"creatorType": "author", "firstName": "Cleo", "lastName": "Ash"}
DAN = {"creatorType": "author", "firstName": "Dan", "lastName": "Fir"}
ENTRY: Values = {
    "itemType": "journalArticle",
    "title": "Boats",
    "publicationTitle": "Folds",
    "volume": "4",
    "date": "2021",
    "creators": [ADA, BEN],
    "tags": [{"tag": "boat"}, {"tag": "paper"}],
    "citationKey": "oak2021",
}
THERE: Values = ENTRY | {"collections": [HOME], "callNumber": "QA 1", "unheardOf": "kept"}


def put(**fields: Any) -> Change:
    """Fields set, or taken away by None."""
    return lambda data: {
        name: value for name, value in {**data, **fields}.items() if value is not None
    }


def people(change: Callable[[list[Values]], list[Values]]) -> Change:
    return lambda data: {**data, "creators": change(list(data["creators"]))}


def rewritten(given: str) -> Change:
    return people(
        lambda names: [
            {**one, "firstName": given} if one["lastName"] == "Elm" else one for one in names
        ]
    )


def without_ada(names: list[Values]) -> list[Values]:
    return [one for one in names if one["lastName"] != "Oak"]


def ben_first(names: list[Values]) -> list[Values]:
    """As in [Ben, Ada]; whoever stood behind Ben stays behind him."""
    place = next((i for i, one in enumerate(names) if one["lastName"] == "Oak"), None)
    return names if place is None else [*names[:place], *names[place + 1 :], names[place]]


def tagged(*texts: str) -> Change:
    def change(data: Values) -> Values:
        tags = {one["tag"]: one for one in [*data["tags"], *({"tag": text} for text in texts)]}
        return {**data, "tags": [tags[text] for text in sorted(tags)]}

    return change


def untagged(text: str) -> Change:
    return lambda data: {**data, "tags": [one for one in data["tags"] if one["tag"] != text]}


def automatic(data: Values) -> Values:
    return {
        **data,
        "tags": [{**one, "type": 1} if one["tag"] == "paper" else one for one in data["tags"]],
    }


def retyped(name: str, venue: str, *, has_issue: bool) -> Change:
    """Another type, which calls the journal otherwise and may have no place for an issue."""

    def change(data: Values) -> Values:
        if data["itemType"] == name:
            return data
        found = {**data, "itemType": name, venue: data["publicationTitle"]}
        del found["publicationTitle"]
        if "issue" in found and not has_issue:
            found["extra"] = f"issue: {found.pop('issue')}"
        return found

    return change


def nothing(data: Values) -> Values:
    return data


AS_CHAPTER = retyped("bookSection", "bookTitle", has_issue=False)
AS_TALK = retyped("conferencePaper", "proceedingsTitle", has_issue=True)

HERE: Mapping[str, Change | None] = {
    "nothing": nothing,
    "title": put(title="Kites"),
    "volume removed": put(volume=None),
    "issue added": put(issue="2"),
    "author rewritten": rewritten("Benjamin"),
    "author added": people(lambda names: [*names, CLEO]),
    "author removed": people(without_ada),
    "authors reordered": people(ben_first),
    "tag added": tagged("fold"),
    "tag removed": untagged("paper"),
    "type": AS_CHAPTER,
    "key": put(citationKey="kites2021"),
    "gone": None,
}
"""What was done to the entry; None: it left the file."""

IN_ZOTERO: Mapping[str, Change | None] = {
    "nothing": nothing,
    "title alike": put(title="Kites"),
    "title otherwise": put(title="Gliders"),
    "volume removed": put(volume=None),
    "volume": put(volume="5"),
    "issue added": put(issue="3"),
    "author rewritten": rewritten("Benno"),
    "author added": people(lambda names: [DAN, *names]),
    "author removed": people(without_ada),
    "authors reordered": people(ben_first),
    "tag added": tagged("glue"),
    "tag removed": untagged("paper"),
    "tag automatic": automatic,
    "collection added": put(collections=[HOME, OTHER]),
    "related": put(relations={"dc:relation": ["http://zotero.org/users/1/items/BBBB2222"]}),
    "note added": nothing,
    "type alike": AS_CHAPTER,
    "type otherwise": AS_TALK,
    "key": put(citationKey="boats"),
    "left the collection": put(collections=None),
    "trashed": put(deleted=1),
    "deleted": None,
}
"""What was done to the item; None: it is not there any more."""

SAID_BY_ENTRIES = frozenset([*ENTRY, "issue", "bookTitle", "proceedingsTitle", "extra"])

TABLE = """
                   nothing
                   | title alike
                   | | title otherwise
                   | | | volume removed
                   | | | | volume
                   | | | | | issue added
                   | | | | | | author rewritten
                   | | | | | | | author added
                   | | | | | | | | author removed
                   | | | | | | | | | authors reordered
                   | | | | | | | | | | tag added
                   | | | | | | | | | | | tag removed
                   | | | | | | | | | | | | tag automatic
                   | | | | | | | | | | | | | collection added
                   | | | | | | | | | | | | | | related
                   | | | | | | | | | | | | | | | note added
                   | | | | | | | | | | | | | | | | type alike
                   | | | | | | | | | | | | | | | | | type otherwise
                   | | | | | | | | | | | | | | | | | | key
                   | | | | | | | | | | | | | | | | | | | left the collection
                   | | | | | | | | | | | | | | | | | | | | trashed
                   | | | | | | | | | | | | | | | | | | | | | deleted
nothing            + + + + + + + + + + + + + + + + + + + e e e
title              + + ! + + + + + + + + + + + + + + + + E E E
volume removed     + + + + ! + + + + + + + + + + + + + + E E E
issue added        + + + + + ! + + + + + + + + + + + + + E E E
author rewritten   + + + + + + ! + + + + + + + + + + + + E E E
author added       + + + + + + + + + + + + + + + + + + + E E E
author removed     + + + + + + + + + + + + + + + + + + + E E E
authors reordered  + + + + + + + + + + + + + + + + + + + E E E
tag added          + + + + + + + + + + + + + + + + + + + E E E
tag removed        + + + + + + + + + + + + + + + + + + + E E E
type               + + + + + + + + + + + + + + + + + ! + E E E
key                + + + + + + + + + + + + + + + + + + ! E E E
gone               i I I I I I I I I I I I I I I I I I I 0 0 0
"""
"""
+  what each side did is on both sides
!  a conflict in the field of the row: neither change goes over
i  the entry left the file, the item stays
I  the entry left the file, the item was changed: a conflict
e  the item left, the entry stays
E  the item left, the entry was changed: a conflict
0  both are gone
"""
FIELDS = {
    "title": "title",
    "volume removed": "volume",
    "issue added": "issue",
    "author rewritten": "creators",
    "type": "itemType",
    "key": "citationKey",
}
"""What a change of the file is a change of, where it may be in conflict."""


def cells() -> list[tuple[str, str, str]]:
    """The change here, the change there, and what the table says of them."""
    lines = [line for line in TABLE.splitlines() if line]
    columns = [line.lstrip("| ") for line in lines[: len(IN_ZOTERO)]]
    assert columns == [*IN_ZOTERO]
    rows = {line[:19].strip(): line[19:].split(" ") for line in lines[len(IN_ZOTERO) :]}
    assert [*rows] == [*HERE]
    return [
        (mine, theirs, mark)
        for mine, marks in rows.items()
        for theirs, mark in zip(columns, marks, strict=True)
    ]


CELLS = [pytest.param(*cell, id=f"{cell[0]} x {cell[1]}") for cell in cells()]


def some(marks: str) -> list[Any]:
    return [cell for cell in CELLS if str(cell.values[2]) in marks]


def outcome(
    mine: str, theirs: str, **options: Any
) -> tuple[Values | None, Values | None, list[str], Plan]:
    """The entry, the item (None: gone), the fields in conflict, and the plan."""
    here, there = HERE[mine], IN_ZOTERO[theirs]
    past = Agreed(ITEM, "oak2021", "print", 1, ENTRY, THERE, ours=True, entry_ours=True)
    local: list[LocalEntry] = []
    if here is not None:
        data = here(ENTRY)
        print_ = "print" if data == ENTRY else "another"
        local = [LocalEntry(str(data["citationKey"]), print_, item_entry(data), data)]
    items = {}
    if there is not None:
        data = there(THERE)
        items[ITEM] = RemoteItem(ITEM, 1 if data == THERE else 2, data)
    note = RemoteItem("NNNN2222", 2, {"itemType": "note", "parentItem": ITEM})
    scope = {
        key
        for key, one in items.items()
        if HOME in one.data.get("collections", ()) and not one.data.get("deleted")
    }
    keys = iter(f"NEWK222{number}" for number in range(2, 9))
    request = PlanRequest(
        library=Library("user", 1),
        endpoint="https://api.example.org",
        collection=HOME,
        file="refs.bib",
        digest=None,
        library_version=7,
        local=local,
        items=items,
        children={ITEM: [note]} if theirs == "note added" else {},
        scope=frozenset(scope),
        agreed={ITEM: past},
        new_key=lambda: next(keys),
        below=frozenset({HOME}),
        **options,
    )
    plan = make_plan(request)
    entry = dict(local[0].data) if local else None
    for change in steps_of(plan.local, UpdateEntry):
        entry = dict(changed(entry or {}, change.changes))
    if steps_of(plan.local, RemoveEntry):
        entry = None
    held = dict(items[ITEM].data) if items else None
    for update in steps_of(plan.remote, UpdateItem):
        held = dict(changed(held or {}, update.changes))
    if steps_of(plan.remote, TrashItem):
        held = {**(held or {}), "deleted": 1}
    fields = [field.field for one in plan.conflicts for field in one.fields]
    return entry, held, fields, plan


def as_entry(data: Values) -> Values:
    """What an entry of a file says of it: tags without a type, and nothing that is Zotero's own."""
    kept = {name: value for name, value in data.items() if name in SAID_BY_ENTRIES}
    return kept | {"tags": [{"tag": one["tag"]} for one in data["tags"]]}


def merged(*changes: Change | None) -> tuple[Values, Values]:
    """The entry and the item after changes, those of the type last."""
    data = THERE
    for change in sorted(changes, key=lambda one: one in (AS_CHAPTER, AS_TALK)):
        data = (change or nothing)(data)
    return as_entry(data), data


def as_changed(mine: str, theirs: str) -> tuple[Values | None, Values | None]:
    """Each side as its own user left it."""
    here, there = HERE[mine], IN_ZOTERO[theirs]
    return here(ENTRY) if here else None, there(THERE) if there else None


def reasons(plan: Plan) -> list[str]:
    return [one.reason for one in plan.conflicts]


@pytest.mark.parametrize(("mine", "theirs", "mark"), CELLS)
def test_every_change_meets_every_change(mine: str, theirs: str, mark: str) -> None:
    entry, held, conflicts, plan = outcome(mine, theirs)
    if mark == "+":
        assert (entry, held) == merged(HERE[mine], IN_ZOTERO[theirs])
        assert plan.conflicts == ()
        return
    assert (entry, held) == as_changed(mine, theirs)
    assert not plan.writes
    told: Any = {
        "!": (["", [FIELDS.get(mine)]]),
        "I": ["The entry left the file, and its item " + (
            "has notes or files in Zotero." if theirs == "note added"
            else "was changed in Zotero since."), []],
        "E": ["Its item left the library, and the entry was changed in the file since.", []],
    }.get(mark)  # fmt: skip
    if told is None:
        assert plan.conflicts == ()
        assert bool(plan.notices) == (mark in "ie")
        return
    assert (reasons(plan), conflicts) == ([told[0]], told[1])


@pytest.mark.parametrize("side", ["local", "zotero"])
@pytest.mark.parametrize(("mine", "theirs", "mark"), some("!"))
def test_a_side_that_is_preferred_wins(mine: str, theirs: str, mark: str, side: Any) -> None:
    assert mark == "!"
    entry, held, _, plan = outcome(mine, theirs, prefer=side)
    assert (entry, held) == merged(HERE[mine] if side == "local" else IN_ZOTERO[theirs])
    assert plan.conflicts == ()


@pytest.mark.parametrize("side", ["local", "zotero"])
@pytest.mark.parametrize(("mine", "theirs", "mark"), some("+"))
def test_nothing_but_conflicts_is_decided_by_a_preference(
    mine: str, theirs: str, mark: str, side: Any
) -> None:
    assert mark == "+"
    assert outcome(mine, theirs, prefer=side)[3] == outcome(mine, theirs)[3]


@pytest.mark.parametrize(("mine", "theirs", "mark"), some("iIeE0"))
def test_what_is_gone_goes_on_request(mine: str, theirs: str, mark: str) -> None:
    """Only what nobody changed since."""
    entry, held, _, plan = outcome(mine, theirs, delete=True)
    before = as_changed(mine, theirs)
    if mark == "i":
        assert (entry, held) == (None, {**THERE, "deleted": 1})
    elif mark == "e":
        assert (entry, held) == (None, before[1])
    else:
        assert (entry, held) == before
        assert len(plan.conflicts) == (mark in "IE")


@pytest.mark.parametrize(("mine", "theirs", "mark"), some("I"))
def test_a_gone_entry_whose_item_was_changed(mine: str, theirs: str, mark: str) -> None:
    assert mark == "I"
    _, held = as_changed(mine, theirs)
    wins = outcome(mine, theirs, prefer="local", delete=True)
    if theirs == "note added":
        assert (wins[1], len(wins[3].conflicts)) == (held, 1)
    else:
        assert wins[1] == {**(held or {}), "deleted": 1}
    back = outcome(mine, theirs, prefer="zotero")
    (step,) = back[3].local
    assert isinstance(step, AddEntry)
    assert (step.data, back[1]) == (held, held)


@pytest.mark.parametrize(("mine", "theirs", "mark"), some("E"))
def test_a_gone_item_whose_entry_was_changed(mine: str, theirs: str, mark: str) -> None:
    assert mark == "E"
    entry, held = as_changed(mine, theirs)
    back = outcome(mine, theirs, prefer="local")
    assert back[0] == entry
    if theirs == "deleted":
        (step,) = back[3].remote
        assert isinstance(step, CreateItem)
        assert step.data == {**(entry or {}), "collections": [HOME]}
    else:
        assert back[1] == merged(HERE[mine])[1]
    gone = outcome(mine, theirs, prefer="zotero", delete=True)
    assert (gone[0], gone[1]) == (None, held)
