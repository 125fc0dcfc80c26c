"""Where the values of a .bib came from: JSON lines beside it, one value of one field a line.

`refs.bib.provenance.jsonl`; later lines count more than earlier ones for the same key and field,
so the file is only ever added to. It is safe to delete: nothing but `bibtools why` reads it.

    {"key": "gao2021simcse", "field": "doi", "value": "10.18653/v1/2021.emnlp-main.552",
     "source": "arXiv", "question": "arxiv:arxiv:2104.08821", "asked": "2026-11-21",
     "rule": "the author gave this DOI to arXiv, and its record at Crossref agrees in title and
     authors", "score": 100.0, "confirmed": ["Crossref"], "lost": [{"value": "...",
     "source": "OpenAlex", "why": "its title has another word"}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bibtools.formats.entry_json import dump
from bibtools.model import Notice

SUFFIX = ".provenance.jsonl"
"""Appended to the name of the .bib."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that another source gave and that was not taken."""

    value: str
    source: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """How we know one value."""

    key: str
    """The citation key of the entry."""
    field: str
    """The field as it stands in the .bib, in lower case."""
    value: str
    """As it was written, without delimiters."""
    source: str
    """For the reader: `arXiv`, `Crossref`, `offline index`, `you`."""
    question: str
    """What was asked: `arxiv:arxiv:2104.08821`; empty where nothing was asked."""
    asked: str
    """ISO date on which the source answered."""
    rule: str
    """A clause that says why it was taken."""
    score: float | None = None
    """Likeness of the titles, 0 to 100, where titles decided."""
    confirmed: tuple[str, ...] = ()
    """Further sources with the same value."""
    lost: tuple[Lost, ...] = ()


def write_provenance(rows: Iterable[Provenance]) -> str:
    """The rows as JSON lines."""
    return "".join(dump(_row(one)) + "\n" for one in rows)


def _row(one: Provenance) -> dict[str, Any]:
    row: dict[str, Any] = {
        name: getattr(one, name)
        for name in ("key", "field", "value", "source", "question", "asked", "rule")
    }
    if one.score is not None:
        row["score"] = round(one.score, 1)
    if one.confirmed:
        row["confirmed"] = list(one.confirmed)
    if one.lost:
        row["lost"] = [
            {"value": lost.value, "source": lost.source, "why": lost.why} for lost in one.lost
        ]
    return row


def read_provenance(data: bytes, file: str) -> tuple[list[Provenance], list[Notice]]:
    """The rows of a file in its order; a line that is none becomes a notice."""
    rows, notices = [], []
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            rows.append(_read(json.loads(line)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            notices.append(
                Notice(
                    "This line says nothing of a value and was passed over.",
                    file,
                    number,
                    rule="provenance.line",
                    hint="`bibtools enrich` writes these lines; the file may be deleted.",
                )
            )
    return rows, notices


def _read(row: Mapping[str, Any]) -> Provenance:
    key, field, value = row["key"], row["field"], row["value"]
    if not (isinstance(key, str) and isinstance(field, str) and isinstance(value, str)):
        raise TypeError("not texts")
    score = row.get("score")
    return Provenance(
        key,
        field.lower(),
        value,
        str(row.get("source", "")),
        str(row.get("question", "")),
        str(row.get("asked", "")),
        str(row.get("rule", "")),
        float(score) if isinstance(score, int | float) else None,
        tuple(str(name) for name in row.get("confirmed") or ()),
        tuple(
            Lost(str(one["value"]), str(one.get("source", "")), str(one.get("why", "")))
            for one in row.get("lost") or ()
        ),
    )


def latest(rows: Iterable[Provenance]) -> dict[tuple[str, str], Provenance]:
    """The row that counts for each key and field."""
    return {(one.key, one.field): one for one in rows}


def sentences(one: Provenance, now: str | None = None) -> list[str]:
    """What `bibtools why` says of a value; `now` is what the file holds today, None for nothing."""
    asked = f", asked on {one.asked}" if one.asked else ""
    score = f" (likeness of the titles {one.score:.0f} of 100)" if one.score is not None else ""
    lines = [f"{one.field} = {one.value}", f"  from {one.source}{asked}: {one.rule}{score}."]
    if one.question:
        lines.append(f"  The question was {one.question}.")
    if one.confirmed:
        lines.append(f"  The same say {', '.join(one.confirmed)}.")
    for lost in one.lost:
        because = f": {lost.why}" if lost.why else ""
        lines.append(f"  Not taken: {lost.value} (from {lost.source}){because}.")
    if now is None:
        lines.append("  The entry does not have this field any more.")
    elif " ".join(now.split()) != " ".join(one.value.split()):
        lines.append(f"  The entry says now: {now}. Somebody changed it since.")
    return lines
