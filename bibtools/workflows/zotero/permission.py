"""The desktop program's permission to write, asked for and given back apart from any sync."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from bibtools.adapters.zotero.credentials import Credentials, Secret
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.workflows.zotero.checks import check_program
from bibtools.workflows.zotero.connecting import (
    Connection,
    connect,
    keep_permission,
    kept_permission,
    settings_of,
)


@dataclass(frozen=True, slots=True)
class Permission:
    """What the user of the desktop program said."""

    endpoint: str
    kept: bool
    """Whether it holds from now on; else it is for one request, and nothing is kept."""
    before: bool = False
    """Whether it was kept already, so that nobody was asked."""


def ask_permission(where: Connection, about_to_ask: Callable[[], None]) -> Permission:
    """Have the desktop program ask its user whether we may write, unless it was allowed before.

    `about_to_ask` is called first; what it raises ends the matter. Raises `ZoteroError` when the
    program is not there, is too old, or its user says no, and `WriteError` when the permission
    cannot be kept.
    """
    found = connect(replace(where, local=True))
    with Gateway(found.settings.endpoint, found.library, None, local=True) as gateway:
        endpoint = gateway.endpoint
        _ = gateway.identity  # asks which database this is
        database = gateway.server_id
        check_program(gateway)
        if database is not None and kept_permission(found.settings, database) is not None:
            return Permission(endpoint, kept=True, before=True)
        about_to_ask()
        key, lasting = gateway.authorize()
        if lasting and gateway.server_id is not None:
            keep_permission(found.settings, gateway.server_id, Secret(key))
            return Permission(endpoint, kept=True)
    return Permission(endpoint, kept=False)


def give_back_permission(where: Connection) -> int:
    """Forget every permission that the desktop program gave, one for each of its databases; gives
    how many there were. The program is not asked. Raises as `Credentials.forget`.
    """
    settings = settings_of(replace(where, local=True))
    return Credentials.of(os.environ, keyring=settings.keyring).forget_local_keys()
