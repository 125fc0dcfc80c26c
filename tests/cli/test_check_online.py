"""`bibtools check --online` against stand-ins of the services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Loopback, status
from tests.stand_in import PAPERS, REPOSITORIES, World

pytestmark = ONLY_LOOPBACK

WORLD = World(PAPERS, REPOSITORIES)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    with Loopback(WORLD.routes()) as found:
        for name, value in WORLD.environment(found.base).items():
            monkeypatch.setenv(name, value)
        yield found


def check(*arguments: str | Path, text: str = "") -> Ran:
    return bibtools("check", "--online", *(arguments or ("-",)), stdin=text.encode())


NOBODY = "cannot tell: DBLP, arXiv and Crossref know no such work, which says nothing against it"
CASES = [
    pytest.param(
        "@article{k, title={A Survey of Tides and Their Tables}, author={Beispiel, Eve},\n"
        "  journal={Annals of Tides}, volume=3, pages={1--90}, year=2015, doi={10.1234/tides.15}}",
        [], 0, id="as it is",
    ),
    pytest.param(
        "@article{k, title={A Survey of Tides and their Table}, year=2016,\n"
        "  doi={10.1234/tides.15}}", [], 0, id="a letter and a year beside it",
    ),
    pytest.param(
        "@misc{k, title={Spectral Gaps of Driftwood on Rivers}, author={Eve Beispiel}}",
        [], 0, id="by its title",
    ),
    pytest.param(
        "@book{k, title={Ten Thousand Photographs of Lighthouses}, doi={10.5072/lights.20}}",
        [], 0, id="DataCite knows it",
    ),
    pytest.param(
        "@article{k, title={The Geology of Lower Saxony}, author={Stein, A.},\n"
        "  doi={10.1234/wind.18}}",
        ['described wrongly: doi 10.1234/wind.18 is "Boats That Sail Against Every Wind" by '
         "Muster, Beispiel, says Crossref"], 1, id="the DOI of another work",
    ),
    pytest.param(
        "@misc{k, title={The Geology of Lower Saxony}, author={Stein, A.}, eprint={2306.00033},\n"
        "  archiveprefix={arXiv}}",
        ['described wrongly: arXiv:2306.00033 is "On the Buoyancy of Large Language Models" by '
         "Muster, says arXiv"], 1, id="the ID of another work",
    ),
    pytest.param(
        "@article{k, title={A Survey of Tides and Their Tables}, author={Muster, Max},\n"
        "  volume=7, pages={11--20}, year=2005, doi={10.1234/tides.15}}",
        ["described wrongly: the authors are Muster, Crossref says Beispiel",
         "described wrongly: the year is 2005, Crossref says 2015",
         "described wrongly: the volume is 7, Crossref says 3",
         "described wrongly: the page is 11-20, Crossref says 1-90"], 1, id="nothing is right",
    ),
    pytest.param(
        "@article{k, title={A Survey of Tides and Their Tables}, author={Beispiel, Eve},\n"
        "  doi={10.1234/tides.16}}",
        ["described wrongly: neither Crossref nor DataCite knows the DOI 10.1234/tides.16"], 1,
        id="a misprinted DOI",
    ),
    pytest.param(
        "@article{k, title={Harbour Traffic as a Sequence of Tokens}, author={Wrong, Person}}",
        ["described wrongly: DBLP knows this title only by Beispiel, Example, Muster"], 1,
        id="a real title, other authors",
    ),
    pytest.param(
        "@article{k, title={Learning to Float}, author={Wrong, Person}}",
        [NOBODY], 0,
        id="a title that anybody may choose",
    ),
    pytest.param(
        "@book{k, title={A Book That Nobody Has Ever Read}, author={No One}, year=1899}",
        [NOBODY], 0,
        id="nobody knows it",
    ),
    pytest.param(
        "@book{k, title={A Book That Nobody Has Ever Read}, doi={10.1234/nobody}}",
        ["cannot tell: neither Crossref nor DataCite knows the DOI 10.1234/nobody; "
         "DBLP, arXiv and Crossref know no such work, which says nothing against it"], 0,
        id="nor its DOI",
    ),
    pytest.param(
        "@misc{k, note={nothing}}",
        ["cannot tell: it has neither a title nor an identifier that anybody knows"], 0,
        id="nothing to ask",
    ),
    pytest.param(
        "@article{k, title={Boats That Sail Against Every Wind}, doi={10.1234/wind.18}}",
        ["retracted, says its publisher, 2024-02-03 (notice: doi 10.1234/wind.18.r)"], 1,
        id="retracted",
    ),
    pytest.param(
        "@misc{k, title={All Harbours Are Isomorphic}, eprint={1907.00077},\n"
        "  archiveprefix={arXiv}}",
        ['withdrawn from arXiv: its comment says "This paper has been withdrawn by the authors '
         'due to a gap in Lemma 3"'], 1, id="withdrawn",
    ),
    pytest.param(
        "@article{k, title={Folding Paper Boats with Learned Creases},\n"
        "  author={Example, Ada and Muster, Max}, journal={arXiv preprint arXiv:2104.00011}}",
        ["superseded: it was published in 2022: Journal of Paper Boats, "
         "doi 10.1234/boats.2021.11"], 1, id="superseded",
    ),
    pytest.param(
        "@inproceedings{k, title={Harbour Traffic as a Sequence of Tokens}, year=2022,\n"
        "  author={Beispiel, Eve and Example, Ada and Muster, Max}, booktitle={HARBOUR},\n"
        "  eprint={2205.00022}, archiveprefix={arXiv}}", [], 0, id="cited as published",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "told", "code"), CASES)
def test_what_is_told_of_an_entry(server: Loopback, text: str, told: list[str], code: int) -> None:
    ran = check(text=text)
    lines = [line for line in ran.stdout.splitlines() if not line.startswith("  near: ")]
    assert lines == [f"-:1: k: {one}" for one in told]
    assert ran.code == code
    assert "fake" not in (ran.stdout + ran.stderr).lower()


def test_json_has_a_row_for_each_entry_with_its_witnesses(server: Loopback, tmp_path: Path) -> None:
    path = tmp_path / "refs.bib"
    path.write_text(
        "@article{tides, title={A Survey of Tides and Their Tables}, doi={10.1234/tides.15}}\n"
        "@article{authors, title={Harbour Traffic as a Sequence of Tokens}, author={Wrong, P}}\n"
    )
    ran = check(path, "--json")
    tides, authors = (json.loads(line) for line in ran.stdout.splitlines())
    assert tides == {
        "file": str(path), "line": 1, "key": "tides",
        "title": "A Survey of Tides and Their Tables", "verdict": "exists",
        "wrong": [], "fates": [], "near": [], "unknown": [], "not_found_at": [],
        "could_not_ask": [],
        "witnesses": [
            {"source": "Crossref", "question": "crossref:doi:10.1234/tides.15",
             "title": "A Survey of Tides and Their Tables", "identifier": "10.1234/tides.15"}
        ],
    }  # fmt: skip
    assert (authors["verdict"], authors["wrong"][0]["kind"]) == ("described wrongly", "authors")


@pytest.mark.parametrize("service", ["arxiv", "crossref", "dblp"])
def test_who_could_not_be_asked_says_nothing_against_a_work(server: Loopback, service: str) -> None:
    server.routes = dict(replace(WORLD, others={service: status(503)}).routes())
    text = (
        "@article{k, title={Harbour Traffic as a Sequence of Tokens}, author={Wrong, Person}}\n"
        "@article{l, title={A Survey of Tides and Their Tables}, doi={10.1234/tides.15}}\n"
        "@misc{m, title={All Harbours Are Isomorphic}, eprint={1907.00078},\n"
        "  archiveprefix={arXiv}}\n"
        "@misc{n, title={A Book That Nobody Has Ever Read}, author={No One}}\n"
    )
    rows = [json.loads(line) for line in check("-", "--json", text=text).stdout.splitlines()]
    verdicts = {row["key"]: row["verdict"] for row in rows}
    assert verdicts["k"] == verdicts["n"] == "cannot tell"
    assert all(row["could_not_ask"] for row in rows if row["key"] in "kn")
    assert verdicts["l"] == ("cannot tell" if service == "crossref" else "exists")
    ran = check(text=text.partition("@article{l")[0])
    assert ran.code == 4
    assert "could not be asked: it answered 503, four times" in ran.stdout
    assert ran.stderr.splitlines()[-1].startswith("  could not ask ")
    assert check("-", "--offline", text=text.partition("@article{l")[0]).code == 0


@pytest.mark.parametrize(
    ("down", "told"),
    [
        pytest.param(
            {"arxiv": 503},
            "DBLP and Crossref know no such work, which says nothing against it; "
            "arXiv could not be asked: it answered 503, four times", id="one",
        ),
        pytest.param(
            {"arxiv": 503, "crossref": 503},
            "DBLP knows no such work, which says nothing against it; "
            "arXiv and Crossref could not be asked: it answered 503, four times", id="two alike",
        ),
        pytest.param(
            {"arxiv": 503, "crossref": 503, "dblp": 500},
            "DBLP could not be asked: it answered 500, four times; "
            "arXiv and Crossref could not be asked: it answered 503, four times", id="all",
        ),
    ],
)  # fmt: skip
def test_who_does_not_know_and_who_could_not_be_asked_are_told_apart(
    server: Loopback, down: dict[str, int], told: str
) -> None:
    others = {name: status(code) for name, code in down.items()}
    server.routes = dict(replace(WORLD, others=others).routes())
    text = "@book{k, title={A Book That Nobody Has Ever Read}, author={No One}, year=1899}\n"
    assert check(text=text).stdout == f"-:1: k: cannot tell: {told}\n"
    row = json.loads(check("-", "--json", text=text).stdout)
    titles = {"arxiv": "arXiv", "crossref": "Crossref", "dblp": "DBLP"}
    silent = {titles[name] for name in titles.keys() - down.keys()}
    assert {one["source"] for one in row["not_found_at"]} == silent
    assert {one["source"]: one["reason"] for one in row["could_not_ask"]} == {
        titles[name]: f"it answered {code}, four times" for name, code in down.items()
    }


def test_an_open_question_about_a_work_that_exists_is_code_4_too(server: Loopback) -> None:
    server.routes = dict(replace(WORLD, others={"dblp": status(503)}).routes())
    text = "@misc{k, title={On the Buoyancy of Large Language Models}, eprint={2306.00033},\n"
    text += "  archiveprefix={arXiv}}\n"
    ran = check(text=text)
    assert (ran.stdout, ran.code) == ("", 4)
    assert "could not ask DBLP 1 question about 1 entry: it answered 503" in ran.stderr


def test_the_index_was_asked_offline(server: Loopback, tmp_path: Path) -> None:
    row = {"id": "1501.00001", "title": "Swaying of footbridges under marching crowds",
           "authors": "Bea Roux and Wu Li"}  # fmt: skip
    (tmp_path / "records.jsonl").write_text(json.dumps(row) + "\n")
    path = tmp_path / "index.sqlite"
    bibtools("index", "build", "--arxiv", tmp_path / "records.jsonl", "--index", path, "-q")
    text = (
        "@misc{k, title={Swaying of footbridges under marching crowds}, author={Roux, Bea}}\n"
        "@book{l, title={A Book That Nobody Has Ever Read}}\n"
    )
    ran = check("-", "--offline", "--index", path, text=text)
    assert ran.code == 0
    assert ran.stdout.splitlines() == [
        "-:2: l: cannot tell: the offline index knows no such work, which says nothing against "
        "it; DBLP, arXiv and Crossref could not be asked: this run is offline, and no earlier "
        "answers are kept"
    ]
    assert server.requests == []


def test_offline_without_answers_nobody_is_said_not_to_know(server: Loopback) -> None:
    text = (
        "@book{k, title={A Book That Nobody Has Ever Read}}\n"
        "@article{l, title={Tides}, doi={10.1234/tides.15}}\n"
        "@misc{m, title={Tides}}\n"
    )
    ran = check("-", "--offline", text=text)
    assert server.requests == []
    assert ran.code == 0
    offline = "could not be asked: this run is offline, and no earlier answers are kept"
    assert ran.stdout.splitlines() == [
        f"-:1: k: cannot tell: DBLP, arXiv and Crossref {offline}",
        f"-:2: l: cannot tell: Crossref {offline}",
        "-:3: m: cannot tell: nobody was asked: a title of one word says too little",
    ]
    assert "know" not in ran.stdout


def test_the_second_time_nobody_is_asked(server: Loopback) -> None:
    text = "\n".join(str(case.values[0]) for case in CASES)
    first = check(text=text)
    assert server.requests
    server.requests.clear()
    again, offline = check(text=text), check("-", "--offline", text=text)
    assert server.requests == []
    assert again.stdout == offline.stdout == first.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--online", "--fix"], id="a fix"),
        pytest.param(["--online", "--select", "doi"], id="rules"),
        pytest.param(["--offline"], id="offline alone"),
    ],
)
def test_what_does_not_go_together(arguments: list[str]) -> None:
    ran = bibtools("check", *arguments, "-", stdin=b"")
    assert (ran.code, ran.stdout) == (2, "")
    assert "--online" in ran.stderr
