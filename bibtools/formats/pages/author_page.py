"""The page of one author, three lines a paper, saved so that what stands apart on the screen is
joined in the text:

    CLOct 10, 2023Code
    Sheared LLaMA: ... via Structured PruningMengzhou Xia, Tianyu Gao et al. · princeton, uw
    The popularity of LLaMA ...

The first line is category, date and an optional code flag; the year is left out in the current
year. The second is title, up to three authors and the affiliations of the paper (not of the
authors one by one). Where other ways of saving leave the parts on lines of their own, that is
read as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bibtools.formats.pages.fields import (
    current_year,
    is_prose,
    links_of,
    looks_cut_off,
    settle_date,
)
from bibtools.formats.pages.lines import Ledger, Line, show
from bibtools.formats.pages.name_boundary import (
    Boundary,
    certain_names,
    find_boundary,
    title_words,
)
from bibtools.formats.pages.name_likeness import comma_parts, reads_as_names
from bibtools.formats.pages.page_evidence import Evidence, words_of
from bibtools.model import Doubt, Entry, Source
from bibtools.text.arxiv_classes import parse_class
from bibtools.text.names import parse_name
from bibtools.text.printed_dates import DATE_PATTERN, PrintedDate, printed_date

_BETWEEN = r"\s*[\u00b7\u2022|]?\s*"
_META = re.compile(
    rf"(?:(?P<category>[A-Z][A-Z-]*?|[a-z-]+\.[A-Za-z-]+){_BETWEEN})?{DATE_PATTERN}"
    rf"(?:{_BETWEEN}(?P<code>Code))?"
)
_CATEGORY_ALONE = re.compile(r"[A-Z][A-Z-]+|[a-z-]+\.[A-Za-z-]+")
_ET_AL = re.compile(r"[\s,]*\bet\s?al\b\.?$")
_SLUGS = re.compile(r"[a-z0-9][\w.&+'-]*(?:, ?[a-z0-9][\w.&+'-]*)*")
_LONGEST_FOOTER = 80
_WIDE_MARGIN = 9.0
"""What further names on the page cannot make up for."""


@dataclass(slots=True)
class _Meta:
    """Category, date and flag of a record, and the lines that print them."""

    lines: list[Line]
    category: str | None
    date: PrintedDate
    code_flag: bool


@dataclass(slots=True)
class _Record:
    """The lines of one paper."""

    meta: _Meta | None
    body: list[Line] = field(default_factory=list)
    title: Line | None = None
    authors: Line | None = None
    """Only where the authors have a line of their own."""
    abstract: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _TitleLine:
    """A line of title and authors without what follows the names."""

    text: str
    truncated: bool
    affiliations: tuple[str, ...]


# --- from lines to records -------------------------------------------------------------------


def _match_meta(text: str) -> re.Match[str] | None:
    match = _META.fullmatch(text) if len(text) < 60 else None
    if match and match["category"] and match["category"].islower():
        return match if parse_class(match["category"]) else None
    return match


def count_signs(lines: Sequence[str]) -> int:
    """How many lines are the first line of a record: a known category, a date, perhaps a flag."""
    found = 0
    for i, line in enumerate(lines):
        match = _match_meta(line)
        if match is None:
            continue
        category = match["category"]
        if category is None and i and _CATEGORY_ALONE.fullmatch(lines[i - 1]):
            category = lines[i - 1]
        found += bool(category and parse_class(category))
    return found


def _metas(lines: Sequence[Line]) -> Iterator[tuple[int, int, _Meta]]:
    """Each meta with the index of its first line and the index behind its last."""
    for i, line in enumerate(lines):
        match = _match_meta(line.text)
        if match is None:
            continue
        used, start, end = [line], i, i + 1
        category = match["category"]
        before = lines[i - 1].text if i else ""
        if category is None and _CATEGORY_ALONE.fullmatch(before) and parse_class(before):
            category, start = before, i - 1
            used.insert(0, lines[start])
        flag = match["code"] is not None
        if not flag and end < len(lines) and lines[end].text == "Code":
            flag = True
            used.append(lines[end])
            end += 1
        yield start, end, _Meta(used, category, printed_date(match), flag)


def _records(lines: Sequence[Line]) -> list[_Record]:
    """Records by their first lines; what comes before the first one is a record without."""
    records = [_Record(None)]
    at = 0
    for start, end, meta in _metas(lines):
        records[-1].body.extend(lines[at:start])
        records.append(_Record(meta))
        at = end
    records[-1].body.extend(lines[at:])
    return records


def _title_line(text: str) -> _TitleLine:
    head, dot, tail = text.rpartition(" \u00b7 ")
    affiliations: tuple[str, ...] = ()
    if dot and (_SLUGS.fullmatch(tail) or _ET_AL.search(head, max(0, len(head) - 20))):
        affiliations = tuple(part.strip() for part in tail.split(",") if part.strip())
        text = head.rstrip()
    et_al = _ET_AL.search(text, max(0, len(text) - 20))
    if et_al:
        text = text[: et_al.start()]
    return _TitleLine(text, et_al is not None, affiliations)


def _is_author_line(line: Line, evidence: Evidence, expected: bool = False) -> bool:
    if len(line.text) > 2000 or is_prose(line.text):
        return False
    return reads_as_names(_title_line(line.text).text, evidence, expected)


def _authors_stand_apart(records: Sequence[_Record], evidence: Evidence) -> bool:
    """True for a page on which titles and authors have lines of their own."""
    bodies = [record.body for record in records if record.meta and len(record.body) > 1]
    apart = sum(_is_author_line(body[1], evidence) for body in bodies)
    return apart > 0 and 2 * apart >= len(bodies)


def _starts_record(line: Line, after: Line | None, evidence: Evidence) -> bool:
    """True for the title line of a record whose first line is missing."""
    if is_prose(line.text) or len(line.text) > 600 or re.search(r"[^l]\.$", line.text):
        return False
    if after is None or not is_prose(after.text):
        return False
    parts = _title_line(line.text)
    boundary = find_boundary(parts.text, parts.truncated, evidence, words_of(after.text))
    return boundary.best is not None and boundary.sure and boundary.best.score > 4.0


def _begins_record(body: Sequence[Line], at: int, evidence: Evidence) -> bool:
    """True when a record without a first line begins at `at`."""
    after = body[at + 1] if at + 1 < len(body) else None
    return _starts_record(body[at], after, evidence) or (
        after is not None and _is_author_line(after, evidence)
    )


def _assign(record: _Record, apart: bool, evidence: Evidence, ledger: Ledger) -> list[_Record]:
    """Say which line of the body is what; gives the record and any found inside it."""
    body = record.body
    if not body:
        return [record]
    found: list[_Record] = []
    at = 0
    while at < len(body):
        if found or record.meta is None:
            if _headless_prose(body[at]) or _begins_record(body, at, evidence):
                record = _Record(None)
            else:
                ledger.unread(body[at], "it comes before any record")
                at += 1
                continue
        found.append(record)
        at = _assign_title(record, body, at, apart, evidence)
        at = _assign_abstract(record, body, at, evidence, ledger)
    return found


def _headless_prose(line: Line) -> bool:
    """True for an abstract in the place of a title line."""
    return is_prose(line.text) and not _title_line(line.text).truncated


def _assign_title(
    record: _Record, body: Sequence[Line], at: int, apart: bool, evidence: Evidence
) -> int:
    if _headless_prose(body[at]):
        return at  # the title line is missing
    record.title = body[at]
    if at + 1 < len(body) and _is_author_line(body[at + 1], evidence, apart):
        record.authors = body[at + 1]
        return at + 2
    return at + 1


def _assign_abstract(
    record: _Record, body: Sequence[Line], at: int, evidence: Evidence, ledger: Ledger
) -> int:
    """Take lines up to the end, or to where another record begins; gives its place."""
    texts: set[str] = set()
    for i in range(at, len(body)):
        line = body[i]
        after = body[i + 1] if i + 1 < len(body) else None
        if (i > at or record.title is None) and _starts_record(line, after, evidence):
            return i
        if not record.abstract:
            record.abstract.append(line)
        elif line.text in texts:
            ledger.unread(line, "it repeats a line of the abstract above")
        elif len(line.text) <= _LONGEST_FOOTER:
            ledger.unread(line, "it is neither a title nor an abstract")
        else:
            record.abstract.append(line)
            ledger.tell(
                "The line was taken for a part of the abstract above.", line, "page.joined-lines"
            )
        texts.add(line.text)
    return len(body)


# --- from records to entries -----------------------------------------------------------------


def _first_evidence(records: Sequence[_Record]) -> Evidence:
    """What is certain before any title is parted from its authors."""
    evidence = Evidence()
    for record in records:
        for line in record.body[1:]:
            if is_prose(line.text):
                evidence.read_text(line.text)
        if record.body and not is_prose(record.body[0].text):
            parts = _title_line(record.body[0].text)
            evidence.read_text(title_words(parts.text))
            evidence.read_names(certain_names(parts.text, parts.truncated))
    return evidence


def _boundaries(records: Sequence[_Record], evidence: Evidence) -> dict[int, Boundary]:
    """The boundary of each record's title line, by the record's identity, in two passes.

    The names that the first pass is sure of are evidence for the second, which looks again at
    the lines that were not decided by a wide margin.
    """
    work: list[tuple[int, _TitleLine, frozenset[str]]] = []
    for record in records:
        if record.title is not None and record.authors is None:
            own = words_of(" ".join(line.text for line in record.abstract))
            work.append((id(record), _title_line(record.title.text), own))
    first = [find_boundary(line.text, line.truncated, evidence, own) for _, line, own in work]
    for boundary in first:
        if boundary.sure and boundary.best is not None:
            evidence.read_names(boundary.best.names[:1])
    return {
        identity: boundary
        if boundary.margin >= _WIDE_MARGIN
        else find_boundary(line.text, line.truncated, evidence, own)
        for (identity, line, own), boundary in zip(work, first, strict=True)
    }


def _entry(
    record: _Record, boundary: Boundary | None, left_out: int | None, ledger: Ledger
) -> Entry:
    first = record.meta.lines[0] if record.meta else record.title or record.abstract[0]
    doubts: list[Doubt] = []
    title: str | None = None
    names: tuple[str, ...] = ()
    parts = _TitleLine("", False, ())
    if record.title is not None and record.authors is not None:
        title = record.title.text
        parts = _title_line(record.authors.text)
        names = tuple(name.strip() for _, name in comma_parts(parts.text))
    elif record.title is not None and boundary is not None:
        parts = _title_line(record.title.text)
        title = parts.text
        if boundary.best is None:
            reason = "no name could be found on the line of title and authors"
            others = tuple(str(split) for split in boundary.others)
            doubts.append(Doubt("title", reason, others))
        else:
            title, names = boundary.best.title, boundary.best.names
            if not boundary.sure:
                others = tuple(str(split) for split in boundary.others)
                reason = "it is not certain where the title ends and the first author begins"
                doubts.append(Doubt("title", reason, others))
        if doubts:
            ledger.tell(
                f"{show(title[-50:] + ' | ' + ', '.join(names), 120)} is unsure: {reason}.",
                record.title,
                "page.unsure-split",
            )
    date, inferred = None, False
    categories: tuple[str, ...] = ()
    if record.meta is not None:
        meta_line = record.meta.lines[-1]
        if record.meta.category:
            categories = parse_class(record.meta.category)
            if not categories:
                text = f"{show(record.meta.category)} is no class of arXiv that we know."
                ledger.tell(text, first, "page.unknown-category")
        date, inferred, date_doubts = settle_date(record.meta.date, left_out, meta_line, ledger)
        doubts.extend(date_doubts)
    abstract = " ".join(line.text for line in record.abstract) or None
    code, links = links_of(abstract)
    extra: dict[str, object] = {}
    if record.meta and record.meta.category and not categories:
        extra["category"] = record.meta.category
    return Entry(
        title=title or None,
        authors=tuple(parse_name(name) for name in names),
        authors_truncated=parts.truncated,
        affiliations=parts.affiliations,
        abstract=abstract,
        date=date,
        date_inferred=inferred,
        categories=categories,
        code=code,
        links=links,
        code_flag=bool(record.meta and record.meta.code_flag),
        sources=(Source(ledger.file, first.number),),
        extra=extra,
        doubts=tuple(doubts),
    )


def _tell_of_gaps(record: _Record, last: bool, ledger: Ledger) -> None:
    line = record.title or (record.meta.lines[0] if record.meta else record.abstract[0])
    if record.title is None:
        ledger.tell("The record has no line of title and authors.", line, "page.no-title")
    if record.meta is None:
        ledger.tell("The record has no line of category and date.", line, "page.no-meta")
    if not record.abstract:
        if last:
            ledger.tell("The page ends before the record's abstract.", line, "page.cut-off")
        else:
            ledger.tell("The record has no abstract.", line, "page.no-abstract")
    elif last and looks_cut_off(record.abstract[-1].text):
        ledger.tell("The last abstract may be cut off.", record.abstract[-1], "page.cut-off")


def read(lines: Sequence[Line], ledger: Ledger) -> list[Entry]:
    """The entries of an author page."""
    raw = _records(lines)
    left_out = current_year(record.meta.date for record in raw if record.meta)
    evidence = _first_evidence(raw)
    apart = _authors_stand_apart(raw, evidence)
    records: list[_Record] = []
    for record in raw:
        records.extend(_assign(record, apart, evidence, ledger))
    boundaries = _boundaries(records, evidence)
    entries: list[Entry] = []
    for i, record in enumerate(records):
        if record.title is None and not record.abstract:
            for line in record.meta.lines if record.meta else ():
                ledger.unread(line, "neither title nor abstract follows")
            continue
        used = [*(record.meta.lines if record.meta else ()), *record.abstract]
        used += [line for line in (record.title, record.authors) if line is not None]
        ledger.part_of_record(*used)
        _tell_of_gaps(record, i == len(records) - 1, ledger)
        boundary = boundaries.get(id(record))
        entries.append(_entry(record, boundary, left_out, ledger))
    return entries
