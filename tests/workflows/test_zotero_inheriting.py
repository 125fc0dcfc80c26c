"""Entries with fields of another one, which the sync changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loopback import ONLY_LOOPBACK
from tests.zotero_desk import Desk, desk_in

pytestmark = ONLY_LOOPBACK

CHILD = """@inproceedings{boats,
  title    = {Folding Paper Boats with Learned Creases},
  author   = {Example, Ada},
  crossref = {all},
}
"""
PARENT = """@proceedings{all,
  title     = {Proceedings of Folds},
  booktitle = {Proceedings of Folds},
  editor    = {Other, Carl},
  publisher = {Example Press},
  year      = 2023,
}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with desk_in(tmp_path, monkeypatch) as made:
        yield made


def test_what_a_child_inherits_anew_goes_to_its_item_next_time(desk: Desk) -> None:
    desk.write(CHILD + PARENT)
    desk.sync()
    child, parent = desk.item("Folding"), desk.item("Proceedings")
    assert desk.contents()[child]["publisher"] == "Example Press"
    desk.library.edit(parent, publisher="Other Press")
    desk.sync()
    assert "{Other Press}" in desk.text()
    text = desk.text()
    desk.sync()
    assert desk.contents()[child]["publisher"] == "Other Press"
    desk.server.forget()
    desk.sync()
    assert (desk.server.writes, desk.text()) == (0, text)


def test_what_the_item_says_since_is_no_news_of_the_file(desk: Desk) -> None:
    """The child's item changed too: both changed, and that is a conflict, told and left."""
    desk.write(CHILD + PARENT)
    desk.sync()
    child, parent = desk.item("Folding"), desk.item("Proceedings")
    desk.library.edit(parent, publisher="Other Press")
    desk.sync()
    desk.library.edit(child, publisher="Third Press")
    assert "1 conflict left alone (boats)" in desk.sync(code=1).stderr
    assert desk.contents()[child]["publisher"] == "Third Press"
