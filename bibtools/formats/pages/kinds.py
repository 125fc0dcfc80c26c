"""The kinds of pages, in one table, and how a page is read whatever its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from bibtools.errors import InputError, UsageError
from bibtools.formats.pages import author_page, bare_abstracts, papers_list
from bibtools.formats.pages.lines import (
    Ledger,
    Line,
    Use,
    decode,
    lines_of,
    show,
    split_lines,
)
from bibtools.formats.pages.page_links import add_page_links, is_link_row, split_at_link
from bibtools.formats.pages.saved import unpack, without_viewer
from bibtools.formats.pages.site_pages import read_site_page
from bibtools.model import Entry, Notice
from bibtools.text.html import HtmlPage, is_html, read_html

AUTHOR_PAGE = "author-page"
BARE_ABSTRACTS = "bare-abstracts"
PAPERS_LIST = "papers-list"


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a page says."""

    kind: str
    entries: tuple[Entry, ...]
    """In the order of the page."""
    notices: tuple[Notice, ...]
    """What is odd or was not read, in the order of the lines."""
    header: tuple[str, ...]
    """The lines that belong to the page and not to a paper."""
    uses: Mapping[int, Use]
    """For each non-blank line, by its number: `header`, `record` or `notice`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of page that can be read."""

    name: str
    summary: str
    """How to recognise it, in a few words for the user."""
    signs: Callable[[Sequence[str]], bool]
    """True when the lines of a page (blank ones left out) are of this kind."""
    read: Callable[[Sequence[Line], Ledger], list[Entry]]


def _signs_of_author_page(lines: Sequence[str]) -> bool:
    return author_page.count_signs(lines) > 0


def _signs_of_bare_abstracts(lines: Sequence[str]) -> bool:
    found = bare_abstracts.count_signs(lines)
    return found > 0 and (bare_abstracts.count_signs(lines[:1]) > 0 or found * 2 >= len(lines))


def _signs_of_papers_list(lines: Sequence[str]) -> bool:
    return (
        papers_list.has_header(lines)
        or papers_list.count_signs(lines) > 0
        or papers_list.looks_like_list(lines)
    )


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            Kind(
                AUTHOR_PAGE,
                'lines such as "CLOct 10, 2023Code", each followed by title and authors, '
                "and an abstract",
                _signs_of_author_page,
                author_page.read,
            ),
            Kind(
                PAPERS_LIST,
                '"Daily Papers" or "Get trending papers", then titles and abstracts',
                _signs_of_papers_list,
                papers_list.read,
            ),
            Kind(
                BARE_ABSTRACTS,
                'lines that start with "Abstract:"',
                _signs_of_bare_abstracts,
                bare_abstracts.read,
            ),
        )
    }
)
"""All kinds by name; a page is of the first whose signs it bears."""


def detect(lines: Sequence[str]) -> str | None:
    """The name of the kind of a page with these lines, or None."""
    texts = [line.strip() for line in lines if line.strip()]
    return next((kind.name for kind in KINDS.values() if kind.signs(texts)), None)


def read_page(data: bytes, file: str, kind: str | None = None) -> PageReading:
    """Read a saved page (text or HTML, also in a browser's container) that lists papers.

    `file` is the name for messages; `kind` skips the detection. Raises `InputError` for a page
    that is of no kind or holds no record, `UsageError` for an unknown kind.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f'There is no kind of page "{kind}".', f"Kinds: {', '.join(KINDS)}.")
    saved = unpack(data)
    text, notices = decode(saved.data, file, saved.charset)
    page: HtmlPage | None = None
    ledger = Ledger(file)
    if is_html(text):
        text = without_viewer(text)
        page = read_html(text)
        page = replace(page, address=saved.address or page.address)
        if kind is None and (found := read_site_page(text, page, ledger)) is not None:
            return _reading(found.kind, found.entries, notices, ledger)
    lines = lines_of(page) if page is not None else split_lines(text)
    if not lines:
        raise InputError(f'"{file}" holds no text.', "Save the page again, as text or as HTML.")
    aside = _aside(page) if page is not None else frozenset()
    body = [line for line in lines if line.place not in aside] or list(lines)
    name = kind or detect([line.text for line in body])
    if name is None:
        expected = "; ".join(f"{row.name} ({row.summary})" for row in KINDS.values())
        raise InputError(
            f'"{file}" is none of the kinds of pages we read. Expected one of: {expected}. '
            f"It starts with {show(lines[0].text)}.",
            f"Name the kind if you know it: --from {'|'.join(KINDS)}.",
        )
    if page is not None and name == AUTHOR_PAGE:
        body = [part for line in body for part in split_at_link(line, page)]
    entries = KINDS[name].read(body, ledger)
    if not entries:
        raise InputError(
            f'"{file}" was read as {name} ({KINDS[name].summary}), but holds no record. '
            f"It starts with {show(lines[0].text)}.",
            f"Name another kind: --from {'|'.join(KINDS)}.",
        )
    if page is not None:
        read = {line.place for line in body}
        rows = [line for line in lines if line.place not in read]
        entries = add_page_links(entries, page, ledger, rows)
    return _reading(name, entries, notices, ledger)


def _aside(page: HtmlPage) -> frozenset[int]:
    """The places of lines that are no text of a paper: menus, and rows of links."""
    return frozenset(
        place
        for place, line in enumerate(page.lines)
        if line.in_menu or (line.anchors and is_link_row(line))
    )


def _reading(
    kind: str, entries: Sequence[Entry], notices: Sequence[Notice], ledger: Ledger
) -> PageReading:
    return PageReading(
        kind=kind,
        entries=tuple(entries),
        notices=tuple(sorted([*notices, *ledger.notices], key=lambda notice: notice.line or 0)),
        header=tuple(ledger.header),
        uses=MappingProxyType(dict(sorted(ledger.uses.items()))),
    )
