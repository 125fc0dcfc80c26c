"""What a format has no words for, carried beside what it has.

A writer reads back what it wrote, and what came back differently is *carried*: a small JSON object
that names the part of the entry, its value, and a mark of what the format itself says there. A
reader puts the value back only while the format still says that, so an edit made elsewhere wins.

Where it stands is the format's own affair: `custom.bibtools` in CSL-JSON, a line in Zotero's
Extra, a field in .bib. Most entries need none.

Carried is what describes the work. Where an entry came from and how sure we are of it (`sources`,
`resolution`, `doubts`, `remarks`, evidence and kinds of links, further links, what a page said of
itself) is for entry JSON alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from bibtools.formats import entry_json
from bibtools.model import Entry, Link

Carried = dict[str, Any]
"""`{"fields.volume": [mark of what the format says, value]}`; the mark of nothing is ""."""

_WHOLE = (
    "key type title authors authors_truncated abstract date categories primary_known venue"
).split()
_TAKEN = (*_WHOLE, "arxiv", "doi", "other_ids", "fields", "creators", "dates", "extra")
"""The attributes that these parts make, beside `code`."""
_BY_NAME = ("ids", "fields", "creators", "dates", "extra")


def what_is_lost(entry: Entry, back: Entry, but: Collection[str] = ()) -> Carried:
    """What must be carried so that `restore(back, ...)` describes the same work as `entry`.

    `but` names parts that the format leaves out on purpose, such as `extra.zotero`.
    """
    wanted, found = _parts(entry), _parts(back)
    names = dict.fromkeys([*wanted, *found])
    return {
        name: [_mark(found.get(name)), wanted.get(name)]
        for name in names
        if name not in but and wanted.get(name) != found.get(name)
    }


def restore(entry: Entry, carried: object) -> Entry:
    """The entry with the parts put back of which the format still says what it said.

    Anything that has not the shape of `Carried` is left alone.
    """
    if not isinstance(carried, dict) or not carried:
        return entry
    row = entry_json.to_json(entry)
    found = _parts(entry)
    for name, pair in carried.items():
        if not isinstance(pair, list) or len(pair) != 2 or pair[0] != _mark(found.get(name)):
            continue
        whole, _, part = name.partition(".")
        if not part and (whole in _WHOLE or whole == "code"):
            row[whole] = pair[1]
        elif part and whole in _BY_NAME:
            row[whole] = {key: value for key, value in row[whole].items() if key != part}
            if pair[1] is not None:
                row[whole][part] = pair[1]
    # Only what was carried is taken: a round through JSON need not keep the rest.
    read = entry_json.from_json(row)
    taken = {name: getattr(read, name) for name in _TAKEN}
    return replace(entry, **taken, code=_links(entry, read))


def _links(entry: Entry, read: Entry) -> tuple[Link, ...]:
    known = {link.url: link for link in entry.code}
    return tuple(known.get(link.url, link) for link in read.code)


def _parts(entry: Entry) -> dict[str, Any]:
    """The parts that are known, by their name."""
    row = entry_json.to_json(entry)
    parts = {name: row[name] for name in _WHOLE if row.get(name) not in (None, [], False)}
    if entry.code:
        parts["code"] = [link.url for link in entry.code]
    for whole in _BY_NAME:
        for name, value in row[whole].items():
            parts[f"{whole}.{name}"] = value
    return parts


def _mark(value: object) -> str:
    """Eight hexadecimal digits that tell one value from another; "" for nothing."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()
