"""Who asks the services in a run of a command: the web as the environment describes it."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bibtools.adapters.web import Web, cache_folder, settings_from_environment
from bibtools.adapters.web.exchange import Counts
from bibtools.sites.services import MODULES, all_services, service

if TYPE_CHECKING:  # a harvest does without the rounds
    from bibtools.workflows.online.state import Unasked


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


def request_lines(counts: Counts, unasked: Iterable[Sequence[Unasked]] = ()) -> list[str]:
    """What the run cost, for the summary: requests, answers from the cache, who was closed.

    `unasked` has, entry by entry, what could not be asked: one sentence for each service, with
    the number of its questions, the cause and what to do next.
    """
    asked = [
        f"{_title(name)} {number:,}" for name, number in sorted(counts.requests.items()) if number
    ]
    kept = sum(counts.from_cache.values())
    parts = [f"requests: {', '.join(asked)}" if asked else "no requests"]
    if kept:
        parts.append(f"{_number(kept, 'answer')} from the cache")
    told = _by_service(unasked)
    lines = ["  " + "; ".join(parts), *(_sentence(title, one) for title, one in told.items())]
    lines += [
        f"  {_title(name)} was not asked any more: {reason}"
        for name, reason in sorted(counts.closed.items())
        if _title(name) not in told
    ]
    return lines


@dataclass(slots=True)
class _Unanswered:
    """What one service could not be asked."""

    questions: dict[str, str] = field(default_factory=dict)
    """Each once, with the cause."""
    entries: int = 0


def _by_service(unasked: Iterable[Sequence[Unasked]]) -> dict[str, _Unanswered]:
    found: dict[str, _Unanswered] = {}
    for entry in unasked:
        for title in {one.title for one in entry}:
            found.setdefault(title, _Unanswered()).entries += 1
        for one in entry:
            found[one.title].questions[one.question] = one.reason
    return dict(sorted(found.items(), key=lambda row: (-len(row[1].questions), row[0])))


_MOST_CAUSES = 3


def _sentence(title: str, one: _Unanswered) -> str:
    causes = Counter(one.questions.values()).most_common()
    told = [cause for cause, _ in causes]
    if len(causes) > 1:
        told = [f"{cause} ({number:,})" for cause, number in causes[:_MOST_CAUSES]]
        if len(causes) > _MOST_CAUSES:
            told.append(f"{len(causes) - _MOST_CAUSES} causes more")
    return (
        f"  could not ask {title} {_number(len(one.questions), 'question')} "
        f"about {_number(one.entries, 'entry', 'entries')}: "
        f"{'; '.join(told)}. {next_step(causes[0][0])}"
    )


_NEXT: Sequence[tuple[str, str]] = (
    # The clauses are those of adapters.web (exchange, session) and sites.shapes.
    (r"offline", "Run it again without --offline."),
    (r"until \d{4}-", "Run it again after that; the answers that came are kept."),
    (r"does not take the key", "Check the key and run it again."),
    (r"answered 403", "Check its key, if you have set one, or run it again later."),
    (r"needs a key|who asks", "Set it and run it again."),
    (r"interrupted", "Run it again: it goes on from there."),
    (r"web page", "Run it again later, or from another network; the answers that came are kept."),
    (
        r"cannot be (?:reached|found|asked)|proxy|certificate|safe connection",
        "Check the network and run it again; the answers that came are kept.",
    ),
    (r"fault of bibtools", "Please report it."),
    (
        r"answered 4(?!03|08|25|29)\d\d|asked about alone|not public",
        "Check what the entries say there: --report FILE or --json names them.",
    ),
)
_LATER = "Run it again later; the answers that came are kept."


def next_step(reason: str) -> str:
    """What a user can do where this was the reason that somebody could not be asked."""
    return next((step for words, step in _NEXT if re.search(words, reason)), _LATER)


def _number(count: int, noun: str, plural: str | None = None) -> str:
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _title(name: str) -> str:
    return service(name).title if name in MODULES else name
