"""Which entries of an existing file the new entries are, so that none is added twice."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

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
    book = KnownWorks(known, prints_by_key)
    rules: tuple[Callable[[int, Entry], Sequence[int]], ...] = (
        lambda number, _: [p for one in sorted(prints[number]) for p in book.prints.get(one, ())],
        lambda _, entry: book.arxiv.get(entry.arxiv.value, ()) if entry.arxiv else (),
        lambda _, entry: book.doi.get(entry.doi.folded, ()) if entry.doi else (),
        lambda _, entry: book.titled(entry),
    )
    found: dict[int, int] = {}
    taken: set[int] = set()
    for rule in rules:
        for number, entry in enumerate(entries):
            free = () if number in found else (p for p in rule(number, entry) if p not in taken)
            for position in free:
                found[number] = position
                taken.add(position)
                break
    return found


class KnownWorks:
    """Known entries by everything that tells them; more may be added."""

    def __init__(
        self,
        known: Iterable[Entry] = (),
        prints_by_key: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.entries: list[Entry] = []
        self.prints: dict[str, list[int]] = defaultdict(list)
        self.arxiv: dict[str, list[int]] = defaultdict(list)
        self.doi: dict[str, list[int]] = defaultdict(list)
        self.title: dict[str, list[int]] = defaultdict(list)
        self._others: dict[tuple[str, str], list[int]] = defaultdict(list)
        for entry in known:
            self.add(entry, (prints_by_key or {}).get(entry.key or "", frozenset()))

    def add(self, entry: Entry, prints: frozenset[str] = frozenset()) -> None:
        """One more, with the record prints behind it."""
        position = len(self.entries)
        self.entries.append(entry)
        for one in prints:
            self.prints[one].append(position)
        if entry.arxiv is not None:
            self.arxiv[entry.arxiv.value].append(position)
        if entry.doi is not None:
            self.doi[entry.doi.folded].append(position)
        if entry.title and (key := title_key(entry.title)):
            self.title[key].append(position)
        for name_and_value in entry.other_ids.items():
            self._others[name_and_value].append(position)

    def identified(self, name: str, value: str) -> Sequence[int]:
        """Those with that identifier (`pmid`, `isbn`, ...)."""
        return self._others.get((name, value), ())

    def titled(self, entry: Entry) -> list[int]:
        """Those of that title that nothing contradicts."""
        return [
            position
            for position in self.title.get(title_key(entry.title or ""), ())
            if contradiction(entry, self.entries[position]) is None
        ]

    def place(self, entry: Entry) -> int | None:
        """The first that is this work, by arXiv ID, DOI or title: what `match_known` finds."""
        same = (
            (self.arxiv.get(entry.arxiv.value) if entry.arxiv is not None else None)
            or (self.doi.get(entry.doi.folded) if entry.doi is not None else None)
            or self.titled(entry)
        )
        return same[0] if same else None
