"""Bringing the copy of a library up to date, with as few questions as the server allows.

The loop is the one that Zotero prescribes (https://www.zotero.org/support/dev/web_api/v3/syncing):
versions of what changed, that by key, what was deleted; again while the library moves meanwhile.
What it adds:

- Collections are compared as a whole, for those below a deleted one are in no list of deletions,
  and items leave a deleted collection without getting a new version.
- Items that are not listed are never taken for deleted: a key that may not see notes is not told
  of them. What is deleted stands in the list of deletions, or is no note.
- Rows are kept with their versions as they come, so that a run that was ended goes on where it
  stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bibtools.adapters.zotero.answers import Batch, CollectionBatch, Deleted, Listing
from bibtools.adapters.zotero.errors import CopyLostError
from bibtools.adapters.zotero.gateway import MOST_WRITTEN, PAGE, Gateway
from bibtools.adapters.zotero.mirror import Mirror
from bibtools.model.progress import Progress

_ROUNDS = 8
"""Times that everything is asked again because somebody writes meanwhile. After that the version
of the first answer of the last round is kept, so that the next run sees what came later."""
_NOTES = ("note", "annotation")


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    requests: int
    """On the wire, repetitions included."""
    changed: frozenset[str]
    """Keys of items and children that are new or different."""
    gone: frozenset[str]
    """Keys of items and children that were deleted for good."""
    library_version: int
    whole: bool = True
    """False when the library never stood still; the copy is then of no single moment."""


def update(
    mirror: Mirror,
    gateway: Gateway,
    progress: Progress | None = None,
    *,
    notes: bool | None = None,
) -> Updated:
    """Make the copy equal to the library.

    `notes` says whether the key may see notes (`KeyInfo.sees_notes`), None that it is not known.
    Raises `ZoteroError`; what was read until then is kept.
    """
    try:
        return _Update(mirror, gateway, progress, notes).run()
    except CopyLostError:
        # The file was damaged, and there is a new one now.
        return _Update(mirror, gateway, progress, notes).run()


class _Update:
    def __init__(
        self, mirror: Mirror, gateway: Gateway, progress: Progress | None, notes: bool | None
    ) -> None:
        self.mirror = mirror
        self.gateway = gateway
        self.progress = progress
        self.notes = notes
        self.changed: set[str] = set()
        self.gone: set[str] = set()

    def run(self) -> Updated:
        before = self.gateway.wire.sent
        if self.mirror.identity != (identity := self.gateway.identity):
            self.mirror.clear(identity)
        if self.gateway.local and self.gateway.server_id is None:
            # Older desktop programs number nothing but what was synced with the web.
            self.mirror.clear(identity)
        if self.notes is True and self.mirror.fact("notes") == "hidden":
            # Notes that were hidden are older than the version that is known.
            self.mirror.state(again="1")
        # The desktop program's listings cost nothing, and it has no list of deletions.
        whole_listing = self.gateway.local or bool(self.mirror.fact("again"))
        since = 0 if whole_listing else self.mirror.version
        version, whole = 0, False
        for _ in range(_ROUNDS):
            listing = self.gateway.item_versions(since)
            assert listing is not None
            version = listing.library_version
            if since and version == since:
                whole = True
                break
            if version < since:
                # The server was set back: nothing here counts any more.
                self.mirror.clear(identity)
                since = 0
                continue
            seen = self._round(listing, since)
            if whole := seen == {version}:
                self.changed.update(self.mirror.forget_unknown_collections())
                break
        if self.notes is not None:
            self.mirror.state(notes="seen" if self.notes else "hidden")
        self.mirror.state(version=version, again="", start="0")
        return Updated(
            self.gateway.wire.sent - before,
            frozenset(self.changed - self.gone),
            frozenset(self.gone),
            version,
            whole,
        )

    def _round(self, listing: Listing, since: int) -> set[int]:
        """One pass; gives all versions of the library that were met."""
        seen = {listing.library_version}
        seen |= self._collections()
        if since:
            deleted = self.gateway.deleted(since)
            seen.add(deleted.library_version)
            gone = set(deleted.items - listing.versions.keys())
        else:
            gone = self._not_listed(listing)
        self.gone.update(self.mirror.remove(gone, up_to=listing.library_version))
        seen |= self._items(listing)
        return seen

    def _collections(self) -> set[int]:
        listing = self.gateway.collection_versions()
        assert listing is not None
        seen = {listing.library_version}
        held = self.mirror.collections()
        missing = sorted(
            key
            for key, version in listing.versions.items()
            if key not in held or held[key].version < version
        )
        if len(missing) * PAGE > len(listing.versions) * MOST_WRITTEN and len(missing) > PAGE:
            every = self.gateway.collections()
            seen.add(every.library_version)
            self.mirror.put_collections(every.collections)
        else:
            for keys in _batches(missing):
                batch: CollectionBatch = self.gateway.collections(keys)
                seen.add(batch.library_version)
                self.mirror.put_collections(batch.collections)
        gone = held.keys() - listing.versions.keys()
        if gone:
            touched = self.mirror.remove_collections(gone, up_to=listing.library_version)
            self.changed.update(touched)
        return seen

    def _not_listed(self, listing: Listing) -> set[str]:
        """What is here and in no listing of the whole library; no note that may be hidden."""
        gone = self.mirror.versions().keys() - listing.versions.keys()
        if not gone or self.notes is True:
            return gone
        hidden = {key for key in gone if self.mirror.type_of(key) in _NOTES}
        if hidden:
            deleted: Deleted = self.gateway.deleted(self.mirror.version)
            hidden -= deleted.items
        return gone - hidden

    def _items(self, listing: Listing) -> set[int]:
        seen: set[int] = set()
        missing = self._missing(listing)
        total = len(listing.versions)
        if len(missing) > PAGE and 2 * len(missing) > total:
            seen |= self._pages(total)
            missing = self._missing(listing)
        done = total - len(missing)
        for keys in _batches(missing):
            batch: Batch = self.gateway.items(keys)
            seen.add(batch.library_version)
            self.changed.update(self.mirror.put(batch.items))
            done += len(keys)
            self._tell(done, total)
        return seen

    def _missing(self, listing: Listing) -> list[str]:
        held = self.mirror.versions_of(listing.versions.keys())
        return [key for key, version in listing.versions.items() if held.get(key, -1) < version]

    def _pages(self, total: int) -> set[int]:
        """Everything, a hundred at a time, from where a run before was ended.

        What is missed because somebody deletes meanwhile is asked for by key afterwards.
        """
        seen: set[int] = set()
        start = int(self.mirror.fact("start") or 0)
        while True:
            batch = self.gateway.page(start)
            seen.add(batch.library_version)
            start += PAGE
            # The items and how far we are stand in one transaction.
            self.changed.update(self.mirror.put(batch.items, start=str(start)))
            self._tell(min(start, total), total)
            all_there = batch.total is not None and start >= batch.total
            if not batch.items or all_there or (batch.total is None and len(batch.items) < PAGE):
                return seen

    def _tell(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress("items of the Zotero library", done, total)


def _batches(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), MOST_WRITTEN):
        yield keys[start : start + MOST_WRITTEN]
