"""Hosts whose operator counts them together, processes that ask them, and processes that end."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.web import Job, SimulatedClock, Web, WebSettings, processes
from bibtools.adapters.web.pace import FILE_NAME, Limiter
from bibtools.adapters.web.processes import Holder, is_gone, this_process
from bibtools.sites.asking import Pace, Request
from bibtools.sites.services import PACED_TOGETHER, all_services, paced_together, stricter
from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK, Answered, Loopback, as_json, redirect
from tests.toy_service import TOY, another, settings, things, titles

GOOD = as_json({"a": "A", "b": "B"})
POSIX = pytest.mark.skipif(os.name != "posix", reason="asks POSIX for a process")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


# Which hosts.


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("arxiv.org", "arxiv.org"),
        ("export.arxiv.org", "arxiv.org"),
        ("OAIPMH.arXiv.org.", "arxiv.org"),
        ("rss.arxiv.org", "arxiv.org"),
        ("notarxiv.org", None),
        ("arxiv.org.example", None),
        ("127.0.0.1", None),
        ("", None),
    ],
)
def test_hosts_counted_together(host: str, domain: str | None) -> None:
    assert paced_together(host) == domain


def test_both_services_of_arxiv_are_counted_together() -> None:
    told = [one for one in all_services() if paced_together(one.host)]
    assert {one.name for one in told} == {"arxiv", "arxiv-oai"}
    for one in told:
        assert stricter(one.pace, PACED_TOGETHER["arxiv.org"]) == one.pace == Pace(3.0, 1)


def test_the_stricter_of_two_paces() -> None:
    assert (
        stricter(Pace(1.0, 4), Pace(3.0, 2)) == stricter(Pace(3.0, 2), Pace(1.0, 4)) == Pace(3, 2)
    )


@ONLY_LOOPBACK
def test_services_of_one_operator_share_one_pace_and_one_connection(tmp_path: Path) -> None:
    hosts = {"query": "export.arxiv.org", "harvest": "oaipmh.arxiv.org"}
    jobs = [
        Job(replace(another(name), host=host), "thing", things("ab", service=name))
        for name, host in hosts.items()
    ]
    clock = SimulatedClock()
    with Loopback({("GET", "/"): GOOD}) as server:
        told = settings(server, tmp_path, names=tuple(hosts))
        with Web(told, clock) as web:
            web.ask_all(jobs)
        # Another run goes on in the same pace.
        with Web(replace(told, cache=tmp_path), clock) as web:
            web.fetch(jobs[1].service, Request("harvest", "https://toy.example/api/x"))
        assert {one.headers.get("connection") for one in server.requests} == {"close"}
        assert len(server.requests) == 5
    assert clock.elapsed == 12.0


@pytest.fixture
def everybody_is_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every name leads to this machine."""

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield


@ONLY_LOOPBACK
@pytest.mark.usefixtures("everybody_is_here")
@pytest.mark.parametrize(
    ("host", "path", "seconds"),
    [
        pytest.param("export.arxiv.org", "", [0.0, 0.0], id="no redirect"),
        pytest.param("export.arxiv.org", "arxiv.org", [0.0, 3.0], id="to another of its hosts"),
        pytest.param("doi.example", "arxiv.org", [0.0, 3.0], id="from elsewhere"),
        pytest.param("doi.example", "other.example", [0.0, 0.0], id="elsewhere"),
    ],
)
def test_a_redirect_to_a_host_counted_with_others(
    host: str, path: str, seconds: list[float]
) -> None:
    with Loopback({("GET", "/final"): GOOD}) as server:
        port = server.host.partition(":")[2]
        names = [f"{name}:{port}" for name in (host, "arxiv.org", "other.example")]
        answer = redirect(f"http://{path}:{port}/final") if path else GOOD
        server("GET", "/api", answer)
        base = f"http://{host}:{port}/api"
        batch = replace(TOY.kinds["thing"], request=lambda _: Request("toy", base))
        service = replace(
            TOY, host=host, base=base, hosts=("*",), pace=Pace(0.0), kinds={"thing": batch}
        )
        asked = Request("links", f"http://arxiv.org:{port}/final")
        links = replace(TOY, name="links", host="", base="", hosts=("*",), pace=Pace(0.0))
        clock = SimulatedClock()
        told = WebSettings(allow_private=frozenset(names), retries=0)
        times = []
        with Web(told, clock) as web:
            if host != "export.arxiv.org":
                web.fetch(links, asked)
            times.append(clock.elapsed)
            assert titles(web.ask(service, "thing", things("a"))) == {"a": "A"}
            times.append(clock.elapsed)
            # A link to be checked keeps the pace of the host that it leads to.
            assert web.fetch(links, asked)
            if "arxiv.org" in (host.removeprefix("export."), path):
                assert clock.elapsed == times[-1] + 3.0
    assert times == seconds


ASKING = """
import sys
from pathlib import Path
from bibtools.adapters.web.clock import SystemClock
from bibtools.adapters.web.pace import Limiter
from bibtools.sites.asking import Pace
one, clock = Limiter(Path(sys.argv[1]), 100.0, 60.0), SystemClock()
with one.turn("arxiv.org", Pace(0.0), clock):
    print("asking", flush=True)
    sys.stdin.read()
"""


def start(code: str, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def seconds_to_go(folder: Path) -> float:
    """How long another process waits for its turn."""
    with closing(Limiter(folder, 100.0, 60.0)) as one:
        assert one.shared
        with one.turn("arxiv.org", Pace(0.0), SimulatedClock(time.time())) as waited:
            return waited


@LINUX
@pytest.mark.parametrize("reaped", [True, False], ids=["gone", "a zombie"])
def test_a_killed_process_holds_nobody_up(tmp_path: Path, reaped: bool) -> None:
    asking = start(ASKING, str(tmp_path))
    assert asking.stdout is not None
    assert asking.stdout.readline() == "asking\n"
    with closing(Limiter(tmp_path, 100.0, 60.0)) as one, one._lock:
        assert one._asking("arxiv.org", 1) == 1
    asking.kill()
    if reaped:
        asking.wait(10)
    else:
        # Ended, but nobody has asked how.
        os.waitid(os.P_PID, asking.pid, os.WEXITED | os.WNOWAIT)
    assert seconds_to_go(tmp_path) == 0.0
    asking.communicate()


def held(folder: Path, **changes: object) -> None:
    """Write down that somebody asks now."""
    holder = this_process()
    row = {"place": holder.place, "pid": holder.pid, "started": holder.started, **changes}
    Limiter(folder, 100.0, 60.0).close()
    with closing(sqlite3.connect(folder / FILE_NAME)) as database, database:
        database.execute(
            "insert into turn values ('x', 'arxiv.org', ?, ?, ?, ?)",
            (time.time() + 50.0, row["place"], row["pid"], row["started"]),
        )


@POSIX
@pytest.mark.parametrize(
    ("changes", "ends_at_once"),
    [
        pytest.param({}, False, id="alive"),
        pytest.param({"started": "1"}, True, id="its number was given out again", marks=LINUX),
        pytest.param({"started": ""}, False, id="started nobody knows when"),
        pytest.param({"pid": 2**22 + 12_345}, True, id="gone"),
        pytest.param({"pid": 2**22 + 12_345, "place": "elsewhere"}, False, id="on another machine"),
        pytest.param({"pid": 2**22 + 12_345, "place": ""}, False, id="on no machine"),
        pytest.param({"pid": 0}, False, id="no process"),
        pytest.param({"pid": -1}, False, id="all processes"),
        pytest.param({"pid": 2**60}, False, id="no number of a process"),
    ],
)
def test_whose_turn_ends(tmp_path: Path, changes: dict[str, object], ends_at_once: bool) -> None:
    held(tmp_path, **changes)
    waited = seconds_to_go(tmp_path)
    assert waited == 0.0 if ends_at_once else waited == pytest.approx(50.0, abs=5.0)


def test_where_nobody_can_be_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows: signal 0 would be Ctrl-C there, so it must not be sent."""
    monkeypatch.setattr(processes, "_CAN_ASK", False)
    monkeypatch.setattr(os, "kill", None)
    processes._place.cache_clear()
    try:
        assert this_process().place == ""
        assert not is_gone(Holder("here", 2**22 + 12_345, ""))
        held(tmp_path, pid=2**22 + 12_345)
        assert seconds_to_go(tmp_path) == pytest.approx(50.0, abs=5.0)
    finally:
        processes._place.cache_clear()


@LINUX
def test_two_processes_of_one_place() -> None:
    code = (
        "from bibtools.adapters.web.processes import *;"
        "me = this_process(); print(me.place, me.pid, me.started, sep='|'); input()"
    )
    other = start(code)
    assert other.stdout is not None
    place, pid, started = other.stdout.readline().strip().split("|")
    assert (place, int(pid)) == (this_process().place, other.pid)
    assert started.isdecimal()
    holder = Holder(place, other.pid, started)
    assert not is_gone(holder)
    other.communicate("\n")
    assert is_gone(holder)
    assert not is_gone(this_process())


@ONLY_LOOPBACK
@pytest.mark.parametrize(
    ("hosts", "most"),
    [
        pytest.param(("export.arxiv.org", "oaipmh.arxiv.org"), 1, id="counted together"),
        pytest.param(("one.example", "two.example"), 2, id="not"),
    ],
)
def test_runs_hold_one_connection_together(
    tmp_path: Path, hosts: tuple[str, str], most: int
) -> None:
    """As the server sees it: no connection is open, not even idle, while another is."""
    at_once: list[int] = []
    open_now: set[int] = set()

    with Loopback({("GET", "/"): GOOD}) as server:
        handler: Any = server._server.RequestHandlerClass
        true_handle = handler.handle

        def handle(self: Any) -> None:
            open_now.add(id(self))
            # The thread of a connection that was closed may need a moment to notice it.
            for _ in range(50):
                if len(open_now) == 1:
                    break
                time.sleep(0.01)
            at_once.append(len(open_now))
            try:
                true_handle(self)
            finally:
                open_now.discard(id(self))

        handler.handle = handle
        one, other = (
            replace(another(name), host=host)
            for name, host in zip(("query", "harvest"), hosts, strict=True)
        )
        told = settings(server, tmp_path, names=("query", "harvest"))
        clock = SimulatedClock()
        with Web(told, clock) as first, Web(told, clock) as second:
            first.ask(one, "thing", things("a", service="query"))
            second.ask(other, "thing", things("a", service="harvest"))
            first.ask(one, "thing", things("b", service="query"))
        assert len(server.requests) == 3
    assert max(at_once) == most


INTERRUPTED = """
import sys
from pathlib import Path
from bibtools.adapters.web import Job, Web, WebSettings
from tests.toy_service import TOY, another, things
folder, base, how = sys.argv[1:]
told = WebSettings(cache=Path(folder), endpoints={"toy": base, "other": base},
                   allow_private=frozenset({base[7:]}), read_timeout=50.0)
try:
    with Web(told) as web:
        if how == "one":
            web.ask(TOY, "thing", things("ab"))
        else:
            other = another("other")
            jobs = [Job(TOY, "thing", things("ab"))]
            web.ask_all([*jobs, Job(other, "thing", things("x", service="other"))])
except KeyboardInterrupt:
    sys.exit(130)
"""


@POSIX
@ONLY_LOOPBACK
@pytest.mark.parametrize("how", ["one", "many"])
def test_a_real_ctrl_c_while_a_service_is_silent(tmp_path: Path, how: str) -> None:
    def answer(asked: object) -> Answered:
        if str(getattr(asked, "path", "")).endswith("=a"):
            return as_json({"a": "A"})
        return replace(GOOD, silent_after=3)

    with Loopback({("GET", "/"): answer}) as server:
        running = start(INTERRUPTED, str(tmp_path), server.base, how)
        while sum(one.path.endswith("=b") for one in server.requests) == 0:
            assert running.poll() is None
            time.sleep(0.01)
        running.send_signal(signal.SIGINT)
        assert running.wait(20) == 130
        running.communicate()
        with closing(sqlite3.connect(tmp_path / FILE_NAME)) as database:
            assert database.execute("select count(*) from turn").fetchone() == (0,)
        told = replace(settings(server, tmp_path), offline=True)
        with Web(told, SimulatedClock(time.time())) as web:
            answers = web.ask(TOY, "thing", things("ab"))
    assert titles(answers)["a"] == "A"
    assert str(titles(answers)["b"]).startswith("(this run is offline")


FULL = """
import resource, signal, sys
from pathlib import Path
from bibtools.adapters.web import SimulatedClock, Web
from tests.loopback import Loopback, as_json
from tests.toy_service import TOY, settings, things, titles
folder = Path(sys.argv[1])
with Loopback({("GET", "/"): as_json({letter: letter * 200_000 for letter in "abc"})}) as server:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
    with Web(settings(server, folder), SimulatedClock()) as web:
        answers = web.ask(TOY, "thing", things("abc"))
        print([len(title) for title in titles(answers).values()], len(server.requests))
        print(sorted({notice.rule for notice in web.notices}))
"""


@LINUX
@pytest.mark.parametrize(
    ("room", "rules"),
    [
        pytest.param(0, ["web.no-cache", "web.pace-alone"], id="none at all"),
        pytest.param(20_000, ["web.no-cache", "web.pace-alone"], id="not for the tables"),
        pytest.param(300_000, ["web.no-cache"], id="for one answer"),
        pytest.param(10_000_000, [], id="enough"),
    ],
)
def test_a_disk_that_is_full(tmp_path: Path, room: int, rules: list[str]) -> None:
    """The kernel refuses every byte beyond so many."""
    running = start(FULL, str(tmp_path), str(room))
    text = running.communicate(timeout=60)[0]
    assert text.splitlines() == ["[200000, 200000, 200000] 3", str(rules)]
    assert running.returncode == 0


def test_a_run_that_keeps_the_pace_alone_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with closing(Limiter(tmp_path / "file", 100.0, 60.0)) as one:
        assert not one.shared
        assert [notice.rule for notice in one.notices] == ["web.pace-alone"]
        assert f'"{tmp_path / "file" / FILE_NAME}"' in one.notices[0].message
    with closing(Limiter(tmp_path, 100.0, 60.0)) as one:
        assert list(one.notices) == []
        one._database.execute("drop table host")
        for _ in range(2):
            with one.turn("h", Pace(0.0), SimulatedClock()):
                pass
        assert [notice.rule for notice in one.notices] == ["web.pace-alone"]
    with closing(Limiter(None, 100.0, 60.0)) as one:
        assert list(one.notices) == []


def test_fewer_at_once_when_the_host_says_so(tmp_path: Path) -> None:
    with closing(Limiter(tmp_path, 100.0, 60.0)) as one:
        clock, wide = SimulatedClock(), Pace(0.0, 3)
        with one.turn("h", wide, clock), one.turn("h", wide, clock):
            assert clock.elapsed == 0.0
        one.slow_down("h", at_once=9)
        with one.turn("h", Pace(0.0), clock), one.turn("h", Pace(0.0), clock) as waited:
            assert waited > 90.0  # never more than the table says
        one.slow_down("h", at_once=1)
        with one.turn("h", wide, clock), one.turn("h", wide, clock) as waited:
            assert waited > 90.0


FIRST = """
import os, sys, time
from pathlib import Path
from bibtools.adapters.web.cache import Cache
from bibtools.adapters.web.pace import Limiter
from bibtools.sites.asking import NotFound, Question
folder, rounds = Path(sys.argv[1]), 15
for number in range(rounds):
    begin, children = time.time() + 0.02, []
    for name in "abcd":
        child = os.fork()
        if child == 0:
            while time.time() < begin:
                pass
            cache = Cache(folder / str(number))
            one = Limiter(folder / str(number), 100.0, 60.0)
            cache.store("", {Question("toy", "thing", name): NotFound()}, 1.0)
            os._exit(0 if one.shared and not cache.notices and not one.notices else 1)
        children.append(child)
    if any(os.waitpid(child, 0)[1] for child in children):
        sys.exit(f"round {number}: a file could not be used")
    if len(Cache(folder / str(number)).find("", [Question("toy", "thing", n) for n in "abcd"])) < 4:
        sys.exit(f"round {number}: an answer was lost")
"""


@POSIX
def test_runs_that_are_all_the_first(tmp_path: Path) -> None:
    """They find no files and make them at the same moment; nobody takes the other's for damaged."""
    running = subprocess.run(
        [sys.executable, "-c", FIRST, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    assert (running.returncode, running.stderr) == (0, "")
