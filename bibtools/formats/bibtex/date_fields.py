"""Dates: biblatex's `date`, or `year`, `month` and `day` as people write them in BibTeX."""

from __future__ import annotations

import re

from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.model import PartialDate
from bibtools.text.latex_decode import plain

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january",
            "feb february",
            "mar march",
            "apr april",
            "may",
            "jun june",
            "jul july",
            "aug august",
            "sep sept september",
            "oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(?:T[\d:.Z+-]*)?", re.ASCII)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_DAY = re.compile(r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)?(?!\d)", re.ASCII)


def read_date(reader: FieldReader) -> PartialDate | None:
    """From `date`, or from `year`, `month` and `day`; what is not understood whole stays."""
    return _from_date(reader) or _from_year(reader)


def _from_date(reader: FieldReader) -> PartialDate | None:
    written = plain(reader.left.get("date", "")).strip()
    if not written:
        return None
    start, _, end = written.partition("/")
    match = _ISO_DATE.fullmatch(start.strip().rstrip("~?%\u00a0"))
    date = _partial(match) if match else None
    if date is None:
        reader.complain(
            "date",
            "bibtex.date",
            f'The date "{written}" of "{reader.entry.key}" cannot be read.',
            "Write it as 2023, 2023-10 or 2023-10-10.",
        )
    elif not end and _ISO_DATE.fullmatch(written):
        reader.take("date")
    return date


def _from_year(reader: FieldReader) -> PartialDate | None:
    written = plain(reader.left.get("year", "")).strip()
    if not written:
        return None
    if not _YEAR.fullmatch(written):
        return _from_odd_year(reader, written)
    year = int(written)
    month, day, whole = _month_and_day(reader)
    try:
        date = PartialDate(year, month, day)
    except ValueError:
        reader.complain(
            "month",
            "bibtex.date",
            f'"{reader.left.get("month")}" of "{reader.entry.key}" is no day of {year}.',
        )
        return PartialDate(year)
    reader.take("year")
    if whole:
        reader.take("month", "day")
    return date


def _from_odd_year(reader: FieldReader, written: str) -> PartialDate | None:
    """A year that is a whole date, or has the one year somewhere in it."""
    iso = _ISO_DATE.fullmatch(written)
    date = _partial(iso) if iso else None
    if date is not None:
        reader.take("year")
        return date
    years = set(_YEAR.findall(written))
    if len(years) == 1:
        return PartialDate(int(years.pop()))
    reader.complain(
        "year",
        "bibtex.year",
        f'The year "{written}" of "{reader.entry.key}" cannot be read.',
        "Write four digits.",
    )
    return None


def _partial(match: re.Match[str]) -> PartialDate | None:
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return PartialDate(year or 0, month or None, day or None if month else None)
    except ValueError:
        return None


def _month_and_day(reader: FieldReader) -> tuple[int | None, int | None, bool]:
    """Month, day, and whether the fields hold nothing else. Dates as `5~January` are usual."""
    raw = reader.left.get("month", "")
    text = plain(raw).replace("\u00a0", " ").strip().rstrip(".").lower()
    if not text:
        return None, None, True
    month = day = None
    if text.isdecimal() and text.isascii():
        number = int(text)
        month = number if 1 <= number <= 12 else None
        whole = month is not None
    else:
        words = re.findall(r"[^\W\d_]+", text)
        months = [_MONTHS[word] for word in words if word in _MONTHS]
        if len(set(months)) == 1:
            month = months[0]
        days = _DAY.findall(text)
        if month and len(days) == 1 and 1 <= int(days[0]) <= 31:
            day = int(days[0])
        rest = [word for word in words if word not in _MONTHS and word not in "st nd rd th".split()]
        whole = month is not None and not rest and len(days) <= 1
    if month is None:
        reader.complain(
            "month",
            "bibtex.month",
            f'The month "{raw}" of "{reader.entry.key}" cannot be read.',
            "Write the macro, such as month = jan, or the number.",
        )
        return None, None, False
    day_text = reader.left.get("day", "").strip()
    if day_text.isdecimal() and day_text.isascii() and 1 <= int(day_text) <= 31:
        day = int(day_text)
    elif day_text:
        whole = False
    return month, day, whole
