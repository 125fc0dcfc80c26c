"""What is in a full-text file, and how lists of documents are packed.

Documents are numbered from 0. A list of documents is a row of chunks, one for every 65,536
numbers that has any: the chunk's number and the count less one (16 bits each), then the lower
halves of the numbers in ascending order (16 bits each) or, for more than 4,096 of them, a bit for
each of 65,536. So a list becomes a Python set at the speed of C.

Own lists and not FTS5, because not every Python has FTS5, because its bm25 looks at every document
that has any of the words (see `asking` for what we look at), and because they are smaller: to rank
at all, a contentless FTS5 table needs `detail=full`. It finds known items as well as this does
(`benchmarks/search.py --peers` measures both).
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Collection, Iterable, Iterator
from itertools import compress
from typing import Final

from bibtools.searching.documents import Document

APPLICATION_ID: Final = 0x62696274 + 0x100
"""In the file's header."""
SCHEMA: Final = 1
"""Raised whenever an older reader would misread the file."""

TABLES: Final = """
create table word(text text primary key, id integer not null, count integer not null)
    without rowid;
create table list(id integer primary key, documents blob not null);  -- word's id * 8 + list
create table block(first integer primary key, documents blob not null);
create table name(id integer primary key);  -- hash of an identifier * 2**23 + document
create table meta(key text primary key, value) without rowid;
"""

TITLE, AUTHOR, OFTEN, ONCE, VENUE, OTHER = range(6)
"""The lists of a word: documents that have it in the title, among the authors, several times or
once in the abstract, in the name of the venue, elsewhere."""
LISTS_OF: Final = {
    "": (TITLE, AUTHOR, OFTEN, ONCE, VENUE, OTHER),
    "title": (TITLE,),
    "author": (AUTHOR,),
    "abstract": (OFTEN, ONCE),
    "venue": (VENUE,),
}
LIST_BITS: Final = 3

FACET: Final = "\x02"
"""Begins a word that stands for a fact: `\\x02year:2021`; its documents are in the list `TITLE`."""
BLOCK: Final = 16
"""Documents that are compressed together."""
CHUNK_BITS: Final = 16
CHUNK: Final = 1 << CHUNK_BITS
DOCUMENT_BITS: Final = 23
MOST_DOCUMENTS: Final = 1 << DOCUMENT_BITS
_DENSE = 4_096
_BITMAP_BYTES = CHUNK // 8
_BITS = tuple(bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256))
_ALL = range(CHUNK)


def facets(document: Document) -> Iterator[str]:
    """The words that stand for what filters may ask for."""
    if document.year > 0:
        yield facet("year", f"{document.year:04}")
    for name in document.has():
        yield facet("has", name)
    for kind in {document.type, document.entry_type} - {""}:
        yield facet("type", kind)
    for one in set(document.categories):
        yield facet("category", one)
    if document.key:
        yield facet("key", document.key)


def facet(name: str, value: str) -> str:
    """The word that stands for a fact."""
    # Half a surrogate pair is nothing that SQLite can hold.
    return f"{FACET}{name}:{value.lower().encode('utf-8', 'replace').decode()}"


def names(document: Document) -> Iterator[str]:
    """What identifies a document: `arxiv:2104.08821`, `doi:10...`, `id:...`."""
    if document.arxiv:
        yield f"arxiv:{document.arxiv.lower()}"
    if document.doi:
        yield f"doi:{document.doi.lower()}"
    for one in document.ids:
        yield f"id:{one.lower()}"
        yield f"id:{one.lower().partition(':')[2]}"
    for one in (document.key, document.place):
        if one:
            yield f"id:{one.lower()}"


def name_number(name: str, document: int = 0) -> int:
    """The row of an identifier (40 bits of hash) and a document (23 bits)."""
    digest = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=5).digest()
    return int.from_bytes(digest, "little") << DOCUMENT_BITS | document


def _little(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()


def pack_chunk(chunk: int, members: Collection[int]) -> bytes:
    """A chunk of a list; the members ascend."""
    head = _little(array("H", (chunk, len(members) - 1)))
    if len(members) <= _DENSE:
        return head + _little(array("H", members))
    bits = bytearray(_BITMAP_BYTES)
    for one in members:
        bits[one >> 3] |= 1 << (one & 7)
    return head + bytes(bits)


def unpack_chunks(data: bytes) -> dict[int, array[int] | bytes]:
    """The members of a list by chunk. Raises `ValueError` for a damaged one."""
    found: dict[int, array[int] | bytes] = {}
    at = 0
    while at < len(data):
        chunk, count = _numbers(data[at : at + 4])
        at += 4
        if count + 1 > _DENSE:
            found[chunk] = data[at : at + _BITMAP_BYTES]
            at += _BITMAP_BYTES
        else:
            found[chunk] = _numbers(data[at : at + 2 * count + 2])
            at += 2 * count + 2
    if at != len(data):
        raise ValueError("a list of documents is cut off")
    return found


def _numbers(data: bytes) -> array[int]:
    values = array("H")
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def members_of(chunk: array[int] | bytes) -> Iterable[int]:
    """The members of a chunk in ascending order."""
    if isinstance(chunk, bytes):
        return compress(_ALL, b"".join(map(_BITS.__getitem__, chunk)))
    return chunk


def members_among(chunk: array[int] | bytes, asked: set[int]) -> Iterable[int]:
    """Those of the numbers that are members of a chunk."""
    if isinstance(chunk, bytes):
        return [one for one in asked if chunk[one >> 3] >> (one & 7) & 1]
    return asked.intersection(chunk)


def joined(before: bytes, after: bytes) -> bytes:
    """Two lists as one; the second begins at or behind the chunk where the first ends."""
    first, second = unpack_chunks(before), unpack_chunks(after)
    shared = first.keys() & second.keys()
    if not shared:
        return before + after
    merged = {
        **first,
        **second,
        **{one: sorted({*members_of(first[one]), *members_of(second[one])}) for one in shared},
    }
    return b"".join(pack_chunk(one, list(_listed(merged[one]))) for one in sorted(merged))


def _listed(chunk: array[int] | bytes | list[int]) -> Iterable[int]:
    return chunk if isinstance(chunk, list) else members_of(chunk)
