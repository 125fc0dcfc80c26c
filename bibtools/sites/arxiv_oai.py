"""arXiv's OAI-PMH interface: all that changed since a day, page after page.

Contract: https://info.arxiv.org/help/oa/index.html and
https://www.openarchives.org/OAI/openarchivesprotocol.html. The format `arXiv` is asked for,
because it has the authors' names in parts. A page names the next one by a token, which is good
for a day; an error is told with status 200.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from bibtools.model import ArxivId, parse_arxiv
from bibtools.sites import shapes, xml
from bibtools.sites.asking import Pace, Reply, Request, Service, UnreadableError

BASE = "https://oaipmh.arxiv.org/oai"
_ACCEPT = ("text/xml", "application/xml")
_LARGEST_PAGE = 50_000_000
_IDENTIFIER = "oai:arxiv.org:"


class ExpiredTokenError(UnreadableError):
    """The token of a page is no longer good: the harvest must begin again at its first day."""


@dataclass(frozen=True, slots=True)
class HarvestPage:
    """One page of what changed."""

    rows: tuple[Mapping[str, Any], ...]
    """Records in the shape of arXiv's metadata snapshot (see `formats.arxiv_snapshot`), with
    `authors_parsed`; every row has `id` and `title`."""
    deleted: tuple[ArxivId, ...] = ()
    token: str | None = None
    """Names the next page; None on the last."""
    answered: str | None = None
    """When arXiv answered, in its own time (`2026-11-20T10:00:00Z`): the next harvest begins
    on that day."""
    total: int | None = None
    """How many records the whole harvest has, where arXiv says so."""
    unread: int = 0
    """Records without a usable ID or title."""
    changed: tuple[str, str] | None = None
    """The first and the last day (ISO) on which a record of this page changed. arXiv sends
    the records in order of that day (but those of one page by ID), which the protocol does not
    promise."""


def request_harvest(
    from_date: str | None = None, set_name: str | None = None, token: str | None = None
) -> Request:
    """The request for one page.

    The first one by day of the last change (`2026-11-20`) and set (`cs`, `physics:hep-th`,
    `cs:cs:CL`), both optional; every further one by the token of the page before, alone.
    """
    if token is not None:
        query = {"verb": "ListRecords", "resumptionToken": token}
    else:
        query = {"verb": "ListRecords", "metadataPrefix": "arXiv"}
        if from_date is not None:
            query["from"] = from_date
        if set_name is not None:
            query["set"] = set_name
    url = f"{BASE}?{urlencode(query)}"
    return Request("arxiv-oai", url, accept=_ACCEPT, largest=_LARGEST_PAGE)


def parse_harvest(reply: Reply) -> HarvestPage:
    """What a page says. Raises `UnreadableError`, for a token that is too old `ExpiredTokenError`.

    "Nothing matches" is a page without rows.
    """
    root = xml.read(reply, "OAI-PMH")
    answered = shapes.text(root.findtext("responseDate"))
    error = root.find("error")
    if error is not None:
        code, said = shapes.text(error.get("code")) or "unknown", xml.content(error) or ""
        if code == "noRecordsMatch":
            return HarvestPage((), answered=answered)
        if code == "badResumptionToken":
            raise ExpiredTokenError("arXiv no longer knows the place where the harvest stopped")
        raise UnreadableError(f'arXiv reports the error {code[:40]} ("{said[:120]}")')
    listing = next((one for tag in ("ListRecords", "GetRecord") for one in root.findall(tag)), None)
    if listing is None:
        raise UnreadableError("the answer has no list of records")
    rows: list[Mapping[str, Any]] = []
    deleted: list[ArxivId] = []
    unread = 0
    days: set[str] = set()
    for record in listing.findall("record"):
        header = record.find("header")
        stamp = shapes.iso_date(header.findtext("datestamp")) if header is not None else None
        if stamp is not None and stamp.day is not None:
            days.add(stamp.iso())
        row = _row(record.find("metadata/arXiv"))
        if row is not None:
            rows.append(row)
        elif header is not None and header.get("status") == "deleted" and (gone := _own(header)):
            deleted.append(gone)
        else:
            unread += 1
    token = listing.find("resumptionToken")
    return HarvestPage(
        tuple(rows),
        tuple(deleted),
        # A token is handed back letter for letter, so it is only trimmed.
        ((token.text or "").strip() or None) if token is not None else None,
        answered,
        shapes.whole(token.get("completeListSize")) if token is not None else None,
        unread,
        (min(days), max(days)) if days else None,
    )


def _own(header: xml.Element) -> ArxivId | None:
    number = (shapes.text(header.findtext("identifier")) or "").lower()
    return parse_arxiv(number.removeprefix(_IDENTIFIER))


# Name in the answer -> name in the snapshot.
_SAME = {
    "comments": "comments",
    "journal-ref": "journal-ref",
    "doi": "doi",
    "report-no": "report-no",
    "license": "license",
    "abstract": "abstract",
    "updated": "update_date",
}


def _row(record: xml.Element | None) -> dict[str, Any] | None:
    if record is None:
        return None
    number = shapes.arxiv(record.findtext("id"))
    title = shapes.text(record.findtext("title"))
    if number is None or title is None:
        return None
    created = shapes.iso_date(record.findtext("created"))
    row: dict[str, Any] = {
        "id": number.value,
        "title": title,
        "authors_parsed": [_author(one) for one in record.findall("authors/author")],
        "categories": shapes.text(record.findtext("categories")) or "",
        "versions": [{"version": "v1", "created": created.iso()}] if created is not None else [],
    }
    for ours, theirs in _SAME.items():
        row[theirs] = shapes.text(record.findtext(ours))
    return row


def _author(author: xml.Element) -> list[str]:
    parts = (shapes.text(author.findtext(tag)) or "" for tag in ("keyname", "forenames", "suffix"))
    places = (shapes.text(place.text) or "" for place in author.findall("affiliation"))
    return [*parts, *(place for place in places if place)]


SERVICE = Service(
    name="arxiv-oai",
    title="arXiv (OAI-PMH)",
    host="oaipmh.arxiv.org",
    base=BASE,
    # The three seconds of the query API count for this one too: https://info.arxiv.org/help/api/tou.html
    pace=Pace(3.0),
    kinds={},
    answers="everything new or changed on arXiv since a day, for the index",
    terms="metadata CC0; one request in three seconds together with the query API "
    "(https://info.arxiv.org/help/oa/index.html)",
    hosts=("oaipmh.arxiv.org", "export.arxiv.org"),
)
