"""`bibtools index`: build the offline index of arXiv papers, update it, say what is in it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import plain, say, show_notices, write_result
from bibtools.errors import SourceError

BUILD_EPILOG = """\b
Examples:
  bibtools index build --arxiv arxiv-metadata-oai-snapshot.json
  bibtools index build --arxiv snapshot.jsonl.xz --code links-between-papers-and-code.json.gz
  bibtools index build --arxiv examples/arxiv.jsonl --index examples.sqlite
  bibtools index build --arxiv snapshot.jsonl.xz --abstracts

An index of all arXiv papers takes some minutes and about 1.3 GB. An index that is
already there stays in use until the new one is complete. --abstracts adds a file of
about 2 GB beside it, index.fulltext.sqlite, in which bibtools search --index looks.
"""

UPDATE_EPILOG = """\b
Examples:
  bibtools index update
  bibtools index update --dry-run
  bibtools index update --json > update.json
  bibtools index update --set cs --pages 10
  bibtools index update --since 2026-11-01 --index examples.sqlite

Without --since the update begins where the last one began, or on the day of the
newest paper of the index. arXiv allows one request in three seconds, and one brings
some thousand records. An update that is interrupted keeps every page that came, and
the next one goes on from there. Who asks the index meanwhile is not disturbed: the
new one takes its place when it is complete.

Exit codes: 0 done, 2 wrong usage or no index, 4 arXiv stopped answering (what came
is in the index).
"""

INFO_EPILOG = """\b
Examples:
  bibtools index info
  bibtools index info --index examples.sqlite --json
"""


GROUP_EPILOG = """\b
Examples:
  bibtools index build --arxiv arxiv-metadata-oai-snapshot.json
  bibtools index update
  bibtools index info
"""


@click.group(context_settings=options.HELP_NAMES, epilog=GROUP_EPILOG)
def index() -> None:
    """Build, update or describe the offline index of arXiv papers and code links.

    The index is one file. It lies in your data folder, where BIBTOOLS_INDEX says, or where
    --index says.
    """


@index.command(epilog=BUILD_EPILOG, context_settings=options.HELP_NAMES)
@click.option(
    "--arxiv",
    metavar="FILE",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="arXiv's public metadata snapshot: JSON lines, plain, .gz or .xz. May be repeated; "
    "of two records of one paper the later one counts.",
)
@click.option(
    "--code",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Code links: a JSON array or JSON lines, plain, .gz or .xz. May be repeated.",
)
@click.option(
    "--abstracts",
    type=click.Choice(["fingerprints", "full", "none"]),
    default="fingerprints",
    show_default=True,
    is_flag=False,
    flag_value="full",
    help="Whether abstracts serve as evidence; `none` makes the file 44 % smaller. `full`, or "
    "--abstracts alone, also makes a full text beside it for `bibtools search --index`.",
)
@options.index_file()
@options.quiet()
def build(
    arxiv: tuple[Path, ...],
    code: tuple[Path, ...],
    abstracts: str,
    index_path: Path | None,
    quiet: bool,
) -> int:
    """Build the index from files of metadata and of code links."""
    from bibtools.workflows import index as workflow

    path = index_path or workflow.default_path()
    with progress_on_terminal(quiet=quiet) as progress:
        evidence = "fingerprints" if abstracts == "full" else abstracts
        info = workflow.build(path, arxiv, code, progress, evidence, processes=_processors())
        full_text = None
        if abstracts == "full":
            from bibtools.adapters.fulltext.arxiv import build_full_text

            full_text = build_full_text(path, arxiv, progress)
    if not quiet:
        show_notices(info.notices)
        for source in info.sources:
            if source.unread:
                say(f"{source.name}: {source.unread:,} lines were left out")
        say(f"{info.path}: {_contents(info)}")
        if full_text is not None:
            say(f"{full_text.path}: {_full_text(full_text)}")
    return 0


def _processors() -> int:
    """How many processes may prepare records: as many as this one may use processors."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


@index.command(epilog=UPDATE_EPILOG, context_settings=options.HELP_NAMES)
@click.option("--since", metavar="DATE", help="Harvest what changed since a day (2026-11-20).")
@click.option(
    "--set",
    "set_name",
    metavar="SET",
    help="Only this set of arXiv: `cs`, `physics:hep-th`, `cs:cs:CL`.",
)
@click.option(
    "--pages",
    type=click.IntRange(min=1),
    help="Stop after so many pages; the next update goes on from there.",
)
@click.option("--dry-run", is_flag=True, help="Say from which day it would harvest; ask nobody.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done (or would be) as JSON.")
@options.index_file()
@options.quiet()
def update(
    since: str | None,
    set_name: str | None,
    pages: int | None,
    index_path: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Add what is new on arXiv to the index (OAI-PMH)."""
    from bibtools.workflows import harvest as workflow
    from bibtools.workflows.index import default_path

    path = index_path or default_path()
    if dry_run:
        plan = workflow.plan_update(path, since, set_name)
        if as_json:
            _write_json(_plan_as_json(plan))
        else:
            write_result("".join(plain(line) + "\n" for line in plan.lines()))
        return 0
    from bibtools.workflows.asking import request_lines, the_web

    with the_web() as web, progress_on_terminal(quiet=quiet) as progress:
        done = workflow.update_index(path, web, since, set_name, pages, progress)
        counts = web.counts
    if as_json:
        _write_json(_update_as_json(done, counts.requests))
    elif not quiet:
        for line in (*done.lines(), *request_lines(counts)):
            say(line)
        say(f"{done.info.path}: {_contents(done.info)}")
        from bibtools.adapters.fulltext.arxiv import full_text_info

        full_text = full_text_info(done.info)
        if full_text is not None and not full_text.is_of_index:
            say(
                "The full text is older than the index now; index build --abstracts makes it again."
            )
    if done.stopped is None:
        return 0
    raise SourceError(
        f"arXiv stopped answering: {done.stopped}.",
        "What came is in the index; the next update goes on from there.",
    )


@index.command(epilog=INFO_EPILOG, context_settings=options.HELP_NAMES)
@options.index_file()
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def info(index_path: Path | None, as_json: bool) -> int:
    """Say what is in the index."""
    from bibtools.adapters.fulltext.arxiv import full_text_info
    from bibtools.workflows import index as workflow

    with workflow.open_index(index_path or workflow.default_path()) as opened:
        facts = opened.info()
    full_text = full_text_info(facts)
    if as_json:
        _write_json(_index_as_json(facts))
        return 0
    rows = [
        ("index", str(facts.path)),
        ("contents", _contents(facts)),
        ("papers from", f"{facts.first or '-'} to {facts.last or '-'}"),
        ("schema", str(facts.schema)),
    ]
    if facts.harvested:
        rows.insert(3, ("updated", f"with all that is new on arXiv up to {facts.harvested}"))
    rows += [
        (
            f"source ({source.kind})",
            f"{source.name}: {source.records:,} records"
            + (f", {source.unread:,} lines left out" if source.unread else ""),
        )
        for source in facts.sources
    ]
    if full_text is not None:
        rows.append(("full text", _full_text(full_text)))
    write_result("".join(plain(f"{name:16} {value}") + "\n" for name, value in rows))
    return 0


def _contents(facts: Any) -> str:
    return (
        f"{_number(facts.records, 'paper')}, {facts.abstracts:,} with abstract, "
        f"{_number(facts.links, 'code link')}, {facts.size / 1e6:,.1f} MB"
    )


def _full_text(facts: Any) -> str:
    age = "" if facts.is_of_index else ", older than the index (make it again with index build)"
    return (
        f"{_number(facts.papers, 'paper')}, {facts.abstracts:,} with abstract, "
        f"{facts.size / 1e6:,.1f} MB{age}"
    )


def _full_text_as_json(facts: Any) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "path": str(facts.path),
        "size": facts.size,
        "papers": facts.papers,
        "abstracts": facts.abstracts,
        "is_of_index": facts.is_of_index,
    }


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def _write_json(value: dict[str, Any]) -> None:
    write_result(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _plan_as_json(plan: Any) -> dict[str, Any]:
    return {
        "set": plan.set_name or None,
        "since": plan.harvest.begin,
        "because": plan.because,
        "records": plan.harvest.records,
        "waiting": plan.waiting,
    }


def _update_as_json(done: Any, requests: Mapping[str, int]) -> dict[str, Any]:
    return {
        "set": done.plan.set_name or None,
        "since": done.plan.harvest.begin,
        "pages": done.pages,
        "records": done.records,
        "deleted": done.deleted,
        "unread": done.unread,
        "waiting": done.plan.waiting,
        "finished": done.finished,
        "stopped": done.stopped,
        "requests": dict(requests),
        "index": _index_as_json(done.info),
    }


def _index_as_json(facts: Any) -> dict[str, Any]:
    from bibtools.adapters.fulltext.arxiv import full_text_info

    return {**_as_json(facts), "full_text": _full_text_as_json(full_text_info(facts))}


def _as_json(facts: Any) -> dict[str, Any]:
    return {
        "path": str(facts.path),
        "schema": facts.schema,
        "size": facts.size,
        "records": facts.records,
        "abstracts": facts.abstracts,
        "links": facts.links,
        "first": facts.first,
        "last": facts.last,
        "harvested": facts.harvested,
        "sources": [
            {
                "name": source.name,
                "kind": source.kind,
                "records": source.records,
                "unread": source.unread,
            }
            for source in facts.sources
        ],
    }
