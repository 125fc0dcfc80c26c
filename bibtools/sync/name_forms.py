"""Two lists of the same people in two forms: initials and names, letters with and without marks.

Only where one form is the other shortened: "E." for "Emily", "Muller" for "Müller", "and others"
for the rest of a list. Two spellings of which neither is short for the other are two names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

from bibtools.sync.comparing import loose_name, loose_text
from bibtools.text.people import fold, plain_letters

Fuller: TypeAlias = Literal["here", "there", "same"]
"""Which of two forms of one name says more."""
_OTHERS: Final = "others"
_PARTS = re.compile(r"[^\s.\-\u2010-\u2015~]+")
_SUFFIXES: Final = frozenset("jr sr ii iii iv junior senior".split())


def is_others(creator: Mapping[str, Any]) -> bool:
    """Whether a creator is no name, but says that there are more."""
    return creator.get("name") == _OTHERS


def fuller_forms(
    here: Sequence[Mapping[str, Any]], there: Sequence[Mapping[str, Any]]
) -> list[Fuller] | None:
    """For each name that both lists have, in order, the side with the fuller form of it.

    None where the lists are not of the same people for sure. Where one list ends with "others", the
    longer one is the fuller, and the names are those of the shorter.
    """
    shorter, longer = sorted((here, there), key=lambda names: len(_people(names)))
    if len(_people(shorter)) != len(_people(longer)):
        if not _is_open(shorter):
            return None
    elif _is_open(shorter) != _is_open(longer):
        return None  # the one says that there are more, the other that these are all
    found: list[Fuller] = []
    for mine, theirs in zip(_people(here), _people(there), strict=False):
        fuller = fuller_name(mine, theirs)
        if fuller is None:
            return None
        found.append(fuller)
    return found or None


def _is_open(names: Sequence[Mapping[str, Any]]) -> bool:
    return bool(names) and is_others(names[-1])


def _people(names: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    return names[:-1] if _is_open(names) else names


def fuller_name(here: Mapping[str, Any], there: Mapping[str, Any]) -> Fuller | None:
    """The side with the fuller form of one name; None where neither is short for the other."""
    if loose_name(here) == loose_name(there):
        return "same"
    if here.get("name") or there.get("name"):
        return None
    verdicts = {_fuller_word(str(here.get("lastName") or ""), str(there.get("lastName") or ""))}
    mine, theirs = (_parts(str(one.get("firstName") or "")) for one in (here, there))
    if not mine or not theirs:
        return None
    mine, theirs = _spelt_out(mine, theirs), _spelt_out(theirs, mine)
    longer: Fuller = "here" if len(mine) > len(theirs) else "there"
    rest = (mine if longer == "here" else theirs)[min(len(mine), len(theirs)) :]
    if rest:
        if any(fold(word).strip(",") in _SUFFIXES for word in rest):
            return None  # father and son
        verdicts.add(longer)
    verdicts |= {_fuller_part(one, other) for one, other in zip(mine, theirs, strict=False)}
    verdicts.discard("same")
    if len(verdicts) > 1 or None in verdicts:
        return None
    return next(iter(verdicts), "same")


def _parts(given: str) -> tuple[str, ...]:
    """Given names and initials: "Jean-Pierre B." is three."""
    return tuple(_PARTS.findall(given))


def _spelt_out(parts: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Initials that are written as one word, "JP", taken apart where they are the other's."""
    if len(parts) == 1 < len(other) and parts[0].isupper() and len(parts[0]) == len(other):
        letters = tuple(parts[0])
        if [fold(one) for one in letters] == [fold(word)[:1] for word in other]:
            return letters
    return parts


def _fuller_part(here: str, there: str) -> Fuller | None:
    mine, theirs = fold(plain_letters(here)), fold(plain_letters(there))
    if mine != theirs and mine and theirs:
        if len(mine) == 1 and theirs.startswith(mine):
            return "there"
        if len(theirs) == 1 and mine.startswith(theirs):
            return "here"
    return _fuller_word(here, there)


def _fuller_word(here: str, there: str) -> Fuller | None:
    """The side that spells a word with its marks; LaTeX that was never read is the poorer form."""
    mine, theirs = (loose_text(one).casefold() for one in (here, there))
    if mine == theirs:
        return "same"
    if _unmarked(here) != _unmarked(there):
        return None
    poor_here, poor_there = (not _is_marked(one) for one in (here, there))
    if poor_here == poor_there:
        return None
    return "there" if poor_here else "here"


@lru_cache(maxsize=4096)
def _unmarked(text: str) -> str:
    return " ".join(fold(plain_letters(loose_text(text))).split())


def _is_marked(text: str) -> bool:
    """Whether a word has letters beyond ASCII, all of them Latin: another script is no spelling."""
    return (
        not text.isascii()
        and "\\" not in text
        and all(
            unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha()
        )
    )
