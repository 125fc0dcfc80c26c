"""The journal of runs: what Zotero held before a run changed it, so that it can be undone.

It lies in the user's state folder, beside the journal of files (`adapters.journal`): below
`zotero`, one folder for each synced file by a hash of its path, in it one numbered folder a run:

| file | what |
|---|---|
| `run.json` | which run of which command, when, which file, which library |
| `rows.jsonl` | the rows of the state file before the run, of each pair that it touches |
| `steps.jsonl` | each batch before it is sent, with what its objects held; then what became of it |
| `finished` | says that the run came to its end |
| `undone` | says that it was taken back, and which objects were left |

A batch is on the disk before the first byte of it is sent. After a kill, a step without an answer
may have been carried out or not: only the server knows. The run has the same name in the journal
of files, so that one undo takes back both. All is for this user's eyes only; the API key is not
in it. The last `MOST_RUNS` of a file are kept, fewer when they are larger than `MOST_BYTES`.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

from bibtools.adapters.files import sync_folder
from bibtools.adapters.journal import STATE_VARIABLE, journal_folder, new_run
from bibtools.adapters.private_files import append_private, make_private_folder, put_private
from bibtools.adapters.zotero.state import Scope
from bibtools.adapters.zotero.state_lines import agreed_row, read_agreed
from bibtools.errors import InputError, WriteError
from bibtools.sync.values import Agreed, Data, remote_item

MOST_RUNS: Final = 20
"""Runs kept for each file."""
MOST_BYTES: Final = 256 * 1024 * 1024
"""Bytes kept for each file; the newest run is kept whatever its size."""
_VERSION: Final = 1
_NO_FILE: Final = "no-file"

Kind = Literal["item", "collection"]
Fate = Literal["done", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Intent:
    """An object that is about to be sent."""

    key: str
    kind: Kind
    before: Data | None
    """Its whole data as the server holds it; None when the run makes it."""
    version: int
    """Of that; 0 when the run makes it."""
    sent: Data


@dataclass(frozen=True, slots=True)
class Done:
    """An object that the server says it has written."""

    key: str
    version: int
    data: Data


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that the server says it has not written."""

    key: str
    code: int
    """As an HTTP status."""
    message: str = ""


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
    now = _bare(found)
    if step.fate == "done":
        return now == _bare(step.after)
    before = _bare(step.intent.before)
    return now in (before, {**before, **_bare(step.intent.sent)})


def _bare(data: Data | None) -> Data:
    return remote_item({"data": data or {}}).data


class RunJournal:
    """The journal of the run that is going on. Every call comes back when all is on the disk.

    What cannot be written down must not be sent: then `WriteError` is raised.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """`start` makes one."""
        self.folder = folder
        self.name = name
        """To be given to `journalled_write`."""

    @classmethod
    def start(
        cls,
        file: str | Path | None,
        scope: Scope,
        command: str,
        rows: Mapping[str, Agreed | None],
        *,
        library_name: str = "",
        now: datetime | None = None,
    ) -> RunJournal:
        """Begin a run. `rows` is what the state file says of the pairs that it will touch.

        Raises `WriteError` when the state folder cannot be written: then nothing is to be sent.
        """
        with _told("Nothing was sent"):
            home = _home(file)
            make_private_folder(home)
            folder = _new_folder(home)
            try:
                name = new_run()
                row = {
                    "version": _VERSION,
                    "run": name,
                    "file": None if file is None else os.path.realpath(file),
                    "scope": asdict(scope),
                    "library_name": library_name,
                    "command": command,
                    "when": (now or datetime.now(UTC))
                    .astimezone(UTC)
                    .isoformat(timespec="microseconds"),
                }
                journal = cls(folder, name)
                journal._remember(rows)
                # Last: a folder without it is no run.
                put_private(folder / "run.json", json.dumps(row, indent=1).encode())
                sync_folder(home)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        _tidy(folder)
        return journal

    def remember(self, rows: Mapping[str, Agreed | None]) -> None:
        """Further rows of the state file; of pairs known already the first row stays."""
        with _told("Nothing more was sent"):
            self._remember(rows)

    def _remember(self, rows: Mapping[str, Agreed | None]) -> None:
        if rows:
            append_private(
                self.folder / "rows.jsonl",
                _lines(
                    {"item": item, "row": None if row is None else agreed_row(row)}
                    for item, row in rows.items()
                ),
            )

    def intend(self, batch: Iterable[Intent]) -> None:
        """Objects that are about to be sent, in one request."""
        with _told("Nothing more was sent"):
            self._append(
                {
                    "intent": one.key,
                    "kind": one.kind,
                    "version": one.version,
                    "before": one.before,
                    "sent": one.sent,
                }
                for one in batch
            )

    def done(self, batch: Iterable[Done]) -> None:
        """Objects that were written."""
        with _told("Nothing more was sent, and what was sent last is not in the journal"):
            self._append(
                {"done": one.key, "version": one.version, "data": one.data} for one in batch
            )

    def refused(self, batch: Iterable[Refused]) -> None:
        """Objects that were surely not written."""
        with _told("Nothing more was sent"):
            self._append(
                {"refused": one.key, "code": one.code, "message": one.message} for one in batch
            )

    def file_will_be(self, digest: str) -> None:
        """SHA-256 of what is about to be written into the file."""
        with _told("The file was not written"):
            self._append([{"file": digest}])

    def finish(self) -> None:
        """The run came to its end. Without the mark it counts as ended by a kill."""
        with contextlib.suppress(OSError):
            put_private(self.folder / "finished", b"")

    def discard(self) -> None:
        """Nothing was written on either side: there was no run."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def _append(self, rows: Iterable[Mapping[str, Any]]) -> None:
        if data := _lines(rows):
            append_private(self.folder / "steps.jsonl", data)


@contextlib.contextmanager
def _told(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{what}: the journal for undo cannot be written in "
            f'"{runs_folder()}" ({error.strerror or error}).',
            hint=f"Make room or permission there, or set {STATE_VARIABLE} to another folder.",
        ) from None


def _lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(
        json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n" for row in rows
    )


def runs_folder() -> Path:
    """Where the journal of runs lies."""
    return journal_folder().parent / "zotero"


def _home(file: str | Path | None) -> Path:
    if file is None:
        return runs_folder() / _NO_FILE
    path = os.fsencode(os.path.realpath(file))
    return runs_folder() / hashlib.sha256(path).hexdigest()[:24]


def _new_folder(home: Path) -> Path:
    number = max((int(one.name) for one in home.iterdir() if one.name.isdecimal()), default=0)
    while True:
        number += 1
        folder = home / f"{number:06}"
        try:
            folder.mkdir(mode=0o700)
            return folder
        except FileExistsError:  # another bibtools, at this moment
            continue


def _tidy(newest: Path) -> None:
    """Old runs go, and what is left of those that a kill kept from beginning."""
    with contextlib.suppress(OSError):
        kept = bytes_kept = 0
        for folder in sorted(newest.parent.iterdir(), reverse=True):
            if folder.name > newest.name or not folder.name.isdecimal():
                continue
            size = sum(one.stat().st_size for one in folder.iterdir())
            too_many = kept >= MOST_RUNS or (kept and bytes_kept + size > MOST_BYTES)
            if too_many or not (folder / "run.json").exists():
                shutil.rmtree(folder, ignore_errors=True)
                continue
            kept += 1
            bytes_kept += size


# Reading


def runs_of(file: str | Path | None) -> list[RunRecord]:
    """The runs that synced a file (or, for None, no file), oldest first."""
    return _runs_in(_home(file))


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
            if row["version"] != _VERSION:
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
    with _told("The run was taken back, but that could not be written down"):
        put_private(run.folder / "undone", json.dumps({"left": list(left)}).encode())
