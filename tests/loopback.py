"""A web server of our own on real sockets, for what a service may do to a client.

    def answer(request: Asked) -> Answered:
        return as_json({"asked": request.path})

    with Loopback({("GET", "/api/"): answer}) as server:
        ...  # ask server.base + "/api/things"
    assert [one.path for one in server.requests] == ["/api/things"]

The longest prefix that fits wins; a path without a route is answered 404. A test that uses it is
marked `ONLY_LOOPBACK`, which opens 127.0.0.1 and nothing else.
"""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import pytest

ONLY_LOOPBACK = pytest.mark.allow_hosts(["127.0.0.1"])
"""Mark for a test (or `pytestmark` for a module) that asks a `Loopback`."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server got it."""

    method: str
    path: str
    """With its query string."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answered:
    """What the server sends, and how it misbehaves in doing so."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    reset_after: int | None = None
    """Bytes of the body after which the connection is reset."""
    silent_after: int | None = None
    """Bytes of the body after which nothing comes any more (until the server stops)."""
    drip: float | None = None
    """Seconds between single bytes after the body, for six seconds or so."""
    drip_headers: float | None = None
    """Seconds between single bytes of a header, for six seconds or so."""
    length: bool = True
    """Whether it says how long the body is; if not, the end of the connection is its end."""
    chunked: bool = False


Route = Callable[[Asked], Answered]


def as_json(value: Any, status: int = 200, **headers: str) -> Answered:
    """A JSON answer; header names with `_` for `-`."""
    return typed("application/json", json.dumps(value).encode(), status, **headers)


def as_html(text: str, status: int = 200, **headers: str) -> Answered:
    return typed("text/html; charset=utf-8", text.encode(), status, **headers)


def typed(media_type: str, body: bytes, status: int = 200, **headers: str) -> Answered:
    """An answer of this media type."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(status, body, {"Content-Type": media_type, **named})


def status(code: int, **headers: str) -> Answered:
    """A bare status, with a short text."""
    return typed("text/plain", f"status {code}".encode(), code, **headers)


def redirect(location: str, code: int = 302) -> Answered:
    return status(code, Location=location)


def gzipped(answer: Answered) -> Answered:
    """The same, compressed."""
    headers = {**answer.headers, "Content-Encoding": "gzip"}
    return replace(answer, body=gzip.compress(answer.body), headers=headers)


def in_turn(*answers: Answered | Route) -> Route:
    """One after the other; the last one for ever."""
    left = list(answers)
    lock = threading.Lock()

    def route(request: Asked) -> Answered:
        with lock:
            now = left.pop(0) if len(left) > 1 else left[0]
        return now if isinstance(now, Answered) else now(request)

    return route


def always(answer: Answered) -> Route:
    return lambda _request: answer


class Loopback:
    """The server; a context manager. `base` is its address without a slash at the end."""

    def __init__(
        self,
        routes: Mapping[tuple[str, str], Route | Answered],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.routes = dict(routes)
        self.requests: list[Asked] = []
        """What was asked, in the order of arrival."""
        self.left = threading.Event()
        """Set when a client did not wait for the end of a drip."""
        self._stopped = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Else each answer waits 40 ms for the client's acknowledgement of its headers.
            disable_nagle_algorithm = True

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:  # the client went away
                    self.close_connection = True

            def _any(self) -> None:
                outer._answer(self)

            do_GET = do_POST = do_HEAD = do_PUT = _any  # noqa: N815 -- their names there

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- its name there
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls is not None:
            # The handshake is left to the thread of the request.
            self._server.socket = tls.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.base = f"http{'s' if tls else ''}://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> Loopback:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __call__(self, method: str, prefix: str, route: Route | Answered) -> None:
        """Put another answer there."""
        self.routes[method, prefix] = route

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        asked = Asked(
            handler.command,
            handler.path,
            {name.lower(): value for name, value in handler.headers.items()},
            handler.rfile.read(size),
        )
        self.requests.append(asked)
        fitting = [
            prefix
            for method, prefix in self.routes
            if method == asked.method and asked.path.startswith(prefix)
        ]
        route = self.routes[asked.method, max(fitting, key=len)] if fitting else status(404)
        self._send(handler, route if isinstance(route, Answered) else route(asked))

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answered) -> None:
        handler.send_response(answer.status)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        framed = answer.drip is None and (answer.length or answer.chunked)
        if answer.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
        elif framed and "Content-Length" not in answer.headers:
            handler.send_header("Content-Length", str(len(answer.body)))
        if not framed:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        if answer.drip_headers is not None:
            handler.flush_headers()
            self._drip(handler, b"X-Slow: ", answer.drip_headers)
            return
        handler.end_headers()
        if handler.command == "HEAD":
            return
        self._send_body(handler, answer)

    def _send_body(self, handler: BaseHTTPRequestHandler, answer: Answered) -> None:
        if answer.drip is not None:
            self._drip(handler, answer.body, answer.drip)
        elif answer.reset_after is not None:
            handler.wfile.write(answer.body[: answer.reset_after])
            # Closing with unsent time zero sends a reset instead of an end.
            handler.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
            )
            handler.connection.close()
            handler.close_connection = True
        elif answer.silent_after is not None:
            handler.wfile.write(answer.body[: answer.silent_after])
            self._stopped.wait(10)
            handler.close_connection = True
        elif answer.chunked:
            for start in range(0, len(answer.body), 1000):
                part = answer.body[start : start + 1000]
                handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
            handler.wfile.write(b"0\r\n\r\n")
        else:
            handler.wfile.write(answer.body)

    def _drip(self, handler: BaseHTTPRequestHandler, first: bytes, seconds: float) -> None:
        handler.close_connection = True
        handler.wfile.write(first)
        try:
            for _ in range(int(6 / seconds)):
                if self._stopped.wait(seconds):
                    break
                handler.wfile.write(b" ")
        except OSError:
            self.left.set()
