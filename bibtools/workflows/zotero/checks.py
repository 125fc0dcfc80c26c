"""What is known before anything is sent."""

from __future__ import annotations

from bibtools.adapters.files import (
    refuse_unwritable,
    refuse_unwritable_folder,
    remove_leftovers,
)
from bibtools.adapters.zotero.errors import NoWriteAccessError
from bibtools.adapters.zotero.gateway import Gateway
from bibtools.errors import WriteError
from bibtools.sync.plan import Plan
from bibtools.workflows.zotero.preparing import Prepared
from bibtools.workflows.zotero.session import Session


def check_access(session: Session, plan: Plan) -> None:
    """Raise `NoWriteAccessError` where the plan writes and the key is known not to."""
    if plan.remote:
        check_write(session)


def check_write(session: Session) -> None:
    """Raise `NoWriteAccessError` where the key is known not to write, and for a desktop program
    that lets nobody write.
    """
    check_program(session.gateway)
    if not session.may_write():
        raise NoWriteAccessError(
            f"The API key may read the library {session.library.shown} and not write to it, so "
            "nothing was done.",
            "Allow write access on https://www.zotero.org/settings/keys, or use bibtools zotero "
            "pull.",
        )


def check_program(gateway: Gateway) -> None:
    """Raise `NoWriteAccessError` for a desktop program that lets nobody write."""
    if gateway.local and gateway.server_id is None:
        raise NoWriteAccessError(
            "This version of the Zotero program lets no other program write to it, so nothing was "
            "done.",
            "Update Zotero, or leave --local away: then its server is asked.",
        )


def check_files(prepared: Prepared) -> None:
    """Raise `WriteError` where the file, or what is remembered beside it, cannot be written.

    What runs that were killed left beside them goes.
    """
    if prepared.fileless:
        return
    written = [prepared.local.file] if prepared.plan.local else []
    for path in (*written, str(prepared.state.path)):
        try:
            refuse_unwritable_folder(path)
            refuse_unwritable(path, elsewhere=False)
        except WriteError as error:
            raise WriteError(f"{error.message} Nothing was sent to Zotero.", error.hint) from None
    for path in (prepared.local.file, str(prepared.state.path)):
        remove_leftovers(path)
