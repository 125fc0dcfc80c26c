"""Where the title ends and the first author's name begins, on a line that joins the two.

`... via Structured PruningMengzhou Xia, Tianyu Gao` has nothing between title and names. Every
place where a name could begin without a blank before it is tried; each is scored by how well its
left side ends as a title ends and its right side reads as a list of names. The evidence is the
shape of the words, a little knowledge of names and title words, the words of the paper's own
abstract, and the names and words of the rest of the page (the owner of an author page is on
nearly every line; the second and third names of a line are certain whatever the first is).

Scores (see `name_likeness` and `title_ends`) add up like logarithms of odds, in arbitrary units;
the weights were set by hand on pages made from real papers. When the runner-up is close, or the
best reading is poor, the split is marked as unsure and the other readings are given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from bibtools.formats.pages.name_likeness import comma_parts, name_score
from bibtools.formats.pages.page_evidence import Evidence, words_in
from bibtools.formats.pages.title_ends import final_word_score, title_score

UNSURE_MARGIN = 2.5
"""A runner-up closer than this makes the split unsure."""
UNSURE_SCORE = -3.0
"""A best reading below this is unsure by itself."""
NO_NAME_SCORE = -6.0
"""A best reading below this is no reading: the line is left whole."""

_MOST_NAMES = 12
_LONGEST_LINE = 5000
_MOST_WORDS = 8
"""Of one name; looking at longer ones would only cost time."""


@dataclass(frozen=True, slots=True)
class Split:
    """One way to part title and names."""

    title: str
    names: tuple[str, ...]
    score: float

    def __str__(self) -> str:
        return f"{self.title} | {', '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The best split of a line, and how sure it is."""

    best: Split | None
    """None when no name can be told on the line."""
    sure: bool
    others: tuple[Split, ...] = ()
    """The runners-up, best first."""
    margin: float = 0.0
    """How far the best reading is ahead of the next."""


_NUMBERED_BODY = re.compile(r"\d{1,3}\.\s?[A-Z]+(?:,|$)")  # 01.AI
_LOWER_START = re.compile(
    r"(?:van|von|de|der|den|di|da|du|dos|le|la|ter|ten|el|al|bin|ibn|zu) "
    r"|(?:(?:al|el|ul)-|[dl]['\u2019])[A-Z]"
)

# Most letters of a line are lower case and start nothing.
_MAYBE_START = re.compile(rf"(?<!\s)(?:[^a-z\W_]|(?={_LOWER_START.pattern}))")


def _may_start(text: str, i: int) -> bool:
    """True when a name could begin at `i`, right behind the sign before it."""
    character, before = text[i], text[i - 1]
    if before.isspace():
        return False
    if character.isupper() or character.istitle():
        return True
    before_is_cased = before.islower() or before.isupper()
    if character.islower():
        known = _LOWER_START.match(text, i) is not None
        return known and (not before.isalpha() or before.islower())
    if character.isalpha():
        # Scripts without case: a name may begin where the script changes, but not behind a
        # vowel sign of its own.
        return before_is_cased or not (before.isalpha() or unicodedata.category(before)[0] == "M")
    if before.isdigit():
        return False
    return character.isdigit() and _NUMBERED_BODY.match(text[i : i + 20]) is not None


def _starts(text: str, begin: int, end: int) -> Iterator[int]:
    """The places in `text[begin:end]` where a name could begin right behind a title."""
    places = _MAYBE_START.finditer(text, max(begin, 1), end)
    return (place.start() for place in places if _may_start(text, place.start()))


def _prior(count: int, truncated: bool) -> float:
    """How likely so many names are: three before `et al.`, one to three without it."""
    if truncated:
        return 0.0 if count == 3 else -3.0
    return 0.0 if count <= 3 else -3.0


_WITHIN_CAPITALS = re.compile(r"[A-Z]{4}")


def _start_score(text: str, start: int, evidence: Evidence, own: frozenset[str]) -> float:
    """Against starts that are seldom one: a lower-case letter, an initial behind an acronym."""
    score = 0.0
    if text[start].islower():
        score -= 4.0
        pieces = words_in(text[:start].rpartition(" ")[2])
        if pieces and final_word_score(pieces[-1], pieces[-1], False, evidence, own) <= 0.0:
            score -= 5.0  # "Title" is not "Tit" and a name with "le"
    if text[start - 1].isupper() and text[start].isupper():
        if text[start + 1 : start + 2] == " ":
            score -= 2.0
        elif _WITHIN_CAPITALS.match(text, start - 2):
            score -= 3.0  # "AT" + "LAS Collaboration"
    return score


def _splits(text: str, truncated: bool, evidence: Evidence, own: frozenset[str]) -> list[Split]:
    parts = comma_parts(text)
    found: list[Split] = []
    tail_score = 0.0
    whole_scores: dict[int, float] = {}

    def whole_score_of(count: int) -> float:
        if count not in whole_scores:
            whole_scores[count] = name_score(parts[-count][1].strip(), evidence)
        return whole_scores[count]

    for count in range(1, min(len(parts), _MOST_NAMES) + 1):
        at, part = parts[-count]
        prior = _prior(count, truncated)
        if count < min(3, len(parts)) and whole_score_of(count + 1) > 1.5:
            prior -= 4.0  # the part before is a name as well
        rest = tuple(name.strip() for _, name in parts[len(parts) - count + 1 :])
        tail = part.rsplit(" ", _MOST_WORDS)
        begin = at + len(tail[0]) if len(tail) > _MOST_WORDS else at
        for start in _starts(text, begin, at + len(part)):
            first = text[start : at + len(part)].strip()
            title = text[:start]
            score = prior + tail_score + _start_score(text, start, evidence, own)
            if count < len(parts) and " " not in part[: start - at]:
                score -= 1.5  # a title seldom ends with a single word behind a comma
            score += name_score(first, evidence) + title_score(title, evidence, own)
            found.append(Split(title.rstrip(), (first, *rest), score))
        tail_score += max(-8.0, min(whole_score_of(count), 2.0))
        if tail_score < -20.0:
            break
    found.sort(key=lambda split: (-split.score, len(split.title)))
    return found


def find_boundary(
    text: str, truncated: bool, evidence: Evidence, own_words: frozenset[str]
) -> Boundary:
    """Part "TitleNAME, NAME, NAME", without `et al.` and affiliations.

    `truncated` says that an `et al.` followed, so that three names are expected; without it
    there are one to three. `own_words` are the words of the paper's abstract.
    """
    found = _splits(text, truncated, evidence, own_words) if len(text) <= _LONGEST_LINE else []
    if not found:
        return Boundary(None, False)
    best, others = found[0], found[1:]
    if best.score < NO_NAME_SCORE:
        return Boundary(None, False, tuple(found[:2]))
    margin = best.score - others[0].score if others else float("inf")
    near = tuple(split for split in others if best.score - split.score < UNSURE_MARGIN)
    if near or best.score < UNSURE_SCORE:
        return Boundary(best, False, near or tuple(others[:2]), margin)
    return Boundary(best, True, (), margin)


def certain_names(text: str, truncated: bool) -> tuple[str, ...]:
    """The names that end such a line, whatever the boundary: the last two before `et al.`."""
    if not truncated:
        return ()
    parts = comma_parts(text)
    return tuple(name.strip() for _, name in parts[-2:]) if len(parts) >= 3 else ()


def title_words(text: str) -> str:
    """The part of a joined line that is certainly title: all before the last word it shares."""
    parts = comma_parts(text)
    start = parts[-3][0] if len(parts) >= 3 else 0
    head = text[: start + len(parts[max(0, len(parts) - 3)][1])]
    words = head.split(" ")
    return " ".join(words[: max(0, len(words) - 4)])
