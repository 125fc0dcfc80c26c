"""Dates as precise as they are known."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

from bibtools.later import later

_ISO = later(r"(-?\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, a year and month, or a whole day of the Gregorian calendar.

    Years before 1 are counted as ISO 8601 does: 0 is 1 BC, -332 is 333 BC.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not -9999 <= self.year <= 9999:
            raise ValueError(f"year {self.year} is not within -9999..9999")
        if self.month is None:
            if self.day is not None:
                raise ValueError("a day needs a month")
        elif not 1 <= self.month <= 12:
            raise ValueError(f"there is no month {self.month}")
        elif self.day is not None:
            # The calendar repeats every 400 years; `calendar` knows only years from 1 on.
            last = calendar.monthrange(self.year % 400 + 400, self.month)[1]
            if not 1 <= self.day <= last:
                raise ValueError(f"there is no day {self.day} in {self.year}-{self.month:02}")

    def iso(self) -> str:
        """ISO 8601: `2023`, `2023-10` or `2023-10-10`."""
        text = f"{self.year:04}" if self.year >= 0 else f"-{-self.year:04}"
        if self.month is not None:
            text += f"-{self.month:02}"
        if self.day is not None:
            text += f"-{self.day:02}"
        return text

    @property
    def precision(self) -> int:
        """1 for a year, 2 with the month, 3 with the day."""
        return 1 + (self.month is not None) + (self.day is not None)


def parse_iso(text: str) -> PartialDate | None:
    """The date of an ISO 8601 text (`2023`, `2023-10`, `2023-10-10`), or None."""
    match = _ISO.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        return PartialDate(year or 0, month, day)
    except ValueError:
        return None
