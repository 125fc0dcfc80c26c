"""The root command. Commands are loaded when they are called, so that `--help` stays fast."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import click

from bibtools import __version__

# name: (module:attribute, what `bibtools --help` says of it), in the order of use.
COMMANDS: dict[str, tuple[str, str]] = {
    "build": ("bibtools.cli.build:build", "Pages in, one bibliography out: the main job."),
    "convert": ("bibtools.cli.convert:convert", "Read pages, .bib or JSON; write another format."),
    "enrich": ("bibtools.cli.enrich:enrich", "Add arXiv IDs and code links to entries."),
    "why": ("bibtools.cli.why:why", "Tell where a value in a .bib came from."),
    "index": ("bibtools.cli.index:index", "Build or describe the offline index of arXiv papers."),
    "decide": ("bibtools.cli.decide:decide", "Tell `build` by hand what it could not know."),
    "fields": ("bibtools.cli.fields:fields", "Print the fields of .bib files as BibTeX sees them."),
    "check": ("bibtools.cli.check:check", "Say what is wrong in .bib files; fix what is safe."),
    "format": ("bibtools.cli.format:format_", "Tidy .bib files by options."),
    "dedupe": ("bibtools.cli.dedupe:dedupe", "Find entries that are one work, and merge them."),
    "keys": ("bibtools.cli.keys:keys", "Propose citation keys by a pattern; rename on request."),
    "zotero": ("bibtools.cli.zotero:zotero", "Keep a file and a Zotero library in agreement."),
    "undo": ("bibtools.cli.undo:undo", "Take the last change in place back, byte for byte."),
}


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-line helps without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """All command names, in the order of use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None for an unknown name."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table of commands, from `COMMANDS` alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, short) for name, (_, short) in COMMANDS.items()])


EXAMPLES = """\b
Examples:
  bibtools build examples/author_page.txt -o refs.bib
  bibtools convert page.txt --to json
  bibtools enrich refs.bib --offline -o enriched.bib
"""


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXAMPLES,
)
@click.version_option(__version__, "--version", "-V", prog_name="bibtools")
def main() -> None:
    """Reading lists in, bibliographies out.

    Pages that list papers become entries with arXiv IDs and links to the code, written as
    BibTeX, biblatex or CSL-JSON. Results go to stdout or to the file named with -o,
    everything else to stderr.
    """


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with the exit code the handbook documents."""
    from bibtools.cli.faults import exit_code_of

    sys.exit(exit_code_of(lambda: _invoke(arguments)))


def _invoke(arguments: Sequence[str] | None) -> Any:
    return main.main(
        args=list(arguments) if arguments is not None else None,
        prog_name="bibtools",
        standalone_mode=False,
    )
