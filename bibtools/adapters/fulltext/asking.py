"""Answering a question from a store: candidates by lists of words, then their texts in full.

Most of what a question's words find need not be looked at. A document may lack words that tell no
more than `1 - LEAST_SHARE` of the whole; so each answer has at least one of the rarest words that
together tell more than that. Only their lists are gone through; the lists of the other, common
words only say which of these candidates they have. The best candidates are then read, and weighed
by what really stands in them.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final, NamedTuple

from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.store import Store
from bibtools.searching.documents import Document
from bibtools.searching.query import Atom, Query
from bibtools.searching.ranking import (
    LEAST_SHARE,
    Condition,
    Plan,
    Scored,
    Wanted,
    plan,
    weigh,
)

READ = 60
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


class Hit(NamedTuple):
    """A document that answers a question."""

    number: int
    document: Document
    scored: Scored
    line: int


class Answer(NamedTuple):
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
        found = _Found(store, asked)
        for most in _several(limit, read, is_exact=found.is_exact):
            candidates, dropped = found.candidates(most)
            hits: list[Hit] = []
            at = 0
            for part in _in_order(candidates, read):
                at += len(part)
                for number in part:
                    view = store.view(number)
                    scored = weigh(asked, view, store.lengths)
                    if scored is not None:
                        hits.append(Hit(number, view.document, scored, store.line(number)))
                if limit is not None and len(hits) >= limit:
                    break
            if not dropped or (limit is not None and len(hits) >= limit):
                break
        hits.sort(key=lambda hit: (-round(hit.scored.score, 6), hit.line, hit.number))
        more = limit is not None and (dropped or at < len(candidates) or len(hits) > limit)
        return Answer(asked, tuple(hits[:limit]), more)


def _several(limit: int | None, read: int, *, is_exact: bool) -> list[int | None]:
    """How many candidates to look for: few first, more when too few of these answer."""
    if limit is None:
        return [None]
    many = max(_MOST_READ, read)
    # Whether words stand side by side is not known before the text is read.
    return [4 * read, many] if is_exact else [many]


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


_LEVEL_BITS = 6


class _Word:
    """The lists of one wanted word, the better ones last.

    What a document has of all words is one number, its state: for the word of place `n` the bits
    from `6 n` on hold the best level of that word which it has, 0 for none. There are few
    different states, so adding up what they are worth takes no time.
    """

    def __init__(self, store: Store, wanted: Wanted, *, conditional: bool = False) -> None:
        self.weight = wanted.weight
        self.conditional = conditional
        """Whether a condition asks for it: it counts, but is none of the plain words."""
        self.place = 0
        levels: defaultdict[float, list[schema.Chunks]] = defaultdict(list)
        for form, good in wanted.forms.items():
            for number, chunks in store.lists(form, wanted.field):
                levels[good * _WORTH[number]].append(chunks)
        self.worths = sorted(levels)
        self.levels = [levels[worth] for worth in self.worths]

    def codes(self, chunk: int, asked: set[int] | None) -> dict[int, int]:
        """The members of a chunk (of those asked about) with the code of their level."""
        found: dict[int, int] = {}
        for level, several in enumerate(self.levels, start=1):
            code = level << _LEVEL_BITS * self.place
            for chunks in several:
                if chunk in chunks:
                    members = (
                        schema.members_of(chunks[chunk])
                        if asked is None
                        else schema.members_among(chunks[chunk], asked)
                    )
                    found.update(dict.fromkeys(members, code))
        return found

    def worth(self, state: int) -> float:
        """What a document with this state is worth for the word."""
        level = state >> _LEVEL_BITS * self.place & (1 << _LEVEL_BITS) - 1
        return self.worths[level - 1] * self.weight if level else 0.0

    def members(self, chunk: int) -> set[int]:
        """The members of a chunk."""
        return {
            member
            for several in self.levels
            for chunks in several
            if chunk in chunks
            for member in schema.members_of(chunks[chunk])
        }


class _Found:
    """Looks for the documents that may answer a question."""

    def __init__(self, store: Store, asked: Plan) -> None:
        self.store = store
        self.asked = asked
        words = sorted((_Word(store, one) for one in asked.wanted), key=lambda word: -word.weight)
        self.rarest = _rarest(words)
        self.others = words[len(self.rarest) :]
        self.conditions = [_Condition(store, one) for one in asked.conditions]
        for condition in self.conditions:
            if not condition.negated:
                self.others += condition.words()
        self.words = [*self.rarest, *self.others]
        for place, word in enumerate(self.words):
            word.place = place
        self.is_exact = all(condition.exact for condition in self.conditions)
        """Whether all candidates answer, as far as lists can tell."""

    def candidates(self, most: int | None) -> tuple[list[tuple[float, int]], bool]:
        """At most so many, with how unlikely, in any order; and whether there are others."""
        store = self.store
        best: list[tuple[float, int]] = []
        dropped = False
        chunks = (store.documents + schema.CHUNK - 1) >> schema.CHUNK_BITS
        for chunk in range(chunks):
            allowed = _allowed(self.conditions, chunk)
            if allowed is not None and not allowed:
                continue
            states = self.states(chunk, allowed)
            for condition in self.conditions:
                if condition.negated and condition.exact:
                    for member in condition.members(chunk):
                        states.pop(member, None)
            base = chunk << schema.CHUNK_BITS
            for number in store.gone:
                states.pop(number - base, None)
            found, others = self.best(states, base, most)
            best += found
            dropped = dropped or others
            if most is not None and len(best) > 4 * most:
                best = heapq.nsmallest(most, best)
                dropped = True
        return best, dropped

    def states(self, chunk: int, allowed: set[int] | None) -> dict[int, int]:
        """The members of a chunk that may have enough of the wanted words, with their states."""
        states: dict[int, int] = {}
        if not self.rarest:
            last = min(self.store.documents - (chunk << schema.CHUNK_BITS), schema.CHUNK)
            states = dict.fromkeys(allowed if allowed is not None else range(last), 0)
        for word in self.rarest:
            found = word.codes(chunk, allowed)
            both = states.keys() & found.keys()
            before = states
            states = {**found, **before}
            for member in both:
                states[member] += found[member]
        left = sum(word.weight for word in self.others if not word.conditional)
        for word in self.others:
            # Those that cannot have enough any more need not be looked at.
            poor = {state for state in set(states.values()) if self.told(state) + left < self.least}
            if poor:
                states = {member: one for member, one in states.items() if one not in poor}
            if not word.conditional:
                left -= word.weight
            for member, code in word.codes(chunk, set(states)).items():
                states[member] += code
        return states

    @property
    def least(self) -> float:
        """How much the wanted words of an answer tell at least."""
        return self.asked.least - _EVEN

    def told(self, state: int) -> float:
        """How much the wanted words tell that a document with this state has."""
        return sum(word.weight for word in self.words if not word.conditional and word.worth(state))

    def best(
        self, states: dict[int, int], base: int, most: int | None
    ) -> tuple[list[tuple[float, int]], bool]:
        """At most so many members of a chunk that have enough of the wanted words, with how
        unlikely, of equal ones the first; and whether there are others.
        """
        worths: dict[int, float] = {}
        counts = Counter(states.values())
        for state in counts:
            if not self.rarest or self.told(state) >= self.least:
                worths[state] = sum(word.worth(state) for word in self.words)
        left = most if most is not None else len(states)
        whole: set[int] = set()
        last: set[int] = set()
        for _, several in groupby(sorted(worths, key=worths.get, reverse=True), worths.get):  # type: ignore[arg-type]
            same = set(several)
            count = sum(counts[state] for state in same)
            if count > left:
                last = same
                break
            whole |= same
            left -= count
        found = [
            (-worths[state], base | member) for member, state in states.items() if state in whole
        ]
        if last:
            worth = worths[next(iter(last))]
            members = [member for member, state in states.items() if state in last]
            found += [(-worth, base | member) for member in heapq.nsmallest(left, members)]
        return found, bool(last)


def _rarest(words: Sequence[_Word]) -> list[_Word]:
    """The words of which every answer has at least one."""
    whole = sum(word.weight for word in words)
    told = 0.0
    for count, word in enumerate(words, start=1):
        told += word.weight
        if told > (1 - LEAST_SHARE) * whole + 1e-9:
            return list(words[:count])
    return list(words)


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
        self._facets: list[schema.Chunks] = []
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
                    self._facets += store.facet(low, high)

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
