"""What a shell may offer behind the cursor: citation keys, collections and libraries.

Read from files on this computer, quickly, and never with a question to anybody. Whatever cannot
be read is not offered. Keys of a .bib are kept in the cache folder under `completions-1` until
the file changes; that folder may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
import zlib
from collections.abc import Iterable
from pathlib import Path

from bibtools.adapters.user_folders import cache_home
from bibtools.later import later

FOLDER = "completions-1"
LARGEST = 128 << 20
"""Bytes of .bib files that are read for one press of a key, at most."""
MOST_FILES = 50
"""Files of a folder that are looked into."""
_KEEP_SECONDS = 30 * 86_400.0
_MIRROR = later(r"-(user|group)s-([0-9]+)-[0-9a-f]{12}-[0-9]+\.sqlite")
_MODE = 0o600


def cache_folder() -> Path:
    """`BIBTOOLS_CACHE`, else the user's cache folder."""
    told = os.environ.get("BIBTOOLS_CACHE", "").strip()
    return Path(told) if told else cache_home()


def bib_files(folder: str = ".") -> list[str]:
    """The .bib files of a folder by name, `MOST_FILES` at most."""
    try:
        with os.scandir(folder) as rows:
            names = sorted(row.name for row in rows if row.name.lower().endswith(".bib"))
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names[:MOST_FILES]]  # noqa: PTH118 -- of names


def keys_of(files: Iterable[str]) -> list[str]:
    """The citation keys of these files, each once, in their order."""
    found: dict[str, None] = {}
    left = LARGEST
    for file in files:
        read, keys = _keys(file, left)
        left -= read
        found.update(dict.fromkeys(keys))
    return list(found)


def _keys(file: str, most: int) -> tuple[int, list[str]]:
    """How many bytes were read, and the keys."""
    path = Path(file).absolute()
    try:
        state = path.stat()
        # A pipe would wait for somebody who writes.
        if not stat.S_ISREG(state.st_mode):
            return 0, []
        name = os.fsencode(path)
        head = b"%d %d %s" % (state.st_mtime_ns, state.st_size, name.replace(b"\n", b" "))
        kept = cache_folder() / FOLDER / f"{zlib.crc32(name):08x}.txt"
        with contextlib.suppress(OSError):
            told, _, rest = kept.read_bytes().partition(b"\n")
            if told == head:
                return 0, rest.decode("utf-8", "replace").split("\n")[:-1]
        if state.st_size > most:
            return 0, []
        data = path.read_bytes()
    except (OSError, ValueError):
        return 0, []
    from bibtools.formats.bibtex.document import Document

    keys = [entry.key for entry in Document(data).entries if entry.key]
    _keep(kept, head + b"\n" + "".join(f"{key}\n" for key in keys).encode("utf-8", "replace"))
    return len(data), keys


def _keep(path: Path, data: bytes) -> None:
    """Keep it where that can be, and throw away what nobody asked for long."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            end = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE)
            with os.fdopen(end, "wb") as file:
                file.write(data)
            beside.replace(path)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        oldest = time.time() - _KEEP_SECONDS
        for one in path.parent.iterdir():
            if one.stat().st_mtime < oldest:
                one.unlink()


def libraries() -> list[str]:
    """The Zotero libraries of which there is a copy here, as `--library` names them."""
    return list(dict.fromkeys(library for library, _ in _mirrors()))


def collections(library: str = "") -> list[str]:
    """Paths of the collections in the copies of Zotero libraries: "Reading/2026".

    `library` is `user:1` or `group:1`; anything else means every copy that is here.
    """
    copies = _mirrors()
    meant = [file for name, file in copies if name == library]
    found: set[str] = set()
    for file in meant or [file for _, file in copies]:
        found.update(_collections(file))
    return sorted(found)


def _mirrors() -> list[tuple[str, Path]]:
    try:
        names = sorted(os.listdir(cache_folder() / "zotero"))  # noqa: PTH208 -- names only
    except OSError:
        return []
    rows = [(_MIRROR.search(name), name) for name in names]
    return [
        (f"{match[1]}:{match[2]}", cache_folder() / "zotero" / name)
        for match, name in rows
        if match is not None and match.end() == len(name)
    ]


def _collections(file: Path) -> list[str]:
    import sqlite3

    rows: list[tuple[str, str, str, int]] = []
    # The second way reads a copy in a folder that nobody may write to.
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        with contextlib.suppress(sqlite3.Error):
            place = f"{file.absolute().as_uri()}?{mode}"
            with contextlib.closing(sqlite3.connect(place, uri=True, timeout=0.2)) as database:
                rows = database.execute(
                    "select key, name, parent, trashed from collection"
                ).fetchall()
            break
    every = {key: (str(name), str(parent or ""), bool(trashed)) for key, name, parent, trashed in
             rows}  # fmt: skip
    return [path for key in every if (path := _path(every, key))]


def _path(every: dict[str, tuple[str, str, bool]], key: str) -> str:
    """Where a collection stands; empty for one in the trash, or in a circle."""
    names: list[str] = []
    seen: set[str] = set()
    while key in every:
        name, parent, trashed = every[key]
        if trashed or key in seen:
            return ""
        seen.add(key)
        names.append(name)
        key = parent
    return "/".join(reversed(names))


_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def can_be_typed(value: str) -> bool:
    """Whether a value has no control that a terminal, or a shell's line, would obey."""
    return bool(value) and _UNSEEN.search(value) is None
