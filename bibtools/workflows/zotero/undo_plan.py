"""What taking a run back would do, and what it would leave alone; nothing is changed here.

Only what is as the run left it is taken back. What somebody has changed since is left alone, with
a sentence. What is as it was before the run is passed over, so that taking back a run a second
time does nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bibtools.adapters.files import read_if_there
from bibtools.adapters.journal import Change, changes_of, check_undo
from bibtools.adapters.zotero.meant import is_said
from bibtools.adapters.zotero.past_runs import (
    RunRecord,
    RunSteps,
    Touched,
    find_run,
    last_run,
    steps_of_run,
)
from bibtools.errors import BibtoolsError, UsageError
from bibtools.sync.changing import differences
from bibtools.sync.values import Data, bare
from bibtools.text.markup import strip_markup
from bibtools.workflows.zotero.session import Session

FILE = "file"
"""How the file is called among the keys of what was left."""


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
        touched = [one for one in steps.touched() if is_left(run, one.key)]
        objects += judged_items(session, [one for one in touched if one.kind == "item"])
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


def judged_items(session: Session, touched: Sequence[Touched]) -> list[UndoStep]:
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
    if one.before is not None and now == bare(one.before):
        return UndoStep(one, "none", held.version, now, title=title)
    if one.mixed:
        return _refuse(one, title, "somebody else changed it while the run went on")
    after = bare(one.after) if one.after is not None else None
    if after is not None:
        unchanged = now == after
        fields = ", ".join(part.field for part in differences(after, now))
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


def is_left(run: RunRecord, key: str) -> bool:
    """Whether something was not taken back before."""
    return not run.undone or key in run.left


def _file_change(run: RunRecord) -> tuple[Change | None, BibtoolsError | None]:
    if run.file is None or not is_left(run, FILE):
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
