"""Pages, years, months and dates."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from typing import Final

from bibtools.checks.findings import Finding
from bibtools.checks.views import EntryView, shown
from bibtools.formats.bibtex.macros import MONTHS

# 12, xii, A12, 3:12, e1234, 101.e5 and what journals invent.
_PAGE = (
    r"(?:[A-Za-z]{0,6}\.?[-:./ ]?\d+(?:[.:/][A-Za-z]?\d+)*[A-Za-z]{0,2}"
    r"|[ivxlcdmIVXLCDM]+|[A-Z]{1,3})"
)
_PART = re.compile(rf"{_PAGE}(?:\s*--\s*{_PAGE}|\+|\s*ff?\.?)?", re.ASCII)
_ONE_DASH = re.compile(r"(\d{1,12})\s*[-\u2010-\u2014\u2212]\s*(\d{1,12})", re.ASCII)
_LOOSE = re.compile(r"(\d{1,12})(?:\s+--\s*|--\s+|\s*---\s*)(\d{1,12})", re.ASCII)
_RANGE = re.compile(r"(\d{1,12})--(\d{1,12})", re.ASCII)
_NO_PAGES = re.compile(
    r"to appear|in press|forthcoming|accepted|n/?a|\?+|\d+\s*(?:p|pp|pages?|leaves)\b\.?|pp?\b.*",
    re.IGNORECASE,
)
_BETWEEN_PARTS = re.compile(r"[,;]\s*|\s+and\s+|\\&|&")


def check_pages(view: EntryView) -> Iterator[Finding]:
    """`pages`: numbers, or ranges with two hyphens that do not run backwards."""
    value = view.fields.get("pages", "")
    for part in _BETWEEN_PARTS.split(value.replace("\\,", "")):
        fault = _pages_fault(part.strip())
        if fault is None:
            continue
        message, hint = fault
        mended = _mended_pages(value)
        fix = view.replacement("pages", mended) if mended else None
        yield view.at_field("pages", "pages", "warning", message, hint, fix)
        return


def _mended_pages(value: str) -> str | None:
    """The value as a range with two hyphens, when it is surely one."""
    match = _ONE_DASH.fullmatch(value) or _LOOSE.fullmatch(value)
    return f"{match[1]}--{match[2]}" if match and int(match[1]) < int(match[2]) else None


def _pages_fault(part: str) -> tuple[str, str] | None:
    """What is wrong with one page or range, and what to do."""
    mended = _mended_pages(part)
    if mended:
        return (
            f'The pages "{shown(part)}" are a range, which BibTeX wants with two hyphens.',
            f'Write "{mended}".',
        )
    match = _RANGE.fullmatch(part)
    # 1234--56 is short for 1234--1256.
    if match and int(match[2]) < int(match[1]) and len(match[2]) >= len(match[1]):
        return f'The pages "{shown(part)}" run backwards.', "Compare them with the paper."
    if _NO_PAGES.fullmatch(part) or (part and not re.search(r"\d|\\", part)):
        if _PART.fullmatch(part):
            return None
        return (
            f'"{shown(part)}" is no page.',
            'Write numbers, as in "7", "12--34" or "7, 12--34", or take the field out.',
        )
    return None


_YEAR = re.compile(r"\{*(?:c(?:a|irca)?\.?\s*)?\d{4}(?:[-/\u2013]+\d{2,4})?[a-z]?\??\}*", re.ASCII)
_SORTED_BY = re.compile(r"\{?\\(?:noopsort|SortNoop)\s*\{[^{}]*\}\}?", re.IGNORECASE)
_LATER = re.compile(
    r"(?:to appear|in press|forthcoming|submitted|accepted|in preparation|n\.?\s?d\.?|unpublished"
    r"|in review|under review)(?:\W.*)?",
    re.IGNORECASE,
)
_MONTH_WORDS: Final = frozenset(
    [*MONTHS, *map(str.lower, MONTHS.values()), *"sept spring summer autumn fall winter".split()]
)
# EDTF level 0 and what biblatex takes of level 1 (ISO 8601-2, biblatex manual 2.3.8).
_TIME = r"T\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)?"
_ONE_DATE = rf"-?\d{{4}}(?:-\d\d(?:-\d\d(?:{_TIME})?)?)?[?~%]?|\d{{3}}X|\d\dXX"
_DATE = re.compile(rf"({_ONE_DATE})(?:/({_ONE_DATE}|\.\.)?)?|(?:\.\.)?/({_ONE_DATE})", re.ASCII)
_DATE_FIELDS: Final = ("date", "urldate", "eventdate", "origdate")


def check_dates(view: EntryView) -> Iterator[Finding]:
    """`year`, `month` and biblatex's dates."""
    fields = view.fields
    # What sorts but does not print: {\noopsort{a}}1991.
    year = _SORTED_BY.sub("", fields.get("year", ""))
    if year and not _YEAR.fullmatch(year):
        later = _LATER.fullmatch(year.strip("{}[]() "))
        yield view.at_field(
            "year",
            "date",
            "note" if later else "warning",
            f'"{shown(year)}" is no year.',
            'Put words into "note" or "pubstate".' if later else "Write four digits.",
        )
    month = fields.get("month", "")
    if month and not _is_month(month):
        yield view.at_field(
            "month",
            "date",
            "warning",
            f'"{shown(month)}" is no month.',
            "Write BibTeX's own name without braces, such as jan.",
        )
    for name in _DATE_FIELDS:
        value = fields.get(name, "").strip()
        if not value:
            continue
        # A style of plain BibTeX may print this field as it is.
        fault = _date_fault(value)
        if fault and (name != "date" or view.file.dialect == "biblatex"):
            yield view.at_field(
                name,
                "date",
                "warning",
                f'"{shown(value)}" {fault}.',
                "Write 2024, 2024-03, 2024-03-17 or a range with a slash.",
            )


def _is_month(month: str) -> bool:
    words = re.findall(r"[^\W\d_]+", re.sub(r"\\[A-Za-z]+", " ", month))
    if words:
        return any(word.lower() in _MONTH_WORDS for word in words)
    if not month.strip("? "):
        return True  # It is said to be unknown.
    numbers = re.findall(r"\d+", month)
    return bool(numbers) and 1 <= int(numbers[0][:9]) <= 12


def _date_fault(value: str) -> str | None:
    match = _DATE.fullmatch(value)
    if not match:
        return "is not a date that biblatex reads"
    for one in match.groups():
        if one and not _exists(one):
            return "is a day that does not exist"
    return None


def _exists(date: str) -> bool:
    parts = re.fullmatch(r"-?(\d{4})(?:-(\d\d)(?:-(\d\d))?)?.*", date)
    if parts is None or parts[2] is None:
        return True
    month, day = int(parts[2]), int(parts[3] or 1)
    # 21 to 24 are the seasons.
    if 21 <= month <= 24 and parts[3] is None:
        return True
    if not 1 <= month <= 12:
        return False
    year = int(parts[1]) or 4
    return 1 <= day <= calendar.monthrange(year, month)[1]
