"""What a sync with Zotero costs: requests, seconds and memory, on the stand-in of the tests.

    python benchmarks/zotero.py                  # 10,000 papers; then a library of 50,000: minutes
    python benchmarks/zotero.py -n 1000 --library 0 --json

The commands run as a user runs them, each in a process of its own, whose peak memory is told; the
server is the stand-in of `tests/zotero_server` behind a real socket, in this process, so its own
work is in the seconds. A real server answers later: a request took 0.1 to 1 second and one that
writes fifty objects some seconds, which has to be added for each.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the stand-in lives among the tests

from bibtools.sync.planning import make_plan  # noqa: E402
from bibtools.workflows.zotero.connecting import Connection  # noqa: E402
from bibtools.workflows.zotero.preparing import Wanted, prepare  # noqa: E402
from bibtools.workflows.zotero.session import open_session  # noqa: E402
from tests.zotero_server import KEY, ZoteroServer  # noqa: E402

MOST_READS = 5
"""Requests of a sync of which nothing changed that are at most wanted."""
MOST_PLANNING = 5.0
"""Seconds of the processor that planning may take, for 10,000 entries beside 10,000 items."""
MOST_MEMORY = {"pull": 500, "again": 350, "collection": 150}
"""MiB that a library of 50,000 items may take: pulled, unchanged, and beside a file of 100."""
READING = 100
"""Items of the library that are in a collection."""
STATE = "refs.bib.zotero.jsonl"
MEASURED = """import json, os, subprocess, sys
one = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(one.pid, 0)
used = usage.ru_utime + usage.ru_stime
print(json.dumps([os.waitstatus_to_exitcode(status), used, usage.ru_maxrss]))"""
"""Starts a command and tells what it took. A small process has to do that: the peak memory of one
that a large process started is at least that of the large one."""
WORDS = """buoyant drifting folded leaking patient quiet rapid salted tidal woven amber brittle
copper distant eager frozen gentle hollow iron jagged kindred lunar mossy narrow oblique painted
anchor beacon canal dock estuary ferry gull harbour island jetty keel lagoon mast net oar pier quay
raft sail vessel wharf yacht zephyr atlas current delta eddy fathom gale hull inlet knot""".split()
FAMILY = "Example Muster Beispiel Ejemplo Esempio Exemple Paaske Voorbeeld Primer Onneli".split()

Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("-n", type=int, default=10_000, help="papers, half of them with code")
    parser.add_argument(
        "--library", type=int, default=50_000, help="items of a first pull; 0: none"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    rows = papers(options.n)
    if options.library:
        rows += first_pull(options.library)
    figures: Row = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "rows": rows,
    }
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        show(rows)
    return 0 if all(row["met"] for row in rows) else 1


# --- invented papers ----------------------------------------------------------------------------


def title_of(number: int) -> str:
    """A title that no other number has."""
    rng = random.Random(number)
    first, second = divmod(number, len(WORDS))
    third, first = divmod(first, len(WORDS))
    words = rng.sample(WORDS, 3)
    return (
        f"{words[0]} {words[1]} of {WORDS[third]} {WORDS[second]} and {WORDS[first]} {words[2]}"
    ).capitalize()


def entry_text(number: int, *, code: bool) -> str:
    """A paper as it stands in a file."""
    rng = random.Random(-number)
    people = " and ".join(f"{rng.choice(FAMILY)}, A. {rng.choice('BCDE')}." for _ in range(3))
    link = f"  code = {{https://github.com/example/paper{number}}},\n" if code else ""
    abstract = " ".join(rng.choices(WORDS, k=120)).capitalize()
    return (
        f"@article{{paper{number},\n  author = {{{people}}},\n  title = {{{title_of(number)}}},\n"
        f"  journal = {{Journal of Harbours}},\n  year = {{{1990 + number % 35}}},\n"
        f"  volume = {{{number % 80 + 1}}},\n  pages = {{{number}--{number + 9}}},\n"
        f"  doi = {{10.1234/p.{number}}},\n{link}  keywords = {{water, {WORDS[number % 50]}}},\n"
        f"  abstract = {{{abstract}}},\n}}\n\n"
    )


def item_data(number: int) -> Row:
    """A paper as it stands in a library."""
    rng = random.Random(-number)
    return {
        "itemType": "journalArticle",
        "title": title_of(number),
        "creators": [
            {"creatorType": "author", "firstName": f"A. {rng.choice('BCDE')}.",
             "lastName": rng.choice(FAMILY)} for _ in range(3)
        ],
        "abstractNote": " ".join(rng.choices(WORDS, k=120)).capitalize(),
        "publicationTitle": "Journal of Harbours",
        "date": str(1990 + number % 35),
        "volume": str(number % 80 + 1),
        "pages": f"{number}-{number + 9}",
        "DOI": f"10.1234/p.{number}",
        "citationKey": f"paper{number}",
        "tags": [{"tag": "water"}, {"tag": WORDS[number % 50]}],
    }  # fmt: skip


# --- a user -------------------------------------------------------------------------------------


class User:
    """Somebody with a folder and a key, who runs commands."""

    def __init__(self, server: ZoteroServer, address: str, folder: Path) -> None:
        self.server = server
        self.file = folder / "refs.bib"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ZOTERO_")}
        told = {
            "ZOTERO_API_KEY": KEY,
            "BIBTOOLS_ZOTERO_ENDPOINT": address,
            "BIBTOOLS_STATE": str(folder / "state"),
            "BIBTOOLS_CACHE": str(folder / "cache"),
            "BIBTOOLS_CONFIG": str(folder / "config"),
        }
        os.environ.update(told)
        self.environ = {**kept, **told, "PYTHONPATH": str(ROOT)}

    def runs(self, what: str, command: str, *options: str, **wanted: int) -> Row:
        """`bibtools zotero COMMAND refs.bib --yes`: what it took, and whether that is as wanted.

        `wanted` are most `reads`, exact (`writes`) or most (`most_writes`) writes, and most
        `memory` in MiB.
        """
        self.server.forget()
        start = time.perf_counter()
        command_line = [sys.executable, "-m", "bibtools", "zotero", command, self.file.name]
        process = subprocess.run(
            [sys.executable, "-c", MEASURED, *command_line, "--yes", "-q", *options],
            cwd=self.file.parent,
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
        )
        seconds = time.perf_counter() - start
        code, processor, largest = json.loads(process.stdout.splitlines()[-1])
        if code:
            raise SystemExit(f"bibtools zotero {command} ended with {code}: {process.stderr}")
        reads, writes = self.server.reads, self.server.writes
        memory = round(largest / (1 << 10 if sys.platform == "linux" else 1 << 20))
        return {
            "what": what,
            "reads": reads,
            "writes": writes,
            "seconds": round(seconds, 2),
            "processor": round(processor, 2),
            "memory": memory,
            "wanted": wanted,
            "met": reads <= wanted.get("reads", reads)
            and writes == wanted.get("writes", writes)
            and writes <= wanted.get("most_writes", writes)
            and memory <= wanted.get("memory", memory),
        }

    def replace(self, old: str, new: str) -> None:
        text = self.file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        self.file.write_text(text.replace(old, new), encoding="utf-8")

    def plans(self, what: str) -> Row:
        """The planning alone, in this process, of both sides as they are."""
        here = Path.cwd()
        os.chdir(self.file.parent)
        try:
            with open_session(Connection()) as session:
                request = prepare(session, self.file.name, Wanted()).request
                start, before = time.perf_counter(), time.process_time()
                plan = make_plan(request)
                seconds, processor = time.perf_counter() - start, time.process_time() - before
        finally:
            os.chdir(here)
        return {
            "what": what,
            "reads": 0,
            "writes": 0,
            "seconds": round(seconds, 2),
            "processor": round(processor, 2),
            "memory": 0,
            "steps": len(plan.remote) + len(plan.local),
            "unsure": len(plan.unsure),
            "wanted": {"processor": MOST_PLANNING},
            "met": processor <= MOST_PLANNING,
        }


# --- what is measured ---------------------------------------------------------------------------


def papers(n: int) -> list[Row]:
    """A file of n papers and an empty library: pushed, unchanged, changed."""
    children = n // 2
    server = ZoteroServer.with_user()
    with tempfile.TemporaryDirectory() as folder, server.running() as address:
        user = User(server, address, Path(folder))
        user.file.write_text(
            "".join(entry_text(number, code=number < children) for number in range(n)),
            encoding="utf-8",
        )
        library = server.library("users", 1)
        most = math.ceil((n + children) / 50) + 10
        rows = [
            user.runs(f"{n:,} new, {children:,} with code", "push", most_writes=most),
            user.runs("again, nothing changed", "sync", writes=0, reads=MOST_READS),
        ]
        user.replace(title_of(n // 3), "A new title")
        rows.append(user.runs("one field changed in the file", "sync", writes=1))
        key = next(key for key, item in library.items.items() if not item.parent)
        library.edit(key, volume="99")
        rows.append(user.runs("one field changed in Zotero", "sync", writes=0))
        rows.append(user.runs("and again", "sync", writes=0, reads=MOST_READS))
        for number in range(0, n, 100):
            user.replace(title_of(number) + "}", title_of(number) + " anew}")
        rows.append(user.plans(f"planning {n:,} x {n:,}, every hundredth changed"))
        (user.file.parent / STATE).unlink()
        rows.append(user.plans(f"planning {n:,} x {n:,}, nothing remembered"))
        text = user.file.read_text(encoding="utf-8")
        for old, new in (
            ("Journal of", "Annals of"),
            ("volume = {", "volume = {1"),
            ("A. ", "Z. "),
        ):
            text = text.replace(old, new)
        user.file.write_text(text, encoding="utf-8")
        rows.append(user.plans("the same, and nearly all pairs differ"))
        return rows


def first_pull(n: int) -> list[Row]:
    """A library of n items, and no file yet."""
    server = ZoteroServer.with_user()
    with tempfile.TemporaryDirectory() as folder, server.running() as address:
        user = User(server, address, Path(folder))
        library = server.library("users", 1)
        reading = library.add_collection("Reading")
        for number in range(n):
            inside = {"collections": [reading]} if number < READING else {}
            library.put(item_data(number) | inside)
        pages = math.ceil(n / 100) + 10
        most = MOST_MEMORY
        rows = [
            user.runs(
                f"first pull of {n:,} items", "pull", writes=0, reads=pages, memory=most["pull"]
            ),
            user.runs(
                "again, nothing changed", "pull", writes=0, reads=MOST_READS, memory=most["again"]
            ),
        ]
        library.edit(next(iter(library.items)), volume="99")
        rows.append(user.runs("one field changed in Zotero", "pull", writes=0))
        user.file = user.file.with_name("reading.bib")
        scope = ("--collection", "Reading")
        small = {"writes": 0, "memory": most["collection"]}
        rows += [
            user.runs(f"a file of {READING} from a collection of it", "sync", *scope, **small),
            user.runs("and again", "sync", *scope, reads=MOST_READS, **small),
        ]
        library.edit(next(iter(library.items)), volume="98")
        rows.append(user.runs("one of them changed in Zotero", "sync", *scope, **small))
        return rows


def show(rows: list[Row]) -> None:
    """The figures as a table."""
    print(f"{'':52}{'writes':>8}{'reads':>8}{'seconds':>9}{'processor':>11}{'MiB':>7}")
    for row in rows:
        mark = "" if row["met"] else f"   wanted: {row['wanted']}"
        memory = row["memory"] or "-"
        print(f"{row['what']:52}{row['writes']:>8,}{row['reads']:>8,}"
              f"{row['seconds']:>9.2f}{row['processor']:>11.2f}{memory:>7}{mark}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
