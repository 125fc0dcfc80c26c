"""Whose evidence it is: rows of a side file name a citation key, which several entries may have."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bibtools.formats.provenance import Provenance


@dataclass(slots=True)
class Known:
    """What is known of the values of one entry."""

    fields: Mapping[str, str]
    """Its fields in lower case, with what they hold now."""
    sharing: int = 1
    """How many entries have its key."""
    rows: list[Provenance] = field(default_factory=list)
    unsure: list[Provenance] = field(default_factory=list)
    """Those of `rows` that may be another entry's."""


def evidence_of_each(
    evidence: Mapping[str, Sequence[Provenance]],
    keys: Sequence[str],
    fields_of: Callable[[int], Mapping[str, str]],
) -> dict[int, Known]:
    """What is known of each entry, by its place in `keys`; entries without evidence are left out.

    Of one entry with a key, the last row of each field counts. Of several, a row belongs to those
    whose field holds its value. The last row of a field that speaks of none of them belongs to the
    first that has no other of this field, and is unsure.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        if key in evidence:
            places[key].append(at)
    found: dict[int, Known] = {}
    for key, sharing in places.items():
        group = [Known({name.lower(): value for name, value in fields_of(at).items()}, len(sharing))
                 for at in sharing]  # fmt: skip
        rows: dict[str, list[Provenance]] = defaultdict(list)
        for row in evidence[key]:
            rows[row.field].append(row)
        for same in rows.values():
            _share(same, group)
        found |= {at: one for at, one in zip(sharing, group, strict=True) if one.rows}
    return found


def _share(rows: Sequence[Provenance], group: Sequence[Known]) -> None:
    """Give the rows of one field, older ones first, to the entries of one key."""
    last = rows[-1]
    if len(group) == 1:
        group[0].rows.append(last)
        return
    without = []
    for one in group:
        own = next((row for row in reversed(rows) if _holds(one, row)), None)
        if own is not None:
            one.rows.append(own)
        else:
            without.append(one)
    if without and not any(_holds(one, last) for one in group):
        without[0].rows.append(last)
        without[0].unsure.append(last)


def _holds(one: Known, row: Provenance) -> bool:
    now = one.fields.get(row.field)
    return bool(row.value) and now is not None and now.split() == row.value.split()
