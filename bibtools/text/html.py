"""The visible text of a saved web page, line by line, as a browser's text export lays it out.

Nothing is executed or fetched. Time and memory are linear in the size of the page, whatever it
holds: one pass, no tree, no recursion. (The standard library's parser is not used, because
several of its releases take quadratic time on unclosed markup, CVE-2025-6069.)
"""

from __future__ import annotations

import html as entities
import re

_LOOKS_LIKE_HTML = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)*"
    r"<(?:!doctype\s+html|html|head|body|meta|title|div|main|article|section)\b",
    re.IGNORECASE | re.DOTALL,
)
_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog dir div dl "
    "dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "li main menu nav ol option optgroup p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
# Elements whose content is raw text up to their own end tag, and is not shown.
_RAW = frozenset({"script", "style", "textarea", "title", "noscript", "iframe", "xmp", "noembed"})
_RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in _RAW}
# Elements whose whole content is not shown.
_UNSEEN = frozenset(
    {"template", "svg", "math-annotation", "audio", "video", "canvas", "object", "select"}
)
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_OPENING = re.compile(r"<(?=[a-zA-Z!?]|/[a-zA-Z])")
_TAG_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*)")
_HIDDEN = re.compile(
    r"""\s(?:hidden(?=[\s=/>]|$)|style\s*=\s*(?:"[^"]*|'[^']*|[^\s>]*)"""
    r"""(?:display\s*:\s*none|visibility\s*:\s*hidden))""",
    re.IGNORECASE,
)
_HUGE_NUMBER = re.compile(r"&#(?:\d{8,}|[xX][0-9a-fA-F]{7,});?")
_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_LONGEST_ATTRIBUTES_READ = 10_000


def is_html(text: str) -> bool:
    """True when a text begins as a web page does."""
    return _LOOKS_LIKE_HTML.match(text[:5000]) is not None


class _Page:
    """Collects visible text; `end_line` is called at the edges of blocks."""

    def __init__(self, source: str) -> None:
        self.lines: list[tuple[int, str]] = []
        self._source = source
        self._pieces: list[str] = []
        self._start = 0
        self._counted, self._line = 0, 1
        self.preformatted = 0
        """How many open elements keep the line breaks of the source."""

    def add(self, start: int, end: int) -> None:
        while self.preformatted:
            newline = self._source.find("\n", start, end)
            if newline < 0:
                break
            self._add(start, newline)
            self.end_line()
            start = newline + 1
        self._add(start, end)

    def _add(self, start: int, end: int) -> None:
        piece = self._source[start:end]
        if not self._pieces:
            if not piece.strip():
                return
            self._start = start + len(piece) - len(piece.lstrip())
        self._pieces.append(piece)

    def end_line(self) -> None:
        if self._pieces:
            raw = "".join(self._pieces)
            self._pieces.clear()
            # int() refuses absurdly long numbers, which would end html.unescape with an error.
            decoded = entities.unescape(_HUGE_NUMBER.sub("\ufffd", raw))
            line = _BLANKS.sub(" ", decoded).strip()
            if line:
                self._line += self._source.count("\n", self._counted, self._start)
                self._counted = self._start
                self.lines.append((self._line, line))


_TAG_STOP = re.compile(r">|=\s{0,20}[\"']")


class _Tags:
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


class _Hidden:
    """Keeps count of open elements inside one that is not shown."""

    def __init__(self) -> None:
        self.depth = 0
        self._name = ""

    def pass_tag(self, name: str, closing: bool, attributes: str) -> None:
        """Take note of a tag."""
        void = name in _VOID or attributes.endswith("/")
        if self.depth:
            if name == self._name and not void:
                self.depth += -1 if closing else 1
        elif not closing and not void and (name in _UNSEEN or _HIDDEN.search(attributes)):
            self._name, self.depth = name, 1


def visible_text(html: str) -> str:
    """The visible text of a web page: a line for each block, blanks made single."""
    return "".join(f"{line}\n" for _, line in visible_lines(html))


def visible_lines(html: str) -> list[tuple[int, str]]:
    """The visible lines of a web page, each with the 1-based line of the source it starts on.

    Scripts, styles, templates, comments, hidden elements and the head's title are left out and
    character references decoded. Spans within a block are joined as they stand.
    """
    page, tags, hidden = _Page(html), _Tags(html), _Hidden()
    at, length = 0, len(html)
    while at < length:
        opening = _OPENING.search(html, at)
        start = opening.start() if opening else length
        if start > at and not hidden.depth:
            page.add(at, start)
        if opening is None:
            break
        if html[start + 1] in "!?":
            at = _after_declaration(html, start)
            continue
        match = _TAG_NAME.match(html, start + 1, start + 100)
        assert match is not None  # `_OPENING` has seen a letter
        name, closing = match.group(1).lower(), html[start + 1] == "/"
        end = tags.end(match.end())
        at = length if end < 0 else end + 1
        attributes = html[match.end() : min(at - 1, match.end() + _LONGEST_ATTRIBUTES_READ)]
        if not hidden.depth and name in _BLOCKS:
            page.end_line()
        if name == "pre":
            page.preformatted = max(0, page.preformatted + (-1 if closing else 1))
        if name in _RAW and not closing:
            close = _RAW_END[name].search(html, at)
            at = length if close is None else close.start()
        else:
            hidden.pass_tag(name, closing, attributes)
    page.end_line()
    return page.lines


def _after_declaration(html: str, start: int) -> int:
    closing = "-->" if html.startswith("<!--", start) else ">"
    end = html.find(closing, start + (4 if closing == "-->" else 1))
    return len(html) if end < 0 else end + len(closing)
