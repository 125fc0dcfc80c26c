"""One entry as the rules see it: values, places, and findings and fixes made of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bibtools.checks.findings import Edit, Finding, Fix, Severity
from bibtools.formats.bibtex import Document
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.fields import Dialect
from bibtools.formats.bibtex.scans import FieldPlace, Scan

LONGEST = 1_000_000
"""Bytes of a value that are looked at, which takes seconds at most; longer ones hold no text."""
MOST = 100
"""Findings of one rule in one value."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What stands between one pair of delimiters: a whole value or a part joined with `#`."""

    text: str
    start: int
    """Offset in the file of its first byte."""
    whole: bool
    """Whether it is the whole value of the field."""


@dataclass(slots=True)
class FileView:
    """A document and what its entries say of each other."""

    document: Document
    dialect: Dialect
    by_key: Mapping[str, BibEntry]
    """Folded key to the first entry that has it."""


@dataclass(slots=True)
class EntryView:
    """An entry that BibTeX accepts."""

    file: FileView
    entry: BibEntry
    scan: Scan
    fields: Mapping[str, str]
    """As BibTeX sees them."""
    _places: dict[str, FieldPlace] = field(default_factory=dict)
    _cursor: tuple[int, int, int] = (-1, 0, 0)

    @property
    def document(self) -> Document:
        """The document it stands in."""
        return self.file.document

    def place(self, name: str) -> FieldPlace | None:
        """Where a field stands; of two with one name the first."""
        if not self._places:
            for place in self.scan.fields:
                self._places.setdefault(place.name, place)
        return self._places.get(name)

    def pieces(self, name: str) -> Iterator[Piece]:
        """The delimited parts of a field's value, in order."""
        place = self.place(name)
        if place is None:
            return
        data = self.document.source.data
        for token in place.tokens:
            if token.kind in '{"' and token.end - token.start <= LONGEST:
                text = self.document.decode(data[token.start + 1 : token.end - 1])
                yield Piece(text, token.start + 1, len(place.tokens) == 1)

    def edit(self, piece: Piece, start: int, end: int, new: str) -> Edit | None:
        """Other characters for a stretch of a piece; None when the file cannot hold them."""
        encoding = self.document.encoding
        try:
            written = new.encode(encoding)
        except UnicodeEncodeError:
            return None
        first = piece.start + len(piece.text[:start].encode(encoding))
        return Edit(first, first + len(piece.text[start:end].encode(encoding)), written)

    def replacement(self, name: str, new: str) -> Fix | None:
        """A fix that gives a field another value; None when it is joined, a macro or a number."""
        for piece in self.pieces(name):
            if not piece.whole:
                return None
            edit = self.edit(piece, 0, len(piece.text), new)
            return Fix(f'write "{new}"', (edit,)) if edit else None
        return None

    def at(
        self,
        offset: int,
        rule: str,
        severity: Severity,
        message: str,
        hint: str | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding at an offset of the file."""
        line, column = self._place_of(offset)
        return Finding(rule, severity, message, self.document.file, line, column, hint, fix)

    def _place_of(self, offset: int) -> tuple[int, int]:
        # Counting on from the entry's own place keeps a file of one long line linear.
        start = self.entry.start
        if self._cursor[0] < 0:
            self._cursor = (start, *self.document.place_of(start))
        before, line, column = self._cursor
        between = self.document.source.data[before:offset]
        if offset < before or b"\r" in between:
            return self.document.place_of(offset)
        ends = between.count(b"\n")
        if ends:
            line += ends
            between = between[between.rfind(b"\n") + 1 :]
            column = 1
        return line, column + len(between.decode(self.document.encoding, "replace"))

    def at_key(
        self, rule: str, severity: Severity, message: str, hint: str | None = None
    ) -> Finding:
        """A finding about the whole entry."""
        return self.at(self.scan.key_start, rule, severity, message, hint)

    def at_field(
        self,
        name: str,
        rule: str,
        severity: Severity,
        message: str,
        hint: str | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding at the value of a field."""
        place = self.place(name)
        offset = place.start if place else self.scan.key_start
        return self.at(offset, rule, severity, message, hint, fix)

    def at_piece(
        self,
        piece: Piece,
        index: int,
        rule: str,
        severity: Severity,
        message: str,
        hint: str | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding at a character of a piece."""
        before = len(piece.text[:index].encode(self.document.encoding))
        return self.at(piece.start + before, rule, severity, message, hint, fix)


def shown(value: str, longest: int = 60) -> str:
    """A value short enough for a sentence."""
    return value if len(value) <= longest else value[: longest - 3] + "..."


def fix_of(message: str, edits: Sequence[Edit | None]) -> Fix | None:
    """A fix of these edits; None when one of them could not be made."""
    whole = tuple(edit for edit in edits if edit is not None)
    return Fix(message, whole) if whole and len(whole) == len(edits) else None
