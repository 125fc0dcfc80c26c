"""Measure reading and editing .bib files, beside the readers of others.

    python benchmarks/bibtex.py                              # 50,000 made-up entries
    python benchmarks/bibtex.py --file big.bib.xz            # a file of your own (.bib or .bib.xz)
    python benchmarks/bibtex.py --peer-python PATH/python    # an environment with other readers

bibtexparser 1.x comes with bibtools. Readers that cannot be installed beside it
(bibtexparser 2, pybtex, citerra) are measured when `--peer-python` names the interpreter of an
environment that has them. Each figure is CPU time of a process of its own that reads the file
from disk, the best of `--runs`; memory is the peak of that process. Run it on an idle machine:
CPU time too grows when the cores are shared.

Tasks: `locate` finds every entry with type and key. `fields` gives every field of every entry
as BibTeX sees it. `edit` reads, changes one field and gives the bytes to write.
"""

from __future__ import annotations

import argparse
import json
import lzma
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Task = Callable[[str], int]


def _bibtools(path: str) -> Any:
    from bibtools.formats.bibtex import Document

    return Document.parse(Path(path).read_bytes(), path)


def locate(path: str) -> int:
    return sum(1 for entry in _bibtools(path).entries if entry.key is not None)


def fields(path: str) -> int:
    kept = [entry.fields for entry in _bibtools(path).entries]
    return len(kept)


def edit(path: str) -> int:
    document = _bibtools(path)
    entries = document.entries
    entries[len(entries) // 2].set("note", "changed")
    assert len(document.to_bytes()) > 0
    return len(entries)


def entries(path: str) -> int:
    from bibtools.formats.bibtex.reading import read_entries

    return len(read_entries(_bibtools(path))[0])


def notices(path: str) -> int:
    document = _bibtools(path)
    assert len(document.notices) >= 0
    return len(document.entries)


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")


def bibtexparser_1(path: str) -> int:
    import bibtexparser
    from bibtexparser.bparser import BibTexParser

    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False)
    return len(bibtexparser.loads(_text(path), parser).entries)


def bibtexparser_2(path: str) -> int:
    import bibtexparser

    return len(bibtexparser.parse_string(_text(path)).entries)


def bibtexparser_2_edit(path: str) -> int:
    import bibtexparser

    library = bibtexparser.parse_string(_text(path))
    found = library.entries
    found[len(found) // 2]["note"] = "changed"
    assert len(bibtexparser.write_string(library)) > 0
    return len(found)


def pybtex(path: str) -> int:
    from pybtex.database import parse_string  # type: ignore[import-not-found]

    return len(parse_string(_text(path), "bibtex").entries)


def citerra(path: str) -> int:
    import citerra as reader  # type: ignore[import-not-found]

    return len(reader.parse(_text(path), tolerant=True).to_dicts())


OURS: dict[str, Task] = {
    "locate": locate,
    "fields": fields,
    "edit": edit,
    "entries": entries,
    "notices": notices,
}
PEERS: dict[str, tuple[Task, str]] = {
    "bibtexparser 2: fields": (bibtexparser_2, "bibtexparser"),
    "bibtexparser 2: edit": (bibtexparser_2_edit, "bibtexparser"),
    "pybtex: fields": (pybtex, "pybtex"),
    "citerra: fields (plain keys)": (citerra, "citerra"),
}
ONE = "bibtexparser 1: fields (1,000 entries)"


def child(task: str, path: str) -> None:
    """One measurement, printed as JSON."""
    everything = {**OURS, **{name: peer[0] for name, peer in PEERS.items()}, ONE: bibtexparser_1}
    run = everything[task]
    _warm(run)
    before = time.process_time()
    count = run(path)
    seconds = time.process_time() - before
    peak = _peak_mib()
    print(json.dumps({"seconds": seconds, "entries": count, "peak": peak}))


def _peak_mib() -> float:
    """The most memory this process has had; not its parent's, which `getrusage` counts in."""
    status = Path("/proc/self/status")
    if status.exists():
        match = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
        if match:
            return int(match[1]) / 1024
    import resource

    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


def _warm(run: Task) -> None:
    """Imports are not what is measured."""
    with tempfile.NamedTemporaryFile("w", suffix=".bib", delete=False) as file:
        file.write("@misc{warm, title = {x}, year = 1}\n")
    run(file.name)
    Path(file.name).unlink()


def measure(python: str, task: str, path: Path, runs: int) -> dict[str, float] | str:
    """The best of some runs, or why there is none."""
    best: dict[str, float] | None = None
    for _ in range(runs):
        done = subprocess.run(
            [python, __file__, "--child", task, str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines()
            return lines[-1][:60] if lines else f"exit code {done.returncode}"
        row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        if best is None or row["seconds"] < best["seconds"]:
            best = row
    assert best is not None
    return best


def made_up(count: int, seed: int = 1) -> str:
    """Entries of the usual length and habits."""
    dice = random.Random(seed)
    words = [
        "".join(dice.choice("aeioubdfghklmnprstvz") for _ in range(dice.randint(2, 10)))
        for _ in range(5000)
    ]

    def some(low: int, high: int) -> str:
        return " ".join(dice.choice(words) for _ in range(dice.randint(low, high)))

    parts = ['@string{jbirds = "Journal of Birds"}\n\n']
    for number in range(count):
        names = " and ".join(
            f"{some(1, 1).title()}, {some(1, 2).title()}" for _ in range(dice.randint(1, 4))
        )
        rows = [
            f"author = {{{names}}}",
            f'title = {{{{{some(1, 1).upper()}}}: {some(5, 12)} J{{\\"o}}rg}}',
            dice.choice(["journal = jbirds", f'journal = "{some(2, 5)}"']),
            f"year = {dice.choice(['', '{'])}{dice.randint(1950, 2026)}",
            f"volume = {{{dice.randint(1, 400)}}}",
            f"pages = {{{dice.randint(1, 400)}--{dice.randint(401, 900)}}}",
            f"month = {dice.choice('jan feb mar apr may jun'.split())}",
            f"doi = {{10.{dice.randint(1000, 9999)}/{some(1, 1)}.{number}}}",
            f"url = {{https://{some(1, 1)}.example/{some(1, 1)}_{number}}}",
        ]
        rows[3] += "}" if "{" in rows[3] else ""
        if dice.random() < 0.3:
            rows.append("abstract = {" + "\n      ".join(some(8, 12) for _ in range(8)) + "}")
        parts.append(f"@article{{key{number},\n  " + ",\n  ".join(rows) + "\n}\n\n")
    return "".join(parts)


def first_entries(text: str, count: int) -> str:
    """The start of a file with so many entries, and all its @strings."""
    pieces = re.split(r"(?m)^(?=@)", text)
    found = 0
    kept = []
    for piece in pieces:
        is_string = piece[:8].lower().startswith("@string")
        found += piece.startswith("@") and not is_string
        if found > count and not is_string:
            continue
        kept.append(piece)
    return "".join(kept)


def plain_keys(text: str) -> str:
    """Keys that citerra accepts: no slash, only ASCII."""
    return re.sub(
        r"(?m)^(@\w+\s*\{)([^,\s]+)",
        lambda m: m[1] + m[2].replace("/", "-").encode("ascii", "replace").decode("ascii"),
        text,
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--file", type=Path)
    options.add_argument("--peer-python")
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("-n", "--entries", type=int, default=50_000)
    options.add_argument("--child", nargs=2, metavar=("TASK", "FILE"), help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.child:
        child(*chosen.child)
        return
    if chosen.file is None:
        text = made_up(chosen.entries)
    elif chosen.file.suffix == ".xz":
        with lzma.open(chosen.file, "rt", encoding="utf-8") as file:
            text = file.read()
    else:
        text = chosen.file.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        report(text, Path(folder), chosen.peer_python, chosen.runs)


def report(text: str, folder: Path, peer_python: str | None, runs: int) -> None:
    """Print the table."""
    whole, tenth, small, plain = (folder / f"{name}.bib" for name in ("all", "10", "1k", "plain"))
    whole.write_text(text, encoding="utf-8")
    total = locate(str(whole))
    tenth.write_text(first_entries(text, total // 10), encoding="utf-8")
    small.write_text(first_entries(text, 1000), encoding="utf-8")
    plain.write_text(plain_keys(text), encoding="utf-8")
    print(f"{total:,} entries, {len(text.encode()) / 1e6:.1f} MB; Python {sys.version.split()[0]}")
    print()
    print("| task | entries/s | seconds | peak MiB | time for 10 times as many |")
    print("|---|---:|---:|---:|---:|")
    for name in OURS:
        row(f"bibtools: {name}", sys.executable, name, whole, tenth, runs)
    row(ONE, sys.executable, ONE, small, None, 1)
    if peer_python:
        for name in PEERS:
            data = plain if "plain keys" in name else whole
            row(name, peer_python, name, data, None, runs)


def row(shown: str, python: str, task: str, path: Path, smaller: Path | None, runs: int) -> None:
    """Print one row."""
    best = measure(python, task, path, runs)
    if isinstance(best, str):
        print(f"| {shown} | failed: {best} | | | |", flush=True)
        return
    ratio = ""
    if smaller is not None:
        less = measure(python, task, smaller, runs)
        if not isinstance(less, str):
            ratio = f"{best['seconds'] / less['seconds']:.1f}x"
    print(
        f"| {shown} | {best['entries'] / best['seconds']:,.0f} | {best['seconds']:.3f} "
        f"| {best['peak']:.0f} | {ratio} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
