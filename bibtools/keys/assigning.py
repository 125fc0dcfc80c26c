"""Keys for many entries: each its own, and none that exists is changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bibtools.keys.drafts import Draft
from bibtools.keys.patterns import default_pattern, understood
from bibtools.keys.words import title_words
from bibtools.model import Entry


def make_key(entry: Entry, pattern: str = default_pattern) -> str:
    """The key that the pattern gives, in ASCII; `anon` when the entry gives nothing to say.

    Raises `UsageError` for a pattern that cannot be read.
    """
    return understood(pattern).draft(entry).key()


def assign_keys(
    entries: Iterable[Entry], taken: Iterable[str] = (), pattern: str = default_pattern
) -> list[Entry]:
    """The entries, in their order, each with a key.

    An entry that has a key keeps it. Of entries that would get one and the same key, the first
    (by date, arXiv ID, DOI and title, so that the order of the pages does not matter) gets it
    plain and the others with letters: `gao2021`, `gao2021a`, `gao2021b`, or with what the
    pattern's `postfix` says. A key that is `taken` is left to its owner. Keys are compared
    without regard to case, as bibtex does. Raises `UsageError` for a pattern that cannot be read.
    """
    draft = understood(pattern).draft
    listed = list(entries)
    return assign_drafts(listed, [None if entry.key else draft(entry) for entry in listed], taken)


def assign_drafts(
    entries: Sequence[Entry], drafts: Sequence[Draft | None], taken: Iterable[str] = ()
) -> list[Entry]:
    """As `assign_keys`, with the draft of each entry; None for one that keeps the key it has."""
    used = {key.lower() for key in taken}
    wanted: defaultdict[Draft, list[int]] = defaultdict(list)
    for index, (entry, draft) in enumerate(zip(entries, drafts, strict=True)):
        if draft is not None:
            wanted[draft].append(index)
        elif entry.key:
            used.add(entry.key.lower())
    keys: dict[int, str] = {}
    wanting_marks: list[tuple[Draft, int]] = []
    # Plain keys first: a letter given to another must not take "smith2020a" from its owner.
    for draft, indexes in sorted(wanted.items(), key=lambda item: _order(item[0])):
        if len(indexes) > 1:
            indexes.sort(key=lambda place: _rank(entries[place], place))
        plain = draft.key()
        first = 0
        if plain.lower() not in used:
            used.add(plain.lower())
            keys[indexes[0]] = plain
            first = 1
        wanting_marks += [(draft, index) for index in indexes[first:]]
    numbers: defaultdict[Draft, int] = defaultdict(lambda: 1)
    for draft, index in wanting_marks:
        while draft.key(numbers[draft]).lower() in used:
            numbers[draft] += 1
        keys[index] = draft.key(numbers[draft])
        used.add(keys[index].lower())
    return [
        replace(entry, key=keys[index]) if index in keys else entry
        for index, entry in enumerate(entries)
    ]


def _order(draft: Draft) -> tuple[str, str, str, str, int]:
    return (draft.key(), draft.before, draft.after, draft.numbering.template, draft.numbering.start)


def _rank(entry: Entry, place: int) -> tuple[str, str, str, str, str, int]:
    return (
        entry.date.iso() if entry.date is not None else "9999",
        entry.arxiv.value if entry.arxiv is not None else "~",
        entry.doi.folded if entry.doi is not None else "~",
        " ".join(title_words(entry.title or "")).lower(),
        entry.abstract or "",
        place,
    )
