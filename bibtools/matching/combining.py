"""One entry from the records of one work: the best of each, and who gave what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bibtools.model import Dating, Entry, Link, Source, type_document
from bibtools.text.addresses import same_address_key


def combine(records: Sequence[Entry]) -> Entry:
    """The merged entry of records in order of appearance.

    Its `sources` name every page, and in `gave` the fields that were taken from there.
    """
    if len(records) == 1:
        return records[0]
    best = _Best(records)
    authors = best.field("authors", lambda r: (not r.authors_truncated, len(r.authors)))
    date = best.field("date", lambda r: (r.date.precision, not r.date_inferred))
    title = best.field("title", lambda r: (not r.doubts, bool(r.authors)))
    code, code_givers = _union([record.code for record in records])
    code_keys = {same_address_key(link.url) for link in code}
    links, link_givers = _union([record.links for record in records], code_keys)
    merged = replace(
        records[0],
        key=best.field("key"),
        type=next((r.type for r in records if r.type != type_document), type_document),
        title=title,
        authors=authors,
        authors_truncated=best.beside("authors").authors_truncated and bool(authors),
        author_count=best.field("author_count"),
        affiliations=best.field("affiliations", lambda r: len(r.affiliations)),
        # The titled record carries the version of the abstract that belongs to the title.
        abstract=best.field("abstract", lambda r: bool(r.title)),
        date=date,
        date_inferred=best.beside("date").date_inferred,
        categories=best.categories(),
        primary_known=any(record.primary_known for record in records),
        code=code,
        links=links,
        code_flag=best.field("code_flag"),
        comment_count=best.field("comment_count", lambda r: r.comment_count),
        arxiv=best.field("arxiv", lambda r: r.arxiv.version or 0),
        doi=best.field("doi"),
        other_ids={k: v for record in reversed(records) for k, v in record.other_ids.items()},
        venue=best.field("venue"),
        fields={k: v for record in reversed(best.alike()) for k, v in record.fields.items()},
        creators={k: v for record in reversed(best.alike()) for k, v in record.creators.items()},
        dates=best.dates(),
        extra={k: v for record in reversed(records) for k, v in record.extra.items()},
        resolution=best.field("resolution", lambda r: r.resolution.source == "decision"),
        doubts=best.beside("title").doubts,
        remarks=tuple(dict.fromkeys(remark for record in records for remark in record.remarks)),
    )
    gave = best.gave()
    for field, numbers in (("code", code_givers), ("links", link_givers)):
        for number in numbers:
            gave[number].append(field)
    sources = [
        _with_gave(source, gave[number], alone=len(record.sources) == 1)
        for number, record in enumerate(records)
        for source in record.sources
    ]
    return replace(merged, sources=tuple(sources))


class _Best:
    """Takes each field from the record that has the best of it, and remembers which."""

    def __init__(self, records: Sequence[Entry]) -> None:
        self.records = records
        self.taken: dict[str, int] = {}

    def field(self, name: str, rank: Callable[[Any], Any] = bool) -> Any:
        """The field of the record that ranks highest; the first of equals."""
        known = [
            (number, record)
            for number, record in enumerate(self.records)
            if getattr(record, name) not in (None, (), "", False)
        ]
        if not known:
            return getattr(self.records[0], name)
        # Every record is true, so that without a rank the first one is taken.
        number, record = max(known, key=lambda pair: (rank(pair[1]), -pair[0]))
        self.taken[name] = number
        return getattr(record, name)

    def beside(self, name: str) -> Entry:
        """The record that gave a field, for what belongs to it."""
        return self.records[self.taken.get(name, 0)]

    def categories(self) -> tuple[str, ...]:
        """The primary class where one record knows it, else what all candidate lists share."""
        for number, record in enumerate(self.records):
            if record.primary_known and record.categories:
                self.taken["categories"] = number
                return record.categories
        first = self.field("categories")
        lists = [set(record.categories) for record in self.records if record.categories]
        shared = set[str]().union(*lists).intersection(*lists)
        return tuple(one for one in first if one in shared) or first

    def alike(self) -> list[Entry]:
        """The record that gave the venue, then those that name no other: volume, pages and
        editors of another venue would make a work that does not exist.
        """
        chosen = self.beside("venue")
        others = (r for r in self.records if r is not chosen and r.venue in (None, chosen.venue))
        return [chosen, *others]

    def dates(self) -> dict[str, Dating]:
        """As `alike`; what is said of the day of the work belongs to the day that was taken."""
        dates = {k: v for record in reversed(self.alike()) for k, v in record.dates.items()}
        dates.pop("issued", None)
        issued = self.beside("date").dates.get("issued")
        return {**dates, "issued": issued} if issued is not None else dates

    def gave(self) -> dict[int, list[str]]:
        """Position of a record -> the fields that were taken from it."""
        gave: dict[int, list[str]] = {number: [] for number in range(len(self.records))}
        for name, number in self.taken.items():
            gave[number].append(name)
        return gave


def _with_gave(source: Source, fields: Sequence[str], *, alone: bool) -> Source:
    """The source with what was taken from it; of a record merged earlier, what it had given."""
    taken = set(fields) - {"key", "resolution"}
    return replace(source, gave=tuple(sorted(taken if alone else taken.intersection(source.gave))))


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
