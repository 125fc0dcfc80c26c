"""Titles in one piece."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.whole_titles import join_titles, split_titles
from tests.entry_strategies import texts


@pytest.mark.parametrize(
    ("type_", "pieces", "wholes"),
    [
        pytest.param("book", {"title": "A", "subtitle": "B"}, {"title": "A: B"}, id="subtitle"),
        pytest.param(
            "book", {"title": "A?", "subtitle": "B", "titleaddon": "C"}, {"title": "A? B. C"},
            id="mark of its own",
        ),
        pytest.param(
            "article-journal", {"container-title": "J", "journalsubtitle": "K"},
            {"container-title": "J: K"}, id="journal",
        ),
        pytest.param(
            "book", {"title": "V", "subtitle": "W", "maintitle": "M", "mainsubtitle": "N"},
            {"title": "M: N", "volume-title": "V: W"}, id="volume",
        ),
        pytest.param(
            "chapter", {"title": "C", "container-title": "V", "maintitle": "M"},
            {"container-title": "M", "volume-title": "V"}, id="chapter of a volume",
        ),
        pytest.param(
            "chapter", {"title": "C", "maintitle": "M"}, {"container-title": "M"},
            id="chapter of a work",
        ),
        pytest.param(
            "book", {"title": "V", "maintitle": "M", "volume-title": "X"}, {},
            id="another title of the volume",
        ),
        pytest.param("book", {"subtitle": "B"}, {}, id="no title"),
    ],
)  # fmt: skip
def test_join_and_split(type_: str, pieces: dict[str, str], wholes: dict[str, str]) -> None:
    found = dict(pieces)
    join_titles(found, type_, volumes=True)
    assert found == {**pieces, **wholes}
    split_titles(found, type_, volumes=True)
    assert found == pieces


def test_without_titles_of_volumes() -> None:
    found = {"title": "V", "maintitle": "M"}
    join_titles(found, "book", volumes=False)
    assert found == {"title": "V", "maintitle": "M"}


def test_a_title_that_was_edited_stays() -> None:
    found = {"title": "Other: C", "subtitle": "B", "titleaddon": "D"}
    split_titles(found, "book", volumes=True)
    assert found == {"title": "Other: C", "subtitle": "B", "titleaddon": "D"}


_plain = texts().filter(lambda text: not text.endswith((".", ":", ";", "!", "?", ",")))


@given(st.dictionaries(st.sampled_from(["title", "subtitle", "titleaddon", "maintitle"]), _plain))
def test_what_was_joined_is_split(pieces: dict[str, str]) -> None:
    found = dict(pieces)
    join_titles(found, "book", volumes=True)
    split_titles(found, "book", volumes=True)
    if "title" in pieces or "maintitle" not in pieces:
        assert found == pieces
