"""The papers list of a model hub ("Daily Papers", "trending papers"): title and abstract as
paragraphs, in one variant with author count, date and comment count below.

    Memory Decoder: A Pretrained, Plug-and-Play Memory for Large Language Models

    Large Language Models (LLMs) have shown ...

      • 7 authors
    ·
    Aug 13 1

`Aug 13 1` is a day of the current year and one comment. Some records have no block below, so a
run of paragraphs is parted into titles and abstracts by what they look like, over the whole run:
one lost line must not shift all records after it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bibtools.formats.pages.fields import (
    current_year,
    is_prose,
    links_of,
    looks_cut_off,
    settle_date,
)
from bibtools.formats.pages.lines import Ledger, Line, joined
from bibtools.model import Doubt, Entry, PartialDate, Source
from bibtools.text.printed_dates import DATE_PATTERN, PrintedDate, printed_date

_BULLET = r"(?:[\u2022\u00b7\u2219\u25cf*\u2013-]\s*)?"
_COUNT = re.compile(rf"{_BULLET}(?P<count>\d[\d,]*)\s+authors?")
_DOT = re.compile(r"[\u00b7\u2022\u2219|]")
_DATE = re.compile(rf"{_BULLET}{DATE_PATTERN}(?:\s+(?P<comments>\d+))?")
_ONE_LINE = re.compile(
    rf"{_BULLET}(?:(?P<count>\d[\d,]*)\s+authors?|(?P<who>\S.{{0,80}}?))\s*\u00b7\s*"
    rf"{DATE_PATTERN}(?:\s+(?P<comments>\d+))?"
)
_HEADER = re.compile(
    r"new|get trending papers in your (?:e-?mail|inbox).{0,30}|subscribe|(?:daily|trending) papers"
    r"|by\s*(?:@?_?ak(?:haliq)?)(?:\s+and the research community)?|papers|hugging face",
    re.IGNORECASE,
)
_SURE_HEADER = re.compile(
    r"get trending papers in your (?:e-?mail|inbox).{0,30}|by\s*@?_?ak\s*and the research community"
    r"|(?:daily|trending) papers",
    re.IGNORECASE,
)
# Buttons and menus around the list.
_FRAME = frozenset(
    """blog community company datasets docs enterprise inference huggingchat jobs login models next
    next page previous pricing privacy settings solutions spaces terms tos website about back log in
    sign up daily weekly monthly today load more show more view all upvote bucket buckets search
    sort filter arxiv system theme""".split()
) | {"log in", "sign up", "load more", "show more", "view all", "next page", "system theme"}
_SUBMITTED = re.compile(r"submitted by\b.*", re.IGNORECASE)
# What is left of the block below a record where the page ends within it.
_CUT_COUNT = re.compile(r"\u2022\s*(?:\d[\d,]*\s*[a-z]{0,6})?")
_CUT_DATE = re.compile(r"[A-Z][a-z]{0,8}\.?")
_NUMBER = re.compile(r"\d[\d,.]*k?", re.IGNORECASE)


def _is_header(text: str) -> bool:
    return len(text) < 80 and _HEADER.fullmatch(text) is not None


def _is_frame(text: str) -> bool:
    return text.lower() in _FRAME or text.startswith("\u00a9")


def has_header(lines: Sequence[str]) -> bool:
    """True when one of the first lines can only be the head of such a list."""
    return any(len(line) < 80 and _SURE_HEADER.fullmatch(line) for line in lines[:60])


def count_signs(lines: Sequence[str]) -> int:
    """How many lines can only be author counts of such a list."""
    return sum(
        len(line) < 80 and (_COUNT.fullmatch(line) or _ONE_LINE.fullmatch(line)) is not None
        for line in lines
    )


_ACADEMIC = re.compile(
    r"\b(?:we|our|this paper|in this work|is proposed|are proposed)\b", re.IGNORECASE
)


_LABEL = re.compile(r"abstract\s*[:\uff1a]?", re.IGNORECASE)


def looks_like_list(lines: Sequence[str]) -> bool:
    """True when titles and abstracts alternate all through the page, though its head is lost."""
    lines = [line for line in lines if not _is_header(line) and not _DATE.fullmatch(line)]
    pairs = list(zip(lines[::2], lines[1::2], strict=False))
    if len(pairs) < 3 or any(_LABEL.fullmatch(title) for title, _ in pairs):
        return False
    good = sum(
        _title_cost(title) < 1.0 and len(text) > 350 and _ACADEMIC.search(text) is not None
        for title, text in pairs
    )
    return good >= 0.8 * len(pairs)


# --- records ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _Record:
    """The lines of one paper and what the block below says."""

    title: Line | None
    abstract: list[Line]
    count: int | None = None
    date: PrintedDate | None = None
    date_line: Line | None = None
    comments: int | None = None
    organisation: str | None = None
    block: list[Line] = field(default_factory=list)

    @property
    def first(self) -> Line:
        """The line the record starts on."""
        return self.title or self.abstract[0]


def _title_cost(text: str) -> float:
    """How unlike a title a paragraph is."""
    cost = 0.0
    if len(text) > 180:
        cost += min(12.0, (len(text) - 180) / 25)
    if re.search(r"[^.]\.$", text) and len(text) > 30:
        cost += 2.0
    if is_prose(text):
        cost += 6.0
    return cost


def _abstract_cost(text: str) -> float:
    """How unlike an abstract a paragraph is."""
    if len(text) >= 350:
        return 0.0
    cost = (350 - len(text)) / 80
    if not re.search(r"[.!?)]$", text):
        cost += 2.0
    return cost


_NO_ABSTRACT, _NO_TITLE, _CONTINUED = 4.5, 6.0, 5.0


def _part_run(run: Sequence[Line]) -> list[_Record]:
    """Part paragraphs into records at the least total cost (dynamic programming, linear)."""
    best: list[tuple[float, int, str]] = [(0.0, 0, "")]
    titles = [_title_cost(line.text) for line in run]
    texts = [_abstract_cost(line.text) for line in run]
    for i in range(1, len(run) + 1):
        ways = [
            (best[i - 1][0] + titles[i - 1] + _NO_ABSTRACT, 1, "title"),
            (best[i - 1][0] + texts[i - 1] + _NO_TITLE, 1, "text"),
        ]
        if i >= 2:
            ways.append((best[i - 2][0] + titles[i - 2] + texts[i - 1], 2, "both"))
        if i >= 3:
            body = min(texts[i - 2], texts[i - 1]) + _CONTINUED + titles[i - 3]
            if texts[i - 2] == texts[i - 1] == 0.0 and re.search(r"[.!?]$", run[i - 2].text):
                body += 4.0  # two whole abstracts: the title between them is lost
            ways.append((best[i - 3][0] + body, 3, "both"))
        best.append(min(ways, key=lambda way: way[0]))
    records: list[_Record] = []
    at = len(run)
    while at:
        _, size, what = best[at]
        lines = list(run[at - size : at])
        title = None if what == "text" else lines.pop(0)
        records.append(_Record(title, lines))
        at -= size
    records.reverse()
    return records


class _Reader:
    """Goes through the lines once, keeping the run of paragraphs that is not yet parted."""

    def __init__(self, lines: Sequence[Line], ledger: Ledger) -> None:
        self.lines, self.ledger = lines, ledger
        self.records: list[_Record] = []
        self.run: list[Line] = []
        self.open: _Record | None = None
        """The record that the block below belongs to."""
        self.in_header = True

    def end_run(self) -> None:
        if self.run:
            self.records.extend(_part_run(self.run))
            self.run = []
            self.open = self.records[-1]

    def block(self, line: Line, what: str) -> _Record | None:
        self.end_run()
        self.in_header = False
        if self.open is None:
            self.ledger.unread(line, f"{what} without a record above it")
            return None
        self.open.block.append(line)
        return self.open

    def take_count(self, line: Line, count: str) -> None:
        self.end_run()
        if self.open is not None and (self.open.count is not None or self.open.date is not None):
            self.open = None
        record = self.block(line, "an author count")
        if record is not None:
            record.count = int(count.replace(",", "")[:9])

    def take_date(self, line: Line, match: re.Match[str]) -> None:
        if self.in_header:
            self.ledger.part_of_header(line)
            return
        self.end_run()
        if self.open is not None and self.open.date is not None:
            self.open = None
        record = self.block(line, "a date")
        if record is not None:
            record.date, record.date_line = printed_date(match), line
            if match["comments"]:
                record.comments = int(match["comments"][:9])

    def take_organisation(self, line: Line, name: str) -> None:
        record = self.block(line, "an organisation")
        if record is not None:
            record.organisation = name

    def read(self) -> list[_Record]:
        lines = self.lines
        i = 0
        while i < len(lines):
            line = lines[i]
            after = lines[i + 1] if i + 1 < len(lines) else None
            i += 1
            self.read_line(line, after, lines[i - 2] if i > 1 else None)
        self.end_run()
        return self.records

    def read_line(self, line: Line, after: Line | None, before: Line | None) -> None:
        if len(line.text) < 120 and (
            self.read_frame(line, before)
            or self.read_block(line)
            or (after is None and self.read_cut_block(line, before))
            or self.read_organisation(line, after)
        ):
            return
        self.in_header = False
        self.run.append(line)

    def read_frame(self, line: Line, before: Line | None) -> bool:
        text = line.text
        if _is_header(text):
            self.end_run()
            self.open, self.in_header = None, True
        elif not (
            _is_frame(text)
            or _SUBMITTED.fullmatch(text)
            or (before is not None and before.text.lower() == "submitted by" and len(text) < 40)
        ):
            return False
        self.ledger.part_of_header(line)
        return True

    def read_block(self, line: Line) -> bool:
        text = line.text
        if match := _COUNT.fullmatch(text):
            self.take_count(line, match["count"])
        elif match := _DATE.fullmatch(text):
            self.take_date(line, match)
        elif match := _ONE_LINE.fullmatch(text):
            if match["count"]:
                self.take_count(line, match["count"])
            else:
                self.take_organisation(line, match["who"])
            self.take_date(line, match)
        elif _DOT.fullmatch(text):
            self.block(line, "a dot")
        elif _NUMBER.fullmatch(text):
            self.take_number(line)
        else:
            return False
        return True

    def read_cut_block(self, line: Line, before: Line | None) -> bool:
        below_dot = before is not None and _DOT.fullmatch(before.text) is not None
        if not (_CUT_COUNT.fullmatch(line.text) or (below_dot and _CUT_DATE.fullmatch(line.text))):
            return False
        self.ledger.unread(line, "the page ends within it")
        return True

    def read_organisation(self, line: Line, after: Line | None) -> bool:
        if after is None or after.alone or not _DOT.fullmatch(after.text):
            return False
        self.take_organisation(line, line.text.lstrip("\u2022 "))
        return True

    def take_number(self, line: Line) -> None:
        record = self.open if not self.run else None
        if (
            record is not None
            and record.date_line is not None
            and record.comments is None
            and not line.alone
            and line.text.isdecimal()
        ):
            record.comments = int(line.text[:9])
            record.block.append(line)
        else:
            self.ledger.unread(line, "a number that the page does not explain")


def _entry(record: _Record, left_out: int | None, ledger: Ledger) -> Entry:
    abstract = joined(record.abstract) or None
    code, links = links_of(abstract)
    date: PartialDate | None = None
    inferred = False
    doubts: tuple[Doubt, ...] = ()
    if record.date is not None and record.date_line is not None:
        date, inferred, doubts = settle_date(record.date, left_out, record.date_line, ledger)
    return Entry(
        title=record.title.text if record.title else None,
        author_count=record.count,
        affiliations=(record.organisation,) if record.organisation else (),
        abstract=abstract,
        date=date,
        date_inferred=inferred,
        code=code,
        links=links,
        comment_count=record.comments,
        sources=(Source(ledger.file, record.first.number),),
        doubts=doubts,
    )


def _tell_of_gaps(record: _Record, last: bool, ledger: Ledger) -> None:
    if record.title is None:
        ledger.tell("The abstract has no title above it.", record.first, "page.no-title")
    if not record.abstract:
        if last:
            text, rule = "The page ends before the record's abstract.", "page.cut-off"
        else:
            text, rule = "The record has no abstract.", "page.no-abstract"
        ledger.tell(text, record.first, rule)
    elif last and not record.block and looks_cut_off(record.abstract[-1].text):
        text = "The last abstract may be cut off."
        ledger.tell(text, record.abstract[-1], "page.cut-off")
    if last and record.count is not None and record.date is None:
        ledger.tell("The page ends before the record's date.", record.block[-1], "page.cut-off")
    for line in record.abstract[1:]:
        ledger.tell(
            "The line was taken for a part of the abstract above.", line, "page.joined-lines"
        )


def read(lines: Sequence[Line], ledger: Ledger) -> list[Entry]:
    """The entries of a papers list."""
    records = _Reader(lines, ledger).read()
    left_out = current_year(record.date for record in records if record.date)
    entries: list[Entry] = []
    for i, record in enumerate(records):
        title = [record.title] if record.title else []
        ledger.part_of_record(*title, *record.abstract, *record.block)
        _tell_of_gaps(record, i == len(records) - 1, ledger)
        entries.append(_entry(record, left_out, ledger))
    return entries
