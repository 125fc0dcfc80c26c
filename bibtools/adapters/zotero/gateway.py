"""One library on a Zotero server, through pyzotero.

pyzotero builds the requests; what it does with answers that are not good is kept from it by the
transport (`transport`), and what is known to go wrong in it is not used: `update_items` (says True
when nothing was written), lists of keys in `delete_item`, templates, `everything` (does not see
that the library moved between two pages), `key_info` (puts the key into the address).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import httpx2
from pyzotero import zotero

from bibtools.adapters.closing import Closing
from bibtools.adapters.web.clock import Clock
from bibtools.adapters.zotero.answers import (
    Batch,
    CollectionBatch,
    Deleted,
    Listing,
    RemoteCollection,
    Report,
)
from bibtools.adapters.zotero.endpoints import LOCAL, WEB
from bibtools.adapters.zotero.errors import (
    LocalKeyError,
    MovedError,
    NoAccessError,
    NotThereError,
    StrangeAnswerError,
)
from bibtools.adapters.zotero.refusals import plain_text
from bibtools.adapters.zotero.transport import Patience, Wire, version_of
from bibtools.adapters.zotero.writing import Object, Posted, Writer
from bibtools.sync.plan import Library
from bibtools.sync.values import RemoteItem, remote_item

MOST_WRITTEN = 50
"""Objects in one write, and keys in one question."""
PAGE = 100
"""Items on one page, the most that the server gives."""
_WHILE_ASKED = Patience(tries=1, read_timeout=600.0, whole_timeout=600.0)
_KEY = re.compile(r"[A-Za-z0-9]{1,32}")

ObjectKind = Literal["items", "collections"]


class _Client(zotero.Zotero):
    """pyzotero's client, where an address that has "tags" in it is no list of tags."""

    def _tags_data(self, retrieved: Any) -> Any:
        return retrieved


class Gateway(Closing):
    """A library as typed calls. Every call may raise `ZoteroError`; one call at a time.

    `local` speaks to the desktop program instead: its versions are its own, so that they are kept
    apart by `identity`.
    """

    def __init__(
        self,
        endpoint: str | None,
        library: Library,
        key: str | None,
        *,
        local: bool = False,
        local_key: str | None = None,
        server_id: str | None = None,
        clock: Clock | None = None,
        stop: threading.Event | None = None,
        jitter: Callable[[], float] | None = None,
        patience: Patience | None = None,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        """`key` is the Web API key; `local_key` and `server_id` are the desktop program's.

        `transport` stands in for the network, `clock` for the time. Raises `ConfigError` for an
        endpoint that no key may be sent to.
        """
        self.library = library
        self.local = local
        self._key = None if local else key
        self.wire = Wire(
            endpoint or (LOCAL if local else WEB),
            self._key,
            clock=clock,
            stop=stop,
            jitter=jitter,
            patience=patience,
            transport=transport,
        )
        self._client = self.wire.client()
        self._zotero = _Client(
            library.id,
            library.kind,
            None if local else key,
            local=local,
            client=self._client,
            server_id=server_id,
        )
        self._zotero.endpoint = self.wire.endpoint
        if local and local_key is not None:
            self.use_local_key(local_key)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def endpoint(self) -> str:
        """The address of the server."""
        return self.wire.endpoint

    @property
    def schema_version(self) -> int | None:
        """Of the item types that the server knows; None before the first answer."""
        return self.wire.schema

    @property
    def server_id(self) -> str | None:
        """Which database of the desktop program this is; None for a web server, and for a program
        that is too old to be written to.
        """
        given: str | None = self._zotero.server_id
        return given

    @property
    def identity(self) -> str:
        """Whose versions these are: server, database and library. Asks, of the desktop program."""
        if self.local and self.server_id is None:
            self._asked(self._zotero.collection_versions)
        database = f" {self.server_id or 'unknown'}" if self.local else ""
        return f"{self.endpoint}{database} {self.library.path}"

    # Reading

    def item_versions(self, since: int = 0, *, unless: int | None = None) -> Listing | None:
        """Versions of all items above `since`, of those in the trash and of children too.

        None when the library is still at version `unless`.
        """
        return self._versions(self._zotero.item_versions, unless, since=since, includeTrashed=1)

    def collection_versions(self, since: int = 0, *, unless: int | None = None) -> Listing | None:
        """Versions of all collections above `since`. None as in `item_versions`."""
        return self._versions(self._zotero.collection_versions, unless, since=since)

    def items(self, keys: Sequence[str]) -> Batch:
        """Items and children by key, at most fifty; those that are not there are left out."""
        rows = self._by_key(keys, "items")
        return Batch(tuple(map(remote_item, rows.values())), self._library_version())

    def page(self, start: int) -> Batch:
        """A hundred items from number `start` on, the oldest first, trash and children included."""
        rows = self._rows(
            self._zotero.items,
            sort="dateAdded",
            direction="asc",
            includeTrashed=1,
            start=start,
            limit=PAGE,
        )
        total = self._headers().get("total-results", "")
        items = tuple(map(remote_item, rows))
        return Batch(items, self._library_version(), int(total) if total.isdecimal() else None)

    def collections(self, keys: Sequence[str] | None = None) -> CollectionBatch:
        """Collections by key (at most fifty), or all of them."""
        if keys is not None:
            rows = self._by_key(keys, "collections")
            return CollectionBatch(tuple(map(_collection, rows.values())), self._library_version())
        found: dict[str, RemoteCollection] = {}
        versions: list[int] = []
        while True:
            page = self._rows(
                self._zotero.collections,
                sort="dateAdded",
                direction="asc",
                start=len(found),
                limit=None if self.local else PAGE,
            )
            versions.append(self._library_version())
            before = len(found)
            found.update({one.key: one for one in map(_collection, page)})
            if self.local or len(page) < PAGE or len(found) == before:
                # That it moved between two pages shows when this is compared with another answer.
                return CollectionBatch(tuple(found.values()), min(versions))

    def deleted(self, since: int) -> Deleted:
        """What was deleted for good after version `since`."""
        # pyzotero means to leave the limit out, and sends it.
        said = self._asked(self._zotero.deleted, since=since, limit=None)
        if not isinstance(said, dict):
            raise self._strange()
        return Deleted(
            _keys(said.get("items")), _keys(said.get("collections")), self._library_version()
        )

    def item(self, key: str) -> RemoteItem | None:
        """One item or child; None when it is not there."""
        return next(iter(self.items([key]).items), None)

    def collection(self, key: str) -> RemoteCollection | None:
        """One collection; None when it is not there."""
        return next(iter(self.collections([key]).collections), None)

    # Writing

    def write(self, objects: Sequence[Object], kind: ObjectKind = "items") -> Report:
        """Write at most fifty objects; fields that are absent stay as they are.

        Each has `key` (made by us) and `version` (0 for one that is to be made); a collection also
        has `name`, and `parentCollection` unless it is at the top. The report speaks of every one
        of them. Where the answer is lost it is made good by looking what is there.
        """
        for one in objects:
            if not _is_key(one.get("key")) or not isinstance(one.get("version"), int):
                raise ValueError("an object to be written needs its key and version")
            if kind == "collections" and "name" not in one:
                raise ValueError("a collection to be written needs its name")
        if not objects:
            return Report({}, {}, {}, None)
        _at_most_fifty(objects)
        return Writer(
            post=lambda some: self._post(some, kind),
            read=lambda keys: self._by_key(keys, kind),
            uncertain=lambda: self.wire.asked.uncertain,
            plain=lambda text: plain_text(text, self._key),
        ).write(objects)

    def delete(self, key: str, version: int) -> None:
        """Delete an item for good, with its children; nothing happens when it is gone already.

        Raises `MovedError` when it is newer than `version`.
        """
        try:
            self._zotero.delete_item({"key": _checked(key), "version": version})
        except (MovedError, NotThereError):
            if self.item(key) is not None:
                raise

    def delete_many(self, keys: Sequence[str], library_version: int) -> int | None:
        """Delete at most fifty items for good, with their children, if the library is not newer
        than `library_version`; those that are gone already are passed over.

        Gives the version of the library afterwards. Raises `MovedError` when it is newer: somebody
        wrote, or an answer was lost and the items are gone.
        """
        _at_most_fifty(keys)
        rows = [{"key": _checked(key), "version": library_version} for key in keys]
        # pyzotero's own idea of the version is that of the first item.
        self._zotero.delete_item(rows, last_modified=library_version)
        return version_of(self._headers())

    def delete_collection(self, key: str, version: int) -> None:
        """Delete a collection for good and those below it; its items stay.

        Nothing happens when it is gone. Raises `MovedError` when it is newer than `version`.
        """
        try:
            self._zotero.delete_collection({"key": _checked(key), "version": version})
        except (MovedError, NotThereError):
            batch = self.collections([key])
            if not batch.collections:
                return
            if batch.collections[0].version > version:
                raise
            # There are servers that compare with the library's version.
            self._zotero.delete_collection({"key": key, "version": batch.library_version})

    def authorize(self, application: str = "bibtools") -> tuple[str, bool]:
        """Have the desktop program ask its user whether we may write.

        Gives a key, and whether it holds for more than one write.
        """
        # The user is asked once, and may think it over.
        with self.wire.with_patience(_WHILE_ASKED):
            try:
                said = self._zotero.authorize_local(application)
            except NoAccessError as error:
                raise LocalKeyError(
                    "The desktop program was not allowed to let us write.", status=error.status
                ) from None
        if not isinstance(said, dict) or not isinstance(said.get("key"), str):
            raise self._strange()
        self.use_local_key(said["key"])
        return said["key"], bool(said.get("remember"))

    def use_local_key(self, key: str) -> None:
        """Write to the desktop program with this key. Raises `WrongKeyError` for no such text."""
        self.wire.hide(key)
        self._zotero.local_api_key = self._key = key

    @property
    def has_local_key(self) -> bool:
        """Whether there is a key for the desktop program, as far as is known before trying."""
        return self.local and self._key is not None

    # Below

    def _versions(
        self, call: Callable[..., Any], unless: int | None, **parameters: Any
    ) -> Listing | None:
        if unless is None:
            said = self._asked(call, **parameters)
        else:
            with self.wire.unless_modified(unless):
                said = self._asked(call, **parameters)
            if self.wire.not_modified:
                return None
        if said == []:
            said = {}  # how PHP writes an empty table
        if not isinstance(said, dict):
            raise self._strange()
        versions = {key: version for key, version in said.items() if isinstance(version, int)}
        return Listing(versions, self._library_version())

    def _by_key(self, keys: Sequence[str], kind: ObjectKind) -> dict[str, Object]:
        _at_most_fifty(keys)
        if not keys:
            raise ValueError("no keys")
        names = ",".join(map(_checked, keys))
        if kind == "items":
            rows = self._rows(self._zotero.items, itemKey=names, includeTrashed=1, limit=PAGE)
        else:
            # The desktop program gives all of them whatever is asked for.
            limit = None if self.local else PAGE
            rows = self._rows(self._zotero.collections, collectionKey=names, limit=limit)
        wanted = set(keys)
        return {row["key"]: row for row in rows if row["key"] in wanted}

    def _rows(self, call: Callable[..., Any], **parameters: Any) -> list[Object]:
        """Objects with `key`, `version` and `data`."""
        said = self._asked(call, **parameters)
        if not isinstance(said, list) or not all(map(_is_object, said)):
            raise self._strange()
        return said

    def _asked(self, call: Callable[..., Any], **parameters: Any) -> Any:
        # What was left over from a request that failed would go into this one.
        self._zotero.url_params = None
        return call(**parameters)

    def _post(self, objects: list[Object], kind: ObjectKind) -> Posted:
        if kind == "items":
            said = self._zotero.create_items([dict(one) for one in objects])
        else:
            # A collection that does not say what it is below is put at the top by pyzotero too.
            made = [{"parentCollection": False, **one} for one in objects]
            said = self._zotero.create_collections(made)
        return Posted(said, version_of(self._headers()), self.wire.asked.uncertain)

    def _library_version(self) -> int:
        version = version_of(self._headers())
        if version is None:
            raise StrangeAnswerError(
                f"{self.endpoint} does not say the version of the library.",
                hint="Check the address of the Zotero server.",
            )
        return version

    def _headers(self) -> Mapping[str, str]:
        """Of the last answer."""
        answer = self._zotero.request
        return answer.headers if answer is not None else {}

    def _strange(self) -> StrangeAnswerError:
        return StrangeAnswerError(
            f"{self.endpoint} answered something that is none of Zotero's answers.",
            hint="Check the address of the Zotero server.",
        )


def _at_most_fifty(things: Sequence[object]) -> None:
    if len(things) > MOST_WRITTEN:
        raise ValueError(f"{len(things)} at once; {MOST_WRITTEN} is the most")


def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.fullmatch(key) is not None


def _checked(key: str) -> str:
    """A key, which goes into the path of an address."""
    if not _is_key(key):
        raise ValueError("an object's key has letters and digits only")
    return key


def _is_object(row: object) -> bool:
    return (
        isinstance(row, dict)
        and _is_key(row.get("key"))
        and isinstance(row.get("version"), int)
        and isinstance(row.get("data"), dict)
    )


def _collection(row: Object) -> RemoteCollection:
    data: Mapping[str, Any] = row["data"]
    return RemoteCollection(
        key=row["key"],
        version=row["version"],
        name=str(data.get("name") or ""),
        parent=str(data.get("parentCollection") or "") or None,
        deleted=bool(data.get("deleted")),
    )


def _keys(said: object) -> frozenset[str]:
    if not isinstance(said, list):
        return frozenset()
    return frozenset(one for one in said if isinstance(one, str))
