"""Measure the offline index at the size of arXiv, with made-up records, beside two peers.

    python benchmarks/index.py                      # 2.9 million records: about half an hour
    python benchmarks/index.py -n 100000            # a minute or two
    python benchmarks/index.py -n 100000 --peers    # with FTS5/bm25 and a rapidfuzz scan

The records come from a seeded generator: words after Zipf and Mandelbrot (300,000 words,
exponent 1.07), titles of 73 characters and abstracts of 1,100 on the average, two to six
authors. They are denser in common words than real titles, so that speeds are lower bounds.
The index is built by the command line in a process of its own; look-ups run in this one.
"""

from __future__ import annotations

import argparse
import bisect
import itertools
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bibtools.adapters.index import Index, open_index
from bibtools.model import Entry, Name, PartialDate, parse_iso

STOP = "the of a and in for to we with on is that this by as from our are an be which can".split()
ONSETS = "b br c ch cl d dr f fl g gr h j k l m n p pl pr qu r s sh st str t th tr v w z".split()
VOWELS = "a e i o u ai ea io ou".split()
CODAS = "n r s t l m nd nt rm st x ck".split()


def vocabulary(rng: random.Random, size: int) -> list[str]:
    """Made-up words, the more frequent ones shorter."""
    words: dict[str, None] = {}
    while len(words) < size:
        syllables = 1 + min(4, len(words) // 400 if len(words) < 1600 else rng.choice((2, 3, 3, 4)))
        word = "".join(rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(syllables))
        words[word + rng.choice(CODAS)] = None
    return list(words)


class Generator:
    """Records of the shape of arXiv's snapshot, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.rng = rng = random.Random(seed)
        words = vocabulary(rng, 300_000)
        # Zipf and Mandelbrot: the frequency of rank r is 1 / (r + 2.7) ** 1.07.
        bounds = list(itertools.accumulate(1 / (rank + 2.7) ** 1.07 for rank in range(len(words))))
        self.pool = [
            words[bisect.bisect(bounds, rng.random() * bounds[-1])] for _ in range(2_000_003)
        ]
        self.families = [word.capitalize() for word in words[2_000:62_000]]
        self.given = [word.capitalize() for word in words[500:3_500]]

    def words(self, count: int) -> list[str]:
        """Words after the law; steps through the pool, so that no two texts share a stretch."""
        step = self.rng.randrange(1, 5_000)
        start = self.rng.randrange(len(self.pool) - count * step)
        return self.pool[start : start + count * step : step]

    def title(self) -> str:
        """A title of 73 characters on the average."""
        words = self.words(max(2, min(22, round(self.rng.lognormvariate(1.95, 0.36)))))
        if self.rng.random() < 0.3 and len(words) > 4:
            words[1] += ":"
        words.insert(len(words) // 2, self.rng.choice(STOP))
        return " ".join(words).capitalize()

    def abstract(self) -> str:
        """A text of 1,100 characters on the average, a third of it function words."""
        words = self.words(max(40, round(self.rng.gauss(112, 35))))
        mixed: list[str] = []
        for number, word in enumerate(words):
            mixed.append(word)
            if number % 2:
                mixed.append(STOP[hash_of(number, len(word)) % len(STOP)])
        return " ".join(mixed).capitalize() + "."

    def records(self, count: int, with_abstracts: bool) -> Iterator[dict[str, object]]:
        """Records in order of their IDs, as in the snapshot."""
        # Until 2014 arXiv had room for 9,999 papers a month, and fewer came; 233 months in all.
        early, late = max(1, count * 19 // 100 // 93), count * 81 // 100 // 140 + 1
        for number in range(count):
            if number < early * 93:
                each, (month, within) = early, divmod(number, early)
            else:
                each, (month, within) = late, divmod(number - early * 93, late)
                month += 93
            year, month = divmod(month + 3, 12)
            day = f"{2007 + year:04}-{month + 1:02}-{1 + within * 28 // each:02}"
            people = [
                [self.rng.choice(self.families), self.rng.choice(self.given), ""]
                for _ in range(self.rng.choice((1, 2, 3, 3, 4, 5, 6)))
            ]
            digits = 5 if year >= 8 else 4
            yield {
                "id": f"{(7 + year) % 100:02}{month + 1:02}.{within + 1:0{digits}}",
                "title": self.title(),
                "authors": ", ".join(f"{given} {family}" for family, given, _ in people),
                "authors_parsed": people,
                "abstract": self.abstract() if with_abstracts else "",
                "categories": self.rng.choice(
                    ("cs.CL", "math.CO math.PR", "hep-th", "cs.LG cs.AI")
                ),
                "comments": "12 pages, 5 figures",
                "doi": f"10.1000/{number:08}" if number % 3 == 0 else None,
                "versions": [{"version": "v1", "created": day}],
                "update_date": day,
            }


def hash_of(*numbers: int) -> int:
    """A small deterministic mix."""
    value = 17
    for number in numbers:
        value = value * 31 + number
    return value


def typo(rng: random.Random, title: str) -> str:
    """The title with one letter left out, doubled, exchanged or turned with its neighbour."""
    at = rng.randrange(1, len(title) - 1)
    kind = rng.randrange(4)
    if kind == 0:
        return title[:at] + title[at + 1 :]
    if kind == 1:
        return title[:at] + rng.choice("aeinorst") + title[at:]
    if kind == 2:
        return title[:at] + rng.choice("aeinorst") + title[at + 1 :]
    return title[: at - 1] + title[at] + title[at - 1] + title[at + 1 :]


def word_missing(rng: random.Random, title: str) -> str:
    """The title without one of its words."""
    words = title.split()
    del words[rng.randrange(len(words))]
    return " ".join(words)


KINDS: dict[str, Callable[[random.Random, str], str]] = {
    "exact": lambda _, title: title.upper(),
    "one typo": typo,
    "two typos": lambda rng, title: typo(rng, typo(rng, title)),
    "word missing": word_missing,
}


class Memory(threading.Thread):
    """The most memory that a process and its children held together (Linux only)."""

    def __init__(self, process: int) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.most = 0

    def run(self) -> None:
        while True:
            held = self.resident(self.process)
            if not held:
                return
            self.most = max(self.most, held)
            time.sleep(0.5)

    def resident(self, process: int) -> int:
        """Bytes held by a process and its children; 0 when it is gone or not on Linux."""
        folder = Path("/proc") / str(process)
        try:
            status = (folder / "status").read_text()
            children = (folder / "task" / str(process) / "children").read_text().split()
        except OSError:
            return 0
        own = next((line for line in status.splitlines() if line.startswith("VmRSS")), None)
        kilobytes = int(own.split()[1]) if own else 0
        return kilobytes * 1000 + sum(self.resident(int(child)) for child in children)


def build(records: Path, index: Path, abstracts: str, count: int) -> None:
    """Build with the command line and print its figures."""
    started = time.perf_counter()
    used = os.times()
    before = used.children_user + used.children_system
    command = [sys.executable, "-m", "bibtools", "index", "build", "--quiet", "--arxiv", records]
    process = subprocess.Popen([*map(str, command), "--index", index, "--abstracts", abstracts])
    memory = Memory(process.pid)
    memory.start()
    if process.wait() != 0:
        sys.exit("the index could not be built")
    seconds = time.perf_counter() - started
    size = index.stat().st_size
    used = os.times()
    processor = used.children_user + used.children_system - before
    print(
        f"build, abstracts={abstracts}: {seconds:.0f} s ({count / seconds:,.0f} records/s), "
        f"{processor:.0f} s of processor time, "
        f"{size / 1e6:,.0f} MB ({size / count:.0f} bytes a record), "
        f"memory {memory.most / 1e6:,.0f} MB over all processes",
        flush=True,
    )


def entry_of(record: dict[str, object], title: str) -> Entry:
    """The question: a changed title, two authors, the year."""
    day = parse_iso(str(record["versions"][0]["created"]))  # type: ignore[index]
    people: Sequence[Sequence[str]] = record["authors_parsed"]  # type: ignore[assignment]
    names = tuple(Name(family=family, given=given) for family, given, _ in people[:2])
    year = PartialDate(day.year) if day else None
    return Entry(title=title, authors=names, authors_truncated=len(people) > 2, date=year)


def look_up(index: Index, sample: Sequence[dict[str, object]], *, texts: bool) -> None:
    """Speed and rightness of every kind of question."""
    for kind, change in KINDS.items():
        rng = random.Random(kind)
        entries = [entry_of(record, change(rng, str(record["title"]))) for record in sample]
        started = time.perf_counter()
        answers = [index.resolve_one(entry) for entry in entries]
        seconds = time.perf_counter() - started
        got = [answer.arxiv.value if answer.arxiv else None for answer in answers]
        right = sum(one == record["id"] for one, record in zip(got, sample, strict=True))
        wrong = sum(one is not None for one in got) - right
        print(
            f"look-up, {kind}: {len(entries) / seconds:,.0f}/s, "
            f"right {right / len(entries):.4f}, wrong {wrong}",
            flush=True,
        )
    if texts:
        entries = [Entry(abstract=str(record["abstract"])) for record in sample]
        started = time.perf_counter()
        answers = [index.resolve_one(entry) for entry in entries]
        seconds = time.perf_counter() - started
        right = sum(
            answer.arxiv is not None and answer.arxiv.value == record["id"]
            for answer, record in zip(answers, sample, strict=True)
        )
        print(
            f"look-up, abstract alone: {len(entries) / seconds:,.0f}/s, "
            f"right {right / len(sample):.4f}"
        )


def peers(index: Path, sample: Sequence[dict[str, object]]) -> None:
    """The same questions (one typo) to a plain FTS5 table and to a rapidfuzz scan."""
    from rapidfuzz import process

    rng = random.Random("peers")
    asked = [(typo(rng, str(record["title"])), str(record["title"])) for record in sample[:50]]
    source = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    titles = [row[0] for row in source.execute("select title from paper")]
    started = time.perf_counter()
    table = sqlite3.connect(":memory:")
    table.execute("create virtual table paper using fts5(title)")
    table.executemany("insert into paper values(?)", ((title,) for title in titles))
    print(f"peer, FTS5 in memory: built in {time.perf_counter() - started:.0f} s")
    started = time.perf_counter()
    right = 0
    for question, title in asked:
        words = "".join(char if char.isalnum() else " " for char in question).split()
        match = " OR ".join(f'"{word}"' for word in words)
        row = table.execute(
            "select title from paper where paper match ? order by bm25(paper) limit 1", (match,)
        ).fetchone()
        right += row is not None and row[0] == title
    seconds = time.perf_counter() - started
    print(
        f"peer, FTS5 bm25: {len(asked) / seconds:,.1f}/s, first hit right {right / len(asked):.2f}"
    )
    started = time.perf_counter()
    right = 0
    for question, title in asked[:10]:
        best = process.extractOne(question, titles)
        right += best is not None and best[0] == title
    seconds = time.perf_counter() - started
    print(f"peer, rapidfuzz scan: {10 / seconds:,.1f}/s, first hit right {right / 10:.2f}")


def write_records(path: Path, count: int, seed: int) -> None:
    """Make the records."""
    with path.open("w", encoding="utf-8") as file:
        for record in Generator(seed).records(count, with_abstracts=True):
            file.write(json.dumps(record) + "\n")


def read_sample(path: Path, count: int, questions: int, seed: int) -> list[dict[str, object]]:
    """Some of the records, to ask for."""
    chosen = set(random.Random(seed).sample(range(count), min(questions, count)))
    with path.open("rb") as file:
        return [json.loads(line) for number, line in enumerate(file) if number in chosen]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("-n", "--records", type=int, default=2_900_000)
    parser.add_argument("--questions", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep the records and indexes here")
    parser.add_argument("--reuse", action="store_true", help="use what is in the folder already")
    parser.add_argument("--peers", action="store_true", help="also FTS5/bm25 and a rapidfuzz scan")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        records = folder / "records.jsonl"
        if not (options.reuse and records.exists()):
            write_records(records, options.records, options.seed)
        sample = read_sample(records, options.records, options.questions, options.seed)
        print(f"{options.records:,} records, {records.stat().st_size / 1e9:.2f} GB", flush=True)
        for abstracts in ("none", "fingerprints"):
            index = folder / f"{abstracts}.sqlite"
            if not (options.reuse and index.exists()):
                build(records, index, abstracts, options.records)
            with open_index(index) as opened:
                look_up(opened, sample, texts=abstracts != "none")
        if options.peers:
            peers(folder / "none.sqlite", sample)


if __name__ == "__main__":
    main()
