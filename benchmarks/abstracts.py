"""Records like arXiv's in any number, each with an abstract, made from real ones.

Titles, authors and classes are real as far as there are records. Abstracts are sentences drawn
from real abstracts until they are as long as arXiv's. So that the vocabulary goes on growing, a
rare word of a sentence that was there before gets other letters whenever the words that were told
so far are fewer than Heaps' law asks for, `V(n) = K n^b` with K and b measured on the real
abstracts (all of them and half of them). What one abstract has in common with itself (the same
terms again and again) is lost, so what is made here packs a little worse than real abstracts.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bibtools.adapters.index.sources import open_source, read_lines

_WORD = re.compile(r"[^\W\d_]{3,}")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_LETTERS = "eeeeettttaaaoooiiinnnssshhrrddllcumwfgypbvk"
_RARE = 2
"""In so many of the real abstracts at most, for a word whose letters may be changed."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Heaps' law: how many different words so many words have."""

    factor: float
    exponent: float

    def words(self, told: int) -> float:
        """The number of different words among so many."""
        return self.factor * math.pow(max(told, 1), self.exponent)


def growth_of(abstracts: Sequence[str]) -> Growth:
    """The law of these abstracts, from the half and the whole of them."""
    told, different = 0, set()
    points = []
    for number, text in enumerate(abstracts, start=1):
        found = _WORD.findall(text.lower())
        told += len(found)
        different.update(found)
        if number in (len(abstracts) // 2, len(abstracts)):
            points.append((told, len(different)))
    (first, few), (last, many) = points
    exponent = math.log(many / few) / math.log(last / first)
    return Growth(many / last**exponent, exponent)


def made_records(path: Path, count: int, characters: int, seed: int) -> Iterator[bytes]:
    """So many records as lines, with abstracts of so many characters on the average."""
    rng = random.Random(seed)
    abstracts = []
    with open_source(path) as (content, _):
        for line in read_lines(content, path):
            if text := json.loads(line).get("abstract"):
                abstracts.append(" ".join(text.split()))  # noqa: PERF401
    rng.shuffle(abstracts)
    sentences = [one for text in abstracts for one in _SENTENCE.split(text)]
    usual = sum(map(len, abstracts)) / len(abstracts)
    lengths = [len(text) * characters / usual for text in abstracts]
    seen: Counter[str] = Counter()
    for text in abstracts:
        seen.update(set(_WORD.findall(text.lower())))
    maker = _Maker(rng, {word for word, often in seen.items() if often <= _RARE}, abstracts)
    done = 0
    while done < count:
        with open_source(path) as (content, _):
            for line in read_lines(content, path):
                record = json.loads(line)
                if done >= len(lengths):
                    record["abstract"] = maker.abstract(sentences, rng.choice(lengths))
                else:
                    record["abstract"] = maker.abstract(sentences, lengths[done])
                # Every ID once, of the form that they have since 2015.
                month = f"{15 + done // 1_080_000:02}{done // 90_000 % 12 + 1:02}"
                record["id"] = f"{month}.{done % 90_000 + 1:05}"
                yield json.dumps(record, ensure_ascii=False).encode() + b"\n"
                done += 1
                if done == count:
                    return


class _Maker:
    def __init__(self, rng: random.Random, rare: set[str], abstracts: Sequence[str]) -> None:
        self.rng = rng
        self.rare = rare
        self.growth = growth_of(abstracts)
        self.told = 0
        self.different: set[str] = set()

    def abstract(self, sentences: Sequence[str], length: float) -> str:
        """Sentences of about so many characters together."""
        parts: list[str] = []
        size = 0
        while size < length:
            one = self.rng.choice(sentences)
            if size and size + len(one) / 2 > length:
                break
            parts.append(_WORD.sub(self.word, one))
            size += len(one) + 1
        return " ".join(parts)

    def word(self, match: re.Match[str]) -> str:
        """A word, with other letters where a new one is due."""
        word = match[0]
        low = word.lower()
        self.told += 1
        if low not in self.different:
            self.different.add(low)
        elif low in self.rare and len(self.different) < self.growth.words(self.told):
            made = word[0] + "".join(self.rng.choices(_LETTERS, k=len(word) - 1))
            self.different.add(made.lower())
            return made
        return word
