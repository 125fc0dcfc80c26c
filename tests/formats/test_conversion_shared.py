"""Entries of real .bib files through CSL-JSON and Zotero, and back."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.reading import read_entries
from bibtools.formats.csl_json import from_csl, to_csl
from bibtools.formats.zotero import from_item, to_item
from bibtools.model import Entry
from tests.entry_strategies import differences

_ONLY_THERE = {"extra.zotero", "extra.csl"}


@pytest.fixture(scope="module")
def entries(shared: Path) -> list[Entry]:
    """Some entries of every small file of the corpus, 1,000 in all."""
    found: list[Entry] = []
    with tarfile.open(shared / "bibtex" / "corpus.tar.xz") as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.size < 60_000 else None
            if opened is not None:
                found += read_entries(Document.parse(opened.read(), member.name))[0][:6]
            if len(found) > 1000:
                break
    assert len(found) > 1000
    return found


@pytest.mark.parametrize(
    ("write", "read", "share"),
    [
        pytest.param(to_csl, from_csl, 0.01, id="CSL-JSON"),
        pytest.param(to_item, from_item, 0.03, id="Zotero"),
    ],
)
def test_real_entries_come_back(
    entries: list[Entry],
    write: Callable[[Entry], dict[str, Any]],
    read: Callable[[dict[str, Any]], Entry],
    share: float,
) -> None:
    lost: dict[str | None, dict[str, Any]] = {}
    carried = 0
    for entry in entries:
        text = json.dumps(write(entry))
        carried += '"bibtools": {' in text or '"extra": "bibtools: {' in text
        found = differences(entry, read(json.loads(text)))
        if found.keys() - _ONLY_THERE:
            lost[entry.key] = found
    assert lost == {}
    # The formats' own places hold nearly everything.
    assert carried / len(entries) < share
