"""Each fault the stand-in can be told to make, as a client sees it."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero_server import (
    KEY,
    Fault,
    Kind,
    Recorded,
    ZoteroServer,
    always,
    is_post,
    is_read,
    is_write,
)
from tests.zotero_server.asking import Asker

pytestmark = ONLY_LOOPBACK

THREE = [{"itemType": "book", "title": title} for title in "abc"]


@pytest.fixture
def server() -> ZoteroServer:
    return ZoteroServer.with_user()


@pytest.fixture
def me(server: ZoteroServer) -> Iterator[Asker]:
    with server.running() as address:
        yield Asker(address, KEY, "/users/1/", timeout=0.5)


def titles(server: ZoteroServer) -> list[str]:
    return [item.title() for item in server.library("users", 1).items.values()]


@pytest.mark.parametrize(
    ("fault", "error", "written"),
    [
        pytest.param(
            Fault(Kind.LOST_ANSWER),
            http.client.RemoteDisconnected,
            ["a", "b", "c"],
            id="lost answer",
        ),
        pytest.param(
            Fault(Kind.HALF_WAY, objects=2),
            http.client.RemoteDisconnected,
            ["a", "b"],
            id="lost half way",
        ),
        pytest.param(
            Fault(Kind.HALF_WAY, objects=0), http.client.RemoteDisconnected, [], id="lost at once"
        ),
        pytest.param(Fault(Kind.RESET), ConnectionResetError, [], id="reset"),
        pytest.param(Fault(Kind.TIMEOUT), TimeoutError, [], id="timeout"),
        pytest.param(
            Fault(Kind.TIMEOUT, executed=True),
            TimeoutError,
            ["a", "b", "c"],
            id="timeout of an executed request",
        ),
    ],
)
def test_no_answer(
    server: ZoteroServer, me: Asker, fault: Fault, error: type[Exception], written: list[str]
) -> None:
    server.faults.append(fault)
    with pytest.raises(error):
        me.post("items", THREE)
    assert titles(server) == written
    assert me.get("items").status_code == 200, "the next request is answered"
    assert server.faults == []


@pytest.mark.parametrize(
    ("fault", "status", "headers", "written"),
    [
        pytest.param(
            Fault(Kind.TOO_MANY, seconds=3), 429, {"retry-after": "3"}, 0, id="429, Retry-After"
        ),
        pytest.param(Fault(Kind.TOO_MANY), 429, {"retry-after": None}, 0, id="429"),
        pytest.param(Fault(Kind.SERVER_ERROR), 500, {"retry-after": None}, 0, id="500"),
        pytest.param(
            Fault(Kind.SERVER_ERROR, executed=True), 500, {}, 3, id="500 of an executed request"
        ),
        pytest.param(
            Fault(Kind.UNAVAILABLE, seconds=0.5), 503, {"retry-after": "0.5"}, 0, id="503"
        ),
        pytest.param(Fault(Kind.BACKOFF, seconds=2), 200, {"backoff": "2"}, 3, id="Backoff"),
        pytest.param(
            Fault(Kind.HTML), 200, {"content-type": "text/html; charset=UTF-8"}, 3, id="HTML"
        ),
        pytest.param(
            Fault(Kind.HTML, executed=False), 200, {}, 0, id="HTML from a page before the server"
        ),
    ],
)
def test_another_answer(
    server: ZoteroServer,
    me: Asker,
    fault: Fault,
    status: int,
    headers: dict[str, str | None],
    written: int,
) -> None:
    server.faults.append(fault)
    got = me.post("items", THREE)
    assert got.status_code == status
    assert {name: got.headers.get(name) for name in headers} == headers
    assert len(titles(server)) == written
    is_json = got.headers["content-type"] == "application/json"
    assert is_json == (fault.kind is Kind.BACKOFF)


def test_json_that_breaks_off(server: ZoteroServer, me: Asker) -> None:
    server.faults.append(Fault(Kind.TRUNCATED))
    got = me.post("items", THREE)
    assert got.status_code == 200
    assert len(titles(server)) == 3
    with pytest.raises(json.JSONDecodeError):
        got.json()


def test_a_foreign_write(server: ZoteroServer, me: Asker) -> None:
    library = server.library("users", 1)

    def put() -> None:
        library.put({"itemType": "book", "title": "theirs"})

    server.faults += [
        Fault(Kind.FOREIGN_WRITE, is_post, objects=2, run=put),
        Fault(Kind.FOREIGN_WRITE, is_read, run=put),
    ]
    me.post("items", THREE)
    assert titles(server) == ["a", "b", "theirs", "c"]
    assert len(me.get("items?format=versions").json()) == 5


def test_a_kill_comes_after_the_write_and_before_the_answer(
    server: ZoteroServer, me: Asker
) -> None:
    seen: list[list[str]] = []
    server.faults.append(Fault(Kind.KILL, run=lambda: seen.append(titles(server))))
    assert me.post("items", THREE).status_code == 200
    assert seen == [["a", "b", "c"]]


@pytest.mark.parametrize(
    ("when", "struck"),
    [
        pytest.param(always, [True, True, False, False], id="all"),
        pytest.param(is_read, [True, False, True, False], id="reads"),
        pytest.param(is_write, [False, True, False, True], id="writes"),
        pytest.param(is_post, [False, True, False, True], id="posts"),
        pytest.param(lambda asked: asked.query == "limit=1", [False] * 4, id="none"),
    ],
)
def test_which_requests(
    server: ZoteroServer, me: Asker, when: Callable[[Recorded], bool], struck: list[bool]
) -> None:
    server.faults.append(Fault(Kind.SERVER_ERROR, when, times=2))
    asked = [me.get("items"), me.post("items", []), me.get("items"), me.post("items", [])]
    assert [one.status_code == 500 for one in asked] == struck


def test_a_fault_may_wait(server: ZoteroServer, me: Asker) -> None:
    server.faults.append(Fault(Kind.SERVER_ERROR, skip=2))
    assert [me.get("items").status_code for _ in range(4)] == [200, 200, 500, 200]


def test_a_fault_that_waits_lets_the_next_one_pass(server: ZoteroServer, me: Asker) -> None:
    server.faults += [Fault(Kind.SERVER_ERROR, skip=1), Fault(Kind.TOO_MANY)]
    assert [me.get("items").status_code for _ in range(3)] == [429, 500, 200]


def test_what_was_asked_is_known_without_the_key(server: ZoteroServer, me: Asker) -> None:
    me.post("items", THREE[:1])
    Asker(me.address).get(f"/users/1/items?limit=1&key={KEY}", Authorization=f"Bearer {KEY}")
    Asker(me.address).get(f"/keys/{KEY}")
    assert (server.reads, server.writes) == (2, 1)
    assert [(one.method, one.path, one.query) for one in server.requests] == [
        ("POST", "/users/1/items", ""),
        ("GET", "/users/1/items", "limit=1&key=KEY"),
        ("GET", "/keys/KEY", ""),
    ]
    assert server.requests[0].json() == THREE[:1]
    assert KEY not in repr(server.requests)
    server.forget()
    assert server.reads == 0


def test_one_connection_carries_many_requests(server: ZoteroServer, me: Asker) -> None:
    connection = http.client.HTTPConnection(me.address.removeprefix("http://"))
    for _ in range(3):
        connection.request("GET", "/users/1/items", headers={"Zotero-API-Key": KEY})
        socket = connection.sock
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (200, b"[]")
        assert connection.sock is socket
    connection.close()


def test_it_stops_though_a_client_waits(server: ZoteroServer) -> None:
    server.faults.append(Fault(Kind.TIMEOUT))
    with server.running() as address:
        patient = Asker(address, KEY, "/users/1/", timeout=60)
        ended: list[Any] = []

        def wait() -> None:
            try:
                patient.get("items")
            except OSError as error:
                ended.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        while not server.requests:
            time.sleep(0.01)
    thread.join(5)
    assert len(ended) == 1


def test_its_libraries_outlive_it(server: ZoteroServer) -> None:
    for number in range(2):
        with server.running() as address:
            me = Asker(address, KEY, "/users/1/")
            assert len(me.get("items").json()) == number
            me.post("items", THREE[:1])


def test_a_mistake_in_the_stand_in_comes_to_light(server: ZoteroServer) -> None:
    server.library("users", 1).items["ABCD2345"] = None  # type: ignore[assignment]
    with pytest.raises(AssertionError, match="the stand-in failed"), server.running() as address:
        assert Asker(address, KEY, "/users/1/").get("items").status_code == 500
