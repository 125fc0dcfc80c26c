"""What was done, as numbers and as rows: the summary on stderr and the JSON report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bibtools.codelinks import standing
from bibtools.formats.entry_json import resolution_to_json
from bibtools.formats.provenance import LinkState, link_to_json
from bibtools.matching.grouping import Join, NearTwin
from bibtools.model import Entry, Link, Notice, Outcome


@dataclass(frozen=True, slots=True)
class PageCount:
    """One input file: what it was and how many records it gave."""

    file: str
    kind: str
    records: int


@dataclass(frozen=True, slots=True)
class CodeLink:
    """One link to the code of one entry, and how it is known."""

    entry: Entry
    link: Link
    source: str = ""
    """For the reader: "Hugging Face"; empty where the entry had it already."""
    question: str = ""
    asked: str = ""
    """ISO date."""
    state: LinkState | None = None
    """What its host says, where it was asked."""


class NobodyAnswered(Protocol):
    """A question that could not be asked: nothing follows from it."""

    @property
    def title(self) -> str:
        """The service, for the reader."""

    @property
    def question(self) -> str:
        """What was to be asked."""

    @property
    def reason(self) -> str:
        """Why it could not: a clause."""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a run wants to tell."""

    pages: tuple[PageCount, ...]
    entries: tuple[Entry, ...]
    records: tuple[Entry, ...] = ()
    """Before merging."""
    joins: tuple[Join, ...] = ()
    """Positions in `records`."""
    near: tuple[NearTwin, ...] = ()
    notices: tuple[Notice, ...] = ()
    looked_up: bool = False
    """False when no index was asked for arXiv IDs."""
    code_links: tuple[CodeLink, ...] | None = None
    """Every link to code with what is known of it; None for those of the entries alone."""
    unasked: Mapping[int, Sequence[NobodyAnswered]] = field(default_factory=dict)
    """By position of the entry: the questions that nobody answered."""

    @property
    def findings(self) -> bool:
        """True when something is worth a second look (`--strict` makes it an exit code)."""
        return bool(self.notices or self.near or any(unsure_rows(self.entries)))


def summary(report: Report) -> list[str]:
    """The summary in lines of at most 60 characters or so."""
    entries = report.entries
    with_id = sum(entry.arxiv is not None for entry in entries)
    with_code = sum(bool(entry.code) for entry in entries)
    neither = sum(entry.arxiv is None and not entry.code for entry in entries)
    lines = [
        ", ".join(
            (
                _count(len(report.pages), "page"),
                _count(len(report.records), "record"),
                _count(len(entries), "paper"),
            )
        ),
        f"  with arXiv ID {with_id}, with code {with_code}, with neither {neither}",
    ]
    if not report.looked_up and entries:
        lines.append("  arXiv IDs were not looked up: there is no index (bibtools index build)")
    unsure = list(unsure_rows(entries))
    if unsure:
        lines.append(f"  unsure: {len(unsure)}")
        lines += [f"    {row['where']}: {row['what']}" for row in unsure[:SHOWN]]
        if len(unsure) > SHOWN:
            lines.append(f"    and {len(unsure) - SHOWN} more (--report FILE lists all)")
    lines += [f"  left apart: {_twin(report, twin)}" for twin in report.near[:SHOWN]]
    if len(report.near) > SHOWN:
        lines.append(f"  and {len(report.near) - SHOWN} more pairs left apart (--report lists all)")
    flagged = sum(entry.code_flag and not entry.code for entry in entries)
    if flagged:
        lines.append(f'  the page says "Code" but no link was found: {flagged}')
    return lines


SHOWN = 8
"""How many rows of a kind the summary shows; the report has them all."""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _twin(report: Report, twin: NearTwin) -> str:
    first, second = report.records[twin.first], report.records[twin.second]
    return f"{where(first)} and {where(second)}: {twin.why}"


def where(entry: Entry) -> str:
    """`page.txt:12`, or the key, or the title: how to point at an entry."""
    if entry.sources:
        return f"{entry.sources[0].file}:{entry.sources[0].line}"
    return entry.key or entry.title or "an entry"


def unsure_rows(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Every doubt of reading and every look-up that was likely or ambiguous."""
    rows: list[dict[str, Any]] = []
    for entry in entries:
        rows += [
            {"where": where(entry), "what": f"{doubt.field}: {doubt.reason}"}
            for doubt in entry.doubts
        ]
        found = entry.resolution
        if found is not None and found.outcome in (Outcome.LIKELY, Outcome.AMBIGUOUS):
            ids = ", ".join(candidate.arxiv.value for candidate in found.candidates[:3])
            what = f"arXiv ID {found.outcome}: {found.rule or 'not sure enough'} ({ids})"
            rows.append({"where": where(entry), "what": what})
    return rows


def to_json(report: Report) -> dict[str, Any]:
    """The report as JSON: counts, every unresolved row and why, every notice."""
    entries = report.entries
    return {
        "pages": [
            {"file": page.file, "kind": page.kind, "records": page.records} for page in report.pages
        ],
        "records": len(report.records),
        "papers": len(entries),
        "with_arxiv": sum(entry.arxiv is not None for entry in entries),
        "with_code": sum(bool(entry.code) for entry in entries),
        "with_neither": sum(entry.arxiv is None and not entry.code for entry in entries),
        "looked_up": report.looked_up,
        "merged": [
            {
                "records": [where(report.records[join.first]), where(report.records[join.second])],
                "rule": join.rule,
            }
            for join in report.joins
        ],
        "left_apart": [
            {
                "records": [where(report.records[twin.first]), where(report.records[twin.second])],
                "why": twin.why,
            }
            for twin in report.near
        ],
        "unresolved": [
            _unresolved(entry, report, number)
            for number, entry in enumerate(entries)
            if entry.arxiv is None
        ],
        "code_links": [_code_link(one) for one in _code_links(report)],
        "could_not_ask": [
            {
                "key": entries[number].key,
                "where": where(entries[number]),
                "source": one.title,
                "question": one.question,
                "reason": one.reason,
            }
            for number, unasked in sorted(report.unasked.items())
            for one in unasked
        ],
        "code_flag_without_link": [
            {"key": entry.key, "where": where(entry)}
            for entry in entries
            if entry.code_flag and not entry.code
        ],
        "unsure": list(unsure_rows(entries)),
        "notices": [
            {
                "message": notice.message,
                "file": notice.file,
                "line": notice.line,
                "column": notice.column,
                "rule": notice.rule,
                "hint": notice.hint,
            }
            for notice in report.notices
        ],
    }


def _code_links(report: Report) -> Iterator[CodeLink]:
    if report.code_links is not None:
        return iter(report.code_links)
    return (CodeLink(entry, link) for entry in report.entries for link in entry.code)


def _code_link(one: CodeLink) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": one.entry.key,
        "where": where(one.entry),
        "url": one.link.url,
        "standing": str(standing(one.link)),
        "evidence": one.link.evidence,
    }
    known = {"source": one.source, "question": one.question, "asked": one.asked}
    row |= {name: value for name, value in known.items() if value}
    if one.state is not None:
        row["link"] = link_to_json(one.state)
    return row


def _unresolved(entry: Entry, report: Report, number: int) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": entry.key,
        "title": entry.title,
        "from": [f"{source.file}:{source.line}" for source in entry.sources],
    }
    if entry.resolution is None:
        row |= {"outcome": None, "why": _why_not(report, number), "candidates": []}
    else:
        found = resolution_to_json(entry.resolution)
        row |= {
            "outcome": found["outcome"],
            "why": found["rule"],
            "candidates": found["candidates"],
        }
    return row


def _why_not(report: Report, number: int) -> str:
    """Why nobody says whether the paper is on arXiv."""
    if not report.looked_up:
        return "no index was asked"
    unasked = dict.fromkeys(one.title for one in report.unasked.get(number, ()))
    if unasked:
        return f"could not ask {', '.join(unasked)}"
    return "nobody names a preprint of it"
