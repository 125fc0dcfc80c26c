"""The table that the shells' completion reads, made from the commands (`tests/reference.py`)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import click

from bibtools.checks import RULES
from bibtools.cli.main import COMMANDS, main

_BY_METAVAR = {
    "FILE": "file", "[FILE]": "file", "FILE...": "file", "OUT": "file", "PATH": "file",
    "REFS.bib": "file", "PLANFILE": "file", "DOCUMENT...": "file", "PAGE|ADDRESS...": "file",
    "[FILE]...": "file", "KEY|WHAT": "key or file", "[WHAT]...": "file",
    "COLLECTION": "collection", "LIBRARY": "library", "FILE|index|zotero|online": "file",
    "WORDS... [FILE...]": "file", "RECORD RECORD...": "key",
    "PATTERN": "text", "KEY": "text", "DATE": "text", "SET": "text", "ADDRESS": "text",
    "TEXT": "text", "N": "text", "[RUN]": "text", "RULE[,RULE]": "text", "N|tab": "text",
    "none|alphabetical|NAME,...": "text", "WHICH": "text",
}  # fmt: skip
_BY_NAME = {
    ("why", "key"): "key",
    ("why", "field"): "text",
    ("decide", "output"): "file",
    ("decide", "record"): "key",
    ("decide", "arxiv"): "text",
    ("decide", "number"): "text",
    ("keys", "pattern"): "text",
}
_WORDS = {
    ("cite", "sources"): ("index", "zotero", "online"),
    ("check", "select"): tuple(RULES),
    ("check", "ignore"): tuple(RULES),
    ("why", "field"): ("title", "author", "year", "journal", "booktitle", "volume", "number",
                       "pages", "publisher", "doi", "eprint", "url", "code"),
    ("format", "indent"): ("tab",),
    ("format", "field_order"): ("none", "alphabetical"),
    ("decide", "arxiv"): ("none",),
}  # fmt: skip


def table() -> str:
    """The table as JSON, a command a line."""
    rows = (
        f"{json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}"
        for name, row in _rows(main, "", click.Context(main, info_name="bibtools"))
    )
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _rows(
    command: click.Command, name: str, context: click.Context
) -> Iterator[tuple[str, dict[str, Any]]]:
    below: dict[str, click.Command] = {}
    if isinstance(command, click.Group):
        for one in command.list_commands(context):
            found = command.get_command(context, one)
            assert found is not None
            below[one] = found
    arguments = [
        _told(name, one, context) | ({"many": True} if one.nargs == -1 else {})
        for one in command.params
        if isinstance(one, click.Argument) and one.make_metavar(context)
    ]
    yield (
        name,
        {
            "commands": {
                one: COMMANDS[one][1] if command is main else found.get_short_help_str(200)
                for one, found in below.items()
            },
            "options": dict(_options(name, command, context)),
            "arguments": arguments,
        },
    )
    for one, found in below.items():
        yield from _rows(found, f"{name} {one}".strip(), click.Context(found, parent=context))


def _options(
    name: str, command: click.Command, context: click.Context
) -> Iterator[tuple[str, dict[str, Any]]]:
    for one in command.get_params(context):
        if not isinstance(one, click.Option) or one.hidden:
            continue
        told: dict[str, Any] = {"help": re.split(r"(?<=\w)[.;(]\s", f"{one.help} ")[0].strip(" .")}
        names = [*one.opts, *one.secondary_opts]
        if not one.is_flag and not one.count:
            told |= _told(name, one, context)
            if one._flag_needs_value:
                told["optional"] = True
        if one.multiple:
            told["many"] = True
        if len(names) > 1:
            told["also"] = names
        yield from ((spelled, told) for spelled in names)


def _told(command: str, one: click.Parameter, context: click.Context) -> dict[str, Any]:
    top, name = command.split(" ")[0], one.name or ""
    choices = tuple(map(str, getattr(one.type, "choices", ())))
    words = choices or _WORDS.get((top, name), ())
    if choices:
        kind: str | None = "text"
    elif isinstance(one.type, click.Path):
        kind = "file"
    elif isinstance(one.type, click.types.IntParamType):
        kind = "text"
    else:
        kind = _BY_NAME.get((top, name)) or _BY_METAVAR.get(one.make_metavar(context))
    assert kind, f"tests/completion_table.py does not say what {command} {one.opts} takes"
    return {"kind": kind} | ({"words": list(words)} if words else {})
