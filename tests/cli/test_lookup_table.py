"""The table of `lookup --all` on terminals of all widths."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Sequence

import pytest

from bibtools.cli.lookup_table import table_of
from bibtools.model import ArxivId, Entry, Name, Outcome, PartialDate, parse_doi
from bibtools.sites.named import named
from bibtools.workflows.lookup import Looked

ENTRIES = (
    Entry(
        title="Learning to Float: A Very Long Title of a Paper About Boats and What They Do",
        authors=(Name("Example", "Ada"), Name("Muster", "Max"), Name("Roux", "Bea")),
        date=PartialDate(2020), arxiv=ArxivId("2008.00088"),
    ),
    Entry(title="\u5b66\u4e60\u6f02\u6d6e" * 20, authors=(Name(literal="\u738b" * 30),),
          doi=parse_doi("10.1234/" + "x" * 60)),
    Entry(title="\x1b[31mred\ttab\nline", authors=(Name("\u202egnp", "x"),)),
)  # fmt: skip
LOOKED = Looked(named("learning to float"), Outcome.AMBIGUOUS, ENTRIES)


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


class Terminal:
    def __init__(self, terminal: bool) -> None:
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def fileno(self) -> int:
        raise OSError


def shown(monkeypatch: pytest.MonkeyPatch, width: int | None, looked: Looked = LOOKED) -> list[str]:
    monkeypatch.setattr(sys, "stdout", Terminal(width is not None))
    monkeypatch.setenv("COLUMNS", str(width or ""))
    return table_of(looked, headed=False).splitlines()


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    lines = shown(monkeypatch, width)
    # An identifier is not cut for the sake of one line.
    assert len(lines) == (4 if width >= 100 else 6)
    # What a terminal would obey is spelt out, which takes its room.
    assert all(columns(line) <= width for line in lines if "\\x" not in line)
    assert not any("\x1b" in line or "\u202e" in line for line in lines)
    assert "2008.00088" in lines[0]


def test_in_a_pipe_nothing_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(monkeypatch, None)
    assert [len(line.split("\t")) for line in lines] == [5, 5, 5]
    assert lines[0].endswith("About Boats and What They Do")
    assert lines[2].split("\t")[4] == "\\x1b[31mred tab line"


def test_nothing_found(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing: Sequence[Entry] = ()
    empty = Looked(named("learning to float"), Outcome.NONE, tuple(nothing))
    assert shown(monkeypatch, 60, empty) == ['"learning to float": none']
    assert shown(monkeypatch, None, empty) == []
