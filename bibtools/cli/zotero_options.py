"""Options that the commands of `bibtools zotero` share."""

from __future__ import annotations

import click

from bibtools.cli.options import Decorator, quiet, together

STDOUT = "-"
"""What `--plan` without a file stands for."""


def place() -> Decorator:
    """`--library`, `--endpoint`, `--local`: which library."""
    return together(
        click.option(
            "--library",
            metavar="LIBRARY",
            help="`user`, `group:12345`, or the name of a group; without it your own library.",
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


def collection() -> Decorator:
    """`--collection`, `--no-subcollections`: which part of the library."""
    return together(
        click.option(
            "-c",
            "--collection",
            metavar="COLLECTION",
            help="Path (Reading/2026), name or key of the collection; push and sync make it when "
            "missing. Without it the whole library.",
        ),
        click.option(
            "--no-subcollections",
            is_flag=True,
            help="Leave out what is only in collections below it.",
        ),
    )


def deciding() -> Decorator:
    """`--prefer`, `--delete`."""
    return together(
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


def writing() -> Decorator:
    """`--plan`, `--yes`, `--json`, `-q`."""
    return together(
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
