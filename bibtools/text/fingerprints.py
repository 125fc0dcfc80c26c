"""Fingerprints of abstracts: small enough for millions, good enough to know a text again.

An abstract is reduced to the pairs of its neighbouring content words; each pair becomes a
33-bit number. The lowest numbers of a text are a fair sample of its pairs (bottom-k sampling:
A. Z. Broder, "On the resemblance and containment of documents", 1997), and two versions of a
text share about as large a part of the sample as of the text.

Pairs of content words and not triples of all words: a rewritten abstract keeps more of them,
and "in this paper we" says nothing of the paper.
"""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

SAMPLE = 64
"""Pairs kept of each abstract for the comparison: 2 bytes each."""
ANCHORS = 6
"""Of those, the lowest, by which a text is found: 8 bytes each."""
ASKED_ANCHORS = 28
"""How many of its lowest pairs a text looks up: a rewritten text's sixth lowest pair may be
the other's twentieth."""
FEWEST = 16
"""A text of fewer pairs ("This paper has been withdrawn") tells nothing."""

_STOP = frozenset(
    "a about above after all allow allows also although among an and any are as at based be "
    "because been before being between both but by can could did do does due during each et "
    "eg etc for from further furthermore given has have here how however i ie if in including "
    "into is it its may moreover more most much must new no not now of often on one only or "
    "other our out over paper propose proposed recent recently results s several show shown "
    "shows since so some such than that the their them then there therefore these they this "
    "those through thus to two under up upon us use used using various very via was we well "
    "were what when where whether which while who whose will with within without work would "
    "abstract introduce present study https http www com github io available code".split()
)
# What a web page drops and arXiv keeps ($ \\ { } ^ _) goes, so that both give "32times";
# all else that is no letter or digit parts words.
_DROP = str.maketrans(
    {chr(code): " " for code in range(128) if not chr(code).isalnum()} | dict.fromkeys("\\${}^_")
)


@dataclass(frozen=True, slots=True)
class Sketch:
    """What the index keeps of an abstract."""

    pairs: int
    """How many different pairs the abstract has."""
    sample: bytes
    """Low halves of the `SAMPLE` lowest pairs, 2 bytes each, little endian."""


class _WordHashes(dict[str, int]):
    """The hash of each word; 0 for a word that says nothing of a paper."""

    def __missing__(self, word: str) -> int:
        # Not every word of millions of abstracts: misprints would fill the memory.
        if len(self) > 200_000:
            self.clear()
        value = self[word] = 0 if word in _STOP else crc32(word.encode()) or 1
        return value


_hashes = _WordHashes()


def _pairs(abstract: str) -> set[int]:
    text = abstract.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("\u2019", " "))
        text = text.encode("ascii", "ignore").decode("ascii")
    found = map(_hashes.__getitem__, text.translate(_DROP).split())
    words = [value for value in found if value]
    # The shift makes the order of a pair count.
    return {first << 1 ^ second for first, second in pairwise(words)}


def word_pairs(abstract: str) -> list[int]:
    """The pairs of neighbouring content words as 33-bit numbers, ascending, each once."""
    return sorted(_pairs(abstract))


def sketch(abstract: str) -> tuple[Sketch, list[int]] | None:
    """The sketch of an abstract and its anchors; None when it is too short to tell."""
    pairs = _pairs(abstract)
    count = len(pairs)
    if count < FEWEST:
        return None
    # Of a long text the lower part is enough, and sorting it costs half.
    limit = (2 * SAMPLE << 33) // count
    low = sorted(pair for pair in pairs if pair < limit)[:SAMPLE]
    if len(low) < min(SAMPLE, count):
        low = sorted(pairs)[:SAMPLE]
    sample = array("H", [pair & 0xFFFF for pair in low])
    return Sketch(min(count, 0xFFFF), _little(sample)), low[:ANCHORS]


def _little(values: array[int]) -> bytes:
    import sys

    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()


def read_sample(data: bytes) -> array[int]:
    """The numbers of a sketch's sample."""
    import sys

    values = array("H")
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


@dataclass(frozen=True, slots=True)
class AskedText:
    """An abstract to compare sketches with."""

    pairs: list[int]
    halves: frozenset[int]

    @classmethod
    def of(cls, abstract: str) -> AskedText | None:
        """The text made comparable; None when it is too short to tell."""
        pairs = word_pairs(abstract)
        if len(pairs) < FEWEST:
            return None
        return cls(pairs, frozenset(pair & 0xFFFF for pair in pairs))

    def likeness(self, other: Sketch) -> float:
        """The part of the other text's pairs that this text has, estimated, 0 to 1."""
        sample = read_sample(other.sample)
        if not sample:
            return 0.0
        shared = sum(half in self.halves for half in sample) / len(sample)
        # Halves of 16 bits agree by chance about once in 65,536 for each pair of this text.
        chance = len(self.halves) / 65536
        return max(0.0, (shared - chance) / (1 - chance))
