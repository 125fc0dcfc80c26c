"""`bibtools convert`: one format in, another out, nothing looked up, nothing merged."""

from __future__ import annotations

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.formats.pages import KINDS as PAGE_KINDS
from bibtools.workflows.foreign_tex import left_out, preambles
from bibtools.workflows.outputs import Style, render, target_of, write_new
from bibtools.workflows.reading import INPUT_KINDS, read_files

EPILOG = """\b
Examples:
  bibtools convert examples/author_page.txt --to json
  bibtools convert examples/daily_papers.txt -o papers.bib
  bibtools convert refs.bib --to csl-json -o refs.json
  bibtools convert zotero_items.json --to biblatex -o refs.bib
  bibtools convert refs.bib more.json -o refs.ris
  curl -s URL | bibtools convert - --to biblatex
  bibtools convert mine.bib --to biblatex --trust-tex -o refs.bib

Every @preamble of a .bib, and commands in its fields that read or write files, run
programs or change how TeX reads, could harm whoever typesets the result: the former
are left out, the latter become text, and both are told. --trust-tex takes them over
word for word. `bibtools check --select command,preamble` lists them.

Exit codes: 0 done (notices included), 1 with --strict when there was a notice,
2 wrong usage or a file that is none of the kinds.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@options.output_kind(options.CONVERT_KINDS)
@click.option(
    "--from",
    "kind",
    type=click.Choice(INPUT_KINDS),
    help="Kind of the input; without it the content decides.",
)
@click.option("-o", "--output", metavar="OUT", help="Write to this file instead of stdout.")
@options.print_links()
@options.key_pattern()
@click.option(
    "--trust-tex",
    is_flag=True,
    help="Take @preamble blocks and any TeX command of a .bib over word for word.",
)
@options.backup()
@options.strict()
@options.quiet()
def convert(
    files: tuple[str, ...],
    to: str | None,
    kind: str | None,
    output: str | None,
    print_links: PrintLinks | None,
    key_pattern: str | None,
    trust_tex: bool,
    backup: bool,
    strict: bool,
    quiet: bool,
) -> int:
    """Read pages that list papers, .bib files, RIS or JSON, and write another format.

    FILE is a saved page (text or HTML: an author page, bare abstracts, a papers list), a .bib
    file, a RIS file, entry JSON, CSL-JSON or a JSON array of Zotero items as its Web API gives
    them; `-` is standard input. The result goes to stdout without -o.

    What a format has no place for travels in its notes (`tex.field: value`, which Zotero and
    Better BibTeX keep) and is there again on the way back.
    """
    target = target_of(output or "-", to, default="json")
    with progress_on_terminal(quiet=quiet) as progress:
        readings = read_files(files, kind, progress)
    notices = [notice for reading in readings for notice in reading.notices]
    entries = [entry for reading in readings for entry in reading.entries]
    to_bib = target.format in ("bibtex", "biblatex")
    if to_bib and not trust_tex:
        notices += [notice for reading in readings for notice in left_out(reading)]
    if not quiet:
        show_notices(notices)
    # Pages hold leftovers of TeX and guesses that nobody wants to have carried.
    exact = all(reading.kind not in PAGE_KINDS for reading in readings)
    style = Style(print_links, key_pattern, exact=exact, trusted=trust_tex)
    text = render(entries, target.format, style)
    if to_bib and trust_tex:
        text = "".join(map(preambles, readings)) + text
    if target.file == "-":
        write_result(text)
    else:
        outcome = write_new(target, text.encode(), backup)
        if not quiet:
            say(outcome)
    return 1 if strict and notices else 0
