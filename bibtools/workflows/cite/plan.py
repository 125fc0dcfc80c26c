"""A run of `cite` as values: what it was told, and everything that it would write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.citing import Citation
from bibtools.formats.venue_names.restyling import VenueStyle
from bibtools.model import Notice
from bibtools.model.progress import Progress
from bibtools.sites.named import Named
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.cite.resolving import Resolved
from bibtools.workflows.cite.sources import Source

_NEAREST = 3
_ALIKE = 70


@dataclass(frozen=True, slots=True)
class Options:
    """How `cite` goes about it."""

    sources: tuple[str, ...] = ()
    """Files, `index`, `zotero`, `online`, in the order of trust."""
    dialect: Dialect | None = None
    """Of entries that are made anew; None: what the file speaks, else what the document needs."""
    prune: bool = False
    """Whether entries that the user put there go, too, when nobody cites them."""
    preamble: bool = False
    """Whether the `@preamble` of a source is taken over."""
    trust_tex: bool = False
    """Whether commands that could do harm are taken over word for word."""
    offline: bool = False
    index: Path | None = None
    library: str | None = None
    published: bool | None = None
    print_links: PrintLinks | None = None
    journals: VenueStyle | None = None
    """The style of the names of journals and meetings in what is copied; None: as they are."""
    rewriting: bool = False
    """Whether identifiers are about to get other keys, so that any can be looked up."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """The keys that they got."""
    progress: Callable[[], AbstractContextManager[Progress | None]] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one entry."""

    key: str
    action: str
    """`added`, `renewed`, `kept`, `removed`, or `edited`: it came from a source, the user changed
    it, and it stays as it is; `beside`: another file that the documents read has it."""
    source: str = ""
    """Where it comes from; empty for what the user put into the file."""
    line: int = 0
    """There; 0 where there are no lines."""
    why: str = ""
    """`cited`, `alias`, `everything`, or the field that names it."""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A key that no source has."""

    key: str
    places: tuple[Citation, ...]
    reason: str
    nearest: tuple[str, ...] = ()
    unknown: bool = False
    """Whether somebody could not be asked."""


@dataclass(frozen=True, slots=True)
class CitePlan:
    """Everything that a run would write, and what it found out; nothing is written yet."""

    output: str
    data: bytes
    """What the .bib becomes."""
    rows: tuple[Row, ...]
    """One for each entry that is needed or was removed."""
    missing: tuple[Missing, ...]
    uncited: tuple[str, ...]
    """Keys of entries of the user's own that nobody cites and that stay."""
    files: tuple[ChangedFile, ...]
    """The .bib and what lies beside it."""
    notices: tuple[Notice, ...]
    sources: tuple[Source, ...] = ()
    own: tuple[Source, ...] = ()
    """The output as it was, where there was one."""
    resolved: tuple[Resolved, ...] = ()
    """The identifiers that were looked up in this run."""
    pinned: Mapping[str, Named] = field(default_factory=dict)
    """Every identifier that is cited."""

    @property
    def changed(self) -> bool:
        """Whether the .bib would change."""
        return any(one.differs for one in self.files if one.file == self.output)

    @property
    def exit_code(self) -> int:
        """4 where somebody could not be asked for what is missing, 1 where something is, else 0."""
        return 4 if any(one.unknown for one in self.missing) else 1 if self.missing else 0

    def count(self, action: str) -> int:
        """How many entries became this."""
        return sum(row.action == action for row in self.rows)


def nearest(key: str, names: Sequence[str]) -> tuple[str, ...]:
    """The keys that a key may be a slip of."""
    from rapidfuzz import fuzz, process

    found = process.extract(
        key, names, scorer=fuzz.ratio, processor=str.lower, limit=_NEAREST, score_cutoff=_ALIKE
    )
    return tuple(name for name, _, _ in found)
