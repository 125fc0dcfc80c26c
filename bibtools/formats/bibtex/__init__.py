"""BibTeX and biblatex files: the lossless document, reading, names, macros, writing."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bibtools.formats.bibtex.document import Document

__all__ = ["Document"]


def __getattr__(name: str) -> Any:
    # Who only writes entries needs no document, which takes its time to import.
    if name != "Document":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return importlib.import_module(f"{__name__}.document").Document
