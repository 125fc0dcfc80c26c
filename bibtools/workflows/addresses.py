"""Addresses beside files: what services answer to them, as if it were a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Protocol

from bibtools.errors import InputError, SourceError
from bibtools.model import Entry, Notice, PartialDate, Source
from bibtools.model.progress import Progress
from bibtools.sites.addresses import MOST, Listing, is_address, listing_of
from bibtools.sites.asking import Answer, CouldNotAsk, Found, NotFound, Question, Service
from bibtools.sites.records import Record
from bibtools.sites.services import service
from bibtools.workflows.reading import Reading, read_files

KIND = "address"
"""`Reading.kind` of what services answered."""


class Asks(Protocol):
    """What of `adapters.web.Web` an address needs."""

    def ask(
        self,
        service: Service,
        kind: str,
        subjects: Sequence[Question],
        progress: Progress | None = None,
    ) -> dict[Question, Answer]:
        """An answer for each question."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What files and addresses gave."""

    readings: tuple[Reading, ...]
    """In the order in which they were named."""
    unasked: tuple[str, ...] = ()
    """Sentences: what could not be asked. The other readings are good all the same."""
    requests: tuple[str, ...] = ()
    """Lines for the summary: what was asked; none without an address."""


def gather(
    names: Sequence[str],
    kind: str | None = None,
    progress: Progress | None = None,
    *,
    offline: bool = False,
) -> Gathered:
    """Read every file and ask for every address.

    `kind` is that of the files. Raises `UsageError` for an address that no service answers,
    before anything is read; `InputError` for a file that cannot be read and for an address that
    leads to nothing; `SourceError` when there is nothing because nobody could be asked.
    """
    listings = {name: listing_of(name) for name in names if is_address(name)}
    if not listings:
        return Gathered(tuple(read_files(names, kind, progress)))
    # Not at the top: files alone need nothing of the network.
    from bibtools.workflows.asking import request_lines, the_web

    # Before the services are asked, because a misspelt name is told at once.
    files = [name for name in names if name not in listings]
    read = iter(read_files(files, kind, progress))
    by_name: dict[str, Reading] = {}
    unasked: list[str] = []
    with the_web(offline=offline) as web:
        for name, listing in listings.items():
            by_name[name], why = ask_listing(name, listing, web, progress)
            if why is not None:
                unasked.append(why)
        requests, notices = tuple(request_lines(web.counts)), web.notices
    readings = [by_name[name] if name in by_name else next(read) for name in names]
    if unasked and not any(reading.entries for reading in readings):
        raise SourceError(" ".join(unasked), "Nothing was written. Try again later.")
    if notices:
        readings[0] = replace(readings[0], notices=(*notices, *readings[0].notices))
    return Gathered(tuple(readings), tuple(unasked), requests)


def ask_listing(
    address: str, listing: Listing, web: Asks, progress: Progress | None = None
) -> tuple[Reading, str | None]:
    """What a service answers to an address, and a sentence when part of it could not be asked.

    Raises `InputError` when the service knows nothing of what must be there (an author, a
    volume, a paper).
    """
    found = service(listing.service)
    asked = _asked(found, listing, web, progress)
    records, title = asked.records, found.title
    unasked: str | None = None
    if asked.reason is not None:
        what = f"{title} could not be asked for {listing.what}"
        unasked = f'"{address}": {what}: {asked.reason}.'
    elif not records and not listing.is_list:
        raise InputError(
            f'"{address}": {title} does not know {listing.what}.', "Check the address."
        )
    kept = _within_days(listing, _once_each(records))
    if listing.kind == "volume":
        # Its .bib begins with the volume itself, which is none of its papers.
        kept = [one for one in kept if one.entry.type != "book"] or kept
    notices = _notices(address, listing, title, asked, unasked)
    entries = tuple(_entry(record, address, place) for place, record in enumerate(kept, start=1))
    return Reading(address, KIND, entries, tuple(notices)), unasked


@dataclass(frozen=True, slots=True)
class _Asked:
    """What came of all pages of a listing."""

    records: Sequence[Record]
    reason: str | None = None
    """Why a page could not be had, a clause."""
    cut: bool = False
    """Whether there may be more than the most that is asked for."""


def _asked(found: Service, listing: Listing, web: Asks, progress: Progress | None) -> _Asked:
    records: list[Record] = []
    number = 0
    while (subject := listing.subject_of(number)) is not None:
        if progress is not None and number:
            progress(f"asking {found.title}", len(records), 0)
        question = Question(listing.service, listing.kind, subject)
        answer = web.ask(found, listing.kind, [question])[question]
        match answer:
            case Found(page):
                records += page
                if _is_last(listing, page, records):
                    return _Asked(records)
            case NotFound():
                return _Asked(records)
            case CouldNotAsk(reason):
                return _Asked(records, reason)
        number += 1
    return _Asked(records, cut=listing.size > 0)


def _is_last(listing: Listing, page: Sequence[Record], records: Sequence[Record]) -> bool:
    if not listing.size:
        return True
    # A page that is not full is the last; a few records of a full one may be unreadable.
    if len(page) * 2 < listing.size:
        return True
    return listing.days is not None and any(
        _is_older(record.entry, listing.days, records) for record in page
    )


def _once_each(records: Sequence[Record]) -> list[Record]:
    """Without what came twice because a list moved on between two of its pages."""
    kept: dict[object, Record] = {}
    for place, record in enumerate(records):
        kept.setdefault(record.identifier or place, record)
    return list(kept.values())


def _within_days(listing: Listing, records: Sequence[Record]) -> list[Record]:
    if listing.days is None:
        return list(records)
    days = listing.days
    return [record for record in records if not _is_older(record.entry, days, records)]


def _is_older(entry: Entry, days: int, records: Sequence[Record]) -> bool:
    newest = max((day for one in records if (day := _day(one.entry.date))), default=None)
    own = _day(entry.date)
    return own is not None and newest is not None and newest - own > timedelta(days=days)


def _day(value: PartialDate | None) -> date | None:
    if value is None or value.month is None or value.day is None:
        return None
    try:
        return date(value.year, value.month, value.day)
    except ValueError:
        return None


def _notices(
    address: str,
    listing: Listing,
    title: str,
    asked: _Asked,
    unasked: str | None,
) -> list[Notice]:
    notices = [Notice(note, rule="address.asked-as") for note in listing.notes if asked.records]
    if asked.cut and listing.most == MOST:
        message = f"{title} may have more of {listing.what} than the {len(asked.records):,} here."
        notices.append(Notice(message, address, rule="address.more"))
    if unasked is not None:
        notices.append(Notice(unasked, rule="address.could-not-ask"))
    elif not asked.records:
        message = f"{title} has no papers here: {listing.what}."
        notices.append(Notice(message, address, rule="address.empty"))
    return notices


def _entry(record: Record, address: str, place: int) -> Entry:
    entry = replace(record.entry, sources=(Source(address, place),))
    if record.retracted:
        said = record.retracted[:1].upper() + record.retracted[1:]
        entry = replace(entry, remarks=(*entry.remarks, f"{said}."))
    return entry
