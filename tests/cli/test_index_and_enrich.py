"""`bibtools index` and `bibtools enrich`, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import bibtools

ROWS = [
    {
        "id": "1501.00001", "title": "Swaying of footbridges under marching crowds",
        "authors": "Bea Roux and Wu Li", "categories": "physics.soc-ph",
        "comments": "Code: https://github.com/roux/sway",
    },
    {"id": "1602.00002", "title": "Waggle dances of honeybees as a race", "authors": "A. Ray"},
]  # fmt: skip
LINK = {"paper_arxiv_id": "1602.00002", "repo_url": "https://github.com/ray/dance",
        "is_official": True}  # fmt: skip
ENTRIES = [
    {"key": "a", "title": "Swaying of footbridges under marching crowd", "authors": ["B. Roux"]},
    {"key": "b", "title": "Bees and trees", "code_flag": True},
]


@pytest.fixture
def index(tmp_path: Path) -> Path:
    (tmp_path / "records.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS) + "?\n")
    (tmp_path / "links.json").write_text(json.dumps([LINK]))
    path = tmp_path / "index.sqlite"
    ran = bibtools(
        "index", "build", "--arxiv", tmp_path / "records.jsonl", "--code", tmp_path / "links.json",
        "--index", path,
    )  # fmt: skip
    assert ran.code == 0, ran.stderr
    assert ran.stdout == ""
    left_out = "This line was left out: it is not valid JSON (Expecting value)."
    assert ran.stderr.splitlines() == [
        f"{tmp_path / 'records.jsonl'}:3: {left_out}",
        "records.jsonl: 1 lines were left out",
        f"{path}: 2 papers, 0 with abstract, 2 code links, {path.stat().st_size / 1e6:.1f} MB",
    ]
    return path


@pytest.fixture
def entries(tmp_path: Path) -> Path:
    path = tmp_path / "entries.json"
    path.write_text(json.dumps(ENTRIES))
    return path


def test_info(index: Path) -> None:
    ran = bibtools("index", "info", "--index", index)
    assert ran.code == 0
    size = f"{index.stat().st_size / 1e6:.1f} MB"
    assert ran.stdout.splitlines() == [
        f"index            {index}",
        f"contents         2 papers, 0 with abstract, 2 code links, {size}",
        "papers from      2015-01 to 2016-02",
        "schema           2",
        "source (arxiv)   records.jsonl: 2 records, 1 lines left out",
        "source (code)    links.json: 1 records",
    ]


def test_info_as_json(index: Path) -> None:
    ran = bibtools("index", "info", "--json", "--index", index)
    facts = json.loads(ran.stdout)
    assert (ran.code, ran.stderr) == (0, "")
    assert (facts["records"], facts["links"], facts["schema"]) == (2, 2, 2)
    assert facts["sources"][0] == {
        "name": "records.jsonl", "kind": "arxiv", "records": 2, "unread": 1,
    }  # fmt: skip


def test_the_index_named_by_the_environment(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIBTOOLS_INDEX", str(index))
    assert bibtools("index", "info").code == 0


def test_enrich_to_stdout(index: Path, entries: Path) -> None:
    ran = bibtools("enrich", entries, "--offline", "--index", index, "--to", "json")
    assert ran.code == 0
    rows = json.loads(ran.stdout)
    assert [(row["key"], row["ids"], row["resolution"]["outcome"]) for row in rows] == [
        ("a", {"arxiv": "1501.00001"}, "sure"), ("b", {}, "none"),
    ]  # fmt: skip
    assert rows[0]["code"] == [
        {"url": "https://github.com/roux/sway", "evidence": "comment", "kind": "repository"}
    ]
    assert rows[1]["remarks"] == ['The page says "Code", but no link was found.']
    assert ran.stderr.splitlines() == [
        "2 entries: arXiv ID sure 1, likely 0, ambiguous 0, none 1",
        "  with arXiv ID 1, with code 1, with neither 1",
        '  1 say "Code", but no link was found for them',
    ]


def test_enrich_to_a_file_twice_changes_nothing(index: Path, entries: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    arguments = ("enrich", entries, "--offline", "--index", index, "--to", "json", "-o", out)
    assert bibtools(*arguments).stderr.splitlines()[-2:] == [
        f"{out}: written",
        f"{out}.provenance.jsonl: written",
    ]
    assert bibtools(*arguments).stderr.splitlines()[-1] == f"{out}: nothing changed"
    assert bibtools(*arguments, "-q").stderr == ""


def test_enrich_reads_standard_input(index: Path) -> None:
    ran = bibtools("enrich", "-", "--offline", "--index", index, stdin=json.dumps(ENTRIES).encode())
    assert json.loads(ran.stdout)[0]["ids"] == {"arxiv": "1501.00001"}


def test_without_an_index_the_next_step_is_told(entries: Path, tmp_path: Path) -> None:
    ran = bibtools("enrich", entries, "--offline", "--index", tmp_path / "none")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        f'Error: There is no index at "{tmp_path / "none"}".\n'
        "Hint: Build it with `bibtools index build --arxiv FILE`.\n"
    )


def test_a_terminal_control_in_a_title_is_not_obeyed(index: Path, tmp_path: Path) -> None:
    path = tmp_path / "evil.json"
    path.write_text(json.dumps([{"title": "\x1b[2Jx", "ids": {"arxiv": "1501.00001"}}]))
    ran = bibtools("enrich", path, "--offline", "--index", index)
    assert ran.code == 0
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "prints arXiv:1501.00001" in ran.stderr


@pytest.mark.parametrize("words", [("index",), ("index", "build"), ("index", "info"), ("enrich",)])
def test_help_has_examples(words: tuple[str, ...]) -> None:
    ran = bibtools(*words, "--help")
    assert ran.code == 0
    assert words == ("index",) or f"bibtools {' '.join(words)} " in ran.stdout.partition("Ex")[2]
