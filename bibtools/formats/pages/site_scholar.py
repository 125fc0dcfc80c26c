"""Google Scholar's page of a person, saved: a table of titles, authors, venues and years.

Authors come with initials and lists of them are cut off; what the page cuts, it says with "...".
"""

from __future__ import annotations

import re
from itertools import islice

from bibtools.formats.pages.lines import Ledger
from bibtools.formats.pages.site_parts import Part, account, parts
from bibtools.model import ArxivId, Entry, Source, parse_arxiv, type_document, type_preprint
from bibtools.sites import shapes
from bibtools.text.html import HtmlPage
from bibtools.text.html_elements import find_elements
from bibtools.text.names import split_names

_CLASSES = frozenset("gsc_a_tr gsc_a_at gs_gray gsc_a_h gsc_a_hc gsc_a_y".split())
_CUT = re.compile(r"[\s,]*(?:\.\.\.|\u2026)\s*\Z")
_ARXIV = re.compile(r"arXiv:\s?(\S+?)(?:,|\s|\Z)")
_YEAR = re.compile(r",?\s*(\d{4})\s*\Z")
_NUMBERS = re.compile(r"\s+(?P<volume>\d+)(?:\s*\((?P<issue>[\w-]+)\))?(?:,\s*(?P<page>[\d-]+))?\Z")


def read_profile(html: str, page: HtmlPage, ledger: Ledger) -> list[Entry]:
    """The works of the table."""
    elements = find_elements(
        html,
        lambda _, classes: not classes.isdisjoint(_CLASSES),
        frozenset({"tr", "td", "a", "div", "span"}),
    )
    records = parts(html, elements, lambda one: "gsc_a_tr" in one.classes)
    account(page, records, ledger)
    return [entry for part in records if (entry := _entry(part, ledger.file)) is not None]


def _entry(part: Part, file: str) -> Entry | None:
    title = part.text(part.first("gsc_a_at"))
    if title is None:
        return None
    gray = [part.text(one) or "" for one in islice(part.every("gs_gray"), 2)]
    people = gray[0] if gray else ""
    venue = gray[1] if len(gray) > 1 else ""
    year = part.text(part.first("gsc_a_h", name="span")) or part.text(part.first("gsc_a_hc"))
    last = _YEAR.search(venue)
    if last is not None:
        year, venue = year or last[1], venue[: last.start()]
    numbered = _ARXIV.search(venue)
    number = parse_arxiv(numbered[1]) if numbered else None
    cut = _CUT.search(venue) is not None
    fields: dict[str, str] = {}
    if number is not None:
        venue = ""
    elif not cut and (match := _NUMBERS.search(venue)) is not None:
        venue = venue[: match.start()]
        fields = shapes.filled(
            volume=match["volume"], issue=match["issue"], page=shapes.pages(match["page"])
        )
    return Entry(
        type=type_preprint if number is not None else type_document,
        title=title,
        authors=tuple(
            name
            for one in split_names(_CUT.sub("", people))
            if (name := shapes.printed_name(one)) is not None
        ),
        authors_truncated=_CUT.search(people) is not None,
        date=shapes.date(year),
        arxiv=ArxivId(number.value) if number is not None else None,
        venue=None if cut else venue.strip(" ,") or None,
        fields=fields,
        sources=(Source(file, part.line),),
    )
