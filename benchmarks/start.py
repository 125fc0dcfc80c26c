"""Measure how soon a command answers, as a multiple of the time that Python takes to start.

    python benchmarks/start.py                            # with the fifteen papers of examples/
    python benchmarks/start.py --index PATH --id 2104.08821 --title "..." --file big.bib

Whole processes, one after the other in turns; seconds of the clock and of processor time, the
median of all runs, and the ratio of their processor time to that of `python -c pass`, turn by turn.
Bytecode is compiled before: that is so wherever a package is installed.
"""

from __future__ import annotations

import argparse
import compileall
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"


def timed(words: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Seconds and seconds of processor time of a process and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    seconds = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{' '.join(words)} ended with {done.returncode}: {done.stderr.decode()}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return seconds, used


def commands(told: argparse.Namespace, index: Path) -> dict[str, list[str]]:
    """What is measured, by name."""
    program = [sys.executable, "-m", "bibtools"]
    look = ["lookup", "--offline", "--index", str(index)]
    found = {
        "python -c pass": [sys.executable, "-c", "pass"],
        'python -c "import click"': [sys.executable, "-c", "import click"],
        "bibtools --version": [*program, "--version"],
        "bibtools --help": [*program, "--help"],
        "bibtools lookup ID, from the index": [*program, *look, told.id],
        "bibtools lookup TITLE, from the index": [*program, *look, told.title],
    }
    if told.file is not None:
        words = ["search", "--in", str(told.file), *told.words.split()]
        found[f"bibtools search over {told.file.name}"] = [*program, *words]
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, help="an offline index")
    parser.add_argument("--id", default="2104.08821", help="an arXiv ID that it has")
    parser.add_argument(
        "--title",
        default="SimCSE: Simple Contrastive Learning of Sentence Embeddings",
        help="the title of a paper that it has",
    )
    parser.add_argument("--file", type=Path, help="a .bib to search")
    parser.add_argument("--words", default="neural networks", help="what to search it for")
    parser.add_argument("--times", type=int, default=25)
    told = parser.parse_args()
    compileall.compile_dir(ROOT / "bibtools", quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("BIBTOOLS_")
        }
        environment |= {"BIBTOOLS_CACHE": folder, "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        index = told.index or Path(folder, "index.sqlite")
        if told.index is None:
            build = ["index", "build", "--arxiv", str(EXAMPLES / "arxiv.jsonl")]
            timed([sys.executable, "-m", "bibtools", *build, "--index", str(index)], environment)
        table = commands(told, index)
        for words in table.values():
            timed(words, environment)  # what is made the first time
        rows: dict[str, list[tuple[float, float]]] = {name: [] for name in table}
        for _ in range(told.times):
            for name, words in table.items():
                rows[name].append(timed(words, environment))
    bare = [used for _, used in rows["python -c pass"]]
    print(f"{'':44} {'seconds':>8} {'processor':>10} {'ratio':>6}   (median of {told.times})")
    for name, row in rows.items():
        seconds = statistics.median(one for one, _ in row)
        used = statistics.median(one for _, one in row)
        ratio = statistics.median(
            mine / max(theirs, 0.001) for (_, mine), theirs in zip(row, bare, strict=True)
        )
        print(f"{name:44} {seconds:8.3f} {used:10.3f} {ratio:6.1f}")


if __name__ == "__main__":
    main()
