"""What `bibtools check --online` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bibtools.adapters.files import read_bytes
from bibtools.cli.faults import show_error
from bibtools.cli.progress import progress_on_terminal
from bibtools.cli.screen import plain, say, show_notices, write_result
from bibtools.errors import InputError
from bibtools.formats.entry_json import dump
from bibtools.model import Entry, Notice
from bibtools.workflows.asking import request_lines, services_with_key, the_web, unasked_lines
from bibtools.workflows.check_online import Checked, Fate, Remark, Verdict, Witness, check_online
from bibtools.workflows.index import index_for
from bibtools.workflows.online import OnlineOptions
from bibtools.workflows.reading import read


def run_online(
    files: Sequence[str], index: Path | None, *, offline: bool, as_json: bool, quiet: bool
) -> int:
    """Check the files and print; gives the exit code."""
    entries: list[Entry] = []
    unreadable = False
    notices: list[Notice] = []
    for file in files:
        try:
            reading = read(read_bytes(file), file)
        except InputError as error:
            show_error(error)
            unreadable = True
            continue
        entries += reading.entries
        notices += reading.notices
    with ExitStack() as stack:
        web = stack.enter_context(the_web(offline=offline))
        known = stack.enter_context(index_for(index))
        progress = stack.enter_context(progress_on_terminal(quiet=quiet))
        options = OnlineOptions(keyed=services_with_key())
        checked = check_online(entries, web, known, options, progress)
        requests = request_lines(web.counts)
        notices += web.notices
    if as_json:
        write_result("".join(dump(_row(one)) + "\n" for one in checked))
    else:
        write_result("".join(plain(line) + "\n" for one in checked for line in _lines(one)))
    if not quiet:
        show_notices(notices)
        for line in _summary(checked, [] if offline else requests, offline=offline):
            say(line)
    if unreadable:
        return 2
    if any(one.wrong or one.fates for one in checked):
        return 1
    return 4 if any(one.unasked and one.verdict is Verdict.UNTOLD for one in checked) else 0


def _lines(one: Checked) -> list[str]:
    """What is to be said of an entry; nothing of one that exists as it is described."""
    lines = [f"{_place(one)}: {one.verdict}: {remark.message}" for remark in one.wrong]
    lines += [f"{_place(one)}: {_fate(remark)}" for remark in one.fates]
    if one.verdict is Verdict.UNTOLD:
        lines.append(f"{_place(one)}: {one.verdict}: {_why(one)}")
        lines += [f"  near: {near.title} ({near.identifier}, {near.source})" for near in one.near]
    return [" ".join(line.split()) if not line.startswith("  ") else line for line in lines]


def _fate(remark: Remark) -> str:
    """The clause with its kind in front, once."""
    said = remark.message.startswith(str(remark.kind))
    return remark.message if said else f"{remark.kind}: {remark.message}"


def _why(one: Checked) -> str:
    said = [*(remark.message for remark in one.unknown), *one.unasked]
    if said:
        return "; ".join(said)
    if not one.entry.title:
        return "it has neither a title nor an identifier that anybody knows"
    return "nobody who was asked knows this title, which says nothing against it"


def _place(one: Checked) -> str:
    source = one.entry.sources[0] if one.entry.sources else None
    place = f"{source.file}:{source.line}" if source is not None else "-"
    return f"{place}: {one.entry.key}" if one.entry.key else place


def _row(one: Checked) -> dict[str, Any]:
    source = one.entry.sources[0] if one.entry.sources else None
    return {
        "file": source.file if source is not None else None,
        "line": source.line if source is not None else None,
        "key": one.entry.key,
        "title": one.entry.title,
        "verdict": str(one.verdict),
        "wrong": [_remark(remark) for remark in one.wrong],
        "fates": [_remark(remark) for remark in one.fates],
        "witnesses": [_witness(witness) for witness in one.witnesses],
        "near": [_witness(witness) for witness in one.near],
        "unknown": [_remark(remark) for remark in one.unknown],
        "could_not_ask": list(one.unasked),
    }


def _remark(one: Remark) -> dict[str, str]:
    return {
        "kind": str(one.kind),
        "message": one.message,
        "source": one.source,
        "question": one.question,
    }


def _witness(one: Witness) -> dict[str, str]:
    return {
        "source": one.source,
        "question": one.question,
        "title": one.title,
        "identifier": one.identifier,
    }


def _summary(checked: Sequence[Checked], requests: Sequence[str], *, offline: bool) -> list[str]:
    tally = Counter(one.verdict for one in checked)
    fates = Counter(str(remark.kind) for one in checked for remark in one.fates)
    told = ", ".join(f"{verdict} {tally[verdict]}" for verdict in Verdict)
    became = ", ".join(f"{fate} {fates[fate]}" for fate in Fate)
    lines = [f"{len(checked)} entries: {told}; {became}"]
    if not offline:
        lines += unasked_lines([one.unasked for one in checked])
    return [*lines, *requests]
