"""A limit for a whole answer: a socket's own time limit begins anew with every byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any


class Watch:
    """Knows the socket of a connection, and cuts it when an answer takes too long."""

    def __init__(self) -> None:
        self.cut = False
        """Whether the last answer was cut off."""
        self._socket: socket.socket | None = None

    def trace(self, event: str, said: Mapping[str, Any]) -> None:
        """What httpcore2 tells of its doings (its `trace` extension): the sockets it makes."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            found = said["return_value"].get_extra_info("socket")
            self._socket = found if isinstance(found, socket.socket) else None

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[None]:
        """Within the block, cut after so long."""
        self.cut = False
        timer = threading.Timer(seconds, self._shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _shut(self) -> None:
        self.cut = True
        if self._socket is not None:
            with contextlib.suppress(OSError):
                # The method of the plain socket: that of a TLS socket would take its state away
                # under the thread that reads it.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
