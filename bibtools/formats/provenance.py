"""Where the values of a .bib came from: JSON lines beside it, one value of one field a line.

`refs.bib.provenance.jsonl`; later lines count more than earlier ones for the same key and field,
so the file is only ever added to. It is safe to delete: nothing but `bibtools why` reads it.

    {"key": "gao2021simcse", "field": "doi", "value": "10.18653/v1/2021.emnlp-main.552",
     "source": "arXiv", "question": "arxiv:arxiv:2104.08821", "asked": "2026-11-21",
     "rule": "the author gave this DOI to arXiv, and its record at Crossref agrees in title and
     authors", "score": 100.0, "confirmed": ["Crossref"], "lost": [{"value": "...",
     "source": "OpenAlex", "why": "its title has another word"}]}

A link to code says whose code it is (`standing`: official, community or unknown), and once its
host was asked, what became of it:

    {"key": "gao2021simcse", "field": "code", "value": "https://github.com/new/name", ...,
     "standing": "official", "link": {"state": "there", "source": "GitHub",
     "question": "github:repository:github.com/old/name", "asked": "2026-11-21",
     "was": "https://github.com/old/name"}}

`state` is `there`, `archived` or `gone`; `was` is the address before it was renamed, `now` the new
one where the old was left in the file, `copy` an address at Software Heritage (empty: it was asked
and has none; missing: it was not asked).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
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


THERE, ARCHIVED, GONE = "there", "archived", "gone"


@dataclass(frozen=True, slots=True)
class LinkState:
    """What the host of a repository says of it."""

    state: str
    """`there`, `archived` or `gone` (or private: hosts do not tell the two apart)."""
    source: str
    """For the reader: "GitHub"."""
    question: str
    asked: str
    """ISO date."""
    was: str = ""
    """Its address before it was renamed, where the new one was taken."""
    now: str = ""
    """Its new address, where the old one was left."""
    copy: str | None = None
    """An address at Software Heritage; empty when that has no copy, None when it was not asked."""

    def says_the_same(self, other: LinkState | None) -> bool:
        """Whether only the day differs, and under which name it was asked for."""
        return (
            other is not None and replace(other, asked=self.asked, question=self.question) == self
        )


@dataclass(frozen=True, slots=True)
class Provenance:
    """How we know one value."""

    key: str
    """The citation key of the entry."""
    field: str
    """The field as it stands in the file, in lower case; `entrytype` for the type."""
    value: str
    """As it was written, without delimiters; empty for a field that was taken out."""
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
    standing: str = ""
    """Of a link to code: `official`, `community` or `unknown`."""
    link: LinkState | None = None
    """Of a link to code whose host was asked."""


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
    if one.standing:
        row["standing"] = one.standing
    if one.link is not None:
        row["link"] = link_to_json(one.link)
    return row


def link_to_json(one: LinkState) -> dict[str, str]:
    """The state of a link, for the side file and the report; what is not known is left out."""
    row = {name: getattr(one, name) for name in ("state", "source", "question", "asked")}
    row |= {name: value for name in ("was", "now") if (value := getattr(one, name))}
    if one.copy is not None:
        row["copy"] = one.copy
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
        str(row.get("standing") or ""),
        _read_link(row["link"]) if row.get("link") is not None else None,
    )


def _read_link(row: Mapping[str, Any]) -> LinkState:
    known = {name: str(row.get(name, "")) for name in ("source", "question", "asked", "was", "now")}
    copy = row.get("copy")
    return LinkState(str(row["state"]), **known, copy=str(copy) if copy is not None else None)


def latest(rows: Iterable[Provenance]) -> dict[tuple[str, str], Provenance]:
    """The row that counts for each key and field."""
    return {(one.key, one.field): one for one in rows}


def sentences(one: Provenance, now: str | None = None) -> list[str]:
    """What `bibtools why` says of a value; `now` is what the file holds today, None for nothing."""
    asked = f", asked on {one.asked}" if one.asked else ""
    score = f" (likeness of the titles {one.score:.0f} of 100)" if one.score is not None else ""
    head = f"{one.field} = {one.value}" if one.value else f"{one.field} was taken out"
    if not one.value and one.link is not None:
        head = f"nothing was written into {one.field}"
    lines = [head, f"  from {one.source}{asked}: {one.rule}{score}."]
    if one.question:
        lines.append(f"  The question was {one.question}.")
    if one.confirmed:
        lines.append(f"  The same say {', '.join(one.confirmed)}.")
    for lost in one.lost:
        because = f": {lost.why}" if lost.why else ""
        lines.append(f"  Not taken: {lost.value} (from {lost.source}){because}.")
    if one.standing:
        lines.append(f"  {_WHOSE.get(one.standing, _WHOSE['unknown'])}")
    if one.link is not None:
        lines += [f"  {told}" for told in _of_link(one.link)]
    if now is None:
        if one.value:
            lines.append("  The entry does not have this field any more.")
    elif " ".join(now.split()) != " ".join(one.value.split()):
        lines.append(f"  The entry says now: {now}. Somebody changed it since.")
    return lines


_WHOSE = {
    "official": "It is the authors' own (official).",
    "community": "It is somebody else's implementation (community).",
    "unknown": "Nobody says whose it is (unknown).",
}
_STATES = {
    THERE: "it is there",
    ARCHIVED: "it is archived, nobody works on it any more",
    GONE: "it is gone, or private",
}


def _of_link(link: LinkState) -> Iterator[str]:
    asked = f", asked on {link.asked}" if link.asked else ""
    yield f"{link.source}{asked}: {_STATES.get(link.state, link.state)}."
    if link.was:
        yield f"It was printed as {link.was} and has been renamed since."
    if link.now:
        yield f"It has been renamed since: {link.now}"
    if link.copy is not None:
        yield (
            f"Software Heritage has a copy: {link.copy}"
            if link.copy
            else "Software Heritage has no copy under this address."
        )
