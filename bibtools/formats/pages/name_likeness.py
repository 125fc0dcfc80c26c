"""How well a text reads as the name of a person or a body.

Scores add up like logarithms of odds, in arbitrary units; 0 is neither here nor there.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bibtools.formats.pages.known_words import (
    EXPERIMENTS,
    FAMILY_NAMES,
    GIVEN_NAMES,
    KOREAN_SYLLABLES,
    TITLE_WORDS,
)
from bibtools.formats.pages.page_evidence import Evidence
from bibtools.text.names import BODY_WORDS, PARTICLES, SUFFIXES, is_body

_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)+|[^\W\d_]\.?(?:-[^\W\d_]\.?)+|(?:[A-Z][a-z]\.)")
_CAMEL_JOIN = re.compile(r"[a-z]{3}[A-Z]")
_SURNAME_CAMEL = re.compile(
    r"(?:Mac|Mc|De|Di|Da|Del|Della|Le|La|Lo|Van|Von|Fitz|O|Du|Des|Ben|Al|El)[A-Z][^\W\d_]+"
)
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z]")
_ARTICLE_WORD = re.compile(r"(?:(?:al|el|ul)-|[dl]['\u2019]).")
# One syllable of Chinese in Latin letters: "XiaoYu".
_PINYIN = re.compile(
    r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:[iu]ang|iong|[aeio]ng|i?an|u?an|iao|uai|ao|[aeu]i|[eiu]n|er|i[aeu]|ou|u[aeo]|[aeiou])"
)
_APOSTROPHES = "'\u2019\u2018`\u02bc\u00b4"


def comma_parts(text: str) -> list[tuple[int, str]]:
    """The parts between ", " with their offsets; a suffix ("Jr.") stays with its name."""
    parts: list[tuple[int, str]] = []
    at = 0
    for piece in text.split(", "):
        if parts and piece.strip() in SUFFIXES:
            start, before = parts[-1]
            parts[-1] = (start, f"{before}, {piece}")
        else:
            parts.append((at, piece))
        at += len(piece) + 2
    return parts


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """A word without case and accents."""
    plain = unicodedata.normalize("NFKD", word.replace("\u0142", "l").replace("\u00f8", "o"))
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


@lru_cache(maxsize=50_000)
def _is_known_given(word: str) -> bool:
    folded = fold(word).strip(".")
    if folded in GIVEN_NAMES:
        return True
    parts = re.split(r"[-\u2010\u2011]", folded)
    if len(parts) > 1:
        return all(part in GIVEN_NAMES for part in parts if len(part) > 1)
    return False


@lru_cache(maxsize=50_000)
def _case_shape(word: str) -> str:
    """`cap`, `initial`, `caps`, `camel`, `lower`, `caseless` or `odd`."""
    # Vowel signs and accents written apart belong to the letter before them.
    bare = "".join(c for c in word if unicodedata.category(c)[0] != "M").strip(_APOSTROPHES)
    letters = [c for c in bare if c.isalpha()]
    if not letters or any(c.isdigit() for c in bare):
        return "odd"
    if re.search(r"[^\w\s.\-'\u2010\u2011\u2013\u2018\u2019`\u02bc\u00b4\u00b7\"\\{}^~,()]", bare):
        return "odd"
    if not any(c.isupper() or c.islower() or c.istitle() for c in letters):
        return "caseless"
    if _INITIAL.fullmatch(bare) or (len(letters) == 1 and letters[0].isupper()):
        return "initial"
    if not (letters[0].isupper() or letters[0].istitle()):
        return "cap" if _ARTICLE_WORD.match(word) else "lower"
    uppers = sum(c.isupper() for c in letters)
    if uppers == len(letters):
        return "caps"
    parts = [
        part for part in re.split(r"[-.'\u2010\u2011\u2013\u2018\u2019`\u02bc\u00b4]", bare) if part
    ]
    inner = [sum(c.isupper() for c in part[1:]) for part in parts]
    return "camel" if any(inner) else "cap"


_FIRST_WORD = {
    "cap": 0.0,
    "initial": 0.3,
    "caps": -3.5,
    "camel": -4.5,
    "lower": -6.0,
    "caseless": 0.0,
    "odd": -8.0,
}
_LATER_WORD = {
    "cap": 0.2,
    "initial": 0.3,
    "caps": -1.5,
    "camel": -3.5,
    "lower": -5.0,
    "caseless": 0.0,
    "odd": -8.0,
}
_WORD_COUNT = {1: -3.0, 2: 1.0, 3: 0.5, 4: -0.8, 5: -2.0}


def _is_joined_given(word: str) -> bool:
    """True for JaeHyun and LeRoy: given names written as one."""
    parts = re.findall(r"[A-Z][^\W\d_A-Z]+", word)
    lower = [part.lower() for part in parts]
    return "".join(parts) == word and (
        GIVEN_NAMES.issuperset(lower)
        or (len(lower) == 2 and KOREAN_SYLLABLES.issuperset(lower))
        or (len(lower) == 2 and all(_PINYIN.fullmatch(part) for part in lower))
    )


def _camel_later_score(word: str, evidence: Evidence) -> float:
    if _SURNAME_CAMEL.fullmatch(word):
        return 0.2
    if _is_joined_given(word):
        return -0.3
    return _LATER_WORD["camel"] + (2.0 if evidence.families[word] > 0 else 0.0)


def _camel_given_score(word: str) -> float:
    if _TWO_CAPITALS.match(word):
        return -6.0  # the end of an acronym and a name
    if _is_joined_given(word):
        return 1.5
    if not _SURNAME_CAMEL.fullmatch(word):
        return _FIRST_WORD["camel"]
    second = re.findall(r"[A-Z][^\W\d_A-Z]+", word)[-1]
    return 1.0 if second.lower() in GIVEN_NAMES else -1.0  # DeAndre


def _first_word_score(word: str, shape: str, evidence: Evidence) -> float:
    score = _FIRST_WORD[shape]
    if shape == "caps":
        if "." in word:
            score -= 2.0
        elif len(word) == 2:
            score = -1.5  # JJ, AJ
    elif shape == "camel":
        score = _camel_given_score(word)
    score += _knowledge_of_given(word, shape, evidence)
    return score + 1.5 if evidence.given[word] > 0 else score


def _knowledge_of_given(word: str, shape: str, evidence: Evidence) -> float:
    if _is_known_given(word):
        return 2.5
    if fold(word) in FAMILY_NAMES:
        return 1.0
    if shape not in ("cap", "lower"):
        return 0.0
    lower = word.lower()
    if lower in TITLE_WORDS:
        return -3.0
    return -1.5 if lower in evidence.lower_words else 0.0


def _later_word_score(word: str, shape: str, last: bool, evidence: Evidence) -> float:
    base = _LATER_WORD[shape]
    if shape == "lower":
        if _ARTICLE_WORD.match(word):
            return 0.2
        joins = word in PARTICLES or word in ("y", "e", "i", "dem", "dit")
        return (-3.0 if last else 0.0) if joins else base
    if shape == "camel":
        return _camel_later_score(word, evidence)
    folded = fold(word)
    if folded in FAMILY_NAMES or evidence.families[word] > 0:
        return base + 1.0
    if folded in GIVEN_NAMES:
        return base + 0.4
    if shape == "cap":
        lower = word.lower()
        if lower in TITLE_WORDS:
            return base - 2.5
        if lower in evidence.lower_words:
            return base - 0.8
    return base


def _single_word_score(name: str, shape: str) -> float:
    if shape == "caseless" and len(name) <= 4:
        return 0.8  # a Chinese or Korean name
    return 0.0 if _ARTICLE_WORD.match(name) else _WORD_COUNT[1]


def name_score(name: str, evidence: Evidence) -> float:
    """How well a text reads as one name; 0 is neither here nor there."""
    if is_body(name):
        return _body_score(name, evidence)
    words = name.replace(",", "").split()
    if len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    if not words:
        return -20.0
    shapes = [_case_shape(word) for word in words]
    # "P. H. A. J. M. van Gelder": many initials are no sign against a name, nor is "van den".
    weight = len(words) - max(0, shapes.count("initial") - 1)
    weight -= max(0, sum(word in PARTICLES for word in words) - 1)
    score = _WORD_COUNT.get(weight, -2.0 * weight)
    if len(words) == 1:
        score = _single_word_score(name, shapes[0])
    if shapes[-1] == "caps" and len(words[-1]) > 2 and {"caps", "initial"}.issuperset(shapes):
        shapes = ["cap" if shape == "caps" else shape for shape in shapes]
        score -= 2.0
    score += _first_word_score(words[0], shapes[0], evidence)
    if words[0] in PARTICLES and len(words) > 1:
        score += 4.0
    for i, (word, shape) in enumerate(zip(words[1:], shapes[1:], strict=True), 2):
        score += _later_word_score(word, shape, i == len(words), evidence)
    if len(words) == 2 and shapes[-1] == "initial":
        score -= 0.3
    if all(shape == "initial" for shape in shapes):
        score -= 3.0
    known = evidence.names[name]
    return score + (4.0 + min(known, 10) * 0.2 if known else 0.0)


def _body_score(name: str, evidence: Evidence) -> float:
    # What some papers sign with: "Ann Lee, for the ATLAS Collaboration".
    words = re.sub(r"^(?:for|on behalf of) the ", "", name).split()
    if len(words) > 8:
        return -6.0
    score = -0.5 if len(words) > 1 else 0.0
    if words[-1].lower() not in BODY_WORDS and len(words) > 2:
        score -= 5.0
    if any(_CAMEL_JOIN.search(word) for word in words[1:-1]):
        score -= 3.0
    if _TWO_CAPITALS.match(words[0]) and len(words) > 1:
        score -= 3.0
    if not (words[0][0].isupper() or words[0][0].isdigit()):
        score -= 5.0
    if words[0].lower() in TITLE_WORDS - {"the"} and words[0].islower():
        score -= 3.0
    if any(word in EXPERIMENTS for word in words[:2]):
        score += 4.0
    return score + (3.0 if evidence.names[name] else 0.0)


def reads_as_names(text: str, evidence: Evidence, leniently: bool = False) -> bool:
    """True when a whole line reads as a list of names; `leniently` where one is expected."""
    parts = [part.strip() for _, part in comma_parts(text)]
    if not parts or len(parts) > 200 or len(text) > 6000:
        return False
    scores = [name_score(part, evidence) for part in parts]
    if leniently:
        return min(scores) > -5.0
    return min(scores) > -2.0 and sum(scores) / len(scores) > 0.8
