"""Dates that say more than a day: spans, seasons, "about 1850", "in press".

The written form is EDTF (ISO 8601-2:2019), as far as biblatex and CSL use it: `2014-12-31`,
`2011/2012`, `2014/..`, `2017-24` (a season: 21 spring to 24 winter), `1850~`, `1850?`,
`1997-06-13T23:59:58Z`, `-0333`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bibtools.later import later
from bibtools.model.dates import PartialDate

_TIME = r"\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?"
_END = later(
    rf"(-?\d{{4}})(?:-(\d{{2}})(?:-(\d{{2}})(?:[T ]({_TIME}))?)?)?([~?%]?)",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Dating:
    """When something happened. Either `literal` alone, or at least one of `start` and `end`."""

    start: PartialDate | None = None
    end: PartialDate | None = None
    """The last day of a span."""
    open_end: bool = False
    """True for a span that has begun and not ended."""
    season: int | None = None
    """1 spring, 2 summer, 3 autumn, 4 winter of the year in `start`; no span has one."""
    circa: bool = False
    uncertain: bool = False
    time: str | None = None
    """`23:59:58Z`, as given; only with a whole day that is no span."""
    literal: str | None = None
    """A text that is no such date: "forthcoming", "printemps 1985"."""

    def edtf(self) -> str:
        """The date as EDTF, or the literal text; `parse_dating` reads it back."""
        if self.literal is not None:
            return self.literal
        sign = ("%" if self.uncertain else "~") if self.circa else "?" if self.uncertain else ""
        start = self.start.iso() if self.start is not None else ""
        if self.season is not None:
            start += f"-{20 + self.season}"
        if self.time is not None:
            start += f"T{self.time}"
        start += sign if start else ""
        if self.end is not None:
            return f"{start or '..'}/{self.end.iso()}{sign}"
        return f"{start}/.." if self.open_end else start

    @property
    def simple(self) -> bool:
        """True when `start` says it all."""
        return self.start is not None and self == Dating(self.start)


def parse_dating(text: str) -> Dating:
    """The date that a text in EDTF says; any other text becomes the literal.

    A slash that ends a date, and `..` or `open` for an end that is missing, are read too.
    """
    text = " ".join(text.split())
    parts = text.split("/")
    if len(parts) > 2:
        return Dating(literal=text)
    ends: list[re.Match[str] | None] = []
    for part in parts:
        if len(parts) == 2 and part in ("", "..", "open", "unknown"):
            ends.append(None)
            continue
        match = _END.fullmatch(part)
        if match is None:
            return Dating(literal=text)
        ends.append(match)
    found = _from_ends(ends)
    return found if found is not None else Dating(literal=text)


def _from_ends(ends: list[re.Match[str] | None]) -> Dating | None:
    first = ends[0]
    is_span = len(ends) == 2
    last = ends[1] if is_span else None
    if first is None and last is None:
        return None
    signs = "".join(match[5] for match in ends if match is not None)
    circa = "~" in signs or "%" in signs
    uncertain = "?" in signs or "%" in signs
    try:
        if first is not None and first[2] and 21 <= int(first[2]) <= 24 and not first[3]:
            if is_span:
                return None
            start = PartialDate(int(first[1]))
            return Dating(start, season=int(first[2]) - 20, circa=circa, uncertain=uncertain)
        start_date = _partial(first) if first is not None else None
        end_date = _partial(last) if last is not None else None
    except ValueError:
        return None
    time = first[4] if first is not None else None
    if is_span and (time or (last is not None and last[4])):
        return None
    return Dating(
        start_date,
        end_date,
        open_end=is_span and end_date is None,
        circa=circa,
        uncertain=uncertain,
        time=time,
    )


def _partial(match: re.Match[str]) -> PartialDate:
    """Zotero writes `1993-00-00` for a year alone."""
    year, month, day = (int(part) if part else None for part in match.group(1, 2, 3))
    return PartialDate(year or 0, month or None, (day or None) if month else None)
