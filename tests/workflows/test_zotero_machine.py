"""Random edits on both sides, random faults, then syncs until quiet: equal, no loss, no double.

The edits are made by `tests/zotero_hands.py`. What each side says is read by `zotero_model.py`,
which shares no code with bibtools and holds the table of what a sync may make of a value;
`zotero_checks.py` says what must hold. `BIBTOOLS_MACHINE=EXAMPLESxSTEPS` makes the run longer.
"""

from __future__ import annotations

import copy
import json
import os
import sys
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.command_line import Ran
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_checks import Told, changes_of, check_kept, check_settled, check_torn
from tests.zotero_disturbing import ASKING, FAULTS, killed_at
from tests.zotero_hands import Hands, numbers, sides
from tests.zotero_model import Asked, Seen, read_library
from tests.zotero_server import Fault, Kind, is_post
from tests.zotero_server.faults import always

pytestmark = ONLY_LOOPBACK


class Machine(Hands):
    """The two of them, and bibtools between them."""

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else it failed already
                self.settle()
        finally:
            super().teardown()

    def run(self, asked: Asked) -> Ran:
        options = ["--yes", "--json"]
        options += ["--delete"] if asked.delete else []
        options += ["--prefer", asked.prefer] if asked.prefer else []
        options += ["-c", self.collection] if self.collection else []
        ran = self.desk.zotero(asked.direction, "refs.bib", *options)
        for text in self.said:
            note(f"meanwhile: {text}")
        self.said.clear()
        note(f"{asked} -> {ran.code} {ran.stderr.strip()}")
        assert "Traceback" not in ran.stderr
        return ran

    @rule(asked=ASKING)
    def sync(self, asked: Asked) -> None:
        self.clean(asked)

    def clean(self, asked: Asked) -> dict[str, Any]:
        """A sync that nothing disturbs."""
        before, known = self.seen(), copy.deepcopy(self.model)
        self.desk.server.forget()
        ran = self.run(asked)
        if ran.code == 2 and asked.direction == "pull":
            names = {name for name, _, gone in before.collections.values() if not gone}
            assert self.collection not in {None, *names}
            assert self.seen() == before
            return {}
        assert ran.code in (0, 1), ran.stderr
        told: dict[str, Any] = json.loads(ran.stdout)
        after = self.seen()
        wrote = before.contents != after.contents or before.data != after.data
        self.before_run = (before, known) if wrote and told["run"] else None
        if asked.direction == "pull":
            assert self.desk.server.writes == 0
        if asked.direction == "push":
            assert before.data == after.data
        check_kept(before, after, self.model, {})
        scope = self.scope(before, told["collection"])
        if told["collection"] in before.collections:
            assert told["collection"] in self.called_so
        for change in changes_of(self.works, before, after):
            check_settled(change, asked, Told.of(told), scope, self.model)
        return told

    @rule(asked=ASKING, which=st.sampled_from(FAULTS), skip=st.integers(0, 4))
    def disturbed(self, asked: Asked, which: Fault, skip: int) -> None:
        """A sync while the server or the way to it fails."""
        before = self.seen()
        self.before_run = None
        self.desk.server.faults.append(replace(which, skip=skip))
        ran = self.run(asked)
        self.desk.server.faults.clear()
        assert ran.code in (0, 1, 2, 3, 4), ran.stderr
        self.check_torn(before, asked)

    @rule(asked=ASKING, place=st.integers(0, 30), hard=sides, after=sides)
    def killed(self, asked: Asked, place: int, hard: bool, after: bool) -> None:
        """A sync that is killed before or after one of its steps."""
        before = self.seen()
        self.before_run = None
        with killed_at(place, hard=hard, after=after):
            self.run(asked)
        self.check_torn(before, asked)

    @rule(asked=ASKING, objects=st.integers(0, 2), skip=st.integers(0, 6), number=numbers,
          what=numbers, reading=sides)  # fmt: skip
    def meanwhile(
        self,
        asked: Asked,
        objects: int,
        skip: int,
        number: int,
        what: int,
        reading: bool,
    ) -> None:
        """Another client edits an item while the sync goes on."""
        work = self.work(number)
        if work is None:
            return
        before = self.seen()
        self.before_run = None

        def foreign() -> None:
            item = read_library(self.desk.contents()).get(work, [None])[0]
            if item is None or item.trashed:
                return
            slot, value = self.slot_for(item.slots, what)
            if slot[0] == "type":
                return
            self.set_there(item, slot, value)
            self.foreign.setdefault(work, {})[slot] = value

        when = always if reading else is_post
        fault = Fault(Kind.FOREIGN_WRITE, when=when, objects=objects, skip=skip, run=foreign)
        self.desk.server.faults.append(fault)
        ran = self.run(asked)
        self.desk.server.faults.clear()
        assert ran.code in (0, 1, 2, 4), ran.stderr
        self.check_torn(before, asked)
        self.foreign.clear()

    @precondition(lambda self: self.before_run is not None)
    @rule()
    def undo(self) -> None:
        """The last run is taken back, and everything is byte for byte as it was."""
        assert self.before_run is not None
        before, known = self.before_run
        ran = self.desk.zotero("undo", "--yes")
        note(f"undo -> {ran.code} {ran.stderr}")
        assert ran.code == 0, ran.stderr
        after = self.seen()
        assert after.data == before.data
        assert after.contents == before.contents
        assert after.collections == before.collections
        self.model, self.before_run = known, None

    def check_torn(self, before: Seen, asked: Asked) -> None:
        """What must hold however the sync was disturbed."""
        after = self.seen()
        check_kept(before, after, self.model, self.foreign)
        for change in changes_of(self.works, before, after):
            check_torn(change, asked, self.model, self.foreign.get(change.work, {}))

    @rule()
    def settle(self) -> None:
        """Synced until quiet: the two sides agree, and nothing is sent any more."""
        self.desk.server.faults.clear()
        self.clean(Asked())
        self.clean(Asked())
        library, data = self.library.version, self.desk.file.read_bytes()
        self.desk.server.forget()
        kept = self.before_run
        told = self.clean(Asked())
        self.before_run = kept
        assert self.desk.server.writes == 0, told
        assert self.desk.server.reads <= 5
        assert (self.library.version, self.desk.file.read_bytes()) == (library, data)


_EXAMPLES, _, _STEPS = os.environ.get("BIBTOOLS_MACHINE", "12x25").partition("x")
Machine.TestCase.settings = settings(
    max_examples=int(_EXAMPLES),
    stateful_step_count=int(_STEPS or 25),
    deadline=None,
    derandomize="BIBTOOLS_MACHINE"
    not in os.environ,  # the suite does the same each time, a soak does not
    suppress_health_check=list(HealthCheck),
    phases=[
        one for one in Phase if one is not Phase.shrink or "BIBTOOLS_MACHINE" not in os.environ
    ],
    print_blob=False,
)

TestBothSides = Machine.TestCase
