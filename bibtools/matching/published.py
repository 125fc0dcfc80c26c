"""Which of several records is the published version of a preprint.

The records may come from several services, in any order, some of one publication. Whether one of
them is it, `published_pair` decides; here the records of one publication are joined, and two
different publications (a conference paper and its journal version) are told apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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
from bibtools.matching.venues import venues_agree
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

    @property
    def publications(self) -> tuple[tuple[Judged, ...], ...]:
        """The candidates by publication: what a person may choose among, best first."""
        return tuple(tuple(group) for group in _publications(self.considered))


NO_RECORD = "no record fits"
OTHER_RECORD = "the DOI's own record"
"""In `Verdict.against`: who registered the DOI knows it otherwise."""
_ORDER = (Outcome.SURE, Outcome.LIKELY, Outcome.AMBIGUOUS, Outcome.NONE)


def choose_published(
    preprint: Entry,
    candidates: Iterable[Record],
    *,
    stated: Collection[Doi] = (),
    registered: Mapping[str, Record | None] | None = None,
    reference: str | None = None,
    words: Vocabulary = PLAIN_WORDS,
) -> Choice:
    """Which of the candidates is the published version of the preprint.

    The candidates may be records of several services, some of one publication; their order does
    not matter. Two different publications that both fit (a conference paper and its journal
    version) are ambiguous, unless the authors' DOI singles out one, or what they wrote into
    arXiv's journal `reference` does.

    `registered` has what the agencies say that register DOIs, by folded DOI: a record, which is
    among the candidates, or None where none of them knows it. It ends what others say of a DOI:
    with another title there it is another paper, and a DOI that nobody registered makes a record
    no more than likely. Without it nobody's DOIs are held against anything.
    """
    judged = [_judge(preprint, one, stated, words) for one in candidates]
    if registered is not None:
        judged = [_held(preprint, one, stated, registered, words) for one in judged]
    judged.sort(key=_rank)
    considered = tuple(one for one in judged if one.verdict.outcome is not Outcome.NONE)
    sure = [one for one in considered if one.verdict.outcome is Outcome.SURE]
    if not sure:
        return _unsure(judged, considered)
    groups = _publications(sure)
    if len(groups) > 1:
        named = [group for group in groups if any(_stated(one) for one in group)]
        said = ""
        if not named and reference:
            named = [group for group in groups if any(_cited(one, reference) for one in group)]
            said = f'; of {len(groups)} publications the one of arXiv\'s "{reference[:80]}"'
        if len(named) != 1:
            rule = f"{len(groups)} publications fit: {_places(groups)}"
            return Choice(Outcome.AMBIGUOUS, rule, (), considered)
        groups = named
    else:
        said = ""
    best = groups[0]
    rule = f"{best[0].verdict.rule}{said}"
    return Choice(Outcome.SURE, rule, tuple(one.record for one in best), considered)


def _cited(one: Judged, reference: str) -> bool:
    """Whether a journal reference, as authors write it, begins with the record's venue."""
    venue = one.record.entry.venue
    # "J. Boats 7 (2022) 11-29", "Proc. of ICX, pp. 1-9, 2021"
    name = re.split(r"[,;:(]|\b\d|\bvol|\bpp?\b", reference, maxsplit=1, flags=re.IGNORECASE)[0]
    return venue is not None and bool(name.strip()) and venues_agree(venue, name)


def _held(
    preprint: Entry,
    one: Judged,
    stated: Collection[Doi],
    registered: Mapping[str, Record | None],
    words: Vocabulary,
) -> Judged:
    """The judgement, held against what the DOI's own agency says."""
    doi = one.record.entry.doi
    if doi is None or doi.folded not in registered or names_preprint(doi, preprint):
        return one
    if one.verdict.outcome is Outcome.NONE:
        return one
    own = registered[doi.folded]
    if own is None:
        rule = f"{one.verdict.rule}; but nobody who registers DOIs knows {doi}"
        return _lowered(one, Outcome.LIKELY, rule, "unknown DOI")
    if own == one.record:
        return one
    verdict = _judge(preprint, own, [*stated, doi], words).verdict
    if verdict.outcome is Outcome.NONE:
        rule = f'its DOI {doi} is that of "{(own.entry.title or "")[:80]}"'
        return _lowered(one, Outcome.NONE, rule, OTHER_RECORD)
    return _lowered(one, verdict.outcome, verdict.rule, OTHER_RECORD)


def _lowered(one: Judged, outcome: Outcome, rule: str, against: str) -> Judged:
    """The judgement, no better than the outcome."""
    if _ORDER.index(outcome) <= _ORDER.index(one.verdict.outcome):
        return one
    verdict = replace(
        one.verdict, outcome=outcome, rule=rule, against=(*one.verdict.against, against)
    )
    return replace(one, verdict=verdict)


def _judge(preprint: Entry, record: Record, stated: Collection[Doi], words: Vocabulary) -> Judged:
    if record.notice is not None:
        doi = record.entry.doi
        named = doi is not None and any(one.folded == doi.folded for one in stated)
        agreed = (STATED_DOI,) if named else ()
        return Judged(record, Verdict(Outcome.NONE, f"it is {record.notice}", agreed, ("kind",)))
    mutual = names_preprint(record.preprint_doi, preprint)
    return Judged(
        record,
        is_published_version(preprint, record.entry, stated=stated, mutual=mutual, words=words),
    )


def _unsure(judged: Sequence[Judged], considered: tuple[Judged, ...]) -> Choice:
    if not considered:
        # A DOI that leads elsewhere is worth telling; other misses are not.
        told = (
            one.verdict.rule
            for one in judged
            if STATED_DOI in one.verdict.agreed or OTHER_RECORD in one.verdict.against
        )
        return Choice(Outcome.NONE, next(told, NO_RECORD))
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
    """Whether two records that fit the same preprint are of one publication.

    Something must say so: one DOI, one name of a venue, or the same pages. That both fit the
    preprint is nothing: people give one talk at two meetings.
    """
    a, b = one.record.entry, other.record.entry
    merged = MERGED in (*one.verdict.against, *other.verdict.against)
    if a.doi is not None and b.doi is not None and not merged:
        return a.doi.folded == b.doi.folded
    if a.date is not None and b.date is not None and abs(a.date.year - b.date.year) > 1:
        return False
    kinds = {_kind(a), _kind(b)} - {None}
    if len(kinds) > 1:
        return False
    if a.venue and b.venue and bool(_WORKSHOP.search(a.venue)) != bool(_WORKSHOP.search(b.venue)):
        return False
    same, other_place = _places_agree(a, b)
    if same:
        return True
    if kinds == {"journal"} and other_place:
        # Proceedings have page numbers of their own at every publisher.
        return False
    return bool(a.venue and b.venue and venues_agree(a.venue, b.venue))


def _places_agree(a: Entry, b: Entry) -> tuple[bool, bool]:
    """Whether the pages are the same beyond chance; whether volume or pages are others."""
    found = {}
    for name in ("volume", "page"):
        x, y = (_number(entry.fields.get(name, "")) for entry in (a, b))
        found[name] = x == y if x and y else None
    page = _number(a.fields.get("page", ""))
    telling = len(page) > 1 and a.date is not None and b.date is not None
    return bool(found["page"]) and telling and found["volume"] is not False, False in found.values()


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
