"""Lines of data in a note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.note_lines import (
    Lines,
    arxiv_line,
    line_of,
    line_of_name,
    name_of_line,
    read_lines,
)
from bibtools.formats.zotero.labels import known_label
from bibtools.model import ArxivId, Name

_ROLES = frozenset({"editor"})


def read(text: str) -> Lines:
    return read_lines(text, lambda label, _: known_label(label), _ROLES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "arXiv:2104.08821 [cs.CL]",
            Lines(arxiv=ArxivId("2104.08821"), classes=("cs.CL",)),
            id="arXiv",
        ),
        pytest.param(
            "arxiv: hep-th/9901001v2",
            Lines(arxiv=ArxivId("hep-th/9901001", 2)),
            id="old arXiv ID with version",
        ),
        pytest.param("arXiv: soon", Lines(text="arXiv: soon"), id="no arXiv ID"),
        pytest.param(
            "tex.code: https://a.b/c\ntex.weird-field_2= x {y}\ntex.code: again",
            Lines(
                tex={"code": "https://a.b/c", "weird-field_2": "x {y}"}, text="tex.code: again"
            ),
            id="fields of a .bib",
        ),
        pytest.param(
            "Original Date: 1976\nARCHIVE_LOCATION: Box 3\nseriesText: s",
            Lines(
                values={"original-date": ["1976"], "archive_location": ["Box 3"],
                        "seriesText": ["s"]}
            ),
            id="spellings of a variable",
        ),
        pytest.param(
            "SeriesText: s\nHolder: me\nCode: x\nGitHub: y\nTitle: z\nnote: k",
            Lines(text="SeriesText: s\nHolder: me\nCode: x\nGitHub: y\nTitle: z\nnote: k"),
            id="the user's own words",
        ),
        pytest.param(
            "{:event-date: 2011-08-29/2011-09-03}",
            Lines(values={"event-date": ["2011-08-29/2011-09-03"]}),
            id="braces",
        ),
        pytest.param(
            "editor: A || B\neditor: C\nvolume: 1\nvolume: 2",
            Lines(values={"editor": ["A || B", "C"], "volume": ["1"]}, text="volume: 2"),
            id="twice",
        ),
        pytest.param(
            'annote: "a\\nb"\nvolume: "x\nissue: "y"',
            Lines(values={"annote": ["a\nb"], "volume": ['"x'], "issue": ["y"]}),
            id="JSON strings",
        ),
        pytest.param("a\n\n b \r\nMR: 1\r", Lines(values={"mrnumber": ["1"]}, text="a\n\n b \r"),
                     id="line ends"),
        pytest.param("volume:\nvolume", Lines(text="volume:\nvolume"), id="no value"),
    ],
)  # fmt: skip
def test_reading(text: str, expected: Lines) -> None:
    assert read(text) == expected


@given(st.text(min_size=1))
def test_every_value_is_read_back(value: str) -> None:
    found = read(line_of("volume", value))
    if value.strip() == value:
        assert found == Lines(values={"volume": [value]})
    else:
        assert found.values.get("volume", [value]) == [value]


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    found = read(text)
    taken = sum(map(len, found.values.values())) + len(found.tex) + (found.arxiv is not None)
    assert found.text.count("\n") + taken >= text.count("\n")


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (Name("Roe", "J"), "Roe || J"),
        (Name("Berg", "Jan", "van der"), "van der Berg || Jan"),
        (Name("King", "M", suffix="Jr."), "King || M, Jr."),
        (Name("Roe"), "Roe ||"),
        (Name(literal="ACME"), "ACME"),
    ],
)
def test_names(name: Name, line: str) -> None:
    assert line_of_name(name) == line
    assert name_of_line(line).display() in (name.display(), "M, Jr. King")


def test_arxiv_line() -> None:
    assert arxiv_line(ArxivId("2104.08821"), ()) == "arXiv: 2104.08821"
    line = arxiv_line(ArxivId("2104.08821", 2), ("cs.CL", "cs.AI"))
    assert read(line) == Lines(arxiv=ArxivId("2104.08821", 2), classes=("cs.CL", "cs.AI"))
