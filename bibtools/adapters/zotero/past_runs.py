"""The runs that the journal knows: which there are, what each did, and what was taken back.

`runs` writes the journal and says where it lies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal

from bibtools.adapters.private_files import put_private
from bibtools.adapters.zotero.runs import (
    VERSION,
    Intent,
    Kind,
    home_of,
    runs_folder,
    saying,
)
from bibtools.adapters.zotero.state import Scope
from bibtools.adapters.zotero.state_lines import read_agreed
from bibtools.errors import InputError
from bibtools.sync.values import Agreed, Data, bare

Fate = Literal["done", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Step:
    """One object once sent, and what became of it."""

    intent: Intent
    fate: Fate = "unknown"
    """Unknown where no answer came: it may have been written."""
    version: int | None = None
    """After it, where it is done."""
    after: Data | None = None


@dataclass(frozen=True, slots=True)
class Touched:
    """One object over the whole run."""

    key: str
    kind: Kind
    before: Data | None
    """As it was; None when the run made it."""
    before_version: int
    after: Data | None
    """As the run left it; None when no answer came to what was sent last."""
    version: int | None
    """Of that."""
    sent: Data
    """What was sent last."""
    sure: bool
    """Whether an answer came to everything that was sent."""
    mixed: bool
    """Whether somebody else changed it between two steps of the run, so that `before` is not
    what it held without us."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run that the journal knows."""

    name: str
    """The same as in the journal of files."""
    number: int
    """Counts the runs of the file."""
    file: str | None
    """The synced file, links followed; None for a run without one."""
    scope: Scope
    library_name: str
    command: str
    """ "zotero push" and the like."""
    when: str
    """ISO 8601 in UTC, to the microsecond: texts in the order of time."""
    finished: bool
    undone: bool
    """Whether it was taken back, but for what is `left`."""
    left: tuple[str, ...]
    """Keys of what the undo left as it was, and "file" for the file."""
    folder: Path

    @property
    def shown(self) -> str:
        """The time for a person: local, to the second."""
        return datetime.fromisoformat(self.when).astimezone().isoformat(" ", "seconds")


@dataclass(frozen=True, slots=True)
class RunSteps:
    """What a run did."""

    steps: tuple[Step, ...] = ()
    """In the order in which they were sent."""
    rows: Mapping[str, Agreed | None] = field(default_factory=dict)
    """Rows of the state file before the run by item key; None where there was none."""
    file_after: str | None = None
    """SHA-256 of what it was about to write into the file; None when it did not come to that."""
    damaged: int = 0
    """Lines that cannot be read."""

    def touched(self) -> tuple[Touched, ...]:
        """Each object that the run wrote, or may have written; the last one first."""
        by_key: dict[tuple[Kind, str], list[Step]] = {}
        for step in self.steps:
            if step.fate == "failed":
                continue
            name = (step.intent.kind, step.intent.key)
            by_key.setdefault(name, []).append(step)
        last = {(step.intent.kind, step.intent.key): place for place, step in enumerate(self.steps)}
        order = sorted(by_key, key=lambda name: last[name], reverse=True)
        return tuple(_folded(by_key[name]) for name in order)


def _folded(steps: Sequence[Step]) -> Touched:
    first, end = steps[0].intent, steps[-1]
    return Touched(
        key=first.key,
        kind=first.kind,
        before=first.before,
        before_version=first.version,
        after=end.after,
        version=end.version,
        sent=end.intent.sent,
        sure=all(step.fate == "done" for step in steps),
        mixed=any(
            not _explained(one, following.intent.before) for one, following in pairwise(steps)
        ),
    )


def _explained(step: Step, found: Data | None) -> bool:
    """Whether nobody but this step changed the object until `found` was read."""
    now = bare(found or {})
    if step.fate == "done":
        return now == bare(step.after or {})
    before = bare(step.intent.before or {})
    return now in (before, {**before, **bare(step.intent.sent)})


def runs_of(file: str | Path | None) -> list[RunRecord]:
    """The runs that synced a file (or, for None, no file), oldest first."""
    return _runs_in(home_of(file))


def all_runs() -> list[RunRecord]:
    """Every run that the journal knows, oldest first."""
    try:
        homes = sorted(runs_folder().iterdir())
    except OSError:
        return []
    found = [run for home in homes for run in _runs_in(home)]
    return sorted(found, key=lambda run: (run.when, run.number))


def last_run(file: str | Path | None = None, *, anywhere: bool = False) -> RunRecord | None:
    """The newest run of a file that was not taken back; of all files where `anywhere` says so."""
    runs = all_runs() if anywhere else runs_of(file)
    return next((run for run in reversed(runs) if not run.undone), None)


def find_run(name: str) -> RunRecord:
    """The run with this name, or the only one whose name begins so.

    Raises `InputError` when there is none, or several.
    """
    found = [run for run in all_runs() if name and run.name.startswith(name)]
    if len(found) == 1:
        return found[0]
    what = "Several runs begin" if found else "The journal knows no run that begins"
    raise InputError(
        f'{what} with "{name}".',
        hint="Leave the name away to undo the last run."
        if not found
        else "They are: " + ", ".join(run.name for run in found) + ".",
    )


def unfinished_runs(file: str | Path | None) -> list[RunRecord]:
    """The runs of a file that did not come to their end and were not taken back."""
    return [run for run in runs_of(file) if not run.finished and not run.undone]


def _runs_in(home: Path) -> list[RunRecord]:
    found = []
    try:
        folders = sorted(one for one in home.iterdir() if one.name.isdecimal())
    except OSError:
        return []
    for folder in folders:
        try:
            row = json.loads((folder / "run.json").read_bytes())
            if row["version"] != VERSION:
                continue
            left = _undone(folder)
            run = RunRecord(
                name=row["run"],
                number=int(folder.name),
                file=row["file"],
                scope=Scope(**row["scope"]),
                library_name=row["library_name"],
                command=row["command"],
                when=row["when"],
                finished=(folder / "finished").exists(),
                undone=left is not None,
                left=left or (),
                folder=folder,
            )
        except (OSError, ValueError, KeyError, TypeError):
            continue  # a kill left it unfinished: nothing was sent
        found.append(run)
    return found


def _undone(folder: Path) -> tuple[str, ...] | None:
    """What an undo left; None when there was none."""
    try:
        told = json.loads((folder / "undone").read_bytes())
        return tuple(str(key) for key in told["left"])
    except OSError:
        return None
    except (ValueError, KeyError, TypeError):
        return ()


def steps_of_run(run: RunRecord) -> RunSteps:
    """What a run did. Lines that are damaged are counted: the last one may be, after a kill."""
    rows: dict[str, Agreed | None] = {}
    steps: list[Step] = []
    latest: dict[str, int] = {}
    file_after: str | None = None
    damaged = 0
    for line in _read_lines(run.folder / "rows.jsonl"):
        try:
            row = json.loads(line)
            before = None if row["row"] is None else read_agreed(row["row"])
            rows.setdefault(row["item"], before)
        except (ValueError, KeyError, TypeError, RecursionError):
            damaged += 1
    for line in _read_lines(run.folder / "steps.jsonl"):
        try:
            row = json.loads(line)
            if "intent" in row:
                intent = Intent(
                    row["intent"], row["kind"], row["before"], row["version"], row["sent"]
                )
                latest[intent.key] = len(steps)
                steps.append(Step(intent))
            elif "done" in row:
                place = latest[row["done"]]
                version, after = row["version"], row["data"]
                steps[place] = replace(steps[place], fate="done", version=version, after=after)
            elif "refused" in row:
                place = latest[row["refused"]]
                steps[place] = replace(steps[place], fate="failed")
            else:
                file_after = row["file"]
        except (ValueError, KeyError, TypeError, RecursionError):
            damaged += 1
    return RunSteps(tuple(steps), rows, file_after, damaged)


def _read_lines(path: Path) -> list[bytes]:
    try:
        return [line for line in path.read_bytes().split(b"\n") if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InputError(
            f'The journal of the run cannot be read: "{path}" ({error.strerror or error}).',
            hint="Without it nothing can be taken back.",
        ) from None


def mark_undone(run: RunRecord, left: Sequence[str] = ()) -> None:
    """The run was taken back, but for the objects `left`.

    Raises `WriteError` when the journal cannot be written.
    """
    with saying("The run was taken back, but that could not be written down"):
        put_private(run.folder / "undone", json.dumps({"left": list(left)}).encode())
