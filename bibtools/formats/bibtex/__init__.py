"""BibTeX and biblatex files: the lossless document, reading, names, macros, writing."""

from bibtools.formats.bibtex.document import Document

__all__ = ["Document"]
