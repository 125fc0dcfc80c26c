"""What is in the index file, and how identifiers and lists of numbers are packed.

A paper's row number *is* its arXiv ID (28 bits, see `pack_id`), so that looking up an ID, the
second record of a paper and every list of papers need no further table. Lists of papers are
blobs of ascending 32-bit numbers; hashes lie in 65,536 buckets of ascending 64-bit numbers
(32 bits of hash, 32 bits of paper). Own lists and not FTS5, because not every Python has
FTS5, because they are a third of its size, and because set operations on them are faster than
its queries (`benchmarks/index.py` measures both).
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from bibtools.model import ArxivId
from bibtools.text.titles import title_hash

APPLICATION_ID = 0x62696274
"""`bibt` in the file's header."""
SCHEMA = 2
"""Raised whenever an older reader would misread the file, or an older file cannot be updated."""

TABLES = """
create table paper(
    id integer primary key,    -- pack_id(arXiv ID)
    title text not null,
    authors text,              -- names joined by "; "
    created integer,           -- YYYYMMDD of the first version
    categories text,
    doi text,
    pairs integer,             -- of the abstract, see text.fingerprints; 0: too few
    sample blob
);
create table word(hash integer primary key, count integer not null, papers blob);
create table title(bucket integer primary key, entries blob not null);
create table anchor(bucket integer primary key, entries blob not null);
-- An address has a row for each who names it: one may take it back.
create table link(paper integer, url text, evidence text, kind text,
    placed integer not null,   -- 1: by its title, see the table titled
    primary key (paper, url, evidence)) without rowid;
-- Links of dumps that name their paper by its title only.
create table titled(hash integer, url text, evidence text, kind text,
    primary key (hash, url, evidence)) without rowid;
create table meta(key text primary key, value text) without rowid;
"""

SOURCES = "sources"
"""In `meta`: the input files, a JSON list of (name, kind, records, unread)."""
FINGERPRINTS = "fingerprints"
"""In `meta`: `yes` or `no`; an index made before this was noted has neither."""
HARVEST = "harvest"
"""In `meta`: how far arXiv was harvested, a JSON object (`workflows.harvest_place.Progressed`)."""

# In the order of their first appearance; the position is part of every packed old ID: only
# ever append.
_ARCHIVES = (
    "hep-th hep-ph hep-lat hep-ex gr-qc astro-ph cond-mat quant-ph nucl-th nucl-ex math math-ph "
    "physics nlin cs q-bio acc-phys adap-org alg-geom ao-sci atom-ph bayes-an chao-dyn chem-ph "
    "cmp-lg comp-gas dg-ga funct-an mtrl-th patt-sol plasm-ph q-alg solv-int supr-con"
).split()
_ARCHIVE_NUMBER = {name: number for number, name in enumerate(_ARCHIVES)}
_FIRST_YEAR = 1991


def pack_id(arxiv: ArxivId) -> int:
    """The ID as a number below 2**31, ordered by month of submission.

    Months since January 1991 in the upper bits; then one bit for the style; then 17 bits for
    the number (new style) or for archive and number (old style).
    """
    months = (arxiv.year - _FIRST_YEAR) * 12 + arxiv.month - 1
    archive, slash, rest = arxiv.value.partition("/")
    if slash:
        return months << 18 | _ARCHIVE_NUMBER[archive] << 10 | int(rest[4:])
    return months << 18 | 1 << 17 | int(archive[5:])


def unpack_id(number: int) -> ArxivId:
    """The arXiv ID of a packed number."""
    year, month = divmod(number >> 18, 12)
    year += _FIRST_YEAR
    stamp = f"{year % 100:02}{month + 1:02}"
    low = number & 0x1FFFF
    if number >> 17 & 1:
        digits = 5 if year >= 2015 else 4
        return ArxivId(f"{stamp}.{low:0{digits}}")
    return ArxivId(f"{_ARCHIVES[low >> 10]}/{stamp}{low & 0x3FF:03}")


def word_hash(word: str) -> int:
    """The row number of a word: 48 bits, the same on every machine."""
    return title_hash("word:" + word)


def pack(values: array[int]) -> bytes:
    """The numbers as little-endian bytes, the same on every machine."""
    if sys.byteorder == "big":
        values = array(values.typecode, values)
        values.byteswap()
    return values.tobytes()


def unpack(typecode: str, data: bytes) -> array[int]:
    """The numbers of a packed list (`I`: 4 bytes each, `Q`: 8 bytes each)."""
    values = array(typecode)
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


class Buckets:
    """Pairs of a hash and a paper, collected in memory for 65,536 sorted lists."""

    def __init__(self) -> None:
        self._lists: dict[int, array[int]] = {}

    def add(self, hashes: Iterable[int], paper: int) -> None:
        """Note that each of the hashes (up to 48 bits) leads to the paper."""
        lists = self._lists
        for value in hashes:
            entry = value >> 16 << 32 | paper
            bucket = value & 0xFFFF
            if bucket in lists:
                lists[bucket].append(entry)
            else:
                lists[bucket] = array("Q", (entry,))

    def __iter__(self) -> Iterator[int]:
        """The buckets that have entries."""
        return iter(self._lists)

    def __contains__(self, bucket: int) -> bool:
        """Whether a bucket has entries."""
        return bucket in self._lists

    def entries(self, bucket: int) -> array[int]:
        """The entries of a bucket, in any order."""
        return self._lists.get(bucket) or array("Q")

    def take(self, bucket: int) -> array[int]:
        """The entries of a bucket, which are forgotten here."""
        return self._lists.pop(bucket, None) or array("Q")


class PaperSet:
    """Packed papers that were there: a bit for each, 32 kB for a month."""

    def __init__(self) -> None:
        self._months: dict[int, bytearray] = {}

    def add(self, paper: int) -> bool:
        """Note a paper; True when it was there already."""
        month = self._months.get(paper >> 18)
        if month is None:
            month = self._months[paper >> 18] = bytearray(1 << 15)
        place, bit = (paper & 0x3FFFF) >> 3, 1 << (paper & 7)
        if month[place] & bit:
            return True
        month[place] |= bit
        return False


def papers_in(entries: array[int], value: int) -> list[int]:
    """The papers that a hash leads to, among the entries of its bucket."""
    low = value >> 16 << 32
    start = bisect_left(entries, low)
    end = bisect_left(entries, low + (1 << 32), start)
    return [entry & 0xFFFFFFFF for entry in entries[start:end]]
