"""One request on the wire, with the redirects it meets: a reply, or why there is none.

What is taken from `requests` is the connection with its pool and TLS. Its own ways of following
redirects, reading bodies and taking credentials out of the environment (.netrc) are left aside:
they read bodies without bound and decide for themselves who gets a key.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
import urllib3.exceptions as wire_errors
from requests.adapters import HTTPAdapter

from bibtools import __version__
from bibtools.adapters.web import bodies
from bibtools.adapters.web.addresses import ForbiddenAddressError, GuardedAdapter, Wires
from bibtools.adapters.web.settings import WebSettings, host_and_port
from bibtools.sites.asking import Reply, Request, Service

MOST_REDIRECTS = 5
# Statuses that may pass; those above 511 are Cloudflare's for a server behind it.
_TRY_AGAIN = frozenset({429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_NO_BODY = frozenset({204, 205})
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
_ANY_HOST = "*"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a request brought nothing."""

    reason: str
    """A clause: "it answered 503"."""
    again: bool = False
    """Whether the same may succeed in a moment."""
    unreachable: bool = False
    """Whether the service was not reached at all."""
    slow: bool = False
    """Whether it took so long that many tries would take too long."""
    too_large: bool = False
    """Whether fewer questions at once may succeed."""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""


BeforeHop = Callable[[str], None]
"""Called with "host:port" before each request that goes on the wire."""


@dataclass(frozen=True, slots=True)
class _Hop:
    """One of the requests that lead to the reply."""

    url: str
    method: str
    own: bool
    """Whether it goes to the service itself, which may see its key."""


class Session:
    """The connections of a run."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self.wires = Wires()
        self._requests = requests.Session()
        self._requests.trust_env = False
        self._requests.headers.clear()
        self._requests.headers.update(
            {
                "User-Agent": user_agent(settings.contact),
                "Accept-Encoding": "gzip, deflate",
            }
        )
        for scheme in ("https://", "http://"):
            self._requests.mount(scheme, GuardedAdapter(settings.allow_private, self.wires))

    def close(self) -> None:
        """Close all connections."""
        self._requests.close()

    def send(
        self, service: Service, request: Request, before: BeforeHop, *, keep_open: bool = True
    ) -> Reply | Failure:
        """Ask once. Raises `ValueError` for a request that is not one of this service.

        `keep_open`: whether the connection may wait for the next request.
        """
        base = self._settings.endpoint(service.name)
        url = _rebased(service, request, base)
        if fault := _fault_of(url):
            return Failure(f"it has {fault}")
        own = _origin(base or service.base)
        if not keep_open:
            request = replace(request, headers=(*request.headers, ("Connection", "close")))
        hop = _Hop(url, request.method, own=bool(own) and _origin(url) == own)
        with self.wires.limited(self._settings.whole_timeout) as late:
            for _ in range(MOST_REDIRECTS + 1):
                before(host_and_port(hop.url))
                got = self._hop(service, request, hop)
                if late.is_set() and not isinstance(got, _Hop):
                    seconds = self._settings.whole_timeout
                    reason = f"its answer took longer than {seconds:.3g} seconds"
                    return Failure(reason, again=True, slow=True)
                if not isinstance(got, _Hop):
                    return got
                hop = _Hop(got.url, got.method, own=_origin(got.url) == own)
        return Failure(f"it redirects more than {MOST_REDIRECTS} times")

    def _hop(self, service: Service, request: Request, hop: _Hop) -> Reply | Failure | _Hop:
        proxies = self._proxies(hop.url)
        if proxies and not hop.own and not _named(service, urlsplit(hop.url)):
            return Failure("behind a proxy it cannot be told whether that address is public")
        try:
            prepared = self._requests.prepare_request(
                requests.Request(
                    hop.method,
                    hop.url,
                    headers=self._headers(service, request, hop),
                    data=request.body if hop.method == "POST" else None,
                )
            )
            # Not `Session.send`: even when told not to follow a redirect it reads the whole
            # body of it into memory. It is also what would keep cookies.
            adapter = self._requests.get_adapter(prepared.url or "")
            assert isinstance(adapter, HTTPAdapter)
            response = adapter.send(
                prepared,
                stream=True,
                timeout=(self._settings.connect_timeout, self._settings.read_timeout),
                verify=str(self._settings.certificates) if self._settings.certificates else True,
                proxies=proxies,
            )
        except ForbiddenAddressError:
            return Failure("it leads to an address that is not public")
        except (OSError, ValueError, wire_errors.HTTPError) as error:
            return self._failed(error)
        try:
            return self._read(service, request, hop, response)
        except (OSError, ValueError, wire_errors.HTTPError) as error:
            return self._failed(error)
        finally:
            response.close()

    def _headers(self, service: Service, request: Request, hop: _Hop) -> dict[str, str]:
        headers = {"Accept": ", ".join(request.accept), **dict(request.headers)}
        key = self._settings.key(service.key_name)
        if key and service.key_header and hop.own:
            name, value = service.key_header
            headers[name] = value.replace("{key}", key)
        return headers

    def _proxies(self, url: str) -> dict[str, str]:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host_and_port(url) in self._settings.allow_private:
            return {}
        ends = self._settings.no_proxy
        if any(end == "*" or host == end or host.endswith(f".{end}") for end in ends):
            return {}
        proxy = self._settings.proxies.get(parts.scheme)
        return {parts.scheme: proxy} if proxy else {}

    def _read(
        self, service: Service, request: Request, hop: _Hop, response: requests.Response
    ) -> Reply | Failure | _Hop:
        status = response.status_code
        headers = {name.lower(): _header(value) for name, value in response.headers.items()}
        if status in _REDIRECTS:
            return self._redirect(service, hop, status, headers.get("location", ""))
        if status == 429 or status >= 500 or 300 <= status < 400:
            again = status in _TRY_AGAIN
            return Failure(f"it answered {status}", again=again, status=status, headers=headers)
        media = headers.get("content-type", "")
        if hop.method == "HEAD" or status in _NO_BODY:
            return Reply(status, b"", headers, hop.url)
        good = status < 300
        if good and not bodies.accepts(request.accept, media):
            return Failure(_unwanted(media), status=status, headers=headers)
        body = self._body(response.raw, headers, request.largest)
        if isinstance(body, Failure):
            # A status that says "no" says enough.
            return body if good else Reply(status, b"", headers, hop.url)
        if good and not body.strip():
            return Failure("its answer is empty", again=True, status=status, headers=headers)
        pages_too = bodies.accepts(request.accept, "text/html")
        if good and not pages_too and bodies.is_web_page(body):
            return Failure(_unwanted("text/html"), status=status, headers=headers)
        return Reply(status, bodies.in_utf8(body, media), headers, hop.url)

    def _body(self, raw: Any, headers: Mapping[str, str], largest: int) -> bytes | Failure:
        length = headers.get("content-length", "")
        too_large = Failure(
            f"its answer is larger than {largest / 1_000_000:.3g} MB",
            too_large=True,
            headers=headers,
        )
        if length.isdecimal() and (len(length) > 15 or int(length) > largest):
            return too_large
        try:
            return bodies.decompressed(_pieces(raw), headers.get("content-encoding", ""), largest)
        except bodies.TooLargeError:
            return too_large
        except bodies.BrokenError:
            return Failure("its answer broke off", again=True, headers=headers)
        except bodies.UnknownCodingError:
            reason = "its answer is compressed in a way that was not asked for"
            return Failure(reason, headers=headers)

    def _redirect(self, service: Service, hop: _Hop, status: int, location: str) -> Failure | _Hop:
        """Where to ask next, if that is a place where this service may send us."""
        here = urlsplit(hop.url)
        try:
            # `urlsplit` drops line breaks and tabs, so look for them before.
            bad = not location or _UNSAFE_IN_ADDRESS.search(location)
            url = "" if bad else urljoin(hop.url, location).partition("#")[0]
        except ValueError:
            url = ""
        if fault := _fault_of(url):
            return Failure(f"it redirects to {fault}")
        there = urlsplit(url)
        if there.scheme not in ("https", here.scheme):
            return Failure("it redirects to an address without encryption")
        if not (_origin(url) == _origin(hop.url) or self._may_lead(service, there)):
            return Failure(f'it redirects to another host, "{(there.hostname or "")[:100]}"')
        if hop.method == "POST" and status not in (307, 308):
            return Failure("it redirects a question that only it can answer")
        return _Hop(url, hop.method, own=False)

    def _may_lead(self, service: Service, there: SplitResult) -> bool:
        base = self._settings.endpoint(service.name) or service.base
        own_host = bool(base) and urlsplit(base).hostname == there.hostname
        # To another port of the same host, and from http to https.
        same = own_host and there.scheme == "https"
        anywhere = _ANY_HOST in service.hosts
        return (
            anywhere or same or _named(service, there) or _origin(there.geturl()) == _origin(base)
        )

    def _failed(self, error: Exception) -> Failure:
        """What the errors of three libraries say, in words; their texts hold addresses."""
        kinds = {type(one) for one in _causes(error)}

        def is_a(*classes: type[BaseException]) -> bool:
            return any(issubclass(kind, classes) for kind in kinds)

        connect, read = self._settings.connect_timeout, self._settings.read_timeout
        if is_a(requests.exceptions.ProxyError, wire_errors.ProxyError):
            return Failure("the proxy does not let it be reached", again=True, unreachable=True)
        if is_a(ssl.SSLCertVerificationError):
            return Failure("its certificate is not valid", unreachable=True)
        if is_a(requests.exceptions.SSLError, wire_errors.SSLError):
            return Failure("no safe connection to it can be made", again=True)
        if is_a(wire_errors.NameResolutionError):
            return Failure("its name cannot be found", again=True, unreachable=True)
        if is_a(wire_errors.NewConnectionError):
            return Failure("it cannot be reached", again=True, unreachable=True)
        if is_a(requests.exceptions.ConnectTimeout, wire_errors.ConnectTimeoutError):
            reason = f"it cannot be reached within {connect:.3g} seconds"
            return Failure(reason, again=True, unreachable=True)
        if is_a(requests.exceptions.ReadTimeout, wire_errors.ReadTimeoutError, TimeoutError):
            return Failure(f"it said nothing for {read:.3g} seconds", again=True, slow=True)
        if is_a(wire_errors.ProtocolError, ConnectionError, requests.exceptions.ConnectionError):
            return Failure("the connection to it broke off", again=True)
        return Failure(f"it cannot be asked ({type(error).__name__})")


def user_agent(contact: str | None) -> str:
    """Who we are, with a mail address that an operator can write to before blocking us."""
    return f"bibtools/{__version__}" + (f" (mailto:{contact})" if contact else "")


def _pieces(raw: Any) -> Iterator[bytes]:
    # `read1` gives what is there; `read` would wait for the whole piece.
    while piece := raw.read1(65_536, decode_content=False):
        yield piece


def _header(value: str) -> str:
    """A header as text: servers send UTF-8 in what is read as Latin-1."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value


def _rebased(service: Service, request: Request, base: str | None) -> str:
    if request.service != service.name or not request.url.startswith(service.base):
        raise ValueError(f"{request.url} is no address of {service.name} ({service.base})")
    if base is None:
        return request.url
    return base.rstrip("/") + request.url[len(service.base.rstrip("/")) :]


def _origin(address: str) -> tuple[str, str] | None:
    """Scheme, host and port: what must be the same for a key to be sent."""
    if not address:
        return None
    return urlsplit(address).scheme, host_and_port(address)


def _fault_of(address: str) -> str | None:
    """What forbids to ask this address: what libraries read in different ways, and credentials."""
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or _UNSAFE_IN_ADDRESS.search(address):
        return "an address that is none"
    return "an address with a user name in it" if "@" in parts.netloc else None


def _named(service: Service, there: SplitResult) -> bool:
    """Whether the service names this host."""
    host = (there.hostname or "").rstrip(".")
    names = (host, there.netloc.lower())
    return any(one.lower() in names for one in (*service.hosts, service.host) if one)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An error with what it wraps, in the ways in which these libraries wrap."""
    seen: list[BaseException] = []
    left: list[object] = [error]
    while left and len(seen) < 20:
        one = left.pop()
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            left += [*one.args, getattr(one, "reason", None), one.__cause__]
    return iter(seen)


def _unwanted(media: str) -> str:
    name = media.partition(";")[0].strip().lower()
    if name == "text/html":
        return "it answered with a web page instead of data, as walls against robots do"
    shown = name if re.fullmatch(r"[a-z0-9.+/-]{1,60}", name) else "an unknown type"
    return f"it answered with {shown} instead of data"
