"""The entry: what we know of one work, from wherever it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bibtools.model.dates import PartialDate
from bibtools.model.dating import Dating
from bibtools.model.evidence import Resolution
from bibtools.model.identifiers import ArxivId, Doi
from bibtools.model.names import Name

type_preprint = "preprint"
type_document = "document"


@dataclass(frozen=True, slots=True)
class Link:
    """An address that belongs to the work, and how we know."""

    url: str
    """As printed, with `https://` put before one without a scheme."""
    evidence: str
    """Who says so: `abstract`, `comment`, `links dump: official`, `page`, ..."""
    kind: str | None = None
    """What it is: `repository`, `model`, `space`, `dataset`, `project page`, ..."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an entry came from."""

    file: str
    """As the user wrote it; `-` is standard input."""
    line: int
    """1-based line on which the record starts."""
    gave: tuple[str, ...] = ()
    """The fields of a merged entry that were taken from here."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading we are not sure of."""

    field: str
    reason: str
    alternatives: tuple[str, ...] = ()
    """The other readings, best first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One work. None and empty collections mean unknown, never "there is none"."""

    key: str | None = None
    """The citation key."""
    type: str = type_document
    """A CSL type, or `preprint` (CSL: `article` with genre `preprint`)."""
    title: str | None = None
    authors: tuple[Name, ...] = ()
    authors_truncated: bool = False
    """True when more authors exist than are listed ("et al.", "and others")."""
    author_count: int | None = None
    """How many authors the page says there are."""
    affiliations: tuple[str, ...] = ()
    """Of the work, not of the authors one by one."""
    abstract: str | None = None
    date: PartialDate | None = None
    date_inferred: bool = False
    """True when part of the date (the year) is our inference."""
    categories: tuple[str, ...] = ()
    """arXiv classes. After reading a page that prints only the subject (`CV`): all candidates,
    in alphabetical order. The first is the primary class only when `primary_known`."""
    primary_known: bool = False
    """True when `categories[0]` is known to be the primary class (from arXiv's own record)."""
    code: tuple[Link, ...] = ()
    """Repositories, models and spaces."""
    links: tuple[Link, ...] = ()
    """All other addresses."""
    code_flag: bool = False
    """True when the page prints "Code" for the work."""
    comment_count: int | None = None
    arxiv: ArxivId | None = None
    doi: Doi | None = None
    other_ids: Mapping[str, str] = field(default_factory=dict)
    """Further identifiers by scheme: `pmid`, `isbn`, ..."""
    venue: str | None = None
    """Journal, proceedings or book that the work appeared in."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """Everything else that is printed, by a name of `model.variables.FIELDS`: `volume`, `page`,
    `publisher`, ... No value is empty; only `note` and `annote` may have several lines. `title`
    and `container-title` are here only when they have markup, and count as long as they say
    the same as `title` and `venue`, which are without."""
    creators: Mapping[str, tuple[Name, ...]] = field(default_factory=dict)
    """People and bodies other than the authors, by role (`model.variables.CREATORS`)."""
    dates: Mapping[str, Dating] = field(default_factory=dict)
    """Dates other than that of the work (`model.variables.DATES`), and `issued` when it says
    more than `date`, which is then its start."""
    sources: tuple[Source, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict)
    """What we do not model, word for word; comes out again. A string under the name of a .bib
    field is its raw LaTeX: there when we do not know the field, or when we understood it only
    in part. `entrytype` is the type as the .bib has it, `csl` what only CSL-JSON knows,
    `zotero` what only a Zotero item knows."""
    resolution: Resolution | None = None
    """What the look-up for an arXiv ID found; None when nobody asked."""
    doubts: tuple[Doubt, ...] = ()
    remarks: tuple[str, ...] = ()
    """Sentences for the reader: 'The page says "Code" but no link was found.'"""

    def primary_class(self) -> str | None:
        """The arXiv class to print: the known primary, or the only candidate."""
        if self.categories and (self.primary_known or len(self.categories) == 1):
            return self.categories[0]
        return None
