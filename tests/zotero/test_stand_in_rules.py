"""What a hand-written stand-in gets wrong, one test each, and what only the tables say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero_server import KEY, Fault, Kind, Library, Refused, ZoteroServer, is_post
from tests.zotero_server.asking import Asker, Got

pytestmark = ONLY_LOOPBACK

GONE = "ZZZZ9999"


class World:
    """A server with user 1, and a client of theirs."""

    def __init__(self, server: ZoteroServer, address: str) -> None:
        self.server = server
        self.address = address
        self.library: Library = server.library("users", 1)
        self.me = self.client(KEY)

    def client(self, key: str, prefix: str = "/users/1/") -> Asker:
        return Asker(self.address, key, prefix)

    def create(self, *items: dict[str, Any]) -> list[str]:
        """The keys of new items."""
        report = self.me.post("items", list(items)).json()
        assert not report["failed"], report["failed"]
        return [report["success"][str(number)] for number in range(len(items))]


class Clock:
    def __init__(self) -> None:
        self.now = 1_750_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> Iterator[World]:
    server = ZoteroServer.with_user(clock)
    with server.running() as address:
        yield World(server, address)


def book(title: str = "", **more: Any) -> dict[str, Any]:
    return {"itemType": "book", "title": title, **more}


def failures(got: Got) -> dict[int, int]:
    """Index -> code of what failed."""
    assert got.status_code == 200
    return {int(number): one["code"] for number, one in got.json()["failed"].items()}


# The fifteen points


def test_01_each_object_has_its_own_version(world: World) -> None:
    got = world.me.post("items", [book("a"), {"itemType": "bogus"}, book("b")])
    versions = [one["version"] for one in got.json()["successful"].values()]
    assert (versions, got.version) == ([1, 2], 2)
    data = [one["data"] for one in got.json()["successful"].values()]
    again = world.me.post("items", [*data, {"itemType": "bogus"}])
    assert again.json()["unchanged"] == dict(zip("01", [one["key"] for one in data], strict=True))
    assert again.version == 4
    assert [item.version for item in world.library.items.values()] == [1, 2]


def test_02_where_last_modified_version_stands(world: World) -> None:
    (first, _second) = world.create(book("a"), book("b"))
    one = f"items/{first}"
    shown = {
        "single get": world.me.get(one).version,
        "list": world.me.get("items").version,
        "no change": world.me.patch(one, {"title": "a"}, If_Unmodified_Since_Version=1).version,
        "library after it": world.me.get("items").version,
        "single 412": world.me.patch(one, {"version": 0, "title": "c"}).version,
        "change": world.me.patch(one, {"title": "c"}, If_Unmodified_Since_Version=1).version,
        "list 412": world.me.post("items", [book()], If_Unmodified_Since_Version=1).version,
        "400": world.me.put(one, book("d"), If_Unmodified_Since_Version=9).version,
        "403": world.client("").get("items").version,
        "404": world.me.get(f"items/{GONE}").version,
        "428": world.me.delete(one).version,
        "304": world.me.get("items", If_Modified_Since_Version=99).version,
    }
    assert shown == {
        "single get": 1,
        "list": 2,
        "no change": 2,
        "library after it": 3,
        "single 412": 1,
        "change": 4,
        **dict.fromkeys(("list 412", "400", "403", "404", "428", "304")),
    }


def test_03_conflicts_of_a_batch_stand_in_failed(world: World) -> None:
    (key,) = world.create(book("a"))
    world.library.edit(key, title="b")
    got = world.me.post(
        "items",
        [
            {"key": key, "version": 1, "title": "mine"},
            {"key": GONE, "version": 5, "title": "x"},
            {"key": key, "title": "x"},
            book("x", collections=[GONE]),
            book("x", bogus="<1>"),
            book("x" * 65_536),
        ],
    )
    assert failures(got) == {0: 412, 1: 404, 2: 428, 3: 409, 4: 400, 5: 413}
    entries = got.json()["failed"].values()
    assert not any("key" in one for one in entries)
    odd = failures(world.me.post("items", [{"itemType": "<&>"}]))
    assert odd == {0: 400}
    message = world.me.post("items", [{"itemType": "<&>"}]).json()["failed"]["0"]["message"]
    assert message == "'&lt;&amp;&gt;' is not a valid itemType"


def test_04_collections_go_without_a_trace_in_their_items(world: World) -> None:
    above = world.library.add_collection("above")
    below = world.library.add_collection("below", above)
    (key,) = world.create(book("a", collections=[above, below]))
    before = world.library.items[key].version
    since = world.library.version
    got = world.me.delete(f"collections/{above}", If_Unmodified_Since_Version=1)
    assert got.status_code == 204
    item = world.me.get(f"items/{key}").json()
    assert (item["data"]["collections"], item["version"]) == ([], before)
    assert world.me.get(f"items?since={since}&format=versions").json() == {}
    assert world.me.get(f"deleted?since={since}").json()["collections"] == [above]
    assert world.me.get("collections?format=versions").json() == {}


def test_05_the_trash_is_not_deletion(world: World) -> None:
    (key,) = world.create(book("a"))
    since = world.library.version
    world.library.trash(key)
    listed = {
        path: world.me.get(path).json()
        for path in (
            "items?format=versions",
            f"items?since={since}&format=versions",
            "items/top?format=versions",
            "items/trash?format=versions",
            f"items?since={since}&format=versions&includeTrashed=1",
        )
    }
    assert list(listed.values()) == [{}, {}, {}, {key: 2}, {key: 2}]
    assert world.me.get("deleted?since=0").json()["items"] == []
    assert world.me.get(f"items/{key}").json()["data"]["deleted"] == 1


def test_06_put_replaces_less_than_it_says(world: World) -> None:
    parent, note = world.create(book("a"), {"itemType": "note", "note": "n"})
    world.library.edit(parent, url="http://example.org/", deleted=1)
    world.library.edit(note, parentItem=parent)
    whole = book("b", tags=[], collections=[], relations={})
    for left_out in ("tags", "relations", "collections"):
        some = {name: value for name, value in whole.items() if name != left_out}
        got = world.me.put(f"items/{parent}", some, If_Unmodified_Since_Version=99)
        assert (got.status_code, got.text) == (400, f"'{left_out}' property not provided")
    got = world.me.put(f"items/{parent}", whole, If_Unmodified_Since_Version=99)
    data = world.library.items[parent].data
    assert got.status_code == 204
    assert (data["title"], data["url"], "deleted" in data) == ("b", "http://example.org/", False)
    lone = {"itemType": "note", "note": "n", "tags": [], "collections": [], "relations": {}}
    assert world.me.put(f"items/{note}", lone, If_Unmodified_Since_Version=99).status_code == 204
    assert world.library.items[note].parent == ""


def test_07_since_is_strict_and_deleted_has_no_304(world: World) -> None:
    world.create(book("a"), book("b"))
    assert len(world.me.get("items?since=1&format=versions").json()) == 1
    assert world.me.get("items?since=99&format=versions").json() == {}
    assert world.me.get("deleted?since=0", If_Modified_Since_Version=99).status_code == 200
    got = world.me.get("deleted")
    assert (got.status_code, got.text) == (400, "'since' parameter must be provided")
    assert world.me.get("items?since=abc").status_code == 400


def test_08_a_write_token_protects_only_if_the_last_object_went_well(world: World) -> None:
    bad_last = [book("once"), {"itemType": "bogus"}]
    for _ in range(2):
        assert failures(world.me.post("items", bad_last, Zotero_Write_Token="a" * 32)) == {1: 400}
    assert len(world.library.items) == 2
    bad_first = bad_last[::-1]
    assert failures(world.me.post("items", bad_first, Zotero_Write_Token="b" * 32)) == {0: 400}
    got = world.me.post("items", bad_first, Zotero_Write_Token="b" * 32)
    assert (got.status_code, got.text, got.version) == (412, "Write token already used", None)
    assert len(world.library.items) == 3


def test_08_a_write_token_is_kept_for_twelve_hours(world: World, clock: Clock) -> None:
    def send() -> int:
        return world.me.post("items", [book()], Zotero_Write_Token="token").status_code

    assert (send(), send()) == (200, 412)
    clock.now += 12 * 3600 + 1
    assert send() == 200


@pytest.mark.parametrize(
    ("name", "given", "stored"),
    [
        pytest.param("title", "  two  words ", "two  words", id="trimmed at the ends"),
        pytest.param("extra", "a\r\nb\rc\td\x01e", "a\nb\nc\tde", id="lines, control characters"),
        pytest.param("abstractNote", "e\u0301", "\u00e9", id="composed"),
        pytest.param("volume", 12, "12", id="a number"),
        pytest.param("title", None, "", id="null"),
        pytest.param("date", "October 10, 2023", "October 10, 2023", id="a date as typed"),
        pytest.param("DOI", "https://doi.org/10.1/X", "https://doi.org/10.1/X", id="a DOI"),
        pytest.param("url", "HTTP://X.org/A b", "HTTP://X.org/A b", id="an address"),
        pytest.param(
            "accessDate", "2024-01-02 03:04:05", "2024-01-02T03:04:05Z", id="a moment in SQL"
        ),
        pytest.param(
            "accessDate", "2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05Z", id="a moment in ISO"
        ),
        pytest.param("accessDate", "2024-01-02", "2024-01-02", id="a day"),
        pytest.param("accessDate", "CURRENT_TIMESTAMP", "2025-06-15T15:06:40Z", id="now"),
        pytest.param("dateAdded", "2001-01-01 00:00:00", "2001-01-01T00:00:00Z", id="dateAdded"),
        pytest.param(
            "tags",
            [{"tag": " b "}, {"tag": "a", "type": 1}, {"tag": "b"}, {"tag": "B"}, {"tag": ""}],
            [{"tag": "B"}, {"tag": "a", "type": 1}, {"tag": "b"}],
            id="tags",
        ),
        pytest.param(
            "creators",
            [{"creatorType": "author", "firstName": " A ", "lastName": "B "}],
            [{"creatorType": "author", "firstName": "A", "lastName": "B"}],
            id="a name",
        ),
        pytest.param(
            "creators",
            [{"creatorType": "author", "firstName": "", "lastName": ""}],
            [],
            id="the creator of a template",
        ),
    ],
)
def test_09_what_comes_back_is_not_what_was_sent(
    world: World, name: str, given: object, stored: object
) -> None:
    (key,) = world.create({"itemType": "journalArticle", name: given})
    assert world.me.get(f"items/{key}").json()["data"][name] == stored


def test_09_letters_stay_apart_on_a_server_that_does_not_compose(world: World) -> None:
    world.library.composes = False
    (key,) = world.create(book("e\u0301"))
    assert world.library.items[key].data["title"] == "e\u0301"


def test_10_a_foreign_write_lands_between_my_objects(world: World) -> None:
    (key,) = world.create(book("theirs"))
    world.server.faults.append(
        Fault(Kind.FOREIGN_WRITE, is_post, run=lambda: world.library.edit(key, title="new"))
    )
    got = world.me.post("items", [book("a"), book("b")], If_Unmodified_Since_Version=1)
    assert [one["version"] for one in got.json()["successful"].values()] == [2, 4]
    assert got.version == 4
    assert world.library.items[key].version == 3


def test_10_a_foreign_write_before_my_first_object_is_seen(world: World) -> None:
    (key,) = world.create(book("theirs"))
    edit = Fault(
        Kind.FOREIGN_WRITE, is_post, objects=0, run=lambda: world.library.edit(key, title="new")
    )
    world.server.faults.append(edit)
    got = world.me.post("items", [book("a")], If_Unmodified_Since_Version=1)
    assert (got.status_code, got.version) == (412, 1)
    assert len(world.library.items) == 1


def test_10_of_writers_with_the_same_precondition_one_wins(world: World) -> None:
    world.create(book())
    found: list[int] = []

    def write(number: int) -> None:
        items = [book(f"{number}-{one}") for one in range(20)]
        got = world.me.post("items", items, If_Unmodified_Since_Version=1)
        found.append(got.status_code)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [200, 412, 412, 412]


@pytest.mark.parametrize(
    ("item", "code", "data"),
    [
        pytest.param(book(bogus=""), 400, None, id="unknown field"),
        pytest.param(book(repository="x"), 400, None, id="field of another type"),
        pytest.param(
            {"itemType": "preprint", "publisher": "x"}, 400, None, id="name of a base field"
        ),
        pytest.param(
            book(creators=[{"creatorType": "director", "name": "x"}]), 400, None, id="creator type"
        ),
        pytest.param(
            book(creators=[{"creatorType": "author", "name": "x", "lastName": "y"}]),
            400,
            None,
            id="two kinds of name",
        ),
        pytest.param(
            book(creators=[{"creatorType": "author", "firstName": "x"}]),
            400,
            None,
            id="half name",
        ),
        pytest.param(book(tags=["plain"]), 400, None, id="tag without an object"),
        pytest.param(book(relations={"owl:sameAs": "x"}), 400, None, id="relation to nothing"),
        pytest.param(book(accessDate="yesterday"), 400, None, id="accessDate"),
        pytest.param(book(key="bad", version=0), 400, None, id="bad key"),
        pytest.param(book(version=0), 400, None, id="version without key"),
        pytest.param({"title": "x"}, 400, None, id="no type"),
        pytest.param(
            book("é" * 32_768),
            413,
            {"field": "Title", "value": "é" * 50 + "…"},
            id="65,536 bytes",
        ),
        pytest.param(book("é" * 32_767 + "e"), None, None, id="65,535 bytes"),
        pytest.param(book(tags=[{"tag": "x" * 256}]), 413, {"tag": "x" * 256}, id="long tag"),
        pytest.param(book(tags=[{"tag": "x" * 255}]), None, None, id="tag of 255"),
        pytest.param(
            book(creators=[{"creatorType": "author", "name": "x" * 256}]),
            413,
            {"field": "creator", "value": "x" * 50 + "…"},
            id="long name",
        ),
        pytest.param({"itemType": "note", "note": "x" * 500_001}, 413, None, id="long note"),
        pytest.param({"itemType": "note", "note": "x" * 500_000}, None, None, id="note of 500,000"),
        pytest.param(
            book(
                creators=[{"creatorType": "author", "name": "A"}] * 2
                + [{"creatorType": "author", "name": ""}]
            ),
            400,
            None,
            id="empty among others",
        ),
    ],
)
def test_11_what_is_refused(
    world: World, item: dict[str, Any], code: int | None, data: dict[str, str] | None
) -> None:
    failed = world.me.post("items", [item]).json()["failed"]
    assert [(one["code"], one.get("data")) for one in failed.values()] == (
        [(code, data)] if code else []
    )
    assert world.library.version == len(world.library.items) == (0 if code else 1)


def test_12_relations_go_both_ways(world: World) -> None:
    first, second = world.create(book("a"), book("b"))
    related = {"dc:relation": f"http://zotero.org/users/1/items/{second}"}
    world.me.patch(f"items/{first}", {"relations": related}, If_Unmodified_Since_Version=1)
    other = world.library.items[second]
    assert other.data["relations"] == {"dc:relation": f"http://zotero.org/users/1/items/{first}"}
    assert (other.version, world.library.items[first].version) == (3, 3)
    world.me.patch(f"items/{first}", {"relations": {}}, If_Unmodified_Since_Version=3)
    assert world.library.items[second].data["relations"] == {}
    assert world.library.items[second].version == 4


def test_12_a_parent_stands_before_its_child(world: World) -> None:
    parent = book("p", key="PARE2345", version=0)
    child = {"itemType": "note", "note": "n", "parentItem": "PARE2345"}
    got = world.me.post("items", [child, parent])
    assert got.json()["failed"]["0"]["code"] == 409
    assert got.json()["failed"]["0"]["data"] == {"parentItem": "PARE2345"}
    got = world.me.post("items", [child])
    assert not got.json()["failed"]
    shown = world.me.get("items/PARE2345").json()
    assert (shown["version"], shown["meta"]["numChildren"]) == (1, 1)
    assert world.me.delete("items/PARE2345", If_Unmodified_Since_Version=1).status_code == 204
    assert len(world.me.get("deleted?since=2").json()["items"]) == 2


def test_13_too_many_requests(world: World, clock: Clock) -> None:
    world.server.limit_requests(clock)
    for _ in range(100):
        assert world.me.get("items?format=versions").status_code == 200
    got = world.me.post("items", [book()])
    assert (got.status_code, got.headers["retry-after"]) == (429, "10")
    assert got.headers["content-type"].startswith("text/html")
    assert not world.library.items
    clock.now += 0.11
    assert [world.me.post("items", [book()]).status_code for _ in range(2)] == [200, 429]


def test_13_production(world: World) -> None:
    world.server.production()
    assert world.me.get("items").headers["backoff"] == "2"
    thief = world.client("C" * 24)
    codes = [thief.get("/keys/current") for _ in range(7)]
    assert [one.status_code for one in codes] == [403] * 6 + [429]
    assert "retry-after" not in codes[-1].headers


def test_14_pages(world: World, clock: Clock) -> None:
    for number in range(6):
        clock.now += 1
        world.create(*[book(f"{number}-{one}") for one in range(20)])
    listed = world.me.get("items")
    assert len(listed.json()) == 25
    assert listed.headers["total-results"] == "120"
    assert listed.json()[0]["data"]["title"] == "5-19"
    assert len(world.me.get("items?limit=500").json()) == 100
    keys, address = [], f"{world.address}/users/1/items?limit=50"
    while address:
        page = world.me.get(address.removeprefix(world.address))
        keys += [one["key"] for one in page.json()]
        address = page.link("next") or ""
        assert not address or address.startswith(world.address)
    assert sorted(keys) == sorted(world.library.items)
    assert world.me.get("items?format=keys").text.split() == keys
    oldest = next(key for key, item in world.library.items.items() if item.title() == "0-0")
    clock.now += 1
    world.library.edit(oldest, title="touched")
    assert world.me.get("items?limit=1").json()[0]["key"] == oldest
    many = ",".join(keys[:60])
    assert world.me.get(f"items?itemKey={many}").headers["total-results"] == "60"


def test_15_what_a_key_may_do(world: World) -> None:
    server = world.server
    server.add_user(2)
    server.add_group(7, "Lab", owner=2, members=[1])
    server.add_group(8, "Others", owner=2)
    server.add_key("readonly1", write=False, notes=False, groups={7: False})
    server.add_key("writegroup", library=False, groups={7: True})
    world.create(book("a"), {"itemType": "note", "note": "secret"})
    reader, writer = world.client("readonly1"), world.client("writegroup")
    assert reader.get("/keys/current").json()["access"] == {
        "user": {"library": True, "files": True},
        "groups": {"7": {"library": True}},
    }
    refused = reader.post("items", [book()])
    assert (refused.status_code, refused.text) == (403, "Write access denied")
    assert len(reader.get("items?format=versions").json()) == 1
    note = next(key for key, one in world.library.items.items() if one.item_type == "note")
    assert reader.get(f"items/{note}").status_code == 404
    codes = {
        "read a group": reader.get("/groups/7/items").status_code,
        "write there": reader.post("/groups/7/items", [book()]).status_code,
        "with the right": writer.post("/groups/7/items", [book()]).status_code,
        "own library": writer.get("items").status_code,
        "a group of others": writer.get("/groups/8/items").status_code,
        "a library of others": world.me.get("/users/2/items").status_code,
        "nobody's": world.me.get("/users/99/items").status_code,
        "without a key": world.client("").get("items").status_code,
        "with all groups": world.me.post("/groups/7/items", [book()]).status_code,
    }
    assert codes == {
        "read a group": 200,
        "write there": 403,
        "with the right": 200,
        "own library": 403,
        "a group of others": 403,
        "a library of others": 403,
        "nobody's": 404,
        "without a key": 403,
        "with all groups": 200,
    }
    assert [one["id"] for one in world.me.get("groups").json()] == [7]
    assert reader.get("groups?format=versions").json() == {"7": 1}
    made = server.library("groups", 7).items.values()
    shown = [world.me.get(f"/groups/7/items/{one.key}").json() for one in made]
    assert {one["meta"]["createdByUser"]["id"] for one in shown} == {1}


# Beyond the points


def test_a_create_can_be_sent_again(world: World) -> None:
    mine = book("mine", key="NEWK2345", version=0)
    assert failures(world.me.post("items", [mine])) == {}
    assert failures(world.me.post("items", [mine])) == {0: 412}
    world.library.delete("NEWK2345")
    assert failures(world.me.post("items", [mine])) == {}
    assert world.me.get("deleted?since=0").json()["items"] == []


def test_dates_of_a_change(world: World, clock: Clock) -> None:
    (key,) = world.create(book("a"))
    collection = world.library.add_collection("c")
    then = world.library.items[key].modified

    def after(**changed: Any) -> str:
        clock.now += 60
        return world.library.edit(key, **changed).modified

    assert after(collections=[collection]) == then
    assert after(deleted=1) == then
    assert after(tags=[{"tag": "t"}]) > then
    assert after(title="b", dateModified="2005-05-05T05:05:05Z") == "2005-05-05T05:05:05Z"
    assert after(title="c") > then


def test_a_change_of_type_keeps_what_fits(world: World) -> None:
    (key,) = world.create(
        {
            "itemType": "journalArticle",
            "title": "a",
            "publisher": "p",
            "pages": "1",
            "creators": [{"creatorType": "reviewedAuthor", "name": "R"}],
        }
    )
    data = world.library.edit(key, itemType="thesis").data
    assert (data["title"], data["university"], "pages" in data) == ("a", "p", False)
    assert data["creators"] == [{"creatorType": "author", "name": "R"}]


def test_a_locked_and_a_full_library(world: World) -> None:
    world.library.locked = True
    assert world.me.post("items", [book()]).status_code == 409
    assert world.me.get("items").status_code == 200
    world.library.locked, world.library.full = False, True
    assert world.me.post("items", [book()]).status_code == 413
    assert not world.library.items


def test_searching(world: World) -> None:
    first, second, child = world.create(
        book("Sparse attention", date="2023", tags=[{"tag": "a"}, {"tag": "b"}]),
        book("Dense", tags=[{"tag": "a"}], creators=[{"creatorType": "author", "name": "Ann"}]),
        {"itemType": "note", "note": "sparse notes"},
    )
    world.library.edit(child, parentItem=second)

    def found(query: str) -> set[str]:
        return set(world.me.get(f"items{query}&format=versions").json())

    assert found("?q=sparse") == {first, child}
    assert found("?q=2023") == {first}
    assert found("?q=ann") == {second}
    assert found("?tag=a&tag=b") == {first}
    assert found("?tag=a&tag=-b") == {second}
    assert found("?tag=b%20||%20c") == {first}
    assert found("?itemType=-note") == {first, second}
    assert found("/top?itemType=note") == {second}
    assert found(f"/{second}/children?q=") == {child}


def test_the_hands_of_another_client(world: World) -> None:
    library = world.library
    above = library.add_collection("above")
    below = library.add_collection("below", above)
    key = library.put(book("a", collections=[below])).key
    library.edit_collection(below, name="renamed")
    assert library.collections[below].data["parentCollection"] == above
    with pytest.raises(Refused, match="not a valid field"):
        library.edit(key, repository="x")
    assert library.version == 4
    assert library.contents()[key]["collections"] == [below]
    library.delete_collection(above)
    assert library.contents()[key]["collections"] == []
