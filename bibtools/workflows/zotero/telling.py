"""A plan and its outcome in words, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bibtools.model import Notice
from bibtools.sync.drafting import Direction
from bibtools.sync.plan import (
    AddEntry,
    AttachCode,
    Conflict,
    CreateCollection,
    CreateItem,
    LocalStep,
    Plan,
    RemoteStep,
    RemoveEntry,
    TrashItem,
    Unsure,
    UpdateEntry,
    UpdateItem,
)
from bibtools.sync.refusals import RULE as REFUSED_BEFORE
from bibtools.sync.values import FieldChange, RemoteItem
from bibtools.text.markup import strip_markup
from bibtools.workflows.zotero.outcome import Outcome, counted

_TITLES = ("title", "caseName", "nameOfAct", "subject")
_MOST = 100
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a plan."""

    where: str
    """`Zotero`, `file`, or empty for what is left alone."""
    action: str
    key: str
    """Citation key; the key of the item where there is none; empty in a row that goes on."""
    what: str


def plan_rows(
    plan: Plan, items: Mapping[str, RemoteItem], collections: Mapping[str, str]
) -> Iterator[Row]:
    """Everything the plan would do and leave alone.

    `collections` are paths by key, those that the plan makes included.
    """
    for step in plan.remote:
        yield from _remote(step, items, collections)
    for change in plan.local:
        yield from _local(change)
    for conflict in plan.conflicts:
        yield from _conflict(conflict)
    for unsure in plan.unsure:
        yield _unsure(unsure)


def _remote(
    step: RemoteStep, items: Mapping[str, RemoteItem], collections: Mapping[str, str]
) -> Iterator[Row]:
    match step:
        case CreateCollection():
            name = collections.get(step.key) or step.name
            yield Row("Zotero", "create collection", step.key, name)
        case CreateItem():
            yield Row("Zotero", "create", step.key, _title(step.data))
            if step.code:
                yield Row("Zotero", "attach code link", step.key, step.code)
        case UpdateItem():
            yield from _changes("Zotero", "update", step.key, step.changes, collections)
        case AttachCode():
            yield Row("Zotero", "attach code link", step.key, step.url)
        case TrashItem():
            title = _title(
                {"title": step.title}
                if step.title
                else items[step.item].data
                if step.item in items
                else {}
            )
            yield Row("Zotero", "trash", step.key, title)


def _local(step: LocalStep) -> Iterator[Row]:
    match step:
        case AddEntry():
            yield Row("file", "add", step.key, _title(step.data))
        case UpdateEntry():
            yield from _changes("file", "update", step.key, step.changes, {})
        case RemoveEntry():
            yield Row("file", "remove", step.key, f"its item {step.item} is gone")


def _changes(
    where: str,
    action: str,
    key: str,
    changes: Iterable[FieldChange],
    collections: Mapping[str, str],
) -> Iterator[Row]:
    for change in changes:
        if change.field == "collections":
            for one in _new(change):
                yield Row(where, "add to collection", key, collections.get(one, one))
            gone = [one for one in change.old or () if one not in (change.new or ())]
            for one in gone:
                yield Row(where, "take out of collection", key, collections.get(one, one))
            continue
        yield Row(where, action, key, f"{change.field}: {changed_words(change)}")


def _new(change: FieldChange) -> list[str]:
    return [one for one in change.new or () if one not in (change.old or ())]


def changed_words(change: FieldChange) -> str:
    """A field before and after."""
    if change.field == "tags":
        old, new = (
            {str(one.get("tag")) for one in side or ()} for side in (change.old, change.new)
        )
        parts = [f"+{tag}" for tag in sorted(new - old)] + [f"-{tag}" for tag in sorted(old - new)]
        return " ".join(parts) or "another order"
    return " -> ".join(map(value_words, _shown(change.field, change.old, change.new)))


def _shown(field: str, one: Any, other: Any, *more: Any) -> tuple[Any, ...]:
    """Values as they are shown: titles without markup, unless it is all that differs."""
    given = (one, other, *more)
    if field not in _TITLES and not field.endswith("Title"):
        return given
    plain = tuple(strip_markup(side) if isinstance(side, str) else side for side in given)
    return plain if plain[0] != plain[1] else given


def value_words(value: Any) -> str:
    """A value of a field in one line."""
    if value is None or value == "" or value == []:
        return "(none)"
    if isinstance(value, list) and all(isinstance(one, Mapping) for one in value):
        text = "; ".join(_name(one) for one in value)
    elif isinstance(value, str):
        text = " | ".join(value.split("\n"))
    else:
        text = json.dumps(value, ensure_ascii=False)
    text = text if len(text) <= _MOST else text[: _MOST - 1] + "…"
    return f'"{text}"'


def _name(person: Mapping[str, Any]) -> str:
    if "tag" in person:
        return str(person["tag"])
    literal = str(person.get("name") or "")
    return literal or ", ".join(
        part for part in (person.get("lastName"), person.get("firstName")) if part
    )


def _conflict(conflict: Conflict) -> Iterator[Row]:
    if conflict.reason:
        words = f"{conflict.reason} {conflict.hint}".rstrip()
        yield Row("", "conflict", conflict.key, words)
    for one in conflict.fields:
        here, there, agreed = _shown(one.field, one.here, one.there, one.agreed)
        words = (
            f"{one.field}: file {value_words(here)}, Zotero {value_words(there)}, "
            f"before {value_words(agreed)}"
        )
        yield Row("", "conflict", conflict.key, words)


def _unsure(one: Unsure) -> Row:
    candidates = ", ".join(one.candidates)
    title = strip_markup(one.title)
    return Row("", "unsure", one.key or one.item or "", f"{title} ({candidates}): {one.reason}")


def _title(data: Mapping[str, Any]) -> str:
    for name in _TITLES:
        if data.get(name):
            return strip_markup(str(data[name]))
    return ""


_WORDS = {
    "collections": ("collection", "made", "make"),
    "created": ("item", "created", "create"),
    "updated": ("item", "updated", "update"),
    "code_links": ("code link", "attached", "attach"),
    "trashed": ("item", "trashed", "trash"),
    "added": ("entry", "added", "add"),
    "changed": ("entry", "changed", "change"),
    "removed": ("entry", "removed", "remove"),
}
"""What is counted, what was done with it, and what is to be done."""
_IN_FILE = ("added", "changed", "removed")
_OF_FIELDS = "--prefer local, zotero or newest decides them"
"""The hint for conflicts of fields."""


def counts_of(plan: Plan) -> dict[str, int]:
    """How many steps of each kind a plan has."""
    counts = counted([*plan.remote, *plan.local])
    counts["code_links"] += sum(
        isinstance(step, CreateItem) and bool(step.code) for step in plan.remote
    )
    return counts


def count_lines(counts: Mapping[str, int], file: str, *, done: bool = True) -> list[str]:
    """What was done on each side (or is to be), a line each."""
    lines = []
    for where, names in (
        ("Zotero", [name for name in _WORDS if name not in _IN_FILE]),
        (file, list(_IN_FILE)),
    ):
        told = [_counted(name, counts[name], done=done) for name in names if counts.get(name)]
        if told:
            lines.append(f"{where}: {', '.join(told)}")
    return lines


def _counted(name: str, count: int, *, done: bool) -> str:
    what, was, will = _WORDS[name]
    return f"{_number(count, what)} {was if done else f'to {will}'}"


_APART = frozenset(
    {"zotero.left", "zotero.not-seen", "zotero.notes-unseen", "zotero.locked", REFUSED_BEFORE}
)
"""Notices that tell of a difference that stays."""


def differs(notices: Iterable[Notice]) -> bool:
    """Whether the two sides differ in something that was told and is no step of the plan."""
    return any(one.rule in _APART for one in notices)


def is_held_back(notices: Iterable[Notice]) -> bool:
    """Whether something is not sent because Zotero refused it before."""
    return any(one.rule == REFUSED_BEFORE for one in notices)


def nothing_to_do(file: str, direction: Direction, notices: Iterable[Notice]) -> str:
    """What is true when a plan writes nothing and has no conflict."""
    if differs(notices):
        return f"{file} and Zotero differ in what is told above; there is nothing else to do"
    match direction:
        case "push":
            return f"Zotero has all that is new in {file}"
        case "pull":
            return f"{file} has all that is new in Zotero"
    return f"{file} and Zotero agree"


def outcome_lines(outcome: Outcome, file: str, direction: Direction = "both") -> list[str]:
    """The summary of a run."""
    lines = count_lines(outcome.done, file)
    lines += [f"{one.key}: {one.message}" for one in outcome.failed]
    by_hint: dict[str, list[Conflict]] = {}
    for conflict in outcome.conflicts:
        by_hint.setdefault(conflict.hint or _OF_FIELDS, []).append(conflict)
    for hint, conflicts in by_hint.items():
        keys = ", ".join(one.key for one in conflicts[:5])
        more = f" and {len(conflicts) - 5} more" if len(conflicts) > 5 else ""
        why = f": {conflicts[0].reason.rstrip('.')}" if hint != _OF_FIELDS else ""
        lines.append(
            f"{_number(len(conflicts), 'conflict')} left alone ({keys}{more}){why}; "
            f"{hint.rstrip('.')}"
        )
    if outcome.unsure:
        lines.append(
            f"{_number(len(outcome.unsure), 'unsure pair')} left alone on both sides "
            "(bibtools zotero status lists them)"
        )
    if not lines and outcome.stopped is None:
        lines.append(f"{nothing_to_do(file, direction, outcome.notices)}; nothing was written")
    return lines


def _number(count: int, what: str) -> str:
    if count == 1:
        return f"1 {what}"
    return f"{count:,} {what.removesuffix('y')}ies" if what.endswith("y") else f"{count:,} {what}s"
