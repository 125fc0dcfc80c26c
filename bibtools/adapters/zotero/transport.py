"""The way to a Zotero server: one address, repetitions, pauses that the server asks for.

pyzotero speaks through an httpx2 client whose transport this is. Whatever goes wrong is raised
here, as a sentence without address or key, so that pyzotero sees nothing but good answers: its own
treatment of 429 loses writes, sleeps without end and puts addresses into its texts. For the same
reason it is not shown `Backoff`, `Retry-After` or `Link`.

To repeat a POST is safe only because objects have keys and versions made here: what was carried
out although its answer was lost answers "changed" (412) the second time, and the gateway looks
what is there. A write token would make the repetition fail as a whole, so it is not sent.

Rules of the server: https://www.zotero.org/support/dev/web_api/v3/basics#rate_limiting
"""

from __future__ import annotations

import contextlib
import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpx2

from bibtools import __version__
from bibtools.adapters.web.clock import Clock, SystemClock
from bibtools.adapters.web.limits import read_limits
from bibtools.adapters.zotero.endpoints import checked_endpoint, host_of, is_loopback, network
from bibtools.adapters.zotero.errors import (
    BusyError,
    InterruptedWaitError,
    RefusedError,
    StrangeAnswerError,
    UnreachableError,
    WrongKeyError,
    ZoteroError,
)
from bibtools.adapters.zotero.refusals import plain_text, refusal
from bibtools.adapters.zotero.watch import Watch

_FIRST_WAIT = 1.0
"""Seconds: the longest wait before the first repetition; it doubles with each."""
_LONGEST_BACKOFF = 30.0
_TRIES_WHEN_SLOW = 3
_AGAIN = frozenset({408, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 529, 530})
"""Answers that may be another one next time."""
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_PASSED_ON = (
    "last-modified-version",
    "total-results",
    "zotero-schema-version",
    "zotero-server-id",
)
_KEY = re.compile(r"[A-Za-z0-9]+")
_LOCAL_KEY = re.compile(r"[!-~]{1,400}")
"""Of the keys of the desktop program nothing is promised but that they fit into a header."""
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what."""

    tries: int = 6
    """Of one request, the first included."""
    longest_wait: float = 300.0
    """Seconds that the server may tell us to wait; beyond, it counts as busy."""
    connect_timeout: float = 10.0
    """Seconds."""
    read_timeout: float = 60.0
    """Seconds without a byte. Fifty objects take the server a while."""
    whole_timeout: float = 300.0
    """Seconds for one answer, from the first byte asked to the last."""
    most_bytes: int = 256 * 1024 * 1024
    """Of one answer, unpacked."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the last request cost."""

    tries: int = 0
    """How often it was sent."""
    uncertain: bool = False
    """Whether one of the tries may have been carried out without an answer."""


class Wire(httpx2.BaseTransport):
    """The transport. One request at a time; `sent` counts what went over the wire."""

    def __init__(
        self,
        endpoint: str,
        key: str | None = None,
        *,
        clock: Clock | None = None,
        stop: threading.Event | None = None,
        jitter: Callable[[], float] | None = None,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """`key` is only looked for in what a server says, so that it goes no further.

        `jitter` gives a number from 0 to 1 for each wait; `transport` stands in for the network.
        Raises `ConfigError` for an endpoint that no key may be sent to.
        """
        self.endpoint = checked_endpoint(endpoint)
        if key is not None and not _KEY.fullmatch(key):
            # Such a key would stand in the text of an error about the header.
            raise WrongKeyError(
                "The API key has characters that no key has; it consists of letters and digits.",
                hint="Log in again with the key only: bibtools zotero login",
            )
        self.patience = patience or Patience()
        self.sent = 0
        self.reads = 0
        """Requests that only read, repetitions included."""
        self.writes = 0
        self.waited = 0.0
        """Seconds."""
        self.asked = Asked()
        """Of the last request."""
        self.schema: int | None = None
        """Version of the schema of item types that the server speaks, as its last answer said."""
        self.key_refused = False
        """Whether the desktop program did not take the key that a write had, or wanted one."""
        self._key = key
        self._base = httpx2.URL(self.endpoint)
        self._shown = host_of(self._base)
        self._clock = clock or SystemClock()
        self._stop = stop
        self._jitter = jitter or random.random
        self._inner = transport if transport is not None else network(self._base)
        self._watch = Watch()
        self._quiet_until = 0.0
        self._unless: int | None = None
        self._told_to_wait: float | None = None
        self.not_modified = False
        """Whether the last answer was 304."""

    def client(self) -> httpx2.Client:
        """An httpx2 client that speaks through this."""
        # Nothing of the surroundings: no proxies but ours, no .netrc, no redirects.
        return httpx2.Client(transport=self, trust_env=False, follow_redirects=False)

    @contextlib.contextmanager
    def unless_modified(self, version: int) -> Iterator[None]:
        """Within the block, lists are only wanted when the library is newer than `version`.

        Where it is not, pyzotero gets an empty answer, and `not_modified` says so.
        """
        self._unless = version
        self.not_modified = False
        try:
            yield
        finally:
            self._unless = None

    @contextlib.contextmanager
    def with_patience(self, patience: Patience) -> Iterator[None]:
        """Another patience within the block."""
        usual = self.patience
        self.patience = patience
        try:
            yield
        finally:
            self.patience = usual

    def hide(self, local_key: str) -> None:
        """Look for this key of the desktop program in what it says from now on, so that it goes no
        further. Raises `WrongKeyError` for a text that does not fit into a header.
        """
        if not _LOCAL_KEY.fullmatch(local_key):
            raise WrongKeyError("The Zotero program gave a key that cannot be sent back to it.")
        self._key = local_key

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send it, again where that may help, and give back a good answer.

        Raises `ZoteroError` for everything else.
        """
        self._check_place(request)
        body = request.read()
        self._dress(request)
        uncertain = False
        number = 0
        self.asked = Asked()
        while True:
            number += 1
            self._pause()
            self.asked = Asked(number, uncertain)
            answer = self._once(request, body)
            if self._unless is not None and _status(answer) == 304:
                self.not_modified = True
                return httpx2.Response(200, json={}, request=request)
            problem = answer if isinstance(answer, _Problem) else self._judged(request, answer)
            if problem is None:
                assert isinstance(answer, httpx2.Response)
                return answer
            uncertain = uncertain or problem.uncertain
            self.asked = Asked(number, uncertain)
            if not problem.again or number >= min(self.patience.tries, problem.most):
                raise problem.error
            if problem.wait is None:
                # A random time, longer with each try ("full jitter").
                longest = min(_LONGEST_BACKOFF, _FIRST_WAIT * 2 ** (number - 1))
                self._be_quiet(longest * self._jitter())

    # Before

    def _check_place(self, request: httpx2.Request) -> None:
        base, url = self._base, request.url
        inside = url.path == base.path.rstrip("/") or url.path.startswith(
            base.path.rstrip("/") + "/"
        )
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port) or not inside:
            raise RefusedError(f"Nothing was asked: the request did not go to {self._shown}.")

    def _dress(self, request: httpx2.Request) -> None:
        for name in ("Zotero-Write-Token", "Expect", "Cookie"):
            if name in request.headers:
                del request.headers[name]
        if self._unless is not None:
            request.headers["If-Modified-Since-Version"] = str(self._unless)
        request.headers["User-Agent"] = f"bibtools/{__version__}"
        told = self.patience
        request.extensions["timeout"] = httpx2.Timeout(
            told.read_timeout, connect=told.connect_timeout
        ).as_dict()

    def _pause(self) -> None:
        """Keep to what the server asked for."""
        if self._stop is not None and self._stop.is_set():
            raise InterruptedWaitError("The run was told to stop.")
        left = self._quiet_until - self._clock.now()
        if left <= 0:
            return
        if left > self.patience.longest_wait:
            raise self._busy(left)
        self.waited += left
        self._clock.sleep(left, self._stop)
        if self._stop is not None and self._stop.is_set():
            raise InterruptedWaitError("The run was told to stop.")

    def _be_quiet(self, seconds: float) -> None:
        self._quiet_until = max(self._quiet_until, self._clock.now() + seconds)

    # One try

    def _once(self, request: httpx2.Request, body: bytes) -> httpx2.Response | _Problem:
        writing = request.method in _WRITES
        self.sent += 1
        self.writes += writing
        self.reads += not writing
        request.stream = httpx2.ByteStream(body)
        request.extensions["trace"] = self._watch.trace
        try:
            with self._watch.limited(self.patience.whole_timeout):
                raw = self._inner.handle_request(request)
                try:
                    content = self._read(raw)
                finally:
                    raw.close()
            if self._watch.cut:
                # To what ends with the connection, being cut looks like the end.
                raise httpx2.ReadTimeout("cut")
        except _TooLongError:
            error = StrangeAnswerError(
                f"The Zotero server {self._shown} sent more than "
                f"{self.patience.most_bytes >> 20} MiB in one answer."
            )
            return _Problem(error, uncertain=writing)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            # Where no connection was made, nothing was carried out.
            never = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            slow = isinstance(error, httpx2.TimeoutException) or self._watch.cut
            return _Problem(
                self._unreachable(error, slow=slow),
                again=True,
                uncertain=writing and not never,
                most=_TRIES_WHEN_SLOW if slow else 1000,
            )
        if raw.headers.get("zotero-schema-version", "").isdecimal():
            self.schema = int(raw.headers["zotero-schema-version"][:9])
        self._heed(raw)
        # Shown to pyzotero is what it can do no harm with.
        kept = {name: raw.headers[name] for name in _PASSED_ON if name in raw.headers}
        kept["content-type"] = raw.headers.get("content-type", "application/json")
        return httpx2.Response(raw.status_code, headers=kept, content=content, request=request)

    def _read(self, raw: httpx2.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in raw.iter_bytes():
            size += len(part)
            if size > self.patience.most_bytes:
                raise _TooLongError
            parts.append(part)
        return b"".join(parts)

    def _heed(self, raw: httpx2.Response) -> None:
        now = self._clock.now()
        limits = read_limits({"retry-after": raw.headers.get("retry-after", "")}, now)
        backoff = read_limits({"retry-after": raw.headers.get("backoff", "")}, now)
        waits = [one for one in (limits.retry_after, backoff.retry_after) if one is not None]
        for wait in waits:
            self._be_quiet(wait)
        self._told_to_wait = max(waits, default=None)

    # After

    def _judged(self, request: httpx2.Request, answer: httpx2.Response) -> _Problem | None:
        """What is wrong with an answer; None for a good one."""
        status = answer.status_code
        writing = request.method in _WRITES
        if 200 <= status < 300:
            # The desktop program greets with a text at the address itself.
            greeting = request.url.path == self._base.path.rstrip("/") + "/"
            if status == 204 or greeting or _is_json(answer.content):
                answer.headers["content-type"] = "application/json"
                return None
            error: ZoteroError = StrangeAnswerError(
                f"{self._shown} answered something that is none of Zotero's answers "
                f"({_kind(answer)}).",
                hint="A network that wants a login first, or a wrong address, answers like that.",
                status=status,
            )
            return _Problem(error, again=True, uncertain=writing, most=3)
        wait = self._told_to_wait
        if status == 429 or (status == 503 and wait is not None):
            if wait is None:
                return _Problem(self._refused(request, answer))
            if wait > self.patience.longest_wait:
                return _Problem(self._busy(wait, status))
            uncertain = writing and status == 503
            return _Problem(self._busy(wait, status), again=True, wait=wait, uncertain=uncertain)
        if status in _AGAIN:
            return _Problem(self._refused(request, answer), again=True, uncertain=writing)
        return _Problem(self._refused(request, answer), uncertain=writing and status >= 500)

    def _refused(self, request: httpx2.Request, answer: httpx2.Response) -> ZoteroError:
        self.key_refused = self.key_refused or answer.status_code == 401
        return refusal(
            f"The Zotero server {self._shown}",
            answer.status_code,
            plain_text(answer.content.decode("utf-8", "replace"), self._key),
            writing=request.method in _WRITES,
            version=version_of(answer.headers),
        )

    def _unreachable(self, error: Exception, *, slow: bool) -> UnreachableError:
        what = "did not answer in time" if slow else "cannot be reached, or broke the connection"
        local = is_loopback(self._base.host)
        hint = "Is it running?" if local else "Check the connection, and try again."
        return UnreachableError(
            f"The Zotero server {self._shown} {what} ({type(error).__name__}).", hint
        )

    def _busy(self, seconds: float, status: int | None = None) -> BusyError:
        return BusyError(
            f"The Zotero server {self._shown} asks to be left alone for {seconds:.0f} seconds.",
            "Try again after that.",
            status=status,
        )


@dataclass(frozen=True, slots=True)
class _Problem:
    """A try that did not end well."""

    error: ZoteroError
    again: bool = False
    """Whether another try may help."""
    wait: float | None = None
    """Seconds the server wants us to wait; the pause is already noted."""
    uncertain: bool = False
    """Whether it may have been carried out all the same."""
    most: int = 1000
    """Tries after which it is given up."""


def _status(answer: httpx2.Response | _Problem) -> int | None:
    return answer.status_code if isinstance(answer, httpx2.Response) else None


class _TooLongError(Exception):
    """The answer is longer than we take."""


def version_of(headers: Mapping[str, str]) -> int | None:
    """`Last-Modified-Version`; None where it is absent or no number."""
    text = headers.get("last-modified-version", "")
    return int(text[:18]) if text.isdecimal() else None


def _is_json(content: bytes) -> bool:
    try:
        json.loads(content)
    except (ValueError, RecursionError):
        return False
    return True


def _kind(answer: httpx2.Response) -> str:
    told = _CONTROLS.sub("", answer.headers.get("content-type", ""))[:60]
    return told or "no content type"
