"""A library as a test sees it: what it holds, and the hands of another client in it."""

from __future__ import annotations

from typing import Any

from tests.zotero_server.store import Collection, Item, Shelf
from tests.zotero_server.writing import delete, delete_tags, write_one


class Library(Shelf):
    """One user's or group's library. `items`, `collections`, `searches`, `version`, `gone` are
    its state; the methods below edit it as another client would, under the rules and with the
    versions of the real server. They raise `Refused` for what the server refuses.
    """

    def put(self, data: dict[str, Any]) -> Item:
        """Create an item, or change the one with the `key` given; absent fields stay."""
        written = write_one(self, "item", data)
        assert isinstance(written.thing, Item)
        return written.thing

    def edit(self, key: str, **fields: Any) -> Item:
        """Change some properties of an item that exists."""
        assert key in self.items, f"no item {key}"
        return self.put({"key": key, **fields})

    def trash(self, key: str) -> Item:
        return self.edit(key, deleted=1)

    def restore(self, key: str) -> Item:
        """Take an item out of the trash."""
        return self.edit(key, deleted=0)

    def delete(self, *keys: str) -> None:
        """Delete items for good, with their children."""
        delete(self, "item", keys)

    def add_collection(self, name: str, parent: str = "", key: str = "") -> str:
        """Make a collection; its key."""
        data: dict[str, Any] = {"name": name, "parentCollection": parent or False}
        written = write_one(self, "collection", {**data, **({"key": key} if key else {})})
        return written.thing.key

    def edit_collection(self, key: str, **properties: Any) -> Collection:
        """Rename, move (`parentCollection`) or trash (`deleted`) a collection."""
        assert key in self.collections, f"no collection {key}"
        written = write_one(self, "collection", {"key": key, **properties})
        assert isinstance(written.thing, Collection)
        return written.thing

    def delete_collection(self, *keys: str) -> None:
        """Delete collections for good, with those below them; their items stay."""
        delete(self, "collection", keys)

    def delete_tags(self, *tags: str) -> None:
        delete_tags(self, tags)

    def contents(self) -> dict[str, dict[str, Any]]:
        """Every item's data by key, without versions: for comparing two states."""
        with self.lock:
            return {
                key: {name: value for name, value in item.data.items() if name != "version"}
                for key, item in self.items.items()
            }
