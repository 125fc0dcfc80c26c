"""The summary of a run: what it cost, what could not be asked, and what to do about it."""

from __future__ import annotations

import pytest

from bibtools.adapters.web import Counts
from bibtools.workflows.asking import next_step, request_lines
from bibtools.workflows.online import Unasked

LATER = "Run it again later; the answers that came are kept."


def unasked(service: str, title: str, subject: str, reason: str) -> Unasked:
    return Unasked(service, title, f"{service}:title:{subject}", reason)


SLOW = "it answered 503, four times"
WAIT = "it asks to wait 15 hours, until 2026-11-22 04:36 UTC"


@pytest.mark.parametrize(
    ("counts", "entries", "told"),
    [
        pytest.param(Counts(), [(), ()], ["  no requests"], id="nothing"),
        pytest.param(
            Counts({"arxiv": 1200, "dblp": 0}, {"arxiv": 1}),
            [()],
            ["  requests: arXiv 1,200; 1 answer from the cache"],
            id="all went well",
        ),
        pytest.param(
            Counts({"crossref": 4}, closed={"crossref": SLOW}),
            [
                (unasked("crossref", "Crossref", "a", SLOW),),
                # The same question about another entry, and one more.
                (
                    unasked("crossref", "Crossref", "a", SLOW),
                    unasked("crossref", "Crossref", "b", SLOW),
                ),
            ],
            [
                "  requests: Crossref 4",
                f"  could not ask Crossref 2 questions about 2 entries: {SLOW}. {LATER}",
            ],
            id="one sentence, also when it was closed",
        ),
        pytest.param(
            Counts({}, closed={"openalex": WAIT}),
            [()],
            ["  no requests", f"  OpenAlex was not asked any more: {WAIT}"],
            id="closed, and nothing left to ask",
        ),
        pytest.param(
            Counts({"arxiv": 9}),
            [
                (unasked("dblp", "DBLP", "a", SLOW), unasked("arxiv", "arXiv", "a", WAIT)),
                (unasked("arxiv", "arXiv", "b", WAIT), unasked("arxiv", "arXiv", "c", SLOW)),
            ],
            [
                "  requests: arXiv 9",
                f"  could not ask arXiv 3 questions about 2 entries: {WAIT} (2); {SLOW} (1). "
                "Run it again after that; the answers that came are kept.",
                f"  could not ask DBLP 1 question about 1 entry: {SLOW}. {LATER}",
            ],
            id="each service, and each cause",
        ),
    ],
)
def test_one_sentence_a_service(
    counts: Counts, entries: list[tuple[Unasked, ...]], told: list[str]
) -> None:
    assert request_lines(counts, entries) == told


@pytest.mark.parametrize(
    ("reason", "step"),
    [
        pytest.param("it asks to wait 15 hours, until 2026-11-22 04:36 UTC",
                     "Run it again after that; the answers that came are kept.", id="wait"),
        pytest.param("its budget for the day is used up, until 2026-11-22 00:00 UTC",
                     "Run it again after that; the answers that came are kept.", id="budget"),
        pytest.param("it answered 401: it does not take the key in OPENALEX_API_KEY",
                     "Check the key and run it again.", id="wrong key"),
        pytest.param("it needs a key: set SEMANTIC_SCHOLAR_API_KEY", "Set it and run it again.",
                     id="no key"),
        pytest.param("it answered with a web page instead of data, as walls against robots do",
                     "Run it again later, or from another network; the answers that came are kept.",
                     id="wall"),
        pytest.param("its name cannot be found, four times",
                     "Check the network and run it again; the answers that came are kept.",
                     id="no network"),
        pytest.param("this run is offline, and the cache does not have it",
                     "Run it again without --offline.", id="offline"),
        pytest.param('it answered 400 ("malformed id")',
                     "Check what the entries say there: --report FILE or --json names them.",
                     id="our question"),
        pytest.param("it answered 429, four times", LATER, id="too fast"),
        pytest.param("it answered 503, four times", LATER, id="down"),
        pytest.param("something else", LATER, id="anything"),
        pytest.param("its answer cannot be read (KeyError), which is a fault of bibtools",
                     "Please report it.", id="ours"),
    ],
)  # fmt: skip
def test_what_to_do_next(reason: str, step: str) -> None:
    assert next_step(reason) == step
