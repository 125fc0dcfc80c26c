"""What the readers of saved pages of known sites share."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bibtools.formats.pages.fields import links_of
from bibtools.formats.pages.lines import Ledger
from bibtools.model import ArxivId, Link, parse_arxiv
from bibtools.sites import shapes
from bibtools.text.html import HtmlPage, text_of
from bibtools.text.html_elements import Element
from bibtools.text.urls import CODE_KINDS, find_urls, kind_of

_LONGEST = 200_000
"""Characters of markup that are read of one element; no abstract is longer."""


@dataclass(frozen=True, slots=True)
class Part:
    """One record of a page: its elements, in the order of their opening tags."""

    html: str
    """Of the whole page."""
    elements: Sequence[Element]
    start: int
    end: int
    line: int
    """1-based line on which it starts."""

    def first(self, *classes: str, name: str | None = None) -> Element | None:
        """The first element with all these classes (and this name)."""
        return next(self.every(*classes, name=name), None)

    def every(self, *classes: str, name: str | None = None) -> Iterator[Element]:
        """All elements with all these classes (and this name)."""
        for element in self.elements:
            if element.classes.issuperset(classes) and name in (None, element.name):
                yield element

    def within(self, outer: Element, name: str) -> list[Element]:
        """The elements of this name in another one."""
        return [
            one
            for one in self.elements
            if one.name == name and outer.begin <= one.start < outer.end
        ]

    def source(self, element: Element) -> str:
        """The markup in an element, as far as it is in this record."""
        return self.html[element.begin : min(element.end, self.end, element.begin + _LONGEST)]

    def text(self, element: Element | None) -> str | None:
        """The visible text of an element on one line; None for none."""
        return shapes.text(text_of(self.source(element))) if element is not None else None

    def address(self, element: Element) -> str:
        """Where a link leads, as written."""
        return element.attributes.get("href", "")


def parts(html: str, elements: Sequence[Element], begins: Callable[[Element], bool]) -> list[Part]:
    """The records of a page, each from an element that begins one to the next such."""
    starts = [element.start for element in elements if begins(element)]
    places = [element.start for element in elements]
    found: list[Part] = []
    line, counted = 1, 0
    for number, start in enumerate(starts):
        end = starts[number + 1] if number + 1 < len(starts) else len(html)
        line += html.count("\n", counted, start)
        counted = start
        inside = elements[bisect_left(places, start) : bisect_left(places, end)]
        found.append(Part(html, inside, start, end, line))
    return found


def account(page: HtmlPage, records: Sequence[Part], ledger: Ledger) -> None:
    """Note each line of the page as part of a record, or as the site's own."""
    spans = [
        (part.line, part.line + part.html.count("\n", part.start, part.end)) for part in records
    ]
    at = 0
    for line in page.lines:
        while at < len(spans) - 1 and spans[at][1] < line.number:
            at += 1
        inside = bool(spans) and spans[at][0] <= line.number <= spans[at][1]
        if line.text:
            ledger.site_line(line.number, inside)


def arxiv_in(addresses: Sequence[str]) -> ArxivId | None:
    """The first arXiv paper among addresses, which may be relative to arXiv's site."""
    for address in addresses:
        full = f"https://arxiv.org{address}" if address.startswith("/") else address
        if (found := parse_arxiv(full)) is not None:
            return found
    return None


def said_links(
    abstract: str | None, comment: str | None
) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The addresses that abstract and comment print: those of code, and all others."""
    code, rest = links_of(abstract)
    seen = {link.url for link in (*code, *rest)}
    more = [
        Link(found.url, "comment", found.kind)
        for found in find_urls(comment or "")
        if found.url not in seen and parse_arxiv(found.url) is None
    ]
    in_comment = tuple(link for link in more if link.kind in CODE_KINDS)
    others = tuple(link for link in more if link.kind not in CODE_KINDS)
    return (*code, *in_comment), (*rest, *others)


def page_link(url: str) -> Link:
    """A link of the page to a paper."""
    return Link(url, "page", kind_of(url))
