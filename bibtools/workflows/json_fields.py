"""The fields of an entry as a JSON file has them: what the evidence of such a file speaks of."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bibtools.formats.entry_json import dump
from bibtools.model import Entry
from bibtools.workflows.outputs import Style, render

PARTS: Final[Mapping[str, str]] = {
    # CSL's variables; entry JSON has the names of the model.
    "author": "authors",
    "issued": "date",
    "container-title": "venue",
    "url": "links",
    "custom": "code",
    "note": "arxiv",
    "primary_known": "categories",
    "authors_truncated": "authors",
    "number": "arxiv",
    "genre": "type",
    "pmid": "other_ids",
    "pmcid": "other_ids",
    "issn": "other_ids",
    "isbn": "other_ids",
}
"""Field, in lower case, to the part of an `Entry` that it says; others are called the same."""

JSON_KINDS: Final = frozenset({"json", "csl-json"})
"""The kinds of files whose fields these are."""

_INSIDE = frozenset({"fields", "ids"})
"""Objects of entry JSON whose members are fields of their own."""
_NO_FIELDS = frozenset(
    "id key citation-key resolution remarks from unsure extra author_count date_inferred "
    "code_flag comment_count".split()
)


def json_fields(entries: Sequence[Entry], kind: str) -> list[dict[str, str]]:
    """The fields of each entry by their names in lower case, as a file of this kind has them."""
    if not entries:
        return []
    return [_flat(item) for item in json.loads(render(entries, kind, Style(None)))]


def _flat(item: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in item.items():
        if name in _NO_FIELDS or not value:
            continue
        if name in _INSIDE and isinstance(value, dict):
            found |= {str(inner).lower(): _text(one) for inner, one in value.items()}
        else:
            found[name.lower()] = _text(value)
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else dump(value)
