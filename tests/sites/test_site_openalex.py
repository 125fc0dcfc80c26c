"""OpenAlex."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools.model import ArxivId, Doi, Entry, Name, PartialDate
from bibtools.sites import openalex
from bibtools.sites.asking import Found, NotFound, Question, Reply, UnreadableError
from bibtools.sites.records import Record
from tests.site_bodies import OPENALEX_ARTICLE, OPENALEX_PREPRINT, as_json

ARTICLE = Record(
    Entry(
        type="article-journal",
        title="Counting boats",
        authors=(Name("Example", "Zoë", non_dropping_particle="van der"), Name("Muster", "Max")),
        date=PartialDate(2021, 5, 3),
        doi=Doi("10.1234/boats.2021.14"),
        other_ids={"issn": "1234-5679", "pmid": "12345"},
        venue="Journal of Boats",
        fields={"volume": "3", "issue": "2", "page": "14-20", "language": "en"},
    ),
    identifier="W11",
    preprint_doi=Doi("10.48550/arXiv.2104.00002"),
    retracted="retracted, says OpenAlex",
)
PREPRINT = Record(
    Entry(
        type="preprint",
        title="More boats",
        date=PartialDate(2021),
        arxiv=ArxivId("2104.00003"),
    ),
    identifier="W12",
)


def dois(*subjects: str) -> list[Question]:
    return [Question("openalex", "doi", subject) for subject in subjects]


def one(item: dict[str, Any]) -> Record:
    question = Question("openalex", "title", "boats")
    found = openalex.parse_title(Reply(200, as_json({"results": [item]})), [question])[question]
    assert isinstance(found, Found)
    return found.records[0]


def test_a_list_whole_in_any_order() -> None:
    asked = dois("10.1234/boats.2021.14", "10.1234/none", "10.48550/arxiv.2104.00003")
    body = as_json({"meta": {"count": 2}, "results": [OPENALEX_PREPRINT, OPENALEX_ARTICLE]})
    assert openalex.parse_dois(Reply(200, body), asked) == {
        asked[0]: Found((ARTICLE,)),
        asked[1]: NotFound(),
        asked[2]: Found((PREPRINT,)),
    }


def test_one_is_asked_alone_because_that_is_free() -> None:
    (question,) = dois("10.1234/boats.2021.14")
    url = openalex.request_dois([question]).url
    assert url.startswith(f"{openalex.BASE}/works/doi:10.1234/boats.2021.14?select=")
    assert openalex.parse_dois(Reply(200, as_json(OPENALEX_ARTICLE)), [question]) == {
        question: Found((ARTICLE,))
    }


def test_its_page_for_404_is_not_found_and_no_other_page_is() -> None:
    (question,) = dois("10.1234/none")
    page = b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>"
    assert openalex.parse_dois(Reply(404, page), [question]) == {question: NotFound()}
    with pytest.raises(UnreadableError):
        openalex.parse_dois(Reply(404, b"<html><title>Just a moment...</title>"), [question])
    with pytest.raises(UnreadableError):
        openalex.parse_dois(Reply(404, page), dois("10.1234/a", "10.1234/b"))


def test_requests_hold_nothing_that_divides_filters() -> None:
    query = parse_qs(
        urlsplit(openalex.request_dois(dois("10.1/a", "10.1/b,c", "10.1/d")).url).query
    )
    assert query["filter"] == ["doi:10.1/a|10.1/d"]
    title = Question("openalex", "title", "Boats, ships: a|b! counted")
    query = parse_qs(urlsplit(openalex.request_title([title]).url).query)
    assert query["filter"] == ["title.search:boats ships a b counted"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, "article-journal", id="journal"),
        pytest.param({"type": "book-chapter"}, "chapter", id="chapter"),
        pytest.param({"type": "boat"}, "document", id="unknown"),
        pytest.param(
            {"primary_location": {"source": {"type": "repository"}}}, "preprint", id="repository"
        ),
        pytest.param(
            {"primary_location": {"source": {"type": "conference"}}}, "paper-conference",
            id="conference",
        ),
    ],
)  # fmt: skip
def test_types(changes: dict[str, Any], expected: str) -> None:
    assert one({**OPENALEX_ARTICLE, **changes}).entry.type == expected


def test_two_arxiv_papers_in_one_work_are_none() -> None:
    places = [{"landing_page_url": f"https://arxiv.org/abs/2104.0000{n}"} for n in (1, 2)]
    assert one({**OPENALEX_ARTICLE, "locations": places}).preprint_doi is None


def test_a_hundred_authors_may_be_more() -> None:
    people = [{"author": {"display_name": f"Ada Example{n}"}} for n in range(100)]
    assert one({**OPENALEX_ARTICLE, "authorships": people}).entry.authors_truncated
    assert not one({**OPENALEX_ARTICLE, "authorships": people[:99]}).entry.authors_truncated
