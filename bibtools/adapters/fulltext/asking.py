"""Answering a question from a store: candidates by lists of words, then their texts in full.

Most of what a question's words find need not be looked at. A document may lack words that tell no
more than `1 - LEAST_SHARE` of the whole; so each answer has at least one of the rarest words that
together tell more than that. Only their lists are gone through; the lists of the other, common
words only say which of these candidates they have. The best candidates are then read, and weighed
by what really stands in them.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.store import Store
from bibtools.searching.documents import Document
from bibtools.searching.query import Atom, Query
from bibtools.searching.ranking import (
    LEAST_SHARE,
    Condition,
    Plan,
    Scored,
    View,
    Wanted,
    plan,
    weigh,
)

READ = 120
"""So many candidates are read at least, where there are as many."""
_MOST_READ = 20_000
# What a word is worth by the list it stands in, as `ranking` would say of a usual document.
_WORTH: Final = {
    schema.TITLE: 1.7,
    schema.AUTHOR: 1.57,
    schema.OFTEN: 1.5,
    schema.ONCE: 1.0,
    schema.VENUE: 0.88,
    schema.OTHER: 0.88,
}
_EVEN = 1e-6
"""Sums of the same numbers in another order differ by less."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that answers a question."""

    number: int
    document: Document
    scored: Scored
    line: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store has to say to a question."""

    plan: Plan
    hits: tuple[Hit, ...]
    """The best first."""
    more: bool
    """Whether there may be others."""


def ask(
    store: Store,
    query: Query,
    limit: int | None,
    *,
    browse: bool = False,
    beside: Sequence[Store] = (),
) -> Answer:
    """The best answers to a question; all of them for `limit` None.

    Equal ones stand in the order of their source. With `browse` a question that asks for nothing
    is answered by everything. `beside` are stores that are asked the same, see `ranking.plan`.
    Raises `DamagedError`.
    """
    with store.lock:
        asked = plan(query, store, beside)
        if not asked.wanted and not asked.conditions:
            if browse and not query.clauses:
                return _everything(store, asked, limit)
            return Answer(asked, (), False)
        read = max(READ, limit or 0)
        candidates = _candidates(store, asked, None if limit is None else max(_MOST_READ, read))
        hits: list[Hit] = []
        at = 0
        for part in _in_order(candidates, read):
            at += len(part)
            for number, document in zip(part, store.documents_of(part), strict=True):
                scored = weigh(asked, View(document), store.lengths)
                if scored is not None:
                    hits.append(Hit(number, document, scored, store.line(number)))
            if limit is not None and len(hits) >= limit:
                break
        hits.sort(key=lambda hit: (-round(hit.scored.score, 6), hit.line, hit.number))
        more = limit is not None and (at < len(candidates) or len(hits) > limit)
        return Answer(asked, tuple(hits[:limit]), more)


def _everything(store: Store, asked: Plan, limit: int | None) -> Answer:
    there: Iterable[int] = (number for number in range(store.documents) if number not in store.gone)
    if store.lines is not None:
        there = sorted(there, key=store.line)
    numbers = list(there if limit is None else islice(there, limit + 1))
    shown = numbers[:limit]
    nothing = Scored(0.0, ())
    hits = [
        Hit(number, document, nothing, store.line(number))
        for number, document in zip(shown, store.documents_of(shown), strict=True)
    ]
    return Answer(asked, tuple(hits), len(numbers) > len(shown))


def _in_order(candidates: list[tuple[float, int]], each: int) -> Iterator[list[int]]:
    """The candidates in parts, the best first; what is behind the first is seldom asked for."""
    if not candidates:
        return
    yield [number for _, number in heapq.nsmallest(each, candidates)]
    candidates.sort()
    for start in range(each, len(candidates), each):
        yield [number for _, number in candidates[start : start + each]]


# --- candidates --------------------------------------------------------------------------------


class _Word:
    """The lists of one wanted word, unpacked when first needed."""

    def __init__(self, store: Store, wanted: Wanted, *, conditional: bool = False) -> None:
        self.weight = wanted.weight
        self.conditional = conditional
        """Whether a condition asks for it: it counts, but is none of the plain words."""
        # By what a hit is worth; the better one counts where a document has both.
        levels: list[tuple[float, dict[int, array[int] | bytes]]] = []
        for form, good in wanted.forms.items():
            for number, data in store.lists(form, wanted.field):
                levels.append((good * _WORTH[number], schema.unpack_chunks(data)))
        levels.sort(key=lambda level: level[0])
        self.levels = levels

    def all_of(self, chunk: int) -> dict[int, float]:
        """Every member of a chunk with what it is worth."""
        found: dict[int, float] = {}
        for worth, chunks in self.levels:
            if chunk in chunks:
                members = schema.members_of(chunks[chunk])
                found.update(dict.fromkeys(members, worth * self.weight))
        return found

    def among(self, chunk: int, asked: set[int]) -> dict[int, float]:
        """The members of a chunk that are asked about, with what each is worth."""
        found: dict[int, float] = {}
        for worth, chunks in self.levels:
            if chunk in chunks:
                members = schema.members_among(chunks[chunk], asked)
                found.update(dict.fromkeys(members, worth * self.weight))
        return found

    def members(self, chunk: int) -> set[int]:
        """The members of a chunk."""
        found: set[int] = set()
        for _, chunks in self.levels:
            if chunk in chunks:
                found.update(schema.members_of(chunks[chunk]))
        return found


def _candidates(store: Store, asked: Plan, most: int | None) -> list[tuple[float, int]]:
    """Documents that may answer, with how unlikely, in any order."""
    words = sorted((_Word(store, one) for one in asked.wanted), key=lambda word: -word.weight)
    rarest = _rarest(words)
    others = words[len(rarest) :]
    conditions = [_Condition(store, one) for one in asked.conditions]
    for condition in conditions:
        if not condition.negated:
            others += condition.words()
    best: list[tuple[float, int]] = []
    chunks = (store.documents + schema.CHUNK - 1) >> schema.CHUNK_BITS
    for chunk in range(chunks):
        allowed = _allowed(conditions, chunk)
        if allowed is not None and not allowed:
            continue
        scores = _scores(store, chunk, allowed, rarest, others, asked.least)
        for condition in conditions:
            if condition.negated and condition.exact:
                for member in condition.members(chunk):
                    scores.pop(member, None)
        base = chunk << schema.CHUNK_BITS
        found = [(-score, base | member) for member, score in scores.items()]
        if store.gone:
            found = [one for one in found if one[1] not in store.gone]
        best += found
        if most is not None and len(best) > 4 * most:
            best = heapq.nsmallest(most, best)
    return best


def _rarest(words: Sequence[_Word]) -> list[_Word]:
    """The words of which every answer has at least one."""
    whole = sum(word.weight for word in words)
    told = 0.0
    for count, word in enumerate(words, start=1):
        told += word.weight
        if told > (1 - LEAST_SHARE) * whole + 1e-9:
            return list(words[:count])
    return list(words)


def _scores(
    store: Store,
    chunk: int,
    allowed: set[int] | None,
    rarest: Sequence[_Word],
    others: Sequence[_Word],
    least: float,
) -> dict[int, float]:
    """What the members of a chunk are worth that have enough of the wanted words."""
    scores: dict[int, float] = {}
    told: dict[int, float] = {}
    """How much the wanted words tell that a member has."""
    if not rarest:
        last = min(store.documents - (chunk << schema.CHUNK_BITS), schema.CHUNK)
        scores = dict.fromkeys(allowed if allowed is not None else range(last), 0.0)
    for word in rarest:
        found = word.all_of(chunk) if allowed is None else word.among(chunk, allowed)
        if not scores:
            scores = found
            told = dict.fromkeys(found, word.weight)
            continue
        for member, score in found.items():
            scores[member] = scores.get(member, 0.0) + score
            told[member] = told.get(member, 0.0) + word.weight
    _look_up_others(chunk, scores, told, others, least)
    if told:
        scores = {
            member: score for member, score in scores.items() if told[member] >= least - _EVEN
        }
    everyone = set(scores)
    for word in others:
        if word.conditional:
            for member, score in word.among(chunk, everyone).items():
                scores[member] += score
    return scores


def _look_up_others(
    chunk: int,
    scores: dict[int, float],
    told: dict[int, float],
    others: Sequence[_Word],
    least: float,
) -> None:
    """Add what the plain words among the others are worth to those that may have enough."""
    left = sum(word.weight for word in others if not word.conditional)
    for word in others:
        if not word.conditional:
            # Those that cannot have enough any more need not be looked at.
            asked = {member for member, weight in told.items() if weight + left >= least - _EVEN}
            left -= word.weight
            for member, score in word.among(chunk, asked).items():
                scores[member] += score
                told[member] += word.weight


def _allowed(conditions: Iterable[_Condition], chunk: int) -> set[int] | None:
    """The members of a chunk for which all conditions may hold; None for no condition."""
    allowed: set[int] | None = None
    for condition in conditions:
        if not condition.negated:
            members = condition.members(chunk)
            allowed = members if allowed is None else allowed & members
    return allowed


class _Condition:
    """The lists of a condition. They may have too many members, as they know no order of words."""

    def __init__(self, store: Store, condition: Condition) -> None:
        self.negated = condition.negated
        self.exact = all(not atom.phrase for atom, _ in condition.any_of)
        self._texts: list[list[_Word]] = []
        self._facets: list[dict[int, array[int] | bytes]] = []
        self._named: dict[int, set[int]] = {}
        for atom, several in condition.any_of:
            if atom.is_text:
                self._texts.append([_Word(store, one, conditional=True) for one in several])
            elif atom.field in ("arxiv", "doi", "id"):
                for number in store.named(f"{atom.field}:{atom.value}"):
                    members = self._named.setdefault(number >> schema.CHUNK_BITS, set())
                    members.add(number & schema.CHUNK - 1)
                # A hash is not the thing itself.
                self.exact = False
            else:
                for low, high in _facets(atom):
                    self._facets += map(schema.unpack_chunks, store.facet(low, high))

    def words(self) -> Iterator[_Word]:
        """All words that it asks for."""
        for words in self._texts:
            yield from words

    def members(self, chunk: int) -> set[int]:
        """The members of a chunk for which it may hold, not negated."""
        found = set(self._named.get(chunk, ()))
        for chunks in self._facets:
            if chunk in chunks:
                found.update(schema.members_of(chunks[chunk]))
        for words in self._texts:
            if words:
                found |= set.intersection(*(word.members(chunk) for word in words))
        return found


def _facets(atom: Atom) -> Iterator[tuple[str, str]]:
    """From which facet to which one an atom reaches."""
    value = atom.value
    match atom.field:
        case "year":
            if atom.low <= atom.high:
                low, high = max(atom.low, 0), min(atom.high, 9999)
                yield schema.facet("year", f"{low:04}"), schema.facet("year", f"{high:04}")
        case "key":
            begin = schema.facet("key", value.rstrip("*"))
            yield begin, begin + "\U0010ffff"
        case "category":
            exact = schema.facet("category", value.rstrip(".*"))
            yield exact, exact
            yield exact + ".", exact + ".\U0010ffff"
        case _:
            exact = schema.facet(atom.field, value)
            yield exact, exact
