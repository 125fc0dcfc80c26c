"""The way to a Zotero server: what is asked again, what is waited for, where the key goes."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero.endpoints import checked_endpoint, is_loopback
from bibtools.adapters.zotero.errors import (
    BusyError,
    InterruptedWaitError,
    LibraryLockedError,
    LocalKeyError,
    MovedError,
    NoAccessError,
    NotThereError,
    NoWriteAccessError,
    RefusedError,
    StorageFullError,
    StrangeAnswerError,
    TooLargeError,
    UnreachableError,
    WrongKeyError,
    ZoteroError,
)
from bibtools.adapters.zotero.transport import Patience, Wire
from bibtools.errors import ConfigError
from tests.loopback import ONLY_LOOPBACK, Answered, Loopback, as_html, as_json, in_turn, status

pytestmark = ONLY_LOOPBACK

KEY = "Secret7KeyOf24Characters"
GOOD = as_json({"A": 1}, Last_Modified_Version="7")


class Place:
    """A server, and a wire to it whose waits take no time."""

    def __init__(self, server: Loopback, **settings: Any) -> None:
        self.server = server
        self.clock = SimulatedClock()
        settings.setdefault("patience", Patience(read_timeout=5, whole_timeout=10))
        self.wire = Wire(server.base, KEY, clock=self.clock, jitter=lambda: 1.0, **settings)
        self.client = self.wire.client()

    def ask(
        self, method: str = "GET", path: str = "/users/1/items", **more: Any
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {KEY}", **more.pop("headers", {})}
        return self.client.request(method, self.server.base + path, headers=headers, **more)


@pytest.fixture
def place() -> Any:
    made: list[tuple[Loopback, Place]] = []

    def make(*answers: Any, **settings: Any) -> Place:
        route = in_turn(*answers)
        server = Loopback({(method, "/"): route for method in ("GET", "POST", "PUT")})
        server.__enter__()
        here = Place(server, **settings)
        made.append((server, here))
        return here

    yield make
    for server, here in made:
        here.client.close()
        server.__exit__(None, None, None)


Make = Callable[..., Place]
LOST = Answered(200, b'{"A": 1}', {"Content-Type": "application/json"}, reset_after=0)


@pytest.mark.parametrize(
    ("answers", "requests", "waited"),
    [
        pytest.param([GOOD], 1, 0, id="good at once"),
        pytest.param([status(500), GOOD], 2, 1, id="500"),
        pytest.param([status(502), status(504), GOOD], 3, 3, id="two faults, longer waits"),
        pytest.param([status(503), GOOD], 2, 1, id="503 that says nothing"),
        pytest.param([status(503, Retry_After="5"), GOOD], 2, 5, id="503 that says when"),
        pytest.param([status(429, Retry_After="10"), GOOD], 2, 10, id="429 that says when"),
        pytest.param([status(429, Retry_After="0"), GOOD], 2, 0, id="429, at once again"),
        pytest.param([status(429, Backoff="4"), GOOD], 2, 4, id="429 with Backoff"),
        pytest.param([LOST, GOOD], 2, 1, id="the connection breaks"),
        pytest.param([as_html("<p>Log in</p>"), GOOD], 2, 1, id="a page of HTML"),
        pytest.param(
            [Answered(200, b'{"A": ', {"Content-Type": "application/json"}), GOOD],
            2,
            1,
            id="half of a JSON text",
        ),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_asked_again(
    place: Make, method: str, answers: list[Answered], requests: int, waited: float
) -> None:
    here = place(*answers)
    body: dict[str, Any] = {"json": [{"key": "ABCD2345"}]} if method == "POST" else {}
    answer = here.ask(method, **body)
    assert (answer.json(), answer.headers["last-modified-version"]) == ({"A": 1}, "7")
    assert (len(here.server.requests), here.clock.elapsed) == (requests, waited)
    assert len({asked.body for asked in here.server.requests}) == 1
    assert (here.wire.sent, here.wire.asked.tries) == (requests, requests)


@pytest.mark.parametrize(
    ("first", "uncertain"),
    [
        pytest.param(GOOD, False, id="good at once"),
        pytest.param(status(429, Retry_After="1"), False, id="refused before anything was done"),
        pytest.param(status(500), True, id="500"),
        pytest.param(status(503, Retry_After="1"), True, id="503"),
        pytest.param(LOST, True, id="the connection breaks"),
        pytest.param(as_html("done?"), True, id="a page of HTML"),
    ],
)
def test_what_a_repeated_write_may_have_done(place: Make, first: Answered, uncertain: bool) -> None:
    here = place(first, GOOD)
    here.ask("POST", json=[])
    assert here.wire.asked.uncertain is uncertain
    here.ask("GET")
    assert here.wire.asked.uncertain is False


def test_what_was_never_sent_is_not_uncertain() -> None:
    with Loopback({}) as server:
        nobody = server.base
    wire = Wire(nobody, KEY, clock=SimulatedClock())
    with wire.client() as client, pytest.raises(UnreachableError, match="cannot be reached"):
        client.post(nobody + "/users/1/items", json=[])
    assert (wire.asked.uncertain, wire.sent) == (False, 6)


@pytest.mark.parametrize(
    ("answer", "error", "requests"),
    [
        pytest.param(status(500), UnreachableError, 6, id="always 500"),
        pytest.param(status(503, Retry_After="1"), BusyError, 6, id="always 503"),
        pytest.param(LOST, UnreachableError, 6, id="always lost"),
        pytest.param(as_html("x"), StrangeAnswerError, 3, id="always a page"),
        pytest.param(status(429), BusyError, 1, id="429 for bad keys says nothing"),
        pytest.param(status(429, Retry_After="301"), BusyError, 1, id="too long a wait"),
        pytest.param(status(503, Retry_After="9" * 30), BusyError, 1, id="an endless wait"),
        pytest.param(status(501), UnreachableError, 1, id="501"),
        pytest.param(status(302, Location="https://x.org/"), StrangeAnswerError, 1, id="redirect"),
        pytest.param(status(304), StrangeAnswerError, 1, id="304 unasked"),
        pytest.param(status(400), RefusedError, 1, id="400"),
        pytest.param(status(401), LocalKeyError, 1, id="401"),
        pytest.param(status(404), NotThereError, 1, id="404"),
        pytest.param(status(409), LibraryLockedError, 1, id="409"),
        pytest.param(status(412), MovedError, 1, id="412"),
        pytest.param(status(413), TooLargeError, 1, id="413"),
        pytest.param(as_html("over quota", 413), StorageFullError, 1, id="413, storage"),
        pytest.param(status(428), RefusedError, 1, id="428"),
        pytest.param(as_html("Invalid key", 403), WrongKeyError, 1, id="403, key"),
        pytest.param(as_html("Forbidden", 403), NoAccessError, 1, id="403"),
    ],
)
def test_given_up(place: Make, answer: Answered, error: type[ZoteroError], requests: int) -> None:
    here = place(answer)
    with pytest.raises(ZoteroError) as caught:
        here.ask()
    assert type(caught.value) is error
    assert len(here.server.requests) == requests
    assert caught.value.status == (None if answer is LOST else answer.status)


def test_a_write_that_is_forbidden(place: Make) -> None:
    here = place(as_html("Write access denied", 403))
    with pytest.raises(NoWriteAccessError) as caught:
        here.ask("POST", json=[])
    assert caught.value.message == (
        f"The Zotero server {here.server.host} does not let this key write there "
        '("Write access denied").'
    )


def test_the_wait_between_tries_is_drawn_and_bounded(place: Make) -> None:
    here = place(status(500), patience=Patience(tries=8))
    with pytest.raises(UnreachableError):
        here.ask()
    assert here.clock.elapsed == 1 + 2 + 4 + 8 + 16 + 30 + 30
    assert here.wire.waited == here.clock.elapsed


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(as_json([], Backoff="20"), id="of a good answer"),
        pytest.param(status(404, Backoff="20"), id="of a refusal"),
        pytest.param(as_json([], Backoff="5", Retry_After="20"), id="the longer of two"),
    ],
)
def test_backoff_holds_for_the_next_request(place: Make, answer: Answered) -> None:
    here = place(answer, GOOD)
    if answer.status == 200:
        here.ask()
    else:
        with pytest.raises(NotThereError):
            here.ask()
    assert here.clock.elapsed == 0
    here.ask("POST", json=[])
    assert here.clock.elapsed == 20
    here.ask()
    assert here.clock.elapsed == 20


def test_a_backoff_beyond_all_patience_is_told_with_the_next_request(place: Make) -> None:
    here = place(as_json([], Backoff="3600"), GOOD)
    here.ask()
    with pytest.raises(BusyError, match="left alone for 3600 seconds"):
        here.ask()
    assert len(here.server.requests) == 1


@pytest.mark.parametrize("told", ["", "soon", "-5", "1e999", "nan"])
def test_a_backoff_that_says_nothing(place: Make, told: str) -> None:
    here = place(as_json([], Backoff=told), GOOD)
    here.ask()
    here.ask()
    assert here.clock.elapsed == 0


def test_stopped_while_waiting(place: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    stop = threading.Event()
    here = place(status(429, Retry_After="10"), GOOD, stop=stop)
    monkeypatch.setattr(here.clock, "sleep", lambda seconds, stop: stop.set())
    with pytest.raises(InterruptedWaitError):
        here.ask()
    with pytest.raises(InterruptedWaitError):
        here.ask()
    assert len(here.server.requests) == 1


# What goes over the wire.


def test_what_is_not_sent(place: Make) -> None:
    here = place(as_json({}, Set_Cookie="a=b"), GOOD)
    unwanted = {"Zotero-Write-Token": "a" * 32, "Expect": "100-continue"}
    here.ask("POST", json=[], headers=unwanted)
    here.ask()
    for asked in here.server.requests:
        assert not {"zotero-write-token", "expect", "cookie"} & set(asked.headers)
        assert asked.headers["user-agent"].startswith("bibtools/")
        assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_what_is_not_shown_to_pyzotero(place: Make) -> None:
    more = {"Backoff": "1", "Retry-After": "1", "Link": '<http://[>; rel="next"'}
    shown = {"Zotero-Schema-Version": "41", "Total-Results": "3", "Last-Modified-Version": "9"}
    here = place(Answered(200, b"{}", {"Content-Type": "text/plain", **more, **shown}))
    got = dict(here.ask().headers)
    lower = {name.lower(): value for name, value in shown.items()}
    assert got == {**lower, "content-type": "application/json", "content-length": "2"}
    assert here.wire.schema == 41


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:1/users/1/items",
        "http://127.0.0.2/users/1/items",
        "https://api.zotero.org/users/1/items",
    ],
)
def test_the_key_goes_to_one_server(place: Make, address: str) -> None:
    here = place(GOOD)
    with pytest.raises(RefusedError):
        here.client.get(address, headers={"Authorization": f"Bearer {KEY}"})
    assert here.wire.sent == 0


def test_an_endpoint_with_a_path_is_not_left(place: Make) -> None:
    server = place(GOOD).server
    wire = Wire(server.base + "/zotero/", None)
    with wire.client() as client:
        assert client.get(server.base + "/zotero/users/1/items").json() == {"A": 1}
        for path in ("/zotero/../keys", "/zoterox", "/"):
            with pytest.raises(RefusedError):
                client.get(server.base + path)


def test_no_redirect_is_followed(place: Make) -> None:
    other = place(GOOD)
    for code in (301, 302, 303, 307, 308):
        here = place(status(code, Location=other.server.base + "/users/1/items"))
        with pytest.raises(StrangeAnswerError, match="the key does not go to"):
            here.ask("POST", json=[])
    assert other.server.requests == []


def test_proxies_are_for_other_machines(place: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert place(GOOD).ask().json() == {"A": 1}


def test_a_proxy_is_asked_for_other_machines(place: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = place(GOOD)
    monkeypatch.setenv("HTTPS_PROXY", proxy.server.base)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    wire = Wire("https://zotero.example", KEY, clock=SimulatedClock(), patience=Patience(tries=1))
    with wire.client() as client, pytest.raises(UnreachableError):
        client.get("https://zotero.example/users/1/items")
    # It speaks no CONNECT; nothing was asked in the open, and no key given to it.
    assert [asked for asked in proxy.server.requests if KEY in str(asked)] == []


def test_a_proxy_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "gopher://user:password@proxy.example")
    with pytest.raises(ConfigError) as caught:
        Wire("https://zotero.example", KEY)
    assert "password" not in caught.value.message


def test_the_key_is_in_no_log_and_no_text(place: Make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = as_html(f"<b>Key {KEY}</b> is &quot;bad&quot;\x1b[31m\u202e", 400)
    here = place(GOOD, status(500), told)
    here.ask()
    with pytest.raises(RefusedError) as caught:
        here.ask("POST", json=[])
    assert 'refused the request with 400 ("Key ... is "bad" [31m").' in caught.value.message
    assert KEY not in caplog.text
    assert KEY not in f"{caught.value!r} {caught.value.hint} {caught.value.told} {here.wire!r}"


@pytest.mark.parametrize("key", ["", "a b", "abc\r\nX-Other: 1", "schlüssel", "abc-def"])
def test_a_key_that_no_header_can_hold(key: str) -> None:
    with pytest.raises(WrongKeyError) as caught:
        Wire("https://zotero.example", key)
    assert caught.value.exit_code == 3
    assert not key or key not in f"{caught.value!r}{caught.value.hint}"


# Time and size.


def test_an_answer_that_does_not_come(place: Make) -> None:
    patience = Patience(read_timeout=0.05)
    here = place(Answered(200, b"[1]", silent_after=1), patience=patience)
    with pytest.raises(UnreachableError, match="did not answer in time"):
        here.ask()
    assert len(here.server.requests) == 3


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answered(200, b"[", drip=0.02), id="the body"),
        pytest.param(Answered(200, b"[1]", drip_headers=0.02), id="the headers"),
    ],
)
def test_an_answer_that_drips(place: Make, answer: Answered) -> None:
    here = place(answer, patience=Patience(tries=1, read_timeout=5, whole_timeout=0.15))
    with pytest.raises(UnreachableError, match="did not answer in time"):
        here.ask()
    assert here.server.left.wait(5)


def test_an_answer_without_end(place: Make) -> None:
    big = Answered(200, json.dumps(["x" * 5000]).encode(), {}, chunked=True)
    here = place(big, patience=Patience(most_bytes=4000))
    with pytest.raises(StrangeAnswerError, match="sent more than"):
        here.ask()
    assert len(here.server.requests) == 1


def test_an_answer_that_unpacks_without_end(place: Make) -> None:
    import gzip

    body = gzip.compress(b"[" + b" " * 3_000_000 + b"]")
    packed = Answered(200, body, {"Content-Encoding": "gzip"})
    with pytest.raises(StrangeAnswerError, match="sent more than"):
        place(packed, patience=Patience(most_bytes=1_000_000)).ask()
    assert place(packed).ask().json() == []


def test_a_body_that_is_not_packed_as_it_says(place: Make) -> None:
    here = place(Answered(200, b"[1]", {"Content-Encoding": "gzip"}), GOOD)
    assert here.ask().json() == {"A": 1}


# Addresses.


@pytest.mark.parametrize(
    ("address", "clean"),
    [
        pytest.param("https://api.zotero.org", "https://api.zotero.org", id="Zotero"),
        pytest.param(" https://zotero.example/api/ ", "https://zotero.example/api", id="path"),
        pytest.param("http://127.0.0.1:8080/", "http://127.0.0.1:8080", id="this machine"),
        pytest.param("http://localhost:23119/api", "http://localhost:23119/api", id="its name"),
        pytest.param("http://[::1]:8080", "http://[::1]:8080", id="its other address"),
    ],
)
def test_addresses_that_a_key_may_be_sent_to(address: str, clean: str) -> None:
    assert checked_endpoint(address) == clean


@pytest.mark.parametrize(
    "address",
    [
        "http://api.zotero.org",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://10.0.0.1",
        "https://user@zotero.example",
        "https://user:password@zotero.example",
        "https://api.zotero.org@evil.example",
        "https://zotero.example?key=a",
        "https://zotero.example/#a",
        "https://zotero.example/#",
        "https://zotero.example:99999",
        "https://zotero.example\\@evil.example",
        "https://zotero.example/a b",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "127.0.0.1:8080",
        "https://",
        "",
    ],
)
def test_addresses_that_no_key_is_sent_to(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        checked_endpoint(address)
    assert "password" not in caught.value.message


@pytest.mark.parametrize(
    ("host", "told"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("[::1]", True), ("LOCALHOST.", True),
     ("x.localhost", False), ("0.0.0.0", False), ("128.0.0.1", False), ("", False)],
)  # fmt: skip
def test_this_machine(host: str, told: bool) -> None:
    assert is_loopback(host) is told
