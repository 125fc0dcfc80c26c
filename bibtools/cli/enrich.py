"""`bibtools enrich`: arXiv IDs, missing fields and code links for the entries of a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_bytes
from bibtools.errors import UsageError
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.workflows.enrich import enrich_entries
from bibtools.workflows.enrich_file import enriched_bytes, read_input, report_of
from bibtools.workflows.index import default_path, open_index
from bibtools.workflows.outputs import write_new
from bibtools.workflows.reporting import write_report

EPILOG = """\b
Examples:
  bibtools enrich entries.json --offline -o enriched.json --to json
  bibtools convert page.txt --to json | bibtools enrich - --offline --to json
  bibtools enrich refs.bib --offline -o enriched.bib

An ID is written only when sure: the title and one more witness (authors, year,
number of authors, abstract), or an exact and distinctive title that is the only
one of its kind; and never over a contradiction. Otherwise the entry says
`ambiguous`, with the candidates, or `none`.

Exit codes: 0 done (notices included), 1 with --strict when anything was unsure or
noticed, 2 wrong usage or a file that cannot be read, 70 a fault of ours.
"""

OUTCOMES = ("sure", "likely", "ambiguous", "none")


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("file", metavar="FILE")
@click.option(
    "--offline", is_flag=True, help="Ask only the offline index (the only way in this version)."
)
@click.option(
    "--index",
    "index_path",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The index file; without it BIBTOOLS_INDEX or the one in your data folder.",
)
@options.output_kind()
@click.option("-o", "--output", metavar="OUT", help="Write to this file instead of stdout.")
@options.print_links()
@click.option("--report", metavar="FILE", help="Write every unresolved row and why, as JSON.")
@options.backup()
@options.strict()
@options.quiet()
def enrich(
    file: str,
    offline: bool,
    index_path: Path | None,
    to: str | None,
    output: str | None,
    print_links: PrintLinks | None,
    report: str | None,
    backup: bool,
    strict: bool,
    quiet: bool,
) -> int:
    """Add arXiv IDs, missing fields and code links to the entries of FILE.

    FILE is entry JSON, CSL-JSON, a .bib file or a page; `-` is standard input. Keys stay as
    they are, and a .bib keeps every byte but the fields that are added. The result goes to
    stdout without -o, in the format of FILE unless --to or the suffix of -o says otherwise.
    """
    if not offline:
        raise UsageError(
            "This version asks no web service.", "Say --offline: the offline index is asked."
        )
    given = read_input(file)
    with (
        progress_on_terminal(quiet=quiet) as progress,
        open_index(index_path or default_path()) as index,
    ):
        outcome = enrich_entries(given.reading.entries, index, progress=progress)
    target, data = enriched_bytes(given, outcome.entries, output, to, print_links)
    told = report_of(given.reading, outcome)
    if not quiet:
        show_notices(told.notices)
    done = None
    if target.file == "-":
        write_bytes(data)
    else:
        done = write_new(target, data, backup)
    if report is not None:
        write_report(report, told)
    if not quiet:
        for line in summary_lines(outcome.counts):
            say(line)
        if done:
            say(done)
    return 1 if strict and told.findings else 0


def summary_lines(counts: Mapping[str, int]) -> list[str]:
    """What was found, in a few lines."""
    outcomes = ", ".join(f"{name} {counts[name]}" for name in OUTCOMES)
    lines = [
        f"{counts['entries']} entries looked up: {outcomes}",
        "  with arXiv ID {with_arxiv}, with code {with_code}, with neither {neither}".format_map(
            counts
        ),
    ]
    if counts["code_flag_without_link"]:
        lines.append(
            f'  {counts["code_flag_without_link"]} say "Code", but no link was found for them'
        )
    return lines
