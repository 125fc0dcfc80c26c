"""The kinds of pages, in one table, and how a page is read whatever its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from bibtools.errors import InputError, UsageError
from bibtools.formats.pages import author_page, bare_abstracts, papers_list
from bibtools.formats.pages.lines import Ledger, Line, Use, decode, show, split_lines
from bibtools.model import Entry, Notice

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
    """Read a saved page (text or HTML) that lists papers.

    `file` is the name for messages; `kind` skips the detection. Raises `InputError` for a page
    that is of no kind or holds no record, `UsageError` for an unknown kind.
    """
    if kind is not None and kind not in KINDS:
        raise UsageError(f'There is no kind of page "{kind}".', f"Kinds: {', '.join(KINDS)}.")
    text, notices = decode(data, file)
    lines = split_lines(text)
    if not lines:
        raise InputError(f'"{file}" holds no text.', "Save the page again, as text or as HTML.")
    found = kind or detect([line.text for line in lines])
    if found is None:
        expected = "; ".join(f"{row.name} ({row.summary})" for row in KINDS.values())
        raise InputError(
            f'"{file}" is none of the kinds of pages we read. Expected one of: {expected}. '
            f"It starts with {show(lines[0].text)}.",
            f"Name the kind if you know it: --from {'|'.join(KINDS)}.",
        )
    ledger = Ledger(file)
    entries = KINDS[found].read(lines, ledger)
    if not entries:
        raise InputError(
            f'"{file}" was read as {found} ({KINDS[found].summary}), but holds no record. '
            f"It starts with {show(lines[0].text)}.",
            f"Name another kind: --from {'|'.join(KINDS)}.",
        )
    return PageReading(
        kind=found,
        entries=tuple(entries),
        notices=tuple(sorted([*notices, *ledger.notices], key=lambda notice: notice.line or 0)),
        header=tuple(ledger.header),
        uses=MappingProxyType(dict(sorted(ledger.uses.items()))),
    )
