"""`bibtools dedupe`, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibtools.formats.bibtex import Document
from tests.command_line import bibtools


@pytest.fixture(autouse=True)
def _journal_of_the_test(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BIBTOOLS_STATE", str(tmp_path / "state"))


BIB = """% my thesis

@string{ml = {Machine Learning}}

@article{kept1, author = {Smith, Ann and Jones, Bo}, title = {On {Fog} and Other Weather Things},
  journal = ml, year = 2001, volume = 3, pages = {1--9}}

% about the second
@ARTICLE{ second ,
    author    = "Smith, A. and Jones, B.",
    title     = "On Fog and other weather things",
    journal   = ml,
    year      = 2001,
    month     = jan,
    doi       = {10.1000/fog},
    abstract  = {Fog is wet.},
    keywords  = {fog, rain},
}

@book{other, author = {Else, Who}, title = {Something Quite Different}, year = 1990}
@incollection{part, crossref = {Kept1}, author = {X, Y}, title = {A part}}
"""


def fields(path: Path) -> dict[str, dict[str, str]]:
    return {entry.key: dict(entry.fields) for entry in Document.parse(path.read_bytes()).entries}


def test_it_proposes_and_changes_nothing(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, "utf-8")
    ran = bibtools("dedupe", bib)
    assert (ran.code, bib.read_text("utf-8")) == (0, BIB)
    assert ran.stdout.splitlines() == [
        f"{bib}:5 kept1 is kept (same title, authors and year)",
        f"  {bib}:9 second goes into it",
        "  adds month, doi, abstract, keywords",
        "  differs in author",
    ]
    assert bibtools("dedupe", bib, "--strict").code == 1


def test_merging_loses_no_field_and_no_other_byte(tmp_path: Path) -> None:
    bib, tex, names = tmp_path / "refs.bib", tmp_path / "t.tex", tmp_path / "map.json"
    bib.write_bytes(BIB.replace("\n", "\r\n").encode())
    tex.write_bytes(b"\\citep[see][]{second,other} % \\cite{second}\r\n")
    ran = bibtools("dedupe", bib, "-i", "--tex", tex, "--map", names, "--dialect", "biblatex")
    assert (ran.code, ran.stdout) == (0, "")
    assert json.loads(names.read_bytes()) == {"second": "kept1"}
    assert tex.read_bytes() == b"\\citep[see][]{kept1,other} % \\cite{second}\r\n"
    found = fields(bib)
    assert sorted(found) == ["kept1", "other", "part"]
    assert found["kept1"] == {
        "author": "Smith, Ann and Jones, Bo",
        "title": "On {Fog} and Other Weather Things",
        "journal": "Machine Learning",
        "year": "2001",
        "volume": "3",
        "pages": "1--9",
        "x-author-from-second": "Smith, A. and Jones, B.",
        "month": "January",
        "doi": "10.1000/fog",
        "abstract": "Fog is wet.",
        "keywords": "fog, rain",
        "ids": "second",
    }
    data = bib.read_bytes()
    assert data.startswith(
        b"% my thesis\r\n\r\n@string{ml = {Machine Learning}}\r\n\r\n"
        b"% about the second\r\n@article{kept1"
    )
    assert data.endswith(BIB[BIB.index("@book") :].replace("\n", "\r\n").encode())
    assert b"month = jan" in data
    assert b"\n" not in data.replace(b"\r\n", b"")
    again = bibtools("dedupe", bib)
    assert (again.code, again.stdout) == (0, "")


def test_undo_takes_the_whole_run_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bib, tex = tmp_path / "refs.bib", tmp_path / "t.tex"
    bib.write_text(BIB, "utf-8")
    tex.write_bytes(b"\\cite{second}")
    bibtools("dedupe", bib, "-i", "--tex", tex, "--map", tmp_path / "m.json")
    assert tex.read_bytes() == b"\\cite{kept1}"
    monkeypatch.chdir(tmp_path)
    assert bibtools("undo").code == 0
    assert (bib.read_text("utf-8"), tex.read_bytes()) == (BIB, b"\\cite{second}")
    assert not (tmp_path / "m.json").exists()


def test_bibtex_gets_no_ids(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, "utf-8")
    bibtools("dedupe", bib, "-i", "-q")
    assert "ids" not in fields(bib)["kept1"]


def test_what_others_refer_to_stays_behind_them(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    book = "title = {Proceedings of the Meeting on Fog}, editor = {Smith, Ann}, year = 2001"
    bib.write_text(
        f"@proceedings{{a, {book}, publisher = {{P}}, address = {{Q}}}}\n"
        f"@inproceedings{{x, crossref = {{a}}, title = {{Fog One}}}}\n"
        f"@inproceedings{{y, crossref = {{B}}, title = {{Fog Two}}}}\n"
        f"@proceedings{{b, {book}}}\n",
        "utf-8",
    )
    bibtools("dedupe", bib, "-i", "-q")
    found = fields(bib)
    assert list(found) == ["x", "y", "b"]
    assert (found["x"]["crossref"], found["y"]["crossref"]) == ("b", "b")
    assert found["b"]["publisher"] == "P"


def test_between_files_a_macro_comes_as_its_value(tmp_path: Path) -> None:
    one, two = tmp_path / "one.bib", tmp_path / "two.bib"
    one.write_text("@article{a, title={T}, doi={10.1000/x}, author={A, B}, year=2001}\n", "utf-8")
    two.write_text(
        "@string{jj = {Journal}}\n@article{b, doi={https://doi.org/10.1000/X}, journal = jj}\n",
        "utf-8",
    )
    ran = bibtools("dedupe", one, two, "-i", "--json")
    assert json.loads(ran.stdout)["map"] == {"b": "a"}
    assert fields(one)["a"]["journal"] == "Journal"
    assert two.read_text("utf-8") == "@string{jj = {Journal}}\n"


def test_a_key_of_two_works_is_not_renamed_in_citations(tmp_path: Path) -> None:
    bib, tex = tmp_path / "refs.bib", tmp_path / "t.tex"
    bib.write_text(
        "@misc{k, title={Another Thing}, author={Z, Z}}\n@misc{k, doi={10.1000/x}, note={n}}\n"
        "@misc{m, doi={10.1000/x}, note={n}, url={http://x.org}}\n",
        "utf-8",
    )
    tex.write_bytes(b"\\cite{k}")
    ran = bibtools("dedupe", bib, "-i", "--tex", tex)
    assert '"k" is the key of another work too' in ran.stderr
    assert (tex.read_bytes(), list(fields(bib))) == (b"\\cite{k}", ["k", "m"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["--tex", "x.tex"], "need -i, or --diff", id="tex-without-in-place"),
        pytest.param(["--json", "--diff"], "choose one", id="two-outputs"),
    ],
)
def test_words_that_contradict(tmp_path: Path, words: list[str], message: str) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, "utf-8")
    ran = bibtools("dedupe", bib, *words)
    assert (ran.code, message in ran.stderr) == (2, True)


def test_the_diff_shows_and_changes_nothing(tmp_path: Path) -> None:
    bib = tmp_path / "refs.bib"
    bib.write_text(BIB, "utf-8")
    ran = bibtools("dedupe", bib, "--diff")
    assert "-@ARTICLE{ second ,\n" in ran.stdout
    assert bib.read_text("utf-8") == BIB
