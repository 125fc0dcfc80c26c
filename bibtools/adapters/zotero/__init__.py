"""Zotero: its servers, a copy of a library, and what is kept of runs."""
