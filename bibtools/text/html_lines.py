"""The lines of a web page, each with the links it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BLANKS = re.compile(r"[ \t\r\n\f\u00a0]+")
_NO_WIDTH = re.compile("[\x00\u00ad\u200b\u2060\ufeff]")
_WRAPPED_TEXT = 300
_WRAPPED_LINE = 40
_SIBLING_EDGES = 2
"""Blocks that begin or end between two lines of one paragraph: `</div><div>`."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of a page."""

    address: str
    """As written, character references decoded: it may be relative."""
    label: str
    """What the reader sees of it; for a picture, what it is called."""
    shown: bool = True
    """False for a picture or an icon: its label is no text of the page."""


@dataclass(frozen=True, slots=True)
class HtmlLine:
    """A visible line of a page."""

    number: int
    """1-based line of the source on which it starts."""
    text: str
    """Empty for a line that is nothing but linked pictures."""
    anchors: tuple[Anchor, ...] = ()
    alone: bool = True
    """True when it is a paragraph of its own, not a further line of the one above."""
    in_menu: bool = False
    """True within the page's navigation."""


@dataclass(slots=True)
class Link:
    """A link on its way."""

    address: str
    name: str
    """What it is called for those who do not see it."""
    start: int = 0
    """Of its text among the pieces of the line."""
    told: bool = False
    """Whether a line has it already."""


@dataclass(slots=True)
class LineCollector:
    """Collects the pieces of a line, and lines."""

    source: str
    lines: list[HtmlLine] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    link: Link | None = None
    start: int | None = None
    """Where in the source the line begins."""
    edges: int = 0
    """Blocks that began or ended since the last line."""
    parted: bool = True
    in_menu: bool = False
    run: int = 0
    """The first line of the block that goes on, broken by `<br>`."""
    _counted: int = 0
    _line: int = 1

    def add(self, text: str, at: int) -> None:
        """Take up visible text that starts at an offset of the source."""
        if not text:
            return
        if self.start is None and not text.isspace():
            self.start = at + len(text) - len(text.lstrip())
        if self.start is not None:
            self.pieces.append(text)

    def open_link(self, address: str, name: str) -> None:
        """A link begins; `name` is what it is called when nothing of it is text."""
        self.close_link()
        self.link = Link(address, name, len(self.pieces))

    def close_link(self) -> None:
        """The open link ends, if there is one."""
        link, self.link = self.link, None
        if link is not None:
            self._tell(link, last=True)

    def _tell(self, link: Link, last: bool) -> None:
        label = flat("".join(self.pieces[link.start :]))
        if label or (last and not link.told):
            self.anchors.append(Anchor(link.address, label or link.name, bool(label)))
            link.told = True
        link.start = 0

    def end_line(self, offset: int, at_break: bool = False) -> None:
        """The line ends, at the edge of a block or at a `<br>`."""
        if self.link is not None:
            self._tell(self.link, last=False)
        text = flat("".join(self.pieces))
        if text or self.anchors:
            begin = self.start if self.start is not None else offset
            self._line += self.source.count("\n", self._counted, begin)
            self._counted = max(begin, self._counted)
            alone = self.parted or self.edges > _SIBLING_EDGES
            self.lines.append(HtmlLine(self._line, text, tuple(self.anchors), alone, self.in_menu))
            self.edges, self.parted = 0, False
        self.pieces.clear()
        self.anchors.clear()
        self.start = None
        if self.link is not None:
            self.link.start = 0
        if not at_break:
            self._join_wrapped()
            self.run = len(self.lines)

    def _join_wrapped(self) -> None:
        """One line again of a paragraph that `<br>` breaks in the middle of its sentences."""
        run = self.lines[self.run :]
        if len(run) < 2 or sum(len(line.text) for line in run) < _WRAPPED_TEXT:
            return
        inner = sum(line.text[:1].islower() for line in run[1:])
        if 2 * inner < len(run) - 1 or any(len(line.text) < _WRAPPED_LINE for line in run[:-1]):
            return
        first = run[0]
        anchors = tuple(anchor for line in run for anchor in line.anchors)
        text = " ".join(line.text for line in run)
        self.lines[self.run :] = [HtmlLine(first.number, text, anchors, first.alone, first.in_menu)]


def flat(text: str) -> str:
    """A text with blanks made single, and without the characters that have no width."""
    return _BLANKS.sub(" ", _NO_WIDTH.sub("", text)).strip()
