"""What we add for styles that print nothing else: the arXiv ID and the code links in a note."""

from __future__ import annotations

import re

from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.bibtex.tex_values import printed_url
from bibtools.model import ArxivId, Link
from bibtools.text.latex_encode import encode

_JOINT = re.compile(r"(?<=\.) |; ")


def default_print_links(dialect: Dialect) -> PrintLinks:
    """`note` for BibTeX, whose styles print nothing else; `addendum` for biblatex."""
    return "note" if dialect == "bibtex" else "addendum"


def added(there: str, arxiv: ArxivId | None, primary: str | None, code: tuple[Link, ...]) -> str:
    """What is added to a note that says `there`: what it does not say yet."""
    parts: list[str] = []
    if arxiv is not None and arxiv.value not in there:
        shown = f"arXiv:{arxiv}" + (f" [{primary}]" if primary else "")
        parts.append(encode(shown, ascii_only=True))
    new = [printed_url(link.url) for link in code]
    new = [text for text in new if text not in there]
    if new:
        parts.append("Code: " + ", ".join(new))
    return ". ".join(parts)


def joined(there: str, more: str) -> str:
    """The note with the addition behind it."""
    there = there.rstrip()
    if not there or not more:
        return there or more
    return f"{there} {more}" if there.endswith(".") else f"{there}; {more}"


def without_added(
    note: str, arxiv: ArxivId | None, primary: str | None, code: tuple[Link, ...]
) -> str:
    """A note as it was before `joined` put `added` behind it; the note itself when it did not."""
    if arxiv is None and not code:
        return note
    if "arXiv:" not in note and "Code: " not in note:
        return note
    for one in (arxiv, None):
        if note == added("", one, primary, code):
            return ""
        for match in _JOINT.finditer(note):
            there = note[: match.start()]
            more = note[match.end() :]
            if more.startswith(("arXiv:", "Code: ")) and more == added(there, one, primary, code):
                return there
    return note
