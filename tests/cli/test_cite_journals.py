"""`bibtools cite --journals`: names of journals in what is copied, in one style."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.formats.bibtex.document import Document
from tests.command_line import bibtools

LIBRARY = r"""@string{tac = "Transactions of the Association for Computational Linguistics"}
@article{a, title = {One}, journal = {Journal of Machine Learning Research}, year = 2020}
@article{b, title = {Two}, journal = {JMLR}, year = 2021}
@article{c, title = {Three}, journal = tac, year = 2021}
@article{d, title = {Four}, journal = {A Rare One}, year = 2021}
"""
MINE = "@article{mine, title = {Mine}, journal = {JMLR}, year = 1999}\n"
JMLR = "Journal of Machine Learning Research"
TAC = '@string{tac = "Transactions of the Association for Computational Linguistics"}'


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "library.bib").write_text(LIBRARY)
    (tmp_path / "main.tex").write_text(r"\cite{mine,a,b,c,d}")
    (tmp_path / "refs.bib").write_text(MINE)
    return tmp_path


def cite(*more: str) -> int:
    line = ("cite", "main.tex", "--from", "library.bib", "-o", "refs.bib", "--offline", *more)
    return bibtools(*line).code


def lines(paper: Path) -> list[str]:
    text = (paper / "refs.bib").read_text()
    return [line for line in text.splitlines() if line.strip()]


def test_in_full(paper: Path) -> None:
    assert cite("--journals", "full") == 0
    assert lines(paper) == [
        MINE.strip(),
        TAC,
        f"@article{{a, title = {{One}}, journal = {{{JMLR}}}, year = 2020}}",
        f"@article{{b, title = {{Two}}, journal = {{{JMLR}}}, year = 2021}}",
        "@article{c, title = {Three}, journal = tac, year = 2021}",
        "@article{d, title = {Four}, journal = {A Rare One}, year = 2021}",
    ]


def test_as_macros_that_are_defined_once(paper: Path) -> None:
    assert cite("--journals", "strings") == 0
    assert lines(paper) == [
        MINE.strip(),
        TAC,
        f"@string{{jmlr = {{{JMLR}}}}}",
        "@article{a, title = {One}, journal = jmlr, year = 2020}",
        "@article{b, title = {Two}, journal = jmlr, year = 2021}",
        "@article{c, title = {Three}, journal = tac, year = 2021}",
        "@article{d, title = {Four}, journal = {A Rare One}, year = 2021}",
    ]


@pytest.mark.parametrize("style", ["full", "strings"])
def test_run_twice_nothing_changes_and_without_it_the_names_come_back(
    paper: Path, style: str
) -> None:
    cite("--journals", style)
    once = (paper / "refs.bib").read_bytes()
    assert cite("--journals", style) == 0
    assert (paper / "refs.bib").read_bytes() == once
    assert cite("--journals", style, "--check") == 0
    assert cite() == 0
    text = (paper / "refs.bib").read_text()
    assert all(line in text for line in LIBRARY.splitlines())


def test_a_macro_of_the_file_is_used(paper: Path) -> None:
    (paper / "refs.bib").write_text(f"@string{{own = {{{JMLR}}}}}\n{MINE}")
    assert cite("--journals", "strings") == 0
    found = lines(paper)
    assert found[:5] == [
        f"@string{{own = {{{JMLR}}}}}",
        MINE.strip(),
        TAC,
        "@article{a, title = {One}, journal = own, year = 2020}",
        "@article{b, title = {Two}, journal = own, year = 2021}",
    ]


def test_abbreviated(paper: Path) -> None:
    pytest.importorskip("pyiso4", reason="the extra `journals` is not installed")
    assert cite("--journals", "iso4") == 0
    found = lines(paper)
    assert found[1] == "@article{a, title = {One}, journal = {J. Mach. Learn. Res.}, year = 2020}"
    assert "Rare One" in found[-1]


@pytest.mark.parametrize("style", ["full", "strings", "iso4"])
def test_a_macro_that_means_something_else_is_spelt_out_in_every_style(
    paper: Path, style: str
) -> None:
    if style == "iso4":
        pytest.importorskip("pyiso4", reason="the extra `journals` is not installed")
    (paper / "refs.bib").write_text(f'@string{{tac = "Mine"}}\n{MINE}')
    ran = bibtools(
        "cite", "main.tex", "--from", "library.bib", "-o", "refs.bib", "--offline",
        "--journals", style,
    )  # fmt: skip
    assert ran.code == 0
    document = Document.parse((paper / "refs.bib").read_bytes())
    (entry,) = [one for one in document.entries if one.key == "c"]
    assert entry.fields["journal"].startswith("Trans")
    assert '"c" uses the macro "tac", which means something else' in ran.stderr
    assert cite("--journals", style, "--check") == 0
