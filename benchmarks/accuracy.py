"""How often the answers are right, on real records whose answers are known.

Run from the checkout:

    python benchmarks/accuracy.py --data DIR [--index PATH] [--json]

DIR holds `records.jsonl.xz` (arXiv records with the keys of the public metadata snapshot),
`questions.jsonl` (titles and the right arXiv ID, or null), `published.jsonl.xz` (preprints and
their published versions) and `code_links.jsonl.xz` (papers and repositories). The index is built
in a temporary folder unless `--index` names one (which is built there if it is missing). It holds
no code links but those that the records print, and code links are not looked up in it: they are
read from the texts, so nothing is scored on what it was told.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import os
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bibtools.adapters.index import Index, build, open_index
from bibtools.codelinks import StatedLink, repository_of, stated_links
from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.own_record import is_own_record
from bibtools.matching.published import choose_published, is_published_version
from bibtools.matching.resolve import Asked
from bibtools.model import Entry, Name, Outcome, PartialDate, parse_doi, type_preprint
from bibtools.sites.records import Record
from bibtools.text.addresses import same_address_key
from bibtools.text.people import split_authors
from bibtools.text.titles import title_hash, title_words

FILES = ("records.jsonl.xz", "questions.jsonl", "published.jsonl.xz", "code_links.jsonl.xz")
TYPES = {"inproceedings": "paper-conference", "article": "article-journal"}
SHOWN = 10
"""How many wrong answers are printed with `--verbose`, of each kind."""

SWAPPED = 3
"""How many wrong identifiers each entry is given in turn."""
MOST_AUTHORS = 12
"""Of a paper by more, only the pair itself is looked at: everybody is a co-author there."""
MOST_PAPERS = 60
"""How many papers of one author are looked at for wrong identifiers."""

STAND_INS = 2_500
"""Of how many pairs stand-ins are made."""

Figures = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    shared = Path(os.environ.get("BIBTOOLS_SHARED") or "../shared")
    parser.add_argument("--data", type=Path, default=shared / "arxiv", metavar="DIR")
    parser.add_argument("--index", type=Path, metavar="PATH", help="use or make this index")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--verbose", action="store_true", help="print wrong answers on stderr")
    options = parser.parse_args()
    missing = [name for name in FILES if not (options.data / name).is_file()]
    if missing:
        sys.exit(f'"{options.data}" has no {", ".join(missing)}.')
    with tempfile.TemporaryDirectory() as temporary:
        path = options.index or Path(temporary) / "index.sqlite"
        if not path.exists():
            build(path, [options.data / FILES[0]], processes=os.cpu_count() or 1)
        with open_index(path) as index:
            report = Report(options.verbose)
            figures = {
                "date": datetime.now(tz=UTC).date().isoformat(),
                "data": {name: digest(options.data / name) for name in FILES},
                "records": index.tables.records,
                "title to arXiv ID": titles(options.data, index, report),
                "preprint to published": published(options.data, index, report),
                "identifier to fill": fills(options.data, report),
                "code links": code_links(options.data, report),
            }
    if options.json:
        print(json.dumps(figures, indent=1))
    else:
        show(figures)


@dataclass(frozen=True, slots=True)
class Report:
    """Wrong answers, for whoever wants to see them."""

    verbose: bool

    def __call__(self, kind: str, number: int, text: str) -> None:
        if self.verbose and number < SHOWN:
            print(f"{kind}: {text}", file=sys.stderr)


def digest(path: Path) -> str:
    """The version of a file: the beginning of its SHA-256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, compressed or not."""
    if path.suffix == ".xz":
        with lzma.open(path) as lines:
            yield from map(json.loads, lines)
    else:
        with path.open("rb") as lines:
            yield from map(json.loads, lines)


def part(count: int, whole: int) -> float:
    return round(count / whole, 4) if whole else 0.0


def people(names: Sequence[str]) -> tuple[Name, ...]:
    return tuple(Name(literal=name) for name in names)


# --- title -> arXiv ID ------------------------------------------------------------------------


def titles(data: Path, index: Index, report: Report) -> Figures:
    """Questions by title, with and without authors and year; some have no right answer."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    wrong = 0
    for row in rows(data / "questions.jsonl"):
        entry = Entry(
            title=row["title"],
            authors=people(row["authors"]),
            authors_truncated=row["authors_truncated"],
            date=PartialDate(row["year"]) if row["year"] else None,
        )
        found = index.resolve_one(entry).arxiv
        got = found.value if found is not None else None
        verdict = "right" if got == row["arxiv"] else "wrong" if got else "missed"
        tally = by_kind[row["kind"]]
        tally["n"] += 1
        tally["asked"] += row["arxiv"] is not None
        tally[verdict] += 1
        if verdict == "wrong":
            report("title", wrong, f'{row["kind"]}: "{row["title"]}" gave {got}')
            wrong += 1
    positive = [tally for tally in by_kind.values() if tally["asked"]]
    right = sum(tally["right"] for tally in positive)
    none = [
        tally for kind, tally in by_kind.items() if not tally["asked"] and "sibling" not in kind
    ]
    siblings = [tally for kind, tally in by_kind.items() if "sibling" in kind]
    return {
        "n": sum(tally["n"] for tally in by_kind.values()),
        "precision": part(right, right + wrong),
        "recall": part(right, sum(tally["asked"] for tally in positive)),
        "false answers where there is none": part(
            sum(tally["wrong"] for tally in none), sum(tally["n"] for tally in none)
        ),
        "false answers on siblings": part(
            sum(tally["wrong"] for tally in siblings), sum(tally["n"] for tally in siblings)
        ),
        "by kind": {kind: dict(tally) for kind, tally in sorted(by_kind.items())},
    }


# --- preprint -> published --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """A published paper, the arXiv ID of its preprint, and the preprints that resemble it."""

    paper: Entry
    arxiv: str
    near: tuple[str, ...]


def published(data: Path, index: Index, report: Report) -> Figures:
    """Every published paper among the preprints that resemble it, and the other way round."""
    preprints: dict[str, Entry] = {}
    pairs = []
    for row in rows(data / "published.jsonl.xz"):
        paper = Entry(
            type=TYPES[row["bib_type"]],
            title=row["title"],
            authors=people(row.get("authors", ())),
            date=PartialDate(row["year"]) if row["year"] else None,
            venue=row["venue"],
            doi=parse_doi(row.get("doi") or ""),
        )
        near = resembling(index, paper)
        for one in near:
            preprints.setdefault(one.arxiv.value, preprint(one))
        pairs.append(Pair(paper, row["arxiv_id"], tuple(one.arxiv.value for one in near)))
    named = [pair for pair in pairs if pair.paper.authors]
    return {
        **from_published(named, preprints, report),
        "from the preprint": from_preprints(named, preprints),
        "stand-ins": stand_ins(named, preprints, report),
        "pairs without authors": len(pairs) - len(named),
    }


def resembling(index: Index, paper: Entry) -> tuple[IndexedPaper, ...]:
    """The preprints of the index that a search by title would bring, at most some thirty."""
    asked = Asked.of(paper)
    same = index.tables.papers(index.tables.papers_of_title(title_hash(asked.key)))
    known = {one.arxiv for one in same}
    return (*same, *(one for one in index.near(asked) if one.arxiv not in known))


def preprint(paper: IndexedPaper) -> Entry:
    return Entry(
        type=type_preprint,
        title=paper.title,
        authors=paper.authors,
        date=paper.created or PartialDate(paper.arxiv.year, paper.arxiv.month),
        arxiv=paper.arxiv,
    )


def from_published(pairs: Sequence[Pair], preprints: dict[str, Entry], report: Report) -> Figures:
    """The one preprint of which a paper surely is the published version."""
    right = wrong = ambiguous = negatives = false = 0
    for pair in pairs:
        sure = [
            one
            for one in pair.near
            if is_published_version(preprints[one], pair.paper).outcome is Outcome.SURE
        ]
        negatives += sum(one != pair.arxiv for one in pair.near)
        for one in sure:
            if one != pair.arxiv:
                report("published", false, f'"{pair.paper.title}" for {one}, not {pair.arxiv}')
                false += 1
        if len(sure) > 1:
            ambiguous += 1
        elif sure:
            right += sure[0] == pair.arxiv
            wrong += sure[0] != pair.arxiv
    return {
        "n": len(pairs),
        "precision": part(right, right + wrong),
        "recall": part(right, len(pairs)),
        "ambiguous": ambiguous,
        "near pairs that are no pairs": {"n": negatives, "taken for sure": false},
    }


def from_preprints(pairs: Sequence[Pair], preprints: dict[str, Entry]) -> Figures:
    """Of the papers that resemble a preprint, the one that was chosen."""
    papers: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        for one in pair.near:
            papers[one].append(pair)
    tally: Counter[str] = Counter()
    for arxiv, candidates in papers.items():
        truth = {id(pair.paper) for pair in candidates if pair.arxiv == arxiv}
        choice = choose_published(preprints[arxiv], [Record(pair.paper) for pair in candidates])
        verdict = str(choice.outcome)
        if choice.outcome is Outcome.SURE:
            verdict = "right" if any(id(one.entry) in truth for one in choice.chosen) else "wrong"
        tally[f"{verdict}, {'one' if truth else 'none'} is there"] += 1
    return dict(sorted(tally.items()))


def stand_ins(pairs: Sequence[Pair], preprints: dict[str, Entry], report: Report) -> Figures:
    """Papers changed so that they are another work: how many are still taken for sure."""
    changed: dict[str, Counter[str]] = defaultdict(Counter)
    step = max(1, len(pairs) // STAND_INS)
    for number, pair in enumerate(pairs):
        ours = preprints.get(pair.arxiv)
        if ours is None or number % step:
            continue
        paper, other = pair.paper, pairs[(number + len(pairs) // 2) % len(pairs)].paper
        title = paper.title or ""
        for kind, entry in (
            ("same title, other authors", replace(paper, authors=other.authors)),
            ("revisited", replace(paper, title=f"{title} Revisited")),
            ("second part", replace(paper, title=f"{title}: Part II")),
            ("erratum", replace(paper, title=f"Erratum: {title}")),
            ("extended abstract", replace(paper, title=f"{title} (Extended Abstract)")),
            ("one word more", replace(paper, title=f"Robust {title}")),
            ("thesis", replace(paper, type="thesis")),
            ("book", replace(paper, type="book")),
        ):
            verdict = is_published_version(ours, entry)
            changed[kind]["n"] += 1
            if verdict.outcome is Outcome.SURE:
                report(kind, changed[kind]["taken for sure"], f'"{entry.title}": {verdict.rule}')
                changed[kind]["taken for sure"] += 1
    return {
        kind: {"n": tally["n"], "taken for sure": tally["taken for sure"]}
        for kind, tally in changed.items()
    }


# --- identifier -> fill -----------------------------------------------------------------------


def fills(data: Path, report: Report) -> Figures:
    """Published papers with the identifier of their preprint, and with wrong ones.

    A wrong one is that of another paper by the same people: those with the most common authors and
    words. Filled from it would be wrong; not filled from the right one is a gap. The other way
    round, preprints with the DOI of their own and of another published paper.
    """
    papers, preprints, by_author = paired(data)
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    by_paper: dict[str, list[str]] = defaultdict(list)
    for number, paper in papers.items():
        for name in paper.authors:
            by_paper[name.display().lower()].append(number)
    for number, paper in papers.items():
        own = preprints.get(number)
        if own is None:
            continue
        for what, entry, right, pool, index in (
            ("arXiv ID", paper, own, preprints, by_author),
            ("DOI", own, paper, papers, by_paper),
        ):
            row = tally[what]
            row["n"] += 1
            row[f"right, {is_own_record(entry, right)[0]}"] += 1
            for other in rivals(number, own, pool, index):
                verdict = is_own_record(entry, pool[other])[0]
                row["wrong n"] += 1
                row[f"wrong, {verdict}"] += 1
                if verdict is Outcome.SURE:
                    shown = f'"{entry.title}" from "{pool[other].title}" ({number}, {other})'
                    report(f"fill by {what}", row["wrong, sure"] - 1, shown)
    return {
        what: {
            "right": {
                "n": row["n"], "filled": row["right, sure"], "asked about": row["right, likely"],
                "refused": row["right, none"],
            },
            "wrong": {
                "n": row["wrong n"], "filled": row["wrong, sure"],
                "asked about": row["wrong, likely"], "refused": row["wrong, none"],
            },
        }
        for what, row in tally.items()
    }  # fmt: skip


def paired(data: Path) -> tuple[dict[str, Entry], dict[str, Entry], dict[str, list[str]]]:
    """Published papers by the ID of their preprint; the preprints; and these by author."""
    papers = {
        row["arxiv_id"]: Entry(
            type=TYPES[row["bib_type"]],
            title=row["title"],
            authors=people(row["authors"]),
            date=PartialDate(row["year"]) if row["year"] else None,
            venue=row["venue"],
        )
        for row in rows(data / "published.jsonl.xz")
        if row.get("authors")
    }
    wanted = {name.display().lower() for paper in papers.values() for name in paper.authors}
    preprints: dict[str, Entry] = {}
    by_author: dict[str, list[str]] = defaultdict(list)
    for row in rows(data / "records.jsonl.xz"):
        names = split_authors(row["authors"])
        known = [name.lower() for name in names if name.lower() in wanted]
        if row["id"] not in papers and (not known or len(names) > MOST_AUTHORS):
            continue
        created = (row.get("versions") or [{}])[0].get("created", "")[:4]
        preprints[row["id"]] = Entry(
            type=type_preprint,
            title=row["title"],
            authors=people(names),
            date=PartialDate(int(created)) if created.isdigit() else None,
        )
        for name in known:
            by_author[name].append(row["id"])
    return papers, preprints, by_author


def rivals(
    number: str, own: Entry, pool: dict[str, Entry], by_author: dict[str, list[str]]
) -> list[str]:
    """The papers of the pool that are most easily taken for this one, but not it."""
    ours = {name.display().lower() for name in own.authors}
    words = set(title_words(own.title or ""))
    near = {one for name in ours for one in by_author.get(name, ())[:MOST_PAPERS]} - {number}

    def alike(one: str) -> tuple[int, int, str]:
        paper = pool[one]
        theirs = {name.display().lower() for name in paper.authors}
        return -len(ours & theirs), -len(words & set(title_words(paper.title or ""))), one

    return sorted(near, key=alike)[:SWAPPED]


# --- code links -------------------------------------------------------------------------------


def code_links(data: Path, report: Report) -> Figures:
    """Of the repositories that a paper prints, those that are found and called its code."""
    wanted: dict[str, list[str]] = defaultdict(list)
    listed: dict[str, set[str]] = defaultdict(set)
    for row in rows(data / "code_links.jsonl.xz"):
        listed[row["arxiv_id"]].add(place(row["repo_url"]))
        if row.get("in_abstract_or_comment"):
            wanted[row["arxiv_id"]].append(row["repo_url"])
    flagged = sum(map(len, wanted.values()))
    n = found = official = 0
    rest: Counter[str] = Counter()
    for row in rows(data / "records.jsonl.xz"):
        abstract, comment, number = row.get("abstract"), row.get("comments"), row["id"]
        stated = stated_links(abstract, comment)
        if not stated and number not in wanted:
            continue
        by_place: dict[str, list[StatedLink]] = defaultdict(list)
        for one in stated:
            by_place[place(one.link.url)].append(one)
        for url in wanted.get(number, ()):
            if not printed(url, f"{abstract or ''} {comment or ''}"):
                continue
            n += 1
            here = by_place.get(place(url), [])
            found += bool(here)
            official += any(one.is_code for one in here)
            if not any(one.is_code for one in here):
                what = "; ".join(f"{one.role} ({one.standing})" for one in here) or "not found"
                report("code link", n - official - 1, f"{number} {url}: {what}")
        rest.update(
            f"{one.role}, {one.standing}"
            for key, links in by_place.items()
            if key not in listed[number]
            for one in links
            if one.is_code
        )
    return {
        "rows with a printed address": flagged,
        "n": n,
        "found": part(found, n),
        "called its code": part(official, n),
        "called code and in no row": dict(rest.most_common()),
    }


def place(url: str) -> str:
    return same_address_key(repository_of(url) or url)


def printed(url: str, text: str) -> bool:
    """True when the letters of the repository stand in the texts that we have of the record.

    Most records come without abstract. Blanks and TeX's signs are left out, nothing else is
    read: the judge must not share the eyes of the judged.
    """
    owner_and_name = place(url).partition("/")[2]
    return owner_and_name in re.sub(r"[\s\\{}]+", "", text).lower()


# --- on a screen ------------------------------------------------------------------------------


def show(figures: Figures) -> None:
    """The figures as text."""
    versions = ", ".join(f"{name} {version}" for name, version in figures["data"].items())
    print(f"{figures['date']}; {figures['records']:,} records; data: {versions}")
    found = figures["title to arXiv ID"]
    print(
        f"\ntitle -> arXiv ID: n {found['n']:,}, precision {found['precision']:.4f}, recall "
        f"{found['recall']:.4f}; false answers where there is none "
        f"{found['false answers where there is none']:.4f}, on siblings "
        f"{found['false answers on siblings']:.4f}"
    )
    for kind, tally in found["by kind"].items():
        print(
            f"  {kind:45} n {tally['n']:5}  right {tally.get('right', 0):5}  "
            f"wrong {tally.get('wrong', 0):3}  missed {tally.get('missed', 0):4}"
        )
    pairs = figures["preprint to published"]
    near = pairs["near pairs that are no pairs"]
    print(
        f"\npreprint -> published (pairs with authors): n {pairs['n']:,}, precision "
        f"{pairs['precision']:.4f}, recall {pairs['recall']:.4f}, ambiguous {pairs['ambiguous']}"
    )
    print(f"  near pairs that are no pairs: {near['taken for sure']} of {near['n']:,} taken")
    for verdict, count in pairs["from the preprint"].items():
        print(f"  chosen for the preprint: {verdict}: {count:,}")
    for kind, tally in pairs["stand-ins"].items():
        print(f"  {kind}: {tally['taken for sure']} of {tally['n']:,} taken")
    print("\nidentifier -> fill")
    for what, found in figures["identifier to fill"].items():
        for kind in ("right", "wrong"):
            row = found[kind]
            print(
                f"  a {kind} {what}: n {row['n']:,}, filled {row['filled']:,}, asked about "
                f"{row['asked about']:,}, refused {row['refused']:,}"
            )
    links = figures["code links"]
    print(
        f"\ncode links printed in abstract or comment: n {links['n']:,} (of "
        f"{links['rows with a printed address']:,}; of the others the text is not in the data), "
        f"found {links['found']:.4f}, called its code {links['called its code']:.4f}"
    )
    for kind, count in links["called code and in no row"].items():
        print(f"  called code and in no row: {kind}: {count:,}")


if __name__ == "__main__":
    main()
