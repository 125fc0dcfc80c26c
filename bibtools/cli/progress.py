"""A progress bar on a terminal, for work that takes longer than a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bibtools.cli.screen import on_terminal

Progress = Callable[[str, int, int], None]
"""Called with what is done, how many are done, and how many there are (0: not known)."""

PATIENCE_SECONDS = 1.0


@contextmanager
def progress_on_terminal(*, quiet: bool = False) -> Iterator[Progress | None]:
    """A callback that draws a bar on stderr once a second has passed; None off a terminal."""
    if quiet or not on_terminal():
        yield None
        return
    bar = _Bar()
    try:
        yield bar.show
    finally:
        bar.close()


class _Bar:
    """Draws nothing, and loads nothing, before the work proves to be long."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.bars: dict[str, int] = {}
        self.progress: object | None = None

    def show(self, what: str, done: int, total: int) -> None:
        if time.monotonic() - self.started < PATIENCE_SECONDS:
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
        from rich.progress import TimeRemainingColumn

        if not isinstance(self.progress, Progress):
            self.progress = Progress(
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.progress.start()
        if what not in self.bars:
            self.bars[what] = self.progress.add_task(what, total=total or None)
        from rich.progress import TaskID

        self.progress.update(TaskID(self.bars[what]), completed=done, total=total or None)

    def close(self) -> None:
        stop = getattr(self.progress, "stop", None)
        if stop is not None:
            stop()
