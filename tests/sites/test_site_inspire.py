"""INSPIRE."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from bibtools.model import ArxivId, Doi, Entry, Name, PartialDate
from bibtools.sites import inspire
from bibtools.sites.asking import Found, NotFound, Question, Reply
from bibtools.sites.records import Record
from tests.site_bodies import INSPIRE_PAPER, as_json

SHARED: dict[str, Any] = {
    "title": "Boats in α-strings",
    "authors": (Name("Example", "Ada B."), Name("Muster", "Max")),
    "authors_truncated": True,
    "author_count": 3,
    "abstract": "We see a boat.",
}
AS_PREPRINT = Record(
    Entry(
        type="preprint",
        date=PartialDate(2012, 7, 31),
        arxiv=ArxivId("1207.0012"),
        categories=("hep-ex", "hep-ph"),
        **SHARED,
    ),
    identifier="4242",
    published_doi=Doi("10.1234/boats.2012"),
)
AS_ARTICLE = Record(
    Entry(
        type="article-journal",
        date=PartialDate(2012),
        doi=Doi("10.1234/boats.2012"),
        venue="Boat.Lett.B",
        fields={"volume": "716", "issue": "1", "page": "1-29"},
        **SHARED,
    ),
    identifier="4242",
    preprint_doi=Doi("10.48550/arXiv.1207.0012"),
)


def ask(kind: str, *subjects: str) -> list[Question]:
    return [Question("inspire", kind, subject) for subject in subjects]


def test_a_list_by_arxiv_id() -> None:
    asked = ask("arxiv", "1207.0099", "1207.0012")
    query = parse_qs(urlsplit(inspire.request_ids(asked).url).query)
    assert query["q"] == ["arxiv:1207.0099 or arxiv:1207.0012"]
    body = as_json({"hits": {"hits": [INSPIRE_PAPER], "total": 1}})
    assert inspire.parse_ids(Reply(200, body), asked) == {
        asked[0]: NotFound(),
        asked[1]: Found((AS_PREPRINT, AS_ARTICLE)),
    }


def test_one_by_doi() -> None:
    (asked,) = ask("doi", "10.1234/boats.2012")
    assert inspire.request_ids([asked]).url.startswith(f"{inspire.BASE}/doi/10.1234/boats.2012?")
    assert inspire.parse_ids(Reply(200, as_json(INSPIRE_PAPER)), [asked]) == {
        asked: Found((AS_ARTICLE, AS_PREPRINT))
    }


def test_the_doi_of_an_erratum_is_not_the_paper() -> None:
    (asked,) = ask("doi", "10.1234/boats.erratum")
    answers = inspire.parse_ids(Reply(200, as_json(INSPIRE_PAPER)), [asked])
    assert answers == {asked: NotFound()}


def test_not_found() -> None:
    (asked,) = ask("arxiv", "1207.0099")
    body = as_json({"status": 404, "message": "PID does not exist."})
    assert inspire.parse_ids(Reply(404, body), [asked]) == {asked: NotFound()}


def test_a_collaboration_signs_where_nobody_else_does() -> None:
    metadata = {
        **INSPIRE_PAPER["metadata"],
        "authors": [],
        "collaborations": [{"value": "BOAT"}, {"value": "The Ship Collaboration"}],
    }
    (asked,) = ask("arxiv", "1207.0012")
    found = inspire.parse_ids(Reply(200, as_json({"metadata": metadata})), [asked])[asked]
    assert isinstance(found, Found)
    assert found.records[0].entry.authors == (
        Name(literal="BOAT Collaboration"),
        Name(literal="The Ship Collaboration"),
    )
