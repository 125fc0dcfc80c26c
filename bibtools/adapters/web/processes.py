"""Which process holds something, and whether it is still there.

A process that is killed tidies up nothing. What it wrote down of itself lets the next one see that
it is gone: its number, and where the system tells it the moment when it started, because numbers
are given out again. Where nothing is certain (Windows, another machine that shares the folder,
another container) nobody is taken for gone.
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

# On Windows `os.kill` with signal 0 is no question: it sends Ctrl-C.
_CAN_ASK = os.name == "posix"
_ENDED = frozenset("ZXx")
"""States of a process that has ended but is still listed (proc(5))."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A process, as it can be written down."""

    place: str
    """The machine since it was last started, with the process numbers that hold there; empty
    where that cannot be told."""
    pid: int
    started: str
    """When it started, in the system's own count; empty where that cannot be told."""


def this_process() -> Holder:
    """The process that asks."""
    pid = os.getpid()
    state = _state(pid)
    return Holder(_place(), pid, state[1] if state else "")


def is_gone(holder: Holder) -> bool:
    """Whether this process has certainly ended."""
    if not _CAN_ASK or not holder.place or holder.place != _place() or holder.pid <= 0:
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False  # somebody else's
    state = _state(holder.pid)
    if state is None or not holder.started:
        return False
    return state[0] in _ENDED or state[1] != holder.started


@functools.cache
def _place() -> str:
    """A name that two processes share only when each can see the other's number."""
    if not _CAN_ASK:
        return ""
    parts = [sys.platform, socket.gethostname()]
    if sys.platform == "linux":
        try:
            # Containers have numbers of their own, a machine that was started anew too.
            parts.append(Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip())
            parts.append(str(Path("/proc/self/ns/pid").readlink()))
        except (OSError, ValueError):
            return ""
    return " ".join(parts)


def _state(pid: int) -> tuple[str, str] | None:
    """State and time of start, where the system has them as files (proc(5))."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        # The name of the program stands in brackets and may hold any character.
        line = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
        words = line.rpartition(")")[2].split()
        return words[0], words[19]
    return None
