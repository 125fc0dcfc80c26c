"""Read whatever file a user names as entries: pages, entry JSON, CSL-JSON, .bib, RIS, Zotero."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bibtools.adapters.files import read_bytes
from bibtools.errors import BibtoolsError
from bibtools.formats import csl_json, entry_json
from bibtools.formats.pages import KINDS as PAGE_KINDS
from bibtools.formats.pages import read_page
from bibtools.formats.zotero import looks_like_items, read_items
from bibtools.model import Entry, Notice, Source
from bibtools.model.progress import Progress

if TYPE_CHECKING:
    from bibtools.formats.bibtex import Document

INPUT_KINDS = (*PAGE_KINDS, "json", "csl-json", "bibtex", "biblatex", "ris", "zotero")
"""What `--from` may say."""

_BIB_START = re.compile(rb"^[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(]", re.MULTILINE)
_RIS_START = re.compile(rb"TY {1,2}- ?[A-Za-z]")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one file held."""

    file: str
    """As the user wrote it; `-` is standard input."""
    kind: str
    entries: tuple[Entry, ...]
    notices: tuple[Notice, ...] = ()
    document: Document | None = field(default=None, repr=False, compare=False)
    """Of a .bib file: its bytes and blocks."""


def kind_of(data: bytes, file: str) -> str | None:
    """The kind of a file that is not a page, by name and content; None for a page."""
    suffix = Path(file).suffix.lower()
    start = data[:4096].removeprefix(_BOM).lstrip()
    if suffix in (".bib", ".bibtex", ".biblatex"):
        return "bibtex"
    if suffix == ".ris" or _RIS_START.match(start):
        return "ris"
    if start[:1] in (b"[", b"{") and (suffix in (".json", ".jsonl") or _is_json(data, file)):
        rows = entry_json.load_rows(data, file)
        if looks_like_items(rows):
            return "zotero"
        return "json" if entry_json.looks_like_entries(rows) else "csl-json"
    if suffix in (".json", ".jsonl"):
        return "json"
    if start[:1] in (b"@", b"%") and _BIB_START.search(data):
        return "bibtex"
    return None


def _is_json(data: bytes, file: str) -> bool:
    try:
        return all(isinstance(row, dict) for row in entry_json.load_rows(data, file))
    except BibtoolsError:
        return False


def read(data: bytes, file: str, kind: str | None = None) -> Reading:
    """The entries of one file's bytes; the kind is found by content unless given.

    Raises `InputError` for a file that is none of the kinds.
    """
    kind = kind or kind_of(data, file)
    document: Document | None = None
    if kind == "json":
        entries, notices = entry_json.read_entries(data, file)
    elif kind == "csl-json":
        entries, notices = csl_json.read_csl(data, file)
    elif kind == "zotero":
        entries, notices = read_items(data, file)
    elif kind == "ris":
        from bibtools.formats.ris import read_ris

        entries, notices = read_ris(data, file)
    elif kind in ("bibtex", "biblatex"):
        from bibtools.formats import bibtex
        from bibtools.formats.bibtex.reading import read_entries

        document = bibtex.Document.parse(data, file)
        entries, notices = read_entries(document)
        notices = [*document.notices, *notices]
    else:
        page = read_page(data, file, kind)
        return Reading(file, page.kind, page.entries, page.notices)
    entries = [
        entry if entry.sources else replace(entry, sources=(Source(file, number),))
        for number, entry in enumerate(entries, start=1)
    ]
    return Reading(file, kind, tuple(entries), tuple(notices), document)


def read_files(
    files: Sequence[str],
    kind: str | None = None,
    progress: Progress | None = None,
) -> list[Reading]:
    """Read every file; the first that cannot be read ends it with an `InputError`."""
    readings = []
    for number, file in enumerate(files):
        if progress is not None:
            progress("reading pages", number, len(files))
        readings.append(read(read_bytes(file), file, kind))
    if progress is not None:
        progress("reading pages", len(files), len(files))
    return readings
