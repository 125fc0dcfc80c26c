"""How fast hosts are asked, over all processes of this machine.

A small SQLite file in the cache folder holds for each host (or for all hosts of one operator that
counts them together, under one name) when it was last asked, until when it wants to hear nothing,
and who is asking it now. A request is let go in one transaction, at the moment it goes: nobody
takes a place ahead of time that is lost when the process ends, and a host that says "later" to one
process says it to all. A request of a process that was killed is forgotten at once where it can be
seen that the process is gone, else after the longest time that a request can take. Without a
folder the same file lives in memory.
"""

from __future__ import annotations

import contextlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bibtools.adapters.sqlite_files import (
    file_identity,
    make_sure_of_file,
    transaction,
    write_ahead,
)
from bibtools.adapters.web.clock import Clock
from bibtools.adapters.web.processes import Holder, is_gone, this_process
from bibtools.model import Notice
from bibtools.sites.asking import Pace

FILE_NAME = "pace.sqlite"
_TABLES = """
create table if not exists host (
    name text primary key, last real not null, held real not null
) without rowid;
create table if not exists turn (
    token text primary key, host text not null, until real not null,
    place text not null, pid integer not null, started text not null
) without rowid;
"""
_POLL = 0.1
"""Seconds between two looks whether another process has finished."""
_PATIENCE = 5.0
"""Seconds that opening the file may take while others open it too."""
_BUSY = ("locked", "disk I/O")
"""Words of the errors that SQLite gives to one of several who prepare a file at one moment."""
_TRIES = 5
"""Times to open a file that others may be making anew at the same moment."""
_NO_TIME = 1e-6
"""Seconds that are a matter of rounding."""


class Interrupted(Exception):  # noqa: N818 -- no error: somebody pressed Ctrl-C elsewhere
    """The run ends, so this wait does."""


class Limiter:
    """Lets requests go, each at its time. Several threads may use one."""

    def __init__(
        self,
        folder: Path | None,
        longest_request: float,
        longest_hold: float,
        stop: threading.Event | None = None,
    ) -> None:
        """`longest_request`: seconds after which a request of a killed process is forgotten;
        `longest_hold`: the most seconds that `hold` is told.
        """
        self._lock = threading.Lock()
        self._stop = stop or threading.Event()
        self._longest_request = longest_request
        self._longest_hold = longest_hold
        self._intervals: dict[str, float] = {}
        self._at_once: dict[str, int] = {}
        self._notices: list[Notice] = []
        self._path: Path | None = None
        self.shared = False
        """Whether other processes are taken into account."""
        self._database = self._open(folder)

    def _open(self, folder: Path | None) -> sqlite3.Connection:
        if folder is not None:
            try:
                database = _open_file(folder / FILE_NAME)
            except (sqlite3.Error, OSError):
                self._say_alone(folder / FILE_NAME)
            else:
                self.shared = True
                self._path = folder / FILE_NAME
                return database
        return _connect(":memory:")

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What happened to the file, in sentences."""
        return tuple(self._notices)

    def _say_alone(self, path: Path) -> None:
        self._notices.append(
            Notice(
                f'The file "{path}", in which runs at the same time tell each other when they ask '
                "which service, cannot be used, so that this run keeps the pace for itself only.",
                rule="web.pace-alone",
                hint="Let no other run ask the same services meanwhile.",
            )
        )

    def close(self) -> None:
        """Give the file back."""
        with self._lock:
            self._database.close()

    @contextlib.contextmanager
    def turn(self, host: str, pace: Pace, clock: Clock) -> Iterator[float]:
        """Wait until this host may be asked; gives the seconds that were waited.

        Raises `Interrupted` when the run was stopped meanwhile.
        """
        token = secrets.token_hex(8)
        waited = self._wait(host, pace, clock, token)
        try:
            yield waited
        finally:
            with contextlib.suppress(sqlite3.Error):
                self._run("delete from turn where token = ?", token)

    def again(self, host: str, pace: Pace, clock: Clock) -> float:
        """Wait for a further request within the same turn (a redirect); gives the seconds."""
        return self._wait(host, pace, clock, None)

    def hold(self, host: str, until: float) -> None:
        """Let nobody ask this host before (seconds since 1970)."""
        with contextlib.suppress(sqlite3.Error):
            self._run(
                "insert into host values (?1, 0, ?2)"
                " on conflict (name) do update set held = max(held, ?2)",
                host,
                until,
            )

    def slow_down(
        self, host: str, seconds: float | None = None, at_once: int | None = None
    ) -> None:
        """The host says how much time it wants between two requests and how many of them it takes
        at the same time; this run keeps to it where it is less than `Pace` allows.
        """
        with self._lock:
            if seconds is not None:
                self._intervals[host] = seconds
            if at_once is not None:
                self._at_once[host] = at_once

    def _run(self, statement: str, *values: object) -> None:
        with self._lock:
            self._database.execute(statement, values)

    def _wait(self, host: str, pace: Pace, clock: Clock, token: str | None) -> float:
        begin = clock.now()
        while not self._stop.is_set():
            missing = self._try(host, pace, clock, token)
            if missing <= 0:
                return clock.now() - begin
            clock.sleep(missing, self._stop)
        raise Interrupted

    def _try(self, host: str, pace: Pace, clock: Clock, token: str | None) -> float:
        """Let the request go if it may; else the seconds until to try again."""
        with self._lock:
            try:
                return self._transaction(host, pace, clock, token)
            except sqlite3.OperationalError as error:
                if "locked" in str(error):
                    return _POLL
                self._go_alone()
            except sqlite3.DatabaseError:
                self._go_alone()
        return 0.001

    def _go_alone(self) -> None:
        """The file is damaged or its disk is full: keep the pace of this process."""
        self._database.close()
        self._database = _connect(":memory:")
        if self.shared and self._path is not None:
            self._say_alone(self._path)
        self.shared = False

    def _transaction(self, host: str, pace: Pace, clock: Clock, token: str | None) -> float:
        database = self._database
        with transaction(database):
            # Only now: another process may have gone while this one waited for the file.
            now = clock.now()
            missing = self._missing(host, pace, now, token)
            if missing <= 0:
                database.execute(
                    "insert into host values (?1, ?2, 0)"
                    " on conflict (name) do update set last = ?2",
                    (host, now),
                )
                if token is not None:
                    until, who = now + self._longest_request, this_process()
                    database.execute(
                        "insert into turn values (?, ?, ?, ?, ?, ?)",
                        (token, host, until, who.place, who.pid, who.started),
                    )
        return missing

    def _missing(self, host: str, pace: Pace, now: float, token: str | None) -> float:
        seconds = max(pace.seconds, self._intervals.get(host, 0.0))
        database = self._database
        row = database.execute("select last, held from host where name = ?", (host,)).fetchone()
        last, held = row or (0.0, 0.0)
        # A time too far in the future was written before the machine's clock was set back.
        missing = max(
            last + seconds - now if last - now <= seconds + 1 else 0.0,
            held - now if held - now <= self._longest_hold + 1 else 0.0,
        )
        if missing > _NO_TIME:
            return float(missing)
        if token is not None:
            database.execute(
                "delete from turn where until < ?1 or until > ?1 + ?2",
                (now, self._longest_request + 1),
            )
            at_once = min(pace.at_once, self._at_once.get(host, pace.at_once))
            if self._asking(host, max(at_once, 1)) >= max(at_once, 1):
                return _POLL
        return 0.0

    def _asking(self, host: str, most: int) -> int:
        """How many are asking this host now; looks for the dead only where there are so many."""
        statement = "select token, place, pid, started from turn where host = ?"
        rows = self._database.execute(statement, (host,)).fetchall()
        if len(rows) < most:
            return len(rows)
        gone = [
            (token,)
            for token, place, pid, started in rows
            if is_gone(Holder(str(place), int(pid), str(started)))
        ]
        self._database.executemany("delete from turn where token = ?", gone)
        return len(rows) - len(gone)


def _open_file(path: Path) -> sqlite3.Connection:
    """Open the file of rates; one that is none is made anew: it holds the last seconds only."""
    left = _TRIES
    patient_until = time.monotonic() + _PATIENCE
    while True:
        make_sure_of_file(path)
        before = file_identity(path)
        try:
            return _connect(str(path))
        except sqlite3.DatabaseError as error:
            busy = any(word in str(error) for word in _BUSY)
            if busy and time.monotonic() < patient_until:
                # Others that start at this moment prepare the file: SQLite does not wait for that.
                time.sleep(_POLL)
                continue
            left -= 1
            same = file_identity(path) == before
            if left == 0 or (same and isinstance(error, sqlite3.OperationalError)):
                raise
            # Another than before: another process has made it anew meanwhile.
            if same:
                path.unlink(missing_ok=True)


def _connect(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=10.0, isolation_level=None, check_same_thread=False)
    try:
        # Losing the last seconds at a power cut does no harm.
        database.execute("pragma synchronous = off")
        write_ahead(database)
        database.executescript(_TABLES)
    except BaseException:
        database.close()
        raise
    return database
