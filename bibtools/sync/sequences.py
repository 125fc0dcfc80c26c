"""Lists that two sides changed: each member by itself, and their order.

What one side calls its list and the other side its list need not be spelled alike. Members are
paired first: each side with its own past, and the two pasts with each other; then each member is
settled by itself, and every side keeps its spelling of what the other did not change.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import count
from operator import eq
from typing import Generic, TypeVar

from bibtools.sync.deciding import Decider, Decision, Verdict

Member = TypeVar("Member")


@dataclass(slots=True)
class Paired(Generic[Member]):
    """Members by identity: the four lists as orders of numbers, and each number's spellings."""

    orders: tuple[list[int], list[int], list[int], list[int]]
    """Past here, past there, here, there."""
    members: list[tuple[Member | None, Member | None, Member | None, Member | None]] = field(
        default_factory=list
    )


def pair_members(
    past_here: Sequence[Member],
    past_there: Sequence[Member],
    here: Sequence[Member],
    there: Sequence[Member],
    keys: Sequence[Callable[[Member], Hashable]],
) -> Paired[Member]:
    """Tell which members of the four lists are one.

    `keys` give what members that are one have in common, strictest first: the member itself, what
    its spellings share, and then what it keeps when a side rewrites it. What both sides added
    is compared by the first two.
    """
    numbers = count()
    ids_past_there = [next(numbers) for _ in past_there]
    ids_past_here = _numbered(past_here, _Past(past_there, ids_past_there), keys, numbers)
    mine, theirs = _Past(past_here, ids_past_here), _Past(past_there, ids_past_there)
    found_here, found_there = _known(here, mine, keys), _known(there, theirs, keys)
    # What both sides added is one member, also where it could be an old one rewritten.
    for key in keys[:2]:
        places: dict[Hashable, list[int]] = {}
        for j, member in enumerate(there):
            if found_there[j] is None:
                places.setdefault(key(member), []).append(j)
        for i, member in enumerate(here):
            if found_here[i] is None and (row := places.get(key(member))):
                found_here[i] = found_there[row.pop(0)] = next(numbers)
    ids_there = _rewritten(found_there, theirs, numbers)
    ids_here = _rewritten(found_here, mine, numbers)
    total = next(numbers)
    rows: list[list[Member | None]] = [[None] * 4 for _ in range(total)]
    lists = ((ids_past_here, past_here), (ids_past_there, past_there),
             (ids_here, here), (ids_there, there))  # fmt: skip
    for column, (ids, members) in enumerate(lists):
        for number, member in zip(ids, members, strict=True):
            rows[number][column] = member
    return Paired(
        (ids_past_here, ids_past_there, ids_here, ids_there),
        [(row[0], row[1], row[2], row[3]) for row in rows],
    )


@dataclass(slots=True)
class _Past(Generic[Member]):
    """What a list was, with the numbers of its members and those that have no partner yet."""

    members: Sequence[Member]
    ids: Sequence[int]
    free: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.free = [True] * len(self.members)


def _numbered(
    members: Sequence[Member],
    past: _Past[Member],
    keys: Sequence[Callable[[Member], Hashable]],
    numbers: Iterator[int],
) -> list[int]:
    """Numbers for members: those of their partners in a past, or new ones."""
    return _rewritten(_known(members, past, keys), past, numbers)


def _known(
    members: Sequence[Member], past: _Past[Member], keys: Sequence[Callable[[Member], Hashable]]
) -> list[int | None]:
    """The numbers of the members that have a partner in the past by a key."""
    found: list[int | None] = [None] * len(members)
    for key in keys:
        places: dict[Hashable, list[int]] = {}
        for j, member in enumerate(past.members):
            if past.free[j]:
                places.setdefault(key(member), []).append(j)
        for i, member in enumerate(members):
            if found[i] is None and (row := places.get(key(member))):
                j = row.pop(0)
                found[i], past.free[j] = past.ids[j], False
    return found


def _rewritten(found: list[int | None], past: _Past[Member], numbers: Iterator[int]) -> list[int]:
    """Numbers for all: members between the same neighbours, and as many of them as before, were
    rewritten; the others are new.
    """
    if any(past.free) and None in found:
        blocks = SequenceMatcher(a=list(past.ids), b=found, autojunk=False).get_opcodes()
        for what, low, high, start, stop in blocks:
            if what != "replace":
                continue
            old = [j for j in range(low, high) if past.free[j]]
            new = [i for i in range(start, stop) if found[i] is None]
            if len(old) == len(new):
                for i, j in zip(new, old, strict=True):
                    found[i], past.free[j] = past.ids[j], False
    return [number if number is not None else next(numbers) for number in found]


def merged_order(main: Sequence[int], second: Sequence[int], members: set[int]) -> list[int]:
    """The members in the order of one list; those only in the second behind their predecessor."""
    found = [number for number in main if number in members]
    placed = set(found)
    for i, number in enumerate(second):
        if number in placed or number not in members:
            continue
        before = next((one for one in reversed(second[:i]) if one in placed), None)
        place = found.index(before) + 1 if before is not None else 0
        found.insert(place, number)
        placed.add(number)
    return found


def same_order(one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether two lists have what they share in the same order."""
    shared = set(one) & set(other)
    return [i for i in one if i in shared] == [i for i in other if i in shared]


@dataclass(frozen=True, slots=True)
class Settled(Generic[Member]):
    """A list on each side when all is done, and what each side remembers; members by number."""

    here: list[tuple[int, Member]]
    there: list[tuple[int, Member]]
    past_here: list[tuple[int, Member]]
    past_there: list[tuple[int, Member]]
    verdicts: frozenset[Verdict]


def settle(
    decider: Decider,
    paired: Paired[Member],
    same: Callable[[Member, Member], bool],
    *,
    locked: bool = False,
) -> Settled[Member]:
    """Settle every member by itself, and their order; with a conflict in it, nothing is changed."""
    decisions = [decider.decide(*row, same, locked=locked) for row in paired.members]
    past_here, past_there, here, there = paired.orders
    order = _order(decider, paired, locked=locked)
    verdicts = {decision.verdict for decision in decisions} | {order.verdict}
    if Verdict.CONFLICT in verdicts:
        kept = [
            [(i, one) for i in ids if (one := paired.members[i][column]) is not None]
            for column, ids in enumerate(paired.orders)
        ]
        return Settled(kept[2], kept[3], kept[0], kept[1], frozenset({Verdict.CONFLICT}))
    unsettled = order.verdict in (Verdict.CONFLICT, Verdict.WAITS, Verdict.LOCKED)
    found = []
    for own, other, past, now in (
        (here, there, past_here, "here"),
        (there, here, past_there, "there"),
    ):
        values = {i: one for i, d in enumerate(decisions) if (one := getattr(d, now)) is not None}
        olds = {
            i: one
            for i, d in enumerate(decisions)
            if (one := getattr(d, f"past_{now}")) is not None
        }
        if order.here is None or unsettled:
            ids = merged_order(own, other, set(values))
        else:
            ids = merged_order(order.here, own, set(values))
        old_ids = merged_order(past if unsettled else ids, ids if unsettled else past, set(olds))
        found.append(([(i, values[i]) for i in ids], [(i, olds[i]) for i in old_ids]))
    return Settled(found[0][0], found[1][0], found[0][1], found[1][1], frozenset(verdicts))


def _order(decider: Decider, paired: Paired[Member], *, locked: bool) -> Decision:
    """Which order both sides are to have; None where each keeps its own."""
    past_here, past_there, here, there = paired.orders
    moved_here, moved_there = not same_order(past_here, here), not same_order(past_there, there)
    everyone = set(here) | set(there)
    if same_order(here, there):
        merged = merged_order(there, here, everyone)
        return Decision(Verdict.SAME, merged, merged, None, None)
    if not moved_here and not moved_there:
        return Decision(Verdict.SAME, None, None, None, None)
    decision = decider.decide(
        None if moved_here else here,
        None if moved_there else there,
        here,
        there,
        eq,
        locked=locked,
    )
    if decision.verdict is Verdict.TO_THERE:
        merged = merged_order(here, there, everyone)
    elif decision.verdict is Verdict.TO_HERE:
        merged = merged_order(there, here, everyone)
    else:
        return decision
    return Decision(decision.verdict, merged, merged, None, None)
