"""The ACL Anthology's .bib files."""

from __future__ import annotations

import pytest

from bibtools.model import Doi, Entry, Link, Name, PartialDate
from bibtools.sites import acl
from bibtools.sites.asking import Found, NotFound, Question, Reply, UnreadableError
from tests.site_bodies import ACL_BIB

PAPER = Entry(
    type="paper-conference",
    title="Counting Boats in März",
    authors=(Name("Example", "Ada"), Name("Muster", "Max")),
    date=PartialDate(2021, 7),
    doi=Doi("10.18653/v1/2021.boats-main.14"),
    venue="Proceedings of the 3rd Conference on Boats",
    links=(Link("https://aclanthology.org/2021.boats-main.14/", "field", "url"),),
    fields={
        "page": "140-152",
        "publisher": "Association for Boats",
        "publisher-place": "Port Example",
    },
)


def test_a_paper() -> None:
    question = Question("acl", "acl", "2021.boats-main.14")
    assert acl.request_paper([question]).url == ("https://aclanthology.org/2021.boats-main.14.bib")
    found = acl.parse_paper(Reply(200, ACL_BIB), [question])[question]
    assert isinstance(found, Found)
    (record,) = found.records
    assert record.identifier == "2021.boats-main.14"
    entry = record.entry
    assert (entry.type, entry.title, entry.authors, entry.date) == (
        PAPER.type,
        PAPER.title,
        PAPER.authors,
        PAPER.date,
    )
    assert (entry.doi, entry.venue) == (PAPER.doi, PAPER.venue)
    assert [link.url for link in entry.links] == [link.url for link in PAPER.links]
    assert {name: entry.fields[name] for name in PAPER.fields} == PAPER.fields


def test_nothing_comes_word_for_word() -> None:
    """A field that nobody knows would be written into the user's file as LaTeX."""
    question = Question("acl", "volume", "2021.boats-main")
    found = acl.parse_volume(Reply(200, ACL_BIB), [question])[question]
    assert isinstance(found, Found)
    assert [dict(record.entry.extra) for record in found.records] == [{}, {}]
    assert [record.entry.key for record in found.records] == [None, None]


def test_a_volume_in_its_order() -> None:
    question = Question("acl", "volume", "2021.boats-main")
    assert acl.request_volume([question]).url == (
        "https://aclanthology.org/volumes/2021.boats-main.bib"
    )
    found = acl.parse_volume(Reply(200, ACL_BIB), [question])[question]
    assert isinstance(found, Found)
    assert [record.identifier for record in found.records] == [
        "2021.boats-main.0",
        "2021.boats-main.14",
    ]


@pytest.mark.parametrize(
    ("asked", "spelled"),
    [
        pytest.param("n18-1202", "N18-1202", id="old"),
        pytest.param("2020.ACL-main.1", "2020.acl-main.1", id="new"),
    ],
)
def test_spellings(asked: str, spelled: str) -> None:
    assert acl.spelled(asked) == spelled


def test_unknown_and_unreadable() -> None:
    question = Question("acl", "acl", "2021.boats-main.99")
    page = b"<!DOCTYPE html><html><title>404 - ACL Anthology</title></html>"
    assert acl.parse_paper(Reply(404, page), [question]) == {question: NotFound()}
    for reply in (
        Reply(200, ACL_BIB),
        Reply(200, page),
        Reply(200, b""),
        Reply(200, b"no entry"),
        Reply(404, b"<html>Just a moment...</html>"),
        Reply(403, b"forbidden"),
    ):
        with pytest.raises(UnreadableError):
            acl.parse_paper(reply, [question])
