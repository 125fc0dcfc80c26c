"""Tidying one .bib file, and showing or making a change to one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from bibtools.adapters.files import WriteOutcome, standard_stream, state_of
from bibtools.adapters.journal import journalled_write
from bibtools.errors import UsageError
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.tidy import try_tidy
from bibtools.formats.bibtex.tidy_blocks import Layout
from bibtools.model import Notice


def tidy_bytes(
    data: bytes, file: str | None = None, layout: Layout | None = None
) -> tuple[bytes, tuple[Notice, ...]]:
    """The bytes of a .bib file, tidied; those of the file, with a notice, when it has to stay."""
    written = try_tidy(Document.parse(data, file), layout)
    if written is not None:
        return written, ()
    notice = Notice(
        "The file stays as it is: tidied, it would not be read as the same entries.",
        file=file,
        rule="format.kept",
        hint="`bibtools check` may show what is odd in it; this is a fault of ours, please report "
        "it with the file.",
    )
    return data, (notice,)


def diff_of(old: bytes, new: bytes, file: str) -> bytes:
    """The change as a unified diff; empty when there is none."""
    name = file.encode("utf-8", "surrogateescape")
    lines = difflib.diff_bytes(
        difflib.unified_diff, list(_lines(old)), list(_lines(new)), b"a/" + name, b"b/" + name
    )
    return b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in lines
    )


def _lines(data: bytes) -> Iterator[bytes]:
    # A diff knows one line end only; `splitlines` knows more.
    lines = data.split(b"\n")
    yield from (line + b"\n" for line in lines[:-1])
    if lines[-1]:
        yield lines[-1]


def replace_file(file: str, old: bytes, new: bytes, command: str) -> WriteOutcome:
    """Put the new bytes into the file, so that `bibtools undo` can take them back.

    Refused with `WriteError` when it no longer holds the old ones.
    """
    return journalled_write(file, new, state_of(old), command)


def refuse_in_place(files: tuple[str, ...]) -> None:
    """Raise `UsageError` when standard input is to be changed in place."""
    if standard_stream in files:
        raise UsageError(
            "Standard input cannot be changed in place.", "Leave -i out: the result is printed."
        )


def refuse_several(files: tuple[str, ...]) -> None:
    """Raise `UsageError` when several files would be printed as one."""
    if len(files) > 1:
        raise UsageError(
            "Several files would be printed one after the other, as if they were one.",
            "Say --diff to see the changes, or -i to change the files.",
        )
