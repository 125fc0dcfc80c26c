"""`bibtools report`: a reading list as one web page."""

from __future__ import annotations

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_result

EPILOG = """\b
Examples:
  bibtools report refs.bib -o report.html
  bibtools report refs.bib more.json --title "Reading list of our group" -o list.html
  bibtools build page.txt --to json | bibtools report - -o page.html

The page is one file that fetches nothing and tells nobody anything: search, filters
by year, venue, type, category and by what a paper has, plots, links, the BibTeX of each
entry, and how each value is known (what `bibtools why` tells). It works from the
keyboard, on a telephone, in the dark, printed, and without a script as a plain list.
Its address keeps the filters. The same entries give the same bytes.

An older report of that name is replaced; any other file is kept as a backup.

Exit codes: 0 done (notices included), 1 with --strict when there was a notice,
2 wrong usage, or a file that cannot be read or written.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="OUT", help="Write to this file instead of stdout.")
@click.option("--title", metavar="TEXT", help="What the page is called.  [default: the file names]")
@options.strict()
@options.quiet()
def report(
    files: tuple[str, ...], output: str | None, title: str | None, strict: bool, quiet: bool
) -> int:
    """Make one web page of a reading list, with search, filters, plots and evidence.

    FILE is a .bib file, CSL-JSON, entry JSON or whatever `convert` reads; `-` is standard input.
    """
    from bibtools.workflows.report_page import report_page, write_report_page

    with progress_on_terminal(quiet=quiet) as progress:
        page = report_page(files, title, progress)
    if not quiet:
        show_notices(page.notices)
    if output is None or output == "-":
        write_result(page.html)
    else:
        told = write_report_page(output, page, files)
        if not quiet:
            say(told)
    return 1 if strict and page.notices else 0
