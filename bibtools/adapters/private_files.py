"""Files for this user's eyes only: whole or not at all, and on the disk when a call comes back."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from bibtools.adapters.files import sync_folder

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def make_private_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone.

    One that is there keeps its permissions. Raises `OSError`.
    """
    for one in reversed([folder, *folder.parents]):
        if not one.is_dir():
            with contextlib.suppress(FileExistsError):  # another bibtools, at this moment
                one.mkdir(mode=FOLDER_MODE)


def put_private(path: Path, data: bytes) -> None:
    """Put bytes into a file that only this user can read, also while it is being written.

    Raises `OSError`, with the file as it was.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:60]}.", suffix=".tmp", dir=path.parent)
    new = Path(name)  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        new.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            new.unlink()
        raise
    sync_folder(path.parent)


def append_private(path: Path, data: bytes) -> None:
    """Put bytes at the end of a file that only this user can read.

    Raises `OSError`, and then the file ends as it did.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, FILE_MODE)
    try:
        size = os.fstat(handle).st_size
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        except BaseException:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)
            raise
    finally:
        os.close(handle)
    if not size:
        sync_folder(path.parent)
