"""CSL-JSON: written, validated against the schema, read back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import InputError
from bibtools.formats.csl_json import from_csl, read_csl, to_csl, write_csl
from bibtools.model import ArxivId, Doi, Entry, Link, Name, Notice, PartialDate

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


def test_fields_of_a_bib_become_variables() -> None:
    entry = Entry(
        key="k",
        type="article-journal",
        venue="J. of X",
        extra={
            "entrytype": "article",
            "volume": "3",
            "pages": "1--4",
            "editor": "Poe, E{\\'a} and Doe, J",
            "note": "Mine",
            "owner": "me",
        },
    )
    assert to_csl(entry) == {
        "id": "k",
        "type": "article-journal",
        "citation-key": "k",
        "container-title": "J. of X",
        "volume": "3",
        "page": "1-4",
        "editor": [{"family": "Poe", "given": "Eá"}, {"family": "Doe", "given": "J"}],
        "note": "Mine\ntex.owner: me",
    }


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
        pytest.param({"issued": {"date-parts": [[2020, 13]]}}, "date", None, id="no-such-month"),
        pytest.param({"issued": {"date-parts": []}}, "date", None, id="no-date"),
        pytest.param({"title": '<span class="nocase">GPT</span> <i>x</i>'}, "title", "GPT x",
                     id="markup"),
        pytest.param({"type": "nonsense"}, "type", "preprint", id="unknown-type"),
        pytest.param({"author": "Roe"}, "authors", (), id="authors-of-another-shape"),
    ],
)  # fmt: skip
def test_reading(changes: dict[str, Any], field: str, expected: object) -> None:
    assert getattr(from_csl({**item, **changes}), field) == expected


def test_what_is_not_modelled_comes_out_again() -> None:
    odd = {
        "id": "a",
        "type": "book",
        "citation-key": "a",
        "title": "T",
        "volume": 3,
        "editor": [{"family": "Poe"}],
        "accessed": {"date-parts": [[2020, 1, 2]]},
        "license": "MIT",
        "URL": "https://x.org",
        "issued": {"date-parts": [[2020]], "circa": True},
        "custom": {"x": [1]},
        "DOI": "nonsense",
        "note": "A remark\ntex.owner: me",
    }
    back = to_csl(from_csl(odd))
    assert back == odd


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(b"{", "f.json:1:2: this is not JSON", id="cut-off"),
        pytest.param(b"\xff[]", "f.json is not UTF-8: byte 0", id="not-utf-8"),
        pytest.param(b"3", "f.json holds a JSON int, not CSL-JSON", id="number"),
        pytest.param(b"", "f.json:1:1: this is not JSON", id="empty"),
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


_word = st.text(alphabet="abcÉé 王&<%", min_size=1, max_size=8).map(lambda t: " ".join(t.split()))
_filled = _word.filter(bool)
_none_or = st.none() | _filled
_person = st.builds(
    Name, family=_filled, given=_none_or, non_dropping_particle=_none_or,
    dropping_particle=_none_or, suffix=_none_or,
) | st.builds(Name, literal=_filled)  # fmt: skip
_url = st.integers(0, 10**6).map(lambda n: f"https://example.org/r{n}")
_entries = st.builds(
    Entry,
    key=st.none() | st.from_regex("[a-z]{2}[0-9]{1,4}", fullmatch=True),
    type=st.sampled_from(["preprint", "article-journal", "book", "document", "dataset"]),
    title=_none_or,
    authors=st.lists(_person, min_size=1, max_size=3).map(tuple),
    authors_truncated=st.booleans(),
    abstract=_none_or,
    date=st.none() | st.builds(PartialDate, st.integers(1, 9999), st.integers(1, 12)),
    code=st.lists(_url, unique=True, max_size=3).map(lambda us: tuple(Link(u, "file") for u in us)),
    arxiv=st.none() | st.builds(ArxivId, st.just("2104.08821"), st.none() | st.integers(1, 9)),
    doi=st.none() | st.just(Doi("10.1234/ab")),
    other_ids=st.dictionaries(st.sampled_from(["pmid", "isbn"]), _filled),
    venue=_none_or,
)


@given(_entries)
def test_round_trip(entry: Entry) -> None:
    if entry.arxiv is not None:
        # `article` with an arXiv ID is a preprint; other types keep their name.
        entry = replace(entry, categories=("cs.CL",), primary_known=True)
    assert from_csl(json.loads(write_csl([entry]))[0]) == entry


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


@given(_entries)
def test_the_schema_accepts_every_entry(schema: dict[str, Any], entry: Entry) -> None:
    from jsonschema import Draft7Validator

    assert list(Draft7Validator(schema).iter_errors([to_csl(entry)])) == []
