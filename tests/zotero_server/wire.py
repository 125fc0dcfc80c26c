"""The stand-in on a socket: HTTP/1.1 with connections that stay open, and faults on order."""

from __future__ import annotations

import select
import socket
import struct
import sys
import threading
from collections.abc import Callable
from http.client import responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.zotero_server.answers import HTML, Answer
from tests.zotero_server.faults import Cut, Fault, Kind, Recorded
from tests.zotero_server.schema import SCHEMA_VERSION

Handle = Callable[[Recorded, str, "Connection"], Answer]
"""From a request, with the query as it came, to its answer; the fault goes by `Connection`."""

_PAGE = b"<html><head><title>Zotero</title></head><body><h1>An error occurred</h1></body></html>"


class Connection:
    """What may be done to the connection instead of answering."""

    def __init__(self, raw: socket.socket, stopping: threading.Event) -> None:
        self._raw = raw
        self._stopping = stopping

    def reset(self) -> None:
        """Close it so that the client sees a reset."""
        self._raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def wait_until_given_up(self) -> None:
        """Return when the client has closed the connection, or the server stops."""
        while not self._stopping.is_set():
            ready, _, _ = select.select([self._raw], [], [], 0.05)
            if ready:
                try:
                    if not self._raw.recv(1, socket.MSG_PEEK):
                        return
                except OSError:
                    return
                self._stopping.wait(0.01)


def with_fault(fault: Fault, connection: Connection, execute: Callable[[], Answer]) -> Answer:
    """The answer to a request a fault happens to; raises `Cut` where there is none."""
    kind = fault.kind
    seconds = {} if fault.seconds is None else {"Retry-After": _digits(fault.seconds)}
    if kind is Kind.FOREIGN_WRITE or kind is Kind.HALF_WAY:
        return execute()
    answer = execute() if fault.executes else Answer()
    if kind is Kind.KILL and fault.run:
        fault.run()
    elif kind is Kind.RESET:
        connection.reset()
        raise Cut
    elif kind is Kind.LOST_ANSWER:
        raise Cut
    elif kind is Kind.TIMEOUT:
        connection.wait_until_given_up()
        raise Cut
    elif kind is Kind.BACKOFF:
        answer.headers["Backoff"] = _digits(fault.seconds or 1)
    elif kind is Kind.TRUNCATED:
        answer.body = answer.body[: len(answer.body) * 2 // 3]
    else:
        answer = _error(kind, seconds)
    return answer


def _digits(seconds: float) -> str:
    return f"{seconds:g}"


def _error(kind: Kind, seconds: dict[str, str]) -> Answer:
    if kind is Kind.TOO_MANY:
        text = b"Request rate limit exceeded" if seconds else b"Too many requests"
        return Answer(429, text, headers=seconds, bare=True)
    if kind is Kind.UNAVAILABLE:
        return Answer(503, b"Service unavailable", headers=seconds, bare=True)
    if kind is Kind.SERVER_ERROR:
        return Answer(500, b"An error occurred")
    return Answer(200, _PAGE, HTML, bare=True)


class Wire(ThreadingHTTPServer):
    """The listening socket. `start` gives the address; `stop` closes every connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, handle: Handle) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.handle_request_of = handle
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    def start(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for one in list(self._open):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._thread.join()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no fault of ours; everything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Wire

    def handle_expect_100(self) -> bool:
        return True  # The real one refuses such requests; see `Api`.

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Recorded(self.command, parts.path, parts.query, headers, body)
        connection = Connection(self.connection, self.server.stopping)
        try:
            answer = self.server.handle_request_of(request, parts.query, connection)
        except Cut:
            self.close_connection = True
            return
        self._send(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _any  # noqa: N815

    def _send(self, answer: Answer) -> None:
        lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, 'Status')}"]
        lines += [f"Date: {self.date_time_string()}"]
        if answer.content_type:
            lines.append(f"Content-Type: {answer.content_type}")
        if not answer.bare:
            lines += ["Zotero-API-Version: 3", f"Zotero-Schema-Version: {SCHEMA_VERSION}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        if answer.version is not None:
            lines.append(f"Last-Modified-Version: {answer.version}")
        body = b"" if answer.status in (204, 304) else answer.body
        if answer.status not in (204, 304):
            lines.append(f"Content-Length: {len(body)}")
        if self.close_connection:
            lines.append("Connection: close")
        if self.command == "HEAD":
            body = b""
        self.wfile.write("\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body)

    def log_message(self, *_: object) -> None:
        """Nothing: tests read `server.requests`."""
