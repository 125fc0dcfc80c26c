"""What every service must do, whatever it is sent."""

from __future__ import annotations

import importlib
import json
import random
import string
from typing import Any
from urllib.parse import unquote, unquote_plus, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bibtools.sites import services
from bibtools.sites.asking import (
    Answer,
    CouldNotAsk,
    Found,
    Question,
    Reply,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record, from_json, to_json
from tests.site_bodies import CASES, Case

SERVICES = sorted({case.service for case in CASES})


def service_of(name: str) -> Service:
    service = importlib.import_module(f"bibtools.sites.{name}").SERVICE
    assert isinstance(service, Service)
    return service


def ask(case: Case, reply: Reply) -> dict[Question, Answer]:
    service = service_of(case.service)
    return dict(service.kinds[case.kind].parse(reply, case.questions(service.name)))


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in (*texts(key), *texts(item))]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else []


def safe(record: Record) -> bool:
    """Whether a record comes back from the cache and can be printed on a terminal.

    Line ends are kept: a README is read line by line.
    """
    row = json.loads(json.dumps(to_json(record)))
    assert from_json(row) == record
    return not any(
        (ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 or 0xD800 <= ord(char) < 0xE000
        for text in texts(row)
        for char in text
    )


cases = pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.service}-{case.kind}-{len(case.subjects)}" for case in CASES]
)


@pytest.mark.parametrize("name", SERVICES)
def test_every_kind_has_a_case(name: str) -> None:
    assert {case.kind for case in CASES if case.service == name} == set(service_of(name).kinds)


@cases
def test_requests_go_to_the_service_and_hold_no_key(case: Case) -> None:
    service = service_of(case.service)
    batch = service.kinds[case.kind]
    assert len(case.subjects) <= batch.size
    request = batch.request(case.questions(service.name))
    assert request.service == service.name
    assert request.url.startswith(service.base)
    assert urlsplit(request.url).hostname == service.host
    assert request.url.isascii()
    assert not set(request.url) & set(' "<>\\^`{}\n')
    assert "key" not in request.url.lower().replace("keys", "")


@cases
def test_a_full_batch_makes_an_address_that_servers_take(case: Case) -> None:
    service = service_of(case.service)
    batch = service.kinds[case.kind]
    subjects = {
        "arxiv": [f"2104.{number:05}" for number in range(1, batch.size + 1)],
        "doi": [f"10.1016/j.boats.2021.{number:07}.x" for number in range(batch.size)],
        "pmid": [str(30_000_000 + number) for number in range(batch.size)],
    }.get(case.kind, list(case.subjects[:1]) * batch.size)
    request = batch.request([Question(service.name, case.kind, one) for one in subjects])
    # 8,190 bytes is what Apache takes, 4,096 what the strictest proxies do.
    assert len(request.url) < 4000
    asked = unquote_plus(request.url) + unquote((request.body or b"").decode())
    if batch.size > 1:
        # PubMed Central is asked by the digits alone.
        assert [one for one in subjects if one.removeprefix("PMC") not in asked] == []


@cases
def test_answers_do_not_hang_on_their_order(case: Case) -> None:
    if case.service == "semantic_scholar":
        pytest.skip("its contract is the order; see its own test")
    service = service_of(case.service)
    questions = case.questions(service.name)
    parse = service.kinds[case.kind].parse
    assert parse(case.reply(), questions) == parse(case.reply(), questions[::-1])


@cases
def test_records_are_safe_and_come_back_from_the_cache(case: Case) -> None:
    answers = ask(case, case.reply())
    found = [one for one in answers.values() if isinstance(one, Found)]
    assert found
    assert all(safe(record) for answer in found for record in answer.records)
    assert not any(isinstance(one, CouldNotAsk) for one in answers.values())


_PAGE = b"<!DOCTYPE html>\n<html><head><title>Making sure you&#39;re not a bot!</title></head>"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(200, b"", id="empty"),
        pytest.param(200, b"   \n", id="blank"),
        pytest.param(200, _PAGE, id="bot-wall"),
        pytest.param(404, _PAGE, id="bot-wall-404"),
        pytest.param(200, b"Rate exceeded.", id="text"),
        pytest.param(200, b"null", id="null"),
        pytest.param(200, b"3", id="number"),
        pytest.param(200, b'"boats"', id="string"),
        pytest.param(200, b"9" * 5000, id="huge-number"),
        pytest.param(200, b"[" * 100_000, id="deep-json"),
        pytest.param(200, b"[" * 50_000 + b"]" * 50_000, id="deep-closed-json"),
        pytest.param(200, b"<a>" * 500 + b"</a>" * 500, id="deep-xml"),
        pytest.param(200, b"<other/>", id="other-xml"),
        pytest.param(200, "<feed>bo\u00eete</feed>".encode("latin-1"), id="wrong-charset-xml"),
        pytest.param(200, '{"a": "bo\u00eete"}'.encode("latin-1"), id="wrong-charset-json"),
        pytest.param(200, b'{"error": "internal"}', id="error-200"),
        pytest.param(301, b"moved", id="301"),
        pytest.param(400, b'{"message": "bad \x1b[31mboat"}', id="400"),
        pytest.param(403, b'{"error": {"message": "no key"}}', id="403"),
    ],
)
@cases
def test_what_is_no_answer_is_refused(case: Case, status: int, body: bytes) -> None:
    if (case.service, case.kind, body) == ("semantic_scholar", "title", b'{"error": "internal"}'):
        pytest.skip("no data is how its search says that it found nothing")
    if case.kind == "readme" and status == 200:
        pytest.skip("a README may say anything; see the tests of GitHub")
    with pytest.raises(UnreadableError) as caught:
        ask(case, Reply(status, body))
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 300


_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "boats"><!ENTITY b "&a;&a;&a;&a;">'
    b'<!ENTITY c SYSTEM "file:///etc/hostname">]><%s>&b;&c;</%s>'
)


@pytest.mark.parametrize("root", [b"feed", b"PubmedArticleSet", b"OAI-PMH"])
@cases
def test_entities_are_never_read(case: Case, root: bytes) -> None:
    if case.kind == "readme":
        pytest.skip("a README is text, whatever it says")
    with pytest.raises(UnreadableError):
        ask(case, Reply(200, _BOMB % (root, root)))


_JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 10**30, 1.5, float("inf"), "", " ", "x", "\ud800", "\x1b[31mred",
    "10.1/\n\\input{x}", "<i>", "&#99999999999;", [], {}, [[]], [None, {}], {"a": None},
    {"name": {"name": []}}, ["\u202e", 3], "9" * 400, "2021-13-45", [[2021, 13, 45]],
)  # fmt: skip


def damaged_json(value: Any, chance: random.Random) -> Any:
    """The value with one of its parts, at any depth, replaced by something else."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(sorted(value))
        if chance.random() < 0.1:
            return {name: item for name, item in value.items() if name != key}
        return {**value, key: damaged_json(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], damaged_json(value[at], chance), *value[at + 1 :]]
    return chance.choice(_JUNK)


def damaged_bytes(body: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(body))
    match chance.randrange(4):
        case 0:
            return body[:start]
        case 1:
            return body[:start] + bytes(chance.choices(range(256), k=3)) + body[start + 3 :]
        case 2:
            return body[:start] + body[start + chance.randrange(60) :]
        case _:
            words = chance.choice(["<i>", "&amp;", "&#7;", "\u202e", "", "9" * 50, "<a/>", "\\"])
            return body[:start] + words.encode() + body[start:]


@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
@given(case=st.sampled_from(CASES), seed=st.integers(0, 2**32), times=st.integers(1, 4))
def test_damaged_answers_are_answers_or_refused(case: Case, seed: int, times: int) -> None:
    chance = random.Random(seed)
    body = case.body
    for _ in range(times):
        if body[:1] in (b"{", b"[") and chance.random() < 0.8:
            try:
                body = as_damaged(json.loads(body), chance)
                continue
            except ValueError:
                pass
        body = damaged_bytes(body, chance) if body else body
    try:
        answers = ask(case, Reply(200, body))
    except UnreadableError as error:
        assert str(error).isprintable()
        return
    assert set(answers) == set(case.questions(service_of(case.service).name))
    for answer in answers.values():
        if isinstance(answer, Found):
            assert answer.records
            assert all(safe(record) for record in answer.records)


def as_damaged(value: Any, chance: random.Random) -> bytes:
    # Half surrogates are written as escapes, which is how they come.
    return json.dumps(damaged_json(value, chance)).encode()


@cases
def test_hostile_text_is_only_text(case: Case) -> None:
    """Every text of an answer with something nasty behind it: found or not, never more."""
    nasty = "\x07\x1b]0;x\x07\u202e\ud83d\\input{/etc/passwd}<script>x</script>"

    def poisoned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: poisoned(item) for key, item in value.items()}
        if isinstance(value, list):
            return [poisoned(item) for item in value]
        return value + nasty if isinstance(value, str) and " " in value else value

    body = case.body
    if body[:1] in (b"{", b"["):
        body = json.dumps(poisoned(json.loads(body))).encode()
    else:
        nasty_xml = "\u202e\\input{/etc/passwd}&lt;script&gt;x&lt;/script&gt;"
        for end in ("</title>", "</name>", "</ArticleTitle>", "</LastName>"):
            body = body.replace(end.encode(), (nasty_xml + end).encode())
    for answer in ask(case, Reply(200, body)).values():
        if isinstance(answer, Found):
            assert all(safe(record) for record in answer.records)


def test_subjects_of_any_letters_make_good_addresses() -> None:
    for name in SERVICES:
        service = service_of(name)
        for kind, batch in service.kinds.items():
            if kind in ("person", "daily"):
                continue  # what is none is refused before it is asked
            for subject in (string.printable, "\u00e9\u4e2d \u03b1", "10.1234/(a)<b>;2-#?&=%"):
                request = batch.request([Question(service.name, kind, subject)])
                assert request.url.startswith(service.base)
                assert request.url.isascii()
                assert "#" not in request.url
                assert not set(request.url) & set(' "<>\\^`{}\n\r\t')


@pytest.mark.parametrize(("name", "module"), sorted(services.MODULES.items()))
def test_the_table_of_services(name: str, module: str) -> None:
    assert service_of(module).name == name
    assert services.service(name) is service_of(module)
    assert all(batch.size >= 1 for batch in service_of(module).kinds.values())
