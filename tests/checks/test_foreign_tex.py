r"""The rules `command` and `preamble`: foreign TeX, told with its place, and no false alarms."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from bibtools.workflows.check import check_bytes
from tests.command_line import bibtools

EVIL = r"""@preamble{"\immediate\write18{rm -rf x}"}
@string{half = "\inp"}
@article{one,
  title = {A Title},
  note = {first
     \input{/etc/passwd} and \csname x\endcsname},
  annote = half # "ut{b}",
  abstract = {We \Read from a space.},
  url = {javascript:alert(1)},
}
@comment{@misc{hidden, title = {\directlua{x}}}}
@misc{k\input, title = {B}}
"""


def told(text: str, *rules: str) -> list[tuple[int | None, int | None, str, str]]:
    found = check_bytes(text.encode(), "a.bib", None, rules)
    return [(one.line, one.column, one.severity, one.message) for one in found]


def test_every_command_with_its_place() -> None:
    assert told(EVIL, "command") == [
        (1, 1, "error", r'This @preamble has "\immediate", which writes a file.'),
        (1, 1, "error", r'This @preamble has "\write18", which can run a program.'),
        (6, 6, "error", r'The field "note" has "\input", which reads a file.'),
        (6, 30, "warning", r'The field "note" has "\csname", which changes how TeX reads what '
         "follows."),
        (6, 39, "warning", r'The field "note" has "\endcsname", which changes how TeX reads what '
         "follows."),
        (7, 12, "error", r'The field "annote" has "\input", which reads a file.'),
        (9, 9, "warning", 'The address "javascript:alert(1)" in the field "url" runs something '
         "when it is opened."),
        (11, 33, "error", r'The field "title" has "\directlua", which can run a program.'),
        (12, 1, "error", r'The citation key has "\input", which reads a file.'),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param(r'@preamble{"\newcommand{\x}{y}"}', [1], id="definition"),
        pytest.param('\n@preamble{"Written by " # "hand"}', [2], id="words"),
        pytest.param(
            r'@preamble{"\providecommand{\url}[1]{\texttt{\detokenize{#1}}}"}', [], id="ours"
        ),
        pytest.param("@misc{a, title = {b}}", [], id="none"),
    ],
)
def test_foreign_preambles(text: str, lines: list[int]) -> None:
    assert [line for line, *_ in told(text, "preamble")] == lines


def test_a_definition_in_a_preamble_is_no_command_to_fear() -> None:
    assert told(r'@preamble{"\def\x{y}\makeatletter"}', "command") == []


def test_what_we_write_is_ours(tmp_path: Path) -> None:
    page = tmp_path / "a.json"
    page.write_text('[{"key": "a", "type": "book", "title": "On ℝ", "note": "x"}]')
    out = tmp_path / "out.bib"
    assert bibtools("convert", page, "-o", out).code == 0
    assert "@preamble" in out.read_text()
    assert bibtools("check", "--select", "command,preamble", out).stdout == ""


def test_sarif_knows_the_rules(tmp_path: Path) -> None:
    file = tmp_path / "evil.bib"
    file.write_text(EVIL)
    ran = bibtools("check", "--sarif", "--select", "command,preamble", file)
    log = json.loads(ran.stdout)["runs"][0]
    names = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    found = {names[result["ruleIndex"]] for result in log["results"]}
    assert (ran.code, found) == (1, {"command", "preamble"})


def test_no_false_alarms_over_real_files(shared: Path) -> None:
    flagged: dict[str, list[str]] = {}
    with tarfile.open(shared / "bibtex" / "corpus.tar.xz") as corpus:
        for member in corpus:
            data = corpus.extractfile(member)
            if data is None:
                continue
            found = check_bytes(data.read(), None, None, ["command"])
            if found:
                flagged[Path(member.name).name] = [one.message for one in found]
    # Looked at one by one: two preambles read a style file, one abstract has a whole document.
    assert flagged == {
        "0293.bib": [r'This @preamble has "\input", which reads a file.'],
        "0294.bib": [r'This @preamble has "\input", which reads a file.'],
        "0422.bib": [r'The field "abstract" has "\def", which gives commands another meaning.'],
    }
