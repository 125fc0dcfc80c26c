"""`bibtools undo`: take the last change in place back, byte for byte."""

from __future__ import annotations

import json

import click

from bibtools.adapters.journal import Change
from bibtools.cli import options
from bibtools.cli.screen import plain, say, write_result
from bibtools.errors import UsageError
from bibtools.workflows import undo as workflow

EPILOG = """\b
Examples:
  bibtools undo refs.bib
  bibtools undo            # the last run in this folder, all its files
  bibtools undo --redo refs.bib
  bibtools undo --list

In place is what -i changes, and what `lookup --add`, `cite -o` and `zotero` write. Of a
file that `build`, `convert` or `enrich` wrote over with -o, the old one lies beside it
(refs.bib.bak).

Each undo goes one change further back; --redo comes forward again, until something
new is changed. A file that was edited since is left alone. The journal lies in your
state folder (BIBTOOLS_STATE names another) and keeps the last 20 changes of a file.

Exit codes: 0 done (also when there was nothing to do without FILE),
2 nothing known of FILE, or it was changed since.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--redo", is_flag=True, help="Make again what undo took back.")
@click.option("--list", "listing", is_flag=True, help="Show the journal and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --list: one JSON line for each change.")
@options.quiet()
def undo(files: tuple[str, ...], redo: bool, listing: bool, as_json: bool, quiet: bool) -> int:
    """Take back the last change that bibtools made in FILE in place.

    Without FILE: the last run that changed files in the current folder or below, all its files
    together. The bytes are exactly those from before.
    """
    if as_json and not listing:
        raise UsageError("--json goes with --list.")
    if listing and redo:
        raise UsageError("--list and --redo do not go together.")
    if listing:
        rows = workflow.history(files)
        write_result("".join((_json(row) if as_json else plain(_line(row))) + "\n" for row in rows))
        return 0
    done = workflow.redo(files) if redo else workflow.undo(files)
    if quiet:
        return 0
    for change in done:
        verb = "again changed by" if redo else "as it was before"
        say(f"{change.path}: {verb} bibtools {change.command} ({change.shown})")
    if not done:
        say("There is nothing to {}.".format("redo" if redo else "undo"))
    return 0


def _line(change: Change) -> str:
    state = "undone" if change.undone else "done"
    return f"{change.shown}  {state:6}  {change.command:8}  {change.path}"


def _json(change: Change) -> str:
    row = {
        "when": change.when,
        "file": str(change.path),
        "command": change.command,
        "run": change.run,
        "undone": change.undone,
        "before": change.before,
        "after": change.after,
    }
    return json.dumps(row, ensure_ascii=True)
