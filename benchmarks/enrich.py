"""What enrichment costs: requests and waiting at the services' own pace, and speed offline.

    python benchmarks/enrich.py                      # the services: some minutes
    python benchmarks/enrich.py --index PATH         # and 10,000 entries offline
    python benchmarks/enrich.py -n 200 --json

The services are the stand-ins of `tests/stand_in.py` behind a real socket, with invented papers;
the pace of each service is kept by the transport on a simulated clock, so the seconds printed are
those that a run would wait at the real services (the time for their answers comes on top). Beside
it stands what tools need that ask entry by entry, as one of them was measured in July 2026: two
requests for each reference, 3.4 seconds each, and 25 to 29 once the services throttle it.

The index (`bibtools index build`) is that of whatever records are at hand; the 10,000 entries are
made of its own papers, dressed as .bib files dress them, and of invented ones that it lacks.
"""

from __future__ import annotations

import argparse
import json
import platform
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the stand-ins live among the tests

from bibtools.adapters.index import Index, open_index  # noqa: E402
from bibtools.adapters.index.schema import unpack_id  # noqa: E402
from bibtools.adapters.web import SimulatedClock, Web, WebSettings  # noqa: E402
from bibtools.matching.evidence import IndexedPaper  # noqa: E402
from bibtools.model import Doi, Entry, Name, PartialDate, parse_arxiv  # noqa: E402
from bibtools.workflows.online import OnlineOptions, enrich_online  # noqa: E402
from tests.loopback import Loopback  # noqa: E402
from tests.stand_in import SERVICES, Paper, Repository, World  # noqa: E402

RIVAL_REQUESTS = 2.0
RIVAL_SECONDS = (3.4, 29.0)
TARGETS = {"known IDs": 0.06, "titles only": 1.2, "code links": 1.0, "second run": 0.0}
"""Requests for each entry that are at most wanted."""

MIX = (
    ("ID",) * 5
    + ("title",) * 6
    + ("capitals",) * 2
    + ("no subtitle", "a letter missing", *("elsewhere",) * 5)
)
"""Of twenty entries offline, what they have of a paper of the index; "elsewhere" is not in it."""

Row = dict[str, Any]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("-n", type=int, default=1000, help="entries of each scenario")
    parser.add_argument("--index", type=Path, metavar="PATH", help="measure offline with it")
    parser.add_argument("--entries", type=int, default=10_000, help="entries offline")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    rows = online(options.n)
    figures: Row = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "online": rows,
    }
    if options.index is not None:
        figures["offline"] = offline(options.index, options.entries)
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        show(figures)
    return 0 if all(row["met"] for row in [*rows, *figures.get("offline", ())]) else 1


# --- a world of invented papers -----------------------------------------------------------------

WORDS = """buoyant drifting folded leaking patient quiet rapid salted tidal woven amber brittle
copper distant eager frozen gentle hollow iron jagged kindred lunar mossy narrow oblique painted
anchor beacon canal dock estuary ferry gull harbour island jetty keel lagoon mast net oar pier quay
raft sail tide vessel wharf yacht zephyr atlas buoy current delta eddy fathom gale hull inlet knot
learning sorting folding counting mapping tracing weaving merging ranking sensing""".split()
GIVEN = "Ada Bea Cai Dov Eve Finn Gil Hana Ivo Jun Kaia Leo Mira Noor Otto Pia".split()
FAMILY = "Example Muster Beispiel Ejemplo Esempio Exemple Paaske Voorbeeld Primer Onneli".split()


def invent(number: int, rng: random.Random, **more: Any) -> Paper:
    """The paper of this number; its title is no other's."""
    words = rng.sample(WORDS, 5)
    first, second = divmod(number, len(WORDS))
    title = (
        f"{words[0]} {words[1]} {words[2]} of {WORDS[second]} and {WORDS[first % 60]} {words[3]}"
    )
    authors = tuple(f"{rng.choice(GIVEN)} {rng.choice(FAMILY)}" for _ in range(rng.randint(1, 4)))
    year = rng.randint(2015, 2024)
    return Paper(title.capitalize(), tuple(dict.fromkeys(authors)), year, **more)


def world_of(n: int, rng: random.Random, *, on_arxiv: float = 1.0) -> World:
    """Papers as computer science has them: a third published with a DOI that arXiv knows, a third
    published where only DBLP says so, a third preprints; some with code.
    """
    papers = []
    repositories = {}
    for number in range(n):
        kind = number % 3
        more: Row = {"arxiv": f"{rng.randint(15, 24)}{rng.randint(1, 12):02}.{number + 10000:05}"}
        if kind < 2:
            more |= {"doi": f"10.1234/p.{number}", "venue": "Journal of Harbours", "volume": "3",
                     "stated": kind == 0, "pages": f"{number}-{number + 9}"}  # fmt: skip
        if number % 4 == 0:
            repository = f"example/code-{number}"
            repositories[repository] = Repository(archived=number % 8 == 0)
            more["hugging_face"] = (f"https://github.com/{repository}", "user")
        elif number % 8 == 1:
            more["comment"] = f"Code: https://github.com/example/own-{number}"
            repositories[f"example/own-{number}"] = Repository()
        if rng.random() >= on_arxiv:
            more |= {"arxiv": None, "hugging_face": None}
        papers.append(invent(number, rng, in_dblp=kind != 2, **more))
    return World(papers, repositories)


def entry_of(paper: Paper, *, what: str) -> Entry:
    """The entry with no more than its title and authors, and one identifier."""
    names = (one.rpartition(" ") for one in paper.authors)
    entry = Entry(
        type="article-journal" if what == "doi" else "document",
        title=paper.title,
        authors=tuple(Name(family=family, given=given) for given, _, family in names),
        date=PartialDate(paper.year),
    )
    if what == "arxiv" and paper.arxiv is not None:
        return replace(entry, arxiv=parse_arxiv(paper.arxiv), type="preprint")
    if what == "doi" and paper.doi is not None:
        return replace(entry, doi=Doi(paper.doi))
    return entry


# --- online -------------------------------------------------------------------------------------


def online(n: int) -> list[Row]:
    rng = random.Random(4)
    world = world_of(n, rng)
    half = world_of(n, random.Random(5), on_arxiv=0.5)
    by_arxiv = [entry_of(one, what="arxiv") for one in world.papers]
    by_either = [
        entry_of(one, what="doi" if one.doi and number % 2 else "arxiv")
        for number, one in enumerate(world.papers)
    ]
    titles = [entry_of(one, what="title") for one in world.papers]
    rows = []
    metadata = OnlineOptions(code=False)
    checked = OnlineOptions(verify=True, keyed=frozenset({"github"}))
    halves = [entry_of(one, what="title") for one in half.papers]
    with tempfile.TemporaryDirectory() as folder, Loopback(world.routes()) as server:
        kept = Path(folder)
        rows.append(run("known IDs", "arXiv IDs", server, by_arxiv, metadata, kept))
        # On top of the first run, whose answers are there.
        rows.append(run("code links", "on top, token", server, by_arxiv, checked, kept))
        rows.append(run("second run", "all of it again", server, by_arxiv, checked, kept))
        rows.append(run("known IDs", "and DOIs", server, by_either, metadata))
        rows.append(run("titles only", "all on arXiv", server, titles, metadata))
    with Loopback(half.routes()) as server:
        rows.append(run("titles only", "half on arXiv", server, halves, metadata))
    return rows


def run(
    scenario: str,
    what: str,
    server: Loopback,
    entries: Sequence[Entry],
    options: OnlineOptions,
    cache: Path | None = None,
) -> Row:
    clock = SimulatedClock()
    settings = WebSettings(
        cache=cache,
        keys={"GITHUB_TOKEN": "not-a-token"} if options.keyed else {},
        endpoints={name: f"{server.base}/{name}" for name in SERVICES},
        allow_private=frozenset({server.host}),
    )
    began = time.perf_counter()
    with Web(settings, clock) as web:
        result = enrich_online(entries, web, None, options)
        requests = dict(web.counts.requests)
    seconds = time.perf_counter() - began
    total = sum(requests.values())
    wanted = TARGETS[scenario]
    return {
        "scenario": scenario,
        "what": what,
        "entries": len(entries),
        "requests": dict(sorted(requests.items())),
        "total": total,
        "per_entry": round(total / len(entries), 3),
        "at_most": wanted,
        "met": total <= wanted * len(entries),
        "waited_seconds": round(clock.elapsed),
        "own_seconds": round(seconds, 1),
        "with_arxiv": sum(one.arxiv is not None for one in result.entries),
        "with_doi": sum(one.doi is not None for one in result.entries),
        "with_code": sum(bool(one.code) for one in result.entries),
        "rival_requests": round(RIVAL_REQUESTS * len(entries)),
        "rival_seconds": [round(each * len(entries)) for each in RIVAL_SECONDS],
    }


# --- offline ------------------------------------------------------------------------------------


def offline(path: Path, count: int) -> list[Row]:
    """Entries as a bibliography has them: see `MIX`."""
    rng = random.Random(6)
    with open_index(path) as index:
        entries = mixed(index, path, count, rng)
        settings = WebSettings(offline=True)
        with Web(settings, SimulatedClock()) as web:
            enrich_online(entries[:200], web, index)  # what is loaded once
            began = time.perf_counter()
            result = enrich_online(entries, web, index)
            seconds = time.perf_counter() - began
    return [
        {
            "scenario": "offline",
            "entries": len(entries),
            "seconds": round(seconds, 2),
            "per_second": round(len(entries) / seconds),
            "mix": {kind: MIX.count(kind) / len(MIX) for kind in dict.fromkeys(MIX)},
            "at_least": 2000,
            "met": len(entries) / seconds >= 2000,
            "with_arxiv": sum(one.arxiv is not None for one in result.entries),
            "with_code": sum(bool(one.code) for one in result.entries),
        }
    ]


def mixed(index: Index, path: Path, count: int, rng: random.Random) -> list[Entry]:
    papers = sample(index, path, count, rng)
    entries = []
    for number, paper in enumerate(papers):
        kind = MIX[number % len(MIX)]
        entry = Entry(
            type="article-journal",
            title=paper.title,
            authors=paper.authors[:3],
            authors_truncated=len(paper.authors) > 3,
            date=PartialDate(paper.arxiv.year),
        )
        if kind == "ID":
            entry = replace(entry, arxiv=paper.arxiv, type="preprint")
        elif kind == "capitals":
            entry = replace(entry, title=paper.title.upper())
        elif kind == "no subtitle":
            entry = replace(entry, title=paper.title.partition(":")[0])
        elif kind == "a letter missing":
            place = rng.randrange(len(paper.title))
            entry = replace(entry, title=paper.title[:place] + paper.title[place + 1 :])
        elif kind == "elsewhere":
            entry = entry_of(invent(number, rng), what="title")
        entries.append(entry)
    return entries


def sample(index: Index, path: Path, count: int, rng: random.Random) -> list[IndexedPaper]:
    """Papers of the index, by chance."""
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    numbers = [number for (number,) in database.execute("select id from paper order by id")]
    database.close()
    chosen = rng.choices(numbers, k=count)
    return [paper for one in chosen if (paper := index.paper(unpack_id(one))) is not None]


def show(figures: Row) -> None:
    print(f"{figures['date']}, {figures['machine']}")
    print(
        f"{'':32}{'entries':>8}{'requests':>10}{'each':>8}{'at most':>9}{'waited':>10}"
        f"{'one at a time':>38}"
    )
    for row in figures["online"]:
        low, high = row["rival_seconds"]
        rival = f"{row['rival_requests']:,} requests, {low:,} to {high:,} s"
        print(
            f"{row['scenario'] + ': ' + row['what']:32}{row['entries']:8,}{row['total']:10,}"
            f"{row['per_entry']:8.3f}{row['at_most']:9.2f}{row['waited_seconds']:8,} s{rival:>38}"
            f"{'' if row['met'] else '  TOO MANY'}"
        )
        asked = ", ".join(f"{name} {number}" for name, number in row["requests"].items())
        print(
            f"    {asked or 'nothing asked'}; now {row['with_arxiv']} with arXiv ID, "
            f"{row['with_doi']} with DOI, {row['with_code']} with code"
        )
    for row in figures.get("offline", ()):
        print(
            f"offline: {row['entries']:,} entries in {row['seconds']} s, {row['per_second']:,}/s "
            f"(at least {row['at_least']:,}/s); {row['with_arxiv']:,} with arXiv ID"
            f"{'' if row['met'] else '  TOO SLOW'}"
        )


if __name__ == "__main__":
    sys.exit(main())
