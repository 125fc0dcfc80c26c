"""CSL-JSON: written, validated against the schema, read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bibtools.errors import InputError
from bibtools.formats.csl_json import from_csl, read_csl, to_csl, write_csl
from bibtools.formats.csl_variables import DATES, NAMES, NUMBERS, STRINGS, TYPES, fits
from bibtools.formats.zotero import read_items, write_items
from bibtools.model import ArxivId, Dating, Doi, Entry, Link, Name, Notice, PartialDate
from tests.entry_strategies import differences, entries

paper = Entry(
    key="roe2021tidy",
    type="preprint",
    title="TidyNet",
    authors=(Name("Roe", "Jané"), Name(literal="ACME")),
    authors_truncated=True,
    abstract="We save more.",
    date=PartialDate(2021, 4),
    categories=("cs.CL",),
    primary_known=True,
    code=(Link("https://github.com/roe/tidy", "file"), Link("https://a.b/c", "file")),
    arxiv=ArxivId("2104.08821"),
)
item: dict[str, Any] = {
    "id": "roe2021tidy",
    "type": "article",
    "citation-key": "roe2021tidy",
    "title": "TidyNet",
    "author": [{"family": "Roe", "given": "Jané"}, {"literal": "ACME"}, {"literal": "others"}],
    "issued": {"date-parts": [[2021, 4]]},
    "genre": "preprint",
    "abstract": "We save more.",
    "number": "arXiv:2104.08821",
    "publisher": "arXiv",
    "DOI": "10.48550/arXiv.2104.08821",
    "URL": "https://arxiv.org/abs/2104.08821",
    "note": "arXiv: 2104.08821 [cs.CL]\n"
    "tex.code: https://github.com/roe/tidy\ntex.code2: https://a.b/c",
    "custom": {"code": "https://github.com/roe/tidy", "code2": "https://a.b/c"},
}


def test_to_csl() -> None:
    assert to_csl(paper) == item


def test_from_csl() -> None:
    assert from_csl(item) == paper


def test_nothing_known() -> None:
    assert to_csl(Entry()) == {"id": "anon", "type": "document"}
    assert from_csl(to_csl(Entry())) == Entry()
    assert write_csl([]) == "[]\n"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(
            Entry(
                key="k",
                type="article-journal",
                venue="J. of X",
                fields={"volume": "3", "page": "1-4", "note": "Mine", "container-title-short": "J"},
                creators={"editor": (Name("Poe", "Eá"),), "collaborator": (Name("Doe", "J"),)},
                extra={"owner": "me", "entrytype": "article"},
            ),
            {
                "id": "k",
                "type": "article-journal",
                "citation-key": "k",
                "container-title": "J. of X",
                "container-title-short": "J",
                "volume": "3",
                "page": "1-4",
                "editor": [{"family": "Poe", "given": "Eá"}],
                "note": "Mine\ntex.owner: me\ncollaborator: Doe || J",
                "custom": {"entrytype": "article"},
            },
            id="fields of a .bib",
        ),
        pytest.param(
            Entry(
                type="book",
                date=PartialDate(2014),
                dates={
                    "issued": Dating(PartialDate(2014), open_end=True),
                    "original-date": Dating(PartialDate(-43), PartialDate(0), circa=True),
                    "event-date": Dating(PartialDate(2017), season=4),
                    "submitted": Dating(literal="in spring"),
                    "available-date": Dating(None, PartialDate(2012)),
                    "accessed": Dating(PartialDate(2020, 1, 2), time="03:04:05Z"),
                },
            ),
            {
                "id": "anon",
                "type": "book",
                "issued": {"date-parts": [[2014], [0]]},
                "original-date": {"date-parts": [[-44], [-1]], "circa": True},
                "event-date": {"date-parts": [[2017]], "season": 4},
                "submitted": {"literal": "in spring"},
                "available-date": {"literal": "../2012"},
                "accessed": {"date-parts": [[2020, 1, 2]]},
                "custom": {"accessed": "2020-01-02T03:04:05Z"},
            },
            id="dates",
        ),
        pytest.param(
            Entry(
                type="book",
                title="Vita",
                fields={"subtitle": "A Life", "maintitle": "Opera", "mainsubtitle": "Works?",
                        "maintitleaddon": "Edited"},
            ),
            {
                "id": "anon",
                "type": "book",
                "title": "Opera: Works? Edited",
                "volume-title": "Vita: A Life",
                "note": "mainsubtitle: Works?\nmaintitle: Opera\nmaintitleaddon: Edited\n"
                "subtitle: A Life",
            },
            id="volume of a work",
        ),
        pytest.param(
            Entry(type="chapter", title="One", fields={"maintitle": "Opera"}),
            {"id": "anon", "type": "chapter", "title": "One", "container-title": "Opera",
             "note": "maintitle: Opera"},
            id="chapter of a work",
        ),
        pytest.param(
            Entry(type="book", fields={"container-title-short": "J"},
                  extra={"zotero": {"itemType": "book"}}),
            {"id": "anon", "type": "book", "journalAbbreviation": "J"},
            id="Zotero's abbreviation",
        ),
        pytest.param(
            Entry(key="k", type="book",
                  dates={"submitted": Dating(PartialDate(1), uncertain=True)}),
            {"id": "k", "citation-key": "k", "type": "book",
             "submitted": {"date-parts": [[1]], "circa": True},
             "custom": {"bibtools": {"dates.submitted": ["d039f0a5", "0001?"]}}},
            id="carried",
        ),
    ],
)  # fmt: skip
def test_writing(entry: Entry, expected: dict[str, Any]) -> None:
    assert to_csl(entry) == expected
    lost = differences(entry, from_csl(json.loads(write_csl([entry]))[0]))
    assert lost.keys() <= ({"extra.zotero", "extra.csl"} if "zotero" in entry.extra else set())


@pytest.mark.parametrize(
    ("changes", "field", "expected"),
    [
        pytest.param({"id": 12, "citation-key": None}, "key", "12", id="number-as-id"),
        pytest.param({"number": "x", "note": "", "URL": "", "DOI": "10.48550/ARXIV.2104.08821"},
                     "arxiv", ArxivId("2104.08821"), id="arxiv-from-doi"),
        pytest.param({"number": "", "note": "", "DOI": "", "container-title":
                      "arXiv preprint arXiv:2104.08821"}, "arxiv", ArxivId("2104.08821"),
                     id="arxiv-from-container"),
        pytest.param({"DOI": "https://doi.org/10.1/x"}, "doi", None, id="short-prefix-is-no-doi"),
        pytest.param({"DOI": "https://doi.org/10.1234/x"}, "doi", Doi("10.1234/x"), id="doi-dress"),
        pytest.param({"issued": {"date-parts": [["2020", "3", 0]]}}, "date", PartialDate(2020, 3),
                     id="date-texts"),
        pytest.param({"issued": {"raw": "2020-03-04"}}, "date", PartialDate(2020, 3, 4), id="raw"),
        pytest.param({"issued": {"date-parts": [[2020, 25]]}}, "date", None, id="no-such-month"),
        pytest.param({"issued": {"date-parts": [[2020, 13]]}}, "dates",
                     {"issued": Dating(PartialDate(2020), season=1)}, id="season-as-month"),
        pytest.param({"issued": {"date-parts": [[2020]], "season": "Fall", "circa": 1}}, "dates",
                     {"issued": Dating(PartialDate(2020), season=3, circa=True)}, id="season"),
        pytest.param({"issued": {"date-parts": [["-44"]]}}, "date", PartialDate(-43), id="44-bc"),
        pytest.param({"issued": {"raw": "June 2-7, 2019"}}, "dates",
                     {"issued": Dating(PartialDate(2019, 6, 2), PartialDate(2019, 6, 7))},
                     id="raw-span"),
        pytest.param({"issued": "2020-03"}, "date", PartialDate(2020, 3), id="date-as-text"),
        pytest.param({"shortTitle": "S"}, "fields", {"title-short": "S"}, id="short-title"),
        pytest.param({"volume": 3, "page": "1–4"}, "fields", {"volume": "3", "page": "1-4"},
                     id="number-and-dash"),
        pytest.param({"ISSN": ["1234-5678", "8765-4321"]}, "other_ids",
                     {"issn": "1234-5678, 8765-4321"}, id="list-of-crossref"),
        pytest.param({"author": [{"family": "A", "given": "B", "literal": "x"}, 3, "C D", {}]},
                     "authors", (Name("A", "B"), Name(literal="C D")), id="odd-names"),
        pytest.param({"issued": {"date-parts": []}}, "date", None, id="no-date"),
        pytest.param({"title": '<span class="nocase">GPT</span> <i>x</i>'}, "title", "GPT x",
                     id="markup"),
        pytest.param({"type": "nonsense"}, "type", "preprint", id="unknown-type"),
        pytest.param({"author": "Roe"}, "authors", (), id="authors-of-another-shape"),
    ],
)  # fmt: skip
def test_reading(changes: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(from_csl({**item, **changes}), field) == expected


def test_the_spelling_of_an_item_stays_while_it_says_the_same() -> None:
    odd = {
        "id": 12,
        "type": "book",
        "title": "T",
        "volume": 3,
        "editor": [{"family": "Poe", "static-ordering": True}],
        "accessed": {"date-parts": [["2020", "1", "2"]]},
        "license": "MIT",
        "URL": "https://x.org",
        "issued": {"raw": "2020"},
        "custom": {"x": [1]},
        "DOI": "nonsense",
        "note": "A remark\ntex.owner: me",
        "categories": ["a"],
        "page": "1–4",
    }
    entry = from_csl(odd)
    assert to_csl(entry) == odd
    edited = to_csl(replace(entry, title="U", date=PartialDate(2021)))
    assert edited == {**odd, "title": "U", "issued": {"date-parts": [[2021]]}}


def test_what_no_csl_processor_would_take_is_carried() -> None:
    entry = from_csl({"id": "a", "type": "book", "nonsense": {"a": 1}, "volume": [1]})
    item = to_csl(entry)
    assert item.keys() == {"id", "type", "custom"}
    assert from_csl(item).extra == entry.extra
    assert entry.extra["csl"] == {
        "nonsense": {"a": 1},
        "volume": [1],
        "written": {"citation-key": ["4f156f29", None]},
    }


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"{", "f.json:1:2: this is not JSON", id="cut-off"),
        pytest.param(b"\xff[]", "f.json is not UTF-8: byte 0", id="not-utf-8"),
        pytest.param(b"3", "f.json holds a JSON int, not CSL-JSON", id="number"),
        pytest.param(b"[" * 100_000, "f.json", id="deep"),
    ],
)
def test_what_is_no_csl(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_csl(data, "f.json")
    assert caught.value.message.startswith(message)


def test_reading_a_file() -> None:
    data = b"\xef\xbb\xbf" + json.dumps([item, 3, {"a": 1}]).encode()
    entries, notices = read_csl(data, "f.json")
    assert entries == [paper]
    assert notices == [
        Notice(
            f"Item {number} is no CSL item (it has neither type nor title) and was left out.",
            file="f.json",
            rule="csl.no-item",
        )
        for number in (2, 3)
    ]
    assert read_csl(json.dumps({"items": [item]}).encode(), "f")[0] == [paper]
    assert read_csl(json.dumps(item).encode(), "f")[0] == [paper]


def test_nothing_a_terminal_obeys() -> None:
    text = write_csl([replace(paper, title="a\x1b[31m\u202eb\x9bc", key="k\x9b\ud800")])
    assert not any((char < " " and char != "\n") or "\x7f" <= char <= "\x9f" for char in text)
    assert "\u202e" not in text
    text.encode("utf-8")


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(entries())
def test_every_entry_comes_back(entry: Entry) -> None:
    text = write_csl([entry])
    item = json.loads(text)[0]
    assert [name for name, value in item.items() if not fits(name, value)] == []
    [back], notices = read_csl(text.encode(), "f")
    assert (differences(entry, back), notices) == ({}, [])


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=30, deadline=None)
@given(entries())
def test_every_entry_comes_back_through_both(entry: Entry) -> None:
    """CSL-JSON, Zotero and CSL-JSON again."""
    [first], _ = read_csl(write_csl([entry]).encode(), "f")
    [second], _ = read_items(write_items([first]).encode(), "f")
    [third], _ = read_csl(write_csl([second]).encode(), "f")
    assert differences(entry, third).keys() <= {"extra.csl"}


@pytest.fixture(scope="module")
def schema(shared: Path) -> dict[str, Any]:
    """csl-data.json 1.0.2 with the two variables that Zotero emits."""
    found: dict[str, Any] = json.loads((shared / "schemas" / "csl-data.json").read_text("utf-8"))
    for variable in ("license", "part-number"):
        found["items"]["properties"][variable] = {"type": "string"}
    return found


def test_the_schema_accepts_what_we_write(schema: dict[str, Any]) -> None:
    from jsonschema import Draft7Validator

    validator = Draft7Validator(schema)
    rows = [
        item,
        to_csl(Entry()),
        to_csl(Entry(extra={"csl": {"license": "MIT", "nonsense": 1, "volume": [1]}, "x": "y"})),
        to_csl(Entry(type="nonsense", extra={"editor": "A and B", "volume": 3, "q": {}})),
    ]
    assert [error.message for error in validator.iter_errors(rows)] == []


@settings(suppress_health_check=list(HealthCheck), max_examples=40, deadline=None)
@given(entry=entries())
def test_the_schema_accepts_every_entry(schema: dict[str, Any], entry: Entry) -> None:
    from jsonschema import Draft7Validator

    assert list(Draft7Validator(schema).iter_errors([to_csl(entry)])) == []


def test_the_variables_are_the_schema(schema: dict[str, Any]) -> None:
    shapes = {
        json.dumps({"type": "string"}): STRINGS,
        json.dumps({"type": ["string", "number"]}): NUMBERS,
        json.dumps({"type": "array", "items": {"$ref": "#/definitions/name-variable"}}): NAMES,
        json.dumps({"$ref": "#/definitions/date-variable"}): DATES,
    }
    properties = schema["items"]["properties"]
    assert set(properties["type"]["enum"]) == TYPES
    apart = {"id", "type", "citation-key", "categories", "custom", "event"}
    for name in properties.keys() - apart:
        assert name in shapes[json.dumps(properties[name])]
    assert properties.keys() - apart | {"event"} == STRINGS | NUMBERS | NAMES | DATES


def _real_items(shared: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted((shared / "convert" / "cases").glob("*.jsonl")):
        for line in path.open(encoding="utf-8"):
            case = json.loads(line)
            for side in (case.get("input"), case.get("expected")):
                rows = [side] if isinstance(side, dict) else side
                if isinstance(rows, list):
                    found += [
                        row for row in rows if isinstance(row, dict) and row.get("type") in TYPES
                    ]
    return found


def test_real_items_come_back_as_they_were(shared: Path, schema: dict[str, Any]) -> None:
    from jsonschema import Draft7Validator

    validator = Draft7Validator(schema)
    items = [item for item in _real_items(shared) if validator.is_valid([item])]
    assert len(items) > 150
    assert [item for item in items if to_csl(from_csl(item)) != item] == []
