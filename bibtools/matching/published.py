"""Which of several records is the published version of a preprint.

The records may come from several services, in any order, some of one publication. Whether one of
them is it, `published_pair` decides; here the records of one publication are joined, and two
different publications (a conference paper and its journal version) are told apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from bibtools.formats import entry_json
from bibtools.matching.published_pair import (
    MERGED,
    PLAIN_WORDS,
    STATED_DOI,
    Verdict,
    is_published_version,
    names_preprint,
)
from bibtools.matching.resolve_titles import Vocabulary
from bibtools.model import Doi, Entry, Outcome, type_document
from bibtools.sites.records import Record
from bibtools.text.titles import title_key

__all__ = ["Choice", "Judged", "Verdict", "choose_published", "is_published_version"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with what was decided about it."""

    record: Record
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the candidates is the published version."""

    outcome: Outcome
    rule: str
    chosen: tuple[Record, ...] = ()
    """The records of the one publication, from whatever services; only with `SURE`. The most
    telling first."""
    considered: tuple[Judged, ...] = ()
    """Every candidate that may be it, best first; with `AMBIGUOUS` the publications differ."""


_ORDER = (Outcome.SURE, Outcome.LIKELY, Outcome.AMBIGUOUS, Outcome.NONE)


def choose_published(
    preprint: Entry,
    candidates: Iterable[Record],
    *,
    stated: Collection[Doi] = (),
    words: Vocabulary = PLAIN_WORDS,
) -> Choice:
    """Which of the candidates is the published version of the preprint.

    The candidates may be records of several services, some of one publication; their order does
    not matter. Two different publications that both fit (a conference paper and its journal
    version) are ambiguous, unless the authors' DOI singles out one.
    """
    judged = sorted((_judge(preprint, one, stated, words) for one in candidates), key=_rank)
    considered = tuple(one for one in judged if one.verdict.outcome is not Outcome.NONE)
    sure = [one for one in considered if one.verdict.outcome is Outcome.SURE]
    if not sure:
        return _unsure(judged, considered)
    groups = _publications(sure)
    if len(groups) > 1:
        named = [group for group in groups if any(_stated(one) for one in group)]
        if len(named) != 1:
            rule = f"{len(groups)} publications fit: {_places(groups)}"
            return Choice(Outcome.AMBIGUOUS, rule, (), considered)
        groups = named
    best = groups[0]
    return Choice(Outcome.SURE, best[0].verdict.rule, tuple(one.record for one in best), considered)


def _judge(preprint: Entry, record: Record, stated: Collection[Doi], words: Vocabulary) -> Judged:
    mutual = names_preprint(record.preprint_doi, preprint)
    return Judged(
        record,
        is_published_version(preprint, record.entry, stated=stated, mutual=mutual, words=words),
    )


def _unsure(judged: Sequence[Judged], considered: tuple[Judged, ...]) -> Choice:
    if not considered:
        # A stated DOI that leads elsewhere is worth telling; other misses are not.
        told = (one.verdict.rule for one in judged if STATED_DOI in one.verdict.agreed)
        return Choice(Outcome.NONE, next(told, "no record fits"))
    groups = _publications(considered)
    if len(groups) == 1:
        return Choice(Outcome.LIKELY, considered[0].verdict.rule, (), considered)
    rule = f"{len(groups)} publications may fit: {_places(groups)}"
    return Choice(Outcome.AMBIGUOUS, rule, (), considered)


def _stated(one: Judged) -> bool:
    return STATED_DOI in one.verdict.agreed


def _places(groups: Sequence[Sequence[Judged]]) -> str:
    """What tells the publications apart, for the rule."""
    names = []
    for group in groups:
        entry = group[0].record.entry
        year = f" {entry.date.year}" if entry.date is not None else ""
        names.append(f"{entry.venue or entry.doi}{year}")
    return "; ".join(names)


def _rank(one: Judged) -> tuple[object, ...]:
    """The surest and fullest first; the rest is there to make the order one."""
    entry = one.record.entry
    filled = sum(
        bool(value)
        for value in (entry.doi, entry.venue, entry.date, entry.authors, *entry.fields.values())
    )
    return (
        _ORDER.index(one.verdict.outcome),
        not _stated(one),
        -len(one.verdict.agreed),
        len(one.verdict.against),
        entry.doi is None,
        -filled,
        json.dumps(entry_json.to_json(entry), sort_keys=True, ensure_ascii=True),
        one.record.identifier,
    )


# --- are two records one publication? ---------------------------------------------------------

_MEETING = re.compile(
    r"\b(?:conference|conf\.|symposium|workshop|meeting|congress|advances in neural|colloquium"
    r"|lecture notes in)",
    re.IGNORECASE,
)
_JOURNAL = re.compile(r"\b(?:journal|transactions|annals)\b|\b(?:j|trans)\.", re.IGNORECASE)
_WORKSHOP = re.compile(r"\b(?:workshops?|@)\b|@", re.IGNORECASE)
_KINDS = {"paper-conference": "meeting", "chapter": "meeting", "article-journal": "journal"}


def _publications(judged: Iterable[Judged]) -> list[list[Judged]]:
    """The records grouped by publication; best first, by the order of `judged`."""
    # Those with most to tell first, so that a record that says little joins one that says more.
    groups: list[list[Judged]] = []
    for one in judged:
        homes = [group for group in groups if all(_one_work(one, other) for other in group)]
        if homes:
            venue = _folded(one.record.entry.venue)
            named = (g for g in homes if any(_folded(o.record.entry.venue) == venue for o in g))
            next(named, homes[0]).append(one)
        else:
            groups.append([one])
    return groups


def _one_work(one: Judged, other: Judged) -> bool:
    """Whether two records that fit the same preprint are of one publication."""
    a, b = one.record.entry, other.record.entry
    merged = MERGED in (*one.verdict.against, *other.verdict.against)
    if a.doi is not None and b.doi is not None and not merged:
        return a.doi.folded == b.doi.folded
    if a.date is not None and b.date is not None and abs(a.date.year - b.date.year) > 1:
        return False
    kinds = {_kind(a), _kind(b)} - {None}
    if len(kinds) > 1:
        return False
    if bool(_WORKSHOP.search(a.venue or "")) != bool(_WORKSHOP.search(b.venue or "")):
        return not (a.venue and b.venue)
    for name in ("volume", "page"):
        x, y = (_number(entry.fields.get(name, "")) for entry in (a, b))
        # Proceedings have page numbers of their own at every publisher.
        if kinds == {"journal"} and x and y and x != y:
            return False
    return True


def _kind(entry: Entry) -> str | None:
    """`meeting` or `journal`; a publisher calls proceedings a journal when they are a serial."""
    if entry.venue and _MEETING.search(entry.venue):
        return "meeting"
    if entry.venue and _JOURNAL.search(entry.venue):
        return "journal"
    return None if entry.type == type_document else _KINDS.get(entry.type)


def _folded(text: str | None) -> str:
    return title_key(text or "")


def _number(text: str) -> str:
    match = re.search(r"\d+", text)
    return match[0].lstrip("0") if match else ""
