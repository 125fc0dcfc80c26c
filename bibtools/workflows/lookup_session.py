"""One run of look-ups: what is on this machine is opened at once, the network when it is needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from bibtools.adapters.looked_up import LookedUp
from bibtools.adapters.user_folders import cache_home, data_home
from bibtools.sites.named import Named
from bibtools.sites.named_identifiers import PDF
from bibtools.workflows.lookup import Looked, LookupOptions, is_open, look_up_here

if TYPE_CHECKING:
    from bibtools.adapters.index import Index
    from bibtools.adapters.web import Web
    from bibtools.model.progress import Progress

CACHE_VARIABLE = "BIBTOOLS_CACHE"
INDEX_VARIABLE = "BIBTOOLS_INDEX"


@dataclass(frozen=True, slots=True)
class Where:
    """Whom a run may ask."""

    index: Path | None = None
    """None: `BIBTOOLS_INDEX`, or the user's own where there is one."""
    offline: bool = False
    options: LookupOptions = field(default_factory=LookupOptions)
    progress: Callable[[], AbstractContextManager[Progress | None]] | None = None
    """Made when the network is asked."""


class Lookups:
    """Look-ups one batch after the other; a context manager."""

    def __init__(self, where: Where) -> None:
        self._where = where
        self._stack = ExitStack()
        self._index: Index | None = None
        self._web: Web | None = None
        self._progress: Progress | None = None
        told = os.environ.get(CACHE_VARIABLE, "").strip()
        self._cache = Path(told) if told else cache_home()
        self._kept = LookedUp(self._cache, offline=where.offline)

    def __enter__(self) -> Lookups:
        """Open the index. Raises `InputError` when one was named that is none."""
        named = self._where.index
        if named is None:
            told = os.environ.get(INDEX_VARIABLE)
            named = Path(told) if told else data_home() / "index.sqlite"
            if not named.is_file():
                return self
        from bibtools.adapters.index.lookup import open_index

        self._index = self._stack.enter_context(open_index(named))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def web(self) -> Web | None:
        """Who was asked over the network; None when nobody was."""
        return self._web

    @property
    def has_index(self) -> bool:
        """Whether there is an offline index."""
        return self._index is not None

    def look_up(self, whats: Sequence[Named]) -> list[Looked]:
        """What was found for each, in their order."""
        options = self._where.options
        if any(what.kind == PDF for what in whats):
            from bibtools.workflows.lookup_pdf import look_up_pdfs

            return look_up_pdfs(whats, self.look_up)
        found = look_up_here(whats, self._index, kept=self._kept, options=options)
        left = [number for number, one in enumerate(found) if is_open(one)]
        web = self._the_web() if left else None
        if web is not None:
            from bibtools.workflows.asking import services_with_key
            from bibtools.workflows.lookup_online import look_up_online

            asked = look_up_online(
                [found[number] for number in left],
                web,
                self._index,
                kept=self._kept,
                options=replace(options, keyed=services_with_key()),
                progress=self._progress,
            )
            for number, one in zip(left, asked, strict=True):
                found[number] = one
        return found

    def _the_web(self) -> Web | None:
        """The network, or what it answered before; None where that can be nothing."""
        if self._web is None:
            if self._where.offline and not any(self._cache.glob("answers-*.sqlite")):
                return None
            from bibtools.workflows.asking import the_web

            self._web = self._stack.enter_context(the_web(offline=self._where.offline))
            if self._where.progress is not None:
                self._progress = self._stack.enter_context(self._where.progress())
        return self._web
