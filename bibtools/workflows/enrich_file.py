"""Enriching one file: what it was, and its bytes afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bibtools.adapters.files import read_bytes
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.dialects import dialect_of
from bibtools.formats.bibtex.enriching import add_found
from bibtools.formats.bibtex.fields import PrintLinks
from bibtools.model import Entry
from bibtools.reports import PageCount, Report
from bibtools.workflows.enrich import EnrichOutcome
from bibtools.workflows.outputs import Style, Target, render, target_of
from bibtools.workflows.reading import Reading, read


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


def read_input(file: str) -> Given:
    """Read a file of any kind; raises `InputError`."""
    data = read_bytes(file)
    return Given(data, read(data, file))


def enriched_bytes(
    given: Given,
    entries: Sequence[Entry],
    output: str | None,
    to: str | None,
    links: PrintLinks | None,
) -> tuple[Target, bytes]:
    """Where the result goes and what it is.

    A .bib that stays a .bib of its dialect keeps all its bytes; only fields are added.
    """
    document = given.document()
    own = given.reading.kind if given.reading.kind in ("json", "csl-json") else "json"
    if document is not None:
        own = dialect_of(document)
    target = _target(output or "-", to, own)
    if document is not None and target.format == own:
        add_found(document, entries, links)
        return target, document.to_bytes()
    return target, render(entries, target.format, Style(links)).encode()


def _target(output: str, to: str | None, own: str) -> Target:
    """`--to` decides; else the suffix, where it does not fit the file's own format."""
    target = target_of(output, to, default=own)
    if to is None:
        families = (("bibtex", "biblatex"), ("json", "csl-json"))
        if any(target.format in family and own in family for family in families):
            return Target(output, own)
    return target


def report_of(reading: Reading, outcome: EnrichOutcome) -> Report:
    """What the run tells."""
    return Report(
        (PageCount(reading.file, reading.kind, len(reading.entries)),),
        outcome.entries,
        reading.entries,
        notices=(*reading.notices, *outcome.notices),
        looked_up=True,
    )
