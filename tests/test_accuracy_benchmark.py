"""The accuracy benchmark, on a handful of invented records."""

from __future__ import annotations

import json
import lzma
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = ROOT / "benchmarks" / "accuracy.py"

BRIDGES = "Swaying Bridges: How Walkers Fall into Step on Slender Spans"
BEES = "Pollen Routes of Urban Honeybees Reconstructed from Sparse Sightings"
RECORDS = [
    {"id": "1903.01234", "title": BRIDGES, "authors": "Ana Roux and Tor Berg",
     "comments": "9 pages; code at https://github.com/roux/sway",
     "versions": [{"version": "v1", "created": "2019-03-04"}]},
    {"id": "1903.04321", "title": BEES, "authors": "Kenji Ishii",
     "abstract": "We use Kitelib (https://github.com/kite/lib). Code: https://github.com/ishii/bees.",
     "versions": [{"version": "v1", "created": "2019-03-09"}]},
    {"id": "2001.00777", "title": "A Census of Footbridges", "authors": "Ana Roux and Luz Ortega",
     "versions": [{"version": "v1", "created": "2020-01-03"}]},
]  # fmt: skip
QUESTIONS = [
    {"kind": "exact", "title": BRIDGES, "authors": ["Ana Roux"], "authors_truncated": True,
     "year": 2019, "arxiv": "1903.01234"},
    {"kind": "none", "title": "Kestrels over Estuaries in Autumn", "authors": ["Ana Roux"],
     "authors_truncated": False, "year": 2019, "arxiv": None},
]  # fmt: skip
PUBLISHED = [
    {"arxiv_id": "1903.01234", "title": BRIDGES, "authors": ["Tor Berg", "Ana Roux"],
     "bib_type": "article", "venue": "Journal of Footbridge Dynamics", "year": 2020,
     "doi": "10.1000/jfd.7"},
    {"arxiv_id": "1903.04321", "title": BEES, "authors": ["K. Ishii"], "bib_type": "inproceedings",
     "venue": "Conference on Bees", "year": 0},
    {"arxiv_id": "2001.00777", "title": "A Census of Footbridges", "bib_type": "inproceedings",
     "venue": "Conference on Bees", "year": 2020},
]  # fmt: skip
LINKS = [
    {"arxiv_id": "1903.01234", "repo_url": "https://github.com/Roux/Sway", "is_official": None,
     "in_abstract_or_comment": True},
    {"arxiv_id": "1903.04321", "repo_url": "https://github.com/kite/lib", "is_official": None,
     "in_abstract_or_comment": True},
    {"arxiv_id": "2001.00777", "repo_url": "https://github.com/ortega/census",
     "is_official": None, "in_abstract_or_comment": True},
]  # fmt: skip


def lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def run(*options: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, str(PROGRAM), *options],
        capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def test_the_figures(tmp_path: Path) -> None:
    for name, rows in (("records", RECORDS), ("published", PUBLISHED), ("code_links", LINKS)):
        (tmp_path / f"{name}.jsonl.xz").write_bytes(lzma.compress(lines(rows)))
    (tmp_path / "questions.jsonl").write_bytes(lines(QUESTIONS))
    done = run("--data", str(tmp_path), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(done.stdout)
    assert figures["records"] == 3
    assert len(figures["data"]) == 4
    titles = figures["title to arXiv ID"]
    assert (titles["n"], titles["precision"], titles["recall"]) == (2, 1.0, 1.0)
    pairs = figures["preprint to published"]
    assert (pairs["n"], pairs["precision"], pairs["recall"]) == (2, 1.0, 1.0)
    assert pairs["from the preprint"] == {"right, one is there": 2}
    filled = figures["identifier to fill"]
    assert filled["arXiv ID"]["right"] == {"n": 2, "filled": 2, "asked about": 0, "refused": 0}
    assert filled["arXiv ID"]["wrong"] == {"n": 1, "filled": 0, "asked about": 0, "refused": 1}
    assert filled["DOI"]["right"]["filled"] == 2
    assert pairs["stand-ins"]["same title, other authors"] == {"n": 2, "taken for sure": 0}
    assert pairs["pairs without authors"] == 1
    links = figures["code links"]
    # The library is found, and is not taken for the paper's code; the census has no text.
    assert (links["rows with a printed address"], links["n"]) == (3, 2)
    assert (links["found"], links["called its code"]) == (1.0, 0.5)
    assert links["called code and in no row"] == {"code, official": 1}


def test_a_folder_without_the_data(tmp_path: Path) -> None:
    done = run("--data", str(tmp_path))
    assert done.returncode == 1
    assert "has no records.jsonl.xz" in done.stderr
