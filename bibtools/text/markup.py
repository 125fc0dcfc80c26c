"""The little markup that CSL-JSON and Zotero know inside a text.

Source: the CSL-JSON input of citeproc-js and Zotero's rich text in titles: `<i>`, `<b>`, `<sup>`,
`<sub>`, `<sc>` or `<span style="font-variant:small-caps;">`, and `<span class="nocase">` around
what keeps its capitals. There is no escape: a tag without its partner is text, and so is any
other `<`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from bibtools.later import later

Style = Literal["i", "b", "sup", "sub", "sc", "nocase"]

OPENING: Final[dict[Style, str]] = {
    "i": "<i>",
    "b": "<b>",
    "sup": "<sup>",
    "sub": "<sub>",
    "sc": '<span style="font-variant:small-caps;">',
    "nocase": '<span class="nocase">',
}
"""How we write the beginning of each."""

CLOSING: Final[dict[Style, str]] = {
    style: "</span>" if tag.startswith("<span") else f"</{style}>" for style, tag in OPENING.items()
}
"""How we write the end of each."""

_TAG = later(
    r"<(?P<name>i|b|sup|sub|sc)>"
    r"|<span\s+(?:(?P<nocase>class=[\"']nocase[\"'])"
    r"|style=[\"']font-variant:\s*small-caps;?[\"']|style=[\"']small-caps[\"'])\s*>"
    r"|</(?P<end>i|b|sup|sub|sc|span)>",
)

Node = str | tuple[Style, tuple["Node", ...]]
"""A text, or a style and what is inside it."""


def parse_markup(text: str) -> tuple[Node, ...]:
    """The texts and styles of a text with markup, properly nested."""
    # Frames: style, the tag as written, the end tag that closes it, what is inside.
    frames: list[tuple[Style | None, str, str, list[Node]]] = [(None, "", "", [])]
    position = 0
    for match in _TAG.finditer(text):
        if match.start() > position:
            frames[-1][3].append(text[position : match.start()])
        position = match.end()
        end = match["end"]
        if end is None:
            style = _style(match)
            frames.append((style, match[0], match["name"] or "span", []))
        elif any(frame[2] == end for frame in frames):
            while frames[-1][2] != end:
                _give_up(frames)
            closed, _, _, inside = frames.pop()
            assert closed is not None
            frames[-1][3].append((closed, _joined(inside)))
        else:
            frames[-1][3].append(match[0])
    frames[-1][3].append(text[position:])
    while len(frames) > 1:
        _give_up(frames)
    return _joined(frames[0][3])


def _style(match: re.Match[str]) -> Style:
    name = match["name"]
    if name is None:
        return "nocase" if match["nocase"] else "sc"
    styles: dict[str, Style] = {"i": "i", "b": "b", "sup": "sup", "sub": "sub", "sc": "sc"}
    return styles[name]


def _give_up(frames: list[tuple[Style | None, str, str, list[Node]]]) -> None:
    """A tag that is never closed is text."""
    _, tag, _, inside = frames.pop()
    frames[-1][3].extend([tag, *inside])


def _joined(nodes: list[Node]) -> tuple[Node, ...]:
    """Neighbouring texts as one."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, str) and found and isinstance(found[-1], str):
            found[-1] += node
        elif node != "":
            found.append(node)
    return tuple(found)


def render_markup(
    nodes: tuple[Node, ...],
    text: Callable[[str], str],
    wrap: Callable[[Style, str], str],
) -> str:
    """The nodes written with `text` for a text and `wrap` for a style around what is inside."""
    return "".join(
        text(node) if isinstance(node, str) else wrap(node[0], render_markup(node[1], text, wrap))
        for node in nodes
    )


def strip_markup(text: str) -> str:
    """The text without markup; the inside of a tag stays."""
    if "<" not in text:
        return text
    return render_markup(parse_markup(text), str, lambda _, inside: inside)


def has_markup(text: str) -> bool:
    """Whether any of it counts as markup."""
    return "<" in text and any(not isinstance(node, str) for node in parse_markup(text))


def write_markup(nodes: tuple[Node, ...]) -> str:
    """The nodes as CSL-JSON and Zotero write them."""
    return render_markup(nodes, str, lambda style, inside: OPENING[style] + inside + CLOSING[style])
