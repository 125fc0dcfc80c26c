"""What `bibtools check --online` prints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from bibtools.adapters.files import read_bytes
from bibtools.cli.faults import show_error
from bibtools.cli.progress import answers_are_kept, progress_on_terminal
from bibtools.cli.screen import plain, show_notices, tell, write_result
from bibtools.errors import InputError
from bibtools.formats.entry_json import dump
from bibtools.model import Entry, Notice
from bibtools.workflows.asking import request_lines, services_with_key, the_web
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
        stack.enter_context(answers_are_kept(quiet=quiet))
        web = stack.enter_context(the_web(offline=offline))
        known = stack.enter_context(index_for(index))
        progress = stack.enter_context(progress_on_terminal(quiet=quiet))
        options = OnlineOptions(keyed=services_with_key())
        checked = check_online(entries, web, known, options, progress)
        requests = request_lines(web.counts, [one.unasked for one in checked])
        notices += web.notices
    if as_json:
        write_result("".join(dump(_row(one)) + "\n" for one in checked))
    else:
        write_result("".join(plain(line) + "\n" for one in checked for line in _lines(one)))
    if not quiet:
        show_notices(notices)
        tell(_summary(checked, [] if offline else requests))
    if unreadable:
        return 2
    if any(one.wrong or one.fates for one in checked):
        return 1
    # Offline nobody was meant to be asked.
    return 4 if not offline and any(one.unasked for one in checked) else 0


def _lines(one: Checked) -> list[str]:
    """What is to be said of an entry; nothing of one that exists as it is described."""
    lines = [f"{_place(one)}: {one.verdict}: {remark.message}" for remark in one.wrong]
    lines += [f"{_place(one)}: {_fate(remark)}" for remark in one.fates]
    if (silent := _fate_unasked(one)) and one.verdict is not Verdict.UNTOLD:
        lines.append(f"{_place(one)}: {one.verdict}: whether it was retracted is open: {silent}")
    if one.verdict is Verdict.UNTOLD:
        lines.append(f"{_place(one)}: {one.verdict}: {_why(one)}")
        lines += [f"  near: {near.title} ({near.identifier}, {near.source})" for near in one.near]
    return [" ".join(line.split()) if not line.startswith("  ") else line for line in lines]


def _fate_unasked(one: Checked) -> str:
    """Why nobody says whether it was retracted: who registers its DOI could not be asked."""
    told = [f"{asked.title} could not be asked: {asked.reason}" for asked in one.unasked
            if asked.question.startswith("crossref:doi:")]  # fmt: skip
    return "; ".join(dict.fromkeys(told))


def _fate(remark: Remark) -> str:
    """The clause with its kind in front, once."""
    said = remark.message.startswith(str(remark.kind))
    return remark.message if said else f"{remark.kind}: {remark.message}"


def _why(one: Checked) -> str:
    """Who does not know it and who could not be asked, apart."""
    said = [remark.message for remark in one.unknown]
    if one.silent:
        who = [
            silence.source if silence.question else f"the {silence.source}"
            for silence in one.silent
        ]
        verb = "knows" if len(who) == 1 else "know"
        said.append(f"{_listed(who)} {verb} no such work, which says nothing against it")
    reasons: dict[str, list[str]] = {}
    for unasked in one.unasked:
        who = reasons.setdefault(unasked.reason, [])
        if unasked.title not in who:
            who.append(unasked.title)
    said += [f"{_listed(who)} could not be asked: {reason}" for reason, who in reasons.items()]
    if said:
        return "; ".join(said)
    if not one.entry.title:
        return "it has neither a title nor an identifier that anybody knows"
    return "nobody was asked: a title of one word says too little"


def _listed(names: Sequence[str]) -> str:
    *rest, last = names
    return f"{', '.join(rest)} and {last}" if rest else last


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
        "not_found_at": [
            {"source": silence.source, "question": silence.question} for silence in one.silent
        ],
        "could_not_ask": [
            {"source": unasked.title, "question": unasked.question, "reason": unasked.reason}
            for unasked in one.unasked
        ],
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


def _summary(checked: Sequence[Checked], requests: Sequence[str]) -> list[str]:
    tally = Counter(one.verdict for one in checked)
    fates = Counter(str(remark.kind) for one in checked for remark in one.fates)
    told = ", ".join(f"{verdict} {tally[verdict]}" for verdict in Verdict)
    became = ", ".join(f"{fate} {fates[fate]}" for fate in Fate)
    noun = "entry" if len(checked) == 1 else "entries"
    return [f"{len(checked):,} {noun}: {told}; {became}", *requests]
