"""What is to be remembered of a pair once its steps were carried out.

A plan says what would be agreed on; servers and files store it in a spelling of their own. What
was written is remembered as it is stored, and what the merge left open keeps its old past, so that
it is seen again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bibtools.sync.changing import changed
from bibtools.sync.merging import remembered
from bibtools.sync.values import Agreed, Data, FieldChange, LocalEntry, RemoteItem


@dataclass(frozen=True, slots=True)
class Wrote:
    """An item that was written."""

    wanted: Data
    """The item as it was meant to be."""
    stored: RemoteItem
    """The item as the server says it holds it."""


def remember_there(row: Agreed, wrote: Wrote | None) -> Agreed:
    """The row of a plan with the item's side as the server stored it.

    Fields that were not settled keep the past that the plan gave them.
    """
    if wrote is None:
        return row
    there = remembered(wrote.wanted, row.there, wrote.stored.data)
    return replace(row, there=there, version=wrote.stored.version)


def remember_here(
    row: Agreed, before: LocalEntry | None, steps: Iterable[FieldChange], now: LocalEntry | None
) -> Agreed:
    """The row of a plan with the entry's side as the file has it now.

    `before` is the entry that the plan was made for (None for one that was added), `steps` its
    changes, `now` the entry as it was read again. A row of which something is not settled gets
    no print, so that its entry is not taken for unchanged.
    """
    if now is None:
        return replace(row, print="", pending=False)
    steps = tuple(steps)
    if before is not None and not steps and now.data != before.data:
        # The sync itself changed an entry from which this one has fields: what it says now is news
        # to its item, and is seen next time.
        return replace(row, key=now.key, print="", pending=False)
    here: Data = now.data
    if before is not None:
        meant = changed(before.data, steps) if steps else before.data
        if meant != row.here:
            here = remembered(meant, row.here, now.data)
    print_ = ""
    if here == now.data:
        # Of two that say the same, the one that is remembered already costs no room.
        print_, here = now.print, row.here if row.here == now.data else now.data
    settled = (row.key, row.print, row.pending) == (now.key, print_, False)
    if settled and row.here is here:
        return row
    return replace(row, key=now.key, print=print_, here=here, pending=False)


def renamed(key: str, changes: Iterable[FieldChange]) -> str:
    """The citation key of an entry after its changes."""
    for change in changes:
        if change.field == "citationKey" and change.new:
            return str(change.new)
    return key


def by_citation_key(rows: Mapping[str, Agreed]) -> dict[str, Agreed]:
    """Rows of the state file by citation key."""
    return {row.key: row for row in rows.values()}
