"""`bibtools lookup`: what an identifier, an address, a PDF or a title names, as an entry.

What a local answer needs is imported here, the rest where it is used: the whole process is to
take no longer than a few starts of Python (tests/cli/test_lookup_imports.py).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import click

from bibtools.cli import options
from bibtools.cli.lookup_telling import Answers, Shown
from bibtools.cli.screen import say
from bibtools.errors import UsageError
from bibtools.model.progress import Progress
from bibtools.sites.named import LONGEST, Named, named

EPILOG = """\b
Examples:
  bibtools lookup 2104.08821
  bibtools lookup "Attention is all you need" --add refs.bib
  bibtools lookup https://dl.acm.org/doi/10.1145/3292500.3330701 --to biblatex
  bibtools lookup paper.pdf --copy
  bibtools lookup "learning to float" --all
  bibtools lookup --json < dois.txt > found.jsonl

\b
WHAT is one of
  arXiv ID    2104.08821v2, hep-th/9901001, "arXiv:2104.08821 [cs.CL]", its address at
              arXiv, alphaXiv, ar5iv or Hugging Face, its DOI
  DOI         10.1145/3292500.3330701, with doi: or https://doi.org/ before it, or the
              address of the publisher's page, where that has the DOI in it
  others      pmid:31452104, PMC7505768, isbn:0-262-03384-4, P19-1001,
              conf/nips/VaswaniSPUJGKP17, or their addresses
  repository  https://github.com/owner/name, https://huggingface.co/owner/name
  file        paper.pdf
  title       anything else; a year or authors may stand beside it: "Title (2021)",
              "Gao et al. 2021 Title", "Title - Gao"

What earlier look-ups found is given at once, then what the offline index knows; the
services are asked about the rest, all together. A title counts only when it is sure
which paper it means; other candidates are listed (--all: as a table). A year or authors
beside it must be the paper's. A paper from the index is the preprint; --published asks
for its publication too.

With --add the entries go behind the last one of REFS.bib and their keys are printed; a
work that the file has already is not added again. `bibtools undo` takes it back, and
`bibtools why` tells where each value came from.

\b
--json prints one object for each WHAT: what, kind, value, line (of standard input),
outcome (sure, likely, ambiguous, none), rule, source (kept, index, services), key,
entry (a likely one with --accept likely), candidates (entries, where it is not sure),
evidence (by part of the entry: source, question, rule, asked), unasked (who could not be
asked: title, question, reason), notices, and with --add added (false: the file had it).

Exit codes: 0 all found, 1 something was not found (also the version of an arXiv paper,
where it is known) or it is not sure which is meant, 2 wrong usage or a file that cannot
be read or written, 3 a setting is wrong, 4 as 1, and somebody could not be asked (never
with --offline): run it again later, 70 a fault of ours, 130 interrupted.
"""

_BATCH = 1_000
"""Lines of standard input that are looked up together at most."""
_PAUSE = 0.2
"""Seconds without a line after which those that came are looked up."""


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("whats", metavar="[WHAT]...", nargs=-1)
@click.option(
    "--to",
    "to",
    type=click.Choice(options.CONVERT_KINDS),
    default="bibtex",
    show_default=True,
    help="Format of the entries.",
)
@click.option("--all", "candidates", is_flag=True, help="A table of all that may be meant.")
@click.option("--add", metavar="REFS.bib", help="Add the entries to this file; print their keys.")
@click.option("--key", metavar="KEY", help="The citation key (of a single WHAT).")
@options.key_pattern()
@click.option("--copy", is_flag=True, help="Put what is printed on the clipboard, too.")
@click.option(
    "--accept",
    type=click.Choice(["sure", "likely"]),
    default="sure",
    show_default=True,
    help="Take also what is only likely.",
)
@click.option(
    "--published/--no-published",
    default=None,
    help="Look for the published version of a preprint and add its fields.  "
    "[default: unless the index has the preprint]",
)
@click.option("--code/--no-code", default=True, help="Look for links to the code.  [default: code]")
@click.option("--offline", is_flag=True, help="Ask the offline index and earlier answers only.")
@options.index_file()
@options.print_links()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for each WHAT.")
@options.quiet()
def lookup(
    whats: tuple[str, ...],
    to: str,
    add: str | None,
    key: str | None,
    key_pattern: str | None,
    accept: str,
    index_path: Path | None,
    print_links: str | None,
    *,
    candidates: bool,
    copy: bool,
    published: bool | None,
    code: bool,
    offline: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Print the entry that each WHAT names.

    Without WHAT, or for `-`, standard input has one a line; blank lines and those that begin
    with # are passed over. Answers come in the order of the questions.
    """
    _refuse(whats, to, add, key, candidates=candidates, as_json=as_json)
    from bibtools.workflows.lookup import LookupOptions, accepting
    from bibtools.workflows.lookup_session import Lookups, Where

    settings = LookupOptions(published=published, code=code, accept=accepting(accept))
    where = Where(index_path, offline, settings, lambda: _progress(quiet=quiet))
    shown = Shown(
        "lines" if as_json else "table" if candidates else to,
        add=add,
        key=key,
        key_pattern=key_pattern,
        print_links=print_links,
        copy=copy,
        offline=offline,
        quiet=quiet,
    )
    answers = Answers(shown)
    with Lookups(where) as lookups:
        for batch in _batches(whats, quiet=quiet):
            found = lookups.look_up([what for _, what in batch])
            answers.take([(line, one) for (line, _), one in zip(batch, found, strict=True)])
        answers.finish(lookups.web, has_index=lookups.has_index)
    return answers.code


def _refuse(
    whats: Sequence[str],
    to: str,
    add: str | None,
    key: str | None,
    *,
    candidates: bool,
    as_json: bool,
) -> None:
    """Raise `UsageError` for options that contradict each other."""
    if key is not None and (len(whats) != 1 or whats[0] == "-"):
        raise UsageError("--key is for a single WHAT.", "Use --key-pattern for several.")
    if key is not None:
        from bibtools.formats.bibtex.tex_values import refuse_bad_key

        refuse_bad_key(key)
    if add is not None and to not in ("bibtex", "biblatex"):
        raise UsageError("--add writes a .bib, whose dialect decides.", "Leave --to out.")
    if add is not None and candidates:
        raise UsageError("--all shows what may be meant; it adds nothing.", "Leave one out.")
    if as_json and to != "bibtex":
        raise UsageError("--json prints what was found as JSON lines.", "Leave --to out.")
    if "-" in whats and len(whats) > 1:
        raise UsageError("`-` is standard input, and stands alone.")
    if add == "-":
        raise UsageError("Nothing can be added to standard input.", "Name a .bib file.")


def _progress(*, quiet: bool) -> AbstractContextManager[Progress | None]:
    from bibtools.cli.progress import progress_on_terminal

    return progress_on_terminal(quiet=quiet)


Asked = list[tuple[int | None, Named]]
"""What was named, with its line of standard input."""


def _batches(whats: Sequence[str], *, quiet: bool) -> Iterator[Asked]:
    """What is to be looked up, together as far as it is there."""
    if whats and whats[0] != "-":
        yield [(None, named(what)) for what in whats]
        return
    from bibtools.cli.lines import lines_as_they_come

    if sys.stdin.isatty() and not quiet:
        say("Type one identifier, address, file or title a line; Ctrl-D ends.")
    for batch in lines_as_they_come(_BATCH, _PAUSE, LONGEST * 4):
        asked: Asked = [
            (number, named(text))
            for number, text in batch
            if text.strip() and not text.lstrip().startswith("#")
        ]
        if asked:
            yield asked
