"""Which Zotero library is meant: by options, the environment, the settings file, in that order.

The variables with `ZOTERO_` are those that pyzotero's users and other tools have already.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar
from urllib.parse import urlsplit

from bibtools.adapters.settings import Setting, SettingsFile
from bibtools.adapters.zotero.endpoints import LOCAL, WEB, checked_endpoint, is_loopback
from bibtools.errors import BibtoolsError, ConfigError, UsageError
from bibtools.model import Notice

ENDPOINT_VARIABLE: Final = "BIBTOOLS_ZOTERO_ENDPOINT"
LIBRARY_VARIABLE: Final = "ZOTERO_LIBRARY_ID"
KIND_VARIABLE: Final = "ZOTERO_LIBRARY_TYPE"
_LIBRARY = re.compile(r"(user|group)s?(?:[:/]\s*(.*))?", re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"[0-9]{1,18}")

LibraryKind = Literal["user", "group"]
_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class ZoteroOptions:
    """What a command was told; None is not told."""

    library: str | None = None
    """`user`, `user:1`, `group:1`, `group:Name` or the name of a group."""
    collection: str | None = None
    """Path, name or key."""
    endpoint: str | None = None
    local: bool | None = None


@dataclass(frozen=True, slots=True)
class ZoteroSettings:
    """Where to go."""

    endpoint: str
    """Address of the server, without a slash at its end."""
    local: bool = False
    """Whether that is the desktop program."""
    library_kind: LibraryKind | None = None
    """None when nothing says so: the library of the key's owner."""
    library_id: int | None = None
    """None for the library of the key's owner, and for a group of which only the name is told."""
    library_name: str | None = None
    """Of a group, as it was told; only without `library_id`."""
    collection: str | None = None
    keyring: bool = True
    """Whether the system keyring may be used."""
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where `endpoint`, `local`, `library` and `collection` come from, for a person; what is
    not there is the default."""
    notices: tuple[Notice, ...] = ()
    """Of the settings file."""


def zotero_settings(
    options: ZoteroOptions, environment: Mapping[str, str], file: SettingsFile
) -> ZoteroSettings:
    """Where to go, and who says so.

    Raises `UsageError` for an option and `ConfigError` for a variable or a setting that cannot
    be.
    """
    origins: dict[str, str] = {}

    local = _first(
        Setting(options.local, "--local") if options.local is not None else None,
        file.flag("zotero", "local"),
    )
    if local is not None:
        origins["local"] = local.origin
    is_local = local is not None and local.value

    endpoint = _endpoint(options, environment, file, local=is_local)
    if endpoint.origin:
        origins["endpoint"] = endpoint.origin

    kind, number, name = None, None, None
    library = _library_told(options, environment, file)
    if library is not None:
        origins["library"] = library.origin
        kind, number, name = _library(library, local=is_local)

    collection = _first(
        Setting(options.collection, "--collection") if options.collection is not None else None,
        file.text("zotero", "collection"),
    )
    if options.collection is not None and not options.collection.strip():
        # Most likely a variable of a script that is empty; the whole library is much to sync.
        raise UsageError(
            "--collection names no collection: it is empty.",
            "Name one, leave --collection out, or write --collection / for the whole library.",
        )
    if collection is not None and not collection.value.strip().strip("/"):
        collection = None  # `--collection /`: the whole library, whatever the settings file says
    if collection is not None:
        origins["collection"] = collection.origin

    keyring = file.flag("zotero", "keyring")
    return ZoteroSettings(
        endpoint=endpoint.value,
        local=is_local,
        library_kind=kind,
        library_id=number,
        library_name=name,
        collection=collection.value if collection is not None else None,
        keyring=keyring is None or keyring.value,
        origins=origins,
        notices=file.notices,
    )


def _first(*told: Setting[_Told] | None) -> Setting[_Told] | None:
    return next((one for one in told if one is not None), None)


def _from_environment(environment: Mapping[str, str], variable: str) -> Setting[str] | None:
    value = environment.get(variable, "").strip()
    return Setting(value, variable) if value else None


def _endpoint(
    options: ZoteroOptions,
    environment: Mapping[str, str],
    file: SettingsFile,
    *,
    local: bool,
) -> Setting[str]:
    """The address of the server; with an empty origin where it is the usual one.

    For the desktop program only an address of this machine counts: one of a server elsewhere was
    set for the other way of working.
    """
    for told in (
        Setting(options.endpoint, "--endpoint") if options.endpoint is not None else None,
        _from_environment(environment, ENDPOINT_VARIABLE),
        file.text("zotero", "endpoint"),
    ):
        if told is None:
            continue
        try:
            address = checked_endpoint(told.value)
        except ConfigError as error:
            raise _wrong(told.origin, error.message, error.hint) from None
        if local and not is_loopback(urlsplit(address).hostname or ""):
            continue
        return Setting(address, told.origin)
    return Setting(LOCAL if local else WEB, "")


def _library_told(
    options: ZoteroOptions, environment: Mapping[str, str], file: SettingsFile
) -> Setting[str] | None:
    """The library in the words of `--library`."""
    if options.library is not None:
        return Setting(options.library, "--library")
    number = _from_environment(environment, LIBRARY_VARIABLE)
    kind = _from_environment(environment, KIND_VARIABLE)
    if kind is not None and kind.value.lower() not in ("user", "users", "group", "groups"):
        raise _wrong(
            KIND_VARIABLE,
            f'{KIND_VARIABLE} is "{kind.value}", which is no type of library.',
            f'Set it to "user" or "group", next to {LIBRARY_VARIABLE}.',
        )
    if number is not None:
        if not _NUMBER.fullmatch(number.value):
            raise _wrong(
                LIBRARY_VARIABLE,
                f'{LIBRARY_VARIABLE} is "{number.value}", which is no number.',
                "https://www.zotero.org/settings/keys shows your number; that of a group is in "
                "its address.",
            )
        return Setting(f"{kind.value if kind else 'user'}:{number.value}", LIBRARY_VARIABLE)
    if kind is not None and kind.value.lower().startswith("group"):
        raise _wrong(
            KIND_VARIABLE,
            f"{KIND_VARIABLE} says that it is the library of a group, and nothing says which.",
            f"Set {LIBRARY_VARIABLE} to its number, or use --library group:NUMBER.",
        )
    return file.text("zotero", "library")


def _library(told: Setting[str], *, local: bool) -> tuple[LibraryKind, int | None, str | None]:
    """Kind, number and name of the library that is meant."""
    value = told.value.strip()
    match = _LIBRARY.fullmatch(value)
    if match is None:
        if not value or _NUMBER.fullmatch(value):
            raise _no_library(told)
        return "group", None, value
    kind: LibraryKind = "user" if match[1].lower() == "user" else "group"
    if match[2] is None and kind == "user":
        return kind, None, None
    rest = (match[2] or "").strip()
    if _NUMBER.fullmatch(rest) and (int(rest) or local):
        return kind, int(rest), None
    if kind == "group" and rest and not _NUMBER.fullmatch(rest):
        return "group", None, rest
    raise _no_library(told)


def _no_library(told: Setting[str]) -> BibtoolsError:
    return _wrong(
        told.origin,
        f'"{told.value}" names no library.',
        "Libraries are named user, user:NUMBER, group:NUMBER or group:NAME.",
    )


def _wrong(origin: str, message: str, hint: str | None) -> BibtoolsError:
    """An error about a value; it says where the value stands."""
    text = message if origin in message else f"{origin}: {message}"
    return (UsageError if origin.startswith("--") else ConfigError)(text, hint)
