"""Any history of a library, met by any updates: at the end the copy is the library."""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero.errors import ZoteroError
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.mirror import Mirror
from bibtools.adapters.zotero.mirror_update import update
from bibtools.adapters.zotero.transport import Patience
from bibtools.sync.plan import Library
from bibtools.sync.values import remote_item
from tests.loopback import ONLY_LOOPBACK
from tests.zotero.wire_cases import held
from tests.zotero_server import Fault, Kind, Refused, ZoteroServer, is_read
from tests.zotero_server import Library as RemoteLibrary

pytestmark = ONLY_LOOPBACK
_USERS = itertools.count(1)


class Hands:
    """Another client at work in a library, by chance."""

    def __init__(self, library: RemoteLibrary, chance: random.Random) -> None:
        self.library = library
        self.chance = chance
        self.gone: list[str] = []

    def item(self, *, top: bool = False) -> str | None:
        keys = [key for key, one in self.library.items.items() if not (top and one.parent)]
        return self.chance.choice(keys) if keys else None

    def folder(self) -> str | None:
        keys = list(self.library.collections)
        return self.chance.choice(keys) if keys else None

    def folders(self) -> list[str]:
        keys = list(self.library.collections)
        return self.chance.sample(keys, self.chance.randint(0, min(3, len(keys))))

    def make(self) -> None:
        self.library.put({"itemType": "book", "title": "x", "collections": self.folders()})

    def begin(self, items: int) -> None:
        for _ in range(3):
            self.make_folder()
        for _ in range(items):
            self.make()

    def work(self, number: int = 1) -> None:
        """Do something, so many times."""
        for _ in range(number):
            # The server refuses a collection below itself, and the like.
            with contextlib.suppress(Refused):
                getattr(self, self.chance.choice(DEEDS))()

    def make_child(self) -> None:
        if parent := self.item(top=True):
            if self.library.items[parent].item_type in ("note", "attachment"):
                return
            self.library.put({"itemType": "note", "note": "<p>n</p>", "parentItem": parent})

    def make_again(self) -> None:
        if self.gone and (key := self.chance.choice(self.gone)) not in self.library.items:
            self.library.put({"key": key, "itemType": "book", "title": "again"})

    def edit(self) -> None:
        if (key := self.item()) and self.library.items[key].item_type == "book":
            self.library.edit(key, title=f"{self.chance.random()}")

    def move(self) -> None:
        if key := self.item(top=True):
            self.library.edit(key, collections=self.folders())

    def trash(self) -> None:
        if key := self.item():
            self.library.trash(key)

    def restore(self) -> None:
        if key := self.item():
            self.library.restore(key)

    def delete(self) -> None:
        if key := self.item():
            self.gone.append(key)
            self.library.delete(key)

    def relate(self) -> None:
        one, other = self.item(top=True), self.item(top=True)
        if one and other and one != other:
            user = self.library.id
            uri = f"http://zotero.org/users/{user}/items/{other}"
            self.library.edit(one, relations={"dc:relation": uri})

    def touch(self) -> None:
        """A write that changes nothing raises the version all the same."""
        if key := self.item():
            self.library.edit(key)

    def make_folder(self) -> None:
        self.library.add_collection("c", self.chance.choice([self.folder() or "", ""]))

    def edit_folder(self) -> None:
        if key := self.folder():
            self.library.edit_collection(key, name=f"{self.chance.random()}")

    def move_folder(self) -> None:
        if key := self.folder():
            self.library.edit_collection(key, parentCollection=self.folder())

    def trash_folder(self) -> None:
        if key := self.folder():
            self.library.edit_collection(key, deleted=self.chance.random() < 0.5)

    def delete_folder(self) -> None:
        if key := self.folder():
            self.library.delete_collection(key)


_HELP = ("item", "folder", "folders", "begin", "work")
DEEDS = [name for name in vars(Hands) if name not in _HELP and not name.startswith("_")]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One update, and what others do around it."""

    before: int
    """How much they do before."""
    during: list[int]
    """After how many requests they do something."""
    ended: int | None
    """The request with which the update is ended."""


@pytest.fixture(scope="module")
def server() -> Iterator[ZoteroServer]:
    made = ZoteroServer()
    with made.running():
        yield made


# What is done is drawn by `Hands`: hypothesis would do the same few things again and again.
meetings = st.builds(
    Meeting,
    before=st.integers(0, 20),
    during=st.lists(st.integers(0, 8), max_size=3),
    ended=st.none() | st.integers(0, 8),
)


@ONLY_LOOPBACK
@settings(max_examples=25)
@given(
    many=st.booleans(),
    history=st.lists(meetings, max_size=4),
    last=st.integers(0, 20),
    seed=st.integers(0, 2**32),
)
def test_the_copy_becomes_the_library(
    server: ZoteroServer, many: bool, history: list[Meeting], last: int, seed: int
) -> None:
    user = next(_USERS)
    server.add_key(f"Key{user}", user=user)
    library = server.library("users", user)
    hands = Hands(library, random.Random(seed))
    hands.begin(105 if many else 6)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "copy.sqlite"
        for one in history:
            hands.work(one.before)
            server.faults[:] = [
                Fault(Kind.FOREIGN_WRITE, when=is_read, skip=skip, run=hands.work)
                for skip in one.during
            ]
            if one.ended is not None:
                server.faults.append(Fault(Kind.RESET, when=is_read, skip=one.ended))
            _update(server, user, path)
        server.faults.clear()
        hands.work(last)
        _update(server, user, path)
        with Mirror(path) as mirror:
            there = {
                key: remote_item({"key": key, "version": one.version, "data": one.data})
                for key, one in library.items.items()
            }
            wanted = {key: (one.version, dict(one.data)) for key, one in there.items()}
            assert held(mirror) == wanted
            assert {
                one.key: (one.version, one.name, one.parent or "", one.deleted)
                for one in mirror.collections().values()
            } == {
                one.key: (one.version, one.name, one.parent, one.deleted)
                for one in library.collections.values()
            }
            assert mirror.version == library.version
            members = {
                key: {one.key for one in mirror.items(collections=[key], below=False)}
                for key in library.collections
            }
            assert members == {
                key: {item.key for item in library.items.values() if key in item.collections}
                for key in library.collections
            }


def _update(server: ZoteroServer, user: int, path: Path) -> None:
    gateway = Gateway(
        server.address,
        Library("user", user),
        f"Key{user}",
        clock=SimulatedClock(),
        patience=Patience(tries=1),
    )
    with gateway, Mirror(path) as mirror, contextlib.suppress(ZoteroError):
        update(mirror, gateway)
