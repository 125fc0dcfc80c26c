"""`bibtools convert`: every format into every other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bibtools.cli.options import CONVERT_KINDS
from bibtools.workflows.reading import kind_of, read
from tests.command_line import bibtools

BIB = """@article{roe2020,
  author = {Roe, Jané and van der Poe, Edgar},
  title = {A {TidyNet} Study},
  journal = {J. of Nets},
  year = {2020}, month = mar, volume = {3}, pages = {1--4},
  doi = {10.1234/tidy}, owner = {me},
  code = {https://github.com/roe/tidy},
}
"""
SUFFIX = {
    "bibtex": ".bib",
    "biblatex": ".bib",
    "csl-json": ".json",
    "json": ".json",
    "ris": ".ris",
    "zotero": ".json",
}


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    path = tmp_path / "in.bib"
    path.write_text(BIB, "utf-8")
    return path


@pytest.mark.parametrize("kind", CONVERT_KINDS)
def test_there_and_back(bib: Path, tmp_path: Path, kind: str) -> None:
    """The kind of the file between is found by its content."""
    between = tmp_path / f"between{SUFFIX[kind]}"
    done = bibtools("convert", bib, "--to", kind, "-o", between, "-q")
    assert (done.code, done.stdout, done.stderr) == (0, "", "")
    expected = read(BIB.encode(), "in.bib").entries[0]
    found = json.loads(bibtools("convert", between, "--to", "json").stdout)
    assert len(found) == 1
    [entry] = found
    assert entry["key"] == "roe2020"
    assert entry["title"] == expected.title
    assert [one["family"] for one in entry["authors"]] == ["Roe", "Poe"]
    assert entry["date"] == "2020-03"
    assert entry["venue"] == "J. of Nets"
    assert entry["ids"]["doi"] == "10.1234/tidy"
    assert entry["fields"]["volume"] == "3"
    assert entry["fields"]["page"] == "1-4"
    assert entry["extra"]["owner"] == "me"
    assert [link["url"] for link in entry["code"]] == ["https://github.com/roe/tidy"]


@pytest.mark.parametrize("to", CONVERT_KINDS)
@pytest.mark.parametrize("suffix", [".bib", ".json", ".ris"])
def test_an_empty_file_gives_an_empty_one(tmp_path: Path, suffix: str, to: str) -> None:
    path = tmp_path / f"empty{suffix}"
    path.write_bytes(b"")
    done = bibtools("convert", path, "--to", to)
    is_json = to in ("csl-json", "json", "zotero")
    assert (done.code, done.stdout) == (0, "[]\n" if is_json else "")


@pytest.mark.parametrize("kind", ["bibtex", "biblatex", "csl-json", "json", "ris", "zotero"])
def test_empty_standard_input(kind: str) -> None:
    done = bibtools("convert", "-", "--from", kind, "--to", "zotero", stdin=b"")
    assert (done.code, done.stdout) == (0, "[]\n")


def test_the_suffix_tells_the_format(bib: Path, tmp_path: Path) -> None:
    for name, start in (("o.ris", "TY  - JOUR"), ("o.json", '[\n  {\n    "id"')):
        assert bibtools("convert", bib, "-o", tmp_path / name).code == 0
        assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_zotero_items_and_their_children(tmp_path: Path) -> None:
    path = tmp_path / "z.json"
    rows = [
        {"key": "ABCD2345", "version": 3, "data": {"itemType": "book", "title": "T"}},
        {"data": {"itemType": "note", "note": "x"}},
    ]
    path.write_text(json.dumps(rows), "utf-8")
    done = bibtools("convert", path, "--to", "zotero")
    assert json.loads(done.stdout) == [
        {"itemType": "book", "title": "T", "key": "ABCD2345", "version": 3}
    ]
    assert "1 attachments, notes or annotations are no entries" in done.stderr
    assert bibtools("convert", path, "--to", "zotero", "--strict").code == 1


def test_ris_is_no_format_to_add_to(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("x", "utf-8")
    done = bibtools("build", page, "-o", tmp_path / "refs.ris")
    assert done.code == 2
    assert "ris is no format that entries can be added to" in done.stderr
    assert "bibtools convert" in done.stderr


@pytest.mark.parametrize(
    ("data", "file", "kind"),
    [
        pytest.param(b"TY  - JOUR\nER  - \n", "x.txt", "ris", id="RIS by content"),
        pytest.param(b"\xef\xbb\xbf\r\nTY  - JOUR\r\n", "-", "ris", id="RIS with a mark"),
        pytest.param(b"", "x.ris", "ris", id="RIS by name"),
        pytest.param(b'[{"itemType": "book"}]', "x.txt", "zotero", id="item"),
        pytest.param(b'{"data": {"itemType": "book"}}', "x.json", "zotero", id="one wrapped item"),
        pytest.param(b'[{"id": "a", "type": "book"}]', "x.json", "csl-json", id="CSL-JSON"),
        pytest.param(b'[{"key": "a", "type": "book"}]', "x.json", "json", id="entry JSON"),
        pytest.param(b"@book{a,}", "-", "bibtex", id=".bib by content"),
        pytest.param(b"TY is a word\n", "x.txt", None, id="a page"),
    ],
)
def test_kinds(data: bytes, file: str, kind: str | None) -> None:
    assert kind_of(data, file) == kind
