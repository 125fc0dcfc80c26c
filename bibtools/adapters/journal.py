"""The journal: what a file held before bibtools changed it in place, so that it can be undone.

It lies in the user's state folder (`~/.local/state/bibtools/journal` on Linux; the environment's
`BIBTOOLS_STATE` names another), not beside the file: a repository gets no new files from a hook,
and a journal does not travel with a copied thesis. One folder for each file, by a hash of its
path with links followed; in it one numbered folder for each change:

| file | what |
|---|---|
| `before` | the bytes the file had; absent when there was no file |
| `record.json` | path, command, time, mode, and the digests of before and after; written last |
| `after` | the bytes that an undo took back, for the way forward again; only after an undo |
| `undone` | says that the change was taken back |

Everything is on the disk before the file is replaced, and each file is replaced in one step. After
a kill between two steps the digests say which step was reached: a record whose `before` is what
the file holds had no effect (or was taken back), and undo passes over it.

The last `MOST_IMAGES` changes of a file are kept, fewer when they are larger than `MOST_BYTES`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bibtools.adapters.files import (
    FileState,
    WriteOutcome,
    read_if_there,
    state_of,
    sync_folder,
    write_file,
)
from bibtools.adapters.private_files import put_private
from bibtools.errors import BibtoolsError, WriteError

STATE_VARIABLE = "BIBTOOLS_STATE"
MOST_IMAGES = 20
"""Changes kept for each file."""
MOST_BYTES = 256 * 1024 * 1024
"""Bytes of images kept for each file; the newest change is kept whatever its size."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one file."""

    path: Path
    """The file, links followed."""
    number: int
    """Counts the changes of the file."""
    run: str
    """The same for all files that one command changed."""
    command: str
    """What changed it: "keys", "format" ..."""
    when: str
    """ISO 8601 in UTC, to the microsecond: texts in the order of time."""
    before: str | None
    """SHA-256 of the content before; None when there was no file."""
    after: str
    mode: int | None
    """Permission bits before."""
    undone: bool
    folder: Path
    """Where the journal keeps it."""

    @property
    def shown(self) -> str:
        """The time for a person: local, to the second."""
        return datetime.fromisoformat(self.when).astimezone().isoformat(" ", "seconds")


def journal_folder() -> Path:
    """Where the journal lies: below `BIBTOOLS_STATE`, else in the user's state folder."""
    told = os.environ.get(STATE_VARIABLE)
    if told:
        return Path(told) / "journal"
    import platformdirs

    return Path(platformdirs.user_state_dir("bibtools", appauthor=False)) / "journal"


def new_run() -> str:
    """A name for one run of a command, to give to each of its writes."""
    return secrets.token_hex(8)


def journalled_write(
    path: str | Path,
    data: bytes,
    expected: FileState | None,
    command: str,
    run: str | None = None,
    *,
    elsewhere: bool = True,
) -> WriteOutcome:
    """Replace a file, whole or not at all, with its old content kept for `bibtools undo`.

    `expected` is the state in which it was read (None skips that check), `command` what `undo`
    says changed it, `elsewhere` as in `write_file`. Raises `WriteError`, with the file as it was,
    when it changed since or cannot be written, or when the journal cannot be.
    """
    target = Path(os.path.realpath(path))
    old, state = read_if_there(target)
    if old == data or (expected is not None and expected != state):
        # Nothing to do, or the refusal in the words of `write_file`.
        return write_file(path, data, expected, backup=False, elsewhere=elsewhere)
    try:
        _settle(target)
        record = _record(target, old, data, command, run or new_run())
    except OSError as error:
        raise WriteError(
            f'"{path}" was not written: what it holds now could not be kept for undo in '
            f'"{journal_folder()}" ({error.strerror or error}).',
            hint=f"Make room or permission there, or set {STATE_VARIABLE} to another folder.",
        ) from None
    try:
        outcome = write_file(path, data, state, backup=False, elsewhere=elsewhere)
    except BaseException:
        shutil.rmtree(record, ignore_errors=True)
        raise
    _tidy(record)
    return outcome


def _home(target: Path) -> Path:
    return journal_folder() / hashlib.sha256(os.fsencode(target)).hexdigest()[:24]


def _record(target: Path, old: bytes | None, new: bytes, command: str, run: str) -> Path:
    """Write down a change that is about to happen; gives its folder."""
    home = _home(target)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    numbers = [int(one.name) for one in home.iterdir() if one.name.isdecimal()]
    number = max(numbers, default=0) + 1
    while True:
        folder = home / f"{number:06}"
        try:
            folder.mkdir(mode=0o700)
            break
        except FileExistsError:  # another bibtools, at this moment
            number += 1
    try:
        if old is not None:
            put_private(folder / "before", old)
        row = {
            "path": str(target),
            "command": command,
            "run": run,
            "when": datetime.now(UTC).isoformat(timespec="microseconds"),
            "before": state_of(old).digest,
            "after": state_of(new).digest,
            "mode": stat.S_IMODE(target.stat().st_mode) if old is not None else None,
        }
        put_private(folder / "record.json", json.dumps(row, ensure_ascii=True, indent=1).encode())
        sync_folder(home)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return folder


def _tidy(newest: Path) -> None:
    """After a change there is no way forward to what was undone, and old images go."""
    with contextlib.suppress(OSError):
        kept = bytes_kept = 0
        for folder in sorted(newest.parent.iterdir(), reverse=True):
            if folder.name > newest.name:
                continue
            size = sum(one.stat().st_size for one in folder.iterdir())
            dead = folder != newest and (
                (folder / "undone").exists() or not (folder / "record.json").exists()
            )
            too_many = kept >= MOST_IMAGES or (kept and bytes_kept + size > MOST_BYTES)
            if dead or too_many:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            kept += 1
            bytes_kept += size


def _changes_in(home: Path) -> list[Change]:
    found = []
    try:
        folders = sorted(home.iterdir())
    except OSError:
        return []
    for folder in folders:
        try:
            row = json.loads((folder / "record.json").read_bytes())
            change = Change(
                path=Path(row["path"]),
                number=int(folder.name),
                run=row["run"],
                command=row["command"],
                when=row["when"],
                before=row["before"],
                after=row["after"],
                mode=row["mode"],
                undone=(folder / "undone").exists(),
                folder=folder,
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a kill left it unfinished: that change never happened
        found.append(change)
    return found


def changes_of(path: str | Path) -> list[Change]:
    """The changes of one file that the journal knows, oldest first."""
    return _changes_in(_home(Path(os.path.realpath(path))))


def all_changes() -> list[Change]:
    """Every change that the journal knows, oldest first."""
    try:
        homes = sorted(journal_folder().iterdir())
    except OSError:
        return []
    found = [change for home in homes for change in _changes_in(home)]
    return sorted(found, key=lambda change: (change.when, change.path, change.number))


def last_change(path: str | Path) -> Change | None:
    """The change that an undo of this file would take back; None when there is none.

    Changes that a kill kept from happening are passed over.
    """
    _settle(path)
    return _effective(changes_of(path))


def _settle(path: str | Path) -> None:
    """Take away a mark that a redo had no time to take away: the file holds what it made."""
    undone = [change for change in changes_of(path) if change.undone]
    if undone and read_if_there(undone[0].path)[1].digest == undone[0].after:
        with contextlib.suppress(OSError):
            (undone[0].folder / "undone").unlink()


def _effective(changes: Sequence[Change]) -> Change | None:
    living = [change for change in changes if not change.undone]
    while living:
        change = living.pop()
        now = read_if_there(change.path)[1].digest
        # It never happened, or a kill came after it was taken back.
        if now == change.before and now != change.after:
            continue
        return change
    return None


def next_change(path: str | Path) -> Change | None:
    """The change that a redo of this file would make again; None when there is none."""
    _settle(path)
    undone = [change for change in changes_of(path) if change.undone]
    return undone[0] if undone else None


def refuse_foreign(change: Change, now: str | None, holds: str | None, verb: str) -> None:
    """Raise `WriteError` when a file does not hold what the journal thinks it does."""
    if now == holds:
        return
    what = "is gone" if now is None else "was changed by something else"
    raise WriteError(
        f'"{change.path}" {what} since bibtools {change.command} wrote it '
        f"({change.shown}), so nothing was {verb}.",
        hint=f'What it held before is in "{change.folder / "before"}".',
    )


def take_back(change: Change) -> None:
    """Give a file the bytes it had before a change.

    Raises `WriteError`, with the file as it is, when it does not hold what the change left.
    """
    now, state = read_if_there(change.path)
    refuse_foreign(change, state.digest, change.after, "undone")
    assert now is not None
    old = _image(change, "before", change.before) if change.before is not None else None
    try:
        put_private(change.folder / "after", now)
    except OSError as error:
        raise WriteError(
            f'"{change.path}" was not undone: the journal cannot be written '
            f"({error.strerror or error}).",
            hint=f'Make room or permission in "{change.folder.parent}".',
        ) from None
    if old is None:
        change.path.unlink()
    else:
        write_file(change.path, old, state, backup=False)
    _mark_undone(change)


def _mark_undone(change: Change) -> None:
    with contextlib.suppress(OSError):
        # Without the mark the digests tell it just as well.
        put_private(change.folder / "undone", b"")


def make_again(change: Change) -> None:
    """Give a file the bytes that an undo took from it.

    Raises `WriteError`, with the file as it is, when it does not hold what the undo left.
    """
    state = read_if_there(change.path)[1]
    # A kill may have come between the writing and the taking away of the mark.
    if state.digest != change.after:
        refuse_foreign(change, state.digest, change.before, "made again")
        write_file(change.path, _image(change, "after", change.after), state, backup=False)
        if change.mode is not None:
            with contextlib.suppress(OSError):
                change.path.chmod(change.mode)
    (change.folder / "undone").unlink(missing_ok=True)


def check_undo(change: Change) -> None:
    """Raise `WriteError` when this change cannot be taken back; nothing is changed."""
    refuse_foreign(change, read_if_there(change.path)[1].digest, change.after, "undone")
    if change.before is not None:
        _image(change, "before", change.before)


def check_redo(change: Change) -> None:
    """Raise `WriteError` when this change cannot be made again; nothing is changed."""
    now = read_if_there(change.path)[1].digest
    if now != change.after:
        refuse_foreign(change, now, change.before, "made again")
        _image(change, "after", change.after)


def _image(change: Change, name: str, digest: str | None) -> bytes:
    try:
        data = (change.folder / name).read_bytes()
    except OSError:
        data = None
    if data is None or state_of(data).digest != digest:
        raise BibtoolsError(
            f'The journal\'s copy of "{change.path}" is missing or damaged, so nothing was '
            "changed.",
            hint=f'Look into "{change.folder}".',
        )
    return data
