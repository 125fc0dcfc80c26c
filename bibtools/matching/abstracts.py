"""How alike two abstracts are: by their content words, weighted by rarity.

Why words and not shingles or characters: over the pairs of abstracts we checked by hand, a
rewritten abstract of one paper shares fewer word triples (Jaccard .090) than two sister
reports share boilerplate (.089); content words and their rarity keep the two apart.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")

# English words that say nothing of a paper's subject, and the set phrases of abstracts.
_STOP = frozenset(
    "a about above across additionally after all allow allows almost also although among an and "
    "any are art as at be because been before being between both but by can challenge challenges "
    "code compared could data demonstrate demonstrates different do does due during each effective "
    "effectively especially even existing experiments extensive few field find first for from "
    "further furthermore given good has have high how however i if improve improves in including "
    "introduce into is it its large leads less low make makes many may method methods model models "
    "more moreover most much multiple need new no not novel number of often on one only or other "
    "our out outperforms over paper performance propose proposed provide provides recent recently "
    "results several show shows significant significantly since so some specifically state still "
    "study such task tasks than that the their them then there these they this those three through "
    "thus to two under up us use used using various very via was we well were what when where "
    "which while who will with within without work would yet available github https com".split()
)


def content_words(abstract: str) -> frozenset[str]:
    """The words of an abstract that carry its subject, folded to lower case without accents."""
    folded = unicodedata.normalize("NFKD", abstract).casefold()
    folded = "".join(char for char in folded if not unicodedata.combining(char))
    return frozenset(word for word in _WORD.findall(folded) if word not in _STOP and len(word) > 1)


def exact_key(abstract: str) -> str:
    """Equal for two prints of one text: letters and digits only, in lower case."""
    folded = unicodedata.normalize("NFKC", abstract).casefold()
    return "".join(char for char in folded if char.isalnum())


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two abstracts are, each figure 0 to 1."""

    jaccard: float
    """Shared content words over all content words."""
    cosine: float
    """The same with rare words counting more (inverse document frequency)."""


class AbstractIndex:
    """Abstracts of one build, to be asked for those most like another one.

    Linear in the number of abstracts: a word that stands in more than `common` of them is
    not followed.
    """

    def __init__(self, abstracts: Sequence[frozenset[str]], common: int = 400) -> None:
        self.words = abstracts
        frequency: Counter[str] = Counter()
        for words in abstracts:
            frequency.update(words)
        total = len(abstracts)
        # With a handful of abstracts, frequency says little; the +2 keeps weights level then.
        self._weight = {
            word: math.log((total + 2) / (count + 0.5)) for word, count in frequency.items()
        }
        self._postings: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(abstracts):
            for word in words:
                if frequency[word] <= common:
                    self._postings[word].append(number)
        self._norm = [self._square(words) for words in abstracts]

    def _square(self, words: Iterable[str]) -> float:
        return sum(self._weight.get(word, 0.0) ** 2 for word in words)

    def likeness(self, first: int, second: int) -> Likeness:
        """How alike two of the abstracts are."""
        a, b = self.words[first], self.words[second]
        if not a or not b:
            return Likeness(0.0, 0.0)
        shared = a & b
        product = math.sqrt(self._norm[first] * self._norm[second])
        return Likeness(
            len(shared) / len(a | b), self._square(shared) / product if product else 0.0
        )

    def nearest(self, number: int, among: frozenset[int] | set[int], most: int = 8) -> list[int]:
        """The abstracts of `among` that share most with this one, best first."""
        score: dict[int, float] = defaultdict(float)
        for word in self.words[number]:
            weight = self._weight[word] ** 2
            for other in self._postings.get(word, ()):
                if other != number and other in among:
                    score[other] += weight
        ranked = sorted(score, key=lambda other: (-score[other], other))[: most * 4]
        exact = {other: self.likeness(number, other).cosine for other in ranked}
        return sorted(ranked, key=lambda other: (-exact[other], other))[:most]
