r"""TeX of somebody else's in .bib files that are read to be written anew.

What a .bib of another person says beside its entries, and commands that could harm whoever
typesets the result, go into a written .bib only when the user asks for it (`--trust-tex`).
"""

from __future__ import annotations

from bibtools.checks.commands import foreign_commands, is_ours
from bibtools.model import Notice
from bibtools.workflows.reading import Reading

_HINT = "--trust-tex takes it over word for word."


def left_out(reading: Reading) -> list[Notice]:
    """What of a .bib does not get into another one as it is; empty for other kinds of files."""
    document = reading.document
    if document is None:
        return []
    notices = []
    preambles = {(block.line, block.column) for block in document.preambles}
    for block in document.preambles:
        if not is_ours(block):
            line, column = document.place_of(block.start)
            said = "This @preamble was left out."
            notices.append(Notice(said, reading.file, line, column, "tex.preamble", _HINT))
    for found in foreign_commands(document):
        if (found.line, found.column) not in preambles:
            said = f"{found.message} It was written as text."
            notices.append(
                Notice(said, reading.file, found.line, found.column, "tex.command", _HINT)
            )
    return notices


def preambles(reading: Reading) -> str:
    """The foreign `@preamble` blocks of a .bib, macros expanded, each on its line and followed by
    a blank one.
    """
    if reading.document is None:
        return ""
    return "".join(
        f"@preamble{{{{{block.value}}}}}\n\n"
        for block in reading.document.preambles
        if not is_ours(block)
    )
