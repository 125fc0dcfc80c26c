"""What docs/zotero.md says of names and of the state file is what the code has."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from bibtools.adapters.settings import CONFIG_VARIABLE, KNOWN, SETTINGS_VARIABLE
from bibtools.adapters.zotero import settings
from bibtools.adapters.zotero.credentials import FILE_NAME, KEY_VARIABLE
from bibtools.adapters.zotero.endpoints import LOCAL
from bibtools.adapters.zotero.state import read_state, state_bytes, state_path
from bibtools.adapters.zotero.state_lines import agreed_row
from bibtools.cli.zotero import COMMANDS
from bibtools.sync.item_side import own_of_file
from bibtools.sync.values import Agreed
from tests.conftest import ROOT

DOC = (ROOT / "docs" / "zotero.md").read_text("utf-8")
STATE = re.findall(r"<!-- state -->\n```json\n(.*?)```", DOC, re.DOTALL)[0]


def section(title: str) -> str:
    """The text below a heading, up to the next one."""
    return DOC.split(f"\n## {title}", 1)[1].split("\n## ", 1)[0]


def named(text: str) -> set[str]:
    """The names that stand first in the rows of tables."""
    return set(re.findall(r"^\| `([\w.]+)` \|", text, re.MULTILINE))


def test_the_state_file_shown_is_read_and_written_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "refs.bib"
    state_path(file).write_text(STATE, "utf-8")
    state = read_state(file)
    assert state.notices == ()
    assert [len(pairs.rows) for pairs in state.scopes.values()] == [1]
    assert state_bytes(state) == STATE.encode()


def test_every_member_of_the_state_file_is_explained() -> None:
    explained = named(section("What is remembered"))
    full = agreed_row(
        Agreed("I", "k", "p", 1, {"a": 1}, {}, True, True, ("C", "https://example.org"), True)
    )
    written = {"in", *full} | {name for line in STATE.splitlines() for name in json.loads(line)}
    assert explained == (written | {"server"}) - {"format"}
    assert len(full) == len(fields(Agreed))


@pytest.mark.parametrize(
    "name",
    [
        KEY_VARIABLE,
        CONFIG_VARIABLE,
        SETTINGS_VARIABLE,
        settings.ENDPOINT_VARIABLE,
        settings.LIBRARY_VARIABLE,
        settings.KIND_VARIABLE,
        FILE_NAME,
        LOCAL,
        *(f"{key} = " for key in KNOWN["zotero"]),
    ],
)
def test_every_setting_is_named(name: str) -> None:
    assert name in DOC


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_named(name: str) -> None:
    assert re.search(rf"`{name}\b", DOC.split("\n## ", 1)[0])


def test_the_fields_that_are_the_files_own_are_those_of_the_code() -> None:
    told = section("What is merged how").split("\nThese fields are", 1)[1].split("\n\n", 1)[0]
    names = [f"{name}x" if name[-1] == "-" else name for name in re.findall(r"`([\w-]+)`", told)]
    assert [name for name in names if not own_of_file(name)] == []
    assert len(names) == 16
