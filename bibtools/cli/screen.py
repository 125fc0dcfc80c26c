"""Words on a screen: notices and summaries on stderr, results on stdout."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from bibtools.later import later

if TYPE_CHECKING:
    from bibtools.model.notices import Notice

# C0 and C1 controls (a terminal obeys them), and the marks that turn the reading direction.
_UNSAFE = later("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""The text with every terminal control made visible (`\x1b`), so that none is obeyed."""
    return _UNSAFE.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def say(text: str) -> None:
    """One line on stderr."""
    click.echo(plain(text), err=True)


def tell(lines: Iterable[str]) -> None:
    """Lines on stderr, in full into a file or a pipe, at a terminal broken between words."""
    if not on_terminal():
        for line in lines:
            say(line)
        return
    import textwrap

    width = _columns()
    for line in lines:
        start = " " * (len(line) - len(line.lstrip()))
        parts = textwrap.wrap(
            plain(line.lstrip()),
            width,
            initial_indent=start,
            subsequent_indent=start + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for part in parts or [""]:
            say(part)


def _columns() -> int:
    """The width of the terminal that stderr is; stdout may be a file."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), 20)
    try:
        return max(os.get_terminal_size(sys.stderr.fileno()).columns or 80, 20)
    except (OSError, ValueError):
        return 80


def show_notices(notices: Iterable[Notice]) -> None:
    """Every notice on stderr, one each line (and one for its hint)."""
    for notice in notices:
        say(str(notice))


def write_result(text: str) -> None:
    """The result on stdout, as UTF-8 whatever the terminal's locale says."""
    write_bytes(text.encode("utf-8", errors="replace"))


def write_bytes(data: bytes) -> None:
    """The bytes of a file on stdout, as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def on_terminal() -> bool:
    """True when stderr is a terminal: only then progress is shown."""
    return sys.stderr.isatty()
