"""Building and describing the offline index, and choosing the one that a command asks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bibtools.adapters.index import Index, IndexInfo, build, default_path, open_index
from bibtools.model.progress import Progress

__all__ = ["Index", "IndexInfo", "build", "default_path", "index_for", "open_index"]


@contextmanager
def index_for(
    named: Path | None,
    arxiv: Sequence[Path] = (),
    code: Sequence[Path] = (),
    progress: Progress | None = None,
) -> Iterator[Index | None]:
    """The index to ask, closed afterwards; None when none was named and the user has none.

    With `arxiv` files an index of them is made in a temporary folder for this run.
    """
    if arxiv:
        with tempfile.TemporaryDirectory(prefix="bibtools-") as folder:
            path = Path(folder) / "index.sqlite"
            build(path, arxiv, code, progress=progress)
            with open_index(path) as index:
                yield index
        return
    if named is None:
        named = default_path()
        if not named.is_file():
            yield None
            return
    with open_index(named) as index:
        yield index
