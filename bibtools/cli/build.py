"""`bibtools build`: the main job, pages and addresses in, bibliography out."""

from __future__ import annotations

from pathlib import Path

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.errors import SourceError, UsageError
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.workflows.addresses import gather
from bibtools.workflows.build import build as run_build
from bibtools.workflows.decisions import load as load_decisions
from bibtools.workflows.index import index_for
from bibtools.workflows.outputs import Style, prepare, targets_of
from bibtools.workflows.reading import INPUT_KINDS
from bibtools.workflows.reporting import write_report

EPILOG = """\b
Examples:
  bibtools build examples/author_page.txt -o refs.bib
  bibtools build examples/*.txt --arxiv examples/arxiv.jsonl \\
      --code examples/code_links.jsonl -o refs.bib -o refs.json
  bibtools build page.html --to biblatex > refs.bib
  bibtools build page.txt -o refs.bib --report report.json
  bibtools build https://huggingface.co/papers/date/2026-11-20 -o refs.bib
  bibtools build https://arxiv.org/list/cs.CL/recent https://dblp.org/pid/28/2391 -o refs.bib

An address is never opened: it says which question its service is asked. These work:
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
to nothing, 4 a service could not be asked (all else was written), 70 a fault of ours.
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
@click.option("--report", metavar="FILE", help="Write everything that happened as JSON.")
@click.option(
    "--decisions",
    metavar="FILE",
    help="Decisions file; without it the one beside the first OUT.",
)
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
    backup: bool,
    strict: bool,
    quiet: bool,
    *,
    offline: bool,
) -> int:
    """Make one bibliography from pages that list papers, saved or named by address.

    Records of the same paper become one entry; arXiv IDs and code links are looked up in the
    offline index and written only when sure.
    """
    if code and not arxiv:
        raise UsageError("--code goes with --arxiv.", "Or put both into an index: index build.")
    if arxiv and index_path:
        raise UsageError("--arxiv and --index contradict each other: give one of them.")
    targets = targets_of(outputs or ("-",), to)
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
    if report is not None:
        write_report(report, plan.report)
    if not quiet:
        for line in (*plan.summary_lines(), *gathered.requests, *done):
            say(line)
    if gathered.unasked:
        raise SourceError(" ".join(gathered.unasked), "All else was written. Try again later.")
    return 1 if strict and (notices or plan.notices or plan.report.findings) else 0
