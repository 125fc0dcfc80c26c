"""`bibtools enrich`: arXiv IDs, missing fields and code links for the entries of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.errors import UsageError
from bibtools.model import Entry

EPILOG = """\b
Examples:
  bibtools enrich entries.json --offline -o enriched.json --to json
  bibtools convert page.txt --to json | bibtools enrich - --offline --to json
  bibtools enrich refs.bib --offline -o enriched.bib

\b
An ID is written only when sure: the title and one more witness (authors, year,
number of authors, abstract), or an exact and distinctive title that is the only
one of its kind; and never over a contradiction. Otherwise the entry says
`ambiguous`, with the candidates, or `none`.

\b
Exit codes: 0 done (notices included), 2 wrong usage or a file that cannot be
read, 70 a fault of ours.
"""


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
@options.backup()
@options.quiet()
def enrich(
    file: str,
    offline: bool,
    index_path: Path | None,
    to: str | None,
    output: str | None,
    print_links: str | None,
    backup: bool,
    quiet: bool,
) -> int:
    """Add arXiv IDs, missing fields and code links to the entries of FILE.

    FILE is entry JSON, CSL-JSON, a .bib file or a page; `-` is standard input. Keys stay as
    they are. The result goes to stdout without -o.
    """
    from bibtools.workflows.enrich import enrich_entries
    from bibtools.workflows.index import default_path, open_index
    from bibtools.workflows.reading import read_files

    if not offline:
        raise UsageError(
            "This version asks no web service.", "Say --offline: the offline index is asked."
        )
    reading = read_files([file])[0]
    with (
        progress_on_terminal(quiet=quiet) as progress,
        open_index(index_path or default_path()) as index,
    ):
        outcome = enrich_entries(reading.entries, index, progress=progress)
    if not quiet:
        show_notices([*reading.notices, *outcome.notices])
    done = _write(outcome.entries, output or "-", to, print_links, backup=backup)
    if not quiet:
        for line in summary_lines(outcome.counts):
            say(line)
        if done:
            say(done)
    return 0


def _write(
    entries: Sequence[Entry], output: str, to: str | None, links: str | None, *, backup: bool
) -> str | None:
    """Write the result; gives the sentence that tells it."""
    if to == "json" or (to is None and output == "-"):
        from bibtools.adapters.files import read_if_there, write_file
        from bibtools.formats.entry_json import write_entries

        text = write_entries(entries)
        if output == "-":
            write_result(text)
            return None
        _, state = read_if_there(output)
        written = write_file(output, text.encode(), expected=state, backup=backup)
        kept = f" (the old one is {written.backup})" if written.backup else ""
        return f"{output}: {'written' if written.written else 'nothing changed'}{kept}"
    from bibtools.workflows.outputs import Style, render, target_of, write_new

    target = target_of(output, to)
    text = render(entries, target.format, Style(links))  # type: ignore[arg-type]
    if target.file == "-":
        write_result(text)
        return None
    return write_new(target, text, backup)


def summary_lines(counts: Mapping[str, int]) -> list[str]:
    """What was found, in a few lines."""
    lines = [
        f"{counts['entries']} entries: arXiv ID sure {counts['sure']}, "
        f"likely {counts['likely']}, ambiguous {counts['ambiguous']}, none {counts['none']}",
        f"  with arXiv ID {counts['with_arxiv']}, with code {counts['with_code']}, "
        f"with neither {counts['neither']}",
    ]
    if counts["code_flag_without_link"]:
        lines.append(
            f'  {counts["code_flag_without_link"]} say "Code", but no link was found for them'
        )
    return lines
