"""`bibtools fields` through the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line import bibtools


def test_fields(tmp_path: Path) -> None:
    first, second = tmp_path / "a.bib", tmp_path / "b.bib"
    first.write_text(
        '@string{j = "Birds"}\n@comment{\n@misc{x, n = j}}\n@ARTICLE{k, journal = j # { II}}\n'
    )
    second.write_bytes("@misc{é, n = {a\u0085b}, m = {c\n   d}}".encode())
    ran = bibtools("fields", first, second)
    assert ran.code == 0
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert rows == [
        {
            "file": str(first),
            "line": 3,
            "type": "misc",
            "key": "x",
            "fields": {"n": "Birds"},
            "inside_comment": True,
        },
        {
            "file": str(first),
            "line": 4,
            "type": "article",
            "key": "k",
            "fields": {"journal": "Birds II"},
        },
        {
            "file": str(second),
            "line": 1,
            "type": "misc",
            "key": "é",
            "fields": {"n": "a\u0085b", "m": "c d"},
        },
    ]


def test_faults_are_shown_with_a_caret(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text("@misc{k, a = {1} b = 2}\n")
    ran = bibtools("fields", file)
    assert ran.code == 0
    assert ran.stderr == (
        f'{file}:1:17: A comma is missing after the value of "a".\n'
        "    @misc{k, a = {1} b = 2}\n"
        "                    ^\n"
    )
    assert bibtools("fields", "--strict", file).code == 1
    assert bibtools("fields", "--quiet", file).stderr == ""
    assert bibtools("fields", "-q", "--strict", file).code == 1


def test_standard_input() -> None:
    ran = bibtools("fields", "-", stdin=b"@misc{k, a = {\xe9}}")
    assert json.loads(ran.stdout)["fields"] == {"a": "é"}
    assert "not UTF-8" in ran.stderr


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    ran = bibtools("fields", tmp_path / "none.bib")
    assert ran.code == 2
    assert "none.bib" in ran.stderr
    assert "Traceback" not in ran.stderr
