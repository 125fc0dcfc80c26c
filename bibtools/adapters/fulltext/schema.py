"""What is in a full-text file, and how lists of documents are packed.

Documents are numbered from 0. A list of documents is a row of chunks, one for every 65,536
numbers that has any: the chunk's number and the count less one (16 bits each), then what is
smallest: the lower halves of the numbers in ascending order (16 bits each); from 256 on the steps
between them (8 bits each, 255 for a step that leads to no document; so a chunk takes a byte each
and 257 more at most), their length first; from 7,936 on a bit for each of 65,536. All three become
numbers at the speed of C. A word with no more than `RARE` documents has them in its own row.

Own lists and not FTS5, because not every Python has FTS5, because its bm25 looks at every document
that has any of the words (see `asking` for what we look at), and because they are smaller: to rank
at all, a contentless FTS5 table needs `detail=full`. It finds known items as well as this does
(`benchmarks/search.py --peers` measures both).
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate, compress
from typing import Final
from zlib import adler32, crc32

from bibtools.searching.documents import Document

APPLICATION_ID: Final = 0x62696274 + 0x100
"""In the file's header."""
SCHEMA: Final = 2
"""Raised whenever an older reader would misread the file."""

TABLES: Final = """
create table word(text text primary key, count integer not null, id integer, rare blob)
    without rowid;  -- either an id, or the documents of a rare word
create table list(id integer primary key, documents blob not null);  -- word's id * 8 + list
create table block(first integer primary key, documents blob not null);
create table coding(first integer primary key, words text not null, start blob not null);
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
RARE: Final = 8
"""So many documents, each list counted, stand in the row of a word: document * 8 + list, 32 bits
each."""

FACET: Final = "\x02"
"""Begins a word that stands for a fact: `\\x02year:2021`; its documents are in the list `TITLE`."""
CHUNK_BITS: Final = 16
CHUNK: Final = 1 << CHUNK_BITS
DOCUMENT_BITS: Final = 23
MOST_DOCUMENTS: Final = 1 << DOCUMENT_BITS
_STEPS_FROM, _BITS_FROM = 256, 7_936
_FAR = 255
_MANY = 4_096
"""From so many questions on all members are listed first."""
_BITMAP_BYTES = CHUNK // 8
_BITS = tuple(bytes(byte >> bit & 1 for bit in range(8)) for byte in range(256))
_ALL = range(CHUNK)
_HEAD = struct.Struct("<HH")
_LENGTH = struct.Struct("<H")
_IS_MEMBER = bytes(_FAR).replace(b"\0", b"\1") + b"\0"
"""By a step: whether it leads to a document."""

Chunks = dict[int, "array[int] | bytes"]
"""The members of a list by chunk."""


def facets(document: Document) -> Iterator[str]:
    """The words that stand for what filters may ask for."""
    if document.year > 0:
        yield _common_facet("year", f"{document.year:04}")
    for name in document.has():
        yield _common_facet("has", name)
    for kind in {document.type, document.entry_type}:
        if kind:
            yield _common_facet("type", kind)
    for one in set(document.categories):
        yield _common_facet("category", one)
    if document.key:
        yield facet("key", document.key)


def facet(name: str, value: str) -> str:
    """The word that stands for a fact."""
    value = value.lower()
    if not value.isascii():
        # Half a surrogate pair is nothing that SQLite can hold.
        value = value.encode("utf-8", "replace").decode()
    return f"{FACET}{name}:{value}"


_common_facet = lru_cache(maxsize=1_024)(facet)


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
    # Check sums will do: who is found by one is looked at, and loading a good hash takes long.
    data = name.encode("utf-8", "replace")
    return (crc32(data) << 8 | adler32(data) & 0xFF) << DOCUMENT_BITS | document


def little(values: array[int]) -> bytes:
    """Numbers as they stand in a file."""
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()


def numbers(kind: str, data: bytes | None) -> array[int]:
    """Numbers from a file. Raises `ValueError` for bytes that are none."""
    values = array(kind)
    values.frombytes(data or b"")
    if sys.byteorder == "big":
        values.byteswap()
    return values


# --- lists ---------------------------------------------------------------------------------------


def pack_chunk(chunk: int, members: array[int]) -> bytes:
    """A chunk of a list; the members (of type `H`) ascend."""
    count = len(members)
    head = _HEAD.pack(chunk, count - 1)
    if count < _STEPS_FROM:
        return head + little(members)
    if count < _BITS_FROM:
        steps = _steps(members)
        return head + _LENGTH.pack(len(steps)) + steps
    bits = bytearray(_BITMAP_BYTES)
    for one in members:
        bits[one >> 3] |= 1 << (one & 7)
    return head + bytes(bits)


def _steps(members: array[int]) -> bytes:
    steps = bytearray()
    at = 0
    for one in members:
        step = one - at
        if step >= _FAR:
            far, step = divmod(step, _FAR)
            steps += b"\xff" * far
        steps.append(step)
        at = one
    return bytes(steps)


def unpack_chunks(data: bytes) -> Chunks:
    """The members of a list by chunk. Raises `ValueError` for a damaged one."""
    found: Chunks = {}
    at, end = 0, len(data)
    while at < end:
        if at + 4 > end:
            raise ValueError("a list of documents is cut off")
        chunk, last = _HEAD.unpack_from(data, at)
        count = last + 1
        at += 4
        if count < _STEPS_FROM:
            found[chunk] = numbers("H", data[at : at + 2 * count])
            at += 2 * count
        elif count < _BITS_FROM:
            if at + 2 > end:
                raise ValueError("a list of documents is cut off")
            length = _LENGTH.unpack_from(data, at)[0]
            at += 2
            steps = data[at : at + length]
            at += length
            places = accumulate(steps)
            found[chunk] = array("H", compress(places, steps.translate(_IS_MEMBER)))
        else:
            found[chunk] = data[at : at + _BITMAP_BYTES]
            at += _BITMAP_BYTES
    if at != end:
        raise ValueError("a list of documents is cut off")
    return found


def members_of(chunk: array[int] | bytes) -> Iterable[int]:
    """The members of a chunk in ascending order."""
    if isinstance(chunk, bytes):
        return compress(_ALL, b"".join(map(_BITS.__getitem__, chunk)))
    return chunk


def members_among(chunk: array[int] | bytes, asked: set[int]) -> Iterable[int]:
    """Those of the numbers that are members of a chunk."""
    if isinstance(chunk, bytes):
        if len(asked) < _MANY:
            return [one for one in asked if chunk[one >> 3] >> (one & 7) & 1]
        return asked.intersection(members_of(chunk))
    return asked.intersection(chunk)


def joined(before: bytes, after: bytes) -> bytes:
    """Two lists as one; the second begins at or behind the chunk where the first ends."""
    first, second = unpack_chunks(before), unpack_chunks(after)
    shared = first.keys() & second.keys()
    if not shared:
        return before + after
    whole = b""
    for one in sorted(first.keys() | second.keys()):
        both = {*members_of(first.get(one, b"")), *members_of(second.get(one, b""))}
        whole += pack_chunk(one, array("H", sorted(both)))
    return whole


# --- rare words ----------------------------------------------------------------------------------


def rare_lists(data: bytes) -> dict[int, Chunks]:
    """The lists of a rare word."""
    found: dict[int, Chunks] = {}
    for one in numbers("I", data):
        number = one >> LIST_BITS
        chunks = found.setdefault(one & (1 << LIST_BITS) - 1, {})
        members = chunks.setdefault(number >> CHUNK_BITS, array("H"))
        members.append(number & CHUNK - 1)  # type: ignore[union-attr]
    return found


def packed_lists(data: bytes) -> dict[int, bytes]:
    """The lists of a rare word that is one no more."""
    return {
        number: b"".join(
            pack_chunk(chunk, members)  # type: ignore[arg-type]
            for chunk, members in chunks.items()
        )
        for number, chunks in rare_lists(data).items()
    }
