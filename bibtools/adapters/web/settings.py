"""How the web is asked: identity, keys, addresses of test servers, patience."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from bibtools.errors import ConfigError

CONTACT_VARIABLE = "BIBTOOLS_CONTACT"
CACHE_VARIABLE = "BIBTOOLS_CACHE"
ENDPOINT_VARIABLE = "BIBTOOLS_ENDPOINT_"
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PROXY_VARIABLES = {"https": ("HTTPS_PROXY", "https_proxy"), "http": ("http_proxy",)}
_KEY = re.compile(r"[\x21-\x7e]+")


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What `Web` is told. The defaults suit a person at a desk."""

    cache: Path | None = None
    """The folder of answers and rates; None keeps no answers, and rates for this run only."""
    contact: str | None = None
    """A mail address for the services' operators; goes into the User-Agent."""
    offline: bool = False
    """Answer from the cache only."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Keys by the name of their variable (`Service.key_name`); the environment serves."""
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """Other base addresses by service name, for test servers and mirrors."""
    allow_private: frozenset[str] = frozenset()
    """Hosts with port ("127.0.0.1:8080") that may be local and may speak plain HTTP: those of
    `endpoints`."""
    retries: int = 3
    """Further tries of a request that failed in a way that may pass."""
    longest_wait: float = 60.0
    """Seconds that a service may tell us to wait; beyond, it is closed for this run."""
    connect_timeout: float = 10.0
    """Seconds."""
    read_timeout: float = 30.0
    """Seconds without a byte."""
    whole_timeout: float = 120.0
    """Seconds for one answer from the first byte asked to the last."""
    proxies: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Addresses of proxies by scheme; they may hold a password."""
    no_proxy: tuple[str, ...] = ()
    """Ends of host names that are asked without a proxy; "*" for all."""
    certificates: Path | None = None
    """A file of further trusted certificates, in place of the usual ones."""

    def endpoint(self, service: str) -> str | None:
        """The address put in the place of the service's own; None when there is none."""
        names = {_variable_part(name): base for name, base in self.endpoints.items()}
        return names.get(_variable_part(service))

    def key(self, variable: str | None) -> str | None:
        """The key in this variable; None when it is not set.

        Raises `ConfigError` when it holds what no header can. The text never has the key.
        """
        value = self.keys.get(variable, "").strip() if variable else ""
        if value and not _KEY.fullmatch(value):
            raise ConfigError(
                f"The key in {variable} has characters that no key has (a space, a line break "
                "or a letter outside ASCII).",
                hint=f"Set {variable} again, with the key only.",
            )
        return value or None


def settings_from_environment(
    environment: Mapping[str, str], cache: Path | None, *, offline: bool = False
) -> WebSettings:
    """The settings that a process environment describes.

    Read are `BIBTOOLS_CONTACT`, `BIBTOOLS_ENDPOINT_<SERVICE>`, the proxies (`HTTPS_PROXY`,
    `NO_PROXY` ...), `REQUESTS_CA_BUNDLE`, and, when a service needs it, the variable of its key.
    Raises `ConfigError` for a contact that is no mail address and an endpoint that is none.
    """
    contact = environment.get(CONTACT_VARIABLE, "").strip()
    if contact and not _MAIL.fullmatch(contact):
        raise ConfigError(
            f"{CONTACT_VARIABLE} is not a mail address.",
            hint=f"export {CONTACT_VARIABLE}=you@example.org",
        )
    endpoints = {
        name.removeprefix(ENDPOINT_VARIABLE): _checked_endpoint(name, value.strip())
        for name, value in environment.items()
        if name.startswith(ENDPOINT_VARIABLE) and value.strip()
    }
    proxies: dict[str, str] = {}
    for scheme, names in _PROXY_VARIABLES.items():
        for name in (*names, "ALL_PROXY", "all_proxy"):
            if value := environment.get(name, "").strip():
                proxies.setdefault(scheme, value)
    no_proxy = environment.get("NO_PROXY") or environment.get("no_proxy") or ""
    bundle = environment.get("REQUESTS_CA_BUNDLE") or environment.get("SSL_CERT_FILE")
    return WebSettings(
        cache=cache,
        contact=contact or None,
        offline=offline,
        keys=environment,
        endpoints=endpoints,
        allow_private=frozenset(host_and_port(base) for base in endpoints.values()),
        proxies=proxies,
        no_proxy=tuple(part.strip().lstrip(".") for part in no_proxy.split(",") if part.strip()),
        certificates=Path(bundle) if bundle else None,
    )


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Where answers are kept: `BIBTOOLS_CACHE`, else the user's cache folder."""
    if told := environment.get(CACHE_VARIABLE, "").strip():
        return Path(told)
    import platformdirs

    return Path(platformdirs.user_cache_dir("bibtools", appauthor=False))


def host_and_port(address: str) -> str:
    """The host with its port, also where the port is the scheme's own; empty for no address."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    host = (parts.hostname or "").rstrip(".")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _checked_endpoint(variable: str, address: str) -> str:
    try:
        parts = urlsplit(address)
        good = (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and "@" not in parts.netloc
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    if not good:
        raise ConfigError(
            f"{variable} is not the address of a server.",
            hint=f"export {variable}=http://127.0.0.1:8000",
        )
    return address.rstrip("/")


def _variable_part(name: str) -> str:
    """A service's name as it stands in the name of a variable."""
    return re.sub(r"[^A-Z0-9]", "_", name.upper())
