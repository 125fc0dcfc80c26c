"""A plan carried out: first in Zotero, then in the file, then in what is remembered.

Whatever happens on the way, the next run ends in the same state. Keys of new items stand in the
state file before they are sent (`pending`), so that items of a run that was ended are found again;
a pair is remembered anew only when everything planned for it is done, so that what is not done is
seen again; and every object's image from before is in the journal before it is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bibtools.adapters.files import state_on_disk
from bibtools.adapters.journal import journalled_write
from bibtools.adapters.zotero.errors import ZoteroError
from bibtools.adapters.zotero.one_at_a_time import sync_of_library
from bibtools.adapters.zotero.state import Pairs, State, write_state
from bibtools.errors import BibtoolsError, WriteError
from bibtools.model import Notice
from bibtools.model.progress import Progress
from bibtools.sync.kept import overlaid
from bibtools.sync.local_file import LocalFile, apply_local, read_local
from bibtools.sync.plan import (
    AddEntry,
    Conflict,
    CreateItem,
    LocalStep,
    RemoveEntry,
    TrashItem,
    UpdateEntry,
    steps_of,
)
from bibtools.sync.refusals import Refusal
from bibtools.sync.remembering import remember_here, remember_there, renamed
from bibtools.sync.values import Agreed, LocalEntry
from bibtools.workflows.zotero.checks import check_files
from bibtools.workflows.zotero.outcome import STEP_NAMES, Outcome
from bibtools.workflows.zotero.preparing import Prepared, again, as_it_is_now
from bibtools.workflows.zotero.running import Run, start_run
from bibtools.workflows.zotero.scopes import put_pairs
from bibtools.workflows.zotero.sending import Sender
from bibtools.workflows.zotero.session import Session

_TRIES = 3
"""Times that the file is planned again because it changed while it was worked on."""


def apply(
    session: Session, prepared: Prepared, command: str, progress: Progress | None = None
) -> Outcome:
    """Carry out the plan.

    Raises `WriteError`, with nothing done, when the file has changed since the plan was made,
    when it, its state or the journal cannot be written, and while another sync writes to the
    library. What stops the run later is in the outcome (`stopped`).
    """
    return _Application(session, prepared, command, progress).run()


class _Application:
    def __init__(
        self, session: Session, prepared: Prepared, command: str, progress: Progress | None
    ) -> None:
        self.session = session
        self.prepared = prepared
        self.plan = prepared.plan
        self.command = f"zotero {command}"
        self.state: State = prepared.state
        self.rows: dict[str, Agreed] = dict(prepared.pairs.rows)
        """What is remembered at this moment."""
        self.final: dict[str, Agreed] = {row.item: row for row in self.plan.settled}
        self.local_steps: list[LocalStep] = list(self.plan.local)
        self.done = dict.fromkeys(STEP_NAMES.values(), 0)
        self.notices: list[Notice] = []
        self.stopped: BibtoolsError | None = None
        self.wrote_file = False
        self.run_: Run | None = None
        self.sender = Sender(session, prepared, self.rows, progress)

    def run(self) -> Outcome:
        """All of it."""
        with sync_of_library(self.prepared.scope):
            return self._run()

    def _run(self) -> Outcome:
        self._check_file()
        if self.plan.writes:
            check_files(self.prepared)
        self._check_creates()
        if not self.plan.writes:
            self._remember(self._settled(self.prepared.local, self.prepared.local, ()))
            return self._outcome()
        self.run_ = start_run(self.prepared, self.command)
        self.sender.journal = self.run_
        if self.plan.remote:
            self._remember({**self.rows, **self._pending()})
            try:
                self.sender.send(self.plan.remote)
            except ZoteroError as error:
                self.stopped = error
            except BaseException:
                self._remember(self._interim())
                raise
            self._take_over()
        if self.stopped is not None:
            self._remember(self._interim())
        else:
            self._in_file()
        if self._came_to_nothing():
            self.run_.discard()
            self.run_ = None
        else:
            self.run_.finish()
        return self._outcome()

    def _came_to_nothing(self) -> bool:
        """Whether Zotero surely refused all that was sent, and nothing else was done."""
        failures = self.sender.failures
        return (
            self.stopped is None
            and not self.wrote_file
            and not self.sender.there
            and all(400 <= one.code < 500 for one in failures)
        )

    def _outcome(self) -> Outcome:
        reads, writes = self.session.requests
        done = {name: self.done[name] + self.sender.done.get(name, 0) for name in self.done}
        return Outcome(
            done,
            tuple(self.sender.failures),
            (*self._conflicts(), *self.sender.conflicts),
            self.plan.unsure,
            (*self.plan.notices, *self.notices),
            self.stopped,
            self.run_.name if self.run_ is not None else None,
            reads,
            writes,
        )

    def _conflicts(self) -> list[Conflict]:
        again_ = self.sender.replanned
        return [one for one in self.plan.conflicts if one.item not in again_]

    def _check_file(self) -> None:
        if self.prepared.fileless:
            return
        seen = state_on_disk(self.prepared.local.file)
        if seen.digest != self.plan.digest:
            raise WriteError(
                f'"{self.plan.file}" was changed since the plan was made, so nothing was done.',
                "Run the command again; it plans from the file as it is now.",
            )

    def _check_creates(self) -> None:
        """What is to be made may have been made by somebody while the plan was looked at."""
        creates = steps_of(self.plan.remote, CreateItem)
        if not creates:
            return
        self.session.refresh()
        if self.session.updated.library_version == self.plan.library_version:
            return
        now = as_it_is_now(self.session, self.prepared).plan
        still = {step.key for step in steps_of(now.remote, CreateItem)}
        made = [step.key for step in creates if step.key not in still]
        if made:
            shown = ", ".join(made[:5]) + (f" and {len(made) - 5} more" if len(made) > 5 else "")
            raise WriteError(
                f"Somebody put works into the library that were to be created ({shown}), so "
                "nothing was done.",
                "Run the command again; it plans from the library as it is now.",
            )

    # What is remembered

    def _pending(self) -> dict[str, Agreed]:
        """Rows of the items that are about to be made."""
        return {
            step.item: replace(self.final[step.item], pending=True, code=None)
            for step in steps_of(self.plan.remote, CreateItem)
        }

    def _remember(self, rows: Mapping[str, Agreed]) -> None:
        refused = self._refusals() or self.prepared.pairs.refusals
        if not (rows or self.prepared.pairs.rows or refused):
            return
        if not self.prepared.fileless:
            self.state = write_state(put_pairs(self.state, self._pairs(rows)))
        self.rows.clear()
        self.rows.update(rows)

    def _take_over(self) -> None:
        """What planning again made of pairs that somebody else changed meanwhile."""
        again_ = self.sender.replanned
        if again_:
            self.local_steps = [step for step in self.local_steps if step.item not in again_]
            self.local_steps += self.sender.local_steps
            for item in again_:
                self.final.pop(item, None)
            self.final.update(self.sender.rows)

    def _advanced(self) -> dict[str, Agreed]:
        """The rows as they will be when the file is written: Zotero's side is final."""
        rows: dict[str, Agreed] = {}
        sender = self.sender
        added = {step.item: step for step in steps_of(self.local_steps, AddEntry)}
        for item, row in self.final.items():
            unwritten = item in sender.meant and item not in sender.wrote
            if unwritten or item in sender.failed_items:
                old = self.prepared.pairs.rows.get(item)
                if old is not None:
                    rows[item] = old
                elif item in added:
                    # Only its citation key was not taken; its entry is added all the same.
                    step = added[item]
                    rows[item] = replace(row, there=step.data, version=step.version)
                continue
            if item in sender.failed_children:
                old = self.prepared.pairs.rows.get(item)
                row = replace(row, code=old.code if old is not None else None)
            rows[item] = remember_there(row, sender.wrote.get(item))
        gone = [step.item for step in steps_of(self.plan.remote, TrashItem)]
        for item in gone:
            if item not in sender.wrote and item not in self.final:
                rows[item] = self.prepared.pairs.rows[item]
        return rows

    def _interim(self) -> dict[str, Agreed]:
        """What to remember when the run ends before the file is written."""
        waiting = {step.item for step in self.local_steps}
        rows = dict(self.rows)
        advanced = self._advanced()
        before = {entry.key: entry for entry in self.prepared.local.entries}
        for item in self.sender.wrote:
            if item in waiting or item in self.sender.open_items:
                continue
            row = advanced.get(item)
            if row is None:
                rows.pop(item, None)
            else:
                entry = before.get(row.key)
                rows[item] = remember_here(row, entry, (), entry)
        return rows

    def _settled(
        self,
        old: LocalFile,
        new: LocalFile,
        steps: Sequence[LocalStep],
        refused: Iterable[str] = (),
    ) -> dict[str, Agreed]:
        """The rows of the state file once everything is done."""
        rows = self._advanced()
        before = {entry.key: entry for entry in old.entries}
        now = {entry.key: entry for entry in new.entries}
        changes = {step.item: step.changes for step in steps_of(steps, UpdateEntry)}
        refused = set(refused)
        found: dict[str, Agreed] = {}
        for item, row in rows.items():
            if row.key in refused:
                kept = self.prepared.pairs.rows.get(item)
                if kept is not None:
                    found[item] = replace(kept, print="")
                continue
            made = changes.get(item, ())
            entry = now.get(renamed(row.key, made)) or now.get(row.key)
            if item in self.sender.failed_items or entry is None:
                found[item] = replace(row, pending=False)
            else:
                found[item] = remember_here(row, before.get(row.key), made, entry)
        for step in steps_of(steps, RemoveEntry):
            if step.key in now and step.item in self.prepared.pairs.rows:
                found[step.item] = self.prepared.pairs.rows[step.item]
        return found

    # The file

    def _in_file(self) -> None:
        """Carry out the steps of the file, on the file as it is now."""
        current, steps = self.prepared, self.local_steps
        for attempt in range(_TRIES):
            if not steps:
                self._remember(self._settled(current.local, current.local, ()))
                return
            try:
                self._write_file(current, steps)
                return
            except WriteError as error:
                seen = state_on_disk(current.local.file)
                if seen == current.seen or attempt == _TRIES - 1:
                    self.stopped = error
                    break
            # Somebody saved it meanwhile: the same again, from what it says now.
            self._remember(self._interim())
            wanted = replace(self.prepared.wanted, direction="pull")
            current = again(self.session, current, self.rows, wanted)
            self.final = {row.item: row for row in current.plan.settled}
            self.sender.wrote.clear()
            self.sender.meant.clear()
            self.sender.failed_items.clear()
            self.sender.failed_children.clear()
            self.prepared = replace(self.prepared, pairs=current.pairs)
            steps = list(current.plan.local)
            self.local_steps = steps
        self._remember(self._interim())

    def _write_file(self, current: Prepared, steps: Sequence[LocalStep]) -> None:
        local = current.local
        data, notices = apply_local(local, steps)
        new = read_local(data, local.file, _as_read(local.entries, steps))
        refused = [
            key
            for key in {step.key for step in steps}
            if any(one.rule == "zotero.refused" and f'"{key}"' in one.message for one in notices)
        ]
        rows = self._settled(local, new, steps, refused)
        if data != (local.data or b""):
            assert self.run_ is not None
            self.wrote_file = True
            self.run_.about_to_write_file(data, self.state, self._pairs(rows))
            journalled_write(
                local.file, data, current.seen, self.command, self.run_.name, elsewhere=False
            )
        self.notices += notices
        for step in steps:
            if step.key not in refused:
                self.done[STEP_NAMES[type(step)]] += 1
        self._remember(rows)

    def _pairs(self, rows: Mapping[str, Agreed]) -> Pairs:
        return replace(
            self.prepared.pairs,
            rows=dict(rows),
            refusals=self._refusals(),
            library_version=self.session.mirror.version,
            name=self.prepared.place.name,
        )

    def _refusals(self) -> tuple[Refusal, ...]:
        """What Zotero refused for good, before and now."""
        return tuple(dict.fromkeys((*self.prepared.held, *self.sender.refused)))


def _as_read(entries: Iterable[LocalEntry], steps: Sequence[LocalStep]) -> dict[str, Agreed]:
    """Entries as `read_local` takes those that it need not convert again, and those that were
    added, of which it need not hold what their items say.
    """
    known = {entry.key: Agreed("", entry.key, entry.print, 0, entry.data, {}) for entry in entries}
    for step in steps_of(steps, AddEntry):
        data = overlaid(step.data, "citationKey", step.key)
        known[step.key] = Agreed("", step.key, "", 0, data, {})
    return known
