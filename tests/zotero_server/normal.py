"""How the server changes what it is given before it stores it, and what it reads out of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SQL_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_SQL_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_ISO_8601 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
_ISO_FORM = "%Y-%m-%dT%H:%M:%SZ"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def cleaned(value: Any, *, composed: bool = True) -> Any:
    """The JSON with the lines of its strings ended by a line feed, without control characters,
    and with composed letters (NFC) if the server does that."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n")
        text = _CONTROL.sub("", text)
        return unicodedata.normalize("NFC", text) if composed else text
    if isinstance(value, list):
        return [cleaned(one, composed=composed) for one in value]
    if isinstance(value, dict):
        return {name: cleaned(one, composed=composed) for name, one in value.items()}
    return value


def as_text(value: Any) -> str:
    """A field's value: trimmed text; a number in digits; nothing for null and false."""
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return str(value).strip()


def now_as_text(now: float) -> str:
    return datetime.fromtimestamp(now, UTC).strftime(_ISO_FORM)


def is_moment(text: Any) -> bool:
    """Whether dateAdded and dateModified take it."""
    return isinstance(text, str) and bool(
        _SQL_DATE_TIME.fullmatch(text) or _ISO_8601.fullmatch(text)
    )


def is_access_date(text: Any) -> bool:
    """Whether accessDate takes it."""
    return text in (None, "", "CURRENT_TIMESTAMP") or (
        isinstance(text, str) and bool(is_moment(text) or _SQL_DATE.fullmatch(text))
    )


def moment(text: str, now: float) -> str:
    """In the form the server gives back: ISO 8601 in UTC with a Z, or a date alone."""
    if text == "CURRENT_TIMESTAMP":
        return now_as_text(now)
    if _SQL_DATE_TIME.fullmatch(text):
        return text.replace(" ", "T") + "Z"
    if _ISO_8601.fullmatch(text):
        return datetime.fromisoformat(text).astimezone(UTC).strftime(_ISO_FORM)
    return text


def parsed_date(text: str) -> str:
    """What meta.parsedDate says of a free date; empty where no year is found."""
    found = re.search(r"\b(\d{4})-(\d\d?)(?:-(\d\d?))?\b", text)
    if found and 1 <= int(found[2]) <= 12 and 0 <= int(found[3] or 0) <= 31:
        return "-".join([found[1], *(f"{int(one):02}" for one in found.groups()[1:] if one)])
    year = re.search(r"\b\d{4}\b", text)
    if not year:
        return ""
    named = re.search(rf"\b({'|'.join(_MONTHS)})[a-z]*\b", text.lower())
    if not named:
        return year[0]
    month = f"{_MONTHS.index(named[1]) + 1:02}"
    day = re.search(r"\b(\d\d?)(?:st|nd|rd|th)?\b(?!\d)", text)
    return f"{year[0]}-{month}" + (f"-{int(day[1]):02}" if day and 1 <= int(day[1]) <= 31 else "")


def creator_summary(creators: Sequence[dict[str, str]], primary: str) -> str:
    """What meta.creatorSummary says: the names of the primary creators, else of the editors."""
    for wanted in (primary, "editor", "contributor"):
        names = [
            one.get("name") or one.get("lastName") or one.get("firstName", "")
            for one in creators
            if one["creatorType"] == wanted
        ]
        if len(names) > 2:
            return f"{names[0]} et al."
        if names:
            return " and ".join(names)
    return ""
