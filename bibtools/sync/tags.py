"""Tags that a list of keywords parts: "Robots; mobile" is one in Zotero, two words in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Tags: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Tags by their text."""
Parted: TypeAlias = dict[str, list[str]]
"""Words that stand for one tag."""
_MARKS = re.compile("[,;]")


def words_of(tag: str) -> list[str]:
    """The words that a list of keywords makes of a tag."""
    return [word for part in _MARKS.split(tag) if (word := part.strip())]


def as_one(here: Sequence[Tags], there: Sequence[Tags]) -> tuple[list[Tags], Parted]:
    """The tags of the file's sides, past and present, with words put together that are one tag in
    Zotero; and which those are.

    Words that are tags of their own in Zotero too are left as they are.
    """
    every = {text for side in there for text in side}
    parted: Parted = {}
    sides = [dict(side) for side in here]
    for tag in sorted(every):
        words = words_of(tag) if _MARKS.search(tag) else []
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
