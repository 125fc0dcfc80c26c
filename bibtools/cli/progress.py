"""A progress bar on a terminal, for work that takes longer than a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bibtools.cli.screen import on_terminal, say

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

    from bibtools.model.progress import Progress

PATIENCE_SECONDS = 1.0


@contextmanager
def progress_on_terminal(*, quiet: bool = False) -> Iterator[Progress | None]:
    """A callback that draws a bar on stderr once a second has passed; None off a terminal."""
    if quiet or not on_terminal():
        yield None
        return
    bar = _Bar()
    _bars.append(bar)
    try:
        yield bar.show
    finally:
        _bars.remove(bar)
        bar.put_away()


@contextmanager
def bar_away() -> Iterator[None]:
    """No bar is drawn meanwhile, over a question above all; what is done next is drawn again."""
    for bar in _bars:
        bar.put_away()
    try:
        yield
    finally:
        for bar in _bars:
            bar.wait()


@contextmanager
def answers_are_kept(*, quiet: bool = False) -> Iterator[None]:
    """Say after Ctrl-C that nothing which came is lost."""
    try:
        yield
    except KeyboardInterrupt:
        if not quiet:
            say("The answers that came are kept; run it again, and it goes on from there.")
        raise


class _Bar:
    """Draws nothing, and loads nothing, before the work proves to be long."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.away = False
        self.steps: dict[str, tuple[int, int]] = {}
        self.bars: dict[str, TaskID] = {}
        self.progress: RichProgress | None = None
        self.wait()

    def wait(self) -> None:
        """Draw when a second has passed."""
        # A timer, because one step may itself be long: reading a page of 10,000 records.
        self.timer = threading.Timer(PATIENCE_SECONDS, self.start)
        self.timer.daemon = True
        with self.lock:
            self.away = False
        self.timer.start()

    def start(self) -> None:
        with self.lock:
            if self.away:
                return  # the second had passed already when it was put away
            self.progress = _rich_progress()
            self.progress.start()
            for what in self.steps:
                self.draw(what)

    def show(self, what: str, done: int, total: int) -> None:
        with self.lock:
            self.steps[what] = (done, total)
            self.draw(what)

    def draw(self, what: str) -> None:
        if self.progress is None:
            return
        done, total = self.steps[what]
        if what not in self.bars:
            self.bars[what] = self.progress.add_task(what, total=total or None)
        self.progress.update(self.bars[what], completed=done, total=total or None)

    def put_away(self) -> None:
        """Draw nothing more, and take what is drawn off the screen."""
        self.timer.cancel()
        with self.lock:
            self.away = True
            if self.progress is not None:
                self.progress.stop()
            self.progress = None
            self.bars.clear()
            self.steps.clear()


_bars: list[_Bar] = []
"""Those of the commands that run: one, or none."""


def _rich_progress() -> RichProgress:
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
