"""Searching: a question, some sources, and the best of what they have."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bibtools.adapters.fulltext.asking import Hit, ask
from bibtools.adapters.fulltext.store import DamagedError, Store
from bibtools.adapters.user_folders import cache_home
from bibtools.errors import UsageError
from bibtools.model.notices import Notice
from bibtools.searching.query import Query, parse_query
from bibtools.searching.ranking import Plan
from bibtools.workflows.search_sources import INDEX, Source, entries_at, file_source

if TYPE_CHECKING:
    from bibtools.model import Entry
    from bibtools.model.progress import Progress

__all__ = [
    "Found",
    "Searched",
    "Source",
    "Sources",
    "Where",
    "open_sources",
    "parse_query",
    "search",
]


@dataclass(frozen=True, slots=True)
class Where:
    """What is to be searched."""

    files: tuple[str, ...] = ()
    """Paths; `-` is standard input."""
    index: Path | None = None
    """The index file; it, or its full text, is searched."""
    zotero: Any = None
    """A `workflows.zotero.connecting.Connection`: the copy of that library is searched."""


class Found(NamedTuple):
    """An entry that was found."""

    source: Source
    hit: Hit
    plan: Plan
    """How the question was understood for that source."""


class Searched(NamedTuple):
    """What a search found."""

    query: Query
    found: tuple[Found, ...]
    """The best first."""
    more: bool
    """Whether there may be others."""
    notices: tuple[Notice, ...] = ()
    """What of the question could not be read, and words that nothing has."""


class Sources(NamedTuple):
    """Opened sources."""

    every: tuple[Source, ...]
    notices: tuple[Notice, ...] = ()


@contextmanager
def open_sources(where: Where, cache: Path, progress: Progress | None = None) -> Iterator[Sources]:
    """Open what is to be searched; what is not known from an earlier search is read now.

    Raises `InputError` for what cannot be read, `ConfigError` and `UsageError` for a Zotero
    library that is not known.
    """
    with ExitStack() as stack:
        every: list[Source] = []
        for name in dict.fromkeys(where.files):
            every.append(file_source(name, cache, progress))
            stack.callback(every[-1].store.close)
        if where.zotero is not None:
            from bibtools.workflows.search_zotero import library_source

            every.append(library_source(where.zotero, cache, progress))
            stack.callback(every[-1].store.close)
        if where.index is not None:
            every.append(stack.enter_context(_index_source(where.index)))
        yield Sources(tuple(every), tuple(notice for one in every for notice in one.notices))


@contextmanager
def _index_source(path: Path) -> Iterator[Source]:
    from bibtools.adapters.fulltext.arxiv import full_text_info, open_full_text
    from bibtools.workflows.index import open_index

    damaged: Notice | None = None
    try:
        store = open_full_text(path)
    except DamagedError as error:
        store = None
        damaged = Notice(error.message, rule="search.full-text", hint=_BUILD_HINT)
    with open_index(path) as index:
        if store is None:
            notice = damaged or Notice(
                "The index has no full text; only titles are searched.",
                rule="search.full-text",
                hint=_BUILD_HINT,
            )
            yield Source(INDEX, str(path), Titles(index), (notice,))  # type: ignore[arg-type]
            return
        with store:
            info = full_text_info(index.info())
            old = Notice(
                "The full text is older than the index; the newest papers may be missing.",
                rule="search.full-text",
                hint=_BUILD_HINT,
            )
            yield Source(INDEX, str(path), store, () if info and info.is_of_index else (old,))


_BUILD_HINT = "Make it with bibtools index build --arxiv FILE --abstracts."


class Titles:
    """Stands for a store of an index without full text."""

    def __init__(self, index: Any) -> None:
        self.index = index

    def for_question(self, query: Query) -> Store:
        """A store of the papers that may answer the question."""
        from bibtools.adapters.fulltext.titles import store_for

        return store_for(self.index, query)

    def close(self) -> None:
        """Nothing: the index is closed by who opened it."""


def search(
    sources: Sequence[Source], query: Query, limit: int | None, *, browse: bool = False
) -> Searched:
    """The best that the sources have together; all of it for `limit` None.

    With `browse` a question that asks for nothing finds everything, in the order of the sources.

    Raises `DamagedError` for a source whose full text cannot be read after all.
    """
    found: list[Found] = []
    unknown: list[set[Notice]] = []
    more = False
    stores = [
        one.store.for_question(query) if isinstance(one.store, Titles) else one.store
        for one in sources
    ]
    for source, store in zip(sources, stores, strict=True):
        beside = [one for one in stores if one is not store]
        answer = ask(store, query, limit, browse=browse, beside=beside)
        found += [Found(source, hit, answer.plan) for hit in answer.hits]
        unknown.append(set(answer.plan.notices))
        more = more or answer.more
    order = {id(source): number for number, source in enumerate(sources)}
    found.sort(
        key=lambda one: (-round(one.hit.scored.score, 6), order[id(one.source)], one.hit.line)
    )
    nowhere = set.intersection(*unknown) if unknown else set()
    notices = (*query.notices, *_told(nowhere))
    return Searched(
        query, tuple(found[:limit]), more or (limit is not None and len(found) > limit), notices
    )


_MOST_TOLD: Final = 10
"""Words that nothing has, each of which is told."""


def _told(nowhere: Collection[Notice]) -> list[Notice]:
    """The words that nothing has, in the order of the question."""
    told = sorted(nowhere, key=lambda one: (one.column or 0, one.message))
    if len(told) > _MOST_TOLD + 1:
        more = f"Nothing has {len(told) - _MOST_TOLD} other words of the question either."
        column = told[_MOST_TOLD].column
        told[_MOST_TOLD:] = [Notice(more, "question", None, column, rule="search.unknown-word")]
    return told


def entries_of(searched: Searched) -> list[Entry]:
    """The whole entries that were found, in the order in which they were.

    Raises `InputError` when a file changed since it was searched.
    """
    entries: dict[int, Entry] = {}
    groups: dict[int, list[int]] = {}
    for at, one in enumerate(searched.found):
        groups.setdefault(id(one.source), []).append(at)
    for places in groups.values():
        several = [searched.found[at].hit for at in places]
        source = searched.found[places[0]].source
        whole = entries_at(source, [(hit.line, hit.document) for hit in several])
        entries.update(zip(places, whole, strict=True))
    return [entries[at] for at in range(len(searched.found))]


def default_where(folder: Path, index: Callable[[], Path]) -> Where:
    """What is searched when nobody says what: the .bib files of a folder, else the index.

    Raises `UsageError` when there is neither.
    """
    files = sorted(
        one.name if folder == Path() else str(one)
        for one in folder.iterdir()
        if one.suffix.lower() == ".bib" and not one.name.startswith(".") and one.is_file()
    )
    if files:
        return Where(tuple(files))
    path = index()
    if path.is_file():
        return Where(index=path)
    raise UsageError(
        "There is nothing to search: no .bib file in this folder, and no index.",
        "Name files (bibtools search WORDS refs.bib), --zotero, or build an index.",
    )


def search_cache() -> Path:
    """Where full texts are kept: in the folder `BIBTOOLS_CACHE`, else in the user's."""
    # As `adapters.web.settings.cache_folder`, without loading what asks the web.
    told = os.environ.get("BIBTOOLS_CACHE", "").strip()
    return Path(told) if told else cache_home()


def with_defaults(where: Where, index: Callable[[], Path]) -> Where:
    """The same, or the default when it names nothing; `index` tells where the index lies."""
    if where.files or where.index is not None or where.zotero is not None:
        return where
    return default_where(Path(os.curdir), index)
