"""Documents that cite, one for each construct, with what they cite and which entries that takes.

Each is a row: the files, the one to begin with, and what a person says is right. `latex` marks
those that LaTeX can run on, `bibtex` or `biber` who then makes their bibliography.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

REFS = r"""@string{trees = "Trees"}
@string{jot = "Journal of " # trees}
@string{unused = "Never"}

@preamble{"\newcommand{\noop}[1]{}"}

@article{apple,
  author = {Ada Apple},
  title = {On Apples},
  journal = jot,
  year = 2001,
}
@article{birch, author = {Ben Birch}, title = {On Birches}, journal = jot, month = may,
  year = 2002}
@book{cedar, author = {Cy Cedar}, title = {On Cedars}, publisher = {Wood}, year = 2003}
@inproceedings{daisy, author = {Di Daisy}, title = {On Daisies}, crossref = {Grove}, pages = {1--9}}
@inproceedings{elder, author = {Ed Elder}, title = {On Elders}, crossref = {Grove},
  pages = {10--19}}
@proceedings{Grove, editor = {Gus Grove}, title = {Trees in Groves}, publisher = {Wood},
  year = 2004}
@misc{fern:1999/a, author = {Flo Fern}, title = {On Ferns}, year = 1999}
@misc{Gorse, author = {Gil Gorse}, title = {On Gorse}, year = 2005}
@misc{heath, author = {Hal Heath}, title = {On Heaths}, year = 2006}
@misc{ivy, author = {Ida Ivy}, title = {On Ivies}, year = 2007}
"""

EVERY_ENTRY = (
    "apple", "birch", "cedar", "daisy", "elder", "Grove", "fern:1999/a", "Gorse", "heath", "ivy",
)  # fmt: skip
"""Of `REFS`, in the order for BibTeX."""

BIBLATEX_REFS = r"""@xdata{press, publisher = {Wood}, location = {Forest}}
@book{larch, author = {Lea Larch}, title = {On Larches}, date = {2010}, xdata = {press}}
@book{maple, author = {Mo Maple}, title = {On Maples}, date = {2011}, ids = {acer, maple-tree}}
@book{nettle, author = {Ned Nettle}, title = {On Nettles}, date = {2012}, related = {maple},
  relatedtype = {reprintof}}
@collection{orchard, editor = {Ora Orchard}, title = {Orchards}, date = {2013}}
@incollection{pine, author = {Pia Pine}, title = {On Pines}, crossref = {orchard}}
@incollection{quince, author = {Quin Quince}, title = {On Quinces}, crossref = {orchard}}
@set{trees, entryset = {pine, quince}}
@book{rose, author = {Ro Rose}, title = {On Roses}, date = {2014}}
@book{sorrel, author = {Sol Sorrel}, title = {On Sorrel}, date = {2015}}
@book{thyme, author = {Tim Thyme}, title = {On Thyme}, date = {2016}}
"""


@dataclass(frozen=True, slots=True)
class CitingDocument:
    """One document."""

    name: str
    main: str
    files: Mapping[str, str | bytes]
    keys: tuple[str, ...]
    """In the order of first citation."""
    entries: tuple[str, ...]
    """Keys of the entries of `bib` that it takes, in the order to write them."""
    sources: tuple[str, ...] = ("refs.bib",)
    bib: str = REFS
    everything: bool = False
    missing: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    """Rules of the notices on reading it."""
    latex: str = ""
    """`bibtex` or `biber` when LaTeX can run on it."""
    found: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Line and column of some keys."""

    def write(self, folder: Path) -> Path:
        """Put the files into a folder; the path of the main one."""
        for name, content in {"refs.bib": self.bib, **self.files}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder / self.main


def _article(body: str, preamble: str = "", end: str = "\\bibliography{refs}") -> str:
    return (
        f"\\documentclass{{article}}\n{preamble}\\begin{{document}}\n{body}\n"
        f"\\bibliographystyle{{plain}}\n{end}\n\\end{{document}}\n"
    )


def _biblatex(body: str, preamble: str = "") -> str:
    return (
        "\\documentclass{article}\n\\usepackage[backend=biber]{biblatex}\n"
        f"\\addbibresource{{refs.bib}}\n{preamble}\\begin{{document}}\n{body}\n"
        "\\printbibliography\n\\end{document}\n"
    )


_BCF = """<?xml version="1.0" encoding="UTF-8"?>
<bcf:controlfile version="3.9" xmlns:bcf="https://sourceforge.net/projects/biblatex">
  <bcf:bibdata section="0">
    <bcf:datasource type="file" datatype="bibtex" glob="false">refs.bib</bcf:datasource>
  </bcf:bibdata>
  <bcf:section number="0">
    <bcf:citekey order="1" intorder="1">rose</bcf:citekey>
    <bcf:citekey type="set" members="sorrel,thyme">herbs</bcf:citekey>
    <bcf:citekey order="2" intorder="1">herbs</bcf:citekey>
  </bcf:section>
  <bcf:section number="1">
    <bcf:citekey order="1" intorder="1" nocite="1">Q&amp;A</bcf:citekey>
    <bcf:citekey order="2" intorder="1">rose</bcf:citekey>
  </bcf:section>
</bcf:controlfile>
"""

DOCUMENTS: tuple[CitingDocument, ...] = (
    CitingDocument(
        "plain-latex",
        "main.tex",
        {
            "main.tex": _article(
                "See \\cite{birch} and \\cite[p.~3]{apple, cedar}.\n% \\cite{ivy}\n"
                "\\verb|\\cite{ivy}| \\begin{verbatim}\n\\cite{ivy}\n\\end{verbatim}"
            )
        },
        ("birch", "apple", "cedar"),
        ("apple", "birch", "cedar"),
        ("refs",),
        latex="bibtex",
        found={"birch": (3, 11), "apple": (3, 34), "cedar": (3, 41)},
    ),
    CitingDocument(
        "natbib",
        "main.tex",
        {
            "main.tex": _article(
                "\\citet*{apple} \\citep[see][in \\citealt{ivy}]{birch}\n"
                "\\Citeauthor{cedar} \\citeyearpar{heath}\\nocite{Gorse}",
                "\\usepackage[numbers]{natbib}\n",
            )
        },
        ("apple", "ivy", "birch", "cedar", "heath", "Gorse"),
        ("apple", "birch", "cedar", "Gorse", "heath", "ivy"),
        ("refs",),
        latex="bibtex",
    ),
    CitingDocument(
        "chapters",
        "main.tex",
        {
            "main.tex": _article(
                "\\cite{apple}\\include{chapters/one}\\input{two}\\include{chapters/three}",
                "\\includeonly{chapters/one}\n",
            ),
            "chapters/one.tex": "\\cite{birch}\\input{chapters/inner}\n\\endinput\n\\cite{ivy}\n",
            "chapters/inner.tex": "\\cite{cedar}\n",
            "chapters/three.tex": "\\cite{heath}\n",
            "two.tex": "\\cite{Gorse}\n",
        },
        ("apple", "birch", "cedar", "Gorse", "heath"),
        ("apple", "birch", "cedar", "Gorse", "heath"),
        ("refs",),
    ),
    CitingDocument(
        "subfiles-and-import",
        "main.tex",
        {
            "main.tex": _article(
                "\\subfile{parts/one}\\import{parts/}{two}\\cite{ivy}",
                "\\usepackage{subfiles,import}\n",
            ),
            "parts/one.tex": "\\documentclass[../main.tex]{subfiles}\\begin{document}\n"
            "\\cite{apple}\\end{document}\\cite{heath}\n",
            "parts/two.tex": "\\input{near}\\subimport{deep/}{three}\n",
            "parts/near.tex": "\\cite{birch}\n",
            "parts/deep/three.tex": "\\cite{cedar}\n",
        },
        ("apple", "birch", "cedar", "ivy"),
        ("apple", "birch", "cedar", "ivy"),
        ("refs",),
    ),
    CitingDocument(
        "one-subfile-alone",
        "parts/one.tex",
        {
            "main.tex": "\\documentclass{article}\\input{macros}\\begin{document}\\cite{ivy}"
            "\\subfile{parts/one}\\bibliography{refs}\\end{document}",
            "macros.tex": "\\newcommand{\\see}[1]{(see \\cite{#1})}",
            "parts/one.tex": "\\documentclass[../main.tex]{subfiles}\\begin{document}\n"
            "\\see{apple}\\end{document}\n",
        },
        ("apple",),
        ("apple",),
        ("refs",),
    ),
    CitingDocument(
        "commands-of-its-own",
        "main.tex",
        {
            "main.tex": _article(
                "\\see[p.~3]{apple} \\pair{birch}{cedar} \\old{heath} \\ivy",
                "\\newcommand{\\see}[2][]{see~\\cite[#1]{#2}}\n"
                "\\newcommand\\pair[2]{\\cite{#1,#2}}\n"
                "\\let\\old\\cite\n"
                "\\newcommand{\\ivy}{\\cite{ivy}}\n"
                "\\newcommand{\\never}{\\cite{Gorse}}\n"
                "\\newcommand{\\citeneeded}[1]{#1}\n",
            ).replace("\\old{heath}", "\\old{heath} \\citeneeded{here}")
        },
        ("ivy", "apple", "birch", "cedar", "heath"),
        ("apple", "birch", "cedar", "heath", "ivy"),
        ("refs",),
        latex="bibtex",
    ),
    CitingDocument(
        "dead-text",
        "main.tex",
        {
            "main.tex": _article(
                "\\iffalse\\ifdraft\\cite{ivy}\\else\\cite{ivy}\\fi\\cite{ivy}"
                "\\else\\cite{apple}\\fi\n"
                "\\begin{comment}\n\\cite{ivy}\n\\end{comment}\n"
                "\\url{http://example.org/a%20\\cite}\\cite{%\n  birch,% \\cite{ivy}\n"
                "  %\n  cedar}",
                "\\usepackage{url,verbatim}\\newif\\ifdraft\n",
            )
            + "\\cite{ivy}\n"
        },
        ("apple", "birch", "cedar"),
        ("apple", "birch", "cedar"),
        ("refs",),
        latex="bibtex",
        found={"birch": (9, 3), "cedar": (11, 3)},
    ),
    CitingDocument(
        "everything",
        "main.tex",
        {"main.tex": _article("\\cite{ivy}\\nocite{*}")},
        ("ivy",),
        EVERY_ENTRY,
        ("refs",),
        everything=True,
        latex="bibtex",
    ),
    CitingDocument(
        "crossref",
        "main.tex",
        {"main.tex": _article("\\cite{daisy}\\cite{fern:1999/a}")},
        ("daisy", "fern:1999/a"),
        ("daisy", "Grove", "fern:1999/a"),
        ("refs",),
        latex="bibtex",
    ),
    CitingDocument(
        "case-and-missing",
        "main.tex",
        {"main.tex": _article("\\cite{APPLE,gorse,nobody}\\nocite{ELDER}")},
        ("APPLE", "gorse", "nobody", "ELDER"),
        ("apple", "elder", "Grove", "Gorse"),
        ("refs",),
        missing=("nobody",),
        latex="bibtex",
    ),
    CitingDocument(
        "several-bibliographies",
        "main.tex",
        {
            "main.tex": _article(
                "\\cite{apple}\\citesec{birch}\\nocitesec{cedar}\n"
                "\\bibliographystylesec{plain}\\bibliographysec{refs}",
                "\\usepackage{multibib}\\newcites{sec}{Secondary}\n",
            )
        },
        ("apple", "birch", "cedar"),
        ("apple", "birch", "cedar"),
        ("refs",),
        found={"birch": (4, 22)},
    ),
    CitingDocument(
        "aux-of-chapters",
        "main.aux",
        {
            "main.aux": "\\relax \n\\citation{birch}\n\\@input{chapters/one.aux}\n\\citation{*}\n"
            "\\bibstyle{plain}\n\\bibdata{refs,more}\n\\bibcite{apple}{1}\n\\@input{main.aux}\n",
            "chapters/one.aux": "\\relax \n\\citation{cedar,fern:1999/a}\n  \\citation{ivy}\n",
        },
        ("birch", "cedar", "fern:1999/a"),
        EVERY_ENTRY,
        ("refs", "more"),
        everything=True,
        found={"birch": (2, 11), "fern:1999/a": (2, 17)},
    ),
    CitingDocument(
        "aux-of-multibib",
        "main.aux",
        {
            "main.tex": _article("\\cite{apple}\\citesec{birch}", "\\newcites{sec}{Secondary}\n"),
            "main.aux": "\\relax\r\n\\citation{apple}\r\n\\bibdata{refs}\r\n\\citation{cut",
            "sec.aux": "\\citation{birch}\r\n\\bibdata{refs}\r\n",
        },
        ("apple", "birch"),
        ("apple", "birch"),
        ("refs",),
        notices=("citing.never-closed",),
    ),
    CitingDocument(
        "bcf",
        "main.bcf",
        {"main.bcf": _BCF},
        ("rose", "sorrel", "thyme", "Q&A"),
        ("rose", "sorrel", "thyme"),
        bib=BIBLATEX_REFS,
        missing=("Q&A",),
        found={"rose": (7, 5), "sorrel": (9, 5)},
    ),
    CitingDocument(
        "biblatex",
        "main.tex",
        {
            "main.tex": _biblatex(
                "\\autocites(pre)(post)[p]{larch}[q]{rose} \\volcite{2}[3]{sorrel}\n"
                "\\parencite{thyme} \\cite{acer} \\nocite{nettle}",
            )
        },
        ("larch", "rose", "sorrel", "thyme", "acer", "nettle"),
        ("press", "larch", "maple", "nettle", "rose", "sorrel", "thyme"),
        bib=BIBLATEX_REFS,
        latex="biber",
    ),
    CitingDocument(
        "biblatex-sections-and-sets",
        "main.tex",
        {
            "main.tex": _biblatex(
                "\\defbibentryset{herbs}{sorrel, thyme}\\cite{herbs}\\cite{trees}\n"
                "\\begin{refsection}[refs.bib]\\cite{rose}\\printbibliography\\end{refsection}"
            )
        },
        ("sorrel", "thyme", "trees", "rose"),
        ("orchard", "pine", "quince", "trees", "rose", "sorrel", "thyme"),
        bib=BIBLATEX_REFS,
        latex="biber",
    ),
    CitingDocument(
        "markdown",
        "chapter.md",
        {
            "chapter.md": "---\ntitle: 'After @ivy'\nbibliography: refs.bib\nnocite: |\n  @heath\n"
            "---\n\n# Trees {#sec:trees}\n\nAs @apple [p. 3] says [see @birch; -@cedar, chap. 2]."
            "\n\n"
            "    @code\n\n`@code` ada@apple.org \\@apple <!-- @code --> @{fern:1999/a}.\n"
            "See @sec:trees and @fig:lost.\n\n```\n@code\n```\n"
        },
        ("ivy", "heath", "apple", "birch", "cedar", "fern:1999/a"),
        ("apple", "birch", "cedar", "fern:1999/a", "heath", "ivy"),
        unsure=("fig:lost",),
        found={"apple": (10, 5), "fern:1999/a": (14, 48)},
    ),
    CitingDocument(
        "quarto-with-parts",
        "book.qmd",
        {
            "book.qmd": "---\nbibliography:\n  - refs.bib\n  - more.bib\n---\n\n@apple\n\n"
            "{{< include parts/one.qmd >}}\n\n```{r fig-tree, child='two.Rmd'}\n```\n\n@ivy\n",
            "parts/one.qmd": "[@birch] and @fig-tree\n",
            "two.Rmd": "[@cedar]\n",
        },
        ("apple", "birch", "cedar", "ivy"),
        ("apple", "birch", "cedar", "ivy"),
        ("refs.bib", "more.bib"),
    ),
    CitingDocument(
        "typst",
        "main.typ",
        {
            "main.typ": '#include "parts/one.typ"\n= Trees <trees>\nAs @apple[p. 3] says; '
            "see @trees, @later.\n#cite(<birch>, form: \"prose\") #cite(label(\"fern:1999/a\"))\n"
            "// @code\n/* @code /* @code */ */ `@code` ada@apple.org \\@code\n"
            "#figure([see @cedar], caption: \"@code\")\n"
            '#bibliography(("refs.bib", "more.yml"), style: "ieee")\n',
            "parts/one.typ": "@ivy and #link(<trees>)[@heath] <later>\n",
        },
        ("ivy", "heath", "apple", "birch", "fern:1999/a", "cedar"),
        ("apple", "birch", "cedar", "fern:1999/a", "heath", "ivy"),
        ("refs.bib", "more.yml"),
        found={"apple": (3, 5), "birch": (4, 8), "cedar": (7, 15)},
    ),
    CitingDocument(
        "typst-everything",
        "main.typ",
        {"main.typ": '#set page(margin: 2cm)\n@ivy\n#bibliography("refs.bib", full: true)\n'},
        ("ivy",),
        EVERY_ENTRY,
        everything=True,
    ),
    CitingDocument(
        "latin-1-and-windows",
        "main.tex",
        {
            "main.tex": _article(
                "Caf\xe9 \\cite{apple}\n\\cite{birch}", "\\usepackage[latin1]{inputenc}\n"
            )
            .replace("\n", "\r\n")
            .encode("latin-1")
        },
        ("apple", "birch"),
        ("apple", "birch"),
        ("refs",),
        latex="bibtex",
        found={"apple": (4, 12), "birch": (5, 7)},
    ),
    CitingDocument(
        "nothing-cited",
        "main.tex",
        {"main.tex": "\\documentclass{article}\\begin{document}\\end{document}"},
        (),
        (),
        (),
    ),
)  # fmt: skip
