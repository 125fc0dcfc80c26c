"""`bibtools format` through the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import bibtools

UNTIDY = b'@MISC{b, Title = "\xc3\xa9"}\r\n@misc{a, year=1}\r\n'
TIDY = b"@misc{b,\r\n  title = {\xc3\xa9},\r\n}\r\n\r\n@misc{a,\r\n  year = 1,\r\n}\r\n"


@pytest.fixture(autouse=True)
def _own_journal(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def untidy(tmp_path: Path) -> Path:
    file = tmp_path / "a.bib"
    file.write_bytes(UNTIDY)
    return file


def test_the_result_is_printed(untidy: Path) -> None:
    ran = bibtools("format", untidy)
    assert (ran.code, ran.stdout.encode(), ran.stderr) == (0, TIDY, "")
    assert untidy.read_bytes() == UNTIDY
    assert bibtools("format", "-", stdin=UNTIDY).stdout.encode() == TIDY


def test_options() -> None:
    ran = bibtools(
        "format", "-", "--indent", "tab", "--sort", "key", "--align", "--field-order",
        "year,title", "--no-braces", "--no-trailing-comma", "--keep-case", "--blank-lines", "0",
        "--months", stdin=b'@MISC{b, Title = "x", month={Jan}, Year=2}@misc{A}',
    )  # fmt: skip
    assert ran.stdout == ('@misc{A}\n@MISC{b,\n\tYear  = 2,\n\tTitle = "x",\n\tmonth = jan\n}\n')


def test_check_and_diff(untidy: Path, tmp_path: Path) -> None:
    tidy = tmp_path / "tidy.bib"
    tidy.write_bytes(TIDY)
    ran = bibtools("format", "--check", tidy, untidy)
    assert (ran.code, ran.stdout, ran.stderr) == (1, "", f"{untidy}: is untidy\n")
    assert bibtools("format", "--check", tidy).code == 0
    ran = bibtools("format", "--diff", tidy, untidy)
    assert ran.code == 0
    assert ran.stdout.splitlines()[:3] == [f"--- a/{untidy}", f"+++ b/{untidy}", "@@ -1,2 +1,7 @@"]
    assert untidy.read_bytes() == UNTIDY


def test_in_place(untidy: Path) -> None:
    ran = bibtools("format", "-i", untidy)
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", f"{untidy}: tidied\n")
    assert untidy.read_bytes() == TIDY
    assert bibtools("format", "-i", untidy).stderr == ""
    assert [path.name for path in untidy.parent.iterdir()] == ["a.bib"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-i", "-"], id="standard-input-in-place"),
        pytest.param(["-i", "--check", "a.bib"], id="check-in-place"),
        pytest.param(["a.bib", "b.bib"], id="two-files-as-one"),
        pytest.param(["--indent", "x", "a.bib"], id="indent"),
        pytest.param(["--indent", "99999", "a.bib"], id="indent-too-wide"),
        pytest.param(["--field-order", ",", "a.bib"], id="no-order"),
        pytest.param(["none.bib"], id="no-file"),
    ],
)
def test_refusals(arguments: list[str]) -> None:
    ran = bibtools("format", *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Error: ")
