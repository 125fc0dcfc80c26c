"""Real items and real .bib files through the file's side of a sync, where the data is there."""

from __future__ import annotations

import json
import random
import tarfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bibtools.formats.bibtex import Document
from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.sync.comparing import loosely_equal, normalised
from bibtools.sync.local_file import apply_local, read_local
from bibtools.sync.merging import merge_pair
from bibtools.sync.plan import AddEntry, RemoveEntry, UpdateEntry
from bibtools.sync.values import Agreed, Data, FieldChange, remote_item

_NO_ITEMS = {"note", "attachment", "annotation"}
_NEW: dict[str, Any] = {
    "title": "A New Title & more",
    "date": "2031-05",
    "volume": "99",
    "pages": "11-12",
    "abstractNote": "50 % of { it",
    "DOI": "10.9999/zz_z",
    "url": "https://example.org/a_b",
    "publisher": "P & Q",
    "place": "Oslo",
    "publicationTitle": "Journal of New Things",
    "creators": [{"creatorType": "author", "firstName": "Zoë", "lastName": "Ångström"}],
    "tags": [{"tag": "one"}, {"tag": "two, three"}],
    "citationKey": "new:key",
}


def _items(shared: Path) -> list[Data]:
    """Items as a server holds them."""
    folder = shared / "convert" / "cases"
    if not folder.is_dir():
        pytest.skip("no convert/cases in the shared data")
    found: list[Data] = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if '"itemType"' in line:
                found += filter(None, map(_item, _objects(json.loads(line))))
    return random.Random(5).sample(found, min(len(found), 600))


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value:
        if isinstance(one, dict | list):
            yield from _objects(one)


def _item(value: dict[str, Any]) -> Data | None:
    type_ = value.get("itemType")
    if not isinstance(type_, str) or type_ not in ITEM_TYPES or type_ in _NO_ITEMS:
        return None
    names = {*ITEM_TYPES[type_].fields, "itemType"}
    item: dict[str, Any] = {
        name: one for name, one in value.items() if name in names and isinstance(one, str)
    }
    item |= {name: value[name] for name in ("creators", "tags")
             if isinstance(value.get(name), list)}  # fmt: skip
    return normalised(remote_item({"data": item}).data)


@pytest.mark.parametrize("file", ["refs.bib", "refs.json"])
def test_real_items_are_added_and_nothing_more_is_proposed(shared: Path, file: str) -> None:
    items = _items(shared)
    assert len(items) > 100
    steps = [AddEntry(f"K{n}", 1, f"key{n}", item) for n, item in enumerate(items)]
    local = read_local(None, file, {})
    data, notices = apply_local(local, steps)
    assert {notice.rule for notice in notices} <= {"zotero.cut"}
    again = read_local(data, file, {})
    assert [entry.key for entry in again.entries] == [step.key for step in steps]
    assert apply_local(again, [])[0] == data
    proposed, differing = Counter[str](), Counter[str]()
    for entry, item in zip(again.entries, items, strict=True):
        there = {**item, "citationKey": entry.key}
        row = Agreed("K", entry.key, entry.print, 1, entry.data, there)
        merged = merge_pair(row, entry.data, there)
        proposed.update(one.field for one in (*merged.to_here, *merged.to_there))
        differing.update(_differing(entry.data, there))
    assert not proposed
    # The items are test cases of translators: LaTeX in titles, particles in given names.
    usual = {name: count for name, count in differing.items() if name in ("title", "creators")}
    assert sum(usual.values()) <= len(items) // 25, differing


@pytest.mark.parametrize("file", ["refs.bib", "refs.json"])
def test_without_a_past_most_real_items_agree_with_their_entries(shared: Path, file: str) -> None:
    items = _items(shared)
    steps = [AddEntry(f"K{n}", 1, f"key{n}", item) for n, item in enumerate(items)]
    again = read_local(apply_local(read_local(None, file, {}), steps)[0], file, {})
    found = Counter[str]()
    for entry, item in zip(again.entries, items, strict=True):
        merged = merge_pair(None, entry.data, {**item, "citationKey": entry.key})
        found.update(one.field for one in merged.conflicts)
        found.update(one.field for one in (*merged.to_here, *merged.to_there))
    assert sum(found.values()) <= len(items) // 10, found


def _differing(here: Data, there: Data) -> list[str]:
    return [
        name
        for name in ("title", "creators", "date", "DOI", "volume", "tags", "abstractNote")
        if name in there
        and not loosely_equal(
            name, _by_role(here.get(name)), _by_role(there[name]), str(here.get("itemType"))
        )
    ]


def _by_role(value: Any) -> Any:
    """A .bib file has each role by itself."""
    if isinstance(value, list) and value and "creatorType" in value[0]:
        return sorted(value, key=lambda one: str(one["creatorType"]))
    return value


def _files(shared: Path, count: int) -> list[tuple[str, bytes]]:
    path = shared / "bibtex" / "corpus.tar.xz"
    if not path.is_file():
        pytest.skip("no corpus of .bib files in the shared data")
    with tarfile.open(path) as archive:
        members = [one for one in archive.getmembers()
                   if one.name.endswith(".bib") and one.size < 100_000]  # fmt: skip
        chosen = random.Random(7).sample(members, min(len(members), count))
        chosen.sort(key=lambda one: one.offset)
        found = []
        for one in chosen:
            held = archive.extractfile(one)
            assert held is not None
            found.append((Path(one.name).name, held.read()))
        return found


def test_real_files_change_in_one_field_at_a_time(shared: Path) -> None:
    chance = random.Random(7)
    unchanged, wrong, looked = Counter[str](), Counter[str](), 0
    for file, data in _files(shared, 25):
        local = read_local(data, file, {})
        if not local.entries:
            continue
        entry = chance.choice(local.entries)
        for name, value in _NEW.items():
            fields = ITEM_TYPES[entry.data["itemType"]].fields
            if name not in fields and name not in ("creators", "tags"):
                continue
            change = FieldChange(name, entry.data.get(name), value)
            new, notices = apply_local(local, [UpdateEntry(entry.key, "X", (change,), {})])
            key = value if name == "citationKey" else entry.key
            if any(notice.rule == "zotero.refused" for notice in notices):
                assert new == data or name == "tags"
                continue
            looked += 1
            _only_that_entry(data, new, entry.key, rename=name == "citationKey")
            back = read_local(new, file, {})
            now = next(one for one in back.entries if one.key == key).data
            if now.get(name) == entry.data.get(name) != value:
                unchanged[name] += 1
            elif not loosely_equal(name, now.get(name), value, now["itemType"]):
                wrong[name] += 1
    assert looked > 100
    assert sum(unchanged.values()) + sum(wrong.values()) <= looked // 100, (unchanged, wrong)


def _only_that_entry(old: bytes, new: bytes, key: str, *, rename: bool) -> None:
    before, after = Document.parse(old), Document.parse(new)
    if rename:
        return
    block = next(one for one in before.entries if one.key == key and not one.inside_comment)
    assert new.startswith(old[: block.start])
    assert new.endswith(old[block.end :])
    assert len(before.entries) == len(after.entries)


def test_real_files_lose_and_gain_an_entry(shared: Path) -> None:
    for file, data in _files(shared, 25):
        local = read_local(data, file, {})
        keys = [entry.key for entry in local.entries]
        item = {"itemType": "book", "title": "New & old"}
        new, _ = apply_local(local, [AddEntry("X", 1, "zz:new", item)])
        assert new.startswith(data)
        assert [one.key for one in read_local(new, file, {}).entries] == [*keys, "zz:new"]
        for key in keys[:3]:
            less, notices = apply_local(local, [RemoveEntry(key, "X")])
            left = [one.key for one in read_local(less, file, {}).entries]
            assert left == [one for one in keys if one != key] or notices
