"""`bibtools why`: where a value came from, in sentences."""

from __future__ import annotations

import json

import click

from bibtools.cli import options
from bibtools.cli.screen import plain, show_notices, write_result
from bibtools.formats.entry_json import dump
from bibtools.formats.provenance import write_provenance

EPILOG = """\b
Examples:
  bibtools why gao2021simcse
  bibtools why gao2021simcse doi
  bibtools why gao2021simcse --in thesis/refs.bib --json

`enrich`, `lookup --add` and `cite` write the evidence to refs.bib.provenance.jsonl;
nothing of it goes into the .bib.

Exit codes: 0 done, 2 no such file, entry or field.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("key")
@click.argument("field", required=False)
@click.option(
    "--in",
    "file",
    metavar="FILE",
    help="The .bib file; without it those in this folder are looked through.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what is known as JSON.")
def why(key: str, field: str | None, file: str | None, *, as_json: bool) -> None:
    """Tell where the values of the entry KEY came from, or that of one FIELD."""
    from bibtools.workflows.why import file_with
    from bibtools.workflows.why import why as ask

    told = ask(file or file_with(key), key, field)
    show_notices(told.notices)
    if as_json:
        rows = [{**json.loads(write_provenance([one])), "now": now} for one, now in told.known]
        write_result(
            dump({"file": told.file, "key": told.key, "known": rows, "own": list(told.own)}) + "\n"
        )
        return
    write_result("".join(plain(line) + "\n" for line in told.lines()))
