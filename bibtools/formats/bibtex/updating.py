"""Bring an existing .bib up to a new build without touching what is the user's.

Three cases for an entry that is already there: nobody touched it since we wrote it, then it is
renewed; the user edited it, then field by field only what we wrote and the user left alone is
renewed, and what is missing and was never there is added; we never wrote it, then it stays
byte for byte.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.formats.written import Written, mark


@dataclass(frozen=True, slots=True)
class Wanted:
    """An entry as this build would write it."""

    key: str
    text: str
    """The whole entry, line ends `\\n`, without blank lines around it."""
    records: frozenset[str]
    """Prints of the records behind it."""

    def written(self) -> Written:
        """What the state file remembers of it."""
        return Written(self.records, mark(self.text), _marks(_parse(self.text)))


@dataclass(frozen=True, slots=True)
class Updated:
    """A .bib brought up to date."""

    data: bytes
    state: dict[str, Written]
    added: int
    renewed: int
    kept: int
    """Entries that were there already and were left as they are."""


def living_entries(document: Document) -> list[BibEntry]:
    """The entries that count: those outside `@comment`."""
    return [entry for entry in document.entries if not entry.inside_comment]


def update(
    document: Document,
    wanted: Sequence[Wanted],
    known: Mapping[int, int],
    before: Mapping[str, Written],
    head: str = "",
) -> Updated:
    """Append what is new, renew what is ours.

    `known` says which position of `wanted` is which of the `living_entries`; `before` is the
    state that the last build left. `head` is the
    `@preamble` that the entries need; it is added once, before the first new entry.
    """
    entries = living_entries(document)
    state = {key: one for key, one in before.items() if any(e.key == key for e in entries)}
    renewed = kept = 0
    new = []
    for number, one in enumerate(wanted):
        position = known.get(number)
        if position is None:
            new.append(one)
            continue
        entry = entries[position]
        old = before.get(entry.key)
        if old is None or old.cited:
            kept += 1
            continue
        changed = _renew(document, entry, one, old)
        renewed += changed
        kept += not changed
        state[entry.key] = one.written() if _same(entry, one) else _remember(one, old)
    if new:
        blocks = [one.text for one in new]
        if head and not any(mark(there.text) == mark(head.strip()) for there in document.preambles):
            blocks.insert(0, head.strip())
        document.append("\n\n".join(blocks) + "\n")
        state |= {one.key: one.written() for one in new}
    return Updated(document.to_bytes(), state, len(new), renewed, kept)


def _same(entry: BibEntry, wanted: Wanted) -> bool:
    return mark(entry.text) == mark(wanted.text)


def _remember(wanted: Wanted, old: Written) -> Written:
    """After a field-wise merge: fields are ours at their new value, the whole is not."""
    return Written(wanted.records, "", {**old.fields, **wanted.written().fields})


def _renew(document: Document, entry: BibEntry, wanted: Wanted, old: Written) -> bool:
    """Three-way: what we wrote and nobody touched takes the new value. True when bytes changed."""
    if _same(entry, wanted):
        return False
    if old.whole == mark(entry.text):
        document.replace(entry, wanted.text)
        return True
    changed = False
    new = _parse(wanted.text)
    now, then = _marks(entry), _marks(new)
    for place in new.scan().fields:
        name = place.name
        # Also true when the field stands nowhere and we never wrote it: then it is added.
        ours = now.get(name) == old.fields.get(name)
        if ours and now.get(name) != then[name]:
            raw = new.document.decode(new.raw[place.start : place.end])
            bare = not raw.startswith("{")
            entry.set(name, raw if bare else raw[1:-1], bare=bare)
            changed = True
    return changed


def _parse(text: str) -> BibEntry:
    return Document.parse(text.encode()).entries[0]


def _marks(entry: BibEntry) -> dict[str, str]:
    """A mark for each field, of the value as BibTeX sees it."""
    return {name: mark(value) for name, value in entry.fields.items()}
