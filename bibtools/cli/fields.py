"""`bibtools fields`: every field of .bib files as BibTeX sees it, one JSON line an entry."""

from __future__ import annotations

import json
import sys

import click

from bibtools.adapters.files import read_bytes
from bibtools.cli import options
from bibtools.cli.screen import plain, say, write_result
from bibtools.formats.bibtex import Document

EPILOG = """\b
Examples:
  bibtools fields refs.bib
  bibtools fields thesis.bib papers.bib > fields.jsonl
  bibtools fields - < refs.bib

Exit codes: 0 done (notices included), 1 with --strict when there was a notice,
2 a file that cannot be read.
"""

# JSON leaves these bare, though many a reader takes them for the end of a line.
_LINE_ENDS = {mark: f"\\u{mark:04x}" for mark in (0x85, 0x2028, 0x2029)}


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.strict()
@options.quiet()
def fields(files: tuple[str, ...], strict: bool, quiet: bool) -> int:
    """Print every field of .bib files as BibTeX sees it.

    One JSON line for each entry: `{file, line, type, key, fields}`. Macros are expanded in
    file order, joined parts are put together, month macros are known, runs of blanks are one
    space. A file that is not UTF-8 is read as latin-1. Entries inside `@comment` are printed as
    bibtex reads them, with `inside_comment`. What is wrong with a file is told on stderr, with
    the place.
    """
    noticed = False
    for file in files:
        document = Document.parse(read_bytes(file), file)
        rows = []
        for entry in document.entries:
            row = {
                "file": file,
                "line": entry.line,
                "type": entry.type,
                "key": entry.key,
                "fields": entry.fields,
            }
            if entry.inside_comment:
                row["inside_comment"] = True
            rows.append(json.dumps(row, ensure_ascii=False).translate(_LINE_ENDS) + "\n")
        write_result("".join(rows))
        if quiet and not strict:
            continue
        noticed = noticed or bool(document.notices)
        if not quiet:
            for notice in document.notices:
                say(str(notice))
                caret = document.caret(notice)
                if caret:
                    say("\n".join("    " + plain(line) for line in caret.split("\n")))
    sys.stderr.flush()
    return 1 if strict and noticed else 0
