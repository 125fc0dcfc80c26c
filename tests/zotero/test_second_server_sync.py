"""`bibtools zotero` from end to end on a server that others wrote: both ways, again, and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.command_line import Ran, bibtools
from tests.loopback import ONLY_LOOPBACK
from tests.zotero.second_server import SecondServer

pytestmark = ONLY_LOOPBACK

PLACE = ("--collection", "Reading/2026")
BOATS = """@article{example2023boats,
  author   = {Example, Ada and Third, Bea},
  title    = {Folding Paper Boats with Learned Creases},
  journal  = {Journal of Folds},
  year     = 2023,
  keywords = {one, two},
  code     = {https://github.com/example/boats},
}
"""
KITES = """@misc{example2021kites,
  author        = {Example, Ada},
  title         = {Kites that Remember the Wind of Yesterday},
  year          = 2021,
  eprint        = {2104.00011},
  archiveprefix = {arXiv},
  primaryclass  = {cs.RO},
}
"""
_VARYING = ("key", "version", "dateAdded", "dateModified")


@dataclass
class Desk:
    """A person with a file, and another client of the same library."""

    server: SecondServer
    http: httpx2.Client
    file: Path

    def zotero(self, *arguments: str, code: int = 0) -> Ran:
        ran = bibtools("zotero", *arguments)
        assert ran.code == code, ran.stderr
        assert self.server.api_key not in ran.stdout + ran.stderr
        return ran

    def sync(self, *arguments: str) -> dict[str, Any]:
        """What was done, as JSON."""
        ran = self.zotero("sync", self.file.name, "--yes", "--json", *PLACE, *arguments)
        done: dict[str, Any] = json.loads(ran.stdout)
        return done

    def items(self) -> dict[str, dict[str, Any]]:
        """All items by key, without versions, dates and what is empty."""
        answer = self.http.get("/items", params={"includeTrashed": "1"})
        assert answer.status_code == 200, answer.text
        return {
            one["key"]: {
                name: value
                for name, value in one["data"].items()
                if name not in _VARYING and value not in ("", [], {}, 0)
            }
            for one in answer.json()
        }

    def key(self, title: str) -> str:
        (key,) = [key for key, data in self.items().items() if data.get("title") == title]
        return key

    def post(self, *objects: dict[str, Any]) -> None:
        answer = self.http.post("/items", json=list(objects))
        assert answer.json()["failed"] == {}, answer.text

    def edit(self, key: str, **fields: Any) -> None:
        version = self.http.get(f"/items/{key}").json()["version"]
        self.post({"key": key, "version": version, **fields})

    def quiet(self) -> None:
        """A further sync has nothing to do."""
        before = self.file.read_bytes()
        done = self.sync()
        assert (done["requests"]["writes"], self.file.read_bytes()) == (0, before)
        assert done["requests"]["reads"] <= 5


@pytest.fixture
def desk(
    second_server: SecondServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    for name in ("state", "cache", "config"):
        monkeypatch.setenv(f"BIBTOOLS_{name.upper()}", str(tmp_path / name))
    for name in ("ZOTERO_LIBRARY_ID", "ZOTERO_LIBRARY_TYPE", "BIBTOOLS_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ZOTERO_API_KEY", second_server.api_key)
    monkeypatch.setenv("BIBTOOLS_ZOTERO_ENDPOINT", second_server.address)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    file = work / "refs.bib"
    file.write_text(BOATS + "\n" + KITES, encoding="utf-8")
    with httpx2.Client(
        base_url=f"{second_server.address}/users/{second_server.user_id}",
        headers={"Zotero-API-Version": "3", "Zotero-API-Key": second_server.api_key},
        timeout=30.0,
        trust_env=False,
    ) as http:
        yield Desk(second_server, http, file)


def test_new_entries_go_there_once(desk: Desk) -> None:
    before = desk.file.read_bytes()
    desk.zotero("sync", desk.file.name, *PLACE, code=5)
    assert desk.items() == {}
    assert desk.sync()["requests"]["writes"] == 2  # the collections, and the rest
    kites = desk.items()[desk.key("Kites that Remember the Wind of Yesterday")]
    assert kites["itemType"] == "preprint"
    assert (kites["archiveID"], kites["citationKey"]) == ("arXiv:2104.00011", "example2021kites")
    assert kites["extra"] == "arXiv: 2104.00011 [cs.RO]"
    code = desk.items()[desk.key("Code")]
    assert code["parentItem"] == desk.key("Folding Paper Boats with Learned Creases")
    assert (code["linkMode"], code["url"]) == ("linked_url", "https://github.com/example/boats")
    assert desk.file.read_bytes() == before
    desk.quiet()
    assert len(desk.items()) == 3


def test_both_sides_merge_and_go_back(desk: Desk) -> None:
    desk.sync()
    boats = desk.key("Folding Paper Boats with Learned Creases")
    place = desk.items()[boats]["collections"]
    desk.edit(boats, volume="7", extra="My words\ntex.code: https://github.com/example/boats",
              tags=[{"tag": "one"}, {"tag": "three"}])  # fmt: skip
    desk.post(
        {"itemType": "note", "note": "<p>mine</p>", "parentItem": boats},
        {"itemType": "book", "title": "Trees", "citationKey": "trees", "collections": place},
    )
    text = desk.file.read_text(encoding="utf-8")
    desk.file.write_text(text.replace("2023,", "2024,"), encoding="utf-8")
    items, written = desk.items(), desk.file.read_bytes()

    desk.sync()
    text = desk.file.read_text(encoding="utf-8")
    assert "volume   = {7}" in text and "keywords = {one, three}" in text and "{trees," in text
    now = desk.items()
    assert now[boats] == items[boats] | {"date": "2024"}
    assert {key: data for key, data in now.items() if key != boats} == {
        key: data for key, data in items.items() if key != boats
    }
    desk.quiet()

    desk.zotero("undo", "--yes")
    assert (desk.items(), desk.file.read_bytes()) == (items, written)


def test_what_left_the_file_goes_to_the_trash_and_comes_back(desk: Desk) -> None:
    desk.sync()
    items = desk.items()
    desk.file.write_text(BOATS, encoding="utf-8")
    desk.sync()
    assert desk.items() == items
    desk.sync("--delete")
    kites = desk.key("Kites that Remember the Wind of Yesterday")
    assert desk.items()[kites] == items[kites] | {"deleted": 1}
    desk.zotero("undo", "--yes")
    assert desk.items() == items


def test_all_is_undone(desk: Desk) -> None:
    desk.sync()
    desk.zotero("undo", "--yes")
    assert (desk.items(), desk.zotero("collections").stdout) == ({}, "")


def test_a_group_and_a_list(desk: Desk) -> None:
    group = desk.server.add_group("Lab")
    desk.zotero("push", desk.file.name, "--yes", "--library", f"group:{group}", *PLACE)
    listed = desk.zotero("collections", "--library", "Lab").stdout
    assert [line.split()[1:] for line in listed.splitlines()] == [
        ["0", "Reading"],
        ["2", "Reading/2026"],
    ]
    assert desk.items() == {}
    for _ in range(2):
        ran = bibtools("build", desk.file.name, "--zotero", "Reading/2026", "--yes")
        assert ran.code == 0, ran.stderr
        assert len(desk.items()) == 3
