"""Options that the commands of `bibtools zotero` share."""

from __future__ import annotations

from typing import Any

import click

from bibtools.cli.options import Decorator, quiet

STDOUT = "-"
"""What `--plan` without a file stands for."""


def place() -> Decorator:
    """`--library`, `--endpoint`, `--local`: which library."""

    def decorate(command: Any) -> Any:
        for option in reversed(
            (
                click.option(
                    "--library",
                    metavar="LIBRARY",
                    help="`user`, `group:12345`, or the name of a group; without it your own "
                    "library.",
                ),
                click.option(
                    "--endpoint",
                    metavar="ADDRESS",
                    help="Another Zotero server (https, or http on this computer).",
                ),
                click.option(
                    "--local",
                    is_flag=True,
                    help="Ask the Zotero program on this computer instead of its server.",
                ),
            )
        ):
            command = option(command)
        return command

    return decorate


def collection() -> Decorator:
    """`--collection`, `--no-subcollections`: which part of the library."""

    def decorate(command: Any) -> Any:
        for option in reversed(
            (
                click.option(
                    "-c",
                    "--collection",
                    metavar="COLLECTION",
                    help="Path (Reading/2026), name or key of the collection; made when missing. "
                    "Without it the whole library.",
                ),
                click.option(
                    "--no-subcollections",
                    is_flag=True,
                    help="Leave out what is only in collections below it.",
                ),
            )
        ):
            command = option(command)
        return command

    return decorate


def deciding() -> Decorator:
    """`--prefer`, `--delete`."""

    def decorate(command: Any) -> Any:
        for option in reversed(
            (
                click.option(
                    "--prefer",
                    type=click.Choice(["local", "zotero", "newest"]),
                    help="Which side wins where both changed one field; without it the field is "
                    "left alone and told.",
                ),
                click.option(
                    "--delete",
                    is_flag=True,
                    help="Trash items whose entry is gone, remove entries whose item is gone: "
                    "only those that bibtools put there.",
                ),
            )
        ):
            command = option(command)
        return command

    return decorate


def writing() -> Decorator:
    """`--plan`, `--yes`, `--json`, `-q`."""

    def decorate(command: Any) -> Any:
        for option in reversed(
            (
                click.option(
                    "--plan",
                    "plan_file",
                    metavar="[FILE]",
                    is_flag=False,
                    flag_value=STDOUT,
                    help="Print the plan and stop; with FILE also keep it for `apply`.",
                ),
                click.option("-y", "--yes", is_flag=True, help="Do it without asking."),
                as_json(),
                quiet(),
            )
        ):
            command = option(command)
        return command

    return decorate


def as_json() -> Decorator:
    """`--json`."""
    return click.option(
        "--json", "as_json", is_flag=True, help="Print what is done (or would be) as JSON."
    )


def strict() -> Decorator:
    """`--strict` of `status`."""
    return click.option(
        "--strict", is_flag=True, help="Leave with exit code 1 when the two sides differ."
    )
