"""What the difference between two titles means: a slip of the pen, or another paper.

The words of both titles are aligned; every stretch in which they differ is judged by itself,
and the worst stretch decides. A slip makes a word that no title has; the sister paper of a
series has another word that other titles have as well, or another number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from bibtools.text.titles import FUNCTION_WORDS, REMARK_WORDS, is_number, is_roman, tells_apart

SLIPPED_PART = 0.7
"""What a misspelt word tells of what the right one would."""
STRAY_LETTERS = "bcefghjklmnopqrstuwyz"
"""Letters that may have slipped into a title; not those that name a part (I, V, X, A, D)."""
LONG_TITLE = 6
RARER = {3: 50, 4: 10, 5: 3}
"""How many times rarer, by its length, a word must be to be a slip for another one."""


class Vocabulary(Protocol):
    """What the index knows of words."""

    def count(self, word: str) -> int:
        """In how many titles the word stands."""

    def weight(self, word: str) -> float:
        """How much the word tells, in bits."""


class Difference(IntEnum):
    """How two titles differ; a greater number is a greater difference."""

    EXACT = 0
    SPELLING = 1
    """Slips within words, other blanks, function words."""
    SHORTENED = 2
    """The asked title is cut off or lacks the subtitle."""
    WORD_MISSING = 3
    """The asked title lacks one word that counts."""
    VARIED = 4
    """Words that count were added, dropped or exchanged."""
    APART = 5
    """A number, a part or a negation differs: another paper of a series."""


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """The comparison of an asked title with a known one."""

    difference: Difference
    score: float
    """Likeness of the letters, 0 to 100; of the compared part when the title is shortened."""
    bits: float
    """How much the words tell that both have: 20 bits single out one of a million. Not filled
    for an exact title, for which `title_bits` has the answer."""
    slips: int = 0


_EXACT = TitleMatch(Difference.EXACT, 100.0, 0.0)


class KnownTitle(Protocol):
    """A title of the index, as far as comparing needs it."""

    @property
    def words(self) -> Sequence[str]:
        """The comparable words."""

    @property
    def key(self) -> str:
        """The words without blanks."""

    @property
    def printed(self) -> Sequence[int]:
        """The number of the printed word that each word belongs to."""

    @property
    def subtitle_places(self) -> frozenset[int]:
        """After how many words a subtitle begins."""


def compare_titles(
    asked: Sequence[str], title: KnownTitle, words: Vocabulary, *, cut: bool = False
) -> TitleMatch:
    """Compare the words of an asked title with a known one.

    `cut` says that the asked title ends in an ellipsis.
    """
    known = title.words
    key = "".join(asked)
    if key == title.key:
        return _EXACT
    bits = sum(words.weight(word) for word in set(asked) & set(known))
    worst = Difference.EXACT
    slips = gaps = blocks = 0
    compared = len(known)
    for block in _blocks(asked, known):
        judged, count = _judge(block, asked, title, words, cut)
        blocks += 1
        gaps += judged in (Difference.SHORTENED, Difference.WORD_MISSING)
        if judged is Difference.SHORTENED and block.known_end == len(known):
            compared = block.known_start
        if judged is Difference.SPELLING:
            # The word is there, if misspelt.
            missed = known[block.known_start : block.known_end]
            bits += SLIPPED_PART * sum(words.weight(word) for word in missed)
        slips += count
        worst = max(worst, judged)
    score = _likeness(key, "".join(known[:compared]))
    # Slips in every second word are not slips; two gaps are not one; and a gap is taken for one
    # only where little else differs.
    if worst <= Difference.WORD_MISSING and (gaps > 1 or slips > max(2, len(key) // 12)):
        worst = Difference.VARIED
    if blocks > {Difference.SHORTENED: 2, Difference.WORD_MISSING: 1}.get(worst, blocks):
        worst = Difference.VARIED
    return TitleMatch(worst, score, bits, slips)


def title_bits(titles: Iterable[Sequence[str]], words: Vocabulary) -> float:
    """How much a title tells that was printed so and so: the most of its prints.

    "Selfattention" is one word that no title has, "self attention" two that many have.
    """
    return max(sum(words.weight(word) for word in set(title)) for title in titles)


@dataclass(frozen=True, slots=True)
class _Block:
    asked_start: int
    asked_end: int
    known_start: int
    known_end: int


# rapidfuzz is imported where titles differ: a title that is found as it is asked needs none of it,
# and importing it takes longer than finding the paper.


def _likeness(one: str, other: str) -> float:
    """How alike they are, 0 to 100."""
    if one == other:
        return 100.0
    from rapidfuzz.distance import Indel

    return 100.0 * Indel.normalized_similarity(one, other)


def _blocks(asked: Sequence[str], known: Sequence[str]) -> Iterator[_Block]:
    """The stretches in which the words differ, from left to right."""
    if asked == known:
        return
    from rapidfuzz.distance import Indel

    start: tuple[int, int] | None = None
    end = (0, 0)
    for op in Indel.opcodes(asked, known):
        if op.tag == "equal":
            if start is not None:
                yield _Block(start[0], end[0], start[1], end[1])
                start = None
        else:
            start = start or (op.src_start, op.dest_start)
            end = (op.src_end, op.dest_end)
    if start is not None:
        yield _Block(start[0], end[0], start[1], end[1])


def _judge(
    block: _Block, asked: Sequence[str], title: KnownTitle, words: Vocabulary, cut: bool
) -> tuple[Difference, int]:
    """What one stretch means, and how many slips it takes to explain it."""
    ours = asked[block.asked_start : block.asked_end]
    theirs = title.words[block.known_start : block.known_end]
    at_end = block.asked_end == len(asked) and block.known_end == len(title.words)
    if at_end and cut and _is_beginning(ours, theirs):
        return Difference.SHORTENED, 0
    if not ours:
        return _missing(block, theirs, at_end, title), 0
    if not theirs:
        return _added(ours, len(asked))
    return _exchanged(ours, theirs, words)


def _is_beginning(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    """True when the known words go on where the asked ones were cut, even within a word."""
    return "".join(theirs).startswith("".join(ours))


def _missing(block: _Block, theirs: Sequence[str], at_end: bool, title: KnownTitle) -> Difference:
    if at_end and block.known_start in title.subtitle_places:
        # "Likely cavitation 2: Impulse driven" is not "Likely cavitation" with a subtitle.
        return Difference.APART if _is_part(theirs[0]) else Difference.SHORTENED
    if block.known_start == 0 and block.known_end in title.subtitle_places:
        # The name of the system before the colon was left out.
        # "Corrigendum: Swaying bridges" is another paper than "Swaying bridges".
        other = any(_is_part(word) or word in REMARK_WORDS for word in theirs)
        return Difference.APART if other else Difference.SHORTENED
    if tells_apart(theirs):
        return Difference.APART
    content = [n for n, word in enumerate(theirs) if word not in FUNCTION_WORDS]
    if not content:
        return Difference.SPELLING
    count = len({title.printed[block.known_start + n] for n in content})
    return Difference.WORD_MISSING if count == 1 else Difference.VARIED


def _is_part(word: str) -> bool:
    """True for what begins the name of a part: "II", "2", "Part"."""
    return (
        word in ("part", "volume", "vol", "chapter", "lecture", "episode")
        or (word.isdigit() and len(word) <= 2)
        or is_roman(word)
    )


def _added(ours: Sequence[str], asked: int) -> tuple[Difference, int]:
    """Words that only the asked title has."""
    if all(word in FUNCTION_WORDS for word in ours):
        return Difference.SPELLING, 0
    if len(ours) == 1 and len(ours[0]) == 1 and ours[0] in STRAY_LETTERS and asked >= LONG_TITLE:
        return Difference.SPELLING, 1
    return (Difference.APART if tells_apart(ours) else Difference.VARIED), 0


def _exchanged(
    ours: Sequence[str], theirs: Sequence[str], words: Vocabulary
) -> tuple[Difference, int]:
    a, k = "".join(ours), "".join(theirs)
    if a == k:
        return Difference.SPELLING, 0
    if all(word in FUNCTION_WORDS for word in theirs):
        if all(word in FUNCTION_WORDS for word in ours):
            return Difference.SPELLING, 0
        from rapidfuzz.distance import OSA

        # "n" for "in", "te" for "the"; but "type D" is not "type A".
        if k != "a" and not any(map(str.isdigit, a)) and OSA.distance(a, k) == 1:
            return Difference.SPELLING, 1
    if _digits(a) != _digits(k):
        return Difference.APART, 0
    slip = _slip(ours, theirs, a, k, words)
    if slip:
        return Difference.SPELLING, slip
    extra = [word for word in (*ours, *theirs) if word not in FUNCTION_WORDS]
    return (Difference.APART if tells_apart(extra) else Difference.VARIED), 0


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _slip(ours: Sequence[str], theirs: Sequence[str], a: str, k: str, words: Vocabulary) -> int:
    """How many slips lead from the known letters to the asked ones; 0 when it is no slip."""
    from rapidfuzz.distance import OSA

    longer = max(len(a), len(k))
    if longer <= 2:
        return 0
    allowed = 1 if longer <= 5 else 2 if longer <= 12 else 3
    distance = OSA.distance(a, k, score_cutoff=allowed)
    if distance > allowed:
        return 0
    # A number that became another one is no slip; a letter set beside a number may be.
    if any(map(is_number, theirs)) and not _same_numbers(ours, theirs):
        return distance if distance == 1 and _letter_beside_number(ours, theirs, a, k, words) else 0
    strange = [word for word in ours if word not in FUNCTION_WORDS and word not in theirs]
    if any(words.count(word) == 0 for word in strange):
        return distance
    if len(ours) != len(theirs):
        # A blank lost or set: the pieces may be words by chance.
        return distance if distance <= 1 else 0
    return distance if distance == 1 and _chance_word(ours, theirs, words) else 0


def _letter_beside_number(
    ours: Sequence[str], theirs: Sequence[str], a: str, k: str, words: Vocabulary
) -> bool:
    """True when a single letter was set or left out in a word that holds a number or symbol.

    "VitaminoD" for "Vitamin D", "Phse4DFD" for "Phase4DFD"; but not "MfS2" for "MoS2", which
    may be another substance, and not "II" for "I".
    """
    if len(a) == len(k):
        return len(a) >= 6 and words.count(a) == 0
    if any(words.count(word) > 2 for word in ours if word not in theirs):
        return False
    changed = (Counter(a) - Counter(k)) + (Counter(k) - Counter(a))
    return not (any(map(is_roman, theirs)) and set(changed) & set("ivxl"))


def _same_numbers(ours: Sequence[str], theirs: Sequence[str]) -> bool:
    return sorted(filter(is_number, ours)) == sorted(filter(is_number, theirs))


def _chance_word(ours: Sequence[str], theirs: Sequence[str], words: Vocabulary) -> bool:
    """True when a slip happened to make a word: far rarer than the right one, or its plural."""
    for a, k in zip(ours, theirs, strict=True):
        if a == k:
            continue
        shorter = min(len(a), len(k))
        if shorter < 3 or tells_apart((a, k)):
            return False
        if shorter >= 4 and a.rstrip("s") == k.rstrip("s"):
            continue
        if words.count(a) * RARER[min(shorter, 5)] > words.count(k):
            return False
    return True
