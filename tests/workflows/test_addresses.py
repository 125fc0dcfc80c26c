"""What services answer to addresses, through the command line and a server of our own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bibtools.sites import acl, arxiv, dblp, huggingface, orcid, services
from bibtools.sites.asking import Pace, Service
from tests.command_line import Ran, bibtools
from tests.loopback import (
    ONLY_LOOPBACK,
    Answered,
    Asked,
    Loopback,
    Route,
    as_html,
    as_json,
    status,
    typed,
)
from tests.site_bodies import ACL_BIB, ORCID_WORKS, atom, atom_entry, dblp_rows, table

pytestmark = ONLY_LOOPBACK

DAY = "https://huggingface.co/papers/date/2026-11-20"
RECENT = "https://arxiv.org/list/cs.CL/recent"
PERSON = "https://orcid.org/0000-0002-1825-0097"
PID = "https://dblp.org/pid/28/2391"
VOLUME = "https://aclanthology.org/volumes/2021.boats-main/"
_SERVICES = (acl, arxiv, dblp, huggingface, orcid)


@pytest.fixture(autouse=True)
def _world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No index, an empty cache, and services that may be asked as fast as we like."""
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no-index.sqlite"))
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    for module in _SERVICES:
        one: Service = module.SERVICE
        fast = _with(one, pace=Pace(0.0))
        monkeypatch.setattr(module, "SERVICE", fast)
    services.service.cache_clear()
    yield
    services.service.cache_clear()


def _with(one: Service, **changes: Any) -> Service:
    from dataclasses import replace

    return replace(one, **changes)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    with Loopback({}) as running:
        for module in _SERVICES:
            name = module.SERVICE.name.upper().replace("-", "_")
            monkeypatch.setenv(f"BIBTOOLS_ENDPOINT_{name}", f"{running.base}/{name}")
        yield running


def paper(number: int, day: str = "2026-11-20", **more: Any) -> dict[str, Any]:
    return {
        "paper": {
            "id": f"2611.{number:05}",
            "title": f"Boat number {number} and its harbour {number * 7919 % 997}",
            "authors": [{"name": f"Ada Example{number}"}],
            "summary": "Boats.",
            "publishedAt": f"{day}T10:00:00.000Z",
            **more,
        }
    }


def daily(papers: list[dict[str, Any]]) -> Route:
    def answer(asked: Asked) -> Answered:
        query = parse_qs(urlsplit(asked.path).query)
        page, size = int(query["p"][0]), int(query["limit"][0])
        return as_json(papers[page * size : (page + 1) * size])

    return answer


def build(*arguments: str | Path) -> Ran:
    return bibtools("build", *arguments)


def rows(ran: Ran) -> list[dict[str, Any]]:
    assert ran.code == 0, ran.stderr
    found: list[dict[str, Any]] = json.loads(ran.stdout)
    return found


def test_a_day_of_papers(server: Loopback) -> None:
    code = {"githubRepo": "https://github.com/a/b", "githubRepoAddedBy": "user"}
    server("GET", "/HUGGING_FACE/daily_papers", daily([paper(1, **code), paper(2)]))
    ran = build(DAY, "--to", "json")
    found = rows(ran)
    assert [(one["ids"], one["from"]) for one in found] == [
        ({"arxiv": f"2611.0000{n}"}, [{"file": DAY, "line": n}]) for n in (1, 2)
    ]
    assert found[0]["code"][0]["url"] == "https://github.com/a/b"
    assert ran.stderr.splitlines()[0] == "1 page, 2 records, 2 papers"
    assert "  requests: Hugging Face 1" in ran.stderr
    assert [parse_qs(urlsplit(one.path).query)["date"] for one in server.requests] == [
        ["2026-11-20"]
    ]


def test_a_month_comes_in_pages(server: Loopback) -> None:
    papers = [paper(number) for number in range(1, 231)]
    server("GET", "/HUGGING_FACE/daily_papers", daily(papers))
    found = rows(build("https://huggingface.co/papers?month=2026-11", "--to", "json"))
    assert [one["ids"]["arxiv"] for one in found] == [one["paper"]["id"] for one in papers]
    assert len(server.requests) == 3


def feed(days: list[str]) -> Route:
    """arXiv's query interface: one paper for each day, newest first."""

    def answer(asked: Asked) -> Answered:
        query = parse_qs(urlsplit(asked.path).query)
        start, size = int(query["start"][0]), int(query["max_results"][0])
        entries = [
            atom_entry(f"2611.{place + 1:05}v1", f"Boat {place} near harbour {place}").replace(
                "2021-04-18", day
            )
            for place, day in list(enumerate(days))[start : start + size]
        ]
        body = atom(entries, len(days)).replace(b"startIndex>0", f"startIndex>{start}".encode())
        return typed("application/atom+xml", body)

    return answer


def test_recent_is_the_week_before_the_newest(server: Loopback) -> None:
    days = ["2026-11-20"] * 150 + ["2026-11-14"] * 100 + ["2026-11-10"] * 400
    server("GET", "/ARXIV/query", feed(days))
    ran = build(RECENT, "--to", "json")
    assert len(rows(ran)) == 250
    assert len(server.requests) == 2
    assert (
        f'"{RECENT}" was asked as: submitted at most 7 days before the newest paper of cs.CL.'
        in ran.stderr
    )


def test_a_search_that_finds_nothing_is_no_error(server: Loopback, tmp_path: Path) -> None:
    server("GET", "/ARXIV/query", feed([]))
    address = "https://arxiv.org/search/?query=boats&searchtype=title"
    ran = build(address, "-o", tmp_path / "refs.bib")
    assert ran.code == 0
    assert f"{address}: arXiv has no papers here: the papers found." in ran.stderr
    assert build(address, "--strict", "-o", tmp_path / "refs.bib").code == 1


def test_an_author_and_a_volume(server: Loopback) -> None:
    server("GET", "/ORCID/0000-0002-1825-0097/works", as_json(ORCID_WORKS))
    rows_of_pid = typed("application/sparql-results+json", table(dblp_rows("28/2391")))
    server("POST", "/DBLP", rows_of_pid)
    server("GET", "/ACL/volumes/2021.boats-main.bib", typed("text/plain", ACL_BIB))
    ran = build(PERSON, PID, VOLUME, "--to", "json")
    sources = {source["file"] for row in rows(ran) for source in row["from"]}
    assert sources == {PERSON, PID, VOLUME}
    assert "ORCID lists works without their co-authors" in ran.stderr
    # The volume is none of its papers.
    assert not any(row["title"].startswith("Proceedings") for row in rows(ran))


def test_files_and_addresses_in_the_order_in_which_they_were_named(
    server: Loopback, tmp_path: Path
) -> None:
    server("GET", "/HUGGING_FACE/daily_papers", daily([paper(2)]))
    names = []
    for number in (1, 3):
        file = tmp_path / f"{number}.json"
        file.write_text(json.dumps([{"id": f"k{number}", "title": f"Title {number} of a file"}]))
        names.append(file)
    found = rows(build(names[0], DAY, names[1], "--to", "json"))
    assert [one["from"][0]["file"] for one in found] == [str(names[0]), DAY, str(names[1])]


def test_one_paper_on_two_lists_is_one_entry(server: Loopback) -> None:
    server("GET", "/HUGGING_FACE/daily_papers", daily([paper(1), paper(2)]))
    other = "https://huggingface.co/papers/week/2026-W47"
    found = rows(build(DAY, other, "--to", "json"))
    assert [[source["file"] for source in one["from"]] for one in found] == [[DAY, other]] * 2


def test_asked_once_and_then_offline(server: Loopback, tmp_path: Path) -> None:
    server("GET", "/HUGGING_FACE/daily_papers", daily([paper(1)]))
    first = build(DAY, "-o", tmp_path / "a.bib")
    again = build(DAY, "-o", tmp_path / "b.bib")
    offline = build(DAY, "--offline", "-o", tmp_path / "c.bib")
    assert (first.code, again.code, offline.code, len(server.requests)) == (0, 0, 0, 1)
    assert "no requests; 1 answer from the cache" in offline.stderr
    assert (tmp_path / "a.bib").read_bytes() == (tmp_path / "c.bib").read_bytes()


def test_offline_without_an_answer(server: Loopback, tmp_path: Path) -> None:
    ran = build(DAY, "--offline", "-o", tmp_path / "refs.bib")
    assert ran.code == 4
    assert ran.stderr.splitlines() == [
        f'Error: "{DAY}": Hugging Face could not be asked for the papers of 2026-11-20: this run '
        "is offline, and the cache does not have it.",
        "Hint: Nothing was written. Try again later.",
    ]
    assert not (tmp_path / "refs.bib").exists()
    assert server.requests == []


FAULTS = {
    "503": status(503),
    "429-for-hours": status(429, Retry_After="7200"),
    "bot-wall": as_html("<title>Making sure you&#39;re not a bot!</title>"),
    "html-404": as_html("<h1>gone</h1>", 404),
    "empty": as_json(None),
    "cut": typed("application/json", b'[{"paper": {"id": "26'),
    "wrong-shape": as_json({"error": "internal"}),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_could_not_be_asked_is_no_empty_list(
    fault: str, server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bibtools.adapters.web.exchange._FIRST_WAIT", 0.0)
    server("GET", "/HUGGING_FACE/daily_papers", FAULTS[fault])
    page = tmp_path / "page.json"
    page.write_text('[{"id": "k", "title": "A title of a file"}]')
    ran = build(DAY, "-o", tmp_path / "alone.bib")
    assert ran.code == 4
    assert "Hugging Face could not be asked for the papers of 2026-11-20: " in ran.stderr
    assert not (tmp_path / "alone.bib").exists()
    both = build(page, DAY, "-o", tmp_path / "both.bib")
    assert both.code == 4
    assert both.stderr.splitlines()[-1] == "Hint: All else was written. Try again later."
    assert "A title of a file" in (tmp_path / "both.bib").read_text()


def test_pages_before_the_fault_are_kept(
    server: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bibtools.adapters.web.exchange._FIRST_WAIT", 0.0)
    good = daily([paper(number) for number in range(1, 180)])

    def answer(asked: Asked) -> Answered:
        return status(500) if "p=1" in asked.path else good(asked)

    server("GET", "/HUGGING_FACE/daily_papers", answer)
    ran = build(DAY, "-o", tmp_path / "refs.bib")
    assert ran.code == 4
    assert (tmp_path / "refs.bib").read_text().count("@misc{") == 100


@pytest.mark.parametrize(
    ("address", "route", "answer", "sentence"),
    [
        pytest.param(
            PERSON, ("GET", "/ORCID/"), as_json({"response-code": 404}, 404),
            f'Error: "{PERSON}": ORCID does not know the works of 0000-0002-1825-0097.',
            id="orcid",
        ),
        pytest.param(
            PID, ("POST", "/DBLP"), typed("application/sparql-results+json", table([])),
            f'Error: "{PID}": DBLP does not know the works of 28/2391.',
            id="dblp",
        ),
        pytest.param(
            VOLUME, ("GET", "/ACL/"), as_html("<h1>404 not found</h1>", 404),
            f'Error: "{VOLUME}": ACL Anthology does not know the volume 2021.boats-main.',
            id="acl",
        ),
        pytest.param(
            "https://arxiv.org/abs/2611.99999", ("GET", "/ARXIV/"),
            typed("application/atom+xml", atom([])),
            'Error: "https://arxiv.org/abs/2611.99999": arXiv does not know arXiv:2611.99999.',
            id="arxiv",
        ),
    ],
)  # fmt: skip
def test_what_must_be_there_and_is_not(
    address: str, route: tuple[str, str], answer: Answered, sentence: str, server: Loopback
) -> None:
    server(*route, answer)
    ran = build(address)
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr.splitlines() == [sentence, "Hint: Check the address."]


def test_a_wrong_address_is_told_before_anything_is_read(server: Loopback, tmp_path: Path) -> None:
    ran = build(tmp_path / "missing", DAY, "https://example.org/boats")
    assert ran.code == 2
    assert ran.stderr.splitlines()[0] == (
        'Error: "https://example.org/boats" cannot be asked for: it is none of the addresses '
        "that bibtools knows."
    )
    assert "https://dblp.org/pid/28/2391" in ran.stderr
    assert server.requests == []


def test_hostile_text_stays_text(server: Loopback) -> None:
    evil = "Boats \x1b[31mred\x07 \\input{/etc/passwd} <script>x</script> \u202eabc"
    server("GET", "/HUGGING_FACE/daily_papers", daily([paper(1, title=evil, summary=evil)]))
    ran = build(DAY)
    assert ran.code == 0
    assert not set(ran.stdout) & {"\x1b", "\x07", "\u202e"}
    assert "\\input" not in ran.stdout
