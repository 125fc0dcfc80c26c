"""Known works, asked one by one: as many at once would be answered, and without reading all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bibtools.matching.known import KnownWorks, match_known
from bibtools.model import Entry, Name, parse_arxiv, parse_doi

_TITLES = ("Paper Boats That Float", "Paper boats that float!", "Deep Harbours of the North", None)
ENTRIES = st.builds(
    Entry,
    title=st.sampled_from(_TITLES),
    authors=st.sampled_from([(), (Name(family="Doe", given="Jane"),), (Name(family="Roe"),)]),
    arxiv=st.sampled_from([None, parse_arxiv("2104.00011"), parse_arxiv("2205.00022")]),
    doi=st.sampled_from([None, parse_doi("10.1234/a"), parse_doi("10.1234/A"),
                         parse_doi("10.1234/b")]),
)  # fmt: skip


@given(st.lists(ENTRIES, max_size=6), ENTRIES)
def test_one_entry_has_the_place_that_match_known_gives_it(
    known: list[Entry], entry: Entry
) -> None:
    one_by_one = KnownWorks()
    for other in known:
        one_by_one.add(other)
    expected = match_known([entry], [frozenset()], known, {}).get(0)
    assert one_by_one.place(entry) == KnownWorks(known).place(entry) == expected


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("pmid", "31452104", [0, 2], id="two-have-it"),
        pytest.param("pmid", "1", [], id="nobody-has-it"),
        pytest.param("pmcid", "31452104", [], id="another-kind-of-number"),
        pytest.param("pmid", "", [], id="no-number"),
    ],
)
def test_entries_by_their_other_identifiers(name: str, value: str, expected: list[int]) -> None:
    works = KnownWorks([
        Entry(other_ids={"pmid": "31452104"}), Entry(),
        Entry(other_ids={"pmid": "31452104", "isbn": "9780262033848"}),
    ])  # fmt: skip
    assert list(works.identified(name, value)) == expected
