"""The code of a work: a line of its entry, and a child titled "Code" of its item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bibtools.sync.item_side import CODE_TITLE
from bibtools.sync.plan import AttachCode
from bibtools.sync.values import Agreed, Data, FieldConflict, LocalEntry, RemoteItem


@dataclass(frozen=True, slots=True)
class CodeLink:
    """What becomes of the code link of one pair."""

    there: Data
    """The item with the code link that its child says."""
    remembered: tuple[str, str] | None = None
    """Key and address of the child, for `Agreed.code`."""
    step: AttachCode | None = None
    """What is to be done with the child."""
    conflicts: tuple[FieldConflict, ...] = ()
    """Two links that were never agreed."""


def code_link(
    local: LocalEntry,
    item: RemoteItem,
    agreed: Agreed | None,
    children: Sequence[RemoteItem],
    new_key: Callable[[], str],
    *,
    pull: bool,
) -> CodeLink:
    """Settle the code link of a pair.

    `children` are those of the item, `new_key` makes the key of a new one; with `pull` nothing is
    written there.
    """
    links = {
        child.key: child
        for child in children
        if child.data.get("linkMode") == "linked_url" and not child.data.get("deleted")
    }
    addresses = {key: str(child.data.get("url") or "") for key, child in links.items()}
    known = agreed.code if agreed is not None else None
    there = item.data
    if known is not None and known[0] and addresses.get(known[0], known[1]) != known[1]:
        # Somebody gave the child another address: that is a change of the link.
        new = addresses[known[0]]
        if local.code in (known[1], new):
            return CodeLink(_with_code_line(there, known[1], new), (known[0], new))
    if local.code is None or pull:
        return CodeLink(there, known)
    same = next((key for key, url in addresses.items() if _same(url, local.code)), None)
    if same is not None:
        return CodeLink(there, (same, local.code))
    if known is not None and known[1] == local.code:
        return CodeLink(there, ("", known[1]))  # its child was thrown away there
    if known is not None and known[0] in links:
        version = links[known[0]].version
        step = AttachCode(item.key, local.key, known[0], local.code, version)
        return CodeLink(there, (known[0], local.code), step)
    titled = [key for key, child in links.items() if child.data.get("title") == CODE_TITLE]
    if titled and known is None:
        conflict = FieldConflict("code", None, local.code, addresses[titled[0]])
        return CodeLink(there, conflicts=(conflict,))
    child = new_key()
    step = AttachCode(item.key, local.key, child, local.code)
    return CodeLink(there, (child, local.code), step)


def _with_code_line(there: Data, old: str, new: str) -> Data:
    line = f"tex.code: {old}"
    extra = str(there.get("extra") or "")
    lines = [f"tex.code: {new}" if one == line else one for one in extra.split("\n")]
    return {**there, "extra": "\n".join(lines)} if extra else there


def _same(one: str, other: str) -> bool:
    return one.rstrip("/").casefold() == other.rstrip("/").casefold()
