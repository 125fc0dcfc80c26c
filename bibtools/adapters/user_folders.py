"""The user's folders for caches and data, where `platformdirs` would put them.

On Linux, where most of our starts happen, its answer takes a few lines (the XDG Base Directory
Specification 0.8), and importing it longer than looking up a paper; elsewhere it is asked.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

_LINUX = {"cache": ("XDG_CACHE_HOME", "~/.cache"), "data": ("XDG_DATA_HOME", "~/.local/share")}


def cache_home() -> Path:
    """The folder of bibtools in the user's cache folder."""
    return _folder("cache")


def data_home() -> Path:
    """The folder of bibtools in the user's data folder."""
    return _folder("data")


def _folder(kind: str) -> Path:
    if sys.platform == "linux" and "ANDROID_DATA" not in os.environ:
        variable, usual = _LINUX[kind]
        named = os.environ.get(variable, "").strip()
        return Path(named or os.path.expanduser(usual), "bibtools")  # noqa: PTH111 -- as they do
    import platformdirs

    folder = getattr(platformdirs, f"user_{kind}_path")
    found: Path = folder("bibtools", appauthor=False)
    return found
