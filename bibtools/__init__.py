"""bibtools: reading lists in, bibliographies out.

The names a script needs, loaded when they are used:

    from pathlib import Path
    from bibtools import build, open_index, read, render

    page = Path("examples/author_page.txt")
    with open_index("small.sqlite") as index:  # made by `bibtools index build`
        built = build([read(page.read_bytes(), page.name)], index)
    print(render(built.entries, "bibtex"))
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from bibtools.adapters.index import Index, open_index
    from bibtools.errors import BibtoolsError
    from bibtools.formats.bibtex import Document
    from bibtools.formats.pages import PageReading, read_page
    from bibtools.model import ArxivId, Doi, Entry, Link, Name, Notice, PartialDate, Resolution
    from bibtools.workflows.build import build
    from bibtools.workflows.enrich import enrich_entries
    from bibtools.workflows.outputs import render
    from bibtools.workflows.reading import read

_HOMES = {
    "ArxivId": "bibtools.model",
    "BibtoolsError": "bibtools.errors",
    "Doi": "bibtools.model",
    "Document": "bibtools.formats.bibtex",
    "Entry": "bibtools.model",
    "Index": "bibtools.adapters.index",
    "Link": "bibtools.model",
    "Name": "bibtools.model",
    "Notice": "bibtools.model",
    "PageReading": "bibtools.formats.pages",
    "PartialDate": "bibtools.model",
    "Resolution": "bibtools.model",
    "build": "bibtools.workflows.build",
    "enrich_entries": "bibtools.workflows.enrich",
    "open_index": "bibtools.adapters.index",
    "read": "bibtools.workflows.reading",
    "read_page": "bibtools.formats.pages",
    "render": "bibtools.workflows.outputs",
}

__all__ = [
    "ArxivId",
    "BibtoolsError",
    "Document",
    "Doi",
    "Entry",
    "Index",
    "Link",
    "Name",
    "Notice",
    "PageReading",
    "PartialDate",
    "Resolution",
    "__version__",
    "build",
    "enrich_entries",
    "open_index",
    "read",
    "read_page",
    "render",
]


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that `bibtools --help` stays fast."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'bibtools' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)
