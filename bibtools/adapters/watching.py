"""Waiting until one of some files changes.

Files are looked at a few times a second. That needs no package, works on network folders, and
sees editors that save by renaming; a paper has a few dozen files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

INTERVAL = 0.25
"""Seconds between two looks."""
SETTLE = 0.3
"""Seconds without a change before it is told: an editor writes a file in several steps."""

Stamp = tuple[int, int, int] | None
Stamps = dict[str, Stamp]


def stamps_of(files: Iterable[str]) -> Stamps:
    """What tells a file from the same one after a change."""
    return {file: _stamp(file) for file in dict.fromkeys(files)}


def _stamp(file: str) -> Stamp:
    try:
        found = Path(file).stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def wait_for_change(
    before: Stamps,
    *,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Stamps:
    """Return when a file is not what it was and none has changed for a moment."""
    now = before
    while now == before:
        sleep(INTERVAL)
        now = stamps_of(before)
    last = clock()
    while clock() - last < SETTLE:
        sleep(INTERVAL / 2)
        then, now = now, stamps_of(before)
        if then != now:
            last = clock()
    return now
