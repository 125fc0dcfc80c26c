"""What becomes of a pair of which one side is gone: nothing, unless somebody says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bibtools.model import Notice
from bibtools.sync.changing import differences
from bibtools.sync.drafting import Draft
from bibtools.sync.linking import Links
from bibtools.sync.merging import merge_pair
from bibtools.sync.plan import Conflict, RemoveEntry, TrashItem, UpdateEntry, UpdateItem
from bibtools.sync.values import Agreed, LocalEntry, RemoteItem


@dataclass(slots=True)
class Leaving:
    """Looks at pairs that lost a side, and adds what follows to a draft."""

    draft: Draft
    create: Callable[[LocalEntry], None]
    """Makes an item anew."""
    back: dict[str, Agreed] = field(default_factory=dict)
    """Rows of pairs whose entry left the file, by the keys of items that bring it back."""
    stays_there: list[str] = field(default_factory=list)
    """Keys of entries that left the file, whose items stay."""
    stays_here: list[str] = field(default_factory=list)
    """Keys of entries whose items left the library."""
    not_seen: list[str] = field(default_factory=list)
    """Keys of entries that are missing in a file that cannot be read as a whole."""
    hidden: list[str] = field(default_factory=list)
    """Keys of entries that left the file, whose items may have notes that we may not see."""

    def gone(self, links: Links) -> None:
        """What one side had and has no more."""
        request = self.draft.request
        for row in links.gone_here:
            item = request.items.get(row.item)
            if item is None or item.data.get("deleted"):
                continue
            if (
                self.draft.request.collection is not None
                and item.key not in self.draft.request.scope
            ):
                continue  # it left the collection as its entry left the file
            self._gone_here(row, item)
        for local, row in links.gone_there:
            self.gone_there(local, row, request.items.get(row.item))

    def _gone_here(self, row: Agreed, item: RemoteItem) -> None:
        """An entry left the file; its item is there."""
        request = self.draft.request
        if request.direction == "pull":
            self.draft.settled.append(row)
            return
        if not request.whole:
            self.not_seen.append(row.key)
            self.draft.settled.append(row)
            return
        title = str(item.data.get("title") or "")
        own = {row.code[0]} if row.code is not None else set()
        others = [
            child
            for child in request.children.get(item.key, ())
            if child.key not in own and not child.data.get("deleted")
        ]
        if differences(row.there, item.data) or others:
            if request.prefer == "zotero" and request.direction == "both":
                self.back[item.key] = row
                return
            if request.prefer != "local" or others or not (request.delete and row.ours):
                what = "has notes or files in Zotero" if others else "was changed in Zotero since"
                reason = f"The entry left the file, and its item {what}."
                hint = _hint_gone_here(row, others=bool(others))
                self.draft.conflicts.append(Conflict(row.key, item.key, title, (), reason, hint))
                self.draft.settled.append(row)
                return
        if request.delete and row.ours and not request.sees_notes:
            self.hidden.append(row.key)
            self.draft.settled.append(row)
            return
        if request.delete and row.ours:
            self.draft.remote.append(TrashItem(item.key, row.key, item.version, title))
            return
        self.stays_there.append(row.key)
        self.draft.settled.append(row)

    def gone_there(self, local: LocalEntry, row: Agreed, item: RemoteItem | None) -> None:
        """An item was deleted, trashed or taken out of the collection; its entry is there."""
        request = self.draft.request
        if request.direction == "push" and request.prefer != "local":
            self.draft.settled.append(row)
            return
        if differences(row.here, local.data):
            if request.prefer == "local" and request.direction != "pull":
                self._bring_back(local, row, item)
                return
            if not (request.prefer == "zotero" and request.delete and row.entry_ours):
                reason = "Its item left the library, and the entry was changed in the file since."
                title = local.entry.title or ""
                hint = _hint_gone_there(row)
                self.draft.conflicts.append(Conflict(local.key, row.item, title, (), reason, hint))
                self.draft.settled.append(row)
                return
        if request.delete and row.entry_ours and request.direction != "push":
            self.draft.local.append(RemoveEntry(local.key, row.item))
            return
        self.stays_here.append(local.key)
        self.draft.settled.append(row)

    def _bring_back(self, local: LocalEntry, row: Agreed, item: RemoteItem | None) -> None:
        """The file wins over a deletion: out of the trash, back into the collection, or anew."""
        if item is None:
            self.create(local)
            return
        wanted = {name: value for name, value in item.data.items() if name != "deleted"}
        if self.draft.request.collection is not None:
            kept = set(wanted.get("collections", ()))
            wanted["collections"] = sorted({*kept, self.draft.request.collection})
        merged = merge_pair(
            row,
            local.data,
            wanted,
            prefer="local",
            direction=self.draft.request.direction,
            locked=local.locked,
        )
        changes = differences(item.data, merged.there)
        self.draft.remote.append(UpdateItem(item.key, local.key, item.version, changes))
        if merged.to_here:
            self.draft.local.append(UpdateEntry(local.key, item.key, merged.to_here, local.data))
        there = merged.agreed_there
        self.draft.settled.append(
            replace(row, print=local.print, here=merged.agreed_here, there=there)
        )

    def tell(self) -> None:
        """One sentence for everything that was left where it is."""
        if self.not_seen:
            self.draft.notices.append(
                Notice(
                    f"{len(self.not_seen)} of the pairs are not to be seen in the file "
                    f"({_first_of(self.not_seen)}), and it has faults or is empty: their items "
                    "stay as they are.",
                    self.draft.request.file,
                    rule="zotero.not-seen",
                    hint="bibtools check shows what is wrong with a file.",
                )
            )
        if self.hidden:
            self.draft.notices.append(
                Notice(
                    f"{len(self.hidden)} of the pairs left the file ({_first_of(self.hidden)}), "
                    "and their items are not trashed: the API key may not see notes, so they may "
                    "have some.",
                    self.draft.request.file,
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
            self.draft.notices.append(
                Notice(
                    f"{len(keys)} of the pairs {left} ({_first_of(keys)}).",
                    self.draft.request.file,
                    rule="zotero.left",
                    hint=None
                    if self.draft.request.delete
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
