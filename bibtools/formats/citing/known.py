"""What the files of one document tell each other: commands, lists, labels of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Known:
    """What was learnt from all files of a document, needed to read each of them."""

    commands: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    r"""Of LaTeX commands that the document defines: which arguments in braces hold keys
    (`\newcommand{\see}[1]{see \cite{#1}}`: the first); 0 for all that follow
    (`\DeclareMultiCiteCommand`), none for one that cites nothing."""
    texts: Mapping[str, str] = field(default_factory=dict)
    r"""Of commands that stand for some text (`\newcommand{\chapters}{parts/chapters}`): that text,
    as it may be in the name of a file."""
    conditionals: frozenset[str] = frozenset()
    r"""Made by `\newif`, with their `if`."""
    verbatim: frozenset[str] = frozenset()
    """Environments whose content is not read."""
    lists: frozenset[str] = frozenset()
    r"""Names of the lists of multibib: `\newcites{sec}{...}` makes `\citesec`."""
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    r"""Made by `\defbibentryset`."""
    packages: tuple[str, ...] = ()
    """Files of the packages and the class that are loaded: `natbib.sty`, `article.cls`."""
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
            {**self.texts, **other.texts},
            self.conditionals | other.conditionals,
            self.verbatim | other.verbatim,
            self.lists | other.lists,
            {**self.sets, **other.sets},
            tuple(dict.fromkeys((*self.packages, *other.packages))),
            self.units or other.units,
            self.backend or other.backend,
            self.labels | other.labels,
        )


NOTHING = Known()
