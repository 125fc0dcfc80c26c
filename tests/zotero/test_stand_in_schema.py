"""The stand-in's own table of item types against the published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.zotero_server import schema


@pytest.fixture(scope="module")
def published(shared: Path) -> dict[str, Any]:
    path = shared / "schemas" / f"zotero-schema-v{schema.SCHEMA_VERSION}.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def test_version_types_fields_base_fields_and_creator_types(published: dict[str, Any]) -> None:
    ours = schema.as_schema()
    assert ours["version"] == published["version"]
    assert ours["itemTypes"] == published["itemTypes"]


@pytest.mark.parametrize("kind", ["itemTypes", "fields", "creatorTypes"])
def test_english_labels(published: dict[str, Any], kind: str) -> None:
    theirs = published["locales"]["en-US"][kind]
    # The server's own properties stand among the fields there.
    wanted = {
        name: text
        for name, text in theirs.items()
        if not name.startswith("date") or (name in schema.FIELDS)
    }
    wanted.pop("itemType", None)
    assert {name: schema.label(name) for name in wanted} == wanted


def test_a_field_of_a_base_field() -> None:
    assert schema.ITEM_TYPES["preprint"].of_base("publisher") == "repository"
    assert schema.ITEM_TYPES["book"].of_base("publisher") == "publisher"
    assert schema.ITEM_TYPES["book"].of_base("authority") == ""
