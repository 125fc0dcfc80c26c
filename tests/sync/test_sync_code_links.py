"""Links to code under any history: runs come to rest, and what one side says the other says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.sync.changing import changed
from bibtools.sync.item_side import code_of, item_entry
from bibtools.sync.plan import AttachCode, UpdateEntry, UpdateItem, steps_of
from bibtools.sync.values import Agreed, Data, LocalEntry, RemoteItem

from .test_sync_planning import planned

ADDRESSES = [f"https://example.org/{name}" for name in "abcd"]
BASE: dict[str, Any] = {"itemType": "journalArticle", "title": "Boats", "citationKey": "a"}
ITEM = "AAAA2222"


def with_codes(*codes: str | None) -> dict[str, Any]:
    """Item data with lines of code; None for one that is not there."""
    labels = ("tex.code", "tex.code2")
    lines = [f"{label}: {url}" for label, url in zip(labels, codes, strict=False) if url]
    return BASE | ({"extra": "\n".join(lines)} if lines else {})


@dataclass
class World:
    """An entry, its item and the child of that, and what is remembered."""

    here: Data
    there: Data
    children: dict[str, RemoteItem] = field(default_factory=dict)
    row: Agreed | None = None
    version: int = 1
    made: int = 0

    def new_key(self) -> str:
        self.made += 1
        return f"KKKK222{self.made + 1}"

    def run(self, direction: Any, prefer: Any = None) -> tuple[int, int]:
        """One run, carried out: how many conflicts it leaves, and how much it writes."""
        local = LocalEntry("a", str(self.here), item_entry(self.here), self.here,
                           code_of(self.here))  # fmt: skip
        plan = planned(
            items=[RemoteItem(ITEM, self.version, self.there)],
            agreed=[self.row] if self.row else [],
            children={ITEM: [*self.children.values()]},
            local=[local],
            direction=direction,
            prefer=prefer,
            new_key=self.new_key,
        )
        for step in plan.remote:
            self.version += 1
            if isinstance(step, AttachCode):
                self.children[step.child] = link(step.child, step.url)
            elif isinstance(step, UpdateItem):
                self.there = changed(self.there, step.changes)
        for change in steps_of(plan.local, UpdateEntry):
            self.here = changed(self.here, change.changes)
        (self.row,) = plan.settled
        if self.row.print:
            self.row = replace(self.row, print=str(self.here))
        if steps_of(plan.remote, UpdateItem):
            self.row = replace(self.row, version=self.version)
        return len(plan.conflicts), len(plan.remote) + len(plan.local)

    def living(self) -> list[str]:
        return [str(one.data["url"]) for one in self.children.values()
                if not one.data.get("deleted")]  # fmt: skip


def link(key: str, url: str, **more: Any) -> RemoteItem:
    data = {"itemType": "attachment", "linkMode": "linked_url", "title": "Code", "url": url}
    return RemoteItem(key, 1, {**data, **more})


def codes(data: Data) -> list[str]:
    return [line.split(": ")[1] for line in str(data.get("extra") or "").split("\n") if line]


ADDRESS = st.sampled_from(ADDRESSES)
EDITS = st.one_of(
    st.tuples(st.just("entry"), st.none() | ADDRESS),
    st.tuples(st.just("line"), st.none() | ADDRESS),
    st.tuples(st.just("child"), st.none() | ADDRESS),
    st.tuples(st.just("run"), st.sampled_from(["both", "push", "pull"])),
)


def edit(world: World, what: str, value: Any) -> int:
    """One edit or run; gives the conflicts that it leaves."""
    if what == "entry":
        world.here = with_codes(value, *(one for one in codes(world.here)[1:] if one != value))
    elif what == "line":
        world.there = with_codes(value, *(one for one in codes(world.there)[1:] if one != value))
        world.version += 1
    elif what == "run":
        return world.run(value)[0]
    else:
        living = [key for key, one in world.children.items() if not one.data.get("deleted")]
        if living:
            more = {"deleted": 1} if value is None else {}
            url = value or str(world.children[living[0]].data["url"])
            world.children[living[0]] = link(living[0], url, **more)
        elif value is not None:
            key = world.new_key()
            world.children[key] = link(key, value)
    return 0


@settings(max_examples=150)
@given(st.lists(EDITS, max_size=9), st.sampled_from(["both", "push", "pull"]))
def test_runs_come_to_rest(history: list[tuple[str, Any]], last: Any) -> None:
    world = World(with_codes(), with_codes())
    contested = 0
    for what, value in history:
        contested += edit(world, what, value)
    for direction in (last, "both"):
        conflicts, _ = world.run(direction)
        contested += conflicts
        if contested:
            # What was left alone may be another matter when its neighbour was settled.
            conflicts, _ = world.run(direction)
        assert world.run(direction) == (conflicts, 0), direction
    if conflicts:
        assert world.run("both", "zotero")[0] == 0
    else:
        assert world.run("both") == (0, 0)
    if not contested:
        # Whatever a line says the entry says, and the reverse, but for what the child says.
        assert {*codes(world.here)} <= {*codes(world.there), *world.living()}
        assert {*codes(world.there)} <= {*codes(world.here)}


@settings(max_examples=60)
@given(st.lists(EDITS.filter(lambda one: one[0] != "run"), max_size=4))
def test_a_fresh_change_of_one_side_arrives(history: list[tuple[str, Any]]) -> None:
    """What Zotero alone changed last is what the entry says then."""
    world = World(with_codes(ADDRESSES[0]), with_codes())
    world.run("both")
    for what, value in history:
        if what != "entry":
            edit(world, what, value)
    assert world.run("both")[0] == 0
    assert {*codes(world.here)} == {*codes(world.there), *world.living()} or (
        # A child that follows a line, or the reverse, is done in the same run.
        not codes(world.there) and not world.living() and not codes(world.here)
    )
    assert world.run("both") == (0, 0)
