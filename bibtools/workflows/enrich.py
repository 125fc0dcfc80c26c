"""Adding arXiv IDs, missing fields and code links to entries, from the offline index."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from rapidfuzz import fuzz

from bibtools.adapters.index import Index
from bibtools.codelinks import add_code_links, with_code_remark
from bibtools.matching.evidence import IndexedPaper
from bibtools.matching.own_record import is_own_paper
from bibtools.model import (
    ArxivId,
    Candidate,
    Entry,
    Notice,
    Outcome,
    PartialDate,
    Resolution,
    parse_arxiv,
    type_document,
    type_preprint,
)
from bibtools.model.progress import Progress
from bibtools.text.people import compare_authors, person
from bibtools.text.titles import title_words

PRINTED = "printed"
DECISION = "decision"
_PRINTED_RULE = "the ID is printed in the entry"
_FIELDS_WITH_ID = (
    "arxivid",
    "arxiv",
    "eprint",
    "url",
    "note",
    "howpublished",
    "archiveid",
    "number",
)


@dataclass(frozen=True, slots=True)
class EnrichOutcome:
    """The entries, in order, and what happened to them."""

    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    """`entries`, `sure`, `likely`, `ambiguous`, `none`, `printed`, `decision`, `with_arxiv`,
    `with_code`, `neither`."""


def enrich_entries(
    entries: Sequence[Entry],
    index: Index,
    decisions: Mapping[int, ArxivId | None] | None = None,
    progress: Progress | None = None,
) -> EnrichOutcome:
    """Resolve every entry against the index and fill what it lacks.

    `decisions` gives what a person decided, by position: an ID, or None for "not on arXiv";
    it overrules everything. An ID that is printed in the entry is kept, and a title in the
    index that contradicts it is noticed. Nothing that an entry has is changed, with one
    exception: a list of authors that is cut off is completed where the full list begins
    with it.
    """
    decisions = decisions or {}
    notices: list[Notice] = []
    done = []
    with no_garbage_search():
        for number, entry in enumerate(entries):
            if progress is not None and number % 100 == 0:
                progress("looking up", number, len(entries))
            resolution = _resolution(entry, number, decisions, index, notices)
            done.append(apply_resolution(entry, resolution, index))
    return EnrichOutcome(tuple(done), tuple(notices), count(done))


def _resolution(
    entry: Entry,
    number: int,
    decisions: Mapping[int, ArxivId | None],
    index: Index,
    notices: list[Notice],
) -> Resolution:
    if number in decisions:
        chosen = decisions[number]
        outcome = Outcome.SURE if chosen is not None else Outcome.NONE
        return Resolution(outcome, chosen, "decided by hand", (), DECISION)
    printed = printed_id(entry)
    if printed is not None:
        return _printed(entry, printed, index, notices)
    return index.resolve_one(entry)


@contextmanager
def no_garbage_search() -> Iterator[None]:
    """Hold off the search for reference cycles: we make none, and with ten thousand entries
    in memory looking for them takes a tenth of the time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def printed_id(entry: Entry) -> ArxivId | None:
    """The arXiv ID that the entry itself prints: as its ID, as arXiv's DOI, in an address."""
    if entry.arxiv is not None:
        return entry.arxiv
    if entry.doi is not None and entry.doi.folded.startswith("10.48550/arxiv."):
        return parse_arxiv(entry.doi.value)
    for link in entry.links:
        if "arxiv.org/" in link.url.lower() and (found := parse_arxiv(link.url)) is not None:
            return found
    for name, value in entry.extra.items():
        if name.lower() in _FIELDS_WITH_ID and isinstance(value, str):
            dressed = "arxiv" in value.lower() or name.lower() in ("arxiv", "arxivid")
            if dressed and (found := parse_arxiv(value)) is not None:
                return found
    return None


def _printed(entry: Entry, arxiv: ArxivId, index: Index, notices: list[Notice]) -> Resolution:
    """The printed ID, and what the paper that the index knows under it says against it."""
    paper = index.paper(arxiv)
    if paper is None:
        return Resolution(Outcome.SURE, arxiv, _PRINTED_RULE, (), PRINTED)
    outcome, rule = is_own_paper(entry, paper)
    against: tuple[str, ...] = ()
    if outcome is not Outcome.SURE:
        against = (rule,)
        source = entry.sources[0] if entry.sources else None
        name = f'Entry "{entry.key}"' if entry.key else f'"{(entry.title or "")[:60]}"'
        notices.append(
            Notice(
                f"{name} prints arXiv:{arxiv}, but the index knows that ID as "
                f'"{paper.title}" ({rule}); the printed ID was kept, and nothing was filled '
                "from it.",
                source.file if source else None,
                source.line if source else None,
                rule="enrich.printed-id",
                hint="Check which of the two is right.",
            )
        )
    agreed = () if against else ("title",) if entry.title else ()
    candidates = (Candidate(arxiv, paper.title, _likeness(entry, paper), agreed, against),)
    return Resolution(Outcome.SURE, arxiv, _PRINTED_RULE, candidates, PRINTED)


def _likeness(entry: Entry, paper: IndexedPaper) -> float:
    return fuzz.token_set_ratio(" ".join(title_words(entry.title or "")), " ".join(paper.words))


def contradicted(resolution: Resolution | None) -> bool:
    """Whether the ID that the entry prints is that of another paper, or may be."""
    return (
        resolution is not None
        and resolution.source == PRINTED
        and any(one.against for one in resolution.candidates)
    )


def apply_resolution(entry: Entry, resolution: Resolution, index: Index) -> Entry:
    """The entry with its resolution, and with what the paper's record adds when it is sure."""
    arxiv = resolution.arxiv
    if resolution.outcome is not Outcome.SURE or arxiv is None:
        return with_code_remark(replace(entry, resolution=resolution))
    if contradicted(resolution):
        # The index speaks of another paper: nothing of it belongs here.
        return with_code_remark(replace(entry, resolution=resolution))
    changes: dict[str, Any] = {"resolution": resolution}
    if entry.arxiv is None:
        changes["arxiv"] = arxiv
    if entry.type == type_document:
        changes["type"] = type_preprint
    paper = index.paper(arxiv)
    if paper is not None:
        changes |= missing_fields(entry, paper)
    return add_code_links(replace(entry, **changes), index.links(arxiv))


def missing_fields(entry: Entry, paper: IndexedPaper) -> dict[str, Any]:
    """The fields that the entry lacks, from arXiv's record."""
    changes: dict[str, Any] = {}
    if not entry.title:
        changes["title"] = paper.title
    if paper.author_text and _takes_authors(entry, paper):
        changes["authors"] = paper.authors
        changes["authors_truncated"] = False
    if entry.date is None:
        changes["date"] = paper.created or PartialDate(paper.arxiv.year, paper.arxiv.month)
    if paper.categories and not entry.primary_known:
        changes["categories"] = paper.categories
        changes["primary_known"] = True
    return changes


def _takes_authors(entry: Entry, paper: IndexedPaper) -> bool:
    """True when the record's list is wanted: there is none, or it goes on where ours is cut."""
    if not entry.authors:
        return True
    if not entry.authors_truncated or len(paper.author_names) < len(entry.authors):
        return False
    ours = [person(name) for name in entry.authors]
    theirs = paper.people[: len(ours)]
    return all(
        compare_authors([one], [other]).found == 1 for one, other in zip(ours, theirs, strict=True)
    )


def count(entries: Iterable[Entry]) -> dict[str, int]:
    """How many entries came out how: see `EnrichOutcome.counts`."""
    tally: Counter[str] = Counter(
        dict.fromkeys(
            ("entries", *(outcome.value for outcome in Outcome), PRINTED, DECISION, "with_arxiv",
             "with_code", "neither", "code_flag_without_link"), 0
        )
    )  # fmt: skip
    for entry in entries:
        tally["entries"] += 1
        if entry.resolution is not None:
            tally[entry.resolution.outcome.value] += 1
            if entry.resolution.source in (PRINTED, DECISION):
                tally[entry.resolution.source] += 1
        tally["with_arxiv"] += entry.arxiv is not None
        tally["with_code"] += bool(entry.code)
        tally["neither"] += entry.arxiv is None and not entry.code
        tally["code_flag_without_link"] += entry.code_flag and not entry.code
    return dict(tally)
