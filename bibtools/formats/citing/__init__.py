"""What a document cites: .aux and .bcf files, LaTeX, Markdown (pandoc, Quarto), Typst.

    cited = follow("paper/main.tex", read)      # with all files that belong to it
    cited = read_cited(data, "chapter.md")      # one file alone

`read` gives the bytes of a file or None. Nothing here touches a disk or a network, and nothing
that a document says is run.
"""

from __future__ import annotations

from bibtools.formats.citing.cited import Citation, Cited, DataSource, Part
from bibtools.formats.citing.following import follow
from bibtools.formats.citing.kinds import KINDS, kind_of
from bibtools.formats.citing.reading import read_cited

__all__ = [
    "KINDS",
    "Citation",
    "Cited",
    "DataSource",
    "Part",
    "follow",
    "kind_of",
    "read_cited",
]
