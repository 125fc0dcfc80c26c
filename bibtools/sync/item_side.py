"""Entries as Zotero items and back, for the sync: only what the two sides can agree on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from bibtools.formats.note_lines import line_of
from bibtools.formats.zotero.reading import item_data, item_type_named, own_names, read_data
from bibtools.formats.zotero.writing import plain_item
from bibtools.model import Entry, Link
from bibtools.sync.values import Data, RemoteItem

_CODE_LINE = re.compile(r"^tex\.code: *(https?://[^\s\"\\{}<>]+)", re.MULTILINE | re.IGNORECASE)
_KEY_LINE = re.compile(r"^[ \t]*citation[ _-]*key[ \t]*:[ \t]*\S", re.IGNORECASE | re.MULTILINE)
CODE_TITLE = "Code"
"""The title of the child that holds an entry's code link."""

_FILES_OWN = re.compile(
    r"(?:file|local-url|crossref|xdata|xref|groups|owner|timestamp|date-added|date-modified|bibtools"
    r"|bibtools-.*|bdsk-.*|__markedentry|ids|entryset)\Z",
    re.IGNORECASE,
)
"""Fields that are a matter of the file alone: where PDFs lie, how entries of the file hang
together, and what reference managers note for themselves. They are not sent to Zotero, and not
taken from there."""


@lru_cache(maxsize=1024)
def own_of_file(name: str) -> bool:
    """Whether a field is a matter of the file alone."""
    return _FILES_OWN.match(name) is not None


def entry_data(entry: Entry) -> tuple[Data, str | None]:
    """An entry as item data, and the address of its code.

    There is no `key`, `version` or collection in it, and no empty field. Extra has a line
    `tex.code:` for each code link.
    """
    extra = {
        name: value
        for name, value in entry.extra.items()
        if name not in ("zotero", "csl") and not own_of_file(name)
    }
    if len(extra) != len(entry.extra):
        entry = replace(entry, extra=extra)
    data = {name: value for name, value in plain_item(entry).items() if value not in ("", [], {})}
    if (
        "journalAbbreviation" in data
        and "container-title-short" not in entry.fields
        and data["journalAbbreviation"] == data.get("publicationTitle")
    ):
        # Derived for new items; not something that the entry says.
        del data["journalAbbreviation"]
    keywords = entry.fields.get("keyword")
    if keywords and "extra" in data:
        # How the file parts its keywords is its own business: the words are the tags.
        how = line_of("keyword", keywords)
        lines = [line for line in str(data["extra"]).split("\n") if line != how]
        data["extra"] = "\n".join(lines)
        if not lines:
            del data["extra"]
    return data, code_of(data)


def code_of(data: Data) -> str | None:
    """The address of the code, as the first line `tex.code:` of Extra has it.

    The first is the best: readers put what the author states before what others list.
    """
    extra = data.get("extra")
    match = _CODE_LINE.search(extra) if isinstance(extra, str) and "tex.code" in extra else None
    return match[1] if match else None


def says_key(data: Data) -> bool:
    """Whether an item has a citation key, in its field or in a line of Extra."""
    if data.get("citationKey"):
        return True
    extra = data.get("extra")
    return isinstance(extra, str) and _KEY_LINE.search(extra) is not None


def item_entry(data: Data, code: str | None = None) -> Entry:
    """The entry that an item describes; `code` is the address of its child."""
    given = item_data(data)
    entry = read_data(own_names(given, item_type_named(given.get("itemType"))))
    if code is None or any(link.url == code for link in entry.code):
        return entry
    return replace(entry, code=(*entry.code, Link(code, "zotero: child titled Code")))


def code_child(children: Iterable[RemoteItem]) -> RemoteItem | None:
    """The child that holds the code link: an address titled "Code", not in the trash."""
    for child in children:
        data = child.data
        if (
            data.get("linkMode") == "linked_url"
            and data.get("title") == CODE_TITLE
            and data.get("url")
            and not data.get("deleted")
        ):
            return child
    return None
