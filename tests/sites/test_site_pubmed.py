"""PubMed's E-utilities."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools.model import Doi, Entry, Name, PartialDate
from bibtools.sites import pubmed
from bibtools.sites.asking import Found, NotFound, Question, Reply, UnreadableError
from bibtools.sites.records import Record
from tests.site_bodies import PUBMED, PUBMED_SEARCH, as_json

ARTICLE = Record(
    Entry(
        type="article-journal",
        title="Boats in E. coli and CO2",
        authors=(
            Name("Example", "Ada B", non_dropping_particle="van", suffix="Jr"),
            Name(literal="Boat Study Group"),
        ),
        authors_truncated=True,
        abstract="AIM: To count. RESULT: Many.",
        date=PartialDate(2021, 7),
        doi=Doi("10.1234/boats.2021.14"),
        other_ids={"pmid": "12345", "pmcid": "PMC678", "issn": "1234-5679"},
        venue="Journal of boats",
        fields={
            "title": "Boats in <i>E. coli</i> and CO<sub>2</sub>",
            "volume": "3",
            "issue": "2",
            "page": "1234-1245",
            "container-title-short": "J Boats",
            "language": "en",
        },
    ),
    identifier="12345",
    preprint_doi=Doi("10.1101/2021.01.01.000001"),
    retracted="retracted, says PubMed (notice: J Boats. 2022 Jan;4(1):1)",
)


def one(changes: dict[bytes, bytes]) -> Record:
    body = PUBMED
    for old, new in changes.items():
        assert old in body
        body = body.replace(old, new)
    question = Question("pubmed", "pmid", "12345")
    found = pubmed.parse_pmids(Reply(200, body), [question])[question]
    assert isinstance(found, Found)
    return found.records[0]


def test_papers_whole() -> None:
    asked = [Question("pubmed", "pmid", number) for number in ("99999", "12345")]
    query = parse_qs(urlsplit(pubmed.request_pmids(asked).url).query)
    assert query["id"] == ["99999,12345"]
    assert pubmed.parse_pmids(Reply(200, PUBMED), asked) == {
        asked[0]: NotFound(),
        asked[1]: Found((ARTICLE,)),
    }


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        pytest.param("<Year>2021</Year>", PartialDate(2021), id="year"),
        pytest.param("<Year>2021</Year><Month>Jul</Month>", PartialDate(2021, 7), id="name"),
        pytest.param("<Year>2021</Year><Month>07</Month><Day>9</Day>", PartialDate(2021, 7, 9),
                     id="numbers"),
        pytest.param("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", PartialDate(1998, 12),
                     id="span"),
        pytest.param("<MedlineDate>Spring 1998</MedlineDate>", None, id="text"),
        pytest.param("<Year>2021</Year><Season>Fall</Season>", PartialDate(2021), id="season"),
    ],
)  # fmt: skip
def test_dates(date: str, expected: PartialDate | None) -> None:
    record = one({b"<MedlineDate>2021 Jul-Aug</MedlineDate>": date.encode()})
    assert record.entry.date == expected


@pytest.mark.parametrize(
    ("printed", "page", "eid"),
    [
        pytest.param(b"12-9", "12-19", None, id="short"),
        pytest.param(b"12-19", "12-19", None, id="whole"),
        pytest.param(b"e100123", None, "e100123", id="number"),
        pytest.param(b"S12-S19", "S12-S19", None, id="supplement"),
        pytest.param(b"7", "7", None, id="one"),
    ],
)
def test_pages(printed: bytes, page: str | None, eid: str | None) -> None:
    fields = one({b"1234-45": printed}).entry.fields
    assert (fields.get("page"), fields.get("eid")) == (page, eid)


@pytest.mark.parametrize(
    ("printed", "title"),
    [
        pytest.param(b"Boats.", "Boats", id="full-stop"),
        pytest.param(b"[Boats in Port Example].", "Boats in Port Example", id="translated"),
        pytest.param(b"Boats...", "Boats...", id="ellipsis"),
        pytest.param(b"Boats?", "Boats?", id="question"),
        pytest.param(b"Boats &lt; ships.", "Boats < ships", id="less-than"),
    ],
)
def test_titles(printed: bytes, title: str) -> None:
    record = one({b"Boats in <i>E. coli</i> and CO<sub>2</sub>.": printed})
    assert record.entry.title == title


def test_the_pmid_of_a_doi() -> None:
    question = Question("pubmed", "doi", "10.1234/boats.2021.14")
    query = parse_qs(urlsplit(pubmed.request_doi([question]).url).query)
    assert query["term"] == ['"10.1234/boats.2021.14"[doi]']
    entry = Entry(doi=Doi("10.1234/boats.2021.14"), other_ids={"pmid": "12345"})
    assert pubmed.parse_doi_search(Reply(200, as_json(PUBMED_SEARCH)), [question]) == {
        question: Found((Record(entry, "12345"),))
    }


@pytest.mark.parametrize(
    "result",
    [
        pytest.param({"count": "0", "idlist": []}, id="none"),
        pytest.param({"count": "2", "idlist": ["1", "2"]}, id="two"),
        pytest.param(
            {"idlist": ["1"], "errorlist": {"phrasesnotfound": ["10.1234/x"]}}, id="pieces"
        ),
        pytest.param(
            {"idlist": ["1"], "warninglist": {"quotedphrasesnotfound": ['"10.1234/x"[doi]']}},
            id="unquoted",
        ),
    ],
)
def test_no_pmid(result: dict[str, Any]) -> None:
    question = Question("pubmed", "doi", "10.1234/x")
    body = as_json({"esearchresult": result})
    assert pubmed.parse_doi_search(Reply(200, body), [question]) == {question: NotFound()}


def test_errors_with_status_200() -> None:
    question = Question("pubmed", "pmid", "12345")
    for body in (b"<PubmedArticleSet><ERROR>busy</ERROR></PubmedArticleSet>", b"<eFetchResult/>"):
        with pytest.raises(UnreadableError):
            pubmed.parse_pmids(Reply(200, body), [question])
    search = as_json({"esearchresult": {"ERROR": "busy"}})
    with pytest.raises(UnreadableError, match="busy"):
        pubmed.parse_doi_search(Reply(200, search), [question])
