"""What `bibtools cite` says of a run: in words, as lines, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bibtools.cli.screen import plain, tell
from bibtools.formats.citing import Citation
from bibtools.workflows.cite.documents import Citing, read_documents
from bibtools.workflows.cite.plan import CitePlan, Missing
from bibtools.workflows.cite.planning import plan_cite

if TYPE_CHECKING:
    from bibtools.cli.cite_run import Run

_MOST_PLACES = 3


def tell_plan(plan: CitePlan, *, mode: str, quiet: bool) -> None:
    """What is missing and what was done, on stderr; with `quiet` only what is missing."""
    tell(_missing_line(one, place) for one in plan.missing for place in _shown(one))
    if not quiet:
        tell(_summary(plan, mode))


def _shown(one: Missing) -> tuple[Citation | None, ...]:
    return one.places[:_MOST_PLACES] or (None,)


def _missing_line(one: Missing, place: Citation | None) -> str:
    where = f"{place.file}:{place.line}:{place.column}: " if place is not None else ""
    line = f'{where}"{one.key}" has no entry: {one.reason.rstrip(".")}.'
    if one.nearest:
        line += f" Did you mean {_either(one.nearest)}?"
    if place is not None and place is one.places[-1]:
        return line
    more = len(one.places) - _MOST_PLACES
    if place is not None and more > 0 and place is one.places[_MOST_PLACES - 1]:
        line += f" (and {more} more places)"
    return line


def _either(names: tuple[str, ...]) -> str:
    *first, last = (f'"{name}"' for name in names)
    return f"{', '.join(first)} or {last}" if first else last


def _summary(plan: CitePlan, mode: str) -> list[str]:
    needed = sum(row.action != "removed" for row in plan.rows)
    parts = [
        f"{count:,} {word}"
        for action, word in (
            ("added", "added"),
            ("renewed", "renewed"),
            ("removed", "removed"),
            ("edited", "edited by you and left"),
        )
        if (count := plan.count(action))
    ]
    if not plan.changed and plan.output != "-":
        parts = ["nothing to change" if mode != "write" else "nothing changed", *parts]
    if plan.missing:
        parts.append(f"{len(plan.missing):,} missing")
    name = "stdout" if plan.output == "-" else plan.output
    would = " (nothing was written)" if mode != "write" and plan.changed else ""
    what = "entry" if needed == 1 else "entries"
    done = f": {', '.join(parts)}" if parts else ""
    lines = [f"{name}: {needed:,} {what} cited{done}{would}"]
    if plan.output == "-":
        lines = [f"{needed:,} {what} cited" + (f", {parts[-1]}" if plan.missing else "")]
    if plan.uncited:
        count = len(plan.uncited)
        stay = "entry is" if count == 1 else "entries are"
        lines.append(f"  {count:,} more {stay} not cited; --prune takes them out")
    return lines


def plan_text(plan: CitePlan) -> str:
    """A line for each entry: what it becomes, its key, where it comes from."""
    lines = []
    for row in plan.rows:
        where = f"{row.source}:{row.line}" if row.line else row.source
        why = f"  ({row.why} of {row.by})" if row.by and row.by != row.key else ""
        lines.append(f"{row.action:<8}{row.key}" + (f"  from {where}" if where else "") + why)
    lines += [f"{'missing':<8}{one.key}" for one in plan.missing]
    return "".join(plain(line) + "\n" for line in lines)


def json_text(citing: Citing, plan: CitePlan, *, rewritten: int = 0) -> str:
    """The run as JSON (see the help)."""
    value: dict[str, Any] = {
        "documents": list(citing.documents),
        "output": plan.output,
        "changed": plan.changed,
        "entries": [
            {
                "key": row.key,
                "action": row.action,
                "source": row.source or None,
                "line": row.line or None,
                "why": row.why,
                "by": row.by,
            }
            for row in plan.rows
        ],
        "missing": [
            {
                "key": one.key,
                "reason": one.reason,
                "nearest": list(one.nearest),
                "unknown": one.unknown,
                "places": [_place(place) for place in one.places],
            }
            for one in plan.missing
        ],
        "uncited": list(plan.uncited),
        "rewritten": rewritten,
        "notices": [
            {
                "message": one.message,
                "file": one.file,
                "line": one.line,
                "column": one.column,
                "rule": one.rule,
                "hint": one.hint,
            }
            for one in plan.notices
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _place(one: Citation) -> dict[str, Any]:
    return {"file": one.file, "line": one.line, "column": one.column, "command": one.command}


def keys_text(told: Run) -> str:
    """`--keys`: each cited key with its places; with `--json` as an object a line."""
    citing = read_documents(told.documents, told.output)
    lines = []
    for key, places in citing.places().items():
        if told.as_json:
            row = {"key": key, "unsure": all(one.unsure for one in places),
                   "places": [_place(one) for one in places]}  # fmt: skip
            lines.append(json.dumps(row, ensure_ascii=False))
        else:
            where = " ".join(f"{one.file}:{one.line}:{one.column}" for one in places)
            lines.append(plain(f"{key}\t{where}"))
    return "".join(f"{line}\n" for line in lines)


def unused_text(told: Run) -> str:
    """`--unused`: entries of the sources and the output that are not needed."""
    citing = read_documents(told.documents, told.output)
    plan = plan_cite(citing, told.output, told.options)
    used = {row.key.lower() for row in plan.rows if row.action != "removed"}
    used |= {one.block.key.lower() for one in plan.resolved if one.block is not None}
    lines = []
    for source in (*plan.sources, *plan.own):
        for entry in source.document.entries:
            if entry.key.lower() in used or entry.inside_comment:
                continue
            if told.as_json:
                row = {"key": entry.key, "file": source.name, "line": entry.line}
                lines.append(json.dumps(row, ensure_ascii=False))
            else:
                lines.append(plain(f"{entry.key}\t{source.name}:{entry.line}"))
    return "".join(f"{line}\n" for line in lines)
