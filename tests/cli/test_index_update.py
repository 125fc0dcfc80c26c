"""`bibtools index update`, through the command line."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bibtools.adapters.index import build
from bibtools.sites import arxiv_oai, services
from bibtools.sites.asking import Pace
from bibtools.workflows.harvest import utc_day
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Loopback, in_turn, status
from tests.oai_server import Oai, Paper

pytestmark = ONLY_LOOPBACK

PAPERS = [
    Paper(f"2611.{number:05}", f"2026-11-{10 + number}", f"Boat {number} of harbour {number}")
    for number in range(1, 6)
]


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path, old = tmp_path / "index.sqlite", tmp_path / "old.jsonl"
    old.write_text(json.dumps(PAPERS[0].row()) + "\n")
    build(path, [old])
    monkeypatch.setenv("BIBTOOLS_INDEX", str(path))
    return path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(arxiv_oai, "SERVICE", replace(arxiv_oai.SERVICE, pace=Pace(0.0)))
    monkeypatch.setitem(services.PACED_TOGETHER, "arxiv.org", Pace(0.0))
    monkeypatch.setattr("bibtools.adapters.web.exchange._FIRST_WAIT", 0.0)
    services.service.cache_clear()
    with Loopback({("GET", "/oai"): Oai(list(PAPERS), today=utc_day()).answer}) as running:
        monkeypatch.setenv("BIBTOOLS_ENDPOINT_ARXIV_OAI", f"{running.base}/oai")
        yield running
    services.service.cache_clear()


def update(*arguments: str | Path) -> Ran:
    return bibtools("index", "update", *arguments)


def test_a_dry_run_asks_nobody(index: Path, server: Loopback) -> None:
    before = index.read_bytes()
    ran = update("--dry-run")
    assert (ran.code, ran.stderr) == (0, "")
    assert ran.stdout == (
        "would harvest what changed in arXiv since 2026-11-02: the newest paper of the index is "
        "of that day\n"
    )
    assert (server.requests, index.read_bytes()) == ([], before)


def test_what_it_tells(index: Path, server: Loopback) -> None:
    ran = update()
    assert (ran.code, ran.stdout) == (0, "")
    lines = ran.stderr.splitlines()
    assert lines[0] == "arXiv since 2026-11-02: 5 records new or changed"
    assert lines[1] == "  requests: arXiv (OAI-PMH) 3"
    assert lines[2].startswith(f"{index}: 5 papers, 0 with abstract, ")
    told = json.loads(bibtools("index", "info", "--json").stdout)
    assert (told["records"], told["harvested"]) == (5, utc_day())
    assert f"with all that is new on arXiv up to {utc_day()}" in bibtools("index", "info").stdout


def test_quiet(index: Path, server: Loopback) -> None:
    assert update("-q") == Ran(0, "", "")


def test_json(index: Path, server: Loopback) -> None:
    ran = update("--json", "--pages", "1")
    assert (ran.code, ran.stderr) == (0, "")
    told = json.loads(ran.stdout)
    facts = json.loads(bibtools("index", "info", "--json").stdout)
    assert told == {
        "set": None, "since": "2026-11-02", "pages": 1, "records": 2, "deleted": 0, "unread": 0,
        "waiting": 0, "finished": False, "stopped": None, "requests": {"arxiv-oai": 1},
        "index": facts,
    }  # fmt: skip
    assert facts["records"] == 2
    assert json.loads(update("--json", "--dry-run", "--set", "cs").stdout) == {
        "set": "cs", "since": "2026-11-02", "records": 0, "waiting": 0,
        "because": "the index was complete up to that day when it was built",
    }  # fmt: skip


def test_json_when_arxiv_stops_answering(index: Path, server: Loopback) -> None:
    server("GET", "/oai", in_turn(Oai(list(PAPERS), today=utc_day()).answer, status(500)))
    ran = update("--json")
    told = json.loads(ran.stdout)
    assert (ran.code, told["records"], told["finished"]) == (4, 2, False)
    assert told["stopped"] == "it answered 500, four times"
    assert ran.stderr.splitlines()[0] == (
        "Error: arXiv stopped answering: it answered 500, four times."
    )


def test_run_twice(index: Path, server: Loopback) -> None:
    update()
    before = index.read_bytes()
    ran = update()
    assert ran.code == 0
    assert ran.stderr.splitlines()[:2] == [
        f"arXiv since {utc_day()}: 0 records new or changed", "  requests: arXiv (OAI-PMH) 1",
    ]  # fmt: skip
    assert index.read_bytes() == before


def test_no_network(index: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBTOOLS_ENDPOINT_ARXIV_OAI", "http://127.0.0.1:9/oai")
    before = index.read_bytes()
    ran = update()
    assert (ran.code, ran.stdout, index.read_bytes()) == (4, "", before)
    assert ran.stderr.splitlines() == [
        "Error: arXiv could not be harvested: it cannot be reached, four times.",
        "Hint: Run the update again later; the index is as it was.",
    ]


def test_a_read_only_folder(index: Path, server: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever runs the tests as root may write anywhere, so the answer is a stand-in's.
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != index.parent)
    ran = update()
    assert (ran.code, server.requests) == (2, [])
    assert ran.stderr.splitlines() == [
        f'Error: The folder of the index "{index}" is read-only; an update needs room beside it.',
        "Hint: Copy the index to a place of your own and use --index.",
    ]


def test_pages_set_and_since(index: Path, server: Loopback) -> None:
    ran = update("--pages", "1", "--set", "cs", "--since", "2026-11-12")
    assert ran.code == 0
    assert ran.stderr.splitlines()[:2] == [
        "arXiv (cs) since 2026-11-12: 2 records new or changed",
        "  more is to come: run the update again to go on",
    ]
    assert "from=2026-11-12&set=cs" in server.requests[0].path


def test_arxiv_stops_answering(index: Path, server: Loopback) -> None:
    answer = Oai(list(PAPERS), today=utc_day()).answer
    server("GET", "/oai", in_turn(answer, status(500)))
    ran = update()
    assert ran.code == 4
    assert ran.stderr.splitlines()[0] == "arXiv since 2026-11-02: 2 records new or changed"
    assert ran.stderr.splitlines()[-2:] == [
        "Error: arXiv stopped answering: it answered 500, four times.",
        "Hint: What came is in the index; the next update goes on from there.",
    ]
    server("GET", "/oai", answer)
    assert update().code == 0
    assert json.loads(bibtools("index", "info", "--json").stdout)["records"] == 5


def test_arxiv_never_answers(index: Path, server: Loopback) -> None:
    server("GET", "/oai", status(503))
    before = index.read_bytes()
    ran = update()
    assert (ran.code, index.read_bytes()) == (4, before)
    assert ran.stderr.splitlines() == [
        "Error: arXiv could not be harvested: it answered 503, four times.",
        "Hint: Run the update again later; the index is as it was.",
    ]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(("--since", "soon"), 'Error: "soon" is no day.', id="day"),
        pytest.param(("--set", "c s"), 'Error: "c s" is no set of arXiv.', id="set"),
        pytest.param(("--index", "none.sqlite"), 'Error: There is no index at "none.sqlite".',
                     id="missing"),
        pytest.param(("--index", "other.sqlite"),
                     'Error: "other.sqlite" is not an index of bibtools.', id="foreign"),
        pytest.param(("--index", "text.txt"),
                     'Error: The index "text.txt" is damaged or not an index '
                     "(file is not a database).", id="text"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dry", [(), ("--dry-run",)], ids=["real", "dry"])
def test_sentences(
    arguments: tuple[str, str],
    sentence: str,
    dry: tuple[str, ...],
    index: Path,
    server: Loopback,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    database = sqlite3.connect("other.sqlite")
    database.execute("create table t(x)")
    database.commit()
    database.close()
    Path("text.txt").write_text("no database " * 50)
    ran = update(*arguments, *dry)
    assert (ran.code, ran.stdout, server.requests) == (2, "", [])
    assert ran.stderr.splitlines()[0] == sentence


def test_a_read_only_index(index: Path, server: Loopback) -> None:
    index.chmod(0o444)
    ran = update()
    assert ran.code == 2
    assert ran.stderr.splitlines()[0] == f'Error: The index "{index}" is read-only.'
