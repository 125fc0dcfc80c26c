"""How another program spelled what we would write in another way.

`30-Mar-2020` is `2020-03-30` to us, and names of editors before those of authors come out behind
them. A reader keeps the original beside a mark of what we would write; a writer takes the
original only while it would still write that, so an edit wins.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from bibtools.model import Entry

Spelling = dict[str, list[Any]]
"""`{"date": [mark of what we would write, original]}`; an original None was not there."""

_EMPTY: tuple[object, ...] = (None, "", [], {})


def mark(value: object) -> str:
    """Eight hexadecimal digits that tell one JSON value from another; "" for nothing."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()


def spelling_of(
    given: Mapping[str, Any], ours: Mapping[str, Any], names: Iterable[str]
) -> Spelling:
    """What of `given` we would spell in another way; empty values are as good as none."""
    found: Spelling = {}
    for name in names:
        theirs, own = given.get(name), ours.get(name)
        if theirs == own and type(theirs) is type(own):
            continue
        if theirs in _EMPTY:
            theirs = None
        if theirs is not None or own not in _EMPTY:
            found[name] = [mark(own), theirs]
    return found


def with_spelling(
    ours: dict[str, Any], spelling: object, allowed: Callable[[str, Any], bool]
) -> dict[str, Any]:
    """Our values with the original spelling where it still says the same and is `allowed`."""
    if not isinstance(spelling, Mapping):
        return ours
    for name, pair in spelling.items():
        if not isinstance(pair, list) or len(pair) != 2 or pair[0] != mark(ours.get(name)):
            continue
        if pair[1] is None:
            ours.pop(name, None)
        elif allowed(name, pair[1]):
            ours[name] = pair[1]
    return ours


def same_work(entry: Entry, other: Entry, extra: Mapping[str, object]) -> bool:
    """True when both describe the same work in the same words; quick, and never wrongly True.

    `extra` is what counts of that of `entry`.
    """
    return (
        entry.type == other.type
        and entry.title == other.title
        and entry.authors == other.authors
        and entry.date == other.date
        and entry.key == other.key
        and entry.venue == other.venue
        and entry.arxiv == other.arxiv
        and entry.doi == other.doi
        and entry.abstract == other.abstract
        and entry.authors_truncated == other.authors_truncated
        and entry.categories == other.categories
        and entry.primary_known == other.primary_known
        and [link.url for link in entry.code] == [link.url for link in other.code]
        and entry.other_ids == other.other_ids
        and entry.fields == other.fields
        and entry.creators == other.creators
        and entry.dates == other.dates
        and extra == other.extra
    )


def portable(extra: Mapping[str, object], leave_out: str) -> dict[str, object]:
    """What of `Entry.extra` another format should carry: not the spelling of this one or that,
    and not what only the program named `leave_out` knows.
    """
    found: dict[str, object] = {}
    for name, value in extra.items():
        if name == leave_out:
            continue
        if name in ("csl", "zotero") and isinstance(value, Mapping):
            value = {key: one for key, one in value.items() if key != "written"}
            if not value:
                continue
        found[name] = value
    return found
