"""The reference and the man pages say what the commands and the API are."""

from __future__ import annotations

import shutil
import subprocess

import pytest

import bibtools
from tests import reference
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
