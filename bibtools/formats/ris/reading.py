"""Reading RIS files as entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bibtools.formats.carried import restore
from bibtools.formats.entry_variables import text_variables
from bibtools.formats.ris.items import Reading, read_record
from bibtools.formats.ris.kept import keep
from bibtools.formats.ris.records import decode, split_records
from bibtools.formats.zotero import from_item, to_item
from bibtools.formats.zotero.writing import item_type_of
from bibtools.model import Entry, Notice, Source


def read_ris(data: bytes, file: str) -> tuple[list[Entry], list[Notice]]:
    """The entries of a RIS file, and what was odd in it; never an error.

    A record is read as Zotero reads it. What has no place in an entry is in `extra` under
    `ris.` and the tag, and comes out again when the entry is written as RIS.
    """
    text, notices = decode(data, file)
    entries = []
    for record in split_records(text, file, notices):
        if record.tags:
            entry = entry_of(read_record(record))
            entries.append(replace(entry, sources=(Source(file, record.line),)))
        else:
            notices.append(
                Notice(
                    "This record is empty and was left out.", file, record.line, rule="ris.empty"
                )
            )
    return entries, notices


def entry_of(reading: Reading) -> Entry:
    """The entry of what was read from one record."""
    data = reading.data
    if reading.extra:
        data = {**data, "extra": "\n".join(reading.extra)}
    entry = _without_memory(from_item(data), data)
    notes = [entry.fields["note"]] if "note" in entry.fields else []
    notes.extend(reading.notes)
    if notes:
        entry = replace(entry, fields={**entry.fields, "note": "\n".join(notes)})
    if reading.key is not None and entry.key is None:
        entry = replace(entry, key=reading.key)
    if reading.kept:
        entry = replace(entry, extra={**entry.extra, **keep(reading.kept)})
    return restore(entry, _carried(reading.carried)) if reading.carried else entry


def _without_memory(entry: Entry, data: Mapping[str, Any]) -> Entry:
    """Without what the entry remembers of an item, unless it would become another item.

    The order of the lines in Extra is no loss.
    """
    memory = entry.extra["zotero"]
    extra = {name: value for name, value in entry.extra.items() if name != "zotero"}
    bare = replace(entry, extra=extra)
    if memory == {"itemType": data["itemType"]}:
        # Nothing is spelt otherwise than we would: only the type may become another.
        return bare if item_type_of(bare, text_variables(bare)) == data["itemType"] else entry
    item = to_item(bare)
    return bare if {**item, "extra": ""} == {**data, "extra": ""} else entry


def _carried(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
