"""`bibtools search`: ranked search over .bib files, Zotero and the index."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from bibtools.cli import options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import say, show_notices, write_result
from bibtools.errors import UsageError
from bibtools.later import later

EPILOG = """\b
Examples:
  bibtools search contrastive sentence embeddings refs.bib
  bibtools search author:gao year:2020..2023 has:code refs.bib
  bibtools search '"masked language" -survey category:cs.CL' --index
  bibtools search nueral machine transl --zotero
  bibtools search attention --keys refs.bib | fzf
  bibtools search dropout --to bibtex *.bib > found.bib
  bibtools search --interactive refs.bib

\b
Words:
  gao simcse        words; the last one may be the beginning of one
  "sentence embed"  words side by side (in a shell: '"sentence embed"')
  -survey           not this word (also NOT survey; short ones behind --: -- -x)
  bert|roberta      one of them
  author: title: abstract: venue:   a word or "words" there
  year:2021  year:2020..2023  year:>=2020
  key:gao  type:article  id:2104.08821  arxiv: doi:
  category:cs.CL  category:cs
  has:code  has:doi  has:arxiv  has:abstract  has:pdf

Case and accents do not count; a word that nothing has may have a slip of the
fingers (from 4 letters one, from 8 two).

Exit codes: 0 found, 1 nothing found, 2 wrong usage or a file that cannot be read.
"""

FILE_ENDINGS = (".bib", ".bibtex", ".biblatex", ".json", ".jsonl", ".ris")
_PATH = later(r"(?:~?[/\\]|\.{1,2}[/\\]|[A-Za-z]:[/\\]).*", re.DOTALL)
"""Begins as only paths do; "and/or" and "hep-th/9901001" are words."""
_NEGATED = later(r"-(?:[^\W\d_]{2}|\")[^=]*|-[^\W\d_]+:.+")
_DEFAULT_LIMIT = 20
_WORD = "\0"
"""Begins what stands behind `--`; no argument of a program can have it."""


class SearchCommand(click.Command):
    """A command to which `-survey` is a word that is not wanted."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Turn `-word` into what the question means by it, before options are looked for."""
        known = {name for option in self.params for name in option.opts}
        done: list[str] = []
        for number, one in enumerate(args):
            if one == "--":
                done += [one, *(_WORD + word for word in args[number + 1 :])]
                break
            negated = _NEGATED.fullmatch(one) is not None and one[:2] != "--"
            done.append(f"NOT {one[1:]}" if negated and one not in known else one)
        try:
            return super().parse_args(ctx, done)
        except click.NoSuchOption as error:
            name = error.option_name
            short = [one for one in args if one.startswith(name)] if name[:2] != "--" else []
            if not short:
                raise
            raise UsageError(
                f'There is no option "{short[0]}".',
                "To leave out what has that word, put it behind --, and files before it: "
                f"bibtools search WORDS FILE -- {short[0]}",
            ) from None


def is_file_name(word: str) -> bool:
    """Whether a word of the command line names a file: it ends like one of entries.

    One that ends so and is not there is meant as a file as well: nobody looks for a word that
    ends in `.bib`.
    """
    return word == "-" or (word[:1] != _WORD and word.lower().endswith(FILE_ENDINGS))


def split_words(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """(words, files) of the arguments; those that `SearchCommand` marked are words."""
    words = [one.removeprefix(_WORD) for one in given if not is_file_name(one)]
    return words, [one for one in given if is_file_name(one)]


@click.command(context_settings=options.HELP_NAMES, epilog=EPILOG, cls=SearchCommand)
@click.argument("given", metavar="WORDS... [FILE...]", nargs=-1)
@click.option(
    "--in",
    "inside",
    metavar="FILE",
    multiple=True,
    help="Search this file, whatever its name ends in. May be repeated.",
)
@click.option("--index", "in_index", is_flag=True, help="Search the offline index of arXiv papers.")
@click.option(
    "--index-file",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Search this index.",
)
@click.option(
    "--zotero",
    "in_zotero",
    is_flag=True,
    help="Search the copy of your Zotero library; nobody is asked.",
)
@click.option(
    "--library", metavar="LIBRARY", help="`user:12345` or `group:12345`: that Zotero library."
)
@click.option(
    "-n",
    "--limit",
    type=click.IntRange(min=0),
    default=None,
    help=f"So many at most; 0 for all.  [default: {_DEFAULT_LIMIT}, with --interactive 100]",
)
@click.option("--keys", "only_keys", is_flag=True, help="Print citation keys only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option(
    "--to",
    type=click.Choice(options.CONVERT_KINDS),
    help="Print the found entries in this format.",
)
@click.option(
    "--no-prefix", is_flag=True, help="The last word is a whole word, not the beginning of one."
)
@click.option("-i", "--interactive", is_flag=True, help="Search as you type, on a terminal.")
@options.quiet()
def search(
    given: tuple[str, ...],
    inside: tuple[str, ...],
    in_index: bool,
    index_file: Path | None,
    in_zotero: bool,
    library: str | None,
    limit: int | None,
    only_keys: bool,
    as_json: bool,
    to: str | None,
    no_prefix: bool,
    interactive: bool,
    quiet: bool,
) -> int:
    """Find entries by words, the best first.

    An argument that ends in .bib, .bibtex, .biblatex, .json, .jsonl or .ris names a FILE, and so
    does `-` (standard input); everything else, and all behind `--`, is searched for. Without
    files, --index and --zotero, the .bib files in this folder are searched, or the index when
    there are none. What a file holds is kept in the cache folder, so that the next search need
    not read it.

    On a terminal the result is a table; in a pipe lines of key, year, author and title with tabs.
    """
    if sum((only_keys, as_json, to is not None)) > 1:
        raise UsageError("Only one of --keys, --json and --to can be had.")
    words, files = split_words(given)
    if interactive:
        from bibtools.cli.picker import refuse_without_terminal

        refuse_without_terminal(files)
    elif not words:
        raise UsageError("There are no words to search for.", "bibtools search WORDS [FILE...]")
    _refuse_missing(files)
    _refuse_paths([one for one in given if not is_file_name(one)])
    from bibtools.workflows.search import (
        Where,
        open_sources,
        parse_query,
        search_cache,
        with_defaults,
    )
    from bibtools.workflows.search import search as find

    where = Where(
        (*files, *inside),
        _index(index_file) if in_index or index_file is not None else None,
        _connection(library) if in_zotero or library is not None else None,
    )
    where = with_defaults(where, lambda: _index(index_file))
    question = " ".join(words)
    with ExitStack() as stack:
        with progress_on_terminal(quiet=quiet) as progress:
            sources = stack.enter_context(open_sources(where, search_cache(), progress))
        if not quiet:
            show_notices(sources.notices)
        if interactive:
            from bibtools.cli.picker import pick

            return pick(sources.every, question, limit, prefix=not no_prefix)
        most = _DEFAULT_LIMIT if limit is None else limit
        searched = find(sources.every, parse_query(question, prefix=not no_prefix), most or None)
        if not quiet:
            show_notices(searched.notices)
        _print(searched, only_keys=only_keys, as_json=as_json, to=to)
    if searched.more and limit is None and not quiet and sys.stdout.isatty():
        say(f"These are the first {len(searched.found)}; -n 0 shows all.")
    return 0 if searched.found else 1


def _refuse_missing(files: Sequence[str]) -> None:
    for name in files:
        if name != "-" and not Path(name).exists():
            from bibtools.adapters.files import missing_file

            raise missing_file(
                name,
                "Check the name and the folder you are in; to search for it as a word, put it "
                f"behind --: {_AS_WORD}",
            )


def _refuse_paths(words: Sequence[str]) -> None:
    """Raise for a word that can only be meant as a file; those behind `--` are words."""
    for word in words:
        if word[:1] == _WORD or _PATH.fullmatch(word) is None:
            continue
        told = f"To search for it as a word, put it behind --: {_AS_WORD}"
        if not Path(word).expanduser().exists():
            from bibtools.adapters.files import missing_file

            raise missing_file(word, f"Check the name and the folder you are in. {told}")
        raise UsageError(
            f'"{word}" is a path, and its name does not end in .bib, .json, .jsonl or .ris.',
            f"Search a file of any name with --in. {told}",
        )


_AS_WORD = "bibtools search --in FILE -- WORDS"


def _index(named: Path | None) -> Path:
    if named is not None:
        return named
    from bibtools.adapters.index import default_path

    return default_path()


def _connection(library: str | None) -> Any:
    from bibtools.workflows.zotero.connecting import Connection

    return Connection(library=library)


def _print(searched: Any, *, only_keys: bool, as_json: bool, to: str | None) -> None:
    from bibtools.cli import search_output

    if only_keys:
        write_result(search_output.key_lines(searched))
    elif as_json:
        write_result(search_output.json_text(searched))
    elif to is not None:
        if searched.found:
            from bibtools.workflows.outputs import Style, render
            from bibtools.workflows.search import entries_of

            write_result(render(entries_of(searched), to, Style("none", exact=True)))
    elif sys.stdout.isatty():
        search_output.print_table(searched)
    else:
        write_result(search_output.plain_lines(searched))
