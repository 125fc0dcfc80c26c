"""Words on a screen: in full into a pipe, broken between words at a terminal."""

from __future__ import annotations

import os
import sys

import pytest

from bibtools.cli import screen

LINE = "  could not ask Crossref 7 questions about 7 entries: it answered 503, four times. Later."


def test_a_pipe_gets_whole_lines(capsys: pytest.CaptureFixture[str]) -> None:
    screen.tell([LINE, "", "b\x1b[2J"])
    assert capsys.readouterr() == ("", f"{LINE}\n\nb\\x1b[2J\n")


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
def test_the_width_is_that_of_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl
    import pty
    import struct
    import termios

    outside, inside = pty.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    monkeypatch.delenv("COLUMNS", raising=False)
    # stdout is no terminal here.
    with os.fdopen(inside, "w") as stream, monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", stream)
        screen.tell([LINE])
        stream.flush()
        seen = ""
        while "Later." not in seen:  # it comes in pieces
            seen += os.read(outside, 9999).decode()
    os.close(outside)
    assert seen.split("\r\n")[:2] == [
        "  could not ask Crossref 7 questions",
        "    about 7 entries: it answered 503,",
    ]


def test_a_narrow_terminal_gets_whole_words(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen, "on_terminal", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    screen.tell([LINE, "", "short", f"  {'x' * 70} y"])
    assert capsys.readouterr().err.splitlines() == [
        "  could not ask Crossref 7 questions about 7 entries: it",
        "    answered 503, four times. Later.",
        "",
        "short",
        f"  {'x' * 70}",
        "    y",
    ]
