"""Zotero items: read, written, read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bibtools.errors import InputError
from bibtools.formats.csl_json import from_csl, to_csl
from bibtools.formats.zotero import from_item, looks_like_items, read_items, to_item, write_items
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.names import read_creator, write_creator
from bibtools.model import ArxivId, Dating, Doi, Entry, Link, Name, Notice, PartialDate
from tests.entry_strategies import differences, entries

preprint = Entry(
    key="roe2021tidy",
    type="preprint",
    title="TidyNet",
    authors=(Name("Roe", "Jané"), Name(literal="ACME")),
    abstract="We save more.",
    date=PartialDate(2021, 4, 18),
    categories=("cs.CL",),
    primary_known=True,
    code=(Link("https://github.com/roe/tidy", "file"),),
    arxiv=ArxivId("2104.08821"),
    fields={"keyword": "sparsity, pruning", "note": "Read twice."},
    extra={"owner": "me"},
)
preprint_item: dict[str, Any] = {
    "itemType": "preprint",
    "title": "TidyNet",
    "abstractNote": "We save more.",
    "genre": "preprint",
    "repository": "arXiv",
    "archiveID": "arXiv:2104.08821",
    "date": "2021-04-18",
    "DOI": "10.48550/arXiv.2104.08821",
    "citationKey": "roe2021tidy",
    "url": "https://arxiv.org/abs/2104.08821",
    "extra": "arXiv: 2104.08821 [cs.CL]\ntex.code: https://github.com/roe/tidy\n"
    "tex.owner: me\nRead twice.",
    "creators": [
        {"creatorType": "author", "firstName": "Jané", "lastName": "Roe"},
        {"creatorType": "author", "name": "ACME"},
    ],
    "tags": [{"tag": "sparsity"}, {"tag": "pruning"}],
}


def without_zotero(entry: Entry) -> Entry:
    return replace(
        entry, extra={name: value for name, value in entry.extra.items() if name != "zotero"}
    )


def test_an_arxiv_paper() -> None:
    assert to_item(preprint) == preprint_item
    assert from_item(preprint_item) == replace(
        preprint, extra={"owner": "me", "zotero": {"itemType": "preprint"}}
    )


def test_nothing_known() -> None:
    assert to_item(Entry()) == {"itemType": "document"}
    assert without_zotero(from_item({"itemType": "document"})) == Entry()
    assert write_items([]) == "[]\n"
    assert read_items(b"", "f.json") == ([], [])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(
            Entry(type="chapter", venue="A Book", fields={"page": "1-2", "chapter-number": "4"}),
            {"itemType": "bookSection", "bookTitle": "A Book", "pages": "1-2",
             "extra": "chapter-number: 4"},
            id="what the type has no field for is a line",
        ),
        pytest.param(
            Entry(type="legal_case", title="A v. B", fields={"authority": "Md."}),
            {"itemType": "case", "caseName": "A v. B", "court": "Md."},
            id="fields with a name of their own",
        ),
        pytest.param(
            Entry(type="speech", fields={"event-place": "Ulm"}),
            {"itemType": "presentation", "place": "Ulm"},
            id="place of a talk",
        ),
        pytest.param(
            Entry(type="broadcast", venue="News"),
            {"itemType": "tvBroadcast", "programTitle": "News"},
            id="broadcast with a programme",
        ),
        pytest.param(Entry(type="broadcast"), {"itemType": "podcast"}, id="broadcast without"),
        pytest.param(
            Entry(type="motion_picture", extra={"entrytype": "video"}),
            {"itemType": "videoRecording", "extra": "tex.referencetype: video"},
            id="type of the .bib",
        ),
        pytest.param(
            Entry(type="treaty"), {"itemType": "statute", "extra": "type: treaty"},
            id="type that Zotero lacks",
        ),
        pytest.param(
            Entry(type="book", title="A", fields={"subtitle": "B", "titleaddon": "C"}),
            {"itemType": "book", "title": "A: B. C", "extra": "subtitle: B\ntitleaddon: C"},
            id="subtitle",
        ),
        pytest.param(
            Entry(type="book", title="A B", fields={"title": 'A <i>B</i>'}),
            {"itemType": "book", "title": "A <i>B</i>"},
            id="markup",
        ),
        pytest.param(
            Entry(type="book", authors=(Name("Roe"),), authors_truncated=True),
            {"itemType": "book", "creators": [
                {"creatorType": "author", "firstName": "", "lastName": "Roe"},
                {"creatorType": "author", "name": "others"}]},
            id="et al.",
        ),
        pytest.param(
            Entry(type="thesis", creators={"editor": (Name("Roe", "J"), Name(literal="ACME"))}),
            {"itemType": "thesis", "extra": "editor: Roe || J\neditor: ACME"},
            id="role that the type lacks",
        ),
        pytest.param(
            Entry(type="patent", creators={"holder": (Name("Roe", "J"), Name(literal="ACME"))}),
            {"itemType": "patent", "assignee": "J Roe; ACME",
             "extra": "holder: Roe || J\nholder: ACME"},
            id="holder of a patent",
        ),
        pytest.param(
            Entry(
                type="book",
                date=PartialDate(2017),
                dates={
                    "issued": Dating(PartialDate(2017), season=4),
                    "accessed": Dating(PartialDate(2020, 1, 2), time="03:04:05Z"),
                    "event-date": Dating(PartialDate(-332), PartialDate(-330)),
                },
            ),
            {"itemType": "book", "date": "2017-24", "accessDate": "2020-01-02T03:04:05Z",
             "extra": "event-date: -0332/-0330"},
            id="dates",
        ),
        pytest.param(
            Entry(type="book", dates={"accessed": Dating(literal="yesterday")}),
            {"itemType": "book", "extra": "accessed: yesterday"},
            id="no moment that Zotero takes",
        ),
        pytest.param(
            Entry(type="book", other_ids={"pmid": "12", "mrnumber": "MR1", "isbn": "1"}),
            {"itemType": "book", "ISBN": "1", "extra": "MR: MR1\nPMID: 12"},
            id="identifiers",
        ),
        pytest.param(
            Entry(type="book", fields={"annote": "a\nb", "note": " PMID: 3"}),
            {"itemType": "book", "extra": 'annote: "a\\nb"\n PMID: 3'},
            id="two lines in one",
        ),
        pytest.param(
            Entry(type="book", extra={"doi": "nonsense", "url": "see there"}),
            {"itemType": "book", "DOI": "nonsense", "url": "see there"},
            id="no DOI and no address",
        ),
    ],
)  # fmt: skip
def test_writing(entry: Entry, expected: dict[str, Any]) -> None:
    found = to_item(entry)
    carried = [line for line in found.get("extra", "").split("\n") if line.startswith("bibtools: ")]
    if carried:
        found["extra"] = found["extra"].removeprefix(carried[0] + "\n")
    assert found == expected
    # Only the note that looks like data must be carried.
    assert bool(carried) == ("note" in entry.fields)
    assert differences(entry, without_zotero(from_item(to_item(entry)))) == {}


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        pytest.param(
            {"itemType": "case", "title": "A v. B", "court": "Md.", "volume": 223},
            Entry(type="legal_case", title="A v. B",
                  fields={"authority": "Md.", "volume": "223"}),
            id="base names and numbers",
        ),
        pytest.param(
            {"key": "ABCD2345", "version": 7,
             "data": {"itemType": "book", "title": "T", "version": 7}},
            Entry(type="book", title="T"),
            id="wrapped by the Web API",
        ),
        pytest.param(
            {"itemType": "book", "extra": ["Original Date: 1976", "PMID: 3", "own words"]},
            Entry(type="book", other_ids={"pmid": "3"}, fields={"note": "own words"},
                  dates={"original-date": Dating(PartialDate(1976))}),
            id="lines of Extra in a list",
        ),
        pytest.param(
            {"itemType": "book", "extra": "{:original-date: 1976}\nDOI: 10.1000/1"},
            Entry(type="book", doi=Doi("10.1000/1"),
                  dates={"original-date": Dating(PartialDate(1976))}),
            id="braces of citeproc-js",
        ),
        pytest.param(
            {"itemType": "book", "publisher": "A", "extra": "Publisher: B\nCode: C"},
            Entry(type="book", fields={"publisher": "A", "note": "Publisher: B\nCode: C"}),
            id="a field wins over its line",
        ),
        pytest.param(
            {"itemType": "book", "date": "2010", "extra": "issued:2011"},
            Entry(type="book", date=PartialDate(2011)),
            id="a date gives way to its line",
        ),
        pytest.param(
            {"itemType": "document", "extra": "type: dataset\nCitation Key: abc"},
            Entry(key="abc", type="dataset"),
            id="type and key in Extra",
        ),
        pytest.param(
            {"itemType": "tvBroadcast", "extra": "Container author: Roe || J.\n"
             "Container author: ACME",
             "creators": [{"creatorType": "director", "lastName": "Poe", "firstName": "E"}]},
            Entry(type="broadcast", creators={
                "director": (Name("Poe", "E"),),
                "container-author": (Name("Roe", "J."), Name(literal="ACME"))}),
            id="creators in Extra",
        ),
        pytest.param(
            {"itemType": "journalArticle", "seriesTitle": "S", "series": "T",
             "extra": "arXiv:2005.14017 [cs, eess]\ntex.owner= me"},
            Entry(type="article-journal", arxiv=ArxivId("2005.14017"), categories=("cs", "eess"),
                  fields={"collection-title": "S"}, extra={"owner": "me"}),
            id="arXiv line of two classes, tex line of Better BibTeX",
        ),
        pytest.param(
            {"itemType": "preprint", "archive": "arXiv", "archiveLocation": "2005.14017v2"},
            Entry(type="preprint", arxiv=ArxivId("2005.14017", 2),
                  fields={"archive": "arXiv", "archive_location": "2005.14017v2"}),
            id="arXiv ID in the archive",
        ),
        pytest.param(
            {"itemType": "book", "accessDate": "2014-04-29 13:50:49", "date": "2004 [1929]"},
            Entry(type="book", date=PartialDate(2004), dates={
                "accessed": Dating(PartialDate(2014, 4, 29), time="13:50:49Z"),
                "original-date": Dating(PartialDate(1929))}),
            id="time as in Zotero's database, two years",
        ),
        pytest.param(
            {"itemType": "journalArticle", "pages": "19–35", "title": " A \n B ",
             "jurisdiction": "TW"},
            Entry(type="article-journal", title="A B",
                  fields={"page": "19-35", "jurisdiction": "TW"}),
            id="dashes, blanks, a variable that is no field",
        ),
        pytest.param(
            {"itemType": "book", "tags": ["a", {"tag": "b", "type": 1}], "creators": "odd",
             "extra": "bibtools: {broken", "title": None},
            Entry(type="book", fields={"keyword": "a, b", "note": "bibtools: {broken"}),
            id="odd shapes",
        ),
    ],
)  # fmt: skip
def test_reading(item: dict[str, Any], expected: Entry) -> None:
    assert without_zotero(from_item(item)) == expected


@pytest.mark.parametrize(
    ("creator", "name"),
    [
        pytest.param(("Maaten", "Laurens"), Name("Maaten", "Laurens"), id="plain"),
        pytest.param(("van der Maaten", "L."), Name("Maaten", "L.", "van der"), id="particle"),
        pytest.param(("d'Alembert", "Jean"), Name("Alembert", "Jean", "d'"), id="apostrophe"),
        pytest.param(("al-Hakim", "Tawfiq"), Name("Hakim", "Tawfiq", "al-"), id="hyphen"),
        pytest.param(("Van Gogh", "Vincent"), Name("Van Gogh", "Vincent"), id="capital"),
        pytest.param(('"de la Mare"', "W."), Name("de la Mare", "W."), id="quoted"),
        pytest.param(
            ("Beethoven", "Ludwig van"),
            Name("Beethoven", "Ludwig", dropping_particle="van"),
            id="behind the first name",
        ),
        pytest.param(("King", "Martin, Jr."), Name("King", "Martin", suffix="Jr."), id="suffix"),
        pytest.param(("von", ""), Name("von"), id="one part is not split"),
        pytest.param(("", "Teresa"), Name(given="Teresa"), id="first name alone"),
    ],
)
def test_names(creator: tuple[str, str], name: Name) -> None:
    row = {"creatorType": "author", "firstName": creator[1], "lastName": creator[0]}
    assert read_creator(row) == name
    assert write_creator(name, "author") == row


def test_what_is_no_name() -> None:
    assert read_creator({"creatorType": "author"}) is None
    assert read_creator({"lastName": "WHO", "fieldMode": 1}) == Name(literal="WHO")


def test_the_spelling_of_an_item_stays_while_it_says_the_same() -> None:
    item = {
        "itemType": "journalArticle",
        "title": "T",
        "date": "30-Mar-2020",
        "pages": "1–4",
        "extra": "PMID: 3\nversion: 1",
        "creators": [
            {"creatorType": "editor", "firstName": "A", "lastName": "B"},
            {"creatorType": "author", "firstName": "C", "lastName": "D"},
        ],
        "tags": [{"tag": "x", "type": 1}],
        "key": "ABCD2345",
        "version": 12,
        "collections": ["C1"],
        "relations": {},
        "dateAdded": "2020-01-01T00:00:00Z",
    }
    entry = from_item(item)
    assert to_item(entry) == item
    edited = to_item(replace(entry, date=PartialDate(2021), title="U"))
    assert edited == {**item, "date": "2021", "title": "U"}
    other = to_item(replace(entry, type="book"))
    assert (other["itemType"], other["date"]) == ("book", "2020-03-30")


def test_what_the_web_api_refuses_is_not_written() -> None:
    item = {
        "itemType": "book",
        "itemID": 4,
        "notes": ["a"],
        "court": "c",
        "creators": [{"lastName": "A", "firstName": "B", "multi": {}, "creatorType": "author"}],
        "tags": ["x"],
        "edition": 3,
    }
    assert to_item(from_item(item)) == {
        "itemType": "book",
        "edition": "3",
        "extra": "authority: c",
        "creators": [{"creatorType": "author", "firstName": "B", "lastName": "A"}],
        "tags": [{"tag": "x"}],
    }


def test_a_file_of_items() -> None:
    rows = [
        preprint_item,
        {"itemType": "attachment", "title": "PDF"},
        {"data": {"itemType": "note", "note": "<p>x</p>"}},
        {"itemType": "nonsense", "title": "T"},
        {"title": "no item"},
        3,
    ]
    found, notices = read_items(b"\xef\xbb\xbf" + json.dumps(rows).encode(), "z.json")
    assert [entry.title for entry in found] == ["TidyNet", "T"]
    assert [(source.file, source.line) for source in found[1].sources] == [("z.json", 4)]
    assert notices == [
        Notice(
            'Item 4 has the type "nonsense", which Zotero\'s schema does not have; it was read as '
            "a document.",
            "z.json",
            rule="zotero.item-type",
        ),
        Notice(
            "Row 5 is no Zotero item (it has no itemType) and was left out.",
            "z.json",
            rule="zotero.no-item",
        ),
        Notice(
            "Row 6 is no Zotero item (it has no itemType) and was left out.",
            "z.json",
            rule="zotero.no-item",
        ),
        Notice(
            "2 attachments, notes or annotations are no entries and were left out.",
            "z.json",
            rule="zotero.children",
        ),
    ]
    assert looks_like_items(rows)
    assert not looks_like_items([{"type": "book"}, 3])
    single = read_items(json.dumps(preprint_item).encode(), "z.json")[0]
    assert single == [replace(found[0], sources=single[0].sources)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"{", "z.json:1:2: this is not JSON", id="cut off"),
        pytest.param(b"\xff[]", "z.json is not UTF-8: byte 0", id="not UTF-8"),
        pytest.param(b"3", "z.json holds a JSON int, not Zotero items", id="number"),
        pytest.param(b"[" * 100_000, "z.json", id="deep"),
    ],
)
def test_what_is_no_file_of_items(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_items(data, "z.json")
    assert caught.value.message.startswith(message)


def test_nothing_a_terminal_obeys() -> None:
    text = write_items([replace(preprint, title="a\x1b[31m\u202eb\x9bc")])
    assert not any((char < " " and char != "\n") or "\x7f" <= char <= "\x9f" for char in text)
    assert "\u202e" not in text
    assert read_items(text.encode(), "f")[0][0].title == "a\x1b[31m\u202eb\x9bc"


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60, deadline=None)
@given(entries())
def test_every_entry_comes_back(entry: Entry) -> None:
    [back], notices = read_items(write_items([entry]).encode(), "f")
    assert notices == []
    assert differences(entry, without_zotero(back)) == {}
    # What we wrote ourselves is in our own spelling.
    assert back.extra["zotero"] == {"itemType": to_item(entry)["itemType"]} | (
        {"entryType": entry.type} if "entryType" in dict(back.extra["zotero"]) else {}  # type: ignore[call-overload]
    )


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=40, deadline=None)
@given(entries())
def test_an_item_has_only_what_its_type_has(entry: Entry) -> None:
    item = to_item(entry)
    item_type = ITEM_TYPES[item["itemType"]]
    assert item.keys() <= {"itemType", "creators", "tags", *item_type.fields}
    assert all(isinstance(item[name], str) for name in item_type.fields if name in item)
    assert {row["creatorType"] for row in item.get("creators", [])} <= set(item_type.creators)
    assert "\ncode:" not in "\n" + item.get("extra", "").lower()


# -- Zotero's own schema as the oracle ---------------------------------------------------------

_PLACE_OF_EVENT = {"audioRecording", "presentation", "videoRecording"}
_VALUES = {
    "date": "1999-12-31",
    "accessDate": "1997-06-13T23:59:58Z",
    "filingDate": "2000-01-02",
    "originalDate": "1950",
    "url": "https://example.com/",
    "DOI": "10.1234/x",
    "pages": "1-10",
}


@pytest.fixture(scope="module")
def schema(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (shared / "schemas" / "zotero-schema-v41.json").read_text("utf-8")
    )
    return found


def test_the_table_is_the_schema(schema: dict[str, Any]) -> None:
    csl = {name: one for one, names in schema["csl"]["types"].items() for name in names}
    works = [row for row in schema["itemTypes"] if row["creatorTypes"]]
    assert set(ITEM_TYPES) == {row["itemType"] for row in works}
    for row in works:
        ours = ITEM_TYPES[row["itemType"]]
        assert ours.csl == csl[ours.name]
        assert list(ours.fields) == [field["field"] for field in row["fields"]]
        assert ours.base == {
            field["field"]: field["baseField"] for field in row["fields"] if "baseField" in field
        }
        assert list(ours.creators) == [one["creatorType"] for one in row["creatorTypes"]]
        assert row["creatorTypes"][0]["primary"]


def _full_item(name: str) -> dict[str, Any]:
    item_type = ITEM_TYPES[name]
    item: dict[str, Any] = {"itemType": name}
    for field in item_type.fields:
        base = item_type.base.get(field, field)
        item[field] = _VALUES.get(base, f"Some {base}")
    item["creators"] = [
        {"creatorType": one, "firstName": f"{one}First", "lastName": f"{one}Last"}
        for one in item_type.creators
    ]
    return item


def _expected_csl(item: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """What Zotero's schema says that an item is in CSL."""
    item_type = ITEM_TYPES[item["itemType"]]
    by_base = {item_type.base.get(field, field): item[field] for field in item_type.fields}
    fields = schema["csl"]["fields"]
    found: dict[str, Any] = {"type": item_type.csl}
    for variable, names in fields["text"].items():
        value = next((by_base[name] for name in names if name in by_base), None)
        if value is not None and variable not in ("shortTitle", "note"):
            found[variable] = value
    if item_type.name in _PLACE_OF_EVENT:
        found["event-place"] = found.pop("publisher-place")
    for variable, name in fields["date"].items():
        if name in by_base:
            parts = [int(part) for part in by_base[name][:10].split("-")]
            found[variable] = {"date-parts": [parts]}
    for row in item["creators"]:
        role = schema["csl"]["names"].get(row["creatorType"])
        role = role or ("author" if row["creatorType"] == item_type.primary else None)
        if role:
            name = {"family": row["lastName"], "given": row["firstName"]}
            found.setdefault(role, []).append(name)
    return found


@pytest.mark.parametrize("name", sorted(ITEM_TYPES))
def test_every_field_is_the_variable_that_the_schema_says(
    name: str, schema: dict[str, Any]
) -> None:
    item = _full_item(name)
    entry = from_item(item)
    assert to_item(entry) == item
    expected = _expected_csl(item, schema)
    found = to_csl(entry)
    assert {key: found[key] for key in found if key not in ("id", "note", "custom")} == expected
    [again], _ = read_items(write_items([from_csl({"id": "k", **expected})]).encode(), "f")
    found = to_csl(again)
    assert {key: found[key] for key in found if key not in ("id", "note", "custom")} == expected


# -- Items of real libraries -------------------------------------------------------------------


def _real_items(shared: Path) -> list[dict[str, Any]]:
    found = []
    for path in sorted((shared / "convert" / "cases").glob("bbt_export_*.jsonl")):
        for line in path.open(encoding="utf-8"):
            found += json.loads(line)["input"]
    return [item for item in found if item.get("itemType") in ITEM_TYPES]


def _as_api(item: dict[str, Any]) -> dict[str, Any]:
    """The item without what the Web API does not take, and without what is empty."""
    if isinstance(item.get("extra"), list):
        item = {**item, "extra": "\n".join(item["extra"])}
    known = {"itemType", "creators", "tags", *ITEM_TYPES[item["itemType"]].fields}
    return {name: value for name, value in item.items() if name in known and value}


def test_real_items_come_back_as_they_were(shared: Path) -> None:
    items = [_as_api(item) for item in _real_items(shared)]
    creators = {"creatorType", "firstName", "lastName", "name"}
    items = [
        item
        for item in items
        if all("creatorType" in row and row.keys() <= creators for row in item.get("creators", []))
    ]
    assert len(items) > 300
    assert [item for item in items if to_item(from_item(item)) != item] == []
