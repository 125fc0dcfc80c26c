"""The journal of a run, as carrying out a plan writes it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence

from bibtools.adapters.files import state_of
from bibtools.adapters.private_files import put_private
from bibtools.adapters.zotero.answers import Failure, Saved
from bibtools.adapters.zotero.runs import Done, Intent, Refused, RunJournal
from bibtools.adapters.zotero.state import Pairs, State, state_bytes
from bibtools.errors import WriteError
from bibtools.sync.values import Agreed
from bibtools.workflows.zotero.killed import STATE
from bibtools.workflows.zotero.objects import Outgoing
from bibtools.workflows.zotero.preparing import Prepared
from bibtools.workflows.zotero.scopes import put_pairs

_ODD = frozenset({"key", "version"})


class Run:
    """The run that is going on."""

    def __init__(self, journal: RunJournal, rows: Mapping[str, Agreed]) -> None:
        self.journal = journal
        self.rows = rows
        """What the state file said before the run."""

    @property
    def name(self) -> str:
        """The same as in the journal of files."""
        return self.journal.name

    def intend(self, batch: Sequence[Outgoing]) -> None:
        """Write down what is about to be sent. Raises `WriteError`: then it must not be."""
        self.journal.intend(
            Intent(
                one.key,
                "item" if one.kind == "items" else "collection",
                one.before,
                int(one.body["version"]),
                {name: value for name, value in one.body.items() if name not in _ODD},
            )
            for one in batch
        )

    def answered(
        self,
        saved: Iterable[tuple[Outgoing, Saved]],
        refused: Iterable[tuple[Outgoing, Failure]],
    ) -> None:
        """Write down what became of it."""
        self.journal.done(Done(one.key, answer.version, answer.data) for one, answer in saved)
        self.journal.refused(
            Refused(one.key, failure.code, failure.message)
            for one, failure in refused
            if 400 <= failure.code < 500
        )

    def also(self, items: Iterable[str]) -> None:
        """Further pairs that the run touches."""
        self.journal.remember({item: self.rows.get(item) for item in items})

    def about_to_write_file(self, data: bytes, state: State, pairs: Pairs) -> None:
        """Write down what the file and its state will hold."""
        self.journal.file_will_be(str(state_of(data).digest))
        head = json.dumps({"before": state.seen.digest}).encode() + b"\n"
        try:
            put_private(self.journal.folder / STATE, state_bytes(put_pairs(state, pairs), head))
        except OSError as error:
            raise WriteError(
                "The file was not written: the journal cannot be written "
                f"({error.strerror or error}).",
                f'Make room or permission in "{self.journal.folder}".',
            ) from None

    def discard(self) -> None:
        """The run is over, and did nothing that could be taken back."""
        self.journal.discard()

    def finish(self) -> None:
        """The run is over."""
        self.journal.finish()
        with contextlib.suppress(OSError):
            (self.journal.folder / STATE).unlink()


def start_run(prepared: Prepared, command: str) -> Run:
    """Begin a run. Raises `WriteError` when the journal cannot be written: nothing is sent then."""
    plan, rows = prepared.plan, prepared.pairs.rows
    steps = (*plan.remote, *plan.local)
    touched = dict.fromkeys(step.item for step in steps if hasattr(step, "item"))
    before = {item: rows.get(item) for item in touched}
    journal = RunJournal.start(
        None if prepared.fileless else prepared.local.file,
        prepared.scope,
        command,
        before,
        library_name=plan.library.name,
    )
    return Run(journal, rows)
