"""What becomes of links to code: renamed, archived, gone; kept as evidence, told, never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import bibtools.adapters.web.asking as web_asking
from bibtools.adapters.web import SimulatedClock
from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK, Answered, Asked, Loopback, as_json, status
from tests.stand_in import PAPERS, REPOSITORIES, Paper, Repository, World

pytestmark = ONLY_LOOPBACK

NEW = "https://github.com/example/New-Name"
OLD = "https://github.com/example/old-name"
SUNK = "https://github.com/Example/Sunk"
SNAPSHOT = "ab" * 20
COPY = f"https://archive.softwareheritage.org/swh:1:snp:{SNAPSHOT};origin={SUNK}"
LLM = """@misc{llm, title = {On the Buoyancy of Large Language Models}, eprint = {2306.00033},
  archiveprefix = {arXiv}}
"""


def heritage(asked: Asked) -> Answered:
    """As the real one: an address in other capitals is another address."""
    if f"/origin/{SUNK}/visit/" not in asked.path:
        return as_json({"exception": "NotFoundExc", "reason": "No origin."}, 404)
    return as_json({"origin": SUNK, "snapshot": SNAPSHOT, "date": "2024-05-06T07:08:09+00:00"})


WORLD = World(PAPERS, REPOSITORIES, others={"software-heritage": heritage})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Loopback]:
    monkeypatch.setattr(web_asking, "SystemClock", SimulatedClock)
    monkeypatch.setenv("BIBTOOLS_INDEX", str(tmp_path / "no index"))
    with Loopback(WORLD.routes()) as found:
        for name, value in WORLD.environment(found.base).items():
            monkeypatch.setenv(name, value)
        yield found


@pytest.fixture
def refs(tmp_path: Path) -> Path:
    return tmp_path / "refs.bib"


def enrich(path: Path, *more: str | Path) -> Ran:
    return bibtools("enrich", path, "-i", "--verify", *more)


def evidence(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The row that counts for each key and field."""
    side = path.with_name(path.name + ".provenance.jsonl")
    lines = side.read_text().splitlines() if side.exists() else []
    rows = [json.loads(line) for line in lines]
    return {(row["key"], row["field"]): row for row in rows}


def test_a_renamed_repository_is_followed_and_its_old_name_is_kept(
    server: Loopback, refs: Path
) -> None:
    refs.write_text(LLM)
    assert enrich(refs).code == 0
    assert f"code = {{{NEW}}}" in refs.read_text()
    row = evidence(refs)["llm", "code"]
    today = row["asked"]
    link = {"state": "there", "source": "GitHub", "asked": today, "was": OLD,
            "question": "github:repository:github.com/example/old-name"}  # fmt: skip
    assert row == {
        "key": "llm", "field": "code", "value": NEW, "source": "arXiv", "asked": today,
        "question": "arxiv:arxiv:2306.00033", "rule": "its abstract prints it; renamed since",
        "standing": "official", "link": link,
    }  # fmt: skip
    assert bibtools("why", "llm", "code", "--in", refs).stdout.splitlines() == [
        f"code = {NEW}",
        f"  from arXiv, asked on {today}: its abstract prints it; renamed since.",
        "  The question was arxiv:arxiv:2306.00033.",
        "  It is the authors' own (official).",
        f"  GitHub, asked on {today}: it is there.",
        f"  It was printed as {OLD} and has been renamed since.",
    ]
    # Again: nobody is asked, nothing is written, and the old name is still known.
    server.requests.clear()
    again = enrich(refs)
    assert server.requests == []
    assert again.stderr.splitlines()[-1] == f"{refs}: nothing changed"
    assert evidence(refs)["llm", "code"] == row


def test_two_names_of_one_repository_are_one_link(server: Loopback, refs: Path) -> None:
    paper = replace(
        PAPERS[2],
        abstract=f"We ask what floats. Code is at {OLD} and at {NEW}.",
    )
    server.routes = dict(replace(WORLD, papers=(paper,)).routes())
    refs.write_text(LLM)
    assert enrich(refs).code == 0
    assert refs.read_text().count("github.com") == 1
    assert f"code = {{{NEW}}}" in refs.read_text()


def test_a_dead_link_of_the_user_is_marked_in_the_evidence_alone(
    server: Loopback, refs: Path, tmp_path: Path
) -> None:
    text = f"@misc{{own, title={{Own}}, code={{{SUNK}/tree/main}}}}\n"
    refs.write_text(text)
    report = tmp_path / "report.json"
    ran = enrich(refs, "--report", report)
    assert refs.read_text() == text
    assert f"is gone (or private). Software Heritage has it: {COPY}" in ran.stderr
    row = evidence(refs)["own", "code"]
    today = row["link"]["asked"]
    link = {"state": "gone", "source": "GitHub", "asked": today, "copy": COPY,
            "question": "github:repository:github.com/example/sunk"}  # fmt: skip
    assert row == {
        "key": "own", "field": "code", "value": f"{SUNK}/tree/main", "question": "", "asked": "",
        "source": "the entry itself", "rule": "it was there already", "standing": "unknown",
        "link": link,
    }  # fmt: skip
    assert json.loads(report.read_text())["code_links"] == [
        {"key": "own", "where": f"{refs}:1", "url": f"{SUNK}/tree/main", "standing": "unknown",
         "evidence": "field code", "source": "the entry itself", "link": link}
    ]  # fmt: skip
    assert bibtools("why", "own", "code", "--in", refs).stdout.splitlines() == [
        f"code = {SUNK}/tree/main",
        "  from the entry itself: it was there already.",
        "  Nobody says whose it is (unknown).",
        f"  GitHub, asked on {today}: it is gone, or private.",
        f"  Software Heritage has a copy: {COPY}",
    ]
    side = refs.with_name("refs.bib.provenance.jsonl").read_bytes()
    assert enrich(refs).code == 0
    assert refs.with_name("refs.bib.provenance.jsonl").read_bytes() == side


def test_no_copy_and_could_not_ask_for_one_are_two(server: Loopback, refs: Path) -> None:
    refs.write_text("@misc{own, title={Own}, code={https://github.com/example/other}}\n")
    assert "Software Heritage has no copy under this address." in enrich(refs).stderr
    assert evidence(refs)["own", "code"]["link"]["copy"] == ""
    assert (
        "Software Heritage has no copy under this address."
        in bibtools("why", "own", "--in", refs).stdout
    )
    refs.with_name("refs.bib.provenance.jsonl").unlink()
    refs.write_text("@misc{own, title={Own}, code={https://github.com/example/third}}\n")
    server.routes = dict(replace(WORLD, others={"software-heritage": status(503)}).routes())
    ran = enrich(refs)
    assert ran.code == 4
    assert "could not ask Software Heritage 1 question about 1 entry" in ran.stderr
    assert "copy" not in evidence(refs)["own", "code"]["link"]
    assert "Software Heritage" not in bibtools("why", "own", "--in", refs).stdout


def test_what_could_not_be_asked_is_not_gone(server: Loopback, refs: Path) -> None:
    refs.write_text(f"@misc{{own, title={{Own}}, code={{{SUNK}}}}}\n")
    server.routes = dict(replace(WORLD, others={"github": status(500)}).routes())
    ran = enrich(refs)
    assert ran.code == 4
    assert "gone" not in ran.stderr
    assert evidence(refs) == {}


def test_the_evidence_of_a_link_that_we_found_stays_when_it_dies(
    server: Loopback, refs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs.write_text(LLM)
    enrich(refs)
    before = evidence(refs)["llm", "code"]
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "a month later"))
    gone = {**REPOSITORIES, "example/New-Name": Repository(gone=True)}
    server.routes = dict(replace(WORLD, repositories=gone).routes())
    enrich(refs)
    row = evidence(refs)["llm", "code"]
    assert row["link"]["state"] == "gone"
    assert {**row, "link": None} == {**before, "link": None}
    assert row["link"]["was"] == OLD


def test_what_a_user_wrote_in_tex_is_not_taken_for_changed(server: Loopback, refs: Path) -> None:
    refs.write_text("@misc{own, title={Own}, code={https://github.com/example/a\\_b}}\n")
    enrich(refs)
    assert "gone" in bibtools("why", "own", "--in", refs).stdout
    assert "changed it since" not in bibtools("why", "own", "--in", refs).stdout


@pytest.mark.usefixtures("server")
def test_links_without_a_check_have_their_standing_too(refs: Path, tmp_path: Path) -> None:
    refs.write_text(LLM)
    report = tmp_path / "report.json"
    bibtools("enrich", refs, "--report", report)
    (row,) = json.loads(report.read_text())["code_links"]
    assert (row["url"], row["standing"], row["source"]) == (OLD, "official", "arXiv")
    assert row["asked"]
    assert "link" not in row


def test_each_of_several_links_has_its_own_evidence(server: Loopback, refs: Path) -> None:
    first, second = "https://github.com/example/creases", "https://github.com/example/a_b"
    paper = Paper(
        "Folding Paper Boats with Learned Creases", ("Ada Example",), 2021, "2104.00011",
        comment=f"Code: {first}", hugging_face=(second, "user"), in_dblp=False,
    )  # fmt: skip
    server.routes = dict(replace(WORLD, papers=(paper,)).routes())
    refs.write_text(f"@misc{{c, title={{{paper.title}}}, eprint={{2104.00011}},\n"
                    "  archiveprefix={arXiv}, code={https://example.org/mine}}\n")  # fmt: skip
    bibtools("enrich", refs, "-i")
    known = evidence(refs)
    found = {field: row["source"] for (_, field), row in known.items() if field.startswith("code")}
    assert found == {"code2": "arXiv"}
