"""A CSL-JSON file in a sync: what is read, what a step touches, and what it must not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.errors import InputError
from bibtools.formats.json_object import edit_object
from bibtools.sync.local_file import LocalFile, apply_local, read_local
from bibtools.sync.plan import AddEntry, LocalStep, RemoveEntry, UpdateEntry
from bibtools.sync.values import Agreed, FieldChange, LocalEntry

FILE = """\
[
    {"id": "knuth84", "type": "article-journal",
     "title": "Literate <i>Programming</i>", "volume": 27,
     "author": [ {"family":"Knuth", "given":"Donald E."} ],
     "issued": {"date-parts": [[1984, 5]]}, "x-mine":   [1,2 , 3],
     "note": "tex.mine: yes\\nRead twice\\ntex.file: k.pdf"  },
    { "id": 7 , "type":"book","title":"Seven","shortTitle":"S" }
  , {"id": "http://zotero.org/users/1/items/AB", "citation-key": "key2020", "type": "webpage",
     "title": "Page"}
]
"""


def read(text: str, file: str = "refs.json") -> LocalFile:
    return read_local(text.encode(), file, {})


def entry_of(local: LocalFile, key: str) -> LocalEntry:
    return next(entry for entry in local.entries if entry.key == key)


def update(local: LocalFile, key: str, **changes: Any) -> UpdateEntry:
    here = entry_of(local, key).data
    made = tuple(FieldChange(name, here.get(name), new) for name, new in changes.items())
    return UpdateEntry(key, "ABCD2345", made, {})


def applied(text: str, *steps: LocalStep) -> tuple[str, list[str]]:
    data, notices = apply_local(read(text), steps)
    return data.decode(), [notice.rule or "" for notice in notices]


def test_what_is_read() -> None:
    local = read(FILE)
    assert local.kind == "csl"
    assert [entry.key for entry in local.entries] == ["knuth84", "7", "key2020"]
    assert entry_of(local, "knuth84").data == {
        "itemType": "journalArticle",
        "title": "Literate <i>Programming</i>",
        "volume": "27",
        "date": "1984-05",
        "creators": [{"creatorType": "author", "firstName": "Donald E.", "lastName": "Knuth"}],
        "citationKey": "knuth84",
        "extra": "tex.mine: yes\nRead twice",
    }


@pytest.mark.parametrize(
    ("key", "changes", "old", "new"),
    [
        pytest.param("knuth84", {"title": "New"}, "Literate <i>Programming</i>", "New", id="text"),
        pytest.param("knuth84", {"volume": "28"}, '"volume": 27', '"volume": "28"', id="number"),
        pytest.param("knuth84", {"volume": None}, ', "volume": 27', "", id="gone"),
        pytest.param(
            "knuth84",
            {"date": "1985"},
            '{"date-parts": [[1984, 5]]}',
            '{"date-parts": [[1985]]}',
            id="date",
        ),
        pytest.param(
            "knuth84",
            {"extra": "tex.mine: no\nRead twice"},
            "tex.mine: yes",
            "tex.mine: no",
            id="a line of the note",
        ),
        pytest.param(
            "knuth84", {"extra": "tex.mine: yes"}, "\\nRead twice", "", id="words of the note"
        ),
        pytest.param("7", {"shortTitle": "Sev"}, '"S"', '"Sev"', id="another program's name"),
        pytest.param("7", {"place": "Oslo"}, '"S" }', '"S","publisher-place":"Oslo" }', id="new"),
        pytest.param("7", {"citationKey": "seven"}, '"id": 7 ', '"id": "seven" ', id="id"),
        pytest.param(
            "key2020", {"citationKey": "page"}, '"key2020"', '"page"', id="key beside another id"
        ),
        pytest.param(
            "key2020", {"title": None}, ',\n     "title": "Page"', "", id="the last member"
        ),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_one_change_touches_one_member(
    key: str, changes: dict[str, Any], old: str, new: str, newline: str
) -> None:
    text = FILE.replace("\n", newline)
    step = update(read(text), key, **changes)
    expected = FILE.replace(old, new, 1).replace("\n", newline)
    if new == '"S","publisher-place":"Oslo" }':
        expected = expected.replace('"S","pub', '"S","pub')
    assert applied(text, step) == (expected, [])


@pytest.mark.parametrize(
    ("text", "step", "expected"),
    [
        pytest.param(
            '[{"id":"a","title":"A"},{"id":"b","title":"B"}]',
            RemoveEntry("a", "X"),
            '[{"id":"b","title":"B"}]',
            id="first",
        ),
        pytest.param(
            '[{"id":"a","title":"A"}\n, {"id":"b","title":"B"}\n]\n',
            RemoveEntry("b", "X"),
            '[{"id":"a","title":"A"}\n]\n',
            id="last",
        ),
        pytest.param('[{"id":"a","title":"A"}]', RemoveEntry("a", "X"), "[]", id="only"),
        pytest.param(
            "[]\n",
            AddEntry("X", 1, "n", {"itemType": "book", "title": "N"}),
            '[\n  {\n    "id": "n",\n    "type": "book",\n    "citation-key": "n",\n'
            '    "title": "N"\n  }\n]\n',
            id="into an empty array",
        ),
        pytest.param(
            '[\r\n\t{"id":"a","title":"A"}\r\n]\r\n',
            AddEntry("X", 1, "n", {"itemType": "book", "title": "N"}),
            '[\r\n\t{"id":"a","title":"A"},\r\n\t{\r\n\t  "id": "n",\r\n\t  "type": "book",\r\n'
            '\t  "citation-key": "n",\r\n\t  "title": "N"\r\n\t}\r\n]\r\n',
            id="tabs and CRLF",
        ),
    ],
)
def test_whole_items(text: str, step: LocalStep, expected: str) -> None:
    assert applied(text, step) == (expected, [])


@pytest.mark.parametrize("data", [None, b"", b"\n", b"\xef\xbb\xbf", b"[]"])
def test_a_file_that_is_not_there_yet(data: bytes | None) -> None:
    local = read_local(data, "refs.json", {})
    assert (local.kind, local.entries) == ("csl", ())
    new, _ = apply_local(local, [AddEntry("X", 1, "n", {"itemType": "book", "title": "N"})])
    assert [row["id"] for row in json.loads(new.decode("utf-8-sig"))] == ["n"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('{"items": [{"id": "a", "title": "A"}]}', "no JSON array", id="in an object"),
        pytest.param('[{"id": "a"},]', "refs.json:1:14: this is not JSON", id="a comma too many"),
        pytest.param("[" * 100_000, "nested too deeply", id="deep"),
        pytest.param('"text"', "no JSON array", id="a text"),
    ],
)
def test_what_is_no_array_is_told(text: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read(text)


def test_bytes_that_are_no_utf8_are_told() -> None:
    with pytest.raises(InputError, match="not UTF-8: byte 14"):
        read_local(b'[{"id": "a", "\xe9": 1}]', "refs.json", {})


def test_items_that_take_no_part() -> None:
    local = read('[{"id":"a"},\n{"title":"x"},\n7,{"id":"A"},{"id":true},{"id":"b","title":"B"}]')
    assert [entry.key for entry in local.entries] == ["b"]
    assert [(notice.rule, notice.line) for notice in local.notices] == [
        ("zotero.no-key", 2),
        ("zotero.no-key", 3),
        ("zotero.no-key", 3),
        ("zotero.key-twice", None),
        ("zotero.key-twice", None),
    ]


def test_keys_that_are_taken_are_refused() -> None:
    step = update(read(FILE), "knuth84", citationKey="Key2020")
    assert applied(FILE, step) == (FILE, ["zotero.refused"])
    add = AddEntry("X", 1, "KNUTH84", {"itemType": "book"})
    assert applied(FILE, add) == (FILE, ["zotero.refused"])


def test_an_unchanged_item_is_what_is_known_of_it() -> None:
    first = read(FILE).entries[0]
    rows = {"knuth84": Agreed("X", "knuth84", first.print, 1, {"itemType": "book"}, {})}
    assert read_local(FILE.encode(), "f", rows).entries[0].data == {"itemType": "book"}
    other = read_local(FILE.replace("1984", "1985").encode(), "f", rows)
    assert other.entries[0].data["date"] == "1985-05"


def test_half_a_character_is_no_trouble() -> None:
    text = '[{"id": "a", "type": "book", "title": "x\\ud800y", "note": "n"}]'
    local = read(text)
    assert local.entries[0].data["title"] == "x\ufffdy"
    assert applied(text, update(local, "a", volume="1"))[0] == text.replace(
        '"n"}', '"n", "volume": "1"}'
    )


_VALUES = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10),
    st.integers(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text("ab", max_size=2), st.integers(), max_size=2),
)
_OBJECTS = st.dictionaries(st.sampled_from(list("abcdef")), _VALUES, max_size=5)


@given(_OBJECTS, _OBJECTS, st.sampled_from([None, 0, 1, 4, "\t"]))
def test_an_object_edited_says_what_is_wanted(
    old: dict[str, Any], changes: dict[str, Any], indent: int | str | None
) -> None:
    old = {name: value for name, value in old.items() if value is not None}
    text = json.dumps(old, indent=indent)
    new = edit_object(text, changes)
    wanted = {name: value for name, value in {**old, **changes}.items() if value is not None}
    assert json.loads(new) == wanted
    if all(name in old and old[name] == value for name, value in changes.items()):
        assert json.loads(new) == old
    assert edit_object(text, {}) == text


@pytest.mark.parametrize("value", ["\x1b[31m", "\x9b", "\u202e", "\x00", "\u2028", '"', "\\"])
def test_nothing_that_a_terminal_obeys_is_written(value: str) -> None:
    new, _ = applied(FILE, update(read(FILE), "7", title=f"a{value}b", place=value))
    assert not set(new) & {"\x1b", "\x9b", "\u202e", "\x00", "\u2028"}
    assert json.loads(new)[1]["title"] == f"a{value}b"
