"""Item data taken apart into what is merged by itself, and changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bibtools.formats.note_lines import line_of
from bibtools.sync.comparing import loosely_equal, normal_tags, normalised
from bibtools.sync.extra import (
    Line,
    edited_lines,
    fold_label,
    read_extra,
    read_line,
    repeated_labels,
    write_extra,
)
from bibtools.sync.fields import (
    base_name,
    creator_type_of,
    field_of_label,
    group_of,
    label_of_field,
    own_name,
)
from bibtools.sync.item_side import own_of_file
from bibtools.sync.values import Data

PASSING: Final = frozenset(
    {"deleted", "parentItem", "inPublications", "key", "version", "dateAdded", "dateModified"}
)
"""What is a matter of Zotero alone."""
SETS: Final = frozenset({"collections", "relations"})
_COMPOSED: Final = frozenset({"itemType", "creators", "tags", "extra"}) | SETS | PASSING


@dataclass(frozen=True, slots=True)
class View:
    """Item data, taken apart."""

    data: Data
    """Normalised."""
    type: str
    texts: Mapping[str, Any]
    """Values by base name, those that stand in Extra included."""
    homes: Mapping[str, str]
    """Base names of fields that stand in Extra, alone or once more, and their folded label."""
    lines: tuple[Line, ...]
    labels: Mapping[str, Line]
    """Other labelled lines of Extra by folded label."""
    words: tuple[Line, ...]
    """The user's own words, line by line, without empty lines."""
    tags: Mapping[str, Mapping[str, Any]]

    @property
    def creators(self) -> Sequence[Mapping[str, Any]]:
        """The creators in their order."""
        found: Sequence[Mapping[str, Any]] = self.data.get("creators", ())
        return found


@dataclass(frozen=True, slots=True)
class Grammar:
    """What lines of Extra are, for all sides of a pair alike."""

    repeated: frozenset[str] = frozenset()
    """Folded labels that a side has more than once: their lines are words."""
    apart: frozenset[str] = frozenset()
    """Folded labels that say on some side something else than the field that they stand for."""


@dataclass(slots=True)
class Edits:
    """What is to be changed in item data; None of a field leaves it alone."""

    type: str | None = None
    texts: dict[str, Any] = field(default_factory=dict)
    """Base name to value; None takes the field away."""
    labels: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """Folded label to the label to write and its value; None takes the line away."""
    words: list[tuple[int | None, Line]] | None = None
    """All words in their order: the place that they had among the words, or None."""
    creators: list[Mapping[str, Any]] | None = None
    tags: list[Mapping[str, Any]] | None = None
    plain: dict[str, Any] = field(default_factory=dict)
    """Other values by their name."""

    def __bool__(self) -> bool:
        return bool(
            self.type is not None
            or self.texts
            or self.labels
            or self.words is not None
            or self.creators is not None
            or self.tags is not None
            or self.plain
        )


def is_word(line: Line, grammar: Grammar) -> bool:
    """Whether a line of Extra is the user's own words; a label that comes twice makes it so."""
    if line.label is not None and (line.folded not in grammar.repeated or _passes(line.label)):
        return False
    return bool(line.text.strip())


def _passes(label: str) -> bool:
    """Whether a line says what is a matter of some file alone, "tex.owner": it stays in Zotero."""
    name = label.removeprefix("tex.")
    return (name != label or name == "bibtools") and own_of_file(name)


def views_of(sides: Sequence[Data], types: Sequence[str]) -> tuple[list[View], Grammar]:
    """Take item data of several sides apart; `types` are for data that do not say theirs."""
    drafts = [_draft(data, item_type) for data, item_type in zip(sides, types, strict=True)]
    repeated = repeated_labels(draft.lines for draft in drafts)
    apart = set()
    for draft in drafts:
        for line in draft.lines:
            if line.label is not None and line.folded not in repeated:
                base = field_of_label(line.label, draft.type)
                known = draft.texts.get(base) if base is not None else None
                if known is not None and not loosely_equal(base or "", known, line.value):
                    apart.add(line.folded)
    grammar = Grammar(repeated, frozenset(apart))
    return [_view(draft, grammar) for draft in drafts], grammar


def view_of(data: Data, grammar: Grammar, item_type: str) -> View:
    """Take item data apart; `item_type` is for data that does not say its own."""
    return _view(_draft(data, item_type), grammar)


@dataclass(frozen=True, slots=True)
class _Draft:
    data: Data
    type: str
    texts: dict[str, Any]
    lines: tuple[Line, ...]


def _draft(data: Data, item_type: str) -> _Draft:
    data = normalised(data)
    item_type = str(data.get("itemType") or item_type)
    texts: dict[str, Any] = {}
    for name, value in data.items():
        if name not in _COMPOSED:
            base = base_name(name, item_type)
            texts[name if base in texts else base] = value
    return _Draft(data, item_type, texts, read_extra(data.get("extra")))


def _view(draft: _Draft, grammar: Grammar) -> View:
    texts = draft.texts
    homes: dict[str, str] = {}
    labels: dict[str, Line] = {}
    for line in draft.lines:
        if line.label is None or line.folded in grammar.repeated or _passes(line.label):
            continue
        base = field_of_label(line.label, draft.type)
        if base is None or base in homes or line.folded in grammar.apart:
            labels[line.folded] = line
        else:
            texts.setdefault(base, line.value)
            homes[base] = line.folded
    return View(
        draft.data,
        draft.type,
        texts,
        homes,
        draft.lines,
        labels,
        tuple(line for line in draft.lines if is_word(line, grammar)),
        {tag["tag"]: tag for tag in draft.data.get("tags", ())},
    )


def edited(view: View, edits: Edits, grammar: Grammar) -> Data:
    """The data with the changes made, everything else in its place."""
    if not edits:
        return view.data
    data = dict(view.data)
    lines = _Lines(dict(edits.labels), view, grammar)
    item_type = edits.type or view.type
    if item_type != view.type:
        data, moved = _retyped(data, view.type, item_type)
        for base, value in moved.items():
            if base not in edits.texts:
                lines.put(base, value)
    for base, value in edits.texts.items():
        _set_text(data, lines, item_type, base, value)
    extra = lines.written(edits.words)
    if extra is not None:
        _set(data, "extra", extra)
    if edits.creators is not None:
        _set(data, "creators", list(edits.creators))
    if edits.tags is not None:
        _set(data, "tags", normal_tags(edits.tags))
    for name, value in edits.plain.items():
        _set(data, name, value)
    return data


def _set_text(data: dict[str, Any], lines: _Lines, item_type: str, base: str, value: Any) -> None:
    """Put a field where it stands: in its own place, in Extra, or in both."""
    own = own_name(base, item_type)
    home = lines.view.homes.get(base)
    if home is not None:
        lines.labels[home] = (label_of_field(base), value)
    if own is not None and (home is None or own in data):
        _set(data, own, value)
    elif own is None and home is None:
        lines.put(base, value)


def _set(data: dict[str, Any], name: str, value: Any) -> None:
    if value:
        data[name] = value
    else:
        data.pop(name, None)


@dataclass(slots=True)
class _Lines:
    """What is to be changed in the lines of Extra."""

    labels: dict[str, tuple[str, str | None]]
    view: View
    grammar: Grammar
    more: list[Line] = field(default_factory=list)
    """Lines that are put behind all others."""

    def put(self, base: str, value: Any) -> None:
        """Give a field that the type does not have a line."""
        label = label_of_field(base)
        folded = fold_label(label)
        text = None if value is None else str(value)
        taken = self.grammar.repeated | self.grammar.apart
        if folded not in taken and folded not in self.view.labels:
            self.labels[folded] = (label, text)
        elif text is not None:
            # Its label says something else already, which stays.
            self.more.append(read_line(line_of(label, text)))

    def written(self, words: Sequence[tuple[int | None, Line]] | None) -> str | None:
        """Extra with the changes made; None where nothing changes."""
        if not self.labels and not self.more and words is None:
            return None
        lines = edited_lines(self.view.lines, self.labels)
        if words is not None:
            lines = _with_words(lines, words, self.grammar)
        return write_extra([*lines, *self.more]).strip()


def _retyped(data: dict[str, Any], old: str, new: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The data as an item of another type, and the fields by base name that it does not have."""
    found: dict[str, Any] = {"itemType": new}
    moved: dict[str, Any] = {}
    for name, value in data.items():
        if name == "itemType":
            continue
        if name in _COMPOSED:
            found[name] = value
            continue
        base = base_name(name, old)
        own = own_name(base, new)
        if own is not None:
            found[own] = value
        elif isinstance(value, str):
            moved[base] = value
    if "creators" in found:
        found["creators"] = [
            {**one, "creatorType": creator_type_of(group_of(one, old), new)}
            for one in found["creators"]
        ]
    return found, moved


def _with_words(
    lines: Sequence[Line], words: Sequence[tuple[int | None, Line]], grammar: Grammar
) -> list[Line]:
    """The lines with other words. Words that stay keep their place between labelled lines; new
    ones stand behind the one that they follow.
    """
    places = [i for i, line in enumerate(lines) if is_word(line, grammar)]
    kept = [origin for origin, _ in words if origin is not None]
    if kept != sorted(kept):
        # Another order: the places are filled anew.
        words = [(i if i < len(places) else None, line) for i, (_, line) in enumerate(words)]
    behind: dict[int | None, list[Line]] = {}
    stays: dict[int, Line] = {}
    last: int | None = None
    for origin, line in words:
        if origin is not None:
            stays[origin] = line
            last = origin
        else:
            behind.setdefault(last, []).append(line)
    found: list[Line] = []
    numbers = {place: number for number, place in enumerate(places)}
    first = places[0] if places else len(lines)
    for i, line in enumerate(lines):
        if i == first:
            found += behind.pop(None, [])
        number = numbers.get(i)
        if number is None:
            found.append(line)
            continue
        if number in stays:
            found.append(stays[number])
        found += behind.pop(number, [])
    return [*found, *behind.pop(None, [])]
