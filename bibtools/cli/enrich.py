"""`bibtools enrich`: arXiv IDs, published versions, missing fields and code links for a file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from bibtools.adapters.files import read_if_there, refuse_unwritable
from bibtools.cli import options
from bibtools.cli.enrich_questions import Questions
from bibtools.cli.progress import answers_are_kept, progress_on_terminal
from bibtools.cli.report_file import put_report, refuse_two_results
from bibtools.cli.screen import plain, show_notices, tell, write_bytes
from bibtools.errors import UsageError
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.model import Outcome
from bibtools.workflows.asking import request_lines, services_with_key, the_web
from bibtools.workflows.changed_files import diff, write_all
from bibtools.workflows.enrich_file import (
    Enriched,
    Given,
    counts_of,
    enriched,
    locked_parts,
    open_of,
    read_input,
    report_of,
)
from bibtools.workflows.index import index_for
from bibtools.workflows.online import OnlineOptions, dated, enrich_online
from bibtools.workflows.online.sides import candidate_records
from bibtools.workflows.online.state import Published
from bibtools.workflows.outputs import Target, write_new

EPILOG = """\b
Examples:
  bibtools enrich refs.bib --diff
  bibtools enrich refs.bib -i
  bibtools enrich refs.bib -i --published beside
  bibtools enrich refs.bib --offline -o enriched.bib
  bibtools convert page.txt --to json | bibtools enrich - --offline --to json

An arXiv ID or a published version is written only when sure: the title and one
more witness (authors, year, number of authors, abstract), an exact and distinctive
title that is the only one of its kind, or an identifier that title or authors bear
out; and never over a contradiction. Otherwise the entry says `likely` or
`ambiguous`, with the candidates, or `none`. Fields that an entry has are kept; a
journal that is only "arXiv preprint ..." gives way to the real one.

Fields named in an entry's `bibtools-lock = {doi, year}` (or `{all}`) are never
touched. `bibtools why KEY` tells where a value came from, `bibtools undo` takes the
last -i back. Answers are kept, so that nothing is asked twice; an answer that could
not be had is said, and is never taken for "there is none".

Keys and tokens are read from the environment: GITHUB_TOKEN, SEMANTIC_SCHOLAR_API_KEY,
OPENALEX_API_KEY; BIBTOOLS_CONTACT is a mail address that services see.

Exit codes: 0 done (notices included), 1 with --strict when anything was unsure or
noticed, 2 wrong usage or a file that cannot be read or written, 3 a setting is wrong,
4 all is done and written but for what some service could not be asked (never with
--offline): run it again later, 70 a fault of ours, 130 interrupted.
"""

OUTCOMES = ("sure", "likely", "ambiguous", "none")


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("file", metavar="FILE")
@click.option("--offline", is_flag=True, help="Ask the offline index and earlier answers only.")
@options.index_file()
@options.output_kind()
@click.option("-o", "--output", metavar="OUT", help="Write to this file instead of stdout.")
@click.option("-i", "--in-place", is_flag=True, help="Change FILE itself; `undo` takes it back.")
@click.option("--diff", "as_diff", is_flag=True, help="Print what would change, as a diff.")
@click.option(
    "--published",
    type=click.Choice(["add", "beside", "replace", "none"]),
    default="add",
    show_default=True,
    help="What becomes of a published version: its fields are added to the preprint's entry, "
    "it gets an entry beside it, it takes the preprint's place, or nobody looks.",
)
@click.option(
    "--accept",
    type=click.Choice(["sure", "likely"]),
    default="sure",
    show_default=True,
    help="Write also what is only likely.",
)
@click.option("--interactive", is_flag=True, help="Show what is unsure, and ask at the terminal.")
@click.option("--code/--no-code", default=True, help="Look for links to the code.  [default: code]")
@click.option(
    "--verify/--no-verify",
    default=None,
    help="Ask code hosts whether repositories are still there.  [default: with GITHUB_TOKEN]",
)
@click.option(
    "--thorough", is_flag=True, help="Ask also services that cost one request for each entry."
)
@options.print_links()
@click.option(
    "--report",
    metavar="FILE",
    help="Write as JSON what stayed open and why, and how each code link is known.",
)
@options.backup()
@options.strict()
@options.quiet()
def enrich(
    file: str,
    index_path: Path | None,
    to: str | None,
    output: str | None,
    published: Published,
    accept: str,
    print_links: PrintLinks | None,
    report: str | None,
    *,
    offline: bool,
    in_place: bool,
    as_diff: bool,
    interactive: bool,
    code: bool,
    verify: bool | None,
    thorough: bool,
    backup: bool,
    strict: bool,
    quiet: bool,
) -> int:
    """Add arXiv IDs, published versions, missing fields and code links to FILE's entries.

    FILE is a .bib file, entry JSON, CSL-JSON or a page; `-` is standard input. Keys stay as
    they are, and a .bib keeps every byte but the fields that are added. The result goes to
    stdout without -o, -i or --diff, in the format of FILE unless --to or the suffix of -o says
    otherwise.
    """
    _refuse(
        file, output, to, in_place=in_place, as_diff=as_diff, interactive=interactive, report=report
    )
    given = read_input(file)
    if in_place or output not in (None, "-"):
        # Before anybody is asked, a person least of all.
        refuse_unwritable(file if in_place or output is None else output)
    accepted = frozenset({Outcome.SURE, Outcome(accept)})
    keyed = services_with_key()
    settings = OnlineOptions(
        accept=accepted,
        published=published,
        code=code,
        thorough=thorough,
        verify="github" in keyed if verify is None and not offline else bool(verify),
        keyed=keyed,
        locked=[locked_parts(entry) for entry in given.reading.entries],
    )
    with ExitStack() as stack:
        stack.enter_context(answers_are_kept(quiet=quiet))
        web = stack.enter_context(the_web(offline=offline))
        index = stack.enter_context(index_for(index_path))
        progress = stack.enter_context(progress_on_terminal(quiet=quiet))
        online = enrich_online(given.reading.entries, web, index, settings, progress)
        if interactive:
            asked_person = Questions()
            while asked_person.ask(online, candidate_records(online, web, index)):
                # Once more; what the services said is all remembered. An answer may lead on.
                settings = asked_person.answered(settings)
                online = enrich_online(given.reading.entries, web, index, settings, progress)
        online = dated(online, web.answered)
        unasked = [one.unasked for one in online.told]
        nobody = web.silent and index is None
        asked = _offline_lines(nobody, index is not None)
        if not offline:
            asked = request_lines(web.counts, unasked)
        notices = web.notices
    found = enriched(
        given, online, file if in_place else output, to, print_links,
        overwrite=published == "replace",
    )  # fmt: skip
    told = report_of(given.reading, online, looked_up=not nobody, notices=found.notices)
    if not quiet:
        show_notices((*notices, *told.notices))
    done = _write(given, found, backup, in_place=in_place, as_diff=as_diff)
    put_report(report, told)
    if not quiet:
        tell((*summary_lines(counts_of(online), open_of(online)), *asked, *done))
    if strict and told.findings:
        return 1
    # Offline nobody was meant to be asked.
    return 4 if any(unasked) and not offline else 0


def _offline_lines(nobody: bool, index: bool) -> list[str]:
    """Who was asked offline."""
    if nobody:
        return [
            "  nobody was asked: this run is offline, there is no index (bibtools index build) "
            "and no earlier answers are kept"
        ]
    return [] if index else ["  no offline index: earlier answers are all that was asked"]


def _refuse(
    file: str,
    output: str | None,
    to: str | None,
    *,
    in_place: bool,
    as_diff: bool,
    interactive: bool,
    report: str | None,
) -> None:
    """Raise `UsageError` for options that contradict each other."""
    if in_place and (output is not None or to is not None):
        raise UsageError("--in-place changes FILE itself.", "Leave -o and --to out.")
    if in_place and file == "-":
        raise UsageError("Standard input cannot be changed in place.", "Use -o, or a file.")
    if as_diff and (output is not None or in_place):
        raise UsageError("--diff changes nothing.", "Leave -o and -i out, or --diff.")
    refuse_two_results(report, result_there=not in_place and output in (None, "-"))
    if interactive and file == "-":
        raise UsageError(
            "--interactive needs the terminal, and standard input is the file.", "Name a file."
        )


def _write(
    given: Given, found: Enriched, backup: bool, *, in_place: bool, as_diff: bool
) -> list[str]:
    """Write or print the result; gives the sentences that tell what was done."""
    if as_diff:
        old = given.data if given.document() is not None else b""
        shown = Enriched(Target(given.reading.file, found.target.format), found.data)
        write_bytes(diff(shown.changed_files(old)))
        return []
    if in_place:
        names = write_all(found.changed_files(given.data), "enrich")
        return [f"{plain(name)}: written" for name in names] or [
            f"{given.reading.file}: nothing changed"
        ]
    if found.target.file == "-":
        write_bytes(found.data)
        return []
    done = [write_new(found.target, found.data, backup)]
    there, _ = read_if_there(found.target.file)
    sides = found.changed_files(there)[1:]
    done += [write_new(Target(side.file, "json"), side.new, backup=False) for side in sides]
    return done


def summary_lines(counts: Mapping[str, int], unasked: int = 0) -> list[str]:
    """What was found, in a few lines.

    `unasked` is the number of entries without outcome of which somebody could not be asked.
    """
    entries = counts["entries"]
    outcomes = ", ".join(f"{name} {counts[name]:,}" for name in OUTCOMES)
    if unasked:
        outcomes += f", could not ask {unasked:,}"
    if rest := entries - sum(counts[name] for name in OUTCOMES) - unasked:
        outcomes += f", not searched {rest:,}"
    lines = [
        f"{entries:,} {'entry' if entries == 1 else 'entries'}: arXiv ID {outcomes}",
        f"  with arXiv ID {counts['with_arxiv']:,}, with code {counts['with_code']:,}, "
        f"with neither {counts['neither']:,}",
    ]
    if counts["code_flag_without_link"]:
        lines.append(
            f'  {counts["code_flag_without_link"]:,} say "Code", but no link was found for them'
        )
    return lines
