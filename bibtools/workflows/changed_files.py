"""Files that a command is about to change together: shown as a diff, or written and journalled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bibtools.adapters.files import (
    refuse_unwritable,
    refuse_unwritable_folder,
    standard_stream,
    state_of,
    state_on_disk,
)
from bibtools.adapters.journal import journalled_write, new_run
from bibtools.errors import UsageError, WriteError
from bibtools.workflows.tidy import diff_of


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file as it was read, and as it shall be."""

    file: str
    """As the user wrote it."""
    old: bytes | None
    """None for a file that is not there yet."""
    new: bytes

    @property
    def differs(self) -> bool:
        """True when there is anything to write."""
        return self.old != self.new


def diff(files: Sequence[ChangedFile]) -> bytes:
    """What changes, as a unified diff in the bytes of the files."""
    return b"".join(diff_of(one.old or b"", one.new, one.file) for one in files if one.differs)


def write_all(files: Sequence[ChangedFile], command: str) -> list[str]:
    """Write the files that differ, as one run in the journal; gives their names.

    Raises `WriteError`: before any is written when one of them may not be, or has changed since;
    else the files before it are written, and `bibtools undo` takes them back.
    """
    if any(one.file == standard_stream for one in files):
        raise UsageError("Standard input cannot be changed in place.", "Use --diff, or a file.")
    for one in reversed(files):  # the last is what the user named
        if one.differs:
            refuse_unwritable_folder(one.file)
            refuse_unwritable(one.file)
            if state_on_disk(one.file) != state_of(one.old):
                raise WriteError(
                    f'"{one.file}" changed while it was being worked on, so it was not written.',
                    "Run the command again; it will start from the file as it is now.",
                )
    run = new_run()
    done = []
    for one in files:
        if one.differs:
            journalled_write(one.file, one.new, state_of(one.old), command, run)
            done.append(one.file)
    return done
