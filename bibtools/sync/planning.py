"""What would bring a file and a library into agreement: links and merges made into a `Plan`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bibtools.keys import assign_keys
from bibtools.model import Entry, Notice
from bibtools.sync.changing import changes as changes_of
from bibtools.sync.code_links import CodeLink, code_link
from bibtools.sync.comparing import normalised
from bibtools.sync.item_side import code_child
from bibtools.sync.linking import Links, Pair, Readings, link
from bibtools.sync.merging import merge_pair
from bibtools.sync.plan import (
    AddEntry,
    Conflict,
    CreateCollection,
    CreateItem,
    Library,
    LocalStep,
    Plan,
    RemoteStep,
    RemoveEntry,
    TrashItem,
    Unsure,
    UpdateEntry,
    UpdateItem,
)
from bibtools.sync.values import (
    Agreed,
    Data,
    LocalEntry,
    Merged,
    Prefer,
    RemoteItem,
)

Direction = Literal["both", "push", "pull"]
_ZOTEROS_OWN = frozenset({"collections", "relations", "inPublications"})
_KEY = re.compile(r"[^\x00-\x20\x7f,{}\"#%'=\\~()]+")
"""Citation keys that BibTeX and biber take."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """Both sides as they are, and what is wanted."""

    library: Library
    endpoint: str
    collection: str | None
    """Key of the collection that the file is to agree with; None for the whole library."""
    file: str
    digest: str | None
    library_version: int
    local: Sequence[LocalEntry]
    items: Mapping[str, RemoteItem]
    """All top-level items of the library by key, those in the trash included."""
    children: Mapping[str, Sequence[RemoteItem]]
    """Children by the key of their parent."""
    scope: frozenset[str]
    """Keys of the items that the file is to hold: those in the collection and below it."""
    agreed: Mapping[str, Agreed]
    """Rows of the state file by item key."""
    new_key: Callable[[], str]
    """Makes keys for new objects."""
    direction: Direction = "both"
    prefer: Prefer | None = None
    delete: bool = False
    """Whether what is gone on one side goes on the other: trashed there, removed here."""
    file_modified: str = ""
    """When the file was last changed, ISO 8601 in UTC; for `prefer="newest"`."""
    collections: Sequence[CreateCollection] = ()
    """Collections that are missing, parents first."""
    notices: tuple[Notice, ...] = ()
    left_out: Sequence[LocalEntry] = ()
    """Entries that stand in the file and take no part."""
    whole: bool = True
    """False when an entry that is missing may only be unreadable: nothing is trashed then."""
    below: frozenset[str] = frozenset()
    """Keys of the collection and of those under it."""
    sees_notes: bool = True
    """False when items may have notes that nobody shows us: nothing is trashed then."""


def make_plan(request: PlanRequest) -> Plan:
    """All steps that would settle what differs, and what would be left alone."""
    readings = Readings(request.items)
    links = link(
        request.local, request.items, readings, request.scope, request.agreed, request.left_out
    )
    planner = _Planner(request)
    for pair in links.pairs:
        planner.settle(pair)
    planner.settled += links.kept
    planner.gone(links)
    if request.direction != "pull":
        for entry in links.only_here:
            planner.create(entry)
    if request.direction != "push":
        back = [request.items[key] for key in planner.back]
        planner.add([*back, *links.only_there], readings)
    planner.tell()
    return planner.plan(links.unsure)


@dataclass(slots=True)
class _Planner:
    request: PlanRequest
    remote: list[RemoteStep] = field(default_factory=list)
    local: list[LocalStep] = field(default_factory=list)
    settled: list[Agreed] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    stays_there: list[str] = field(default_factory=list)
    """Keys of entries that left the file, whose items stay."""
    back: dict[str, Agreed] = field(default_factory=dict)
    """Rows of pairs whose entry left the file, by the keys of items that bring it back."""
    not_seen: list[str] = field(default_factory=list)
    """Keys of entries that are missing in a file that cannot be read as a whole."""
    hidden: list[str] = field(default_factory=list)
    """Keys of entries that left the file, whose items may have notes that we may not see."""
    stays_here: list[str] = field(default_factory=list)
    """Keys of entries whose items left the library."""

    def plan(self, unsure: tuple[Unsure, ...]) -> Plan:
        request = self.request
        creates = any(isinstance(step, CreateItem | UpdateItem) for step in self.remote)
        collections = request.collections if creates else ()
        return Plan(
            library=request.library,
            endpoint=request.endpoint,
            collection=request.collection,
            file=request.file,
            digest=request.digest,
            library_version=request.library_version,
            remote=(*collections, *self.remote),
            local=tuple(self.local),
            settled=tuple(self.settled),
            conflicts=tuple(self.conflicts),
            unsure=unsure,
            notices=(*request.notices, *self.notices),
        )

    # Pairs

    def settle(self, pair: Pair) -> None:
        """One work on both sides."""
        local, item, agreed = pair.local, pair.item, pair.agreed
        if agreed is not None and self._left_collection(item, agreed):
            self._gone_there(local, agreed, item)
            return
        code = self._code(local, item, agreed)
        row = self._as_it_was(pair, code) or self._just_linked(pair, code)
        if row is not None:
            self.settled.append(row)
            return
        merged = merge_pair(
            agreed,
            local.data,
            code.there,
            prefer=self.request.prefer,
            newer=self._newer(item),
            direction=self.request.direction,
            locked=local.locked,
        )
        wanted, agreed_there = self._in_collection(item, merged)
        changes = changes_of(item.data, wanted)
        if changes and self.request.direction != "pull":
            self.remote.append(UpdateItem(item.key, local.key, item.version, changes))
        if code.step is not None:
            self.remote.append(code.step)
        if merged.to_here:
            self.local.append(UpdateEntry(local.key, item.key, merged.to_here, local.data))
        self._tell_open(local, item, merged, code)
        # An entry whose past is not what it says must not be taken for unchanged.
        whole = normalised(merged.agreed_here) == normalised(local.data)
        self.settled.append(
            Agreed(
                item=item.key,
                key=local.key,
                print=local.print if whole else "",
                version=item.version,
                here=merged.agreed_here,
                there=agreed_there,
                ours=agreed is not None and agreed.ours,
                entry_ours=agreed is not None and agreed.entry_ours,
                code=code.remembered,
            )
        )

    def _left_collection(self, item: RemoteItem, agreed: Agreed) -> bool:
        """Whether an item was in the collection, or below it, and is not any more."""
        request = self.request
        if request.collection is None or item.key in request.scope:
            return False
        was = agreed.there.get("collections", ())
        return not {request.collection, *request.below}.isdisjoint(was)

    def _as_it_was(self, pair: Pair, code: CodeLink) -> Agreed | None:
        """The row of a pair of which nothing has changed."""
        local, item, agreed = pair.local, pair.item, pair.agreed
        if (
            agreed is not None
            and code.step is None
            # What another part of the library remembers may not be in this collection yet.
            and (self.request.collection is None or item.key in self.request.scope)
            and agreed.version == item.version
            and agreed.print == local.print
            and agreed.here == local.data
            and agreed.there == code.there == item.data
        ):
            return agreed
        return None

    def _just_linked(self, pair: Pair, code: CodeLink) -> Agreed | None:
        """The row of a pair that is new, and whose sides say the same."""
        local, item = pair.local, pair.item
        if pair.agreed is not None or code.step is not None or code.conflicts:
            return None
        if not self._equal(local, code.there):
            return None
        return Agreed(
            item.key,
            local.key,
            local.print,
            item.version,
            local.data,
            code.there,
            code=code.remembered,
        )

    def _in_collection(self, item: RemoteItem, merged: Merged) -> tuple[Data, Data]:
        """What the item shall be and what is remembered of it: with the collection, where it is
        in none that counts. With `pull` it stays where it is, and the entry is linked all the same.
        """
        request = self.request
        if request.collection is None or item.key in request.scope or request.direction == "pull":
            return merged.there, merged.agreed_there
        every = sorted({*merged.there.get("collections", ()), request.collection})
        return {**merged.there, "collections": every}, {**merged.agreed_there, "collections": every}

    def _tell_open(
        self, local: LocalEntry, item: RemoteItem, merged: Merged, code: CodeLink
    ) -> None:
        """What the merge left as it is."""
        if merged.conflicts or code.conflicts:
            title = local.entry.title or ""
            fields = (*merged.conflicts, *code.conflicts)
            self.conflicts.append(Conflict(local.key, item.key, title, fields))
        if merged.locked:
            names = ", ".join(one.field for one in merged.locked)
            self.notices.append(
                Notice(
                    f'The entry "{local.key}" locks what Zotero changed ({names}); it stays.',
                    self.request.file,
                    rule="zotero.locked",
                    hint="Take the field out of bibtools-lock to have the change.",
                )
            )

    def _equal(self, local: LocalEntry, there: Data) -> bool:
        """Whether the two sides say the same, letter by letter."""
        collection = self.request.collection
        if collection is not None and collection not in there.get("collections", ()):
            return False
        mine = {name: value for name, value in there.items() if name not in _ZOTEROS_OWN}
        return normalised(mine) == normalised(local.data)

    def _newer(self, item: RemoteItem) -> Literal["here", "there"] | None:
        if not self.request.file_modified or not item.modified:
            return None
        return "here" if self.request.file_modified > item.modified else "there"

    def _code(self, local: LocalEntry, item: RemoteItem, agreed: Agreed | None) -> CodeLink:
        request = self.request
        children = request.children.get(item.key, ())
        pull = request.direction == "pull"
        return code_link(local, item, agreed, children, request.new_key, pull=pull)

    # One side only

    def create(self, entry: LocalEntry, item: str | None = None) -> None:
        """An entry that the library lacks."""
        request = self.request
        key = item or request.new_key()
        data = dict(entry.data)
        if request.collection is not None:
            data["collections"] = [request.collection]
        child = request.new_key() if entry.code else None
        self.remote.append(
            CreateItem(key, entry.key, entry.print, data, entry.data, entry.code, child)
        )
        code = (child, entry.code) if child and entry.code else None
        self.settled.append(
            Agreed(key, entry.key, entry.print, 0, entry.data, data, ours=True, code=code)
        )

    def add(self, items: Sequence[RemoteItem], readings: Mapping[str, Entry]) -> None:
        """Items that the file lacks."""
        if not items:
            return
        taken = [entry.key for entry in self.request.local]
        used = {key.lower() for key in taken}
        drafts: list[Entry] = []
        for item in items:
            entry = readings[item.key]
            old = self.back.get(item.key)
            own = (_clean_key(entry.key), old.key if old is not None else None)
            key = next((one for one in own if one and one.lower() not in used), None)
            if key is not None:
                used.add(key.lower())
            drafts.append(replace(entry, key=key))
        for item, entry in zip(items, assign_keys(drafts, taken), strict=True):
            assert entry.key is not None
            child = code_child(self.request.children.get(item.key, ()))
            code = str(child.data["url"]) if child is not None else None
            old = self.back.get(item.key)
            if code is None and old is not None:
                code = _url(old)
            self.local.append(AddEntry(item.key, item.version, entry.key, item.data, code))
            here = {**item.data, "citationKey": entry.key}
            known = (child.key, code) if child is not None and code is not None else None
            row = Agreed(
                item.key, entry.key, "", item.version, here, item.data, entry_ours=True, code=known
            )
            if old is not None:
                row = replace(row, ours=old.ours, code=old.code)
            self.settled.append(row)

    # Gone from one side

    def gone(self, links: Links) -> None:
        """What one side had and has no more."""
        for row in links.gone_here:
            item = self.request.items.get(row.item)
            if item is None or item.data.get("deleted"):
                continue
            if self.request.collection is not None and item.key not in self.request.scope:
                continue  # it left the collection as its entry left the file
            self._gone_here(row, item)
        for local, row in links.gone_there:
            self._gone_there(local, row, self.request.items.get(row.item))

    def _gone_here(self, row: Agreed, item: RemoteItem) -> None:
        """An entry left the file; its item is there."""
        request = self.request
        if request.direction == "pull":
            self.settled.append(row)
            return
        if not request.whole:
            self.not_seen.append(row.key)
            self.settled.append(row)
            return
        title = str(item.data.get("title") or "")
        own = {row.code[0]} if row.code is not None else set()
        others = [
            child
            for child in request.children.get(item.key, ())
            if child.key not in own and not child.data.get("deleted")
        ]
        if changes_of(row.there, item.data) or others:
            if request.prefer == "zotero" and request.direction == "both":
                self.back[item.key] = row
                return
            if request.prefer != "local" or others or not (request.delete and row.ours):
                what = "has notes or files in Zotero" if others else "was changed in Zotero since"
                reason = f"The entry left the file, and its item {what}."
                hint = _hint_gone_here(row, others=bool(others))
                self.conflicts.append(Conflict(row.key, item.key, title, (), reason, hint))
                self.settled.append(row)
                return
        if request.delete and row.ours and not request.sees_notes:
            self.hidden.append(row.key)
            self.settled.append(row)
            return
        if request.delete and row.ours:
            self.remote.append(TrashItem(item.key, row.key, item.version, title))
            return
        self.stays_there.append(row.key)
        self.settled.append(row)

    def _gone_there(self, local: LocalEntry, row: Agreed, item: RemoteItem | None) -> None:
        """An item was deleted, trashed or taken out of the collection; its entry is there."""
        request = self.request
        if request.direction == "push" and request.prefer != "local":
            self.settled.append(row)
            return
        if changes_of(row.here, local.data):
            if request.prefer == "local" and request.direction != "pull":
                self._bring_back(local, row, item)
                return
            if not (request.prefer == "zotero" and request.delete and row.entry_ours):
                reason = "Its item left the library, and the entry was changed in the file since."
                title = local.entry.title or ""
                hint = _hint_gone_there(row)
                self.conflicts.append(Conflict(local.key, row.item, title, (), reason, hint))
                self.settled.append(row)
                return
        if request.delete and row.entry_ours and request.direction != "push":
            self.local.append(RemoveEntry(local.key, row.item))
            return
        self.stays_here.append(local.key)
        self.settled.append(row)

    def _bring_back(self, local: LocalEntry, row: Agreed, item: RemoteItem | None) -> None:
        """The file wins over a deletion: out of the trash, back into the collection, or anew."""
        if item is None:
            self.create(local)
            return
        wanted = {name: value for name, value in item.data.items() if name != "deleted"}
        if self.request.collection is not None:
            kept = set(wanted.get("collections", ()))
            wanted["collections"] = sorted({*kept, self.request.collection})
        merged = merge_pair(
            row,
            local.data,
            wanted,
            prefer="local",
            direction=self.request.direction,
            locked=local.locked,
        )
        changes = changes_of(item.data, merged.there)
        self.remote.append(UpdateItem(item.key, local.key, item.version, changes))
        if merged.to_here:
            self.local.append(UpdateEntry(local.key, item.key, merged.to_here, local.data))
        there = merged.agreed_there
        self.settled.append(replace(row, print=local.print, here=merged.agreed_here, there=there))

    def tell(self) -> None:
        """One sentence for everything that was left where it is."""
        if self.not_seen:
            self.notices.append(
                Notice(
                    f"{len(self.not_seen)} of the pairs are not to be seen in the file "
                    f"({_first_of(self.not_seen)}), and it has faults or is empty: their items "
                    "stay as they are.",
                    self.request.file,
                    rule="zotero.not-seen",
                    hint="bibtools check shows what is wrong with a file.",
                )
            )
        if self.hidden:
            self.notices.append(
                Notice(
                    f"{len(self.hidden)} of the pairs left the file ({_first_of(self.hidden)}), "
                    "and their items are not trashed: the API key may not see notes, so they may "
                    "have some.",
                    self.request.file,
                    rule="zotero.notes-unseen",
                    hint="Let the key see notes: https://www.zotero.org/settings/keys",
                )
            )
        for keys, left, stays, delete in (
            (self.stays_there, "left the file; their items stay", "item", "trashes those"),
            (self.stays_here, "left Zotero; their entries stay", "entry", "removes those"),
        ):
            if not keys:
                continue
            self.notices.append(
                Notice(
                    f"{len(keys)} of the pairs {left} ({_first_of(keys)}).",
                    self.request.file,
                    rule="zotero.left",
                    hint=None
                    if self.request.delete
                    else f"--delete {delete} whose {stays} bibtools made.",
                )
            )


def _hint_gone_here(row: Agreed, *, others: bool) -> str:
    """What decides about an item whose entry left the file."""
    back = "sync --prefer zotero brings the entry back"
    if others:
        return f"{back}; an item with notes or files is never trashed from here."
    if not row.ours:
        return f"{back}; only items that bibtools made are trashed from here."
    return f"{back}; sync --prefer local --delete trashes the item."


def _hint_gone_there(row: Agreed) -> str:
    """What decides about an entry whose item left the library."""
    back = "sync --prefer local brings the item back"
    if not row.entry_ours:
        return f"{back}; only entries that bibtools added are removed from here."
    return f"{back}; sync --prefer zotero --delete removes the entry."


def _first_of(keys: Sequence[str]) -> str:
    return ", ".join(keys[:5]) + (f" and {len(keys) - 5} more" if len(keys) > 5 else "")


def _url(row: Agreed) -> str | None:
    return row.code[1] if row.code is not None else None


def _clean_key(key: str | None) -> str | None:
    """The citation key of an item, where it can be one in a file."""
    return key if key and _KEY.fullmatch(key) else None
