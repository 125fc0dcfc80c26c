"""The elements of a web page that a site's reader asks for, found by name and class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bibtools.text.html_tokens import Kind, Token, attributes, tokens

_READ = ("class", "id", "href", "title")
_LONGEST_ATTRIBUTES_READ = 10_000


@dataclass(slots=True)
class Element:
    """An element: its content is `html[begin:end]`."""

    name: str
    start: int
    """Offset of its opening tag."""
    begin: int
    end: int
    classes: frozenset[str]
    attributes: dict[str, str] = field(default_factory=dict)
    """`id`, `href`, `title`, as far as it has them."""


def find_elements(
    html: str, wanted: Callable[[str, frozenset[str]], bool], names: frozenset[str]
) -> list[Element]:
    """The elements for which `wanted(name, classes)` holds, in the order of their opening tags.

    Only those with one of the `names` are looked at. An element whose end tag is missing ends
    where the one around it does. The time is linear in the length of the page.
    """
    finder = _Finder(wanted, names, len(html))
    for token in tokens(html):
        if token.kind is Kind.CLOSE:
            finder.close(token)
        elif token.kind is Kind.OPEN and not token.is_void:
            finder.open(token)
    return finder.found


class _Finder:
    """Keeps the tags that are open, and the elements found."""

    def __init__(
        self, wanted: Callable[[str, frozenset[str]], bool], names: frozenset[str], length: int
    ) -> None:
        self.found: list[Element] = []
        self._wanted, self._names, self._length = wanted, names, length
        self._open: list[tuple[str, Element | None]] = []
        self._count: Counter[str] = Counter()
        self._link: Element | None = None

    def open(self, token: Token) -> None:
        name = token.name
        element = self._element(token) if name in self._names else None
        if name == "a":
            if self._link is not None:
                self._link.end = min(self._link.end, token.start)
            self._link = element
        self._open.append((name, element))
        self._count[name] += 1

    def _element(self, token: Token) -> Element | None:
        named = attributes(token.raw[:_LONGEST_ATTRIBUTES_READ], _READ)
        classes = frozenset(named.pop("class", "").split())
        if not self._wanted(token.name, classes):
            return None
        element = Element(token.name, token.start, token.end, self._length, classes, named)
        self.found.append(element)
        return element

    def close(self, token: Token) -> None:
        while self._count[token.name]:
            name, element = self._open.pop()
            self._count[name] -= 1
            if element is not None:
                element.end = min(element.end, token.start)
            if name == token.name:
                return
