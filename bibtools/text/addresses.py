"""When two addresses are the same place, and when one is nobody's but the reader's own."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from bibtools.later import later

# Hosts whose paths are the same place in any case.
_CASELESS = frozenset(
    ["github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "huggingface.co", "arxiv.org"]
)
_ALIASES = {"hf.co": "huggingface.co"}


def same_address_key(url: str) -> str:
    """A key that is equal for two prints of one place, and not otherwise.

    Blind to the scheme, `www.`, a trailing slash, `.git`, and to case in the host (on hosts of
    repositories in the path too); a deep link is another place than the repository.
    """
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:  # such as "http://[x"
        return url.strip()
    host = _ALIASES.get(host, host)
    path = unquote(parts.path).rstrip("/").removesuffix(".git").rstrip("/")
    if host in _CASELESS:
        path = path.lower()
    tail = "".join(
        f"{mark}{part}" for mark, part in (("?", parts.query), ("#", parts.fragment)) if part
    )
    return f"{host}{path}{tail}"


_LOCAL_NAME = later(
    r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|home|corp|test|invalid|localdomain)"
    r"|[^.]*",
    re.IGNORECASE,
)


def is_local(url: str) -> bool:
    """Whether an address leads to the reader's own machine or network, by its looks.

    A number that is not public, a name without a dot, or one of the names that no public server
    has (RFC 6761, RFC 6762, RFC 8375). An address that cannot be read is local too.
    """
    from ipaddress import ip_address

    try:
        host = (urlsplit(url if "://" in url else f"https://{url}").hostname or "").rstrip(".")
    except ValueError:
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        pass
    # "0x7f.1" and "2130706433" are numbers too, for those who read them.
    return _LOCAL_NAME.fullmatch(host) is not None or re.fullmatch(r"[\dxa-f.]+", host) is not None


_NOT_IN_ADDRESSES = later('[\x00-\x20\x7f-\x9f<>"\\\\`{}|^\u200e\u200f\u202a-\u202e\u2066-\u2069]')


def is_web_address(url: str) -> bool:
    """Whether it is an http(s) address that a browser may be given: with a host, without a user
    name before it, and without blanks, controls and marks that turn the direction of what follows.
    """
    try:
        parts = urlsplit(url)
        good = bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False
    return good and parts.scheme in ("http", "https") and not _NOT_IN_ADDRESSES.search(url)
