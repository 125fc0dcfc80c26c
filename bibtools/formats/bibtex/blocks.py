"""The blocks a .bib file is made of: every byte of the file belongs to exactly one.

(Entries inside a `@comment{...}` belong to the comment; they are listed beside it.)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bibtools.formats.bibtex.document import Document
    from bibtools.formats.bibtex.scans import Scan


class Block:
    """A stretch of a file."""

    __slots__ = ("document", "edited", "end", "start")

    kind = "block"

    def __init__(self, document: Document, start: int, end: int) -> None:
        self.document = document
        self.start = start
        """Offset of the first byte in the file as it was read."""
        self.end = end
        """Offset after the last byte."""
        self.edited: bytes | None = None
        """The bytes that stand here now, when they are not those of the file."""

    @property
    def raw(self) -> bytes:
        """The exact bytes, edits included."""
        if self.edited is not None:
            return self.edited
        return self.document.source.data[self.start : self.end]

    @property
    def text(self) -> str:
        """The characters of the block, without a byte order mark."""
        return self.document.decode(self.raw).removeprefix("\ufeff")

    @property
    def line(self) -> int:
        """1-based line on which the block starts in the file as it was read."""
        return self.document.line_of(self.start)

    @property
    def column(self) -> int:
        """1-based column, in characters."""
        return self.document.place_of(self.start)[1]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} line {self.line}: {self.text[:40]!r}>"


class FreeText(Block):
    """What stands between the blocks: blank lines, remarks, a byte order mark."""

    __slots__ = ()
    kind = "text"


class Comment(Block):
    """`@comment{...}`, or `@comment` and the rest of its line."""

    __slots__ = ("entries",)
    kind = "comment"

    def __init__(self, document: Document, start: int, end: int) -> None:
        super().__init__(document, start, end)
        self.entries: list[Block] = []
        """Entries and macros inside: bibtex reads them, biber and JabRef do not."""


class Command(Block):
    """A block with values: the careful reader's `scan` is made when asked for."""

    __slots__ = ()

    def scan(self) -> Scan:
        """All parts with their places, offsets in the bytes of `document.source`."""
        return self.document.scan(self.start, self.end)


class StringDefinition(Command):
    """`@string{name = value}`."""

    __slots__ = ()
    kind = "string"

    @property
    def definitions(self) -> dict[str, str]:
        """Name in lower case to value, macros expanded."""
        return self.document.definitions(self)


class Preamble(Command):
    """`@preamble{value}`."""

    __slots__ = ()
    kind = "preamble"

    @property
    def value(self) -> str:
        """The text of the preamble, macros expanded and parts joined."""
        return self.document.preamble_value(self)


class BibEntry(Block):
    """`@type{key, name = value, ...}`.

    `set`, `remove` and `rename` change the document; what they do not touch keeps its bytes.
    """

    __slots__ = ("_fields", "body", "close", "inside_comment", "key", "regular", "type")
    kind = "entry"

    def __init__(
        self,
        document: Document,
        start: int,
        end: int,
        type_: str,
        key: str,
        body: int,
        close: int,
        regular: bool,
        inside_comment: bool,
    ) -> None:
        self.document = document
        self.start = start
        self.end = end
        self.edited = None
        self.type = type_
        """Lower case."""
        self.key = key
        """As written; empty when there is none."""
        self.body = body
        self.close = close
        self.regular = regular
        self.inside_comment = inside_comment
        """True inside `@comment{...}`."""
        self._fields: dict[str, str] | None = None

    @property
    def fields(self) -> Mapping[str, str]:
        """Names in lower case to values as BibTeX sees them; computed at the first question.

        Macros are expanded (an undefined one is empty), parts joined, runs of blanks are one
        space and none stands at the ends. Of two fields with one name the first counts.
        """
        fields = self._fields
        if fields is None:
            fields = self._fields = self.document.read_fields(self)
        return fields

    def scan(self) -> Scan:
        """All parts with their places, offsets in the bytes of `raw`."""
        return self.document.scan_entry(self)

    def set(self, name: str, value: str, *, bare: bool = False) -> None:
        """Give the field a value: LaTeX text without delimiters, braces balanced.

        With `bare` the value is written as it is: a number, a macro's name, parts with `#`.
        A new field is put last, in the style of the entry and its neighbours. Raises
        `EditError` for a value that would break the file.
        """
        self.document.set_field(self, name, value, bare=bare)

    def remove(self, name: str) -> bool:
        """Take the field out (all of that name); False when there is none."""
        return self.document.remove_field(self, name)

    def rename(self, key: str) -> None:
        """Give the entry another citation key. Raises `EditError` for one BibTeX cannot read."""
        self.document.rename_entry(self, key)

    def retype(self, kind: str) -> None:
        """Give the entry another type (lower case), written in the case of the old one.

        Raises `EditError` for what is no type of an entry.
        """
        self.document.retype_entry(self, kind)

    def let_go(self) -> None:
        """Make room: `fields` is computed again when somebody asks."""
        self._fields = None

    def forget(self, edited: bytes) -> None:
        """Take new bytes for the entry; what was computed from the old ones is forgotten."""
        self.edited = edited
        self._fields = None
