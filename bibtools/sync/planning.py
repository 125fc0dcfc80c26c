"""What would bring a file and a library into agreement: links and merges made into a `Plan`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from bibtools.keys import assign_keys
from bibtools.model import Entry, Notice
from bibtools.sync.changing import differences
from bibtools.sync.code_links import CodeSaid, code_said
from bibtools.sync.comparing import normalised
from bibtools.sync.drafting import Draft, PlanRequest
from bibtools.sync.item_side import code_child, code_of, says_key
from bibtools.sync.kept import overlaid, whole
from bibtools.sync.leaving import Leaving
from bibtools.sync.linking import Pair, link
from bibtools.sync.marks import Readings
from bibtools.sync.merging import merge_pair
from bibtools.sync.plan import (
    AddEntry,
    Conflict,
    CreateItem,
    Plan,
    Unsure,
    UpdateEntry,
    UpdateItem,
)
from bibtools.sync.values import (
    Agreed,
    Data,
    FieldChange,
    LocalEntry,
    Merged,
    RemoteItem,
)

_ZOTEROS_OWN = frozenset({"collections", "relations", "inPublications"})
_KEY = re.compile(r"[^\x00-\x20\x7f,{}\"#%'=\\~()]+")
"""Citation keys that BibTeX and biber take."""


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
    planner.leaving.gone(links)
    if request.direction != "pull":
        for entry in links.only_here:
            planner.create(entry)
    if request.direction != "push":
        back = [request.items[key] for key in planner.leaving.back]
        planner.add([*back, *links.only_there], readings)
    planner.leaving.tell()
    return planner.plan(links.unsure)


@dataclass(slots=True)
class _Planner(Draft):
    leaving: Leaving = field(init=False)

    def __post_init__(self) -> None:
        self.leaving = Leaving(self, self.create)

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
            self.leaving.gone_there(local, agreed, item)
            return
        code = self._code(local, item, agreed)
        row = self._as_it_was(pair, code) or self._just_linked(pair, code)
        if row is not None:
            self.settled.append(row)
            return
        merged = merge_pair(
            code.agreed,
            whole(local.data),
            whole(code.there),
            prefer=self.request.prefer,
            newer=self._newer(item),
            direction=self.request.direction,
            locked=local.locked,
        )
        pull = self.request.direction == "pull"
        merged, known, step = code.settled(merged, self.request.new_key, pull=pull)
        wanted, agreed_there = self._in_collection(item, merged)
        changes = differences(item.data, wanted)
        if changes and not pull:
            self.remote.append(UpdateItem(item.key, local.key, item.version, changes))
        if step is not None:
            self.remote.append(step)
        if merged.to_here:
            self.local.append(UpdateEntry(local.key, item.key, merged.to_here, local.data))
        self._tell_open(local, item, merged)
        # An entry whose past is not what it says must not be taken for unchanged.
        settled = _stored_alike(merged.agreed_here, local.data)
        self.settled.append(
            Agreed(
                item=item.key,
                key=local.key,
                print=local.print if settled else "",
                version=item.version,
                here=merged.agreed_here,
                there=agreed_there,
                ours=agreed is not None and agreed.ours,
                entry_ours=agreed is not None and agreed.entry_ours,
                code=known,
            )
        )

    def _left_collection(self, item: RemoteItem, agreed: Agreed) -> bool:
        """Whether an item was in the collection, or below it, and is not any more."""
        request = self.request
        if request.collection is None or item.key in request.scope:
            return False
        was = agreed.there.get("collections", ())
        return not {request.collection, *request.below}.isdisjoint(was)

    def _as_it_was(self, pair: Pair, code: CodeSaid) -> Agreed | None:
        """The row of a pair of which nothing has changed."""
        local, item, agreed = pair.local, pair.item, pair.agreed
        if (
            agreed is not None
            and code.agreed is not None
            # What another part of the library remembers may not be in this collection yet.
            and (self.request.collection is None or item.key in self.request.scope)
            and agreed.version == item.version
            and agreed.print == local.print
            and agreed.here == local.data
            and agreed.there == item.data
            and (
                (code.agreed is agreed and code.there is item.data)
                or code.agreed.there == code.there
            )
            and (self.request.direction == "pull" or (not code.wanting and says_key(agreed.there)))
        ):
            return agreed
        return None

    def _just_linked(self, pair: Pair, code: CodeSaid) -> Agreed | None:
        """The row of a pair that is new, and whose sides say the same."""
        local, item = pair.local, pair.item
        if pair.agreed is not None or code.wanting:
            return None
        if not self._equal(local, code.there):
            return None
        return Agreed(
            item.key,
            local.key,
            local.print,
            item.version,
            local.data,
            item.data,
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

    def _tell_open(self, local: LocalEntry, item: RemoteItem, merged: Merged) -> None:
        """What the merge left as it is."""
        if merged.conflicts:
            title = local.entry.title or ""
            self.conflicts.append(Conflict(local.key, item.key, title, merged.conflicts))
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
        return _stored_alike(mine, local.data)

    def _newer(self, item: RemoteItem) -> Literal["here", "there"] | None:
        if not self.request.file_modified or not item.modified:
            return None
        return "here" if self.request.file_modified > item.modified else "there"

    def _code(self, local: LocalEntry, item: RemoteItem, agreed: Agreed | None) -> CodeSaid:
        return code_said(local, item, agreed, self.request.children.get(item.key, ()))

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
            old = self.leaving.back.get(item.key)
            promised = self.request.keys.get(item.key)
            own = (_clean_key(entry.key), promised, old.key if old is not None else None)
            key = next((one for one in own if one and one.lower() not in used), None)
            if key is not None:
                used.add(key.lower())
            # One that has its key is drafted no more.
            drafts.append(Entry(key=key) if key is not None else replace(entry, key=None))
        for item, entry in zip(items, assign_keys(drafts, taken), strict=True):
            assert entry.key is not None
            child = code_child(self.request.children.get(item.key, ()))
            code = str(child.data["url"]) if child is not None else None
            old = self.leaving.back.get(item.key)
            if code is None and old is not None:
                code = _url(old)
            self.local.append(AddEntry(item.key, item.version, entry.key, item.data, code))
            here = overlaid(item.data, "citationKey", entry.key)
            there = here
            if self.request.direction == "pull" or says_key(item.data):
                there = item.data
            else:
                change = FieldChange("citationKey", None, entry.key)
                self.remote.append(UpdateItem(item.key, entry.key, item.version, (change,)))
            known = (child.key, code) if child is not None and code is not None else None
            line = code_of(item.data)
            if child is None and line is not None:
                known = ("", line)  # it says its code as its user wants it said
            row = Agreed(
                item.key, entry.key, "", item.version, here, there, entry_ours=True, code=known
            )
            if old is not None:
                row = replace(row, ours=old.ours, code=old.code)
            self.settled.append(row)


def _stored_alike(one: Data, other: Data) -> bool:
    """Whether a server would store the same for both. Most fields are the same as they stand."""
    one, other = whole(one), whole(other)
    mine, theirs = (
        {name: value for name, value in side.items() if beside.get(name) != value}
        for side, beside in ((one, other), (other, one))
    )
    return normalised(mine) == normalised(theirs)


def _url(row: Agreed) -> str | None:
    return row.code[1] if row.code is not None else None


def _clean_key(key: str | None) -> str | None:
    """The citation key of an item, where it can be one in a file."""
    return key if key and _KEY.fullmatch(key) else None
