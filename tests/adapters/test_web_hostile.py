"""Servers that mean harm: answers without end, addresses in disguise, keys said back."""

from __future__ import annotations

import gzip
import io
import logging
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import tracemalloc
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from bibtools.adapters.web import SimulatedClock, Web, WebSettings
from bibtools.adapters.web import cache as cache_module
from bibtools.adapters.web.cache import FILE_NAME, Cache
from bibtools.adapters.web.limits import Limits, read_limits
from bibtools.sites.asking import CouldNotAsk, Question, Request
from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK, Loopback, as_json, in_turn, redirect, status
from tests.toy_service import KEY, TOY, found, settings, things, titles

BODY = b'{"a": "A title"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LATE = "(its answer took longer than 0.4 seconds)"
BROKE = "(the connection to it broke off)"
TOO_LARGE = "(its answer is larger than 10 MB)"


class Wire:
    """A server that sends bytes as they are, whatever it is asked."""

    def __init__(self, head: bytes, without_end: bytes = b"") -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._head, self._piece = head, without_end
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Wire:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Wakes the thread that waits for a connection.
        socket.create_connection(self._listener.getsockname()[:2]).close()
        self._thread.join(10)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            wire, _ = self._listener.accept()
            with wire:
                try:
                    # Not every system tells a server at once that nobody reads any more.
                    wire.settimeout(0.5)
                    if not wire.recv(65_536):
                        return
                    wire.sendall(self._head)
                    while self._piece:
                        wire.sendall(self._piece)
                except OSError:
                    pass


def ask(host: str, **changes: object) -> str | None:
    told = WebSettings(
        endpoints={"toy": f"http://{host}"},
        allow_private=frozenset({host}),
        read_timeout=5.0,
        whole_timeout=0.4,
        retries=0,
    )
    with Web(replace(told, **changes), SimulatedClock()) as web:  # type: ignore[arg-type]
        return titles(web.ask(TOY, "thing", things("a")))["a"]


ENDLESS = [
    ("headers", HEAD, b"X-A: b\r\n" * 1000, BROKE),
    ("one header", HEAD + b"X-A: ", b"a" * 65_536, BROKE),
    ("a status line", b"HTTP/1.1 200 ", b"a" * 65_536, BROKE),
    ("answers to come", b"", b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" * 50, LATE),
    ("a body", HEAD + b"\r\n", b"a" * 65_536, TOO_LARGE),
    ("chunks", CHUNKED, b"10000\r\n" + b"a" * 65_536 + b"\r\n", TOO_LARGE),
    ("tiny chunks", CHUNKED, b"1\r\na\r\n" * 1000, LATE),
    ("the size of a chunk", CHUNKED, b"0" * 65_536, BROKE),
    ("the extension of a chunk", CHUNKED + b"1;", b"a" * 65_536, BROKE),
    ("trailers", CHUNKED + b"10\r\n" + BODY + b"\r\n0\r\n", b"X-A: b\r\n" * 1000, LATE),
    ("one trailer", CHUNKED + b"10\r\n" + BODY + b"\r\n0\r\n", b"a" * 65_536, BROKE),
]


@ONLY_LOOPBACK
@pytest.mark.parametrize(
    ("head", "piece", "expected"), [pytest.param(*row[1:], id=row[0]) for row in ENDLESS]
)
def test_an_answer_without_end(head: bytes, piece: bytes, expected: str) -> None:
    with Wire(head, piece) as server:
        tracemalloc.start()
        try:
            answer = ask(server.host)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert answer == expected
    assert most < 25_000_000


ODD = [
    ("a negative chunk", CHUNKED + b"-5\r\nabc\r\n0\r\n\r\n", BROKE),
    ("a chunk larger than memory", CHUNKED + b"f" * 20 + b"\r\nabc", BROKE),
    ("two lengths", HEAD + b"Content-Length: 5\r\nContent-Length: 16\r\n\r\n" + BODY, None),
    ("no headers at all", b"<html>hello", BROKE),
    ("nothing", b"", BROKE),
    ("a status of its own", b"HTTP/1.1 999 No\r\nContent-Length: 2\r\n\r\n{}", "(it answered 999)"),
    ("a part", b"HTTP/1.1 206 Part\r\n\r\n" + BODY, '(it answered 206 ({"a": "A title"}))'),
    ("another protocol", b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", "(its answer is empty)"),
    (
        "compressed twice, said in two headers",
        HEAD + b"Content-Encoding: gzip\r\n" * 2 + b"\r\n" + gzip.compress(gzip.compress(BODY)),
        "(its answer is compressed in a way that was not asked for)",
    ),
    (
        "compressed twice, said once",
        HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(gzip.compress(BODY)),
        None,
    ),
    (
        "a bomb by deflate",
        HEAD + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(bytes(30_000_000), 9),
        TOO_LARGE,
    ),
    *(
        (
            f"compressed by {name}",
            HEAD + f"Content-Encoding: {name}\r\n\r\n".encode() + BODY,
            "(its answer is compressed in a way that was not asked for)",
        )
        for name in ("br", "zstd", "compress", "identity, gzip")
    ),
    (
        "a redirect with two targets",
        b"HTTP/1.1 302 F\r\nLocation: /a\r\nLocation: https://evil.example/\r\n\r\n",
        "(it redirects to an address that is none)",
    ),
    (
        "a redirect with a name that turns the line around",
        "HTTP/1.1 302 F\r\nLocation: https://ev\u202eil.example/\r\n\r\n".encode(),
        '(it redirects to another host, "ev il.example")',
    ),
    ("more digits than a number has", HEAD + b"\r\n" + b"9" * 5000, None),
]


@ONLY_LOOPBACK
@pytest.mark.parametrize(
    ("sent", "expected"), [pytest.param(*row[1:], id=str(row[0])) for row in ODD]
)
def test_an_odd_answer(sent: bytes, expected: str | None) -> None:
    with Wire(sent) as server:
        answer = ask(server.host, whole_timeout=5.0)
    assert answer is not None  # "not found" would be a lie
    assert answer.startswith("(")
    assert expected in (None, answer)


# Addresses.

LOCAL = [
    *"localhost 127.1 0x7f.1 0177.0.0.1 017700000001 2130706433 0x7f000001 0 0.0.0.0".split(),
    *"[::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [fe80::1] [64:ff9b::7f00:1]".split(),
    *"[2002:7f00:1::] loc%61lhost 10.0.0.1 192.168.1.1 169.254.169.254 [fd00:ec2::254]".split(),
]
NO_NAMES = ["\u2460\u2461\u2466.\u24ea.\u24ea.\u2460", "127\u30020\u30020\u30021", "127.0.0.1."]


@ONLY_LOOPBACK
@pytest.mark.parametrize("place", [*LOCAL, *NO_NAMES])
def test_a_local_address_in_disguise(place: str) -> None:
    with Loopback({}) as server:
        port = server.host.partition(":")[2]
        # As bytes of UTF-8 on the wire.
        location = f"http://{place}:{port}/secret".encode().decode("latin-1")
        server("GET", "/things", redirect(location))
        with Web(settings(server, retries=0), SimulatedClock()) as web:
            answers = web.ask(replace(TOY, hosts=("*",)), "thing", things("a"))
        assert [one.path for one in server.requests] == ["/things?ids=a"]
    reason = str(titles(answers)["a"])
    if place in LOCAL:
        assert reason == "(it leads to an address that is not public)"
    else:  # how a system reads these is its own affair
        assert reason.startswith(("(it ", "(its name cannot be found"))


@ONLY_LOOPBACK
def test_a_name_with_very_many_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each could take the whole time of a connection; all together get one."""
    tried: list[str] = []

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        addresses = [f"8.8.{number // 250}.{number % 250}" for number in range(1000)]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    def connect(_wire: socket.socket, place: tuple[str, int]) -> None:
        tried.append(place[0])
        time.sleep(0.05)
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    links = replace(TOY, name="links", host="", base="", hosts=("*",), key_name=None)
    with Web(WebSettings(retries=0, whole_timeout=0.2), SimulatedClock()) as web:
        got = web.fetch(links, Request("links", "http://many.example/"))
    assert got == CouldNotAsk("its answer took longer than 0.2 seconds")
    assert 1 <= len(tried) < 100


# Keys.


@ONLY_LOOPBACK
def test_a_key_said_back_goes_no_further(tmp_path: Path) -> None:
    said = {
        "a": as_json({"a": f"Your key is {KEY}"}),
        "b": redirect(f"https://{KEY}.example/"),
        "c": replace(status(400), body=f"no such key: {KEY.upper()}".encode()),
    }
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with Loopback(
            {("GET", f"/things?ids={name}"): one for name, one in said.items()}
        ) as server:
            told = settings(server, tmp_path, keys={"TOY_KEY": KEY})
            with Web(told, SimulatedClock()) as web:
                answers = titles(web.ask(TOY, "thing", things("abc")))
                got = web.fetch(TOY, Request("toy", "https://toy.example/api/things?ids=a"))
            assert [one.headers["x-toy-key"] for one in server.requests] == [f"Bearer {KEY}"] * 4
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    assert answers == {
        "a": "Your key is ...",
        "b": '(it redirects to another host, "....example")',
        "c": "(it answered 400 (no such key: ...))",
    }
    assert "things?ids=a" in stream.getvalue()  # the log was written at all
    said_everywhere = f"{stream.getvalue()} {answers} {got} {web.counts}".lower()
    assert KEY not in said_everywhere
    for path in tmp_path.iterdir():
        assert KEY.encode() not in path.read_bytes()


@ONLY_LOOPBACK
def test_a_key_is_in_no_exception() -> None:
    def break_off(_asked: object) -> object:
        raise KeyboardInterrupt

    batch = replace(TOY.kinds["thing"], parse=lambda reply, questions: break_off(reply))  # type: ignore[arg-type,return-value]
    with Loopback({("GET", "/"): as_json({"a": KEY})}) as server:
        told = settings(server, keys={"TOY_KEY": KEY})
        with pytest.raises(KeyboardInterrupt) as caught, Web(told, SimulatedClock()) as web:
            web.ask(replace(TOY, kinds={"thing": batch}), "thing", things("a"))
    assert KEY not in str(caught.getrepr(style="long"))
    assert KEY not in repr(told)


# What headers say.


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({"retry-after": "Fri Jan 15 08:02:00 2027"}, Limits(retry_after=120.0)),
        ({"retry-after": "Fri, 15 Jan 2027 08:02:00 -0000"}, Limits(retry_after=120.0)),
        ({"retry-after": "Friday, 15-Jan-27 08:02:00 GMT"}, Limits(retry_after=120.0)),
        ({"x-concurrency-limit": "3"}, Limits(at_once=3)),
        ({"x-concurrency-limit": "0"}, Limits(at_once=1)),
        ({"x-concurrency-limit": "-1"}, Limits()),
        (
            {
                "x-rate-limit-limit": "1",
                "x-rate-limit-interval": "1s",
                "x-concurrency-limit": "1",
                "x-api-pool": "public",
            },
            Limits(interval=1.0, at_once=1),
        ),
        ({"ratelimit-policy": '"fixed window";"api";q=500;w=300'}, Limits(interval=0.6)),
        ({"ratelimit-policy": "100;w=50"}, Limits(interval=0.5)),
        ({"ratelimit-policy": '"a";q=10;w=10, "b";q=10;w=100'}, Limits(interval=10.0)),
        (
            {
                "ratelimit-policy": '"pages";q=100;w=300, "api";q=500;w=300',
                "ratelimit": '"api";r=489;t=35',
            },
            Limits(interval=0.6),
        ),
        ({"ratelimit-policy": '"hour";q=60;w=3600'}, Limits()),
        ({"ratelimit-policy": '"api";q=0;w=300'}, Limits()),
        ({"ratelimit-policy": "as you like; q=many; w=some"}, Limits()),
        ({"ratelimit": "limit=10, remaining=0, reset=35"}, Limits(spent=35.0)),
        ({"ratelimit": "limit=10, remaining=3, reset=35"}, Limits()),
        ({"x-ratelimit-remaining": "-2", "x-ratelimit-reset": "60"}, Limits(spent=60.0)),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000060000"}, Limits(spent=60.0)),
        # OpenAlex: what is free goes on when the money is spent, and more than all may be.
        (
            {
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "54000",
                "x-ratelimit-remaining-usd": "0",
                "x-ratelimit-cost-usd": "0",
            },
            Limits(),
        ),
        (
            {
                "x-ratelimit-remaining": "0",
                "x-ratelimit-reset": "54000",
                "x-ratelimit-remaining-usd": "-0.0004",
                "x-ratelimit-cost-usd": "0.001",
            },
            Limits(spent_budget=54_000.0),
        ),
    ],
    ids=str,
)
def test_more_headers(headers: dict[str, str], limits: Limits) -> None:
    assert read_limits(headers, 1_800_000_000.0) == limits


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
def test_a_date_without_a_zone_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo-9")
    time.tzset()
    try:
        limits = read_limits({"retry-after": "Fri Jan 15 08:02:00 2027"}, 1_800_000_000.0)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert limits == Limits(retry_after=120.0)


@ONLY_LOOPBACK
def test_fewer_at_once_over_all_runs(tmp_path: Path) -> None:
    """A run that was told so waits for the other's answer; `Pace` alone would let it go."""
    wide = replace(TOY, pace=replace(TOY.pace, seconds=0.0, at_once=4))
    told_so = as_json({"a": "A"}, X_Concurrency_Limit="1")
    routes = in_turn(told_so, as_json({"b": "B"}))
    with Loopback({("GET", "/"): routes}) as server:
        told = settings(server, tmp_path)
        clock = SimulatedClock()
        with Web(told, clock) as web, Web(told, clock) as other:
            assert titles(web.ask(wide, "thing", things("a"))) == {"a": "A"}
            name = web._exchange.asking(wide, clock).host
            with other._exchange._limiter.turn(name, wide.pace, clock):
                web.ask(wide, "thing", things("b"))
    assert clock.elapsed > 1.0


# The cache.


def test_half_a_character_in_a_question(tmp_path: Path) -> None:
    """As a damaged .bib file has it."""
    question = Question("toy", "title", "a\ud800b")
    cache = Cache(tmp_path)
    cache.store("", {question: found("A")}, 1.0)
    assert cache.find("", [question])[question].answer == found("A")
    assert cache.notices == ()
    cache.close()


@pytest.mark.parametrize(
    "change",
    [
        "update answer set asked = 'abc' where question like '%:a'",
        "update answer set asked = x'ff' where question like '%:a'",
        "update answer set records = x'ff22fe' where question like '%:a'",
        "update answer set records = cast(x'ff22fe' as text) where question like '%:a'",
        "update closed set until = 'abc', reason = cast(x'ff' as text)",
    ],
)
def test_values_of_another_kind_in_the_cache(tmp_path: Path, change: str) -> None:
    a, b = things("ab")
    cache = Cache(tmp_path)
    cache.store("", {a: found("A"), b: found("B")}, 1.0)
    cache.close_scope("toy", 100.0, "it asks to wait")
    cache.close()
    database = sqlite3.connect(tmp_path / FILE_NAME)
    database.execute(change)
    database.commit()
    database.close()
    cache = Cache(tmp_path)
    kept = cache.find("", [a, b])
    assert kept[b].answer == found("B")
    closed = cache.closed_scope("toy", 50.0)
    if "closed" in change:
        assert (a in kept, closed) == (True, None)
    else:
        assert (a in kept, closed) == (False, "it asks to wait")
    assert cache.notices == ()
    cache.close()


def test_another_process_has_made_a_damaged_file_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it has written since is not moved aside."""
    path = tmp_path / FILE_NAME
    path.write_bytes(b"no database" * 500)
    true_open = cache_module._opened
    seen: list[bool] = []

    def opened(where: Path) -> sqlite3.Connection:
        try:
            return true_open(where)
        except sqlite3.DatabaseError:
            if not seen:
                seen.append(True)
                other = Cache(tmp_path)
                other.store("", {things("a")[0]: found("A")}, 1.0)
                other.close()
            raise

    monkeypatch.setattr(cache_module, "_opened", opened)
    cache = Cache(tmp_path)
    assert titles({one: kept.answer for one, kept in cache.find("", things("a")).items()}) == {
        "a": "A"
    }
    assert cache.notices == ()
    cache.close()
    assert [one.name for one in tmp_path.glob("*damaged*")] == [f"{FILE_NAME}.damaged-1"]


READ_ONLY = """
import os, sys
from pathlib import Path
from bibtools.adapters.web import SimulatedClock, Web
from tests.loopback import Loopback, as_json
from tests.toy_service import TOY, settings, things, titles
folder = Path(sys.argv[1])
with Loopback({("GET", "/"): as_json({"a": "A", "b": "B"})}) as server:
    with Web(settings(server, folder), SimulatedClock()) as web:
        web.ask(TOY, "thing", things("b"))
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555 if sys.argv[2] == "the folder" else 0o777)
    if os.geteuid() == 0:
        # To root nothing is read-only.
        os.setgid(65534)
        os.setuid(65534)
    with Web(settings(server, folder), SimulatedClock()) as web:
        print(titles(web.ask(TOY, "thing", things("ab"))))
    print(sorted(notice.rule for notice in web.notices))
"""


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("what", ["the folder", "the files"])
def test_a_cache_that_may_only_be_read(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    for path in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        path.chmod(path.stat().st_mode | 0o011)
    run = subprocess.run(
        [sys.executable, "-c", READ_ONLY, str(folder), what],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        check=False,
    )
    folder.chmod(0o700)
    assert (run.stdout.splitlines(), run.stderr) == (
        ["{'a': 'A', 'b': 'B'}", "['web.no-cache', 'web.pace-alone']"],
        "",
    )
