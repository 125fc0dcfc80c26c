"""A CSL-JSON file in a sync: rows as item data, and changes of items as changes of variables."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from bibtools.errors import InputError
from bibtools.formats.csl_json import ALIASES, key_of, plain_csl, read_row
from bibtools.formats.json_array import JsonArray, split_array
from bibtools.formats.json_object import edit_object
from bibtools.formats.json_rows import write_value
from bibtools.model import Entry, Notice
from bibtools.sync.bib_editing import file_entry
from bibtools.sync.changing import changed, not_said, refused
from bibtools.sync.comparing import loosely_equal
from bibtools.sync.item_side import code_of, entry_data, item_entry
from bibtools.sync.plan import AddEntry, LocalStep, RemoveEntry, UpdateEntry, steps_of
from bibtools.sync.values import Agreed, Data, LocalEntry, Reading

_HALF_SURROGATE = re.compile("[\ud800-\udfff]")
_LABEL = re.compile(r"([A-Za-z][\w .-]*):")


def read(data: bytes, file: str, known: Mapping[str, Agreed]) -> Reading:
    """The items that have a key, in file order. Raises `InputError` when it is no array."""
    entries, notices = [], []
    whole = True
    array = _array(data, file)
    for number, row in enumerate(array.rows):
        key = _key(row)
        if key is None:
            whole = False
            notices.append(
                Notice(
                    f"Item {number + 1} has no id and is left out of the sync.",
                    file=file,
                    line=array.text.count("\n", 0, array.spans[number][0]) + 1,
                    rule="zotero.no-key",
                )
            )
            continue
        print_ = hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()[:24]
        past = known.get(key)
        if past is not None and past.print == print_:
            reading = partial(item_entry, past.here)
            entries.append(LocalEntry(key, print_, reading, past.here, code_of(past.here)))
            continue
        entry = _entry(row)
        item, code = entry_data(entry)
        entries.append(LocalEntry(key, print_, entry, item, code))
    return Reading(entries, notices, (), whole)


def apply(
    data: bytes | None, file: str, entries: Sequence[LocalEntry], steps: Sequence[LocalStep]
) -> tuple[bytes, list[Notice]]:
    """The file with the steps carried out; a step that it does not allow is a notice."""
    array = _array(data or b"[]\n", file)
    newline = "\r\n" if "\r\n" in array.text else "\n"
    rows = {key: number for number, row in enumerate(array.rows) if (key := _key(row)) is not None}
    here = {entry.key: entry.data for entry in entries}
    notices: list[Notice] = []
    texts: dict[int, str] = {}
    gone = {rows[step.key] for step in steps_of(steps, RemoveEntry) if step.key in rows}
    keys = {key.lower() for key, number in rows.items() if number not in gone}
    for step in steps_of(steps, UpdateEntry):
        number = rows.get(step.key)
        if number is None:
            notices.append(refused(file, step.key, "it is not in the file any more"))
            continue
        new_key = _new_key(step)
        if new_key is not None and new_key.lower() in keys - {step.key.lower()}:
            notices.append(refused(file, step.key, f'another item has the key "{new_key}"'))
            new_key = None
        if new_key is not None:
            keys = (keys - {step.key.lower()}) | {new_key.lower()}
        row = array.rows[number]
        data_here = here.get(step.key) or entry_data(_entry(row))[0]
        variables, said = _changes(row, step, data_here, new_key, file)
        notices += said
        texts[number] = edit_object(array.element(number), variables, newline=newline)
    added: list[str] = []
    indent = _indent(array)
    for add in steps_of(steps, AddEntry):
        if add.key.lower() in keys:
            notices.append(refused(file, add.key, "it is in the file already"))
            continue
        keys.add(add.key.lower())
        row = plain_csl(replace(file_entry(add.data, add.code), key=add.key))
        added.append(write_value(row, indent=2).replace("\n", newline + indent))
    text = array.edited(texts, added, indent, gone=gone, newline=newline)
    return text.encode(), notices


def _array(data: bytes, file: str) -> JsonArray:
    hint = "bibtools convert makes one of other files."
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not UTF-8: byte {error.start} cannot be read.",
            hint="JSON is always UTF-8; convert the file, for instance with iconv.",
        ) from None
    array = split_array(text if text.strip("\ufeff \t\r\n") else f"{text}[]")
    if array is not None:
        return array
    try:
        rows = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        why = f"{file}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}."
        raise InputError(why, hint=hint) from None
    except RecursionError:
        raise InputError(f"{file} is nested too deeply to hold CSL items.", hint=hint) from None
    if isinstance(rows, dict):
        hint = "Only a file that is an array, [{...}, {...}], can be synced; " + hint
    raise InputError(
        f"{file} is no JSON array of CSL items, so it was left as it is.",
        hint=hint,
    )


def _key(row: object) -> str | None:
    return key_of(row) if isinstance(row, Mapping) else None


def _entry(row: Mapping[str, Any]) -> Entry:
    # JSON can spell half of a surrogate pair; nothing else can.
    text = json.dumps(row, ensure_ascii=False)
    if _HALF_SURROGATE.search(text):
        row = json.loads(_HALF_SURROGATE.sub("\ufffd", text))
    return replace(read_row(row), key=key_of(row))


def _new_key(step: UpdateEntry) -> str | None:
    for change in step.changes:
        if change.field == "citationKey" and change.new and change.new != step.key:
            return str(change.new)
    return None


def _changes(
    row: Mapping[str, Any], step: UpdateEntry, here: Data, new_key: str | None, file: str
) -> tuple[dict[str, Any], list[Notice]]:
    """The members of a row that become different; None for one that goes."""
    changes = [change for change in step.changes if change.field != "citationKey"]
    wanted = changed(here, changes)
    before, after = plain_csl(file_entry(here)), plain_csl(file_entry(wanted))
    found: dict[str, Any] = {}
    for name in dict.fromkeys((*before, *after)):
        if name in ("id", "citation-key") or before.get(name) == after.get(name):
            continue
        there = _there(name, row)
        if name == "note":
            found[there] = _note(row.get(there), before.get(name), after.get(name))
        elif name == "custom":
            found[there] = _custom(row.get(there), before.get(name) or {}, after.get(name) or {})
        else:
            found[there] = after.get(name)
    if new_key is not None:
        if "citation-key" in row:
            found["citation-key"] = new_key
        if "citation-key" not in row or str(row.get("id")) == step.key:
            found["id"] = new_key
    now = {name: value for name, value in {**row, **found}.items() if value is not None}
    data = entry_data(_entry(now))[0]
    notices = [
        not_said(file, step.key, change.field, change.new is None)
        for change in changes
        if change.field in here
        and data.get(change.field) == here[change.field]
        and not loosely_equal(change.field, here[change.field], change.new)
    ]
    return found, notices


def _there(name: str, row: Mapping[str, Any]) -> str:
    """The name under which a row has a variable."""
    if name in row:
        return name
    variable = ALIASES.get(name, name)
    return next((other for other in row if ALIASES.get(other, other) == variable), name)


def _note(present: object, before: str | None, after: str | None) -> str | None:
    """The note with the lines changed that the change makes different."""
    if not isinstance(present, str) or present == before:
        return after
    old, new = (before or "").split("\n"), (after or "").split("\n")
    gone = [line for line in old if line and line not in new]
    come = [line for line in new if line and line not in old]
    lines: list[str] = []
    for line in present.split("\n"):
        if line.strip() not in gone:
            lines.append(line)
            continue
        label = _LABEL.match(line.strip())
        same = next(
            (one for one in come if label and (m := _LABEL.match(one)) and m[1] == label[1]), None
        )
        if same is not None:
            come.remove(same)
            lines.append(same)
    return "\n".join([*lines, *come]) or None


def _custom(present: object, before: Mapping[str, Any], after: Mapping[str, Any]) -> object:
    """`custom` with what is ours in it changed."""
    found = dict(present) if isinstance(present, Mapping) else {}
    for name in {*before, *after}:
        if before.get(name) != after.get(name):
            found.pop(name, None)
            if name in after:
                found[name] = after[name]
    return found or None


def _indent(array: JsonArray) -> str:
    """The blanks before the first item, where it begins its line."""
    if not array.spans:
        return "  "
    start = array.spans[0][0]
    before = array.text[array.text.rfind("\n", 0, start) + 1 : start]
    return before if "\n" in array.text[:start] and not before.strip(" \t") else "  "
