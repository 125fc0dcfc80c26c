"""`bibtools search --interactive`: keys in, keys of entries out."""

from __future__ import annotations

import asyncio
import os
import select
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.fulltext.caching import MARK_BYTES
from bibtools.adapters.fulltext.renewing import Row, in_memory
from bibtools.cli import picker
from bibtools.cli.picker import Picker, list_lines, preview_lines, run, status_line
from bibtools.searching.documents import Document
from bibtools.workflows.search import Found, Searched, Source, parse_query, search
from tests.conftest import ROOT

pytest.importorskip("prompt_toolkit")

from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

HOSTILE = "Evil \x1b]0;owned\x07 \x9b31m \u202eback\nline"
PAPERS = (
    Document("gao2021", "Sentence Embeddings", ("Gao, Tianyu",), 2021, "EMNLP", "Dropout differs.",
             "2104.08821", code=("https://github.com/princeton-nlp/SimCSE",)),
    Document("vaswani2017", "Attention Is All You Need", ("Vaswani, Ashish",), 2017),
    Document("evil", HOSTILE, (HOSTILE,), 2020, HOSTILE, HOSTILE, code=("javascript:alert(1)",),
             pdf="file:///etc/passwd.pdf", url=HOSTILE),
)  # fmt: skip


@pytest.fixture
def sources() -> Iterator[list[Source]]:
    def row(number: int, one: Document) -> Row:
        return Row(bytes([number]) * MARK_BYTES, number, lambda: one)

    with in_memory([row(number, one) for number, one in enumerate(PAPERS, start=1)]) as store:
        yield [Source("file", "refs.bib", store)]


class Screen(DummyOutput):
    def __init__(self, rows: int = 15, columns: int = 60) -> None:
        self.size = Size(rows=rows, columns=columns)
        self.written: list[str] = []

    def get_size(self) -> Size:
        return self.size

    def write(self, data: str) -> None:
        self.written.append(data)

    write_raw = write


def finder(sources: list[Source]) -> Any:
    return lambda text: search(sources, parse_query(text), 200, browse=True)


def typed(sources: list[Source], *steps: str, size: tuple[int, int] = (15, 60)) -> list[str]:
    """The keys of what is picked when these are typed one after the other."""
    found, _ = shown(sources, *steps, size=size)
    return [one.hit.document.key for one in found]


def shown(
    sources: list[Source], *steps: str, size: tuple[int, int] = (15, 60)
) -> tuple[list[Found], tuple[Picker, Screen]]:
    asked = 0
    find = finder(sources)

    def counted(text: str) -> Searched:
        nonlocal asked
        result: Searched = find(text)
        asked += 1
        return result

    state, screen = Picker(counted), Screen(*size)
    with create_pipe_input() as keyboard:

        async def hands(app: Any) -> None:
            for step in steps:
                await asyncio.sleep(0.05)
                while asked == 0 or state.searched is None:
                    await asyncio.sleep(0.01)
                before = asked
                keyboard.send_text(step)
                if step.isprintable():
                    while asked == before or state.searched.query.text[-1:] != step[-1]:
                        await asyncio.sleep(0.01)

        original = picker.application

        def with_hands(*arguments: Any) -> Any:
            app = original(*arguments)

            def begin() -> None:
                app.create_background_task(hands(app))

            app.pre_run_callables.append(begin)
            return app

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(picker, "application", with_hands)
            return run(state, keyboard, screen), (state, screen)


ENTER, ESCAPE, TAB, DOWN, UP = "\r", "\x1b", "\t", "\x1b[B", "\x1b[A"


@pytest.mark.parametrize(
    ("steps", "picked"),
    [
        pytest.param((ENTER,), ["gao2021"], id="the first of all"),
        pytest.param((DOWN, ENTER), ["vaswani2017"], id="down"),
        pytest.param((DOWN, DOWN, DOWN, DOWN, UP, ENTER), ["vaswani2017"], id="not beyond the end"),
        pytest.param(("atten", ENTER), ["vaswani2017"], id="typed"),
        pytest.param(("attnetion", ENTER), ["vaswani2017"], id="with a slip"),
        pytest.param((TAB, TAB, ENTER), ["gao2021", "vaswani2017"], id="two marked"),
        pytest.param((TAB, UP, TAB, ENTER), ["vaswani2017"], id="a mark taken away"),
        pytest.param((TAB, "atten", TAB, ENTER), ["gao2021", "vaswani2017"], id="marks stay"),
        pytest.param((ESCAPE,), [], id="escape"),
        pytest.param(("\x03",), [], id="ctrl-c"),
        pytest.param(("qqqqqqq", ENTER, ESCAPE), [], id="nothing to pick"),
    ],
)
def test_keys(sources: list[Source], steps: tuple[str, ...], picked: list[str]) -> None:
    assert typed(sources, *steps) == picked


@pytest.mark.parametrize("size", [(15, 60), (24, 80), (50, 200), (3, 20), (1, 5)])
def test_any_size_of_screen(sources: list[Source], size: tuple[int, int]) -> None:
    assert typed(sources, "sent", ENTER, size=size) == ["gao2021"]


def text(fragments: Any) -> str:
    return "".join(one[1] for one in fragments)


def test_what_is_drawn(sources: list[Source]) -> None:
    state = Picker(finder(sources))
    state.take(state.find("embed"))
    state.mark()
    assert text(list_lines(state, 5)) == ">*Gao            2021 Sentence Embeddings"
    assert text(preview_lines(state)) == (
        "Sentence Embeddings\nGao, Tianyu\nEMNLP, 2021\nkey gao2021\n"
        "page https://arxiv.org/abs/2104.08821\ncode https://github.com/princeton-nlp/SimCSE\n"
        "pdf https://arxiv.org/pdf/2104.08821\n\nDropout differs."
    )
    found = [one[1] for one in list_lines(state, 5) if "class:found" in one[0]]
    assert found == ["Embeddings"]
    assert text(status_line(state)).startswith("1, 1 marked")


def test_hostile_text_is_drawn_as_text(sources: list[Source]) -> None:
    _, (state, screen) = shown(sources, DOWN, DOWN, ESCAPE, size=(30, 120))
    drawn = text(list_lines(state, 9)) + text(preview_lines(state))
    assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(drawn)
    assert "\x1b]0" not in "".join(screen.written)
    assert "\\x1b]0;owned" in drawn


def test_only_web_addresses_are_opened(
    sources: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def fake(url: str) -> bool:
        opened.append(url)
        return True

    monkeypatch.setattr("webbrowser.open", fake)
    keys = ("\x0f", "\x07", "\x10")
    shown(sources, *keys, DOWN, *keys, DOWN, *keys, ESCAPE)
    assert opened == [
        "https://arxiv.org/abs/2104.08821",
        "https://github.com/princeton-nlp/SimCSE",
        "https://arxiv.org/pdf/2104.08821",
    ]


def test_the_rest_of_an_answer_comes_when_nothing_is_typed(sources: list[Source]) -> None:
    asked: list[tuple[str, str]] = []

    def finding(limit: int, name: str) -> Any:
        def find(text: str) -> Searched:
            asked.append((name, text))
            return search(sources, parse_query(text), limit, browse=True)

        return find

    state = Picker(finding(1, "few"), "", find_all=finding(9, "all"))
    with create_pipe_input() as keyboard:

        async def hands(app: Any) -> None:
            while len(state.found) < 3:
                await asyncio.sleep(0.01)
            keyboard.send_text(DOWN)
            while state.at < 1:
                await asyncio.sleep(0.01)
            keyboard.send_text("atten")
            while not state.searched or state.searched.query.text != "atten":
                await asyncio.sleep(0.01)
            keyboard.send_text(ENTER)

        original = picker.application

        def with_hands(*arguments: Any) -> Any:
            app = original(*arguments)

            def begin() -> None:
                app.create_background_task(hands(app))

            app.pre_run_callables.append(begin)
            return app

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(picker, "application", with_hands)
            picked = run(state, keyboard, Screen())
    assert [one.hit.document.key for one in picked] == ["vaswani2017"]
    assert asked[:2] == [("few", ""), ("all", "")]
    # Nothing more is asked where the first answer is all there is.
    assert ("all", "atten") not in asked


def test_more_of_an_answer_leaves_the_choice_where_it_is(sources: list[Source]) -> None:
    def finding(limit: int) -> Searched:
        return search(sources, parse_query(""), limit, browse=True)

    state = Picker(finder(sources))
    state.take(finding(2))
    state.move(1)
    state.take_all(finding(3))
    assert (len(state.found), state.at) == (3, 1)
    state.move(1)
    state.take_all(finding(1))
    assert (len(state.found), state.at) == (1, 0)


def test_an_unknown_word_is_told_in_the_last_line(sources: list[Source]) -> None:
    state = Picker(finder(sources))
    state.take(state.find("qqqqqqq "))
    assert text(status_line(state)) == '0  Nothing has "qqqqqqq".'


# --- a real terminal ------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="a pseudo-terminal is a thing of POSIX")
def test_in_a_real_terminal(tmp_path: Path) -> None:
    import fcntl
    import pty
    import struct
    import termios

    (tmp_path / "refs.bib").write_text(
        "@misc{one, title = {Fog and Mist}}\n@misc{two, title = {Rain \x1b[2J Storm}}\n"
    )
    process, terminal = pty.fork()
    if not process:  # the child
        os.chdir(tmp_path)
        environment = {
            **os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "NO_COLOR": "1",
            "BIBTOOLS_CACHE": str(tmp_path / "cache"), "PROMPT_TOOLKIT_NO_CPR": "1",
        }  # fmt: skip
        arguments = [sys.executable, "-m", "bibtools", "search", "-i", "refs.bib"]
        os.execve(sys.executable, arguments, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 15, 60, 0, 0))
    seen = b""

    def read_until(sign: bytes) -> bool:
        nonlocal seen
        end = time.monotonic() + 60
        while sign not in seen and time.monotonic() < end:
            if select.select([terminal], [], [], 0.1)[0]:
                try:
                    data = os.read(terminal, 65_536)
                except OSError:
                    break
                seen += data
                if not data:
                    break
        return sign in seen

    assert read_until(b"Storm"), seen
    assert b"\\x1b[2J" in seen
    seen = b""
    os.write(terminal, b"storm")
    assert read_until(b"1;4mStorm"), seen
    seen = b""
    os.write(terminal, b"\r")
    assert read_until(b"two\r\n"), seen
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0
    os.close(terminal)
