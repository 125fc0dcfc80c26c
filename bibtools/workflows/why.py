"""Telling where the values of an entry came from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bibtools.adapters.files import read_bytes, read_if_there
from bibtools.errors import InputError
from bibtools.formats.bibtex import Document
from bibtools.formats.provenance import (
    SUFFIX,
    Provenance,
    latest,
    read_provenance,
    sentences,
)
from bibtools.model import Notice
from bibtools.workflows.json_fields import JSON_KINDS, json_fields
from bibtools.workflows.reading import read

TYPE = "entrytype"
"""The name under which the type of an entry stands in the evidence."""


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of the fields of one entry."""

    file: str
    key: str
    known: tuple[tuple[Provenance, str | None], ...]
    """Each with what the file holds now; None when the field is gone."""
    own: tuple[str, ...]
    """Fields of the entry of which we wrote nothing."""
    notices: tuple[Notice, ...] = ()

    def lines(self) -> list[str]:
        """For the reader."""
        told = [line for one, now in self.known for line in sentences(one, now)]
        if self.own:
            verb = "was" if len(self.own) == 1 else "were"
            told.append(f"{', '.join(self.own)} {verb} there already, or written by hand.")
        return told


def file_with(key: str, here: Path | None = None) -> str:
    """The .bib file of a folder (else the current one) that has an entry of this key.

    One with evidence beside it goes first. Raises `InputError` when there is none, or several.
    """
    folder = here or Path()
    files = sorted(str(path) for path in folder.glob("*.bib") if path.is_file())
    having = [
        file
        for file in files
        if any(entry.key == key for entry in Document.parse(read_bytes(file), file).entries)
    ]
    with_evidence = [file for file in having if Path(file + SUFFIX).exists()]
    for found in (with_evidence, having):
        if len(found) == 1:
            return found[0]
    if having:
        raise InputError(
            f'"{key}" stands in {", ".join(having)}.', "Say which file is meant with --in."
        )
    raise InputError(
        f'No .bib file in this folder has an entry "{key}".', "Name the file with --in."
    )


def why(file: str, key: str, field: str | None = None) -> Why:
    """What the side file of `file` says of the entry `key` (and one field of it).

    Raises `InputError` when the file has no such entry, or the entry no such field.
    """
    entries = _entries(file)
    found = [fields for name, fields in entries if name == key]
    if not found:
        near = [name for name, _ in entries if name.lower() == key.lower()]
        raise InputError(
            f'"{file}" has no entry "{key}".',
            f"There is one called {near[0]}." if near else "`bibtools fields` lists the entries.",
        )
    now = {name.lower(): value for name, value in found[0].items()}
    fields = {name: value for name, value in now.items() if name != TYPE}
    data, _ = read_if_there(file + SUFFIX)
    rows, notices = read_provenance(data or b"", file + SUFFIX)
    known = {name: one for (of, name), one in latest(rows).items() if of == key}
    if field is not None:
        name = field.lower()
        if name not in fields and name not in known:
            raise InputError(
                f'The entry "{key}" of "{file}" has no field "{field}".',
                f"It has {', '.join(fields)}." if fields else None,
            )
        fields = {name: fields[name]} if name in fields else {}
        known = {name: known[name]} if name in known else {}
    return Why(
        file,
        key,
        tuple((one, now.get(name)) for name, one in known.items()),
        tuple(name for name in fields if name not in known),
        tuple(notices),
    )


def _entries(file: str) -> list[tuple[str, dict[str, str]]]:
    """The entries of a file with their keys and fields, the type among them."""
    data = read_bytes(file)
    if not file.lower().endswith(".json"):
        living = [one for one in Document.parse(data, file).entries if not one.inside_comment]
        return [(one.key, {TYPE: one.type, **one.fields}) for one in living]
    reading = read(data, file)
    shown = json_fields(reading.entries, reading.kind) if reading.kind in JSON_KINDS else []
    return [
        (one.key or "", fields) for one, fields in zip(reading.entries, shown, strict=bool(shown))
    ]
