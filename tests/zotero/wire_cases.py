"""What a gateway and a copy of the library have to do on every Zotero server.

Each case is a function of a `Site`, whose library is empty. They are run against the stand-in
(test_zotero_gateway.py) and against an independent server (test_second_server_wire.py), so they
rest on nothing in which the two are known to differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero.account import groups, key_info
from bibtools.adapters.zotero.errors import MovedError, NoAccessError, WrongKeyError
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.mirror import Mirror
from bibtools.adapters.zotero.mirror_update import update
from bibtools.sync.plan import Library
from bibtools.sync.values import RemoteItem

_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
_OFTEN_ABSENT = ("collections", "relations", "tags", "creators")


@dataclass(frozen=True, slots=True)
class Site:
    """A server with a user whose library is empty."""

    address: str
    user: int
    key: str

    @property
    def library(self) -> Library:
        return Library("user", self.user)

    @contextmanager
    def gateway(self) -> Iterator[Gateway]:
        clock = SimulatedClock()
        with Gateway(self.address, self.library, self.key, clock=clock) as made:
            yield made


def key(number: int, start: str = "ITEM") -> str:
    """An object key of our making."""
    digits = ""
    for _ in range(4):
        number, left = divmod(number, len(_LETTERS))
        digits = _LETTERS[left] + digits
    return start + digits


def preprint(number: int, **fields: Any) -> dict[str, Any]:
    made = {"key": key(number), "version": 0, "itemType": "preprint", "title": f"Paper {number}"}
    return {**made, **fields}


def collection(number: int, name: str, **fields: Any) -> dict[str, Any]:
    return {"key": key(number, "CLLN"), "version": 0, "name": name, **fields}


def whole(gateway: Gateway) -> dict[str, tuple[int, dict[str, Any]]]:
    """What the library holds, read page by page: version and data by key."""
    found: dict[str, RemoteItem] = {}
    while True:
        batch = gateway.page(len(found))
        found.update({item.key: item for item in batch.items})
        if len(batch.items) < 100:
            return {item.key: (item.version, dict(item.data)) for item in found.values()}


def held(mirror: Mirror) -> dict[str, tuple[int, dict[str, Any]]]:
    return {item.key: (item.version, dict(item.data)) for item in mirror.items(top=False)}


def alike(mirror: Mirror, gateway: Gateway) -> None:
    """The copy is the library. Of collections that are gone the items are not to speak; there are
    servers on which they still do.
    """
    there = whole(gateway)
    known = {one.key: one for one in gateway.collections().collections}
    for _, data in there.values():
        left = [one for one in data.get("collections", ()) if one in known]
        if left:
            data["collections"] = left
        else:
            data.pop("collections", None)
    assert held(mirror) == there
    assert mirror.collections() == known


# Writing


def case_create_change_read(site: Site) -> None:
    with site.gateway() as gateway:
        made = gateway.write([preprint(1, url="https://example.org/", date="2024")])
        saved = made.done[0]
        assert (made.unchanged, made.failed, saved.key) == ({}, {}, key(1))
        assert saved.version == made.library_version
        assert saved.data["title"] == "Paper 1"
        changed = gateway.write([{"key": key(1), "version": saved.version, "date": ""}])
        item = gateway.item(key(1))
        assert item is not None
        assert item.version == changed.done[0].version > saved.version
        told = {name: item.data.get(name) for name in ("title", "url", "date")}
        assert told == {"title": "Paper 1", "url": "https://example.org/", "date": None}
        assert gateway.item(key(2)) is None
        assert gateway.schema_version is not None


def case_every_object_is_answered(site: Site) -> None:
    with site.gateway() as gateway:
        first = gateway.write([preprint(1)]).done[0].version
        second = gateway.write([{"key": key(1), "version": first, "title": "Edited"}])
        report = gateway.write(
            [
                {"key": key(1), "version": first, "title": "Stale"},
                preprint(2),
                {"key": key(3), "version": 5, "itemType": "book", "title": "Gone"},
                {"key": key(4), "version": 0, "itemType": "no such type"},
                {"key": key(1), "version": second.done[0].version, "title": "Fresh"},
            ]
        )
        assert {index: one.code for index, one in report.failed.items()} == {0: 412, 2: 404, 3: 400}
        assert {index: one.key for index, one in report.done.items()} == {1: key(2), 4: key(1)}
        titles = {one: data["title"] for one, (_, data) in whole(gateway).items()}
        assert titles == {key(1): "Fresh", key(2): "Paper 2"}
        assert all(
            "<" not in one.message and "&" not in one.message for one in report.failed.values()
        )


def case_missing_collection(site: Site) -> None:
    with site.gateway() as gateway:
        missing = key(9, "CLLN")
        report = gateway.write(
            [preprint(1), preprint(2, collections=[missing]), preprint(3), preprint(4)]
        )
        assert {index: one.code for index, one in report.failed.items()} == {1: 409}
        assert sorted(one.key for one in report.done.values()) == [key(1), key(3), key(4)]
        assert sorted(whole(gateway)) == [key(1), key(3), key(4)]


def case_missing_parent(site: Site) -> None:
    link = {"itemType": "attachment", "linkMode": "linked_url", "title": "Code", "version": 0}
    link |= {"url": "https://github.com/example/code", "contentType": ""}
    with site.gateway() as gateway:
        report = gateway.write(
            [
                preprint(1),
                {**link, "key": key(1, "LINK"), "parentItem": key(1)},
                {**link, "key": key(2, "LINK"), "parentItem": key(7)},
            ]
        )
        assert {index: one.code for index, one in report.failed.items()} == {2: 409}
        with Mirror(None) as mirror:
            update(mirror, gateway)
            children = mirror.children([key(1)])
            assert [one.key for one in children[key(1)]] == [key(1, "LINK")]
            assert [one.key for one in mirror.items()] == [key(1)]


def case_created_twice(site: Site) -> None:
    with site.gateway() as gateway:
        gateway.write([preprint(1)])
        again = gateway.write([preprint(1), preprint(2)])
        assert {index: one.code for index, one in again.failed.items()} == {0: 412}
        assert sorted(whole(gateway)) == [key(1), key(2)]


def case_fifty(site: Site) -> None:
    with site.gateway() as gateway:
        report = gateway.write([preprint(number) for number in range(50)])
        assert sorted(report.done) == list(range(50))
        with pytest.raises(ValueError, match="50 is the most"):
            gateway.write([preprint(number) for number in range(51)])
        batch = gateway.items([key(number) for number in range(50)])
        assert len(batch.items) == 50
        listing = gateway.item_versions()
        assert listing is not None
        assert listing.versions == {item.key: item.version for item in batch.items}


def case_delete(site: Site) -> None:
    with site.gateway() as gateway:
        version = gateway.write([preprint(1)]).done[0].version
        newer = gateway.write([{"key": key(1), "version": version, "title": "Edited"}]).done[0]
        with pytest.raises(MovedError):
            gateway.delete(key(1), version)
        assert gateway.item(key(1)) is not None
        gateway.delete(key(1), newer.version)
        assert gateway.item(key(1)) is None
        gateway.delete(key(1), newer.version)  # is no error
        deleted = gateway.deleted(version)
        assert (deleted.items, deleted.collections) == (frozenset({key(1)}), frozenset())


def case_delete_many(site: Site) -> None:
    with site.gateway() as gateway:
        made = gateway.write([preprint(number) for number in range(1, 5)])
        before = made.library_version
        assert before is not None
        edited = {"key": key(4), "version": made.done[3].version, "title": "Edited"}
        now = gateway.write([edited]).library_version
        assert now is not None
        with pytest.raises(MovedError):
            gateway.delete_many([key(1), key(4)], before)
        assert len(gateway.items([key(1), key(4)]).items) == 2
        after = gateway.delete_many([key(1), key(2), key(9)], now)
        assert after == gateway.items([key(3)]).library_version
        assert set(whole(gateway)) == {key(3), key(4)}


def case_delete_collection(site: Site) -> None:
    with site.gateway() as gateway:
        made = gateway.write([collection(1, "Reading"), collection(2, "Other")], "collections")
        version = made.done[0].version
        renamed = {**collection(1, "Read"), "version": version}
        newer = gateway.write([renamed], "collections").done[0].version
        with pytest.raises(MovedError):
            gateway.delete_collection(key(1, "CLLN"), version)
        gateway.delete_collection(key(1, "CLLN"), newer)
        gateway.delete_collection(key(1, "CLLN"), newer)  # is no error
        assert [one.name for one in gateway.collections().collections] == ["Other"]


def case_trash_and_back(site: Site) -> None:
    with site.gateway() as gateway, Mirror(None) as mirror:
        version = gateway.write([preprint(1), preprint(2)]).done[0].version
        update(mirror, gateway)
        trashed = gateway.write([{"key": key(1), "version": version, "deleted": 1}]).done[0]
        assert update(mirror, gateway).gone == frozenset()
        assert [one.key for one in mirror.items(trashed=True)] == [key(1)]
        assert [one.key for one in mirror.items(trashed=False)] == [key(2)]
        gateway.write([{"key": key(1), "version": trashed.version, "deleted": 0}])
        update(mirror, gateway)
        assert [one.key for one in mirror.items(trashed=False)] == [key(1), key(2)]


def case_unless(site: Site) -> None:
    with site.gateway() as gateway:
        version = gateway.write([preprint(1)]).library_version
        assert version is not None
        assert gateway.item_versions(version, unless=version) is None
        assert gateway.collection_versions(0, unless=version) is None
        listing = gateway.item_versions(0, unless=version - 1)
        assert listing is not None
        assert (listing.versions, listing.library_version) == ({key(1): version}, version)


# Keys


def case_key(site: Site) -> None:
    info = key_info(site.address, site.key)
    assert (info.user, info.may_read(site.library), info.may_write(site.library)) == (
        site.user,
        True,
        True,
    )
    assert info.sees_notes(site.library)
    other = Library("user", site.user + 1)
    assert (info.may_read(other), info.may_write(other)) == (False, False)
    assert groups(site.address, site.key, site.user) == ()


def case_wrong_key(site: Site) -> None:
    with pytest.raises(WrongKeyError) as caught:
        key_info(site.address, "NoSuchKeyNoSuchKeyNoSuch")
    assert "NoSuchKey" not in caught.value.message
    with (
        Gateway(site.address, site.library, "NoSuchKeyNoSuchKeyNoSuch") as gateway,
        pytest.raises((WrongKeyError, NoAccessError)),
    ):
        gateway.item_versions()


# The copy


def case_first_copy_and_nothing_new(site: Site) -> None:
    with site.gateway() as gateway, Mirror(None) as mirror:
        first = update(mirror, gateway)
        assert (first.changed, first.gone, held(mirror)) == (frozenset(), frozenset(), {})
        gateway.write([collection(1, "Reading")], "collections")
        gateway.write([preprint(n, collections=[key(1, "CLLN")]) for n in range(3)])
        assert update(mirror, gateway).changed == {key(0), key(1), key(2)}
        alike(mirror, gateway)
        again = update(mirror, gateway)
        assert (again.changed, again.requests) == (frozenset(), 1)


def case_pages(site: Site) -> None:
    with site.gateway() as gateway, Mirror(None) as mirror:
        for start in range(0, 250, 50):
            gateway.write([preprint(number) for number in range(start, start + 50)])
        told: list[tuple[int, int]] = []
        first = update(mirror, gateway, lambda _, done, total: told.append((done, total)))
        # Versions, collections, three pages.
        assert (len(first.changed), first.requests) == (250, 5)
        assert told == [(100, 250), (200, 250), (250, 250)]
        alike(mirror, gateway)
        gateway.write([{"key": key(7), "version": mirror.versions()[key(7)], "title": "New"}])
        one = update(mirror, gateway)
        assert (one.changed, one.requests) == (frozenset({key(7)}), 4)
        alike(mirror, gateway)


def case_deleted_and_made_again(site: Site) -> None:
    with site.gateway() as gateway, Mirror(None) as mirror:
        made = gateway.write([preprint(1), preprint(2)])
        update(mirror, gateway)
        gateway.delete(key(1), made.done[0].version)
        assert update(mirror, gateway).gone == {key(1)}
        alike(mirror, gateway)
        gateway.write([preprint(1, title="Again")])
        again = update(mirror, gateway)
        assert (again.changed, again.gone) == (frozenset({key(1)}), frozenset())
        alike(mirror, gateway)
        # Both between two updates.
        gateway.delete(key(1), mirror.versions()[key(1)])
        gateway.write([preprint(1, title="Once more")])
        assert update(mirror, gateway).changed == {key(1)}
        alike(mirror, gateway)


def case_collections_of_a_deleted_one(site: Site) -> None:
    with site.gateway() as gateway, Mirror(None) as mirror:
        top, below = key(1, "CLLN"), key(2, "CLLN")
        made = gateway.write(
            [
                collection(1, "Reading"),
                collection(2, "2026", parentCollection=top),
                collection(3, "Other"),
            ],
            "collections",
        )
        assert sorted(made.done) == [0, 1, 2]
        gateway.write(
            [
                preprint(1, collections=[top]),
                preprint(2, collections=[below, key(3, "CLLN")]),
                preprint(3, collections=[key(3, "CLLN")]),
            ]
        )
        update(mirror, gateway)
        assert [one.key for one in mirror.items(collections=[top])] == [key(1), key(2)]
        assert [one.key for one in mirror.items(collections=[top], below=False)] == [key(1)]
        assert [one.key for one in mirror.find_collections("Reading/2026")] == [below]
        assert mirror.path_of(below) == "Reading/2026"
        version = mirror.collections()[top].version
        gateway.delete_collection(top, version)
        told = update(mirror, gateway)
        assert (told.changed, told.gone) == (frozenset({key(1), key(2)}), frozenset())
        assert list(mirror.collections()) == [key(3, "CLLN")]
        kept = {item.key: item.data.get("collections") for item in mirror.items()}
        other = [key(3, "CLLN")]
        assert kept == {key(1): None, key(2): other, key(3): other}
        alike(mirror, gateway)


def case_our_own_writes(site: Site) -> None:
    with site.gateway() as gateway, Mirror(None) as mirror:
        gateway.write([preprint(1)])
        update(mirror, gateway)
        report = gateway.write([preprint(2), preprint(3)])
        mirror.put_saved((one.key, one.version, one.data) for one in report.done.values())
        versions = [one.version for one in report.done.values()]
        assert mirror.wrote(versions, report.library_version)
        alike(mirror, gateway)
        assert update(mirror, gateway).requests == 1


def case_somebody_else_wrote_too(site: Site) -> None:
    with site.gateway() as gateway, site.gateway() as other, Mirror(None) as mirror:
        gateway.write([preprint(1)])
        update(mirror, gateway)
        other.write([preprint(2)])
        report = gateway.write([preprint(3)])
        mirror.put_saved((one.key, one.version, one.data) for one in report.done.values())
        assert not mirror.wrote([report.done[0].version], report.library_version)
        assert update(mirror, gateway).changed == {key(2)}
        alike(mirror, gateway)


CASES: list[Callable[[Site], None]] = [
    made for name, made in sorted(globals().items()) if name.startswith("case_")
]
