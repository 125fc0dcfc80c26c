"""What is known before anything is sent."""

from __future__ import annotations

from bibtools.adapters.zotero.errors import NoWriteAccessError
from bibtools.sync.plan import Plan
from bibtools.workflows.zotero.session import Session


def check_access(session: Session, plan: Plan) -> None:
    """Raise `NoWriteAccessError` where the plan writes and the key is known not to."""
    if plan.remote:
        check_write(session)


def check_write(session: Session) -> None:
    """Raise `NoWriteAccessError` where the key is known not to write."""
    if not session.may_write():
        raise NoWriteAccessError(
            f"The API key may read the library {session.library.shown} and not write to it, so "
            "nothing was done.",
            "Allow write access on https://www.zotero.org/settings/keys, or use bibtools zotero "
            "pull.",
        )
