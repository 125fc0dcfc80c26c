"""Names and dates as CSL-JSON spells them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from bibtools.model import Dating, Name, PartialDate, parse_dating
from bibtools.text.typed_dates import read_typed_date

_PARTS = (
    ("family", "family"),
    ("given", "given"),
    ("non-dropping-particle", "non_dropping_particle"),
    ("dropping-particle", "dropping_particle"),
    ("suffix", "suffix"),
)
_SEASONS = {"spring": 1, "summer": 2, "autumn": 3, "fall": 3, "winter": 4}


def from_csl_names(rows: Iterable[object]) -> tuple[Name, ...]:
    """The names of a CSL name variable; rows that are none are left out."""
    names = []
    for row in rows:
        if isinstance(row, str):
            row = {"literal": row}
        if not isinstance(row, dict):
            continue
        parts = {
            attribute: value.strip()
            for part, attribute in _PARTS
            if isinstance(value := row.get(part), str) and value.strip()
        }
        literal = row.get("literal")
        if parts.keys() & {"family", "given"}:
            names.append(Name(**parts))
        elif isinstance(literal, str) and literal.strip():
            names.append(Name(literal=literal.strip()))
    return tuple(names)


def to_csl_name(name: Name) -> dict[str, str]:
    """A CSL name object with the parts that are there."""
    if name.literal is not None:
        return {"literal": name.literal}
    return {part: value for part, attribute in _PARTS if (value := getattr(name, attribute))}


def from_csl_date(value: object) -> Dating | None:
    """The date of a CSL date variable; None for what says nothing.

    CSL counts years before Christ without a year 0: -44 is 44 BC. Figures in texts, a season by
    its name or as a month from 13 on, and a date in `raw` or `literal` are read too.
    """
    if isinstance(value, str):
        return read_typed_date(value)[0] if value.strip() else None
    if not isinstance(value, Mapping):
        return None
    circa = value.get("circa") not in (None, False, 0, "", "0", "false")
    ranges = value.get("date-parts")
    found = _from_parts(ranges, value.get("season")) if ranges else _from_text(value)
    if found is not None and circa and found.literal is None:
        return replace(found, circa=True)
    return found


def _from_text(value: Mapping[str, object]) -> Dating | None:
    for name in ("literal", "raw"):
        text = value.get(name)
        if isinstance(text, str) and text.strip():
            return parse_dating(text) if name == "literal" else read_typed_date(text)[0]
    return None


def _from_parts(ranges: object, named: object) -> Dating | None:
    if not isinstance(ranges, list) or not 1 <= len(ranges) <= 2:
        return None
    try:
        ends = [_date(parts) for parts in ranges]
    except (TypeError, ValueError):
        return None
    start, season = ends[0]
    if start is None:
        return None
    if len(ends) == 2:
        return Dating(start, ends[1][0], open_end=ends[1][0] is None)
    if named not in (None, "") and start.month is None:
        season = _season(named)
    return Dating(start, season=season)


def _season(value: object) -> int | None:
    text = str(value).strip().lower()
    if text in _SEASONS:
        return _SEASONS[text]
    number = int(text) if text.isdigit() else 0
    number -= 20 if number > 20 else 12 if number > 12 else 0
    return number if 1 <= number <= 4 else None


def _date(parts: object) -> tuple[PartialDate | None, int | None]:
    """Year, month and day, or year and season; None and None for the end that is open."""
    if not isinstance(parts, list):
        raise TypeError
    numbers = [int(part) for part in parts[:3] if part not in ("", None)]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    if not numbers:
        return None, None
    year = numbers[0] + 1 if numbers[0] < 0 else numbers[0]
    if len(numbers) > 1 and numbers[1] > 12:
        season = _season(numbers[1])
        if season is None:
            raise ValueError
        return PartialDate(year), season
    return PartialDate(year, *numbers[1:]), None


def to_csl_date(dating: Dating) -> dict[str, Any]:
    """`{"date-parts": [[2023, 10, 10]]}`; what CSL cannot say in parts is `literal`."""
    if dating.literal is not None or dating.start is None:
        return {"literal": dating.edtf()}
    parts = [_parts(dating.start)]
    if dating.end is not None:
        parts.append(_parts(dating.end))
    elif dating.open_end:
        parts.append([0])
    found: dict[str, Any] = {"date-parts": parts}
    if dating.season is not None:
        found["season"] = dating.season
    if dating.circa or dating.uncertain:
        found["circa"] = True
    return found


def _parts(date: PartialDate) -> list[int]:
    year = date.year if date.year > 0 else date.year - 1
    return [part for part in (year, date.month, date.day) if part is not None]
