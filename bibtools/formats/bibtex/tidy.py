"""Tidying a .bib file: layout and order change, what BibTeX reads does not.

    data = tidy(Document.parse(data), Layout(sort="key"))

Values keep their bytes (delimiters apart), remarks stay with their entries, and what BibTeX
would not accept stays as it is, byte for byte. Tidying what is tidy changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bibtools.formats.bibtex.blocks import BibEntry, Block, Comment, FreeText, StringDefinition
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.tidy_blocks import Layout, Sort, tidy_entry, tidy_string

_LINES = re.compile(rb"\r\n|\n|\r")
_LINE_END = rb"(?>\r\n|\n|\r)"
_BLANK_LINES = re.compile(_LINE_END + rb"(?:[ \t]*" + _LINE_END + rb")+")
_MOST_ROUNDS = 4
_BOM = b"\xef\xbb\xbf"
_YEAR = re.compile(r"\d{4}")


@dataclass(slots=True)
class _Unit:
    """One block with the remarks that go with it."""

    body: bytes
    entry: BibEntry | None = None
    """Set for an entry that BibTeX accepts."""
    loose: bool = False
    """Text or a comment that stands by itself."""
    broken: bool = False
    before: bytes = b""
    """Remarks above, with the line end (or the blank) that divides them from the block."""
    after: bytes = b""
    """Remarks behind, on the same line or directly below."""
    gap: bytes = b""
    """The blanks and line ends that stood between the unit before and this one."""
    noted: bool = field(default=False)
    """Whether a remark below it has to stay divided from what follows."""

    @property
    def written(self) -> bytes:
        return self.before + self.body + self.after


class _CannotTidyError(Exception):
    """The tidy bytes would not read as the same entries."""


def tidy(document: Document, layout: Layout | None = None) -> bytes:
    """The bytes of the tidy file: line ends, encoding and byte order mark as they were.

    Give a document as it was read, without edits. Should the result not read as the same
    entries, the file's own bytes are given; `try_tidy` says so.
    """
    written = try_tidy(document, layout)
    return document.source.data if written is None else written


def try_tidy(document: Document, layout: Layout | None = None) -> bytes | None:
    """As `tidy`; None when the result would not read as the same entries."""
    try:
        return _tidy(document, layout or Layout())
    except _CannotTidyError:
        return None


def _tidy(document: Document, layout: Layout) -> bytes:
    data = document.source.data
    written = _tidied(document, layout)
    if layout.sort != "none" or sum(mark in data for mark in (b"\n", b"\r")) > 1:
        # Which of several line ends counts may depend on what was taken out; and what a remark
        # goes with, on the lines that it stands on now.
        for _ in range(_MOST_ROUNDS):
            again = _tidied(Document.parse(written, document.file), layout)
            if again == written:
                break
            written = again
    return written


def _tidied(document: Document, layout: Layout) -> bytes:
    data = document.source.data
    if not document.blocks:
        return data
    newline = _newline(data)
    units = _with_comments(_units(document, layout, newline), newline)
    ordered = _sorted(units, layout.sort)
    written = _joined(document, ordered, layout, newline)
    if not _reads_the_same(document, ordered, written, layout):
        raise _CannotTidyError
    return written


def _newline(data: bytes) -> bytes:
    """The line end that most lines have."""
    pairs = data.count(b"\r\n")
    counts = {
        b"\n": data.count(b"\n") - pairs,
        b"\r\n": pairs,
        b"\r": data.count(b"\r") - pairs,
    }
    return max(counts, key=lambda mark: counts[mark])


# Units


def _units(document: Document, layout: Layout, newline: bytes) -> list[_Unit]:
    """The file as units: free text is dealt out to the blocks it belongs to."""
    units: list[_Unit] = []
    gap = b""
    before = b""
    blocks = document.blocks
    for number, block in enumerate(blocks):
        if not isinstance(block, FreeText):
            unit = _unit(document, block, layout, newline)
            unit.gap, unit.before = gap, before
            units.append(unit)
            gap = before = b""
            continue
        raw = block.raw
        if number == 0:
            raw = raw.removeprefix(_BOM)
        previous = units[-1] if units else None
        if previous is not None and raw.lstrip()[:1] in (b"}", b","):
            # The entry before ended at a brace too early: this is more of it.
            previous.body, previous.entry, previous.broken = blocks[number - 1].raw, None, True
            previous.after = raw.rstrip(b" \t\r\n")
            gap = raw[len(previous.after) :]
            continue
        last = number + 1 == len(blocks)
        behind, gap, middle, middle_gap, before = _dealt(raw, previous is not None, last)
        if behind and previous is not None:
            previous.after = behind
            previous.noted = bool(_LINES.search(behind))
        if middle:
            units.append(_Unit(middle, loose=True, gap=gap))
            gap = middle_gap
        if before:
            before = _normal_end(before, newline)
    if gap:
        units.append(_Unit(b"", loose=True, gap=gap))
    return units


def _dealt(raw: bytes, follows: bool, last: bool) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    """Free text as: remark of the block before, gap, text of its own, gap, remark of the next.

    A remark on the line of a block's end, or directly below it with a blank line after, is
    that block's; one directly above a block is that block's; what stands between blank lines
    is nobody's.
    """
    start = 0
    behind = b""
    if follows:
        match = _LINES.search(raw)
        first_end = match.start() if match else len(raw)
        if raw[:first_end].strip() and (match or last):
            start = first_end
        rest = raw[start:]
        below = re.match(rb"[ \t]*" + _LINE_END + rb"[ \t]*(?=[^ \t\r\n])", rest)
        if below:
            ending = re.compile(rb"[ \t]*" + _BLANK_LINES.pattern).search(rest, below.end())
            if ending:
                start += ending.start()
            elif last:
                start = len(raw.rstrip(b" \t\r\n"))
        behind = raw[:start].rstrip(b" \t")
    rest = raw[start:]
    lead = len(rest) - len(rest.lstrip(b" \t\r\n"))
    gap, rest = rest[:lead], rest[lead:]
    if not rest:
        return behind, gap, b"", b"", b""
    if last:
        body = rest.rstrip(b" \t\r\n")
        return behind, gap, body, rest[len(body) :], b""
    breaks = list(re.finditer(rb"[ \t]*" + _BLANK_LINES.pattern, rest))
    if not breaks:
        return behind, gap, b"", b"", rest
    final = breaks[-1]
    before = rest[final.end() :]
    if not before.strip(b" \t"):
        before = b""
    return behind, gap, rest[: final.start()], final[0], before


def _normal_end(before: bytes, newline: bytes) -> bytes:
    """A remark above a block with one line end; one on the block's own line as it is."""
    body = before.rstrip(b" \t\r\n")
    return body + newline if _LINES.search(before[len(body) :]) else before


def _unit(document: Document, block: Block, layout: Layout, newline: bytes) -> _Unit:
    raw = block.raw
    if isinstance(block, Comment):
        # What bibtex reads inside a comment may depend on its place.
        return _Unit(raw, loose=not block.entries, broken=bool(block.entries))
    if isinstance(block, BibEntry):
        scan = document.scan(block.start, block.end)
        if not scan.strict or scan.end != block.end or not all(f.whole for f in scan.fields):
            return _Unit(raw, broken=True)
        return _Unit(tidy_entry(document, block, scan, layout, newline), entry=block)
    if isinstance(block, StringDefinition):
        scan = block.scan()
        if scan.strict and scan.end == block.end and len(scan.fields) == 1:
            return _Unit(tidy_string(document, scan, layout))
        return _Unit(raw, broken=not scan.strict)
    return _Unit(raw)


def _with_comments(units: Sequence[_Unit], newline: bytes) -> list[_Unit]:
    """Units where an @comment directly above an entry goes with it."""
    result: list[_Unit] = []
    for unit in units:
        previous = result[-1] if result else None
        if (
            previous is not None
            and previous.loose
            and previous.body[:1] == b"@"
            and not previous.noted
            and unit.entry is not None
            and len(_LINES.findall(unit.gap)) <= 1
        ):
            unit.before = previous.written + newline + unit.before
            unit.gap = previous.gap
            result.pop()
        result.append(unit)
    return result


# The whole file


def _sorted(units: Sequence[_Unit], sort: Sort) -> list[_Unit]:
    """Units with each stretch of entries sorted."""
    if sort == "none":
        return list(units)
    rank = _ranking(units, sort)
    result: list[_Unit] = []
    run: list[_Unit] = []
    for unit in units:
        if unit.entry is None:
            result += [*_run(run, rank), unit]
            run = []
        else:
            run.append(unit)
    return result + _run(run, rank)


def _run(run: Sequence[_Unit], rank: Callable[[_Unit], tuple[bool, str, str]]) -> list[_Unit]:
    """A stretch of entries sorted; the gaps between them stay in their places."""
    gaps = [unit.gap for unit in run]
    ordered = sorted(run, key=rank)
    for unit, gap in zip(ordered, gaps, strict=True):
        unit.gap = gap
    return ordered


def _ranking(units: Sequence[_Unit], sort: Sort) -> Callable[[_Unit], tuple[bool, str, str]]:
    """What entries are sorted by.

    BibTeX takes the first of two entries with one key, and wants an entry that others name in
    `crossref` behind them: neither order changes.
    """
    entries = [unit.entry for unit in units if unit.entry is not None]
    first: dict[str, BibEntry] = {}
    for entry in entries:
        first.setdefault(entry.key.lower(), entry)
    parents = {entry.fields["crossref"].lower() for entry in entries if "crossref" in entry.fields}

    def rank(unit: _Unit) -> tuple[bool, str, str]:
        assert unit.entry is not None
        folded = unit.entry.key.lower()
        entry = first[folded]
        match sort:
            case "year":
                found = _YEAR.search(entry.fields.get("year") or entry.fields.get("date", ""))
                value = found[0] if found else "~"
            case "type":
                value = entry.type
            case _:
                value = ""
        return folded in parents, value, folded

    return rank


def _joined(document: Document, units: Sequence[_Unit], layout: Layout, newline: bytes) -> bytes:
    data = document.source.data
    pieces = [_BOM] if data.startswith(_BOM) else []
    previous: _Unit | None = None
    for unit in units:
        if previous is None:
            if unit.broken:
                pieces.append(unit.gap)
        elif previous.noted and unit.broken and len(_LINES.findall(unit.gap)) < 2:
            pieces.append(newline * 2)
        elif previous.broken or unit.broken:
            pieces.append(unit.gap)
        elif unit.written:
            lines = _blank_lines(previous, unit, layout)
            pieces.append(newline * (lines + 1))
        if unit.written:
            pieces.append(unit.written)
        previous = unit if unit.written else previous
    whole = b"".join(pieces)
    if previous is not None and not previous.broken and not whole.endswith((b"\n", b"\r")):
        whole += newline
    return whole


def _blank_lines(previous: _Unit, unit: _Unit, layout: Layout) -> int:
    """Blank lines between two units."""
    if previous.entry is not None and unit.entry is not None and not previous.noted:
        return layout.blank_lines
    stood = max(len(_LINES.findall(unit.gap)) - 1, 0)
    if previous.noted:
        # Text set off by a blank line stays set off: it would become another's remark.
        return max(layout.blank_lines, 1)
    if unit.loose or previous.loose:
        return max(min(stood, layout.blank_lines), min(stood, 1))
    if previous.entry is not None or unit.entry is not None:
        return layout.blank_lines
    return min(stood, layout.blank_lines)


def _reads_the_same(
    document: Document, units: Sequence[_Unit], written: bytes, layout: Layout
) -> bool:
    """Whether the tidy bytes are the same entries and macros; the last line of defence."""
    again = Document.parse(written, document.file)
    if again.encoding != document.encoding or len(again.strings) != len(document.strings):
        return False
    if layout.sort == "none":
        expected = document.entries
        if len(expected) != len(again.entries):
            return False
    else:
        moved = iter([unit.entry for unit in units if unit.entry is not None])
        sortable = {entry.start for unit in units if (entry := unit.entry) is not None}
        expected = [next(moved) if entry.start in sortable else entry for entry in document.entries]
        if len(expected) != len(again.entries):
            return False
    return all(_same(one, two, layout) for one, two in zip(expected, again.entries, strict=True))


def _same(one: BibEntry, two: BibEntry, layout: Layout) -> bool:
    if (one.key, one.type) != (two.key, two.type):
        return False
    before, after = dict(one.fields), dict(two.fields)
    if layout.months:
        before.pop("month", None)
        after.pop("month", None)
    return before == after
