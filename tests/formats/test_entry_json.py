"""Entry JSON: what is written is read again, and what is odd is kept and told."""

from __future__ import annotations

import json
from importlib.resources import files

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import InputError
from bibtools.formats.entry_json import read_entries, write_entries
from bibtools.model import (
    ArxivId,
    Candidate,
    Doi,
    Doubt,
    Entry,
    Link,
    Name,
    Outcome,
    PartialDate,
    Resolution,
    Source,
)

SCHEMA = json.loads((files("bibtools.formats") / "entry.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
some = st.none() | text
names = st.one_of(
    st.builds(Name, family=text, given=some, non_dropping_particle=some, suffix=some),
    st.builds(Name, literal=text),
)
dates = st.dates().map(lambda day: PartialDate(day.year, day.month, day.day)) | st.integers(
    1000, 2999
).map(PartialDate)
links = st.builds(Link, url=text, evidence=text, kind=some)
arxiv = st.just(ArxivId("2104.08821", 2)) | st.just(ArxivId("hep-th/9901001"))
candidates = st.builds(
    Candidate,
    arxiv=arxiv,
    title=text,
    score=st.integers(0, 1000).map(lambda tenth: tenth / 10),
    agreed=st.tuples(text),
    against=st.just(()),
)
entries = st.builds(
    Entry,
    key=some,
    type=text,
    title=some,
    authors=st.lists(names, max_size=3).map(tuple),
    authors_truncated=st.booleans(),
    author_count=st.none() | st.integers(0, 5000),
    affiliations=st.lists(text, max_size=2).map(tuple),
    abstract=some,
    date=st.none() | dates,
    date_inferred=st.booleans(),
    categories=st.lists(text, max_size=2).map(tuple),
    primary_known=st.booleans(),
    code=st.lists(links, max_size=2).map(tuple),
    links=st.lists(links, max_size=2).map(tuple),
    code_flag=st.booleans(),
    comment_count=st.none() | st.integers(0, 99),
    arxiv=st.none() | arxiv,
    doi=st.none() | st.just(Doi("10.1145/3442188")),
    other_ids=st.dictionaries(st.sampled_from(["pmid", "isbn"]), text),
    venue=some,
    sources=st.lists(
        st.builds(Source, file=text, line=st.integers(1, 9), gave=st.tuples(text)), max_size=2
    ).map(tuple),
    extra=st.dictionaries(text, text | st.lists(text), max_size=2),
    resolution=st.none()
    | st.builds(
        Resolution,
        outcome=st.sampled_from(Outcome),
        arxiv=st.none() | arxiv,
        rule=text,
        candidates=st.tuples(candidates),
        source=text,
    ),
    doubts=st.lists(
        st.builds(Doubt, field=text, reason=text, alternatives=st.tuples(text)), max_size=1
    ).map(tuple),
    remarks=st.lists(text, max_size=1).map(tuple),
)


@given(st.lists(entries, max_size=3))
def test_what_is_written_is_read_again(some_entries: list[Entry]) -> None:
    written = write_entries(some_entries)
    assert read_entries(written.encode(), "f") == (some_entries, [])


@given(st.lists(entries, max_size=2))
def test_what_is_written_fits_the_schema(some_entries: list[Entry]) -> None:
    VALIDATOR.validate(json.loads(write_entries(some_entries)))


def test_the_schema_refuses_another_shape() -> None:
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate([{"titel": "misspelt"}])


def test_no_entries_are_an_empty_array() -> None:
    assert write_entries([]) == "[]\n"
    assert read_entries(b"", "f") == ([], [])


def test_no_terminal_control_is_written() -> None:
    written = write_entries([Entry(title="a\x1b[2J\x9b2Jb\u2028c")])
    assert written.isprintable() is False  # the line ends
    assert all(char.isprintable() or char == "\n" for char in written)
    assert read_entries(written.encode(), "f")[0][0].title == "a\x1b[2J\x9b2Jb\u2028c"


@pytest.mark.parametrize(
    ("row", "expected", "message"),
    [
        pytest.param(
            {"key": "a", "date": "circa 1999"},
            Entry(key="a", extra={"date": "circa 1999"}),
            'Entry 1 ("a"): date "circa 1999" is not an ISO date (2023, 2023-10, 2023-10-10);'
            " it is kept in extra.",
            id="unreadable date",
        ),
        pytest.param(
            {"ids": {"arxiv": "12.3"}},
            Entry(extra={"ids.arxiv": "12.3"}),
            'Entry 1: ids.arxiv "12.3" is not an arXiv ID; it is kept in extra.',
            id="no arXiv ID",
        ),
        pytest.param(
            {"authors": "Gao"},
            Entry(extra={"authors": "Gao"}),
            'Entry 1: authors "Gao" is not a list; it is kept in extra.',
            id="authors as text",
        ),
        pytest.param(
            {"title": ["x"]},
            Entry(extra={"title": ["x"]}),
            'Entry 1: title ["x"] is not a text; it is kept in extra.',
            id="title as list",
        ),
        pytest.param(
            {"author_count": -1},
            Entry(extra={"author_count": -1}),
            "Entry 1: author_count -1 is not a whole number; it is kept in extra.",
            id="negative count",
        ),
    ],
)
def test_odd_values_are_told_and_kept(row: object, expected: Entry, message: str) -> None:
    read, notices = read_entries(json.dumps([row]).encode(), "f.json")
    assert (read, [str(notice) for notice in notices]) == ([expected], [f"f.json: {message}"])


@pytest.mark.parametrize(
    "row",
    [
        pytest.param({}, id="nothing"),
        pytest.param(
            dict.fromkeys(["title", "authors", "date", "ids", "code", "extra"]), id="null"
        ),
    ],
)
def test_absent_and_null_mean_unknown(row: object) -> None:
    assert read_entries(json.dumps([row]).encode(), "f") == ([Entry()], [])


def test_names_and_links_may_be_plain_texts() -> None:
    row = {"authors": ["Danqi Chen"], "code": ["https://github.com/a/b"], "date": 2021}
    assert read_entries(json.dumps([row]).encode(), "f")[0] == [
        Entry(
            authors=(Name(literal="Danqi Chen"),),
            code=(Link("https://github.com/a/b", "given"),),
            date=PartialDate(2021),
        )
    ]


def test_unknown_members_are_kept() -> None:
    read, _ = read_entries(b'[{"colour": "red"}]', "f")
    assert read == [Entry(extra={"colour": "red"})]


@pytest.mark.parametrize(
    "data",
    [b'{"title": "x"}', b'{"title": "x"}\n', b'{"entries": [{"title": "x"}]}', b'[{"title":"x"}]'],
)
def test_an_object_lines_and_an_array_are_all_read(data: bytes) -> None:
    assert read_entries(data, "f") == ([Entry(title="x")], [])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b'[{"title": }]',
            "f.json:1:12: this is not valid JSON: Expecting value.",
            id="broken",
        ),
        pytest.param(b"\xff\xfe[", '"f.json" is not JSON: byte 0 is not UTF-8.', id="not UTF-8"),
        pytest.param(b"3", '"f.json" holds neither a JSON array nor an object of entries.', id="3"),
    ],
)
def test_what_is_no_json_is_an_error_with_a_place(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as error:
        read_entries(data, "f.json")
    assert error.value.message == message


def test_deep_nesting_is_an_error_and_no_crash() -> None:
    with pytest.raises(InputError):
        read_entries(b"[" * 100_000, "f.json")
