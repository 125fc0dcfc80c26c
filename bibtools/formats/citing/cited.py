"""What a document cites, as values."""

from __future__ import annotations

from dataclasses import dataclass

from bibtools.model import Notice


@dataclass(frozen=True, slots=True)
class Citation:
    r"""One key at one place.

    `\cite{a,b}` makes two, and a key that is cited twice is two citations.
    """

    key: str
    """As written: BibTeX compares keys without regard to case, biber with it."""
    file: str
    line: int
    """1-based; of the key itself."""
    column: int
    """1-based, in characters."""
    command: str
    """What cites: `citep`, `citation` in an .aux, `@` in Markdown and Typst, `nocite`, ..."""
    section: str = ""
    """The bibliography it goes to, where a document has several: the number of a refsection, the
    name of a list of multibib; empty for the main one."""
    unsure: bool = False
    """True when it may be a reference to a figure, a table, a section (`@fig:x` of pandoc-crossref
    and Quarto): it is a citation only if a source has that key."""
    inside: str = ""
    """The command of the document's own in whose definition it stands."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file that belongs to the document, as the document names it."""

    name: str
    """As written; a folder of `\\import` stands before it."""
    file: str
    """Who names it."""
    line: int
    column: int
    kind: str
    """`@input` (.aux), `input`, `include`, `subfile`, `import`, `subimport`, `main` (what a subfile
    is a part of), `child` (R Markdown), `include` (Typst, Quarto), `list` (.aux of another
    bibliography)."""
    after: int = 0
    """How many citations of its file stand before it."""
    optional: bool = False
    """True when the document does not mind its absence (`\\InputIfFileExists`)."""
    section: str = ""


@dataclass(frozen=True, slots=True)
class DataSource:
    """A bibliography that a document names."""

    name: str
    """As written: `refs` in an .aux or `\\bibliography`, `refs.bib` elsewhere."""
    file: str
    """Who names it."""
    line: int
    column: int
    section: str = ""
    remote: bool = False
    """True for an address on the network; nothing is fetched because a document says so."""
    glob: bool = False
    """True when the name is a pattern for several files."""


@dataclass(frozen=True, slots=True)
class Cited:
    """Everything that one document (or one file of it) cites."""

    citations: tuple[Citation, ...] = ()
    """Every place, in the order of the document."""
    everything: bool = False
    r"""True when all that the sources hold is asked for: `\nocite{*}`, Typst's `full: true`."""
    sources: tuple[DataSource, ...] = ()
    """The bibliographies that the document names, in order."""
    parts: tuple[Part, ...] = ()
    """Files that belong to it; `follow` reads them, `read_cited` does not."""
    notices: tuple[Notice, ...] = ()
    kind: str = ""
    """`aux`, `bcf`, `tex`, `markdown`, `typst`."""
    declared: frozenset[str] = frozenset()
    r"""Names that the document itself gives something to: labels of Typst and pandoc-crossref
    (these are no citations and are left out), `\bibitem` and pandoc's `references:` (which are
    left in: the document brings its own words for them)."""
    biber: bool | None = None
    """Who makes the bibliography: True is biber (.bcf, biblatex), which tells keys apart by case,
    False is BibTeX, which does not; None when neither does or nothing tells. As `needed` asks."""

    @property
    def bibliographies(self) -> tuple[str, ...]:
        """The names of `sources`, each once."""
        return tuple(dict.fromkeys(source.name for source in self.sources))

    def keys(self) -> tuple[str, ...]:
        """The cited keys, each once, in the order of first citation; without unsure ones."""
        return tuple(dict.fromkeys(one.key for one in self.citations if not one.unsure))

    def unsure_keys(self) -> tuple[str, ...]:
        """The keys that are cited only if a source has them, each once."""
        sure = set(self.keys())
        return tuple(
            dict.fromkeys(one.key for one in self.citations if one.unsure and one.key not in sure)
        )
