"""DataCite's REST API."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from bibtools.model import ArxivId, Doi, Entry, Name, PartialDate
from bibtools.sites import datacite
from bibtools.sites.asking import CouldNotAsk, Found, NotFound, Question, Reply
from bibtools.sites.records import Record
from tests.site_bodies import DATACITE_PREPRINT, DATACITE_SOFTWARE, as_json

PREPRINT = Record(
    Entry(
        type="preprint",
        title="Counting Boats with α-Filters",
        authors=(
            Name("Example", "Zoë", non_dropping_particle="van der"),
            Name(literal="The Boat Collaboration"),
        ),
        abstract="We count paper boats.",
        date=PartialDate(2021, 4, 18),
        arxiv=ArxivId("2104.00002"),
    ),
    identifier="10.48550/arxiv.2104.00002",
    published_doi=Doi("10.1234/boats.2021.14"),
    comment="12 pages",
)
SOFTWARE = Record(
    Entry(
        type="software",
        title="boats: count them",
        authors=(Name("Example", "Ada"),),
        date=PartialDate(2022),
        doi=Doi("10.5281/zenodo.1000001"),
        fields={"publisher": "Zenodo", "version": "1.2"},
    ),
    identifier="10.5281/zenodo.1000001",
)


def dois(*subjects: str) -> list[Question]:
    return [Question("datacite", "doi", subject) for subject in subjects]


def test_a_list_whole_in_any_order() -> None:
    asked = dois("10.48550/arxiv.2104.00002", "10.5281/zenodo.1000001", "10.5281/zenodo.0")
    body = as_json({"data": [DATACITE_SOFTWARE, DATACITE_PREPRINT], "meta": {"total": 2}})
    assert datacite.parse_dois(Reply(200, body), asked) == {
        asked[0]: Found((PREPRINT,)),
        asked[1]: Found((SOFTWARE,)),
        asked[2]: NotFound(),
    }


def test_one_alone() -> None:
    (question,) = dois("10.48550/arxiv.2104.00002")
    assert datacite.request_dois([question]).url == f"{datacite.BASE}/dois/{question.subject}"
    body = as_json({"data": DATACITE_PREPRINT})
    assert datacite.parse_dois(Reply(200, body), [question]) == {question: Found((PREPRINT,))}
    unknown = as_json({"errors": [{"status": "404", "title": "It doesn't exist."}]})
    assert datacite.parse_dois(Reply(404, unknown), [question]) == {question: NotFound()}


def test_the_request_for_several() -> None:
    query = parse_qs(urlsplit(datacite.request_dois(dois("10.1/a", '10.1/"', "10.1/b")).url).query)
    assert query["query"] == ['doi:("10.1/a" OR "10.1/b")']
    assert query["page[size]"] == ["3"]


def test_a_list_that_was_cut_off_says_nothing_of_the_rest() -> None:
    asked = dois("10.1234/a", "10.1234/b")
    body = as_json({"data": [], "meta": {"total": 2}})
    answers = datacite.parse_dois(Reply(200, body), asked)
    assert {type(answer) for answer in answers.values()} == {CouldNotAsk}


def test_another_version_at_the_same_place_is_no_publication() -> None:
    attributes = {
        **DATACITE_SOFTWARE["attributes"],
        "types": {"resourceTypeGeneral": "Preprint"},
    }
    body = as_json({"data": {"attributes": attributes}})
    (question,) = dois("10.5281/zenodo.1000001")
    found = datacite.parse_dois(Reply(200, body), [question])[question]
    assert isinstance(found, Found)
    assert found.records[0].entry.type == "preprint"
    assert found.records[0].published_doi is None
