"""The copy of a library as it was at one moment, read where somebody looks at it.

A plan is made of values that must not change while it is carried out, though the copy goes on
being written to. SQLite keeps the moment: what a transaction began to read, it reads to its end.
Where there is no file that allows this (a copy in memory, a folder without write-ahead logs),
everything is read at once.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from bibtools.adapters.zotero.errors import CopyLostError
from bibtools.sync.kept import Kept
from bibtools.sync.values import RemoteItem

_AT_HAND: Final = 12_000
"""Items whose data are kept as values."""
_AT_ONCE: Final = 256
"""Items that are read ahead at most."""
_IS_WORK: Final = "parent = '' and type not in ('annotation', 'attachment', 'note')"
_IS_BELOW: Final = "parent != '' and type in ('attachment', 'note')"
_DATA: Final = "select key, version, modified, data, parent from item where"
_HEADS: Final = "select key, version, modified, type, trashed from item where"

Query = Callable[[str, Sequence[Any]], list[Any]]
"""Asks the copy; raises `CopyLostError` where it is damaged."""


class View:
    """Works and their children at one moment."""

    def __init__(self, query: Query) -> None:
        """`query` asks the copy as it is now."""
        self._now = query
        self._database = _still(query)
        self.items: Mapping[str, RemoteItem]
        """All that stands by itself and is no attachment or note, the trash included, by key."""
        self.children: Mapping[str, Sequence[RemoteItem]]
        """Attachments and notes, by the key of the item below which they are."""
        if self._database is None:
            self.items = {
                one.key: one for one in map(_item, self._ask(f"{_DATA} {_IS_WORK} order by key"))
            }
            self.children = _by_parent(self._ask(f"{_DATA} {_IS_BELOW} order by key"))
        else:
            self.items = _Items(self._ask)
            self.children = _Children(self._ask)

    def inside(self, collections: Collection[str] | None) -> frozenset[str]:
        """Keys of the items outside the trash, and in one of these collections; None for all."""
        statement = f"select key from item where trashed = 0 and {_IS_WORK}"  # noqa: S608
        values = []
        if collections is not None:
            statement += (
                " and key in (select item from member where collection in "
                "(select value from json_each(?)))"
            )
            values = [json.dumps(sorted(collections))]
        return frozenset(row[0] for row in self._ask(statement, values))

    def close(self) -> None:
        """Let the moment go; what was not read by then cannot be read any more."""
        if self._database is not None:
            self._database.close()

    def _ask(self, statement: str, values: Sequence[Any] = ()) -> list[Any]:
        if self._database is None:
            return self._now(statement, values)
        try:
            return self._database.execute(statement, values).fetchall()
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error:
            # Where it is written to, what is damaged is made anew.
            self._now(statement, values)
            raise CopyLostError(
                "The copy of the library cannot be read any more.", "Run the command again."
            ) from None


def _still(query: Query) -> sqlite3.Connection | None:
    """A connection that goes on reading what is there now; None where that is not to be had."""
    if query("pragma journal_mode", ())[0][0] != "wal":
        return None
    path = next((row[2] for row in query("pragma database_list", ()) if row[1] == "main"), "")
    if not path:
        return None
    database = None
    try:
        address = f"{Path(path).absolute().as_uri()}?mode=ro"
        database = sqlite3.connect(address, uri=True, isolation_level=None)
        database.execute("begin")
        database.execute("select count(*) from fact").fetchone()  # from here on it is still
    except sqlite3.Error:
        if database is not None:
            with contextlib.suppress(sqlite3.Error):
                database.close()
        return None
    return database


class _Data:
    """The data of items, as a source of `Kept`."""

    def __init__(self, ask: Callable[..., list[Any]], where: str) -> None:
        """`where` tells the items that are likely to be asked for one after the other."""
        self._ask = ask
        self._statement = (
            "select key, cast(data as blob) from item "  # noqa: S608 -- our own words
            f"where key >= ? and {where} order by key limit ?"
        )
        self.read = lru_cache(_AT_HAND)(self._read)
        self._ahead: dict[str, bytes] = {}
        self._next = ""
        """The key after those that were read ahead."""

    def _read(self, place: str) -> Mapping[str, Any]:
        data: Mapping[str, Any] = json.loads(self.written(place).decode())
        return data

    def written(self, place: str) -> bytes:
        if place not in self._ahead:
            # Who goes on where the last reading ended will go on: as many again are read.
            number = min(2 * len(self._ahead), _AT_ONCE) if place == self._next else 1
            rows = self._ask(self._statement, (place, number + 1))
            self._ahead = dict(rows[:number])
            self._next = rows[number][0] if len(rows) > number else ""
        return self._ahead[place]


@lru_cache(maxsize=256)
def _known(kind: str, trashed: int) -> Mapping[str, Any]:
    """What is asked of every item."""
    return {"itemType": kind or None, "deleted": 1 if trashed else None}


class _Items(Mapping[str, RemoteItem]):
    def __init__(self, ask: Callable[..., list[Any]]) -> None:
        self._data = _Data(ask, _IS_WORK)
        self._heads = {
            key: (version, modified, _known(kind, trashed))
            for key, version, modified, kind, trashed in ask(f"{_HEADS} {_IS_WORK} order by key")
        }

    def __getitem__(self, key: str) -> RemoteItem:
        version, modified, known = self._heads[key]
        return RemoteItem(key, version, Kept(self._data, key, known), modified)

    def __contains__(self, key: object) -> bool:
        return key in self._heads

    def __iter__(self) -> Iterator[str]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)


class _Children(Mapping[str, Sequence[RemoteItem]]):
    def __init__(self, ask: Callable[..., list[Any]]) -> None:
        self._ask = ask
        self._data = _Data(ask, _IS_BELOW)
        self._of = lru_cache(_AT_HAND)(self._read)
        self._parents = frozenset(
            row[0]
            for row in ask(f"select distinct parent from item where {_IS_BELOW}")  # noqa: S608
        )

    def _read(self, parent: str) -> tuple[RemoteItem, ...]:
        rows = self._ask(f"{_HEADS} {_IS_BELOW} and parent = ? order by key", (parent,))
        return tuple(
            RemoteItem(key, version, Kept(self._data, key, _known(kind, trashed)), modified)
            for key, version, modified, kind, trashed in rows
        )

    def __getitem__(self, parent: str) -> Sequence[RemoteItem]:
        if parent not in self._parents:
            raise KeyError(parent)
        return self._of(parent)

    def get(self, parent: str, default: Any = None) -> Any:
        return self._of(parent) if parent in self._parents else default

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._parents))

    def __len__(self) -> int:
        return len(self._parents)


def _item(row: Sequence[Any]) -> RemoteItem:
    key, version, modified, data, _ = row
    return RemoteItem(key, version, json.loads(data), modified)


def _by_parent(rows: Iterable[Sequence[Any]]) -> dict[str, tuple[RemoteItem, ...]]:
    found: dict[str, list[RemoteItem]] = {}
    for row in rows:
        found.setdefault(row[-1], []).append(_item(row))
    return {parent: tuple(items) for parent, items in found.items()}
