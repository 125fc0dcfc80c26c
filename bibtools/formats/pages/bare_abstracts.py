"""Pages that are nothing but abstracts: `Abstract:TEXT`, one a line, without titles or authors.

The text after the label is kept as printed. Blank lines, a blank after the colon and an abstract
that was broken into several lines are read too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from bibtools.formats.pages.fields import links_of, looks_cut_off
from bibtools.formats.pages.lines import Ledger, Line, joined
from bibtools.model import Entry, Source

_LABEL = re.compile(r"abstract\s*[:\uff1a]\s*", re.IGNORECASE)
_SHORTEST_TEXT = 40


def count_signs(lines: Sequence[str]) -> int:
    """How many lines start as an abstract does on such a page."""
    return sum(_LABEL.match(line) is not None for line in lines)


def read(lines: Sequence[Line], ledger: Ledger) -> list[Entry]:
    """The entries of a page of bare abstracts."""
    entries: list[Entry] = []
    if len(lines) > 1 and "abstract:".startswith(lines[-1].text.lower()):
        ledger.unread(lines[-1], 'the page ends within the "Abstract:" of a record')
        lines = lines[:-1]
    at = 0
    while at < len(lines):
        label = _LABEL.match(lines[at].text)
        if label is None:
            ledger.unread(lines[at], 'no line before it starts with "Abstract:"')
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not _LABEL.match(lines[end].text):
            end += 1
        entry = _read_one(lines[at:end], label.end(), ledger)
        if entry is not None:
            entries.append(entry)
        at = end
    if entries and looks_cut_off(lines[-1].text) and ledger.uses[lines[-1].number] == "record":
        ledger.tell("The last abstract may be cut off.", lines[-1], "page.cut-off")
    return entries


def _read_one(lines: Sequence[Line], label_length: int, ledger: Ledger) -> Entry | None:
    first, more = lines[0], list(lines[1:])
    text = first.text[label_length:]
    if not text and not more:
        ledger.unread(first, "no text follows the label")
        return None
    pieces = [Line(first.number, text)] if text else []
    for line in more:
        # A footer or a button is short and is no sentence; it must not end up in an abstract.
        short = len(line.text) < _SHORTEST_TEXT and not re.search(r"[.!?]$", line.text)
        ended = line.alone or (pieces and re.search(r"[.!?]['\")\u201d]?$", pieces[-1].text))
        if (short and ended and pieces) or any(line.text == piece.text for piece in pieces):
            ledger.unread(line, 'it does not start with "Abstract:" and is no sentence')
            continue
        if pieces:
            ledger.tell(
                "The line was taken for a part of the abstract above.", line, "page.joined-lines"
            )
        pieces.append(line)
    if not pieces:
        ledger.unread(first, "no text follows the label")
        return None
    ledger.part_of_record(first, *pieces)
    abstract = joined(pieces)
    code, links = links_of(abstract)
    return Entry(
        abstract=abstract, code=code, links=links, sources=(Source(ledger.file, first.number),)
    )
