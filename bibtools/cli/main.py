"""The root command. Commands are loaded when they are called, so that `--help` stays fast."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from bibtools import __version__
from bibtools.cli.lazy import CommandTable, LazyGroup

COMMANDS: CommandTable = {
    "build": ("bibtools.cli.build:build", "Pages in, one bibliography out: the main job."),
    "convert": ("bibtools.cli.convert:convert", "Read pages, .bib or JSON; write another format."),
    "cite": ("bibtools.cli.cite:cite", "Write a .bib with exactly what documents cite."),
    "lookup": ("bibtools.cli.lookup:lookup", "Print the entry that an ID, a PDF or a title names."),
    "open": ("bibtools.cli.open:open_", "Open an entry's page, PDF, DOI or code in the browser."),
    "search": ("bibtools.cli.search:search", "Find entries by words: files, Zotero, the index."),
    "enrich": ("bibtools.cli.enrich:enrich", "Add arXiv IDs, published versions, code links."),
    "why": ("bibtools.cli.why:why", "Tell where a value in a .bib came from."),
    "index": ("bibtools.cli.index:index", "Build and update the offline index of arXiv papers."),
    "decide": ("bibtools.cli.decide:decide", "Tell `build` by hand what it could not know."),
    "fields": ("bibtools.cli.fields:fields", "Print the fields of .bib files as BibTeX sees them."),
    "check": ("bibtools.cli.check:check", "Say what is wrong in .bib files; fix what is safe."),
    "format": ("bibtools.cli.format:format_", "Tidy .bib files by options."),
    "dedupe": ("bibtools.cli.dedupe:dedupe", "Find entries that are one work, and merge them."),
    "keys": ("bibtools.cli.keys:keys", "Propose citation keys by a pattern; rename on request."),
    "stats": ("bibtools.cli.stats:stats", "Count what is in a bibliography."),
    "report": ("bibtools.cli.report:report", "Make one web page of a reading list."),
    "zotero": ("bibtools.cli.zotero:zotero", "Keep a file and a Zotero library in agreement."),
    "undo": ("bibtools.cli.undo:undo", "Take the last change in place back, byte for byte."),
    "completion": ("bibtools.cli.completion:completion", "Let bash, zsh or fish complete lines."),
}


EXAMPLES = """\b
Examples:
  bibtools build examples/author_page.txt -o refs.bib
  bibtools cite main.tex --from library.bib -o refs.bib
  bibtools lookup 2104.08821
  bibtools enrich refs.bib --diff
"""


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXAMPLES,
)
@click.version_option(__version__, "--version", "-V", prog_name="bibtools")
def main() -> None:
    """Reading lists in, bibliographies out.

    Pages, files, identifiers and what a document cites become entries with arXiv IDs,
    published versions and links to the code, written as BibTeX, biblatex, CSL-JSON, RIS or
    Zotero items. Results go to stdout or to the file named with -o, everything else to stderr.
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with the exit code the handbook documents."""
    from bibtools.cli.faults import exit_code_of

    code = exit_code_of(lambda: _invoke(arguments))
    # Nothing is left to be found in cycles: looking for them takes a tenth of a short run.
    gc.freeze()
    sys.exit(code)


def _invoke(arguments: Sequence[str] | None) -> Any:
    return main.main(
        args=list(arguments) if arguments is not None else None,
        prog_name="bibtools",
        standalone_mode=False,
    )
