"""The code of a work: a line of its entry, and a child titled "Code" of its item.

An item says where its code is in two places: in lines `tex.code:` of Extra, and in a child that is
a link. Lines are merged as all lines are. A child whose address stands in a line is a copy of it,
and follows it. One whose address stands in none is read as one more line, in the past as in the
present, so that the merge brings it to the entry, sees it change, and sees it go. Such a line is
not written into Extra: the child says it already.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bibtools.formats.entry_variables import numbered
from bibtools.formats.note_lines import line_of
from bibtools.sync.extra import Line, read_extra, read_line, write_extra
from bibtools.sync.item_side import CODE_TITLE
from bibtools.sync.plan import AttachCode
from bibtools.sync.values import Agreed, Data, LocalEntry, Merged, RemoteItem
from bibtools.text.addresses import same_address_key

_LABEL: Final = re.compile(r"tex\.code\d*")
_FIRST: Final = "tex.code"
_ADDRESS: Final = re.compile(r"https?://[^\s\"\\{}<>]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the child of an item is read."""

    kind: Literal["nothing", "added", "instead"]
    """Nothing but a copy; one more line; or what a line says by now that has its old address."""
    label: str = _FIRST
    """Label of the line that the child is or follows, folded."""
    old: str = ""
    """What the line says that was read as another, for `instead`."""


_ALONE: Final = Reading("nothing", "")
"""A child that the entry took no part of, or not any more."""


@dataclass(frozen=True, slots=True)
class CodeSaid:
    """What one pair says of its code, before it is merged."""

    local: LocalEntry
    item: RemoteItem
    agreed: Agreed | None
    """The past, with what the child said then as a line."""
    there: Data
    """The item, with what the child says as a line."""
    known: tuple[str, str] | None
    """`Agreed.code`."""
    child: RemoteItem | None
    """The child with the code link."""
    reading: Reading
    wanting: bool
    """Whether something is to be done or remembered, though neither side changed."""

    def settled(
        self, merged: Merged, new_key: Callable[[], str], *, pull: bool
    ) -> tuple[Merged, tuple[str, str] | None, AttachCode | None]:
        """The merge without the child's line, what is to be remembered as `Agreed.code`, and what
        is to be done with the child.

        `new_key` makes the key of a new child; with `pull` nothing is written there.
        """
        label = self.reading.label
        final, past, here = (
            _codes(one).get(label) for one in (merged.there, merged.agreed_there, merged.here)
        )
        settled = final == past
        there, past_there = (
            self._real(one, follows=settled and not pull)
            for one in (merged.there, merged.agreed_there)
        )
        merged = replace(merged, there=there, agreed_there=past_there)
        if not settled:
            # A conflict, or a change that waits; a child that is news is news the next time too.
            return merged, None if past is None else self.known, None
        wanted = final if _same(final, here) and not pull else None
        left = next(iter(_codes(merged.there).values()), None)
        return merged, *self._child(final, wanted, final or left, new_key)

    def _child(
        self,
        final: str | None,
        wanted: str | None,
        left: str | None,
        new_key: Callable[[], str],
    ) -> tuple[tuple[str, str] | None, AttachCode | None]:
        """What is remembered of the child and done with it: `final` is what the item says at last
        where its child says it, `wanted` what the child is to say, and `left` any code of the item.
        """
        item, entry = self.item.key, self.local.key
        if self.child is not None:
            key, address = self.child.key, _address(self.child)
            if _same(address, final):
                return (key, final or address), None
            if final is None:
                return ("", address), None  # the entry does not want it: it is the item's alone
            if wanted is None or not _ADDRESS.fullmatch(wanted):
                return (key, address), None
            return (key, wanted), AttachCode(item, entry, key, wanted, self.child.version)
        if self.known is not None:
            # It was thrown away, and none is made as long as the item says any code.
            return (("", left) if left is not None else None), None
        if wanted is None or not _ADDRESS.fullmatch(wanted):
            return None, None
        key = new_key()
        return (key, wanted), AttachCode(item, entry, key, wanted)

    def _real(self, data: Data, *, follows: bool) -> Data:
        """The item's data without what only the child says; `follows` is whether a line may be
        written that follows its child.
        """
        reading = self.reading
        if reading.kind == "added":
            return _with_line(data, reading.label, None)
        said = _address(self.child) if self.child is not None else ""
        if reading.kind == "instead" and not follows and _codes(data).get(reading.label) == said:
            return _with_line(data, reading.label, reading.old)
        return data


def code_said(
    local: LocalEntry, item: RemoteItem, agreed: Agreed | None, children: Sequence[RemoteItem]
) -> CodeSaid:
    """Read what a pair says of its code; `children` are those of the item."""
    known = agreed.code if agreed is not None else None
    if known is None and not children:
        return CodeSaid(
            local, item, agreed, item.data, None, None, Reading("nothing"), local.code is not None
        )
    lines = _codes(item.data)
    child = _child_of(children, known, {*lines.values(), local.code or ""})
    said = _address(child) if child is not None else None
    old_lines = _codes(agreed.there) if agreed is not None else {}
    before = known[1] if known is not None and known[0] else None
    mine = _codes(agreed.here if agreed is not None else local.data)
    past = _standing(old_lines, before, mine)
    if known is not None and not known[0] and _same(said, known[1]) and not _label_of(lines, said):
        now = _ALONE
    elif lines == old_lines and said == before and agreed is not None:
        now = past
    else:
        now = _changed(lines, said, old_lines, before, past, mine)
    if agreed is not None and past.kind != "nothing":
        agreed = replace(agreed, there=_read(agreed.there, past, before))
    final = _codes(there := _read(item.data, now, said)).get(now.label)
    if child is None:
        wanting = local.code is not None and (known is None or bool(known[0]))
    else:
        copied = final is None or final not in _codes(local.data).values() or _same(said, final)
        wanting = now.kind == "instead" or not copied or not _is_known(known, child, now)
    return CodeSaid(local, item, agreed, there, known, child, now, wanting)


def _is_known(known: tuple[str, str] | None, child: RemoteItem, now: Reading) -> bool:
    key = "" if now == _ALONE else child.key
    return known is not None and known[0] == key and _same(known[1], _address(child))


def _child_of(
    children: Iterable[RemoteItem], known: tuple[str, str] | None, codes: Iterable[str]
) -> RemoteItem | None:
    """The child that holds the code link: the one that is known; else one with an address that the
    pair has; else one titled "Code".
    """
    links = {
        child.key: child
        for child in children
        if child.data.get("linkMode") == "linked_url"
        and not child.data.get("deleted")
        and _ADDRESS.fullmatch(str(child.data.get("url") or ""))
    }
    if not links:
        return None
    if known is not None and known[0] in links:
        return links[known[0]]
    wanted = {same_address_key(code) for code in codes if code}
    same = [child for child in links.values() if same_address_key(_address(child)) in wanted]
    titled = [child for child in links.values() if child.data.get("title") == CODE_TITLE]
    return next(iter(same or titled), None)


def _standing(lines: Mapping[str, str], said: str | None, mine: Mapping[str, str]) -> Reading:
    """How a child is read that has not changed; `mine` are the lines of the entry at that time."""
    if said is None:
        return Reading("nothing")
    label = _label_of(lines, said)
    if label is not None:
        return Reading("nothing", label)
    label = _label_of(mine, said)
    if label is None:
        # Else it is to follow its line.
        return Reading("nothing") if _FIRST in lines else Reading("added")
    if label not in lines:
        return Reading("added", label)
    if _label_of(mine, lines[label]) is None:
        return Reading("instead", label, lines[label])  # its line is to follow it
    return Reading("added", _next_label(lines))


def _changed(
    lines: Mapping[str, str],
    said: str | None,
    old_lines: Mapping[str, str],
    before: str | None,
    past: Reading,
    mine: Mapping[str, str],
) -> Reading:
    """How a child is read where it or the lines changed."""
    if said is None:
        return Reading("nothing", past.label)
    label = _label_of(lines, said)
    if label is not None:
        return Reading("nothing", label)
    if before is not None and not _same(said, before):
        stale = _label_of(lines, past.old or before)
        if stale is not None:
            return Reading("instead", stale, lines[stale])
    if past.kind == "added" and past.label not in lines:
        return past
    alone = next((label for label, value in mine.items() if _same(value, said)
                  and label not in lines and label not in old_lines), None)  # fmt: skip
    if alone is not None:
        return Reading("added", alone)  # the entry has it from the child
    if _FIRST not in lines:
        return Reading("added")
    if before is not None and _same(said, before) and past.kind != "added":
        copied = _label_of(old_lines, before)
        return Reading("nothing", copied or past.label)  # the line changed; its copy follows
    return Reading("added", _next_label(lines))


def _read(data: Data, reading: Reading, said: str | None) -> Data:
    """Item data with what its child says as a line."""
    if reading.kind == "nothing" or said is None:
        return data
    return _with_line(data, reading.label, said)


def _with_line(data: Data, label: str, value: str | None) -> Data:
    """Item data with another line of code in Extra, or without one."""
    lines = read_extra(data.get("extra"))
    found: list[Line] = []
    done = False
    for line in lines:
        if done or line.folded != label:
            found.append(line)
            continue
        done = True
        if value is not None:
            found.append(line.with_value(value))
    if value is not None and not done:
        place = max((i for i, line in enumerate(found, 1) if line.label is not None), default=0)
        found.insert(place, read_line(line_of(label, value)))
    new = {name: part for name, part in data.items() if name != "extra"}
    text = write_extra(found)
    return {**new, "extra": text} if text else new


def _codes(data: Data) -> dict[str, str]:
    """The addresses of code by the folded label of their line."""
    extra = data.get("extra")
    if not isinstance(extra, str) or "tex.code" not in extra.lower():
        return {}
    found: dict[str, str] = {}
    for line in read_extra(extra):
        if line.label is not None and _LABEL.fullmatch(line.folded):
            found.setdefault(line.folded, line.value.split()[0])
    return found


def _label_of(lines: Mapping[str, str], address: str | None) -> str | None:
    return next((label for label, value in lines.items() if _same(value, address)), None)


def _next_label(lines: Mapping[str, str]) -> str:
    number = 1
    while numbered(_FIRST, number) in lines:
        number += 1
    return numbered(_FIRST, number)


def _address(child: RemoteItem) -> str:
    return str(child.data.get("url") or "")


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return False
    return one == other or same_address_key(one) == same_address_key(other)
