"""Plans kept in a file: shown to somebody, looked through, carried out later if nothing moved.

JSON: `format` ("bibtools zotero plan"), `version` (1), `command`, `wanted` (the options), `place`
(the collection), `plan`. There is no key in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, Final, TypeAlias, cast

from bibtools.adapters.files import read_bytes, read_if_there, write_file
from bibtools.adapters.zotero.state_lines import agreed_row, read_agreed
from bibtools.errors import InputError, UsageError
from bibtools.model import Notice
from bibtools.sync.plan import (
    AddEntry,
    AttachCode,
    Conflict,
    CreateCollection,
    CreateItem,
    Library,
    Plan,
    RemoveEntry,
    TrashItem,
    Unsure,
    UpdateEntry,
    UpdateItem,
    steps_of,
)
from bibtools.sync.values import Agreed, FieldChange, FieldConflict
from bibtools.workflows.zotero.preparing import Prepared, Wanted, open_file, planned, unplanned
from bibtools.workflows.zotero.session import Place, Session

FORMAT: Final = "bibtools zotero plan"
VERSION: Final = 1
_STEPS: Final[Mapping[str, type]] = {
    "create collection": CreateCollection,
    "create": CreateItem,
    "update": UpdateItem,
    "attach code": AttachCode,
    "trash": TrashItem,
    "add entry": AddEntry,
    "update entry": UpdateEntry,
    "remove entry": RemoveEntry,
}
_ItemStep: TypeAlias = (
    CreateItem | UpdateItem | AttachCode | TrashItem | AddEntry | UpdateEntry | RemoveEntry
)
_NAMES: Final = {kind: name for name, kind in _STEPS.items()}


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan from a file."""

    file: str
    """Of the plan."""
    command: str
    wanted: Wanted
    path: str
    """Of the collection."""
    plan: Plan
    known_as: str = ""
    """An older path of the collection, by which it is remembered."""


def plan_json(plan: Plan, *, rows: bool = False) -> dict[str, Any]:
    """A plan as JSON can hold it; with `rows` also what is to be remembered."""
    made: dict[str, Any] = {
        "library": plan.library.shown,
        "endpoint": plan.endpoint,
        "collection": plan.collection,
        "file": plan.file,
        "digest": plan.digest,
        "library_version": plan.library_version,
        "zotero": [_step(step) for step in plan.remote],
        "entries": [_step(step) for step in plan.local],
        "conflicts": [_plain(one) for one in plan.conflicts],
        "unsure": [_plain(one) for one in plan.unsure],
        "notices": [_plain(one) for one in plan.notices],
    }
    if rows:
        made["settled"] = [agreed_row(row) for row in plan.settled]
    return made


def _step(step: Any) -> dict[str, Any]:
    return {"step": _NAMES[type(step)], **_plain(step)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Agreed):
            return agreed_row(value)
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    return value


def save_plan(path: str, prepared: Prepared, command: str) -> None:
    """Write a plan into a file. Raises `WriteError`, and `UsageError` for a file that is there
    and holds something else.
    """
    data, seen = read_if_there(path)
    if data is not None and not _is_plan(data):
        raise UsageError(
            f'"{path}" is there and is no plan, so it was not written.',
            "Name another file for the plan, such as plan.json.",
        )
    known = prepared.pairs.rows
    plan = prepared.plan
    # Rows that are as they are remembered need not be said again.
    plan = replace(plan, settled=tuple(row for row in plan.settled if known.get(row.item) != row))
    wanted = prepared.wanted
    made = {
        "format": FORMAT,
        "version": VERSION,
        "command": command,
        "wanted": _plain(wanted),
        "place": {
            "path": prepared.place.path,
            "below": sorted(prepared.place.below),
            "known_as": prepared.place.known_as,
        },
        "plan": plan_json(plan, rows=True),
    }
    text = json.dumps(made, ensure_ascii=True, indent=1) + "\n"
    write_file(path, text.encode(), seen, backup=False)


def _is_plan(data: bytes) -> bool:
    try:
        return bool(json.loads(data).get("format") == FORMAT)
    except (ValueError, AttributeError):
        return False


def load_plan(path: str) -> SavedPlan:
    """A plan from its file. Raises `InputError` for a file that holds none."""
    data = read_bytes(path)
    try:
        if not _is_plan(data):
            raise ValueError("no plan")
        made = json.loads(data)
        if made["version"] != VERSION:
            raise InputError(
                f'"{path}" was written by another version of bibtools.', "Make the plan again."
            )
        return SavedPlan(
            path,
            str(made["command"]),
            Wanted(**made["wanted"]),
            str(made["place"]["path"]),
            _plan(made["plan"]),
            str(made["place"].get("known_as") or ""),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError(
            f'"{path}" is no plan of bibtools zotero, or it is damaged.',
            "Make one with --plan FILE.",
        ) from None


def _plan(row: Mapping[str, Any]) -> Plan:
    kind, _, number = str(row["library"]).partition(":")
    if kind not in ("user", "group"):
        raise ValueError("no library")
    return Plan(
        library=Library(cast("Any", kind), int(number)),
        endpoint=str(row["endpoint"]),
        collection=row["collection"],
        file=str(row["file"]),
        digest=row["digest"],
        library_version=int(row["library_version"]),
        remote=tuple(_read_step(step) for step in row["zotero"]),
        local=tuple(_read_step(step) for step in row["entries"]),
        settled=tuple(read_agreed(one) for one in row["settled"]),
        conflicts=tuple(
            Conflict(**{**one, "fields": tuple(FieldConflict(**part) for part in one["fields"])})
            for one in row["conflicts"]
        ),
        unsure=tuple(
            Unsure(**{**one, "candidates": tuple(one["candidates"])}) for one in row["unsure"]
        ),
        notices=tuple(Notice(**one) for one in row["notices"]),
    )


def _read_step(row: Mapping[str, Any]) -> Any:
    values = dict(row)
    kind = _STEPS[values.pop("step")]
    if "changes" in values:
        values["changes"] = tuple(FieldChange(**one) for one in values["changes"])
    return kind(**values)


def prepare_saved(session: Session, saved: SavedPlan) -> Prepared:
    """The plan ready to be carried out. Raises `UsageError` when something that it touches has
    moved since it was made.
    """
    plan = saved.plan
    if (session.gateway.endpoint, session.library.shown) != (plan.endpoint, plan.library.shown):
        raise UsageError(
            f'The plan in "{saved.file}" is for {plan.library.shown} at {plan.endpoint}, and this '
            f"is {session.library.shown} at {session.gateway.endpoint}.",
            "Choose that library with --library, or make the plan again.",
        )
    place = _place(session, saved)
    prepared = unplanned(session, open_file(plan.file), saved.wanted, place)
    moved = _moved(session, prepared, saved) or _made_meanwhile(prepared, plan)
    if moved:
        shown = ", ".join(moved[:5]) + (f" and {len(moved) - 5} more" if len(moved) > 5 else "")
        raise UsageError(
            f'Something has moved since the plan in "{saved.file}" was made ({shown}), so nothing '
            "was done.",
            "Make the plan again.",
        )
    rows = dict(prepared.pairs.rows)
    gone = {step.item for step in plan.remote if isinstance(step, TrashItem)}
    gone |= {step.item for step in plan.local if isinstance(step, RemoveEntry)}
    for item in gone:
        rows.pop(item, None)
    touched = {step.item for step in (*plan.remote, *plan.local) if hasattr(step, "item")}
    for row in plan.settled:
        held = session.mirror.item(row.item)
        if row.item in touched or (held is not None and held.version == row.version):
            rows[row.item] = row
    settled = replace(plan, settled=tuple(rows.values()))
    return replace(prepared, plan=settled, held=prepared.pairs.refusals)


def _place(session: Session, saved: SavedPlan) -> Place:
    plan = saved.plan
    made = tuple(step for step in plan.remote if isinstance(step, CreateCollection))
    if plan.collection is None:
        return Place(None)
    keys = (
        session.mirror.below([plan.collection])
        if saved.wanted.subcollections
        else frozenset({plan.collection})
    )
    return Place(plan.collection, saved.path, made, keys, saved.known_as)


def _moved(session: Session, prepared: Prepared, saved: SavedPlan) -> list[str]:
    """What is not as it was when the plan was made."""
    plan = saved.plan
    found = [f'the file "{plan.file}"'] if prepared.seen.digest != plan.digest else []
    if _collection_moved(session, saved):
        found.append(f"the collection {saved.path or plan.collection}")
    versions = {row.item: row.version for row in plan.settled}
    found += [
        step.key
        for step in (*plan.remote, *plan.local)
        if not isinstance(step, CreateCollection) and _has_moved(session, step, versions)
    ]
    return list(dict.fromkeys(found))


def _made_meanwhile(prepared: Prepared, plan: Plan) -> list[str]:
    """Citation keys of the entries to be created that somebody put into the library meanwhile."""
    creates = steps_of(plan.remote, CreateItem)
    if not creates or plan.library_version == prepared.request.library_version:
        return []
    still = {step.key for step in steps_of(planned(prepared).plan.remote, CreateItem)}
    return [step.key for step in creates if step.key not in still]


def _collection_moved(session: Session, saved: SavedPlan) -> bool:
    """Whether the collection is gone, or was made by somebody meanwhile."""
    plan = saved.plan
    if plan.collection is None:
        return False
    if any(isinstance(step, CreateCollection) for step in plan.remote):
        return bool(session.mirror.find_collections(saved.path))
    return plan.collection not in session.mirror.collections()


def _has_moved(session: Session, step: _ItemStep, versions: Mapping[str, int]) -> bool:
    """Whether the item (or child) of a step is of another version than the plan knows."""
    version = _version(session, step.item)
    match step:
        case CreateItem():
            return version is not None
        case AttachCode():
            item = versions.get(step.item)
            moved = version is None if item == 0 else version != item
            return moved or (_version(session, step.child) or 0) != step.child_version
        case RemoveEntry():
            # Its item is gone or was trashed; that it came back would be news.
            held = session.mirror.item(step.item)
            return held is not None and not held.data.get("deleted") and step.item not in versions
        case UpdateEntry():
            return version != versions.get(step.item)
    return version != step.version


def _version(session: Session, key: str) -> int | None:
    held = session.mirror.item(key)
    return held.version if held is not None else None
