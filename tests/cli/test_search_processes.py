"""Several processes that search one file, and processes that are killed while they build."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ENTRIES = 600
LINE = "k7\t2007\tNumber\tFog of the harbour 7\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, ENTRIES)
    return tmp_path


def write(folder: Path, count: int) -> None:
    (folder / "refs.bib").write_text(
        "".join(
            f"@misc{{k{n}, title = {{Fog of the harbour {n}}}, author = {{Number, Ann}}, "
            f"year = {2000 + n % 20}}}\n"
            for n in range(count)
        )
    )


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "BIBTOOLS_CACHE": str(folder / "cache"),
            "BIBTOOLS_INDEX": str(folder / "index.sqlite"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def search(folder: Path, *words: str) -> tuple[str, str]:
    return start(folder, "-m", "bibtools", "search", *words).communicate()


def kept(folder: Path) -> list[Path]:
    return [one for one in (folder / "cache" / "search").iterdir() if one.suffix == ".sqlite"]


def test_many_processes_make_what_is_kept_at_once(folder: Path) -> None:
    for count in (ENTRIES, ENTRIES + 1):
        write(folder, count)
        running = [
            start(folder, "-m", "bibtools", "search", "harbour", "key:k7", "refs.bib", "-n", "1")
            for _ in range(4)
        ]
        assert [one.communicate() for one in running] == [(LINE, "")] * 4
        assert [one.name for one in (folder / "cache" / "search").iterdir()] == [
            kept(folder)[0].name
        ]
    assert search(folder, f"key:k{ENTRIES}", "--keys", "refs.bib") == (f"k{ENTRIES}\n", "")


# Runs the program, and at a point of it says so and waits for its end.
STOP = """
import sys, time
from {module} import {owner}
from bibtools.cli.main import run
real = {owner}.{name}
calls = 0
def stopped(*arguments, **options):
    global calls
    calls += 1
    if calls == {call}:
        print("here", flush=True)
        time.sleep(600)
    return real(*arguments, **options)
{owner}.{name} = stopped
run({arguments!r})
"""
WRITER = {"module": "bibtools.adapters.fulltext.building", "owner": "Writer"}
POINTS = [
    pytest.param({**WRITER, "name": "add", "call": 300}, id="while reading"),
    pytest.param({**WRITER, "name": "_write_block", "call": 9}, id="while writing texts"),
    pytest.param({**WRITER, "name": "_write_words", "call": 1}, id="before the words"),
    pytest.param(
        {"module": "pathlib", "owner": "Path", "name": "replace", "call": 1}, id="before the end"
    ),
]


def kill_at(folder: Path, point: dict[str, object], arguments: list[str]) -> None:
    running = start(folder, "-c", STOP.format(**point, arguments=arguments))
    assert running.stdout is not None
    assert running.stdout.readline() == "here\n"
    running.kill()
    running.communicate()
    assert running.returncode == (-signal.SIGKILL if os.name == "posix" else 1)


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_a_file_is_read_the_first_time(folder: Path, point: dict[str, object]) -> None:
    kill_at(folder, point, ["search", "harbour", "refs.bib"])
    assert kept(folder) == []
    question = ("harbour", "key:k7", "-n", "1", "refs.bib")
    assert search(folder, *question) == (LINE, "")
    [whole] = kept(folder)
    assert search(folder, *question) == (LINE, "")
    assert kept(folder) == [whole]


@pytest.mark.parametrize("changed", [1, 400], ids=["a line more", "mostly new"])
def test_killed_while_a_file_is_read_again(folder: Path, changed: int) -> None:
    search(folder, "harbour", "refs.bib")
    [path] = kept(folder)
    before = path.read_bytes()
    write(folder, ENTRIES + changed)
    kill_at(
        folder,
        {"module": "pathlib", "owner": "Path", "name": "replace", "call": 1},
        ["search", "harbour", "refs.bib"],
    )
    assert path.read_bytes() == before
    last = f"k{ENTRIES + changed - 1}"
    assert search(folder, f"key:{last}", "--keys", "refs.bib") == (f"{last}\n", "")
    assert kept(folder) == [path]


@pytest.mark.parametrize("point", POINTS[:1] + POINTS[2:3])
def test_killed_while_the_full_text_of_an_index_is_made(
    folder: Path, point: dict[str, object]
) -> None:
    def records(count: int) -> None:
        (folder / "arxiv.jsonl").write_text(
            "".join(
                json.dumps(
                    {
                        "id": f"2101.{n:05}",
                        "title": f"Fog of the harbour {n}",
                        "authors": "Ann Number",
                        "categories": "cs.CL",
                        "abstract": f"Word{n} in the fog.",
                        "versions": [{"version": "v1", "created": "Fri, 1 Jan 2021 10:00:00 GMT"}],
                    }
                )
                + "\n"
                for n in range(1, count + 1)
            )
        )

    build = ["index", "build", "--arxiv", "arxiv.jsonl", "--abstracts", "--quiet"]
    records(400)
    start(folder, "-m", "bibtools", *build).communicate()
    path = folder / "index.fulltext.sqlite"
    before = path.read_bytes()
    records(500)
    kill_at(folder, point, build)
    assert path.read_bytes() == before
    assert search(folder, "word400", "--index", "--keys")[0] == "arXiv:2101.00400\n"
    start(folder, "-m", "bibtools", *build).communicate()
    assert search(folder, "word500", "--index", "--keys") == ("arXiv:2101.00500\n", "")
