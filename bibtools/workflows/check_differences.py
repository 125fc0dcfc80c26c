"""What an entry says otherwise than the records of its own identifiers.

What differs by habit is no difference: the year of an online version, a subtitle left out, a
journal abbreviated, a name in another script. A word that turns the sense of a title ("not", "II",
"SU(3)"), an author whom nobody else names, another venue is one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from bibtools.matching.published_pair import is_published_version
from bibtools.matching.venues import venues_agree
from bibtools.model import Entry, Name, Outcome, type_preprint
from bibtools.sites import services
from bibtools.sites.asking import Question
from bibtools.sites.records import Record
from bibtools.text.names import is_body
from bibtools.text.people import compare_authors, person, persons_agree
from bibtools.text.titles import FUNCTION_WORDS, title_key, title_words
from bibtools.workflows.check_values import Remark
from bibtools.workflows.online.questions import cites_publication, real_venue

_LIKE = 80
"""Likeness from which on a title is the same in other words; below it is said to differ."""
_FAR_YEARS = 1
"""The online and the printed year of a paper differ by one at most."""
_LATEST_VERSION = 6
"""Years after the first version that a preprint is cited under."""
_MISSPELT = 80
"""Likeness of two family names from which on one may be the other with a slip."""

Difference = tuple[str, str, str]
"""Kind, what the entry says, what the record says."""


def differences(entry: Entry, records: Sequence[tuple[Question, Record]]) -> list[Remark]:
    """What the entry says otherwise than the records of its own identifiers, each kind once."""
    found: dict[str, Remark] = {}
    for question, record in records:
        for kind, ours, theirs in _compare(entry, record.entry, question.kind):
            remark = Remark(
                kind,
                f"the {kind} {ours}, {title_of(question)} says {theirs}",
                title_of(question),
                str(question),
            )
            found.setdefault(kind, remark)
    return list(found.values())


def _compare(entry: Entry, record: Entry, asked: str) -> Iterable[Difference]:
    if entry.title and record.title and not _likely_title(entry, record):
        yield "title", f'is "{short(entry.title)}"', f'"{short(record.title)}"'
    yield from _authors(entry, record)
    own = asked in ("doi", "pmid", "acl")
    if entry.date is not None and record.date is not None:
        years = entry.date.year - record.date.year
        # A preprint is cited under the year of any of its versions, or that of its paper.
        near = -_FAR_YEARS <= years <= (_FAR_YEARS if own else _LATEST_VERSION)
        if not near and (own or not cites_publication(entry)):
            yield "year", f"is {entry.date.year}", str(record.date.year)
    if own and record.type != type_preprint:
        yield from _place(entry, record)


# --- titles -------------------------------------------------------------------------------------


def _likely_title(entry: Entry, record: Entry) -> bool:
    if is_translated(entry, record):
        return True
    nobody = replace(entry, authors=(), date=None, doi=None, arxiv=None, type="document")
    theirs = replace(
        record, authors=(), date=None, doi=None, arxiv=None, type="article-journal", venue="x"
    )
    if is_published_version(nobody, theirs).outcome is not Outcome.NONE:
        return True
    one, other = title_words(entry.title or ""), title_words(record.title or "")
    if _turns(one, other):
        return False
    first, second = title_key(entry.title or ""), title_key(record.title or "")
    # A subtitle left out, a title that grew in review.
    return first.startswith(second) or second.startswith(first) or _near(first, second)


def _near(one: str, other: str) -> bool:
    return max(fuzz.ratio(one, other), fuzz.partial_ratio(one, other)) >= _LIKE


_TURNING = re.compile(
    r"not|no|non|never|without|neither|nor|un|anti|against|part|reply|comment|correction|erratum"
    r"|\d.*|[ivx]+|[a-z]|alpha|beta|gamma|delta|epsilon|lambda|sigma|omega|first|second|third",
)


def _turns(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether a word that only one of the titles has makes it that of another work."""
    only = (set(one) ^ set(other)) - FUNCTION_WORDS.difference({"not", "no", "without", "against"})
    return any(_TURNING.fullmatch(word) for word in only)


# Words that give a language away; none of them is one of another language here.
_LANGUAGES = {
    "en": "the of and on with for from by towards an is are",
    "de": "der die das und über von für mit zur zum den dem eine einer eines zu im",
    "fr": "le les des du une sur dans pour avec par aux et au",
    "es": "el los las del una sobre con para por y",
    "it": "il gli della delle dei nel sulla di per",
    "pt": "os uma do da dos das sobre em com um",
    "nl": "het een van voor met naar",
}
_WORDS_OF = {name: frozenset(words.split()) for name, words in _LANGUAGES.items()}


def is_translated(entry: Entry, record: Entry) -> bool:
    """Whether a title may be the other's translation: another language, and the same authors."""
    if not entry.title or not record.title or not entry.authors or not record.authors:
        return False
    ours, theirs = _language(entry.title), _language(record.title)
    if not ours or not theirs or ours == theirs:
        return False
    if entry.date and record.date and abs(entry.date.year - record.date.year) > _FAR_YEARS:
        return False
    same = len(entry.authors) == len(record.authors) or entry.authors_truncated
    return same and all(_is_there(one, record.authors) for one in entry.authors)


def _language(title: str) -> str:
    """The script of a title, or its language as far as small words tell it; empty for neither."""
    script = _script(title)
    if script not in ("", "LATIN"):
        return script
    words = set(re.findall(r"[^\W\d_]+", title.lower()))
    counts = {name: len(words & own) for name, own in _WORDS_OF.items()}
    best = max(counts, key=lambda name: counts[name])
    rest = [count for name, count in counts.items() if name != best]
    return best if counts[best] > max(rest) else ""


def _script(text: str) -> str:
    """The script of most letters, as Unicode calls it: `LATIN`, `CYRILLIC`, `CJK`."""
    names = [unicodedata.name(one, "").split(" ")[0] for one in text if one.isalpha()]
    return max(set(names), key=names.count) if names else ""


# --- authors ------------------------------------------------------------------------------------


def may_share_authors(ours: Sequence[Name], theirs: Sequence[Name]) -> bool:
    """Whether they have an author in common, or one cannot tell."""
    known = [person(name) for name in theirs]
    if compare_authors([person(name) for name in ours], known).found > 0:
        return True
    return any(_is_there(one, theirs) for one in ours)


def _authors(entry: Entry, record: Entry) -> Iterable[Difference]:
    ours, theirs = entry.authors, record.authors
    if not ours or not theirs:
        return
    if not may_share_authors(ours, theirs):
        yield "authors", f"are {names(ours)}", names(theirs)
        return
    if record.authors_truncated or any(is_body(name.display()) for name in (*ours, *theirs)):
        return
    strangers = [one for one in ours if not _is_there(one, theirs)]
    # A record that has fewer authors, all of them the entry's, lacks some.
    if strangers and (len(theirs) >= len(ours) or _unknown_of(theirs, ours)):
        shown = ", ".join(name.display() for name in strangers[:3])
        yield "authors", f"have {shown} among them", names(theirs)


def _unknown_of(theirs: Sequence[Name], ours: Sequence[Name]) -> bool:
    return any(not _is_there(one, ours) for one in theirs)


def _is_there(one: Name, others: Sequence[Name]) -> bool:
    """Whether a name is in a list, may be with a slip, or cannot be compared: another script."""
    script = _script(one.display())
    mine = person(one)
    for other in others:
        theirs = person(other)
        if persons_agree(mine, theirs) or script != _script(other.display()):
            return True
        slip = fuzz.ratio(mine.family, theirs.family) >= _MISSPELT
        initials = [given[0][0] for given in (mine.given, theirs.given) if given]
        if slip and len(set(initials)) <= 1:
            return True
    return False


# --- where it appeared ----------------------------------------------------------------------------

_NUMBERED = re.compile(r"([A-Za-z]{0,3})0*(\d+)")
_SERIES = re.compile(r"\b(?:lecture notes|advances in|communications in computer)\b", re.IGNORECASE)


def _place(entry: Entry, record: Entry) -> Iterable[Difference]:
    if _is_other_venue(entry, record):
        yield "venue", f"is {entry.venue}", str(record.venue)
    for name in ("volume", "page"):
        ours, theirs = entry.fields.get(name, ""), record.fields.get(name, "")
        first, other = _NUMBERED.match(ours), _NUMBERED.match(theirs)
        # "e200" beside "e100"; "S12" beside "12" is a habit.
        if first and other and first[2] != other[2] and first[1].lower() == other[1].lower():
            yield name, f"is {ours}", theirs


def _is_other_venue(entry: Entry, record: Entry) -> bool:
    """Whether the venues have nothing in common: names of one venue differ in many ways."""
    ours, theirs = real_venue(entry), record.venue
    short_name = record.fields.get("container-title-short", "")
    if not ours or not theirs or _SERIES.search(theirs) or _SERIES.search(ours):
        return False
    if any(venues_agree(ours, one) for one in (theirs, short_name) if one):
        return False
    one, other = _telling(ours), _telling(theirs)
    if not one or not other or _script(ours) != _script(theirs):
        return False
    if ours.isupper() or theirs.isupper():
        return False
    # An acronym or an abbreviation says too little: of a word three letters must be the same.
    if len(title_words(ours)) < 2 or len(title_words(theirs)) < 2:
        return len(one) == len(other) == 1 and entry.type == record.type == "article-journal"
    return not {word[:3] for word in one} & {word[:3] for word in other}


_FRAME = frozenset(
    "proceedings proc journal j international int conference conf annual symposium symp workshop "
    "transactions trans meeting".split()
)


def _telling(venue: str) -> set[str]:
    words = (word for word in title_words(venue) if not word.isdigit())
    return {word for word in words if word not in FUNCTION_WORDS and word not in _FRAME}


# --- words ----------------------------------------------------------------------------------------


def title_of(question: Question) -> str:
    """The service of a question, for the reader."""
    return services.service(question.service).title


def short(text: str | None) -> str:
    """A title for a sentence."""
    text = text or ""
    return text if len(text) <= 100 else f"{text[:97]}..."


def names(people: Sequence[Name]) -> str:
    """Family names for a sentence."""
    shown = ", ".join(name.family_with_particle() for name in people[:3])
    return f"{shown} and others" if len(people) > 3 else shown


def by(entry: Entry) -> str:
    """` by Gao, Yao`, or nothing."""
    return f" by {names(entry.authors)}" if entry.authors else ""
