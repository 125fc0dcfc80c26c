"""`bibtools cite` for documents that read another .bib beside the output."""

from __future__ import annotations

from pathlib import Path

import pytest

from bibtools.formats.bibtex.document import Document
from tests.command_line import Ran, bibtools


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("BIBTOOLS_INDEX", raising=False)
    place = tmp_path / "paper"
    place.mkdir()
    monkeypatch.chdir(place)
    Path("library.bib").write_text("@misc{elm, title={E}}\n@misc{oak, title={O}}\n")
    Path("more.bib").write_text("@misc{oak, title={Mine}}\n@misc{yew, title={Y}}\n")


def cite(*arguments: str) -> Ran:
    arguments = arguments or ("--from", "library.bib")
    return bibtools("cite", "main.tex", "-o", "refs.bib", "--offline", *arguments)


def keys() -> list[str]:
    return [entry.key for entry in Document.parse(Path("refs.bib").read_bytes()).entries]


def test_what_stands_beside_is_neither_copied_nor_missing() -> None:
    Path("main.tex").write_text("\\cite{elm,oak,yew}\\bibliography{refs,more}")
    ran = cite()
    assert (ran.code, ran.stderr) == (0, "refs.bib: 3 entries cited: 1 added\n")
    assert keys() == ["elm"]


def test_a_second_run_changes_nothing_and_what_came_beside_goes() -> None:
    Path("main.tex").write_text("\\cite{elm,oak}\\bibliography{refs}")
    cite()
    assert keys() == ["elm", "oak"]
    Path("main.tex").write_text("\\cite{elm,oak}\\bibliography{refs,more}")
    assert cite().stderr == "refs.bib: 2 entries cited: 1 removed\n"
    assert keys() == ["elm"]
    assert cite().stderr == "refs.bib: 2 entries cited: nothing changed\n"


def test_an_entry_of_the_users_stays_though_it_stands_beside_as_well() -> None:
    Path("refs.bib").write_text("@misc{oak, title={Own}}\n")
    Path("main.tex").write_text("\\cite{oak}\\bibliography{refs,more}")
    cite("--from", "library.bib", "--prune")
    assert Path("refs.bib").read_text() == "@misc{oak, title={Own}}\n"


def test_a_section_with_a_bibliography_of_its_own() -> None:
    Path("main.tex").write_text(
        "\\usepackage{biblatex}\\addbibresource{refs.bib}\n\\cite{oak}"
        "\\begin{refsection}[more.bib]\\cite{yew}\\end{refsection}\n"
    )
    ran = cite()
    assert (ran.code, keys()) == (0, ["oak"])
    assert '"title"' not in ran.stderr


def test_what_a_section_alone_reads_is_copied_for_the_others() -> None:
    Path("main.tex").write_text(
        "\\usepackage{biblatex}\\addbibresource{refs.bib}\n\\cite{oak}"
        "\\begin{refsection}[more.bib]\\cite{oak}\\end{refsection}\n"
    )
    assert (cite().code, keys()) == (0, ["oak"])


def test_a_source_that_the_document_reads_as_well_is_told() -> None:
    Path("main.tex").write_text("\\cite{oak}\\bibliography{refs,more}")
    ran = cite("--from", "more.bib")
    assert (ran.code, keys()) == (0, ["oak"])
    assert 'The document reads "more.bib" as well as "refs.bib"' in ran.stderr


def test_one_of_two_documents_reads_no_other_file() -> None:
    Path("main.tex").write_text("\\cite{oak}\\bibliography{refs,more}")
    Path("talk.tex").write_text("\\cite{elm}\\bibliography{refs}")
    cite("talk.tex", "--from", "library.bib")
    assert keys() == ["elm", "oak"]
