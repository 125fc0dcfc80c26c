"""Which entries of an existing file the new entries are, so that none is added twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from bibtools.matching.deciding import abstract_print
from bibtools.matching.grouping import contradiction
from bibtools.model import Entry
from bibtools.text.titles import title_key


def record_print(entry: Entry) -> str | None:
    """A short hash that knows a record again: its title, or its abstract without one."""
    what = f"t:{title_key(entry.title)}" if entry.title else f"a:{abstract_print(entry.abstract)}"
    if what in ("t:", "a:None"):
        return None
    return hashlib.sha256(what.encode()).hexdigest()[:12]


def match_known(
    entries: Sequence[Entry],
    prints: Sequence[frozenset[str]],
    known: Sequence[Entry],
    prints_by_key: Mapping[str, frozenset[str]],
) -> dict[int, int]:
    """New position -> position in `known`, one to one.

    `prints` are the record prints behind each new entry, `prints_by_key` those that earlier
    runs wrote down per citation key. Then identifiers and titles decide.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()

    def settle(rule: Callable[[int, Entry], Sequence[int]]) -> None:
        for number, entry in enumerate(entries):
            if number in found:
                continue
            for position in rule(number, entry):
                if position not in taken:
                    found[number] = position
                    taken.add(position)
                    break

    by_print: dict[str, list[int]] = defaultdict(list)
    by_arxiv: dict[str, list[int]] = defaultdict(list)
    by_doi: dict[str, list[int]] = defaultdict(list)
    by_title: dict[str, list[int]] = defaultdict(list)
    for position, entry in enumerate(known):
        for one in prints_by_key.get(entry.key or "", ()):
            by_print[one].append(position)
        if entry.arxiv is not None:
            by_arxiv[entry.arxiv.value].append(position)
        if entry.doi is not None:
            by_doi[entry.doi.folded].append(position)
        if entry.title and (key := title_key(entry.title)):
            by_title[key].append(position)

    settle(lambda number, _: [p for one in sorted(prints[number]) for p in by_print.get(one, ())])
    settle(lambda _, entry: by_arxiv.get(entry.arxiv.value, ()) if entry.arxiv else ())
    settle(lambda _, entry: by_doi.get(entry.doi.folded, ()) if entry.doi else ())
    settle(
        lambda _, entry: [
            position
            for position in by_title.get(title_key(entry.title or ""), ())
            if contradiction(entry, known[position]) is None
        ]
    )
    return found
