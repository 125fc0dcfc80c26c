"""What a server refused for good is not sent again as long as it is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from bibtools.model import Notice
from bibtools.sync.plan import (
    AttachCode,
    CreateCollection,
    CreateItem,
    Plan,
    RemoteStep,
    UpdateItem,
)
from bibtools.sync.values import Agreed

FOR_GOOD: Final = frozenset({400, 413})
"""Codes of refusals that say something of what was sent: it is wrong, or too long."""
RULE: Final = "zotero.refused-before"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object that Zotero refused for good."""

    key: str
    """Citation key of the entry."""
    print: str
    """A digest of what was sent."""
    message: str
    """Why, as a sentence."""


def refusal_of(step: RemoteStep, message: str, *, child: bool = False) -> Refusal | None:
    """What is to be remembered of a step that was refused for good; None where nothing is.

    `child` says that it is the code link of a new item that was refused, and not the item.
    """
    if not isinstance(step, CreateItem | UpdateItem | AttachCode):
        return None
    return Refusal(step.key, _print(step, child=child), message)


def _print(step: CreateItem | UpdateItem | AttachCode, *, child: bool = False) -> str:
    match step:
        case CreateItem() if not child:
            said: dict[str, Any] = dict(step.data)
        case CreateItem():
            said = {"code": step.code}
        case AttachCode():
            said = {"code": step.url}
        case UpdateItem():
            said = {change.field: change.new for change in step.changes}
    # Collections come and go, and are no fault of the entry's.
    said.pop("collections", None)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Held:
    """A plan without what was refused before."""

    plan: Plan
    refusals: tuple[Refusal, ...]
    """Those that hold something back."""


def without_refused(
    plan: Plan,
    refusals: Iterable[Refusal],
    agreed: Mapping[str, Agreed],
) -> Held:
    """Take the steps out of a plan that would send what was refused before, and tell it.

    `agreed` are the rows of the state file.
    """
    known = {(one.key, one.print): one for one in refusals}
    if not known:
        return Held(plan, ())
    held: dict[tuple[str, str], Refusal] = {}
    steps: list[RemoteStep] = []
    items: set[str] = set()
    children: set[str] = set()
    for step in plan.remote:
        if isinstance(step, CreateItem | UpdateItem | AttachCode):
            name = (step.key, _print(step))
            if name in known:
                held[name] = known[name]
                (children if isinstance(step, AttachCode) else items).add(step.item)
                continue
        steps.append(step)
    if not held:
        return Held(plan, ())
    if not any(isinstance(step, CreateItem | UpdateItem) for step in steps):
        steps = [step for step in steps if not isinstance(step, CreateCollection)]
    settled = [
        row
        for one in plan.settled
        if (row := _row(one, agreed.get(one.item), items, children)) is not None
    ]
    notices = [
        Notice(
            f'The entry "{one.key}" is not sent again as long as it is the same: {one.message}',
            plan.file,
            rule=RULE,
        )
        for one in held.values()
    ]
    return Held(
        replace(
            plan,
            remote=tuple(steps),
            settled=tuple(settled),
            notices=(*plan.notices, *notices),
        ),
        tuple(held.values()),
    )


def _row(row: Agreed, old: Agreed | None, items: set[str], children: set[str]) -> Agreed | None:
    """What is remembered of a pair of which something is held back: what was known before."""
    if row.item in items:
        return replace(old, print="") if old is not None else None
    if row.item in children:
        return replace(row, code=old.code if old is not None else None)
    return row
