"""The paper of examples/paper is made from nothing by latexmk, with BibTeX and with biber."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import bibtools
from tests.conftest import ROOT

PAPER = ROOT / "examples" / "paper"
FACTS = ROOT / "examples"
INDEX = ("--arxiv", FACTS / "arxiv.jsonl", "--code", FACTS / "code_links.jsonl")


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder, with an index, where `bibtools` is a program that asks nobody."""
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "paper"
    shutil.copytree(PAPER, folder)
    assert bibtools("index", "build", *INDEX, "--index", folder / "arxiv.sqlite").code == 0
    program = tmp_path / "bin" / "bibtools"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m bibtools "$@" --offline\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return folder


def latexmk(folder: Path, *words: str) -> str:
    ran = subprocess.run(
        ["latexmk", "-interaction=nonstopmode", "-halt-on-error", *words],
        cwd=folder, capture_output=True, text=True, errors="replace", timeout=180,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout + ran.stderr


def text_of(folder: Path, document: str) -> str:
    """The text of the PDF; lines are broken within addresses."""
    name = Path(document).with_suffix(".pdf").name
    ran = subprocess.run(
        ["pdftotext", name, "-"], cwd=folder, capture_output=True, timeout=60, check=True
    )
    return re.sub(r"\s+", "", ran.stdout.decode("utf-8"))


@pytest.mark.parametrize(
    ("document", "program", "refs", "arxiv"),
    [
        pytest.param("main.tex", "bibtex", "refs.bib", "arXiv:2104.08821[cs.CL]", id="bibtex"),
        pytest.param(
            "main-biblatex.tex", "biber", "refs-biblatex.bib", "arXiv:2104.08821[cs.CL]", id="biber"
        ),
    ],
)
def test_latexmk_makes_it_from_nothing(
    paper: Path, document: str, program: str, refs: str, arxiv: str
) -> None:
    needed = ("latexmk", "pdflatex", program, "pdftotext")
    missing = [name for name in needed if shutil.which(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    said = latexmk(paper, document)
    assert f"{refs}: 8 entries cited: 8 added" in said
    stem = paper / Path(document).stem
    log = stem.with_suffix(".log").read_text("utf-8", "replace")
    assert not re.search(r"undefined|Warning", log)
    blg = stem.with_suffix(".blg").read_text("utf-8", "replace")
    assert not re.search(r"Warning--|WARN|ERROR|error message", blg)
    text = text_of(paper, document)
    for expected in (
        "KurtGödel", "Überformal", "Sätze", "PaulErdősandAlfrédRényi", "KyunghyunCho",
        arxiv, "Code:https://github.com/princeton-nlp/SimCSE",
        "https://github.com/HazyResearch/flash-attention", "AlessandroMoschitti",
    ):  # fmt: skip
        assert expected in text
    assert "Turing" not in text
    assert "Nothing to do" in latexmk(paper, document)

    with (paper / "chapters" / "attention.tex").open("a") as chapter:
        chapter.write("Machines do all that~\\cite{turing1936}.\n")
    before = (paper / refs).read_bytes()
    assert f"{refs}: 9 entries cited: 1 added" in latexmk(paper, document)
    assert "AlanM.Turing" in text_of(paper, document)
    after = (paper / refs).read_bytes()
    lines = after.splitlines()
    assert [line for line in before.splitlines() if line not in lines] == []


@pytest.mark.parametrize(
    ("document", "program", "refs"),
    [
        pytest.param("main.tex", "bibtex", "refs.bib", id="bibtex"),
        pytest.param("main-biblatex.tex", "biber", "refs-biblatex.bib", id="biber"),
    ],
)
def test_latexmk_makes_it_in_another_folder(
    paper: Path, document: str, program: str, refs: str
) -> None:
    if missing := [n for n in ("latexmk", "pdflatex", program) if shutil.which(n) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    said = latexmk(paper, "-outdir=build", document)
    assert f"\n{refs}: 8 entries cited: " in said
    made = paper / "build" / document
    assert not re.search(
        r"undefined|Warning", made.with_suffix(".log").read_text("utf-8", "replace")
    )
    assert made.with_suffix(".pdf").exists()
    assert (paper / refs).exists()
    assert not (paper / "build" / refs).exists()
    assert "Nothing to do" in latexmk(paper, "-outdir=build", document)


def test_without_bibtools_the_paper_is_made_of_what_is_there(
    paper: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing := [n for n in ("latexmk", "pdflatex", "bibtex") if shutil.which(n) is None]:
        pytest.skip(f"not installed: {', '.join(missing)}")
    monkeypatch.chdir(paper)
    document = ("main.tex", "--from", "library.bib", "--index", "arxiv.sqlite", "--offline")
    assert bibtools("cite", *document, "-o", "refs.bib").code == 0
    folders = os.environ["PATH"].split(os.pathsep)
    monkeypatch.setenv(
        "PATH", os.pathsep.join(one for one in folders if not (Path(one) / "bibtools").exists())
    )
    assert "refs.bib stays as it is" in latexmk(paper, "main.tex")


def test_the_readme_shows_what_works(paper: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(paper)
    lines = re.findall(r"^\$ bibtools (cite .*)$", (PAPER / "README.md").read_text(), re.MULTILINE)
    assert len(lines) == 1
    ran = bibtools(*lines[0].split(), "--offline")
    assert ran.code == 0
    assert "+affordable~\\cite{dao2022flashattention}" in ran.stdout
    assert not (paper / "refs.bib").exists()
