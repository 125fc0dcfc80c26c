"""One question's way to its service: at the right pace, with repetitions, or not at all.

A service is closed for the rest of the run when it cannot be reached, refuses its key, answers
429 to the last try, fails in `_FAILURES_TO_CLOSE` requests one after the other, or says of
`_REFUSALS_TO_CLOSE` questions one after the other that they are wrong; its further questions are
then answered without a request. When it says itself for how long it wants to hear
nothing, and that is longer than `WebSettings.longest_wait`, the next runs keep to it too.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bibtools.adapters.web.cache import Cache
from bibtools.adapters.web.clock import Clock
from bibtools.adapters.web.limits import Limits, read_limits
from bibtools.adapters.web.pace import Interrupted, Limiter
from bibtools.adapters.web.session import Failure, Session
from bibtools.adapters.web.settings import WebSettings, host_and_port
from bibtools.model import Notice
from bibtools.sites.asking import Pace, Reply, Request, Service
from bibtools.sites.services import PACED_TOGETHER, paced_together, stricter

_FIRST_WAIT = 1.0
"""Seconds: the longest wait before the first repetition; it doubles with each."""
_LONGEST_BACKOFF = 30.0
_TRIES_WHEN_SLOW = 2
_SHORTEST_KEY = 8
"""Characters: what is shorter is no key, and may stand in an answer by chance."""
_FAILURES_TO_CLOSE = 3
# A few bad identifiers in a row are the user's; this many are a service that changed.
_REFUSALS_TO_CLOSE = 20
_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run cost, by `Service.name`."""

    requests: Mapping[str, int] = field(default_factory=dict)
    """On the wire: with repetitions and redirects."""
    from_cache: Mapping[str, int] = field(default_factory=dict)
    """Questions answered by the cache."""
    waited: Mapping[str, float] = field(default_factory=dict)
    """Seconds spent on keeping the pace and on waits that a service asked for."""
    closed: Mapping[str, str] = field(default_factory=dict)
    """Services that were not asked any more, and why: a clause."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One service, as it is asked in this run."""

    service: Service
    origin: str
    """Empty for the service itself, a hash for a server put in its place."""
    host: str
    """Whose rate is kept: a host, or a domain that counts its hosts together; empty for a service
    that is many hosts."""
    pace: Pace
    scope: str
    """Its name in the list of what is closed."""
    clock: Clock

    def at(self, request: Request) -> Asking:
        """The same; of a service that is many hosts (checked links), the one asked here."""
        if self.host:
            return self
        place = host_and_port(request.url)
        host, pace = _paced(_name_of(request.url), place, self.pace)
        return replace(self, host=host, pace=pace, scope=f"{self.scope} {place}")

    @property
    def one_connection(self) -> bool:
        """Whether a connection that is kept open would be one too many."""
        return self.host.partition("@")[0] in PACED_TOGETHER


@dataclass(slots=True)
class _State:
    """What a run knows of one service."""

    failures: int = 0
    refusals: int = 0
    closed: str | None = None


class Exchange:
    """Requests out, replies in, for all services of a run. Threads may share it, one a host."""

    def __init__(
        self,
        settings: WebSettings,
        cache: Cache,
        jitter: Callable[[], float],
    ) -> None:
        """`jitter` gives a number from 0 to 1 for each wait."""
        self._settings = settings
        self._cache = cache
        self._jitter = jitter
        self._stop = threading.Event()
        self._session = Session(settings)
        self._limiter = Limiter(
            settings.cache,
            settings.whole_timeout + settings.connect_timeout,
            settings.longest_wait,
            self._stop,
        )
        self._lock = threading.Lock()
        self._states: dict[str, _State] = {}
        self._requests: dict[str, int] = {}
        self._from_cache: dict[str, int] = {}
        self._waited: dict[str, float] = {}
        self._closed: dict[str, str] = {}

    def halt(self) -> None:
        """End all waits of all threads; nothing is asked any more."""
        self._stop.set()
        self._session.wires.cut_all()

    def close(self) -> None:
        """Close connections and files."""
        self._stop.set()
        self._session.close()
        self._limiter.close()

    @property
    def counts(self) -> Counts:
        """What the run cost so far."""
        with self._lock:
            return Counts(
                dict(self._requests),
                dict(self._from_cache),
                dict(self._waited),
                dict(self._closed),
            )

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is to be said of the file of rates."""
        return self._limiter.notices

    def asking(self, service: Service, clock: Clock) -> Asking:
        """How this service is asked. Raises `ConfigError` for a key that no header can hold."""
        base = self._settings.endpoint(service.name)
        origin = hashlib.sha256(base.encode()).hexdigest()[:12] if base else ""
        keyed = self._settings.key(service.key_name) is not None
        pace = (service.pace_with_key if keyed else None) or service.pace
        host, pace = _paced(service.host, service.host, pace)
        if base and paced_together(_name_of(base)) is None:
            host = f"{host}@{host_and_port(base)}"
        # With a key other limits hold.
        names = (service.name, "with key" if keyed else "", origin)
        return Asking(service, origin, host, pace, " ".join(filter(None, names)), clock)

    def send(self, asking: Asking, kind: str, request: Request) -> Reply | Failure:
        """Ask, again where that may help. Raises `Interrupted` when another thread halts."""
        tries = 1 + (self._settings.retries if request.repeatable else 0)
        number = 1
        while True:
            got = self._once(asking, request)
            got = self._without_key(asking, got)
            limits = read_limits(got.headers, asking.clock.now())
            self._heed(asking, kind, limits)
            got = self._judged(asking, got, limits)
            if isinstance(got, Reply):
                return got
            if reason := self.why_not(asking, kind):
                return replace(got, reason=reason)
            most = min(tries, _TRIES_WHEN_SLOW) if got.slow else tries
            if not got.again or number >= most:
                break
            self._back_off(asking, number)
            number += 1
        failure = replace(got, reason=_times(got.reason, number))
        if failure.unreachable or failure.status == 429:
            self._close(asking, failure.reason)
        return failure

    def _without_key(self, asking: Asking, got: Reply | Failure) -> Reply | Failure:
        """A server may say our key back to us: that goes no further, not into a record either."""
        if isinstance(got, Failure):
            return replace(got, reason=self.clause(asking, got.reason))
        key = (self._settings.key(asking.service.key_name) or "").encode()
        if len(key) >= _SHORTEST_KEY and key in got.body:
            return replace(got, body=got.body.replace(key, b"..."))
        return got

    def _judged(self, asking: Asking, got: Reply | Failure, limits: Limits) -> Reply | Failure:
        """What no parser is to see is a failure too."""
        if isinstance(got, Failure):
            return got
        if got.status == 401:
            reason = self._wants_key(asking.service)
            self._close(asking, reason)
            return Failure(reason)
        told = limits.retry_after is not None or limits.spent is not None
        if got.status == 403 and told:  # how GitHub says 429
            return Failure("it answered 403", again=True, status=429)
        return got

    def _wants_key(self, service: Service) -> str:
        if service.key_name is None:
            return "it answered 401: it wants to know who asks"
        if self._settings.key(service.key_name) is None:
            return f"it answered 401: it needs a key in {service.key_name}"
        return f"it answered 401: it does not take the key in {service.key_name}"

    def _once(self, asking: Asking, request: Request) -> Reply | Failure:
        first: list[str] = []
        pace, clock = asking.pace, asking.clock

        def before(host: str) -> None:
            # A redirect within the host, or to another of the same operator, is one request more.
            domain = paced_together(host.rpartition(":")[0]) if first else None
            if first and (host == first[0] or domain == asking.host):
                self._count_wait(asking, self._limiter.again(asking.host, pace, clock))
            elif domain is not None:
                waited = self._limiter.again(domain, PACED_TOGETHER[domain], clock)
                self._count_wait(asking, waited)
            first.append(host)
            self._count(self._requests, asking.service, 1)

        with self._limiter.turn(asking.host, pace, clock) as waited:
            self._count_wait(asking, waited)
            keep = not asking.one_connection
            got = self._session.send(asking.service, request, before, keep_open=keep)
        if self._stop.is_set() and isinstance(got, Failure):
            raise Interrupted
        return got

    def _heed(self, asking: Asking, kind: str, limits: Limits) -> None:
        """Do what the headers ask for."""
        now = asking.clock.now()
        longest_wait = self._settings.longest_wait
        if limits.interval is not None and limits.interval > asking.pace.seconds:
            self._limiter.slow_down(asking.host, min(limits.interval, longest_wait))
        if limits.at_once is not None and limits.at_once < asking.pace.at_once:
            self._limiter.slow_down(asking.host, at_once=limits.at_once)
        waits = [one for one in (limits.retry_after, limits.spent) if one is not None]
        if limits.spent_budget is not None:
            # Only what costs has to wait: OpenAlex gives a work by its DOI for nothing.
            until = now + limits.spent_budget
            reason = f"its budget for the day is used up, {_until(until)}"
            self._cache.close_scope(f"{asking.scope} {kind}", until, reason)
            self._count_closed(asking, reason)
        elif waits and max(waits) <= longest_wait:
            self._limiter.hold(asking.host, now + max(waits))
        elif waits:
            until = now + max(waits)
            reason = f"it asks to wait {_duration(max(waits))}, {_until(until)}"
            self._cache.close_scope(asking.scope, until, reason)
            self._count_closed(asking, reason)

    def _back_off(self, asking: Asking, number: int) -> None:
        """Wait for a random time, longer with each try ("full jitter")."""
        longest = min(_LONGEST_BACKOFF, _FIRST_WAIT * 2 ** (number - 1))
        self._limiter.hold(asking.host, asking.clock.now() + longest * self._jitter())

    # Closing.

    def why_not(self, asking: Asking, kind: str) -> str | None:
        """Why this service is not asked now, a clause; None when it is."""
        if self._stop.is_set():
            return "the run was interrupted"
        if self._settings.offline:
            return "this run is offline, and the cache does not have it"
        service = asking.service
        if service.needs_key and self._settings.key(service.key_name) is None:
            return f"it needs a key: set {service.key_name}"
        if closed := self._state(asking).closed:
            return closed
        for scope in (asking.scope, f"{asking.scope} {kind}"):
            if reason := self._cache.closed_scope(scope, asking.clock.now()):
                self._count_closed(asking, reason)
                return reason
        return None

    def failed(self, asking: Asking, reason: str) -> None:
        """A request brought nothing that can be read."""
        state = self._state(asking)
        state.failures += 1
        if state.failures >= _FAILURES_TO_CLOSE and state.closed is None:
            self._close(asking, reason)

    def refused(self, asking: Asking, reason: str) -> None:
        """The service says that a question is wrong."""
        state = self._state(asking)
        state.refusals += 1
        if state.refusals >= _REFUSALS_TO_CLOSE and state.closed is None:
            self._close(asking, reason)

    def succeeded(self, asking: Asking) -> None:
        """A request brought answers."""
        state = self._state(asking)
        state.failures = state.refusals = 0

    def _state(self, asking: Asking) -> _State:
        with self._lock:
            return self._states.setdefault(asking.scope, _State())

    def _close(self, asking: Asking, reason: str) -> None:
        self._state(asking).closed = reason
        self._count_closed(asking, reason)

    # Counting and words.

    def count_cached(self, service: Service, count: int) -> None:
        """So many questions were answered by the cache."""
        self._count(self._from_cache, service, count)

    def _count(self, counts: dict[str, int], service: Service, more: int) -> None:
        if more:
            with self._lock:
                counts[service.name] = counts.get(service.name, 0) + more

    def _count_wait(self, asking: Asking, seconds: float) -> None:
        if seconds:
            with self._lock:
                name = asking.service.name
                self._waited[name] = self._waited.get(name, 0.0) + seconds

    def _count_closed(self, asking: Asking, reason: str) -> None:
        with self._lock:
            self._closed.setdefault(asking.service.name, reason)

    def clause(self, asking: Asking, text: str) -> str:
        """A reason as a parser gives it, without what a terminal obeys and without our key."""
        if key := self._settings.key(asking.service.key_name):
            text = re.sub(re.escape(key), "...", text, flags=re.IGNORECASE)
        return _CONTROLS.sub(" ", text).strip()[:300]


def _name_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _paced(name: str, otherwise: str, pace: Pace) -> tuple[str, Pace]:
    """Whose rate is kept for a host of this name, and how fast it may be asked."""
    domain = paced_together(name)
    return (otherwise, pace) if domain is None else (domain, stricter(pace, PACED_TOGETHER[domain]))


def _times(reason: str, number: int) -> str:
    if number == 1:
        return reason
    word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{reason}, {'twice' if number == 2 else f'{word} times'}"


def _until(moment: float) -> str:
    return f"until {datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC"


def _duration(seconds: float) -> str:
    sizes = ((3600, "hours"), (60, "minutes"), (1, "seconds"))
    size, name = next((row for row in sizes if seconds >= 2 * row[0]), sizes[-1])
    return f"{round(seconds / size)} {name}"
