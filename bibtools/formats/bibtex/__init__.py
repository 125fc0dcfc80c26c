"""The lossless .bib document, and entries from and to it."""
