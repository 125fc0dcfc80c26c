"""Changes of item data carried out, and the sentence for one that could not be."""

from __future__ import annotations

from collections.abc import Iterable

from bibtools.model import Notice
from bibtools.sync.values import Data, FieldChange


def changed(base: Data, changes: Iterable[FieldChange]) -> Data:
    """Item data with changes made."""
    new = dict(base)
    for change in changes:
        if change.new is None:
            new.pop(change.field, None)
        else:
            new[change.field] = change.new
    return new


def differences(old: Data, new: Data) -> tuple[FieldChange, ...]:
    """The fields in which two states of one side differ."""
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        FieldChange(name, old.get(name), new.get(name))
        for name in names
        if old.get(name) != new.get(name)
    )


def refused(file: str, key: str, why: str) -> Notice:
    """Tells of a change of the file that was not made."""
    return Notice(
        f'A change of the entry "{key}" was not made: {why.rstrip(".")}.',
        file=file,
        rule="zotero.refused",
    )


def not_said(file: str, key: str, field: str, goes: bool) -> Notice:
    """Tells of a value that an entry goes on having, because it is also said elsewhere."""
    what = f'"{field}" stays' if goes else f'"{field}" keeps its old value'
    return Notice(
        f'In the entry "{key}" {what}: the entry has it from another field, or from the entry '
        "that it names in crossref or xdata.",
        file=file,
        rule="zotero.not-said",
    )


def means_other(file: str, key: str, old: str, new: str) -> Notice:
    """Tells of a value that is another field since the type of its entry changed."""
    return Notice(
        f'Under its new type, what was "{old}" of the entry "{key}" is read as "{new}".',
        file=file,
        rule="zotero.means-other",
    )
