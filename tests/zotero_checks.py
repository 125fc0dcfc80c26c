"""What must hold after a sync, disturbed or not, whatever was edited before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from typing import Any

from tests.zotero_model import (
    UNKNOWN,
    Asked,
    Held,
    Model,
    Pair,
    Seen,
    Slot,
    Value,
    Written,
    outcomes,
    read_file,
)

Foreign = Mapping[str, Mapping[Slot, Value]]
"""What another client wrote while the sync went on, by work."""


@dataclass(frozen=True)
class Change:
    """One work before and after."""

    work: str
    here: Written | None
    there: Held | None
    here_now: Written | None
    there_now: Held | None
    back: Held | None = None
    """The item as it was in the trash, out of which it came."""

    @property
    def both_now(self) -> bool:
        return self.here_now is not None and self.there_now is not None

    @property
    def none_now(self) -> bool:
        return self.here_now is None and self.there_now is None

    @property
    def names(self) -> set[str]:
        """Citation keys and keys of items."""
        every = (self.here, self.there, self.here_now, self.there_now)
        return {one.key for one in every if one is not None}

    @property
    def slots(self) -> set[Slot]:
        every = (self.here, self.there or self.back, self.here_now, self.there_now)
        return {slot for one in every if one is not None for slot in one.slots}

    def old(self, slot: Slot) -> Pair:
        return _said(self.here, slot), _said(self.there or self.back, slot)

    def new(self, slot: Slot) -> Pair:
        return _said(self.here_now, slot), _said(self.there_now, slot)


def changes_of(works: Iterable[str], before: Seen, after: Seen) -> list[Change]:
    """What became of each work."""
    return [
        Change(work, before.here.get(work), before.item(work), after.here.get(work),
               after.item(work), _from_trash(work, before, after))
        for work in works
    ]  # fmt: skip


def _from_trash(work: str, before: Seen, after: Seen) -> Held | None:
    now = after.item(work)
    if now is None or before.item(work) is not None:
        return None
    return next((one for one in before.there.get(work, ()) if one.key == now.key), None)


# --- always -------------------------------------------------------------------------------------


def check_kept(before: Seen, after: Seen, model: Model, foreign: Foreign) -> None:
    """What nobody asked to change is as it was, and nothing is there twice."""
    for key, old in before.contents.items():
        new = after.contents.get(key)
        assert new is not None, f"{key} was deleted for good: {old}"
        _check_item(old, new)
    for key, collection in before.collections.items():
        assert after.collections.get(key) == collection, (key, before.collections)
    assert _outside(before.data) == _outside(after.data)
    for work, items in after.there.items():
        live = [one.key for one in items if not one.trashed]
        had = [one.key for one in before.there.get(work, ()) if not one.trashed]
        assert len(live) <= max(1, len(had)), f"{work} is doubled: {live}"
    for work, entry in before.here.items():
        now = after.here.get(work)
        settled = work in model.whole and work not in model.vague and work not in foreign
        if now is not None and settled and now.slots == entry.slots:
            assert now.text == entry.text


def _check_item(old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    if old["itemType"] in ("note", "attachment"):
        if old.get("title") != "Code":
            assert new == old
        return
    assert new.get("relations") == old.get("relations"), (old, new)
    assert set(new.get("collections", ())) >= set(old.get("collections", ())), (old, new)
    kinds = {one["tag"]: one.get("type") for one in old.get("tags", ())}
    for tag in new.get("tags", ()):
        assert tag.get("type") == kinds.get(tag["tag"], tag.get("type")), (old, new)


# --- after a sync that nothing disturbed --------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a command said of works that it left alone."""

    unsure: Set[str]
    conflicts: Set[str]
    left: Set[str]
    """Citation keys in a sentence about what left one side."""

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Told:
        unsure, conflicts = (
            frozenset(str(one.get(name)) for one in said[kind] for name in ("key", "item"))
            for kind in ("unsure", "conflicts")
        )
        texts = [str(one) for one in said["notices"] if "of the pairs left" in str(one)]
        left = frozenset(word for text in texts for word in re.findall(r"\w+", text))
        return cls(unsure, conflicts, left)


def check_settled(change: Change, asked: Asked, told: Told, scope: Set[str] | None,
                  model: Model) -> None:  # fmt: skip
    """Both sides are what the table allows; what is agreed from now on goes into the model."""
    there = change.there
    inside = there is not None and (
        scope is None or not scope.isdisjoint(there.data.get("collections", ()))
    )
    unsure = bool(change.names & told.unsure)
    # A pair that a push made of an item elsewhere, and whose item was trashed since, is told.
    left = bool(change.names & (told.unsure | told.conflicts | told.left))
    _check_presence(change, asked, model, inside=inside, left=left)
    if change.none_now:
        model.forget(change.work)
        return
    _check_values(change, asked, model, inside=inside, unsure=unsure)
    if asked.direction == "sync" and inside and not change.names & (told.conflicts | told.unsure):
        _check_equal(change)
    if change.both_now and not unsure and (scope is None or asked.direction != "pull" or inside):
        _remember(change, model, whole=inside and asked.direction == "sync")


def _check_presence(
    change: Change, asked: Asked, model: Model, *, inside: bool, left: bool
) -> None:
    """Entries and items come and go only as they may; `left` is one that was told and left."""
    work, here, there = change.work, change.here, change.there
    met = work in model.bases
    if here is not None and change.here_now is None:
        assert asked.delete and not inside and work not in model.by_hand, work
        assert asked.direction != "push"
    if there is not None and change.there_now is None:
        assert asked.delete and here is None and work not in model.by_other, work
        assert asked.direction != "pull"
    if not met and not left:
        if here is not None and asked.direction != "pull":
            assert change.there_now is not None, f"{work} did not come to Zotero"
        if inside and asked.direction != "push":
            assert change.here_now is not None, f"{work} did not come to the file"
    if here is None and change.here_now is not None:
        assert inside and (not met or work in model.vague or asked.prefer == "zotero"), work
        model.by_hand.discard(work)
    if there is None and change.there_now is not None:
        assert here is not None, work
        _made(change, model)


def _made(change: Change, model: Model) -> None:
    """An item that came by the sync: new, unless it was in the trash."""
    if change.there_now is not None and change.there_now.key not in model.items_of_other:
        model.by_other.discard(change.work)


def _check_values(
    change: Change, asked: Asked, model: Model, *, inside: bool, unsure: bool
) -> None:
    """Every value is one that the table allows."""
    one_side = change.here is None or (change.there or change.back) is None
    stays = unsure or (change.there is not None and not inside) or (
        one_side and change.work in model.bases)  # fmt: skip
    open_kinds = set()
    wrong = []
    for slot in sorted(change.slots):
        old, new = change.old(slot), change.new(slot)
        bases = {UNKNOWN} if one_side else model.base(change.work, slot)
        allowed = {pair for base in bases for pair in outcomes(slot[0], base, *old, asked)}
        # Authors are compared place by place, and what a type lacks waits for the type.
        if (old in allowed and old[0] != old[1]) or (slot[0] == "author" and UNKNOWN in bases):
            open_kinds.add(slot[0])
        if slot[0] == "author" and UNKNOWN in bases and asked.prefer is not None:
            allowed |= {(old[0], old[0]), (old[1], old[1])}
        if stays:
            allowed.add(old)
        if slot[0] == "key" and old == (None, None):
            allowed.add((new[0], None))  # made for an item that has none
            if asked.direction != "pull":
                allowed.add((new[0], new[0]))
        if change.here_now is None:
            allowed = {(None, old[1])}
        elif change.there_now is None:
            allowed = {(old[0], None)}
        if new not in allowed:
            wrong.append((slot, bases, old, new, allowed))
    wrong = [row for row in wrong if row[2] != row[3] or not {row[0][0], "type"} & open_kinds]
    rows = "\n".join(map(str, wrong))
    assert not wrong, f"{change.work}: (slot, bases, before, after, allowed)\n{rows}"


def _check_equal(change: Change) -> None:
    """What is on both sides and of which nobody was told anything says the same."""
    for slot in change.slots:
        here, there = change.new(slot)
        if not change.both_now or here == there:
            continue
        # A child of Zotero's own is not taken over by a pair; an item may be without a key.
        known = (slot[0] == "code" and here is None) or (slot[0] == "key" and there is None)
        assert known, f"{change.work} {slot}: {(here, there)} differ, and nobody was told"


def _remember(change: Change, model: Model, *, whole: bool) -> None:
    met = change.work in model.bases
    vague = change.work in model.vague
    base = model.bases.setdefault(change.work, {})
    for slot in change.slots:
        here, there = change.new(slot)
        if here == there:
            base[slot] = {here}
        elif not met:
            base[slot] = {UNKNOWN}
        else:
            base[slot] = base.get(slot, {None}) | ({UNKNOWN} if vague else set())
    if whole and change.here is not None and change.there is not None:
        model.vague.discard(change.work)
        model.whole.add(change.work)


# --- after a sync that was disturbed ------------------------------------------------------------


def check_torn(change: Change, asked: Asked, model: Model, foreign: Mapping[Slot, Value]) -> None:
    """Nothing is lost; what was settled is not known, so the model allows both from now on."""
    work = change.work
    if change.here is not None and change.here_now is None:
        assert asked.delete and work not in model.by_hand, work
    if change.there is not None and change.there_now is None:
        assert asked.delete and work not in model.by_other, work
    if change.here is None and change.here_now is not None:
        model.by_hand.discard(work)
    if change.there is None and change.there_now is not None:
        _made(change, model)
    if change.none_now:
        model.vague.add(work)
        return
    met = work in model.bases
    found = {slot: _torn_value(change, slot, asked, model, foreign)
             for slot in change.slots | set(foreign)}  # fmt: skip
    if change.both_now:
        model.bases[work] = {**model.bases.get(work, {}), **found}
        if not met:
            model.vague.add(work)


def _torn_value(
    change: Change, slot: Slot, asked: Asked, model: Model, foreign: Mapping[Slot, Value]
) -> set[Value]:
    """Check one value; gives what may be remembered of it."""
    bases = set(model.base(change.work, slot))
    old, new = change.old(slot), change.new(slot)
    place = (change.work, slot, old, new, foreign)
    written = foreign.get(slot, old[1])
    if slot[0] == "key" and old == (None, None) and new[1] in (None, new[0]):
        return {*bases, new[0]}  # made for an item that has none
    if change.here is not None and change.here_now is not None:
        assert new[0] in (*old, written), place
    if change.there is not None and change.there_now is not None:
        assert new[1] in (*old, written), place
    if slot in foreign:
        kept = {there for base in bases for _, there in outcomes(slot[0], base, old[0], written,
                                                                 asked)}  # fmt: skip
        if slot[0] == "author" and UNKNOWN in bases and asked.prefer is not None:
            kept.add(old[0])  # names that were never agreed on are one value
        assert new[1] in {written, *kept}, place
        # It may have been written after the sync had settled the value from before.
        bases |= {here for base in bases for here, there in outcomes(slot[0], base, *old, asked)
                  if here == there != written}  # fmt: skip
    if new[0] == new[1]:
        bases.add(new[0])
    return bases


def _said(one: Written | Held | None, slot: Slot) -> Value:
    return one.slots.get(slot) if one is not None else None


def _outside(data: bytes) -> list[str]:
    """Lines of the file that are in no entry."""
    text = data.decode().replace("\r\n", "\n")
    for entry in read_file(text).values():
        text = text.replace(entry.text, "")
    return [line for line in text.split("\n") if line.strip()]
