"""A person at a desk with a .bib file and a Zotero library, for tests of `bibtools zotero`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bibtools.adapters.web.clock import SimulatedClock
from bibtools.adapters.zotero import transport
from tests.command_line import Ran, bibtools
from tests.zotero_server import KEY, Library, ZoteroServer

ADA = [{"creatorType": "author", "firstName": "Ada", "lastName": "Example"}]
BOATS = """@article{example2023boats,
  author  = {Example, Ada},
  title   = {Folding Paper Boats with Learned Creases},
  journal = {Journal of Folds},
  year    = 2023,
  doi     = {10.1234/folds.1},
  code    = {https://github.com/example/boats},
}
"""
SECOND = (
    BOATS.replace("example2023boats", "second")
    .replace("folds.1", "folds.2")
    .replace("Folding Paper", "Sailing Steel")
)
KITES = {
    "itemType": "book",
    "title": "Kites that Remember the Wind of Yesterday",
    "creators": ADA,
    "date": "2021",
    "citationKey": "example2021kites",
    "publisher": "Example Press",
    "ISBN": "9780262033848",
}
_VARYING = ("version", "dateAdded", "dateModified")


@dataclass
class Desk:
    """The server, and the file in the current folder."""

    server: ZoteroServer
    file: Path
    clock: SimulatedClock

    @property
    def library(self) -> Library:
        return self.server.library("users", 1)

    def zotero(self, *arguments: str | Path) -> Ran:
        """`bibtools zotero ARGUMENTS`."""
        return bibtools("zotero", *arguments)

    def sync(self, *arguments: str, code: int = 0) -> Ran:
        """`bibtools zotero sync refs.bib --yes ARGUMENTS`, which ends with `code`."""
        ran = self.zotero("sync", self.file.name, "--yes", *arguments)
        assert ran.code == code, ran.stderr
        return ran

    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def write(self, text: str) -> None:
        self.file.write_text(text, encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        """Edit the file by hand."""
        assert old in self.text()
        self.write(self.text().replace(old, new))

    def contents(self) -> Mapping[str, Mapping[str, Any]]:
        """What the library holds, but for versions, dates and empty fields."""
        return {
            key: {name: value for name, value in data.items()
                  if name not in _VARYING and value not in ("", [], {})}
            for key, data in self.library.contents().items()
        }  # fmt: skip

    def item(self, title: str) -> str:
        """The key of the item (no child) whose title begins so."""
        (key,) = [
            key
            for key, data in self.contents().items()
            if data["title"].startswith(title) and "parentItem" not in data
        ]
        return key


@contextmanager
def desk_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with an empty library, no file yet, and time that does not go by."""
    server = ZoteroServer.with_user()
    clock = SimulatedClock()
    monkeypatch.setattr(transport, "SystemClock", lambda: clock)
    for name in ("state", "cache", "config"):
        monkeypatch.setenv(f"BIBTOOLS_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("ZOTERO_API_KEY", KEY)
    for name in ("ZOTERO_LIBRARY_ID", "ZOTERO_LIBRARY_TYPE", "BIBTOOLS_SETTINGS"):
        monkeypatch.delenv(name, raising=False)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    with server.running() as address:
        monkeypatch.setenv("BIBTOOLS_ZOTERO_ENDPOINT", address)
        yield Desk(server, work / "refs.bib", clock)
