"""A library that is open: the server, the copy of the library, and the collection that is meant."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from bibtools.adapters.web.settings import cache_folder
from bibtools.adapters.zotero.answers import KeyInfo, RemoteCollection
from bibtools.adapters.zotero.credentials import Secret
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.mirror import Mirror, mirror_path
from bibtools.adapters.zotero.mirror_update import Updated, update
from bibtools.errors import UsageError
from bibtools.model import Notice
from bibtools.model.progress import Progress
from bibtools.sync.plan import CreateCollection, Library
from bibtools.workflows.zotero.connecting import (
    Connected,
    Connection,
    asked_key,
    connect,
    forget_permission,
    keep_permission,
    kept_permission,
)
from bibtools.workflows.zotero.keys import new_key

_KEY = re.compile(r"(?=[A-Z]*[2-9])[2-9A-NP-Z]{8}")
"""Keys of collections; names in capitals have no digits in them."""
KEYS_SINCE = 33
"""The version of Zotero's schema that gave items the field `citationKey`."""


@dataclass(slots=True)
class Session:
    """An open library. Close it with the block of `open_session`."""

    gateway: Gateway
    mirror: Mirror
    library: Library
    info: KeyInfo | None
    """Whose key it is; None for the desktop program."""
    updated: Updated
    connected: Connected
    key_reads: int = 0
    """Requests that were spent on the key."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What happened to the copy of the library."""
        return (*self.connected.settings.notices, *self.mirror.notices, *self._old_schema())

    def _old_schema(self) -> tuple[Notice, ...]:
        """Tells of a server that is too old to hold citation keys in a field of their own."""
        version = self.gateway.schema_version
        if version is None or version >= KEYS_SINCE:
            return ()
        return (
            Notice(
                f"The server knows version {version} of Zotero's schema; citation keys have a "
                f"field of their own since version {KEYS_SINCE}. It may refuse what has one.",
                rule="zotero.old-schema",
                hint="Bring the server up to date; pull works all the same.",
            ),
        )

    def may_write(self) -> bool:
        """Whether the key may change the library, as far as is known before trying."""
        if self.info is None or self.info.may_write(self.library):
            return True
        if self.connected.fresh or self.connected.key is None:
            return False
        # What is remembered of the key may be old.
        self.key_reads += 1
        self.info = asked_key(self.connected.settings, self.connected.key)
        self.connected = replace(self.connected, fresh=True)
        return self.info.may_write(self.library)

    @property
    def needs_permission(self) -> bool:
        """Whether the desktop program has to ask its user before we can write."""
        return self.gateway.local and not self.gateway.has_local_key

    def ask_permission(self) -> bool:
        """Have the desktop program ask its user, and wait for the answer.

        Gives whether it holds from now on (it is kept then), or for one request only. Raises
        `LocalKeyError` when it is denied, `WriteError` when it cannot be kept.
        """
        key, lasting = self.gateway.authorize()
        if lasting and self.gateway.server_id is not None:
            keep_permission(self.connected.settings, self.gateway.server_id, Secret(key))
        return lasting

    @property
    def collection(self) -> str | None:
        """The collection that option or settings name."""
        return self.connected.settings.collection

    @property
    def requests(self) -> tuple[int, int]:
        """Reads and writes so far."""
        wire = self.gateway.wire
        return wire.reads + self.key_reads, wire.writes

    def refresh(self, progress: Progress | None = None) -> Updated:
        """Bring the copy up to date again."""
        self.updated = update(self.mirror, self.gateway, progress, notes=self.sees_notes())
        return self.updated

    def sees_notes(self) -> bool | None:
        """Whether the key may see notes; None for the desktop program, which has no such keys."""
        return None if self.info is None else self.info.sees_notes(self.library)


@contextmanager
def open_session(where: Connection, progress: Progress | None = None) -> Iterator[Session]:
    """Connect, check the key, and bring the copy of the library up to date.

    Raises `ConfigError` where something is not set, `ZoteroError` for what the server refuses.
    """
    found = connect(where)
    cache = cache_folder(os.environ)
    local = found.settings.local
    with Gateway(
        found.settings.endpoint,
        found.library,
        found.key.reveal() if found.key is not None else None,
        local=local,
    ) as gateway:
        name = gateway.identity if local else gateway.endpoint
        database = gateway.server_id
        if local and database is not None:
            allowed = kept_permission(found.settings, database)
            if allowed is not None:
                gateway.use_local_key(allowed.reveal())
        with Mirror(mirror_path(cache, name, found.library.path)) as mirror:
            sees = None if found.info is None else found.info.sees_notes(found.library)
            updated = update(mirror, gateway, progress, notes=sees)
            try:
                yield Session(
                    gateway, mirror, found.library, found.info, updated, found, found.requests
                )
            finally:
                if database is not None and gateway.wire.key_refused:
                    forget_permission(found.settings, database)


@dataclass(frozen=True, slots=True)
class Place:
    """The part of a library that a file is to agree with."""

    collection: str | None
    """Key; None for the whole library."""
    path: str = ""
    """Where the collection stands, for a person."""
    missing: tuple[CreateCollection, ...] = ()
    """Collections that have to be made for it, parents first."""
    below: frozenset[str] = field(default_factory=frozenset)
    """Keys of the collection and of those under it."""
    known_as: str = ""
    """What the user and the state file call it, where that is not its path any more."""

    @property
    def name(self) -> str:
        """Under what name it is remembered."""
        return self.known_as or self.path


def find_place(
    mirror: Mirror,
    wanted: str | None,
    *,
    subcollections: bool = True,
    make: bool = True,
    known: Mapping[str, str] | None = None,
) -> Place:
    """The collection that `wanted` (path, name or key) means; the whole library for None.

    One that is not there is to be made, where `make` says so. `known` are the keys of collections
    that the file was synced with before, by the path that they had then: one that was renamed or
    moved since is found by it. Raises `UsageError` for a name that several collections have, and
    for a missing one.
    """
    if wanted is None:
        return Place(None)
    # "a//b" is "a/b", unless a collection is called so.
    names = "/".join(part for name in wanted.split("/") if (part := name.strip()))
    if not names:
        raise UsageError("The name of the collection is empty.", "Leave --collection away.")
    found = mirror.find_collections(wanted) or mirror.find_collections(names)
    wanted = wanted if found else names
    before = _renamed(mirror, wanted, known or {})
    found = _with_renamed(mirror, wanted, found, before)
    if len(found) == 1:
        key = found[0].key
        keys = mirror.below([key]) if subcollections else frozenset({key})
        return Place(key, mirror.path_of(key), (), keys, before.get(key, ""))
    if found:
        raise _ambiguous(mirror, wanted, found)
    if not make:
        raise UsageError(
            f'There is no collection "{wanted}" in the library.',
            "bibtools zotero collections lists those that are there.",
        )
    steps = _missing(mirror, wanted, known or {})
    top = [mirror.path_of(steps[0].parent)] if steps[0].parent is not None else []
    path = "/".join([*top, *(step.name for step in steps)])
    return Place(steps[-1].key, path, steps, frozenset({steps[-1].key}))


def _ambiguous(mirror: Mirror, wanted: str, found: Sequence[RemoteCollection]) -> UsageError:
    paths = "; ".join(f"{mirror.path_of(one.key)} ({one.key})" for one in found)
    return UsageError(
        f'Several collections may be meant by "{wanted}": {paths}.',
        "Give the whole path, or the key in brackets.",
    )


def _is_called(mirror: Mirror, one: RemoteCollection, wanted: str) -> bool:
    """Whether a collection is meant by its key or its whole path."""
    return wanted == one.key or mirror.path_of(one.key) == wanted.strip("/")


def _renamed(mirror: Mirror, wanted: str, known: Mapping[str, str]) -> dict[str, str]:
    """The collections that were called so when a file was synced with them, and have another path
    now: the old path by their key.
    """
    living = {
        path: key
        for path, key in known.items()
        if any(one.key == key for one in mirror.find_collections(key))
        and mirror.path_of(key) != path
    }
    path = wanted.strip("/")
    if path in living:
        return {living[path]: path}
    end = f"/{path}".casefold()
    return {key: old for old, key in living.items() if f"/{old}".casefold().endswith(end)}


def _with_renamed(
    mirror: Mirror, wanted: str, found: Sequence[RemoteCollection], before: Mapping[str, str]
) -> tuple[RemoteCollection, ...]:
    """What may be meant: by its key or whole path one alone, else also what was called so."""
    if any(_is_called(mirror, one, wanted) for one in found):
        return tuple(found)
    old = (one for key in before for one in mirror.find_collections(key))
    return (*old, *(one for one in found if one.key not in before))


def _missing(mirror: Mirror, wanted: str, known: Mapping[str, str]) -> tuple[CreateCollection, ...]:
    """What has to be made so that a path is there."""
    if _KEY.fullmatch(wanted.strip()):
        raise UsageError(
            f'No collection of the library has the key "{wanted}".',
            "bibtools zotero collections lists those that are there.",
        )
    names = [name.strip() for name in wanted.strip("/").split("/") if name.strip()]
    parent: str | None = None
    start = 0
    for end in range(len(names) - 1, 0, -1):
        path = "/".join(names[:end])
        above = mirror.find_collections(path)
        above = _with_renamed(mirror, path, above, _renamed(mirror, path, known))
        exact = [one for one in above if mirror.path_of(one.key) == path]
        if len(exact or above) > 1:
            raise _ambiguous(mirror, path, exact or above)
        if above:
            parent, start = (exact or above)[0].key, end
            break
    steps: list[CreateCollection] = []
    for name in names[start:]:
        steps.append(CreateCollection(new_key(), name, parent))
        parent = steps[-1].key
    return tuple(steps)
