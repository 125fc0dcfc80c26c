"""Dates: biblatex's `date`, or `year`, `month` and `day` as people write them in BibTeX."""

from __future__ import annotations

import re
from dataclasses import replace

from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.later import later
from bibtools.model import Dating, PartialDate, parse_dating
from bibtools.text.latex_decode import plain

DATE_FIELDS = ("date", "year", "month", "day")
"""The fields that make the date of the work."""

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
_SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}
_YEAR = later(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_WHOLE_YEAR = later(r"-?\d{3,4}", re.ASCII)
_YEARS = later(r"(\d{4})\s*(?:/|-{1,2}|[\u2013\u2014])\s*(\d{4})", re.ASCII)
_DAY = later(r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)?(?!\d)", re.ASCII)
_PRINTED = later(
    r"(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[ -])?(?P<month>[A-Za-z]{3,9})\.?"
    r"(?:[ -](?P<after>\d{1,2})(?:st|nd|rd|th)?)?,?[ -](?P<year>\d{4})",
    re.ASCII,
)
_SLASHED = later(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_LOOSE = later(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_ORDINALS = frozenset("st nd rd th".split())


def read_dating(text: str) -> Dating:
    """What a field such as `urldate` says: EDTF, `12 May 2010`, `2010/5/12`, else the words."""
    found = parse_dating(text)
    if found.literal is None:
        return found
    match = _SLASHED.fullmatch(text) or _LOOSE.fullmatch(text)
    if match:
        return _day(int(match[1]), int(match[2]), int(match[3])) or found
    printed = _PRINTED.fullmatch(text)
    if printed and (month := _MONTHS.get(printed["month"].lower())):
        day = printed["day"] or printed["after"]
        return _day(int(printed["year"]), month, int(day) if day else None) or found
    return found


def _day(year: int, month: int, day: int | None) -> Dating | None:
    try:
        return Dating(PartialDate(year, month, day))
    except ValueError:
        return None


def read_date(reader: FieldReader) -> tuple[PartialDate | None, Dating | None]:
    """The date, and the dating when it says more: from `date`, else `year`, `month`, `day`.

    What is not understood whole stays.
    """
    found = _from_date(reader)
    if found is None:
        found = _from_year(reader)
    if found is None:
        return None, None
    return found.start, None if found.simple else found


def _from_date(reader: FieldReader) -> Dating | None:
    raw = reader.left.get("date")
    if not raw:
        return None
    written = plain(raw).replace("\u00a0", "~").strip()
    found = read_dating(written)
    if found.literal is None:
        reader.take("date")
        _take_the_same(reader, found)
        return found
    year = plain(reader.left.get("year", "")).strip()
    if year == written or (not year and not _YEAR.search(written)):
        reader.take("date", "year")
        return Dating(literal=plain(raw).strip())
    reader.complain(
        "date",
        "bibtex.date",
        f'The date "{written}" of "{reader.key}" cannot be read.',
        "Write it as 2023, 2023-10 or 2023-10-10.",
    )
    if not year:
        return _from_words("date", reader, written)
    return None


def _take_the_same(reader: FieldReader, found: Dating) -> None:
    """Drop a `year`, `month` and `day` that only repeat what `date` says."""
    if "year" not in reader.left:
        return
    names = [name for name in ("year", "month", "day") if name in reader.left]
    only = FieldReader(reader.kind, reader.key, {name: reader.left[name] for name in names})
    told = _from_year(only)
    if told is None or told.start is None:
        return
    if any(end is not None and _within(told.start, end) for end in (found.start, found.end)):
        reader.take(*(name for name in names if name == "day" or name not in only.left))


def _within(part: PartialDate, whole: PartialDate) -> bool:
    """Whether the first is the second with less said."""
    return (
        part.year == whole.year
        and part.month in (None, whole.month)
        and part.day in (None, whole.day)
    )


def _from_year(reader: FieldReader) -> Dating | None:
    raw = reader.left.get("year")
    if not raw:
        return None
    written = raw.strip() if raw.isdigit() else plain(raw).strip()
    if not _WHOLE_YEAR.fullmatch(written):
        return _from_odd_year(reader, written)
    year = int(written)
    if "month" not in reader.left:
        reader.take("year")
        return Dating(PartialDate(year))
    month, day, whole = _month_and_day(reader)
    try:
        found = Dating(PartialDate(year, month, day))
    except ValueError:
        reader.complain(
            "month",
            "bibtex.date",
            f'"{reader.left.get("month")}" of "{reader.key}" is no day of {year}.',
        )
        return Dating(PartialDate(year))
    reader.take("year")
    if month is None or day is None:
        more = _span_or_season(reader, year)
        if more is not None:
            return more
    if whole:
        reader.take("month", "day")
    return found


def _from_odd_year(reader: FieldReader, written: str) -> Dating | None:
    """A year that is a whole date or a span, or has the one year somewhere in it."""
    found = read_dating(written)
    years = _YEARS.fullmatch(written)
    if years:
        found = Dating(PartialDate(int(years[1])), PartialDate(int(years[2])))
    if found.literal is None:
        reader.take("year")
        return found
    return _from_words("year", reader, written)


def _from_words(name: str, reader: FieldReader, written: str) -> Dating:
    years = set(_YEAR.findall(written))
    if len(years) == 1:
        return Dating(PartialDate(int(years.pop())))
    reader.take(name)
    if name == "year":
        reader.complain(
            name,
            "bibtex.year",
            f'The year "{written}" of "{reader.key}" cannot be read.',
            "Write four digits.",
        )
    return Dating(literal=written)


def _month_words(raw: str) -> str:
    text = plain(raw) if not raw.isalnum() else raw
    return text.replace("\u00a0", " ").strip().rstrip(".").lower()


def _month_and_day(reader: FieldReader) -> tuple[int | None, int | None, bool]:
    """Month, day, and whether the fields hold nothing else. Dates as `5~January` are usual."""
    raw = reader.left.get("month", "")
    text = _month_words(raw)
    if not text:
        return None, None, True
    month = day = None
    if text.isdecimal() and text.isascii():
        number = int(text)
        month = number if 1 <= number <= 12 else None
        whole = month is not None
    elif text in _MONTHS:
        month, whole = _MONTHS[text], True
    else:
        words = re.findall(r"[^\W\d_]+", text)
        months = [_MONTHS[word] for word in words if word in _MONTHS]
        if len(set(months)) == 1:
            month = months[0]
        days = _DAY.findall(text)
        if month and len(days) == 1 and 1 <= int(days[0]) <= 31:
            day = int(days[0])
        rest = [word for word in words if word not in _MONTHS and word not in _ORDINALS]
        whole = month is not None and not rest and len(days) <= 1
        if len(set(months)) > 1 or (not months and _season(text) is not None):
            return None, None, False
    if month is None:
        reader.complain(
            "month",
            "bibtex.month",
            f'The month "{raw}" of "{reader.key}" cannot be read.',
            "Write the macro, such as month = jan, or the number.",
        )
        return None, None, False
    day_text = reader.left.get("day", "").strip()
    if day_text.isdecimal() and day_text.isascii() and 1 <= int(day_text) <= 31:
        day = int(day_text)
    elif day_text:
        whole = False
    return month, day, whole


def _season(text: str) -> int | None:
    return _SEASONS.get(text)


def _span_or_season(reader: FieldReader, year: int) -> Dating | None:
    """`May/June`, `3--5 June`, `spring`; the words stay for the style to print."""
    text = _month_words(reader.left.get("month", ""))
    season = _season(text)
    start = PartialDate(year)
    if season is not None:
        return Dating(start, season=season)
    numbers = re.fullmatch(r"(\d{1,2})\s*[-/\u2013]+\s*(\d{1,2})", text)
    words = re.findall(r"[^\W\d_]+", text)
    months = [_MONTHS[word] for word in words if word in _MONTHS]
    if numbers:
        months, days = [int(numbers[1]), int(numbers[2])], []
    elif any(word not in _MONTHS and word not in _ORDINALS for word in words):
        return None
    else:
        days = [int(day) for day in _DAY.findall(text)]
    if not re.search(r"[-/\u2013\u2014]", text):
        return None
    try:
        if len(months) == 2 and not days and months[0] < months[1]:
            return Dating(PartialDate(year, months[0]), PartialDate(year, months[1]))
        if len(months) == 1 and len(days) == 2 and days[0] < days[1]:
            start = PartialDate(year, months[0], days[0])
            return Dating(start, replace(start, day=days[1]))
        if len(months) == 2 and len(days) == 2 and months[0] < months[1]:
            return Dating(
                PartialDate(year, months[0], days[0]), PartialDate(year, months[1], days[1])
            )
    except ValueError:
        return None
    return None
