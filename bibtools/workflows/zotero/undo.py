"""A run taken back: what Zotero held before is there again, field for field, and so is the file.

`undo_plan` says what that would be. What somebody changes while it is carried out is left alone,
with a sentence, and the rest is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bibtools.adapters.journal import take_back
from bibtools.adapters.zotero.errors import (
    MovedError,
    NotThereError,
    RefusedError,
    TooLargeError,
)
from bibtools.adapters.zotero.gateway import MOST_WRITTEN
from bibtools.adapters.zotero.past_runs import (
    mark_undone,
)
from bibtools.adapters.zotero.state import read_state, write_state
from bibtools.model.progress import Progress
from bibtools.sync.changing import differences
from bibtools.sync.values import Agreed, RemoteItem, bare, remote_item
from bibtools.workflows.zotero.objects import fields_to_send
from bibtools.workflows.zotero.scopes import put_pairs
from bibtools.workflows.zotero.session import Session
from bibtools.workflows.zotero.undo_plan import (
    FILE,
    UndoPlan,
    UndoStep,
    is_left,
    judged_items,
)

_TRIES = 4
"""Times that the library is read again because somebody writes meanwhile; after that items are
deleted one by one, as of their own versions."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    restored: int
    deleted: int
    collections: int
    file: str | None
    left: tuple[tuple[str, str], ...]
    """What was left alone: title or key, and a sentence."""


def carry_out_undo(
    plan: UndoPlan, session: Session | None, progress: Progress | None = None
) -> Undone:
    """Take the run back. Raises `ZoteroError` for what stops it: run it again, and it goes on."""
    return _Undo(plan, session, progress).run()


class _Undo:
    def __init__(self, plan: UndoPlan, session: Session | None, progress: Progress | None) -> None:
        self.plan = plan
        self.session = session
        self.progress = progress
        self.left: dict[str, tuple[str, str]] = {}
        """What was left alone by key: what it is, and why."""
        self.now: dict[str, RemoteItem] = {}
        """Items that were restored, as they are."""
        self.counts = {"restored": 0, "deleted": 0, "collections": 0}
        self.total = sum(one.action in ("restore", "delete") for one in plan.objects)
        self.finished = 0

    def run(self) -> Undone:
        plan = self.plan
        for one in plan.objects:
            if one.refused:
                self.left[one.touched.key] = (one.title, one.refused)
        if self.session is not None:
            self._restore(self.session, [one for one in plan.objects if one.action == "restore"])
            self._delete(self.session)
            self.session.refresh()
        file = None
        if plan.file is not None:
            take_back(plan.file)
            file = str(plan.file.path)
        if plan.file_refused is not None:
            self.left[FILE] = (str(plan.run.file), plan.file_refused.message)
        self._remember()
        mark_undone(plan.run, list(self.left))
        return Undone(
            self.counts["restored"],
            self.counts["deleted"],
            self.counts["collections"],
            file,
            tuple(self.left.values()),
        )

    def _restore(self, session: Session, steps: Sequence[UndoStep]) -> None:
        for start in range(0, len(steps), MOST_WRITTEN):
            batch = steps[start : start + MOST_WRITTEN]
            report = session.gateway.write([_restoring(one) for one in batch], "items")
            for index, saved in report.done.items():
                item = remote_item({"key": saved.key, "version": saved.version, "data": saved.data})
                self.now[saved.key] = item
                self.counts["restored"] += batch[index].touched.key == saved.key
            for index, failure in report.failed.items():
                step = batch[index]
                why = (
                    "it was changed in Zotero meanwhile"
                    if failure.code in (404, 412)
                    else f"Zotero refused it: {failure.message}"
                )
                self.left[step.touched.key] = (step.title, why)
            session.mirror.put(self.now[one.key] for one in report.done.values())
            self._tell(len(batch))

    def _delete(self, session: Session) -> None:
        steps = [one for one in self.plan.objects if one.action == "delete"]
        items = [one for one in steps if one.touched.kind == "item"]
        going = {one.touched.key for one in items}
        # Children go with their parents.
        tops = [one for one in items if one.touched.sent.get("parentItem") not in going]
        self._tell(len(items) - len(tops))
        for step in self._delete_together(session, tops):
            key = step.touched.key
            try:
                session.gateway.delete(key, step.version)
            except (MovedError, NotThereError):
                self.left[key] = (step.title, "it was changed in Zotero meanwhile")
            else:
                self._deleted(session, [key])
            self._tell(1)
        for step in steps:
            key = step.touched.key
            if step.touched.kind != "collection" or not self._is_empty(session, key):
                continue
            try:
                session.gateway.delete_collection(key, step.version)
            except (MovedError, NotThereError):
                self.left[key] = (step.title, "it was changed in Zotero meanwhile")
            else:
                session.mirror.remove_collections([key])
                self.counts["collections"] += 1
            self._tell(1)

    def _delete_together(self, session: Session, steps: Sequence[UndoStep]) -> Sequence[UndoStep]:
        """Delete fifty items a time; gives those that have to be deleted one by one.

        The server is told the version of the library in which all of them, with their children,
        were looked at. A library that has moved since is looked at anew.
        """
        waiting = self._still(session, steps)
        if session.gateway.local:
            return waiting
        version, tries = session.updated.library_version, 0
        while waiting and tries < _TRIES:
            keys = [one.touched.key for one in waiting[:MOST_WRITTEN]]
            after: int | None = None
            try:
                after = session.gateway.delete_many(keys, version)
            except MovedError:
                tries += 1
            except (NotThereError, RefusedError, TooLargeError):
                break  # a server that does not know this
            else:
                tries = 0
                self._deleted(session, keys)
                self._tell(len(keys))
                waiting = waiting[MOST_WRITTEN:]
            if after == version + 1:
                version = after
            else:
                waiting = self._still(session, waiting)
                version = session.updated.library_version
        return waiting

    def _still(self, session: Session, steps: Sequence[UndoStep]) -> Sequence[UndoStep]:
        """Those of the items that may still be deleted, with the library read again.

        A note that was written meanwhile does not make its item newer.
        """
        if not steps:
            return ()
        session.refresh()
        every = [one for one in self.plan.steps.touched() if one.kind == "item"]
        judged = {one.touched.key: one for one in judged_items(session, every)}
        found = []
        for step in (judged[one.touched.key] for one in steps):
            if step.action == "delete":
                found.append(step)
                continue
            if step.refused:
                self.left[step.touched.key] = (step.title, step.refused)
            else:
                self.counts["deleted"] += 1  # gone; the answer may have been lost
            self._tell(1)
        return found

    def _deleted(self, session: Session, keys: Sequence[str]) -> None:
        session.mirror.remove(keys)
        self.counts["deleted"] += len(keys)

    def _is_empty(self, session: Session, key: str) -> bool:
        """Whether nothing is in a collection any more; else it stays."""
        if not any(session.mirror.items(top=False, collections=[key], below=True)):
            return True
        name = session.mirror.path_of(key)
        self.left[key] = (name, "there is something in it, so it stays")
        return False

    def _remember(self) -> None:
        """The rows of the state file from before the run."""
        plan = self.plan
        if plan.run.file is None:
            return
        state = read_state(plan.run.file)
        pairs = state.of(plan.run.scope)
        if plan.run.scope not in state.scopes and not plan.steps.rows:
            return
        touched = {one.touched.key for one in plan.objects}
        rows: list[Agreed] = []
        gone: list[str] = []
        for item, row in plan.steps.rows.items():
            if not (is_left(plan.run, item) or is_left(plan.run, FILE)):
                continue  # taken back before; what is remembered since is not to be lost
            if item in self.left:
                if row is not None and plan.file is not None:
                    # The file is as it was and Zotero is not: told from the past before the run,
                    # what Zotero says is news, and what the file says is no wish to undo it.
                    rows.append(replace(row, print=""))
                continue
            if item not in touched and plan.file_refused is not None:
                continue  # only the file was changed, and it stays so
            if row is None:
                gone.append(item)
                continue
            rows.append(self._row(row))
        pairs = pairs.updated(rows, gone)
        if self.session is not None:
            pairs = replace(pairs, library_version=self.session.mirror.version)
        write_state(put_pairs(state, pairs))

    def _row(self, row: Agreed) -> Agreed:
        held = self.now.get(row.item)
        if held is None and self.session is not None:
            held = self.session.mirror.item(row.item)
        version = held.version if held is not None and held.data == row.there else row.version
        print_ = row.print if self.plan.file_refused is None else ""
        return replace(row, version=version, print=print_)

    def _tell(self, count: int) -> None:
        self.finished += count
        if self.progress is not None:
            self.progress("taken back in Zotero", self.finished, self.total)


def _restoring(step: UndoStep) -> dict[str, object]:
    """An item as it has to be sent so that it is again what it was."""
    before = bare(step.touched.before or {})
    now = step.now or {}
    return {
        "key": step.touched.key,
        "version": step.version,
        **fields_to_send(differences(now, before)),
    }
