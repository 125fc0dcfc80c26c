"""A title that was typed with a year or authors beside it: asked for, and held against an entry.

What was typed beside the title narrows what is found; it never makes a paper sure whose title
is not the typed one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bibtools.matching.resolve import SHARED_TITLE, YEARS_AFTER, YEARS_BEFORE
from bibtools.model.dates import PartialDate
from bibtools.model.entries import Entry
from bibtools.sites.title_readings import Reading
from bibtools.text.people import Agreement, compare_authors, person
from bibtools.text.titles import title_key, title_words

_WORDS: Final = 3
_LETTERS: Final = 12
"""Words and letters of a title below which a common family name or a year says too little."""


def asked_for(reading: Reading) -> Entry:
    """What to search for."""
    return Entry(
        title=reading.title,
        authors=reading.authors,
        authors_truncated=bool(reading.authors),
        date=PartialDate(reading.year) if reading.year is not None else None,
    )


def doubt(reading: Reading, entry: Entry) -> str:
    """Why an entry that was found is not surely what was typed, as a clause; empty where it is."""
    if title_key(reading.title) != title_key(entry.title or ""):
        return "the title is only alike"
    words = title_words(reading.title)
    if len(set(words)) < _WORDS or len("".join(words)) < _LETTERS:
        return "the title is short"
    if SHARED_TITLE.match(" ".join(words[:4])):
        return "several papers share such a title"
    if reading.authors:
        known = compare_authors(
            [person(name) for name in reading.authors], [person(name) for name in entry.authors]
        )
        if not entry.authors:
            return "the title agrees, but nothing is known of its authors"
        if known.agreement is not Agreement.SAME:
            return "the title agrees, but not the authors"
    if reading.year is not None and not _near(reading.year, entry):
        return "the title agrees, but not the year"
    return "it may be another work's title" if reading.loose else ""


def _near(year: int, entry: Entry) -> bool:
    """Whether a year may be that of a work: of its submission, or of its publication."""
    years = [entry.date.year] if entry.date is not None else []
    if entry.arxiv is not None:
        years.append(entry.arxiv.year)
    return any(-YEARS_BEFORE <= year - known <= YEARS_AFTER for known in years)


def rule_of(rule: str, reading: Reading) -> str:
    """The rule with what the title was read as."""
    return f"{rule} (read as {reading})"


def one_work(entries: Sequence[Entry]) -> bool:
    """Whether several readings led to one work."""
    ids = {entry.arxiv.value if entry.arxiv is not None else entry.doi for entry in entries}
    return len(ids) == 1
