"""The visible text of a saved web page, line by line, as a browser's text export lays it out.

Beside each line stand the links it holds; and the page tells which lines are in one element,
which is how a link beside a title is told from its neighbour's. Time and memory are linear in the
size of the page, whatever it holds (`html_tokens`).

Formulas come out once, in TeX between `$` where the page has the TeX: KaTeX and MathJax leave
two or three copies of each in a saved page (https://katex.org/docs/options, `output`;
https://docs.mathjax.org/en/v2.7-latest/advanced/model.html).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from bibtools.text.html_formulas import Formula
from bibtools.text.html_lines import HtmlLine, LineCollector, flat
from bibtools.text.html_tokens import VOID, Kind, Token, attributes, decoded, tokens
from bibtools.text.html_unseen import LONGEST_ATTRIBUTES_READ, Unseen

_LOOKS_LIKE_HTML = re.compile(
    r"(?:<\?xml[^>]{0,200}\?>\s*)?"
    r"<(?:!doctype\s+html|html|head|body|meta|title|link|script|style|div|main|article|section"
    r"|header|nav|table|tbody|tr|ul|ol|li|dl|dt|pre|center|p|h[1-6])\b",
    re.IGNORECASE,
)
_BLOCKS = frozenset(
    "address article aside blockquote body br button caption center dd details dialog dir div dl "
    "dt fieldset figcaption figure footer form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html "
    "li main menu nav ol option optgroup p pre section summary table tbody td tfoot th thead tr "
    "ul".split()
)
# Elements that never hold more than one paper, or part of one.
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span "
    "strike strong sub sup time tt u var wbr".split()
)
# What ends at the edges of these is a paragraph of its own.
_PARTING = frozenset(
    "article aside blockquote dd dl dt h1 h2 h3 h4 h5 h6 hr li main ol p pre section table tr "
    "ul".split()
)
# An opening tag of the first closes those of the second that are open: their end tags may be
# left out (https://html.spec.whatwg.org/multipage/syntax.html#optional-tags).
_CLOSES: dict[str, frozenset[str]] = {
    "li": frozenset({"p", "li"}),
    "dt": frozenset({"p", "dt", "dd"}),
    "dd": frozenset({"p", "dt", "dd"}),
    "td": frozenset({"p", "td", "th"}),
    "th": frozenset({"p", "td", "th"}),
    "tr": frozenset({"p", "td", "th", "tr"}),
}
_CLOSES_PARAGRAPH = frozenset({"p"})
_TEX_SCRIPT = re.compile(r"""\btype\s{0,9}=\s{0,9}["']?math/tex\b""", re.IGNORECASE)
_ICON_NAMES = (
    "github gitlab huggingface hugging-face arxiv pdf youtube twitter code globe home".split()
)
_SAVED_FROM = re.compile(r"<!--\s{0,9}saved from url=\(\d{1,6}\)(\S{1,2000}?)\s{0,9}-->")


@dataclass(frozen=True, slots=True)
class HtmlPage:
    """What a web page shows."""

    lines: tuple[HtmlLine, ...]
    elements: tuple[tuple[int, int], ...]
    """Which lines are in one element: ranges of places in `lines`, each within another or apart
    from it. Ranges of one line are left out, and none comes twice."""
    address: str | None = None
    """Where the page says it was saved from."""


def is_html(text: str) -> bool:
    """True when a text begins as a web page does."""
    at = _after_comments(text)
    return _LOOKS_LIKE_HTML.match(text, at) is not None


def _after_comments(text: str) -> int:
    at = 0
    while True:
        while at < len(text) and (text[at].isspace() or text[at] in "\ufeff\x00"):
            at += 1
        if not text.startswith("<!--", at):
            return at
        end = text.find("-->", at + 4)
        if end < 0:
            return at
        at = end + 3


def visible_text(html: str) -> str:
    """The visible text of a web page: a line for each block, blanks made single."""
    return "".join(f"{line}\n" for _, line in visible_lines(html))


def visible_lines(html: str) -> list[tuple[int, str]]:
    """The visible lines of a web page, each with the 1-based line of the source it starts on.

    Scripts, styles, templates, comments, hidden elements and the head's title are left out and
    character references decoded. Spans within a block are joined as they stand.
    """
    return [(line.number, line.text) for line in read_html(html).lines if line.text]


def text_of(html: str) -> str:
    """The visible text of a piece of a page on one line."""
    return " ".join(line for _, line in visible_lines(html))


def read_html(html: str) -> HtmlPage:
    """What a web page shows, with its links and where its elements begin and end."""
    layout = _Layout(html)
    for token in tokens(html):
        layout.take(token)
    return layout.page()


class _Layout:
    """Lays a page out, one token after the other."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = LineCollector(source)
        self.hidden = Unseen(_TEX_SCRIPT.search(source) is not None)
        self.formula: Formula | None = None
        self.preformatted = 0
        self.menus = 0
        self.is_tex = False
        """Whether the last script is a formula."""
        self.open: list[tuple[str, int]] = []
        """Elements that are open, each with the place of its first line."""
        self.names: Counter[str] = Counter()
        self.ranges: list[tuple[int, int]] = []
        self.base: str | None = None
        self.canonical: str | None = None

    def take(self, token: Token) -> None:
        """Go on with the next token."""
        match token.kind:
            case Kind.TEXT:
                if not self.hidden.depth:
                    self._take_text(token)
                elif self.hidden.for_ears and self.text.link is not None:
                    said = flat(decoded(self.source[token.start : token.end][:200]))
                    self.text.link.name = self.text.link.name or said
            case Kind.RAW:
                if not self.hidden.depth and token.name == "script" and self.is_tex:
                    tex = self.source[token.start : token.end].strip()
                    self.text.add(f"${tex}$", token.start)
            case Kind.OPEN:
                self._take_open(token)
            case Kind.CLOSE:
                self._take_close(token)

    def _take_text(self, token: Token) -> None:
        start, end = token.start, token.end
        while self.preformatted:
            newline = self.source.find("\n", start, end)
            if newline < 0:
                break
            self.text.add(decoded(self.source[start:newline]), start)
            self.text.end_line(newline)
            start = newline + 1
        piece = decoded(self.source[start:end])
        if self.formula is not None and self.formula.note_from is None:
            piece = piece.strip()
        self.text.add(piece, start)

    def _take_open(self, token: Token) -> None:
        name = token.name
        if name in _BLOCKS and not self.hidden.depth:
            self._edge(token)
        self._note_mode(token)
        self.hidden.take(token)
        if self.hidden.depth:
            return
        if not token.is_void and name not in _INLINE:
            self._push(name)
        if self.formula is not None:
            self._in_formula(token)
        elif name == "math":
            self.formula = Formula(len(self.text.pieces), token.start)
        elif name == "a":
            self._take_link(token)
        elif name in ("img", "i", "span") and self.text.link is not None:
            self._take_picture(token)

    def _note_mode(self, token: Token) -> None:
        """What an opening tag says of all that follows."""
        match token.name:
            case "pre":
                self.preformatted += 1
            case "nav":
                self.menus += 1
                self.text.in_menu = True
            case "script":
                self.is_tex = _TEX_SCRIPT.search(token.raw) is not None
            case "base" | "link" | "meta":
                self._take_head(token)

    def _take_close(self, token: Token) -> None:
        name = token.name
        if name in _BLOCKS and not self.hidden.depth:
            self._edge(token)
        if name == "pre":
            self.preformatted = max(0, self.preformatted - 1)
        elif name == "nav":
            self.menus = max(0, self.menus - 1)
            self.text.in_menu = self.menus > 0
        was_hidden = self.hidden.depth > 0
        self.hidden.take(token)
        if was_hidden:
            return
        if self.names[name]:
            self._pop_to(name)
        if name == "a":
            self.text.close_link()
        elif self.formula is not None:
            if name == "math":
                self.formula.close(self.text)
                self.formula = None
            elif name == "annotation":
                self.formula.end_note(self.text)
            else:
                self.formula.end(name, self.text)

    def _edge(self, token: Token) -> None:
        self.formula = None
        text = self.text
        text.end_line(token.start, at_break=token.name == "br")
        text.edges += 1
        if token.name in _PARTING:
            text.parted = True

    def _in_formula(self, token: Token) -> None:
        assert self.formula is not None
        if token.name == "annotation":
            encoding = attributes(token.raw, ["encoding"]).get("encoding", "")
            self.formula.note_is_tex = "tex" in encoding.lower()
            self.formula.note_from = len(self.text.pieces)
        elif token.name not in VOID:
            self.formula.begin(token.name, self.text)
            if token.is_void:
                self.formula.end(token.name, self.text)

    def _take_link(self, token: Token) -> None:
        named = attributes(
            token.raw[:LONGEST_ATTRIBUTES_READ], ["href", "title", "aria-label", "class"]
        )
        self.text.close_link()
        address = flat(named.get("href", ""))
        if address:
            name = named.get("aria-label") or named.get("title") or _icon(named.get("class", ""))
            self.text.open_link(address, flat(name)[:200])

    def _take_picture(self, token: Token) -> None:
        link = self.text.link
        if link is None or link.name:
            return
        named = attributes(
            token.raw[:LONGEST_ATTRIBUTES_READ], ["alt", "title", "aria-label", "class"]
        )
        name = named.get("alt") or named.get("aria-label") or named.get("title") or ""
        link.name = flat(name or _icon(named.get("class", "")))[:200]

    def _take_head(self, token: Token) -> None:
        named = attributes(
            token.raw[:LONGEST_ATTRIBUTES_READ], ["href", "rel", "property", "content"]
        )
        if token.name == "base":
            self.base = self.base or named.get("href")
        elif named.get("rel", "").lower() == "canonical":
            self.canonical = self.canonical or named.get("href")
        elif named.get("property", "").lower() == "og:url":
            self.canonical = self.canonical or named.get("content")

    # Which lines are in one element.

    def _push(self, name: str) -> None:
        closes = _CLOSES.get(name, _CLOSES_PARAGRAPH if name in _BLOCKS else None)
        while closes and self.open and self.open[-1][0] in closes:
            self._pop()
        self.open.append((name, len(self.text.lines)))
        self.names[name] += 1

    def _pop(self) -> None:
        name, first = self.open.pop()
        self.names[name] -= 1
        last = len(self.text.lines)
        if last - first > 1 and (not self.ranges or self.ranges[-1] != (first, last)):
            self.ranges.append((first, last))

    def _pop_to(self, name: str) -> None:
        while self.open[-1][0] != name:
            self._pop()
        self._pop()

    def page(self) -> HtmlPage:
        """What was laid out; nothing may be taken after it."""
        self.text.close_link()
        self.text.end_line(len(self.source))
        while self.open:
            self._pop()
        saved = _SAVED_FROM.search(self.source, 0, 20_000)
        address = (saved and decoded(saved[1])) or self.base or self.canonical
        return HtmlPage(tuple(self.text.lines), tuple(self.ranges), address)


def _icon(classes: str) -> str:
    """What an icon shows, by the name of its class: `fa-github`."""
    lower = classes.lower()
    if "fa-" in lower or "icon" in lower or "bi-" in lower:
        return next((name for name in _ICON_NAMES if name in lower), "")
    return ""
