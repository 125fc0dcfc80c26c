"""What `bibtools zotero` does: a file and a Zotero library brought into agreement."""
