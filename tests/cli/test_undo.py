"""`bibtools undo`, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import bibtools

BIB = b"@article{x,\r\n  author = {Gao, T.}, title={SimCSE}, year=2021}\r\n"


@pytest.fixture(autouse=True)
def bib(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))
    path = tmp_path / "work" / "refs.bib"
    path.parent.mkdir()
    path.write_bytes(BIB)
    monkeypatch.chdir(path.parent)
    return path


def test_back_forward_and_the_list(bib: Path) -> None:
    bibtools("keys", bib, "-i")
    renamed = bib.read_bytes()
    assert renamed == BIB.replace(b"{x,", b"{gao2021simcse,")
    ran = bibtools("undo", bib)
    assert (ran.code, bib.read_bytes()) == (0, BIB)
    assert f"{bib}: as it was before bibtools keys (" in ran.stderr
    row = json.loads(bibtools("undo", "--list", "--json").stdout)
    assert (row["file"], row["command"], row["undone"]) == (str(bib), "keys", True)
    assert bibtools("undo", "--redo").code == 0
    assert bib.read_bytes() == renamed
    assert bibtools("undo", "--list").stdout.split()[2:] == ["done", "keys", str(bib)]


def test_nothing_to_undo(bib: Path) -> None:
    ran = bibtools("undo", bib)
    assert (ran.code, ran.stderr.splitlines()[0]) == (
        2,
        f'Error: There is nothing to undo for "{bib}".',
    )
    assert (bibtools("undo").code, bibtools("undo").stderr) == (0, "There is nothing to undo.\n")


def test_only_what_lies_here(bib: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bibtools("keys", bib, "-i")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert bibtools("undo").stderr == "There is nothing to undo.\n"


def test_one_edited_file_keeps_the_whole_run(bib: Path) -> None:
    tex = bib.with_name("t.tex")
    tex.write_bytes(b"\\cite{x}")
    bibtools("keys", bib, "-i", "--tex", tex)
    tex.write_bytes(tex.read_bytes() + b" more")
    ran = bibtools("undo")
    assert ran.code == 2
    assert "was changed by something else since" in ran.stderr
    assert bib.read_bytes() == BIB.replace(b"{x,", b"{gao2021simcse,")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["--json"], id="json-without-list"),
        pytest.param(["--list", "--redo"], id="list-and-redo"),
    ],
)
def test_words_that_contradict(words: list[str]) -> None:
    assert bibtools("undo", *words).code == 2


DOCUMENT = b"\\cite{x}"


@pytest.mark.parametrize("named", [True, False], ids=["file-named", "folder"])
def test_marks_of_cite_go_with_the_file(bib: Path, named: bool) -> None:
    bib.with_name("t.tex").write_bytes(DOCUMENT)
    before = sorted(one.name for one in bib.parent.iterdir())
    bibtools("cite", "t.tex", "--from", bib, "-o", "out.bib")
    written = {one: one.read_bytes() for one in bib.parent.glob("out.bib*")}
    assert sorted(one.name for one in written) == ["out.bib", "out.bib.bibtools.json"]
    assert bibtools("undo", *(["out.bib"] if named else [])).code == 0
    assert sorted(one.name for one in bib.parent.iterdir()) == before
    assert bibtools("undo", "--redo", *(["out.bib"] if named else [])).code == 0
    assert {one: one.read_bytes() for one in bib.parent.glob("out.bib*")} == written


def test_marks_that_were_deleted_keep_nothing_from_being_undone(bib: Path) -> None:
    bib.with_name("t.tex").write_bytes(DOCUMENT)
    bibtools("cite", "t.tex", "--from", bib, "-o", "out.bib")
    bib.with_name("out.bib.bibtools.json").unlink()
    assert bibtools("undo", "out.bib").code == 0
    assert list(bib.parent.glob("out.bib*")) == []
