"""A page where an answer was due says nothing of what is known."""

from __future__ import annotations

import pytest

from bibtools.sites import arxiv, datacite
from bibtools.sites.asking import NotFound, Question, Reply, UnreadableError

ID, DOI = Question("arxiv", "arxiv", "2104.00011"), Question("datacite", "doi", "10.5072/x")
EMPTY = b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>%s</feed>"
TOTAL = b"<totalResults xmlns='http://a9.com/-/spec/opensearch/1.1/'>0</totalResults>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"<h1>nope</h1>", id="a page"),
        pytest.param(b"Not Found", id="a proxy's words"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_datacite(body: bytes) -> None:
    with pytest.raises(UnreadableError):
        datacite.parse_dois(Reply(404, body), [DOI])
    known = b'{"errors": [{"status": "404"}]}'
    assert datacite.parse_dois(Reply(404, known), [DOI]) == {DOI: NotFound()}


def test_arxiv() -> None:
    with pytest.raises(UnreadableError, match="does not say how many"):
        arxiv.parse_ids(Reply(200, EMPTY % b""), [ID])
    assert arxiv.parse_ids(Reply(200, EMPTY % TOTAL), [ID]) == {ID: NotFound()}
