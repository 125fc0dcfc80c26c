"""Which records a person's decisions speak of."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bibtools.matching.abstracts import exact_key
from bibtools.model import ArxivId, Entry, Notice
from bibtools.model.decisions import Decision, DecisionKind, Reference
from bibtools.text.titles import title_key


def abstract_print(abstract: str | None) -> str | None:
    """A short hash of an abstract's letters and digits; None without abstract."""
    if not abstract:
        return None
    return hashlib.sha256(exact_key(abstract).encode()).hexdigest()[:16]


def reference(entry: Entry) -> Reference:
    """The reference by which a decision will know this record again."""
    source = entry.sources[0] if entry.sources else None
    return Reference(
        entry.title,
        abstract_print(entry.abstract),
        source.file if source else None,
        source.line if source else None,
    )


@dataclass(frozen=True, slots=True)
class Applied:
    """Decisions as positions in a list of records."""

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()
    ids: dict[int, ArxivId | None] = field(default_factory=dict)
    """The decided ID by position; None: decided that it is not on arXiv."""
    notices: tuple[Notice, ...] = ()


def apply_decisions(decisions: Sequence[Decision], entries: Sequence[Entry]) -> Applied:
    """Find the records that each decision speaks of; the later of two decisions wins."""
    find = _Finder(entries)
    same: dict[tuple[int, int], bool] = {}
    ids: dict[int, ArxivId | None] = {}
    notices = []
    for decision in decisions:
        found = [find(record) for record in decision.records]
        for record, numbers in zip(decision.records, found, strict=True):
            if not numbers:
                shown = f'"{record.title}"' if record.title else "an abstract without title"
                notices.append(
                    Notice(
                        f"A decision ({decision.kind}) about {shown} "
                        "fits no record of these pages.",
                        rule="decisions.no-record",
                    )
                )
        if decision.kind is DecisionKind.ID:
            for number in found[0]:
                ids[number] = decision.arxiv
            continue
        joined = decision.kind is DecisionKind.SAME
        for left, right in combinations(found, 2):
            for one in left:
                for other in right:
                    if one != other:
                        same[min(one, other), max(one, other)] = joined
    return Applied(
        tuple(pair for pair, joined in same.items() if joined),
        tuple(pair for pair, joined in same.items() if not joined),
        ids,
        tuple(notices),
    )


class _Finder:
    """Finds records by reference: by title, narrowed by abstract where several fit."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.prints = [abstract_print(entry.abstract) for entry in entries]
        self.by_title: dict[str, list[int]] = defaultdict(list)
        self.by_abstract: dict[str, list[int]] = defaultdict(list)
        for number, entry in enumerate(entries):
            if entry.title:
                self.by_title[title_key(entry.title)].append(number)
            elif (key := self.prints[number]) is not None:
                self.by_abstract[key].append(number)

    def __call__(self, wanted: Reference) -> list[int]:
        if wanted.title is None:
            return self.by_abstract.get(wanted.abstract_print or "", [])
        numbers = self.by_title.get(title_key(wanted.title), [])
        exact = [n for n in numbers if self.prints[n] == wanted.abstract_print]
        return exact or numbers
