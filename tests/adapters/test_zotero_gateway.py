"""The gateway to a library, on the stand-in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero.account import groups, key_info
from bibtools.adapters.zotero.answers import Batch, Report
from bibtools.adapters.zotero.errors import (
    LibraryLockedError,
    LocalKeyError,
    NoAccessError,
    NotThereError,
    NoWriteAccessError,
    StorageFullError,
    StrangeAnswerError,
    UnreachableError,
    ZoteroError,
)
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.mirror import Mirror
from bibtools.adapters.zotero.mirror_update import update
from bibtools.sync.plan import Library
from bibtools.sync.values import RemoteItem
from tests.loopback import ONLY_LOOPBACK, Answered, Asked, Loopback, as_html, as_json
from tests.zotero.wire_cases import CASES, Site, collection, key, preprint
from tests.zotero_server import KEY, Fault, Kind, ZoteroServer, is_post, is_read, is_write

pytestmark = ONLY_LOOPBACK


@pytest.fixture
def server() -> Iterator[ZoteroServer]:
    made = ZoteroServer.with_user()
    with made.running():
        yield made


@pytest.mark.parametrize("case", [pytest.param(one, id=one.__name__) for one in CASES])
def test_on_the_stand_in(server: ZoteroServer, case: Callable[[Site], None]) -> None:
    case(Site(server.address, 1, KEY))


def opened(server: ZoteroServer, api_key: str = KEY, library: Library | None = None) -> Gateway:
    return Gateway(server.address, library or Library("user", 1), api_key, clock=SimulatedClock())


@pytest.fixture
def gateway(server: ZoteroServer) -> Iterator[Gateway]:
    with opened(server) as made:
        yield made


def saved(report: Report) -> dict[int, bool]:
    """Whether it was read back, of all that was done."""
    return {index: one.read_back for index, one in report.done.items()}


def codes(report: Report) -> dict[int, int]:
    return {index: one.code for index, one in report.failed.items()}


# Answers that are lost.

FAULTS = [
    pytest.param(lambda: Fault(Kind.LOST_ANSWER, when=is_post), id="executed, no answer"),
    pytest.param(lambda: Fault(Kind.RESET, when=is_post), id="not executed, no answer"),
    pytest.param(lambda: Fault(Kind.HALF_WAY, when=is_post, objects=2), id="two of four executed"),
    pytest.param(lambda: Fault(Kind.SERVER_ERROR, when=is_post), id="500"),
    pytest.param(lambda: Fault(Kind.SERVER_ERROR, when=is_post, executed=True), id="500, executed"),
    pytest.param(lambda: Fault(Kind.TOO_MANY, when=is_post, seconds=10), id="429"),
    pytest.param(lambda: Fault(Kind.UNAVAILABLE, when=is_post, seconds=2), id="503"),
    pytest.param(
        lambda: Fault(Kind.UNAVAILABLE, when=is_post, seconds=2, executed=True), id="503, executed"
    ),
    pytest.param(lambda: Fault(Kind.HTML, when=is_post), id="executed, a page of HTML"),
    pytest.param(lambda: Fault(Kind.TRUNCATED, when=is_post), id="executed, half an answer"),
    pytest.param(lambda: Fault(Kind.LOST_ANSWER, when=is_post, times=3), id="lost three times"),
]


def four(versions: list[int]) -> list[dict[str, Any]]:
    """Two to be made, two to be changed."""
    return [
        preprint(1, creators=[{"creatorType": "author", "name": "A  B "}], tags=[{"tag": "x "}]),
        {"key": key(11), "version": versions[0], "title": " Changed\r\nhere", "date": ""},
        preprint(2, accessDate="2024-05-06 07:08:09"),
        {"key": key(12), "version": versions[1], "deleted": 1, "tags": []},
    ]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_answer_to_a_write(
    server: ZoteroServer, gateway: Gateway, fault: Callable[[], Fault]
) -> None:
    before = gateway.write([preprint(11, date="2020"), preprint(12, tags=[{"tag": "t"}])])
    sent = four([before.done[0].version, before.done[1].version])
    server.faults.append(fault())
    report = gateway.write(sent)
    assert (sorted(report.done), codes(report)) == ([0, 1, 2, 3], {})
    library = server.library("users", 1)
    for index, one in report.done.items():
        item = library.items[str(sent[index]["key"])]
        assert (one.key, one.version) == (item.key, item.version)
        assert dict(one.data) == item.data
    assert sorted(library.items) == sorted([key(1), key(2), key(11), key(12)])
    assert library.items[key(12)].deleted


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lost_answer_to_collections(
    server: ZoteroServer, gateway: Gateway, fault: Callable[[], Fault]
) -> None:
    server.faults.append(fault())
    sent = [
        collection(1, "Reading"),
        collection(2, " 2026 ", parentCollection=key(1, "CLLN")),
        collection(3, "Other"),
        collection(4, "Else"),
    ]
    report = gateway.write(sent, "collections")
    assert (sorted(report.done), codes(report)) == ([0, 1, 2, 3], {})
    found = server.library("users", 1).collections
    assert {one.key: one.parent for one in found.values()}[key(2, "CLLN")] == key(1, "CLLN")
    assert len(found) == 4


def test_a_lost_answer_and_a_change_by_others(server: ZoteroServer, gateway: Gateway) -> None:
    library = server.library("users", 1)
    before = gateway.write([preprint(11), preprint(12)])

    def foreign() -> None:
        library.edit(key(11), title="Theirs")
        library.edit(key(12), extra="Theirs")

    # Written, and the answer lost; before the repetition somebody changes one title, and something
    # else of the other.
    server.faults += [
        Fault(Kind.LOST_ANSWER, when=is_post),
        Fault(Kind.FOREIGN_WRITE, when=is_post, objects=0, run=foreign),
    ]
    report = gateway.write(
        [
            {"key": key(11), "version": before.done[0].version, "title": "Ours"},
            {"key": key(12), "version": before.done[1].version, "title": "Ours"},
        ]
    )
    assert (codes(report), saved(report)) == ({0: 412}, {1: True})
    assert report.done[1].data["extra"] == "Theirs"


def test_a_write_that_never_gets_an_answer(server: ZoteroServer, gateway: Gateway) -> None:
    server.faults.append(Fault(Kind.LOST_ANSWER, when=is_post, times=100))
    report = gateway.write([preprint(1), {"key": key(9), "version": 3, "title": "x"}])
    assert (saved(report), codes(report)) == ({0: True}, {1: 0})
    assert "broke the connection" in report.failed[1].message
    assert report.library_version is None


def test_a_server_that_is_gone_after_a_write(server: ZoteroServer, gateway: Gateway) -> None:
    server.faults.append(Fault(Kind.LOST_ANSWER, times=100))
    with pytest.raises(UnreachableError):
        gateway.write([preprint(1)])


def test_a_write_that_was_refused_is_not_read(server: ZoteroServer, gateway: Gateway) -> None:
    gateway.write([preprint(1)])
    server.forget()
    report = gateway.write([preprint(1)])
    # Equal or not: it was sent once, so this is somebody else's item.
    assert (codes(report), len(server.requests)) == ({0: 412}, 1)


def test_where_nothing_can_be_read_back(server: ZoteroServer, gateway: Gateway) -> None:
    server.faults += [
        Fault(Kind.LOST_ANSWER, when=is_post),
        Fault(Kind.SERVER_ERROR, when=is_read, times=100),
    ]
    assert codes(gateway.write([preprint(1), preprint(2)])) == {0: 412, 1: 412}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(lambda: Fault(Kind.LOST_ANSWER, when=is_write), id="executed"),
        pytest.param(lambda: Fault(Kind.RESET, when=is_write), id="not executed"),
        pytest.param(lambda: Fault(Kind.TOO_MANY, when=is_write, seconds=3), id="429"),
        pytest.param(lambda: Fault(Kind.SERVER_ERROR, when=is_write), id="500"),
    ],
)
def test_a_lost_answer_to_a_deletion(
    server: ZoteroServer, gateway: Gateway, fault: Callable[[], Fault]
) -> None:
    item = gateway.write([preprint(1), preprint(2)]).done[0]
    top = gateway.write([collection(1, "Reading")], "collections").done[0]
    server.faults.append(fault())
    gateway.delete(item.key, item.version)
    server.faults.append(fault())
    gateway.delete_collection(top.key, top.version)
    library = server.library("users", 1)
    assert (list(library.items), list(library.collections)) == ([key(2)], [])


def test_one_hundred_and_more_requests_at_the_pace_of_the_server() -> None:
    clock = SimulatedClock()
    server = ZoteroServer.with_user(clock.now)
    server.limit_requests(clock.now)
    with server.running():
        gateway = Gateway(server.address, Library("user", 1), KEY, clock=clock)
        with gateway:
            for number in range(120):
                assert sorted(gateway.write([preprint(number)]).done) == [0]
    assert len(server.library("users", 1).items) == 120
    assert clock.elapsed == 10


# What is refused.


def test_messages_are_text(gateway: Gateway) -> None:
    report = gateway.write([{**preprint(1), "<b>x</b>": "y"}, preprint(2, title="x" * 70_000)])
    assert codes(report) == {0: 400, 1: 413}
    assert report.failed[0].message == "Invalid property '<b>x</b>'"
    assert report.failed[1].data["field"] == "Title"


def test_half_a_character(server: ZoteroServer, gateway: Gateway) -> None:
    report = gateway.write([preprint(1), preprint(2, title="\ud835"), preprint(3)])
    assert (sorted(report.done), codes(report)) == ([0, 2], {1: 400})
    assert codes(gateway.write([preprint(4, extra="a\udc80")])) == {0: 400}
    assert sorted(server.library("users", 1).items) == [key(1), key(3)]


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"version": 0, "title": "x"}, id="no key"),
        pytest.param({"key": "A/../B", "version": 0}, id="a key that is a path"),
        pytest.param({"key": "ABCD2345"}, id="no version"),
    ],
)
def test_an_object_without_key_or_version_is_our_fault(
    gateway: Gateway, given: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="needs its key and version"):
        gateway.write([given])
    with pytest.raises(ValueError, match="needs its name"):
        gateway.write([{"key": "ABCD2345", "version": 0}], "collections")


@pytest.mark.parametrize("bad", ["", "../keys", "A B", "A,B"])
def test_a_key_goes_into_no_path(gateway: Gateway, bad: str) -> None:
    for call in (gateway.delete, gateway.delete_collection):
        with pytest.raises(ValueError, match="letters and digits"):
            call(bad, 1)
    with pytest.raises(ValueError, match="letters and digits"):
        gateway.items([bad])


@pytest.mark.parametrize(
    ("hinder", "error", "words"),
    [
        pytest.param({"locked": True}, LibraryLockedError, "is locked", id="locked"),
        pytest.param({"full": True}, StorageFullError, "is full", id="full"),
    ],
)
def test_a_library_that_takes_nothing(
    server: ZoteroServer,
    gateway: Gateway,
    hinder: dict[str, bool],
    error: type[ZoteroError],
    words: str,
) -> None:
    for name, value in hinder.items():
        setattr(server.library("users", 1), name, value)
    with pytest.raises(error, match=words):
        gateway.write([preprint(1)])
    assert server.writes == 1


def test_a_key_that_may_not_write(server: ZoteroServer) -> None:
    server.add_key("ReadOnly", write=False)
    with opened(server, "ReadOnly") as gateway:
        listing = gateway.item_versions()
        assert listing is not None and listing.versions == {}
        with pytest.raises(NoWriteAccessError, match="does not let this key write there"):
            gateway.write([preprint(1)])
        with pytest.raises(NoWriteAccessError):
            gateway.delete(key(1), 1)
    info = key_info(server.address, "ReadOnly")
    library = Library("user", 1)
    assert (info.may_read(library), info.may_write(library)) == (True, False)


def test_libraries_that_are_not_there_or_not_ours(server: ZoteroServer) -> None:
    server.add_user(2)
    for library, error in (
        (Library("user", 2), NoAccessError),
        (Library("user", 9), NotThereError),
    ):
        with opened(server, KEY, library) as gateway, pytest.raises(error):
            gateway.item_versions()


def test_groups(server: ZoteroServer) -> None:
    server.add_group(7, "Lab <1> \x1b[31m")
    server.add_group(8, "Readers")
    server.add_key("GroupKey", groups={7: True, 8: False})
    info = key_info(server.address, "GroupKey")
    told = {
        group.id: (group.name, info.may_read(one), info.may_write(one), info.sees_notes(one))
        for group in groups(server.address, "GroupKey", info.user)
        for one in (Library("group", group.id),)
    }
    assert told == {7: ("Lab <1> [31m", True, True, True), 8: ("Readers", True, False, True)}
    assert not info.may_read(Library("group", 9))
    with opened(server, "GroupKey", Library("group", 7)) as gateway:
        assert sorted(gateway.write([preprint(1)]).done) == [0]
        assert gateway.identity == f"{server.address} groups/7"
    assert list(server.library("groups", 7).items) == [key(1)]


# What goes over the wire.


def test_requests_are_what_they_seem(server: ZoteroServer, gateway: Gateway) -> None:
    gateway.item_versions(5)
    gateway.collection_versions()
    gateway.items([key(1)])
    gateway.page(100)
    gateway.collections([key(1)])
    gateway.collections()
    gateway.deleted(5)
    gateway.write([preprint(1)])
    asked = [
        (one.path.rpartition("/")[2], dict(parse_qsl(one.query)), one.headers.get("authorization"))
        for one in server.requests
    ]
    for _, query, bearer in asked:
        query.pop("locale", None)
        assert bearer == "Bearer KEY"
    assert [(path, query) for path, query, _ in asked] == [
        ("items", {"format": "versions", "since": "5", "includeTrashed": "1"}),
        ("collections", {"format": "versions", "since": "0"}),
        ("items", {"format": "json", "itemKey": key(1), "includeTrashed": "1", "limit": "100"}),
        (
            "items",
            {"format": "json", "sort": "dateAdded", "direction": "asc", "includeTrashed": "1",
             "start": "100", "limit": "100"},
        ),
        ("collections", {"format": "json", "collectionKey": key(1), "limit": "100"}),
        (
            "collections",
            {"format": "json", "sort": "dateAdded", "direction": "asc", "start": "0",
             "limit": "100"},
        ),
        ("deleted", {"format": "json", "since": "5"}),
        ("items", {}),
    ]  # fmt: skip
    assert "zotero-write-token" not in server.requests[-1].headers


def test_many_collections_in_pages(server: ZoteroServer, gateway: Gateway) -> None:
    library = server.library("users", 1)
    for number in range(230):
        library.add_collection(f"C {number}")
    found = gateway.collections()
    assert {one.key for one in found.collections} == set(library.collections)
    assert (found.library_version, server.reads) == (230, 3)


def test_an_address_with_tags_in_it() -> None:
    """pyzotero takes every answer from such an address for a list of tags."""
    rows = [{"key": "ABCD2345", "version": 3, "data": {"itemType": "book", "title": "x"}}]
    route = as_json(rows, Last_Modified_Version="7")
    with (
        Loopback({("GET", "/stags/users/1/items"): route}) as server,
        Gateway(server.base + "/stags", Library("user", 1), KEY) as gateway,
    ):
        found = gateway.items(["ABCD2345"])
    item = RemoteItem("ABCD2345", 3, {"itemType": "book", "title": "x"})
    assert found == Batch((item,), 7)


@pytest.mark.parametrize(
    ("answer", "call"),
    [
        pytest.param(as_json({}), lambda one: one.item_versions(), id="no version"),
        pytest.param(as_json([1]), lambda one: one.item_versions(), id="a list of versions"),
        pytest.param(as_json("x"), lambda one: one.deleted(1), id="deletions, a text"),
        pytest.param(as_json({}), lambda one: one.page(0), id="items, a table"),
        pytest.param(as_json([None]), lambda one: one.page(0), id="items, none"),
        pytest.param(
            as_json([{"key": "A/B", "version": 1, "data": {}}]), lambda one: one.page(0), id="a key"
        ),
        pytest.param(
            as_json([{"key": "AB", "version": "1", "data": {}}]),
            lambda one: one.page(0),
            id="a version that is a text",
        ),
        pytest.param(as_json([]), lambda one: one.write([preprint(1)]), id="a report, a list"),
    ],
)
def test_answers_that_are_none_of_zoteros(
    answer: Answered, call: Callable[[Gateway], object]
) -> None:
    with (
        Loopback({("GET", "/"): answer, ("POST", "/"): answer}) as server,
        Gateway(server.base, Library("user", 1), KEY) as gateway,
        pytest.raises(StrangeAnswerError),
    ):
        call(gateway)


@pytest.mark.parametrize("body", [{}, {"failed": [{"code": 409}]}, {"success": {"0": "ABCD2345"}}])
def test_a_report_that_says_nothing_of_an_object(body: dict[str, Any]) -> None:
    """It is asked for one object at a time, and if that does not help, it did not happen."""
    answer = as_json(body, Last_Modified_Version="7")
    with (
        Loopback({("POST", "/"): answer, ("GET", "/"): as_json([])}) as server,
        Gateway(server.base, Library("user", 1), KEY) as gateway,
    ):
        report = gateway.write([preprint(1), preprint(2)])
    assert report.done == {}
    assert sorted(report.failed) == [0, 1]
    assert [len(one.json()) for one in server.requests if one.method == "POST"] == [2, 1, 1]


def test_a_request_that_is_too_large_is_halved() -> None:
    """Something before the server may take less than fifty objects of any size."""

    def small(request: Asked) -> Answered:
        if len(request.json()) > 2:
            return as_html("<h1>413 Request Entity Too Large</h1>", 413)
        if any(one["title"] == "Paper 4" for one in request.json()):
            return as_html("<h1>413 Request Entity Too Large</h1>", 413)
        rows = {
            str(index): {"key": one["key"], "version": 7, "data": one}
            for index, one in enumerate(request.json())
        }
        return as_json({"successful": rows, "unchanged": {}, "failed": {}})

    with (
        Loopback({("POST", "/"): small}) as front,
        Gateway(front.base, Library("user", 1), KEY) as gateway,
    ):
        report = gateway.write([preprint(number) for number in range(7)])
    assert (sorted(report.done), codes(report)) == ([0, 1, 2, 3, 5, 6], {4: 413})
    assert {index: one.key for index, one in report.done.items()}[6] == key(6)


# The desktop program.


class Desktop:
    """The API of the desktop program as its source describes it (server_localAPI.js)."""

    def __init__(self) -> None:
        self.items = {"ABCD2345": 3, "ABCD2346": 4}
        self.server_id: str | None = "database1"
        self.routes: dict[tuple[str, str], Any] = {
            ("GET", "/api/"): lambda _: self.told(Answered(200, b"Nothing to see here.")),
            ("GET", "/api/users/0/items"): self.list_items,
            ("GET", "/api/users/0/collections"): self.list_collections,
            ("POST", "/api/users/0/items"): self.write,
            ("POST", "/api/local/authorize"): lambda _: self.told(
                as_json({"key": "LocalKey1", "remember": True})
            ),
        }

    def told(self, answer: Answered) -> Answered:
        headers = {**answer.headers, "Last-Modified-Version": "9"}
        if self.server_id:
            headers["Zotero-Server-ID"] = self.server_id
        return replace(answer, headers=headers)

    def list_items(self, asked: Asked) -> Answered:
        query = dict(parse_qsl(asked.path.partition("?")[2]))
        if query["format"] == "versions":
            return self.told(as_json(self.items))
        rows = [
            {"key": one, "version": version, "data": {"itemType": "book", "title": one}}
            for one, version in self.items.items()
        ]
        return self.told(as_json(rows))

    def list_collections(self, asked: Asked) -> Answered:
        """Whatever is asked for, it gives all."""
        names = {key(number, "CLLN"): number for number in range(120)}
        if "format=versions" in asked.path:
            return self.told(as_json(dict.fromkeys(names, 2)))
        every = [
            {"key": one, "version": 2, "data": {"name": f"C {number}", "parentCollection": False}}
            for one, number in names.items()
        ]
        if "limit" in asked.path:
            every = every[:100]
        return self.told(as_json(every))

    def write(self, asked: Asked) -> Answered:
        if asked.headers.get("zotero-server-id") != self.server_id:
            return self.told(as_html("Zotero-Server-ID does not match", 412))
        if asked.headers.get("zotero-api-key") != "LocalKey1":
            return self.told(as_html("API key required", 401))
        rows = {"0": {"key": "ABCD2347", "version": 10, "data": asked.json()[0]}}
        return self.told(as_json({"successful": rows, "unchanged": {}, "failed": {}}))


@pytest.fixture
def desktop() -> Iterator[tuple[Desktop, Loopback]]:
    made = Desktop()
    with Loopback(made.routes) as server:
        yield made, server


def local(server: Loopback, **more: Any) -> Gateway:
    library = Library("user", 0)
    return Gateway(server.base + "/api", library, None, local=True, clock=SimulatedClock(), **more)


def test_the_desktop_program(desktop: tuple[Desktop, Loopback]) -> None:
    program, server = desktop
    mirror = Mirror(None)
    with local(server) as gateway:
        assert gateway.identity == f"{server.base}/api database1 users/0"
        update(mirror, gateway)
        assert (sorted(mirror.versions()), len(mirror.collections())) == (
            ["ABCD2345", "ABCD2346"],
            120,
        )
        # It has no list of deletions.
        del program.items["ABCD2345"]
        assert update(mirror, gateway).gone == {"ABCD2345"}
        with pytest.raises(LocalKeyError):
            gateway.write([{**preprint(1), "key": "ABCD2347"}])
        assert gateway.authorize() == ("LocalKey1", True)
        assert gateway.write([{**preprint(1), "key": "ABCD2347"}]).done[0].version == 10
    # Another database: nothing of the old one counts.
    program.server_id, program.items = "database2", {"ABCD2346": 1}
    with (
        local(server, server_id="database1", local_key="LocalKey1") as gateway,
        pytest.raises(StrangeAnswerError, match="another database"),
    ):
        gateway.write([{**preprint(1), "key": "ABCD2347"}])
    with local(server) as gateway, mirror:
        assert update(mirror, gateway).changed == {"ABCD2346"}
        assert list(mirror.versions()) == ["ABCD2346"]


def test_permission_is_asked_for_first(desktop: tuple[Desktop, Loopback]) -> None:
    _, server = desktop
    with local(server) as gateway:
        assert gateway.authorize() == ("LocalKey1", True)
    server("POST", "/api/local/authorize", as_html("Denied", 403))
    with local(server) as gateway, pytest.raises(LocalKeyError, match="not allowed to let us"):
        gateway.authorize()
    assert [one.path for one in server.requests].count("/api/local/authorize") == 2


def test_a_desktop_program_that_lets_nobody_in() -> None:
    with (
        Loopback({("GET", "/api/"): as_html("Local API is not enabled", 403)}) as server,
        local(server) as gateway,
        pytest.raises(LocalKeyError, match="does not let other programs in") as caught,
    ):
        gateway.item_versions()
    assert caught.value.hint is not None
    assert "Settings, Advanced" in caught.value.hint


def test_an_old_desktop_program_is_asked_for_everything(
    desktop: tuple[Desktop, Loopback],
) -> None:
    """It numbers what was synced with the web, so that a change shows in no version."""
    program, server = desktop
    program.server_id = None
    with Mirror(None) as mirror:
        for _ in range(2):
            with local(server) as gateway:
                assert update(mirror, gateway).changed == {"ABCD2345", "ABCD2346"}
