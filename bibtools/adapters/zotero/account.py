"""Whose an API key is, what it may do, and which groups it sees: questions about no one library.

pyzotero is not asked: its `key_info` puts the key into the address.
"""

from __future__ import annotations

import html
from typing import Any

import httpx2

from bibtools.adapters.zotero.answers import Group, KeyInfo
from bibtools.adapters.zotero.endpoints import WEB
from bibtools.adapters.zotero.errors import StrangeAnswerError
from bibtools.adapters.zotero.refusals import plain_text
from bibtools.adapters.zotero.transport import Wire

_PAGE = 100
"""Groups on one page."""


def key_info(endpoint: str | None, key: str, **wired: Any) -> KeyInfo:
    """Who a key belongs to. `wired` as `clock` and so on of `Wire`.

    Raises `WrongKeyError` for a key that the server does not know, and other `ZoteroError`s.
    """
    wire = Wire(endpoint or WEB, key, **wired)
    with wire.client() as client:
        said = _get(client, wire, "/keys/current", key)
    user = said.get("userID") if isinstance(said, dict) else None
    if not isinstance(user, int):
        raise StrangeAnswerError(f"{wire.endpoint} does not say whose key it is.")
    access = said.get("access")
    name = html.escape(str(said.get("username") or said.get("displayName") or ""))
    return KeyInfo(user, plain_text(name, key), access if isinstance(access, dict) else {})


def groups(endpoint: str | None, key: str, user: int, **wired: Any) -> tuple[Group, ...]:
    """The groups of a user that the key may see. `wired` as in `key_info`."""
    wire = Wire(endpoint or WEB, key, **wired)
    found: dict[int, Group] = {}
    with wire.client() as client:
        while True:
            path = f"/users/{user}/groups?limit={_PAGE}&start={len(found)}"
            said = _get(client, wire, path, key)
            if not isinstance(said, list):
                raise StrangeAnswerError(f"{wire.endpoint} does not list groups.")
            before = len(found)
            for row in said:
                data = row.get("data", row) if isinstance(row, dict) else None
                if isinstance(data, dict) and isinstance(data.get("id"), int):
                    name = plain_text(html.escape(str(data.get("name") or "")), key)
                    found[data["id"]] = Group(data["id"], name)
            if len(said) < _PAGE or len(found) == before:
                return tuple(found.values())


def _get(client: httpx2.Client, wire: Wire, path: str, key: str) -> Any:
    headers = {"Zotero-API-Version": "3", "Authorization": f"Bearer {key}"}
    return client.get(wire.endpoint + path, headers=headers).json()
