"""What becomes of one value that two sides may have changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from operator import eq
from typing import Any, Literal

from bibtools.sync.values import Prefer

Side = Literal["here", "there"]


class Verdict(Enum):
    """How a value was settled, or why it was not."""

    SAME = "same"
    """Nothing to do: unchanged, or both sides made the same change."""
    TO_THERE = "to there"
    TO_HERE = "to here"
    WAITS = "waits"
    """Only one direction was asked for, and this change goes the other way."""
    CONFLICT = "conflict"
    LOCKED = "locked"
    """Zotero changed what the file locks."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The value on each side when all is done, and what each side remembers as its past."""

    verdict: Verdict
    here: Any
    there: Any
    past_here: Any
    past_there: Any


@dataclass(frozen=True, slots=True)
class Decider:
    """The rules for one pair. An absent value is None."""

    prefer: Prefer | None = None
    newer: Side | None = None
    direction: Literal["both", "push", "pull"] = "both"

    @property
    def winner(self) -> Side | None:
        """The side that wins a conflict."""
        if self.prefer == "newest":
            return self.newer
        if self.prefer is None:
            return None
        return "here" if self.prefer == "local" else "there"

    def decide(
        self,
        past_here: Any,
        past_there: Any,
        here: Any,
        there: Any,
        same: Callable[[Any, Any], bool],
        *,
        locked: bool = False,
    ) -> Decision:
        """Settle one value; `same` says whether two values say the same in another spelling.

        Where only one side changed, its value goes to the other, unless it is there already.
        """
        changed_here, changed_there = here != past_here, there != past_there
        if here == there or not (changed_here or changed_there):
            return Decision(Verdict.SAME, here, there, here, there)
        # A side that spelt its own way what the other said before still does: a year where
        # the other has the day is not overwritten by another day of it, nor the day by a month.
        spelt = changed_here == changed_there or past_here != past_there
        if spelt and same(here, there):
            return Decision(Verdict.SAME, here, there, here, there)
        if changed_here and changed_there:
            winner = self.winner
            if locked and winner != "here":
                return Decision(Verdict.LOCKED, here, there, past_here, past_there)
            if winner is None:
                return Decision(Verdict.CONFLICT, here, there, past_here, past_there)
        else:
            winner = "here" if changed_here else "there"
        if winner == "here":
            if self.direction == "pull":
                return Decision(Verdict.WAITS, here, there, past_here, past_there)
            return Decision(Verdict.TO_THERE, here, here, here, here)
        if locked:
            return Decision(Verdict.LOCKED, here, there, past_here, past_there)
        if self.direction == "push":
            return Decision(Verdict.WAITS, here, there, past_here, past_there)
        return Decision(Verdict.TO_HERE, there, there, there, there)

    def decide_member(
        self, past_here: Any, past_there: Any, here: Any, there: Any, *, locked: bool = False
    ) -> Decision:
        """Settle whether something belongs to a set, each value True or None.

        Where one side took out what the other put in, it is in.
        """
        if (here is None) != (there is None) and here != past_here and there != past_there:
            past_here, past_there = (past_here, there) if here else (here, past_there)
        return self.decide(past_here, past_there, here, there, eq, locked=locked)
