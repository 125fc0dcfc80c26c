"""What hands wrote and took away, so that a test can say what must still be there.

Every value that a hand writes has a *token* in it, a word or a number that nobody had before. A
token lives from then on until a hand takes it out where it saw it; while it lives, it must stand
in the file or in the library, however often they were synced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(r"zq[a-j]+qz|(?<![0-9])7[0-9]{4}(?![0-9])|(?<![0-9.])1[5-8][0-9]{2}(?![0-9])")
_YEARS = range(1500, 1900)


def tokens(text: str) -> set[str]:
    """The tokens in a text; letters may stand in another case."""
    return set(_TOKEN.findall(text.lower()))


@dataclass
class Ledger:
    """The tokens that live, and of which work they are."""

    alive: dict[str, str] = field(default_factory=dict)
    count: int = 0
    years: int = 0
    dying: dict[str, str] = field(default_factory=dict)
    """Tokens that a hand took away where both sides agreed, and their works."""
    gone: dict[str, str] = field(default_factory=dict)
    """Those that were gone from both sides after a sync: they never come back."""

    def word(self) -> str:
        """A word that nobody had before."""
        self.count += 1
        return "zq" + "".join("abcdefghij"[int(one)] for one in str(self.count)) + "qz"

    def number(self) -> str:
        """A number that nobody had before."""
        self.count += 1
        return str(70000 + self.count)

    def year(self) -> str:
        """A year that nobody had before, as long as there are any."""
        self.years += 1
        return str(_YEARS[self.years - 1]) if self.years <= len(_YEARS) else "1999"

    def took(self, work: str, old: str, new: str, elsewhere: str) -> None:
        """A hand took something out of one side, which the other side has."""
        for one in (tokens(old) - tokens(new)) & tokens(elsewhere):
            self.dying[one] = work

    def bury(self, work: str) -> None:
        """A sync took what a hand took out of one side of a work out of the other."""
        for one in [one for one, whose in self.dying.items() if whose == work]:
            self.gone[one] = self.dying.pop(one)

    def revived(self, text: str = "") -> None:
        """What stands in a text may be seen again; without one, everything."""
        for one in tokens(text) if text else {*self.dying, *self.gone}:
            self.dying.pop(one, None)
            self.gone.pop(one, None)

    def edited(self, work: str, old: str, new: str) -> None:
        """A hand made one text of another: what it took out is dead, what it put in lives."""
        before, after = tokens(old), tokens(new)
        for one in before - after:
            self.alive.pop(one, None)
        for one in after - before:
            self.alive[one] = work

    def dropped(self, text: str, other: str) -> None:
        """A hand threw a text away as a whole; what the other side says too lives on there."""
        for one in tokens(text) - tokens(other):
            self.alive.pop(one, None)

    def lost(self, *places: str) -> dict[str, str]:
        """What lives and stands in none of the places, with its work."""
        seen = {one for text in places for one in tokens(text)}
        return {one: work for one, work in self.alive.items() if one not in seen}
