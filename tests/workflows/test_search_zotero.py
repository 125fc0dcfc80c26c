"""Searching the copy of a Zotero library: nobody is asked."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.zotero.mirror import Mirror, mirror_path
from bibtools.sync.values import RemoteItem
from tests.command_line import bibtools

ENDPOINT = "https://api.zotero.org"


def item(key: str, version: int, **data: Any) -> RemoteItem:
    return RemoteItem(key, version, {"itemType": "journalArticle", **data})


ITEMS = (
    item("AAAA2222", 1, title="Sentence Embeddings", date="2021-04-18", DOI="10.1000/1",
         creators=[{"creatorType": "author", "firstName": "Tianyu", "lastName": "Gao"}],
         abstractNote="The dropout differs.", publicationTitle="Fog", pages="5-9",
         extra="Citation Key: gao2021"),
    item("BBBB2222", 2, title="Rain"),
    item("CCCC2222", 3, title="Trashed rain", deleted=1),
    RemoteItem("DDDD2222", 4, {"itemType": "note", "parentItem": "AAAA2222", "note": "rain"}),
)  # fmt: skip


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ZOTERO_API_KEY", raising=False)
    monkeypatch.setenv("BIBTOOLS_CACHE", str(tmp_path / "cache"))
    path = mirror_path(tmp_path / "cache", ENDPOINT, "users/7")
    with Mirror(path) as mirror:
        mirror.put(ITEMS, version=4, identity="server")
    return path


def test_the_copy_is_searched(copy: Path) -> None:
    ran = bibtools("search", "dropout", "--json", "--library", "user:7")
    assert ran.stderr == ""
    [found] = json.loads(ran.stdout)
    named = ("source", "file", "key", "item", "title", "authors", "year", "venue", "doi", "line")
    assert [found[name] for name in named] == [
        "zotero", "user:7", "gao2021", "AAAA2222", "Sentence Embeddings", ["Gao, Tianyu"], 2021,
        "Fog", "10.1000/1", None,
    ]  # fmt: skip


def test_what_is_in_the_trash_and_notes_are_not_found(copy: Path) -> None:
    assert bibtools("search", "rain", "--keys", "--library", "user:7").stdout == "BBBB2222\n"


def test_the_only_copy_needs_no_name(copy: Path) -> None:
    assert bibtools("search", "rain", "--keys", "--zotero").stdout == "BBBB2222\n"


def test_a_copy_that_went_on_is_read_again(copy: Path) -> None:
    assert bibtools("search", "snow", "--zotero", "-q").code == 1
    with Mirror(copy) as mirror:
        mirror.put([item("EEEE2222", 5, title="Snow")], version=5)
    assert bibtools("search", "snow", "--keys", "--zotero").stdout == "EEEE2222\n"


def test_an_old_copy_is_told(copy: Path) -> None:
    for one in copy.parent.iterdir():
        os.utime(one, (1_600_000_000, 1_600_000_000))
    ran = bibtools("search", "rain", "--keys", "--library", "user:7")
    assert ran.code == 0
    assert "is of 2020-09-13" in ran.stderr


def test_a_group_by_name_is_not_known_without_its_server(copy: Path) -> None:
    ran = bibtools("search", "rain", "--library", "Reading group")
    assert ran.code == 2
    assert "--library group:12345" in ran.stderr


def test_the_entries_of_a_library(copy: Path) -> None:
    ran = bibtools("search", "dropout", "--to", "bibtex", "--library", "user:7")
    assert ran.stdout.startswith("@article{gao2021,")
    assert "pages" in ran.stdout
