"""Pages of known sites, saved as HTML: read by their elements, not by their text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

from bibtools.formats.pages.lines import Ledger
from bibtools.model import Entry
from bibtools.text.html import HtmlPage


@dataclass(frozen=True, slots=True)
class SiteReading:
    """What a page of a known site says."""

    kind: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class SitePage:
    """A page of a site that is read by its elements."""

    name: str
    sign: re.Pattern[str]
    """Found in the source of such pages, seldom in others."""
    module: str
    """Of this folder; imported when a page bears the sign."""
    reader: str
    """The function in it: source, layout and ledger to entries."""


def _page(name: str, sign: str, module: str, reader: str) -> SitePage:
    return SitePage(name, re.compile(sign, re.IGNORECASE), module, reader)


_CLASS = r"""\bclass\s{0,9}=\s{0,9}["']?"""
SITE_PAGES: tuple[SitePage, ...] = (
    _page("arxiv-listing", rf"{_CLASS}list-title\b[^>]{{0,99}}>\s{{0,999}}<span", "site_arxiv",
          "read_listing"),
    _page("arxiv-search", rf"{_CLASS}arxiv-result\b", "site_arxiv", "read_search"),
    _page("arxiv-paper", r"<blockquote\s[^>]{0,200}?\babstract\b", "site_arxiv", "read_paper"),
    _page("hugging-face", r"\bdata-props\s{0,9}=", "site_hugging_face", "read_papers"),
    _page("acl-anthology", rf"{_CLASS}d-sm-flex align-items-stretch\b", "site_acl", "read_list"),
    _page("google-scholar", rf"{_CLASS}gsc_a_tr\b", "site_scholar", "read_profile"),
)  # fmt: skip
"""All of them; a page is of the first that finds a paper on it."""


def read_site_page(html: str, page: HtmlPage, ledger: Ledger) -> SiteReading | None:
    """The papers of a page of a known site, or None for any other page."""
    for site in SITE_PAGES:
        if site.sign.search(html) is None:
            continue
        reader = getattr(import_module(f"bibtools.formats.pages.{site.module}"), site.reader)
        aside = Ledger(ledger.file)
        entries: Sequence[Entry] = reader(html, page, aside)
        if entries:
            ledger.uses.update(aside.uses)
            ledger.notices.extend(aside.notices)
            return SiteReading(site.name, tuple(entries))
    return None
