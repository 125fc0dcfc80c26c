"""Building and describing the offline index."""

from bibtools.adapters.index import IndexInfo, build, default_path, open_index

__all__ = ["IndexInfo", "build", "default_path", "open_index"]
