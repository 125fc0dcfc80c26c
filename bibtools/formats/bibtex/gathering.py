r"""A .bib brought to hold entries of other files, copied byte for byte; nothing else is touched.

    pieces = [Piece(entry.key, entry.text, entry.document.encoding) ...]   # in the order wanted
    data = gather(old_bytes, "refs.bib", pieces, remove=("smith2019",)).data

A piece whose key the file has takes that entry's place; a new one stands above the next piece
that is there already, so that a file kept up to date is the file made anew, and at the end where
there is none. Macros that a piece uses are defined above it, unless they are already; where they
mean something else in the file, their text is put into the piece.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bibtools.errors import WriteError
from bibtools.formats.bibtex.blocks import BibEntry
from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.editing import EditError, in_file_style
from bibtools.formats.bibtex.source import Source
from bibtools.formats.bibtex.updating import living_entries
from bibtools.formats.written import mark


@dataclass(frozen=True, slots=True)
class Piece:
    """An entry that the file is to hold."""

    key: str
    text: str
    """The whole entry."""
    encoding: str = "utf-8"
    """Of the file that it stands in."""
    macros: Mapping[str, str] = field(default_factory=dict)
    """What each macro that it uses means there, by name in lower case; months left out."""
    parent: str = ""
    """The key of its `crossref`."""


@dataclass(frozen=True, slots=True)
class Macro:
    """A macro that pieces use."""

    text: str
    """The whole `@string` block."""
    value: str


Macros = Mapping[str, Macro]
"""By name in lower case, in the order in which they are to stand."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the file becomes."""

    data: bytes
    added: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    expanded: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Macros whose text was put into entries, by key."""
    marks: Mapping[str, str] = field(default_factory=dict)
    """Of each piece as it stands in the file (`formats.written.mark`)."""


def gather(
    old: bytes | None,
    file: str | None,
    pieces: Sequence[Piece],
    *,
    remove: Collection[str] = (),
    macros: Macros | None = None,
    heads: Sequence[str] = (),
    newline: str = "\n",
) -> Gathered:
    """Put the pieces into the file and take the entries with the keys of `remove` out.

    `macros` are those that the pieces use and the file may lack; `heads` are blocks for above the
    first new piece, where the file does not have them yet; `newline` is the line end of a new
    file. Raises `WriteError` when the result would not be read as these entries: something in the
    file is never closed.
    """
    data = old or b""
    encoding = _encoding(data, pieces)
    document = _parsed(data, file, encoding)
    expected = [entry.key for entry in living_entries(document)]
    removed = _remove(document, frozenset(remove))
    renewed, expanded = _renew(document, pieces, macros or {})
    data = document.to_bytes()
    if removed:
        data = _without_blank_end(data, old or b"")
    document = _parsed(data, file, encoding)
    there = {entry.key for entry in living_entries(document)}
    new = [one for one in pieces if one.key not in there]
    blocks, definitions, more = _new_blocks(document, pieces, new, macros or {})
    expanded |= more
    known = {mark(one.text) for one in document.preambles}
    texts = [one.strip() for one in heads if mark(one.strip()) not in known]
    if new and texts:
        first = min(blocks, key=lambda at: (at is None, at))
        blocks[first] = [*texts, *blocks[first]]
    result = _spliced(document, blocks, definitions, newline)
    after = _parsed(result, file, encoding)
    living = living_entries(after)
    if len(living) != len(expected) - len(removed) + len(new):
        raise WriteError(
            f'Nothing can be put into "{file}": an entry or comment in it is never closed.',
            "Mend it first. " + "".join(str(notice) for notice in document.notices[-1:]),
        )
    wanted = {one.key for one in pieces}
    marks: dict[str, str] = {}
    for entry in living:
        if entry.key in wanted:
            marks.setdefault(entry.key, mark(entry.text))
    return Gathered(
        result, tuple(one.key for one in new), tuple(renewed), tuple(removed), expanded, marks
    )


def _encoding(data: bytes, pieces: Iterable[Piece]) -> str | None:
    """The encoding of a file that is all ASCII so far: that of what is put into it."""
    if not data.isascii():
        return None
    kinds = {one.encoding for one in pieces if not one.text.isascii()}
    return "latin-1" if kinds == {"latin-1"} else "utf-8"


def _parsed(data: bytes, file: str | None, encoding: str | None) -> Document:
    document = Document.parse(data, file)
    if encoding is not None and data.isascii():
        document.encoding = encoding
        document.source = Source(document.source.data, encoding)
    return document


def _without_blank_end(data: bytes, old: bytes) -> bytes:
    """Without the blank lines that parted the last entries, unless the file ended in some."""
    ends = re.compile(rb"(\r\n|\n|\r)[ \t]*(?:\r\n|\n|\r)\s*\Z")
    if ends.search(old[-200:]):
        return data
    match = ends.search(data, max(len(data) - 200, 0))
    return data[: match.end(1)] if match else (b"" if not data.strip() else data)


# --- what is there ------------------------------------------------------------------------------


def _remove(document: Document, keys: frozenset[str]) -> list[str]:
    removed = []
    remark = b""
    for entry in living_entries(document):
        if entry.key in keys:
            # A remark above it is the user's.
            remark += document.remove(entry)
            removed.append(entry.key)
        elif remark:
            document.put_above(entry, document.decode(remark))
            remark = b""
    if remark.strip():
        document.append(document.decode(remark))
    return removed


def _renew(
    document: Document, pieces: Sequence[Piece], macros: Macros
) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """Give the entries that are there the bytes of their pieces."""
    entries: dict[str, BibEntry] = {}
    for entry in living_entries(document):
        entries.setdefault(entry.key, entry)
    renewed: list[str] = []
    expanded: dict[str, tuple[str, ...]] = {}
    brought: set[str] = set()
    wanted = {one.key: one for one in reversed(pieces)}
    for there in living_entries(document):
        one = wanted.get(there.key) if entries[there.key] is there else None
        if one is None:
            continue
        text, foreign = _fitting(document, one, there.start, macros)
        if _same(document, there, text):
            continue
        try:
            document.replace(there, text)
        except EditError:
            continue
        renewed.append(one.key)
        if foreign:
            expanded[one.key] = foreign
        for name in _undefined(document, one, there.start, macros):
            if name not in foreign and name not in brought:
                brought.add(name)
                document.put_above(there, macros[name].text)
    return renewed, expanded


def _same(document: Document, entry: BibEntry, text: str) -> bool:
    return entry.raw == in_file_style(document, text)


def _fitting(
    document: Document, piece: Piece, offset: int, macros: Macros
) -> tuple[str, tuple[str, ...]]:
    """The text of a piece for a place of the file, and the macros it could not keep."""
    foreign = []
    for name, value in piece.macros.items():
        there = document.macros.value(name, offset)
        if there is None and name in macros:
            there = macros[name].value
        if there is not None and there != value:
            foreign.append(name)
    return (without_macros(piece, foreign) if foreign else piece.text), tuple(foreign)


def _undefined(document: Document, piece: Piece, offset: int, macros: Macros) -> list[str]:
    """The macros that have to be defined above a piece, in their order."""
    return [
        name
        for name in macros
        if name in piece.macros and document.macros.value(name, offset) is None
    ]


def without_macros(piece: Piece, names: Collection[str]) -> str:
    """The piece with the text of some macros in the fields that use them."""
    definitions = "".join(
        f"@string{{{name} = {{{value}}}}}\n" for name, value in piece.macros.items()
    )
    document = Document.parse((definitions + piece.text).encode())
    entry = document.entries[0]
    raw, fields = entry.raw, dict(entry.fields)
    # All are looked at before one is set: the places hold for the bytes that were scanned.
    using = {
        place.name
        for place in entry.scan().fields
        for token in place.tokens
        if token.kind == "a" and document.decode(raw[token.start : token.end]).lower() in names
    }
    for name, value in fields.items():
        if name in using:
            entry.set(name, value)
    return entry.text


# --- what is new --------------------------------------------------------------------------------

_Blocks = dict[int | None, list[str]]
"""Texts to put at offsets of the file; None is its end."""


def _new_blocks(
    document: Document, pieces: Sequence[Piece], new: Sequence[Piece], macros: Macros
) -> tuple[_Blocks, _Blocks, dict[str, tuple[str, ...]]]:
    """New pieces and definitions of macros by where they go, and the macros that were expanded."""
    end = len(document.source.data) + 1
    places = _places(document, pieces, new)
    first = min((end if at is None else at for _, at in places), default=end)
    wanted = {name for one, _ in places for name in _undefined(document, one, first, macros)}
    definitions: _Blocks = {}
    if wanted:
        texts = dict.fromkeys(macros[name].text for name in macros if name in wanted)
        definitions[None if first == end else first] = list(texts)
    blocks: _Blocks = {}
    expanded: dict[str, tuple[str, ...]] = {}
    for one, at in places:
        text, foreign = _fitting(document, one, end if at is None else at, macros)
        if foreign:
            expanded[one.key] = foreign
        blocks.setdefault(at, []).append(text.strip("\r\n"))
    return blocks, definitions, expanded


def _places(
    document: Document, pieces: Sequence[Piece], new: Sequence[Piece]
) -> list[tuple[Piece, int | None]]:
    """Above which offset each new piece goes: that of the next piece that is there already."""
    offsets: dict[str, int] = {}
    for entry in living_entries(document):
        offsets.setdefault(entry.key, entry.start)
    folded = {key.lower(): at for key, at in offsets.items()}
    anchors: list[int | None] = []
    following: int | None = None
    for one in reversed(pieces):
        if one.key in offsets:
            following = offsets[one.key]
        else:
            anchors.append(following)
    places: list[tuple[Piece, int | None]] = []
    for one, anchor in zip(new, reversed(anchors), strict=True):
        at = anchor
        # BibTeX has to have seen who asks for a parent before the parent.
        parent = folded.get(one.parent.lower()) if one.parent else None
        if parent is not None and (at is None or parent < at):
            at = parent
        places.append((one, at))
    return places


def _spliced(
    document: Document,
    blocks: _Blocks,
    definitions: _Blocks,
    newline: str,
) -> bytes:
    data = document.source.data
    if not data.strip().removeprefix(b"\xef\xbb\xbf"):
        line = newline.encode()
    else:
        line = document.style.newline
    pieces: list[bytes] = []
    position = 0
    for at in sorted({one for one in (*blocks, *definitions) if one is not None}):
        pieces.append(data[position:at])
        pieces += _lines(document, blocks.get(at, ()), definitions.get(at, ()), line)
        position = at
    pieces.append(data[position:])
    last = _lines(document, blocks.get(None, ()), definitions.get(None, ()), line)
    if last:
        before = b"".join(pieces)
        if before.strip().removeprefix(b"\xef\xbb\xbf") and not before.endswith(
            (line * 2, b"\n\n")
        ):
            pieces.append(line if before.endswith((b"\n", b"\r")) else line * 2)
        last[-1] = last[-1].removesuffix(line)
        pieces += last
    return b"".join(pieces)


def _lines(
    document: Document, texts: Iterable[str], strings: Iterable[str], line: bytes
) -> list[bytes]:
    """The texts in the file's style, each followed by a blank line; macros one below the other."""
    found = [_styled(document, one, line) + line for one in strings]
    if found:
        found[-1] += line
    return found + [_styled(document, one, line) + line * 2 for one in texts]


def _styled(document: Document, text: str, line: bytes) -> bytes:
    own = document.style.newline
    raw = in_file_style(document, text)
    return raw if own == line else re.sub(re.escape(own), lambda _: line, raw)
