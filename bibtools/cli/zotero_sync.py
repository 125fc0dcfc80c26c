"""`bibtools zotero status, pull, push, sync, apply`."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import click

from bibtools.adapters.zotero.one_at_a_time import sync_of_file
from bibtools.cli import options, zotero_options
from bibtools.cli.faults import show_error
from bibtools.cli.progress import bar_away, progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.cli.zotero_permission import allow_writing
from bibtools.cli.zotero_table import print_plan, show_plan
from bibtools.errors import UsageError
from bibtools.model import Entry
from bibtools.model.progress import Progress
from bibtools.sync.drafting import Direction
from bibtools.sync.values import Prefer
from bibtools.workflows.zotero.apply import apply as run_plan
from bibtools.workflows.zotero.checks import check_access, check_files
from bibtools.workflows.zotero.connecting import Connection
from bibtools.workflows.zotero.outcome import Outcome
from bibtools.workflows.zotero.plans import load_plan, plan_json, prepare_saved, save_plan
from bibtools.workflows.zotero.preparing import Prepared, Wanted, prepare, prepare_list
from bibtools.workflows.zotero.session import Session, open_session
from bibtools.workflows.zotero.telling import (
    Row,
    count_lines,
    counts_of,
    differs,
    is_held_back,
    nothing_to_do,
    outcome_lines,
    plan_rows,
)

DONE, LEFT, STOPPED, NOT_AGREED = 0, 1, 4, 5

_CODES = """
Exit codes: 0 done (also when there was nothing to do), 1 done but something was left alone
(conflicts, unsure pairs, what Zotero refused before), 2 wrong usage, unreadable input or a file
that cannot be written, 3 settings, 4 the server stopped answering or refused some items (the rest
was done), 5 nothing was written because nobody said yes.
"""

STATUS_EPILOG = """\b
Examples:
  bibtools zotero status refs.bib
  bibtools zotero status refs.bib --collection Reading/2026 --json
  bibtools zotero status refs.bib --strict && echo they agree

Exit codes: 0 done, 1 with --strict when the two sides differ, 2 wrong usage or
unreadable input, 3 settings, 4 the server could not be asked.
"""
PULL_EPILOG = (
    """\b
Examples:
  bibtools zotero pull refs.bib --collection Reading/2026
  bibtools zotero pull new.bib --library group:12345 --yes
  bibtools zotero pull refs.bib --plan
"""
    + _CODES
)
PUSH_EPILOG = (
    """\b
Examples:
  bibtools zotero push refs.bib --collection Reading/2026
  bibtools zotero push refs.json -c Reading --plan plan.json
  bibtools zotero push refs.bib --yes --json > done.json
"""
    + _CODES
)
SYNC_EPILOG = (
    """\b
Examples:
  bibtools zotero sync refs.bib
  bibtools zotero sync refs.bib --collection Reading/2026 --prefer newest
  bibtools zotero sync refs.bib --library group:12345 --delete --plan
  bibtools zotero sync refs.bib --yes
"""
    + _CODES
)
APPLY_EPILOG = (
    """\b
Examples:
  bibtools zotero sync refs.bib --plan plan.json
  bibtools zotero apply plan.json
"""
    + _CODES
)


@click.command(context_settings=options.HELP_NAMES, epilog=STATUS_EPILOG)
@click.argument("file", metavar="FILE")
@zotero_options.collection()
@zotero_options.place()
@zotero_options.deciding()
@zotero_options.as_json()
@zotero_options.strict()
@options.quiet()
def status(
    file: str,
    collection: str | None,
    library: str | None,
    endpoint: str | None,
    prefer: Prefer | None,
    *,
    no_subcollections: bool,
    local: bool,
    delete: bool,
    as_json: bool,
    strict: bool,
    quiet: bool,
) -> int:
    """Say what a sync of FILE would do on both sides. Nothing is written."""
    wanted = Wanted("both", prefer, delete, collection, not no_subcollections)
    with _opened(Connection(library, endpoint, local, collection), quiet=quiet) as (
        session,
        progress,
    ):
        prepared = prepare(session, file, wanted, progress)
        _tell_plan(session, prepared, as_json=as_json, quiet=quiet)
    plan = prepared.plan
    differ = plan.writes or plan.conflicts or plan.unsure or differs(plan.notices)
    return LEFT if strict and differ else DONE


def _command(name: str, direction: Direction, help_: str, epilog: str) -> click.Command:
    @click.command(name, help=help_, epilog=epilog, context_settings=options.HELP_NAMES)
    @click.argument("file", metavar="FILE", required=False)
    @zotero_options.collection()
    @zotero_options.place()
    @zotero_options.deciding()
    @zotero_options.writing()
    def command(
        file: str | None,
        collection: str | None,
        library: str | None,
        endpoint: str | None,
        prefer: Prefer | None,
        plan_file: str | None,
        *,
        no_subcollections: bool,
        local: bool,
        delete: bool,
        yes: bool,
        as_json: bool,
        quiet: bool,
    ) -> int:
        if file is None:
            hint = "Write the file to be synced first."
            if plan_file not in (None, zotero_options.STDOUT):
                hint = f'--plan took "{plan_file}" as the file for the plan. {hint}'
            raise UsageError(f"bibtools zotero {name} needs a file.", hint)
        if plan_file is not None and yes:
            raise UsageError("--plan stops before anything is written; --yes goes on.")
        wanted = Wanted(direction, prefer, delete, collection, not no_subcollections)
        alone = sync_of_file(file) if plan_file is None else contextlib.nullcontext()
        where = Connection(library, endpoint, local, collection)
        with alone, _opened(where, quiet=quiet) as (session, progress):
            prepared = prepare(session, file, wanted, progress)
            if plan_file is not None:
                if plan_file != zotero_options.STDOUT:
                    save_plan(plan_file, prepared, name)
                _tell_plan(session, prepared, as_json=as_json, quiet=quiet)
                if plan_file != zotero_options.STDOUT and not quiet:
                    say(f"The plan is kept: bibtools zotero apply {plan_file}")
                return DONE
            return _carry_out(session, prepared, name, progress, yes=yes, as_json=as_json,
                              quiet=quiet)  # fmt: skip

    return command


pull = _command(
    "pull",
    "pull",
    "Bring what is new in Zotero into FILE (.bib or CSL-JSON), which is made when missing. "
    "Zotero is only read.",
    PULL_EPILOG,
)
push = _command(
    "push",
    "push",
    "Bring what is new in FILE (.bib or CSL-JSON) into Zotero. FILE is only read.",
    PUSH_EPILOG,
)
sync = _command(
    "sync",
    "both",
    "Bring FILE (.bib or CSL-JSON) and Zotero into agreement, both ways.",
    SYNC_EPILOG,
)


@click.command(context_settings=options.HELP_NAMES, epilog=APPLY_EPILOG)
@click.argument("plan_file", metavar="PLANFILE")
@zotero_options.place()
@zotero_options.as_json()
@click.option("-y", "--yes", is_flag=True, help="Do it without asking.")
@options.quiet()
def apply(
    plan_file: str,
    library: str | None,
    endpoint: str | None,
    *,
    local: bool,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Carry out the plan in PLANFILE, if nothing that it touches has moved."""
    saved = load_plan(plan_file)
    where = Connection(library or saved.plan.library.shown, endpoint, local)
    with (
        sync_of_file(saved.plan.file),
        _opened(where, quiet=quiet) as (session, progress),
    ):
        prepared = prepare_saved(session, saved)
        return _carry_out(
            session, prepared, saved.command, progress, yes=yes, as_json=as_json, quiet=quiet
        )


def send_list(
    entries: Sequence[Entry], where: Connection, *, yes: bool, quiet: bool, command: str
) -> int:
    """Send entries that are in no file to a collection; gives the exit code."""
    with _opened(where, quiet=quiet) as (session, progress):
        prepared = prepare_list(session, entries, Wanted("push"), progress)
        return _carry_out(session, prepared, command, progress, yes=yes, as_json=False, quiet=quiet)


def send_file(file: str, where: Connection, *, yes: bool, quiet: bool, command: str) -> int:
    """Push a file to a collection; gives the exit code."""
    with sync_of_file(file), _opened(where, quiet=quiet) as (session, progress):
        prepared = prepare(session, file, Wanted("push"), progress)
        return _carry_out(session, prepared, command, progress, yes=yes, as_json=False, quiet=quiet)


@contextlib.contextmanager
def _opened(where: Connection, *, quiet: bool) -> Iterator[tuple[Session, Progress | None]]:
    with (
        progress_on_terminal(quiet=quiet) as progress,
        open_session(where, progress) as session,
    ):
        yield session, progress


def rows_of(session: Session, prepared: Prepared) -> list[Row]:
    """The rows of a plan, with paths of collections."""
    paths = {key: session.mirror.path_of(key) for key in session.mirror.collections()}
    made = prepared.place.missing
    for number, step in enumerate(reversed(made)):
        names = prepared.place.path.split("/")
        paths[step.key] = "/".join(names[: len(names) - number])
    return list(plan_rows(prepared.plan, prepared.request.items, paths))


def _tell_plan(session: Session, prepared: Prepared, *, as_json: bool, quiet: bool) -> None:
    """The plan as the result of a command."""
    plan = prepared.plan
    with bar_away():
        if not quiet:
            show_notices(plan.notices)
        if as_json:
            _write_json({"plan": plan_json(plan), "counts": counts_of(plan)})
            return
        rows = rows_of(session, prepared)
        print_plan(rows)
        if quiet:
            return
        for line in count_lines(counts_of(plan), plan.file, done=False):
            say(line)
        if not rows:
            say(f"{nothing_to_do(plan.file, prepared.wanted.direction, plan.notices)}.")


def _carry_out(
    session: Session,
    prepared: Prepared,
    command: str,
    progress: Progress | None,
    *,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    plan = prepared.plan
    with bar_away():
        if not quiet:
            show_notices(plan.notices)
        if plan.writes:
            check_access(session, plan)
            check_files(prepared)
            if not yes and not _agreed(session, prepared):
                if as_json:
                    _write_json(
                        {"applied": False, "plan": plan_json(plan), "counts": counts_of(plan)}
                    )
                return NOT_AGREED
            if plan.remote:
                allow_writing(session)
    outcome = run_plan(session, prepared, command, progress)
    with bar_away():
        if as_json:
            _write_json(outcome_json(outcome, prepared))
        _tell(outcome, prepared, as_json=as_json, quiet=quiet)
    if outcome.stopped is not None:
        return outcome.stopped.exit_code
    if outcome.failed:
        return STOPPED
    return LEFT if outcome.conflicts or outcome.unsure or is_held_back(plan.notices) else DONE


def _tell(outcome: Outcome, prepared: Prepared, *, as_json: bool, quiet: bool) -> None:
    """What was done, on stderr."""
    if not quiet:
        show_notices(outcome.notices[len(prepared.plan.notices) :])
        if not as_json:
            for line in outcome_lines(outcome, prepared.plan.file, prepared.wanted.direction):
                say(line)
            if outcome.wrote:
                say("bibtools zotero undo takes it back.")
    if outcome.stopped is not None:
        show_error(outcome.stopped)
        say("What was done is remembered; run it again, and it goes on from there.")


def _agreed(session: Session, prepared: Prepared) -> bool:
    """Show the plan and ask for it; without a terminal nobody can say yes."""
    # The list of a build is in its own file by now.
    pushes = prepared.wanted.direction == "push"
    nothing = "Nothing was sent to Zotero" if pushes else "Nothing was written"
    rows = rows_of(session, prepared)
    show_plan(rows)
    for line in count_lines(counts_of(prepared.plan), prepared.plan.file, done=False):
        say(line)
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say(f"{nothing}: nobody is here to say yes. Run it again with --yes.")
        return False
    if click.confirm("Do this?", default=False, err=True):
        return True
    say(f"{nothing}.")
    return False


def outcome_json(outcome: Outcome, prepared: Prepared) -> dict[str, Any]:
    """What was done, for `--json`."""
    plan = plan_json(prepared.plan)
    stopped = outcome.stopped
    return {
        "applied": True,
        "file": prepared.plan.file,
        "library": prepared.plan.library.shown,
        "collection": prepared.plan.collection,
        "done": outcome.done,
        "failed": [
            {
                "key": one.key,
                "item": one.item,
                "code": one.code,
                "field": one.field,
                "message": one.message,
            }
            for one in outcome.failed
        ],
        "conflicts": [
            {"key": one.key, "item": one.item, "reason": one.reason,
             "fields": [part.field for part in one.fields]}
            for one in outcome.conflicts
        ],
        "unsure": plan["unsure"],
        "notices": [one.message for one in outcome.notices],
        "stopped": stopped.message if stopped is not None else None,
        "run": outcome.run,
        "requests": {"reads": outcome.reads, "writes": outcome.writes},
        "plan": plan,
    }  # fmt: skip


def _write_json(value: dict[str, Any]) -> None:
    write_result(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
