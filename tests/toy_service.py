"""A service of our own invention for the tests of the transport: titles by letter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bibtools.adapters.web import WebSettings
from bibtools.model import Entry
from bibtools.sites.asking import (
    Answer,
    Batch,
    CouldNotAsk,
    Found,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record
from tests.loopback import Asked, Loopback

KEY = "a-very-secret-key"
DAY = 86_400.0


def toy_request(questions: Sequence[Question]) -> Request:
    subjects = ",".join(question.subject for question in questions)
    return Request("toy", f"https://toy.example/api/things?ids={subjects}")


def toy_parse(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """`{"a": "A title"}`: what is not in it is not known."""
    if reply.status == 404:
        return {question: NotFound() for question in questions}
    if reply.status != 200:
        raise UnreadableError(f"it answered {reply.status} ({reply.body[:200].decode('latin-1')})")
    rows = reply.json()
    if not isinstance(rows, dict):
        raise UnreadableError("its answer is no object")
    return {
        question: found(rows[question.subject]) if question.subject in rows else NotFound()
        for question in questions
    }


TOY = Service(
    name="toy",
    title="The toy service",
    host="toy.example",
    base="https://toy.example/api",
    pace=Pace(0.5),
    kinds={
        "thing": Batch(1, toy_request, toy_parse, keep_days=30, keep_missing_days=3),
        "many": Batch(4, toy_request, toy_parse),
    },
    answers="titles of letters",
    key_name="TOY_KEY",
    key_header=("X-Toy-Key", "Bearer {key}"),
    pace_with_key=Pace(0.1),
)


def another(name: str, **changes: Any) -> Service:
    """The same service once more, under another name and on another host."""

    def request(questions: Sequence[Question]) -> Request:
        return replace(toy_request(questions), service=name)

    kinds = {kind: replace(batch, request=request) for kind, batch in TOY.kinds.items()}
    return replace(TOY, name=name, host=f"{name}.example", kinds=kinds, **changes)


def things(letters: str, kind: str = "thing", service: str = "toy") -> list[Question]:
    return [Question(service, kind, letter) for letter in letters]


def found(title: str) -> Found:
    return Found((Record(Entry(title=title)),))


def titles(answers: Mapping[Question, Answer]) -> dict[str, str | None]:
    """Title, None for "not found", and for "could not ask" the reason in brackets."""
    shown: dict[str, str | None] = {}
    for question, answer in answers.items():
        match answer:
            case Found(records):
                shown[question.subject] = records[0].entry.title
            case NotFound():
                shown[question.subject] = None
            case CouldNotAsk(reason):
                shown[question.subject] = f"({reason})"
    return shown


def settings(server: Loopback, cache: Path | None = None, **changes: Any) -> WebSettings:
    """Settings that lead every name in `names` to this server."""
    names = changes.pop("names", ("toy",))
    told = WebSettings(
        cache=cache,
        endpoints=dict.fromkeys(names, server.base),
        allow_private=frozenset({server.host}),
        connect_timeout=2.0,
        read_timeout=2.0,
        whole_timeout=5.0,
    )
    return replace(told, **changes)


def asked_for(request: Asked) -> list[str]:
    """The subjects in a request."""
    return request.path.partition("ids=")[2].split(",")
