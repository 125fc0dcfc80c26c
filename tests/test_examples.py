"""The examples do what the README says of them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import bibtools
from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK
from tests.zotero_server import KEY, ZoteroServer

EXAMPLES = ROOT / "examples"
PAGES = sorted(EXAMPLES.glob("*.txt"))
FACTS = ("--arxiv", EXAMPLES / "arxiv.jsonl", "--code", EXAMPLES / "code_links.jsonl")


def needs(*programs: str) -> None:
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def run(folder: Path, *command: str) -> str:
    ran = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=120, errors="replace"
    )
    assert ran.returncode == 0, ran.stdout[-2000:]
    return ran.stdout


def test_the_paper_compiles_and_prints_ids_and_links(tmp_path: Path) -> None:
    needs("pdflatex", "bibtex", "pdftotext")
    assert bibtools("build", *PAGES, *FACTS, "-o", tmp_path / "refs.bib").code == 0
    shutil.copy(EXAMPLES / "paper.tex", tmp_path)
    latex = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "paper")
    run(tmp_path, *latex)
    assert "Warning" not in run(tmp_path, "bibtex", "paper")
    run(tmp_path, *latex)
    log = run(tmp_path, *latex)
    assert "undefined" not in log
    run(tmp_path, "pdftotext", "-layout", "paper.pdf")
    text = (tmp_path / "paper.txt").read_text("utf-8")
    for expected in ("SimCSE", "arXiv:2104.08821", "github.com/princeton-nlp/SimCSE", "Ré", "LoRA"):
        assert expected in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_example_is_read_without_a_notice(page: Path) -> None:
    ran = bibtools("convert", page, "--to", "json")
    assert (ran.code, ran.stderr) == (0, "")
    assert len(json.loads(ran.stdout)) >= 3


def test_the_facts_are_a_snapshot_as_arxiv_publishes_it() -> None:
    rows = [json.loads(line) for line in (EXAMPLES / "arxiv.jsonl").open(encoding="utf-8")]
    wanted = {"id", "title", "authors", "abstract", "categories", "versions", "update_date"}
    assert [row["id"] for row in rows if not wanted <= row.keys()] == []


@ONLY_LOOPBACK
def test_the_zotero_example_syncs_two_files_and_takes_all_back(tmp_path: Path) -> None:
    needs("sh", "awk")
    server = ZoteroServer.with_user()
    for name in ("bin", "tmp"):
        (tmp_path / name).mkdir()
    shim = tmp_path / "bin" / "bibtools"
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m bibtools "$@"\n', "utf-8")
    shim.chmod(0o755)
    with server.running() as address:
        environment = {
            "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "TMPDIR": str(tmp_path / "tmp"),
            "BIBTOOLS_ZOTERO_ENDPOINT": address,
            "ZOTERO_API_KEY": KEY,
            **{f"BIBTOOLS_{name.upper()}": str(tmp_path / name)
               for name in ("state", "cache", "config", "index")},
        }  # fmt: skip
        ran = subprocess.run(
            ["sh", EXAMPLES / "zotero_sync.sh"],
            env=environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]
    lines = ran.stderr.splitlines()
    told = [line for line in lines if line.startswith(("Zotero: ", "theirs.bib: "))]
    assert told == [
        "Zotero: 1 collection to make, 15 items to create, 8 code links to attach",
        "Zotero: 1 collection made, 15 items created, 8 code links attached",
        "theirs.bib: 15 entries added",
        "Zotero: 1 item updated",
        "Zotero: 1 restored",
        "Zotero: 15 deleted, 1 collection deleted",
    ]
    library = server.library("users", 1)
    assert (library.contents(), library.collections) == ({}, {})


def test_the_page_of_the_examples_says_what_each_file_is() -> None:
    text = (EXAMPLES / "README.md").read_text("utf-8")
    there = {one.name + "/" * one.is_dir() for one in EXAMPLES.iterdir()} - {"README.md"}
    assert [name for name in sorted(there) if f"`{name}`" not in text] == []
