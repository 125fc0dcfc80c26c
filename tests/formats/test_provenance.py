"""The side file that says where values came from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.formats.provenance import (
    LinkState,
    Lost,
    Provenance,
    latest,
    read_provenance,
    sentences,
    write_provenance,
)

_doi = Provenance(
    key="a2020",
    field="doi",
    value="10.1234/a",
    source="arXiv",
    question="arxiv:arxiv:2001.00001",
    asked="2026-11-21",
    rule="the author gave it to arXiv",
    score=99.5,
    confirmed=("Crossref",),
    lost=(Lost("10.1234/b", "OpenAlex", "its title has another word"),),
)
_plain = Provenance("a2020", "year", "2020", "you", "", "", "decided by hand")
_texts = st.text(max_size=20)


@given(
    st.lists(
        st.builds(
            Provenance,
            _texts,
            _texts.map(str.lower),
            _texts,
            _texts,
            _texts,
            _texts,
            _texts,
            st.none() | st.integers(0, 100).map(float),
            st.lists(_texts, max_size=2).map(tuple),
            st.lists(st.builds(Lost, _texts, _texts, _texts), max_size=2).map(tuple),
            _texts,
            st.none() | st.builds(LinkState, _texts, *[_texts] * 5, copy=st.none() | _texts),
        ),
        max_size=3,
    )
)
def test_what_is_written_is_read_again(rows: list[Provenance]) -> None:
    text = write_provenance(rows)
    assert text.count("\n") == len(rows)
    assert read_provenance(text.encode("utf-8", "surrogatepass"), "x") == (rows, [])


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"key": "a", "field": "b"}', id="no value"),
        pytest.param(b'{"key": "a", "field": "b", "value": 3}', id="a number"),
        pytest.param(b'{"key": "a", "field": "b", "value": "c", "lost": [1]}', id="odd loser"),
        pytest.param(b'{"key": "a", "field": "b", "value": "c", "link": {}}', id="no state"),
        pytest.param(b"[" * 100_000, id="nested"),
    ],
)
def test_a_line_that_is_none_is_told(line: bytes) -> None:
    data = line + b"\n\n" + write_provenance([_plain]).encode()
    rows, notices = read_provenance(data, "refs.bib.provenance.jsonl")
    assert rows == [_plain]
    assert [(one.line, one.rule) for one in notices] == [(1, "provenance.line")]


def test_the_last_line_counts() -> None:
    newer = Provenance("a2020", "doi", "10.1234/c", "you", "", "", "decided by hand")
    assert latest([_doi, _plain, newer]) == {("a2020", "doi"): newer, ("a2020", "year"): _plain}


@pytest.mark.parametrize(
    ("row", "now", "told"),
    [
        pytest.param(
            _doi,
            "10.1234/a",
            [
                "doi = 10.1234/a",
                "  from arXiv, asked on 2026-11-21: the author gave it to arXiv"
                " (likeness of the titles 100 of 100).",
                "  The question was arxiv:arxiv:2001.00001.",
                "  The same say Crossref.",
                "  Not taken: 10.1234/b (from OpenAlex): its title has another word.",
            ],
            id="all of it",
        ),
        pytest.param(
            _plain,
            "2021",
            [
                "year = 2020",
                "  from you: decided by hand.",
                "  The entry says now: 2021. Somebody changed it since.",
            ],
            id="changed since",
        ),
        pytest.param(
            _plain,
            None,
            [
                "year = 2020",
                "  from you: decided by hand.",
                "  The entry does not have this field any more.",
            ],
            id="gone",
        ),
    ],
)
def test_it_is_told_in_sentences(row: Provenance, now: str | None, told: list[str]) -> None:
    assert sentences(row, now) == told
