"""Whether two names of a venue are one: in full, abbreviated or as an acronym.

"Phys. Rev. Lett." is "Physical Review Letters", "NeurIPS" is "Neural Information Processing
Systems"; "Nature" is not "Nature Communications". Where nothing says that two names are one, they
are two: a volume beside the wrong venue is worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bibtools.text.titles import FUNCTION_WORDS, title_words

# Words that names of venues have or lack without meaning another one.
_FRAME = FUNCTION_WORDS | frozenset(
    "proceedings proc annual int intl international conference conf symposium symp meeting "
    "congress journal j jnl transactions trans advances ieee acm cvf siam usenix aaai ifip lncs "
    "edition volume vol series th st nd rd der die das und fur de la le les et du des".split()
)
_ORDINAL = re.compile(
    r"\d+(?:st|nd|rd|th)?|(?:twenty|thirty|forty|fifty|sixty)?(?:first|second|third|fourth|fifth"
    r"|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\w+teenth|\w+tieth)"
)
_KINDS = {
    "journal": frozenset("journal j jnl transactions trans annals".split()),
    "meeting": frozenset(
        "conference conf symposium symp meeting congress workshop workshops".split()
    ),
}
_ACRONYM = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z]{3,}\b")
_TRACKS = frozenset(
    "workshop workshops findings companion supplement supplements supplementary poster posters "
    "demo demos demonstrations tutorial tutorials student doctoral consortium extended abstracts "
    "short industry newsletter magazine".split()
)
"""Words that make another venue of the same name: part of a meeting, sister of a journal."""


def venues_agree(first: str, second: str) -> bool:
    """Whether both may be the name of one venue."""
    a, b = _words(first), _words(second)
    if not a or not b:
        # Nothing but "Proceedings": only the very same says the same.
        return title_words(first) == title_words(second)
    if (kinds := (_kinds(first), _kinds(second)))[0] and kinds[1] and kinds[0] != kinds[1]:
        return False
    if a == b or ((len(a) + len(b) > 2 or "." in first + second) and _abbreviates(a, b)):
        return True
    if _TRACKS.intersection(a) != _TRACKS.intersection(b):
        return False
    return _by_acronym(first, a, second, b) or _by_acronym(second, b, first, a)


def _kinds(name: str) -> frozenset[str]:
    """`journal`, `meeting`, both or neither, as far as the name says it."""
    words = title_words(name)
    return frozenset(kind for kind, marks in _KINDS.items() if not marks.isdisjoint(words))


def _words(name: str) -> tuple[str, ...]:
    words = [word for word in title_words(name) if not _ORDINAL.fullmatch(word)]
    bare = [word for word in words if word not in _FRAME]
    return tuple(bare or [word for word in words if word not in FUNCTION_WORDS])


def _abbreviates(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether each word is the other's abbreviation, word by word."""
    return len(first) == len(second) and all(
        _short_for(*sorted((a, b), key=len)) for a, b in zip(first, second, strict=True)
    )


def _short_for(short: str, long: str) -> bool:
    """Whether a word is the beginning of another, or its first letter and some more in order."""
    if short == long:
        return True
    letters = iter(long)
    return short[0] == long[0] and all(letter in letters for letter in short)


def _by_acronym(short: str, ours: Sequence[str], long: str, theirs: Sequence[str]) -> bool:
    """Whether one name is an acronym that the other holds or is made of."""
    if len(ours) != 1 or not _ACRONYM.search(short):
        return False
    (acronym,) = ours
    if acronym in theirs:
        return True
    words = [word for word in title_words(long) if not _ORDINAL.fullmatch(word)]
    return len(words) >= 2 and _made_of(acronym, words, 0)


def _made_of(letters: str, words: Sequence[str], used: int) -> bool:
    """Whether the letters are beginnings of these words, in order, some words left out."""
    if not letters:
        return used >= 2
    for number, word in enumerate(words):
        for end in range(min(len(letters), len(word)), 0, -1):
            if word.startswith(letters[:end]) and _made_of(
                letters[end:], words[number + 1 :], used + 1
            ):
                return True
    return False
