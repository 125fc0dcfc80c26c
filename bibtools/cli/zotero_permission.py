"""The permission of the desktop program's user to write to it."""

from __future__ import annotations

import sys

from bibtools.adapters.zotero.errors import LocalKeyError
from bibtools.cli.screen import say
from bibtools.workflows.zotero.session import Session


def allow_writing(session: Session) -> None:
    """Have the desktop program ask its user, unless it did before; a server is not asked.

    Raises `LocalKeyError` when it is denied, and without a terminal: nobody may be there to answer.
    """
    if not session.needs_permission:
        return
    tell_asking()
    if not session.ask_permission():
        say("It allowed one request. Where more are needed, the run stops; run it again then.")


def tell_asking() -> None:
    """Say that the desktop program is about to ask. Raises `LocalKeyError` without a terminal."""
    if not somebody_is_here():
        raise LocalKeyError(
            "The Zotero program on this computer wants to ask once whether bibtools may write to "
            "it, and nobody is here to answer.",
            'Run it once at a terminal, and answer in the window of Zotero with "Always Allow".',
        )
    say(
        "Zotero asks in a window of its own whether bibtools may write to it; "
        '"Always Allow" holds for later runs too.'
    )


def somebody_is_here() -> bool:
    """Whether there is a terminal on both ends."""
    return sys.stdin.isatty() and sys.stderr.isatty()
