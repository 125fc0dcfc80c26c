"""Dates as pages of papers print them: `Oct 10, 2023`, and `May 7` for the current year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bibtools.model.dates import PartialDate

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
MONTH_PATTERN = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    r"|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
DATE_PATTERN = rf"(?P<month>{MONTH_PATTERN})\.?\s*(?P<day>\d{{1,2}})(?:,\s*(?P<year>\d{{4}}))?"
"""Named groups `month`, `day` and `year`; the year may be missing."""


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A month and a day, with the year where it is printed."""

    month: int
    day: int
    year: int | None = None

    def in_year(self, year: int) -> PartialDate | None:
        """The whole date, or None when that year has no such day."""
        try:
            return PartialDate(year, self.month, self.day)
        except ValueError:
            return None


def printed_date(match: re.Match[str]) -> PrintedDate:
    """The date of a match of `DATE_PATTERN`; the day may still be one that no month has."""
    year = match.group("year")
    month = MONTHS.index(match.group("month")[:3].capitalize()) + 1
    return PrintedDate(month, int(match.group("day")), int(year) if year else None)
