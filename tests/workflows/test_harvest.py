"""Harvesting what is new, against a service of our own: begin, go on, stop, be killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.index import build, open_index
from bibtools.adapters.index.waiting import waiting_path
from bibtools.adapters.web import SimulatedClock, Web, WebSettings
from bibtools.errors import InputError, SourceError, UsageError, WriteError
from bibtools.model import ArxivId, Entry, Name
from bibtools.workflows.harvest import Updated, plan_update, update_index
from bibtools.workflows.harvest_place import Harvest, Progressed
from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK, Answered, Asked, Loopback, in_turn, status, typed
from tests.oai_server import Oai, Paper, query_of

pytestmark = ONLY_LOOPBACK

TODAY = "2026-11-20"
TITLES = "Alpha Boats|Bravo Sails|Charlie Masts|Delta Knots|Echo Tides|Foxtrot Quays|Golf Ropes"
PAPERS = [
    Paper(f"2611.{number:05}", f"2026-11-{10 + number}", f"{title} of the Quiet Harbour")
    for number, title in enumerate(TITLES.split("|"), start=1)
]
OLD = {
    "id": "2611.00001",
    "title": "Alpha boats, first version",
    "authors": "Ada Example",
    "versions": [{"version": "v1", "created": "2026-11-10"}],
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path, old = tmp_path / "index.sqlite", tmp_path / "old"
    old.write_text(json.dumps(OLD) + "\n")
    build(path, [old])
    return path


@pytest.fixture
def oai() -> Oai:
    return Oai(list(PAPERS))


@pytest.fixture
def server(oai: Oai) -> Iterator[Loopback]:
    with Loopback({("GET", "/oai"): oai.answer}) as running:
        yield running


def web_of(server: Loopback) -> Web:
    settings = WebSettings(
        endpoints={"arxiv-oai": f"{server.base}/oai"}, allow_private=frozenset({server.host})
    )
    return Web(settings, SimulatedClock(), jitter=lambda: 0.0)


def run(index: Path, server: Loopback, **options: Any) -> Updated:
    with web_of(server) as web:
        return update_index(index, web, today=lambda: TODAY, **options)


def asked(server: Loopback) -> list[str]:
    told = [query_of(one) for one in server.requests]
    server.requests.clear()
    return told


def numbers(index: Path) -> list[int]:
    """Which of the seven papers the index finds, under their new titles."""
    with open_index(index) as opened:
        found = [
            opened.resolve_one(Entry(title=one.title, authors=(Name(literal="Ada Example"),)))
            for one in PAPERS
        ]
    return [n for n, one in enumerate(found, start=1) if one.arxiv == ArxivId(f"2611.{n:05}")]


def test_the_first_update_begins_with_the_newest_paper(index: Path, server: Loopback) -> None:
    done = run(index, server)
    assert asked(server) == ["from=2026-11-10", *(f"token=2026-11-10|{n}" for n in (2, 4, 6))]
    assert (done.pages, done.records, done.finished, done.stopped) == (4, 7, True, None)
    assert done.info.harvested == TODAY
    assert numbers(index) == [1, 2, 3, 4, 5, 6, 7]
    assert not waiting_path(index).exists()


def test_the_next_one_begins_where_that_one_began(index: Path, server: Loopback, oai: Oai) -> None:
    run(index, server)
    oai.papers.append(Paper("2611.00009", "2026-11-20", "Hotel harbours"))
    asked(server)
    done = run(index, server)
    assert asked(server) == ["from=2026-11-20"]
    assert (done.records, done.info.records) == (1, 8)
    assert plan_update(index, today=TODAY).lines() == [
        "would harvest what changed in arXiv since 2026-11-20: the last update began on that day"
    ]


def test_nothing_new_costs_one_request_and_no_write(
    index: Path, server: Loopback, oai: Oai
) -> None:
    oai.papers.clear()
    before = index.stat().st_mtime_ns, index.stat().st_ino
    done = run(index, server)
    assert (done.pages, done.records, done.finished, len(asked(server))) == (1, 0, True, 1)
    assert (index.stat().st_mtime_ns, index.stat().st_ino) == before


def test_so_many_pages_and_on_from_there(index: Path, server: Loopback) -> None:
    done = run(index, server, most_pages=1)
    assert (done.pages, done.finished, numbers(index)) == (1, False, [1, 2])
    assert "more is to come: run the update again to go on" in done.lines()[-1]
    assert plan_update(index, today=TODAY).lines() == [
        "would harvest what changed in arXiv since 2026-11-10: an earlier update came so far",
        "  2 records of it came already",
    ]
    run(index, server, most_pages=2)
    assert numbers(index) == [1, 2, 3, 4, 5, 6]
    done = run(index, server)
    assert (done.finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])
    assert asked(server) == ["from=2026-11-10", *(f"token=2026-11-10|{n}" for n in (2, 4, 6))]


def test_an_old_token_is_not_used(index: Path, server: Loopback) -> None:
    """The service would take it, and leave out as many records as changed meanwhile."""
    run(index, server, most_pages=2)
    asked(server)
    with web_of(server) as web:
        done = update_index(index, web, today=lambda: "2026-11-21")
    assert asked(server) == ["from=2026-11-14", "token=2026-11-14|2"]
    assert (done.finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])
    # The next one begins with the day on which the first part of this one began.
    assert plan_update(index, today="2026-11-22").harvest.begin == TODAY


def test_midnight_during_a_harvest(index: Path, server: Loopback) -> None:
    with web_of(server) as web:
        done = update_index(
            index, web, today=lambda: TODAY if len(server.requests) < 3 else "2026-11-21"
        )
    assert asked(server) == [
        "from=2026-11-10", "token=2026-11-10|2", "token=2026-11-10|4",
        "from=2026-11-16",
    ]  # fmt: skip
    assert (done.finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])


def test_a_refused_token_leads_to_the_day_reached(index: Path, server: Loopback, oai: Oai) -> None:
    oai.expired = {"2026-11-10|4"}
    done = run(index, server)
    assert asked(server) == [
        "from=2026-11-10", "token=2026-11-10|2", "token=2026-11-10|4",
        "from=2026-11-14", "token=2026-11-14|2",
    ]  # fmt: skip
    assert (done.finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])


def test_records_out_of_order_lead_to_the_beginning(
    index: Path, server: Loopback, oai: Oai
) -> None:
    oai.ordered = False
    oai.papers.reverse()
    run(index, server, most_pages=2)
    asked(server)
    with web_of(server) as web:
        done = update_index(index, web, today=lambda: "2026-11-21")
    assert asked(server)[0] == "from=2026-11-10"
    assert (done.finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])


def test_a_service_that_refuses_every_token_is_left(
    index: Path, server: Loopback, oai: Oai
) -> None:
    oai.expired = {f"2026-11-{day}|2" for day in range(10, 18)}
    oai.papers = [replace(one, day="2026-11-15") for one in PAPERS]
    done = run(index, server)
    assert done.stopped == "arXiv no longer knows the place where the harvest stopped"
    assert len(server.requests) < 20
    assert numbers(index)[:2] == [1, 2]


@pytest.mark.parametrize("size", [1, 2, 7, 100])
def test_any_size_of_page(size: int, index: Path, server: Loopback, oai: Oai) -> None:
    oai.size = size
    assert (run(index, server).finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])


def test_deleted_and_unreadable_records(index: Path, server: Loopback, oai: Oai) -> None:
    run(index, server)
    oai.papers = [
        replace(PAPERS[2], day=TODAY, deleted=True),
        replace(PAPERS[3], day=TODAY, title=""),
    ]
    done = run(index, server)
    assert (done.deleted, done.unread, numbers(index)) == (1, 1, [1, 2, 4, 5, 6, 7])
    assert done.lines() == [
        "arXiv since 2026-11-20: 0 records new or changed",
        "  1 were deleted",
        "  1 could not be read and were left out",
    ]


# --- sets and days ----------------------------------------------------------------------------


def test_a_set_is_remembered_by_itself(index: Path, server: Loopback) -> None:
    run(index, server, set_name="cs")
    assert asked(server)[0] == "from=2026-11-10 set=cs"
    assert plan_update(index, set_name="cs:cs:CL", today=TODAY).harvest.begin == TODAY
    assert plan_update(index, set_name="math", today=TODAY).harvest.begin == "2026-11-10"
    assert plan_update(index, today=TODAY).harvest.begin == "2026-11-10"
    with open_index(index) as opened:
        assert opened.info().harvested is None


def test_a_gap_is_not_forgotten(index: Path, server: Loopback) -> None:
    done = run(index, server, since="2026-11-16")
    assert (done.finished, numbers(index)) == (True, [6, 7])
    assert done.info.harvested is None
    assert plan_update(index, today=TODAY).harvest.begin == "2026-11-10"
    run(index, server)
    assert numbers(index) == [1, 2, 3, 4, 5, 6, 7]


def test_an_earlier_day_closes_the_gap(index: Path, server: Loopback) -> None:
    assert run(index, server, since="2026-11-01").info.harvested == TODAY


def test_no_day_before_the_first(index: Path, server: Loopback) -> None:
    run(index, server, since="1991-08-01")
    assert asked(server)[0] == "from=2005-09-16"


def test_another_day_is_another_harvest(index: Path, server: Loopback) -> None:
    run(index, server, since="2026-11-12", most_pages=1)
    run(index, server, since="2026-11-12", most_pages=1)
    run(index, server, since="2026-11-16")
    assert asked(server) == ["from=2026-11-12", "token=2026-11-12|2", "from=2026-11-16"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"since": "yesterday"}, '"yesterday" is no day.', id="word"),
        pytest.param({"since": "2026-02-30"}, '"2026-02-30" is no day.', id="no-such-day"),
        pytest.param({"since": "20261101"}, '"20261101" is no day.', id="other-spelling"),
        pytest.param({"since": "2026-11-21"}, '"2026-11-21" is in the future.', id="future"),
        pytest.param({"set_name": "cs&x=1"}, '"cs&x=1" is no set of arXiv.', id="set"),
        pytest.param({"set_name": ""}, '"" is no set of arXiv.', id="empty"),
    ],
)
def test_odd_words(options: dict[str, str], message: str, index: Path, server: Loopback) -> None:
    with pytest.raises(UsageError) as caught:
        run(index, server, **options)
    assert caught.value.message == message
    with pytest.raises(UsageError):
        plan_update(index, today=TODAY, **options)
    assert server.requests == []


def test_an_index_without_days_begins_with_its_last_month(tmp_path: Path, server: Loopback) -> None:
    old = tmp_path / "old"
    old.write_text('{"id": "2611.00001", "title": "Boats"}\n{"id": "2610.00001", "title": "Old"}\n')
    build(tmp_path / "index", [old])
    assert plan_update(tmp_path / "index", today=TODAY).lines() == [
        "would harvest what changed in arXiv since 2026-11-01: the newest paper of the index is "
        "of that month"
    ]


# --- when it goes wrong -----------------------------------------------------------------------


def test_waiting_as_long_as_it_asks_for(index: Path, server: Loopback, oai: Oai) -> None:
    server("GET", "/oai", in_turn(status(503, Retry_After="20"), oai.answer))
    assert run(index, server).finished


FAULTS: dict[str, Callable[[Asked], Answered] | Answered] = {
    "503": status(503),
    "page": typed("text/html", b"<html>not a bot?</html>"),
    "page-as-xml": typed("text/xml", b"<html><body>busy</body></html>"),
    "empty": typed("text/xml", b""),
    "cut": typed("text/xml", b"<OAI-PMH><ListRecords><record>"),
    "bomb": typed("text/xml", b'<!DOCTYPE x [<!ENTITY a "b">]><OAI-PMH>&a;</OAI-PMH>'),
    "error": typed("text/xml", b'<OAI-PMH><error code="badArgument">No such set</error></OAI-PMH>'),
    "reset": Answered(200, b"<OAI-PMH>", {"Content-Type": "text/xml"}, reset_after=4),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_at_all(fault: str, index: Path, server: Loopback) -> None:
    before = index.read_bytes()
    server("GET", "/oai", FAULTS[fault])
    with pytest.raises(SourceError, match="arXiv could not be harvested: ") as caught:
        run(index, server)
    assert caught.value.exit_code == 4
    assert index.read_bytes() == before
    assert not waiting_path(index).exists()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_answer_from_the_third_page_on(
    fault: str, index: Path, server: Loopback, oai: Oai
) -> None:
    bad = FAULTS[fault]
    server("GET", "/oai", in_turn(oai.answer, oai.answer, bad, bad, bad, bad, bad, bad))
    done = run(index, server)
    assert done.stopped
    assert (done.finished, numbers(index)) == (False, [1, 2, 3, 4])
    server("GET", "/oai", oai.answer)
    asked(server)
    assert (run(index, server).finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])
    assert asked(server) == ["token=2026-11-10|4", "token=2026-11-10|6"]


def test_a_page_that_was_cut_off_comes_whole_the_next_time(
    index: Path, server: Loopback, oai: Oai
) -> None:
    server("GET", "/oai", in_turn(oai.answer, FAULTS["cut"], oai.answer))
    assert run(index, server).finished


def test_a_service_that_goes_round_is_left(index: Path, server: Loopback) -> None:
    def answer(request: Asked) -> Answered:
        body = (
            b"<OAI-PMH><ListRecords>%s<resumptionToken>a</resumptionToken></ListRecords></OAI-PMH>"
        )
        return typed("text/xml", body % PAPERS[0].xml().encode())

    server("GET", "/oai", answer)
    done = run(index, server)
    assert done.stopped == "it names a page that it sent before as the next one"
    assert len(server.requests) == 2


@pytest.mark.parametrize("after", [1, 2, 3])
def test_interrupted_while_waiting_for_a_page(
    after: int, index: Path, server: Loopback, oai: Oai
) -> None:
    class Interrupting:
        def __init__(self, web: Web) -> None:
            self.web = web
            self.left = after

        def fetch(self, *arguments: Any) -> Any:
            if not self.left:
                raise KeyboardInterrupt
            self.left -= 1
            return self.web.fetch(*arguments)

    with web_of(server) as web, pytest.raises(KeyboardInterrupt):
        update_index(index, Interrupting(web), today=lambda: TODAY)
    assert numbers(index) == []
    assert plan_update(index, today=TODAY).lines()[1:] == [
        f"  {2 * after} records of it came already",
        f"  pages that wait to be put into the index: {after}",
    ]
    asked(server)
    done = run(index, server)
    assert len(asked(server)) == 4 - after
    assert (done.finished, numbers(index)) == (True, [1, 2, 3, 4, 5, 6, 7])


def test_pages_of_an_index_that_was_built_anew_are_dropped(
    index: Path, server: Loopback, tmp_path: Path
) -> None:
    def rebuilt() -> str:
        if len(server.requests) == 2 and not (tmp_path / "new").exists():
            (tmp_path / "new").write_text(json.dumps({**OLD, "id": "2611.00100"}) + "\n")
            build(index, [tmp_path / "new"])
        return TODAY

    with web_of(server) as web, pytest.raises(WriteError, match="was changed by another program"):
        update_index(index, web, today=rebuilt)
    with open_index(index) as opened:
        assert opened.info().records == 1
    assert run(index, server).finished
    assert numbers(index) == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "3", '{"done": []}', '{"done": {"": 3}}', '{"open": {"": {"x": 1}}}',
     '{"open": {"": {"begin": "now"}}}', '{"base": "x"}', '{"done": {"": "2026-11-20 x"}}'],
)  # fmt: skip
def test_a_place_that_cannot_be_read_is_none(text: str) -> None:
    assert Progressed.from_json(text) == Progressed()


def test_a_place_comes_back() -> None:
    place = Progressed(
        {"": "2026-11-20", "cs": "2026-11-21"},
        {"math": Harvest("2026-11-01", token="a|2", token_day=TODAY, records=7, total=9)},
        "2026-10-01",
    )
    assert Progressed.from_json(place.to_json()) == place


def test_no_index_and_no_question(tmp_path: Path, server: Loopback) -> None:
    with pytest.raises(InputError, match="There is no index"):
        run(tmp_path / "none", server)
    assert server.requests == []


def test_a_read_only_index_and_no_question(index: Path, server: Loopback) -> None:
    index.chmod(0o444)
    with pytest.raises(WriteError, match="is read-only"):
        run(index, server)
    assert server.requests == []


# --- killed -----------------------------------------------------------------------------------


def test_killed_at_any_page_the_next_run_goes_on(
    index: Path, server: Loopback, oai: Oai, tmp_path: Path
) -> None:
    """A process that is killed while it waits, three times, asks for no page twice."""
    waiting = threading.Event()
    answered = 0

    def slowly(request: Asked) -> Answered:
        nonlocal answered
        answered += 1
        if answered in (2, 4, 6):
            waiting.set()
            time.sleep(0.6)
        return oai.answer(request)

    oai.today = _today()
    oai.size = 1
    server("GET", "/oai", slowly)
    environment = {
        **os.environ,
        "BIBTOOLS_ENDPOINT_ARXIV_OAI": f"{server.base}/oai",
        "BIBTOOLS_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(ROOT),
    }
    program = (
        "import sys; from dataclasses import replace; from bibtools.sites import arxiv_oai as a;"
        "from bibtools.sites.asking import Pace; a.SERVICE = replace(a.SERVICE, pace=Pace(0.0));"
        "from bibtools.sites import services; services.PACED_TOGETHER['arxiv.org'] = Pace(0.0);"
        "from bibtools.cli.main import run; run(sys.argv[1:])"
    )
    command = [sys.executable, "-c", program, "index", "update", "--index", str(index)]
    for number in range(3):
        waiting.clear()
        # The file of rates waits for the request of a process that was killed.
        environment["BIBTOOLS_CACHE"] = str(tmp_path / f"cache{number}")
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        assert waiting.wait(20)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert numbers(index) == []
    environment["BIBTOOLS_CACHE"] = str(tmp_path / "cache")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = [query_of(one) for one in server.requests]
    # Each page once, but for the three that were being waited for.
    assert len(told) == len(PAPERS) + 3
    assert sorted(set(told)) == [
        "from=2026-11-10", *(f"token=2026-11-10|{n}" for n in range(1, 7)),
    ]  # fmt: skip
    assert numbers(index) == [1, 2, 3, 4, 5, 6, 7]


def _today() -> str:
    from bibtools.workflows.harvest import utc_day

    return utc_day()
