"""Zotero items: what the Web API gives and takes, to entries and back.

The fields an item type has are filled by one table (`item_types`, `variables`). What Zotero has
no field for goes to Extra in the forms that Zotero, citation processors and Better BibTeX read
(`labels`, `bibtools.formats.note_lines`); never as `Code:`, which Zotero takes for its field of
statutes.
"""

from bibtools.formats.zotero.files import looks_like_items, read_items, write_items
from bibtools.formats.zotero.writing import from_item, to_item

__all__ = ["from_item", "looks_like_items", "read_items", "to_item", "write_items"]
