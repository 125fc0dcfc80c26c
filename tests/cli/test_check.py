"""`bibtools check` through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibtools.checks import RULES
from tests.command_line import bibtools

BAD = "@misc{k, note = {A & B},\n doi = {doi:10.1000/x}, year = 19}\n"
FIXED = "@misc{k, note = {A \\& B},\n doi = {10.1000/x}, year = 19}\n"


@pytest.fixture(autouse=True)
def _own_journal(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path_factory.mktemp("state")))


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    file = tmp_path / "a.bib"
    file.write_text(BAD)
    return file


def test_findings_are_lines_on_stdout(bad: Path) -> None:
    ran = bibtools("check", bad)
    assert (ran.code, ran.stderr) == (1, "")
    assert ran.stdout.splitlines() == [
        f'{bad}:1:20: error special: "&" in "note" has no backslash before it: '
        "LaTeX takes it for the end of a column.",
        '  Hint: Write "\\&".',
        f'{bad}:2:8: warning doi: The field "doi" holds more than the DOI: "doi:10.1000/x".',
        '  Hint: Write "10.1000/x"; styles put the address before it.',
        f'{bad}:2:32: warning date: "19" is no year.',
        "  Hint: Write four digits.",
    ]
    assert bad.read_text() == BAD


def test_exit_codes(bad: Path, tmp_path: Path) -> None:
    assert bibtools("check", "--ignore", "special,doi,date", bad).code == 0
    assert bibtools("check", "--select", "isbn", bad).code == 0
    missing = bibtools("check", bad, tmp_path / "none.bib")
    assert missing.code == 2
    assert "none.bib" in missing.stderr
    assert "a.bib:1:20" in missing.stdout
    unknown = bibtools("check", "--select", "dio", bad)
    assert unknown.code == 2
    assert 'There is no rule "dio".' in unknown.stderr


def test_fixes_are_printed(bad: Path) -> None:
    ran = bibtools("check", "--fix", bad)
    assert (ran.code, ran.stdout, bad.read_text()) == (1, FIXED, BAD)
    assert ran.stderr.startswith(f"{bad}:2:28: warning date")
    assert bibtools("check", "--fix", "--ignore", "date", bad).code == 0
    diff = bibtools("check", "--fix", "--diff", bad).stdout.splitlines()
    assert diff[2:] == [
        "@@ -1,2 +1,2 @@",
        *(f"-{line}" for line in BAD.splitlines()),
        *(f"+{line}" for line in FIXED.splitlines()),
    ]


def test_only_in_place_changes_the_file(bad: Path) -> None:
    ran = bibtools("check", "--fix", "-i", "--ignore", "date", bad)
    assert (ran.code, ran.stdout, ran.stderr) == (0, "", f"{bad}: 2 fixes made\n")
    assert bad.read_text() == FIXED
    assert [path.name for path in bad.parent.iterdir()] == ["a.bib"]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["-i", "a.bib"], id="in-place-without-fix"),
        pytest.param(["--diff", "a.bib"], id="diff-without-fix"),
        pytest.param(["--fix", "-i", "-"], id="standard-input-in-place"),
        pytest.param(["--fix", "a.bib", "b.bib"], id="two-files-as-one"),
        pytest.param(["--json", "--sarif", "a.bib"], id="two-formats"),
    ],
)
def test_contradictions(arguments: list[str]) -> None:
    ran = bibtools("check", *arguments)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.startswith("Error: ")


def test_json_lines(bad: Path) -> None:
    rows = [json.loads(line) for line in bibtools("check", "--json", bad).stdout.splitlines()]
    assert [row["rule"] for row in rows] == ["special", "doi", "date"]
    assert rows[0] == {
        "file": str(bad),
        "line": 1,
        "column": 20,
        "rule": "special",
        "severity": "error",
        "message": '"&" in "note" has no backslash before it: '
        "LaTeX takes it for the end of a column.",
        "hint": 'Write "\\&".',
        "fix": {"message": 'write "\\&"', "edits": [{"start": 19, "end": 20, "new": "\\&"}]},
    }


def test_sarif(bad: Path) -> None:
    log = json.loads(bibtools("check", "--sarif", bad).stdout)
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(RULES)
    first = run["results"][0]
    assert first["ruleId"] == list(RULES)[first["ruleIndex"]] == "special"
    assert first["level"] == "error"
    assert first["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 1,
        "startColumn": 20,
    }
    change = first["fixes"][0]["artifactChanges"][0]["replacements"]
    assert change == [
        {
            "deletedRegion": {"byteOffset": 19, "byteLength": 1},
            "insertedContent": {"text": "\\&"},
        }
    ]


def test_a_clean_file_says_nothing(tmp_path: Path) -> None:
    assert bibtools("check", "-", stdin=b"@misc{k, title = {Birds}}").stdout == ""
    log = json.loads(bibtools("check", "--sarif", "-", stdin=b"").stdout)
    assert log["runs"][0]["results"] == []


def test_the_file_commands_no_terminal() -> None:
    data = "@misc{k, doi = {\x1b[31mred\u202e}, pages = {a\x07}}".encode()
    ran = bibtools("check", "-", stdin=data)
    assert ran.code == 1
    assert "\x1b" not in ran.stdout
    assert "\u202e" not in ran.stdout


def test_dialect(tmp_path: Path) -> None:
    data = b"@article{k, author={A}, title={T}, journaltitle={J}, date={2020}}"
    assert bibtools("check", "-", stdin=data).code == 0
    assert bibtools("check", "--dialect", "bibtex", "-", stdin=data).code == 1
