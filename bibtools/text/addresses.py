"""When two addresses are the same place."""

from __future__ import annotations

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
