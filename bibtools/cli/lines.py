"""Lines of standard input, in batches of what has come."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Iterator


def lines_as_they_come(most: int, pause: float, longest: int) -> Iterator[list[tuple[int, str]]]:
    """Batches of numbered lines (from 1) without their ends: so many at most, fewer when nothing
    has come for `pause` seconds, so that who types or pipes slowly is answered at once.

    A line is UTF-8; what is none becomes U+FFFD. Of a line only the first `longest` bytes are
    kept. A byte order mark at the beginning is no part of the first.
    """
    waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(maxsize=4 * most)
    reader = threading.Thread(
        target=_read, args=(waiting, longest), name="bibtools.stdin", daemon=True
    )
    reader.start()
    number = 0
    while True:
        batch = [(number := number + 1, line) for line in _batch(waiting, most, pause)]
        if not batch:
            return
        yield batch


def _batch(
    waiting: queue.Queue[bytes | BaseException | None], most: int, pause: float
) -> Iterator[str]:
    """What has come; nothing at the end."""
    count = 0
    while count < most:
        try:
            # With pauses: a wait without end does not notice Ctrl-C on every system.
            piece = waiting.get(timeout=pause if count else 1.0)
        except queue.Empty:
            if count:
                return
            continue
        if piece is None:
            waiting.put(None)  # for the next batch, which is empty
            return
        if isinstance(piece, BaseException):
            raise piece
        count += 1
        yield piece.decode("utf-8", errors="replace").rstrip("\r\n")


def _read(waiting: queue.Queue[bytes | BaseException | None], longest: int) -> None:
    """Put the lines into the queue, and None behind the last."""
    try:
        source = sys.stdin.buffer
        whole = first = True
        while piece := source.readline(longest):
            # The rest of a line that is too long is not a line of its own.
            if whole:
                waiting.put(piece.removeprefix(b"\xef\xbb\xbf") if first else piece)
            whole, first = piece.endswith(b"\n"), False
        waiting.put(None)
    except BaseException as error:
        waiting.put(error)
