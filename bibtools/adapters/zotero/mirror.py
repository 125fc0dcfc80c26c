"""A copy of a library in one SQLite file: what it held when it was asked last.

The file may be deleted at any time; it costs the requests to fill it again. When it is damaged,
made by another program, or of another server, it is made anew; when it cannot be written (a full
disk, a read-only folder) the run goes on in memory and the next one starts again. Both is said in
a notice.

Several processes may share it: a row is only replaced by one that is not older.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bibtools.adapters.zotero.answers import RemoteCollection
from bibtools.adapters.zotero.mirror_file import SCHEMA, MirrorFile
from bibtools.adapters.zotero.mirror_view import View
from bibtools.adapters.zotero.written import written
from bibtools.model import Notice
from bibtools.sync.values import RemoteItem, remote_item

_MARKS = 500
"""Values in one query; SQLite's own limit was 999 for long."""


def mirror_path(cache: Path, endpoint: str, library_path: str) -> Path:
    """Where the copy of a library lies: `zotero/<server>-<library>-<digits>.sqlite` in `cache`."""
    digest = hashlib.sha256(f"{endpoint} {library_path}".encode()).hexdigest()[:12]
    shown = re.sub(r"[^a-z0-9]+", "-", f"{endpoint.partition('://')[2]}-{library_path}".lower())
    return cache / "zotero" / f"{shown.strip('-')[:60]}-{digest}-{SCHEMA}.sqlite"


class Mirror:
    """The copy. One thread uses it; any number of processes may."""

    def __init__(self, path: Path | None) -> None:
        """Open the file, or make it; None keeps everything in memory."""
        self._file = MirrorFile(path)
        self._views: list[View] = []

    def __enter__(self) -> Mirror:
        """Itself; it is closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Give the file back, and with it all that `view` gave."""
        for view in self._views:
            view.close()
        self._file.close()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What happened to the file, in sentences."""
        return self._file.notices

    # Facts about the library

    @property
    def version(self) -> int:
        """Version of the library of which everything is here; 0 before the first whole copy."""
        return int(self.fact("version") or 0)

    @property
    def identity(self) -> str:
        """Whose versions these are (`Gateway.identity`); empty for a new copy."""
        return self.fact("identity")

    def fact(self, name: str) -> str:
        """A remark about the copy; empty where there is none."""
        rows = self._file.query("select value from fact where name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def state(self, **facts: str | int) -> None:
        """Write remarks down; `version` never goes back."""

        def work(database: sqlite3.Connection) -> None:
            for name, value in facts.items():
                if name == "version" and int(value) < _version(database):
                    continue
                database.execute("insert or replace into fact values (?, ?)", (name, str(value)))

        self._file.change(work)

    def clear(self, identity: str) -> None:
        """Forget everything: this is the copy of another library from now on."""

        def work(database: sqlite3.Connection) -> None:
            for table in ("fact", "item", "member", "collection"):
                database.execute(f"delete from {table}")  # noqa: S608 -- our own names
            database.execute("insert into fact values ('identity', ?)", (identity,))

        self._file.change(work)

    # Items

    def view(self) -> View:
        """The library as it is here now, whatever is written afterwards; read as it is needed."""
        self._views.append(View(self._file.query))
        return self._views[-1]

    def item(self, key: str) -> RemoteItem | None:
        """An item or child; None when it is not there."""
        rows = self._file.query(
            "select key, version, modified, data from item where key = ?", (key,)
        )
        return _item(rows[0]) if rows else None

    def items(
        self,
        *,
        top: bool = True,
        collections: Iterable[str] | None = None,
        below: bool = True,
        trashed: bool | None = None,
    ) -> Iterator[RemoteItem]:
        """Items by key: those that stand by themselves, or (`top` false) children as well.

        `collections` are keys of collections that an item has to be in; with `below` those under
        them count too. `trashed` None gives what is in the trash and what is not.
        """
        where = ["key > ?"]
        values: list[Any] = []
        if top:
            where.append("parent = ''")
        if trashed is not None:
            where.append("trashed = ?")
            values.append(int(trashed))
        if collections is not None:
            wanted = self.below(collections) if below else collections
            where.append(
                "key in (select item from member where collection in "
                "(select value from json_each(?)))"
            )
            values.append(json.dumps(sorted(wanted)))
        statement = (
            "select key, version, modified, data from item "  # noqa: S608 -- our own words
            f"where {' and '.join(where)} order by key limit {_MARKS}"
        )
        # In parts: the reader may write meanwhile, and a library need not fit into memory.
        after = ""
        while rows := self._file.query(statement, (after, *values)):
            yield from map(_item, rows)
            after = rows[-1][0]

    def children(
        self, of: Collection[str] | None = None, *, types: Collection[str] | None = None
    ) -> dict[str, tuple[RemoteItem, ...]]:
        """Children by the key of the item they hang on, by key; of all items where `of` is None.

        `types` limits them to item types: ("attachment",) leaves out the texts of notes.
        """
        found: dict[str, list[RemoteItem]] = {}
        parts: Iterable[Sequence[str]] = [()] if of is None else _parts(sorted(set(of)))
        for part in parts:
            statement = "select key, version, modified, data, parent from item where parent != ''"
            if of is not None:
                statement += f" and parent in ({_marks(part)})"
            values = list(part)
            if types is not None:
                statement += f" and type in ({_marks(types)})"
                values += types
            for *row, parent in self._file.query(statement + " order by key", values):
                found.setdefault(parent, []).append(_item(row))
        return {parent: tuple(items) for parent, items in found.items()}

    def versions(self) -> dict[str, int]:
        """The version of every item and child by key."""
        return dict(self._file.query("select key, version from item", ()))

    def type_of(self, key: str) -> str:
        """The item type of an item or child; empty when it is not there."""
        rows = self._file.query("select type from item where key = ?", (key,))
        return str(rows[0][0]) if rows else ""

    def versions_of(self, keys: Collection[str]) -> dict[str, int]:
        """The versions of these, as far as they are there."""
        found: dict[str, int] = {}
        for part in _parts(sorted(keys)):
            statement = f"select key, version from item where key in ({_marks(part)})"  # noqa: S608
            found.update(self._file.query(statement, part))
        return found

    def put(self, items: Iterable[RemoteItem], **facts: str | int) -> tuple[str, ...]:
        """Keep these items, and with them some remarks; gives the keys of those that are new here.

        One that is older than what is here is left out.
        """
        changed: list[str] = []

        def work(database: sqlite3.Connection) -> None:
            changed.clear()
            changed.extend(item.key for item in items if _put(database, item))
            for name, value in facts.items():
                database.execute("insert or replace into fact values (?, ?)", (name, str(value)))

        items = tuple(items)
        self._file.change(work)
        return tuple(changed)

    def put_saved(self, saved: Iterable[tuple[str, int, Mapping[str, Any]]]) -> None:
        """Keep what a write answered: key, version and data as the server gives it."""
        self.put(
            remote_item({"key": key, "version": version, "data": data})
            for key, version, data in saved
        )

    def remove(self, keys: Iterable[str], *, up_to: int | None = None) -> tuple[str, ...]:
        """Forget items, with their children; those newer than `up_to` stay. Gives what went."""
        gone: list[str] = []

        def work(database: sqlite3.Connection) -> None:
            gone.clear()
            left = list(keys)
            while left:
                there: list[str] = []
                for part in _parts(left):
                    statement = (
                        "select key from item where "  # noqa: S608 -- marks
                        f"key in ({_marks(part)}) and version <= ?"
                    )
                    limit = up_to if up_to is not None else 1 << 62
                    there += [row[0] for row in database.execute(statement, (*part, limit))]
                left = []
                for part in _parts(there):
                    marks = _marks(part)
                    below = f"select key from item where parent in ({marks})"  # noqa: S608
                    left += [row[0] for row in database.execute(below, part)]
                    database.execute(f"delete from item where key in ({marks})", part)  # noqa: S608
                    database.execute(f"delete from member where item in ({marks})", part)  # noqa: S608
                gone.extend(there)

        keys = tuple(keys)
        self._file.change(work)
        return tuple(gone)

    # Collections

    def collections(self) -> dict[str, RemoteCollection]:
        """All collections by key, those in the trash included."""
        rows = self._file.query("select * from collection order by key", ())
        return {
            key: RemoteCollection(key, version, name, parent or None, bool(trashed))
            for key, version, name, parent, trashed in rows
        }

    def path_of(self, key: str) -> str:
        """Where a collection stands: "Reading/2026"; empty for one that is not there."""
        return _path(self.collections(), key)

    def find_collections(self, wanted: str) -> tuple[RemoteCollection, ...]:
        """The collections that `wanted` may mean, none of them in the trash.

        A key means that one; else a path from the top; else a name or the end of a path, anywhere.
        """
        whole = self.collections()
        every = {key: one for key, one in whole.items() if not _in_trash(whole, one)}
        if wanted in every:
            return (every[wanted],)
        path = wanted.strip("/")
        paths = {key: _path(every, key) for key in every}
        folded = f"/{path}".casefold()
        return (
            _those(every, [key for key, told in paths.items() if told == path])
            or _those(every, [key for key, told in paths.items() if told.endswith(f"/{path}")])
            or _those(
                every,
                [key for key, told in paths.items() if f"/{told}".casefold().endswith(folded)],
            )
        )

    def below(self, keys: Iterable[str]) -> frozenset[str]:
        """These collections and all under them."""
        under: dict[str, list[str]] = {}
        for one in self.collections().values():
            under.setdefault(one.parent or "", []).append(one.key)
        found: set[str] = set()
        left = list(keys)
        while left:
            key = left.pop()
            if key not in found:
                found.add(key)
                left += under.get(key, ())
        return frozenset(found)

    def put_collections(self, collections: Iterable[RemoteCollection]) -> None:
        """Keep these collections; one that is older than what is here is left out."""
        rows = [
            (one.key, one.version, _text(one.name), _text(one.parent), int(one.deleted))
            for one in collections
        ]

        def work(database: sqlite3.Connection) -> None:
            database.executemany(
                "insert into collection values (?, ?, ?, ?, ?) on conflict (key) do update set "
                "version = excluded.version, name = excluded.name, parent = excluded.parent, "
                "trashed = excluded.trashed where excluded.version >= collection.version",
                rows,
            )

        self._file.change(work)

    def remove_collections(
        self, keys: Iterable[str], *, up_to: int | None = None
    ) -> tuple[str, ...]:
        """Forget collections; those newer than `up_to` stay. Gives the keys of items that were in
        one: they are in it no more, which the server does without giving them a new version.
        """
        touched: list[str] = []

        def work(database: sqlite3.Connection) -> None:
            touched.clear()
            limit = up_to if up_to is not None else 1 << 62
            gone = []
            for part in _parts(sorted(keys)):
                statement = (
                    "select key from collection where "  # noqa: S608 -- marks
                    f"key in ({_marks(part)}) and version <= ?"
                )
                gone += [row[0] for row in database.execute(statement, (*part, limit))]
            for part in _parts(gone):
                statement = f"delete from collection where key in ({_marks(part)})"  # noqa: S608
                database.execute(statement, part)
            touched.extend(_take_out(database, gone))

        keys = tuple(keys)
        self._file.change(work)
        return tuple(touched)

    def forget_unknown_collections(self) -> tuple[str, ...]:
        """Take items out of collections that are not here; gives the items' keys.

        Only right when items and collections are of the same version of the library.
        """
        touched: list[str] = []

        def work(database: sqlite3.Connection) -> None:
            rows = database.execute(
                "select distinct collection from member where collection not in "
                "(select key from collection)"
            )
            touched[:] = _take_out(database, [row[0] for row in rows])

        self._file.change(work)
        return tuple(touched)

    # After our own writes

    def wrote(self, versions: Iterable[int], library_version: int | None) -> bool:
        """Move the library's version on after a write that gave these versions to objects.

        That is only done when no number between is missing: a missing one is somebody else's
        write, which has to be read. Gives whether it was done.
        """
        if library_version is None:
            return False
        before = self.version
        given = {one for one in versions if one > before}
        if not before or given != set(range(before + 1, library_version + 1)):
            return False
        self.state(version=library_version)
        return True


def _version(database: sqlite3.Connection) -> int:
    row = database.execute("select value from fact where name = 'version'").fetchone()
    return int(row[0]) if row else 0


def _put(database: sqlite3.Connection, item: RemoteItem) -> bool:
    held = database.execute("select version, data from item where key = ?", (item.key,)).fetchone()
    data = _written(item.data)
    if held is not None and (held[0] > item.version or held == (item.version, data)):
        return False
    database.execute(
        "insert or replace into item values (?, ?, ?, ?, ?, ?, ?)",
        (
            item.key,
            item.version,
            _text(item.data.get("parentItem")),
            _text(item.data.get("itemType")),
            int(bool(item.data.get("deleted"))),
            _text(item.modified),
            data,
        ),
    )
    database.execute("delete from member where item = ?", (item.key,))
    collections = item.data.get("collections")
    if isinstance(collections, list):
        database.executemany(
            "insert or ignore into member values (?, ?)",
            [(_text(key), item.key) for key in collections],
        )
    return True


def _take_out(database: sqlite3.Connection, gone: Sequence[str]) -> list[str]:
    """Take the items of these collections out of them; gives the items' keys."""
    touched: set[str] = set()
    for part in _parts(gone):
        marks = _marks(part)
        statement = f"select item from member where collection in ({marks})"  # noqa: S608
        touched.update(row[0] for row in database.execute(statement, part))
        database.execute(f"delete from member where collection in ({marks})", part)  # noqa: S608
    for key in touched:
        row = database.execute("select data from item where key = ?", (key,)).fetchone()
        if row is None:
            continue
        data = json.loads(row[0])
        data["collections"] = [one for one in data.get("collections", ()) if one not in gone]
        if not data["collections"]:
            del data["collections"]
        database.execute("update item set data = ? where key = ?", (_written(data), key))
    return sorted(touched)


def _written(data: Mapping[str, Any]) -> str:
    # As the state file writes it, so that equal data are seen to be equal without reading them.
    return written(data).decode()


def _text(value: object) -> str:
    return str(value or "").encode("utf-8", "replace").decode("utf-8")


def _item(row: Sequence[Any]) -> RemoteItem:
    key, version, modified, data = row
    return RemoteItem(key, version, json.loads(data), modified)


def _path(collections: Mapping[str, RemoteCollection], key: str) -> str:
    names: list[str] = []
    seen: set[str] = set()
    while (one := collections.get(key)) is not None and key not in seen:
        seen.add(key)
        names.append(one.name)
        key = one.parent or ""
    return "/".join(reversed(names))


def _in_trash(collections: Mapping[str, RemoteCollection], one: RemoteCollection) -> bool:
    """Whether a collection, or one above it, is in the trash."""
    seen: set[str] = set()
    here: RemoteCollection | None = one
    while here is not None and here.key not in seen:
        if here.deleted:
            return True
        seen.add(here.key)
        here = collections.get(here.parent or "")
    return False


def _those(
    every: Mapping[str, RemoteCollection], keys: Sequence[str]
) -> tuple[RemoteCollection, ...]:
    return tuple(every[key] for key in keys)


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _MARKS):
        yield values[start : start + _MARKS]


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
