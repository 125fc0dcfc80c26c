"""`bibtools zotero`: a file and a Zotero library that agree. Commands are loaded when called."""

from __future__ import annotations

import click

from bibtools.cli import options
from bibtools.cli.lazy import CommandTable, LazyGroup

COMMANDS: CommandTable = {
    "login": ("bibtools.cli.zotero_login:login", "Keep an API key for Zotero on this computer."),
    "logout": ("bibtools.cli.zotero_login:logout", "Forget the API key."),
    "collections": (
        "bibtools.cli.zotero_login:collections",
        "List the collections of a library.",
    ),
    "status": ("bibtools.cli.zotero_sync:status", "Say what differs; write nothing."),
    "pull": ("bibtools.cli.zotero_sync:pull", "Bring what is new in Zotero into a file."),
    "push": ("bibtools.cli.zotero_sync:push", "Bring what is new in a file into Zotero."),
    "sync": ("bibtools.cli.zotero_sync:sync", "Both ways."),
    "apply": ("bibtools.cli.zotero_sync:apply", "Carry out a plan that --plan FILE saved."),
    "undo": ("bibtools.cli.zotero_undo:undo", "Take the last run back, on both sides."),
}

EPILOG = """\b
Examples:
  bibtools zotero login
  bibtools zotero status refs.bib --collection Reading/2026
  bibtools zotero sync refs.bib --collection Reading/2026
  bibtools zotero undo

Exit codes: 0 done, 1 done but conflicts or other things were left alone, 2 wrong
usage or unreadable input, 3 settings (no key, a wrong key, a key that may not do
it), 4 the server stopped answering or refused some items (the rest was done),
5 nothing was written because nobody said yes, 70 a fault of ours.
"""


@click.group(cls=LazyGroup, table=COMMANDS, context_settings=options.HELP_NAMES, epilog=EPILOG)
def zotero() -> None:
    """Keep a .bib or CSL-JSON file and a Zotero library or collection in agreement.

    What both sides said when they last agreed is kept beside the file
    (refs.bib.zotero.jsonl, safe to delete), so that changes of both sides merge field by
    field. Nothing is written before it is shown and agreed to, and `undo` takes it back.
    """
