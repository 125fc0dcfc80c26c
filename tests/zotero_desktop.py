"""A stand-in of the API of Zotero's desktop program, for tests of `--local`.

It is the stand-in of the web server with what is different there: it answers below `/api`, the user
is number 0, nobody has an API key, whatever keys are named all collections come, nothing is said of
what was deleted, and a write needs the identity of the database and a key that the user allowed.

    with DesktopProgram.at_work() as program: ...  # program.address, program.mine
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.zotero_server import KEY, Library, Recorded, ZoteroServer
from tests.zotero_server.answers import Answer
from tests.zotero_server.wire import Connection

JSON = "application/json"


class DesktopProgram(ZoteroServer):
    """The program, and the person in front of it."""

    def __init__(self) -> None:
        super().__init__()
        self.database: str | None = "Database1"
        """None for a version that lets nobody write."""
        self.answer: str | None = "always"
        """What the person answers: `always`, `once`, or None for no."""
        self.allowed: dict[str, bool] = {}
        """Keys that were given, and whether they last."""
        self.asked_for_permission = 0

    @classmethod
    @contextmanager
    def at_work(cls) -> Iterator[DesktopProgram]:
        """One with an empty library, on a port of its own."""
        made = cls()
        made.add_key(KEY)
        with made.running():
            made.address += "/api"
            yield made

    @property
    def mine(self) -> Library:
        """What it holds."""
        return self.library("users", 1)

    def _answer(self, asked: Recorded, query: str, connection: Connection) -> Answer:
        answer = self._local(asked, query, connection)
        if self.database is not None:
            answer.headers["Zotero-Server-ID"] = self.database
        return answer

    def _local(self, asked: Recorded, query: str, connection: Connection) -> Answer:
        path = asked.path.removeprefix("/api")
        if path == "/":
            return Answer(200, b"Nothing to see here.", "text/plain")
        named = asked.headers.get("zotero-server-id")
        if named not in (None, self.database):
            return Answer(412, b"Zotero-Server-ID does not match", "text/plain")
        if path == "/local/authorize":
            return self._authorize()
        key = asked.headers.get("zotero-api-key", "")
        if asked.is_write and named is None:
            return Answer(428, b"Zotero-Server-ID required", "text/plain")
        if asked.is_write and key not in self.allowed:
            return Answer(401, b"A local API key is required", "text/plain")
        if path.endswith("/deleted"):
            return Answer(404, b"Not found", "text/plain")
        if path.endswith("/collections") and "collectionKey" in query:
            query = ""
        inner = replace(
            asked,
            path=path.replace("/users/0", "/users/1"),
            headers={**asked.headers, "zotero-api-key": KEY},
        )
        answer = super()._answer(inner, query, connection)
        if asked.is_write and answer.status < 300 and not self.allowed[key]:
            del self.allowed[key]
        return answer

    def _authorize(self) -> Answer:
        self.asked_for_permission += 1
        if self.answer is None:
            return Answer(403, b"Denied", "text/plain")
        key = f"local-{self.asked_for_permission}"
        self.allowed[key] = self.answer == "always"
        return Answer(200, json.dumps({"key": key, "remember": self.allowed[key]}).encode(), JSON)
