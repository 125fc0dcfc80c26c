"""Regular expressions that are compiled when they are first used.

Compiling is most of what importing a module of patterns costs, and a short run (a look-up, a
`--help`) uses few of them. What is used often is as fast as before: the methods are those of the
compiled pattern from then on.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Later:
    """Stands in for a compiled pattern until something is asked of it."""

    def __init__(self, source: str | bytes, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, found)
        return found


def later(source: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """`re.compile(source, flags)`, put off. Only for use by its methods: `re.sub(pattern, ...)` and
    the like want the real one.
    """
    return cast("re.Pattern[AnyStr]", _Later(source, flags))
