"""What holds for every merge, whatever the two sides say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.sync.comparing import loosely_equal, normalised
from bibtools.sync.extra import read_line
from bibtools.sync.merging import merge_pair
from bibtools.sync.values import Agreed, Data, FieldChange

TYPES = ("journalArticle", "bookSection", "preprint", "book", "thesis", "computerProgram")
WORDS = ("Alpha", "Beta", "Gamma", "Delta")
PEOPLE: tuple[dict[str, str], ...] = (
    {"firstName": "Ada", "lastName": "Oak"},
    {"firstName": "Ben", "lastName": "Elm"},
    {"firstName": "Cleo", "lastName": "Ash"},
    {"firstName": "Dan", "lastName": "Oak"},
    {"name": "Tree Consortium"},
)
FREE = ("read twice", "ask Ben", "a line with: a colon, and more words than one")
LABELS = ("tex.code", "PMID", "Original Date", "tldr", "edition", "Citation Key")


@st.composite
def item(draw: st.DrawFn, there: bool = False, types: Sequence[str] = TYPES) -> dict[str, Any]:
    """Item data with a few of everything."""
    name = draw(st.sampled_from(types))
    item_type = ITEM_TYPES[name]
    data: dict[str, Any] = {"itemType": name}
    for field in ("title", "date", "volume", "publicationTitle", "number", "rights", "publisher"):
        own = item_type.own.get(field, field)
        if own in item_type.fields and draw(st.booleans()):
            data[own] = draw(st.sampled_from(WORDS))
    if draw(st.booleans()):
        roles = [role for role in (item_type.primary, "editor") if role in item_type.creators]
        people = draw(st.lists(st.sampled_from(PEOPLE), max_size=4, unique_by=str))
        data["creators"] = [
            {"creatorType": draw(st.sampled_from(roles)), **person} for person in people
        ]
    tags = draw(st.lists(st.sampled_from(WORDS), max_size=3, unique=True))
    data["tags"] = [{"tag": tag} for tag in sorted(tags)]
    labels = draw(st.lists(st.sampled_from(LABELS), max_size=3, unique=True))
    lines = [f"{label}: {draw(st.sampled_from(WORDS))}" for label in labels]
    lines += draw(st.lists(st.sampled_from(FREE), max_size=3, unique=True))
    data["extra"] = "\n".join(draw(st.permutations(lines)))
    data["citationKey"] = draw(st.sampled_from(("oak2020", "elm2021")))
    if there:
        data["collections"] = draw(st.lists(st.sampled_from(("AAAAAAAA", "BBBBBBBB")), unique=True))
        data["unheardOf"] = draw(st.sampled_from(("", "kept")))
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def agreed_on(here: Data, there: Data) -> Agreed:
    return Agreed("ITEM2345", "oak2020", "print", 7, here, there)


def same_past() -> st.SearchStrategy[Agreed]:
    """Two sides that said the same when they agreed."""
    return item(there=True).map(lambda data: agreed_on(
        {name: value for name, value in data.items() if name not in ("collections", "unheardOf")},
        data,
    ))  # fmt: skip


PREFER: st.SearchStrategy[Any] = st.sampled_from((None, "local", "zotero", "newest"))
DIRECTION: st.SearchStrategy[Any] = st.sampled_from(("both", "push", "pull"))


def applied(data: Data, steps: Sequence[FieldChange]) -> dict[str, Any]:
    """Data after changes; every change must begin with what is there."""
    found = dict(data)
    for step in steps:
        assert found.get(step.field) == step.old
        if step.new is None:
            found.pop(step.field, None)
        else:
            found[step.field] = step.new
    return found


def values_in(data: Data) -> set[str]:
    """Everything that data says, wherever it says it: values of fields, names, tags, lines."""
    found: set[str] = set()
    for name, value in data.items():
        if name == "extra":
            lines = [read_line(line) for line in value.split("\n")]
            found |= {line.value if line.label else line.text for line in lines}
        elif name == "creators":
            found |= {
                f"{one.get('firstName')} {one.get('lastName')} {one.get('name')}" for one in value
            }
        elif name == "tags":
            found |= {f"tag {one['tag']}" for one in value}
        elif name not in ("itemType", "collections", "unheardOf"):
            found.add(value)
    return found


def whole(data: Data) -> dict[str, Any]:
    """Data with its creators role by role."""
    found = normalised(data)
    if "creators" in found:
        found["creators"] = sorted(found["creators"], key=lambda one: str(one["creatorType"]))
    return found


@settings(max_examples=40, deadline=None)
@given(same_past(), item(), item(there=True), PREFER, DIRECTION)
def test_changes_lead_to_the_result(
    past: Agreed, here: Data, there: Data, prefer: Any, direction: Any
) -> None:
    merged = merge_pair(past, here, there, prefer=prefer, direction=direction)
    assert applied(there, merged.to_there) == merged.there
    assert applied(here, merged.to_here) == merged.here
    if direction == "push":
        assert merged.to_here == ()
    if direction == "pull":
        assert merged.to_there == ()


@settings(max_examples=40, deadline=None)
@given(same_past(), item(), item(there=True), PREFER, DIRECTION, st.booleans())
def test_a_second_merge_has_nothing_to_do(
    past: Agreed, here: Data, there: Data, prefer: Any, direction: Any, known: bool
) -> None:
    first = merge_pair(past if known else None, here, there, prefer=prefer, direction=direction)
    after = agreed_on(first.agreed_here, first.agreed_there)
    second = merge_pair(after, first.here, first.there, prefer=prefer, direction=direction)
    assert second.to_there == ()
    assert second.to_here == ()
    assert second.conflicts == first.conflicts
    assert whole(second.agreed_here) == whole(first.agreed_here)
    assert whole(second.agreed_there) == whole(first.agreed_there)


@settings(max_examples=40, deadline=None)
@given(same_past(), item(), item(there=True), st.sampled_from(("local", "zotero")), st.booleans())
def test_what_waits_is_done_when_both_directions_are_asked_for(
    past: Agreed, here: Data, there: Data, prefer: Any, pull_first: bool
) -> None:
    known = past
    order: list[Literal["push", "pull"]] = ["pull", "push"] if pull_first else ["push", "pull"]
    order *= 2  # what hangs on the item type comes after it
    at_once = merge_pair(past, here, there, prefer=prefer)
    for direction in order:
        step = merge_pair(known, here, there, prefer=prefer, direction=direction)
        here, there = step.here, step.there
        known = agreed_on(step.agreed_here, step.agreed_there)
    assert said(here) == said(at_once.here)
    assert said(there) == said(at_once.there)


def said(data: Data) -> dict[str, Any]:
    """Data without the order of what has no order."""
    found: dict[str, Any] = dict(whole(data))
    if "extra" in found:
        found["extra"] = sorted(found["extra"].split("\n"))
    return found


@settings(max_examples=40, deadline=None)
@given(same_past(), item(), item(there=True), st.sampled_from(("local", "zotero")))
def test_sides_agree_when_a_side_is_preferred(
    past: Agreed, here: Data, there: Data, prefer: Any
) -> None:
    merged = merge_pair(past, here, there, prefer=prefer)
    assert merged.conflicts == ()
    assert values_in(merged.here) == values_in(merged.there)


@settings(max_examples=25, deadline=None)
@given(same_past(), item(there=True))
def test_what_only_one_side_changed_arrives_whole(past: Agreed, there: Data) -> None:
    pulled = merge_pair(past, past.here, there)
    key_taken = "citationKey" in past.here and "citationKey" not in there
    assert pulled.conflicts == ()
    if not key_taken:
        assert pulled.to_there == ()
        assert pulled.there == there


@settings(max_examples=25, deadline=None)
@given(item(), item(there=True), PREFER, DIRECTION)
def test_unknown_fields_and_collections_are_never_touched(
    here: Data, there: Data, prefer: Any, direction: Any
) -> None:
    merged = merge_pair(None, here, there, prefer=prefer, direction=direction)
    assert merged.there.get("collections") == there.get("collections")
    assert merged.there.get("unheardOf") == there.get("unheardOf")


@settings(max_examples=40, deadline=None)
@given(item(), item(there=True), DIRECTION)
def test_nothing_is_lost_where_nothing_was_agreed(here: Data, there: Data, direction: Any) -> None:
    merged = merge_pair(None, here, there, direction=direction)
    assert values_in(here) <= values_in(merged.here)
    assert values_in(there) <= values_in(merged.there)
    if direction == "both":
        told = {conflict.field for conflict in merged.conflicts}
        missing = values_in(here) - values_in(merged.there)
        assert not missing or told


@settings(max_examples=25, deadline=None)
@given(same_past(), item(types=("book",)), item(types=("book",)))
def test_sides_are_treated_alike(past: Agreed, one: Data, other: Data) -> None:
    past = replace(past, there=past.here)
    forth = merge_pair(past, one, other, prefer="local")
    back = merge_pair(past, other, one, prefer="zotero")
    assert said_freely(forth.here) == said_freely(back.there)
    assert said_freely(forth.there) == said_freely(back.here)


def said_freely(data: Data) -> dict[str, Any]:
    """Data without any order."""
    found = said(data)
    if "creators" in found:
        found["creators"] = sorted(found["creators"], key=repr)
    return found


@settings(max_examples=25, deadline=None)
@given(item(there=True))
def test_normalising_again_changes_nothing(data: Data) -> None:
    assert normalised(normalised(data)) == normalised(data)


@settings(max_examples=25, deadline=None)
@given(item(), item())
def test_loosely_equal_goes_both_ways(one: Data, other: Data) -> None:
    for name in {*one, *other}:
        forth = loosely_equal(name, one.get(name), other.get(name))
        assert forth == loosely_equal(name, other.get(name), one.get(name))


def spelt(data: Data) -> dict[str, Any]:
    """The same data as a side may spell it that has its own way with everything."""
    found: dict[str, Any] = {}
    for name, value in data.items():
        if name == "creators":
            value = [
                {part: text.upper() if part == "lastName" else text for part, text in one.items()}
                for one in value
            ]
        elif name == "extra":
            value = "\n".join(reversed(value.split("\n")))
        elif name in ("collections", "unheardOf"):
            continue
        elif name not in ("itemType", "tags", "citationKey"):
            value = f"<i>{value}</i>  {value}"
        found[name] = value
    return found


def said_twice(data: Data) -> dict[str, Any]:
    return {
        name: f"{value} {value}"
        if name not in ("itemType", "tags", "citationKey", "creators", "extra", "collections")
        else value
        for name, value in data.items()
    }


@settings(max_examples=40, deadline=None)
@given(item(there=True), item(there=True), DIRECTION)
def test_a_spelling_is_never_a_change(before: Data, after: Data, direction: Any) -> None:
    """Zotero changes; what it did not change keeps the file's spelling, and nothing comes back."""
    before, after = said_twice(before), said_twice(after)
    here = spelt(before)
    merged = merge_pair(agreed_on(here, before), here, after, direction=direction)
    if "citationKey" in after:
        assert merged.to_there == ()
    if before["itemType"] == after["itemType"]:
        for step in merged.to_here:
            changed = before.get(step.field) != after.get(step.field)
            assert changed or before.get("extra") != after.get("extra")
    names = {repr(name) for name in here.get("creators", ())}
    if before.get("creators") == after.get("creators") and before["itemType"] == after["itemType"]:
        assert {repr(name) for name in merged.here.get("creators", ())} == names
