"""`lookup --json`: one answer as one line."""

from __future__ import annotations

from typing import Any

from bibtools.formats.entry_json import dump, to_json
from bibtools.model import Entry
from bibtools.workflows.lookup import Looked


def line_of(one: Looked, line: int | None, entry: Entry | None, added: bool | None) -> str:
    """The JSON object of an answer, without a line end; `entry` has its key."""
    row: dict[str, Any] = {
        "what": one.what.text,
        "kind": one.what.kind,
        "value": one.what.value,
        "line": line,
        "outcome": one.shown_outcome.value,
        "rule": one.rule,
        "source": one.where,
        "key": entry.key if entry is not None else None,
        "entry": to_json(entry) if entry is not None else None,
        "candidates": [] if one.entry is not None else [to_json(other) for other in one.entries],
        "evidence": {
            part: {
                "source": known.source,
                "question": known.question,
                "rule": known.rule,
                "asked": known.asked,
            }
            for part, known in one.evidence.items()
        },
        "unasked": [
            {"title": other.title, "question": other.question, "reason": other.reason}
            for other in one.unasked
        ],
        "notices": [notice.message for notice in one.notices],
    }
    if added is not None:
        row["added"] = added
    return dump(row)
