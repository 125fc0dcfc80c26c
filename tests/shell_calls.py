"""Calls of bibtools in lines for a shell, and whether its commands take them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

import click
import pytest

from bibtools.cli.main import main


def calls(line: str) -> list[list[str]]:
    """The calls of bibtools in a line for a shell."""
    words = shlex.split(re.sub(r"\\$", "", line), comments=True)
    found: list[list[str]] = [[]]
    skip = False
    for word in words:
        if word in ("|", "&&", ";", "||"):
            found.append([])
        elif word in ("<", ">", ">>", "2>"):
            skip = True
        elif skip:
            skip = False
        elif not re.fullmatch(r"[A-Z_]+=\S*", word) or found[-1]:
            found[-1].append(word)
    return [call for call in found if call and call[0].rpartition("/")[2] == "bibtools"]


def refused(call: Sequence[str]) -> str:
    """Why the command would not take the call; empty when it would."""
    command: click.Command = main
    words = list(call[1:])
    # "bibtools COMMAND --help", "bibtools ...": words about calls.
    if any(word == "..." for word in words):
        return ""
    with pytest.MonkeyPatch.context() as patched:
        # Files of examples need not be there to be a right call.
        patched.setattr(click.Path, "convert", lambda self, value, *rest: value)
        try:
            while isinstance(command, click.Group):
                context = click.Context(command, info_name=command.name)
                found = command.get_command(context, words[0]) if words else None
                if found is None:
                    return f"no command {words[:1]}"
                command, words = found, words[1:]
            command.make_context(command.name, words)
        except click.exceptions.Exit:
            return ""  # --help
        except click.ClickException as error:
            return error.format_message()
    return ""
