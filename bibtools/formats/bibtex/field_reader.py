"""The fields of one entry on their way into an `Entry`: looked at, taken, complained about."""

from __future__ import annotations

from dataclasses import dataclass, field

from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.model import Notice
from bibtools.text.latex_decode import plain, verbatim


@dataclass(slots=True)
class FieldReader:
    """One entry on its way; `left` holds the fields nobody has taken yet."""

    document: Document
    entry: BibEntry
    left: dict[str, str]
    notices: list[Notice] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """Take a field as the text a reader sees."""
        value = self.left.get(name)
        if not value:
            return None
        shown = plain(value).strip()
        if shown:
            del self.left[name]
        return shown or None

    def word(self, name: str) -> str:
        """Look at a field as an address or identifier, without taking it."""
        return verbatim(self.left.get(name, "")).strip()

    def take(self, *names: str) -> None:
        """These fields are understood whole."""
        for name in names:
            self.left.pop(name, None)

    def complain(self, name: str, rule: str, message: str, hint: str | None = None) -> None:
        """A notice at the value of a field."""
        scan = self.document.scan(self.entry.start, self.entry.end)
        offset = next((f.start for f in scan.fields if f.name == name), self.entry.start)
        line, column = self.document.place_of(offset)
        self.notices.append(Notice(message, self.document.file, line, column, rule, hint))
