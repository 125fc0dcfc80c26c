"""Connections to public addresses only, and connections that can be cut.

A redirect, or a link out of somebody's .bib file, may lead to a machine that only this one can
reach: a router, a printer, the metadata of a cloud host. What is checked is the very address that
the socket connects to, after the name was resolved and in the same step, so that a name that is
resolved otherwise a moment later (DNS rebinding) changes nothing.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Iterator
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from bibtools.adapters.web.settings import host_and_port

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# What `is_global` of some Python versions lets through (IANA special-purpose registries).
_NOT_PUBLIC_4 = tuple(
    ipaddress.IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # behind a provider's NAT
        "192.0.0.0/24",
        "192.88.99.0/24",  # relays of 6to4
        "198.18.0.0/15",  # benchmarks
        "168.63.129.16/32",  # what Azure answers its own machines from
    )
)
_GLOBAL_UNICAST_6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenAddressError(Exception):
    """A name leads to an address that is not public."""


def is_public(address: Address) -> bool:
    """Whether a machine in the public internet can have this address.

    An IPv6 address that wraps an IPv4 one (mapped, 6to4, Teredo, NAT64) is judged by that.
    """
    if isinstance(address, ipaddress.IPv4Address):
        listed = any(address in network for network in _NOT_PUBLIC_4)
        return address.is_global and not (
            listed or address.is_multicast or address.is_reserved or address.is_private
        )
    if address in _NAT64:
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    for inner in (address.ipv4_mapped, address.sixtofour):
        if inner is not None:
            return is_public(inner)
    if address.teredo is not None or address.scope_id is not None:
        return False
    return address in _GLOBAL_UNICAST_6 and address.is_global and not address.is_private


class Wires:
    """The sockets that threads wait on, so that another thread can cut them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: dict[int, socket.socket] = {}
        self._copies: dict[int, socket.socket] = {}
        self._late: set[int] = set()
        self._all_cut = False

    def connecting(self, wire: socket.socket) -> None:
        """This thread is about to make a connection of this socket.

        It is a copy that is kept: TLS takes the socket out of its object. Raises `TimeoutError`
        when its time is over: to cut what is not connected yet does nothing, and a name may have
        any number of addresses that each take their time.
        """
        with self._lock:
            self._drop_copy()
            if self._all_cut or threading.get_ident() in self._late:
                raise TimeoutError("no time left")
            self._copies[threading.get_ident()] = wire.dup()
            self._attach(self._copies[threading.get_ident()])

    def waiting(self, wire: socket.socket) -> None:
        """This thread is about to wait for an answer on this socket."""
        with self._lock:
            self._drop_copy()
            self._attach(wire)

    def _attach(self, wire: socket.socket) -> None:
        self._current[threading.get_ident()] = wire
        if self._all_cut or threading.get_ident() in self._late:
            _shut(wire)

    def _drop_copy(self) -> None:
        if copy := self._copies.pop(threading.get_ident(), None):
            copy.close()

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[threading.Event]:
        """Cut what this thread waits on after so long; the event says that it was cut.

        A socket timeout alone does not do: it begins anew with every byte.
        """
        thread = threading.get_ident()
        late = threading.Event()

        def cut() -> None:
            late.set()
            with self._lock:
                if thread in self._current:
                    _shut(self._current[thread])
                self._late.add(thread)

        timer = threading.Timer(seconds, cut)
        timer.daemon = True
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()
            timer.join()
            with self._lock:
                self._drop_copy()
                self._current.pop(thread, None)
                self._late.discard(thread)

    def cut_all(self) -> None:
        """End what any thread waits on, now and from now on."""
        with self._lock:
            self._all_cut = True
            for wire in self._current.values():
                _shut(wire)


def _shut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # The method of the plain socket: that of a TLS socket would take its state away under
        # the thread that reads it.
        socket.socket.shutdown(wire, socket.SHUT_RDWR)


class _Guarded:
    """What both kinds of connection do otherwise than urllib3's."""

    wires: Wires
    exempt: frozenset[str]
    checked: bool

    def _new_conn(self: Any) -> socket.socket:
        name = str(self._dns_host).strip("[]")
        shown = f"[{name}]" if ":" in name else name
        guarded = self.checked and host_and_port(f"//{shown}:{self.port}") not in self.exempt
        try:
            found = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            fault = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(self.host, self, fault) from None
        for *_, place in found:
            _check(place, guarded)
        last: OSError | None = None
        for family, kind, protocol, _, place in found:
            try:
                return self._connected(socket.socket(family, kind, protocol), place, guarded)  # type: ignore[no-any-return]
            except OSError as error:
                last = error
        if isinstance(last, TimeoutError):
            raise ConnectTimeoutError(self, "timed out") from None
        raise NewConnectionError(self, type(last).__name__) from None

    def _connected(
        self: Any, wire: socket.socket, place: tuple[Any, ...], guarded: bool
    ) -> socket.socket:
        try:
            for option in self.socket_options or ():
                wire.setsockopt(*option)
            wire.settimeout(self.timeout)
            self.wires.connecting(wire)
            wire.connect(place)
            _check(wire.getpeername(), guarded)
        except BaseException:
            wire.close()
            raise
        return wire

    def getresponse(self: Any) -> Any:
        self.wires.waiting(self.sock)
        return super().getresponse()  # type: ignore[misc]


def _check(place: tuple[Any, ...], guarded: bool) -> None:
    if guarded and not is_public(ipaddress.ip_address(place[0])):
        raise ForbiddenAddressError


class GuardedAdapter(HTTPAdapter):
    """The adapter of `requests`, connecting to public addresses and to `exempt` ones only.

    Behind a proxy it is the proxy that connects, so there is no address to check.
    """

    def __init__(self, exempt: frozenset[str], wires: Wires) -> None:
        self._exempt = exempt
        self._wires = wires
        super().__init__(pool_connections=30, pool_maxsize=4)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """As in `requests`, with our connections."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools(checked=True)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        """As in `requests`, with connections that can be cut."""
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools(checked=False)
        return manager

    def _pools(self, *, checked: bool) -> dict[str, type[HTTPConnectionPool]]:
        told = {"wires": self._wires, "exempt": self._exempt, "checked": checked}
        plain = type("GuardedConnection", (_Guarded, HTTPConnection), told)
        secure = type("GuardedTlsConnection", (_Guarded, HTTPSConnection), told)
        return {
            "http": type("GuardedPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("GuardedTlsPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
