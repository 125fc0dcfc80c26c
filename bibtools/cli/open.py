"""`bibtools open`: the page, PDF, DOI or code of an entry, in the browser."""

from __future__ import annotations

from pathlib import Path

import click

from bibtools.cli import options
from bibtools.cli.screen import say, write_result

EPILOG = """\b
Examples:
  bibtools open gao2021simcse refs.bib
  bibtools open gao2021simcse --code
  bibtools open 2104.08821 --pdf
  bibtools open doi:10.1145/3292500.3330701 --print

KEY is looked for in each FILE; without FILE, in the .bib files of the current folder.
What is no key there is a WHAT as of `bibtools lookup`, and its address is made from the
identifier where that says it; else the offline index and the services are asked.

--abs opens arXiv's page, else what the DOI leads to, else another address of the entry.
Only http and https are opened: an address of a file, or one that holds a program
("javascript:"), is refused, whoever wrote it into the .bib.

Exit codes: 0 opened, 1 there is no such entry, or it has no such address, or no browser
could be started (the address is printed), 2 wrong usage or a file that cannot be read,
4 a service could not be asked.
"""


@click.command(name="open", context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("what", metavar="KEY|WHAT")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--abs", "part", flag_value="abs", default=True, help="Its page.  [default]")
@click.option("--pdf", "part", flag_value="pdf", help="The PDF.")
@click.option("--doi", "part", flag_value="doi", help="What the DOI leads to.")
@click.option("--code", "part", flag_value="code", help="The code.")
@click.option("--print", "print_only", is_flag=True, help="Print the address and open nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print key, part and address as JSON.")
@click.option("--offline", is_flag=True, help="Ask the offline index and earlier answers only.")
@options.index_file()
def open_(
    what: str,
    files: tuple[str, ...],
    part: str,
    index_path: Path | None,
    *,
    print_only: bool,
    as_json: bool,
    offline: bool,
) -> int:
    """Open the page of the entry KEY, or of the work WHAT, in the browser."""
    from bibtools.workflows.opening import address_of

    found = address_of(what, files, part, index=index_path, offline=offline)
    for notice in found.notices:
        say(notice)
    if found.url is None:
        say(found.why)
        return 4 if found.unknown else 1
    if as_json:
        from bibtools.formats.entry_json import dump

        write_result(dump({"key": found.key, "part": part, "url": found.url}) + "\n")
        return 0
    if print_only:
        write_result(found.url + "\n")
        return 0
    from bibtools.adapters.browser import open_address

    if not open_address(found.url):
        say("No browser could be started. The address:")
        write_result(found.url + "\n")
        return 1
    say(f"Opened {found.url}")
    return 0
