"""A run taken back: what Zotero held before is there again, field for field, and so is the file.

Only what is as the run left it is taken back. What somebody has changed since is left alone, with
a sentence, and the rest is done. Taking back a run a second time does nothing twice: what is as it
was before the run is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bibtools.adapters.files import read_if_there
from bibtools.adapters.journal import Change, changes_of, check_undo, take_back
from bibtools.adapters.zotero.errors import (
    MovedError,
    NotThereError,
    RefusedError,
    TooLargeError,
)
from bibtools.adapters.zotero.gateway import MOST_WRITTEN
from bibtools.adapters.zotero.meant import is_said
from bibtools.adapters.zotero.runs import (
    RunRecord,
    RunSteps,
    Touched,
    find_run,
    last_run,
    mark_undone,
    steps_of_run,
)
from bibtools.adapters.zotero.state import read_state, write_state
from bibtools.errors import BibtoolsError, UsageError
from bibtools.model.progress import Progress
from bibtools.sync.changing import changes
from bibtools.sync.values import Agreed, Data, RemoteItem, remote_item
from bibtools.text.markup import strip_markup
from bibtools.workflows.zotero.objects import fields_to_send
from bibtools.workflows.zotero.scopes import put_pairs
from bibtools.workflows.zotero.session import Session

_FILE = "file"
"""How the file is called among the keys of what was left."""
_TRIES = 4
"""Times that the library is read again because somebody writes meanwhile; after that items are
deleted one by one, as of their own versions."""


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One object that would be taken back."""

    touched: Touched
    action: str
    """`restore`, `delete`, or `none` for what is as it was already."""
    version: int = 0
    """Of the object now."""
    now: Data | None = None
    refused: str = ""
    """Why it is left alone; then `action` is `refuse`."""
    title: str = ""


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What taking back a run would do."""

    run: RunRecord
    steps: RunSteps
    objects: tuple[UndoStep, ...]
    file: Change | None
    """The change of the file that would be taken back."""
    file_refused: BibtoolsError | None = None

    @property
    def writes(self) -> bool:
        """Whether anything would be done."""
        return self.file is not None or any(
            one.action in ("restore", "delete") for one in self.objects
        )


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    restored: int
    deleted: int
    collections: int
    file: str | None
    left: tuple[tuple[str, str], ...]
    """What was left alone: title or key, and a sentence."""


def run_to_undo(name: str | None, file: str | None = None) -> RunRecord:
    """The run that is meant: by its name, else the last one of the file, or of all files.

    A run that was taken back in part is meant only by its name; then the rest is tried. Raises
    `UsageError` when there is none, or all of it was taken back before.
    """
    if name is not None:
        run = find_run(name)
        if run.undone and not run.left:
            raise UsageError(
                f'The run "{run.name}" was taken back already.',
                "bibtools zotero undo --list shows the runs.",
            )
        return run
    found = last_run(file, anywhere=file is None)
    if found is None:
        raise UsageError(
            "There is no run to take back.", "bibtools zotero undo --list shows the runs."
        )
    return found


def needs_library(run: RunRecord) -> bool:
    """Whether the run wrote to Zotero, so that the server has to be asked."""
    return bool(steps_of_run(run).touched())


def plan_undo(run: RunRecord, session: Session | None) -> UndoPlan:
    """What would be taken back, and what not; nothing is changed.

    `session` is None for a run that wrote to the file alone.
    """
    steps = steps_of_run(run)
    objects: list[UndoStep] = []
    if session is not None:
        touched = [one for one in steps.touched() if _is_left(run, one.key)]
        objects += _judged_items(session, [one for one in touched if one.kind == "item"])
        leaving = {step.touched.key for step in objects if step.action == "delete"}
        back = {step.touched.key for step in objects if step.action == "restore"}
        gone: set[str] = set()
        for one in touched:
            if one.kind == "collection":
                step = _judged_collection(session, one, leaving | back, gone)
                objects.append(step)
                if step.action == "delete":
                    gone.add(one.key)
    change, refused = _file_change(run)
    return UndoPlan(run, steps, tuple(objects), change, refused)


def _judged_items(session: Session, touched: Sequence[Touched]) -> list[UndoStep]:
    """What is to be done with items and children, as the copy of the library has them."""
    judged = {one.key: _judged_item(session, one) for one in touched}
    judged = {key: _with_children(session, step, judged) for key, step in judged.items()}
    return [_with_parent(step, judged) for step in judged.values()]


def _judged_item(session: Session, one: Touched) -> UndoStep:
    held = session.mirror.item(one.key)
    told = (held.data if held else None) or one.after or one.sent
    title = strip_markup(str(told.get("title") or one.key))
    if held is None:
        if one.before is None:
            return UndoStep(one, "none", title=title)
        return _refuse(one, title, "it was deleted in Zotero since, so it cannot be restored")
    now = held.data
    if one.before is not None and now == _bare(one.before):
        return UndoStep(one, "none", held.version, now, title=title)
    if one.mixed:
        return _refuse(one, title, "somebody else changed it while the run went on")
    after = _bare(one.after) if one.after is not None else None
    if after is not None:
        unchanged = now == after
        fields = ", ".join(part.field for part in changes(after, now))
    else:
        unchanged = is_said({**(one.before or {}), **one.sent}, now)
        fields = "something"
    if not unchanged:
        return _refuse(one, title, f"it was changed in Zotero since ({fields})")
    action = "delete" if one.before is None else "restore"
    return UndoStep(one, action, held.version, now, title=title)


def _with_children(session: Session, step: UndoStep, judged: Mapping[str, UndoStep]) -> UndoStep:
    """An item is only deleted when nobody has hung anything on it."""
    if step.action != "delete":
        return step
    info = session.info
    child = step.touched.sent.get("parentItem")
    if not child and info is not None and not info.sees_notes(session.library):
        return _refuse(step.touched, step.title, "the API key may not see notes, so nobody can "
                       "tell whether it has some; it is not deleted")  # fmt: skip
    children = session.mirror.children([step.touched.key]).get(step.touched.key, ())
    foreign = [
        child
        for child in children
        if child.key not in judged or judged[child.key].action != "delete"
    ]
    if foreign:
        return _refuse(step.touched, step.title, "it has notes or files now that the run did not "
                       "put there, so it is not deleted")  # fmt: skip
    return step


def _with_parent(step: UndoStep, judged: Mapping[str, UndoStep]) -> UndoStep:
    """A code link stays with an item that the run made and that stays."""
    parent = judged.get(str(step.touched.sent.get("parentItem") or ""))
    if parent is not None and parent.refused and step.action == "delete":
        return _refuse(step.touched, f"{parent.title}: {step.title}", "its item stays")
    return step


def _judged_collection(session: Session, one: Touched, items: set[str], gone: set[str]) -> UndoStep:
    mirror = session.mirror
    every = mirror.collections()
    held = every.get(one.key)
    name = held.name if held is not None else str(one.sent.get("name") or one.key)
    if held is None:
        return UndoStep(one, "none", title=name)
    if one.before is not None:
        return _refuse(one, name, "only collections that the run made are taken back")
    if (held.name, held.parent or False) != (
        str(one.sent.get("name") or ""),
        one.sent.get("parentCollection") or False,
    ) or held.deleted:
        return _refuse(one, name, "it was renamed or moved since")
    inside = mirror.items(top=False, collections=[one.key], below=False)
    if any(item.key not in items for item in inside):
        return _refuse(one, name, "there is something in it, so it stays")
    if any(other.parent == one.key and other.key not in gone for other in every.values()):
        return _refuse(one, name, "there is a collection in it, so it stays")
    return UndoStep(one, "delete", held.version, title=name)


def _refuse(one: Touched, title: str, why: str) -> UndoStep:
    return UndoStep(one, "refuse", refused=why, title=title)


def _bare(data: Data) -> Data:
    return remote_item({"data": data}).data


def _is_left(run: RunRecord, key: str) -> bool:
    """Whether something was not taken back before."""
    return not run.undone or key in run.left


def _file_change(run: RunRecord) -> tuple[Change | None, BibtoolsError | None]:
    if run.file is None or not _is_left(run, _FILE):
        return None, None
    mine = [change for change in changes_of(run.file) if change.run == run.name]
    change = next((one for one in reversed(mine) if not one.undone), None)
    if change is None:
        return None, None
    now = read_if_there(change.path)[1].digest
    if now == change.before and now != change.after:
        return None, None
    try:
        check_undo(change)
    except BibtoolsError as error:
        return None, error
    return change, None


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
            self.left[_FILE] = (str(plan.run.file), plan.file_refused.message)
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
        judged = {one.touched.key: one for one in _judged_items(session, every)}
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
            if not (_is_left(plan.run, item) or _is_left(plan.run, _FILE)):
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
    before = _bare(step.touched.before or {})
    now = step.now or {}
    return {
        "key": step.touched.key,
        "version": step.version,
        **fields_to_send(changes(now, before)),
    }
