"""Checking one .bib file, and mending what can be mended safely."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bibtools.checks import Finding, apply_fixes, check_document
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.fields import Dialect

_MOST_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Mended:
    """A file after its fixes."""

    data: bytes
    left: tuple[Finding, ...]
    """What is still wrong, with places in `data`."""
    fixed: int
    """How many fixes were made."""


def check_bytes(
    data: bytes,
    file: str | None = None,
    dialect: Dialect | None = None,
    rules: Collection[str] | None = None,
) -> tuple[Finding, ...]:
    """All findings in the bytes of a .bib file, in file order."""
    return check_document(Document.parse(data, file), dialect, rules)


def mend(
    data: bytes,
    file: str | None = None,
    dialect: Dialect | None = None,
    rules: Collection[str] | None = None,
) -> Mended:
    """The bytes with every safe fix made, and the findings that are left.

    A round of fixes after which the file would not read as the same entries with the same
    fields is not made.
    """
    fixed = 0
    for _ in range(_MOST_ROUNDS):
        findings = check_bytes(data, file, dialect, rules)
        new, made = apply_fixes(data, findings)
        if not made or new == data or _shape(new) != _shape(data):
            break
        data = new
        fixed += made
    return Mended(data, check_bytes(data, file, dialect, rules), fixed)


def _shape(data: bytes) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(entry.type, entry.key, tuple(entry.fields)) for entry in Document.parse(data).entries]
