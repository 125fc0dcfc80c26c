from __future__ import annotations

import json

import pytest

from bibtools.formats.arxiv_snapshot import (
    ArxivRecord,
    UnreadableRecordError,
    read_date,
    read_record,
    record_of,
)
from bibtools.model import ArxivId, PartialDate

FULL = {
    "id": "0704.0001",
    "submitter": "B. Roux",
    "authors": "B. Roux, Wu Li (Bonn)",
    "title": "Swaying of\n  bridges",
    "comments": "37 pages; code at https://github.com/roux/sway",
    "journal-ref": "J. Sway 1 (2008)",
    "doi": "10.1000/182",
    "report-no": None,
    "categories": "physics.soc-ph nlin.AO",
    "license": None,
    "abstract": "  Bridges sway.\n  Crowds march.\n",
    "versions": [
        {"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"},
        {"version": "v2", "created": "Tue, 24 Jul 2007 20:10:27 GMT"},
    ],
    "update_date": "2008-11-26",
    "authors_parsed": [["Roux", "B.", ""], ["Li", "Wu", "", "Bonn"]],
}


def test_a_full_record() -> None:
    assert record_of(FULL) == ArxivRecord(
        ArxivId("0704.0001"),
        "Swaying of bridges",
        ("Roux, B.", "Li, Wu"),
        "Bridges sway. Crowds march.",
        PartialDate(2007, 4, 2),
        ("physics.soc-ph", "nlin.AO"),
        "10.1000/182",
        "37 pages; code at https://github.com/roux/sway",
    )


def test_a_bare_record() -> None:
    assert read_record(b'{"id": "2104.08821v2", "title": "SimCSE"}') == ArxivRecord(
        ArxivId("2104.08821"), "SimCSE"
    )


@pytest.mark.parametrize(
    ("changes", "authors"),
    [
        pytest.param({"authors_parsed": []}, ("B. Roux", "Wu Li"), id="not-parsed"),
        pytest.param({"authors_parsed": None}, ("B. Roux", "Wu Li"), id="null"),
        pytest.param({"authors_parsed": "x"}, ("B. Roux", "Wu Li"), id="no-list"),
        pytest.param({"authors_parsed": [[]]}, ("B. Roux", "Wu Li"), id="empty-name"),
        pytest.param({"authors_parsed": [["Ray", "Sam", "Jr."]]}, ("Ray, Jr., Sam",), id="suffix"),
        pytest.param({"authors_parsed": [["Atlas", "", ""]]}, ("Atlas",), id="one-name"),
        pytest.param({"authors_parsed": [["Li, A", "W", ""]]}, ("Li  A, W",), id="comma"),
        pytest.param(
            {"authors_parsed": None, "authors": ["B. Roux", "Wu Li"]}, ("B. Roux", "Wu Li"),
            id="a-list",
        ),
        pytest.param({"authors_parsed": None, "authors": None}, (), id="nobody"),
    ],
)  # fmt: skip
def test_authors(changes: dict[str, object], authors: tuple[str, ...]) -> None:
    assert record_of(FULL | changes).authors == authors


@pytest.mark.parametrize(
    ("text", "date"),
    [
        pytest.param("Mon, 2 Apr 2007 19:18:42 GMT", PartialDate(2007, 4, 2), id="rfc-822"),
        pytest.param("2 Apr 2007 19:18:42 GMT", PartialDate(2007, 4, 2), id="no-weekday"),
        pytest.param("2007-04-02", PartialDate(2007, 4, 2), id="iso"),
        pytest.param("2007-04-02T19:18:42Z", PartialDate(2007, 4, 2), id="iso-time"),
        pytest.param("Mon, 32 Apr 2007 19:18:42 GMT", None, id="no-such-day"),
        pytest.param("Mon, 2 Foo 2007", None, id="no-such-month"),
        pytest.param("yesterday", None, id="prose"),
        pytest.param(None, None, id="null"),
        pytest.param(20070402, None, id="number"),
    ],
)
def test_dates(text: object, date: PartialDate | None) -> None:
    assert read_date(text) == date


@pytest.mark.parametrize("versions", [None, [], ["v1"], [{}], [{"created": None}], "v1"])
def test_without_a_first_version_there_is_no_date(versions: object) -> None:
    assert record_of(FULL | {"versions": versions}).created is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(b"", "it is not valid JSON (Expecting value)", id="empty"),
        pytest.param(b'{"id": "0704.00', "it is not valid JSON (Unterminated string starting at)",
                     id="cut-off"),
        pytest.param(b"[1]", "it is not a JSON object", id="array"),
        pytest.param(b'{"title": "x"}', 'it has no "id"', id="no-id"),
        pytest.param(b'{"id": 704.0001, "title": "x"}', 'it has no "id"', id="number-as-id"),
        pytest.param(b'{"id": "0704.1", "title": "x"}', 'its id "0704.1" is not an arXiv ID',
                     id="bad-id"),
        pytest.param(b'{"id": "0704.0001", "title": "  "}', "it has no title", id="blank-title"),
        pytest.param(b'{"id": "0704.0001", "title": "\xff"}',
                     "it is not valid JSON (it is not UTF-8)", id="not-utf-8"),
        pytest.param(b"[" * 100_000, "its JSON is nested too deeply", id="deep"),
    ],
)  # fmt: skip
def test_lines_that_are_no_record(line: bytes, why: str) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        read_record(line)
    assert str(caught.value) == why


def test_every_cut_of_a_line_is_refused_and_nothing_else_raised() -> None:
    line = json.dumps(FULL).encode()
    for end in range(len(line)):
        with pytest.raises(UnreadableRecordError):
            read_record(line[:end])
