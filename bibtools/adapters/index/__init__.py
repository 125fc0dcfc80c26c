"""The offline index of arXiv papers: one SQLite file, built here and asked here.

`schema` says what is in the file, `building` makes it, `updating` adds to it, `lookup` asks it.
A name is imported when it is first used: who looks a paper up needs nothing of the building.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bibtools.adapters.index.building import IndexInfo, build
    from bibtools.adapters.index.lookup import Index, default_path, open_index

__all__ = ["Index", "IndexInfo", "build", "default_path", "open_index"]

_HOMES = {
    "Index": "lookup",
    "IndexInfo": "building",
    "build": "building",
    "default_path": "lookup",
    "open_index": "lookup",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
