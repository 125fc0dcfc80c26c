"""The file's side of a sync: what a .bib or CSL-JSON file says, and the file with changes made."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bibtools.errors import InputError
from bibtools.model import Notice
from bibtools.sync import bib_side, csl_side
from bibtools.sync.plan import LocalStep
from bibtools.sync.values import Agreed, LocalEntry


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file that was read, or that is to be made."""

    file: str
    """As the user wrote it."""
    kind: Literal["bib", "csl"]
    data: bytes | None
    """None when it is not there yet."""
    entries: tuple[LocalEntry, ...] = ()
    notices: tuple[Notice, ...] = ()
    left_out: tuple[LocalEntry, ...] = ()
    """Entries that stand in the file and take no part: broken ones, and those whose key stands
    twice. They are in the file all the same, so nothing of theirs is gone."""
    whole: bool = True
    """False when entries that are missing may only be unreadable, or the file is not there or
    empty: then that an entry is missing says nothing."""


def read_local(data: bytes | None, file: str, known: Mapping[str, Agreed]) -> LocalFile:
    """What a file says; `known` are the rows of the last sync by citation key.

    An entry that says what it said then is not converted again. Entries that cannot take part
    (no citation key, a key that stands twice, entries that are broken) are told and left alone.
    Raises `InputError` for JSON that is none, for UTF-16, for binary data, and for a file that
    is neither .bib nor JSON, by its name or by what is in it.
    """
    kind: Literal["bib", "csl"] = "csl" if _is_json(data, file) else "bib"
    if data is None:
        if not file.lower().endswith(_NAMES):
            raise _neither(file, "there is no such file, and its name")
        return LocalFile(file, kind, None, whole=False)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        # Read as latin-1 it has no entries, and what is added would make it unreadable.
        raise InputError(
            f'"{file}" is written in UTF-16, which BibTeX does not read, so it was left as it is.',
            "Save it as UTF-8 with an editor.",
        )
    if b"\0" in data.partition(b"@")[0]:
        # Behind a first entry a zero is a slip of the text; before it nothing is one.
        raise InputError(
            f'"{file}" holds binary data, so it is no bibliography and was left as it is.',
            "Check the name.",
        )
    reader = csl_side.read if kind == "csl" else bib_side.read
    # None of the many objects made here is garbage, and looking for some takes a quarter of the
    # time.
    was_collecting = gc.isenabled()
    gc.disable()
    try:
        read = reader(data, file, known)
    finally:
        if was_collecting:
            gc.enable()
    if not (read.entries or read.left_out) and data.strip() and not file.lower().endswith(_NAMES):
        raise _neither(file, "it has no entries, and its name")
    entries, doubled, notices = _each_once(read.entries, file)
    return LocalFile(
        file,
        kind,
        data,
        tuple(entries),
        (*read.notices, *notices),
        (*read.left_out, *doubled),
        read.whole and bool(read.entries),
    )


def apply_local(local: LocalFile, steps: Sequence[LocalStep]) -> tuple[bytes, tuple[Notice, ...]]:
    """The file with the steps carried out, every other byte as it was.

    A step that the file does not allow is a notice, and the others are carried out.
    """
    if not steps:
        return local.data or b"", ()
    change = csl_side.apply if local.kind == "csl" else bib_side.apply
    data, notices = change(local.data, local.file, local.entries, steps)
    return data, tuple(notices)


_NAMES = (".bib", ".bibtex", ".biblatex", ".json")


def _neither(file: str, why: str) -> InputError:
    return InputError(
        f'"{file}" is neither a .bib nor a CSL-JSON file: {why} does not end in .bib or .json.',
        "Check the name. bibtools convert makes a .bib of other formats.",
    )


def _is_json(data: bytes | None, file: str) -> bool:
    """By the name, where it says so: a .bib file may begin with "[" in a remark."""
    name = file.lower()
    if name.endswith(_NAMES):
        return name.endswith(".json")
    return (data or b"").lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{")


def _each_once(
    entries: Sequence[LocalEntry], file: str
) -> tuple[list[LocalEntry], list[LocalEntry], list[Notice]]:
    """The entries whose key is theirs alone, and the others."""
    count: dict[str, int] = {}
    for entry in entries:
        folded = entry.key.lower()
        count[folded] = count.get(folded, 0) + 1
    kept = [entry for entry in entries if count[entry.key.lower()] == 1]
    left_out = [entry for entry in entries if count[entry.key.lower()] > 1]
    doubled = dict.fromkeys(entry.key for entry in left_out)
    notices = [
        Notice(
            f'The citation key "{key}" stands more than once, so its entries are left out of '
            "the sync.",
            file=file,
            rule="zotero.key-twice",
            hint="bibtools check shows the places; bibtools dedupe merges entries of one work.",
        )
        for key in doubled
    ]
    return kept, left_out, notices
