"""Every command as values, for the reference (`tests/reference.py`) and the man pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc
from textwrap import dedent

import click

from bibtools.cli.main import COMMANDS, main


@dataclass(frozen=True, slots=True)
class OptionRow:
    """One option or argument."""

    names: str
    """`-o, --output OUT`, or `FILE...` for an argument."""
    help: str
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of text: prose, or lines that stay as they are."""

    text: str
    verbatim: bool = False


@dataclass(frozen=True, slots=True)
class CommandPage:
    """What there is to say of one command."""

    name: str
    """With its groups: `bibtools zotero sync`."""
    short: str
    usage: str
    text: tuple[Block, ...]
    arguments: tuple[str, ...]
    options: tuple[OptionRow, ...]
    examples: tuple[str, ...]
    notes: tuple[Block, ...]
    """What follows the examples."""
    commands: tuple[tuple[str, str], ...] = ()
    """Names and short texts of a group's commands."""

    @property
    def file(self) -> str:
        """The name of its page without suffix: `bibtools-zotero-sync`."""
        return self.name.replace(" ", "-")


def all_pages() -> list[CommandPage]:
    """The pages of the program, in the order of use."""
    return list(_pages(main, "bibtools", None, ""))


def _pages(
    command: click.Command, name: str, parent: click.Context | None, short: str
) -> Iterator[CommandPage]:
    context = click.Context(
        command, info_name=name.rpartition(" ")[2], parent=parent, **command.context_settings
    )
    below: list[tuple[str, click.Command, str]] = []
    if isinstance(command, click.Group):
        for one in command.list_commands(context):
            found = command.get_command(context, one)
            assert found is not None
            below.append((one, found, _short(command, one, found)))
    yield _page(command, context, name, short, tuple((one, text) for one, _, text in below))
    for one, found, text in below:
        yield from _pages(found, f"{name} {one}", context, text)


def _short(group: click.Command, name: str, command: click.Command) -> str:
    if group is main:
        return COMMANDS[name][1]
    return command.get_short_help_str(200)


def _page(
    command: click.Command,
    context: click.Context,
    name: str,
    short: str,
    commands: tuple[tuple[str, str], ...],
) -> CommandPage:
    text = list(_blocks(cleandoc(command.help or "")))
    notes = list(_blocks(cleandoc(command.epilog or "")))
    examples: tuple[str, ...] = ()
    kept = []
    for block in notes:
        if block.verbatim and re.match(r"Examples?:\n", block.text):
            examples = tuple(dedent(block.text.partition("\n")[2]).splitlines())
        elif block.text.startswith("Example: "):
            examples = (block.text.removeprefix("Example: "),)
        else:
            kept.append(block)
    rows = [_row(one, context) for one in command.get_params(context)]
    return CommandPage(
        name,
        short or (text[0].text.replace("\n", " ") if text else ""),
        " ".join(command.collect_usage_pieces(context)),
        tuple(text),
        tuple(
            one.make_metavar(context)
            for one in command.params
            if isinstance(one, click.Argument)
        ),
        tuple(row for row in rows if row is not None),
        examples,
        tuple(kept),
        commands,
    )  # fmt: skip


def _row(parameter: click.Parameter, context: click.Context) -> OptionRow | None:
    if not isinstance(parameter, click.Option) or parameter.hidden:
        return None
    record = parameter.get_help_record(context)
    assert record is not None
    names, text = record
    default = re.search(r"\s*\[default: ([^]]*)\]", text)
    choices = tuple(map(str, getattr(parameter.type, "choices", ())))
    return OptionRow(
        re.sub(r"\s+", " ", names),
        re.sub(r"\s+", " ", text[: default.start()] if default else text).strip(),
        default[1] if default else "",
        choices,
    )


def _blocks(text: str) -> Iterator[Block]:
    """Paragraphs; one that begins with a backspace keeps its lines, as click has it."""
    for part in re.split(r"\n\s*\n", text.strip("\n")):
        if not part.strip():
            continue
        lines = part.split("\n")
        if lines[0].strip() == "\b":
            yield Block("\n".join(lines[1:]), verbatim=True)
        else:
            yield Block("\n".join(line.strip() for line in lines))
