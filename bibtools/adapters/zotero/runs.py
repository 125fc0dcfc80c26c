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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from bibtools.adapters.files import sync_folder
from bibtools.adapters.journal import STATE_VARIABLE, journal_folder, new_run
from bibtools.adapters.private_files import append_private, make_private_folder, put_private
from bibtools.adapters.zotero.state import Scope
from bibtools.adapters.zotero.state_lines import agreed_row
from bibtools.errors import WriteError
from bibtools.sync.values import Agreed, Data

MOST_RUNS: Final = 20
"""Runs kept for each file."""
MOST_BYTES: Final = 256 * 1024 * 1024
"""Bytes kept for each file; the newest run is kept whatever its size."""
VERSION: Final = 1
"""Of the form of a run in the journal."""
_NO_FILE: Final = "no-file"

Kind = Literal["item", "collection"]


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
        with saying("Nothing was sent"):
            home = home_of(file)
            make_private_folder(home)
            folder = _new_folder(home)
            try:
                name = new_run()
                row = {
                    "version": VERSION,
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
        with saying("Nothing more was sent"):
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
        with saying("Nothing more was sent"):
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
        with saying("Nothing more was sent, and what was sent last is not in the journal"):
            self._append(
                {"done": one.key, "version": one.version, "data": one.data} for one in batch
            )

    def refused(self, batch: Iterable[Refused]) -> None:
        """Objects that were surely not written."""
        with saying("Nothing more was sent"):
            self._append(
                {"refused": one.key, "code": one.code, "message": one.message} for one in batch
            )

    def file_will_be(self, digest: str) -> None:
        """SHA-256 of what is about to be written into the file."""
        with saying("The file was not written"):
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
def saying(what: str) -> Iterator[None]:
    """Tell with these words first, in a `WriteError`, that the journal cannot be written."""
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


def home_of(file: str | Path | None) -> Path:
    """Where the runs of a file lie; of those without one for None."""
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
