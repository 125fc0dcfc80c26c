"""The copy of a library: what it finds, what it keeps, what it does when its file fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero.answers import RemoteCollection
from bibtools.adapters.zotero.errors import CopyLostError, UnreachableError
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.mirror import Mirror, mirror_path
from bibtools.adapters.zotero.mirror_update import Updated, update
from bibtools.adapters.zotero.transport import Patience
from bibtools.sync.plan import Library
from bibtools.sync.values import RemoteItem, remote_item
from tests.loopback import ONLY_LOOPBACK
from tests.zotero.wire_cases import held
from tests.zotero_server import KEY, Fault, Kind, Recorded, ZoteroServer, always, is_read
from tests.zotero_server import Library as RemoteLibrary

pytestmark = ONLY_LOOPBACK


def item(key: str, version: int = 1, **data: Any) -> RemoteItem:
    return RemoteItem(key, version, {"itemType": "book", **data})


def folder(key: str, name: str, parent: str | None = None, *, deleted: bool = False) -> Any:
    return RemoteCollection(key, 1, name, parent, deleted)


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    with Mirror(None) as made:
        yield made


# What it finds.


@pytest.fixture
def filled(mirror: Mirror) -> Mirror:
    mirror.put_collections(
        [
            folder("READ", "Reading"),
            folder("Y2026", "2026", "READ"),
            folder("Y2025", "2025", "READ"),
            folder("OLD", "2026", "ARCH"),
            folder("ARCH", "Archive"),
            folder("SLASH", "Texts/Notes"),
            folder("GONE", "Thrown", deleted=True),
            folder("BELOW", "Under", "GONE"),
        ]
    )
    mirror.put(
        [
            item("A", collections=["READ"]),
            item("B", collections=["Y2026", "ARCH"]),
            item("C", collections=["OLD"], deleted=1),
            item("D"),
            RemoteItem("E", 1, {"itemType": "note", "parentItem": "A", "note": "x"}),
            RemoteItem("F", 1, {"itemType": "attachment", "parentItem": "A", "url": "u"}),
            RemoteItem("G", 1, {"itemType": "annotation", "parentItem": "F"}),
        ]
    )
    return mirror


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        pytest.param({}, "ABCD", id="top"),
        pytest.param({"top": False}, "ABCDEFG", id="all"),
        pytest.param({"trashed": False}, "ABD", id="not in the trash"),
        pytest.param({"trashed": True}, "C", id="in the trash"),
        pytest.param({"collections": ["READ"]}, "AB", id="a collection and those below"),
        pytest.param({"collections": ["READ"], "below": False}, "A", id="a collection alone"),
        pytest.param({"collections": ["ARCH"], "trashed": False}, "B", id="and not in the trash"),
        pytest.param({"collections": ["Y2025"]}, "", id="an empty collection"),
        pytest.param({"collections": ["NONE"]}, "", id="no collection"),
        pytest.param({"collections": []}, "", id="of no collections"),
    ],
)
def test_items(filled: Mirror, asked: dict[str, Any], keys: str) -> None:
    assert "".join(one.key for one in filled.items(**asked)) == keys


def test_items_come_whole_and_in_parts(mirror: Mirror) -> None:
    every = [item(f"K{number:05}", number, title="x") for number in range(1203)]
    mirror.put(every)
    assert list(mirror.items()) == every
    assert mirror.item("K00007") == every[7]
    assert mirror.item("K") is None
    # Written to while it is read: what is already given stays, what comes is as it is then.
    reading = mirror.items()
    first = next(reading)
    mirror.remove(one.key for one in every[600:])
    assert [first.key, *(one.key for one in reading)] == [one.key for one in every[:600]]


def test_children(filled: Mirror) -> None:
    def keys(found: dict[str, tuple[RemoteItem, ...]]) -> dict[str, str]:
        return {parent: "".join(one.key for one in children) for parent, children in found.items()}

    assert keys(filled.children()) == {"A": "EF", "F": "G"}
    assert keys(filled.children(["A", "B"])) == {"A": "EF"}
    assert keys(filled.children(types=("attachment",))) == {"A": "F"}
    assert keys(filled.children(["F"], types=("note",))) == {}
    assert keys(filled.children([])) == {}


@pytest.mark.parametrize(
    ("wanted", "keys"),
    [
        pytest.param("READ", ["READ"], id="a key"),
        pytest.param("Reading", ["READ"], id="a name at the top"),
        pytest.param("Reading/2026", ["Y2026"], id="a path"),
        pytest.param("/Reading/2026/", ["Y2026"], id="a path with slashes at its ends"),
        pytest.param("2025", ["Y2025"], id="a name below"),
        pytest.param("2026", ["OLD", "Y2026"], id="a name of two"),
        pytest.param("reading/2026", ["Y2026"], id="in other letters"),
        pytest.param("archive", ["ARCH"], id="a name in other letters"),
        pytest.param("Texts/Notes", ["SLASH"], id="a name with a slash"),
        pytest.param("Notes", ["SLASH"], id="the end of such a name"),
        pytest.param("Reading/2024", [], id="none"),
        pytest.param("ding/2026", [], id="half a name"),
        pytest.param("Thrown", [], id="in the trash"),
        pytest.param("GONE", [], id="the key of one in the trash"),
        pytest.param("Under", [], id="below one in the trash"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_collections_by_path(filled: Mirror, wanted: str, keys: list[str]) -> None:
    assert [one.key for one in filled.find_collections(wanted)] == keys


def test_collections_that_stand_in_a_ring(mirror: Mirror) -> None:
    mirror.put_collections([folder("A", "a", "B"), folder("B", "b", "A")])
    assert mirror.below(["A"]) == {"A", "B"}
    assert mirror.path_of("A") == "b/a"
    assert [one.key for one in mirror.find_collections("a")] == ["A"]


# What it keeps.


def test_an_older_row_does_not_replace_a_newer_one(mirror: Mirror) -> None:
    assert mirror.put([item("A", 5, title="new")]) == ("A",)
    assert mirror.put([item("A", 4, title="old")]) == ()
    assert mirror.put([item("A", 5, title="new")]) == ()
    assert mirror.put([item("A", 5, title="mended")]) == ("A",)
    mirror.put_collections([RemoteCollection("C", 5, "new")])
    mirror.put_collections([RemoteCollection("C", 4, "old")])
    assert mirror.collections()["C"].name == "new"
    mirror.state(version=9)
    mirror.state(version=7)
    assert mirror.version == 9


def test_what_is_newer_is_not_removed(filled: Mirror) -> None:
    filled.put([item("A", 9, collections=["READ"])])
    assert filled.remove(["A", "B", "NONE"], up_to=5) == ("B",)
    assert filled.remove_collections(["READ"], up_to=0) == ()
    assert "READ" in filled.collections()
    assert sorted(filled.remove(["A"])) == ["A", "E", "F", "G"]


@pytest.mark.parametrize(
    ("before", "versions", "after", "moved"),
    [
        pytest.param(10, [11, 12, 13], 13, True, id="ours alone"),
        pytest.param(10, [11, 13], 13, False, id="one between"),
        pytest.param(10, [12, 13], 13, False, id="one before"),
        pytest.param(10, [11, 12], 13, False, id="one after"),
        pytest.param(10, [11], 11, True, id="one version for all"),
        pytest.param(10, [], 12, False, id="unchanged ones raise it too"),
        pytest.param(10, [11], None, False, id="lost answer"),
        pytest.param(0, [1, 2], 2, False, id="no copy yet"),
        pytest.param(10, [9, 11], 11, True, id="one that was there"),
    ],
)
def test_the_version_after_our_own_writes(
    mirror: Mirror, before: int, versions: list[int], after: int | None, moved: bool
) -> None:
    mirror.state(version=before)
    assert mirror.wrote(versions, after) is moved
    assert mirror.version == (after if moved else before)


def test_text_that_sqlite_cannot_hold(mirror: Mirror) -> None:
    odd = item("A", title="\ud835 \x00 \u2028", parentItem="\udc80")
    mirror.put([odd])
    mirror.put_collections([RemoteCollection("C", 1, "\ud835")])
    assert mirror.item("A") == odd
    assert mirror.collections()["C"].name == "?"


# The file.


def filled_file(path: Path) -> None:
    with Mirror(path) as mirror:
        mirror.clear("here")
        mirror.put(item(f"K{number:05}", number, title="x" * 200) for number in range(500))
        mirror.state(version=7)
        assert mirror.notices == ()


def test_it_is_kept_and_private(tmp_path: Path) -> None:
    path = mirror_path(tmp_path, "https://api.zotero.org", "users/1")
    assert path.parent == tmp_path / "zotero"
    assert path.name.startswith("api-zotero-org-users-1-")
    assert path != mirror_path(tmp_path, "https://api.zotero.org", "users/11")
    filled_file(path)
    assert path.stat().st_mode & 0o077 == 0
    with Mirror(path) as mirror:
        assert (mirror.identity, mirror.version, len(mirror.versions())) == ("here", 7, 500)


def test_two_at_once(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    with Mirror(path) as one, Mirror(path) as other:
        one.put([item("A", 2)])
        assert other.put([item("A", 1), item("B", 1)]) == ("B",)
        assert one.versions() == other.versions() == {"A": 2, "B": 1}


def overwritten(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:9000])


def of_another_program(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("create table item (x)")
    database.close()


def of_another_schema(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("pragma user_version = 999")
    database.close()


@pytest.mark.parametrize(
    ("damage", "notices"),
    [
        (overwritten, 1),
        (empty, 0),
        (cut_off, 1),
        (of_another_program, 1),
        (of_another_schema, 1),
    ],
)
def test_a_file_that_is_damaged_is_made_anew(
    tmp_path: Path, damage: Callable[[Path], None], notices: int
) -> None:
    path = tmp_path / "copy.sqlite"
    filled_file(path)
    damage(path)
    with Mirror(path) as mirror:
        assert (mirror.version, mirror.identity, mirror.versions()) == (0, "", {})
        mirror.put([item("A")])
        assert len(mirror.notices) == notices
        assert all("made anew" in one.message for one in mirror.notices)
    with Mirror(path) as mirror:
        assert (mirror.versions(), mirror.notices) == ({"A": 1}, ())


def damaged_within(path: Path) -> None:
    """Every page behind the first few, while the file is open."""
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.seek(12 * 4096)
        stream.write(b"\xff" * (size - 12 * 4096))


def test_damage_that_shows_later_is_no_empty_library(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    filled_file(path)
    damaged_within(path)
    with Mirror(path) as mirror:
        with pytest.raises(CopyLostError, match="is damaged"):
            list(mirror.items())
        # Whoever goes on all the same sees that nothing was ever read.
        assert (mirror.version, mirror.identity) == (0, "")


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with Mirror(tmp_path / "file" / "copy.sqlite") as mirror:
        mirror.put([item("A")])
        assert mirror.versions() == {"A": 1}
        assert [one.rule for one in mirror.notices] == ["zotero.no-copy"]


def test_a_file_that_may_only_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "copy.sqlite"
    filled_file(path)

    def refused(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("bibtools.adapters.sqlite_files.os.open", refused)
    with Mirror(path) as mirror:
        assert (mirror.version, len(mirror.versions())) == (7, 500)
        mirror.put([item("A")])
        assert len(mirror.versions()) == 501
        assert [one.rule for one in mirror.notices] == ["zotero.no-copy"]
        assert "Permission denied" in mirror.notices[0].message
    monkeypatch.undo()
    with Mirror(path) as mirror:
        assert len(mirror.versions()) == 500


def test_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "copy.sqlite"
    filled_file(path)
    with Mirror(path) as mirror:
        pages = mirror._file._database.execute("pragma page_count").fetchone()[0]
        mirror._file._database.execute(f"pragma max_page_count = {pages + 2}")
        more = [item(f"L{number:05}", title="x" * 500) for number in range(500)]
        assert len(mirror.put(more)) == 500
        assert (len(mirror.versions()), mirror.version) == (1000, 7)
        assert [one.rule for one in mirror.notices] == ["zotero.no-copy"]
        assert "full" in mirror.notices[0].message
    with Mirror(path) as mirror:
        assert len(mirror.versions()) == 500


# Bringing it up to date.


@pytest.fixture
def server() -> Iterator[ZoteroServer]:
    made = ZoteroServer.with_user()
    with made.running():
        yield made


@pytest.fixture
def library(server: ZoteroServer) -> RemoteLibrary:
    return server.library("users", 1)


def opened(server: ZoteroServer, key: str = KEY) -> Gateway:
    clock = SimulatedClock()
    return Gateway(server.address, Library("user", 1), key, clock=clock, patience=Patience(tries=1))


def updated(mirror: Mirror, server: ZoteroServer, key: str = KEY, **more: Any) -> Updated:
    with opened(server, key) as gateway:
        return update(mirror, gateway, **more)


def alike(mirror: Mirror, library: RemoteLibrary) -> None:
    """The copy is the library."""
    there = [
        remote_item({"key": key, "version": one.version, "data": one.data})
        for key, one in library.items.items()
    ]
    assert held(mirror) == {one.key: (one.version, dict(one.data)) for one in there}
    assert mirror.collections() == {
        one.key: RemoteCollection(one.key, one.version, one.name, one.parent or None, one.deleted)
        for one in library.collections.values()
    }
    assert mirror.version == library.version


def test_a_run_that_was_ended_goes_on_where_it_stood(
    server: ZoteroServer, library: RemoteLibrary, tmp_path: Path
) -> None:
    for number in range(450):
        library.put({"itemType": "book", "title": f"{number}"})
    path = tmp_path / "copy.sqlite"
    # Versions, collections and two pages, then the connection is gone.
    server.faults.append(Fault(Kind.RESET, when=always, skip=4))
    with Mirror(path) as mirror:
        with pytest.raises(UnreachableError):
            updated(mirror, server)
        assert (len(mirror.versions()), mirror.version) == (200, 0)
    library.delete(next(iter(library.items)))  # is on no page any more
    server.forget()
    with Mirror(path) as mirror:
        updated(mirror, server)
        alike(mirror, library)
        # Versions, collections, three pages; one item slipped between the pages.
        assert server.reads == 6


def test_what_others_write_while_it_is_read(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    keys = [library.put({"itemType": "book", "title": f"{n}"}).key for n in range(250)]
    top = library.add_collection("Reading")

    def first() -> None:
        library.delete(keys[3], keys[120])
        library.edit(keys[200], title="new", collections=[top])

    def second() -> None:
        library.delete_collection(top)
        library.put({"itemType": "book", "title": "late"})

    server.faults += [
        Fault(Kind.FOREIGN_WRITE, when=is_read, skip=3, run=first),
        Fault(Kind.FOREIGN_WRITE, when=is_read, skip=7, run=second),
    ]
    told = updated(mirror, server)
    assert told.whole
    alike(mirror, library)


def test_somebody_who_never_stops_writing(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    key = library.put({"itemType": "book", "title": "x"}).key
    number = iter(range(1000))

    def write() -> None:
        library.edit(key, title=f"{next(number)}")

    server.faults.append(Fault(Kind.FOREIGN_WRITE, when=is_read, times=1000, run=write))
    told = updated(mirror, server)
    assert not told.whole
    assert told.library_version < library.version
    # What came later is seen by the next run.
    server.faults.clear()
    assert updated(mirror, server).whole
    alike(mirror, library)


def test_collections_that_were_gone_before_they_were_known(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    top = library.add_collection("Reading")
    key = library.put({"itemType": "book", "title": "x", "collections": [top]}).key

    def collections(request: Recorded) -> bool:
        return request.path.endswith("/collections")

    def make() -> None:
        other = library.add_collection("Other")
        library.edit(key, title="y", collections=[top, other])

    server.faults += [
        # After the collections were listed, the item gets one more; after it was read, all go.
        Fault(Kind.FOREIGN_WRITE, when=lambda one: "itemKey" in one.query, run=make),
        Fault(
            Kind.FOREIGN_WRITE,
            when=collections,
            skip=2,
            run=lambda: library.delete_collection(*library.collections),
        ),
    ]
    assert updated(mirror, server).whole
    alike(mirror, library)
    found = mirror.item(key)
    assert found is not None and "collections" not in found.data


def test_notes_that_are_hidden_are_not_deleted(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    server.add_key("NoNotes", notes=False)
    parent = library.put({"itemType": "book", "title": "x"}).key
    note = library.put({"itemType": "note", "note": "<p>n</p>", "parentItem": parent}).key
    other = library.put({"itemType": "note", "note": "<p>m</p>"}).key
    updated(mirror, server, notes=True)
    alike(mirror, library)
    library.edit(parent, title="y")
    told = updated(mirror, server, "NoNotes", notes=False)
    assert (sorted(told.changed), sorted(told.gone)) == ([parent], [])
    assert mirror.item(note) is not None
    # One that is deleted for good goes all the same, and its parent's children with the parent.
    library.delete(other)
    assert updated(mirror, server, "NoNotes", notes=False).gone == {other}
    library.delete(parent)
    assert updated(mirror, server, "NoNotes", notes=False).gone == {parent, note}
    assert mirror.versions() == {}


def test_notes_that_were_hidden_come_when_they_may_be_seen(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    server.add_key("NoNotes", notes=False)
    parent = library.put({"itemType": "book", "title": "x"}).key
    note = library.put({"itemType": "note", "note": "<p>n</p>", "parentItem": parent}).key
    assert updated(mirror, server, "NoNotes", notes=False).changed == {parent}
    assert updated(mirror, server, notes=True).changed == {note}
    alike(mirror, library)
    assert updated(mirror, server, notes=True).requests == 1


def test_a_server_that_was_set_back(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    for number in range(5):
        library.put({"itemType": "book", "title": f"{number}"})
    updated(mirror, server)
    kept = next(iter(library.items))
    for key in list(library.items)[1:]:
        del library.items[key]
    library.version = 1
    told = updated(mirror, server)
    assert (list(mirror.versions()), told.whole) == ([kept], True)
    alike(mirror, library)


def test_another_library_takes_nothing_over(
    server: ZoteroServer, library: RemoteLibrary, mirror: Mirror
) -> None:
    library.put({"itemType": "book", "title": "x"})
    updated(mirror, server)
    group = server.add_group(7)
    with Gateway(server.address, Library("group", 7), KEY) as gateway:
        update(mirror, gateway)
    assert (mirror.versions(), mirror.version) == ({}, 0)
    alike(mirror, group)


def test_damage_that_shows_in_an_update(
    server: ZoteroServer, library: RemoteLibrary, tmp_path: Path
) -> None:
    for number in range(300):
        library.put({"itemType": "book", "title": f"{number}" * 50})
    path = tmp_path / "copy.sqlite"
    with Mirror(path) as mirror:
        updated(mirror, server)
    library.put({"itemType": "book", "title": "new"})
    for key in list(library.items)[:40]:
        library.edit(key, title="new")
    damaged_within(path)
    with Mirror(path) as mirror:
        updated(mirror, server)
        alike(mirror, library)


def test_many_collections(server: ZoteroServer, library: RemoteLibrary, mirror: Mirror) -> None:
    keys = [library.add_collection(f"C {number}") for number in range(230)]
    assert updated(mirror, server).requests == 1 + 1 + 3
    alike(mirror, library)
    for key in keys[:60]:
        library.edit_collection(key, name="new")
    library.edit_collection(keys[70], parentCollection=keys[71])
    assert updated(mirror, server).requests == 1 + 1 + 2 + 1
    alike(mirror, library)
