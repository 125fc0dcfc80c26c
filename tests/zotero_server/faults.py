"""What may go wrong between the server and a client, on order.

    server.faults.append(Fault(Kind.LOST_ANSWER, when=posts))
    server.faults.append(Fault(Kind.TOO_MANY, seconds=1, times=2))
    server.faults.append(Fault(Kind.FOREIGN_WRITE, run=lambda: library.edit(key, title="x")))

The first fault in the list that fits a request happens to it and is used up after `times`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request as the server got it; API keys are written KEY."""

    method: str
    path: str
    """Without the query."""
    query: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def is_write(self) -> bool:
        return self.method in WRITES

    def json(self) -> Any:
        import json

        return json.loads(self.body)


class Kind(StrEnum):
    """What happens."""

    LOST_ANSWER = "lost answer"
    """Executed; then the connection is closed without an answer."""
    HALF_WAY = "lost half way"
    """The first `objects` of a POST are written, then the connection is closed."""
    RESET = "reset"
    """The connection is reset before anything is executed."""
    TOO_MANY = "429"
    """429 before anything is executed; Retry-After if `seconds` is given."""
    SERVER_ERROR = "500"
    """500, as a page of HTML; after executing if `executed`."""
    UNAVAILABLE = "503"
    """503 with Retry-After if `seconds` is given; after executing if `executed`."""
    BACKOFF = "backoff"
    """The right answer with a Backoff header of `seconds`."""
    HTML = "html"
    """Status 200 and a page of HTML for the JSON; after executing unless told otherwise."""
    TRUNCATED = "truncated"
    """The right status, and JSON that breaks off; the length says so too."""
    TIMEOUT = "timeout"
    """No answer until the client gives up; after executing if `executed`."""
    FOREIGN_WRITE = "foreign write"
    """`run` is called before object number `objects` of a POST is written, after the check of
    the library's version; for other requests, before they are executed."""
    KILL = "kill"
    """`run` is called after executing and before answering."""


def always(_request: Recorded) -> bool:
    return True


def is_post(request: Recorded) -> bool:
    return request.method == "POST"


def is_write(request: Recorded) -> bool:
    return request.is_write


def is_read(request: Recorded) -> bool:
    return not request.is_write


@dataclass(slots=True)
class Fault:
    """One fault on order."""

    kind: Kind
    when: Callable[[Recorded], bool] = always
    times: int = 1
    """How many requests it happens to."""
    skip: int = 0
    """How many fitting requests pass before."""
    seconds: float | None = None
    objects: int = 1
    executed: bool | None = None
    """Whether the request is executed, where the kind leaves it open."""
    run: Callable[[], object] | None = None

    @property
    def executes(self) -> bool:
        """Whether the request is executed before the fault shows."""
        if self.executed is not None:
            return self.executed
        return self.kind not in (
            Kind.RESET,
            Kind.TOO_MANY,
            Kind.SERVER_ERROR,
            Kind.UNAVAILABLE,
            Kind.TIMEOUT,
        )


class Cut(Exception):  # noqa: N818  (an order, not a fault of the program)
    """Stop here and close the connection."""


def next_fault(faults: list[Fault], request: Recorded) -> Fault | None:
    """The fault that happens to a request; it is used up."""
    for fault in faults:
        if not fault.when(request):
            continue
        if fault.skip:
            fault.skip -= 1
            continue
        fault.times -= 1
        if fault.times <= 0:
            faults.remove(fault)
        return fault
    return None
