"""Everything a server may do: what comes back, how often it was asked, what is kept of it."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bibtools.adapters.web import SimulatedClock, Web
from tests.loopback import (
    ONLY_LOOPBACK,
    Answered,
    Asked,
    Loopback,
    Route,
    as_html,
    as_json,
    gzipped,
    in_turn,
    redirect,
    status,
    typed,
)
from tests.toy_service import KEY, TOY, settings, things, titles

pytestmark = ONLY_LOOPBACK

GOOD = as_json({"a": "A title"})
PAGE = "<!DOCTYPE html><title>Making sure you are no robot</title>"
BOT_WALL = "(it answered with a web page instead of data, as walls against robots do"


@dataclass(frozen=True)
class Row:
    """What is expected of one question for "a"."""

    answer: str | None
    requests: int
    seconds: float = 0.0
    """On the simulated clock: retries after 1, 2, 4 s (jitter is 1), half a second between."""
    kept: bool = False
    closed: bool = False


def raw(body: bytes, media: str = "application/json", **changes: object) -> Answered:
    return replace(typed(media, body), **changes)  # type: ignore[arg-type]


def bomb() -> Answered:
    machine = zlib.compressobj(1, wbits=31)
    body = b"".join(machine.compress(bytes(1_000_000)) for _ in range(60)) + machine.flush()
    assert len(body) < 1_000_000
    return raw(body, media="application/json", headers={"Content-Encoding": "gzip"})


def loop(request: Asked) -> Answered:
    return redirect(request.path + "x")


CLOSE = {"Connection": "close"}
CUT = b'{"a": "A ti'
GZIP = gzip.compress(GOOD.body)

ROWS: list[tuple[str, Callable[[], Answered | Route], Row]] = [
    ("good", lambda: GOOD, Row("A title", 1, kept=True)),
    ("good chunked", lambda: replace(GOOD, chunked=True), Row("A title", 1, kept=True)),
    ("good gzip", lambda: gzipped(GOOD), Row("A title", 1, kept=True)),
    ("good without length", lambda: replace(GOOD, length=False), Row("A title", 1, kept=True)),
    (
        "good deflate without header",
        lambda: raw(zlib.compress(GOOD.body)[2:-4], headers={"Content-Encoding": "deflate"}),
        Row("A title", 1, kept=True),
    ),
    ("unknown ID left out", lambda: as_json({"b": "B"}), Row(None, 1, kept=True)),
    ("404", lambda: status(404), Row(None, 1, kept=True)),
    ("404 as a web page", lambda: as_html(PAGE, 404), Row(None, 1, kept=True)),
    ("403", lambda: status(403), Row("(it answered 403 (status 403))", 1)),
    (
        "401",
        lambda: status(401),
        Row("(it answered 401: it needs a key in TOY_KEY)", 1, closed=True),
    ),
    ("500 once", lambda: in_turn(status(500), GOOD), Row("A title", 2, 1.0, kept=True)),
    ("500 for ever", lambda: status(500), Row("(it answered 500, four times)", 4, 7.0)),
    ("502 and 504", lambda: in_turn(status(502), status(504), GOOD), Row("A title", 3, 3.0, True)),
    ("503 for ever", lambda: status(503), Row("(it answered 503, four times)", 4, 7.0)),
    (
        "503 with a wait",
        lambda: in_turn(status(503, Retry_After="20"), GOOD),
        Row("A title", 2, 20.0, kept=True),
    ),
    ("501 does not pass", lambda: status(501), Row("(it answered 501)", 1)),
    ("robot wall with 500", lambda: as_html(PAGE, 500), Row("(it answered 500, four times)", 4, 7)),
    ("robot wall with 200", lambda: as_html(PAGE), Row(BOT_WALL + ")", 1)),
    ("robot wall called JSON", lambda: raw(PAGE.encode()), Row(BOT_WALL + ")", 1)),
    (
        "another media type",
        lambda: raw(b"A title", "text/x-\x1b[31mtitle"),
        Row("(it answered with an unknown type instead of data)", 1),
    ),
    (
        "media type of a kind of JSON",
        lambda: raw(GOOD.body, "application/vnd.toy+json"),
        Row("A title", 1, 0, True),
    ),
    ("429 once, no wait told", lambda: in_turn(status(429), GOOD), Row("A title", 2, 1.0, True)),
    (
        "429 with a short wait",
        lambda: in_turn(status(429, Retry_After="7"), GOOD),
        Row("A title", 2, 7.0, kept=True),
    ),
    (
        "429 with a date",
        lambda: in_turn(status(429, Retry_After="Fri, 15 Jan 2027 08:00:30 GMT"), GOOD),
        Row("A title", 2, 30.0, kept=True),
    ),
    (
        "429 with a date gone by",
        lambda: in_turn(status(429, Retry_After="Fri, 15 Jan 2021 08:00:30 GMT"), GOOD),
        Row("A title", 2, 1.0, kept=True),
    ),
    (
        "429 with a long wait",
        lambda: status(429, Retry_After="54000"),
        Row("(it asks to wait 15 hours, until 2027-01-15 23:00 UTC)", 1, closed=True),
    ),
    (
        "429 with an endless wait",
        lambda: status(429, Retry_After="9" * 5000),
        Row("(it asks to wait 24 hours, until 2027-01-16 08:00 UTC)", 1, closed=True),
    ),
    (
        "429 with nonsense",
        lambda: in_turn(status(429, Retry_After="soon \x1b[31m"), GOOD),
        Row("A title", 2, 1.0, kept=True),
    ),
    (
        "429 for ever",
        lambda: status(429),
        Row("(it answered 429, four times)", 4, 7.0, closed=True),
    ),
    (
        "403 for GitHub's limit",
        lambda: status(403, X_RateLimit_Remaining="0", X_RateLimit_Reset="1800003600"),
        Row("(it asks to wait 60 minutes, until 2027-01-15 09:00 UTC)", 1, closed=True),
    ),
    (
        "403 for GitHub's second limit",
        lambda: in_turn(status(403, Retry_After="60"), GOOD),
        Row("A title", 2, 60.0, kept=True),
    ),
    (
        "silence",
        lambda: replace(GOOD, silent_after=0),
        Row("(it said nothing for 0.1 seconds, twice)", 2, 1.0),
    ),
    (
        "silence in mid-body",
        lambda: replace(GOOD, silent_after=5),
        Row("(it said nothing for 0.1 seconds, twice)", 2, 1.0),
    ),
    (
        "a slow drip",
        lambda: replace(GOOD, drip=0.03),
        Row("(its answer took longer than 0.3 seconds, twice)", 2, 1.0),
    ),
    (
        "a slow drip of headers",
        lambda: replace(GOOD, drip_headers=0.03),
        Row("(its answer took longer than 0.3 seconds, twice)", 2, 1.0),
    ),
    (
        "reset before the body",
        lambda: in_turn(replace(GOOD, reset_after=0), GOOD),
        Row("A title", 2, 1.0, kept=True),
    ),
    (
        "reset in mid-body",
        lambda: replace(GOOD, reset_after=5),
        Row("(the connection to it broke off, four times)", 4, 7.0),
    ),
    (
        "shorter than it says",
        lambda: replace(GOOD, headers={**GOOD.headers, "Content-Length": "100", **CLOSE}),
        Row("(the connection to it broke off, four times)", 4, 7.0),
    ),
    (
        "chunks without an end",
        lambda: raw(
            b"6\r\n" + GOOD.body[:6] + b"\r\n",
            length=False,
            headers={"Transfer-Encoding": "chunked", **CLOSE},
        ),
        Row("(the connection to it broke off, four times)", 4, 7.0),
    ),
    (
        "gzip cut off",
        lambda: in_turn(raw(GZIP[:-9], headers={"Content-Encoding": "gzip"}), GOOD),
        Row("A title", 2, 1.0, kept=True),
    ),
    (
        "gzip damaged",
        lambda: raw(GZIP[:12] + b"\xff\xff" + GZIP[14:], headers={"Content-Encoding": "gzip"}),
        Row("(its answer broke off, four times)", 4, 7.0),
    ),
    (
        "a compression not asked for",
        lambda: raw(b"...", headers={"Content-Encoding": "br"}),
        Row("(its answer is compressed in a way that was not asked for)", 1),
    ),
    (
        "two compressions",
        lambda: raw(GZIP, headers={"Content-Encoding": "gzip, gzip"}),
        Row("(its answer is compressed in a way that was not asked for)", 1),
    ),
    (
        "JSON cut off, once",
        lambda: in_turn(raw(CUT), GOOD),
        Row("A title", 2, 0.5, kept=True),
    ),
    (
        "JSON cut off",
        lambda: raw(CUT),
        Row("(the answer is not JSON (JSONDecodeError))", 2, 0.5),
    ),
    ("empty once", lambda: in_turn(raw(b""), GOOD), Row("A title", 2, 1.0, kept=True)),
    ("empty", lambda: raw(b" \n"), Row("(its answer is empty, four times)", 4, 7.0)),
    ("no content", lambda: status(204), Row("(it answered 204 ())", 1)),
    ("not modified", lambda: status(304), Row("(it answered 304)", 1)),
    ("another shape", lambda: as_json(["a"]), Row("(its answer is no object)", 2, 0.5)),
    (
        "a shape that the parser stumbles over",
        lambda: raw(b'"a"'),
        Row("(its answer is no object)", 2, 0.5),
    ),
    (
        "Latin-1, and says so",
        lambda: raw('{"a": "Café"}'.encode("latin-1"), "application/json; charset=ISO-8859-1"),
        Row("Café", 1, kept=True),
    ),
    (
        "UTF-8, and says Latin-1",
        lambda: raw('{"a": "Café"}'.encode(), "application/json; charset=iso-8859-1"),
        Row("Café", 1, kept=True),
    ),
    (
        "UTF-16",
        lambda: raw('{"a": "Café"}'.encode("utf-16"), "application/json"),
        Row("Café", 1, kept=True),
    ),
    (
        "Latin-1, and says nothing",
        lambda: raw('{"a": "Café"}'.encode("latin-1")),
        Row("(the answer is not JSON (UnicodeDecodeError))", 2, 0.5),
    ),
    (
        "a charset that is none",
        lambda: raw('{"a": "Café"}'.encode("latin-1"), "application/json; charset=zlib_codec"),
        Row("(the answer is not JSON (UnicodeDecodeError))", 2, 0.5),
    ),
    (
        "10 MB, and says so",
        lambda: raw(b'{"a": "' + b"A" * 10_485_760 + b'"}'),
        Row("(its answer is larger than 10 MB)", 1),
    ),
    (
        "10 MB, in chunks",
        lambda: raw(b'{"a": "' + b"A" * 10_485_760 + b'"}', chunked=True),
        Row("(its answer is larger than 10 MB)", 1),
    ),
    (
        "says endlessly many bytes",
        lambda: raw(b"{}", headers={"Content-Length": "9" * 30}, reset_after=2),
        Row("(its answer is larger than 10 MB)", 1),
    ),
    ("a compression bomb", bomb, Row("(its answer is larger than 10 MB)", 1)),
    (
        "deep nesting",
        lambda: raw(b"[" * 200_000),
        Row("(the answer is not JSON (RecursionError))", 2, 0.5),
    ),
    (
        "terminal escapes in a refusal",
        lambda: replace(status(400), body=b"\x1b]0;evil\x07no\x00\r\n\x9bthing"),
        Row("(it answered 400 ( ]0;evil no thing))", 1),
    ),
    ("redirect", lambda: in_turn(redirect("/elsewhere?ids=a"), GOOD), Row("A title", 2, 0.5, True)),
    ("redirect loop", lambda: loop, Row("(it redirects more than 5 times)", 6, 2.5)),
    (
        "redirect to nowhere",
        lambda: status(302),
        Row("(it redirects to an address that is none)", 1),
    ),
    (
        "redirect with a line break",
        lambda: redirect("/x\x0bSet-Cookie: a"),
        Row("(it redirects to an address that is none)", 1),
    ),
    (
        "redirect with a tab",
        lambda: redirect("/x\tSet-Cookie:a"),
        Row("(it redirects to an address that is none)", 1),
    ),
    (
        "redirect that two libraries read differently",
        lambda: redirect("https://toy.example\\@evil.example/"),
        Row("(it redirects to an address that is none)", 1),
    ),
    (
        "redirect with a user name",
        lambda: redirect("https://toy:word@toy.example/"),
        Row("(it redirects to an address with a user name in it)", 1),
    ),
    (
        "redirect to a file",
        lambda: redirect("file:///etc/passwd"),
        Row("(it redirects to an address that is none)", 1),
    ),
    (
        "redirect to another host",
        lambda: redirect("https://elsewhere.example/"),
        Row('(it redirects to another host, "elsewhere.example")', 1),
    ),
    (
        "redirect to the metadata of a cloud",
        lambda: redirect("http://169.254.169.254/latest/"),
        Row('(it redirects to another host, "169.254.169.254")', 1),
    ),
]


@pytest.mark.parametrize(
    ("make", "row"), [pytest.param(make, row, id=name) for name, make, row in ROWS]
)
def test_one_question(tmp_path: Path, make: Callable[[], Answered | Route], row: Row) -> None:
    clock = SimulatedClock()
    with Loopback({("GET", "/"): make()}) as server:
        quick = row.seconds < 60 and ("0.1" in str(row.answer) or "0.3" in str(row.answer))
        told = settings(
            server,
            tmp_path,
            read_timeout=0.1 if quick else 2.0,
            whole_timeout=0.3 if quick else 5.0,
        )
        with Web(told, clock, jitter=lambda: 1.0) as web:
            answers = web.ask(TOY, "thing", things("a"))
            counts = web.counts
        with Web(replace(told, offline=True), clock) as web:
            kept = titles(web.ask(TOY, "thing", things("a")))
        asked = len(server.requests)
    assert Row(
        titles(answers)["a"],
        asked,
        clock.elapsed,
        kept == titles(answers),
        bool(counts.closed),
    ) == replace(row, kept=row.kept)
    assert counts.requests == {"toy": asked}
    assert re.search(r"[\x00-\x1f\x7f-\x9f]", str(titles(answers)["a"])) is None


@pytest.mark.parametrize("place", ["localhost", "LOCALHOST", "127.1", "0.0.0.0", "2130706433"])
def test_a_redirect_to_a_local_address_is_not_followed(place: str) -> None:
    with Loopback({}) as server:
        port = server.host.partition(":")[2]
        server("GET", "/things", redirect(f"http://{place}:{port}/secret"))
        anywhere = replace(TOY, hosts=("*",))
        with Web(settings(server), SimulatedClock()) as web:
            answers = web.ask(anywhere, "thing", things("a"))
        assert titles(answers) == {"a": "(it leads to an address that is not public)"}
        assert len(server.requests) == 1


def test_a_redirect_to_another_host_takes_no_key_along() -> None:
    with Loopback({("GET", "/"): GOOD}) as other, Loopback({}) as server:
        server("GET", "/things", redirect(other.base + "/moved?ids=a", 307))
        told = settings(server, keys={"TOY_KEY": KEY})
        told = replace(told, allow_private=told.allow_private | {other.host})
        friendly = replace(TOY, hosts=(other.host,))
        with Web(told, SimulatedClock()) as web:
            answers = web.ask(friendly, "thing", things("a"))
        assert titles(answers) == {"a": "A title"}
        assert [one.headers.get("x-toy-key") for one in server.requests] == [f"Bearer {KEY}"]
        assert KEY not in str(other.requests)
        assert len(other.requests) == 1


def test_a_redirect_within_the_service_keeps_the_key() -> None:
    with Loopback({("GET", "/things"): redirect("/new"), ("GET", "/new"): GOOD}) as server:
        with Web(settings(server, keys={"TOY_KEY": KEY}), SimulatedClock()) as web:
            web.ask(TOY, "thing", things("a"))
        assert [one.headers.get("x-toy-key") for one in server.requests] == [f"Bearer {KEY}"] * 2


def test_a_redirect_of_a_question_by_post() -> None:
    def post(questions: object) -> object:
        del questions
        from bibtools.sites.asking import Request

        return Request("toy", "https://toy.example/api/old", "POST", body=b'["a"]')

    batch = replace(TOY.kinds["thing"], request=post)  # type: ignore[arg-type]
    service = replace(TOY, kinds={"thing": batch})
    with Loopback({("POST", "/old"): redirect("/new", 308), ("POST", "/new"): GOOD}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            assert titles(web.ask(service, "thing", things("a"))) == {"a": "A title"}
        assert [(one.path, one.body) for one in server.requests] == [
            ("/old", b'["a"]'),
            ("/new", b'["a"]'),
        ]
        server("POST", "/old", redirect("/new", 302))
        with Web(settings(server), SimulatedClock()) as web:
            answers = web.ask(service, "thing", things("a"))
        assert titles(answers) == {"a": "(it redirects a question that only it can answer)"}


@pytest.mark.parametrize("where", ["drip", "drip_headers"])
@pytest.mark.parametrize("first", [[], [GOOD]], ids=["new connection", "used connection"])
def test_a_slow_answer_is_cut_off(where: str, first: list[Answered]) -> None:
    slow = replace(GOOD, **{where: 0.03})  # type: ignore[arg-type]
    with Loopback({("GET", "/"): in_turn(*first, slow)}) as server:
        told = settings(server, retries=0, whole_timeout=0.2)
        with Web(told, SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("ba" if first else "a"))
        assert titles(answers)["a"] == "(its answer took longer than 0.2 seconds)"
        assert server.left.wait(5)


def test_a_server_that_is_not_there() -> None:
    with Loopback({}) as server:
        told = settings(server)
    clock = SimulatedClock()
    with Web(told, clock, jitter=lambda: 1.0) as web:
        answers = web.ask(TOY, "thing", things("ab"))
    # The second question is not asked any more.
    assert titles(answers) == dict.fromkeys("ab", "(it cannot be reached, four times)")
    assert web.counts.requests == {"toy": 4}
    assert web.counts.closed == {"toy": "it cannot be reached, four times"}


def test_a_service_that_fails_again_and_again_is_left_alone() -> None:
    with Loopback({("GET", "/"): as_html(PAGE)}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("abcdefgh"))
        assert len(server.requests) == 3
        assert titles(answers) == dict.fromkeys("abcdefgh", BOT_WALL + ")")


def test_a_success_between_failures_keeps_a_service_open() -> None:
    bad = status(403)
    routes = in_turn(bad, bad, GOOD, bad, bad, GOOD)
    with Loopback({("GET", "/"): routes}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            web.ask(TOY, "thing", things("xyauva"))
            assert web.counts.closed == {}
        assert len(server.requests) == 5  # "a" twice is one question
