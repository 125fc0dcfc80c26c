r"""Identifiers in citations: `\cite{arxiv:2104.08821}` and what it stands for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.model import Entry
from bibtools.model.progress import Progress
from bibtools.sites.named import Named, named_identifier
from bibtools.workflows.cite.sources import (
    INDEX,
    ONLINE,
    ZOTERO,
    Source,
    find_work,
    works_of,
    zotero_entries,
)
from bibtools.workflows.lookup import Looked, LookupOptions
from bibtools.workflows.lookup_session import Lookups, Where

# Tried with bibtex 0.99d and biber 2.18 (tests/workflows/test_cite_keys.py); TeX itself reads
# the first four otherwise.
_NEVER: Final = re.compile(r"[\s%#~\\{},\"]")
_NOT_BIBER: Final = re.compile(r"[()'=]")


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked for what no file has."""

    services: tuple[str, ...]
    """Of `SERVICES`, in the order of trust."""
    told: frozenset[str] = frozenset()
    """Those that the user named; one of them has to be there."""
    offline: bool = False
    index: Path | None = None
    library: str | None = None
    options: LookupOptions | None = None
    progress: Callable[[], AbstractContextManager[Progress | None]] | None = None
    """Made when the network is asked."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """What an identifier in a citation stands for."""

    key: str
    """As it is cited."""
    what: Named
    block: BibEntry | None = None
    """The entry of a file that is this work."""
    entry: Entry | None = None
    """What somebody else knows of it."""
    source: str = ""
    """The file, `zotero`, `index` or `online`."""
    looked: Looked | None = None
    why_not: str = ""
    """A clause, where there is none."""

    @property
    def found(self) -> bool:
        """Whether it is known."""
        return self.block is not None or self.entry is not None

    @property
    def unknown(self) -> bool:
        """Whether somebody could not be asked, so that it may be known."""
        return self.looked is not None and self.looked.unknown


def identifiers_in(keys: Iterable[str]) -> dict[str, Named]:
    """The keys that are identifiers, and what they name."""
    return {key: what for key in keys if (what := named_identifier(key)) is not None}


def unfit(key: str, *, biber: bool) -> str:
    """Why a key cannot be the key of an entry; empty where it can."""
    odd = _NEVER.search(key)
    if odd is not None:
        return f'TeX or BibTeX cannot read the character "{odd[0]}" in a key'
    odd = _NOT_BIBER.search(key) if biber else None
    return f'biber cannot read the character "{odd[0]}" in a key' if odd is not None else ""


def resolve(
    cited: dict[str, Named],
    files: Sequence[Source],
    asking: Asking,
) -> list[Resolved]:
    """What each identifier stands for: files are searched, then the others asked, all at once."""
    done: dict[str, Resolved] = {}
    for key, what in cited.items():
        if what.why_not:
            done[key] = Resolved(key, what, why_not=what.why_not)
        elif (found := in_files(what, files)) is not None:
            block, source = found
            done[key] = Resolved(key, what, block, source=source.name)
    services = [one for one in asking.services if one != ONLINE or not asking.offline]
    looked_up = False
    for service in services:
        left = {key: what for key, what in cited.items() if not _is_done(done.get(key))}
        if not left:
            break
        if service == ZOTERO:
            done |= _in_zotero(left, asking)
        elif not looked_up:
            # The index and the network are asked in one go: the index first.
            looked_up = True
            done |= _looked_up(left, files, asking, online=ONLINE in services)
    return [
        done.get(key, Resolved(key, what, why_not="no source has it"))
        for key, what in cited.items()
    ]


def _is_done(one: Resolved | None) -> bool:
    return one is not None and (one.found or bool(one.what.why_not))


def in_files(what: Named, files: Sequence[Source]) -> tuple[BibEntry, Source] | None:
    """The first entry of these files that is this work."""
    for source in files:
        block = find_work(source.document, what)
        if block is not None:
            return block, source
    return None


def _in_zotero(left: dict[str, Named], asking: Asking) -> dict[str, Resolved]:
    _, works = zotero_entries(
        (), list(left.values()), library=asking.library, required=ZOTERO in asking.told
    )
    return {
        key: Resolved(key, what, entry=works[what], source=ZOTERO)
        for key, what in left.items()
        if what in works
    }


def _looked_up(
    left: dict[str, Named], files: Sequence[Source], asking: Asking, *, online: bool
) -> dict[str, Resolved]:
    where = Where(asking.index, not online, asking.options or LookupOptions())
    if online:
        where = replace(where, progress=asking.progress)
    found: dict[str, Resolved] = {}
    with Lookups(where) as lookups:
        answers = lookups.look_up(list(left.values()))
    for (key, what), looked in zip(left.items(), answers, strict=True):
        entry = looked.entry
        if entry is None:
            why = looked.rule or "nobody knows it"
            if looked.unasked:
                why = f"could not ask {looked.unasked[0]}"
            if not online:
                # Who may not be asked is no failure.
                looked = replace(looked, unasked=())
                why = "it is not known here, and nobody may be asked over the network"
            found[key] = Resolved(key, what, looked=looked, why_not=why)
            continue
        own = next((one for other in works_of(entry) if (one := in_files(other, files))), None)
        if own is not None:
            found[key] = Resolved(key, what, own[0], source=own[1].name)
            continue
        source = INDEX if looked.where == "index" else ONLINE
        found[key] = Resolved(key, what, entry=entry, source=source, looked=looked)
    return found
