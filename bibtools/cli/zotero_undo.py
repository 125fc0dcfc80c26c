"""`bibtools zotero undo`: take a run back on both sides."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import click

from bibtools.adapters.zotero.one_at_a_time import sync_of_file, sync_of_library
from bibtools.adapters.zotero.past_runs import RunRecord
from bibtools.cli import options, zotero_options
from bibtools.cli.progress import bar_away, progress_on_terminal
from bibtools.cli.screen import plain, say, write_result
from bibtools.cli.zotero_permission import allow_writing
from bibtools.model.progress import Progress
from bibtools.workflows.zotero import undo_plan
from bibtools.workflows.zotero.checks import check_write
from bibtools.workflows.zotero.connecting import Connection
from bibtools.workflows.zotero.runs import list_runs
from bibtools.workflows.zotero.session import Session, open_session
from bibtools.workflows.zotero.undo import Undone, carry_out_undo

EPILOG = """\b
Examples:
  bibtools zotero undo                # the last run
  bibtools zotero undo --file refs.bib
  bibtools zotero undo --list
  bibtools zotero undo 17c8915b --yes

What somebody has changed since is left alone and told, the rest is taken back;
undo with the name of the run tries what was left again.
Items that the run made are deleted for good if nobody has touched them since.
The journal lies in your state folder (BIBTOOLS_STATE names another) and keeps the
last 20 runs of a file.

Exit codes: 0 taken back, 1 taken back but for what was changed since, 2 no such
run, 3 settings, 4 the server stopped answering (run it again), 5 nothing was done
because nobody said yes.
"""
_ACTIONS = {"restore": "restore", "delete": "delete for good", "refuse": "leave"}


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("run", metavar="[RUN]", required=False)
@click.option("--file", "file", metavar="FILE", help="The last run that synced this file.")
@click.option("--list", "listing", is_flag=True, help="Show the runs and change nothing.")
@click.option("-y", "--yes", is_flag=True, help="Do it without asking.")
@zotero_options.as_json()
@options.quiet()
def undo(
    run: str | None,
    file: str | None,
    *,
    listing: bool,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Take the last run (or RUN) of push, pull, sync or apply back, in Zotero and in the file."""
    if listing:
        _list(file, as_json=as_json)
        return 0
    record = undo_plan.run_to_undo(run, file)
    alone = sync_of_file(record.file) if record.file is not None else contextlib.nullcontext()
    with alone, _session(record, quiet=quiet) as (session, progress):
        plan = undo_plan.plan_undo(record, session)
        writes = any(one.action in ("restore", "delete") for one in plan.objects)
        if session is not None and writes:
            check_write(session)
        with bar_away():
            if plan.writes and not yes and not _agreed(plan):
                return 5
            if session is not None and writes:
                allow_writing(session)
        with sync_of_library(record.scope):
            done = carry_out_undo(plan, session, progress)
    if as_json:
        _json(done, record.name)
    elif not quiet:
        _tell(done, record.name)
    return 1 if done.left else 0


@contextlib.contextmanager
def _session(record: RunRecord, *, quiet: bool) -> Iterator[tuple[Session | None, Progress | None]]:
    """The library of the run; none where the run did not write to it."""
    if not undo_plan.needs_library(record):
        yield None, None
        return
    scope = record.scope
    where = Connection(
        f"{scope.library}:{scope.library_id}", scope.endpoint, local=bool(scope.server)
    )
    with progress_on_terminal(quiet=quiet) as progress, open_session(where, progress) as session:
        yield session, progress


def _agreed(plan: undo_plan.UndoPlan) -> bool:
    say(f"{plan.run.command} of {plan.run.shown}:")
    shown = [one for one in plan.objects if one.action != "none"]
    for one in shown[:50]:
        why = f" ({one.refused})" if one.refused else ""
        say(f"  {_ACTIONS[one.action]} {one.touched.kind} {one.title}{why}")
    if len(shown) > 50:
        say(f"  ... and {len(shown) - 50:,} more")
    if plan.file is not None:
        say(f"  {plan.file.path}: as it was before")
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say("Nothing was done: nobody is here to say yes. Run it again with --yes.")
        return False
    if click.confirm("Take this back?", default=False, err=True):
        return True
    say("Nothing was done.")
    return False


def _tell(done: Undone, name: str) -> None:
    parts = [
        f"{count:,} {what}"
        for count, what in (
            (done.restored, "restored"),
            (done.deleted, "deleted"),
            (done.collections, f"collection{'s' * (done.collections != 1)} deleted"),
        )
        if count
    ]
    if parts:
        say(f"Zotero: {', '.join(parts)}")
    if done.file is not None:
        say(f"{done.file}: as it was before")
    for what, why in done.left:
        say(f"Left alone: {what}: {why}")
    if done.left:
        say(f"bibtools zotero undo {name} tries what was left again.")
    if not parts and done.file is None and not done.left:
        say(f"Everything is as it was before the run {name} already.")


def _json(done: Undone, name: str) -> None:
    made = {
        "run": name,
        "restored": done.restored,
        "deleted": done.deleted,
        "collections": done.collections,
        "file": done.file,
        "left": [{"what": what, "why": why} for what, why in done.left],
    }
    write_result(json.dumps(made, ensure_ascii=False, indent=1) + "\n")


def _taken_back(row: Mapping[str, Any]) -> str:
    if not row["undone"]:
        return ""
    left = len(row["left"])
    return (
        f"  (taken back but for {left:,}; undo {row['run']} tries again)"
        if left
        else ("  (taken back)")
    )


def _list(file: str | None, *, as_json: bool) -> None:
    rows = list_runs(file)
    if as_json:
        write_result(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return
    write_result(
        "".join(
            plain(
                f"{row['run']}  {row['when']}  {row['command']:13}  {row['library']}  "
                f"{row['file'] or '-'}{_taken_back(row)}"
                f"{'' if row['finished'] else '  (did not come to its end)'}"
            )
            + "\n"
            for row in rows
        )
    )
