"""Who asks the services in a run of a command: the web as the environment describes it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from bibtools.adapters.web import Web, cache_folder, settings_from_environment
from bibtools.adapters.web.exchange import Counts
from bibtools.sites.services import MODULES, all_services, service


@contextmanager
def the_web(*, offline: bool = False) -> Iterator[Web]:
    """The web for one run, closed afterwards. Raises `ConfigError` for odd settings."""
    settings = settings_from_environment(os.environ, cache_folder(os.environ), offline=offline)
    with Web(settings) as web:
        yield web


def services_with_key() -> frozenset[str]:
    """The services for which the environment has a key."""
    return frozenset(
        one.name
        for one in all_services()
        if one.key_name and os.environ.get(one.key_name, "").strip()
    )


def request_lines(counts: Counts) -> list[str]:
    """What the run cost, for the summary: requests, answers from the cache, who was closed."""
    asked = [
        f"{_title(name)} {number}" for name, number in sorted(counts.requests.items()) if number
    ]
    kept = sum(counts.from_cache.values())
    parts = [f"requests: {', '.join(asked)}" if asked else "no requests"]
    if kept:
        parts.append(f"{kept} answers from the cache")
    lines = ["  " + "; ".join(parts)]
    lines += [
        f"  {_title(name)} was not asked any more: {reason}"
        for name, reason in sorted(counts.closed.items())
    ]
    return lines


def unasked_lines(unasked: Sequence[Sequence[str]], most: int = 5) -> list[str]:
    """What could not be asked, each reason once with how many entries it concerns."""
    tally: dict[str, int] = {}
    for reasons in unasked:
        for reason in reasons:
            tally[reason] = tally.get(reason, 0) + 1
    told = sorted(tally.items(), key=lambda pair: (-pair[1], pair[0]))
    lines = [
        f"  could not ask for {number} {'entry' if number == 1 else 'entries'}: {reason}"
        for reason, number in told[:most]
    ]
    if len(told) > most:
        lines.append(f"  and {len(told) - most} more reasons")
    return lines


def _title(name: str) -> str:
    return service(name).title if name in MODULES else name
