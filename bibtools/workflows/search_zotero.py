"""Searching a Zotero library: in the copy on this computer, without asking any server."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Sequence
from pathlib import Path

from bibtools.adapters.web.settings import cache_folder
from bibtools.adapters.zotero.credentials import Credentials
from bibtools.adapters.zotero.mirror import Mirror, mirror_path
from bibtools.errors import InputError, UsageError
from bibtools.model import Entry, Notice
from bibtools.model.progress import Progress
from bibtools.searching.documents import Document, entry_of
from bibtools.sync.plan import Library
from bibtools.workflows.search_sources import Source, item_entry, zotero_source
from bibtools.workflows.zotero.connecting import Connection, settings_of

_OLD_DAYS = 7
_HINT = "bibtools zotero pull or sync copies it; bibtools zotero status brings the copy up to date."


def library_source(where: Connection, cache: Path, progress: Progress | None = None) -> Source:
    """The copy of a library; a notice tells when it was last brought up to date long ago.

    Raises `InputError` when there is no copy yet, and `UsageError` or `ConfigError` when it
    cannot be told which library is meant.
    """
    path, name = library_copy(where)
    if path is None:
        raise InputError(f"There is no copy of the Zotero library {name} yet.", _HINT)
    touched = _touched(path)
    with Mirror(path) as mirror:
        source = zotero_source(mirror, name, cache, progress)
        notices = [*source.notices, *mirror.notices]
    if time.time() - touched >= _OLD_DAYS * 86_400:
        day = datetime.datetime.fromtimestamp(touched, datetime.UTC).date().isoformat()
        notices.append(
            Notice(
                f"The copy of the Zotero library {name} is of {day}.",
                rule="search.old-copy",
                hint=_HINT,
            )
        )

    def whole(documents: Sequence[Document]) -> list[Entry]:
        with Mirror(path) as mirror:
            return [_entry(mirror, one) for one in documents]

    return source._replace(notices=tuple(notices), whole=whole)


def _entry(mirror: Mirror, document: Document) -> Entry:
    item = mirror.item(document.place)
    return item_entry(item.key, item.data) if item is not None else entry_of(document)


def _touched(path: Path) -> float:
    """When a copy was last written, also by a write that is not in the main file yet."""
    beside = path.with_name(path.name + "-wal")
    times = [path.stat().st_mtime]
    if beside.exists() and beside.stat().st_size:
        times.append(beside.stat().st_mtime)
    return max(times)


def library_copy(where: Connection) -> tuple[Path | None, str]:
    """The file of a library's copy, None where there is none yet, and the library's name."""
    settings = settings_of(where)
    cache = cache_folder(os.environ)
    if settings.local:
        # The desktop program's name holds the database, which only it can tell.
        found = sorted((cache / "zotero").glob("*.sqlite"), key=lambda one: -_touched(one))
        local = [one for one in found if "127-0-0-1" in one.name or "localhost" in one.name]
        return (local[0] if local else None), "of the desktop program"
    kind, number = settings.library_kind, settings.library_id
    if settings.library_name is not None and number is None:
        raise UsageError(
            f'Without asking its server nobody knows which group "{settings.library_name}" is.',
            "Give the group's number: --library group:12345.",
        )
    if number is None:
        found_key = Credentials.of(os.environ, keyring=settings.keyring).find(
            settings.endpoint, os.environ
        )
        account = found_key.account if found_key is not None else None
        if account is None:
            return _only_copy(cache), "user"
        kind, number = "user", account.user
    library = Library(kind or "user", number)
    path = mirror_path(cache, settings.endpoint, library.path)
    return (path if path.is_file() else None), library.shown


def _only_copy(cache: Path) -> Path | None:
    """The copy of a user's library, when there is one only."""
    found = [one for one in (cache / "zotero").glob("*.sqlite") if "-users-" in one.name]
    if len(found) > 1:
        raise UsageError(
            "There are copies of several Zotero libraries.",
            "Say which one: --library user:12345 or --library group:12345.",
        )
    return found[0] if found else None
