"""Time: the real one, and one that only says it went by (for tests and benchmarks)."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Protocol


class Clock(Protocol):
    """What the transport knows of time. Socket timeouts are real with any clock."""

    def now(self) -> float:
        """Seconds since 1970."""

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Let so much time go by; come back at once when `stop` is set meanwhile."""

    def branch(self) -> Clock:
        """The clock for a thread that begins now."""

    def join(self, branches: Sequence[Clock]) -> None:
        """Go on when the last of these threads has ended."""


class SystemClock:
    """The time of the machine."""

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Wait, until `stop` is set."""
        if stop is None:
            time.sleep(max(0.0, seconds))
        else:
            stop.wait(max(0.0, seconds))

    def branch(self) -> SystemClock:
        """Itself: real time goes by for all."""
        return self

    def join(self, branches: Sequence[Clock]) -> None:
        """Nothing to do."""


class SimulatedClock:
    """Time that goes by only when somebody sleeps, and then at once.

    A thread gets a branch of its own, so that threads that wait beside each other do not wait for
    the sum of it.
    """

    def __init__(self, start: float = 1_800_000_000.0) -> None:
        self.start = start
        self._now = start

    @property
    def elapsed(self) -> float:
        """Seconds that were slept through, to the millisecond."""
        return round(self._now - self.start, 3)

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        """Say that so much time went by."""
        del stop
        self._now += max(0.0, seconds)

    def branch(self) -> SimulatedClock:
        """A clock that begins where this one stands."""
        return SimulatedClock(self._now)

    def join(self, branches: Sequence[Clock]) -> None:
        """It is as late as on the latest of them."""
        self._now = max([self._now, *(branch.now() for branch in branches)])
