"""The ACL Anthology's pages, saved: volumes, events, people.

Shapes: https://github.com/acl-org/acl-anthology, `hugo/layouts/papers/list-entry.html`. The year
of a paper is part of its ID (https://aclanthology.org/info/ids/).
"""

from __future__ import annotations

import re
from bisect import bisect_left

from bibtools.formats.pages.fields import links_of
from bibtools.formats.pages.lines import Ledger
from bibtools.formats.pages.site_parts import Part, account, page_link, parts
from bibtools.model import Entry, PartialDate, Source
from bibtools.sites import acl, shapes
from bibtools.text.html import HtmlPage
from bibtools.text.html_elements import Element, find_elements

_ID = re.compile(
    r"(?:https?://(?:www\.)?(?:aclanthology\.org|aclweb\.org/anthology))?/(?:anthology/)?"
    r"(?P<id>\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[A-Z]\d{2}-\d{4})/?",
    re.ASCII,
)
_VOLUME = re.compile(r"/volumes/[\w.-]+/?\Z")
_FRONT_MATTER = re.compile(r"\.0\Z|-\d000\Z")
type_paper = "paper-conference"


def read_list(html: str, page: HtmlPage, ledger: Ledger) -> list[Entry]:
    """The papers of the page; the front matter of a volume is none."""
    elements = find_elements(
        html,
        lambda name, classes: name in ("a", "strong", "h2", "h4") or _is_part(name, classes),
        frozenset({"p", "div", "a", "strong", "span", "h2", "h4"}),
    )
    records = parts(html, elements, _begins)
    account(page, records, ledger)
    headings = _headings(Part(html, elements, 0, len(html), 1))
    entries = []
    for part in records:
        place = bisect_left(headings, part.start, key=lambda heading: heading[0])
        entry = _entry(part, ledger.file, headings[place - 1][1] if place else None)
        if entry is not None:
            entries.append(entry)
    return entries


def _headings(whole: Part) -> list[tuple[int, str | None]]:
    """Where the papers of a volume begin, and what it is called."""
    found = []
    links = list(whole.every(name="a"))
    at = 0
    for heading in (one for one in whole.elements if one.name in ("h2", "h4")):
        while at < len(links) and links[at].start < heading.begin:
            at += 1
        inside = []
        while at < len(links) and links[at].start < heading.end:
            inside.append(links[at])
            at += 1
        is_volume = heading.attributes.get("id") == "title" and bool(inside)
        volumes = [link for link in inside if is_volume or _VOLUME.search(whole.address(link))]
        if volumes:
            found.append((heading.start, whole.text(volumes[-1])))
    return found


def _is_part(name: str, classes: frozenset[str]) -> bool:
    return (
        "align-items-stretch" in classes
        or "abstract-collapse" in classes
        or (name == "span" and "d-block" in classes)
    )


def _begins(element: Element) -> bool:
    return element.name in ("p", "div") and {"d-sm-flex", "align-items-stretch"} <= element.classes


def _entry(part: Part, file: str, venue: str | None) -> Entry | None:
    strong = part.first(name="strong")
    links = part.within(strong, "a") if strong is not None else []
    match = _ID.fullmatch(part.address(links[0])) if links else None
    title = part.text(links[0]) if links else None
    if match is None or title is None:
        return None
    identifier = acl.spelled(match["id"])
    if _FRONT_MATTER.search(identifier):
        return None
    people = [
        shapes.printed_name(part.text(link))
        for link in part.every(name="a")
        if "/people/" in part.address(link)
    ]
    volume = next(
        (link for link in part.every(name="a") if _VOLUME.search(part.address(link))), None
    )
    abstract = part.text(part.first("abstract-collapse", name="div"))
    code, rest = links_of(abstract)
    inside = next((one for one in part.elements if _begins(one)), None)
    if volume is not None and inside is not None and volume.start < inside.end:
        venue = part.text(volume)
    return Entry(
        type=type_paper,
        title=title,
        authors=tuple(name for name in people if name is not None),
        abstract=abstract,
        date=_year(identifier),
        venue=venue,
        code=code,
        links=(page_link(f"{acl.BASE}/{identifier}"), *rest),
        sources=(Source(file, part.line),),
    )


def _year(identifier: str) -> PartialDate | None:
    if identifier[:4].isdigit():
        return shapes.date(identifier[:4])
    short = int(identifier[1:3])
    return shapes.date(1900 + short if short >= 60 else 2000 + short)
