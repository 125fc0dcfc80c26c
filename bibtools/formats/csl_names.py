"""Names and dates as CSL-JSON spells them."""

from __future__ import annotations

from collections.abc import Iterable

from bibtools.model import Name, PartialDate, parse_iso

_PARTS = (
    ("family", "family"),
    ("given", "given"),
    ("non-dropping-particle", "non_dropping_particle"),
    ("dropping-particle", "dropping_particle"),
    ("suffix", "suffix"),
    ("literal", "literal"),
)


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
        if parts:
            names.append(Name(**parts))
    return tuple(names)


def to_csl_name(name: Name) -> dict[str, str]:
    """A CSL name object with the parts that are there."""
    return {
        part: value
        for part, attribute in _PARTS
        if (value := getattr(name, attribute)) is not None and value != ""
    }


def from_csl_date(value: object) -> PartialDate | None:
    """The date of a CSL date variable: date-parts, or an ISO text in `raw` or `literal`.

    Of a range, the start. None for what is no such date.
    """
    if isinstance(value, str):
        return parse_iso(value)
    if not isinstance(value, dict):
        return None
    ranges = value.get("date-parts")
    if isinstance(ranges, list) and ranges and isinstance(ranges[0], list):
        try:
            parts = [int(part) for part in ranges[0][:3] if part not in ("", None)]
            while parts and parts[-1] == 0 and len(parts) > 1:
                parts.pop()
            return PartialDate(*parts) if parts else None
        except (TypeError, ValueError):
            return None
    for name in ("raw", "literal"):
        text = value.get(name)
        if isinstance(text, str) and (date := parse_iso(text.split("/")[0])) is not None:
            return date
    return None


def to_csl_date(date: PartialDate) -> dict[str, list[list[int]]]:
    """`{"date-parts": [[2023, 10, 10]]}`."""
    parts = [part for part in (date.year, date.month, date.day) if part is not None]
    return {"date-parts": [parts]}
