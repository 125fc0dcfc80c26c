"""arXiv's public metadata snapshot: one JSON object a line, one paper an object.

The keys are those of the data set that arXiv publishes (`id, title, authors, authors_parsed,
abstract, categories, comments, doi, journal-ref, versions, update_date`); every one but `id`
and `title` may be missing, null or empty. Dates come as RFC 822 ("Mon, 2 Apr 2007 19:18:42
GMT") or ISO.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bibtools.model import ArxivId, PartialDate, parse_arxiv
from bibtools.text.people import split_authors

_MONTHS = {
    name: number
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_RFC822 = re.compile(r"(?:[A-Za-z]{3},?\s+)?(\d{1,2})\s+([A-Za-z]{3})[a-z]*\s+(\d{4})")


class UnreadableRecordError(ValueError):
    """A line that is no record; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class ArxivRecord:
    """What the snapshot says of one paper."""

    arxiv: ArxivId
    title: str
    """On one line, TeX and all."""
    authors: tuple[str, ...] = ()
    """"Family, Given" or "Family, Suffix, Given" where the snapshot has them parsed, else in
    reading order."""
    abstract: str | None = None
    created: PartialDate | None = None
    """The day of the first version."""
    categories: tuple[str, ...] = ()
    """Primary class first."""
    doi: str | None = None
    """The DOI of the published paper, as its authors told arXiv: a claim, not a fact."""
    comments: str | None = None


def read_record(line: str | bytes) -> ArxivRecord:
    """The record of one line. Raises `UnreadableRecordError` when it is none."""
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UnreadableRecordError(f"it is not valid JSON ({_reason(error)})") from None
    except RecursionError:
        raise UnreadableRecordError("its JSON is nested too deeply") from None
    if not isinstance(row, dict):
        raise UnreadableRecordError("it is not a JSON object")
    return record_of(row)


def record_of(row: Mapping[str, Any]) -> ArxivRecord:
    """The record of one parsed object. Raises `UnreadableRecordError` when it is none."""
    number = row.get("id")
    if not isinstance(number, str):
        raise UnreadableRecordError('it has no "id"')
    arxiv = parse_arxiv(number)
    if arxiv is None:
        raise UnreadableRecordError(f'its id "{number[:40]}" is not an arXiv ID')
    title = _line(row.get("title"))
    if title is None:
        raise UnreadableRecordError("it has no title")
    return ArxivRecord(
        ArxivId(arxiv.value) if arxiv.version is not None else arxiv,
        title,
        _authors(row),
        _line(row.get("abstract")),
        _created(row),
        _categories(row.get("categories")),
        _line(row.get("doi")),
        _line(row.get("comments")),
    )


def _reason(error: ValueError) -> str:
    return str(getattr(error, "msg", "it is not UTF-8"))


def _line(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    # The snapshot breaks titles and abstracts into indented lines.
    text = " ".join(value.split())
    return text or None


def _categories(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    if isinstance(value, list):
        return tuple(part for item in value if isinstance(item, str) for part in item.split())
    return ()


def _authors(row: Mapping[str, Any]) -> tuple[str, ...]:
    parsed = row.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        names = [_parsed_name(parts) for parts in parsed]
        if all(names):
            return tuple(name for name in names if name)
    authors = row.get("authors")
    if isinstance(authors, list):
        return tuple(text for item in authors if (text := _line(item)) is not None)
    return split_authors(authors) if isinstance(authors, str) else ()


def _parsed_name(parts: Any) -> str | None:
    """`["Family", "Given", "Suffix", affiliation ...]` as "Family, Suffix, Given"."""
    match parts:
        case [str(family), str(given), "", *_] if family and given:
            # Nearly every name; a comma inside a part would shift those that follow it.
            if "," not in family and "," not in given and "  " not in family:
                return f"{family.strip()}, {given.strip()}"
    if not isinstance(parts, list) or not parts:
        return None
    words = [" ".join(part.split()) if isinstance(part, str) else "" for part in parts[:3]]
    family, given, suffix = (*words, "", "")[:3]
    # A comma inside a part would shift the parts that follow it.
    family, given, suffix = (part.replace(",", " ").strip() for part in (family, given, suffix))
    if not family:
        return given or None
    if not given:
        return f"{family} {suffix}".strip()
    return f"{family}, {suffix}, {given}" if suffix else f"{family}, {given}"


def _created(row: Mapping[str, Any]) -> PartialDate | None:
    versions = row.get("versions")
    if isinstance(versions, list) and versions:
        first = versions[0]
        if isinstance(first, dict):
            return read_date(first.get("created"))
    return None


def read_date(value: Any) -> PartialDate | None:
    """The day of an ISO or RFC 822 time stamp, or None."""
    if not isinstance(value, str):
        return None
    match = _ISO.match(value.strip())
    if match:
        year, month, day = (int(part) for part in match.groups())
    else:
        match = _RFC822.match(value.strip())
        if match is None or (found := _MONTHS.get(match[2].lower())) is None:
            return None
        year, month, day = int(match[3]), found, int(match[1])
    try:
        return PartialDate(year, month, day)
    except ValueError:
        return None
