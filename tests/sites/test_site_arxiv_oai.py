"""arXiv's OAI-PMH pages."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools.formats.arxiv_snapshot import record_of
from bibtools.model import ArxivId, PartialDate
from bibtools.sites import arxiv_oai
from bibtools.sites.arxiv_oai import ExpiredTokenError, HarvestPage
from bibtools.sites.asking import Reply, UnreadableError
from tests.site_bodies import OAI, oai_error

ROW = {
    "id": "2611.00001",
    "title": "Boats, again",
    "authors_parsed": [
        ["van Example", "Ada B.", "Jr", "Harbour Lab"],
        ["Boat Collaboration", "", ""],
    ],
    "categories": "cs.CL math.CO",
    "versions": [{"version": "v1", "created": "2026-11-02"}],
    "comments": "3 pages",
    "journal-ref": "J. Boats 4",
    "doi": "10.1234/b",
    "report-no": None,
    "license": None,
    "abstract": "More boats < fewer ships.",
    "update_date": "2026-11-19",
}


def test_a_page_whole() -> None:
    assert arxiv_oai.parse_harvest(Reply(200, OAI)) == HarvestPage(
        rows=(ROW,),
        deleted=(ArxivId("math/0309136"),),
        token="77|1001 next",
        answered="2026-11-20T04:05:06Z",
        total=1234,
        unread=1,
        changed=("2026-11-19", "2026-11-19"),
    )


def test_rows_are_what_the_index_reads() -> None:
    record = record_of(ROW)
    assert record.arxiv == ArxivId("2611.00001")
    assert record.authors == ("van Example, Jr, Ada B.", "Boat Collaboration")
    assert record.created == PartialDate(2026, 11, 2)
    assert record.categories == ("cs.CL", "math.CO")


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        pytest.param((), {"verb": ["ListRecords"], "metadataPrefix": ["arXiv"]}, id="all"),
        pytest.param(
            ("2026-11-19", "cs:cs:CL"),
            {
                "verb": ["ListRecords"],
                "metadataPrefix": ["arXiv"],
                "from": ["2026-11-19"],
                "set": ["cs:cs:CL"],
            },
            id="some",
        ),
        pytest.param(
            ("2026-11-19", None, "77|1001 next&"),
            {"verb": ["ListRecords"], "resumptionToken": ["77|1001 next&"]},
            id="token-alone",
        ),
    ],
)
def test_requests(arguments: tuple[str, ...], query: dict[str, list[str]]) -> None:
    url = arxiv_oai.request_harvest(*arguments).url
    assert url.startswith(arxiv_oai.SERVICE.base)
    assert parse_qs(urlsplit(url).query) == query


def test_nothing_new_is_a_page() -> None:
    page = arxiv_oai.parse_harvest(Reply(200, oai_error("noRecordsMatch")))
    assert page == HarvestPage((), answered="2026-11-20T04:05:06Z")


def test_the_last_page_has_an_empty_token() -> None:
    last = OAI.replace(b">77|1001 next<", b"><")
    assert arxiv_oai.parse_harvest(Reply(200, last)).token is None


def test_an_old_token_is_told_apart() -> None:
    with pytest.raises(ExpiredTokenError):
        arxiv_oai.parse_harvest(Reply(200, oai_error("badResumptionToken")))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(oai_error("badArgument"), id="error"),
        pytest.param(b"<OAI-PMH/>", id="nothing"),
        pytest.param(OAI[:400], id="cut"),
        pytest.param(b"<html><body>busy</body></html>", id="page"),
    ],
)
def test_refused(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        arxiv_oai.parse_harvest(Reply(200, body))
