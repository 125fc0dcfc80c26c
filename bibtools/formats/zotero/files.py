"""Files of Zotero items: a JSON array as the Web API gives and takes it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bibtools.formats.json_rows import read_rows, write_rows
from bibtools.formats.zotero.item_types import CHILD_TYPES, ITEM_TYPES
from bibtools.formats.zotero.reading import item_data
from bibtools.formats.zotero.writing import from_item, to_item
from bibtools.model import Entry, Notice, Source


def write_items(entries: Iterable[Entry]) -> str:
    """A JSON array of item data, with two blanks of indentation."""
    return write_rows([to_item(entry) for entry in entries])


def read_items(data: bytes, file: str) -> tuple[list[Entry], list[Notice]]:
    """The entries of a file of Zotero items: an array, one item, or `{"items": [...]}`.

    Attachments, notes and annotations are no entries: a notice tells how many were left out.
    Raises `InputError` when it is not JSON of that shape. A row that is no item is a notice.
    """
    entries: list[Entry] = []
    notices: list[Notice] = []
    children = 0
    for number, row in enumerate(read_rows(data, file, "Zotero items"), start=1):
        if not isinstance(row, dict):
            notices.append(_no_item(number, file))
            continue
        item_type = item_data(row).get("itemType")
        if not isinstance(item_type, str):
            notices.append(_no_item(number, file))
        elif item_type in CHILD_TYPES:
            children += 1
        else:
            if item_type not in ITEM_TYPES:
                notices.append(
                    Notice(
                        f'Item {number} has the type "{item_type}", which Zotero\'s schema does '
                        "not have; it was read as a document.",
                        file=file,
                        rule="zotero.item-type",
                    )
                )
            entries.append(from_item(row, (Source(file, number),)))
    if children:
        notices.append(
            Notice(
                f"{children} attachments, notes or annotations are no entries and were left out.",
                file=file,
                rule="zotero.children",
            )
        )
    return entries, notices


def looks_like_items(rows: list[Any]) -> bool:
    """True when the rows are Zotero items rather than entry JSON or CSL-JSON."""
    return any(isinstance(row, dict) and "itemType" in item_data(row) for row in rows[:50])


def _no_item(number: int, file: str) -> Notice:
    return Notice(
        f"Row {number} is no Zotero item (it has no itemType) and was left out.",
        file=file,
        rule="zotero.no-item",
    )
