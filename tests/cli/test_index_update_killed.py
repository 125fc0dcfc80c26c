"""`bibtools index update`, killed anywhere: the index is never half, and the next run ends it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.index import build
from bibtools.workflows.harvest import utc_day
from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK, Loopback
from tests.oai_server import Oai, Paper

pytestmark = ONLY_LOOPBACK

OLD = [
    Paper("2611.00001", "2026-11-11", "Boats and their harbours", abstract="Too short."),
    Paper("2611.00002", "2026-11-12", "Sails of the harbour", comments="https://github.com/a/b"),
]
NEW = [
    *OLD[:1],
    Paper("2611.00002", "2026-11-13", "Sails", comments="https://github.com/a/c"),
    *(Paper(f"2611.{n:05}", f"2026-11-{10 + n}", f"Boats of harbour {n}") for n in range(4, 9)),
]
GONE = Paper("2611.00005", "2026-11-15", deleted=True)

# Where the process ends, as a statement that comes before the command.
PLACES = {
    "a page was kept": "w.WaitingPages.add = then_kill(w.WaitingPages.add)",
    "a page is in": "u._Updater.add = then_kill(u._Updater.add)",
    "half the lists are written": "c.Collector._place_titled_links = kill",
    "all is written": "os.fsync = kill",
    "the index is in its place": "w.WaitingPages.clear = kill",
}
PROGRAM = """
import os, signal, sys
from dataclasses import replace
from bibtools.adapters.index import collecting as c, updating as u, waiting as w
from bibtools.cli.main import run
from bibtools.sites import arxiv_oai, services
from bibtools.sites.asking import Pace
arxiv_oai.SERVICE = replace(arxiv_oai.SERVICE, pace=Pace(0.0))
services.PACED_TOGETHER["arxiv.org"] = Pace(0.0)
def kill(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
def then_kill(done): return lambda *values: (done(*values), kill())
exec(sys.argv[1])
run(sys.argv[2:])
"""


def contents(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    database = sqlite3.connect(path)
    try:
        return {
            name: database.execute(f"select * from {name} order by 1, 2").fetchall()
            for name in ("paper", "word", "title", "anchor", "link")
        }
    finally:
        database.close()


def built(path: Path, papers: list[Paper]) -> Path:
    source = path.with_name("records")
    source.write_text("".join(json.dumps(one.row()) + "\n" for one in papers))
    build(path, [source])
    source.unlink()
    return path


@pytest.mark.parametrize("place", PLACES)
def test_the_next_run_ends_it(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    index = built(tmp_path / "folder" / "index", OLD)
    before = index.read_bytes()
    papers = [one for one in NEW if one.number != GONE.number] + [GONE]
    oai = Oai(papers, size=3, today=utc_day())
    with Loopback({("GET", "/oai"): oai.answer}) as server:

        def update(first: str, cache: str) -> int:
            command = [sys.executable, "-c", PROGRAM, first, "index", "update", "-q"]
            environment = {
                **os.environ,
                "BIBTOOLS_ENDPOINT_ARXIV_OAI": f"{server.base}/oai",
                # The file of rates waits for the request of a process that was killed.
                "BIBTOOLS_CACHE": str(tmp_path / cache),
                "PYTHONPATH": str(ROOT),
            }
            return subprocess.run([*command, "--index", index], env=environment).returncode

        assert update(PLACES[place], "killed") == -signal.SIGKILL
        is_in_place = place == "the index is in its place"
        assert (index.read_bytes() == before) is not is_in_place
        asked = len(server.requests)
        assert update("", "next") == 0
        # What came is not asked for again: the other two pages, or one request since that day.
        told = (1, 2) if place == "a page was kept" else (3, 1)
        assert (asked, len(server.requests) - asked) == told
    anew = built(tmp_path / "anew", [one for one in papers if not one.deleted])
    assert contents(index) == contents(anew)
    assert [one.name for one in (tmp_path / "folder").iterdir()] == ["index"]
