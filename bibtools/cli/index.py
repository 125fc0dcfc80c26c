"""`bibtools index`: build the offline index of arXiv papers, or say what is in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import plain, say, show_notices, write_result

BUILD_EPILOG = """\b
Examples:
  bibtools index build --arxiv arxiv-metadata-oai-snapshot.json
  bibtools index build --arxiv snapshot.jsonl.xz --code links-between-papers-and-code.json.gz
  bibtools index build --arxiv examples/arxiv.jsonl --index examples.sqlite

An index of all arXiv papers takes some minutes and 1 to 1.5 GB. An index that is
already there stays in use until the new one is complete.
"""

INFO_EPILOG = """\b
Examples:
  bibtools index info
  bibtools index info --index examples.sqlite --json
"""


GROUP_EPILOG = """\b
Examples:
  bibtools index build --arxiv arxiv-metadata-oai-snapshot.json
  bibtools index info
"""


@click.group(context_settings=options.HELP_NAMES, epilog=GROUP_EPILOG)
def index() -> None:
    """Build or describe the offline index of arXiv papers and code links.

    The index is one file. It lies in your data folder, where BIBTOOLS_INDEX says, or where
    --index says.
    """


def _index_option() -> options.Decorator:
    return click.option(
        "--index",
        "index_path",
        metavar="PATH",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The index file; without it BIBTOOLS_INDEX or the one in your data folder.",
    )


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
    type=click.Choice(["fingerprints", "none"]),
    default="fingerprints",
    show_default=True,
    help="Whether abstracts serve as evidence; `none` makes the file a third smaller.",
)
@_index_option()
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
        info = workflow.build(path, arxiv, code, progress, abstracts, processes=_processors())
    if not quiet:
        show_notices(info.notices)
        for source in info.sources:
            if source.unread:
                say(f"{source.name}: {source.unread:,} lines were left out")
        say(f"{info.path}: {_contents(info)}")
    return 0


def _processors() -> int:
    """How many processes may prepare records: as many as this one may use processors."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        return os.cpu_count() or 1


@index.command(epilog=INFO_EPILOG, context_settings=options.HELP_NAMES)
@_index_option()
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def info(index_path: Path | None, as_json: bool) -> int:
    """Say what is in the index."""
    from bibtools.workflows import index as workflow

    with workflow.open_index(index_path or workflow.default_path()) as opened:
        facts = opened.info()
    if as_json:
        write_result(json.dumps(_as_json(facts), ensure_ascii=False, indent=1) + "\n")
        return 0
    rows = [
        ("index", str(facts.path)),
        ("contents", _contents(facts)),
        ("papers from", f"{facts.first or '-'} to {facts.last or '-'}"),
        ("schema", str(facts.schema)),
    ]
    rows += [
        (
            f"source ({source.kind})",
            f"{source.name}: {source.records:,} records"
            + (f", {source.unread:,} lines left out" if source.unread else ""),
        )
        for source in facts.sources
    ]
    write_result("".join(plain(f"{name:16} {value}") + "\n" for name, value in rows))
    return 0


def _contents(facts: Any) -> str:
    return (
        f"{facts.records:,} papers, {facts.abstracts:,} with abstract, "
        f"{facts.links:,} code links, {facts.size / 1e6:,.1f} MB"
    )


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
