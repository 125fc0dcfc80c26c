"""How else a title that a person typed may be read: a year, or authors, may stand beside it.

    readings("Vaswani et al. (2017). Attention is all you need.")[0]
    # Reading("Attention is all you need", (Name(family="Vaswani"),), 2017)

A reading is a guess: what the title means as it stands comes first, and whoever uses a reading
holds title, authors and year against what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bibtools.later import later
from bibtools.model.names import Name

MOST: Final = 6
"""Readings of one text."""
_LONGEST: Final = 500
"""Characters; more is no title with something beside it."""
_NAMES: Final = 30
_YEAR: Final = r"((?:1[89]|20)\d\d)[a-z]?"
# "(2017)", "[2017]", "(NeurIPS 2017)", "(Vaswani et al., 2017)"
_IN_BRACKETS = later(rf"[\s,.;:]*[(\[]([^()\[\]]*?)[\s,;:]*\b{_YEAR}[)\]][\s.]*$")
_AT_END = later(rf"\s*[,.;:]\s*\(?{_YEAR}\)?[\s.]*$")
_BARE_AT_END = later(rf"\s+{_YEAR}$")
_HEADED = later(
    rf"(?P<people>[^\d()\[\]]{{2,300}}?)[\s,;:.]*[\s,(\[]{_YEAR}[)\]]?\s*[.,:;]?\s+(?P<title>\S.*)$",
    re.DOTALL,
)
_ET_AL = later(r"[\s,]*\b(?:et\.?\s+al\b\.?|and\s+others|u\.\s?a\.)", re.IGNORECASE)
_ET_AL_HEAD = later(
    r"(?P<people>[^()\[\]]{2,200}?[\s,]*\b(?:et\.?\s+al\b\.?|and\s+others))[\s,:;.]*(?P<title>\S.*)$",
    re.IGNORECASE,
)
_BRACKET_END = later(r"\s*[(\[]([^()\[\]\d]+)[)\]][\s.]*$")
_QUOTED = later(
    r"[\"\u201c\u201e]\s*([^\"\u201c\u201d\u201e]{8,}?)[\s,.]*[\"\u201d\u201c]|``(.{8,}?)[\s,.]*''"
)
_BETWEEN = later(r"\s+[-\u2013\u2014|/]{1,3}\s+")
_BY = later(r"[\s,]+by\s+", re.IGNORECASE)
_VENUE = later(r"[A-Z]\w*[A-Z]\w*[A-Z]|\b[A-Z]{3,}\b|^(?:arXiv|CoRR|Nature|Science)$")
"""What stands beside a year and is no name: "NeurIPS", "ACL"."""
_VENUE_BEGINS = later(
    r"(?:in|proc|proceedings|advances in|arxiv|corr|journal|trans|transactions|ieee|acm|annals)\b"
    r"|(?:J|Phys|Nature|Science)\b",
    re.IGNORECASE,
)
_ANY_YEAR = later(rf"\b{_YEAR}\b")
_WORD = later(r"[^\W\d_][^\W\d_.'\u2019-]*(?:[.'\u2019-]+[^\W\d_]*)*")
_INITIALS = later(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_JUNIOR = later(r"(?:jr|sr|ii|iii)\.?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """A title with what was typed beside it."""

    title: str
    authors: tuple[Name, ...] = ()
    """Some of them, maybe by their family names alone."""
    year: int | None = None
    loose: bool = False
    """Whether it may be another work's title: nothing marks the year as one ("Report of the
    workshop 2017"), or words of the text were left out. Whatever it leads to is only likely.
    """

    def __str__(self) -> str:
        """For the reader: the title in quotes, of whom, of when."""
        names = ", ".join(name.display() for name in self.authors[:2])
        if len(self.authors) > 2:
            names += " and others"
        parts = (f'"{self.title}"', f"by {names}" if names else "", str(self.year or ""))
        return ", ".join(part for part in parts if part)


def readings(text: str) -> tuple[Reading, ...]:
    """The readings of a title, the likeliest first; none where nothing stands beside it."""
    if len(text) > _LONGEST:
        return ()
    found: dict[Reading, None] = {}
    for one in _readings(text.strip()):
        if one.title != text and any(map(str.isalpha, one.title)):
            found.setdefault(one)
            if len(found) == MOST:
                break
    return tuple(found)


def _readings(text: str) -> Iterator[Reading]:
    if (quoted := _QUOTED.search(text)) is not None and quoted[0] != text:
        yield from _of_quoted(text, quoted)
    headed = _HEADED.match(text)
    if headed is not None and (people := _people(headed["people"])):
        year = int(headed[2])
        title = headed["title"].rstrip(" .")
        yield Reading(title, people, year)
        head, _, rest = title.partition(". ")
        if rest:
            # "Title. In Proceedings of ..."; but "Paper Boats. Part II" is no "Paper Boats".
            yield Reading(head, people, year, loose=_VENUE_BEGINS.match(rest) is None)
    if (bracketed := _IN_BRACKETS.search(text)) is not None:
        yield from _of_bracketed(text[: bracketed.start()], bracketed[1], int(bracketed[2]))
        return
    marked = _AT_END.search(text)
    bare = _BARE_AT_END.search(text) if marked is None else None
    if (end := marked or bare) is not None:
        rest, year = text[: end.start()], int(end[1])
        yield from _with_people(rest, year)
        yield Reading(rest, (), year, loose=marked is None)
    elif headed is None:
        yield from _with_people(text, None)


def _of_quoted(text: str, quoted: re.Match[str]) -> Iterator[Reading]:
    """A title in quotes, as many styles of references print it."""
    before, behind = text[: quoted.start()], text[quoted.end() :]
    years = set(_ANY_YEAR.findall(behind) or _ANY_YEAR.findall(before))
    year = int(years.pop()) if len(years) == 1 else None
    people = _people(_ANY_YEAR.sub("", before))
    # '"Paper Boats" Revisited' is another work than "Paper Boats".
    ends = (
        not behind.strip()
        or behind.lstrip()[0] in ",.;("
        or quoted[0].rstrip('"\u201d')[-1] in ",."
    )
    if people or year:
        yield Reading(quoted[1] or quoted[2], people, year, loose=not (people and ends))


def _of_bracketed(title: str, beside: str, year: int) -> Iterator[Reading]:
    """A title with a year in brackets behind it, alone or beside something."""
    people = () if _VENUE.search(beside) else _people(beside)
    if people:
        yield Reading(title, people, year)
    # Authors who are named and passed over would say nothing against another paper.
    yield Reading(title, (), year, loose=bool(beside) and not _VENUE.search(beside))
    yield from _with_people(title, year)


def _with_people(text: str, year: int | None) -> Iterator[Reading]:
    """Readings of a text in which authors may stand before or behind the title."""
    for title, people_text in _split(text):
        title = title.strip(" ,;:.\"'\u201c\u201d")
        if title and (people := _people(people_text)):
            yield Reading(title, people, year)


def _split(text: str) -> Iterator[tuple[str, str]]:
    """Title and the rest, wherever they may be parted."""
    if (match := _ET_AL_HEAD.match(text)) is not None:
        yield match["title"], match["people"]
    if (match := _BRACKET_END.search(text)) is not None:
        yield text[: match.start()], match[1]
    between = list(_BETWEEN.finditer(text))
    for match in dict.fromkeys([*between[-1:], *between[:1]]):
        yield text[: match.start()], text[match.end() :]
        yield text[match.end() :], text[: match.start()]
    if by := list(_BY.finditer(text)):
        yield text[: by[-1].start()], text[by[-1].end() :]
    for mark in (". ", ": ", ", "):
        parts = text.split(mark)
        for number in dict.fromkeys((1, len(parts) - 1)):
            if 0 < number < len(parts):
                head, tail = mark.join(parts[:number]), mark.join(parts[number:])
                yield head, tail
                yield tail, head


def _people(text: str) -> tuple[Name, ...]:
    """The names that a text is; empty where it is none."""
    text = text.strip(" ,;:.()[]\"'\u201c`")
    told = _ET_AL.search(text)
    if told is not None:
        if text[told.end() :].strip(" ,;:.)]"):
            return ()
        text = text[: told.start()].strip(" ,;:")
    if not text or any(map(str.isdigit, text)) or len(text) > 400:
        return ()
    names: list[Name] = []
    for part in re.split(r"\s*[,;]\s*(?:and\s+|&\s*)?|\s+and\s+|\s+&\s+", text):
        if not part or _JUNIOR.fullmatch(part):
            continue
        if names and names[-1].given is None and part.isupper() and _INITIALS.fullmatch(part):
            # "Vaswani, A., Shazeer, N."
            names[-1] = Name(family=names[-1].family or names[-1].literal, given=part)
            continue
        name = _name(part)
        if name is None or len(names) == _NAMES:
            return ()
        names.append(name)
    return tuple(names)


def _name(text: str) -> Name | None:
    """A name of at most four words; in small letters of at most two."""
    words = text.split()
    if not 1 <= len(words) <= 4 or not all(_WORD.fullmatch(word) for word in words):
        return None
    capital = sum(word[0].isupper() for word in words)
    if capital == 0 and len(words) > 2:
        return None
    if capital and not words[0][0].isupper() and not words[-1][0].isupper():
        return None
    if not any(len(word.strip(".")) > 1 for word in words):
        return None
    if len(words) == 1:
        return Name(family=text)
    if all((len(word.rstrip(".")) <= 2 and word[0].isupper() and word.isupper()) or "." in word
           for word in words[1:]):  # fmt: skip
        # "Vaswani A", "Vaswani A.B."
        return Name(family=words[0], given=" ".join(words[1:]))
    from bibtools.text.names import parse_name

    return parse_name(text)
