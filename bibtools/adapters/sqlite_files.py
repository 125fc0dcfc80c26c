"""What our SQLite files have in common: for this user alone, whole changes, many processes."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bibtools.adapters.private_files import FILE_MODE, FOLDER_MODE

BESIDE = ("-wal", "-shm")
"""Endings of the files that SQLite keeps beside one that is written ahead."""


def make_sure_of_file(path: Path) -> None:
    """See to it that there is a file, maybe an empty one, that only this user can read.

    One that is there stays as it is. Raises `OSError`.
    """
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE))


def file_identity(path: Path) -> tuple[int, int] | None:
    """Which file it is that has this name now; None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def write_ahead(database: sqlite3.Connection) -> None:
    """Let others read while one writes, from now on and for all who open the file.

    SQLite does not wait for others who open it at the same moment; one of them succeeds.
    """
    try:
        database.execute("pragma journal_mode = wal")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise


@contextlib.contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, also at Ctrl-C."""
    database.execute("begin immediate")
    try:
        yield
        database.execute("commit")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            database.execute("rollback")
        raise
