"""Finding the blocks of a file: one pass in long strides, the careful reader where it is odd."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bibtools.formats.bibtex.blocks import (
    BibEntry,
    Block,
    Comment,
    Preamble,
    StringDefinition,
)
from bibtools.formats.bibtex.grammar import HEAD
from bibtools.formats.bibtex.scanner import scan_block
from bibtools.formats.bibtex.scans import Scan

if TYPE_CHECKING:
    from bibtools.formats.bibtex.document import Document

_COMMANDS = {"string": StringDefinition, "preamble": Preamble}


def locate(document: Document, start: int, stop: int, *, inside_comment: bool) -> list[Block]:  # noqa: C901 - the hot loop
    """The blocks between two offsets, in order, without the free text between them."""
    source = document.source
    data = source.data
    count, encoding = data.count, document.encoding
    types: dict[bytes, str] = {}
    blocks: list[Block] = []
    add = blocks.append
    position = start
    heads = HEAD.finditer(data, start, stop)
    following = next(heads, None)
    while following is not None:
        match, following = following, next(heads, None)
        at = match.start()
        if at < position:
            continue
        after = stop if following is None else following.start()
        word, delimiter, key = match.group(1, 2, 3)
        kind = types.get(word)
        if kind is None:
            kind = types[word] = str(word, encoding).lower()
        if kind == "comment":
            if not inside_comment:
                comment = _comment(document, at, match.start(2), after, stop)
                add(comment)
                position = comment.end
            continue
        if delimiter == b"{":
            # As many opening as closing braces up to the last one: most likely one block. When
            # it is not, the quick reader of fields notices and the careful one is asked.
            close = data.rfind(b"}", at, after)
            if close > 0 and count(b"{", at, close) == count(b"}", at, close) + 1:
                inner = data.rfind(b"{", at, close)
                if inner > match.start(2) and count(b"}", inner, close) == 0:
                    # The last "}" closes braces that stand behind the block.
                    close = -1
            else:
                close = -1
            if close > 0:
                command = _COMMANDS.get(kind)
                if command is not None:
                    add(command(document, at, close + 1))
                    position = close + 1
                    continue
                if key is not None and (body := match.end(3)) <= close:
                    position = close + 1
                    add(
                        BibEntry(
                            document,
                            at,
                            position,
                            kind,
                            str(key, encoding),
                            body,
                            close,
                            True,
                            inside_comment,
                        )
                    )
                    continue
        scan = scan_block(source, at, stop)
        if scan is None:
            continue
        add(block_of(document, scan, inside_comment=inside_comment))
        position = scan.end
    return blocks


def block_of(document: Document, scan: Scan, *, inside_comment: bool) -> Block:
    """The block that the careful reader found."""
    command = _COMMANDS.get(scan.kind)
    if command is not None:
        return command(document, scan.start, scan.end)
    key = document.decode(document.source.data[scan.key_start : scan.key_end])
    return BibEntry(
        document,
        scan.start,
        scan.end,
        scan.kind,
        key,
        scan.key_end,
        scan.close,
        scan.strict,
        inside_comment,
    )


def _comment(document: Document, at: int, opening: int, after: int, stop: int) -> Comment:
    """The comment at `at`: up to its closing brace, else what its line holds before `after`."""
    source = document.source
    data = source.data
    end = -1
    if data[opening : opening + 1] == b"{":
        end = source.brace_end(opening, stop)
    if end < 0:
        places = (data.find(mark, opening, after) for mark in (b"\n", b"\r"))
        return Comment(document, at, min((p for p in places if p >= 0), default=after))
    comment = Comment(document, at, end)
    if end > after:
        comment.entries = locate(document, opening + 1, end, inside_comment=True)
    return comment
