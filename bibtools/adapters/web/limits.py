"""What the headers of an answer say of how fast and how long a service may be asked.

| header | who sends it | what it means here |
|---|---|---|
| `Retry-After` | any (RFC 9110, 10.2.3) | seconds, or a date: nothing before |
| `X-Rate-Limit-Limit`, `X-Rate-Limit-Interval` | Crossref | so many in so long |
| `X-Concurrency-Limit` | Crossref | so many at the same time |
| `RateLimit-Policy` (`"api";q=500;w=300`, `500;w=300`) | Hugging Face | so many in so many \
seconds; heeded up to five minutes: a budget for an hour or a day may be spent in one go |
| `X-RateLimit-Remaining`, `X-RateLimit-Reset` | GitHub, Software Heritage, ADS | 0 left: nothing \
before the reset (an epoch, or seconds from now) |
| `RateLimit-Remaining`, `RateLimit-Reset` | services with the old IETF draft | the same |
| `RateLimit` (`"api";r=0;t=35`; older: `limit=9, remaining=0, reset=35`) | Hugging Face | the \
same |
| `X-RateLimit-Remaining-USD`, `X-RateLimit-Cost-USD` | OpenAlex | a budget for a day, spent by \
some kinds of questions only; what `X-RateLimit-Remaining` counts beside it is the same budget |

They only ever make us slower than the table of services says (`exchange`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

_LONGEST = 86_400.0
"""Seconds: what a header can close a service for, at most. A wrong header should not do it for a
year."""
_EPOCH = 100_000_000
"""A reset above is a time since 1970, below it is seconds from now."""
_EPOCH_IN_MS = 100_000_000_000
_LONGEST_WINDOW = 300.0
"""Seconds: what a policy says of a longer time is a budget and no rate."""
_NUMBER = re.compile(r"\s*(\d{1,15}(?:\.\d{1,15})?(?:[eE][-+]?\d{1,2})?)\s*")
_USD = "x-ratelimit-remaining-usd"
_UNITS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "h": 3600.0}
_INTERVAL = re.compile(r"\s*(\d{1,9})\s*(ms|s|m|h|)\s*")
_PARAMETER = {name: re.compile(rf";\s*{name}\s*=\s*(\d{{1,15}})") for name in "rtqw"}
_QUOTED = re.compile(r'"([^"]{0,100})"')
_TOKEN = re.compile(r"\s*([A-Za-z*][\w.*/-]{0,100})\s*(?:;|$)")
_OLD_PART = {
    name: re.compile(rf"(?:^|[\s,;]){name}\s*=\s*(\d{{1,15}})") for name in ("remaining", "reset")
}
_FIRST_NUMBER = re.compile(r"\s*(\d{1,15})\s*;")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer says."""

    retry_after: float | None = None
    """Seconds from now before which it wants to hear nothing."""
    interval: float | None = None
    """Seconds between two requests."""
    at_once: int | None = None
    """Requests at the same time, at least one."""
    spent: float | None = None
    """Seconds until it may be asked again, when nothing is left; None while something is."""
    spent_budget: float | None = None
    """The same for this kind of question only: the next one would use up the budget."""


def read_limits(headers: Mapping[str, str], now: float) -> Limits:
    """The limits in these headers (names in lower case); `now` in seconds since 1970.

    What cannot be understood says nothing.
    """
    return Limits(
        _retry_after(headers.get("retry-after", ""), now),
        _interval(headers),
        _at_once(headers),
        _spent(headers, now),
        _spent_budget(headers, now),
    )


def _number(text: str | None) -> float | None:
    found = _NUMBER.fullmatch(text or "")
    return float(found[1]) if found else None


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST)


def _retry_after(text: str, now: float) -> float | None:
    if not text:
        return None
    if text.strip().isdecimal():
        # Any number of digits: a number too long to be one is long.
        return _bounded(_number(text) or (0.0 if not text.strip("0 ") else _LONGEST))
    try:
        moment = parsedate_to_datetime(text)
        # A date without a zone is in GMT, as all of HTTP's are (RFC 9110, 5.6.7).
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return _bounded(moment.timestamp() - now)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _interval(headers: Mapping[str, str]) -> float | None:
    told = [one for one in (_stated_rate(headers), _policy_rate(headers)) if one is not None]
    return max(told, default=None)


def _stated_rate(headers: Mapping[str, str]) -> float | None:
    for stem in ("x-rate-limit", "x-ratelimit"):
        most = _number(headers.get(f"{stem}-limit"))
        found = _INTERVAL.fullmatch(headers.get(f"{stem}-interval", ""))
        if most and found:
            return _bounded(float(found[1]) * _UNITS[found[2]] / most)
    return None


def _policy_rate(headers: Mapping[str, str]) -> float | None:
    """The slowest of the rates that this answer counts under."""
    counted = {
        name for one in headers.get("ratelimit", "").split(",") for name in _policy_names(one)
    }
    slowest: float | None = None
    for policy in headers.get("ratelimit-policy", "").split(","):
        names = _policy_names(policy)
        if counted and names and not names & counted:
            continue
        most = _PARAMETER["q"].search(policy) or _FIRST_NUMBER.match(policy)
        window = _PARAMETER["w"].search(policy)
        if most and window and int(most[1]) and 0 < int(window[1]) <= _LONGEST_WINDOW:
            slowest = max(slowest or 0.0, int(window[1]) / int(most[1]))
    return slowest


def _policy_names(policy: str) -> set[str]:
    token = _TOKEN.match(policy)
    return {*_QUOTED.findall(policy), *([token[1]] if token else [])}


def _at_once(headers: Mapping[str, str]) -> int | None:
    most = _number(headers.get("x-concurrency-limit"))
    return max(1, int(most)) if most is not None else None


def _left(text: str | None) -> float | None:
    """What is left of something; an overdrawn budget is nothing."""
    return 0.0 if (text or "").strip().startswith("-") else _number(text)


def _spent(headers: Mapping[str, str], now: float) -> float | None:
    # Counted in money: what is free is not used up with it.
    stems = ("ratelimit",) if _USD in headers else ("x-ratelimit", "ratelimit")
    for stem in stems:
        if _left(headers.get(f"{stem}-remaining")) == 0:
            return _until(headers.get(f"{stem}-reset"), now)
    said = headers.get("ratelimit", "")
    left, seconds = (_OLD_PART[name].search(said) for name in ("remaining", "reset"))
    if left and seconds and int(left[1]) == 0:
        return _bounded(float(seconds[1]))
    for policy in said.split(","):
        left, seconds = (_PARAMETER[name].search(policy) for name in "rt")
        if left and seconds and int(left[1]) == 0:
            return _bounded(float(seconds[1]))
    return None


def _until(reset: str | None, now: float) -> float | None:
    value = _number(reset)
    if value is None:
        return None
    if value > _EPOCH_IN_MS:
        value /= 1000
    return _bounded(value - now if value > _EPOCH else value)


def _spent_budget(headers: Mapping[str, str], now: float) -> float | None:
    left = _left(headers.get(_USD))
    if left is None:
        return None
    cost = _number(
        headers.get("x-ratelimit-cost-usd") or headers.get("x-ratelimit-cost-required-usd")
    )
    if cost == 0 or left > (cost or 0.0):
        return None
    # A day's budget comes back at midnight UTC where the header does not say when.
    return _until(headers.get("x-ratelimit-reset"), now) or 86_400.0 - now % 86_400.0
