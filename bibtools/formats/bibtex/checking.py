"""What is wrong with a .bib file, as notices with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bibtools.formats.bibtex.blocks import (
    BibEntry,
    Block,
    Comment,
    FreeText,
    Preamble,
    StringDefinition,
)
from bibtools.formats.bibtex.scans import FieldPlace, Scan
from bibtools.formats.bibtex.values import survey
from bibtools.model import Notice

if TYPE_CHECKING:
    from bibtools.formats.bibtex.document import Document

_AT_WORD = re.compile(rb"@[^\x00-\x20\"#%'(),={}]*")


def find_notices(document: Document) -> Iterator[Notice]:
    """All notices of a document, in file order."""
    if document.encoding == "latin-1":
        yield _not_utf8(document)
    first: dict[str, BibEntry] = {}
    for block in document.blocks:
        if isinstance(block, FreeText):
            yield from _text_notices(document, block)
            continue
        if isinstance(block, Comment):
            yield from _comment_notices(document, block)
            inner: list[Block] = block.entries
        else:
            inner = [block]
        for part in inner:
            if isinstance(part, BibEntry):
                yield from _entry_notices(document, part)
                if not part.inside_comment:
                    yield from _key_notices(document, part, first)
            elif isinstance(part, StringDefinition | Preamble):
                scan = part.scan()
                yield from _scan_notices(document, scan, 0, part.start)


def _notice(
    document: Document, offset: int, rule: str, message: str, hint: str | None = None
) -> Notice:
    line, column = document.place_of(offset)
    return Notice(message, document.file, line, column, rule, hint)


def _not_utf8(document: Document) -> Notice:
    try:
        document.source.data.decode()
        offset = 0
    except UnicodeDecodeError as error:
        offset = error.start
    return _notice(
        document,
        offset,
        "bibtex.not-utf8",
        "This byte is not UTF-8: the whole file is read as latin-1.",
    )


def _entry_notices(document: Document, entry: BibEntry) -> Iterator[Notice]:
    if entry.inside_comment:
        yield _notice(
            document,
            entry.start,
            "bibtex.inside-comment",
            f'The entry "{entry.key}" stands inside @comment: bibtex reads it, biber does not, '
            "and it is left alone here.",
        )
    if entry.regular and _is_sound(document, entry):
        return
    yield from _scan_notices(document, document.scan(entry.start, entry.end), 0, entry.start)


def _is_sound(document: Document, entry: BibEntry) -> bool:
    """True when BibTeX accepts the entry, no field comes twice and every macro is known."""
    body = document.source.data[entry.body : entry.close].decode(document.encoding)
    found = survey(body)
    if found is None:
        return False
    names, used = found
    known = document.macros
    return len(set(names)) == len(names) and all(
        known.value(name, entry.start) is not None for name in used
    )


def _scan_notices(document: Document, scan: Scan, shift: int, at: int) -> Iterator[Notice]:
    problems = [
        (problem.offset, problem.rule, problem.message, problem.hint) for problem in scan.problems
    ]
    for place in scan.fields:
        problems += _macro_problems(document, place, at)
    for offset, rule, message, hint in sorted(problems, key=lambda problem: problem[0]):
        yield _notice(document, offset + shift, rule, message, hint)


def _macro_problems(
    document: Document, place: FieldPlace, at: int
) -> Iterator[tuple[int, str, str, str | None]]:
    for token in place.tokens:
        if token.kind != "a":
            continue
        name = document.decode(document.source.data[token.start : token.end])
        if document.macros.value(name, at) is None:
            yield (
                token.start,
                "bibtex.undefined-macro",
                f'The macro "{name}" is not defined before this place; bibtex takes it as empty.',
                f'Write @string{{{name} = "..."}} further up, or put the text in braces.',
            )


def _key_notices(
    document: Document, entry: BibEntry, first: dict[str, BibEntry]
) -> Iterator[Notice]:
    folded = entry.key.lower()
    if not folded:
        return
    earlier = first.setdefault(folded, entry)
    if earlier is not entry:
        written = "" if earlier.key == entry.key else f' (there "{earlier.key}")'
        yield _notice(
            document,
            document.scan(entry.start, entry.end).key_start,
            "bibtex.duplicate-key",
            f'The key "{entry.key}" is already used in line {earlier.line}{written}; '
            "bibtex takes the first entry.",
        )


def _comment_notices(document: Document, comment: Comment) -> Iterator[Notice]:
    raw = comment.raw
    if b"{" in raw and not raw.endswith(b"}"):
        yield _notice(
            document,
            comment.start + raw.index(b"{"),
            "bibtex.unclosed-comment",
            "The brace that opens this @comment is never closed: only its line is taken for "
            "the comment.",
        )


def _text_notices(document: Document, block: FreeText) -> Iterator[Notice]:
    data = document.source.data[block.start : block.end]
    if data.isspace():
        return
    after = data.lstrip()
    if block.start and after[:1] in (b"}", b","):
        # The entry before ended at a brace too early: bibtex ignores what follows.
        yield _notice(
            document,
            block.end - len(after),
            "bibtex.stray-text",
            "This text stands after the brace that closed the entry: bibtex ignores it.",
            'Take out the "}" that closes the entry too early.',
        )
    if b"@" in data:
        for match in _AT_WORD.finditer(data):
            word = document.source.text(block.start + match.start(), block.start + match.end())
            yield _notice(
                document,
                block.start + match.start(),
                "bibtex.stray-at",
                f'"{word}" outside of an entry starts none: bibtex complains about it.',
            )
