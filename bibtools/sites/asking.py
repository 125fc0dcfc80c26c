"""Questions to public services, the requests that ask them, and what can come back.

A service module is two kinds of pure functions: `request_...` makes a `Request` of one or more
questions, `parse_...` makes an `Answer` for each question of the `Reply`. What is on the wire in
between, with its limits, retries and cache, is `adapters.web`; it knows nothing of the services
but what their `Service` says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bibtools.sites.records import Record


@dataclass(frozen=True, slots=True)
class Question:
    """One thing one service is asked; the cache knows an answer by it."""

    service: str
    """`Service.name`."""
    kind: str
    """`arxiv` (by ID), `doi`, `title`, `code` (of a paper), `repository`, ..."""
    subject: str
    """What is asked about, in the one spelling that means it: an ID without version, a DOI in
    lower case, a folded title, a repository as `host/owner/name` in lower case."""

    def __str__(self) -> str:
        return f"{self.service}:{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request. Credentials are not in it: the transport adds them to the header."""

    service: str
    url: str
    """With its query string."""
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    accept: tuple[str, ...] = ("application/json",)
    """Media types that can be an answer; another (a bot wall in HTML) is none."""
    largest: int = 10_000_000
    """Bytes after decompression; more is no answer."""
    repeatable: bool = True
    """Whether asking again can do no harm; all questions are so, also those by POST."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: any status below 500 but 429, of a media type that was accepted (a status of
    400 and more may have any).
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    url: str = ""
    """Where it came from in the end."""

    def json(self) -> Any:
        """The body as JSON. Raises `UnreadableError`."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            # Also a number of thousands of digits.
            raise UnreadableError(f"the answer is not JSON ({type(error).__name__})") from None


class UnreadableError(Exception):
    """A reply that is not what the service's contract says; the text is a clause for the user."""


@dataclass(frozen=True, slots=True)
class Found:
    """The service knows something; several records where it knows several (a search)."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """The service was asked and knows nothing of it."""


@dataclass(frozen=True, slots=True)
class CouldNotAsk:
    """Nobody answered, or with nothing that can be read: this says nothing of the work."""

    reason: str
    """A clause: "it answered 503 four times"."""


Answer = Found | NotFound | CouldNotAsk


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a service may be asked."""

    seconds: float
    """Between the starts of two requests, over all processes of this machine."""
    at_once: int = 1


@dataclass(frozen=True, slots=True)
class Batch:
    """How questions of one kind are asked together."""

    size: int
    request: Callable[[Sequence[Question]], Request]
    parse: Callable[[Reply, Sequence[Question]], Mapping[Question, Answer]]
    """An answer for every question; raises `UnreadableError`."""
    keep_days: float = 30.0
    """How long an answer is good."""
    keep_missing_days: float = 3.0
    """How long "not found" is."""
    note: str = ""
    size_with_key: int | None = None
    """How many questions fit into one request where there is a key, if that differs."""
    alone: Callable[[str], bool] | None = None
    """Says of a subject that it can only be asked about in a request of its own."""


@dataclass(frozen=True, slots=True)
class Service:
    """What one service can answer, and on what terms."""

    name: str
    title: str
    """For the reader: "Semantic Scholar"."""
    host: str
    base: str
    """The address that all of its requests begin with; tests put another in its place."""
    pace: Pace
    kinds: Mapping[str, Batch]
    answers: str
    """One line: what it is asked for."""
    key_name: str | None = None
    """The environment variable that holds the key, where there can be one."""
    key_header: tuple[str, str] | None = None
    """Header and how the key stands in it: `("Authorization", "Bearer {key}")`."""
    needs_key: bool = False
    pace_with_key: Pace | None = None
    terms: str = ""
    """Licence and conditions, in a line."""
    hosts: tuple[str, ...] = ()
    """Further hosts that a redirect of this service may lead to."""
