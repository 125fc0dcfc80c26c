"""One run of `bibtools cite`, or one after the other."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bibtools.cli.cite_telling import json_text, plan_text, tell_plan
from bibtools.cli.faults import show_error
from bibtools.cli.screen import say, show_notices, write_bytes, write_result
from bibtools.errors import BibtoolsError
from bibtools.workflows.changed_files import ChangedFile, diff, write_all
from bibtools.workflows.cite.documents import Citing, read_documents
from bibtools.workflows.cite.plan import CitePlan, Options
from bibtools.workflows.cite.planning import plan_cite
from bibtools.workflows.cite.rewriting import rewritten


@dataclass(frozen=True, slots=True)
class Run:
    """What the command line said."""

    documents: tuple[str, ...]
    output: str
    options: Options
    mode: str = "write"
    """`write`, `check`, `diff`, `plan`."""
    rewrite: bool = False
    key_pattern: str | None = None
    as_json: bool = False
    quiet: bool = False


def run(told: Run) -> int:
    """Do it once; gives the exit code."""
    return _once(told)[0]


def _once(told: Run) -> tuple[int, Citing, CitePlan]:
    citing = read_documents(told.documents, told.output)
    plan = plan_cite(citing, told.output, replace(told.options, rewriting=told.rewrite))
    files: list[ChangedFile] = []
    rewritten_places = 0
    if told.rewrite:
        plan, files, rewritten_places = rewritten(citing, plan, told.options, told.key_pattern)
    changed = [*files, *plan.files]
    differs = plan.changed or any(one.differs for one in files)
    if told.mode == "write" and told.output != "-":
        write_all(changed, "cite")
    if told.as_json:
        write_result(json_text(citing, plan, rewritten=rewritten_places))
    elif told.mode == "diff":
        shown = [one for one in changed if one.file == told.output or one in files]
        write_bytes(diff(shown))
    elif told.mode == "plan":
        write_result(plan_text(plan))
    elif told.mode == "write" and told.output == "-":
        write_bytes(plan.data)
    if not told.quiet:
        show_notices(plan.notices)
    tell_plan(plan, mode=told.mode, quiet=told.quiet)
    if rewritten_places and told.mode == "write" and not told.quiet:
        what = "citation" if rewritten_places == 1 else "citations"
        say(f"{rewritten_places} {what} rewritten in {_names(files)}")
    code = plan.exit_code
    if told.mode == "check" and differs:
        code = max(code, 1)
    return code, citing, plan


def _names(files: Iterable[ChangedFile]) -> str:
    return ", ".join(one.file for one in files if one.differs)


def watching(told: Run) -> int:
    """Do it again whenever a file changes, until it is interrupted."""
    from bibtools.adapters.watching import stamps_of, wait_for_change

    watched = [*told.documents, *told.options.sources]
    try:
        while True:
            # Before they are read: who saves meanwhile is not missed.
            before = stamps_of(watched)
            time = datetime.datetime.now().astimezone().strftime("%H:%M:%S")
            try:
                _, citing, plan = _once(told)
            except BibtoolsError as error:
                # A file may be half saved: the next change tells.
                show_error(error)
            else:
                watched = [
                    *citing.asked, *citing.read, *citing.bibliographies,
                    *(one.name for one in plan.sources),
                ]  # fmt: skip
                if not set(watched) <= set(before):
                    # Those that this run found may have been saved after it read them.
                    before = stamps_of(watched)
                    if _is_out_of_date(told, citing, plan):
                        continue
                if not told.quiet:
                    say(f"{time} watching {len(citing.read) + len(plan.sources)} files; "
                        "Ctrl-C ends it")  # fmt: skip
            known = {file: stamp for file, stamp in before.items() if file in set(watched)}
            wait_for_change(stamps_of([*watched, told.output]) | known)
    except KeyboardInterrupt:
        return 0


def _is_out_of_date(told: Run, citing: Citing, plan: CitePlan) -> bool:
    """Whether a plan is another when the files are read again."""
    try:
        read = read_documents(told.documents, told.output)
        now = plan_cite(read, told.output, replace(told.options, rewriting=told.rewrite))
    except BibtoolsError:
        return True
    return (now.data, now.missing, read.read) != (plan.data, plan.missing, citing.read)
