"""Where the title ends and the first author's name begins, on a line that joins the two.

`... via Structured PruningMengzhou Xia, Tianyu Gao` has nothing between title and names. Every
place where a name could begin without a blank before it is tried; each is scored by how well its
left side ends as a title ends and its right side reads as a list of names. The evidence is the
shape of the words, a little knowledge of names and title words, the words of the paper's own
abstract, and the names and words of the rest of the page (the owner of an author page is on
nearly every line; the second and third names of a line are certain whatever the first is).

Scores add up like logarithms of odds, in arbitrary units; the weights were set by hand on pages
made from real papers. When the runner-up is close, or the best reading is poor, the split is
marked as unsure and the other readings are given.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from bibtools.formats.pages.known_words import (
    ABBREVIATIONS,
    EXPERIMENTS,
    FAMILY_NAMES,
    GIVEN_NAMES,
    OPEN_WORDS,
    TITLE_WORDS,
)
from bibtools.text.names import BODY_WORDS, PARTICLES, SUFFIXES, is_body

UNSURE_MARGIN = 2.5
"""A runner-up closer than this makes the split unsure."""
UNSURE_SCORE = -3.0
"""A best reading below this is unsure by itself."""
NO_NAME_SCORE = -6.0
"""A best reading below this is no reading: the line is left whole."""

_MOST_NAMES = 12
_LONGEST_LINE = 5000
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_INITIAL = re.compile(r"(?:[^\W\d_]\.-?)+|[^\W\d_]\.?(?:-[^\W\d_]\.?)+|(?:[A-Z][a-z]\.)")
_CAMEL = re.compile(r"[^\W\d_A-Z]+[A-Z]")
_CAMEL_JOIN = re.compile(r"[a-z]{3}[A-Z]")
_SURNAME_CAMEL = re.compile(
    r"(?:Mac|Mc|De|Di|Da|Del|Della|Le|La|Lo|Van|Von|Fitz|O|Du|Des|Ben|Al|El)[A-Z][^\W\d_]+"
)
_TWO_CAPITALS = re.compile(r"[A-Z]{2,}[a-z]")
_ARTICLE_WORD = re.compile(r"(?:(?:al|el|ul)-|[dl]['\u2019]).")
_JOINED_GIVEN = re.compile(r"[^\s\W_-]([A-Z][a-z]+) (?:[^\W\d_]\.? )*\S+$")
_NEVER_LAST = "-\u2010\u2011\u2013\u2014([{,;:/&@\\^_<=\u201c\u2018"
_APOSTROPHES = "'\u2019\u2018`\u02bc\u00b4"


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
        for word in _WORD.findall(text):
            self.words.add(word)
            lower = word.lower()
            self.words.add(lower)
            if word == lower:
                self.lower_words.add(word)

    def read_names(self, names: Iterable[str]) -> None:
        """Learn names that are certain."""
        for name in names:
            self.names[name] += 1
            words = name.split()
            if len(words) > 1:
                self.given[words[0]] += 1
                self.families[words[-1]] += 1


@dataclass(frozen=True, slots=True)
class Split:
    """One way to part title and names."""

    title: str
    names: tuple[str, ...]
    score: float

    def __str__(self) -> str:
        return f"{self.title} | {', '.join(self.names)}"


@dataclass(frozen=True, slots=True)
class Boundary:
    """The best split of a line, and how sure it is."""

    best: Split | None
    """None when no name can be told on the line."""
    sure: bool
    others: tuple[Split, ...] = ()
    """The runners-up, best first."""


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


# --- the right side: names -------------------------------------------------------------------


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
    bare = word.strip(_APOSTROPHES)
    letters = [c for c in bare if c.isalpha() or unicodedata.combining(c)]
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
    return "".join(parts) == word and all(part.lower() in GIVEN_NAMES for part in parts)


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
    return -1.0 if _SURNAME_CAMEL.fullmatch(word) else _FIRST_WORD["camel"]


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


def _name_score(name: str, evidence: Evidence) -> float:
    """How well a text reads as one name; 0 is neither here nor there."""
    if is_body(name):
        return _body_score(name, evidence)
    words = name.replace(",", "").split()
    if len(words) > 1 and words[-1] in SUFFIXES:
        words.pop()
    if not words:
        return -20.0
    shapes = [_case_shape(word) for word in words]
    # "P. H. A. J. M. van Gelder": many initials are no sign against a name.
    weight = len(words) - max(0, shapes.count("initial") - 1)
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
    words = name.split()
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


# --- the left side: the end of a title -------------------------------------------------------

_SUFFIX_OF_WORDS = re.compile(
    r"(?:tion|sion|ing|ment|ity|ics|ism|ness|ance|ence|ogy|phy|ory|als|ons|ers|ors|ies|sis|ed|ly"
    r"|ous|ive|ful|able|ible|ary|ual|ures?|ages?|ates?|izes?|ments|ings|ions|ts|ks|ms|ns|rs|es)"
)


def _last_sign_score(title: str, tail: str) -> float:
    """Against titles that stop at a sign no title stops at."""
    last = title[-1]
    score = 0.0
    if last == "+":
        score -= 2.0  # C++ and K+ do end titles
    elif last in _NEVER_LAST:
        score -= 7.0
    if re.fullmatch(r"[^\W\d_]\.", tail):
        score -= 3.0
    elif last == "." and ". " not in title:
        score -= 1.0
    if last in "'\u2019" and re.search(r"[^\W\d_].$", tail) and title.count(last) == 1:
        score -= 3.0  # Sant'Anna
    if re.search(r"(?:^| )(?:Mc|O['\u2019]|D['\u2019]|L['\u2019])$", title):
        score -= 6.0
    return score + _balance_score(title, tail)


def _balance_score(title: str, tail: str) -> float:
    """Against titles that end within brackets, a formula or a quotation."""
    unclosed = sum(title.count(pair[0]) > title.count(pair[1]) for pair in ("()", "[]", "{}"))
    score = -3.0 * (unclosed + title.count("$") % 2)
    return score - 2.0 if tail.count('"') == 1 and title.count('"') % 2 else score


def _final_word_score(
    final: str, whole: str, shouted: bool, evidence: Evidence, own: frozenset[str]
) -> float:
    """For words that are known as words; `whole` is the word with what a hyphen joins to it."""
    lower = final.lower()
    if len(final) == 1:
        score = -1.5 if final.isalpha() and whole == final else -0.5
        return score + 2.0 if final in own and final.isupper() else score
    if final in own or lower in own:
        return 3.0
    if final in ABBREVIATIONS or whole in ABBREVIATIONS:
        return 2.5
    if lower in TITLE_WORDS and (shouted or not final.isupper()):
        return 2.5
    if final in evidence.words or (lower in evidence.lower_words and not final.isupper()):
        return 2.0
    if lower.rstrip("s") in own or lower.rstrip("s") in evidence.words:
        return 1.5
    if final.isupper():
        return -0.3
    if len(lower) > 3 and _SUFFIX_OF_WORDS.search(lower[-5:]) and not _CAMEL.search(final):
        return 0.8
    return 0.0


def _camel_end_score(final: str, known: float) -> float:
    """Against a last word that looks like two: "SystemXiao" + "Cheng Mi"."""
    score = 0.0
    if len(final) > 1 and known < 2.0 and _CAMEL.search(final):
        score -= 2.0
        parts = re.findall(r"[A-Z]+[^\W\d_A-Z]+", final)
        if len(parts) > 1 and parts[-1].lower() in GIVEN_NAMES and parts[0].lower() in TITLE_WORDS:
            score -= 2.0
    if re.search(r"(?:^|[a-z])(?:Mc|Mac|De|Le|La|O|Di|Van)$", final):
        score -= 3.0
    return score


def _title_score(title: str, evidence: Evidence, own: frozenset[str]) -> float:
    """How well a text ends as a title ends; 0 is neither here nor there."""
    tail = title.rpartition(" ")[2]
    if not tail.strip():
        return -10.0
    score = _last_sign_score(title, tail)
    joined = _JOINED_GIVEN.search(title[-80:])
    if joined and joined.group(1).lower() in GIVEN_NAMES:
        score -= 2.5  # "GroupsDeclan Ji": a name has begun before
    if re.search(r"[a-z]{2}[A-Z]$", tail) and tail not in evidence.words:
        score -= 4.0
    word = tail.strip("()[]{}<>\"'`.,;:!?*$\u201c\u201d\u2018\u2019\u00ab\u00bb")
    if tail in OPEN_WORDS or word in OPEN_WORDS:
        score -= 4.0
    pieces = _WORD.findall(word)
    if pieces:
        final = pieces[-1]
        known = _final_word_score(final, word, title.isupper(), evidence, own)
        score += known + _camel_end_score(final, known)
    return score if " " in title.strip() else score - 1.0


# --- the search ------------------------------------------------------------------------------

_NUMBERED_BODY = re.compile(r"\d{1,3}\.\s?[A-Z]+(?:,|$)")  # 01.AI
_LOWER_START = re.compile(
    r"(?:van|von|de|der|den|di|da|du|dos|le|la|ter|ten|el|al|bin|ibn|zu) "
    r"|(?:(?:al|el|ul)-|[dl]['\u2019])[A-Z]"
)


def _may_start(text: str, i: int) -> bool:
    """True when a name could begin at `i`, right behind the sign before it."""
    character, before = text[i], text[i - 1]
    if before.isspace():
        return False
    if character.isupper() or character.istitle():
        return True
    before_is_cased = before.islower() or before.isupper()
    if character.islower():
        known = _LOWER_START.match(text, i) is not None
        return known and (not before.isalpha() or before.islower())
    if character.isalpha():
        # Scripts without case: a name may begin where the script changes.
        return before_is_cased or not before.isalpha()
    if before.isdigit():
        return False
    return character.isdigit() and _NUMBERED_BODY.match(text[i : i + 20]) is not None


def _starts(text: str, begin: int, end: int) -> Iterator[int]:
    """The places in `text[begin:end]` where a name could begin right behind a title."""
    return (i for i in range(max(begin, 1), end) if _may_start(text, i))


def _prior(count: int, truncated: bool) -> float:
    """How likely so many names are: three before `et al.`, one to three without it."""
    if truncated:
        return 0.0 if count == 3 else -3.0
    return 0.0 if count <= 3 else -3.0


def _start_score(text: str, start: int, evidence: Evidence, own: frozenset[str]) -> float:
    """Against starts that are seldom one: a lower-case letter, an initial behind an acronym."""
    score = 0.0
    if text[start].islower():
        score -= 4.0
        pieces = _WORD.findall(text[:start].rpartition(" ")[2])
        if pieces and _final_word_score(pieces[-1], pieces[-1], False, evidence, own) <= 0.0:
            score -= 5.0  # "Title" is not "Tit" and a name with "le"
    if text[start - 1].isupper() and text[start].isupper() and text[start + 1 : start + 2] == " ":
        score -= 2.0
    return score


def _splits(text: str, truncated: bool, evidence: Evidence, own: frozenset[str]) -> list[Split]:
    parts = comma_parts(text)
    found: list[Split] = []
    tail_score = 0.0
    for count in range(1, min(len(parts), _MOST_NAMES) + 1):
        at, part = parts[-count]
        whole_score = _name_score(part.strip(), evidence)
        prior = _prior(count, truncated)
        if count < min(3, len(parts)) and _name_score(parts[-count - 1][1], evidence) > 1.5:
            prior -= 4.0  # the part before is a name as well
        rest = tuple(name.strip() for _, name in parts[len(parts) - count + 1 :])
        for start in _starts(text, at, at + len(part)):
            first = text[start : at + len(part)].strip()
            # No name has so many words; looking at longer ones would only cost time.
            if first.count(" ") > 7:
                continue
            title = text[:start]
            score = prior + tail_score + _start_score(text, start, evidence, own)
            if count < len(parts) and " " not in part[: start - at]:
                score -= 1.5  # a title seldom ends with a single word behind a comma
            score += _name_score(first, evidence) + _title_score(title, evidence, own)
            found.append(Split(title.rstrip(), (first, *rest), score))
        tail_score += max(-8.0, min(whole_score, 2.0))
        if tail_score < -20.0:
            break
    found.sort(key=lambda split: (-split.score, len(split.title)))
    return found


def words_of(text: str) -> frozenset[str]:
    """The words of a text as printed and in lower case."""
    words = _WORD.findall(text)
    return frozenset(words) | frozenset(word.lower() for word in words)


def find_boundary(
    text: str, truncated: bool, evidence: Evidence, own_words: frozenset[str]
) -> Boundary:
    """Part "TitleNAME, NAME, NAME", without `et al.` and affiliations.

    `truncated` says that an `et al.` followed, so that three names are expected; without it
    there are one to three. `own_words` are the words of the paper's abstract.
    """
    found = _splits(text, truncated, evidence, own_words) if len(text) <= _LONGEST_LINE else []
    if not found:
        return Boundary(None, False)
    best, others = found[0], found[1:]
    if best.score < NO_NAME_SCORE:
        return Boundary(None, False, tuple(found[:2]))
    near = tuple(split for split in others if best.score - split.score < UNSURE_MARGIN)
    if near or best.score < UNSURE_SCORE:
        return Boundary(best, False, near or tuple(others[:2]))
    return Boundary(best, True)


def certain_names(text: str, truncated: bool) -> tuple[str, ...]:
    """The names that end such a line, whatever the boundary: the last two before `et al.`."""
    if not truncated:
        return ()
    parts = comma_parts(text)
    return tuple(name.strip() for _, name in parts[-2:]) if len(parts) >= 3 else ()


def title_words(text: str) -> str:
    """The part of a joined line that is certainly title: all before the last word it shares."""
    parts = comma_parts(text)
    start = parts[-3][0] if len(parts) >= 3 else 0
    head = text[: start + len(parts[max(0, len(parts) - 3)][1])]
    words = head.split(" ")
    return " ".join(words[: max(0, len(words) - 4)])


def reads_as_names(text: str, evidence: Evidence, leniently: bool = False) -> bool:
    """True when a whole line reads as a list of names; `leniently` where one is expected."""
    parts = [part.strip() for _, part in comma_parts(text)]
    if not parts or len(parts) > 200 or len(text) > 6000:
        return False
    scores = [_name_score(part, evidence) for part in parts]
    if leniently:
        return min(scores) > -5.0
    return min(scores) > -2.0 and sum(scores) / len(scores) > 0.8
