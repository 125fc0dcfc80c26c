"""Whether an object on the server says what was sent to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bibtools.sync.comparing import normalised

_NOT_COMPARED = frozenset({"key", "version", "dateAdded", "dateModified"})
_TAGS = re.compile(r"<[^>]*>")


def is_said(sent: Mapping[str, Any], held: Mapping[str, Any]) -> bool:
    """Whether every field that was sent is held as the server would have stored it.

    What is empty is the same as what is absent. The times that the server sets are not compared.
    """
    wanted, there = normalised(sent), normalised(held)
    return all(
        _compared(name, wanted.get(name)) == _compared(name, there.get(name))
        for name in sent
        if name not in _NOT_COMPARED
    )


def _compared(name: str, value: Any) -> Any:
    if name == "relations":
        return {
            relation: {uris} if isinstance(uris, str) else set(uris)
            for relation, uris in (value or {}).items()
            if uris
        }
    if name == "note":
        # The server cleans the markup of notes.
        return "".join(_TAGS.sub("", str(value or "")).split())
    if name in ("deleted", "inPublications"):
        return bool(value)
    return value
