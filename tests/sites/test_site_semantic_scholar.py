"""Semantic Scholar's Graph API."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bibtools.matching.published import choose_published
from bibtools.model import ArxivId, Doi, Entry, Name, Outcome, PartialDate
from bibtools.sites import semantic_scholar
from bibtools.sites.asking import Found, NotFound, Question, Reply, UnreadableError
from bibtools.sites.records import Record
from tests.site_bodies import S2_MERGED, S2_PREPRINT, as_json

AUTHORS = (Name("Example", "Z."), Name("Muster", "M."))
AS_PREPRINT = Record(
    Entry(type="preprint", title="Counting Boats", authors=AUTHORS, arxiv=ArxivId("2104.00002")),
    identifier="aa11",
    published_doi=Doi("10.1234/Boats.2021.14"),
    score=133.25,
)
AS_ARTICLE = Record(
    Entry(
        type="article-journal",
        title="Counting Boats",
        authors=AUTHORS,
        doi=Doi("10.1234/Boats.2021.14"),
        other_ids={"issn": "1234-5679", "pmid": "12345", "pmcid": "PMC678"},
        venue="Journal of Boats",
        fields={"volume": "3", "page": "14-20"},
    ),
    identifier="aa11",
    preprint_doi=Doi("10.48550/arXiv.2104.00002"),
    score=133.25,
)


def ask(kind: str, *subjects: str) -> list[Question]:
    return [Question("semantic-scholar", kind, subject) for subject in subjects]


def test_a_batch_in_place() -> None:
    asked = ask("arxiv", "2104.00002", "2104.00009", "2104.00003")
    answers = semantic_scholar.parse_ids(Reply(200, as_json([S2_MERGED, None, S2_PREPRINT])), asked)
    preprint = Entry(type="preprint", title="More Boats", arxiv=ArxivId("2104.00003"))
    assert answers == {
        asked[0]: Found((AS_PREPRINT, AS_ARTICLE)),
        asked[1]: NotFound(),
        asked[2]: Found((Record(preprint, "bb22"),)),
    }


def test_who_asks_by_doi_gets_the_published_paper_first() -> None:
    (asked,) = ask("doi", "10.1234/boats.2021.14")
    answers = semantic_scholar.parse_ids(Reply(200, as_json([S2_MERGED])), [asked])
    assert answers == {asked: Found((AS_ARTICLE, AS_PREPRINT))}


def test_the_request() -> None:
    request = semantic_scholar.request_ids([*ask("arxiv", "2104.00002"), *ask("doi", "10.1/a")])
    assert request.method == "POST"
    assert json.loads(request.body or b"") == {"ids": ["ARXIV:2104.00002", "DOI:10.1/a"]}


def test_answers_in_another_order_are_refused() -> None:
    asked = ask("arxiv", "2104.00003", "2104.00002")
    with pytest.raises(UnreadableError, match="not in the order"):
        semantic_scholar.parse_ids(Reply(200, as_json([S2_MERGED, S2_PREPRINT])), asked)


def test_a_place_too_few_is_refused() -> None:
    asked = ask("arxiv", "2104.00002", "2104.00003")
    with pytest.raises(UnreadableError, match="one place for each"):
        semantic_scholar.parse_ids(Reply(200, as_json([S2_MERGED])), asked)


def test_the_record_of_another_paper_is_no_answer() -> None:
    (asked,) = ask("arxiv", "2104.77777")
    answers = semantic_scholar.parse_ids(Reply(200, as_json([S2_MERGED])), [asked])
    assert answers == {asked: NotFound()}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(404, b'{"error":"Title match not found"}', id="404"),
        pytest.param(200, b'{"data": []}', id="empty"),
        pytest.param(200, b'{"total": 0, "offset": 0}', id="no-data"),
    ],
)
def test_no_such_title(status: int, body: bytes) -> None:
    (asked,) = ask("title", "boats")
    assert semantic_scholar.parse_title(Reply(status, body), [asked]) == {asked: NotFound()}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"error": "Internal failure"}, id="an error"),
        pytest.param({"message": "Too Many Requests."}, id="a message"),
        pytest.param({"errors": [{"status": "500"}]}, id="errors"),
        pytest.param({}, id="nothing"),
        pytest.param({"ok": True}, id="ok"),
        pytest.param({"data": None}, id="null"),
        pytest.param({"total": None}, id="no count"),
        pytest.param({"total": 3}, id="three, and none shown"),
        pytest.param({"data": [], "error": "Timed out"}, id="an error beside no rows"),
    ],
)
def test_what_is_no_answer_to_a_title_is_not_taken_for_none(body: dict[str, object]) -> None:
    with pytest.raises(UnreadableError, match="none of Semantic Scholar's"):
        semantic_scholar.parse_title(Reply(200, as_json(body)), ask("title", "boats"))


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        pytest.param(2021, None, id="the-preprint's-perhaps"),
        pytest.param(2022, 2022, id="later"),
        pytest.param(None, None, id="unknown"),
    ],
)
def test_the_year_of_the_published_paper(year: int | None, expected: int | None) -> None:
    (asked,) = ask("doi", "10.1234/boats.2021.14")
    body = as_json([{**S2_MERGED, "year": year, "publicationDate": None}])
    found = semantic_scholar.parse_ids(Reply(200, body), [asked])[asked]
    assert isinstance(found, Found)
    date = found.records[0].entry.date
    assert (date.year if date else None) == expected


@pytest.mark.parametrize(
    "doi",
    [pytest.param(None, id="without DOI"),
     pytest.param("10.48550/arXiv.2104.00002", id="the preprint's DOI")],
)  # fmt: skip
def test_a_merged_record_is_known_for_one(doi: str | None) -> None:
    (asked,) = ask("arxiv", "2104.00002")
    ids = {"ArXiv": "2104.00002", **({"DOI": doi} if doi is not None else {})}
    row = {**S2_MERGED, "externalIds": ids}
    answer = semantic_scholar.parse_ids(Reply(200, as_json([row])), [asked])[asked]
    assert isinstance(answer, Found)
    preprint = replace(AS_PREPRINT.entry, date=PartialDate(2021))
    for order in (answer.records, answer.records[::-1]):
        choice = choose_published(preprint, order)
        assert (choice.outcome, choice.chosen) == (Outcome.LIKELY, ())


@pytest.mark.parametrize("named", ["2104.00009", "2999.00001", "hep-th/9901001"])
def test_a_record_that_names_another_arxiv_id_is_no_answer(named: str) -> None:
    (asked,) = ask("arxiv", "2104.00002")
    ids = {"ArXiv": named, "DOI": "10.48550/arXiv.2104.00002"}
    row = {**S2_MERGED, "externalIds": ids}
    assert semantic_scholar.parse_ids(Reply(200, as_json([row])), [asked]) == {asked: NotFound()}
