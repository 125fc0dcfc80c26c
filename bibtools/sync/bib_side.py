"""A .bib file in a sync: entries as item data, and the steps of a plan carried out in the file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.editing import EditError
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.reading import (
    EntryValues,
    entry_values,
    lookup,
    read_values,
    values_of,
)
from bibtools.formats.bibtex.references import REFERENCES, follow, names_of
from bibtools.formats.bibtex.writing import safe_key, write_entry, write_preamble
from bibtools.keys.groups import follow_groups
from bibtools.model import Entry, Notice
from bibtools.sync.bib_editing import Updating, cut_notice, file_entry
from bibtools.sync.changing import refused
from bibtools.sync.item_side import code_of, entry_data, item_entry
from bibtools.sync.kept import leaner
from bibtools.sync.locking import LOCK, locked_fields
from bibtools.sync.plan import AddEntry, LocalStep, RemoveEntry, UpdateEntry, steps_of
from bibtools.sync.values import Agreed, LocalEntry, Reading

_HIDING = frozenset({"bibtex.unclosed", "bibtex.unclosed-value", "bibtex.stray-at"})
"""Faults that may hide an entry from us."""


def read(data: bytes, file: str, known: Mapping[str, Agreed]) -> Reading:
    """The entries outside `@comment` that have a key and no fault, in file order."""
    document = Document.parse(data, file)
    notices = list(document.notices)
    whole = not any(one.rule in _HIDING for one in notices)
    entries = []
    broken = []
    for values in entry_values(document):
        block = values.block
        if not block.key:
            notices.append(
                Notice(
                    "An entry without citation key is left out of the sync.",
                    file=file,
                    line=block.line,
                    rule="zotero.no-key",
                    hint="bibtools keys gives keys to entries that have none.",
                )
            )
            whole = False
            continue
        entry = _local(document, values, known)
        block.let_go()
        if not block.regular and not block.scan().strict:
            broken.append(entry)  # the document's notices say what is wrong with it
        else:
            entries.append(entry)
    return Reading(entries, notices, broken, whole)


def _local(document: Document, values: EntryValues, known: Mapping[str, Agreed]) -> LocalEntry:
    block = values.block
    print_ = _print(values)
    locked = locked_fields(values.fields.get(LOCK, ""))
    row = known.get(block.key)
    if row is not None and row.print == print_:
        reading = partial(item_entry, row.here)
        return LocalEntry(block.key, print_, reading, row.here, code_of(row.here), locked)
    entry, _ = read_values(document, values)
    data, code = entry_data(entry)
    if row is not None:
        data = leaner(data, row.here)
        if not row.item:
            # Read after it was written: what it says is remembered, and hardly looked at again.
            reading = partial(_again, document, block)
            return LocalEntry(block.key, print_, reading, data, code, locked)
    return LocalEntry(block.key, print_, entry, data, code, locked)


def _again(document: Document, block: BibEntry) -> Entry:
    inherits = not block.fields.keys().isdisjoint(("crossref", "xdata"))
    values = values_of(document, block, lookup(document) if inherits else None)
    return read_values(document, values)[0]


def _print(values: EntryValues) -> str:
    fields = values.fields
    text = "\0".join([values.block.type, values.block.key, *fields, "", *fields.values()])
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:24]


# Steps


def apply(
    data: bytes | None, file: str, entries: Sequence[LocalEntry], steps: Sequence[LocalStep]
) -> tuple[bytes, list[Notice]]:
    """The file with the steps carried out; a step that it does not allow is a notice.

    `entries` are those that were read from it.
    """
    document = Document.parse(data or b"", file)
    dialect: Dialect = dialect_of(document)
    living = [block for block in document.entries if not block.inside_comment]
    blocks = {block.key: block for block in living}
    # Looked at now: an entry that was changed is read anew, and slowly.
    referring = [block for block in living if _refers(block)]
    updates = steps_of(steps, UpdateEntry)
    removals = [step for step in steps_of(steps, RemoveEntry) if step.key in blocks]
    notices = [
        refused(file, step.key, "it is not in the file any more")
        for step in updates
        if step.key not in blocks
    ]
    updates = [step for step in updates if step.key in blocks]
    if updates:
        here = {entry.key: entry.data for entry in entries}
        updating = Updating(document, dialect, file, lookup(document))
        for step in updates:
            updating.update(blocks[step.key], step, here.get(step.key))
        notices += updating.notices
    keys = {block.key.lower() for block in living}
    gone = _remove(document, blocks, living, removals, notices, file)
    keys -= gone
    renamed = _rename(blocks, updates, keys, notices, file)
    follow([block for block in referring if block.key.lower() not in gone], renamed)
    _append(document, steps_of(steps, AddEntry), keys, dialect, notices, file)
    return follow_groups(document.to_bytes(), renamed), notices


def _refers(block: BibEntry) -> bool:
    """Whether an entry names others."""
    found = not block.fields.keys().isdisjoint(REFERENCES)
    block.let_go()
    return found


def _remove(
    document: Document,
    blocks: Mapping[str, BibEntry],
    living: Sequence[BibEntry],
    steps: Sequence[RemoveEntry],
    notices: list[Notice],
    file: str,
) -> set[str]:
    """Take entries out, but those from which others have fields; gives the keys that are free."""
    going = {step.key.lower() for step in steps}
    needed: dict[str, str] = {}
    for block in living:
        if steps and block.key.lower() not in going:
            for name in ("crossref", "xdata"):
                needed.update((key.lower(), block.key) for key in names_of(block, name))
    found = set()
    for step in steps:
        heir = needed.get(step.key.lower())
        if heir is not None:
            why = f'the entry "{heir}" has fields from it'
            notices.append(refused(file, step.key, why))
            continue
        document.remove(blocks[step.key])
        found.add(step.key.lower())
    return found


def _rename(
    blocks: Mapping[str, BibEntry],
    steps: Sequence[UpdateEntry],
    keys: set[str],
    notices: list[Notice],
    file: str,
) -> dict[str, str]:
    """Give entries their new keys, all at once; gives old and new ones. `keys` is kept right."""
    wanted = {
        step.key: str(change.new)
        for step in steps
        for change in step.changes
        if change.field == "citationKey" and change.new and change.new != step.key
    }
    # Two may change places; and a key that stays, or that two want, is not to be had.
    while True:
        free = keys - {old.lower() for old in wanted}
        counted: dict[str, int] = {}
        for new in wanted.values():
            counted[new.lower()] = counted.get(new.lower(), 0) + 1
        taken = [
            old for old, new in wanted.items() if new.lower() in free or counted[new.lower()] > 1
        ]
        if not taken:
            break
        for old in taken:
            new = wanted.pop(old)
            notices.append(refused(file, old, f'another entry has the key "{new}"'))
    done: dict[str, str] = {}
    for old, new in wanted.items():
        try:
            blocks[old].rename(new)
        except EditError as error:
            notices.append(refused(file, old, str(error).rstrip(".")))
        else:
            done[old] = new
    keys -= {old.lower() for old in done}
    keys |= {new.lower() for new in done.values()}
    return done


def _append(
    document: Document,
    steps: Sequence[AddEntry],
    keys: set[str],
    dialect: Dialect,
    notices: list[Notice],
    file: str,
) -> None:
    pieces: dict[str, str] = {}
    for step in steps:
        key = safe_key(step.key)
        if key != step.key or key.lower() in keys:
            why = "it cannot be a citation key" if key != step.key else "it is in the file already"
            notices.append(refused(file, step.key, why))
            continue
        cut = cut_notice(file, key, step.data)
        notices += [cut] if cut is not None else []
        keys.add(key.lower())
        entry = replace(file_entry(step.data, step.code), key=key)
        pieces[key] = write_entry(entry, dialect, "none", exact=False, derived=False)
    if not pieces:
        return
    try:
        _append_text(document, [*pieces.values()], dialect)
    except EditError:
        # Characters that this file's encoding lacks.
        for key, piece in pieces.items():
            try:
                _append_text(document, [piece], dialect)
            except EditError as error:
                notices.append(refused(file, key, str(error).rstrip(".")))


def _append_text(document: Document, pieces: Sequence[str], dialect: Dialect) -> None:
    text = "\n".join(pieces)
    preamble = write_preamble(text, dialect)
    if preamble and preamble.strip().encode() not in document.source.data:
        text = f"{preamble}\n{text}"
    document.append(text)
