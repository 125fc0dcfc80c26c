"""A reading list as a web page: entries, their text in BibTeX, and how each value is known."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bibtools.adapters.files import (
    read_bytes,
    read_if_there,
    standard_stream,
    write_file,
)
from bibtools.errors import UsageError
from bibtools.formats.bibtex.writing import write_entry
from bibtools.formats.provenance import SUFFIX, Provenance, read_provenance, sentences
from bibtools.formats.report_page import GENERATOR, Paper, Told, paper_of, write_page
from bibtools.keys import assign_keys
from bibtools.model import Notice
from bibtools.model.progress import Progress
from bibtools.workflows.json_fields import JSON_KINDS, json_fields
from bibtools.workflows.reading import Reading, read
from bibtools.workflows.report_evidence import Known, evidence_of_each
from bibtools.workflows.why import TYPE

_STEP = 500


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The page and what was noticed while it was made."""

    html: str
    papers: int
    notices: tuple[Notice, ...]


def report_page(
    files: Sequence[str], title: str | None = None, progress: Progress | None = None
) -> ReportPage:
    """The page of the entries of some files, in their order.

    `refs.bib.provenance.jsonl` beside a file is read for what is known of its values. Raises
    `InputError` for a file that cannot be read.
    """
    papers: list[Paper] = []
    notices: list[Notice] = []
    was_collecting = gc.isenabled()
    gc.disable()  # nothing of what is made here is garbage
    try:
        for file in files:
            if progress is not None:
                progress(f"reading {file}", 0, 0)
            reading = read(read_bytes(file), file)
            evidence, said = _evidence(file)
            notices += (*reading.notices, *said)
            for number, paper in enumerate(_papers(reading, evidence)):
                papers.append(paper)
                if progress is not None and number % _STEP == 0:
                    progress("making the page", number, len(reading.entries))
        html = write_page(papers, title or _title(files))
    finally:
        if was_collecting:
            gc.enable()
    return ReportPage(html, len(papers), tuple(notices))


def write_report_page(file: str, page: ReportPage, inputs: Sequence[str]) -> str:
    """Write the page; gives the sentence that tells it.

    An older page of ours is replaced, anything else is kept as a backup. Raises `UsageError` when
    the file is one of those that were read, `WriteError` when it cannot be written.
    """
    own = Path(file).resolve()
    if any(one != standard_stream and Path(one).resolve() == own for one in inputs):
        raise UsageError(f'"{file}" is read already.', "Name another file with -o.")
    data, state = read_if_there(file)
    ours = data is None or f'content="{GENERATOR}"'.encode() in data[:4096]
    outcome = write_file(file, page.html.encode(), expected=state, backup=not ours)
    if not outcome.written:
        return f"{file}: nothing changed"
    kept = f" (the old one is {outcome.backup})" if outcome.backup else ""
    return f"{file}: written, {page.papers} {'paper' if page.papers == 1 else 'papers'}{kept}"


def _title(files: Sequence[str]) -> str:
    return ", ".join("standard input" if one == standard_stream else Path(one).name
                     for one in files)  # fmt: skip


def _evidence(file: str) -> tuple[dict[str, list[Provenance]], list[Notice]]:
    """What the side file of a file says, by citation key, older lines first."""
    if file == standard_stream:
        return {}, []
    data, _ = read_if_there(file + SUFFIX)
    rows, notices = read_provenance(data or b"", file + SUFFIX)
    found: dict[str, list[Provenance]] = defaultdict(list)
    for row in rows:
        found[row.key].append(row)
    return found, notices


def _papers(reading: Reading, evidence: Mapping[str, Sequence[Provenance]]) -> Iterator[Paper]:
    entries = reading.entries
    if reading.document is not None:
        living = [one for one in reading.document.entries if not one.inside_comment]
        known = evidence_of_each(
            evidence,
            [block.key for block in living],
            lambda at: {TYPE: living[at].type, **living[at].fields},
        )
        for number, (entry, block) in enumerate(zip(entries, living, strict=True)):
            told = _told(known[number]) if number in known else []
            yield paper_of(entry, bibtex=block.text, told=told, file=reading.file)
        return
    shown: Sequence[Mapping[str, str]] = ()
    if evidence and reading.kind in JSON_KINDS:
        shown = json_fields(entries, reading.kind)
    known = evidence_of_each(
        evidence,
        [entry.key or "" for entry in entries],
        lambda at: shown[at] if shown else {},
    )
    # An entry without a key gets one in its BibTeX, and has none on the page.
    for number, (entry, keyed) in enumerate(zip(entries, assign_keys(entries), strict=True)):
        told = _told(known[number]) if number in known else []
        text = write_entry(replace(keyed, extra={}), "bibtex", "none", exact=False)
        yield paper_of(entry, bibtex=text, told=told, file=reading.file)


def _told(known: Known) -> list[Told]:
    """The sentences of `bibtools why`, by field; those of which nothing is known come last."""
    told = []
    for row in known.rows:
        first, *rest = sentences(row, known.fields.get(row.field))
        if row in known.unsure:
            rest.append(
                f"{known.sharing} entries have this key; which of them this was said of, "
                "is not known."
            )
        told.append(Told(first, tuple(line.strip() for line in rest)))
    named = {row.field for row in known.rows}
    own = [name for name in known.fields if name != TYPE and name not in named]
    if own:
        verb = "was" if len(own) == 1 else "were"
        told.append(
            Told(", ".join(own), (f"{verb.capitalize()} there already, or written by hand.",))
        )
    return told
