"""Text onto the clipboard, with the programs that the system has for it.

| where | how |
|---|---|
| macOS | `pbcopy` |
| Windows, and Linux within it | `clip.exe` |
| Wayland | `wl-copy` |
| X11 | `xclip`, `xsel` |
| a terminal over ssh, or where none of these is | OSC 52, which asks the terminal |

The text goes to standard input of the program, never into a command line; the escape carries it
in Base64, so that nothing of it can be obeyed. (pyperclip calls the same programs; it does not
know the escape and would be one more package for this table.)
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from bibtools.errors import WriteError

_SECONDS: Final = 10.0
_MOST: Final = 74_000
"""Bytes that terminals take in one OSC 52; xterm takes 100,000 characters of Base64."""

_Way = tuple[tuple[str, ...], str]
"""Program with arguments, and the encoding that it takes."""
_MAC: Final[_Way] = (("pbcopy",), "utf-8")
# clip.exe takes the console's code page, or UTF-16 with a byte order mark.
_WINDOWS: Final[_Way] = (("clip.exe",), "utf-16")
_WAYLAND: Final[_Way] = (("wl-copy",), "utf-8")
_X11: Final[Sequence[_Way]] = (
    (("xclip", "-selection", "clipboard"), "utf-8"),
    (("xsel", "--clipboard", "--input"), "utf-8"),
)


def copy(text: str, environment: Mapping[str, str] | None = None) -> str:
    """Put the text on the clipboard; gives by what. Raises `WriteError` when nothing can."""
    environment = os.environ if environment is None else environment
    failed = []
    remote = bool(environment.get("SSH_CONNECTION") or environment.get("SSH_TTY"))
    if remote and _ask_terminal(text, environment):
        # The programs would reach the clipboard of the other machine, if any.
        return "through the terminal"
    for command, encoding in _ways(environment):
        program = shutil.which(command[0])
        if program is None:
            continue
        try:
            _run([program, *command[1:]], text.encode(encoding, "replace"))
        except (OSError, subprocess.SubprocessError):
            failed.append(command[0])
        else:
            return command[0]
    if not remote and _ask_terminal(text, environment):
        return "through the terminal"
    what = f"{failed[0]} failed" if failed else "no program for it was found"
    raise WriteError(
        f"Nothing was put on the clipboard: {what}.",
        "Install wl-clipboard, xclip or xsel, or use a pipe: bibtools lookup ... | your-program",
    )


def _ways(environment: Mapping[str, str]) -> list[_Way]:
    if sys.platform == "darwin":
        return [_MAC]
    if sys.platform == "win32":
        return [_WINDOWS]
    ways: list[_Way] = []
    if environment.get("WAYLAND_DISPLAY"):
        ways.append(_WAYLAND)
    if environment.get("DISPLAY"):
        ways += _X11
    if environment.get("WSL_DISTRO_NAME"):
        ways.append(_WINDOWS)
    return ways


def _run(command: Sequence[str], data: bytes) -> None:
    # Their outputs go nowhere: a program that stays to serve the clipboard would hold a pipe open.
    subprocess.run(  # noqa: S603 -- a program of the table, and no shell
        command,
        input=data,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=_SECONDS,
    )


def _ask_terminal(text: str, environment: Mapping[str, str]) -> bool:
    """Ask the terminal by OSC 52 (xterm's control sequences); False where there is none.

    Whether it obeys cannot be known: some terminals must be told to.
    """
    data = text.encode("utf-8", "replace")
    kind = environment.get("TERM", "dumb")
    if len(data) > _MOST or os.name != "posix" or kind in ("dumb", "linux", ""):
        return False
    escape = f"\x1b]52;c;{base64.b64encode(data).decode()}\x07"
    if environment.get("TMUX"):
        # tmux hands on what stands in this envelope.
        escape = "\x1bPtmux;" + escape.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    try:
        with open("/dev/tty", "wb", buffering=0) as terminal:  # noqa: PTH123 -- unbuffered
            terminal.write(escape.encode())
    except OSError:
        return False
    return True
