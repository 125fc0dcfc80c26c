"""Options that several commands share, so that each means one thing everywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

HELP_NAMES = {"help_option_names": ["-h", "--help"]}
OUTPUT_KINDS = ("bibtex", "biblatex", "csl-json", "json")
CONVERT_KINDS = (*OUTPUT_KINDS, "ris", "zotero")


def together(*options: Decorator) -> Decorator:
    """Several options as one decorator; help shows them in this order."""

    def decorate(command: Callable[..., Any]) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def output_kind(kinds: Sequence[str] = OUTPUT_KINDS) -> Decorator:
    """`--to`: the format of the result."""
    suffixes = ".bib: bibtex, .json: csl-json" + (", .ris: ris" if "ris" in kinds else "")
    return click.option(
        "--to",
        "to",
        type=click.Choice(kinds),
        help=f"Format of the result; without it the suffix of -o decides ({suffixes}).",
    )


def print_links() -> Decorator:
    """`--print-links`: whether the bibliography shows arXiv ID and code link."""
    return click.option(
        "--print-links",
        type=click.Choice(["note", "addendum", "none"]),
        help="Field that makes the arXiv ID and the code link visible in the typeset "
        "bibliography.  [default: note for BibTeX, addendum for biblatex]",
    )


def key_pattern() -> Decorator:
    """`--key-pattern`: how new citation keys are made."""
    return click.option(
        "--key-pattern",
        metavar="PATTERN",
        help="How new citation keys are made, such as '{family}{year}{word}' (the default); "
        "existing keys never change.",
    )


def backup() -> Decorator:
    """`--backup / --no-backup`: whether an overwritten file is kept."""
    return click.option(
        "--backup/--no-backup",
        default=True,
        help="Keep a copy of a file that is changed.  [default: backup]",
    )


def quiet() -> Decorator:
    """`-q`: only errors on stderr."""
    return click.option("-q", "--quiet", is_flag=True, help="Show errors only.")


def strict() -> Decorator:
    """`--strict`: notices become exit code 1."""
    return click.option(
        "--strict", is_flag=True, help="Leave with exit code 1 when there was any notice."
    )


def tex_files() -> Decorator:
    """`--tex`: manuscripts whose citations are renamed with the keys."""
    return click.option(
        "--tex",
        multiple=True,
        metavar="FILE",
        help="Rename in the citations of this .tex file too (repeat for more files).",
    )


def journals() -> Decorator:
    """`--journals`: the style of the names of journals and meetings."""
    return click.option(
        "--journals",
        type=click.Choice(["full", "iso4", "strings"]),
        help="Names of journals and meetings: in full, abbreviated after ISO 4, or as macros.",
    )


def index_file() -> Decorator:
    """`--index`: the offline index, as a path."""
    return click.option(
        "--index",
        "index_path",
        metavar="PATH",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The index file; without it BIBTOOLS_INDEX or the one in your data folder.",
    )
