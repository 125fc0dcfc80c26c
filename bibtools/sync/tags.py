"""Tags that a list of keywords parts or spells otherwise: "Robots; mobile" is one in Zotero, two
words in a file, and "$x_1$" is read from a file as "x₁".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence, Set
from typing import Any, TypeAlias

from bibtools.sync.comparing import loose_text

Tags: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Tags by their text."""
Parted: TypeAlias = dict[str, list[str]]
"""Words that stand for one tag."""
_MARKS = re.compile("[,;]")
_SPELLING = re.compile(r"[$^_{}\\]|<[^>]*>")


def words_of(tag: str) -> list[str]:
    """The words that a list of keywords makes of a tag."""
    return [word for part in _MARKS.split(tag) if (word := part.strip())]


def _folded(tag: str) -> str:
    return unicodedata.normalize("NFKC", _SPELLING.sub("", loose_text(tag))).replace(" ", "")


def _otherwise(tag: str, mine: Set[str], every: Set[str]) -> list[str]:
    """The word that a tag with formulas or markup in it became in the file, if there is one."""
    if not _SPELLING.search(tag) or tag in mine:
        return []
    folded = _folded(tag)
    return [word for word in sorted(mine - every) if folded and _folded(word) == folded][:1]


def as_one(here: Sequence[Tags], there: Sequence[Tags]) -> tuple[list[Tags], Parted]:
    """The tags of the file's sides, past and present, with words put together that are one tag in
    Zotero, and with tags spelt as there; and which those are.

    Words that are tags of their own in Zotero too are left as they are.
    """
    every = {text for side in there for text in side}
    parted: Parted = {}
    sides = [dict(side) for side in here]
    mine = {text for side in here for text in side}
    for tag in sorted(every):
        words = words_of(tag) if _MARKS.search(tag) else _otherwise(tag, mine, every)
        if words == [tag] or every.intersection(words):
            continue
        for side in sides:
            if words and tag not in side and all(word in side for word in words):
                parted[tag] = words
                for word in words:
                    side.pop(word, None)
                side[tag] = {"tag": tag}
    return [*sides], parted


def parted_again(tags: dict[str, Mapping[str, Any]], parted: Parted) -> None:
    """Put the words in the place of the tags that they stood for."""
    for tag, words in parted.items():
        if tags.pop(tag, None) is not None:
            tags.update({word: {"tag": word} for word in words})
