"""The questions to the real services, asked of stand-ins: they can be answered, and go wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bibtools.adapters.web import SimulatedClock, Web, WebSettings
from bibtools.sites import services
from tests import live_stand_in, oai_server
from tests.conftest import ROOT
from tests.live_questions import (
    FORTY_TITLES,
    QUESTIONS,
    Facts,
    Judgement,
    LiveQuestion,
    Right,
    Unasked,
    Wrong,
    judge,
)
from tests.loopback import (
    ONLY_LOOPBACK,
    Answered,
    Asked,
    Loopback,
    Route,
    as_html,
    as_json,
    redirect,
    status,
    typed,
)

pytestmark = ONLY_LOOPBACK

TODAY = date(2026, 11, 20)
KEYS = {"SEMANTIC_SCHOLAR_API_KEY": "a-key"}
OAI = next(one for one in QUESTIONS if one.kind == "harvest")
every_question = pytest.mark.parametrize("live", QUESTIONS, ids=lambda live: live.name)


@contextmanager
def stand_ins(
    others: Mapping[str, Route | Answered] | None = None,
    keys: Mapping[str, str] = KEYS,
) -> Iterator[tuple[Web, Loopback]]:
    """The web, with a stand-in for each service; `others` answer otherwise."""
    by_name = {**live_stand_in.routes(TODAY), **(others or {})}
    with Loopback(live_stand_in.for_loopback(by_name)) as server:
        settings = WebSettings(
            keys=keys,
            endpoints=live_stand_in.endpoints(server.base),
            allow_private=frozenset({server.host}),
            retries=1,
            read_timeout=2.0,
            whole_timeout=5.0,
        )
        with Web(settings, SimulatedClock()) as web:
            yield web, server


def asked(
    live: LiveQuestion,
    answer: Route | Answered | None = None,
    keys: Mapping[str, str] = KEYS,
) -> Judgement:
    others = {live.service: answer} if answer is not None else {}
    with stand_ins(others, keys) as (web, _):
        return judge(live, web, TODAY)


# --- the table --------------------------------------------------------------------------------


def test_every_service_is_asked_something() -> None:
    assert sorted({one.service for one in QUESTIONS}) == sorted(services.MODULES)


@every_question
def test_a_question_is_one_request_to_its_service(live: LiveQuestion) -> None:
    with stand_ins() as (web, server):
        assert judge(live, web, TODAY) == Right()
        # GitHub's repository was renamed, which costs a second one.
        most = 2 if live.service == "github" else 1
        assert web.counts.requests == {live.service: most}
        assert {one.path.split("/")[1].partition("?")[0] for one in server.requests} == {
            live.service
        }


def test_forty_titles_are_asked_together() -> None:
    assert len(set(FORTY_TITLES)) == services.service("dblp").kinds["title"].size == 40


# --- what is a failure ------------------------------------------------------------------------


def changed(live: LiveQuestion) -> Iterator[tuple[str, LiveQuestion]]:
    """The question with one thing changed in what is known, and the words that tell it."""
    for subject, records in live.known.items():

        def instead(value: Sequence[Facts] | None, subject: str = subject) -> LiveQuestion:
            return replace(live, known={**live.known, subject: value})

        if records is None:
            yield f":{subject}: not found", instead([{"title": "x"}])
            continue
        yield f":{subject}: found, although there is no such work", instead(None)
        for number, facts in enumerate(records):
            for name, value in facts.items():
                other = frozenset({"x"}) if isinstance(value, frozenset) else "x"
                altered = [*records[:number], {**facts, name: other}, *records[number + 1 :]]
                yield f":{subject}: {name} is ", instead(altered)


@pytest.mark.parametrize(
    "live", [one for one in QUESTIONS if one.kind != "harvest"], ids=lambda live: live.name
)
def test_everything_that_is_known_counts(live: LiveQuestion) -> None:
    with stand_ins() as (web, _):
        tried = list(changed(live))
        told = [(words, judge(other, web, TODAY)) for words, other in tried]
    assert len(tried) >= len(live.known)
    assert [row for row in told if not isinstance(row[1], Wrong) or row[0] not in row[1].why] == []


@pytest.mark.parametrize(
    ("papers", "today", "fault"),
    [
        pytest.param([], TODAY, "no paper in a week", id="empty"),
        pytest.param(
            [oai_server.Paper("2611.00001", "2026-11-18", categories="cs.CL")], TODAY,
            "2611.00001: 'cs.CL' and 1 authors", id="another-set",
        ),
        pytest.param(
            [oai_server.Paper("2611.00001", "2026-11-18", people=(), categories="q-fin.PR")], TODAY,
            "2611.00001: 'q-fin.PR' and 0 authors", id="no-authors",
        ),
        pytest.param(
            [oai_server.Paper("", "2026-11-18", categories="q-fin.PR")], TODAY,
            "1 records cannot be read", id="no-number",
        ),
        pytest.param(
            [oai_server.Paper("2611.00001", "2026-11-18", categories="q-fin.PR")],
            date(2025, 1, 1), "it answered on 2025-01-01T10:00:00Z", id="another-day",
        ),
    ],
)  # fmt: skip
def test_a_page_of_the_harvest_is_looked_at(
    papers: list[oai_server.Paper], today: date, fault: str
) -> None:
    judged = asked(OAI, oai_server.Oai(papers, size=10, today=today.isoformat()).answer)
    assert isinstance(judged, Wrong)
    assert fault in judged.why.splitlines()


def test_a_harvest_that_ignores_its_first_day_is_found_out() -> None:
    def since_ever(request: Asked) -> Answered:
        papers = [oai_server.Paper("2611.00001", "2020-01-01", categories="q-fin.PR")]
        server = oai_server.Oai(papers, today=TODAY.isoformat())
        return server.answer(replace(request, path="/arxiv-oai?verb=ListRecords"))

    assert asked(OAI, since_ever) == Wrong(
        "asked for what changed since 2026-11-13, it changed ('2020-01-01', '2020-01-01')"
    )


# What a service may send in place of what its parser reads, in a media type that it accepts.
def nonsense(live: LiveQuestion) -> Answered:
    if live.service in ("arxiv", "arxiv-oai", "pubmed"):
        return typed("text/xml", b"<boats/>")
    if live.service == "acl":
        return typed("text/plain", b"@misc{boats, title = {Boats}}")
    return as_json({"boats": []})


@every_question
def test_data_that_cannot_be_read_are_a_failure(live: LiveQuestion) -> None:
    judged = asked(live, nonsense(live))
    assert isinstance(judged, Wrong)
    assert judged.why


@every_question
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(as_json({"error": "bad question"}, 400), "400", id="400"),
        pytest.param(as_json({"error": "gone"}, 410), "410", id="410"),
        pytest.param(typed("image/png", b"boat"), "it answered with image/png", id="media-type"),
    ],
)
def test_a_question_that_is_none_any_more_is_a_failure(
    live: LiveQuestion, answer: Answered, why: str
) -> None:
    judged = asked(live, answer)
    assert isinstance(judged, Wrong)
    if (live.service, answer.status) != ("github", 410):  # which says that a repository is gone
        assert why in judged.why


# --- what is none -----------------------------------------------------------------------------


@every_question
@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(status(503), "it answered 503, twice", id="503"),
        pytest.param(status(429, Retry_After="7200"), "it asks to wait 2 hours", id="429"),
        pytest.param(status(401), "it answered 401", id="401"),
        pytest.param(status(403), "it answered 403", id="403"),
        pytest.param(
            as_html("<!doctype html><title>Are you a robot?</title>"), "a web page", id="wall"
        ),
        pytest.param(redirect("https://login.example/"), "to another host", id="redirect"),
        pytest.param(Answered(200, b"x" * 99, reset_after=9), "broke off, twice", id="reset"),
    ],
)
def test_who_could_not_be_asked_is_not_judged(
    live: LiveQuestion, answer: Answered, why: str
) -> None:
    if answer.reset_after is not None:
        answer = replace(answer, headers=nonsense(live).headers)
    judged = asked(live, answer)
    assert isinstance(judged, Unasked)
    assert why in judged.why


@every_question
def test_without_a_network_nothing_is_judged(live: LiveQuestion) -> None:
    with Loopback({}) as server:
        settings = WebSettings(
            keys=KEYS,
            endpoints=live_stand_in.endpoints(server.base),
            allow_private=frozenset({server.host}),
            retries=1,
        )
    with Web(settings, SimulatedClock()) as web:
        assert judge(live, web, TODAY) == Unasked("it cannot be reached, twice")


def test_without_its_key_semantic_scholar_is_not_asked() -> None:
    live = next(one for one in QUESTIONS if one.service == "semantic-scholar")
    assert asked(live, keys={}) == Unasked("it needs a key: set SEMANTIC_SCHOLAR_API_KEY")


# --- the suite as it is run -------------------------------------------------------------------


def pytest_run(*options: str, **variables: str) -> tuple[int, dict[str, str], str]:
    """Exit code, outcome of each question, and all that was printed."""
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "tests/live/test_live_services.py", "-n", "0",
         "-p", "no:cacheprovider", "-vv", "-rs", *options],
        cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    rows = re.findall(r"test_what_a_service_says\[([\w-]+)\] (PASSED|FAILED|SKIPPED)", ran.stdout)
    return ran.returncode, dict(rows), ran.stdout


def test_nothing_is_asked_without_the_option() -> None:
    with Loopback({}) as server:
        bases = live_stand_in.endpoints(server.base)
        code, outcomes, printed = pytest_run(**live_stand_in.variables(bases), **KEYS)
        assert server.requests == []
    assert code == 0
    assert outcomes == {one.name: "SKIPPED" for one in QUESTIONS}
    assert "asks a real service: only with --live" in printed


def test_with_the_option_services_pass_fail_and_are_skipped() -> None:
    """Through the real transport, at the real pace."""
    by_name = live_stand_in.routes(datetime.now(UTC).date())
    others = {
        "gitlab": as_json({"path_with_namespace": "gitlab-org/another"}),
        "orcid": as_json({"works": []}),
        "acl": as_html("<!doctype html><title>Are you a robot?</title>"),
        "openalex": status(403),
    }
    with Loopback(live_stand_in.for_loopback({**by_name, **others})) as server:
        bases = live_stand_in.endpoints(server.base)
        code, outcomes, printed = pytest_run("--live", **live_stand_in.variables(bases))
    assert code == 1
    expected = {one.name: "PASSED" for one in QUESTIONS} | {
        "gitlab": "FAILED",
        "orcid": "FAILED",
        "acl-anthology": "SKIPPED",
        "openalex": "SKIPPED",
        "semantic-scholar": "SKIPPED",
    }
    assert outcomes == expected
    flat = " ".join(printed.split())
    assert "GitLab says something else than we know:" in flat
    assert "could not ask OpenAlex: it answered 403" in flat
    assert "could not ask ACL Anthology: it answered with a web page instead of data" in flat
    assert "could not ask Semantic Scholar: it needs a key: set SEMANTIC_SCHOLAR_API_KEY" in flat
