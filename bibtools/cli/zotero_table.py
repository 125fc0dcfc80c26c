"""A plan on a screen: a table at a terminal, lines in a pipe."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Sequence

from bibtools.cli.screen import plain, say, write_result
from bibtools.workflows.zotero.telling import Row

_MOST = 200
"""Rows that are shown at a terminal before the question; `--plan` shows all of them."""


def plain_lines(rows: Iterable[Row]) -> list[str]:
    """The rows as lines: side, action, key and what it is about."""
    return [
        plain("\t".join((row.where or "-", row.action, row.key, row.what)).replace("\n", " "))
        for row in rows
    ]


def print_plan(rows: Sequence[Row]) -> None:
    """The plan on stdout: a table at a terminal, else lines with tabs."""
    if sys.stdout.isatty():
        _table(rows, error=False)
    else:
        write_result("".join(line + "\n" for line in plain_lines(rows)))


def show_plan(rows: Sequence[Row]) -> None:
    """The plan on stderr, where it is asked for."""
    shown = rows[:_MOST]
    if sys.stderr.isatty():
        _table(shown, error=True)
    else:
        for line in plain_lines(shown):
            say(line)
    if len(rows) > len(shown):
        say(f"... and {len(rows) - len(shown):,} more; --plan shows all of them.")


def _table(rows: Sequence[Row], *, error: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not rows:
        return
    console = Console(stderr=error, width=_columns(), highlight=False)
    table = Table(box=SIMPLE_HEAD, pad_edge=False, expand=False)
    narrow = console.width < 80
    table.add_column("step", no_wrap=not narrow)
    table.add_column("entry", overflow="fold", max_width=24)
    table.add_column("what", overflow="fold", ratio=1)
    last = ""
    for row in rows:
        style = _STYLES.get(row.action.split()[0], "")
        step = f"{row.where}: {row.action}" if row.where else row.action
        key = "" if row.key == last and row.action in ("update", "conflict") else row.key
        last = row.key
        table.add_row(
            Text(plain(step), style=style),
            Text(plain(key)),
            Text(plain(row.what.replace("\n", " "))),
        )
    console.print(table)


_STYLES = {
    "create": "green",
    "add": "green",
    "attach": "green",
    "update": "yellow",
    "trash": "red",
    "remove": "red",
    "take": "red",
    "conflict": "bold magenta",
    "unsure": "magenta",
}


def _columns() -> int:
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), 40)
    return max(shutil.get_terminal_size((80, 24)).columns, 40)
