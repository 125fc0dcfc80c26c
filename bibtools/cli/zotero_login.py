"""`bibtools zotero login, logout, collections`."""

from __future__ import annotations

import json
import os
import sys

import click

from bibtools.adapters.zotero.credentials import KEY_VARIABLE
from bibtools.adapters.zotero.errors import LocalKeyError
from bibtools.cli import options, zotero_options
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import plain, say, show_notices, write_result
from bibtools.cli.zotero_permission import tell_asking
from bibtools.errors import UsageError
from bibtools.workflows.zotero import connecting, permission
from bibtools.workflows.zotero.connecting import Connection
from bibtools.workflows.zotero.session import open_session

LOGIN_EPILOG = """\b
Examples:
  bibtools zotero login
  bibtools zotero login < key.txt
  ZOTERO_API_KEY=... bibtools zotero login
  bibtools zotero login --local

Make a key on https://www.zotero.org/settings/keys. It is asked for without being
shown (or read from stdin or ZOTERO_API_KEY), checked with the server, and kept in
the system keyring where the package keyring works, else in a file that only you
can read. Without login, ZOTERO_API_KEY alone serves each command.
The Zotero program on this computer (--local) needs no key: it asks in a window of
its own, once, whether bibtools may write to it.

Exit codes: 0 kept, 2 no key was given, 3 a wrong key, or not allowed, 4 nobody
answered.
"""
LOGOUT_EPILOG = """\b
Examples:
  bibtools zotero logout
  bibtools zotero logout --local
"""
COLLECTIONS_EPILOG = """\b
Examples:
  bibtools zotero collections
  bibtools zotero collections --library group:12345 --json
"""


@click.command(context_settings=options.HELP_NAMES, epilog=LOGIN_EPILOG)
@click.option("--endpoint", metavar="ADDRESS", help="Another Zotero server.")
@click.option(
    "--local",
    is_flag=True,
    help="Have the Zotero program on this computer allow writing to it, once for all.",
)
@options.quiet()
def login(endpoint: str | None, *, local: bool, quiet: bool) -> int:
    """Keep an API key for Zotero on this computer, after asking the server whose it is."""
    if local:
        return _allowed(endpoint, quiet=quiet)
    text, origin = _key_told()
    done = connecting.login(Connection(endpoint=endpoint), text, origin)
    if not quiet:
        whose = f"{done.info.name} (user:{done.info.user})"
        place = "the system keyring" if done.where == "keyring" else done.path
        say(f"Logged in to {done.endpoint} as {whose}; the key is kept in {place}.")
        own = done.info.access.get("user")
        if not (isinstance(own, dict) and own.get("write")):
            say("The key may not write to your own library: pull works, push does not.")
    return 0


def _allowed(endpoint: str | None, *, quiet: bool) -> int:
    """The same for the desktop program, which has no keys to type in but asks its user."""
    done = permission.ask_permission(Connection(endpoint=endpoint), tell_asking)
    if not done.kept:
        raise LocalKeyError(
            "The Zotero program allowed one request only, so there is nothing to keep.",
            'Run it again, and answer in the window of Zotero with "Always Allow".',
        )
    if not quiet:
        already = " already" if done.before else ""
        say(
            f"The Zotero program on this computer lets bibtools write{already}; reading needs no "
            "permission."
        )
    return 0


def _key_told() -> tuple[str, str]:
    """The key, and where it comes from; never from the command line, which others can see."""
    told = os.environ.get(KEY_VARIABLE, "").strip()
    if told:
        return told, KEY_VARIABLE
    if sys.stdin.isatty():
        text = click.prompt(
            "API key (https://www.zotero.org/settings/keys)",
            hide_input=True,
            default="",
            show_default=False,
            err=True,
        )
        origin = "the prompt"
    else:
        text, origin = sys.stdin.readline(1000), "stdin"
    if not text.strip():
        raise UsageError("No API key was given.", f"Type it at the prompt, or set {KEY_VARIABLE}.")
    return str(text), origin


@click.command(context_settings=options.HELP_NAMES, epilog=LOGOUT_EPILOG)
@click.option("--endpoint", metavar="ADDRESS", help="Another Zotero server.")
@click.option(
    "--local",
    is_flag=True,
    help="Forget that the Zotero program on this computer allowed writing to it.",
)
@options.quiet()
def logout(endpoint: str | None, *, local: bool, quiet: bool) -> int:
    """Forget the API key that `login` kept."""
    if local:
        count = permission.give_back_permission(Connection(endpoint=endpoint))
        if not quiet:
            say(
                "The permission to write to the Zotero program is forgotten here; it asks again "
                "before the next write."
                if count
                else "There was no permission to write to the Zotero program."
            )
        return 0
    there, address = connecting.logout(Connection(endpoint=endpoint))
    if not quiet:
        say(
            f"The key for {address} is forgotten here; it stays valid until it is deleted on "
            "https://www.zotero.org/settings/keys."
            if there
            else f"There was no key for {address}."
        )
    return 0


@click.command(context_settings=options.HELP_NAMES, epilog=COLLECTIONS_EPILOG)
@zotero_options.place()
@zotero_options.as_json()
@options.quiet()
def collections(
    library: str | None, endpoint: str | None, *, local: bool, as_json: bool, quiet: bool
) -> int:
    """List the collections of a library: key, number of items, path."""
    where = Connection(library, endpoint, local)
    with progress_on_terminal(quiet=quiet) as progress, open_session(where, progress) as session:
        mirror = session.mirror
        rows = [
            {
                "key": key,
                "path": mirror.path_of(key),
                "items": sum(1 for _ in mirror.items(collections=[key], below=False,
                                                     trashed=False)),
            }
            for key, one in mirror.collections().items()
            if not one.deleted
        ]  # fmt: skip
        notices = session.notices
    if not quiet:
        show_notices(notices)
    rows.sort(key=lambda row: str(row["path"]).casefold())
    if as_json:
        write_result(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
        return 0
    lines = [f"{row['key']}  {row['items']:>6}  {row['path']}" for row in rows]
    write_result("".join(plain(line) + "\n" for line in lines))
    if not rows and not quiet:
        say("The library has no collections.")
    return 0
