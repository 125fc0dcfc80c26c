"""The reference and the man pages say what the commands and the API are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

import bibtools
from tests import reference
from tests.command_line import bibtools as command
from tests.command_pages import CommandPage, all_pages
from tests.shell_calls import calls, refused

PAGES = all_pages()
RENEW = "renew it: python -m tests.reference"


def test_every_file_is_as_it_is_made() -> None:
    stale = [
        path.name
        for path, text in reference.files().items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    assert stale == [], RENEW


def test_no_man_page_of_a_command_that_is_no_more() -> None:
    assert {path.name for path in reference.MAN.glob("*.1")} == {f"{one.file}.1" for one in PAGES}


@pytest.mark.parametrize("page", PAGES[1:], ids=[one.file for one in PAGES[1:]])
def test_every_example_of_a_help_is_a_call_that_the_command_takes(page: CommandPage) -> None:
    assert page.examples or page.commands
    for line in page.examples:
        assert [refused(call) for call in calls(line) if refused(call)] == [], line


def test_every_public_name_is_in_the_reference_with_words() -> None:
    text = reference.API.read_text("utf-8")
    for name in bibtools.__all__:
        if name != "__version__":
            section = text.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
            assert len(section.split()) > 8, name


def test_the_example_of_the_api_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(reference.ROOT / "examples", "examples")
    built = command("index", "build", "--arxiv", "examples/arxiv.jsonl", "--index", "small.sqlite")
    assert built.code == 0
    example, *_ = re.findall(r"```python\n(.*?)```", reference.API.read_text("utf-8"), re.DOTALL)
    exec(example, {})
    assert "eprint        = {1706.03762}" in capsys.readouterr().out


def test_no_text_of_an_option_holds_a_piece_of_what_click_adds() -> None:
    rows = [row for page in PAGES for row in page.options]
    assert [row for row in rows if "[" in row.default or "]" in row.default] == []
    assert [page.name for page in PAGES if page.options[-1].names != "-h, --help"] == []


@pytest.mark.parametrize("page", PAGES, ids=[one.file for one in PAGES])
def test_lists_in_a_help_keep_their_lines(page: CommandPage) -> None:
    prose = [block.text for block in (*page.text, *page.notes) if not block.verbatim]
    assert [text for text in prose if re.search(r"\S {3,}\S|^https?:", text, re.MULTILINE)] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
@pytest.mark.parametrize("page", PAGES, ids=[one.file for one in PAGES])
def test_man_pages_are_right_troff(page: CommandPage) -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-z", "-Tutf8", "-Kutf8", str(reference.MAN / f"{page.file}.1")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
