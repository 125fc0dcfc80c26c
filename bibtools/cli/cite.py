"""`bibtools cite`: a .bib with exactly what documents cite."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import click

from bibtools.cli import options
from bibtools.cli.screen import write_bytes
from bibtools.errors import UsageError
from bibtools.formats.bibtex.fields import Dialect, PrintLinks
from bibtools.formats.venue_names.restyling import VenueStyle
from bibtools.model.progress import Progress

EPILOG = """\b
Examples:
  bibtools cite main.tex -o refs.bib
  bibtools cite main.tex --from library.bib --from zotero -o refs.bib
  bibtools cite thesis.aux --from ~/all.bib --prune -o refs.bib
  bibtools cite chapter.md notes.typ --from library.bib > cited.bib
  bibtools cite main.tex -o refs.bib --check
  bibtools cite main.tex -o refs.bib --watch

\b
DOCUMENT is LaTeX (.tex, with all that it includes), what LaTeX wrote (.aux, .bcf),
Markdown of pandoc, Quarto or R Markdown (.md, .qmd, .Rmd), or Typst (.typ).

\b
--from, in the order of trust:
  FILE     a .bib, or anything else that bibtools reads entries from
  index    the offline index: arXiv identifiers
  zotero   the copy of your Zotero library: citation keys and identifiers
  online   the services: identifiers
Without a FILE the bibliographies that the document names come first; without any of
the three words all of them are asked last. What REFS.bib has already comes before all
sources. Only identifiers are ever looked up: a key that no source has is listed.

\b
Identifiers can be cited as they are: \\cite{arxiv:2104.08821}, doi:10..., pmid:...,
isbn:..., acl:..., dblp:..., or an address of arXiv or a DOI. Each is looked up once;
from then on the entry stands in REFS.bib under that key. --rewrite-keys puts normal
keys into the document instead.

Entries are copied byte for byte, with the macros they use. In a REFS.bib that exists
nothing else changes: what is missing is added, what was copied and has changed in its
source is copied again unless you edited it, and what was copied and is cited no more
is taken out. `bibtools undo REFS.bib` takes a run back. --journals changes the names of
journals and meetings in what is copied (`bibtools format --help` says how): give it
each time, or they change back.

\b
--json: documents, output, changed, entries (key, action, source, line, why, by),
missing (key, reason, nearest, unknown, places), uncited, notices.

Exit codes: 0 done, 1 a key has no entry (each is listed with its place), or with
--check a file would change, 2 wrong usage or a file that cannot be read or written,
3 a setting is wrong, 4 as 1, and somebody could not be asked: run it again later, 70 a
fault of ours, 130 interrupted.
"""

_BIB = (".bib", ".bibtex", ".biblatex")


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="REFS.bib", default="-", help="The .bib; without it stdout."
)
@click.option(
    "--from",
    "sources",
    metavar="FILE|index|zotero|online",
    multiple=True,
    help="Where entries come from (repeat for more).",
)
@click.option("--check", is_flag=True, help="Write nothing; exit code 1 if anything is to do.")
@click.option("--diff", "as_diff", is_flag=True, help="Write nothing; print the changes.")
@click.option("--plan", is_flag=True, help="Write nothing; say what each entry becomes.")
@click.option("--keys", "list_keys", is_flag=True, help="Only print the cited keys and where.")
@click.option("--unused", is_flag=True, help="Only print the entries that nobody cites.")
@click.option("--watch", is_flag=True, help="Run again whenever a file changes.")
@click.option("--rewrite-keys", is_flag=True, help="Put normal keys for identifiers in DOCUMENT.")
@click.option("--prune", is_flag=True, help="Take out your own entries that are not cited, too.")
@click.option("--preamble", is_flag=True, help="Take over the @preamble of a source.")
@click.option("--trust-tex", is_flag=True, help="Take over TeX commands that could do harm.")
@click.option(
    "--to",
    type=click.Choice(["bibtex", "biblatex"]),
    help="Dialect of entries that are made anew.  [default: as the document needs]",
)
@click.option(
    "--published/--no-published",
    default=None,
    help="Look for the published version of a preprint.  [default: unless the index has it]",
)
@options.journals()
@options.key_pattern()
@options.print_links()
@click.option("--offline", is_flag=True, help="Ask nobody over the network.")
@options.index_file()
@click.option("--library", metavar="LIBRARY", help="`user:12345` or `group:12345` of Zotero.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@options.quiet()
def cite(
    documents: tuple[str, ...],
    output: str,
    sources: tuple[str, ...],
    to: Dialect | None,
    journals: VenueStyle | None,
    key_pattern: str | None,
    print_links: PrintLinks | None,
    index_path: Path | None,
    library: str | None,
    published: bool | None,
    *,
    check: bool,
    as_diff: bool,
    plan: bool,
    list_keys: bool,
    unused: bool,
    watch: bool,
    rewrite_keys: bool,
    prune: bool,
    preamble: bool,
    trust_tex: bool,
    offline: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Write a .bib with exactly what each DOCUMENT cites."""
    _refuse(
        documents,
        output,
        modes=sum((check, as_diff, plan, list_keys, unused)),
        watch=watch,
        rewrite=rewrite_keys,
        prints=as_json and not (plan or list_keys or unused or check),
        as_json=as_json,
        as_diff=as_diff,
    )
    from bibtools.cli.cite_run import Run, run, watching
    from bibtools.workflows.cite.plan import Options

    told = Run(
        documents,
        output,
        Options(
            sources,
            to,
            prune=prune,
            preamble=preamble,
            trust_tex=trust_tex,
            offline=offline,
            index=index_path,
            library=library,
            published=published,
            print_links=print_links,
            journals=journals,
            progress=lambda: _progress(quiet=quiet),
        ),
        mode="check" if check else "diff" if as_diff else "plan" if plan else "write",
        rewrite=rewrite_keys,
        key_pattern=key_pattern,
        as_json=as_json,
        quiet=quiet,
    )
    if list_keys or unused:
        from bibtools.cli.cite_telling import keys_text, unused_text

        write_bytes((keys_text if list_keys else unused_text)(told).encode())
        return 0
    return watching(told) if watch else run(told)


def _refuse(
    documents: tuple[str, ...],
    output: str,
    *,
    modes: int,
    watch: bool,
    rewrite: bool,
    prints: bool,
    as_json: bool,
    as_diff: bool,
) -> None:
    """Raise `UsageError` for options that contradict each other."""
    if modes > 1:
        raise UsageError("Only one of --check, --diff, --plan, --keys and --unused can be had.")
    if watch and (modes or output == "-"):
        raise UsageError("--watch keeps a file up to date.", "Name it with -o.")
    if watch and "-" in documents:
        raise UsageError("Standard input cannot be watched.")
    if rewrite and "-" in documents:
        raise UsageError("Standard input cannot be rewritten.", "Name the document's file.")
    if rewrite and output == "-":
        raise UsageError("--rewrite-keys changes files.", "Name the .bib with -o.")
    if as_json and as_diff:
        raise UsageError("--json and --diff both print to stdout; choose one.")
    if prints and output == "-":
        raise UsageError("--json and the .bib would both go to stdout.", "Name the .bib with -o.")
    _refuse_names(documents, output)


def _refuse_names(documents: tuple[str, ...], output: str) -> None:
    """Raise `UsageError` for a document or an output that can be none by its name."""
    if output != "-" and not output.lower().endswith(_BIB):
        raise UsageError(f'"{output}" is no .bib file.', "End its name in .bib.")
    for one in documents:
        if one.lower().endswith(_BIB):
            raise UsageError(
                f'"{one}" is a bibliography and cites nothing.',
                "Name the document that cites, and with --from the .bib that has the entries.",
            )


def _progress(*, quiet: bool) -> AbstractContextManager[Progress | None]:
    from bibtools.cli.progress import progress_on_terminal

    return progress_on_terminal(quiet=quiet)
