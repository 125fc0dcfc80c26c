"""When two addresses are the same place, and when one is nobody's but the reader's own."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

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


_LOCAL_NAME = re.compile(
    r"(?:.*\.)?(?:localhost|local|internal|intranet|lan|home|corp|test|invalid|localdomain)"
    r"|[^.]*",
    re.IGNORECASE,
)


def is_local(url: str) -> bool:
    """Whether an address leads to the reader's own machine or network, by its looks.

    A number that is not public, a name without a dot, or one of the names that no public server
    has (RFC 6761, RFC 6762, RFC 8375). An address that cannot be read is local too.
    """
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
