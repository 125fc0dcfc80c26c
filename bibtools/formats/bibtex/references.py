"""Fields that name other entries, and what becomes of them when a citation key changes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bibtools.formats.bibtex.blocks import BibEntry

REFERENCES = ("crossref", "xref", "xdata", "related", "entryset", "ids")
"""Fields whose values are keys, one or many with commas between (biblatex manual, 2.2.3)."""


def follow(blocks: Sequence[BibEntry], keys: Mapping[str, str]) -> None:
    """Rewrite the fields that hold keys; commas and blanks between the keys stay.

    BibTeX compares keys without regard to case, so that is done here too.
    """
    folded = {old.lower(): new for old, new in keys.items()}
    if not folded:
        return
    for block in blocks:
        fields = block.fields
        for name in REFERENCES:
            value = fields.get(name)
            if not value:
                continue
            changed = re.sub(
                r"[^\s,]+", lambda match: folded.get(match[0].lower(), match[0]), value
            )
            if changed != value:
                block.set(name, changed)


def names_of(block: BibEntry, name: str) -> list[str]:
    """The keys in one of these fields."""
    return re.findall(r"[^\s,]+", block.fields.get(name) or "")
