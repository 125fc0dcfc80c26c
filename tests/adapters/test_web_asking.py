"""Batches, memory, keys, many services at once, interruption."""

from __future__ import annotations

import _thread
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bibtools import __version__
from bibtools.adapters.web import Job, SimulatedClock, Web, WebSettings, settings_from_environment
from bibtools.adapters.web.asking import THREAD
from bibtools.adapters.web.cache import FILE_NAME
from bibtools.errors import ConfigError
from bibtools.sites.asking import (
    Batch,
    CouldNotAsk,
    Pace,
    Question,
    Reply,
    Request,
    UnreadableError,
)
from tests.loopback import (
    ONLY_LOOPBACK,
    Answered,
    Asked,
    Loopback,
    Route,
    as_json,
    in_turn,
    status,
)
from tests.toy_service import (
    DAY,
    KEY,
    TOY,
    another,
    asked_for,
    found,
    settings,
    things,
    titles,
    toy_parse,
    toy_request,
)

pytestmark = ONLY_LOOPBACK


def library(request: Asked) -> Answered:
    """Knows the letters before "n", and answers backwards."""
    known = [letter for letter in asked_for(request) if letter < "n"]
    return as_json({letter: letter.upper() for letter in reversed(known)})


def paths(server: Loopback) -> list[str]:
    return [",".join(asked_for(one)) for one in server.requests]


def test_batches_are_filled_and_answers_stand_in_the_order_of_the_questions() -> None:
    clock = SimulatedClock()
    steps: list[tuple[str, int, int]] = []
    with Loopback({("GET", "/"): library}) as server, Web(settings(server), clock) as web:
        answers = web.ask(
            TOY, "many", things("gazbcdefa", "many"), lambda *step: steps.append(step)
        )
        assert paths(server) == ["g,a,z,b", "c,d,e,f"]
    assert list(titles(answers).items()) == [
        (letter, None if letter > "m" else letter.upper()) for letter in "gazbcdef"
    ]
    assert clock.elapsed == 0.5
    assert steps == [("The toy service", done, 8) for done in (0, 4, 8)]
    assert web.counts.requests == {"toy": 2}
    assert web.counts.waited == {"toy": 0.5}


def test_some_questions_stand_alone_and_a_key_makes_batches_larger() -> None:
    batch = replace(
        TOY.kinds["many"], size=2, size_with_key=3, alone=lambda subject: subject in "xy"
    )
    service = replace(TOY, kinds={"many": batch})
    questions = things("axbcyde", "many")
    for keys, expected in (
        ({}, ["a,b", "c,d", "e", "x", "y"]),
        ({"TOY_KEY": KEY}, ["a,b,c", "d,e", "x", "y"]),
    ):
        with Loopback({("GET", "/"): library}) as server:
            with Web(settings(server, keys=keys), SimulatedClock()) as web:
                answers = web.ask(service, "many", questions)
            assert paths(server) == expected
        assert list(answers) == questions


def test_no_question_is_no_request() -> None:
    with Loopback({}) as server, Web(settings(server)) as web:
        assert web.ask(TOY, "many", []) == {}
        assert web.ask_all([]) == {}
        assert web.ask_all([Job(TOY, "many", [])]) == {}
        assert server.requests == []


def test_a_question_of_another_kind_is_a_mistake_of_ours() -> None:
    with Web(WebSettings()) as web, pytest.raises(ValueError, match="no question of toy:many"):
        web.ask(TOY, "many", things("a", "thing"))


def test_a_second_run_asks_nothing_and_answers_age(tmp_path: Path) -> None:
    clock = SimulatedClock()
    with Loopback({("GET", "/"): library}) as server:
        told = settings(server, tmp_path)
        asked: list[list[str]] = []
        for days in (0.0, 2.9, 0.2, 20.0, 10.0):
            clock.sleep(days * DAY)
            server.requests.clear()
            with Web(told, clock) as web:
                assert titles(web.ask(TOY, "thing", things("az"))) == {"a": "A", "z": None}
                cached = web.counts.from_cache.get("toy", 0)
                assert len(server.requests) + cached == 2
            asked.append(paths(server))
    # "Not found" is good for 3 days, an answer for 30.
    assert asked == [["a", "z"], [], ["z"], ["z"], ["a", "z"]]


def test_offline_takes_old_answers_and_tells_missing_ones(tmp_path: Path) -> None:
    clock = SimulatedClock()
    with Loopback({("GET", "/"): library}) as server:
        told = settings(server, tmp_path)
        with Web(told, clock) as web:
            web.ask(TOY, "thing", things("az"))
        clock.sleep(100 * DAY)
        server.requests.clear()
        with Web(replace(told, offline=True), clock) as web:
            answers = web.ask(TOY, "thing", things("azb"))
        why = "(this run is offline, and the cache does not have it)"
        assert titles(answers) == {"a": "A", "z": why, "b": why}
        assert server.requests == []


def test_answers_of_a_test_server_are_not_those_of_the_service(tmp_path: Path) -> None:
    with (
        Loopback({("GET", "/"): library}) as one,
        Loopback({("GET", "/"): as_json({"a": "other"})}) as two,
    ):
        for server, title in ((one, "A"), (two, "other"), (one, "A")):
            with Web(settings(server, tmp_path), SimulatedClock()) as web:
                assert titles(web.ask(TOY, "thing", things("a"))) == {"a": title}
        assert (len(one.requests), len(two.requests)) == (1, 1)
        offline = WebSettings(cache=tmp_path, offline=True)
        with Web(offline, SimulatedClock()) as web:
            assert isinstance(web.ask(TOY, "thing", things("a"))[things("a")[0]], CouldNotAsk)


def picky(request: Asked) -> Answered:
    """Refuses a whole batch for one bad letter in it."""
    return status(400) if "x" in asked_for(request) else library(request)


def test_one_bad_question_spoils_no_other() -> None:
    with Loopback({("GET", "/"): picky}) as server, Web(settings(server), SimulatedClock()) as web:
        answers = web.ask(TOY, "many", things("abxcdef", "many"))
        assert paths(server) == ["a,b,x,c", "a,b", "x,c", "x", "c", "d,e,f"]
    assert titles(answers) == {
        letter: "(it answered 400 (status 400))" if letter == "x" else letter.upper()
        for letter in "abxcdef"
    }


def test_a_service_that_refuses_every_batch_is_not_asked_for_ever() -> None:
    service = replace(TOY, kinds={"many": replace(TOY.kinds["many"], size=64)})
    questions = [Question("toy", "many", str(number)) for number in range(640)]
    with Loopback({("GET", "/"): status(400)}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            answers = web.ask(service, "many", questions)
        # The first batch down to 17 single questions, then three more of the second.
        assert len(server.requests) == 43
        assert web.counts.closed == {"toy": "it answered 400 (status 400)"}
    assert {type(answer) for answer in answers.values()} == {CouldNotAsk}


def test_some_bad_questions_in_a_row_close_nothing() -> None:
    routes = in_turn(*[status(400)] * 19, library, *[status(422)] * 20, library)
    questions = [Question("toy", "thing", f"a{number}") for number in range(50)]
    with Loopback({("GET", "/"): routes}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            web.ask(TOY, "thing", questions)
            assert web.counts.closed == {"toy": "it answered 422 (status 422)"}
        assert len(server.requests) == 40


def test_a_batch_with_many_bad_questions_costs_a_bounded_number_of_requests() -> None:
    def odd(request: Asked) -> Answered:
        numbers = asked_for(request)
        bad = any(int(number) % 2 for number in numbers)
        return status(400) if bad else as_json({number: number for number in numbers})

    service = replace(TOY, kinds={"many": replace(TOY.kinds["many"], size=64)})
    questions = [Question("toy", "many", str(number)) for number in range(64)]
    with Loopback({("GET", "/"): odd}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            answers = web.ask(service, "many", questions)
        assert len(server.requests) == 33
    wrong = [one for one, title in titles(answers).items() if title not in (one, None)]
    assert all(title is not None for title in titles(answers).values())
    assert {number for number in map(str, range(64)) if int(number) % 2} <= set(wrong)


def test_a_reply_that_nobody_can_read_is_not_asked_for_in_parts() -> None:
    broken = replace(as_json({}), body=b'{"a": ')
    with Loopback({("GET", "/"): broken}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            web.ask(TOY, "many", things("abcd", "many"))
        assert paths(server) == ["a,b,c,d"] * 2


def test_too_large_an_answer_is_asked_for_in_parts() -> None:
    def small(questions: Sequence[Question]) -> Request:
        return replace(toy_request(questions), largest=30)

    batch = replace(TOY.kinds["many"], request=small)
    service = replace(TOY, kinds={"many": batch})
    with (
        Loopback({("GET", "/"): library}) as server,
        Web(settings(server), SimulatedClock()) as web,
    ):
        answers = web.ask(service, "many", things("abcd", "many"))
        assert paths(server) == ["a,b,c,d", "a,b", "c,d"]
    assert titles(answers) == {letter: letter.upper() for letter in "abcd"}


def test_a_question_that_the_parser_leaves_out_could_not_be_asked(tmp_path: Path) -> None:
    def forgetful(reply: Reply, questions: Sequence[Question]) -> dict[Question, object]:
        return {question: found("A") for question in questions if question.subject == "a"}

    batch = replace(TOY.kinds["many"], parse=forgetful)  # type: ignore[arg-type]
    service = replace(TOY, kinds={"many": batch})
    with Loopback({("GET", "/"): library}) as server:
        for _ in range(2):
            with Web(settings(server, tmp_path), SimulatedClock()) as web:
                answers = web.ask(service, "many", things("ab", "many"))
            assert titles(answers) == {"a": "A", "b": "(its answer leaves this question out)"}
        assert paths(server) == ["a,b", "b"]


def test_a_fault_of_a_parser_ends_no_run() -> None:
    def faulty(reply: Reply, questions: Sequence[Question]) -> dict[Question, object]:
        raise KeyError("title")

    batch = replace(TOY.kinds["thing"], parse=faulty)  # type: ignore[arg-type]
    with (
        Loopback({("GET", "/"): library}) as server,
        Web(settings(server), SimulatedClock()) as web,
    ):
        answers = web.ask(replace(TOY, kinds={"thing": batch}), "thing", things("a"))
    assert titles(answers) == {
        "a": "(its answer cannot be read (KeyError), which is a fault of bibtools)"
    }


# Identity and keys.


def test_who_we_are_and_what_we_take(tmp_path: Path) -> None:
    del tmp_path
    with Loopback({("GET", "/"): library}) as server:
        with Web(settings(server, contact="me@example.org"), SimulatedClock()) as web:
            web.ask(TOY, "thing", things("a"))
        headers = dict(server.requests[0].headers)
    assert headers.pop("host") == server.host
    assert headers == {
        "user-agent": f"bibtools/{__version__} (mailto:me@example.org)",
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
    }


def test_a_key_is_in_one_header_and_nowhere_else(tmp_path: Path) -> None:
    def echo(request: Asked) -> Answered:
        return replace(status(400), body=f"bad key {request.headers['x-toy-key']}".encode())

    told_keys = {"TOY_KEY": f" {KEY}\n", "PATH": "/usr/bin"}
    clock = SimulatedClock()
    with Loopback({("GET", "/"): in_turn(library, library, echo)}) as server:
        told = settings(server, tmp_path, keys=told_keys)
        with Web(told, clock) as web:
            answers = web.ask(TOY, "thing", things("abc"))
        assert [one.headers["x-toy-key"] for one in server.requests] == [f"Bearer {KEY}"] * 3
        assert KEY not in str([one.path for one in server.requests])
    assert titles(answers)["c"] == "(it answered 400 (bad key Bearer ...))"
    assert clock.elapsed == 0.2  # the pace with a key
    assert KEY not in repr(told)
    for path in tmp_path.iterdir():
        assert KEY.encode() not in path.read_bytes()


def test_no_cookies_are_kept_and_no_netrc_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    answer = as_json({"a": "A"}, Set_Cookie="track=me; Path=/")
    with Loopback({("GET", "/"): answer}) as server:
        with Web(settings(server), SimulatedClock()) as web:
            web.ask(TOY, "thing", things("ab"))
        assert [set(one.headers) & {"cookie", "authorization"} for one in server.requests] == [
            set(),
            set(),
        ]


def test_a_key_that_no_header_can_hold() -> None:
    with Loopback({}) as server, Web(settings(server, keys={"TOY_KEY": "a\nb secret"})) as web:
        with pytest.raises(ConfigError) as caught:
            web.ask(TOY, "thing", things("a"))
        assert server.requests == []
    assert "TOY_KEY" in caught.value.message
    assert "secret" not in f"{caught.value.message} {caught.value.hint}"


def test_a_service_that_needs_a_key_is_not_asked_without() -> None:
    with Loopback({}) as server, Web(settings(server)) as web:
        answers = web.ask(replace(TOY, needs_key=True), "thing", things("a"))
        assert titles(answers) == {"a": "(it needs a key: set TOY_KEY)"}
        assert server.requests == []


def test_a_refused_key() -> None:
    with Loopback({("GET", "/"): status(401)}) as server:
        with Web(settings(server, keys={"TOY_KEY": KEY}), SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("ab"))
        assert len(server.requests) == 1
    why = "it answered 401: it does not take the key in TOY_KEY"
    assert titles(answers) == {"a": f"({why})", "b": f"({why})"}
    assert web.counts.closed == {"toy": why}


# Limits over several runs.


def test_a_long_wait_holds_for_the_next_runs_too(tmp_path: Path) -> None:
    clock = SimulatedClock()
    routes = in_turn(status(429, Retry_After="7200"), library)
    with Loopback({("GET", "/"): routes}) as server:
        told = settings(server, tmp_path)
        asked: list[int] = []
        for hours in (0.0, 1.0, 1.1):
            clock.sleep(hours * 3600)
            with Web(told, clock) as web:
                answers = web.ask(TOY, "thing", things("a"))
            asked.append(len(server.requests))
        assert asked == [1, 1, 2]
        assert titles(answers) == {"a": "A"}


def test_what_is_closed_without_a_key_is_open_with_one(tmp_path: Path) -> None:
    routes = in_turn(
        status(403, X_RateLimit_Remaining="0", X_RateLimit_Reset="1900000000"), library
    )
    clock = SimulatedClock()
    with Loopback({("GET", "/"): routes}) as server:
        for keys in ({}, {"TOY_KEY": KEY}):
            with Web(settings(server, tmp_path, keys=keys), clock) as web:
                answers = web.ask(TOY, "thing", things("a"))
        assert titles(answers) == {"a": "A"}


def test_the_last_allowed_request_closes_until_the_reset(tmp_path: Path) -> None:
    last = as_json({"a": "A"}, X_RateLimit_Remaining="0", X_RateLimit_Reset="1800003600")
    clock = SimulatedClock()
    with Loopback({("GET", "/"): last}) as server:
        with Web(settings(server, tmp_path), clock) as web:
            answers = web.ask(TOY, "thing", things("ab"))
        assert len(server.requests) == 1
    why = "it asks to wait 60 minutes, until 2027-01-15 09:00 UTC"
    assert titles(answers) == {"a": "A", "b": f"({why})"}
    assert web.counts.closed == {"toy": why}


def test_a_budget_closes_only_what_costs(tmp_path: Path) -> None:
    def priced(request: Asked) -> Answered:
        cost = "0" if len(asked_for(request)) == 1 else "0.001"
        row = {letter: letter.upper() for letter in asked_for(request)}
        return as_json(
            row,
            X_RateLimit_Remaining_USD="0.001",
            X_RateLimit_Cost_USD=cost,
            X_RateLimit_Reset="36000",
        )

    with Loopback({("GET", "/"): priced}) as server:
        with Web(settings(server, tmp_path), SimulatedClock()) as web:
            costly = web.ask(TOY, "many", things("abcdef", "many"))
            free = web.ask(TOY, "thing", things("ab"))
        assert paths(server) == ["a,b,c,d", "a", "b"]
    why = "(its budget for the day is used up, until 2027-01-15 18:00 UTC)"
    assert titles(costly) == {**{letter: letter.upper() for letter in "abcd"}, "e": why, "f": why}
    assert titles(free) == {"a": "A", "b": "B"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        pytest.param({"X_Rate_Limit_Limit": "1", "X_Rate_Limit_Interval": "2s"}, 4.0, id="slower"),
        pytest.param({"X_Rate_Limit_Limit": "50", "X_Rate_Limit_Interval": "1s"}, 1.0, id="faster"),
        pytest.param({"X_Rate_Limit_Limit": "0", "X_Rate_Limit_Interval": "1s"}, 1.0, id="zero"),
        pytest.param(
            {"X_Rate_Limit_Limit": "1", "X_Rate_Limit_Interval": "999999h"}, 120.0, id="hostile"
        ),
    ],
)
def test_the_pace_follows_the_headers_downwards(headers: dict[str, str], seconds: float) -> None:
    clock = SimulatedClock()
    answer = as_json({"a": "A"}, 200, **headers)
    with Loopback({("GET", "/"): answer}) as server, Web(settings(server), clock) as web:
        web.ask(TOY, "thing", things("abc"))
    assert clock.elapsed == seconds


# Many services.


def test_services_are_asked_beside_each_other() -> None:
    names = ("one", "two", "three")
    services = [
        another(name, pace=Pace(seconds)) for name, seconds in zip(names, (3, 1, 2), strict=True)
    ]
    jobs = [
        Job(service, "thing", things("abz", service=service.name))
        for service in (*services, services[0])
    ]
    steps: list[str] = []
    runs = []
    for _ in range(3):
        clock = SimulatedClock()
        server = Loopback({("GET", "/"): library})
        with server, Web(settings(server, names=names), clock) as web:
            answers = web.ask_all(jobs, lambda name, *_: steps.append(name))
        runs.append(list(answers.items()))
        # The slowest decides: three questions, two gaps of three seconds.
        assert clock.elapsed == 6.0
        assert web.counts.requests == dict.fromkeys(names, 3)
    assert runs[0] == runs[1] == runs[2]
    assert [question.service for question, _ in runs[0]] == [
        name for name in names for _ in range(3)
    ]
    assert len(steps) == 3 * 3 * 4


def test_services_of_one_host_share_its_pace() -> None:
    services = [replace(another(name), host="shared.example") for name in ("one", "two")]
    jobs = [Job(one, "thing", things("ab", service=one.name)) for one in services]
    clock = SimulatedClock()
    server = Loopback({("GET", "/"): library})
    with server, Web(settings(server, names=("one", "two")), clock) as web:
        web.ask_all(jobs)
    assert clock.elapsed == 1.5


def test_one_service_that_fails_leaves_the_others_alone() -> None:
    names = ("good", "bad")
    routes: dict[tuple[str, str], Route | Answered] = {
        ("GET", "/"): library,
        ("GET", "/bad"): status(429),
    }
    jobs = [Job(another(name), "thing", things("ab", service=name)) for name in names]
    with Loopback(routes) as server:
        told = settings(server, names=names)
        told = replace(told, endpoints={"good": server.base, "bad": server.base + "/bad"})
        with Web(told, SimulatedClock()) as web:
            answers = web.ask_all(jobs)
    assert [titles({one: answer})[one.subject] for one, answer in answers.items()] == [
        "A",
        "B",
        *["(it answered 429, four times)"] * 2,
    ]


def test_a_mistake_in_one_thread_is_told() -> None:
    names = ("one", "two")
    jobs = [Job(another(name), "thing", things("a", service="one")) for name in names]
    server = Loopback({("GET", "/"): library})
    wrong = pytest.raises(ValueError, match="no question of two")
    with server, Web(settings(server, names=names), SimulatedClock()) as web, wrong:
        web.ask_all(jobs)


# Interruption.


class Stopping(SimulatedClock):
    """Somebody presses Ctrl-C during the first wait that is long enough."""

    def sleep(self, seconds: float, stop: threading.Event | None = None) -> None:
        super().sleep(seconds, stop)
        if self.elapsed >= 1.0:
            raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_learnt(tmp_path: Path) -> None:
    with Loopback({("GET", "/"): library}) as server:
        told = settings(server, tmp_path)
        with Web(told, Stopping()) as web, pytest.raises(KeyboardInterrupt):
            web.ask(TOY, "thing", things("abcz"))
        assert paths(server) == ["a", "b"]
        with Web(told, SimulatedClock()) as web:
            answers = web.ask(TOY, "thing", things("abcz"))
        assert paths(server) == ["a", "b", "c", "z"]
    assert titles(answers) == {"a": "A", "b": "B", "c": "C", "z": None}


def test_ctrl_c_in_the_middle_of_an_answer(tmp_path: Path) -> None:
    def pressed(reply: Reply, questions: Sequence[Question]) -> object:
        if questions[0].subject == "b":
            raise KeyboardInterrupt
        return toy_parse(reply, questions)

    batch = Batch(1, toy_request, pressed)  # type: ignore[arg-type]
    service = replace(TOY, kinds={"thing": batch})
    with Loopback({("GET", "/"): library}) as server:
        told = settings(server, tmp_path)
        with Web(told, SimulatedClock()) as web, pytest.raises(KeyboardInterrupt):
            web.ask(service, "thing", things("abc"))
        # The next run may ask at once: nobody is left who would be asking.
        with Web(told, clock := SimulatedClock(1_800_000_010.0)) as web:
            web.ask(TOY, "thing", things("abc"))
        assert paths(server) == ["a", "b", "b", "c"]
        assert clock.elapsed == 0.5


@pytest.mark.parametrize("where", ["in a thread", "in the main thread"])
def test_ctrl_c_ends_all_threads(tmp_path: Path, where: str) -> None:
    quick_done, waiting = threading.Event(), threading.Event()

    def never(_request: Asked) -> Answered:
        waiting.set()
        if where == "in the main thread":
            quick_done.wait(5)
            _thread.interrupt_main()
        return Answered(200, b"{}", {"Content-Type": "application/json"}, silent_after=0)

    def press(_title: str, done: int, _total: int) -> None:
        if done == 2:
            quick_done.set()
            waiting.wait(5)
            if where == "in a thread":
                raise KeyboardInterrupt

    names = ("quick", "silent")
    routes: dict[tuple[str, str], Route | Answered] = {
        ("GET", "/"): library,
        ("GET", "/silent"): never,
    }
    jobs = [Job(another(name), "thing", things("ab", service=name)) for name in names]
    with Loopback(routes) as server:
        told = settings(server, tmp_path, names=names, read_timeout=30.0, whole_timeout=60.0)
        told = replace(told, endpoints={"quick": server.base, "silent": server.base + "/silent"})
        with Web(told, SimulatedClock()) as web, pytest.raises(KeyboardInterrupt):
            web.ask_all(jobs, press)
        running = [one for one in threading.enumerate() if one.name.startswith(THREAD)]
        for one in running:
            one.join(5)  # the last steps after it said that it had ended
        assert not any(one.is_alive() for one in running)
        assert web.counts.requests == {"quick": 2, "silent": 1}
        with Web(replace(told, offline=True), SimulatedClock()) as web:
            answers = web.ask(jobs[0].service, "thing", jobs[0].questions)
        assert titles(answers) == {"a": "A", "b": "B"}


# Without questions.


def test_fetch_gives_a_reply_or_why_there_is_none() -> None:
    request = Request("toy", "https://toy.example/api/page?ids=a")
    with Loopback(
        {("GET", "/"): in_turn(status(503), library, status(404), status(429))}
    ) as server:
        clock = SimulatedClock()
        with Web(settings(server), clock, jitter=lambda: 1.0) as web:
            first, second, third = (web.fetch(TOY, request) for _ in range(3))
    assert isinstance(first, Reply)
    assert (first.status, first.json(), first.url) == (200, {"a": "A"}, f"{server.base}/page?ids=a")
    assert isinstance(second, Reply)
    assert second.status == 404
    assert third == CouldNotAsk("it answered 429, four times")


def test_a_request_that_is_not_of_the_service() -> None:
    with Web(WebSettings()) as web, pytest.raises(ValueError, match="no address of toy"):
        web.fetch(TOY, Request("toy", "https://elsewhere.example/"))


def test_a_service_of_many_hosts_closes_each_by_itself() -> None:
    links = replace(TOY, name="links", host="", base="", hosts=("*",), key_name=None)
    with Loopback({("HEAD", "/"): status(200)}) as good, Loopback({}) as gone:
        dead = gone.base
        told = WebSettings(allow_private=frozenset({good.host, gone.host}), retries=0)
    with Loopback({("HEAD", "/"): status(200)}) as good:
        told = replace(told, allow_private=told.allow_private | {good.host})
        with Web(told, SimulatedClock()) as web:
            got = [
                web.fetch(links, Request("links", address, "HEAD", accept=("*/*",)))
                for address in (dead, dead + "/again", good.base, "http://127.0.0.1:1/")
            ]
    assert [one.status if isinstance(one, Reply) else one.reason for one in got] == [
        "it cannot be reached",
        "it cannot be reached",
        200,
        "it leads to an address that is not public",
    ]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("ftp://example.org/", "it has an address that is none"),
        ("http://user:word@example.org/", "it has an address with a user name in it"),
        ("http://exa mple.org/", "it has an address that is none"),
        ("http://example.org:0/", "it has an address that is none"),
        ("http://example.org:99999/", "it has an address that is none"),
        ("http://[::1/", "it has an address that is none"),
        ("https://[::1]/", "it leads to an address that is not public"),
        ("http://[::ffff:127.0.0.1]/", "it leads to an address that is not public"),
        ("http://169.254.169.254/latest/meta-data/", "it leads to an address that is not public"),
        ("http://10.0.0.1/", "it leads to an address that is not public"),
    ],
)
def test_a_link_that_is_not_asked(address: str, reason: str) -> None:
    links = replace(TOY, name="links", host="", base="", hosts=("*",), key_name=None)
    with Web(WebSettings(retries=0), SimulatedClock()) as web:
        got = web.fetch(links, Request("links", address, accept=("*/*",)))
    assert got == CouldNotAsk(reason)


# Settings.


def test_settings_of_an_environment(tmp_path: Path) -> None:
    told = settings_from_environment(
        {
            "BIBTOOLS_CONTACT": " me@example.org ",
            "BIBTOOLS_ENDPOINT_SEMANTIC_SCHOLAR": "http://127.0.0.1:8000/graph/",
            "BIBTOOLS_ENDPOINT_TOY": "",
            "HTTPS_PROXY": "http://proxy.example:3128",
            "NO_PROXY": ".local.example, 127.0.0.1",
            "TOY_KEY": KEY,
        },
        tmp_path,
    )
    assert told.contact == "me@example.org"
    assert told.endpoint("semantic-scholar") == "http://127.0.0.1:8000/graph"
    assert told.endpoint("toy") is None
    assert told.allow_private == {"127.0.0.1:8000"}
    assert told.proxies == {"https": "http://proxy.example:3128"}
    assert told.no_proxy == ("local.example", "127.0.0.1")
    assert told.key("TOY_KEY") == KEY
    assert told.key("OTHER_KEY") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BIBTOOLS_CONTACT", "me"),
        ("BIBTOOLS_CONTACT", "me@example.org\r\nX-Evil: 1"),
        ("BIBTOOLS_ENDPOINT_TOY", "127.0.0.1:8000"),
        ("BIBTOOLS_ENDPOINT_TOY", "http://user:word@127.0.0.1/"),
        ("BIBTOOLS_ENDPOINT_TOY", "http://127.0.0.1:port/"),
    ],
)
def test_a_setting_that_is_wrong(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_from_environment({name: value}, None)
    assert name in caught.value.message
    assert (caught.value.hint or "").startswith(f"export {name}=")


def test_the_cache_holds_answers_only(tmp_path: Path) -> None:
    with Loopback({("GET", "/"): library}) as server:
        with Web(settings(server, tmp_path), SimulatedClock()) as web:
            web.ask(TOY, "thing", things("az"))
        stored = (tmp_path / FILE_NAME).read_bytes()
    assert b"toy:thing:a" in stored
    for word in ("http", "127.0.0.1", "Content-Type", "User-Agent"):
        assert word.encode() not in stored


def test_unreadable_replies_are_asked_for_twice_at_most() -> None:
    def never(reply: Reply, questions: Sequence[Question]) -> object:
        raise UnreadableError("it is in verse")

    batch = Batch(1, toy_request, never)  # type: ignore[arg-type]
    with (
        Loopback({("GET", "/"): library}) as server,
        Web(settings(server), SimulatedClock()) as web,
    ):
        answers = web.ask(replace(TOY, kinds={"thing": batch}), "thing", things("a"))
        assert len(server.requests) == 2
    assert titles(answers) == {"a": "(it is in verse)"}
