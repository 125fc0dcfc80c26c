"""What is searched: files, mirrors of Zotero libraries, the index; each as a store of full text.

A source is read only when it is not known from an earlier search; then only those of its entries
are read that changed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from bibtools.adapters.fulltext.caching import MARK_BYTES, Stamp, is_of, kept, stamp_of
from bibtools.adapters.fulltext.store import Store
from bibtools.errors import InputError
from bibtools.model.notices import Notice
from bibtools.searching.documents import Document, document_of, entry_of

if TYPE_CHECKING:
    from bibtools.model import Entry
    from bibtools.model.progress import Progress

_FRESH_NS = 4_000_000_000
FILE, ZOTERO, INDEX = "file", "zotero", "index"


class Source(NamedTuple):
    """Something that is searched; `store` is to be closed."""

    kind: str
    """`file`, `zotero` or `index`."""
    name: str
    """As the user wrote it, or the library's name."""
    store: Store
    notices: tuple[Notice, ...] = ()
    data: bytes | None = None
    """What was read of standard input, which cannot be read again."""
    whole: Callable[[Sequence[Document]], list[Entry]] | None = None
    """Gives the whole entries of documents, where a source that is no file has them."""


def file_source(name: str, cache: Path, progress: Progress | None = None) -> Source:
    """A .bib file, or any other file of entries; `-` is standard input.

    Raises `InputError` for one that cannot be read.
    """
    if name == "-":
        from bibtools.adapters.files import read_bytes
        from bibtools.adapters.fulltext.renewing import in_memory

        data = read_bytes(name)
        rows, notices = _rows(data, name)
        return Source(FILE, name, in_memory(rows, _told(progress, name)), notices, data)
    path = Path(name)
    try:
        stamp = stamp_of(path)
    except (OSError, ValueError):
        stamp = None
    if stamp is None or not path.is_file():
        from bibtools.adapters.files import read_bytes
        from bibtools.adapters.fulltext.renewing import in_memory

        rows, notices = _rows(read_bytes(name), name)
        return Source(FILE, name, in_memory(rows), notices)
    store, surely = kept(cache, stamp)
    if store is not None and surely:
        return Source(FILE, name, store)
    return _read_again(name, path, cache, store, progress)


def _read_again(
    name: str, path: Path, cache: Path, store: Store | None, progress: Progress | None
) -> Source:
    import hashlib

    from bibtools.adapters.files import read_bytes
    from bibtools.adapters.fulltext.renewing import renewed

    now = time.time_ns()
    # Before the bytes: who changes the file meanwhile changes its stamp again.
    try:
        stamp = stamp_of(path)
    except OSError:
        stamp = Stamp(os.path.realpath(path), 0, 0)
    data = read_bytes(name)
    digest = hashlib.sha256(data).hexdigest()
    if store is not None and is_of(store, digest) and stamp.changed_ns > now - _FRESH_NS:
        return Source(FILE, name, store)  # too fresh to be sure of it the next time either
    rows, notices = _rows(data, name)
    made, said = renewed(cache, stamp, digest, rows, store, now, _told(progress, name))
    return Source(FILE, name, made, (*notices, *said))


def _told(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    tell = progress
    return lambda done, total: tell(f"reading {Path(name).name}", done, total)


def _mark(*parts: bytes) -> bytes:
    import hashlib

    return hashlib.blake2b(b"\0".join(parts), digest_size=MARK_BYTES).digest()


def _rows(data: bytes, name: str) -> tuple[list[Any], tuple[Notice, ...]]:
    """The entries of a file, each to be read when it is wanted. Raises `InputError`."""
    from bibtools.adapters.fulltext.renewing import Row
    from bibtools.workflows.reading import kind_of, read

    kind = kind_of(data, name)
    if kind == "bibtex":
        from bibtools.workflows.search_bib import rows_of

        return list(rows_of(data, name)), ()
    reading = read(data, name, kind)
    rows = []
    for number, entry in enumerate(reading.entries, start=1):
        document = document_of(entry)
        line = number
        mark = _mark(repr(document).encode("utf-8", "replace"))
        rows.append(Row(mark, line, _known(document)))
    return rows, reading.notices


def _known(document: Document) -> Callable[[], Document]:
    return lambda: document


# --- Zotero --------------------------------------------------------------------------------------


def zotero_source(mirror: Any, name: str, cache: Path, progress: Progress | None) -> Source:
    """A copy of a Zotero library (`adapters.zotero.mirror.Mirror`), as it is; nobody is asked."""
    path = f"zotero {mirror.identity or name} {name}"
    stamp = Stamp(path, 0, mirror.version)
    store, _ = kept(cache, stamp)
    # A library's version is told by its server; it is not a clock.
    if store is not None and store.meta.get("stamp") == stamp.text():
        return Source(ZOTERO, name, store)
    from bibtools.adapters.fulltext.renewing import Row, renewed

    rows = []
    for number, item in enumerate(mirror.items(trashed=False), start=1):
        mark = _mark(item.key.encode(), str(item.version).encode())
        rows.append(Row(mark, number, _of_item(item.key, item.data)))
    made, said = renewed(cache, stamp, "", rows, store, time.time_ns(), _told(progress, name))
    return Source(ZOTERO, name, made, said)


def _of_item(key: str, data: Mapping[str, Any]) -> Callable[[], Document]:
    def make() -> Document:
        return document_of(item_entry(key, data), key)

    return make


def item_entry(key: str, data: Mapping[str, Any]) -> Entry:
    """The entry that a Zotero item is."""
    import json

    from bibtools.formats.zotero import read_items

    entries, _ = read_items(json.dumps([{"key": key, "data": {**data, "key": key}}]).encode(), key)
    return entries[0] if entries else entry_of(Document())


# --- the entries that were found -----------------------------------------------------------------


def entries_at(source: Source, found: list[tuple[int, Document]]) -> list[Entry]:
    """The whole entries that were found (line and document), in the order asked.

    Raises `InputError` when the file changed since it was searched.
    """
    if source.whole is not None:
        return source.whole([document for _, document in found])
    if source.kind != FILE:
        return [entry_of(document) for _, document in found]
    from bibtools.adapters.files import read_bytes

    data = source.data if source.data is not None else read_bytes(source.name)
    by_line = _entries_by_line(data, source.name, {line for line, _ in found})
    missing = [line for line, _ in found if line not in by_line]
    if missing:
        raise InputError(f'"{source.name}" was changed while it was searched.', "Search it again.")
    return [by_line[line] for line, _ in found]


def _entries_by_line(data: bytes, name: str, lines: set[int]) -> dict[int, Entry]:
    from bibtools.workflows.reading import kind_of, read

    kind = kind_of(data, name)
    if kind != "bibtex":
        entries = read(data, name, kind).entries
        return {line: entries[line - 1] for line in lines if line <= len(entries)}
    from bibtools.formats.bibtex import Document as BibDocument
    from bibtools.formats.bibtex.reading import lookup, read_values, values_of

    document = BibDocument.parse(data, name)
    look = lookup(document)
    return {
        block.line: read_values(document, values_of(document, block, look))[0]
        for block in document.entries
        if not block.inside_comment and block.line in lines
    }
