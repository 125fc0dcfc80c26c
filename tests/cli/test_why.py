"""`bibtools why`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibtools.formats.provenance import Provenance, write_provenance
from tests.command_line import bibtools

_BIB = "@article{a2020, title = {A}, doi = {10.1234/a}}\n@misc{b, title = {B}}\n"
_ROW = Provenance("a2020", "doi", "10.1234/a", "Crossref", "", "2026-11-21", "titles agree")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "refs.bib").write_text(_BIB)
    (tmp_path / "refs.bib.provenance.jsonl").write_text(write_provenance([_ROW]))
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_the_entry_is_found_in_this_folder() -> None:
    ran = bibtools("why", "a2020")
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout == (
        "doi = 10.1234/a\n"
        "  from Crossref, asked on 2026-11-21: titles agree.\n"
        "title was there already, or written by hand.\n"
    )


@pytest.mark.usefixtures("folder")
def test_one_field_as_json() -> None:
    ran = bibtools("why", "a2020", "DOI", "--json")
    assert json.loads(ran.stdout) == {
        "file": "refs.bib",
        "key": "a2020",
        "known": [
            {
                "key": "a2020",
                "field": "doi",
                "value": "10.1234/a",
                "source": "Crossref",
                "question": "",
                "asked": "2026-11-21",
                "rule": "titles agree",
                "now": "10.1234/a",
            }
        ],
        "own": [],
    }


def test_a_file_with_evidence_goes_before_one_without(folder: Path) -> None:
    (folder / "copy.bib").write_text(_BIB)
    assert bibtools("why", "a2020").code == 0
    ran = bibtools("why", "b")
    assert ran.code == 0
    assert "title was there already" in ran.stdout


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["c"], 'No .bib file in this folder has an entry "c".', id="no entry"),
        pytest.param(["A2020", "--in", "refs.bib"], "There is one called a2020.", id="case"),
        pytest.param(["a2020", "year"], 'has no field "year"', id="no field"),
        pytest.param(["a2020", "--in", "no.bib"], "no.bib", id="no file"),
    ],
)
def test_what_is_not_there_is_told(arguments: list[str], message: str) -> None:
    ran = bibtools("why", *arguments)
    assert ran.code == 2
    assert message in ran.stderr


def test_two_files_without_evidence_are_asked_about(folder: Path) -> None:
    (folder / "copy.bib").write_text(_BIB)
    (folder / "refs.bib.provenance.jsonl").unlink()
    ran = bibtools("why", "a2020")
    assert ran.code == 2
    assert '"a2020" stands in copy.bib, refs.bib.' in ran.stderr
