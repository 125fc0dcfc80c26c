"""The main job: pages in, one entry for each paper, with arXiv IDs and code links, out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bibtools.adapters.index import Index
from bibtools.codelinks import with_code_remark
from bibtools.matching.combining import combine
from bibtools.matching.deciding import apply_decisions
from bibtools.matching.grouping import Join, group
from bibtools.matching.known import record_print
from bibtools.model import ArxivId, Entry, Notice, Outcome, Resolution
from bibtools.model.decisions import Decision
from bibtools.model.progress import Progress
from bibtools.reports import PageCount, Report
from bibtools.workflows.enrich import DECISION, enrich_entries
from bibtools.workflows.reading import Reading


@dataclass(frozen=True, slots=True)
class Built:
    """The entries of one bibliography, before they have keys."""

    entries: tuple[Entry, ...]
    prints: tuple[frozenset[str], ...]
    """For each entry, the prints of the records behind it."""
    report: Report


def build(
    readings: Sequence[Reading],
    index: Index | None = None,
    decisions: Sequence[Decision] = (),
    progress: Progress | None = None,
) -> Built:
    """Merge the records of all pages and look the papers up in the index.

    Entries come in the order of their first record; the same input gives the same output.
    """
    records = [entry for reading in readings for entry in reading.entries]
    notices = [notice for reading in readings for notice in reading.notices]
    applied = apply_decisions(decisions, records)
    notices += applied.notices
    for number, arxiv in applied.ids.items():
        records[number] = _with_decided_id(records[number], arxiv)
    grouping = group(records, applied.same, applied.different)
    groups = [list(members) for members in grouping.groups]
    joins = list(grouping.joins)
    entries = [combine([records[number] for number in members]) for members in groups]
    if index is not None:
        entries, more = _look_up(entries, index, progress)
        notices += more
        apart = {frozenset(pair) for pair in applied.different}
        entries, groups, joined = _join_by_id(entries, groups, apart)
        joins += joined
    # After the last merge, since another record may have brought the link.
    entries = [with_code_remark(entry) for entry in entries]
    prints = tuple(
        frozenset(one for number in members if (one := record_print(records[number])) is not None)
        for members in groups
    )
    report = Report(
        tuple(PageCount(r.file, r.kind, len(r.entries)) for r in readings),
        tuple(entries),
        tuple(records),
        tuple(joins),
        grouping.near,
        tuple(notices),
        looked_up=index is not None,
    )
    return Built(tuple(entries), prints, report)


def _with_decided_id(record: Entry, arxiv: ArxivId | None) -> Entry:
    outcome = Outcome.SURE if arxiv is not None else Outcome.NONE
    found = Resolution(outcome, arxiv, "decided by hand", source=DECISION)
    return replace(record, arxiv=arxiv, resolution=found)


def _look_up(
    entries: Sequence[Entry], index: Index, progress: Progress | None
) -> tuple[list[Entry], list[Notice]]:
    """Ask the index about every entry; what a person decided stands."""
    decided = {
        number: entry.arxiv
        for number, entry in enumerate(entries)
        if entry.resolution is not None and entry.resolution.source == DECISION
    }
    outcome = enrich_entries(entries, index, decided, progress=progress)
    return list(outcome.entries), list(outcome.notices)


def _join_by_id(
    entries: Sequence[Entry], groups: Sequence[list[int]], apart: set[frozenset[int]]
) -> tuple[list[Entry], list[list[int]], list[Join]]:
    """Put together what turned out to be one arXiv paper under two titles."""
    heads: dict[str, int] = {}
    merged: list[Entry] = []
    members: list[list[int]] = []
    joins = []
    for entry, numbers in zip(entries, groups, strict=True):
        value = entry.arxiv.value if entry.arxiv is not None else None
        head = heads.get(value) if value is not None else None
        if head is not None and not any(
            frozenset((one, other)) in apart for one in members[head] for other in numbers
        ):
            joins.append(Join(members[head][0], numbers[0], "same arXiv ID"))
            merged[head] = combine([merged[head], entry])
            members[head] = sorted([*members[head], *numbers])
            continue
        if value is not None and head is None:
            heads[value] = len(merged)
        merged.append(entry)
        members.append(list(numbers))
    return merged, members, joins
