"""What a run that was killed left unfinished.

Between the writing of the file and that of its state a kill would leave a file whose changes
nobody remembers. So what the state file will say is written down before (`state.jsonl` in the
run's folder): the next run finds it, and puts it in place if the file is what that run wrote.
"""

from __future__ import annotations

import contextlib
import json
from typing import Final

from bibtools.adapters.files import FileState, write_file
from bibtools.adapters.zotero.past_runs import steps_of_run, unfinished_runs
from bibtools.adapters.zotero.runs import RunJournal
from bibtools.adapters.zotero.state import state_path
from bibtools.errors import WriteError

STATE: Final = "state.jsonl"


def settle_killed(file: str, seen: FileState) -> None:
    """Put in place what a run that was killed after writing the file had no time to remember."""
    for run in reversed(unfinished_runs(file)):
        try:
            head, _, state = (run.folder / STATE).read_bytes().partition(b"\n")
            before = json.loads(head)["before"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if steps_of_run(run).file_after == seen.digest:
            expected = FileState(before is not None, before)
            with contextlib.suppress(WriteError):
                # Written by somebody else meanwhile: then it is known already.
                write_file(state_path(file), state, expected, backup=False)
        RunJournal(run.folder, run.name).finish()
        with contextlib.suppress(OSError):
            (run.folder / STATE).unlink()
        return
