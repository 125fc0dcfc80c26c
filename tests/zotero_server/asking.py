"""The plainest client there is, for tests of the stand-in itself."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Got:
    """An answer."""

    status_code: int
    headers: dict[str, str]
    """Names in lower case."""
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def version(self) -> int | None:
        """Last-Modified-Version."""
        found = self.headers.get("last-modified-version")
        return int(found) if found else None

    def link(self, name: str) -> str | None:
        """The address with a relation in the Link header."""
        for one in self.headers.get("link", "").split(", "):
            address, _, relation = one.partition("; rel=")
            if relation.strip('"') == name:
                return address.strip("<>")
        return None


@dataclass(slots=True)
class Asker:
    """Asks one server with one key, each time on a connection of its own."""

    address: str
    key: str = ""
    prefix: str = ""
    """Put before every path that starts without a slash: `/users/1/`."""
    timeout: float = 20
    headers: dict[str, str] = field(default_factory=lambda: {"Zotero-API-Version": "3"})

    def ask(self, method: str, path: str, body: Any = None, **headers: Any) -> Got:
        """`body` is sent as it is if it is bytes, else as JSON; `_` in names of headers is `-`."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = dict(self.headers) | ({"Zotero-API-Key": self.key} if self.key else {})
        sent |= {name.replace("_", "-"): str(value) for name, value in headers.items()}
        url = path if path.startswith("/") else self.prefix + path
        host = self.address.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=self.timeout)
        try:
            connection.request(method, url, data, sent)
            answer = connection.getresponse()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return Got(answer.status, named, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: Any) -> Got:
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: Any) -> Got:
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: Any) -> Got:
        return self.ask("PATCH", path, body, **headers)

    def put(self, path: str, body: Any, **headers: Any) -> Got:
        return self.ask("PUT", path, body, **headers)

    def delete(self, path: str, **headers: Any) -> Got:
        return self.ask("DELETE", path, **headers)
