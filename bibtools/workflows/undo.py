"""Taking back what bibtools changed in place, run by run."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from bibtools.adapters import journal
from bibtools.adapters.journal import Change
from bibtools.errors import InputError
from bibtools.formats.provenance import SUFFIX


def undo(files: Sequence[str], here: Path | None = None) -> list[Change]:
    """Take back the last change of each file; gives the changes, none when there is nothing.

    The evidence and the marks beside a .bib that the same run wrote go with it.

    Without files: the last run that changed a file in the folder `here` or below, all its files
    together. Raises `WriteError` when one of them was changed since; then none is touched.
    """
    if files:
        found = [_known(file, journal.last_change(file), "undo") for file in _once(files)]
        found = _with_side_files(found, files, journal.last_change)
        return _do(found, journal.check_undo, journal.take_back)
    inside = _inside(here or Path.cwd())
    living = [change for path in inside if (change := journal.last_change(path)) is not None]
    return _do(_latest_run(living), journal.check_undo, journal.take_back)


def redo(files: Sequence[str], here: Path | None = None) -> list[Change]:
    """Make again what the last undo took back; as `undo`, the other way."""
    if files:
        found = [_known(file, journal.next_change(file), "redo") for file in _once(files)]
        found = _with_side_files(found, files, journal.next_change)
        return _do(found, journal.check_redo, journal.make_again)
    inside = _inside(here or Path.cwd())
    waiting = [change for path in inside if (change := journal.next_change(path)) is not None]
    return _do(_first_run(waiting), journal.check_redo, journal.make_again)


def history(files: Sequence[str], here: Path | None = None) -> list[Change]:
    """What the journal knows of these files, or of those in a folder and below; oldest first."""
    if files:
        paths = {Path(os.path.realpath(file)) for file in files}
        return [change for change in journal.all_changes() if change.path in paths]
    folder = Path(os.path.realpath(here or Path.cwd()))
    return [change for change in journal.all_changes() if change.path.is_relative_to(folder)]


def _once(files: Sequence[str]) -> list[str]:
    return list({os.path.realpath(file): file for file in files}.values())


def _inside(here: Path) -> list[Path]:
    return list(dict.fromkeys(change.path for change in history((), here)))


def _known(file: str, change: Change | None, word: str) -> Change:
    if change is None:
        raise InputError(
            f'There is nothing to {word} for "{file}".',
            hint="`bibtools undo --list` shows the changes that are known.",
        )
    return change


def _with_side_files(
    changes: list[Change], files: Sequence[str], change_of: Callable[[str], Change | None]
) -> list[Change]:
    """The changes with those of the side files that tell of them, made in the same run.

    A side file stands beside the name that was given, which may be a link to the file elsewhere.
    Side files may be deleted at any time, so one that is gone keeps nothing from being undone.
    """
    from bibtools.workflows.outputs import STATE_SUFFIX

    found = list(changes)
    runs = {change.run for change in changes}
    for name in dict.fromkeys([*(str(change.path) for change in changes), *files]):
        for suffix in (SUFFIX, STATE_SUFFIX):
            beside = change_of(f"{name}{suffix}")
            if beside is None or beside.run not in runs or beside in found:
                continue
            if beside.undone or beside.path.exists():
                found.append(beside)
    return found


def _latest_run(changes: Sequence[Change]) -> list[Change]:
    if not changes:
        return []
    latest = max(changes, key=lambda change: (change.when, change.number))
    return [change for change in changes if change.run == latest.run]


def _first_run(changes: Sequence[Change]) -> list[Change]:
    if not changes:
        return []
    first = min(changes, key=lambda change: (change.when, change.number))
    return [change for change in changes if change.run == first.run]


def _do(
    changes: list[Change], check: Callable[[Change], None], act: Callable[[Change], None]
) -> list[Change]:
    for change in changes:
        check(change)
    for change in changes:
        act(change)
    return changes
