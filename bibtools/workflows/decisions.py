"""Decisions made by hand: where they lie, and how a person's words find a record."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bibtools.adapters.files import read_bytes, read_if_there, write_file
from bibtools.errors import InputError
from bibtools.formats.decisions import read_decisions, write_decisions
from bibtools.matching.deciding import reference
from bibtools.model import Entry, Notice
from bibtools.model.decisions import Decision, Reference
from bibtools.workflows.reading import read

SUFFIX = ".decisions.jsonl"


def decisions_file(output: str) -> Path:
    """The decisions file that belongs to an output: `refs.bib.decisions.jsonl`."""
    path = Path(output)
    return path.with_name(path.name + SUFFIX)


def load(output: str | None, named: str | None = None) -> tuple[list[Decision], list[Notice]]:
    """The decisions of a named file, or those beside an output; none where there is no file."""
    if named is not None:
        return read_decisions(read_bytes(named), named)
    if output is None or not decisions_file(output).exists():
        return [], []
    path = str(decisions_file(output))
    return read_decisions(read_bytes(path), path)


def append(output: str, decision: Decision) -> Path:
    """Add one decision at the end of the file; what stands there stays byte for byte."""
    path = decisions_file(output)
    found, state = read_if_there(path)
    old = found or b""
    if old and not old.endswith(b"\n"):
        old += b"\n"
    write_file(str(path), old + write_decisions([decision]).encode(), expected=state, backup=False)
    return path


def forget(output: str, number: int) -> Decision:
    """Take the decision of that number (1-based, as `list` shows it) out of the file."""
    path = decisions_file(output)
    found, state = read_if_there(path)
    lines = (found or b"").splitlines(keepends=True)
    kept: list[bytes] = []
    gone: Decision | None = None
    seen = 0
    for line in lines:
        decisions, _ = read_decisions(line, str(path))
        seen += bool(decisions)
        if decisions and seen == number:
            gone = decisions[0]
        else:
            kept.append(line)
    if gone is None:
        raise InputError(
            f'"{path}" holds no decision number {number}.',
            f"`bibtools decide list {output}` shows them with their numbers.",
        )
    write_file(str(path), b"".join(kept), expected=state, backup=False)
    return gone


def find_record(place: str, output: str) -> Reference:
    """The record a person means by `FILE:LINE`, or by a citation key of the output.

    Raises `InputError` when there is none.
    """
    file, _, line = place.rpartition(":")
    if file and line.isdigit() and Path(file).exists():
        return reference(_at_line(read(read_bytes(file), file).entries, file, int(line)))
    if not Path(output).exists():
        raise InputError(
            f'"{place}" is no record: there is no such file, and "{output}" does not exist yet.',
            "Name a record by FILE:LINE, such as page.txt:12.",
        )
    for entry in read(read_bytes(output), output).entries:
        if entry.key == place:
            found = reference(entry)
            if found.title is None and found.abstract_print is None:
                raise InputError(f'"{place}" in "{output}" has neither title nor abstract.')
            return Reference(found.title, None if found.title else found.abstract_print)
    raise InputError(
        f'"{place}" is neither FILE:LINE nor a citation key in "{output}".',
        "Name a record by FILE:LINE, such as page.txt:12.",
    )


def _at_line(entries: Sequence[Entry], file: str, line: int) -> Entry:
    """The record that stands on that line: the last one that starts at or before it."""
    before = [entry for entry in entries if entry.sources and entry.sources[0].line <= line]
    if not before:
        raise InputError(f"{file}:{line}: no record stands on this line.")
    return max(before, key=lambda entry: entry.sources[0].line)
