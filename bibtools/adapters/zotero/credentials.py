"""The API key of each server: in the system keyring, else in a file for this user's eyes only.

The file `zotero-credentials.json` in the configuration folder is 0600 from its first byte on. It
says of each server where the key is ("keyring" or "file"), the key itself where there is no
keyring, and whose key it is, so that the number of the library need not be told. What /keys/current
said of a key is remembered by a digest of the key, also of one that comes from the environment.

The keyring is that of the optional package `keyring`. It is only asked for keys that were put
there, so that nobody is asked for the password of a keyring in vain.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import json
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Final, Literal, NoReturn

from bibtools.adapters.private_files import make_private_folder, put_private
from bibtools.adapters.settings import config_folder
from bibtools.errors import ConfigError, WriteError

KEY_VARIABLE: Final = "ZOTERO_API_KEY"
FILE_NAME: Final = "zotero-credentials.json"
_SERVICE: Final = "bibtools zotero"
_DATABASE: Final = "desktop://zotero/"
_VERSION: Final = 1
_KEY = re.compile(r"[A-Za-z0-9]{1,200}")
_NO_KEYRINGS: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Those that keep nothing, or keep it in a file that is no better than ours."""
_CHAIN: Final = "keyring.backends.chainer"
_COPY: Final = "copy_in_keyring"
"""Says in a row that the keyring has a key which it did not let go of."""

Place = Literal["keyring", "file"]


class Secret:
    """A text that does not show itself: not printed, formatted, compared in parts, or pickled."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Hide it."""
        self._text = text

    def reveal(self) -> str:
        """The text. Only for the header of a request, and for keeping it."""
        return self._text

    def __repr__(self) -> str:
        """Not the text."""
        return "Secret(...)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Not the text."""
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        """Whether the texts are equal, in a time that does not tell where they differ."""
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    def __hash__(self) -> int:
        """The hash of the text."""
        return hash((Secret, self._text))

    def __reduce__(self) -> NoReturn:
        """No way into a pickle."""
        raise TypeError("a secret is not pickled")


@dataclass(frozen=True, slots=True)
class Account:
    """Whose key it is."""

    user: int
    name: str = ""
    access: Mapping[str, Any] = field(default_factory=dict)
    """What it may do, as /keys/current gives it."""


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A key, and where it was found."""

    key: Secret
    origin: str
    """For a person."""
    account: Account | None = None
    """What was remembered of it; None when the server has to be asked."""


def checked_key(text: str, origin: str) -> Secret:
    """A key as Zotero makes them: letters and digits.

    Raises `ConfigError` for anything else; the text is not in it.
    """
    told = text.strip()
    if not _KEY.fullmatch(told):
        what = "is empty" if not told else "has other characters than letters and digits"
        raise ConfigError(
            f"The API key from {origin} {what}.",
            hint="Copy it whole from https://www.zotero.org/settings/keys, without quotes.",
        )
    return Secret(told)


class Credentials:
    """The keys of this user, by the address of the server."""

    def __init__(self, folder: Path, *, keyring: bool = True) -> None:
        """`keyring` says whether the system keyring may be used."""
        self.path = folder / FILE_NAME
        self._may_use_keyring = keyring

    @classmethod
    def of(cls, environment: Mapping[str, str], *, keyring: bool = True) -> Credentials:
        """Those in the configuration folder."""
        return cls(config_folder(environment), keyring=keyring)

    def find(self, endpoint: str, environment: Mapping[str, str]) -> FoundKey | None:
        """The key for a server: from `ZOTERO_API_KEY`, else the one that was saved; or None.

        Raises `ConfigError` for a key that is none, and for a file that others may read.
        """
        told = environment.get(KEY_VARIABLE, "").strip()
        if told:
            key = checked_key(told, KEY_VARIABLE)
            return FoundKey(key, KEY_VARIABLE, self._remembered(endpoint, key))
        row = self._servers().get(_name(endpoint))
        if row is None:
            return None
        if row.get("where") == "keyring":
            text = self._from_keyring(endpoint)
            origin = "the system keyring"
            if text is None:
                raise ConfigError(
                    "The API key is in the system keyring, and that does not give it.",
                    hint="Unlock the keyring, or log in again with bibtools zotero login.",
                )
        else:
            text, origin = str(row.get("key") or ""), f'"{self.path}"'
            if not text:
                return None
        key = checked_key(text, origin)
        return FoundKey(key, origin, _account(row, endpoint, key))

    def save(self, endpoint: str, key: Secret, account: Account) -> Place:
        """Keep a key, and whose it is. Gives where.

        Raises `WriteError` when it cannot be kept, and `ConfigError` for a file that others may
        read.
        """
        checked_key(key.reveal(), "login")
        return self._keep(endpoint, key, _account_row(endpoint, key, account))

    def _keep(self, endpoint: str, key: Secret, about: Mapping[str, Any]) -> Place:
        servers = dict(self._servers())
        old = servers.get(_name(endpoint), {})
        kept = self._into_keyring(endpoint, key)
        where: Place = "keyring" if kept else "file"
        row: dict[str, Any] = {"where": where, **about}
        if where == "file":
            row["key"] = key.reveal()
            in_keyring = kept is None or old.get("where") == "keyring" or _has_copy(old)
            if in_keyring and not self._out_of_keyring(endpoint):
                row[_COPY] = True
        servers[_name(endpoint)] = row
        self._write(servers)
        return where

    def remember(self, endpoint: str, key: Secret, account: Account) -> None:
        """Whose key it is, of one that is saved or comes from the environment.

        That saves a request next time; where it cannot be written, nothing happens.
        """
        try:
            servers = dict(self._servers())
            row = dict(servers.get(_name(endpoint), {}))
            told = _account_row(endpoint, key, account)
            if row.get("where") and row.get("print") != told["print"]:
                row["other"] = told  # the key of the environment, beside the saved one
            else:
                row.update(told)
            if servers.get(_name(endpoint)) == row:
                return
            servers[_name(endpoint)] = row
            self._write(servers)
        except (ConfigError, WriteError):
            return

    def forget(self, endpoint: str) -> bool:
        """Take the key of a server out of keyring and file. Gives whether there was one.

        Raises `WriteError` when the file cannot be written, `ConfigError` when the keyring keeps
        it.
        """
        servers = dict(self._servers())
        row = servers.pop(_name(endpoint), None)
        if row is None:
            return False
        in_keyring = row.get("where") == "keyring" or _has_copy(row)
        if in_keyring and not self._out_of_keyring(endpoint):
            what = "does not let go of the API key"
            if _has_copy(row):
                self._write({**servers, _name(endpoint): {_COPY: True}})
                what = "still has a copy of the API key, and does not let go of it"
            raise ConfigError(
                f"The system keyring {what}.",
                hint=f'Unlock it, or remove "{_SERVICE}" from it by hand.',
            )
        self._write(servers)
        return in_keyring or bool(row.get("where"))

    # The desktop program: each of its databases has a key of its own

    def local_key(self, database: str) -> Secret | None:
        """The key with which the desktop program lets us write to a database; None when it has to
        be asked.

        Raises `ConfigError` for a file that others may read.
        """
        name = _database(database)
        row = self._servers().get(name, {})
        in_keyring = row.get("where") == "keyring"
        text = self._from_keyring(name) if in_keyring else row.get("key")
        return Secret(text) if isinstance(text, str) and text else None

    def save_local_key(self, database: str, key: Secret) -> Place:
        """Keep it. Raises `WriteError` when it cannot be kept."""
        return self._keep(_database(database), key, {})

    def forget_local_key(self, database: str) -> None:
        """Forget it. Raises as `forget`."""
        self.forget(_database(database))

    def forget_local_keys(self) -> int:
        """Forget those of all databases; gives how many there were. Raises as `forget`."""
        names = [name for name in self._servers() if name.startswith(_DATABASE)]
        return sum(self.forget(name) for name in names)

    def saved(self) -> Mapping[str, tuple[Account, Place]]:
        """Whose keys are saved, by the address of the server, and where they are."""
        found: dict[str, tuple[Account, Place]] = {}
        for endpoint, row in self._servers().items():
            where = row.get("where")
            account = _read_account(row)
            if where in ("keyring", "file") and account is not None:
                found[endpoint] = (account, where)
        return found

    # The file

    def _servers(self) -> Mapping[str, dict[str, Any]]:
        path = Path(os.path.realpath(self.path))
        try:
            with path.open("rb") as stream:
                # Of the open file: the name may lead elsewhere a moment later.
                mode = stat.S_IMODE(os.fstat(stream.fileno()).st_mode)
                if os.name == "posix" and mode & 0o077:
                    raise ConfigError(
                        f'Others may read or change "{path}", which holds API keys (its '
                        f"permissions are {mode:04o}), so it is not used.",
                        hint=f'chmod 600 "{path}"; and if others use this machine, make a new '
                        "key on https://www.zotero.org/settings/keys.",
                    )
                data = stream.read()
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise ConfigError(
                f'The file of credentials "{path}" cannot be read ({error.strerror}).',
                hint="Check its permissions.",
            ) from None
        try:
            content = json.loads(data)
            version, servers = content["version"], content["servers"]
            good = type(version) is int and all(type(row) is dict for row in servers.values())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            good, version = False, _VERSION
        if good and version > _VERSION:
            raise ConfigError(
                f'"{path}" was written by a later bibtools.',
                hint="Update bibtools, or remove that file and log in again.",
            )
        if not good:
            raise ConfigError(
                f'The file of credentials "{path}" is damaged.',
                hint="Remove it, and log in again with bibtools zotero login.",
            )
        found: Mapping[str, dict[str, Any]] = servers
        return found

    def _write(self, servers: Mapping[str, Any]) -> None:
        path = Path(os.path.realpath(self.path))
        content = {"version": _VERSION, "servers": servers}
        try:
            make_private_folder(path.parent)
            put_private(path, json.dumps(content, indent=1, sort_keys=True).encode() + b"\n")
        except OSError as error:
            raise WriteError(
                f'The credentials were not written to "{path}" ({error.strerror or error}).',
                hint=f"Make room or permission there, or use {KEY_VARIABLE} instead.",
            ) from None

    def _remembered(self, endpoint: str, key: Secret) -> Account | None:
        try:
            row = self._servers().get(_name(endpoint), {})
        except ConfigError:
            return None  # the key is here all the same
        other = row.get("other")
        found = _account(row, endpoint, key)
        if found is None and isinstance(other, dict):
            found = _account(other, endpoint, key)
        return found

    # The keyring. Its backends raise whatever their system does, so whatever they raise means no.

    def _keyring(self) -> ModuleType | None:
        if not self._may_use_keyring:
            return None
        try:
            module = importlib.import_module("keyring")
            backend = module.get_keyring()
            if type(backend).__module__ == _CHAIN:
                # Of several that work; the first of them gets what is put in.
                backend = next(iter(backend.backends), backend)
        except Exception:
            return None
        return None if type(backend).__module__.startswith(_NO_KEYRINGS) else module

    def _into_keyring(self, endpoint: str, key: Secret) -> bool | None:
        """Whether the keyring took the key; None when it did, and does not give it back."""
        module = self._keyring()
        if module is None:
            return False
        try:
            module.set_password(_SERVICE, _name(endpoint), key.reveal())
        except Exception:
            return False
        return True if self._from_keyring(endpoint) == key.reveal() else None

    def _from_keyring(self, endpoint: str) -> str | None:
        module = self._keyring()
        if module is None:
            return None
        try:
            found = module.get_password(_SERVICE, _name(endpoint))
        except Exception:
            return None
        return found if isinstance(found, str) and found else None

    def _out_of_keyring(self, endpoint: str) -> bool:
        """Whether the keyring has no such key any more."""
        module = self._keyring()
        if module is None:
            return False
        try:
            if module.get_password(_SERVICE, _name(endpoint)) is None:
                return True
            module.delete_password(_SERVICE, _name(endpoint))
        except Exception:
            return False
        return True


def _has_copy(row: Mapping[str, Any]) -> bool:
    return row.get(_COPY) is True


def _name(endpoint: str) -> str:
    """An address as the name of a server: capitals of the host make no difference."""
    scheme, mark, rest = endpoint.strip().rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{mark}{host.lower()}{slash}{path}"


def _database(identity: str) -> str:
    """A database of the desktop program in the place of a server's address."""
    return f"{_DATABASE}{identity}"


def _print(endpoint: str, key: Secret) -> str:
    """Tells keys of a server apart; the key cannot be had from it."""
    return hashlib.sha256(f"{_name(endpoint)}\n{key.reveal()}".encode()).hexdigest()[:24]


def _account_row(endpoint: str, key: Secret, account: Account) -> dict[str, Any]:
    return {
        "print": _print(endpoint, key),
        "user": account.user,
        "name": account.name,
        "access": dict(account.access),
    }


def _account(row: Mapping[str, Any], endpoint: str, key: Secret) -> Account | None:
    """What a row says of this key; None when it speaks of another one."""
    if row.get("print") != _print(endpoint, key):
        return None
    return _read_account(row)


def _read_account(row: Mapping[str, Any]) -> Account | None:
    user, name, access = row.get("user"), row.get("name", ""), row.get("access", {})
    if type(user) is not int or not isinstance(name, str) or not isinstance(access, dict):
        return None
    return Account(user, name, access)
