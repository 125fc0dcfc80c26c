"""Candidates as a table: for eyes on a terminal, tab-separated in a pipe."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from bibtools.cli.columns import cut, padded
from bibtools.cli.screen import plain
from bibtools.model import Entry, Name
from bibtools.workflows.lookup import Looked

_WIDE = 100
"""Columns from which an entry stands on one line."""
_LEAST = 40
_NAME = 24
"""Columns of an identifier; one that is longer is never cut for the others' sake."""


def table_of(one: Looked, *, headed: bool) -> str:
    """All that may be meant, an entry a row: outcome, identifier, year, authors, title."""
    rows = [
        (one.shown_outcome.value, identifier(entry), year(entry), short_names(entry.authors),
         entry.title or "")
        for entry in one.entries
    ]  # fmt: skip
    if not sys.stdout.isatty():
        head = plain(" ".join(one.what.text.split()))
        return "".join(
            "\t".join(_cell(cell) for cell in ((head, *row) if headed else row)) + "\n"
            for row in rows
        )
    width = _columns()
    head = f"{one.what.shown}: {one.shown_outcome.value}"
    lines = [cut(head, width)] if headed or not rows else []
    for outcome, name, when, who, title in rows:
        if width >= _WIDE and len(name) <= _NAME:
            start = f"{outcome:9} {name:{_NAME}} {when:4} {padded(who, 20)} "
            lines.append(start + cut(title, width - len(start)))
        else:
            lines.append(cut(f"{outcome} {name} {when} {who}", width))
            lines.append("  " + cut(title, width - 2))
    return "".join(f"{_cell(line)}\n" for line in lines)


def line_of(entry: Entry) -> str:
    """One entry in a sentence's place."""
    parts = (identifier(entry), year(entry), short_names(entry.authors), entry.title or "")
    return "  ".join(part for part in parts if part)


def identifier(entry: Entry) -> str:
    """The identifier to ask for it by."""
    if entry.arxiv is not None:
        return f"arXiv:{entry.arxiv.value}"
    if entry.doi is not None:
        return f"doi:{entry.doi}"
    return next((f"{name}:{value}" for name, value in entry.other_ids.items()), "")


def year(entry: Entry) -> str:
    """Four digits, or nothing."""
    return str(entry.date.year) if entry.date is not None else ""


def short_names(names: Sequence[Name], most: int = 2) -> str:
    """Authors for a line: "Gao et al."."""
    families = [name.family_with_particle() for name in names]
    if len(families) > most:
        return f"{families[0]} et al."
    return " and ".join(families)


def _cell(text: str) -> str:
    return plain(" ".join(text.split()) if "\t" in text or "\n" in text else text)


def _columns() -> int:
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), _LEAST)
    try:
        return max(os.get_terminal_size(sys.stdout.fileno()).columns or 80, _LEAST)
    except (OSError, ValueError):
        return 80
