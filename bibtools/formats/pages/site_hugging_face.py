"""Hugging Face's lists of papers, saved: the page has the papers as data beside the cards.

`<div data-target="DailyPapers" data-props="{...}">` holds what the API answers
(`sites.huggingface`), so a saved page gives the same as its address: arXiv IDs, all authors, days
with their years, code links. Cards that were loaded later have no data and are read as text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bibtools.formats.pages import papers_list
from bibtools.formats.pages.fields import links_of
from bibtools.formats.pages.lines import Ledger, lines_of
from bibtools.formats.pages.page_links import add_page_links, arxiv_of, is_link_row
from bibtools.model import Entry, Source
from bibtools.sites import huggingface, shapes
from bibtools.sites.asking import Reply, UnreadableError
from bibtools.text.addresses import same_address_key
from bibtools.text.html import HtmlPage
from bibtools.text.html_tokens import Kind, attributes, tokens

HOME = "https://huggingface.co/papers"
_LISTS = ("searchResults", "dailyPapers", "papers", "trendingPapers")


def read_papers(html: str, page: HtmlPage, ledger: Ledger) -> list[Entry]:
    """The papers of the page, in the order in which it shows them."""
    facts: dict[str, Entry] = {}
    searched = False
    for number, props in _data(html):
        searched = searched or "searchResults" in props
        for entry in _entries(props, Source(ledger.file, number)):
            assert entry.arxiv is not None  # `huggingface` gives none without
            facts.setdefault(entry.arxiv.value, entry)
    if not facts:
        return []
    page = replace(page, address=page.address or HOME)
    found: dict[str, Entry] = {}
    for value, number in _shown(page).items():
        if value in facts:
            found[value] = replace(facts[value], sources=(Source(ledger.file, number),))
    if not searched or not found:
        # The data of a search has the papers of the day in it, too.
        found = {**found, **{key: one for key, one in facts.items() if key not in found}}
    for line in page.lines:
        if line.text:
            ledger.site_line(line.number, is_record=True)
    return [*found.values(), *_without_data(page, facts, ledger.file)]


def _data(html: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The data of the page's parts that list papers, each with its line."""
    line, counted = 1, 0
    for token in tokens(html):
        if token.kind is not Kind.OPEN or "data-props" not in token.raw:
            continue
        if not any(name in token.raw for name in _LISTS):
            continue
        line += html.count("\n", counted, token.start)
        counted = token.start
        try:
            props = json.loads(attributes(token.raw, ["data-props"]).get("data-props", ""))
        except (ValueError, RecursionError):
            continue
        if isinstance(props, dict):
            yield line, props


def _entries(props: Mapping[str, Any], source: Source) -> Iterator[Entry]:
    rows = [
        row
        for name in _LISTS
        if isinstance(props.get(name), list)
        for row in shapes.rows(props[name])
    ]
    comments = {
        str(shapes.member(row, "paper", "id")): shapes.whole(row.get("numComments")) for row in rows
    }
    try:
        records = huggingface.parse_list(Reply(200, json.dumps(rows).encode()))
    except UnreadableError:
        return
    for record in records:
        entry = record.entry
        code, links = links_of(entry.abstract)
        known = {same_address_key(link.url) for link in (*entry.code, *entry.links)}
        yield replace(
            entry,
            code=(*entry.code, *(one for one in code if same_address_key(one.url) not in known)),
            links=(*entry.links, *(one for one in links if same_address_key(one.url) not in known)),
            author_count=len(entry.authors) or None,
            comment_count=comments.get(record.identifier) or None,
            sources=(source,),
        )


def _shown(page: HtmlPage) -> dict[str, int]:
    """The papers that the page links, each with the first line that does."""
    shown: dict[str, int] = {}
    for line in page.lines:
        for anchor in line.anchors:
            address = anchor.address
            if address.startswith("/papers/"):
                address = f"https://huggingface.co{address}"
            if "/papers/" in address and (number := arxiv_of(address)) is not None:
                shown.setdefault(number.value, line.number)
    return shown


def _without_data(page: HtmlPage, facts: Mapping[str, Entry], file: str) -> list[Entry]:
    """Papers on cards that were loaded after the page."""
    if set(_shown(page)) <= set(facts):
        return []
    aside = Ledger(file)
    lines = [
        line
        for line in lines_of(page)
        if not page.lines[line.place].in_menu and not is_link_row(page.lines[line.place])
    ]
    read = add_page_links(papers_list.read(lines, aside), page, aside)
    return [
        entry
        for entry in read
        if entry.arxiv is not None and entry.arxiv.value not in facts and entry.title
    ]
