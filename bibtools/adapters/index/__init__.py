"""The offline index of arXiv papers: one SQLite file, built here and asked here.

`schema` says what is in the file, `building` makes it, `updating` adds to it, `lookup` asks it.
"""

from bibtools.adapters.index.building import IndexInfo, build
from bibtools.adapters.index.lookup import Index, default_path, open_index

__all__ = ["Index", "IndexInfo", "build", "default_path", "open_index"]
