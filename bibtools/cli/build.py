"""`bibtools build`: the main job, pages and addresses in, bibliography out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.report_file import put_report, refuse_two_results
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.errors import SourceError, UsageError
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.workflows.addresses import gather
from bibtools.workflows.build import build as run_build
from bibtools.workflows.decisions import load as load_decisions
from bibtools.workflows.index import index_for
from bibtools.workflows.outputs import Plan, Style, Target, prepare, targets_of
from bibtools.workflows.reading import INPUT_KINDS

EPILOG = """\b
Examples:
  bibtools build examples/author_page.txt -o refs.bib
  bibtools build examples/*.txt --arxiv examples/arxiv.jsonl \\
      --code examples/code_links.jsonl -o refs.bib -o refs.json
  bibtools build page.html --to biblatex > refs.bib
  bibtools build page.txt -o refs.bib --report report.json
  bibtools build https://huggingface.co/papers/date/2026-11-20 -o refs.bib
  bibtools build page.txt --zotero Reading/2026
  bibtools build page.txt -o refs.bib --zotero Reading/2026 --library group:12345
  bibtools build https://arxiv.org/list/cs.CL/recent https://dblp.org/pid/28/2391 -o refs.bib

An address is never opened: it says which question its service is asked.

\b
These addresses work:
  https://huggingface.co/papers/date/2026-11-20   also week/2026-W47, month/2026-11
  https://arxiv.org/list/cs.CL/recent             also new, 2026-11
  https://arxiv.org/search/?query=...             also abs/2104.08821, a/oz_e_1
  https://export.arxiv.org/api/query?search_query=...
  https://orcid.org/0000-0002-1825-0097
  https://dblp.org/pid/28/2391
  https://aclanthology.org/volumes/2021.emnlp-main/

Any other page: save it, and give the file.

An existing OUT keeps what it holds: papers it lacks are appended, entries that
an earlier build wrote and nobody edited are renewed, everything else stays byte
for byte. Decisions made with `bibtools decide` are obeyed.

Exit codes: 0 done (notices included), 1 with --strict when anything was unsure
or noticed, 2 wrong usage, a file that is none of the kinds or an address that leads
to nothing, 4 a service could not be asked (all else was written), 70 a fault of ours;
with --zotero also those of bibtools zotero push.
"""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("pages", metavar="PAGE|ADDRESS...", nargs=-1, required=True)
@click.option("--offline", is_flag=True, help="Answer addresses from earlier answers only.")
@click.option(
    "-o",
    "--output",
    "outputs",
    metavar="OUT",
    multiple=True,
    help="Write to this file; may be given several times; `-` (the default) is stdout.",
)
@options.output_kind()
@click.option(
    "--from",
    "kind",
    type=click.Choice(INPUT_KINDS),
    help="Kind of the files; without it the content decides.",
)
@click.option(
    "--index",
    "index_path",
    type=click.Path(path_type=Path),
    help="The offline index; without it the one that `bibtools index build` made, if any.",
)
@click.option(
    "--arxiv",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A (small) file of arXiv metadata to index for this run only.",
)
@click.option(
    "--code",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A file of code links to index for this run only, with --arxiv.",
)
@options.print_links()
@options.key_pattern()
@click.option(
    "--report", metavar="FILE", help="Write everything that happened as JSON; `-` is stdout."
)
@click.option(
    "--decisions",
    metavar="FILE",
    help="Decisions file; without it the one beside the first OUT.",
)
@click.option(
    "--zotero",
    "zotero_collection",
    metavar="COLLECTION",
    help="Send the list to this Zotero collection (path, name or key; made when missing).",
)
@click.option("--library", metavar="LIBRARY", help="With --zotero: `user` or `group:12345`.")
@click.option("-y", "--yes", is_flag=True, help="With --zotero: do it without asking.")
@options.backup()
@options.strict()
@options.quiet()
def build(
    pages: tuple[str, ...],
    outputs: tuple[str, ...],
    to: str | None,
    kind: str | None,
    index_path: Path | None,
    arxiv: tuple[Path, ...],
    code: tuple[Path, ...],
    print_links: PrintLinks | None,
    key_pattern: str | None,
    report: str | None,
    decisions: str | None,
    zotero_collection: str | None,
    library: str | None,
    backup: bool,
    strict: bool,
    quiet: bool,
    *,
    offline: bool,
    yes: bool,
) -> int:
    """Make one bibliography from pages that list papers, saved or named by address.

    Records of the same paper become one entry; arXiv IDs and code links are looked up in the
    offline index and written only when sure.
    """
    if code and not arxiv:
        raise UsageError("--code goes with --arxiv.", "Or put both into an index: index build.")
    if arxiv and index_path:
        raise UsageError("--arxiv and --index contradict each other: give one of them.")
    refuse_two_results(report, result_there="-" in (outputs or ("-",)))
    targets = targets_of(outputs or _default_output(zotero_collection, library, yes=yes), to)
    home = next((target.file for target in targets if target.file != "-"), None)
    decided, notices = load_decisions(home, decisions)
    with (
        progress_on_terminal(quiet=quiet) as progress,
        index_for(index_path, arxiv, code, progress=progress) as index,
    ):
        gathered = gather(pages, kind, progress, offline=offline)
        built = run_build(gathered.readings, index, decided, progress=progress)
    plan = prepare(built, targets, Style(print_links, key_pattern))
    if not quiet:
        show_notices([*notices, *built.report.notices, *plan.notices])
    for text in plan.to_stdout:
        write_result(text)
    done = plan.apply(backup=backup)
    put_report(report, plan.report)
    if not quiet:
        for line in (*plan.summary_lines(), *gathered.requests, *done):
            say(line)
    place = Place(zotero_collection, targets, library)
    sent = _to_zotero(plan, place, yes=yes, quiet=quiet)
    if gathered.unasked:
        raise SourceError(" ".join(gathered.unasked), "All else was written. Try again later.")
    findings = notices or plan.notices or plan.report.findings
    return sent or (1 if strict and findings else 0)


class Place(NamedTuple):
    """Where `--zotero` sends the list."""

    collection: str | None
    """None when nothing is to be sent."""
    targets: Sequence[Target]
    library: str | None


def _default_output(collection: str | None, library: str | None, *, yes: bool) -> tuple[str, ...]:
    """Where the list goes when no -o says so: nowhere else when it goes to Zotero."""
    if collection is not None:
        return ()
    if library or yes:
        raise UsageError("--library and --yes go with --zotero.")
    return ("-",)


def _to_zotero(plan: Plan, place: Place, *, yes: bool, quiet: bool) -> int:
    """Send what was built to Zotero: the output file, or the list itself where there is none."""
    if place.collection is None:
        return 0
    from bibtools.cli.zotero_sync import send_file, send_list
    from bibtools.workflows.zotero.connecting import Connection

    where = Connection(place.library, collection=place.collection)
    for target in place.targets:
        if target.file != "-" and target.format in ("bibtex", "biblatex", "csl-json"):
            return send_file(target.file, where, yes=yes, quiet=quiet, command="build")
    return send_list(plan.report.entries, where, yes=yes, quiet=quiet, command="build")
