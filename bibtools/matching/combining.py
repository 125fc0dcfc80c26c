"""One entry from the records of one work: the best of each, and who gave what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bibtools.model import Entry, Link, Source, type_document
from bibtools.text.addresses import same_address_key


def combine(records: Sequence[Entry]) -> Entry:
    """The merged entry of records in order of appearance.

    Its `sources` name every page, and in `gave` the fields that were taken from there.
    """
    if len(records) == 1:
        return records[0]
    taken: dict[str, int] = {}

    def best(field: str, rank: Callable[[Any], Any]) -> Any:
        """The field of the record that ranks highest; the first of equals."""
        known = [
            (number, record)
            for number, record in enumerate(records)
            if getattr(record, field) not in (None, (), "", {})
        ]
        if not known:
            return getattr(records[0], field)
        number, record = max(known, key=lambda pair: (rank(pair[1]), -pair[0]))
        taken[field] = number
        return getattr(record, field)

    def any_of(field: str) -> bool:
        for number, record in enumerate(records):
            if getattr(record, field):
                taken[field] = number
                return True
        return False

    titled = [record for record in records if record.title]
    title = best("title", lambda record: (not record.doubts, bool(record.authors)))
    authors = best("authors", lambda record: (not record.authors_truncated, len(record.authors)))
    from_authors = records[taken["authors"]] if "authors" in taken else records[0]
    date = best("date", lambda record: (record.date.precision, not record.date_inferred))
    from_date = records[taken["date"]] if "date" in taken else records[0]
    categories = _categories(records)
    if categories:
        taken["categories"] = next(n for n, record in enumerate(records) if record.categories)
    # The titled record carries the version of the abstract that belongs to the title.
    abstract = best("abstract", lambda record: bool(record.title))
    code, code_from = _union([record.code for record in records])
    code_keys = {same_address_key(link.url) for link in code}
    links, links_from = _union([record.links for record in records], code_keys)
    merged = replace(
        records[0],
        key=best("key", lambda record: 0),
        type=next((r.type for r in records if r.type != type_document), type_document),
        title=title,
        authors=authors,
        authors_truncated=from_authors.authors_truncated and bool(authors),
        author_count=best("author_count", lambda record: 0),
        affiliations=best("affiliations", lambda record: len(record.affiliations)),
        abstract=abstract,
        date=date,
        date_inferred=from_date.date_inferred,
        categories=categories,
        primary_known=any(record.primary_known for record in records),
        code=code,
        links=links,
        code_flag=any_of("code_flag"),
        comment_count=best("comment_count", lambda record: record.comment_count),
        arxiv=best("arxiv", lambda record: record.arxiv.version or 0),
        doi=best("doi", lambda record: 0),
        other_ids={k: v for record in reversed(records) for k, v in record.other_ids.items()},
        venue=best("venue", lambda record: 0),
        extra={k: v for record in reversed(records) for k, v in record.extra.items()},
        resolution=best("resolution", lambda found: found.resolution.source == "decision"),
        doubts=tuple(d for r in (titled or records) for d in r.doubts if r.title == title),
        remarks=tuple(dict.fromkeys(remark for record in records for remark in record.remarks)),
    )
    gave: dict[int, list[str]] = {}
    for field, number in taken.items():
        gave.setdefault(number, []).append(field)
    for field, numbers in (("code", code_from), ("links", links_from)):
        for number in numbers:
            gave.setdefault(number, []).append(field)
    return replace(
        merged,
        sources=tuple(
            _with_gave(source, gave.get(number, ()))
            for number, record in enumerate(records)
            for source in record.sources
        ),
    )


def _with_gave(source: Source, fields: Sequence[str]) -> Source:
    return replace(source, gave=tuple(sorted({*source.gave, *fields} - {"key", "resolution"})))


def _categories(records: Sequence[Entry]) -> tuple[str, ...]:
    """The primary class where one record knows it, else what all candidate lists share."""
    for record in records:
        if record.primary_known and record.categories:
            return record.categories
    lists = [record.categories for record in records if record.categories]
    if not lists:
        return ()
    shared = set(lists[0]).intersection(*map(set, lists[1:]))
    return tuple(c for c in lists[0] if c in shared) or lists[0]


def _union(
    lists: Sequence[Sequence[Link]], but: set[str] | None = None
) -> tuple[tuple[Link, ...], list[int]]:
    """All links once, in order, and the records that gave a new one."""
    seen = set(but or ())
    links, givers = [], []
    for number, some in enumerate(lists):
        for link in some:
            key = same_address_key(link.url)
            if key not in seen:
                seen.add(key)
                links.append(link)
                if number not in givers:
                    givers.append(number)
    return tuple(links), givers
