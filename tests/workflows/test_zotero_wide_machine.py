"""Anything edited on both sides, anything gone wrong, and nothing of it lost.

The machine of `test_zotero_machine.py` knows for each value what a sync has to make of it, and so
its entries are simple ones. This one writes whatever a .bib, a CSL-JSON file and a library may
hold, and asks for less: what a hand wrote and no hand took away is there, nothing is doubled, what
nobody touched has its bytes, what a hand took away does not come back, and in the end both sides
say the same as far as the mapping can. Without more it does the same each time;
`BIBTOOLS_WIDE=EXAMPLESxSTEPS` makes it as long as that, and random (`--hypothesis-seed=N` repeats
a run).
"""

from __future__ import annotations

import json
import os
import random
import sys
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.command_line import Ran
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_disturbing import ASKING, FAULTS, killed_at
from tests.zotero_model import Asked
from tests.zotero_server import Fault, Kind, is_post
from tests.zotero_server.faults import always
from tests.zotero_wide import WideHands, seeds
from tests.zotero_wide_checks import Sight, check_quiet, check_run, check_untouched

pytestmark = ONLY_LOOPBACK


class WideMachine(WideHands):
    """The two of them, and bibtools between them."""

    def __init__(self) -> None:
        super().__init__()
        self.before_run: Sight | None = None
        self.before_ledger: dict[str, str] = {}
        self.kept_plan: Asked | None = None

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else it failed already
                self.settle()
        finally:
            super().teardown()

    def run(self, asked: Asked, *more: str) -> Ran:
        options = ["--json", *more]
        options += ["--yes"] if "--plan" not in more and asked.direction != "status" else []
        options += ["--delete"] if asked.delete else []
        options += ["--prefer", asked.prefer] if asked.prefer else []
        options += ["-c", self.collection] if self.collection else []
        options += ["--library", "group:7"] if self.group else []
        ran = self.desk.zotero(asked.direction, self.desk.file.name, *options)
        self.tell(f"{asked}", ran)
        return ran

    def tell(self, what: str, ran: Ran) -> None:
        for text in self.said:
            note(f"meanwhile: {text}")
        self.said.clear()
        note(f"{what} -> {ran.code} {ran.stderr.strip()}")
        assert "Traceback" not in ran.stderr
        self.heard += ran.stderr

    @rule(asked=ASKING)
    def sync(self, asked: Asked) -> None:
        self.clean(asked)

    def clean(self, asked: Asked) -> dict[str, Any]:
        """A run that nothing disturbs."""
        before, alive = Sight.of(self), dict(self.ledger.alive)
        self.desk.server.forget()
        ran = self.run(asked)
        after = Sight.of(self)
        if ran.code == 2:
            # A collection that nobody has, or that there is twice.
            assert "collection" in ran.stderr, ran.stderr
            assert after == before
            return {}
        assert ran.code in (0, 1), ran.stderr
        told: dict[str, Any] = json.loads(ran.stdout)
        if asked.direction == "pull":
            assert self.desk.server.writes == 0
        if asked.direction == "push":
            assert after.data == before.data
        if told["run"] and after != before:
            self.before_run, self.before_ledger, self.fresh = before, alive, True
        check_untouched(self, before, after)
        check_run(self, before, after, asked)
        return told

    @rule(asked=ASKING, which=st.sampled_from(FAULTS), skip=st.integers(0, 4))
    def disturbed(self, asked: Asked, which: Fault, skip: int) -> None:
        before = Sight.of(self)
        self.fresh = False
        self.desk.server.faults.append(replace(which, skip=skip))
        ran = self.run(asked)
        self.desk.server.faults.clear()
        assert ran.code in (0, 1, 2, 3, 4), ran.stderr
        check_run(self, before, Sight.of(self), asked)

    @rule(asked=ASKING, place=st.integers(0, 30), hard=st.booleans(), after=st.booleans())
    def killed(self, asked: Asked, place: int, hard: bool, after: bool) -> None:
        before = Sight.of(self)
        self.fresh = False
        with killed_at(place, hard=hard, after=after):
            self.run(asked)
        check_run(self, before, Sight.of(self), asked)

    @rule(asked=ASKING, objects=st.integers(0, 2), skip=st.integers(0, 6), seed=seeds,
          reading=st.booleans())  # fmt: skip
    def meanwhile(self, asked: Asked, objects: int, skip: int, seed: int, reading: bool) -> None:
        """Another client edits while the sync goes on."""
        before = Sight.of(self)

        def foreign() -> None:
            dice = random.Random(seed)
            found = sorted(self.items().items())
            if found:
                self.change_there(*dice.choice(found), dice)

        when = always if reading else is_post
        fault = Fault(Kind.FOREIGN_WRITE, when=when, objects=objects, skip=skip, run=foreign)
        self.desk.server.faults.append(fault)
        ran = self.run(asked)
        self.desk.server.faults.clear()
        self.fresh = False
        assert ran.code in (0, 1, 2, 4), ran.stderr
        after = Sight.of(self)
        for key, work in self.items().items():
            # What the other client took away is no fault of ours.
            if work in self.touched_there and key in before.contents and key in after.contents:
                for name in ("relations", "collections", "tags"):
                    before.contents[key][name] = after.contents[key][name]
        check_run(self, before, after, asked)

    @precondition(lambda self: self.before_run is not None and self.fresh)
    @rule()
    def undo(self) -> None:
        """The last run is taken back, and everything is byte for byte as it was."""
        assert self.before_run is not None
        ran = self.desk.zotero("undo", "--yes")
        self.tell("undo", ran)
        assert ran.code == 0, ran.stderr
        after = Sight.of(self)
        assert after.contents == self.before_run.contents
        assert after.data == self.before_run.data
        assert after.collections == self.before_run.collections
        self.ledger.alive = dict(self.before_ledger)
        self.ledger.revived()
        self.before_run = None
        self.agreed.clear()

    @rule(asked=ASKING)
    def plan(self, asked: Asked) -> None:
        """A plan is made and kept; nothing is written."""
        before = Sight.of(self)
        ran = self.run(asked, "--plan", "plan.json")
        assert ran.code in (0, 1, 2), ran.stderr
        assert Sight.of(self) == before
        self.kept_plan = asked if ran.code != 2 else None

    @precondition(lambda self: self.kept_plan is not None)
    @rule()
    def apply(self) -> None:
        """The kept plan is carried out, or refused where something has moved."""
        assert self.kept_plan is not None
        asked, self.kept_plan = self.kept_plan, None
        before, alive = Sight.of(self), dict(self.ledger.alive)
        more = ["--library", "group:7"] if self.group else []
        ran = self.desk.zotero("apply", "plan.json", "--yes", "--json", *more)
        self.tell("apply", ran)
        after = Sight.of(self)
        assert ran.code in (0, 1, 2, 4), ran.stderr
        if ran.code == 2:
            assert after == before
            return
        if after != before:
            self.before_run, self.before_ledger, self.fresh = before, alive, True
        check_untouched(self, before, after)
        check_run(self, before, after, asked)

    @rule()
    def status(self) -> None:
        before = Sight.of(self)
        ran = self.run(Asked("status"))
        assert ran.code in (0, 1) or "collection" in ran.stderr, ran.stderr
        assert Sight.of(self) == before

    @rule()
    def settle(self) -> None:
        """Synced until quiet: the two sides agree, and nothing is sent any more."""
        self.desk.server.faults.clear()
        for _ in range(2):
            self.clean(Asked())
        kept = (self.before_run, self.before_ledger, self.fresh)
        version, data = self.library.version, self.desk.file.read_bytes()
        told = self.clean(Asked())
        assert self.desk.server.writes == 0, told
        assert self.desk.server.reads <= 6
        assert (self.library.version, self.desk.file.read_bytes()) == (version, data)
        self.before_run, self.before_ledger, self.fresh = kept
        if told:
            self.agreed = check_quiet(self, Sight.of(self), told)
            self.touched_here -= self.agreed
            self.touched_there -= self.agreed


_EXAMPLES, _, _STEPS = os.environ.get("BIBTOOLS_WIDE", "10x20").partition("x")
WideMachine.TestCase.settings = settings(
    max_examples=int(_EXAMPLES),
    stateful_step_count=int(_STEPS or 20),
    deadline=None,
    derandomize="BIBTOOLS_WIDE"
    not in os.environ,  # the suite does the same each time, a soak does not
    suppress_health_check=list(HealthCheck),
    phases=[one for one in Phase if one is not Phase.shrink or "BIBTOOLS_WIDE" not in os.environ],
    print_blob=False,
)

TestAnything = WideMachine.TestCase
