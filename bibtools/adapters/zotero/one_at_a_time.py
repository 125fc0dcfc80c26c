"""One sync at a time: of a file, and writing to a library.

A lock that the system takes back when its process ends, however it ends, on a small file in the
state folder, which stays there and says whose it was last. It is between runs of bibtools: other
programs know nothing of it. Where the system has no such locks (some folders on a network) nobody
is kept from anything; the digests and versions that every write is made for still are.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bibtools.adapters.journal import journal_folder
from bibtools.adapters.private_files import FILE_MODE, make_private_folder
from bibtools.adapters.zotero.state import Scope
from bibtools.errors import WriteError

_TAKEN: Final = frozenset({errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK})
_FAR: Final = 1 << 30
"""The byte that is locked on Windows, where locked bytes cannot be read."""


@contextlib.contextmanager
def sync_of_file(file: str | Path) -> Iterator[None]:
    """Nobody else syncs this file, or takes a run of it back, within the block.

    Raises `WriteError` when somebody does.
    """
    with _alone(f"file {os.path.realpath(file)}", f'"{file}"'):
        yield


@contextlib.contextmanager
def sync_of_library(scope: Scope) -> Iterator[None]:
    """Nobody else writes to this library within the block.

    Raises `WriteError` when somebody does.
    """
    shown = f"{scope.library}:{scope.library_id}"
    with _alone(f"library {scope.endpoint} {scope.server} {shown}", f"the library {shown}"):
        yield


@contextlib.contextmanager
def _alone(what: str, shown: str) -> Iterator[None]:
    folder = journal_folder().parent / "locks"
    path = folder / hashlib.sha256(os.fsencode(what)).hexdigest()[:24]
    try:
        make_private_folder(folder)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    except OSError:
        yield  # the journal, which is to be written there, says what is wrong
        return
    try:
        _lock(handle, shown)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, shown: str) -> None:
    try:
        _take(handle)
    except OSError as error:
        if error.errno not in _TAKEN:
            return
        process = os.read(handle, 20).decode("ascii", "replace").strip()
        who = f" (process {process})" if process.isdecimal() else ""
        raise WriteError(
            f"Another sync of {shown} is running{who}, so nothing was done.",
            "Run it again when that one has come to its end.",
        ) from None
    with contextlib.suppress(OSError):
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(handle, 0, os.SEEK_SET)

else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
