"""The stand-in is asked everything the real server was asked, and must answer the same.

Two kinds of record are replayed: the probes are run again as programs, so that their requests
are whole; the requests of a client program are sent as they were recorded. Compared are status,
names and values of headers, every version, the length of the body and what the record shows of
it. `KNOWN` names the differences there are.
"""

from __future__ import annotations

import json
import re
import sys
import time
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero_server import ZoteroServer
from tests.zotero_server.access import Permission
from tests.zotero_server.asking import Asker, Got
from tests.zotero_server.observed import Comparison, Exchange, read_record
from tests.zotero_server.schema import template
from tests.zotero_server.views import View

pytestmark = ONLY_LOOPBACK

KEY1, KEY2 = "K" * 12 + "1" * 12, "K" * 12 + "2" * 12


@dataclass(frozen=True, slots=True)
class Known:
    """A difference that is known, where, and why it stays."""

    sections: str
    """Letters or numbers of sections, separated by blanks; * is all."""
    request: str
    """A pattern `METHOD url` must match."""
    aspects: str
    why: str

    def covers(self, exchange: Exchange, aspect: str) -> bool:
        return (
            (self.sections == "*" or exchange.section.split(".")[0] in self.sections.split())
            and bool(re.search(self.request, f"{exchange.method} {exchange.url}"))
            and (aspect in self.aspects.split() or self.aspects == "*")
        )


_EXPORTS = "exports are other programs' work; the gateway reads JSON"
_FILES = "files are not modelled: attachments show none"
_GROUPS = Known("A AC 8", "GET /users/1/groups", "body length", "those were other groups")
_EXPORT = Known("Z 8", "format=bibtex", "body", _EXPORTS)

KNOWN_TO_PROBES = (
    _GROUPS,
    _EXPORT,
    Known("V", "GET /schema", "length", "the table holds no language but English"),
)
KNOWN_TO_CLIENT = (
    _GROUPS,
    _EXPORT,
    Known("8", "format=csljson", "*", _EXPORTS),
    Known("4", "POST /users/1/items$", "length", "what was too long there is cut from the record"),
    Known("9", "/children", "length body", _FILES),
    Known("5 7", "items.limit=100", "length", _FILES),
)


@dataclass(slots=True)
class Replay:
    """The connection to the stand-in, and what was found so far."""

    address: str
    known: tuple[Known, ...] = ()
    comparison: Comparison = field(default_factory=Comparison)
    found: list[str] = field(default_factory=list)
    used: set[Known] = field(default_factory=set)

    def ask(self, method: str, url: str, headers: dict[str, str], body: bytes | None) -> Got:
        return Asker(self.address, headers=headers).ask(method, url, body)

    def compare(self, exchange: Exchange, got: Got) -> None:
        text = got.text.replace(KEY1, "KEY1").replace(KEY2, "KEY2")
        found = self.comparison.differences(exchange, got.status_code, got.headers, text)
        for aspect, what in found.items():
            known = next((one for one in self.known if one.covers(exchange, aspect)), None)
            if known:
                self.used.add(known)
            else:
                where = f"{exchange.section}: {exchange.method} {exchange.url}"
                self.found.append(f"{where}\n  {exchange.sent[:300]}\n  {aspect}: {what}")

    def finish(self) -> None:
        """Fail if the answers differed, or if a difference that was known is gone."""
        assert not self.found, "\n\n".join(self.found)
        assert self.used == set(self.known)


class Clock:
    """A time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1795215875.0  # 20 November 2026

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _server(clock: Clock, version: int) -> ZoteroServer:
    server = ZoteroServer(clock)
    server.add_user(1, "testuser", "Real Name", version=version)
    server.library("users", 1).composes = False
    server.add_user(2, "testuser2", "Real Name 2")
    server.add_key(KEY1, 1, groups="all")
    server.add_key(KEY2, 2, groups="all")
    server.api.super_password = "rootpw"
    number = "1795215875084"
    for group, group_version in ((1, 5), (18, 1), (2, 1), (3, 2)):
        made = server.add_group(
            group,
            f"My Test Group {number}",
            type="PublicOpen",
            library_reading="all",
            description=f"This is a test description {number}",
            url=f"http://example.com/{number}",
        )
        server.api.register.groups[group].version = group_version
        made.version = 6
    library = server.library("groups", 1)
    library.items[library.put({"itemType": "book", "title": "Test"}).key].created_by = 1
    return server


class Probe:
    """What stands in for the recorder the probes import: it compares instead of recording."""

    def __init__(self, replay: Replay, record: Iterator[Exchange]) -> None:
        self.replay = replay
        self.record = record

    def module(self) -> types.ModuleType:
        made = types.ModuleType("rec")
        client = types.SimpleNamespace(request=self.request)
        unrecorded = types.SimpleNamespace(Client=lambda **_: types.SimpleNamespace(post=self.post))
        vars(made).update(
            json=json,
            sys=sys,
            httpx2=unrecorded,
            KEY=KEY1,
            KEY2=KEY2,
            C=client,
            req=self.req,
            sect=lambda _title: None,
            dump=lambda *_: None,
        )
        return made

    def req(
        self,
        method: str,
        path: str,
        body: Any = None,
        key: str | None = KEY1,
        port: int = 8080,
        **more: Any,
    ) -> Got:
        headers = {"Zotero-API-Version": "3"} | ({"Zotero-API-Key": key} if key else {})
        headers |= {name.replace("_", "-"): str(value) for name, value in more.items()}
        data = None
        if body is not None:
            data = (body if isinstance(body, str) else json.dumps(body)).encode()
            headers.setdefault("Content-Type", "application/json")
        return self.recorded(method, path, headers, data)

    def request(self, method: str, url: str, headers: dict[str, str]) -> Got:
        return self.recorded(method, url.removeprefix("http://127.0.0.1:8080"), headers, None)

    def recorded(self, method: str, path: str, headers: dict[str, str], data: bytes | None) -> Got:
        got = self.replay.ask(method, path.replace("%3A", ":"), headers, data)
        exchange = next(self.record)
        assert exchange.method == method, f"the record goes on with {exchange}"
        self.replay.compare(exchange, got)
        return got

    def post(self, url: str, json: Any, headers: dict[str, str]) -> Got:
        """A request the record does not hold."""
        data = __import__("json").dumps(json).encode()
        return self.replay.ask("POST", url.removeprefix("http://127.0.0.1:8080"), headers, data)


def _run_probe(monkeypatch: pytest.MonkeyPatch, shared: Path, name: str, probe: Probe) -> None:
    monkeypatch.setitem(sys.modules, "rec", probe.module())
    path = shared / "zotero" / "probes" / name
    exec(compile(path.read_text(encoding="utf-8"), str(path), "exec"), {})


def _part(record: list[Exchange], first: str, last: str) -> list[Exchange]:
    """The exchanges from one section to another."""
    names = [one.section.split(".")[0] for one in record]
    end = len(names) - names[::-1].index(last)
    return record[names.index(first) : end]


@pytest.fixture(scope="module")
def record(shared: Path) -> list[Exchange]:
    return read_record(shared / "zotero" / "OBSERVED.md")


def test_probes_of_one_library(
    monkeypatch: pytest.MonkeyPatch, shared: Path, record: list[Exchange]
) -> None:
    clock = Clock()
    monkeypatch.setattr(time, "sleep", clock.sleep)
    server = _server(clock, version=3009)
    with server.running() as address:
        replay = Replay(address, KNOWN_TO_PROBES)
        probe = Probe(replay, iter(_part(record, "A", "AC")))
        _run_probe(monkeypatch, shared, "raw.py", probe)
        _run_probe(monkeypatch, shared, "raw2.py", probe)
    assert not list(probe.record), "the record goes on"
    replay.finish()


def test_probes_of_creators_tokens_and_parents(
    monkeypatch: pytest.MonkeyPatch, shared: Path, record: list[Exchange]
) -> None:
    server = _server(Clock(), version=3440)
    with server.running() as address:
        replay = Replay(address)
        probe = Probe(replay, iter(_part(record, "AD", "AG")))
        _run_probe(monkeypatch, shared, "p3.py", probe)
    assert not list(probe.record), "the record goes on"
    replay.finish()


class Client:
    """Sends the requests of a client program again, with the keys of this run. Of long bodies
    the record shows the start; `_WHOLE` says how they went on, and their length proves it.
    """

    def __init__(self, server: ZoteroServer, replay: Replay) -> None:
        self.server = server
        self.replay = replay
        self.cut = iter(_WHOLE)

    def send(self, exchange: Exchange) -> None:
        here = self.replay.comparison.here
        self._learn(exchange)
        headers = dict(exchange.sent_headers)
        for name in ("zotero-api-key", "authorization"):
            if name in headers:
                headers[name] = headers[name].replace("KEY1", KEY1)
        body = here(exchange.sent)
        if exchange.sent_length:
            whole = next(self.cut)(Papers(self.server), exchange)
            body = json.dumps(whole)
            length = len(json.dumps(whole, ensure_ascii=False))
            start = body[:300].partition('"relations"')[0]
            assert body.startswith(start)
            assert length == exchange.sent_length, f"{length}: {exchange}"
        url = here(exchange.url.replace("%2C", ",")).replace("KEY1", KEY1)
        got = self.replay.ask(exchange.method, url, headers, body.encode() or None)
        self.replay.compare(exchange, got)

    def _learn(self, exchange: Exchange) -> None:
        """Find what the keys in an address stand for that no answer has shown so far."""
        known = self.replay.comparison.ours_of
        items = self.server.library("users", 1).items.values()
        asked = (
            exchange.url.replace("%2C", ",")
            .partition("?")[2]
            .partition("itemKey=")[2]
            .partition("&")[0]
        )
        keys = [one for one in asked.split(",") if one]
        if len(keys) == 60:  # The papers from the sixtieth on.
            papers = Papers(self.server)
            for number, key in enumerate(keys, 60):
                known.setdefault(key, papers.data(number)["key"])
        for key, version in re.findall(r'"key": "(\w{8})", "version": (\d+)', exchange.body):
            ours = [one.key for one in items if one.version == int(version)]
            if key in exchange.url and key not in known and ours:
                known[key] = ours[0]


class Papers:
    """The items of the record's papers in this run."""

    def __init__(self, server: ZoteroServer) -> None:
        self.library = server.library("users", 1)
        self.register = server.api.register

    def data(self, number: int, **changed: Any) -> dict[str, Any]:
        """What is stored of the paper with a number, with changes."""
        wanted = f"key{number}"
        items = self.library.items.values()
        found = next(one for one in items if one.fields.get("citationKey") == wanted)
        return {**found.data, **changed}

    def first(self, number: int, **changed: Any) -> dict[str, Any]:
        """The same as somebody knows it who has read it when it was new."""
        data = self.data(number, **changed)
        return {**data, "dateModified": data["dateAdded"]}

    def named(self, title: str, **changed: Any) -> dict[str, Any]:
        items = self.library.items.values()
        return {**next(one for one in items if one.title() == title).data, **changed}


def _paper(number: int) -> dict[str, Any]:
    made = dict(template("preprint"))
    made |= {
        "title": f"Paper {number}",
        "creators": [{"creatorType": "author", "firstName": "Ann", "lastName": f"Author{number}"}],
        "repository": "arXiv",
        "archiveID": f"arXiv:2310.{number:05}",
        "citationKey": f"key{number}",
        "tags": [{"tag": "bib", "type": 1}],
    }
    return made


def _papers(first: int, last: int) -> Callable[[Papers, Exchange], Any]:
    return lambda _papers, _exchange: [_paper(number) for number in range(first, last)]


def _bare(data: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in names}


def _collection(papers: Papers, exchange: Exchange) -> Any:
    """A whole API object, its name changed."""
    collection = next(one for one in papers.library.collections.values() if one.name == "Coll")
    granted = Permission(read=True, write=True, notes=True)
    view = View(papers.library, granted, papers.register, "http://127.0.0.1:8080")
    shown = view.show(collection)
    return {**shown, "data": {**shown["data"], "name": "Renamed"}}


# How the bodies the record cuts went on, in its order.
_WHOLE: list[Callable[[Papers, Exchange], Any]] = [
    _papers(0, 50),
    _papers(50, 100),
    _papers(100, 120),
    lambda papers, _: papers.data(0, title="changed by A"),
    lambda papers, _: papers.first(0, title="changed by B", version=3239),
    lambda papers, _: papers.first(0, title="changed by B", version=3239),
    lambda papers, _: _bare(papers.first(0, title="changed by B"), "version"),
    lambda papers, _: [
        papers.data(1, version=1, title="stale"),
        papers.data(2, title="fresh"),
        papers.data(3, title="x" * 69_998),
    ],
    lambda papers, _: [papers.data(number, rights="r") for number in range(4, 54)],
    lambda papers, _: [papers.data(number, rights="r") for number in range(54, 104)],
    _collection,
    lambda papers, _: papers.data(8, tags=[{"tag": "bib", "type": 1}, {"tag": "new"}]),
    lambda papers, _: papers.data(8, deleted=1),
    lambda papers, _: [papers.named("3", extra="more"), papers.named("2", extra="more")],
    lambda papers, _: [papers.named("2", extra="again"), papers.named("3", extra="again")],
]


def test_requests_of_a_client_program(record: list[Exchange]) -> None:
    clock, bucket = Clock(), Clock()
    server = _server(clock, version=3238)
    server.limit_requests(bucket)
    with server.running() as address:
        replay = Replay(address, KNOWN_TO_CLIENT)
        client = Client(server, replay)
        names = [one.section for one in record]
        first = next(n for n, name in enumerate(names) if name.startswith("1. create 120 items"))
        for exchange in record[first:]:
            clock.sleep(1)
            _behave_as(server, exchange, bucket)
            if exchange.url.partition("?")[0].endswith("/file"):
                _upload(server, exchange)
            else:
                client.send(exchange)
    replay.finish()


def _behave_as(server: ZoteroServer, exchange: Exchange, bucket: Clock) -> None:
    """One process had the limit of requests, one was in production mode."""
    if exchange.port == 8083 and server.backoff is None:
        server.production()
    if exchange.port != 8083:
        server.backoff = None
    assert server.api.limiter
    limited = exchange.status == 429 and "retry-after" in exchange.headers
    server.api.limiter.burst, server.api.limiter.rate = (0.5, 0.05) if limited else (10**6, 10**5)
    bucket.now += 1000


def _upload(server: ZoteroServer, exchange: Exchange) -> None:
    """Files are not modelled; what their upload does to the versions is."""
    version = exchange.headers.get("last-modified-version")
    if version:
        library = server.library("users", 1)
        library.version = int(version)
        key = max(library.items.values(), key=lambda one: one.number).key
        library.items[key].version = int(version)
