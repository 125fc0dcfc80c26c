"""The state file beside an output: what the last build wrote, as hashes.

With it a rebuild tells our own earlier words from the user's edits: what we wrote and nobody
touched may be renewed, everything else stays. It is safe to delete: then nothing that is
already in the output is ever changed.

    {"bibtools": "written by the last build; safe to delete", "version": 1, "entries": {
    "gao2021simcse": {"records": ["1f0c..."], "whole": "9ab1...", "fields": {"title": "77aa..."}}
    }}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bibtools.formats.entry_json import dump

ABOUT = "written by the last build; safe to delete"
VERSION = 1


def mark(text: str) -> str:
    """A short hash of a text, blind to line ends."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Written:
    """What we wrote for one citation key."""

    records: frozenset[str] = frozenset()
    """Prints of the records behind the entry."""
    whole: str = ""
    """Mark of the entry as a whole."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Mark of each field's value."""
    cited: str = ""
    """For an entry that `cite` put there: from where ("library.bib", "online"). A build leaves it
    alone."""


def read_written(data: bytes) -> dict[str, Written]:
    """What a state file says, by key; empty for a file that is none (it is only a memory)."""
    try:
        value = json.loads(data.decode("utf-8"))
        if value["version"] != VERSION:
            return {}
        return {
            str(key): Written(
                frozenset(map(str, row["records"])),
                str(row["whole"]),
                {str(name): str(one) for name, one in row["fields"].items()},
                str(row.get("cited", "")),
            )
            for key, row in value["entries"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def write_written(entries: Mapping[str, Written]) -> str:
    """The state file's text: one key a line, sorted, so that equal states are equal bytes."""
    rows = ",\n".join(
        f"{dump(key)}: "
        + dump(
            {
                "records": sorted(one.records),
                "whole": one.whole,
                "fields": dict(sorted(one.fields.items())),
            }
            | ({"cited": one.cited} if one.cited else {})
        )
        for key, one in sorted(entries.items())
    )
    return f'{{"bibtools": "{ABOUT}", "version": {VERSION}, "entries": {{\n{rows}\n}}}}\n'
