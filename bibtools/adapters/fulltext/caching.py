"""One full-text file for each source, in the cache folder: made once, renewed when it changed.

A file here is never changed in place: a new one is made beside it and renamed, so that whoever
has the old one open goes on reading it, and a kill leaves the old one. Two processes that find a
source changed both make the file; either may win. All files here may be deleted at any time.

A source is unchanged when its stamp (path, size, time of change) is the same. A file that was
written within the time that clocks and file systems do not tell apart from when it was read is
looked at again, by a hash of its bytes (as git does: its documentation calls it "racy").
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Final, NamedTuple

from bibtools.adapters.fulltext import schema
from bibtools.adapters.fulltext.store import DamagedError, Store, open_file

MARK_BYTES: Final = 8
"""Of what tells that an entry of a source is the same."""
_RACY_NS = 2_000_000_000


class Stamp(NamedTuple):
    """What tells that a source did not change."""

    path: str
    """Absolute, or any other name that no other source has."""
    size: int
    changed_ns: int
    """Time of the last change, or a version."""
    kind: str = ""
    """How it is read, where that may vary."""

    def text(self) -> str:
        """All of it as one text."""
        return f"{self.size} {self.changed_ns} {self.kind} {self.path}"


def stamp_of(path: Path) -> Stamp:
    """The stamp of a file. Raises `OSError`."""
    status = path.stat()
    return Stamp(os.path.realpath(path), status.st_size, status.st_mtime_ns)


def place_of(cache: Path, stamp: Stamp) -> Path:
    """Where the full text of a source is kept."""
    # No hash that takes long to load: were two paths to share a name, the stamp in the file tells.
    data = stamp.path.encode("utf-8", "surrogateescape")
    name = f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}{len(data):x}"
    return cache / "search" / f"{name}-{schema.SCHEMA}.sqlite"


def kept(cache: Path, stamp: Stamp) -> tuple[Store | None, bool]:
    """The full text that is kept of a source, and whether it surely is of its present state.

    None where there is none, or a damaged one.
    """
    path = place_of(cache, stamp)
    try:
        if not path.is_file():
            return None, False
        store = Store(open_file(path), str(path))
    except (DamagedError, OSError):
        return None, False
    same = store.meta.get("stamp") == stamp.text()
    read = int(store.meta.get("read") or 0)
    racy = stamp.changed_ns > read - _RACY_NS
    return store, same and not racy


def is_of(store: Store, digest: str) -> bool:
    """Whether a store is of a source with this hash of its bytes."""
    return bool(store.meta.get("digest") == digest)
