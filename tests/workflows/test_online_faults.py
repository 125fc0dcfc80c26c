"""What the services may do to a run: for each of them every fault, and what comes of it.

Whatever one service does, no entry is lost or wrongly filled, what could not be asked is said and
is never "not found", the others go on, and nothing of it is remembered: when the service is well
again, the next run has everything.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.web import SimulatedClock, Web
from bibtools.model import Doi, Entry, Link, Name, PartialDate, parse_arxiv
from bibtools.sites import services
from bibtools.workflows.online import Online, OnlineOptions, enrich_online
from tests.loopback import (
    ONLY_LOOPBACK,
    Answered,
    Asked,
    Loopback,
    Route,
    always,
    as_html,
    in_turn,
    redirect,
    status,
)
from tests.stand_in import PAPERS, REPOSITORIES, World, service_of, web_settings

pytestmark = ONLY_LOOPBACK

KEYS = {"GITHUB_TOKEN": "a-token", "SEMANTIC_SCHOLAR_API_KEY": "a-key"}
OPTIONS = OnlineOptions(
    verify=True,
    keyed=frozenset({"github", "semantic-scholar"}),
    today=date(2026, 11, 21),
)
ASKED = (
    "arxiv", "crossref", "datacite", "openalex", "semantic-scholar", "dblp", "hugging-face",
    "github", "software-heritage",
)  # fmt: skip
"""The services that the entries below make a run ask."""


def people(*names: str) -> tuple[Name, ...]:
    return tuple(Name(family=one.split()[1], given=one.split()[0]) for one in names)


ENTRIES = (
    Entry(key="creases", type="preprint", title=PAPERS[0].title, arxiv=parse_arxiv("2104.00011"),
          authors=people("Ada Example", "Max Muster"), date=PartialDate(2021)),
    Entry(key="harbour", type="document", title=PAPERS[1].title, date=PartialDate(2022),
          authors=people("Eve Beispiel", "Ada Example", "Max Muster")),
    Entry(key="lights", type="dataset", title=PAPERS[4].title, doi=Doi("10.5072/lights.20")),
    Entry(key="knots", type="article-journal", title=PAPERS[10].title, doi=Doi("10.1234/knots.17")),
    Entry(key="driftwood", type="document", title=PAPERS[11].title, authors=people("Eve Beispiel")),
    Entry(key="sunk", type="article-journal", title="A Boat that Sank",
          code=(Link("https://github.com/example/sunk", "field code"),)),
)  # fmt: skip


def run(
    world: World, cache: Path | None = None, entries: Sequence[Entry] = ENTRIES
) -> tuple[Online, Sequence[Asked], SimulatedClock]:
    clock = SimulatedClock()
    with Loopback(world.routes()) as server:
        return *again(server, cache, clock, entries), clock


def again(
    server: Loopback,
    cache: Path | None,
    clock: SimulatedClock,
    entries: Sequence[Entry] = ENTRIES,
) -> tuple[Online, Sequence[Asked]]:
    server.requests.clear()
    with Web(web_settings(server, cache, KEYS), clock, jitter=lambda: 0.5) as web:
        return enrich_online(entries, web, None, OPTIONS), tuple(server.requests)


WELL = World(PAPERS, REPOSITORIES)


@pytest.fixture(scope="module")
def whole() -> Online:
    """The run in which nothing goes wrong."""
    with pytest.MonkeyPatch.context():
        result, asked, _ = run(WELL)
    assert {service_of(one) for one in asked} == set(ASKED)
    assert not any(one.unasked for one in result.told)
    return result


# --- faults ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """What a service does instead, and the clause that the user reads; none where a repetition
    brings the answer.
    """

    answer: Answered | None
    told: str | None
    """A pattern."""
    once: bool = False
    """Only the first time; then it is well."""


def bomb() -> Answered:
    body = gzip.compress(b'{"a":"' + b"0" * 60_000_000 + b'"}', 9)
    return Answered(200, body, {"Content-Type": "application/json", "Content-Encoding": "gzip"})


JSON_BOMB = bomb()
DEEP = b"[" * 200_000 + b"]" * 200_000
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "boat"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;">]><feed xmlns="http://www.w3.org/2005/Atom">&c;</feed>'
)

UNREAD = "answer|GitHub reports an error"
LED_AWAY = "redirects to another host|only it can answer"

FAULTS: Mapping[str, Fault] = {
    "timeout": Fault(Answered(200, b'{"a":    ', {"Content-Type": "*"}, silent_after=5), "second"),
    "reset": Fault(Answered(200, b"{" * 999, {"Content-Type": "*"}, reset_after=10), "connection"),
    "reset once": Fault(
        Answered(200, b"{" * 999, {"Content-Type": "*"}, reset_after=10), None, once=True
    ),
    "429, short": Fault(status(429, Retry_After="2"), None, once=True),
    "429, long": Fault(status(429, Retry_After="7200"), "it asks to wait 2 hours"),
    "429, nothing said": Fault(status(429), "it answered 429"),
    "500": Fault(status(500), "it answered 500"),
    "500 once": Fault(status(500), None, once=True),
    "503": Fault(status(503), "it answered 503"),
    "403": Fault(status(403), "403"),
    "bot wall": Fault(as_html("<title>Making sure you&#39;re not a bot!</title>"), "a web page"),
    "bot wall under another name": Fault(
        Answered(200, b"<!doctype html><title>Wait</title>", {"Content-Type": "*"}), "a web page"
    ),
    "empty": Fault(Answered(200, b"", {"Content-Type": "*"}), "empty"),
    "truncated": Fault(None, UNREAD),
    "another shape": Fault(
        Answered(200, b'{"boats": [1, 2, 3]}', {"Content-Type": "*"}), UNREAD
    ),
    "no text": Fault(Answered(200, b'{"a": "\xff\xfe\xfa"}', {"Content-Type": "*"}), UNREAD),
    "too large": Fault(
        Answered(200, b" " * 51_000_000, {"Content-Type": "*"}), "larger than"
    ),
    "compression bomb": Fault(replace(JSON_BOMB, headers={
        "Content-Type": "*", "Content-Encoding": "gzip"}), "larger than"),
    "deep": Fault(Answered(200, DEEP, {"Content-Type": "*"}), UNREAD),
    "entities": Fault(Answered(200, ENTITIES, {"Content-Type": "*"}), UNREAD),
    "redirect for ever": Fault(None, "redirects more than|only it can answer"),
    "redirect inside": Fault(redirect("http://127.0.0.1:1/admin"), LED_AWAY),
    "redirect to metadata": Fault(redirect("http://169.254.169.254/latest"), LED_AWAY),
}  # fmt: skip

MEDIA = {
    "arxiv": "application/atom+xml",
    "datacite": "application/vnd.api+json",
    "dblp": "application/sparql-results+json",
}


def faulty(service: str, name: str) -> Route | Answered:
    """The service with this fault, in the media type that it answers with."""
    fault = FAULTS[name]
    well = WELL.routes()["POST", f"/{service}"]
    assert not isinstance(well, Answered)
    if name == "truncated":

        def cut(asked: Asked) -> Answered:
            got = well(asked)
            return replace(got, status=200, body=got.body[: len(got.body) * 2 // 3])

        return cut
    if name == "redirect for ever":
        return lambda asked: redirect(asked.path)
    assert fault.answer is not None
    headers = dict(fault.answer.headers)
    if headers.get("Content-Type") == "*":
        headers["Content-Type"] = MEDIA.get(service, "application/json")
    answer = replace(fault.answer, headers=headers)
    return in_turn(answer, well) if fault.once else always(answer)


def values(entry: Entry) -> dict[str, Any]:
    """What an entry says, part by part; of lists each member."""
    parts: dict[str, Any] = {
        name: getattr(entry, name)
        for name in ("title", "arxiv", "doi", "venue", "authors", "categories", "date")
    }
    parts |= dict(entry.fields)
    parts |= {f"code {link.url}": True for link in entry.code}
    return {name: value for name, value in parts.items() if value}


SLOW = {"timeout", "too large", "compression bomb"}
"""Faults that cost real time are tried on some of the services only."""
CASES = [
    pytest.param(service, name, id=f"{service}-{name}")
    for service in ASKED
    for name in FAULTS
    if name not in SLOW or service in ("arxiv", "crossref", "dblp")
]


@pytest.mark.parametrize(("service", "name"), CASES)
def test_no_entry_is_lost_or_wrongly_filled(
    service: str, name: str, whole: Online, tmp_path: Path
) -> None:
    fault = FAULTS[name]
    clock = SimulatedClock()
    with Loopback(replace(WELL, others={service: faulty(service, name)}).routes()) as server:
        result, _ = again(server, tmp_path, clock)
        server.routes = dict(WELL.routes())
        healed = result if fault.once else again(server, tmp_path, clock)[0]
    assert [one.key for one in result.entries] == [one.key for one in ENTRIES]
    for given, entry, good in zip(ENTRIES, result.entries, whole.entries, strict=True):
        right = {name: {value} for name, value in values(given).items()}
        for part, value in values(good).items():
            right.setdefault(part, set()).add(value)
        # What a repository is called where nobody could follow it.
        right["code https://github.com/example/old-name"] = {True}
        wrong = {
            part: value
            for part, value in values(entry).items()
            if value not in right.get(part, ()) and not _same(part, value, values(good).get(part))
        }
        assert wrong == {}
    title = services.service(service).title
    told = {str(unasked) for one in result.told for unasked in one.unasked}
    if fault.told is None:
        assert told == set()
        assert result.entries == whole.entries
    else:
        assert told
        assert all(re.match(f"{title}: .*(?:{fault.told})", reason) for reason in told), told
    unknown = [
        notice.message
        for notice in result.notices
        if title in notice.message and "know" in notice.message
    ]
    assert unknown == []
    if name != "429, long":  # that is kept to in the next runs
        assert healed.entries == whole.entries


def _same(part: str, value: Any, good: Any) -> bool:
    """A date that is less exact, a venue or a DOI in another dress, of another service."""
    match value, good:
        case PartialDate() as one, PartialDate() as other:
            return one.year == other.year
        case Doi() as one, Doi() as other:
            return one.folded == other.folded
        case tuple(), tuple() if part == "authors":
            return [one.family for one in value] == [one.family for one in good]
    return False
