"""`bibtools stats`: what is counted, and how it is drawn."""

from __future__ import annotations

import json
import lzma
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.cli.columns import columns
from bibtools.cli.stats import _Drawer
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
from bibtools.workflows.stats import Counted, count, of_document, of_entry
from tests.command_line import bibtools
from tests.report_pages import usual

MORE = r"""
@inproceedings{a, crossref = {p}, author = {A. Author and B. Bother}, title = {A Very Long Paper}}
@inproceedings{lost, crossref = {elsewhere}, title = {Lost}}
@proceedings{p, title = {Proc}, booktitle = {Proc}, year = 2001}
@article{b, author = {Author, A.}, title = {{A} very: {L}ong paper}, year = {1999}}
@article{c, doi = {10.1000/x}, title = {Other}}
@article{d, doi = {https://doi.org/10.1000/X}, title = {Another}}
"""


def test_the_picture(tmp_path: Path) -> None:
    file = usual(tmp_path)
    ran = bibtools("stats", file)
    assert ran.code == 0
    head, *lines = ran.stdout.splitlines()[:12]
    assert head.endswith("refs.bib: 4 entries")
    assert lines == [
        "  with code 1 (25 %), DOI 1 (25 %), arXiv ID 2 (50 %),",
        "       abstract 1 (25 %)",
        "",
        "Types",
        "  article       1 " + "#" * 42,
        "  book          1 " + "#" * 42,
        "  inproceedings 1 " + "#" * 42,
        "  misc          1 " + "#" * 42,
        "",
        "Years",
        "  1984 to 1985 1 " + "#" * 43,
    ]


def test_as_json(tmp_path: Path) -> None:
    file = tmp_path / "more.bib"
    file.write_text(MORE)
    ran = bibtools("stats", file, "--json", "--top", "1")
    told = json.loads(ran.stdout)
    assert told == {
        "files": [told["all"]],
        "all": {
            "file": str(file),
            "entries": 6,
            "types": {"article": 3, "inproceedings": 2, "proceedings": 1},
            "years": {"1999": 1, "2001": 2},
            "without_year": 3,
            "has": {"code": 0, "doi": 2, "arxiv": 0, "abstract": 0},
            "venues": [{"name": "Proc", "count": 1}],
            "authors": [{"name": "A. Author", "count": 2}],
            "categories": [],
            "missing": [
                {"type": "article", "field": "journal", "count": 3},
                {"type": "article", "field": "author", "count": 2},
                {"type": "article", "field": "year", "count": 2},
            ],
            "suspected_duplicates": [["a", "b"], ["c", "d"]],
        },
    }


def test_several_files_and_their_sum(tmp_path: Path) -> None:
    file = usual(tmp_path)
    more = tmp_path / "more.json"
    more.write_text(bibtools("convert", file, "--to", "csl-json").stdout)
    ran = bibtools("stats", file, more, "-q")
    heads = [line for line in ran.stdout.splitlines() if line.endswith("entries")]
    assert [head.rpartition(": ")[2] for head in heads] == ["4 entries", "4 entries", "8 entries"]
    told = json.loads(bibtools("stats", file, more, "--json").stdout)
    assert [one["entries"] for one in told["files"]] == [4, 4]
    assert told["all"]["entries"] == 8
    assert "file" not in told["all"]


def test_what_is_missing_is_what_check_says(tmp_path: Path) -> None:
    file = tmp_path / "more.bib"
    file.write_text(MORE)
    told = json.loads(bibtools("stats", file, "--json").stdout)["all"]["missing"]
    found = bibtools("check", "--select", "required-field", file).stdout.splitlines()
    assert sum(row["count"] for row in told) == len(found)


@pytest.mark.parametrize("text", ["", "[]"])
def test_nothing_to_count(text: str) -> None:
    ran = bibtools("stats", "-", stdin=text.encode() or b"% empty\n@comment{x}\n")
    assert (ran.code, ran.stdout) == (0, "-: 0 entries\n")


def test_hostile_names_are_shown(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text(json.dumps([{"key": "k\x1b[31m", "type": "book", "title": "T",
                                 "venue": "\x1b]0;x\x07\u202eV\nW" * 9}]))  # fmt: skip
    out = bibtools("stats", file).stdout
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert max(map(len, out.replace(str(file), "").splitlines())) <= 60


rows = st.lists(
    st.builds(
        Counted,
        key=st.text(max_size=80),
        type=st.text(max_size=80),
        venue=st.text(max_size=200),
        authors=st.lists(st.text(max_size=90), max_size=3).map(tuple),
        year=st.none() | st.integers(-999, 9999),
        missing=st.lists(st.text(max_size=40), max_size=2).map(tuple),
        doi=st.sampled_from(["", "10.1/a", "10.1/b"]),
    ),
    max_size=12,
)


@given(rows, st.integers(30, 120), st.booleans())
def test_no_line_is_wider_than_the_screen(some: list[Counted], width: int, blocks: bool) -> None:
    for line in _Drawer(width, blocks).all(count(some, "a.bib"), 10):
        assert columns(line) <= width
        assert "\n" not in line


def test_a_chinese_name_takes_two_columns_a_character() -> None:
    row = Counted("k", "book", authors=("名字很长" * 9, "Ada"))
    lines = _Drawer(60, blocks=False).section("Authors", [(one, 1) for one in row.authors])
    assert [columns(line) for line in lines[2:]] == [60, 60]
    assert lines[2].index(" 1 #") < lines[3].index(" 1 #")


def test_bars_of_blocks() -> None:
    drawer = _Drawer(60, blocks=True)
    assert [drawer.bar(count, 16, 2) for count in (0, 1, 8, 9, 16)] == ["", "▏", "█", "█▏", "██"]
    drawer = _Drawer(60, blocks=False)
    assert [drawer.bar(count, 16, 2) for count in (0, 1, 16)] == ["", "#", "##"]


def test_counted_as_entries_are_read(shared: Path) -> None:
    """The quick reading of fields against entries, over 5,000 real ones."""
    data = lzma.decompress((shared / "bibtex" / "medium.bib.xz").read_bytes())
    entries, _ = read_entries(Document.parse(data))
    quick = list(of_document(Document.parse(data)))
    whole = [
        replace(of_entry(entry), type=one.type, missing=one.missing)
        for entry, one in zip(entries, quick, strict=True)
    ]
    differ = {
        one.name: sum(getattr(a, one.name) != getattr(b, one.name)
                      for a, b in zip(quick, whole, strict=True))
        for one in fields(Counted)
    }  # fmt: skip
    assert {name: number for name, number in differ.items() if number > 2} == {}
