"""Macros: the names that @string defines, in file order, and the months every style knows."""

from __future__ import annotations

from bisect import bisect_left

MONTHS = {
    name[:3].lower(): name
    for name in (
        "January February March April May June July August September October November December"
    ).split()
}
"""Defined by the styles (`MACRO {jan} {"January"}` in plain.bst), not by bibtex itself."""


class MacroTable:
    """What each macro means at each place of a file.

    A definition holds from its place on; a later one replaces it from there (bibtex.web reads
    the file once, in order). Names are compared without regard to case.
    """

    def __init__(self) -> None:
        self._defined: dict[str, tuple[list[int], list[str]]] = {}

    def define(self, name: str, offset: int, value: str) -> None:
        """From `offset` on, `name` means `value`; call in file order."""
        offsets, values = self._defined.setdefault(name.lower(), ([], []))
        offsets.append(offset)
        values.append(value)

    def value(self, name: str, offset: int) -> str | None:
        """What `name` means at `offset`; None when it is not defined there."""
        lower = name.lower()
        known = self._defined.get(lower)
        if known is not None:
            index = bisect_left(known[0], offset)
            if index:
                return known[1][index - 1]
        return MONTHS.get(lower)

    def __len__(self) -> int:
        return len(self._defined)
