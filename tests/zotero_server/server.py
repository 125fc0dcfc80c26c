"""The stand-in as tests use it."""

from __future__ import annotations

import re
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.zotero_server.access import (
    ApiKey,
    Group,
    Groups,
    Limiter,
    User,
    access_of,
)
from tests.zotero_server.answers import Answer
from tests.zotero_server.api import Api
from tests.zotero_server.faults import Cut, Fault, Kind, Recorded, next_fault
from tests.zotero_server.library import Library
from tests.zotero_server.normal import now_as_text
from tests.zotero_server.query import parameters
from tests.zotero_server.wire import Connection, Wire, with_fault
from tests.zotero_server.writes import Request

KEY = "P9NiFoyLeZu2bZNvvuQPDWsd"
"""The key `with_user` makes."""


class ZoteroServer:
    """A server with nobody in it; see the package for how to fill and use it."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self.api = Api(clock)
        self.requests: list[Recorded] = []
        """Every request so far, in order of arrival, API keys written as KEY."""
        self.faults: list[Fault] = []
        self.broken: list[str] = []
        """What went wrong in the stand-in itself; `running` raises it at the end."""
        self.backoff: float | None = None
        """Seconds of a Backoff header on every answer (production sends 2 now and then)."""
        self.address = ""
        self._lock = threading.Lock()

    # Who there is

    def add_user(
        self, user: int, username: str = "", name: str = "", *, version: int = 0
    ) -> Library:
        """A user with an empty library at a version."""
        username = username or f"user{user}"
        self.api.register.users[user] = User(user, username, name or username)
        return self._library("users", user, version)

    def add_group(
        self,
        group: int,
        name: str = "",
        *,
        owner: int = 1,
        members: Iterable[int] = (),
        version: int = 0,
        **properties: str,
    ) -> Library:
        """A group with an empty library. `properties` are those of `Group`: `type`,
        `library_editing`, `library_reading`, ..."""
        made = Group(group, name or f"Group {group}", owner, {owner, *members})
        made.created = now_as_text(self.clock())
        self.api.register.groups[group] = replace(made, **properties)  # type: ignore[arg-type]
        return self._library("groups", group, version)

    def add_key(
        self,
        key: str,
        user: int = 1,
        *,
        write: bool = True,
        notes: bool = True,
        library: bool = True,
        groups: Groups = None,
    ) -> ApiKey:
        """An API key of a user, who is made if absent. `groups` is "all", some ids (as `write`
        says) or a mapping of ids to whether it may write there."""
        if user not in self.api.register.users:
            self.add_user(user)
        access = access_of(write=write, notes=notes, library=library, groups=groups)
        made = ApiKey(key, self.api.register.users[user], access)
        self.api.register.keys[key] = made
        return made

    @classmethod
    def with_user(cls, clock: Callable[[], float] = time.time) -> ZoteroServer:
        """One with user 1, an empty library, and the key `KEY` that may do everything."""
        made = cls(clock)
        made.add_key(KEY, groups="all")
        return made

    def library(self, kind: str, number: int) -> Library:
        """The library of `users` or `groups` with an id."""
        return self.api.libraries[kind, number]

    def _library(self, kind: str, number: int, version: int) -> Library:
        made = Library(kind, number, self.clock, version)
        self.api.libraries[kind, number] = made
        return made

    # How it behaves

    def limit_requests(
        self, clock: Callable[[], float], burst: float = 100, rate: float = 10
    ) -> None:
        """Turn the limit of requests on: 100 at once for a key, then 10 a second."""
        self.api.limiter = Limiter(clock, burst, rate)

    def production(self) -> None:
        """Behave as the public server: Backoff: 2 on every answer, 429 after six bad keys."""
        self.backoff = 2
        self.api.register.lenient = False
        self.api.register.bad_keys = 0

    @property
    def reads(self) -> int:
        """How many requests so far only read."""
        return sum(not one.is_write for one in self.requests)

    @property
    def writes(self) -> int:
        """How many requests so far were writes, whatever became of them."""
        return sum(one.is_write for one in self.requests)

    def forget(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self.requests.clear()

    @contextmanager
    def running(self) -> Iterator[str]:
        """Listen on a port of its own; gives the address, without a slash at the end. The
        libraries stay when it stops, and it may be started again."""
        wire = Wire(self._answer)
        self.address = wire.start()
        try:
            yield self.address
        finally:
            wire.stop()
        if self.broken:
            raise AssertionError("the stand-in failed:\n" + "\n".join(self.broken))

    # One request

    def _answer(self, asked: Recorded, query: str, connection: Connection) -> Answer:
        masked = self._masked(asked)
        with self._lock:
            self.requests.append(masked)
            fault = next_fault(self.faults, masked)
        request = Request(
            asked.method,
            asked.path,
            parameters(query),
            asked.headers,
            asked.body,
            self.address,
        )

        def execute() -> Answer:
            if fault:
                self._prepare(fault, request)
            try:
                return self.api.answer(request)
            except Cut:
                raise
            except Exception:
                self.broken.append(traceback.format_exc())
                return Answer(500, b"An error occurred")

        answer = with_fault(fault, connection, execute) if fault else execute()
        if self.backoff is not None:
            answer.headers = {"Backoff": f"{self.backoff:g}", **answer.headers}
        return answer

    def _prepare(self, fault: Fault, request: Request) -> None:
        if fault.kind is Kind.HALF_WAY:

            def pause(number: int) -> None:
                if number >= fault.objects:
                    raise Cut

            request.pause = pause
        elif fault.kind is Kind.FOREIGN_WRITE and fault.run:
            run = fault.run
            if request.method != "POST":
                run()
                return

            def foreign(number: int) -> None:
                if number == fault.objects:
                    run()

            request.pause = foreign

    def _masked(self, asked: Recorded) -> Recorded:
        headers = dict(asked.headers)
        for name in ("zotero-api-key", "authorization"):
            if name in headers:
                start = "Bearer " if headers[name].lower().startswith("bearer ") else ""
                headers[name] = f"{start}KEY"
        query = re.sub(r"(^|&)key=[^&]*", r"\1key=KEY", asked.query)
        path = asked.path
        if path.startswith("/keys/") and path != "/keys/current":
            path = "/keys/KEY"
        return Recorded(asked.method, path, query, headers, asked.body)
