"""The services that know code: paper pages, catalogues, code hosts, the archive."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools import codelinks
from bibtools.model import ArxivId, Entry, Link, Name, PartialDate
from bibtools.sites import github, gitlab, huggingface, paperswithcode, repositories
from bibtools.sites import software_heritage as archive
from bibtools.sites.asking import (
    Answer,
    CouldNotAsk,
    Found,
    NotFound,
    Question,
    Reply,
    UnreadableError,
)
from bibtools.sites.records import Record, Repository
from tests.site_bodies import (
    GITHUB_GRAPHQL,
    GITHUB_README,
    GITHUB_REPOSITORY,
    GITLAB_PROJECT,
    HF_PAPER,
    PWC_PAPER,
    SWH_VISIT,
    as_json,
)

PAPER = Question("hugging-face", "code", "2104.00002")
BOATS = Question("github", "repository", "github.com/example/boats")
GONE = Question("github", "repository", "github.com/example/gone")
LISTED = huggingface.LISTED


def one(answers: Mapping[Question, Answer]) -> Record:
    (answer,) = answers.values()
    assert isinstance(answer, Found)
    (record,) = answer.records
    return record


@pytest.mark.parametrize(
    "evidence",
    [
        repositories.AUTHOR_LISTED,
        repositories.LISTED_OFFICIAL,
        repositories.LISTED_COMMUNITY,
        repositories.TEXT_MATCH,
    ],
)
def test_evidence_that_code_links_know(evidence: str) -> None:
    assert evidence in codelinks.EVIDENCE


# --- Hugging Face ---------------------------------------------------------------------------


def paper(**changes: Any) -> Entry:
    row = {name: value for name, value in {**HF_PAPER, **changes}.items() if value is not None}
    return one(huggingface.parse_paper(Reply(200, as_json(row)), [PAPER])).entry


def test_a_paper_page_whole() -> None:
    assert paper() == Entry(
        type="preprint",
        title="Counting Boats with Filters",
        authors=(Name("Example", "Ada"),),
        abstract="We count paper boats.",
        date=PartialDate(2021, 4, 18),
        arxiv=ArxivId("2104.00002"),
        code=(Link("https://github.com/example/boats", repositories.AUTHOR_LISTED, "repository"),),
        links=(
            Link("https://example.github.io/boats", LISTED, "project page"),
            Link("https://huggingface.co/example/boat-counter", LISTED, "model"),
            Link("https://huggingface.co/spaces/someone/boats-demo", LISTED, "space"),
        ),
    )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"githubRepoAddedBy": "auto"}, [repositories.TEXT_MATCH], id="auto"),
        pytest.param({"githubRepoAddedBy": None}, [repositories.TEXT_MATCH], id="unknown"),
        pytest.param({"githubRepo": None}, [], id="none"),
        pytest.param({"githubRepo": "example/boats"}, [repositories.AUTHOR_LISTED], id="short"),
        pytest.param({"githubRepo": "https://github.com/example"}, [], id="account"),
        pytest.param({"githubRepo": "https://example.github.io/boats"}, [], id="page"),
        pytest.param({"githubRepo": "javascript:alert(1)"}, [], id="script"),
    ],
)
def test_repositories_of_a_paper(changes: dict[str, Any], code: list[str]) -> None:
    entry = paper(**changes)
    assert [link.evidence for link in entry.code] == code
    assert all(link.url == "https://github.com/example/boats" for link in entry.code)


def test_no_such_paper() -> None:
    unknown = Reply(404, b'{"error":"Paper not found."}')
    assert huggingface.parse_paper(unknown, [PAPER]) == {PAPER: NotFound()}
    with pytest.raises(UnreadableError):
        huggingface.parse_paper(Reply(404, b"<html>404</html>"), [PAPER])
    other = Reply(200, as_json({**HF_PAPER, "id": "2104.99999"}))
    with pytest.raises(UnreadableError, match="another paper"):
        huggingface.parse_paper(other, [PAPER])


@pytest.mark.parametrize(
    ("subject", "query"),
    [
        pytest.param("date:2026-03-06", {"date": ["2026-03-06"], "p": ["0"]}, id="date"),
        pytest.param("week:2026-W10:2", {"week": ["2026-W10"], "p": ["2"]}, id="week"),
        pytest.param("month:2026-03", {"month": ["2026-03"], "p": ["0"]}, id="month"),
    ],
)
def test_lists(subject: str, query: dict[str, list[str]]) -> None:
    question = Question("hugging-face", "daily", subject)
    url = huggingface.request_daily([question]).url
    found = parse_qs(urlsplit(url).query)
    assert {name: found[name] for name in query} == query
    body = as_json([{"paper": HF_PAPER}, {"paper": {"id": "x"}}, HF_PAPER, 3])
    answer = huggingface.parse_daily(Reply(200, body), [question])[question]
    assert isinstance(answer, Found)
    assert [record.identifier for record in answer.records] == ["2104.00002"] * 2
    assert huggingface.parse_daily(Reply(200, b"[]"), [question]) == {question: NotFound()}


@pytest.mark.parametrize(
    "subject", ["date:06.03.2026", "year:2026", "date:2026-03-06:x", "2026-03-06"]
)
def test_no_list(subject: str) -> None:
    with pytest.raises(ValueError, match="no day, week or month"):
        huggingface.request_daily([Question("hugging-face", "daily", subject)])


# --- Papers with Code -----------------------------------------------------------------------


def test_a_catalogue_entry() -> None:
    question = Question("paperswithcode", "code", "2104.00002")
    record = one(paperswithcode.parse_paper(Reply(200, as_json(PWC_PAPER)), [question]))
    assert record.identifier == "77"
    assert record.entry.code == (
        Link("https://github.com/example/boats", repositories.LISTED_OFFICIAL, "repository"),
        Link("https://github.com/other/boats-again", repositories.LISTED_COMMUNITY, "repository"),
    )
    assert record.entry.links == (
        Link("https://example.github.io/boats", repositories.LISTED_OFFICIAL, "project page"),
    )
    unknown = Reply(404, b'{"detail":"Not found"}')
    assert paperswithcode.parse_paper(unknown, [question]) == {question: NotFound()}
    old = Question("paperswithcode", "code", "math/0309136")
    assert "/papers/math%2F0309136?" in paperswithcode.request_paper([old]).url
    with pytest.raises(UnreadableError, match="another paper"):
        paperswithcode.parse_paper(Reply(200, as_json(PWC_PAPER)), [old])


# --- GitHub ---------------------------------------------------------------------------------

REPOSITORY = Repository(
    "https://github.com/Example/Boats2",
    moved_from="https://github.com/example/boats",
    archived=True,
    created="2021-04-01",
    description="Code of Counting Boats",
    homepage="https://example.github.io/boats",
)


def test_one_repository_by_rest() -> None:
    request = github.request_repositories([BOATS])
    assert (request.method, request.url) == (
        "GET",
        "https://api.github.com/repos/example/boats",
    )
    answers = github.parse_repositories(Reply(200, as_json(GITHUB_REPOSITORY)), [BOATS])
    assert one(answers) == Record(Entry(), "github.com/example/boats2", repository=REPOSITORY)


def test_many_repositories_by_graphql() -> None:
    odd = Question("github", "repository", 'github.com/a/b") { x } #')
    lost = Question("github", "repository", "github.com/example/lost")
    asked = [BOATS, odd, GONE, lost]
    request = github.request_repositories(asked)
    assert request.url == "https://api.github.com/graphql"
    sent = json.loads(request.body or b"")
    assert sent["variables"] == {
        "o0": "example",
        "n0": "boats",
        "o1": "example",
        "n1": "gone",
        "o2": "example",
        "n2": "lost",
    }
    assert "{ x }" not in sent["query"]
    expected = {
        BOATS: Found((Record(Entry(), "github.com/example/boats2", repository=REPOSITORY),)),
        odd: NotFound(),
        GONE: NotFound(),
        lost: CouldNotAsk("GitHub left this repository out of its answer"),
    }
    for order in (asked, asked[::-1]):
        answers = github.parse_repositories(Reply(200, as_json(GITHUB_GRAPHQL)), order)
        assert answers == expected


def test_a_hundred_repositories_fit() -> None:
    many = [Question("github", "repository", f"github.com/owner-{n}/boats") for n in range(100)]
    request = github.request_repositories(many)
    assert (request.body or b"").count(b"repository(owner:") == 100
    readmes = github.request_readmes(many[:20])
    assert (readmes.body or b"").count(b"HEAD:CITATION.cff") == 20


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(404, b'{"message":"Not Found"}', id="404"),
        pytest.param(451, b'{"message":"Repository access blocked","block":{}}', id="451"),
        pytest.param(403, b'{"message":"Blocked","block":{"reason":"tos"}}', id="blocked"),
    ],
)
def test_gone(status: int, body: bytes) -> None:
    assert github.parse_repositories(Reply(status, body), [BOATS]) == {BOATS: NotFound()}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(403, b'{"message":"API rate limit exceeded"}', id="limit"),
        pytest.param(404, b"<html>Not Found</html>", id="page"),
        pytest.param(301, b'{"message":"Moved Permanently"}', id="not-followed"),
        pytest.param(200, b'{"full_name":"a/../b"}', id="odd-name"),
    ],
)
def test_no_answer_of_github(status: int, body: bytes) -> None:
    with pytest.raises(UnreadableError):
        github.parse_repositories(Reply(status, body), [BOATS])


def test_graphql_errors_without_data() -> None:
    body = as_json({"data": None, "errors": [{"type": "RATE_LIMITED", "message": "slow down"}]})
    with pytest.raises(UnreadableError, match="slow down"):
        github.parse_repositories(Reply(200, body), [BOATS, GONE])


def readme_of(questions: Sequence[Question], reply: Reply) -> str:
    answer = github.parse_readmes(reply, questions)[questions[0]]
    assert isinstance(answer, Found)
    repository = answer.records[0].repository
    assert repository is not None
    return repository.readme


def test_readmes() -> None:
    question = Question("github", "readme", "github.com/example/boats")
    request = github.request_readmes([question])
    assert request.url == "https://api.github.com/repos/example/boats/readme"
    text = readme_of([question], Reply(200, GITHUB_README))
    assert text == '# Boats\n<p align="center">Code of *Counting Boats* (arXiv:2104.00002)</p>'
    assert len(readme_of([question], Reply(200, b"boats " * 50_000))) <= 20_000
    assert github.parse_readmes(Reply(200, b" \n"), [question]) == {question: NotFound()}
    with pytest.raises(UnreadableError, match="web page"):
        github.parse_readmes(Reply(200, b"<!DOCTYPE html><html>"), [question])
    both = [question, Question("github", "readme", "github.com/example/gone")]
    label = github.parse_readmes.__globals__["_label"](question)
    row = {
        **GITHUB_GRAPHQL["data"][label],
        "f0": None,
        "f3": {"text": "Boats\n====="},
        "f6": {"text": "cff-version: 1.2.0\ntitle: Counting Boats"},
    }
    body = as_json({"data": {label: row}})
    assert readme_of(both, Reply(200, body)) == (
        "Boats\n=====\ncff-version: 1.2.0\ntitle: Counting Boats"
    )


@pytest.mark.parametrize(
    ("subject", "path"),
    [
        pytest.param("github.com/a/b", "a/b", id="good"),
        pytest.param("gitlab.com/a/b", None, id="host"),
        pytest.param("github.com/a", None, id="owner"),
        pytest.param("github.com/../b", None, id="dots"),
        pytest.param("github.com/a/b?x=1", None, id="query"),
        pytest.param("github.com.example.org/a/b", None, id="look-alike"),
    ],
)
def test_names_of_repositories(subject: str, path: str | None) -> None:
    assert repositories.name_on("github.com", subject) == path


# --- GitLab and Software Heritage -----------------------------------------------------------


def test_a_project_at_gitlab_that_moved() -> None:
    question = Question("gitlab", "repository", "gitlab.com/harbour/boats")
    assert gitlab.request_repository([question]).url == (
        "https://gitlab.com/api/v4/projects/harbour%2Fboats"
    )
    record = one(gitlab.parse_repository(Reply(200, as_json(GITLAB_PROJECT)), [question]))
    assert record.repository == Repository(
        "https://gitlab.com/harbour/vision/boats",
        moved_from="https://gitlab.com/harbour/boats",
        created="2021-04-01",
        description="Code of Counting Boats",
    )
    gone = Reply(404, b'{"message":"404 Project Not Found"}')
    assert gitlab.parse_repository(gone, [question]) == {question: NotFound()}


def test_an_archived_copy() -> None:
    question = Question("software-heritage", "repository", "github.com/Example/Boats")
    assert archive.request_repository([question]).url == (
        "https://archive.softwareheritage.org/api/1/origin/https://github.com/Example/Boats"
        "/visit/latest/?require_snapshot=true"
    )
    number = "swh:1:snp:0123456789abcdef0123456789abcdef01234567"
    assert one(archive.parse_repository(Reply(200, as_json(SWH_VISIT)), [question])) == Record(
        Entry(),
        number,
        comment="archived on 2023-02-01",
        repository=Repository(
            "https://github.com/Example/Boats",
            snapshot=f"https://archive.softwareheritage.org/{number};"
            "origin=https://github.com/Example/Boats",
        ),
    )
    none = Reply(404, b'{"exception":"NotFoundExc","reason":"no visit"}')
    assert archive.parse_repository(none, [question]) == {question: NotFound()}
    empty = as_json({**SWH_VISIT, "snapshot": None})
    assert archive.parse_repository(Reply(200, empty), [question]) == {question: NotFound()}
    other = as_json({**SWH_VISIT, "origin": "https://github.com/Example/Ships"})
    with pytest.raises(UnreadableError, match="another repository"):
        archive.parse_repository(Reply(200, other), [question])
