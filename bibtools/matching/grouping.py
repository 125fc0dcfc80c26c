"""Which records are the same work: groups, never guesses.

Order of the rules: what a person decided; the same identifier; the same title without a
contradiction; an abstract without a title joined to the one title it clearly belongs to.
A pair that looks alike but is not sure is left apart and reported.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bibtools.matching.abstracts import AbstractIndex, Likeness, content_words, exact_key
from bibtools.model import Entry
from bibtools.text.people import same_person
from bibtools.text.titles import title_key

# An abstract without a title goes to its best titled candidate when they share this much ...
SURE_JACCARD = 0.55
# ... or at least this much, and both are clearly each other's best (by LEAD over the next).
LIKELY_JACCARD = 0.26
LIKELY_COSINE = 0.38
LEAD = 1.5
# Two abstracts that share less than this are not two versions of one text.
FOREIGN_JACCARD = 0.10
# Letters and digits of a title below which it may be anybody's ("Introduction").
SHORT_TITLE = 24
# Likeness of two titles, 0 to 100, over one identical abstract, and over two.
SAME_TEXT_RATIO = 60.0
NEAR_TITLE_RATIO = 92.0
_NO_WORDS: frozenset[str] = frozenset()
_NUMBERISH = re.compile(r"\d+|[ivx]+|[a-d]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Join:
    """Two records put together, and the rule that did it."""

    first: int
    second: int
    rule: str


@dataclass(frozen=True, slots=True)
class NearTwin:
    """Two records that look alike and were left apart."""

    first: int
    second: int
    why: str


@dataclass(frozen=True, slots=True)
class Grouping:
    """Every record in exactly one group; groups and members in order of appearance."""

    groups: tuple[tuple[int, ...], ...]
    joins: tuple[Join, ...]
    near: tuple[NearTwin, ...]


def group(
    entries: Sequence[Entry],
    same: Iterable[tuple[int, int]] = (),
    different: Iterable[tuple[int, int]] = (),
) -> Grouping:
    """Group the records of one work.

    `same` and `different` are pairs of positions that a person decided; they overrule
    everything else.
    """
    sets = _Sets(entries, different)
    for first, second in same:
        sets.join(first, second, "decided by hand", forced=True)
    _join_equal(sets, entries, lambda entry: entry.arxiv.value if entry.arxiv else None, "arXiv ID")
    _join_equal(sets, entries, lambda entry: entry.doi.folded if entry.doi else None, "DOI")
    keys = [title_key(entry.title) if entry.title else "" for entry in entries]
    words = [content_words(entry.abstract) if entry.abstract else _NO_WORDS for entry in entries]
    _join_titles(sets, entries, keys, words)
    index = AbstractIndex(words)
    _join_same_abstract(sets, entries, keys)
    _join_untitled(sets, entries, index)
    near = _near_titles(sets, entries, keys, index)
    return Grouping(sets.groups(), tuple(sets.joins), (*sets.refused, *near))


class _Sets:
    """Disjoint sets of records that refuse a union over a contradiction."""

    def __init__(self, entries: Sequence[Entry], different: Iterable[tuple[int, int]]) -> None:
        self.entries = entries
        self.parent = list(range(len(entries)))
        self.members: dict[int, list[int]] = {number: [number] for number in self.parent}
        self.joins: list[Join] = []
        self.refused: list[NearTwin] = []
        self.different: dict[int, set[int]] = defaultdict(set)
        for first, second in different:
            self.different[first].add(second)
            self.different[second].add(first)

    def root(self, number: int) -> int:
        while self.parent[number] != number:
            self.parent[number] = self.parent[self.parent[number]]
            number = self.parent[number]
        return number

    def together(self, first: int, second: int) -> bool:
        return self.root(first) == self.root(second)

    def decided_apart(self, first: int, second: int) -> bool:
        others = self.members[self.root(second)]
        return any(
            not self.different[member].isdisjoint(others)
            for member in self.members[self.root(first)]
            if member in self.different
        )

    def join(self, first: int, second: int, rule: str, forced: bool = False) -> bool:
        a, b = self.root(first), self.root(second)
        if a == b:
            return True
        if self.decided_apart(first, second):
            return False
        if not forced:
            for one in self.members[a]:
                for other in self.members[b]:
                    why = contradiction(self.entries[one], self.entries[other])
                    if why:
                        self.refused.append(NearTwin(one, other, f"{rule}, but {why}"))
                        return False
        a, b = min(a, b), max(a, b)
        self.parent[b] = a
        self.members[a].extend(self.members.pop(b))
        self.joins.append(Join(first, second, rule))
        return True

    def groups(self) -> tuple[tuple[int, ...], ...]:
        return tuple(tuple(sorted(self.members[head])) for head in sorted(self.members))


def contradiction(first: Entry, second: Entry) -> str | None:
    """Why two records cannot be one work, or None: other identifiers, authors or years."""
    if first.arxiv and second.arxiv and first.arxiv.value != second.arxiv.value:
        return f"the arXiv IDs {first.arxiv.value} and {second.arxiv.value} differ"
    if _authors_clash(first, second):
        return "they have other authors"
    if first.date and second.date and abs(first.date.year - second.date.year) > 6:
        return f"the years {first.date.year} and {second.date.year} are far apart"
    return None


def _authors_clash(first: Entry, second: Entry) -> bool:
    """True when both name authors and no author stands in both lists."""
    if not first.authors or not second.authors:
        return False
    return not any(same_person(a, b) for a in first.authors[:50] for b in second.authors[:50])


def _join_equal(
    sets: _Sets, entries: Sequence[Entry], key: Callable[[Entry], str | None], rule: str
) -> None:
    seen: dict[str, int] = {}
    for number, entry in enumerate(entries):
        value = key(entry)
        if value is not None:
            sets.join(seen.setdefault(value, number), number, f"same {rule}")


def _join_titles(
    sets: _Sets, entries: Sequence[Entry], keys: Sequence[str], words: Sequence[frozenset[str]]
) -> None:
    """Join records of one title; two texts under one short title are two papers."""
    heads: dict[str, list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if not key:
            continue
        for head in heads[key]:
            if (
                len(key) < SHORT_TITLE
                and _texts_differ(words[head], words[number])
                and not _share_author(entries[head], entries[number])
            ):
                why = "same short title, but other abstracts"
                sets.refused.append(NearTwin(head, number, why))
                continue
            if sets.join(head, number, "same title"):
                break
        else:
            heads[key].append(number)


def _texts_differ(first: frozenset[str], second: frozenset[str]) -> bool:
    if not first or not second:
        return False
    return len(first & second) / len(first | second) < FOREIGN_JACCARD


def _share_author(first: Entry, second: Entry) -> bool:
    return bool(first.authors and second.authors) and not _authors_clash(first, second)


def _join_same_abstract(sets: _Sets, entries: Sequence[Entry], keys: Sequence[str]) -> None:
    """The same text letter for letter: one work, unless two different titles stand over it."""
    heads: dict[str, list[int]] = defaultdict(list)
    for number, entry in enumerate(entries):
        if not entry.abstract or len(key := exact_key(entry.abstract)) < 100:
            continue
        for head in heads[key]:
            titled = keys[head] and keys[number]
            if titled and not _titles_alike(entries[head], entries[number], SAME_TEXT_RATIO):
                sets.refused.append(NearTwin(head, number, "same abstract, but other titles"))
            elif sets.join(head, number, "same abstract"):
                break
        else:
            heads[key].append(number)


def _titles_alike(first: Entry, second: Entry, ratio: float) -> bool:
    """True when the titles differ by less than a word that counts: never "Part I" / "Part II"."""
    a, b = _tokens(first.title or ""), _tokens(second.title or "")
    if any(_NUMBERISH.fullmatch(token) for token in set(a) ^ set(b)):
        return False
    return fuzz.ratio(" ".join(a), " ".join(b)) >= ratio


def _tokens(title: str) -> list[str]:
    return re.findall(r"[^\W_]+", title.casefold())


def _join_untitled(sets: _Sets, entries: Sequence[Entry], index: AbstractIndex) -> None:
    """Give each abstract without a title to the one title it clearly belongs to."""
    untitled = [n for n, entry in enumerate(entries) if not entry.title and index.words[n]]
    if not untitled:
        return
    lone = {n for n in untitled if not any(entries[m].title for m in sets.members[sets.root(n)])}
    titled = {n for n, entry in enumerate(entries) if entry.title and index.words[n]}
    offers: list[tuple[float, int, int, Likeness]] = []
    for number in sorted(lone):
        for other in index.nearest(number, titled):
            likeness = index.likeness(number, other)
            offers.append((likeness.cosine, number, other, likeness))
    # The surest pairs first, so that a paper already given away can be no one else's second.
    offers.sort(key=lambda offer: (-offer[0], offer[1], offer[2]))
    for cosine, number, other, likeness in offers:
        if sets.together(number, other):
            continue
        if any(entries[m].title for m in sets.members[sets.root(number)]):
            continue
        if likeness.jaccard >= SURE_JACCARD:
            sets.join(number, other, "the abstracts agree")
            continue
        if likeness.jaccard < LIKELY_JACCARD or cosine < LIKELY_COSINE:
            continue
        rival = _next_best(offers, sets, number, other)
        if cosine >= LEAD * rival:
            sets.join(number, other, "the abstracts are clearly each other's nearest")
        else:
            sets.refused.append(
                NearTwin(number, other, "the abstracts are alike, but not clearly more than others")
            )
    _join_untitled_pairs(sets, index, untitled)


def _next_best(
    offers: Sequence[tuple[float, int, int, Likeness]], sets: _Sets, number: int, other: int
) -> float:
    """The best cosine either side has with anything else that is still free."""
    best = 0.0
    for cosine, n, m, _ in offers:
        mine = n == number and not sets.together(m, other)
        theirs = n != number and sets.together(m, other) and not sets.together(n, number)
        taken = theirs and sets.together(n, m)
        if (mine or theirs) and not taken:
            best = max(best, cosine)
    return best


def _join_untitled_pairs(sets: _Sets, index: AbstractIndex, untitled: Sequence[int]) -> None:
    """Two bare abstracts that are nearly one text are one work."""
    pool = set(untitled)
    for number in untitled:
        for other in index.nearest(number, pool, most=3):
            if other < number and index.likeness(number, other).jaccard >= SURE_JACCARD:
                sets.join(other, number, "the abstracts agree")


def _near_titles(
    sets: _Sets, entries: Sequence[Entry], keys: Sequence[str], index: AbstractIndex
) -> list[NearTwin]:
    """Titles that differ by a letter or two: joined when the abstracts agree, else reported."""
    near = []
    told = {(twin.first, twin.second) for twin in sets.refused}
    for first, second in _title_neighbours(keys):
        if sets.together(first, second) or sets.decided_apart(first, second):
            continue
        if (first, second) in told:
            continue
        if not _titles_alike(entries[first], entries[second], NEAR_TITLE_RATIO):
            continue
        if index.likeness(first, second).jaccard >= SURE_JACCARD and sets.join(
            first, second, "nearly the same title, and the abstracts agree"
        ):
            continue
        near.append(NearTwin(first, second, "nearly the same title"))
    return near


def _title_neighbours(keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs whose title keys share their beginning or their end; linear, crowds left out."""
    buckets: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, key in enumerate(keys):
        if len(key) >= SHORT_TITLE:
            buckets["head", key[:16]].append(number)
            buckets["tail", key[-16:]].append(number)
    seen = set()
    for numbers in buckets.values():
        if len(numbers) > 40:
            continue
        for position, first in enumerate(numbers):
            for second in numbers[position + 1 :]:
                if (first, second) not in seen:
                    seen.add((first, second))
                    yield first, second
