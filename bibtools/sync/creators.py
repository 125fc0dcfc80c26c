"""Creators that two sides changed, role by role."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from bibtools.sync.comparing import loose_name
from bibtools.sync.deciding import Decider, Verdict
from bibtools.sync.editing import View
from bibtools.sync.fields import PRIMARY, creator_type_of, group_of, shared_group
from bibtools.sync.name_forms import fuller_forms, is_others
from bibtools.sync.sequences import Paired, Settled, pair_members, settle


def settle_creators(
    decider: Decider,
    views: tuple[View, View, View, View],
    types: tuple[str, str],
    *,
    locked: bool = False,
) -> tuple[list[list[Mapping[str, Any]]], dict[Verdict, list[list[Mapping[str, Any]]]]]:
    """The creators here and there when all is done, what is remembered of each, and what was not
    settled: by verdict the creators of the roles in question, in the order of `views`.

    `views` are the past here, the past there, here and there; `types` the item types here and
    there when all is done. An author that one side rewrote is rewritten on the other, which keeps
    its spelling of all others. A role that was never agreed on is one value: two lists of authors
    that differ are not thrown together, unless they are the same people in two forms; then each
    gets its fuller form.
    """
    sides = [_groups(view, types) for view in views]
    order = (sides[3], sides[2], sides[1], sides[0])
    groups = dict.fromkeys(group for side in order for group in side)
    outcomes: dict[str, tuple[Paired[Creator], Settled[Creator]]] = {}
    open_groups: dict[Verdict, set[str]] = {}
    for group in groups:
        past_here, past_there, here, there = (side.get(group, []) for side in sides)
        paired = pair_members(past_here, past_there, here, there, _KEYS)
        forms = None if past_here or past_there else _by_forms(here, there)
        paired = forms or paired
        if past_here or past_there or forms is not None:
            settled = settle(decider, paired, _same, locked=locked)
        else:
            settled = _settled_whole(decider, paired, here, there, locked=locked)
        for verdict in settled.verdicts & {Verdict.CONFLICT, Verdict.LOCKED}:
            open_groups.setdefault(verdict, set()).add(group)
        outcomes[group] = (paired, settled)
    found = []
    for column in range(4):
        side = column % 2
        view, item_type = views[2 + side], types[side]
        lists: dict[str, list[Mapping[str, Any]]] = {}
        for group, (paired, settled) in outcomes.items():
            rows = lists[group] = []
            for number, creator in _rows(settled, column):
                known = paired.members[number]
                ours = known[2 + side] if item_type == view.type else None
                past = known[side] if column > 1 else None
                rows.append(_in_role(group, creator, ours, past, item_type))
        found.append(_woven(view, lists, types))
    told = {
        verdict: [
            [
                # As the conflict is told the next time, when a new type is already in its place.
                creator.given
                if column < 2 or views[column].type == types[column % 2]
                else _in_role(group, creator, None, None, types[column % 2])
                for group in sorted(groups, key=lambda name: (name != PRIMARY, name))
                for creator in side.get(group, ())
            ]
            for column, side in enumerate(sides)
        ]
        for verdict, groups in open_groups.items()
    }
    return found, told


@dataclass(frozen=True, slots=True)
class Creator:
    """A name in a list, told apart from other names and not from the same in another role."""

    parts: tuple[tuple[str, str], ...]
    """What is not empty of `firstName`, `lastName`, `name`, and what Zotero may add to them."""
    loose: tuple[str, str] = field(compare=False)
    given: Mapping[str, Any] = field(compare=False)


def _groups(view: View, types: tuple[str, str]) -> dict[str, list[Creator]]:
    found: dict[str, list[Creator]] = {}
    for given in view.creators:
        parts = tuple(
            sorted((name, text) for name, text in given.items() if text and name != "creatorType")
        )
        creator = Creator(parts, loose_name(given), given)
        found.setdefault(shared_group(group_of(given, view.type), types), []).append(creator)
    return found


def _parts(creator: Creator) -> Hashable:
    return creator.parts


def _loose(creator: Creator) -> Hashable:
    return creator.loose


def _family(creator: Creator) -> Hashable:
    return creator.loose[0]


def _same(one: Creator | None, other: Creator | None) -> bool:
    return one is not None and other is not None and one.loose == other.loose


_KEYS: Final = (_parts, _loose, _family)
_Row: TypeAlias = tuple[Creator | None, Creator | None, Creator | None, Creator | None]
"""A name in the past here, the past there, here and there."""


def _settled_whole(
    decider: Decider,
    paired: Paired[Creator],
    here: Sequence[Creator],
    there: Sequence[Creator],
    *,
    locked: bool,
) -> Settled[Creator]:
    def same(one: Sequence[Creator] | None, other: Sequence[Creator] | None) -> bool:
        return bool(one and other) and [_loose(name) for name in one or ()] == [
            _loose(name) for name in other or ()
        ]

    decision = decider.decide(None, None, here or None, there or None, same, locked=locked)
    numbers = {id(value): order for value, order in (
        (here, paired.orders[2]), (there, paired.orders[3])
    )}  # fmt: skip
    rows = [
        list(zip(numbers[id(value)], value, strict=True)) if value else []
        for value in (decision.here, decision.there, decision.past_here, decision.past_there)
    ]
    return Settled(rows[0], rows[1], rows[2], rows[3], frozenset({decision.verdict}))


def _by_forms(here: Sequence[Creator], there: Sequence[Creator]) -> Paired[Creator] | None:
    """Lists of the same people in two forms, as if the shorter form of each had been agreed on and
    the fuller one were new; None for any other lists.
    """
    fuller = fuller_forms([one.given for one in here], [one.given for one in there])
    if fuller is None or (len(here) == len(there) and set(fuller) == {"same"}):
        return None
    rows: list[_Row] = []
    for form, one, other in zip(fuller, here, there, strict=False):
        rows.append((other if form == "here" else one, one if form == "there" else other,
                     one, other))  # fmt: skip
    rest_here, rest_there = here[len(fuller) :], there[len(fuller) :]
    rows += [(None, None, one, None) for one in rest_here if not is_others(one.given)]
    rows += [(None, None, None, one) for one in rest_there if not is_others(one.given)]
    mine, theirs = _others(rest_here), _others(rest_there)
    if mine or theirs:
        # The list was cut short when it was agreed on; the names in its place are new.
        rows.append((mine or theirs, theirs or mine, mine, theirs))
    columns = [
        [number for number, row in enumerate(rows) if row[column] is not None]
        for column in range(4)
    ]
    return Paired((columns[0], columns[1], columns[2], columns[3]), rows)


def _others(creators: Sequence[Creator]) -> Creator | None:
    return next((one for one in creators if is_others(one.given)), None)


def _rows(settled: Settled[Creator], column: int) -> list[tuple[int, Creator]]:
    return (settled.here, settled.there, settled.past_here, settled.past_there)[column]


def _in_role(
    group: str, creator: Creator, ours: Creator | None, past: Creator | None, item_type: str
) -> Mapping[str, Any]:
    """A creator as a side has it: in the role in which it knows that one, or in the nearest.

    `ours` is the side's own spelling of that creator, None where it has none or gets another type.
    """
    if creator is ours or creator is past:
        return creator.given
    role = ours.given.get("creatorType") if ours is not None else None
    return {**creator.given, "creatorType": role or creator_type_of(group, item_type)}


def _woven(
    view: View, lists: Mapping[str, list[Mapping[str, Any]]], types: tuple[str, str]
) -> list[Mapping[str, Any]]:
    """One list of all roles: each role in the places that it had."""
    left = {group: list(creators) for group, creators in lists.items()}
    places = [shared_group(group_of(one, view.type), types) for one in view.creators]
    found: list[Mapping[str, Any]] = []
    for i, group in enumerate(places):
        if left[group]:
            found.append(left[group].pop(0))
        if group not in places[i + 1 :]:
            found += left.pop(group)
    for creators in left.values():
        found += creators
    return found
