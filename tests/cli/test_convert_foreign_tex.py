r"""Foreign @preamble blocks and commands that could do harm get into a .bib on request only."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.dangerous import dangerous
from tests.command_line import bibtools

EVIL = r"""@string{me = "Me"}
@preamble{"\immediate\write18{x} by " # me}
@article{one, title = {\input{/etc/passwd} Title}, author = {A \write18{x} B}, year = 2020,
  journal = {\INPUT{x}}, note = {\csname input\endcsname}, abstract = {\catcode`\@=11 x},
  odd = {\directlua{y}}, keywords = {^^5cinput}}
"""


def commands(text: str) -> list[str]:
    document = Document.parse(text.encode())
    values = [value for entry in document.entries for value in entry.fields.values()]
    values += [block.value for block in document.preambles]
    return sorted(one.command for value in values for one in dangerous(value))


@pytest.fixture
def evil(tmp_path: Path) -> Path:
    file = tmp_path / "evil.bib"
    file.write_text(EVIL)
    return file


@pytest.mark.parametrize("kind", ["bibtex", "biblatex"])
def test_left_out_and_told(evil: Path, kind: str) -> None:
    ran = bibtools("convert", evil, "--to", kind)
    assert ran.code == 0
    assert commands(ran.stdout) == []
    assert "@preamble" not in ran.stdout
    assert ran.stderr.count("--trust-tex") == 9
    assert f"{evil}:2:1: This @preamble was left out." in ran.stderr
    assert (
        r'The field "title" has "\input", which reads a file. It was written as text.' in ran.stderr
    )


@pytest.mark.parametrize("kind", ["bibtex", "biblatex"])
def test_taken_over_on_request(evil: Path, kind: str) -> None:
    ran = bibtools("convert", evil, "--to", kind, "--trust-tex")
    assert ran.code == 0
    assert ran.stdout.startswith("@preamble{{\\immediate\\write18{x} by Me}}\n\n@article{one,\n")
    assert r"title         = {\input{/etc/passwd} Title}" in ran.stdout
    assert "--trust-tex" not in ran.stderr


@pytest.mark.parametrize("kind", ["bibtex", "biblatex"])
def test_nothing_is_lost_on_the_way(evil: Path, tmp_path: Path, kind: str) -> None:
    once = tmp_path / "once.bib"
    assert bibtools("convert", evil, "--to", kind, "-o", once, "-q").code == 0
    back = bibtools("convert", once, "--to", kind, "--trust-tex", "-q")
    assert r"\input{/etc/passwd} Title" in back.stdout
    assert commands(once.read_text()) == []


def test_other_formats_have_no_tex_to_leave_out(evil: Path) -> None:
    assert "--trust-tex" not in bibtools("convert", evil, "--to", "csl-json").stderr


def test_strict_tells_it(evil: Path) -> None:
    assert bibtools("convert", evil, "--to", "bibtex", "--strict").code == 1


def test_build_takes_none_over(evil: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.bib"
    ran = bibtools("build", evil, "-o", out)
    assert ran.code == 0
    assert commands(out.read_text()) == []


def test_a_file_changed_in_place_keeps_its_bytes(evil: Path, tmp_path: Path) -> None:
    page = tmp_path / "more.json"
    page.write_text('[{"key": "two", "type": "book", "title": "Another One"}]')
    assert bibtools("build", page, "-o", evil).code == 0
    assert evil.read_text().startswith(EVIL)


def test_an_abstract_understood_in_part_stands_there_once(tmp_path: Path) -> None:
    file = tmp_path / "a.bib"
    file.write_text(r"@misc{a, title = {T}, abstract = {\unknown{x} y}}")
    written = bibtools("convert", file, "--to", "bibtex").stdout
    assert written.count("abstract ") == 1
