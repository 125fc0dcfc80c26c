"""RIS on real data: what Zotero's own translator reads, and real items out and in again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bibtools.formats.ris import read_ris, write_ris
from bibtools.formats.zotero import from_item, to_item
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.model import Entry
from tests.entry_strategies import differences

# Taken differently by taste, as in the program that scores conversions.
_BY_TASTE = frozenset(
    "extra abstractNote language accessDate libraryCatalog citationKey shortTitle".split()
)


def _loose(value: object) -> str:
    text = " ".join(re.sub(r"<[^>]+>", "", str(value)).split())
    return re.sub(r"\s*[-–—]+\s*", "-", text).casefold().rstrip(".")


def _fields(item: dict[str, Any]) -> dict[str, object]:
    item_type = ITEM_TYPES[item["itemType"]]
    found: dict[str, object] = {"itemType": item_type.name}
    for name, value in item.items():
        name = item_type.own.get(name, name)
        if name in item_type.fields and value and name not in _BY_TASTE:
            found[name] = _loose(value)
    people = [
        (
            row["creatorType"],
            _loose(f"{row.get('firstName') or ''} {row.get('lastName') or row.get('name')}"),
        )
        for row in item.get("creators") or ()
    ]
    return {**found, "creators": people} if people else found


def test_records_become_the_items_that_zotero_makes_of_them(shared: Path) -> None:
    agreed = got = wanted = 0
    with (shared / "convert/cases/zotero_ris_import.jsonl").open(encoding="utf-8") as cases:
        for case in map(json.loads, cases):
            entries, _ = read_ris(case["input"].encode(), case["id"])
            assert len(entries) == len(case["expected"]), case["id"]
            for entry, expected in zip(entries, case["expected"], strict=True):
                ours, theirs = _fields(to_item(entry)), _fields(expected)
                agreed += sum(ours.get(name) == value for name, value in theirs.items())
                got += len(ours)
                wanted += len(theirs)
    assert 2 * agreed / (got + wanted) >= 0.98


def _real_entries(shared: Path) -> Iterator[Entry]:
    for name in ("bbt_export_biblatex", "bbt_export_bibtex", "bbt_export_csl_json"):
        with (shared / f"convert/cases/{name}.jsonl").open(encoding="utf-8") as cases:
            for case in map(json.loads, cases):
                items = case["input"]
                items = items.get("items", items) if isinstance(items, dict) else items
                for item in items if isinstance(items, list) else [items]:
                    data = item.get("data", item)
                    if data.get("itemType") in ITEM_TYPES:
                        entry = from_item(data)
                        extra = {k: v for k, v in entry.extra.items() if k != "zotero"}
                        yield replace(entry, extra=extra)


def test_real_items_come_back_and_few_need_something_carried(shared: Path) -> None:
    entries = list(_real_entries(shared))
    text = write_ris(entries)
    back, notices = read_ris(text.encode(), "all.ris")
    assert notices == []
    lost = [differences(*pair) for pair in zip(entries, back, strict=True)]
    assert [one for one in lost if one] == []
    # Many are made up to be difficult: names of two words without a given name, ...
    assert text.count("M2  - bibtools: ") <= 0.06 * len(entries)
