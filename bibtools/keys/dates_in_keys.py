"""Dates in keys, by a format such as `%Y-%m`."""

from __future__ import annotations

import re
from typing import Final

from bibtools.keys.subject import DateParts, Subject, date_parts
from bibtools.text.typed_dates import read_typed_date

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_PLACE = re.compile(r"%(-?)(o?[A-Za-z])|%%")
PLACES: Final = frozenset("Y y m d H M S oY oy om od".split())
"""What may stand behind `%` (and `%-`, which leaves out leading zeros)."""


def month_word(number: str) -> str:
    """`jan` to `dec`; empty for what is no month."""
    return _MONTHS[int(number) - 1] if number.isdecimal() and 1 <= int(number) <= 12 else ""


def written(subject: Subject, template: str) -> str:
    """The date of an entry; `%oY` is the year in which it first appeared."""
    return _written(subject.date, subject.first_date, template)


def written_text(text: str, template: str) -> str:
    """A date that is a text."""
    if not text.strip():
        return ""
    dating, original = read_typed_date(text)
    date = date_parts(dating)
    return _written(date, date_parts(original) if original is not None else date, template)


def _written(date: DateParts, first: DateParts, template: str) -> str:
    """The template filled up to the first part that is not known.

    What separates a part from the one before it goes with the part: `%Y-%m` of a year alone is
    the year.
    """
    out = ""
    position = 0
    for match in _PLACE.finditer(template):
        between = template[position : match.start()]
        position = match.end()
        if match[0] == "%%":
            out += between + "%"
            continue
        value = _value(date, first, match[2], padded=not match[1])
        if not value:
            return out
        out += between + value
    return out + template[position:]


def _value(date: DateParts, first: DateParts, place: str, *, padded: bool) -> str:
    date = first if place.startswith("o") else date
    values = {
        "Y": date.year,
        "y": _short(date.year),
        "m": date.month,
        "d": date.day,
        "H": date.hour,
        "M": date.minute,
        "S": date.second,
    }
    letter = place[-1]
    value = values.get(letter, "")
    if padded and value:
        width = 4 if letter == "Y" else 2
        return re.sub(r"\d+", lambda match: match[0].zfill(width), value, count=1)
    return value


def _short(year: str) -> str:
    match = re.fullmatch(r"-?\d+", year)
    return str(abs(int(year)) % 100) if match is not None else ""
