"""Enriching one file: what it was, its bytes afterwards, and how each new value is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bibtools.adapters.files import read_bytes, read_if_there
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.enriching import EVERYTHING, PARTS, part_of, put_found
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.formats.bibtex.writing import entry_fields, entry_type, write_entry
from bibtools.formats.provenance import (
    SUFFIX,
    THERE,
    Provenance,
    latest,
    read_provenance,
    write_provenance,
)
from bibtools.keys import assign_keys
from bibtools.model import Entry, Notice
from bibtools.reports import CodeLink, PageCount, Report
from bibtools.workflows.changed_files import ChangedFile
from bibtools.workflows.enrich import count
from bibtools.workflows.enrich_rows import own_links, replaced, rows_beside, rows_of, told_anew
from bibtools.workflows.online.repositories import OWN
from bibtools.workflows.online.state import Online
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
    """How each value that was put into the file is known."""
    notices: tuple[Notice, ...] = ()
    """What gave way to the publication, entry by entry."""

    def changed_files(self, old: bytes | None) -> list[ChangedFile]:
        """The file and, where there is something to tell, the side file of evidence."""
        files = [ChangedFile(self.target.file, old, self.data)]
        if self.rows:
            side = self.target.file + SUFFIX
            there, _ = read_if_there(side)
            known = latest(read_provenance(there or b"", side)[0])
            new = [row for one in self.rows if (row := _news(one, known)) is not None]
            # A last line that was cut off (a full disk) must not swallow the next.
            end = b"\n" if there and not there.endswith(b"\n") else b""
            added = end + write_provenance(new).encode() if new else b""
            if added:
                files.append(ChangedFile(side, there, (there or b"") + added))
        return files


def _news(one: Provenance, known: Mapping[tuple[str, str], Provenance]) -> Provenance | None:
    """The row as the side file is to know it; None where it says nothing new."""
    old = known.get((one.key, one.field))
    if one.source != OWN or one.link is None:
        # Of two answers that say the same the first counts: the second may be a memory of it.
        return one if old is None or not _same(one, old) else None
    if old is not None and old.value == one.value:
        # How the link came here is known better, also what it was called then.
        was = old.link.was if old.link is not None else ""
        link = replace(one.link, was=one.link.was or was)
        return replace(old, link=link) if not link.says_the_same(old.link) else None
    usual = one.link.state == THERE and not one.link.now
    return None if usual and old is None else one


def _same(one: Provenance, old: Provenance) -> bool:
    link = one.link.says_the_same(old.link) if one.link is not None else old.link is None
    # Scores are written to a tenth.
    score = round(one.score, 1) if one.score is not None else None
    return link and replace(old, asked=one.asked, link=one.link) == replace(one, score=score)


def read_input(file: str) -> Given:
    """Read a file of any kind; raises `InputError`."""
    data = read_bytes(file)
    return Given(data, read(data, file))


def locked_parts(entry: Entry) -> frozenset[str]:
    """The parts of an entry that its user locked, by `LOCK`; `EVERYTHING` among all of them."""
    named = next((value for name, value in entry.extra.items() if name.lower() == LOCK), None)
    if not isinstance(named, str):
        return frozenset()
    names = {name.lower() for name in re.split(r"[\s,;]+", named.strip("{} ")) if name}
    if names & {"all", "*"}:
        return frozenset([*PARTS.values(), "code", EVERYTHING])
    return frozenset("type" if name == "type" else part_of(name) for name in names)


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
        besides = [one.beside for one in online.told if one.beside is not None]
        data = render([*online.entries, *besides], target.format, Style(links)).encode()
        anew = told_anew(given.reading.entries, online, target.format, overwrite)
        return Enriched(target, data, tuple(anew[0]), tuple(anew[1]))
    before = given.reading.entries
    locked = [locked_parts(entry) for entry in before]
    puts = put_found(document, before, online.entries, links, overwrite=overwrite, locked=locked)
    living = [entry for entry in document.entries if not entry.inside_comment]
    rows: list[Provenance] = []
    notices: list[Notice] = []
    for told, done, old, there in zip(online.told, puts, before, living, strict=True):
        rows += [*rows_of(told, done, links), *own_links(told, old, there)]
        if overwrite:
            notices += replaced(old, done)
    rows += _append_beside(document, online, links)
    return Enriched(target, document.to_bytes(), tuple(rows), tuple(notices))


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
    rows: list[Provenance] = []
    for one, entry in zip(told, keyed, strict=True):
        document.append(write_entry(entry, dialect, links or "none", exact=False))
        fields = entry_fields(entry, dialect, links or "none", exact=False)
        values = [("ENTRYTYPE", entry_type(entry, dialect))]
        values += [(field.name, field.value) for field in fields]
        rows += rows_beside(one, entry, values)
    return rows


def _target(output: str, to: str | None, own: str) -> Target:
    """`--to` decides; else the suffix, where it does not fit the file's own format."""
    target = target_of(output, to, default=own)
    if to is None:
        families = (("bibtex", "biblatex"), ("json", "csl-json"))
        if any(target.format in family and own in family for family in families):
            return Target(output, own)
    return target


def report_of(
    reading: Reading,
    online: Online,
    *,
    looked_up: bool = True,
    notices: Sequence[Notice] = (),
) -> Report:
    """What the run tells, with the notices of `Enriched`; `looked_up` is False when there was
    nobody to ask.
    """
    return Report(
        (PageCount(reading.file, reading.kind, len(reading.entries)),),
        online.entries,
        reading.entries,
        notices=(*reading.notices, *online.notices, *notices),
        looked_up=looked_up,
        code_links=tuple(_code_links(online)),
        unasked={number: one.unasked for number, one in enumerate(online.told) if one.unasked},
    )


def _code_links(online: Online) -> Iterator[CodeLink]:
    for told in online.told:
        for link in told.entry.code:
            known = told.evidence.get(f"code {link.url}")
            if known is None:
                yield CodeLink(told.entry, link)
            else:
                yield CodeLink(
                    told.entry, link, known.source, known.question, known.asked, known.link
                )


def open_of(online: Online) -> int:
    """The entries without outcome of which somebody could not be asked."""
    return sum(one.entry.resolution is None and bool(one.unasked) for one in online.told)


def counts_of(online: Online) -> dict[str, int]:
    """How many entries came out how: see `workflows.enrich.EnrichOutcome.counts`."""
    return count(online.entries)
