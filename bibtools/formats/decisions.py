"""The decisions file: JSON lines beside an output, one decision a line.

`{"decision": "same" | "different" | "id", "records": [{"title", "abstract_print", "file",
"line"}], "arxiv": "2104.08821" | null}`. Lines that cannot be read are reported and kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bibtools.formats.entry_json import dump
from bibtools.model import Notice, parse_arxiv
from bibtools.model.decisions import Decision, DecisionKind, Reference


def read_decisions(data: bytes, file: str) -> tuple[list[Decision], list[Notice]]:
    """The decisions of a file; a line that is none becomes a notice."""
    decisions, notices = [], []
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            decision = _read(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            notices.append(
                Notice(
                    "This line is not a decision and was passed over.",
                    file,
                    number,
                    rule="decisions.line",
                    hint="`bibtools decide` writes these lines; `bibtools decide list` shows them.",
                )
            )
            continue
        decisions.append(decision)
    return decisions, notices


def _read(row: dict[str, Any]) -> Decision:
    kind = DecisionKind(row["decision"])
    records = tuple(
        Reference(
            record.get("title"),
            record.get("abstract_print"),
            record.get("file"),
            record.get("line"),
        )
        for record in row["records"]
    )
    if not records or (kind is not DecisionKind.ID and len(records) < 2):
        raise ValueError("too few records")
    if any(record.title is None and record.abstract_print is None for record in records):
        raise ValueError("a record without title and abstract")
    arxiv = None
    if kind is DecisionKind.ID and row.get("arxiv") is not None:
        arxiv = parse_arxiv(row["arxiv"])
        if arxiv is None:
            raise ValueError("not an arXiv ID")
    return Decision(kind, records, arxiv)


def write_decisions(decisions: Iterable[Decision]) -> str:
    """The decisions as JSON lines."""
    return "".join(dump(_row(decision)) + "\n" for decision in decisions)


def _row(decision: Decision) -> dict[str, Any]:
    row: dict[str, Any] = {
        "decision": decision.kind.value,
        "records": [
            {
                "title": record.title,
                "abstract_print": record.abstract_print,
                "file": record.file,
                "line": record.line,
            }
            for record in decision.records
        ],
    }
    if decision.kind is DecisionKind.ID:
        row["arxiv"] = str(decision.arxiv) if decision.arxiv is not None else None
    return row
