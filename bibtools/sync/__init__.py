"""A file of entries and a Zotero library that agree: what differs, and what would settle it.

Values in, values out. A *pair* is an entry of the file and the item of the library that are the
same work. What both said when they last agreed is kept (`Agreed`), each side in item data, so that
a change is told by comparing a side with its own past: how one side spells what the other says
never looks like a change.
"""
