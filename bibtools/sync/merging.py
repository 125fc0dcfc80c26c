"""Two sides of a pair merged field by field on what they last agreed on.

Each side is compared with its own past. A value that one side changed goes to the other; what
both changed to the same is settled, each side keeping its spelling; what both changed in different
ways is a conflict unless a side is preferred. Fields are told by their base names, so that a change
of the item type does not get in the way; lines of Extra that say what a field says are that field.
A side that lacks what the other has, and of which nothing was agreed, is given it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bibtools.sync.changing import differences
from bibtools.sync.comparing import loose_text, loosely_equal, same_line
from bibtools.sync.creators import settle_creators
from bibtools.sync.deciding import Decider, Decision, Side, Verdict
from bibtools.sync.editing import Edits, Grammar, View, edited, view_of, views_of
from bibtools.sync.extra import Line
from bibtools.sync.fields import base_name, group_of, own_name
from bibtools.sync.narrowing import open_fields
from bibtools.sync.sequences import pair_members, settle
from bibtools.sync.tags import as_one, parted_again
from bibtools.sync.values import Agreed, Data, FieldConflict, Merged, Prefer

_UNSETTLED: Final = frozenset({Verdict.CONFLICT, Verdict.WAITS, Verdict.LOCKED})


def merge_pair(
    agreed: Agreed | None,
    here: Data,
    there: Data,
    *,
    prefer: Prefer | None = None,
    newer: Side | None = None,
    direction: Literal["both", "push", "pull"] = "both",
    locked: frozenset[str] = frozenset(),
) -> Merged:
    """What settles a pair.

    `newer` is the side that `prefer="newest"` prefers; None leaves the conflict. `push` changes
    nothing here and `pull` nothing there: what goes the other way waits and is seen again.
    `locked` are item fields that never change here; what Zotero changed in them waits too.
    """
    pasts: tuple[Data, Data] = (agreed.here, agreed.there) if agreed is not None else ({}, {})
    sides: Sequence[Data] = (*pasts, here, there)
    names = open_fields(sides, first=agreed is None)
    if names is not None:
        if not names:
            return Merged(here=here, there=there, agreed_here=here, agreed_there=there)
        names.add("itemType")
        sides = [{name: side[name] for name in side if name in names} for side in sides]
    types = [str(one.get("itemType") or "") for one in (here, there)]
    views, grammar = views_of(sides, (*types, *types))
    merger = _Merger(
        Decider(prefer, newer, direction),
        (views[0], views[1], views[2], views[3]),
        grammar,
        (here, there),
        locked,
    )
    return merger.merged()


@dataclass(slots=True)
class _Merger:
    decider: Decider
    views: tuple[View, View, View, View]
    """Past here, past there, here, there."""
    grammar: Grammar
    given: tuple[Data, Data]
    """Here and there, not normalised."""
    locked: frozenset[str]
    edits: tuple[Edits, Edits, Edits, Edits] = field(
        default_factory=lambda: (Edits(), Edits(), Edits(), Edits())
    )
    """Of here, there, what is remembered of here and of there, each made after the one before."""
    conflicts: list[FieldConflict] = field(default_factory=list)
    waiting: list[FieldConflict] = field(default_factory=list)
    locked_bases: frozenset[str] = frozenset()
    types: tuple[str, str] = ("", "")
    types_settled: bool = True

    def merged(self) -> Merged:
        _, _, here, there = self.views
        self.locked_bases = frozenset(base_name(name, here.type) for name in self.locked)
        self._type()
        self._texts()
        self._labels()
        self._words()
        self._creators()
        self._tags()
        self._sets()
        new_here = edited(here, self.edits[0], self.grammar)
        new_there = edited(there, self.edits[1], self.grammar)
        agreed_here, agreed_there = new_here, new_there
        for edits in self.edits[2:]:
            # New lines of Extra get their order from this; the next merge finds the same memory.
            edits.texts = dict(sorted(edits.texts.items()))
            edits.labels = dict(sorted(edits.labels.items()))
        if self.edits[2]:
            view = view_of(new_here, self.grammar, here.type) if self.edits[0] else here
            agreed_here = edited(view, self.edits[2], self.grammar)
        if self.edits[3]:
            view = view_of(new_there, self.grammar, there.type) if self.edits[1] else there
            agreed_there = edited(view, self.edits[3], self.grammar)
        given_here, given_there = self.given
        return Merged(
            to_there=differences(there.data, new_there),
            to_here=differences(here.data, new_here),
            conflicts=tuple(sorted(self.conflicts, key=_place)),
            here=_as_given(given_here, here.data, new_here),
            there=_as_given(given_there, there.data, new_there),
            agreed_here=_as_given(given_here, here.data, agreed_here),
            agreed_there=_as_given(given_there, there.data, agreed_there),
            locked=tuple(sorted(self.waiting, key=_place)),
        )

    def _is_locked(self, name: str) -> bool:
        return name in self.locked_bases or name in self.locked

    def _tell(self, verdict: Verdict, name: str, values: tuple[Any, Any, Any]) -> None:
        """Note a conflict, or a change that the file locks out; `values` are those of Zotero's
        past, of here and of there.
        """
        if verdict is Verdict.CONFLICT:
            self.conflicts.append(FieldConflict(name, *values))
        elif verdict is Verdict.LOCKED:
            self.waiting.append(FieldConflict(name, *values))

    def _type(self) -> None:
        past_here, past_there, here, there = (view.data.get("itemType") for view in self.views)
        self.types = (here or past_here or "", there or past_there or "")
        if here == past_here and there == past_there:
            return
        decision = self.decider.decide(
            past_here,
            past_there,
            self.types[0] or None,
            self.types[1] or None,
            lambda one, other: loosely_equal("itemType", one, other),
            locked=self._is_locked("itemType"),
        )
        self.types = (decision.here or "", decision.there or "")
        self.types_settled = decision.verdict not in _UNSETTLED
        self.edits[0].type, self.edits[1].type = self.types
        if not self.types_settled:
            # Only the name: what a field is called is a matter of the present type.
            self.edits[2].plain["itemType"] = decision.past_here
            self.edits[3].plain["itemType"] = decision.past_there
        self._tell(decision.verdict, "itemType", (past_there, here, there))

    def _texts(self) -> None:
        past_here, past_there, here, there = self.views
        names = dict.fromkeys([*there.texts, *here.texts, *past_there.texts, *past_here.texts])
        for base in names:
            row = (
                past_here.texts.get(base),
                past_there.texts.get(base),
                here.texts.get(base),
                there.texts.get(base),
            )
            if row[0] == row[2] and row[1] == row[3] and base != "citationKey":
                continue
            if base == "citationKey" and row[2] is not None and row[3] is None:
                # An entry cannot be without its key: it goes where it was taken away.
                row = (None, None, row[2], None)
            decision = self.decider.decide(
                *row,
                lambda one, other, base=base: loosely_equal(base, one, other),  # type: ignore[misc]
                locked=self._is_locked(base),
            )
            if not self.types_settled and self._homeless(base, decision):
                decision = Decision(Verdict.WAITS, row[2], row[3], row[0], row[1])
            self._put("texts", base, row, decision)
            name = own_name(base, self.types[1]) or own_name(base, self.types[0]) or base
            self._tell(decision.verdict, name, (row[1], row[2], row[3]))

    def _homeless(self, base: str, decision: Decision) -> bool:
        """Whether a value comes from, or goes to, where the type has no place for it."""
        here, there = self.views[2:]
        if decision.verdict is Verdict.TO_THERE:
            view = here if decision.there is None else there
        elif decision.verdict is Verdict.TO_HERE:
            view = there if decision.here is None else here
        else:
            return False
        return base not in view.homes and own_name(base, view.type) is None

    def _put(
        self, kind: str, name: str, row: tuple[Any, Any, Any, Any], decision: Decision
    ) -> None:
        """Note what a decision changes on the sides and in what they remember."""
        results = (decision.here, decision.there, decision.past_here, decision.past_there)
        before = (row[2], row[3], decision.here, decision.there)
        for edits, old, new in zip(self.edits, before, results, strict=True):
            if old != new:
                getattr(edits, kind)[name] = new

    def _labels(self) -> None:
        past_here, past_there, here, there = self.views
        names = dict.fromkeys([*there.labels, *here.labels, *past_there.labels, *past_here.labels])
        for folded in names:
            lines = [view.labels.get(folded) for view in self.views]
            values = [line.value if line is not None else None for line in lines]
            row = (values[0], values[1], values[2], values[3])
            if row[0] == row[2] and row[1] == row[3]:
                continue
            label = next(line.label for line in reversed(lines) if line is not None) or folded
            name = f"extra:{label}"
            decision = self.decider.decide(
                *row,
                lambda one, other, folded=folded: (  # type: ignore[misc]
                    one is not None and other is not None and same_line(folded, one, other)
                ),
                locked=self._is_locked("extra") or name in self.locked,
            )
            results = (decision.here, decision.there, decision.past_here, decision.past_there)
            before = (row[2], row[3], decision.here, decision.there)
            for edits, old, new in zip(self.edits, before, results, strict=True):
                if old != new:
                    edits.labels[folded] = (label, new)
            self._tell(decision.verdict, name, (row[1], row[2], row[3]))

    def _words(self) -> None:
        past_here, past_there, here, there = (view.words for view in self.views)
        if past_here == here and past_there == there:
            return
        paired = pair_members(past_here, past_there, here, there, (_exact, _alike))
        settled = settle(self.decider, paired, _same_words, locked=self._is_locked("extra"))
        for verdict in settled.verdicts & {Verdict.CONFLICT, Verdict.LOCKED}:
            texts = tuple("\n".join(line.text for line in one) or None
                          for one in (past_there, here, there))  # fmt: skip
            self._tell(verdict, "extra", (texts[0], texts[1], texts[2]))
        order_here, order_there = paired.orders[2], paired.orders[3]
        new_here, new_there = _numbers(settled.here), _numbers(settled.there)
        for edits, order, old, new in (
            (self.edits[0], order_here, here, settled.here),
            (self.edits[1], order_there, there, settled.there),
            (self.edits[2], new_here, _lines(settled.here), settled.past_here),
            (self.edits[3], new_there, _lines(settled.there), settled.past_there),
        ):
            if list(old) != _lines(new):
                places = {number: place for place, number in enumerate(order)}
                edits.words = [(places.get(number), line) for number, line in new]

    def _creators(self) -> None:
        past_here, past_there, here, there = self.views
        same_types = self.types == (here.type, there.type)
        if (
            same_types
            and past_here.creators == here.creators
            and past_there.creators == there.creators
        ):
            return
        lists, told = settle_creators(
            self.decider, self.views, self.types, locked=self._is_locked("creators")
        )
        before = (list(here.creators), list(there.creators), lists[0], lists[1])
        for edits, old, new in zip(self.edits, before, lists, strict=True):
            if old != new:
                edits.creators = new
        for verdict, names in told.items():
            self._tell(verdict, "creators", (names[1] or None, names[2] or None, names[3] or None))

    def _tags(self) -> None:
        tags = tuple(view.tags for view in self.views)
        if tags[0].keys() == tags[2].keys() and tags[1].keys() == tags[3].keys():
            return
        given = tags
        mine, parted = as_one((tags[0], tags[2]), (tags[1], tags[3]))
        tags = (mine[0], tags[1], mine[1], tags[3])
        found = tuple(dict(one) for one in (tags[2], tags[3], tags[2], tags[3]))
        locked = False
        for text in dict.fromkeys([*tags[3], *tags[2], *tags[1], *tags[0]]):
            row = [True if text in one else None for one in tags]
            decision = self.decider.decide_member(
                row[0], row[1], row[2], row[3], locked=self._is_locked("tags")
            )
            locked = locked or decision.verdict is Verdict.LOCKED
            tag = tags[3].get(text) or tags[2].get(text) or tags[1].get(text) or tags[0][text]
            results = (decision.here, decision.there, decision.past_here, decision.past_there)
            for side, value in zip(found, results, strict=True):
                if value:
                    side.setdefault(text, dict(tag))
                else:
                    side.pop(text, None)
        tags = given
        for side in (found[0], found[2]):
            parted_again(side, parted)
        before = (tags[2], tags[3], found[0], found[1])
        for edits, old, new in zip(self.edits, before, found, strict=True):
            if old.keys() != new.keys():
                edits.tags = list(new.values())
        if locked:
            lists = [list(one.values()) for one in (tags[1], tags[2], tags[3])]
            self._tell(Verdict.LOCKED, "tags", (lists[0], lists[1], lists[2]))

    def _sets(self) -> None:
        """Collections and relations: a matter of Zotero alone unless the other side has them."""
        here = self.views[2]
        for name, read, write in (
            ("collections", _members, sorted),
            ("relations", _relations, _relations_of),
        ):
            if name not in here.data:
                continue
            sides = [read(view.data.get(name)) for view in self.views]
            found: tuple[set[Any], ...] = (set(), set(), set(), set())
            for member in dict.fromkeys([*sides[3], *sides[2], *sides[1], *sides[0]]):
                row = [True if member in side else None for side in sides]
                decision = self.decider.decide_member(row[0], row[1], row[2], row[3])
                results = (decision.here, decision.there, decision.past_here, decision.past_there)
                for side, value in zip(found, results, strict=True):
                    if value:
                        side.add(member)
            before = (set(sides[2]), set(sides[3]), found[0], found[1])
            for edits, old, new in zip(self.edits, before, found, strict=True):
                if old != new:
                    edits.plain[name] = write(new)


def remembered(settled: Data, remembered_as: Data, read: Data) -> dict[str, Any]:
    """A side's past for the state file when the side was written and read again.

    `settled` and `remembered_as` are `here` and `agreed_here` of a merge (or `there` and
    `agreed_there`), `read` is what the side says now, in its own spelling. A field that the merge
    did not settle keeps its old past.
    """
    found = dict(read)
    kept = differences(settled, remembered_as)
    for change in kept:
        if change.new is None:
            found.pop(change.field, None)
        else:
            found[change.field] = change.new
    if kept:
        _forget_moved(found, settled, remembered_as, read)
    return found


def _forget_moved(found: dict[str, Any], settled: Data, remembered_as: Data, read: Data) -> None:
    """Take out what the merge left open and the side says in another field now: a line of Extra
    that became a field or a role with the type, a field that another type calls otherwise.
    """
    sides = (settled, remembered_as, read)
    views, _ = views_of(sides, [str(side.get("itemType") or "") for side in sides])
    meant, past, now = (view.texts for view in views)
    for base, value in now.items():
        name = own_name(base, views[2].type)
        if name is None or name in settled or name not in found:
            continue
        old = base if base in meant else next((one for one in meant if meant[one] == value), None)
        if old is not None and meant[old] == value != past.get(old):
            del found[name]
    roles = {group_of(one, views[0].type) for one in views[0].creators}
    people = [one for one in views[2].creators if group_of(one, views[2].type) in roles]
    if len(people) < len(views[2].creators) and found.get("creators") == read.get("creators"):
        found["creators"] = people
        if not people:
            del found["creators"]


def _place(conflict: FieldConflict) -> tuple[bool, str]:
    """The item type first, on which others hang, then by name."""
    return conflict.field != "itemType", conflict.field


def _as_given(given: Data, normal: Data, new: Data) -> dict[str, Any]:
    """New data in which what did not change is as it was given, not as it was normalised."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if normal.get(name) == new.get(name):
            found[name] = value
        elif name in new:
            found[name] = new[name]
    found.update((name, value) for name, value in new.items() if name not in given)
    return found


def _exact(line: Line) -> Hashable:
    return line.text.strip()


def _alike(line: Line) -> Hashable:
    return loose_text(line.text)


def _same_words(one: Line | None, other: Line | None) -> bool:
    if one is None or other is None:
        return one is other
    return loose_text(one.text) == loose_text(other.text)


def _numbers(rows: Iterable[tuple[int, Line]]) -> list[int]:
    return [number for number, _ in rows]


def _lines(rows: Iterable[tuple[int, Line]]) -> list[Line]:
    return [line for _, line in rows]


def _members(value: Any) -> list[Any]:
    return list(value or ())


def _relations(value: Any) -> list[tuple[str, str]]:
    """Each relation by itself: what it is, and the address of the other item."""
    return [
        (name, target)
        for name, targets in (value or {}).items()
        for target in ([targets] if isinstance(targets, str) else targets)
    ]


def _relations_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, target in sorted(pairs):
        found.setdefault(name, []).append(target)
    return found
