r"""TeX of somebody else's in a .bib: what could harm whoever typesets it, and every `@preamble`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from bibtools.checks.findings import Finding, Severity
from bibtools.checks.views import LONGEST, MOST, shown
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import BibEntry, Preamble
from bibtools.formats.bibtex.dangerous import Danger, Harm, dangerous, is_dangerous_address
from bibtools.formats.bibtex.fields import PROVIDED
from bibtools.formats.bibtex.scans import FieldPlace

COMMAND, PREAMBLE = "command", "preamble"

_SEVERITY: Final[dict[Harm, Severity]] = {
    Harm.RUNS: "error",
    Harm.WRITES: "error",
    Harm.READS: "error",
    Harm.OPENS: "warning",
    Harm.CHANGES: "warning",
    Harm.DEFINES: "warning",
}
_ADDRESSES: Final = frozenset({"url", "link", "ee", "pdf", "code"})
_LONG_TEXTS: Final = frozenset({"abstract", "annote", "annotation", "review", "keywords", "file"})
"""Fields that no style writes in lower case, so that only a command's own name counts."""
_HINT: Final = "Take it out unless you know who wrote it and why."


def check_commands(document: Document) -> Iterator[Finding]:
    """What `foreign_commands` finds, and addresses that run something when they are opened."""
    yield from foreign_commands(document)
    for entry in document.entries:
        for name, value in entry.fields.items():
            if name in _ADDRESSES and ":" in value and is_dangerous_address(value):
                scan = document.scan(entry.start, entry.end)
                place = next((one.start for one in scan.fields if one.name == name), entry.start)
                yield _at(
                    document,
                    place,
                    "warning",
                    f'The address "{shown(value)}" in the field "{name}" runs something when it '
                    "is opened.",
                )


def foreign_commands(document: Document) -> Iterator[Finding]:
    """Commands that read or write files, run programs or change how TeX reads, wherever BibTeX
    finds them: also in entries inside `@comment`, in keys, and put together from macros.
    """
    for block in document.preambles:
        for danger in islice(dangerous(block.value[:LONGEST]), MOST):
            if danger.harm is not Harm.DEFINES:  # what a preamble is for
                yield _finding(document, block.start, danger, "This @preamble")
    for entry in document.entries:
        yield from _of_entry(document, entry)


def _of_entry(document: Document, entry: BibEntry) -> Iterator[Finding]:
    for danger in dangerous(entry.key):
        yield _finding(document, entry.start, danger, "The citation key")
    places: dict[str, FieldPlace] | None = None
    for name, value in entry.fields.items():
        if "\\" not in value and "^^" not in value:
            continue
        dangers = dangerous(value[:LONGEST], any_case=name not in _LONG_TEXTS)
        if not dangers:
            continue
        if places is None:
            places = {}
            for place in document.scan(entry.start, entry.end).fields:
                places.setdefault(place.name, place)
        where = places.get(name)
        start, end = (where.start, where.end) if where is not None else (entry.start, entry.start)
        yield from _placed(document, start, end, name, dangers[:MOST])


def _placed(
    document: Document, start: int, end: int, name: str, dangers: list[Danger]
) -> Iterator[Finding]:
    """Findings at the commands themselves where the file spells them out, else at the value."""
    place = start
    for danger in dangers:
        # Blanks are squeezed in values, so the command is looked for anew.
        command = danger.command.encode(document.encoding, "replace")
        at = document.source.data.find(command, place, end)
        place = at if at >= 0 else place
        yield _finding(document, at if at >= 0 else start, danger, f'The field "{name}"')
        place += at >= 0


def _finding(document: Document, offset: int, danger: Danger, where: str) -> Finding:
    return _at(
        document,
        offset,
        _SEVERITY[danger.harm],
        f'{where} has "{shown(danger.command)}", which {danger.harm}.',
    )


def _at(document: Document, offset: int, severity: Severity, message: str) -> Finding:
    line, column = document.place_of(offset)
    return Finding(COMMAND, severity, message, document.file, line, column, _HINT)


def check_preambles(document: Document) -> Iterator[Finding]:
    """Every `@preamble` that is not one of those which bibtools writes itself."""
    for block in document.preambles:
        if not is_ours(block):
            line, column = document.place_of(block.start)
            yield Finding(
                PREAMBLE,
                "note",
                f'This @preamble puts "{shown(block.value)}" into every document that uses the '
                "file.",
                document.file,
                line,
                column,
                "Look at what it does if you did not write it.",
            )


def is_ours(block: Preamble) -> bool:
    """Whether a `@preamble` only provides what `write_preamble` provides."""
    left = block.value
    for _, definition in PROVIDED:
        left = left.replace(definition, "")
    return not left.strip()
