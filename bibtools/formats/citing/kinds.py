"""What kind of document some bytes are: by the name of the file, else by what stands in it."""

from __future__ import annotations

import re
from typing import Final

KINDS: Final = ("aux", "bcf", "tex", "markdown", "typst")

_SUFFIXES: Final = {
    "aux": "aux",
    "bcf": "bcf",
    **dict.fromkeys("tex ltx latex sty cls dtx tikz pgf rnw snw rtex".split(), "tex"),
    **dict.fromkeys("md markdown mdown mkd mkdn qmd rmd rmarkdown pmd pandoc".split(), "markdown"),
    "typ": "typst",
}
_SAMPLE = 65_536
_SIGNS: Final = (
    ("bcf", re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<(?:\w+:)?controlfile\b")),
    (
        "aux",
        re.compile(
            r"(?m)(?:\A\\relax\b|^\\(?:citation|bibdata|bibstyle|bibcite|abx@aux@\w+|@input)\{)"
        ),
    ),
    (
        "tex",
        re.compile(
            r"\\(?:documentclass|documentstyle|begin\s*\{|section\b|chapter\b|input\b|include\b"
            r"|usepackage|[a-zA-Z]*cite[a-zA-Z]*\*?\s*[\[{])"
        ),
    ),
    (
        "typst",
        re.compile(r"(?m)^\s*#(?:import|include|set|show|let|bibliography|cite|figure)\b[ (\"]"),
    ),
)


def kind_of(file: str, data: bytes) -> str:
    """One of `KINDS`; Markdown when nothing tells otherwise, for it is nearest to plain text."""
    suffix = file.rpartition(".")[2].lower() if "." in file else ""
    by_name = _SUFFIXES.get(suffix)
    if by_name is not None:
        return by_name
    sample = data[:_SAMPLE].decode("utf-8", "replace").removeprefix("\ufeff")
    return next((kind for kind, sign in _SIGNS if sign.search(sample)), "markdown")
