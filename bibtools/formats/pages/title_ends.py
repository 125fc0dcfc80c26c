"""How well a text ends as a title ends.

Scores add up like logarithms of odds, in arbitrary units; 0 is neither here nor there.
"""

from __future__ import annotations

import re

from bibtools.formats.pages.known_words import (
    ABBREVIATIONS,
    GIVEN_NAMES,
    OPEN_WORDS,
    TITLE_WORDS,
)
from bibtools.formats.pages.page_evidence import Evidence, words_in

_CAMEL = re.compile(r"[^\W\d_A-Z]+[A-Z]")
_JOINED_GIVEN = re.compile(r"[^\s\W_-]([A-Z][a-z]+) (?:[^\W\d_]\.? )*\S+$")
_NEVER_LAST = "-\u2010\u2011\u2013\u2014([{,;:/&@\\^_<=\u201c\u2018"
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
    if re.search(r"(?:^| )(?:Mc|[ODL]['\u2019])$|[a-z][dl]['\u2019]$", title):
        score -= 6.0
    return score + _balance_score(title, tail)


def _balance_score(title: str, tail: str) -> float:
    """Against titles that end within brackets, a formula or a quotation."""
    unclosed = sum(title.count(pair[0]) > title.count(pair[1]) for pair in ("()", "[]", "{}"))
    score = -3.0 * (unclosed + title.count("$") % 2)
    return score - 2.0 if tail.count('"') == 1 and title.count('"') % 2 else score


def final_word_score(
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
    if known < 2.0 and re.search(r"[A-Z]{2,}[a-rt-z][a-z]?$", final):
        score -= 1.5  # "BYe" + "Je Park"; RNNs do end titles
    if re.search(r"(?:^|[a-z])(?:Mc|Mac|De|Le|La|O|Di|Van)$|[A-Z]Mc$", final):
        score -= 3.0
    return score


def title_score(title: str, evidence: Evidence, own: frozenset[str]) -> float:
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
    pieces = words_in(word)
    if pieces:
        final = pieces[-1]
        known = final_word_score(final, word, title.isupper(), evidence, own)
        score += known + _camel_end_score(final, known)
    return score if " " in title.strip() else score - 1.0
