"""What may disturb a sync, for the state machines: faults of the server, and sudden ends."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import note
from hypothesis import strategies as st

from bibtools.adapters.zotero.gateway import Gateway
from bibtools.adapters.zotero.runs import RunJournal
from bibtools.adapters.zotero.transport import Wire
from bibtools.workflows.zotero import apply as apply_module
from tests.zotero_model import Asked
from tests.zotero_server import Fault, Kind, is_post, is_read, is_write
from tests.zotero_server.faults import always

ASKING = st.builds(
    Asked,
    st.sampled_from(["sync", "sync", "sync", "push", "pull"]),
    st.sampled_from([None, None, None, "local", "zotero", "newest"]),
    st.sampled_from([False, False, True]),
)


class Killed(BaseException):
    """The power goes."""


PLACES: dict[str, tuple[Any, str]] = {
    "state": (apply_module, "write_state"),
    "send": (Gateway, "write"),
    "ask": (Wire, "_once"),
    "file": (apply_module, "journalled_write"),
    "intend": (RunJournal, "intend"),
    "done": (RunJournal, "done"),
    "finish": (RunJournal, "finish"),
    "replace": (os, "replace"),
}
FAULTS = [
    Fault(Kind.LOST_ANSWER, when=is_post),
    Fault(Kind.LOST_ANSWER, when=is_post, times=9),
    Fault(Kind.HALF_WAY, when=is_post, objects=1),
    Fault(Kind.HALF_WAY, when=is_post, objects=0, times=9),
    Fault(Kind.RESET, when=always, times=3),
    Fault(Kind.RESET, when=is_write, times=9),
    Fault(Kind.SERVER_ERROR, when=always, times=2),
    Fault(Kind.SERVER_ERROR, when=is_post, executed=True),
    Fault(Kind.SERVER_ERROR, when=is_post, executed=True, times=9),
    Fault(Kind.UNAVAILABLE, when=always, seconds=3),
    Fault(Kind.UNAVAILABLE, when=is_post, times=9),
    Fault(Kind.TOO_MANY, when=always, seconds=10),
    Fault(Kind.TOO_MANY, when=is_post),
    Fault(Kind.TOO_MANY, when=is_read),
    Fault(Kind.TOO_MANY, when=is_post, seconds=4000),
    Fault(Kind.HTML, when=always),
    Fault(Kind.TRUNCATED, when=always),
    Fault(Kind.BACKOFF, seconds=5, times=9),
]


@contextmanager
def killed_at(place: int, *, hard: bool, after: bool) -> Iterator[None]:
    """What runs inside ends before or after one of its steps; if `hard`, nothing of what it would
    do on its way out is done.
    """
    seen, ended = 0, False

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **more: Any) -> Any:
            nonlocal seen, ended
            if ended and hard:
                raise Killed
            now, seen = seen == place and not ended, seen + 1
            if not now:
                return original(*arguments, **more)
            ended = True
            if after:
                original(*arguments, **more)
            raise Killed

        return called

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in PLACES.values():
            patch.setattr(owner, name, watched(getattr(owner, name)))
        try:
            yield
        except Killed:
            note(f"killed at step {place}")
