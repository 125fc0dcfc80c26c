"""A .bib file without loss: blocks with their exact bytes, read lazily, edited in place.

    document = Document.parse(Path("refs.bib").read_bytes(), "refs.bib")
    for entry in document.entries:
        print(entry.line, entry.key, entry.fields.get("title"))
    document.entries[0].set("doi", "10.1000/182")
    Path("refs.bib").write_bytes(document.to_bytes())

A document is the one thing here that changes: editing is what it is for. An edit replaces the
bytes of one block; `line`, `column` and `start` go on telling the place in the file as it was
read.
"""

from __future__ import annotations

import codecs
import gc
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import partial

from bibtools.formats.bibtex import editing
from bibtools.formats.bibtex.blocks import (
    BibEntry,
    Block,
    Comment,
    FreeText,
    Preamble,
    StringDefinition,
)
from bibtools.formats.bibtex.checking import find_notices
from bibtools.formats.bibtex.locating import locate
from bibtools.formats.bibtex.macros import MacroTable
from bibtools.formats.bibtex.scanner import scan_block
from bibtools.formats.bibtex.scans import Scan
from bibtools.formats.bibtex.source import Source
from bibtools.formats.bibtex.values import (
    QuickReader,
    careful_fields,
    join_tokens,
    quick_definition,
)
from bibtools.model import Notice

_CHUNK = 1 << 12
_LINE_END = re.compile(rb"\r\n|\n|\r")
_LONGEST_LINE = 1 << 16


class Document:
    """One .bib file."""

    def __init__(self, data: bytes, file: str | None = None) -> None:
        self.file = file
        """As the user wrote it, for notices."""
        self.encoding = encoding_of(data)
        """`utf-8`, or `latin-1` for a file that is not UTF-8 as a whole."""
        self.source = Source(data, self.encoding)
        self._edited: dict[int, Block] = {}
        self._inserted: dict[int, bytes] = {}
        self._removed: list[int] = []
        self._macros: MacroTable | None = None
        self._quick: QuickReader | None = None
        self._lines: tuple[array[int], array[int]] | None = None
        self._starts: array[int] | None = None
        self._keys: dict[str, str] | None = None
        self._last_place = (0, 1, 1)
        self._style: editing.Style | None = None
        self._notices: tuple[Notice, ...] | None = None
        # None of the many objects made here is garbage, and looking for some takes a fifth of
        # the time.
        was_collecting = gc.isenabled()
        gc.disable()
        try:
            self._blocks = locate(self, 0, len(data), inside_comment=False)
        finally:
            if was_collecting:
                gc.enable()

    @classmethod
    def parse(cls, data: bytes, file: str | None = None) -> Document:
        """The document of a file's bytes; any bytes will do, faults become notices."""
        return cls(bytes(data), file)

    def to_bytes(self) -> bytes:
        """The whole file; without edits exactly the bytes that were read."""
        data = self.source.data
        if not self._edited and not self._inserted:
            return data
        pieces: list[bytes] = []
        position = 0
        for start in sorted({*self._edited, *self._inserted}):
            pieces += data[position:start], self._inserted.get(start, b"")
            position = start
            block = self._edited.get(start)
            if block is not None:
                pieces.append(block.edited or b"")
                position = block.end
        pieces.append(data[position:])
        return b"".join(pieces)

    # Parts

    @property
    def blocks(self) -> list[Block]:
        """All blocks in file order, with the text between them: their bytes are the file."""
        found: list[Block] = []
        position = 0
        for block in self._blocks:
            if block.start > position:
                found.append(FreeText(self, position, block.start))
            found.append(block)
            position = block.end
        if position < len(self.source.data):
            found.append(FreeText(self, position, len(self.source.data)))
        return found

    @property
    def entries(self) -> list[BibEntry]:
        """All entries in file order, those inside `@comment` too (see `inside_comment`)."""
        return [block for block in self._commands() if isinstance(block, BibEntry)]

    def _commands(self) -> Iterator[Block]:
        for block in self._blocks:
            if isinstance(block, Comment):
                yield from block.entries
            else:
                yield block

    @property
    def strings(self) -> list[StringDefinition]:
        """All @string blocks in file order."""
        return [block for block in self._commands() if isinstance(block, StringDefinition)]

    @property
    def preambles(self) -> list[Preamble]:
        """All @preamble blocks in file order."""
        return [block for block in self._commands() if isinstance(block, Preamble)]

    @property
    def comments(self) -> list[Comment]:
        """All @comment blocks in file order."""
        return [block for block in self._blocks if isinstance(block, Comment)]

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is wrong with the file as it was read, in file order, with line and column."""
        if self._notices is None:
            self._notices = tuple(find_notices(self))
        return self._notices

    # Places

    def decode(self, raw: bytes) -> str:
        """The characters of some of the file's bytes."""
        return raw.decode(self.encoding)

    def line_of(self, offset: int) -> int:
        """The 1-based line of an offset in the file as it was read."""
        if self._lines is None:
            starts, lines = array("q", [0]), array("q", [1])
            line, position = 1, 0
            for block in self._commands():
                line += self._line_ends(position, block.start)
                position = block.start
                starts.append(position)
                lines.append(line)
            self._lines = starts, lines
        starts, lines = self._lines
        index = bisect_right(starts, offset) - 1
        return lines[index] + self._line_ends(starts[index], offset)

    def _line_ends(self, start: int, stop: int) -> int:
        data = self.source.data
        ends = data.count(b"\n", start, stop)
        returns = data.count(b"\r", start, stop)
        if returns:
            # An old Macintosh file ends its lines with a carriage return alone.
            ends += returns - data.count(b"\r\n", start, stop)
        return ends

    def place_of(self, offset: int) -> tuple[int, int]:
        """Line and column, both 1-based, the column in characters."""
        # Notices are asked for in file order: going on from the last place keeps a file with
        # a hundred thousand faults on one line linear.
        last, line, column = self._last_place
        if offset < last:
            start = self._line_start(offset)
            last, line, column = start, self.line_of(start), 1
        between = self.source.data[last:offset]
        ends = self._line_ends(last, offset)
        if between[-1:] == b"\r" and self.source.data[offset : offset + 1] == b"\n":
            ends -= 1
        if ends:
            line += ends
            between = between[max(between.rfind(b"\n"), between.rfind(b"\r")) + 1 :]
            column = 1
        column += len(between.decode(self.encoding, "replace"))
        self._last_place = offset, line, column
        return line, column

    def _line_start(self, offset: int) -> int:
        data = self.source.data
        return max(data.rfind(b"\n", 0, offset), data.rfind(b"\r", 0, offset)) + 1

    def caret(self, notice: Notice) -> str:
        """The line of a notice with a caret under its place; empty when it has none."""
        if notice.line is None or notice.column is None:
            return ""
        data = self.source.data
        if self._starts is None:
            self._starts = array("q", [0])
            self._starts.extend(match.end() for match in _LINE_END.finditer(data))
        if not 0 < notice.line <= len(self._starts):
            return ""
        start = self._starts[notice.line - 1]
        line = data[start : start + _LONGEST_LINE].splitlines()[:1]
        return draw_caret(line[0].decode(self.encoding, "replace") if line else "", notice.column)

    # Reading

    @property
    def macros(self) -> MacroTable:
        """All macros of the file as it was read."""
        if self._macros is None:
            self._macros = MacroTable()
            for block in self.strings:
                for name, value in self.definitions(block).items():
                    self._macros.define(name, block.start, value)
        return self._macros

    def definitions(self, block: StringDefinition) -> dict[str, str]:
        """What an @string block defines, with blanks at the ends kept as BibTeX keeps them."""
        quick = quick_definition(self._text(block.start, block.end))
        if quick is not None:
            return dict([quick])
        macros = self._macros if self._macros is not None else self.macros
        resolve = partial(self._macro_value, macros, block.start)
        return {
            place.name: join_tokens(place.tokens, self._text, resolve, whole=place.whole)
            for place in block.scan().fields
        }

    def preamble_value(self, block: Preamble) -> str:
        """The text of a @preamble."""
        resolve = partial(self._macro_value, self.macros, block.start)
        places = block.scan().fields
        if not places:
            return ""
        return join_tokens(places[0].tokens, self._text, resolve, whole=places[0].whole).strip(" ")

    @staticmethod
    def _macro_value(macros: MacroTable, offset: int, name: str) -> str:
        return macros.value(name, offset) or ""

    def _text(self, start: int, end: int) -> str:
        return self.source.data[start:end].decode(self.encoding, "replace")

    def scan(self, start: int, end: int) -> Scan:
        """What the careful reader finds in a block of the file."""
        return _surely(scan_block(self.source, start, end))

    def scan_entry(self, entry: BibEntry) -> Scan:
        """What the careful reader finds in an entry, offsets counted in its `raw`."""
        return _surely(scan_block(Source(entry.raw, self.encoding), 0, len(entry.raw)))

    def read_fields(self, entry: BibEntry) -> dict[str, str]:
        """The fields of an entry as BibTeX sees them."""
        quick = self._quick
        if quick is None:
            quick = self._quick = QuickReader(self.macros)
        fields = None
        if entry.regular and entry.edited is None:
            body = str(self.source.data[entry.body : entry.close], self.encoding)
            fields = quick.fields(body, entry.start)
        if fields is None:
            raw = entry.raw
            resolve = partial(self._macro_value, self.macros, entry.start)
            fields = careful_fields(entry.scan(), lambda a, b: self.decode(raw[a:b]), resolve)
        if "crossref" in fields:
            fields["crossref"] = self._spelling(fields["crossref"])
        return fields

    def _spelling(self, key: str) -> str:
        """A key as the entry that has it spells it: bibtex puts that in `crossref`."""
        if self._keys is None:
            self._keys = {}
            for entry in self.entries:
                self._keys.setdefault(entry.key.lower(), entry.key)
        return self._keys.get(key.lower(), key)

    def undefined_name(self, entry: BibEntry, name: str) -> str:
        """The macro that a field is, when nothing else stands there and it is not defined."""
        for place in self.scan(entry.start, entry.end).fields:
            if place.name == name and len(place.tokens) == 1 and place.tokens[0].kind == "a":
                macro = self._text(place.start, place.end)
                return macro if self.macros.value(macro, entry.start) is None else ""
        return ""

    # Editing

    @property
    def style(self) -> editing.Style:
        """How the file writes its fields, learnt from its first entries."""
        if self._style is None:
            self._style = editing.style_of(self)
        return self._style

    def set_field(self, entry: BibEntry, name: str, value: str, *, bare: bool) -> None:
        """See `BibEntry.set`."""
        changed = editing.with_field(entry, name, value, bare=bare, style=self.style)
        self._replace(entry, changed)

    def remove_field(self, entry: BibEntry, name: str) -> bool:
        """See `BibEntry.remove`."""
        changed = editing.without_field(entry, name)
        if changed is None:
            return False
        self._replace(entry, changed)
        return True

    def rename_entry(self, entry: BibEntry, key: str) -> None:
        """See `BibEntry.rename`."""
        self._replace(entry, editing.with_key(entry, key))
        entry.key = key
        self._keys = None

    def retype_entry(self, entry: BibEntry, kind: str) -> None:
        """See `BibEntry.retype`."""
        self._replace(entry, editing.with_type(entry, kind))
        entry.type = kind

    def replace(self, entry: BibEntry, text: str) -> None:
        """Put another entry in the place of this one, in the file's line ends and encoding.

        `entry` goes on standing for the place. Raises `EditError` when the text is not one
        whole entry.
        """
        editing.refuse_comment(entry)
        raw = editing.in_file_style(self, text)
        scan = scan_block(Source(raw, self.encoding), 0, len(raw))
        if scan is None or not scan.strict or scan.end != len(raw) or scan.key_end < 1:
            raise editing.EditError(f'The text to put in place of "{entry.key}" is no entry.')
        entry.type, entry.key = scan.kind, self.decode(raw[scan.key_start : scan.key_end])
        self._replace(entry, raw)

    def restore(self, entry: BibEntry, raw: bytes) -> None:
        """Give an entry bytes that it had before."""
        self._replace(entry, raw)

    def _replace(self, entry: BibEntry, raw: bytes) -> None:
        entry.forget(raw)
        self._edited[entry.start] = entry

    def remove(self, entry: BibEntry) -> bytes:
        """Take a whole entry out, with the remark directly above it and the blank line after.

        Gives the remark: the lines between the last blank line and the entry, with their line
        ends. At the top of a file a blank line has to part the remark from what is the file's.
        """
        editing.refuse_comment(entry)
        data = self.source.data
        place = bisect_left(self._blocks, entry.start, key=lambda block: block.start)
        if self._blocks[place : place + 1] != [entry]:
            raise ValueError(f'"{entry.key}" is not in the document any more')
        before = self._blocks[place - 1].end if place else 0
        # What was taken out before is no remark of this entry.
        removed = bisect_right(self._removed, entry.start)
        before = max(before, self._removed[removed - 1] if removed else 0)
        self._removed.insert(removed, entry.end)
        start = editing.remark_start(data, before, entry.start)
        end = editing.gap_end(data, entry.end)
        del self._blocks[place]
        gone = FreeText(self, start, end)
        gone.edited = b""
        remark = data[start : entry.start] + self._inserted.pop(entry.start, b"")
        self._edited.pop(entry.start, None)
        self._edited[start] = gone
        return remark

    def put_above(self, entry: BibEntry, remark: str) -> None:
        """Put lines directly above an entry, in the file's line ends and encoding."""
        raw = editing.in_file_style(self, remark) + self.style.newline
        self._inserted[entry.start] = self._inserted.get(entry.start, b"") + raw

    def append(self, text: str | bytes) -> list[BibEntry]:
        """Add entries at the end, one blank line before, in the file's line ends and encoding.

        Gives the new entries. Raises `EditError` when a character cannot be written in the
        file's encoding. Pass many entries as one text: each call copies the file once.
        """
        piece = editing.piece_to_append(self, text)
        start = len(self.source.data)
        self.source = Source(self.source.data + piece, self.encoding)
        self._macros = self._quick = None
        self._lines = self._starts = self._notices = self._keys = None
        added = locate(self, start, len(self.source.data), inside_comment=False)
        self._blocks += added
        return [block for block in added if isinstance(block, BibEntry)]


def draw_caret(line: str, column: int) -> str:
    """A line of a file and, under the 1-based column, a caret; long lines are cut."""
    left = max(0, column - 61)
    shown = line[left : left + 100].replace("\t", " ")
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    return f"{shown}\n{' ' * (column - 1 - left)}^"


def encoding_of(data: bytes) -> str:
    """`utf-8` when the whole file is, else `latin-1`, in which every byte is a character."""
    if data.isascii():
        return "utf-8"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        # In pieces: most of them are ASCII, which is seen faster than decoded, and a decoded
        # copy of a large file would take four times its size.
        for start in range(0, len(data), _CHUNK):
            piece = data[start : start + _CHUNK]
            if not (piece.isascii() and not decoder.getstate()[0]):
                decoder.decode(piece)
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _surely(scan: Scan | None) -> Scan:
    if scan is None:
        raise AssertionError("a located block has no head")
    return scan
