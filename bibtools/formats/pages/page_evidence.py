"""What a page tells about its own words and names, for telling titles from names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")


def words_in(text: str) -> list[str]:
    """The words of a text as printed; an apostrophe may be within one."""
    return _WORD.findall(text)


@dataclass(slots=True)
class Evidence:
    """What a page tells about its own words and names."""

    words: set[str] = field(default_factory=set)
    """Words of abstracts and titles, as printed and in lower case."""
    lower_words: set[str] = field(default_factory=set)
    """Words that occur in lower case inside running text."""
    names: Counter[str] = field(default_factory=Counter)
    """Whole names, on how many lines each."""
    given: Counter[str] = field(default_factory=Counter)
    """First words of names."""
    families: Counter[str] = field(default_factory=Counter)
    """Last words of names."""

    def read_text(self, text: str) -> None:
        """Learn the words of running text."""
        words = set(words_in(text))
        lower = {word.lower() for word in words}
        self.words |= words
        self.words |= lower
        self.lower_words |= words & lower

    def read_names(self, names: Iterable[str]) -> None:
        """Learn names that are certain."""
        for name in names:
            self.names[name] += 1
            words = name.split()
            if len(words) > 1:
                self.given[words[0]] += 1
                self.families[words[-1]] += 1


def words_of(text: str) -> frozenset[str]:
    """The words of a text as printed and in lower case."""
    words = set(words_in(text))
    return frozenset(words | {word.lower() for word in words})
