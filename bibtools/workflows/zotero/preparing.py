"""Both sides read, and the plan that would bring them into agreement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bibtools.adapters.files import (
    FileState,
    absent,
    missing_file,
    read_if_there,
    standard_stream,
)
from bibtools.adapters.zotero.state import Pairs, Scope, State, read_state, scope_of
from bibtools.errors import UsageError
from bibtools.model import Entry, Notice
from bibtools.model.progress import Progress
from bibtools.sync.drafting import Direction, PlanRequest
from bibtools.sync.item_side import entry_data
from bibtools.sync.local_file import LocalFile, read_local
from bibtools.sync.plan import Plan
from bibtools.sync.planning import make_plan
from bibtools.sync.refusals import Refusal, without_refused
from bibtools.sync.remembering import by_citation_key
from bibtools.sync.values import Agreed, LocalEntry, Prefer, RemoteItem
from bibtools.workflows.zotero.keys import new_key
from bibtools.workflows.zotero.killed import settle_killed
from bibtools.workflows.zotero.scopes import known_collections, known_pairs, without_stale
from bibtools.workflows.zotero.session import Place, Session, find_place

LIST = "the list"
"""How entries without a file are called."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command was asked for."""

    direction: Direction = "both"
    prefer: Prefer | None = None
    delete: bool = False
    collection: str | None = None
    """Path, name or key."""
    subcollections: bool = True


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything a plan was made from, and the plan."""

    plan: Plan
    request: PlanRequest
    wanted: Wanted
    place: Place
    local: LocalFile
    seen: FileState
    """The file as it was read."""
    state: State
    pairs: Pairs
    """What the state file remembers of this scope, without what never happened."""
    held: tuple[Refusal, ...] = ()
    """What Zotero refused for good, and would be sent again but for that."""
    fileless: bool = False
    """Whether the entries come from a list without a file: nothing of them is remembered."""

    @property
    def scope(self) -> Scope:
        """What the file is synced with."""
        return self.pairs.scope


def prepare(
    session: Session, file: str, wanted: Wanted, progress: Progress | None = None
) -> Prepared:
    """Read the file and its state, compare them with the library, and plan.

    Nothing is written. Raises `InputError` for a file that cannot be read, `UsageError` for a
    collection that is not to be found.
    """
    if file == standard_stream:
        raise UsageError("Standard input cannot be synced: it has no name.", "Give a file.")
    if wanted.direction == "push" and not read_if_there(file)[1].exists:
        raise missing_file(file, "Check the name; pull makes a new file.")
    wanted = replace(wanted, collection=session.collection)
    opened = open_file(file)
    place = find_place(
        session.mirror,
        wanted.collection,
        subcollections=wanted.subcollections,
        make=wanted.direction != "pull",
        known=known_collections(opened.state, _scope(session, None)),
    )
    return planned(unplanned(session, opened, wanted, place), progress)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file and its state, as they were read."""

    file: str
    data: bytes | None
    seen: FileState
    state: State


def open_file(file: str) -> Opened:
    """Read a file and its state."""
    data, seen = read_if_there(file)
    settle_killed(file, seen)
    return Opened(file, data, seen, read_state(file))


def _scope(session: Session, collection: str | None) -> Scope:
    server = session.gateway.server_id or ""
    return scope_of(session.gateway.endpoint, session.library, collection, server)


def unplanned(session: Session, opened: Opened, wanted: Wanted, place: Place) -> Prepared:
    """Both sides read, and an empty plan."""
    file, data, seen, state = opened.file, opened.data, opened.seen, opened.state
    scope = _scope(session, place.collection)
    state = without_stale(state, scope, lambda keys: set(session.mirror.versions_of(keys)))
    pairs = known_pairs(state, scope)
    local = read_local(data, file, by_citation_key(pairs.rows))
    # A file that is not there is made anew, whatever is remembered of one that was.
    pairs = pairs.with_rows(_happened(pairs.rows, local.entries) if data is not None else [])
    return _prepared(session, wanted, place, local, seen, state, pairs)


def prepare_list(
    session: Session,
    entries: Sequence[Entry],
    wanted: Wanted,
    progress: Progress | None = None,
) -> Prepared:
    """A list without a file that is to go to Zotero: pairs are found by what the entries say.

    The entries have citation keys.
    """
    wanted = replace(wanted, direction="push", collection=session.collection)
    place = find_place(session.mirror, wanted.collection, subcollections=wanted.subcollections)
    found = []
    for entry in entries:
        data, code = entry_data(entry)
        found.append(LocalEntry(str(entry.key), "", entry, data, code))
    scope = _scope(session, place.collection)
    local = LocalFile(LIST, "bib", None, tuple(found))
    state = State(Path(LIST))
    prepared = _prepared(session, wanted, place, local, absent, state, Pairs(scope))
    return planned(replace(prepared, fileless=True), progress)


def planned(prepared: Prepared, progress: Progress | None = None) -> Prepared:
    """The same with its plan."""
    if progress is not None:
        progress("comparing both sides", 0, 0)
    pairs, plan = prepared.pairs, make_plan(prepared.request)
    if prepared.request.direction == "pull":
        return replace(prepared, plan=plan, held=pairs.refusals)
    held = without_refused(plan, pairs.refusals, pairs.rows)
    return replace(prepared, plan=held.plan, held=held.refusals)


def as_it_is_now(session: Session, old: Prepared) -> Prepared:
    """The same, planned from what the copy of the library says by now."""
    return planned(
        _prepared(session, old.wanted, old.place, old.local, old.seen, old.state, old.pairs)
    )


def again(session: Session, old: Prepared, rows: Mapping[str, Agreed], wanted: Wanted) -> Prepared:
    """The same with the file as it is now, and with these rows in place of the remembered ones."""
    data, seen = read_if_there(old.local.file)
    local = read_local(data, old.local.file, by_citation_key(rows))
    pairs = replace(old.pairs, rows=dict(rows))
    return planned(_prepared(session, wanted, old.place, local, seen, old.state, pairs))


def _prepared(
    session: Session,
    wanted: Wanted,
    place: Place,
    local: LocalFile,
    seen: FileState,
    state: State,
    pairs: Pairs,
) -> Prepared:
    view = session.mirror.view()
    request = PlanRequest(
        library=session.library,
        endpoint=session.gateway.endpoint,
        collection=place.collection,
        file=local.file,
        digest=seen.digest,
        library_version=session.updated.library_version,
        local=local.entries,
        left_out=local.left_out,
        whole=local.whole,
        items=view.items,
        children=view.children,
        scope=view.inside(None if place.collection is None else place.below),
        agreed=pairs.rows,
        new_key=new_key,
        direction=wanted.direction,
        prefer=wanted.prefer,
        delete=wanted.delete,
        file_modified=_modified(local.file) if wanted.prefer == "newest" else "",
        collections=place.missing,
        below=place.below,
        sees_notes=session.sees_notes() is not False,
        notices=(*session.notices, *state.notices, *_renaming(place), *local.notices),
    )
    nothing = Plan(
        request.library,
        request.endpoint,
        request.collection,
        request.file,
        request.digest,
        request.library_version,
    )
    return Prepared(nothing, request, wanted, place, local, seen, state, pairs)


def _renaming(place: Place) -> tuple[Notice, ...]:
    """Tells of a collection that is found by the name that it had."""
    if not place.known_as:
        return ()
    return (
        Notice(
            f'The collection "{place.known_as}" is called "{place.path}" in Zotero now; it is the '
            "one that the file goes on with.",
            rule="zotero.renamed",
            hint=f'--collection "{place.path}" names it as it is.',
        ),
    )


def scope_keys(items: Mapping[str, RemoteItem], place: Place) -> frozenset[str]:
    """Keys of the items that the file is to hold."""
    if place.collection is None:
        return frozenset(key for key, item in items.items() if not item.data.get("deleted"))
    return frozenset(
        key
        for key, item in items.items()
        if not item.data.get("deleted") and not place.below.isdisjoint(_collections(item))
    )


def _collections(item: RemoteItem) -> Sequence[str]:
    found: Sequence[str] = item.data.get("collections") or ()
    return found


def _happened(rows: Mapping[str, Agreed], entries: Sequence[LocalEntry]) -> list[Agreed]:
    """The rows without those of entries that a run which was ended never put into the file."""
    keys = {entry.key for entry in entries}
    return [
        row for row in rows.values() if not (row.pending and row.entry_ours and row.key not in keys)
    ]


def _modified(file: str) -> str:
    try:
        seconds = Path(file).stat().st_mtime
    except OSError:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
