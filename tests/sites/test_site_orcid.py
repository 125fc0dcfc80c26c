"""ORCID's lists of works."""

from __future__ import annotations

import pytest

from bibtools.model import ArxivId, Doi, Entry, PartialDate
from bibtools.sites import orcid
from bibtools.sites.asking import Found, NotFound, Question, Reply, UnreadableError
from bibtools.sites.records import Record
from tests.site_bodies import ORCID_WORKS, as_json

PERSON = Question("orcid", "person", "0000-0002-1825-0097")


def test_works_whole() -> None:
    assert orcid.request_person([PERSON]).url == (
        "https://pub.orcid.org/v3.0/0000-0002-1825-0097/works"
    )
    article = Entry(
        type="article-journal",
        title="Counting boats: A census",
        date=PartialDate(2021, 7),
        doi=Doi("10.1234/boats.2021.14"),
        venue="Journal of Boats",
    )
    preprint = Entry(type="preprint", title="More boats", arxiv=ArxivId("2104.00003"))
    assert orcid.parse_person(Reply(200, as_json(ORCID_WORKS)), [PERSON]) == {
        PERSON: Found(
            (
                Record(article, "101", preprint_doi=Doi("10.48550/arXiv.2104.00002")),
                Record(preprint, "102"),
            )
        )
    }


def test_nobody_and_nothing() -> None:
    unknown = Reply(404, b'{"response-code":404,"error-code":9016}')
    assert orcid.parse_person(unknown, [PERSON]) == {PERSON: NotFound()}
    assert orcid.parse_person(Reply(200, b'{"group":[]}'), [PERSON]) == {PERSON: NotFound()}
    with pytest.raises(UnreadableError):
        orcid.parse_person(Reply(200, b'{"works":[]}'), [PERSON])


@pytest.mark.parametrize(
    "subject",
    ["0000-0002-1825-0098", "0000-0002-1825-009", "https://orcid.org/0000-0002-1825-0097", ""],
)
def test_no_orcid(subject: str) -> None:
    with pytest.raises(ValueError, match="no ORCID iD"):
        orcid.request_person([Question("orcid", "person", subject)])


@pytest.mark.parametrize("subject", ["0000-0002-1694-233X", "0000-0003-1415-9269"])
def test_check_digits(subject: str) -> None:
    assert orcid.checked(subject) == subject
