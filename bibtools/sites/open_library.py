"""Open Library: books by ISBN.

Contract: https://openlibrary.org/dev/docs/api/books (`jscmd=data`). What it does not know is left
out of the answer; a date is as it is printed in the book ("March 2009", "1991", "Jul 31, 2009").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from bibtools.model import Entry, Name, PartialDate
from bibtools.sites import shapes
from bibtools.sites.asking import (
    Answer,
    Batch,
    Found,
    NotFound,
    Pace,
    Question,
    Reply,
    Request,
    Service,
    UnreadableError,
)
from bibtools.sites.records import Record
from bibtools.text.printed_dates import MONTHS

BASE = "https://openlibrary.org/api/books"
_PREFIX = "ISBN:"
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_DATED = re.compile(r"\s*([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?\d{4}\s*")
_EDITION = re.compile(r"\s*\((?:\d+(?:st|nd|rd|th) ed(?:ition|\.)?)\)\s*\Z", re.IGNORECASE)


def request_isbns(questions: Sequence[Question]) -> Request:
    """One request for several books by ISBN, 13 digits each."""
    keys = ",".join(f"{_PREFIX}{one.subject}" for one in questions)
    query = urlencode({"bibkeys": keys, "format": "json", "jscmd": "data"}, safe=":,")
    return Request("open-library", f"{BASE}?{query}")


def parse_isbns(reply: Reply, questions: Sequence[Question]) -> Mapping[Question, Answer]:
    """The book of each ISBN. Raises `UnreadableError`."""
    row = shapes.read_row(reply)
    if any(not name.startswith(_PREFIX) for name in row):
        raise UnreadableError("the answer is none of Open Library's")
    answers: dict[Question, Answer] = {}
    for question in questions:
        book = row.get(f"{_PREFIX}{question.subject}")
        record = _record(book, question.subject) if isinstance(book, dict) else None
        answers[question] = Found((record,)) if record is not None else NotFound()
    return answers


def _record(book: Mapping[str, Any], isbn: str) -> Record | None:
    title = shapes.text(book.get("title"))
    if title is None:
        return None
    title = _EDITION.sub("", title) or title
    subtitle = shapes.text(book.get("subtitle"))
    if subtitle is not None and subtitle.lower() not in title.lower():
        title = f"{title}: {subtitle}"
    key = shapes.text(book.get("key")) or ""
    entry = Entry(
        type="book",
        title=title,
        authors=_names(book.get("authors")),
        date=_date(shapes.text(book.get("publish_date"))),
        other_ids={"isbn": isbn},
        fields=shapes.filled(
            publisher=_first(book.get("publishers")),
            publisher_place=_first(book.get("publish_places")),
            number_of_pages=shapes.text(book.get("number_of_pages")),
        ),
    )
    return Record(entry, identifier=key.rpartition("/")[2])


def _names(value: object) -> tuple[Name, ...]:
    found = (shapes.printed_name(one.get("name")) for one in shapes.rows(value or []))
    return tuple(dict.fromkeys(name for name in found if name is not None))


def _first(value: object) -> str | None:
    return shapes.first(
        [name for one in shapes.rows(value or []) if (name := shapes.text(one.get("name")))]
    )


def _date(printed: str | None) -> PartialDate | None:
    years = _YEAR.findall(printed or "")
    if len(years) != 1:
        return None
    match = _DATED.fullmatch(printed or "")
    month = match[1][:3].capitalize() if match else ""
    if match is None or month not in MONTHS:
        return shapes.iso_date(printed) or shapes.date(years[0])
    return shapes.date(years[0], MONTHS.index(month) + 1, match[2])


SERVICE = Service(
    name="open-library",
    title="Open Library",
    host="openlibrary.org",
    base=BASE,
    # One request a second, three for who says who asks: https://openlibrary.org/developers/api
    pace=Pace(1.0),
    kinds={"isbn": Batch(50, request_isbns, parse_isbns, keep_days=90, keep_missing_days=14)},
    answers="books by ISBN, many in one request",
    terms="facts, free to reuse (https://openlibrary.org/developers/licensing)",
)
