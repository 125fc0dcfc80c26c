"""Measure the search: what it finds, how fast, and how much room it takes.

    python benchmarks/search.py --data DATA --seed 1 2 3       # known items in real abstracts
    python benchmarks/search.py --file big.bib                 # a whole `bibtools search`, and keys
    python benchmarks/search.py --data DATA --peers            # beside SQLite's FTS5
    python benchmarks/search.py --data DATA --size             # how large for all of arXiv

DATA is the folder with `records.jsonl.xz`, or that file. All records with an abstract are
indexed; a question is ten different words drawn by seed from an abstract, without the words of its
title. The paper counts as found when it is among the first five. MRR is the mean of 1 / rank
over all questions (0 for one that is not among the first 20).

`--size` makes records as `abstracts.py` says, because the real ones with an abstract are too few
to tell the size for all of arXiv from.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bibtools.adapters.fulltext.arxiv import build_full_text, open_full_text
from bibtools.adapters.fulltext.asking import ask
from bibtools.adapters.fulltext.store import Store
from bibtools.adapters.index import build
from bibtools.adapters.index.sources import open_source, read_lines
from bibtools.formats.arxiv_snapshot import ArxivRecord, UnreadableRecordError, read_record
from bibtools.searching.folding import fold, words
from bibtools.searching.query import parse_query
from bibtools.text.latex_decode import decode

ARXIV_RECORDS = 2_900_000
ARXIV_CHARACTERS = 1_150
"""Of a mean abstract of arXiv."""
FIRST = 5
LOOKED_AT = 20
WORDS = 10


def records_of(path: Path) -> list[tuple[bytes, ArxivRecord]]:
    """The records with an abstract, as lines and read."""
    found = []
    count = 0
    with open_source(path) as (content, _):
        for line in read_lines(content, path):
            count += 1
            try:
                record = read_record(line)
            except UnreadableRecordError:
                continue
            if record.abstract:
                found.append((line, record))
    print(f"{count:,} records, {len(found):,} with abstract")
    return found


def questions_of(
    records: Sequence[ArxivRecord], seed: int, count: int
) -> list[tuple[str, ArxivRecord]]:
    """Known items: so many abstracts, ten words of each that its title does not have."""
    rng = random.Random(seed)
    asked: list[tuple[str, ArxivRecord]] = []
    for record in rng.sample(list(records), len(records)):
        title = set(words(decode(record.title)))
        choice = sorted(set(words(decode(record.abstract or ""))) - title)
        if len(choice) >= WORDS:
            asked.append((" ".join(rng.sample(choice, WORDS)), record))
        if len(asked) == count:
            break
    return asked


def known_items(store: Store, asked: Sequence[tuple[str, ArxivRecord]]) -> dict[str, float]:
    """What part of the known items is found, and how fast."""
    ranks, times = [], []
    for question, record in asked:
        started = time.process_time()
        answer = ask(store, parse_query(question, prefix=False), LOOKED_AT)
        times.append(time.process_time() - started)
        ids = [hit.document.arxiv for hit in answer.hits]
        ranks.append(ids.index(record.arxiv.value) + 1 if record.arxiv.value in ids else 0)
    return {
        "n": len(asked),
        "first 5": sum(0 < rank <= FIRST for rank in ranks) / len(ranks),
        "first": sum(rank == 1 for rank in ranks) / len(ranks),
        "MRR": sum(1 / rank for rank in ranks if rank) / len(ranks),
        "median ms": statistics.median(times) * 1e3,
        "95 % ms": sorted(times)[int(len(times) * 0.95)] * 1e3,
    }


def misspelt(asked: Sequence[tuple[str, ArxivRecord]], seed: int) -> list[tuple[str, ArxivRecord]]:
    """The same questions with a slip in every other word that may have one."""
    rng = random.Random(seed)
    done = []
    for question, record in asked:
        parts = question.split()
        for at in range(0, len(parts), 2):
            word = parts[at]
            if len(word) >= 6 and word.isalpha():
                place = rng.randrange(1, len(word) - 1)
                parts[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
        done.append((" ".join(parts), record))
    return done


def processor_seconds() -> float:
    """Of the programs that were started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(arguments: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """(processor seconds, seconds) of a Python program."""
    before, started = processor_seconds(), time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments], env=environment, check=False, stdout=subprocess.DEVNULL
    )
    return processor_seconds() - before, time.perf_counter() - started


def whole_process(file: Path, times: int) -> None:
    """A whole `bibtools search` over a file, the first and the later ones, and `python -c pass`."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "BIBTOOLS_CACHE": folder}
        command = ["-m", "bibtools", "search", "neural", "networks", "training", str(file)]
        used, waited = run(command, environment)
        print(f"first search: {used:.2f} s of processor time, {waited:.2f} s")
        kept = sum(one.stat().st_size for one in Path(folder).rglob("*") if one.is_file())
        print(f"kept: {kept / 1e6:.1f} MB for {file.stat().st_size / 1e6:.1f} MB")
        rows = {
            "search": command,
            "search, one typo": [*command[:3], "nueral", *command[4:]],
            "search, filters": [*command[:3], "author:smith", "year:2010..2020", str(file)],
            "python -c pass": ["-c", "pass"],
        }
        best = {}
        for name, arguments in rows.items():
            runs = [run(arguments, environment) for _ in range(times)]
            best[name] = min(used for used, _ in runs)
            median = statistics.median(used for used, _ in runs)
            print(
                f"{name}: {median * 1e3:.0f} ms of processor time (best {best[name] * 1e3:.0f}), "
                f"{min(waited for _, waited in runs) * 1e3:.0f} ms at best"
            )
        print(f"search / python -c pass: {best['search'] / best['python -c pass']:.1f}")
        changed = Path(folder) / "changed.bib"
        changed.write_bytes(file.read_bytes())
        run([*command[:-1], str(changed)], environment)
        with changed.open("ab") as out:
            out.write(b"\n@misc{added2026, title = {One entry more}, year = 2026}\n")
        used, waited = run([*command[:-1], str(changed)], environment)
        print(f"after one entry more: {used:.2f} s of processor time, {waited:.2f} s")


TYPED = (
    "neural networks training", "smith logic programming", "quantum error correct",
    "graph coloring algorithm", "attention transformer language", "on the complexity of",
    "author:gao contrastive", "database transaction recovery", "journal of computing 1998",
)  # fmt: skip
"""What somebody types into the picker, letter by letter."""


def keystrokes(file: Path) -> None:
    """How long the picker looks for what is typed so far, at each letter."""
    from bibtools.cli.picker import FIRST
    from bibtools.workflows.search import Where, open_sources, search

    with (
        tempfile.TemporaryDirectory() as folder,
        open_sources(Where((str(file),)), Path(folder)) as sources,
    ):
        times = []
        for text in TYPED:
            for end in range(1, len(text) + 1):
                started = time.process_time()
                search(sources.every, parse_query(text[:end]), FIRST, browse=True)
                times.append((time.process_time() - started) * 1e3)
        times.sort()
        print(
            f"picker, {len(times)} letters: median {statistics.median(times):.0f} ms of processor "
            f"time, 95 % {times[int(len(times) * 0.95)]:.0f}, longest {times[-1]:.0f}"
        )


def fts5(records: Sequence[ArxivRecord], asked: Sequence[tuple[str, ArxivRecord]]) -> None:
    """The same questions for FTS5 with bm25, contentless.

    With `detail=full`: with less, bm25 of a contentless table is 0 for every row, which would
    compare with a search that does not rank at all.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fts5.sqlite"
        database = sqlite3.connect(path)
        try:
            database.execute(
                "create virtual table t using fts5(title, authors, abstract, content='', "
                "detail=full)"
            )
        except sqlite3.Error as error:
            print(f"FTS5: not in this SQLite ({error})")
            return
        started = time.process_time()
        database.executemany(
            "insert into t(rowid, title, authors, abstract) values(?,?,?,?)",
            [
                (number, fold(one.title), fold(" ".join(one.authors)), fold(one.abstract or ""))
                for number, one in enumerate(records)
            ],
        )
        database.execute("insert into t(t) values('optimize')")
        database.commit()
        print(
            f"FTS5: {time.process_time() - started:.1f} s, {path.stat().st_size / 1e6:.1f} MB "
            "without the texts"
        )
        found, times = 0, []
        for question, record in asked:
            begun = time.process_time()
            rows = database.execute(
                "select rowid from t where t match ? order by bm25(t, 4, 3, 1) limit ?",
                (" OR ".join(f'"{word}"' for word in question.split()), FIRST),
            ).fetchall()
            times.append(time.process_time() - begun)
            found += any(records[number].arxiv == record.arxiv for (number,) in rows)
        median = statistics.median(times) * 1e3
        print(f"FTS5: first 5 {found / len(asked):.4f}, median {median:.1f} ms")


def measure(path: Path, seeds: Sequence[int], count: int, *, peers: bool, everything: bool) -> None:
    """Known items over all abstracts of a file of records."""
    pairs = records_of(path)
    records = [record for _, record in pairs]
    with tempfile.TemporaryDirectory() as folder:
        lines = path
        if not everything:
            lines = Path(folder) / "records.jsonl"
            lines.write_bytes(b"".join(line for line, _ in pairs))
        index = Path(folder) / "index.sqlite"
        build(index, [lines], abstracts="none")
        started = time.process_time()
        info = build_full_text(index, [lines])
        seconds = time.process_time() - started
        characters = sum(len(one.abstract or "") for one in records) / len(records)
        print(
            f"full text: {info.papers:,} papers, {info.abstracts:,} abstracts of "
            f"{characters:,.0f} characters, {info.size / 1e6:.1f} MB, {seconds:.0f} s of processor "
            f"time, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB"
        )
        store = open_full_text(index)
        assert store is not None
        with store:
            for seed in seeds:
                asked = questions_of(records, seed, count)
                for what, several in (
                    ("known items", asked),
                    ("with slips", misspelt(asked, seed)),
                ):
                    row = known_items(store, several)
                    print(
                        f"seed {seed}, {what}: "
                        + ", ".join(
                            f"{name} {value:,.4g}" if name != "n" else f"n {value:,.0f}"
                            for name, value in row.items()
                        )
                    )
        if peers:
            fts5(records, questions_of(records, seeds[0], count))


def measure_size(path: Path, count: int) -> None:
    """The size for half as many and for so many made records, and what that means for all of
    arXiv.

    What grows slower than the papers (words) makes the step from half to all too large a step for
    later ones, so going on in a straight line gives too much: that is the figure to be sure of. A
    power law through both points gives less.
    """
    from abstracts import made_records

    sizes = []
    for part in (count // 2, count):
        with tempfile.TemporaryDirectory() as folder:
            lines = Path(folder) / "records.jsonl"
            with lines.open("wb") as out:
                for record in made_records(path, part, ARXIV_CHARACTERS, part):
                    out.write(record)
            index = Path(folder) / "index.sqlite"
            build(index, [lines], abstracts="none")
            started = time.process_time()
            info = build_full_text(index, [lines])
            seconds = time.process_time() - started
            assert info.papers == info.abstracts == part
            sizes.append(info.size)
            print(f"{part:,} records: {info.size / 1e6:.1f} MB ({_parts_of(index)})")
            print(
                f"  {seconds:.0f} s of processor time, peak "
                f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB with index",
                flush=True,
            )
    half, whole = sizes
    line = whole + (whole - half) / (count - count // 2) * (ARXIV_RECORDS - count)
    law = whole * (whole / half) ** (math.log(ARXIV_RECORDS / count) / math.log(2))
    print(
        f"{ARXIV_RECORDS:,} records: {line / 1e9:.2f} GB at most (straight line), "
        f"{law / 1e9:.2f} GB (power law)"
    )


def _parts_of(index: Path) -> str:
    """What of a full text takes how much, without the room that is left in pages."""
    store = open_full_text(index)
    assert store is not None
    queries = {
        "texts": "select sum(length(documents)) from block",
        "lists": "select sum(length(documents)) from list",
        "words": "select sum(length(cast(text as blob)) + 10 + ifnull(length(rare), 0)) from word",
        "names": "select count(*) * 11 from name",
    }
    with store:
        parts = [f"{name} {store.rows(text)[0][0] / 1e6:.1f}" for name, text in queries.items()]
        words, lists = (store.rows(f"select count(*) from {one}")[0][0] for one in ("word", "list"))
    return ", ".join([*parts, f"{words:,} words, {lists:,} lists"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of records.jsonl.xz, or that file")
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("-n", type=int, default=1_000, help="questions")
    parser.add_argument("--file", type=Path, help="a .bib file to search")
    parser.add_argument(
        "--size", type=int, nargs="?", const=300_000, help="make so many records and tell the room"
    )
    parser.add_argument("--times", type=int, default=7)
    parser.add_argument("--peers", action="store_true")
    parser.add_argument(
        "--everything", action="store_true", help="index the records without abstract too"
    )
    told = parser.parse_args()
    if told.data is not None:
        path = told.data / "records.jsonl.xz" if told.data.is_dir() else told.data
        if told.size is not None:
            measure_size(path, told.size)
            return
        measure(path, told.seed, told.n, peers=told.peers, everything=told.everything)
    if told.file is not None:
        whole_process(told.file, told.times)
        keystrokes(told.file)
    if told.data is None and told.file is None:
        parser.error("name --data or --file")


if __name__ == "__main__":
    main()
