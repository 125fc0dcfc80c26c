"""Tags without a place in an entry, kept in `Entry.extra` as `ris.ad`, `ris.l1`, `ris.l1.2`.

Like every string there the value is LaTeX, so that it can stand in a .bib file as it is. A value
that LaTeX would change is kept as a list of one text instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from bibtools.formats.ris.records import Tag
from bibtools.text.latex_decode import plain
from bibtools.text.latex_encode import encode

PREFIX: Final = "ris."
_NAME = re.compile(r"ris\.([a-z][a-z0-9])(?:\.\d+)?", re.IGNORECASE)


def keep(tags: Iterable[Tag]) -> dict[str, object]:
    """What to put into `extra` for the tags."""
    found: dict[str, object] = {}
    for tag in tags:
        first = PREFIX + tag.name.lower()
        name, number = first, 1
        while name in found:
            number += 1
            name = f"{first}.{number}"
        raw = encode(tag.value)
        found[name] = raw if plain(raw) == tag.value else [tag.value]
    return found


def kept(extra: Mapping[str, object]) -> tuple[list[tuple[str, str]], dict[str, object]]:
    """The tags and values that `keep` put there, and what else is in `extra`."""
    tags: list[tuple[str, str]] = []
    others: dict[str, object] = {}
    for name, value in extra.items():
        match = _NAME.fullmatch(name)
        text = value[0] if isinstance(value, list) and len(value) == 1 else value
        if match is None or not isinstance(text, str):
            others[name] = value
        else:
            tags.append((match[1].upper(), plain(text) if text is value else text))
    return tags, others
