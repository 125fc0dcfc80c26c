"""Addresses of Zotero servers, and the connections to them."""

from __future__ import annotations

import ipaddress
import re
import urllib.request
from urllib.parse import urlsplit

import httpx2

from bibtools.errors import ConfigError

WEB = "https://api.zotero.org"
LOCAL = "http://127.0.0.1:23119/api"
"""Where the desktop program answers."""


def checked_endpoint(address: str) -> str:
    """The address of a server, without a slash at its end.

    Raises `ConfigError` for one that is neither https nor this machine, or that holds a user, a
    query or a fragment: the key would go over the wire in the open, or to somebody else.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
        good = (
            bool(host)
            and port != 0
            and "@" not in parts.netloc
            and not (parts.query or parts.fragment or "?" in address or "#" in address)
            and not re.search(r"[\s\\\x00-\x1f\x7f]", address.strip())
            and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
        )
    except ValueError:
        good = False
    if not good:
        raise ConfigError(
            "The address of the Zotero server is not one that a key may be sent to: it has to be "
            "https (or http on this machine), without a user name, `?` or `#`.",
            hint=f"For Zotero's own server it is {WEB}, which needs no setting.",
        )
    return address.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether a host name is this machine."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def network(base: httpx2.URL) -> httpx2.BaseTransport:
    """Connections to the server, through the proxy of the surroundings where there is one."""
    limits = httpx2.Limits(max_connections=1, max_keepalive_connections=1)
    proxy = None
    if not is_loopback(base.host):
        proxies = urllib.request.getproxies()
        proxy = proxies.get(base.scheme) or proxies.get("all")
        if proxy and urllib.request.proxy_bypass(host_of(base)):
            proxy = None
        if proxy and "://" not in proxy:
            proxy = f"http://{proxy}"
    try:
        # Without TLS there is nothing to verify, and the list of authorities takes 0.1 s to read.
        verify = base.scheme == "https"
        return httpx2.HTTPTransport(verify=verify, proxy=proxy, limits=limits, trust_env=True)
    except (ImportError, ValueError, httpx2.InvalidURL):
        # The address may hold a password, so it is not shown.
        raise ConfigError(
            "The proxy that the environment names cannot be used.",
            hint="Check HTTPS_PROXY and ALL_PROXY, or put the server into NO_PROXY.",
        ) from None


def host_of(url: httpx2.URL) -> str:
    """The host, with its port where the address has one."""
    return url.netloc.decode("ascii")
