"""The .bib that `cite` writes as it is now, and what is remembered of the entries put into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bibtools.adapters.files import read_if_there, standard_stream
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.gathering import Gathered
from bibtools.formats.bibtex.updating import living_entries
from bibtools.formats.written import Written, mark, read_written, write_written
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.outputs import STATE_SUFFIX


@dataclass(slots=True)
class There:
    """What the output holds now."""

    data: bytes | None
    document: Document
    state: Mapping[str, Written]
    state_data: bytes | None
    ours: frozenset[str]
    """Keys of entries that `cite` put there and nobody touched since."""
    edited: frozenset[str]
    """Of those that somebody did touch."""


def read_there(output: str) -> There:
    """What `output` (`-`: standard output) holds now, read with its state file."""
    data, state_data = None, None
    if output != standard_stream:
        data, _ = read_if_there(output)
        state_data, _ = read_if_there(output + STATE_SUFFIX)
    state = read_written(state_data) if state_data is not None else {}
    document = Document.parse(data or b"", output)
    ours: set[str] = set()
    edited: set[str] = set()
    living = living_entries(document)
    often = Counter(entry.key for entry in living)
    for entry in living:
        row = state.get(entry.key)
        if row is None or not row.cited:
            continue
        # Of two with one key one is the user's, and what is done to a key is done to both.
        copied = often[entry.key] == 1 and mark(entry.text) in row.whole.split()
        (ours if copied else edited).add(entry.key)
    return There(data, document, state, state_data, frozenset(ours), frozenset(edited))


def remembered(
    there: There, done: Gathered, origins: Mapping[str, tuple[str, int]], output: str
) -> list[ChangedFile]:
    """The change of the state file, if there is one: for each entry its mark, and the one before.

    It is written first. When the run ends there, the next one still knows the entries that
    it finds as its own; so it does with what was to be taken out.
    """
    state = dict(there.state)
    for key, (source, _) in origins.items():
        old = state.get(key)
        before = old.whole.split()[:1] if old is not None and old.cited else []
        marks = dict.fromkeys([done.marks[key], *before])
        state[key] = Written(whole=" ".join(marks), cited=source)
    known = all(
        key in there.state
        and there.state[key].cited == row.cited
        and row.whole.split()[0] in there.state[key].whole.split()
        for key, row in state.items()
        if key in origins
    )
    if known and done.data == there.data:
        return []
    keys = {entry.key for entry in living_entries(Document.parse(done.data))}
    keys |= set(done.removed)
    state = {key: row for key, row in state.items() if key in keys}
    if not state and there.state_data is None:
        return []
    new = write_written(state).encode()
    return [ChangedFile(output + STATE_SUFFIX, there.state_data, new)]
