"""Where the library is and who asks: from options, environment and the settings file."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field

from bibtools.adapters.settings import read_settings
from bibtools.adapters.zotero.account import groups, key_info
from bibtools.adapters.zotero.answers import KeyInfo
from bibtools.adapters.zotero.credentials import Account, Credentials, Place, Secret, checked_key
from bibtools.adapters.zotero.errors import NoAccessError
from bibtools.adapters.zotero.settings import ZoteroOptions, ZoteroSettings, zotero_settings
from bibtools.errors import ConfigError, UsageError, WriteError
from bibtools.sync.plan import Library


@dataclass(frozen=True, slots=True)
class Connection:
    """What a command was told of where to go; None is not told."""

    library: str | None = None
    """`user`, `user:1`, `group:1` or the name of a group."""
    endpoint: str | None = None
    local: bool = False
    """The desktop program on this machine."""
    collection: str | None = None
    """Path, name or key."""


@dataclass(frozen=True, slots=True)
class Connected:
    """What was found out."""

    settings: ZoteroSettings
    library: Library
    key: Secret | None
    """None for the desktop program."""
    info: KeyInfo | None
    fresh: bool = True
    """Whether the server was asked about the key in this run."""
    requests: int = 0


def settings_of(where: Connection) -> ZoteroSettings:
    """Where to go. Raises `UsageError` and `ConfigError`."""
    told = ZoteroOptions(where.library, where.collection, where.endpoint, where.local or None)
    return zotero_settings(told, os.environ, read_settings(os.environ))


def connect(where: Connection) -> Connected:
    """Whose key it is, and which library is meant.

    Raises `ConfigError` where there is no key or the settings are wrong, and `ZoteroError`.
    """
    settings = settings_of(where)
    if settings.local:
        # The desktop program calls the library of its own user 0.
        library = Library(settings.library_kind or "user", settings.library_id or 0)
        return Connected(settings, library, None, None)
    found = _credentials(settings).find(settings.endpoint, os.environ)
    if found is None:
        raise ConfigError(
            f"There is no API key for {settings.endpoint}.",
            "Log in once with bibtools zotero login, or set ZOTERO_API_KEY.",
        )
    account, requests = found.account, 0
    if account is None:
        info = asked_key(settings, found.key)
        requests = 1
    else:
        info = KeyInfo(account.user, account.name, account.access)
    library, more = _library(settings, found.key, info)
    if not info.may_read(library) and account is not None:
        info = asked_key(settings, found.key)  # it may have been given more rights since
        account, requests = None, requests + 1
    if not info.may_read(library):
        raise NoAccessError(
            f"The API key (of {info.name or info.user}) may not read the library {library.shown}.",
            "Give the key access on https://www.zotero.org/settings/keys, or choose another "
            "library with --library.",
        )
    return Connected(settings, library, found.key, info, account is None, requests + more)


def asked_key(settings: ZoteroSettings, key: Secret) -> KeyInfo:
    """What the server says of a key; it is remembered."""
    info = key_info(settings.endpoint, key.reveal())
    account = Account(info.user, info.name, info.access)
    _credentials(settings).remember(settings.endpoint, key, account)
    return info


def _credentials(settings: ZoteroSettings) -> Credentials:
    return Credentials.of(os.environ, keyring=settings.keyring)


def _library(settings: ZoteroSettings, key: Secret, info: KeyInfo) -> tuple[Library, int]:
    """The library that is meant, and the requests that it took to find it."""
    kind, number, name = settings.library_kind, settings.library_id, settings.library_name
    if kind is None or (kind == "user" and number is None):
        return Library("user", info.user, info.name), 0
    if number is not None:
        return Library(kind, number, info.name if number == info.user else ""), 0
    every = groups(settings.endpoint, key.reveal(), info.user)
    found = [one for one in every if name is not None and one.name.casefold() == name.casefold()]
    if len(found) == 1:
        return Library("group", found[0].id, found[0].name), 1
    known = "; ".join(f"group:{one.id} ({one.name})" for one in every) or "none"
    what = "Several groups are" if found else "No group is"
    raise UsageError(
        f'{what} called "{name}". The groups that the key may see: {known}.',
        "Give --library user, or group: with the number.",
    )


# The desktop program


def kept_permission(settings: ZoteroSettings, database: str) -> Secret | None:
    """The key with which the desktop program lets us write to a database; None when it is to be
    asked. Raises `ConfigError` for a file of credentials that is not to be used.
    """
    return _credentials(settings).local_key(database)


def keep_permission(settings: ZoteroSettings, database: str, key: Secret) -> None:
    """Keep it. Raises `WriteError` when it cannot be kept."""
    _credentials(settings).save_local_key(database, key)


def forget_permission(settings: ZoteroSettings, database: str) -> None:
    """Forget it: the desktop program does not take it any more."""
    with contextlib.suppress(ConfigError, WriteError):
        _credentials(settings).forget_local_key(database)


# Logging in and out


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """What a login found."""

    info: KeyInfo
    endpoint: str
    where: Place
    path: str
    """Of the file of credentials."""
    groups: int | None = field(default=None)


def login(where: Connection, text: str, origin: str) -> LoggedIn:
    """Check a key with the server and keep it.

    Raises `ConfigError` for a text that is no key, `WrongKeyError` for one that the server does
    not know, `WriteError` when it cannot be kept.
    """
    settings = settings_of(where)
    key = checked_key(text, origin)
    info = key_info(settings.endpoint, key.reveal())
    credentials = _credentials(settings)
    account = Account(info.user, info.name, info.access)
    kept = credentials.save(settings.endpoint, key, account)
    return LoggedIn(info, settings.endpoint, kept, str(credentials.path))


def logout(where: Connection) -> tuple[bool, str]:
    """Forget the key of a server. Gives whether there was one, and the server's address."""
    settings = settings_of(where)
    return _credentials(settings).forget(settings.endpoint), settings.endpoint
