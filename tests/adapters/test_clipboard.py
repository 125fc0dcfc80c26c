"""The clipboard: the right program gets the text on its standard input, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bibtools.adapters import clipboard
from bibtools.adapters.browser import open_address
from bibtools.adapters.clipboard import copy
from bibtools.errors import WriteError
from bibtools.text.addresses import is_web_address

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs here are shell scripts")
NASTY = "@misc{a, title = {$(touch x); `y` \x1b[31m \u00e9 \u4e2d}}\n"


def opens(url: str, opened: list[str]) -> bool:
    opened.append(url)
    return True


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, and no terminal."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(clipboard, "_ask_terminal", lambda *_: False)
    return folder


def program(folder: Path, name: str, body: str = "") -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body or f'''/bin/cat > {folder}/{name}.got'''}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("name", "environment", "encoding"),
    [
        ("wl-copy", {"WAYLAND_DISPLAY": "wayland-0", "DISPLAY": ":0"}, "utf-8"),
        ("xclip", {"DISPLAY": ":0"}, "utf-8"),
        ("xsel", {"DISPLAY": ":0"}, "utf-8"),
        ("clip.exe", {"WSL_DISTRO_NAME": "Debian"}, "utf-16"),
    ],
)
def test_the_program_of_the_system(
    programs: Path, name: str, environment: dict[str, str], encoding: str
) -> None:
    program(programs, name)
    assert copy(NASTY, environment) == name
    assert (programs / f"{name}.got").read_bytes().decode(encoding) == NASTY
    assert not (Path.cwd() / "x").exists()


def test_one_that_fails_leaves_it_to_the_next(programs: Path) -> None:
    program(programs, "xclip", "exit 1")
    program(programs, "xsel")
    assert copy("boats", {"DISPLAY": ":0"}) == "xsel"


@pytest.mark.parametrize("there", [(), ("xclip",)])
def test_none_is_told(programs: Path, there: tuple[str, ...]) -> None:
    for name in there:
        program(programs, name, "exit 1")
    with pytest.raises(WriteError) as caught:
        copy("boats", {"DISPLAY": ":0"})
    assert caught.value.message.startswith("Nothing was put on the clipboard: ")
    assert ("xclip failed" in caught.value.message) is bool(there)


@pytest.mark.parametrize(
    ("environment", "escape"),
    [
        ({"TERM": "xterm"}, b"\x1b]52;c;Ym9hdHM=\x07"),
        ({"TERM": "tmux", "TMUX": "x"}, b"\x1bPtmux;\x1b\x1b]52;c;Ym9hdHM=\x07\x1b\\"),
        ({"TERM": "dumb"}, None),
        ({"TERM": "linux"}, None),
    ],
)
def test_over_ssh_the_terminal_is_asked(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    escape: bytes | None,
) -> None:
    terminal = tmp_path / "tty"
    monkeypatch.setattr("builtins.open", lambda *_, **__: Path.open(terminal, "wb", buffering=0))
    monkeypatch.setenv("PATH", "")
    if escape is None:
        with pytest.raises(WriteError):
            copy("boats", {**environment, "SSH_TTY": "x"})
    else:
        assert copy("boats", {**environment, "SSH_TTY": "x"}) == "through the terminal"
        assert terminal.read_bytes() == escape


def test_what_is_too_long_for_a_terminal_is_not_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(WriteError):
        copy("x" * 80_000, {"TERM": "xterm", "SSH_TTY": "x"})


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("https://arxiv.org/abs/2104.08821", True),
        ("http://example.org:8080/x?a=b&c=d#e", True),
        ("https://doi.org/10.1002/(SICI)1097", True),
        ("javascript:alert(1)", False),
        ("JavaScript://example.org/%0aalert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("vbscript:x", False),
        ("ftp://example.org/x", False),
        ("https://user:key@example.org/", False),
        ("https://", False),
        ("https://[x", False),
        ("https://example.org/a b", False),
        ("https://example.org/\x1b[31m", False),
        ("https://example.org/\n", False),
        ("https://example.org/\u202egpj", False),
        ("-https://example.org/", False),
        ("//example.org/x", False),
        ("", False),
    ],
)
def test_only_web_addresses_reach_a_browser(
    monkeypatch: pytest.MonkeyPatch, address: str, good: bool
) -> None:
    import webbrowser

    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda url: opens(url, opened))
    assert is_web_address(address) is good
    if good:
        assert open_address(address)
    else:
        with pytest.raises(ValueError, match="only http"):
            open_address(address)
    assert opened == ([address] if good else [])


def test_a_browser_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    import webbrowser

    def fails(url: str) -> bool:
        raise webbrowser.Error("no")

    monkeypatch.setattr(webbrowser, "open", fails)
    assert not open_address("https://example.org/")
