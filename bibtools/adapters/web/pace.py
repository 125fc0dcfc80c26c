"""How fast hosts are asked, over all processes of this machine.

A small SQLite file in the cache folder holds for each host when it was last asked, until when it
wants to hear nothing, and who is asking it now. A request is let go in one transaction, at the
moment it goes: nobody takes a place ahead of time that is lost when the process ends, and a host
that says "later" to one process says it to all. Without a folder the same file lives in memory.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from bibtools.adapters.web.clock import Clock
from bibtools.sites.asking import Pace

FILE_NAME = "pace.sqlite"
_TABLES = """
create table if not exists host (
    name text primary key, last real not null, held real not null
) without rowid;
create table if not exists lease (
    token text primary key, host text not null, until real not null
) without rowid;
"""
_POLL = 0.1
"""Seconds between two looks whether another process has finished."""
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
        self.shared = False
        """Whether other processes are taken into account."""
        self._database = self._open(folder)

    def _open(self, folder: Path | None) -> sqlite3.Connection:
        if folder is not None:
            with contextlib.suppress(sqlite3.Error, OSError):
                database = _open_file(folder / FILE_NAME)
                self.shared = True
                return database
        return _connect(":memory:")

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
                self._run("delete from lease where token = ?", token)

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

    def slow_down(self, host: str, seconds: float) -> None:
        """The host says how much time it wants between two requests, in this run."""
        with self._lock:
            self._intervals[host] = seconds

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
        self.shared = False

    def _transaction(self, host: str, pace: Pace, clock: Clock, token: str | None) -> float:
        database = self._database
        database.execute("begin immediate")
        try:
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
                    until = now + self._longest_request
                    database.execute("insert into lease values (?, ?, ?)", (token, host, until))
            database.execute("commit")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                database.execute("rollback")
            raise
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
                "delete from lease where until < ?1 or until > ?1 + ?2",
                (now, self._longest_request + 1),
            )
            row = database.execute("select count(*) from lease where host = ?", (host,)).fetchone()
            if row[0] >= max(pace.at_once, 1):
                return _POLL
        return 0.0


def _open_file(path: Path) -> sqlite3.Connection:
    """Open the file of rates; one that is none is made anew: it holds the last seconds only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    try:
        return _connect(str(path))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise
        path.unlink()
        return _connect(str(path))


def _connect(name: str) -> sqlite3.Connection:
    database = sqlite3.connect(name, timeout=10.0, isolation_level=None, check_same_thread=False)
    try:
        # Losing the last seconds at a power cut does no harm.
        database.execute("pragma synchronous = off")
        database.execute("pragma journal_mode = wal")
        database.executescript(_TABLES)
    except BaseException:
        database.close()
        raise
    return database
