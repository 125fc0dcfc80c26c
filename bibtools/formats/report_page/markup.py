"""HTML made of values: the one place where text becomes markup, and addresses become links.

Whatever is not `Markup` is text and is escaped. `Markup` is made here only.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bibtools.text.addresses import is_local


@dataclass(frozen=True, slots=True)
class Markup:
    """A piece of HTML."""

    html: str


Child = Markup | str | None
"""What may stand inside an element: a string is text, None is nothing."""

_ESCAPES: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;",
                   ord("'"): "&#39;"}  # fmt: skip
_SPECIAL = re.compile("[&<>\"']")
_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*")
_EMPTY: Final = frozenset({"meta", "input"})
# Not allowed in HTML (13.2.3.5), or obeyed by terminals and printers the page is copied to.
_NEVER_SHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff9-\uffff]")


def clean(text: str) -> str:
    """The text with `U+FFFD` for characters that no page may hold, and plain line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NEVER_SHOWN.sub("\ufffd", text)


def escaped(text: str) -> str:
    """A text as HTML says it, in an element or a quoted attribute."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def element(name: str, attributes: Mapping[str, str | bool | None], *children: Child) -> Markup:
    """An element; an attribute that is True has no value, one that is False or None is left out.

    The names are ours, never data. Raises `ValueError` for a name that is none.
    """
    pieces = ["<", _named(name)]
    for attribute, value in attributes.items():
        if value is True:
            pieces += " ", _named(attribute)
        elif value is not None and value is not False:
            pieces += " ", _named(attribute), '="', escaped(value), '"'
    pieces.append(">")
    if name in _EMPTY:
        return Markup("".join(pieces))
    pieces += (_html(child) for child in children)
    pieces += "</", name, ">"
    return Markup("".join(pieces))


def joined(children: list[Child]) -> Markup:
    """Several pieces one after the other."""
    return Markup("".join(map(_html, children)))


def _html(child: Child) -> str:
    if child is None:
        return ""
    return child.html if isinstance(child, Markup) else escaped(child)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f'"{name}" is no name in HTML')
    return name


def style_element(css: str) -> Markup:
    """Our own style sheet, which must not end the element it stands in."""
    return _raw("style", "", css)


def script_element(script: str) -> Markup:
    """Our own script."""
    return _raw("script", "", script)


def data_element(identifier: str, value: object) -> Markup:
    """JSON for the script, in which no sign means anything to HTML or JavaScript."""
    text = _json(value)
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return _raw("script", f' type="application/json" id="{_named(identifier)}"', text)


def packed_element(identifier: str, value: object) -> Markup:
    """JSON for the script as `deflate` (RFC 1950) in base 64, a quarter as long."""
    packed = base64.b64encode(zlib.compress(_json(value).encode(), 6)).decode()
    return _raw("script", f' type="text/plain" id="{_named(identifier)}"', packed)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _raw(name: str, attributes: str, inside: str) -> Markup:
    if "</" in inside or "<!--" in inside:
        raise ValueError(f"this would end the element {name}")
    return Markup(f"<{name}{attributes}>{inside}</{name}>")


_ADDRESS = re.compile(
    # What a browser could take for another address than a reader does is none: blanks, controls,
    # backslashes, quotes, marks that turn the reading direction, and anything before the host.
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?(?::[0-9]{1,5})?(?:[/?#][^\s\\\"<>^`{|}\x00-\x20"
    r"\x7f-\xa0\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]*)?",
    re.IGNORECASE,
)
_LONGEST_ADDRESS: Final = 4000


def safe_link(url: str) -> str | None:
    """The address, if it is an `http` or `https` one that leads where a reader thinks; else None.

    No user name, no host in letters that look like others, no address of the reader's own network
    (`text.addresses.is_local`).
    """
    url = url.strip()
    if len(url) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if port == 0 or parts.username is not None or not parts.hostname or is_local(url):
        return None
    return url


def host_of(url: str) -> str:
    """The host of a safe link, as a name for it."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
