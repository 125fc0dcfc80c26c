"""`bibtools format`: .bib files tidied, or told to be untidy."""

from __future__ import annotations

from typing import Literal

import click

from bibtools.adapters.files import read_bytes
from bibtools.cli import options
from bibtools.cli.faults import show_error
from bibtools.cli.screen import say, show_notices, write_bytes
from bibtools.errors import InputError, UsageError
from bibtools.formats.bibtex.tidy_blocks import Layout, Sort
from bibtools.formats.venue_names import Restyled, VenueStyle
from bibtools.model import Notice
from bibtools.workflows.tidy import (
    diff_of,
    refuse_in_place,
    refuse_several,
    replace_file,
    tidy_bytes,
)
from bibtools.workflows.venue_names import restyle_names

EPILOG = """\b
Examples:
  bibtools format refs.bib
  bibtools format --align --sort key --diff refs.bib
  bibtools format --field-order author,title,journal,year -i refs.bib
  bibtools format --check *.bib
  bibtools format --journals full --diff refs.bib

Remarks and comments stay with the entry they touch; text between blank lines divides
the file into stretches that are sorted one by one, as do macros and broken entries,
which stay byte for byte.

--journals writes `journal`, `journaltitle` and the `booktitle` of papers at meetings in
one style. A full name is abbreviated by rule (ISO 4, with the extra "journals"); an
abbreviation is written out only when a table has it: that of bibtools or your own,
journals.csv in the settings folder (full name, abbreviation, macro). Others are told.

Exit codes: 0 done, 1 with --check when a file is untidy, 2 wrong usage or a file that
cannot be read.
"""


@click.command("format", context_settings=options.HELP_NAMES, epilog=EPILOG)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--check", is_flag=True, help="Only name the files that would change.")
@click.option("--diff", is_flag=True, help="Print the changes instead of the file.")
@click.option("-i", "--in-place", is_flag=True, help="Change the files themselves.")
@click.option("--align/--no-align", default=False, help="Put equals signs in one column.")
@click.option(
    "--indent",
    metavar="N|tab",
    default="2",
    show_default=True,
    help="Blanks before a field, or a tab.",
)
@click.option(
    "--sort",
    type=click.Choice(["none", "key", "type", "year"]),
    default="none",
    show_default=True,
    help="Order of the entries; what others name in crossref stays behind them.",
)
@click.option(
    "--field-order",
    metavar="none|alphabetical|NAME,...",
    default="none",
    show_default=True,
    help="Order of the fields; those not named follow as they stood.",
)
@click.option("--braces/--no-braces", default=True, help='Write {...} for "...".  [default: yes]')
@click.option("--months/--no-months", default=False, help="Write months as macros, such as jan.")
@click.option(
    "--blank-lines",
    type=click.IntRange(0, 9),
    default=1,
    show_default=True,
    help="Blank lines between entries.",
)
@click.option(
    "--trailing-comma/--no-trailing-comma",
    default=True,
    help="Put a comma behind the last field.  [default: yes]",
)
@click.option(
    "--lower-case/--keep-case",
    default=True,
    help="Write types and field names in lower case.  [default: lower]",
)
@options.journals()
@options.quiet()
def format_(
    files: tuple[str, ...],
    check: bool,
    diff: bool,
    in_place: bool,
    align: bool,
    indent: str,
    sort: Sort,
    field_order: str,
    braces: bool,
    months: bool,
    blank_lines: int,
    trailing_comma: bool,
    lower_case: bool,
    journals: VenueStyle | None,
    quiet: bool,
) -> int:
    """Tidy .bib files; what BibTeX reads stays the same, but for --journals.

    FILE is a .bib file; `-` is standard input. The tidy file goes to stdout unless --check,
    --diff or -i is given; only -i changes a file. Line ends, encoding and the bytes of values
    stay as they are.
    """
    layout = Layout(
        indent=_indent(indent),
        align=align,
        sort=sort,
        field_order=_field_order(field_order),
        braces=braces,
        months=months,
        blank_lines=blank_lines,
        trailing_comma=trailing_comma,
        lower_case=lower_case,
    )
    _refuse_contradictions(files, check=check, diff=diff, in_place=in_place)
    untidy = unreadable = False
    for file in files:
        try:
            data = read_bytes(file)
        except InputError as error:
            show_error(error)
            unreadable = True
            continue
        new, notices = _formatted(data, file, layout, journals)
        show_notices(notices)
        if diff:
            write_bytes(diff_of(data, new, file))
        elif not (check or in_place):
            write_bytes(new)
        if new == data:
            continue
        untidy = True
        if in_place:
            replace_file(file, data, new, "format")
        if (check or in_place) and not quiet:
            say(f"{file}: {'is untidy' if check else 'tidied'}")
    if unreadable:
        return 2
    return 1 if check and untidy else 0


def _formatted(
    data: bytes, file: str, layout: Layout, journals: VenueStyle | None
) -> tuple[bytes, tuple[Notice, ...]]:
    named = Restyled(data, 0) if journals is None else restyle_names(data, file, journals)
    new, notices = tidy_bytes(named.data, file, layout)
    return new, (*named.notices, *notices)


def _refuse_contradictions(
    files: tuple[str, ...], *, check: bool, diff: bool, in_place: bool
) -> None:
    if in_place and check:
        raise UsageError("--check changes nothing, -i does.", "Choose one of them.")
    if in_place:
        refuse_in_place(files)
    elif not (check or diff):
        refuse_several(files)


def _indent(written: str) -> str:
    if written.lower() == "tab":
        return "\t"
    if not (written.isascii() and written.isdecimal() and int(written[:4]) <= 40):
        raise UsageError(
            f'"{written}" is no indent.', 'Give a number of blanks from 0 to 40, or "tab".'
        )
    return " " * int(written)


def _field_order(written: str) -> tuple[str, ...] | Literal["none", "alphabetical"]:
    match written:
        case "none":
            return "none"
        case "alphabetical":
            return "alphabetical"
    names = tuple(name.strip().lower() for name in written.split(",") if name.strip())
    if not names:
        raise UsageError(
            f'"{written}" is no order of fields.',
            "Name the fields that come first, as in author,title,year.",
        )
    return names
