"""The tags and texts of a web page, one after the other, in linear time whatever it holds.

Nothing is executed or fetched, no tree is built and nothing recurses. (The standard library's
parser is not used, because several of its releases take quadratic time on unclosed markup,
CVE-2025-6069.)
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

# Elements whose content is raw text up to their own end tag, and is not shown.
_RAW = frozenset({"script", "style", "textarea", "title", "noscript", "iframe", "xmp", "noembed"})
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
"""Elements without content and end tag."""

_OPENING = re.compile(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
_TAG_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_TAG_STOP = re.compile(r">|=\s{0,20}[\"']")
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]+)(?:\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?"""
)
_HUGE_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_MOST_ATTRIBUTES = 100
_LONGEST_NAME = 100


class Kind(Enum):
    """What a token is."""

    TEXT = "text"
    OPEN = "open"
    CLOSE = "close"
    RAW = "raw"
    """The content of a script, a style, the head's title and their like."""


class Token(NamedTuple):  # a page has hundreds of thousands: a dataclass takes twice as long
    """A piece of a page: `html[start:end]`."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    """Of the tag, in lower case; of a raw text, its element's."""
    raw: str = ""
    """The attributes of a tag as written."""

    @property
    def is_void(self) -> bool:
        """True for an opening tag that nothing closes."""
        return self.name in VOID or self.raw.endswith("/")


class _Ends:
    """Finds where tags end, never looking at a stretch of text more than twice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.quotes_close = True

    def end(self, at: int) -> int:
        """The offset of the `>` that ends the tag whose name starts at `at`, or -1."""
        text = self.text
        while self.quotes_close:
            match = _TAG_STOP.search(text, at)
            if match is None:
                break
            if match.group() == ">":
                return match.start()
            close = text.find(match.group()[-1], match.end())
            if close < 0:
                # A quote that never closes: from here on `>` ends every tag.
                self.quotes_close = False
                break
            at = close + 1
        return text.find(">", at)


def tokens(html: str) -> Iterator[Token]:
    """The tags and texts of a page in their order; comments and declarations are left out."""
    ends = _Ends(html)
    at, length = 0, len(html)
    while at < length:
        opening = _OPENING.search(html, at)
        start = opening.start() if opening else length
        if start > at:
            yield Token(Kind.TEXT, at, start)
        if opening is None:
            return
        if html[start + 1] in "!?":
            at = _after_declaration(html, start)
            continue
        match = _TAG_NAME.match(html, start + 1, start + _LONGEST_NAME)
        assert match is not None  # `_OPENING` has seen a letter
        name, closing = match.group(1).lower(), html[start + 1] == "/"
        end = ends.end(match.end())
        at = length if end < 0 else end + 1
        if closing:
            yield Token(Kind.CLOSE, start, at, name)
            continue
        yield Token(Kind.OPEN, start, at, name, html[match.end() : length if end < 0 else end])
        if name in _RAW:
            close = _RAW_END[name].search(html, at)
            stop = length if close is None else close.start()
            if stop > at:
                yield Token(Kind.RAW, at, stop, name)
            at = stop


def _after_declaration(html: str, start: int) -> int:
    closing = "-->" if html.startswith("<!--", start) else ">"
    end = html.find(closing, start + (4 if closing == "-->" else 1))
    return len(html) if end < 0 else end + len(closing)


def attributes(raw: str, names: Iterable[str]) -> dict[str, str]:
    """Those of the named attributes that a tag has, decoded; the first of several counts."""
    wanted = set(names)
    found: dict[str, str] = {}
    for number, match in enumerate(_ATTRIBUTE.finditer(raw)):
        if number >= _MOST_ATTRIBUTES or len(found) == len(wanted):
            break
        name = match[1].lower()
        if name in wanted and name not in found:
            found[name] = decoded(match[2] or match[3] or match[4] or "")
    return found


def decoded(text: str) -> str:
    """The text with its character references decoded."""
    # int() refuses absurdly long numbers, which would end html.unescape with an error.
    return entities.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text
