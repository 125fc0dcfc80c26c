"""Measure citation keys: agreement with other programs' keys, and speed.

    python benchmarks/keys.py                      # ../shared/convert/cases, 50,000 entries
    python benchmarks/keys.py --cases FOLDER --wrong

The cases are JSON lines: `input` (Zotero items or fields), `meta.formula` or `meta.pattern`, and
`expected`, the keys. A case agrees when all its keys do. An item that came with a key keeps it
(the key was pinned), so agreement is counted again over the keys that the formula had to make.

A case is not counted as covered when its formula asks for what bibtools says it does not have
(the network, Zotero's libraries, a Chinese or Japanese dictionary), or when a JabRef pattern
names people or a field and the case does not say what they were.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bibtools.errors import UsageError
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
from bibtools.formats.zotero import from_item
from bibtools.keys import PRESETS, FormulaError, assign_keys, understood
from bibtools.model import Entry, Name, PartialDate

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Scored:
    """One case and what became of it."""

    id: str
    formula: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    pinned: int
    refused: str | None = None
    """Why the formula is not covered."""

    @property
    def agrees(self) -> bool:
        if len(self.expected) < len(self.found):
            # The other program's output has not all of the items.
            return self.agreeing == len(self.expected)
        return sorted(self.expected) == sorted(self.found)

    @property
    def agreeing(self) -> int:
        return (Counter(self.expected) & Counter(self.found)).total()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def score_items(row: dict[str, Any]) -> Scored:
    formula = row["meta"]["formula"]
    items = row["input"]
    expected = tuple(row["expected"])
    try:
        entries = [from_item({**item, "extra": extra_text(item)}) for item in items]
        keyed = assign_keys(entries, (), formula)
    except FormulaError as fault:
        return Scored(row["id"], formula, expected, (), 0, fault.message)
    found = tuple(entry.key or "" for entry in keyed)
    return Scored(row["id"], formula, expected, found, sum(1 for one in entries if one.key))


def extra_text(item: dict[str, Any]) -> str:
    """Extra as the Web API has it: one text."""
    extra = item.get("extra") or ""
    return extra if isinstance(extra, str) else "\n".join(extra)


_NAMES_PEOPLE = re.compile(r"\[(?:pure)?(?:auth|edtr|editor)")


def score_fields(row: dict[str, Any]) -> Scored:
    pattern = row["meta"]["pattern"]
    fields = {name.lower(): value for name, value in row["input"].items() if name != "const"}
    expected = (row["expected"],)
    has_people = "author" in fields or "editor" in fields or row["expected"] == ""
    if _NAMES_PEOPLE.search(pattern) and not has_people:
        return Scored(
            row["id"], pattern, expected, (), 0, "the case does not say who the people are"
        )
    body = ",".join(f"{name}={{{value}}}" for name, value in fields.items())
    document = Document.parse(f"@misc{{,{body}}}".encode())
    entry = read_entries(document)[0][0]
    key = understood(pattern).draft(replace(entry, key=None)).key()
    found = "" if row["expected"] == "" and key == "anon" else key
    return Scored(row["id"], pattern, expected, (found,), 0)


def table(scored: list[Scored]) -> dict[str, str]:
    """The figures of one set."""
    covered = [one for one in scored if one.refused is None]
    right = [one for one in covered if one.agrees]
    keys = sum(len(one.expected) for one in covered)
    same = sum(one.agreeing for one in covered)
    pinned = sum(one.pinned for one in covered)
    made, made_same = keys - pinned, max(same - pinned, 0)
    return {
        "cases": str(len(scored)),
        "covered": f"{len(covered)} ({share(len(covered), len(scored))})",
        "cases that agree, of those covered": f"{len(right)} ({share(len(right), len(covered))})",
        "keys that agree": f"{same} of {keys} ({share(same, keys)})",
        "keys made by the formula that agree": f"{made_same} of {made} ({share(made_same, made)})",
    }


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def made_up(count: int) -> list[Entry]:
    words = "sparse neural models of the language for fast and robust inference in graphs".split()
    return [
        Entry(
            type="article-journal",
            title=" ".join(words[(number + step * 7) % len(words)] for step in range(9)).title(),
            authors=tuple(
                Name(f"Müller{(number + step) % 4999}", "Anna B.") for step in range(number % 5)
            ),
            date=PartialDate(1990 + number % 35, 1 + number % 12),
        )
        for number in range(count)
    ]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    shared = Path(os.environ.get("BIBTOOLS_SHARED") or ROOT.parent / "shared")
    arguments.add_argument("--cases", type=Path, default=shared / "convert" / "cases")
    arguments.add_argument("--entries", type=int, default=50_000)
    arguments.add_argument("--wrong", action="store_true", help="print the cases that differ")
    told = arguments.parse_args()
    for name, score in (("citekeys_bbt", score_items), ("citekeys_jabref", score_fields)):
        path = told.cases / f"{name}.jsonl"
        if not path.is_file():
            print(f"{name}: no cases in {told.cases.name}/")
            continue
        scored = [score(row) for row in rows(path)]
        print(name)
        for label, figure in table(scored).items():
            print(f"  {label}: {figure}")
        if told.wrong:
            for one in scored:
                if one.refused is not None:
                    print(f"  - {one.id}\n      {one.formula}\n      {one.refused}")
                elif not one.agrees:
                    gone = Counter(one.expected) - Counter(one.found)
                    new = Counter(one.found) - Counter(one.expected)
                    print(f"  x {one.id}\n      {one.formula}\n      {list(gone)} {list(new)}")
    entries = made_up(told.entries)
    for name, pattern in {
        **PRESETS,
        "with postfix": "auth.lower + year + postfix('-%(n)s')",
    }.items():
        start = time.process_time()
        try:
            assign_keys(entries, (), pattern)
        except UsageError as fault:
            print(f"{name}: {fault.message}")
            continue
        print(f"{name}: {told.entries} entries in {time.process_time() - start:.2f} s")


if __name__ == "__main__":
    main()
