"""Locks of a .bib file as fields of items."""

from __future__ import annotations

import pytest

from bibtools.sync.local_file import read_local
from bibtools.sync.locking import EVERYTHING, locked_fields


@pytest.mark.parametrize(
    ("named", "some", "none"),
    [
        pytest.param("", set(), {"title"}, id="nothing"),
        pytest.param("title", {"title"}, {"shortTitle"}, id="one"),
        pytest.param("Title, YEAR;journal", {"title", "date", "publicationTitle"}, {"pages"},
                     id="several, in any case"),
        pytest.param("{author}", {"creators"}, {"title"}, id="in braces"),
        pytest.param("shorttitle", {"shortTitle"}, {"title"}, id="another spelling"),
        pytest.param("eventtitle", {"conferenceName", "meetingName"}, {"title"}, id="of types"),
        pytest.param("code", {"extra:tex.code"}, {"extra"}, id="the code link"),
        pytest.param("pmid", {"PMID", "extra:tex.pmid"}, {"extra"}, id="an identifier"),
        pytest.param("mine", {"extra:tex.mine"}, {"extra"}, id="a field of one's own"),
        pytest.param("keywords", {"tags"}, {"extra"}, id="keywords"),
        pytest.param("note", {"extra"}, {"title"}, id="notes"),
        pytest.param("all", EVERYTHING, set(), id="all"),
        pytest.param("*", EVERYTHING, set(), id="a star"),
    ],
)  # fmt: skip
def test_locked_fields(named: str, some: set[str], none: set[str]) -> None:
    found = locked_fields(named)
    assert some <= found
    assert not none & found


def test_locks_of_a_file() -> None:
    data = b"@misc{a, title={A}, bibtools-lock={title, doi}}\n@misc{b, title={B}}\n"
    local = read_local(data, "refs.bib", {})
    assert [set(entry.locked) for entry in local.entries] == [{"title", "DOI"}, set()]
    assert "bibtools-lock" not in str([dict(entry.data) for entry in local.entries])
