"""What the readers of all kinds of pages share: links of an abstract, years that were left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bibtools.formats.pages.lines import Ledger, Line, show
from bibtools.model import Doubt, Link, PartialDate
from bibtools.text.printed_dates import PrintedDate
from bibtools.text.urls import CODE_KINDS, find_urls

_SENTENCES = re.compile(r"[a-z\d)][.!?] [A-Z]")


def links_of(abstract: str | None) -> tuple[tuple[Link, ...], tuple[Link, ...]]:
    """The addresses in an abstract: those of code, and all others."""
    found = find_urls(abstract or "")
    code = tuple(Link(url.url, "abstract", url.kind) for url in found if url.kind in CODE_KINDS)
    rest = tuple(Link(url.url, "abstract", url.kind) for url in found if url.kind not in CODE_KINDS)
    return code, rest


def is_prose(text: str) -> bool:
    """True for a line that can only be running text: long, with several sentences."""
    return len(text) > 300 and (len(text) > 700 or len(_SENTENCES.findall(text)) >= 2)


def current_year(dates: Iterable[PrintedDate]) -> int | None:
    """The year that a page leaves out because it is the current one, or None.

    A site that drops the year drops it for the current year alone. So the current year is not
    among those printed, and on a page with any history it is the one after the latest of them.
    (Today's year would be wrong for every page saved in an earlier one.)
    """
    years = [date.year for date in dates if date.year is not None]
    return max(years) + 1 if years else None


def settle_date(
    date: PrintedDate, left_out: int | None, line: Line, ledger: Ledger
) -> tuple[PartialDate | None, bool, tuple[Doubt, ...]]:
    """The date of a record, whether its year is inferred, and what is doubtful about it."""
    if date.year is not None:
        whole = date.in_year(date.year)
        if whole is not None:
            return whole, False, ()
        ledger.tell(
            f"{show(line.text)} holds a day that no calendar has; only year and month were kept.",
            line,
            "page.bad-date",
        )
        return _year_and_month(date.year, date.month), False, ()
    if left_out is None:
        ledger.tell(
            f"{show(line.text)} has no year, and no date on the page prints one to infer it from.",
            line,
            "page.no-year",
        )
        reason = f"the page prints a day without a year: {line.text}"
        return None, False, (Doubt("date", reason),)
    whole = date.in_year(left_out)
    if whole is not None:
        return whole, True, ()
    ledger.tell(
        f"{show(line.text)} has no year and is no day of {left_out}, the year inferred.",
        line,
        "page.bad-date",
    )
    return None, False, (Doubt("date", f"no day of {left_out}, the year inferred: {line.text}"),)


def _year_and_month(year: int, month: int) -> PartialDate | None:
    try:
        return PartialDate(year, month)
    except ValueError:
        return None


def looks_cut_off(text: str) -> bool:
    """True when the last line of a page seems to stop in the middle of a sentence."""
    if re.search(r"[.!?:;)\]}\"'\u2019\u201d$*]$", text):
        return False
    return "/" not in text.rpartition(" ")[2]
