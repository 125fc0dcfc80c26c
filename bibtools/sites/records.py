"""What a service says of one work or one repository."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bibtools.formats import entry_json
from bibtools.model import Doi, Entry, parse_doi


@dataclass(frozen=True, slots=True)
class Record:
    """One work as a service knows it, or (for a question about code) one repository."""

    entry: Entry
    """Whatever of it the service says; a preprint's record and its published version's are two."""
    identifier: str = ""
    """The service's own ID of the record."""
    published_doi: Doi | None = None
    """The DOI under which the service says this preprint was published: a claim, to be checked."""
    preprint_doi: Doi | None = None
    """The other way round."""
    journal_reference: str | None = None
    """As the author wrote it for arXiv: a hint to show, no fact to write."""
    comment: str | None = None
    retracted: str | None = None
    """Who says so and with what notice: a clause. Also for withdrawn preprints."""
    notice: str | None = None
    """For a notice about another work, what it is: "a corrigendum to 10.1234/boats"."""
    score: float | None = None
    """The service's own, comparable only within one answer."""
    repository: Repository | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """What a code host says of a repository."""

    url: str
    """Where it is now."""
    moved_from: str | None = None
    archived: bool = False
    is_fork: bool = False
    created: str | None = None
    """ISO date."""
    description: str = ""
    homepage: str = ""
    readme: str = ""
    """The beginning of its README, at most 20,000 characters, where it was asked for."""
    snapshot: str | None = None
    """An address at Software Heritage."""


def to_json(record: Record) -> dict[str, Any]:
    """The record for the cache."""
    row: dict[str, Any] = {"entry": entry_json.to_json(record.entry)}
    for name in ("identifier", "journal_reference", "comment", "retracted", "notice", "score"):
        if (value := getattr(record, name)) not in (None, ""):
            row[name] = value
    for name in ("published_doi", "preprint_doi"):
        if doi := getattr(record, name):
            row[name] = doi.value
    if record.repository is not None:
        repository = record.repository
        row["repository"] = {
            name: getattr(repository, name)
            for name in Repository.__slots__
            if getattr(repository, name)
        }
    return row


def from_json(row: Mapping[str, Any]) -> Record:
    """The record of `to_json`."""
    repository = row.get("repository")
    return Record(
        entry_json.from_json(row["entry"]),
        row.get("identifier", ""),
        parse_doi(row.get("published_doi", "")),
        parse_doi(row.get("preprint_doi", "")),
        row.get("journal_reference"),
        row.get("comment"),
        row.get("retracted"),
        row.get("notice"),
        row.get("score"),
        Repository(**repository) if repository else None,
    )
