"""What the files of one document tell each other: commands, lists, labels of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Known:
    """What was learnt from all files of a document, needed to read each of them."""

    commands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    r"""Of LaTeX commands that the document defines: which arguments in braces hold keys
    (`\newcommand{\see}[1]{see \cite{#1}}`: the first); none for one that cites nothing."""
    conditionals: frozenset[str] = frozenset()
    r"""Made by `\newif`, with their `if`."""
    verbatim: frozenset[str] = frozenset()
    """Environments whose content is not read."""
    lists: frozenset[str] = frozenset()
    r"""Names of the lists of multibib: `\newcites{sec}{...}` makes `\citesec`."""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    r"""Made by `\defbibentryset`."""
    units: bool = False
    """Whether the package bibunits is used."""
    backend: str = ""
    """What biblatex is told to use: `bibtex`, `biber`; empty when it is not said."""
    labels: frozenset[str] = frozenset()
    """Labels of Typst, Quarto and pandoc-crossref."""

    def __or__(self, other: Known) -> Known:
        """What both know."""
        return Known(
            {**self.commands, **other.commands},
            self.conditionals | other.conditionals,
            self.verbatim | other.verbatim,
            self.lists | other.lists,
            {**self.sets, **other.sets},
            self.units or other.units,
            self.backend or other.backend,
            self.labels | other.labels,
        )


NOTHING = Known()
