"""What a check finds: a place, a sentence, and an edit where one is safe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes of the file as it was read, and what stands there afterwards."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Fix:
    """A safe change: all of its edits or none."""

    message: str
    """What it does, as a clause: `write "\\&"`."""
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a .bib file."""

    rule: str
    """A short stable name, such as `doi`."""
    severity: Severity
    """`error`: BibTeX or LaTeX stops or drops something; `warning`: the bibliography comes out
    wrong; `note`: worth a look."""
    message: str
    file: str | None = None
    line: int | None = None
    """1-based."""
    column: int | None = None
    """1-based, in characters."""
    hint: str | None = None
    fix: Fix | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part)
        head = f"{place}: {self.severity} {self.rule}: {self.message}"
        return f"{head}\n  Hint: {self.hint}" if self.hint else head


def apply_fixes(data: bytes, findings: Iterable[Finding]) -> tuple[bytes, int]:
    """The bytes with the fixes of these findings, and how many were made.

    Of two fixes for one place the first is made; ask again for the other.
    """
    chosen: list[Edit] = []
    taken: list[tuple[int, int]] = []
    made = 0
    fixes = [finding.fix for finding in findings if finding.fix is not None]
    for fix in sorted(fixes, key=lambda fix: fix.edits[0].start):
        span = fix.edits[0].start, max(edit.end for edit in fix.edits)
        if taken and span[0] < taken[-1][1]:
            continue
        taken.append(span)
        chosen += fix.edits
        made += 1
    return _edited(data, sorted(chosen, key=lambda edit: edit.start)), made


def _edited(data: bytes, edits: Sequence[Edit]) -> bytes:
    pieces: list[bytes] = []
    position = 0
    for edit in edits:
        pieces += data[position : edit.start], edit.new
        position = edit.end
    pieces.append(data[position:])
    return b"".join(pieces)
