"""Enriching one file: what it was, its bytes afterwards, and how each new value is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bibtools.adapters.files import read_bytes, read_if_there
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.enriching import PARTS, Put, put_found
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.formats.bibtex.writing import entry_fields, write_entry
from bibtools.formats.provenance import (
    SUFFIX,
    Provenance,
    latest,
    read_provenance,
    write_provenance,
)
from bibtools.keys import assign_keys
from bibtools.model import Entry
from bibtools.reports import PageCount, Report
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.enrich import count
from bibtools.workflows.online.state import Evidence, Online, Told
from bibtools.workflows.outputs import Style, Target, render, target_of
from bibtools.workflows.reading import Reading, read

LOCK = "bibtools-lock"
"""The field of an entry that names the fields nobody may touch: `{doi, year}`, or `{all}`."""


@dataclass(frozen=True, slots=True)
class Given:
    """A file that was read to be enriched."""

    data: bytes
    reading: Reading

    def document(self) -> Document | None:
        """The .bib document; None for a file of another kind."""
        if self.reading.kind != "bibtex":
            return None
        return Document.parse(self.data, self.reading.file)


@dataclass(frozen=True, slots=True)
class Enriched:
    """What the file becomes."""

    target: Target
    data: bytes
    rows: tuple[Provenance, ...] = ()
    """How each value that was put into a .bib is known."""

    def changed_files(self, old: bytes | None) -> list[ChangedFile]:
        """The file and, where there is something to tell, the side file of evidence."""
        files = [ChangedFile(self.target.file, old, self.data)]
        if self.rows:
            side = self.target.file + SUFFIX
            there, _ = read_if_there(side)
            known = latest(read_provenance(there or b"", side)[0])
            new = [one for one in self.rows if known.get((one.key, one.field)) != one]
            files.append(ChangedFile(side, there, (there or b"") + write_provenance(new).encode()))
        return files


def read_input(file: str) -> Given:
    """Read a file of any kind; raises `InputError`."""
    data = read_bytes(file)
    return Given(data, read(data, file))


def locked_parts(entry: Entry) -> frozenset[str]:
    """The parts of an entry that its user locked, by `LOCK`."""
    named = entry.extra.get(LOCK)
    if not isinstance(named, str):
        return frozenset()
    names = {name.lower() for name in re.split(r"[\s,;]+", named.strip("{} ")) if name}
    if names & {"all", "*"}:
        return frozenset([*PARTS.values(), "code"])
    return frozenset(PARTS.get(name, "type" if name == "type" else name) for name in names)


def enriched(
    given: Given,
    online: Online,
    output: str | None,
    to: str | None,
    links: PrintLinks | None,
    *,
    overwrite: bool = False,
) -> Enriched:
    """Where the result goes and what it is.

    A .bib that stays a .bib of its dialect keeps all its bytes; fields are added, and with
    `overwrite` changed, and a published version `beside` is put behind the last entry.
    """
    document = given.document()
    own = given.reading.kind if given.reading.kind in ("json", "csl-json") else "json"
    if document is not None:
        own = dialect_of(document)
    target = _target(output or "-", to, own)
    if document is None or target.format != own:
        entries = [*online.entries, *(one.beside for one in online.told if one.beside is not None)]
        return Enriched(target, render(entries, target.format, Style(links)).encode())
    before = given.reading.entries
    locked = [locked_parts(entry) for entry in before]
    puts = put_found(document, before, online.entries, links, overwrite=overwrite, locked=locked)
    rows = [row for told, done in zip(online.told, puts, strict=True) for row in _rows(told, done)]
    rows += _append_beside(document, online, links)
    return Enriched(target, document.to_bytes(), tuple(rows))


def _rows(told: Told, puts: Sequence[Put]) -> list[Provenance]:
    key = told.entry.key or ""
    found = []
    for put in puts:
        if not put.value:
            continue  # taken out: `eprint` says it
        evidence = told.evidence.get(put.part) or told.evidence.get(f"code {put.value}")
        if evidence is None and put.part == "code":
            evidence = next(
                (one for name, one in told.evidence.items() if name.startswith("code ")), None
            )
        if evidence is not None:
            found.append(_row(key, put.name, put.value, evidence))
    return found


def _row(key: str, field: str, value: str, evidence: Evidence) -> Provenance:
    return Provenance(
        key,
        field.lower(),
        value,
        evidence.source,
        evidence.question,
        evidence.asked,
        evidence.rule,
        evidence.score,
        evidence.confirmed,
        evidence.lost,
    )


def _append_beside(
    document: Document, online: Online, links: PrintLinks | None
) -> list[Provenance]:
    """Put the published versions behind the last entry; gives how their values are known."""
    told = [one for one in online.told if one.beside is not None]
    if not told:
        return []
    dialect = dialect_of(document)
    taken = {entry.key for entry in document.entries}
    keyed = assign_keys([one.beside for one in told if one.beside is not None], taken)
    rows = []
    for one, entry in zip(told, keyed, strict=True):
        document.append(write_entry(entry, dialect, links or "none", exact=False))
        for field in entry_fields(entry, dialect, links or "none", exact=False):
            part = Put(field.name, field.value).part
            evidence = one.evidence.get(f"beside {part}")
            if evidence is not None:
                rows.append(_row(entry.key or "", field.name, field.value, evidence))
    return rows


def _target(output: str, to: str | None, own: str) -> Target:
    """`--to` decides; else the suffix, where it does not fit the file's own format."""
    target = target_of(output, to, default=own)
    if to is None:
        families = (("bibtex", "biblatex"), ("json", "csl-json"))
        if any(target.format in family and own in family for family in families):
            return Target(output, own)
    return target


def report_of(reading: Reading, online: Online) -> Report:
    """What the run tells."""
    return Report(
        (PageCount(reading.file, reading.kind, len(reading.entries)),),
        online.entries,
        reading.entries,
        notices=(*reading.notices, *online.notices),
        looked_up=True,
    )


def counts_of(online: Online) -> dict[str, int]:
    """How many entries came out how: see `workflows.enrich.EnrichOutcome.counts`."""
    return count(online.entries)
