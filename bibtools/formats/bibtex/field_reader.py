"""The fields of one entry on their way into an `Entry`: looked at, taken, complained about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bibtools.formats.bibtex.field_values import decode_text, split_literals
from bibtools.formats.bibtex.fields import LISTS
from bibtools.model import Notice
from bibtools.text.latex_decode import plain, verbatim

if TYPE_CHECKING:
    from bibtools.formats.bibtex.blocks import BibEntry
    from bibtools.formats.bibtex.document import Document


@dataclass(slots=True)
class FieldReader:
    """One entry on its way; `left` holds the fields nobody has taken yet."""

    kind: str
    """The entry type in lower case."""
    key: str
    left: dict[str, str]
    own: frozenset[str] | None = None
    """The entry's own fields when others are inherited; None when all are."""
    document: Document | None = None
    entry: BibEntry | None = None
    notices: list[Notice] = field(default_factory=list)

    @property
    def speaks_biblatex(self) -> bool:
        """Whether the fields have biblatex's names, so that its literal lists are to be read."""
        left = self.left
        return "date" in left or "journaltitle" in left or "location" in left

    def text(self, name: str) -> str | None:
        """Take a field as the text a reader sees, without markup."""
        value = self.left.get(name)
        if not value:
            return None
        shown = plain(value).strip()
        if shown:
            del self.left[name]
        return shown or None

    def variable(self, variable: str, name: str, *, literals: bool = False) -> str | None:
        """Take a field as the value of a variable; one understood in part stays, too.

        With `literals` the fields that biblatex takes for lists are read as such.
        """
        raw = self.left.get(name)
        if not raw:
            return None
        if literals and variable in LISTS:
            raw = split_literals(raw)
        value, whole = decode_text(variable, raw)
        if value and whole:
            del self.left[name]
        return value or None

    def word(self, name: str) -> str:
        """Look at a field as an address or identifier, without taking it."""
        value = self.left.get(name)
        return verbatim(value).strip() if value else ""

    def take(self, *names: str) -> None:
        """These fields are understood whole."""
        for name in names:
            self.left.pop(name, None)

    def extra(self) -> Mapping[str, str]:
        """What is left of the entry's own fields."""
        if self.own is None:
            return self.left
        return {name: value for name, value in self.left.items() if name in self.own}

    def complain(self, name: str, rule: str, message: str, hint: str | None = None) -> None:
        """A notice at the value of a field."""
        if self.document is None or self.entry is None:
            return
        scan = self.document.scan(self.entry.start, self.entry.end)
        offset = next((f.start for f in scan.fields if f.name == name), self.entry.start)
        line, column = self.document.place_of(offset)
        self.notices.append(Notice(message, self.document.file, line, column, rule, hint))
