"""What a pattern makes of one entry: the key, and how a second entry with the same key is told
apart from the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from bibtools.later import later
from bibtools.model import Entry

_PLACE = later(r"%\(([naA])\)(-?)(0?)(\d{0,2})[sdi]")


def suffix(number: int) -> str:
    """The letters of the n-th entry with one key, from 0: a ... z, aa, ab ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Numbering:
    """How entries that would get one key are told apart: Better BibTeX's `postfix`.

    `template` has one place: `%(a)s` letters, `%(A)s` capitals, `%(n)s` figures, which may be
    padded (`%(n)02d`).
    """

    template: str = "%(a)s"
    start: int = 0
    """0: the first has no mark. 1: the first is marked too."""

    def mark(self, place: int) -> str:
        """The mark of an entry, counted from 0; empty for one that needs none."""
        number = place + self.start
        return _PLACE.sub(lambda found: _written(found, number), self.template) if number else ""

    @property
    def pattern(self) -> str:
        """A regular expression for every mark."""
        out, position = "", 0
        for found in _PLACE.finditer(self.template):
            out += re.escape(self.template[position : found.start()])
            out += {"a": "0*[a-z]{1,2}", "A": "0*[A-Z]{1,2}"}.get(found[1], "[0-9]+")
            position = found.end()
        out += re.escape(self.template[position:])
        return f"(?:{out})" if self.start else f"(?:{out})?"


def _written(found: re.Match[str], number: int) -> str:
    kind, left, zero, width = found.groups()
    letters = suffix(number - 1)
    text = {"a": letters, "A": letters.upper()}.get(kind, str(number))
    size = int(width or 0)
    # Blanks do not stand in a key.
    return text.ljust(size, "0") if left and zero else text.rjust(size, "0") if zero else text


def reads_as_numbering(template: str) -> bool:
    """Whether a template has exactly one place, and nothing else after a percent sign."""
    return len(_PLACE.findall(template)) == 1 and "%" not in _PLACE.sub("", template)


LETTERS = Numbering()


@dataclass(frozen=True, slots=True)
class Draft:
    """A key before it is known whether another entry has it too."""

    before: str
    after: str = ""
    """What stands behind the mark."""
    numbering: Numbering = LETTERS

    def key(self, place: int = 0) -> str:
        """The key of the n-th entry with this draft, from 0."""
        return self.before + self.numbering.mark(place) + self.after

    def fits(self, key: str) -> bool:
        """Whether a key is what this draft gives, to whichever entry."""
        end = len(key) - len(self.after)
        if end < len(self.before) or not key.startswith(self.before) or key[end:] != self.after:
            return False
        mark = key[len(self.before) : end]
        return _marks(self.numbering).fullmatch(mark) is not None


@lru_cache(maxsize=64)
def _marks(numbering: Numbering) -> re.Pattern[str]:
    return re.compile(numbering.pattern)


class Pattern(Protocol):
    """Something that makes keys."""

    def draft(self, entry: Entry) -> Draft:
        """The key of the entry. It has at least one character."""
        ...
