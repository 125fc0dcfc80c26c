"""Reading .bib files as documents."""

from __future__ import annotations

import sys
from pathlib import Path

from bibtools.errors import InputError
from bibtools.formats.bibtex import Document


def read_bibtex(file: str) -> Document:
    """The document of a .bib file (`-` is standard input). Raises `InputError`."""
    if file == "-":
        return Document.parse(sys.stdin.buffer.read(), file)
    try:
        return Document.parse(Path(file).read_bytes(), file)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f'"{file}" cannot be read: {reason}.') from None
