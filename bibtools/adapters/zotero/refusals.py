"""What a server's refusal means, as a sentence.

The status codes are those of https://www.zotero.org/support/dev/web_api/v3/basics#http_status_codes
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from bibtools.adapters.zotero.errors import (
    BusyError,
    LibraryLockedError,
    LocalKeyError,
    MovedError,
    NoAccessError,
    NotThereError,
    NoWriteAccessError,
    RefusedError,
    StorageFullError,
    StrangeAnswerError,
    TooLargeError,
    UnreachableError,
    WrongKeyError,
    ZoteroError,
)

_SHOWN = 300
"""Characters of what a server says that are shown."""
_MARKUP = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")

Kind = tuple[type[ZoteroError], str, str | None]
"""The error, its clause, its hint."""

_BY_STATUS: Mapping[int, Kind] = {
    401: (
        LocalKeyError,
        "wants a key that its user has allowed",
        'Run it again at a terminal, and answer in the window of Zotero with "Always Allow".',
    ),
    404: (NotThereError, "has nothing there", "Check the library's number."),
    409: (
        LibraryLockedError,
        "says that the library is locked",
        "Another program may be at work there; try again in some minutes.",
    ),
    412: (MovedError, "holds a newer version than the one this was made for", None),
    413: (
        StorageFullError,
        "says that the storage of the library's owner is full",
        "Make room there, see https://www.zotero.org/settings/storage",
    ),
    429: (
        BusyError,
        "refuses further requests for now, and does not say for how long",
        "It does so after several wrong keys. Try again in some minutes.",
    ),
}


def refusal(
    server: str, status: int, told: str, *, writing: bool, version: int | None = None
) -> ZoteroError:
    """The error for an answer that is none of the good ones.

    `server` is how the server is called in sentences, `told` what it says itself (`plain_text`).
    """
    kind, clause, hint = _meaning(status, told, writing=writing)
    said = f' ("{told}")' if told else ""
    message = f"{server} {clause}{said}."
    return kind(message, hint, status=status, version=version, told=told)


def _meaning(status: int, told: str, *, writing: bool) -> Kind:
    words = told.lower()
    if 300 <= status < 400:
        return (
            StrangeAnswerError,
            "sends us on to another address, which the key does not go to",
            "Set the address of the server itself.",
        )
    if status == 403:
        return _forbidden(words, writing=writing)
    if status == 412 and "server-id" in words:
        return (
            StrangeAnswerError,
            "has another database than before",
            "Run the command again; it starts from what the program holds now.",
        )
    if status == 413 and not ("quota" in words or "storage" in words):
        return TooLargeError, "finds the request too large", None
    if status >= 500:
        clause = f"has a fault of its own, it answered {status}"
        return UnreachableError, clause, "Try again later."
    return _BY_STATUS.get(status, (RefusedError, f"refused the request with {status}", None))


def _forbidden(words: str, *, writing: bool) -> Kind:
    if "local api" in words:
        return (
            LocalKeyError,
            "does not let other programs in",
            "In the desktop program: Settings, Advanced, allow other applications on this "
            "computer to communicate with Zotero.",
        )
    if writing:
        return (
            NoWriteAccessError,
            "does not let this key write there",
            "Make a key with write access at https://www.zotero.org/settings/keys.",
        )
    if "key" in words:
        return (
            WrongKeyError,
            "does not know this API key",
            "Log in with another key: bibtools zotero login",
        )
    return (
        NoAccessError,
        "does not let this key read there",
        "Check the library's number, and what the key may see.",
    )


def plain_text(text: str, key: str | None = None) -> str:
    """What a server says, short, without markup, controls or the key."""
    text = html.unescape(_MARKUP.sub(" ", text[:20_000]))
    if key:
        text = text.replace(key, "...")
    text = " ".join(_CONTROLS.sub(" ", text).split()).rstrip(".")
    return text[:_SHOWN] + "…" if len(text) > _SHOWN else text
