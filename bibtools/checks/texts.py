"""Text that LaTeX typesets: leftovers of web pages, special characters, capitals."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from bibtools.checks.findings import Finding
from bibtools.checks.views import MOST, EntryView, Piece, fix_of, shown

TYPESET: Final = (
    "title booktitle journal journaltitle subtitle booksubtitle shorttitle maintitle issuetitle "
    "author editor translator publisher series school institution organization address location "
    "note addendum howpublished edition type venue eventtitle chapter volume number"
).split()
"""Fields that the standard styles print as text."""
_HTML_FIELDS: Final = (*TYPESET, "abstract", "annote", "annotation", "keywords")

_ENTITY = re.compile(r"\\?&(?:amp;)?(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_TAG = re.compile(
    r"</?(?:(?:jats|mml):[A-Za-z]+|i|b|u|em|strong|sub|sup|scp|sc|tt|p|br|span|div|a|title|italic"
    r"|bold|inline-formula|tex-math|math|mrow|mi|mo|mn|msub|msup)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LATEX_OF_ENTITY: Final = {
    "&": r"\&",
    "<": "$<$",
    ">": "$>$",
    '"': "''",
    "'": "'",
    "\N{NO-BREAK SPACE}": "~",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
    "\N{LEFT DOUBLE QUOTATION MARK}": "``",
    "\N{RIGHT DOUBLE QUOTATION MARK}": "''",
    "\N{LEFT SINGLE QUOTATION MARK}": "`",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
}
_COMMAND_OF_TAG: Final = {
    "i": r"\emph",
    "em": r"\emph",
    "b": r"\textbf",
    "strong": r"\textbf",
    "sub": r"\textsubscript",
    "sup": r"\textsuperscript",
    "scp": r"\textsc",
}


def check_html(view: EntryView) -> Iterator[Finding]:
    """Entities and tags that publishers leave in their metadata."""
    for name in _HTML_FIELDS:
        value = view.fields.get(name, "")
        if ("&" not in value or ";" not in value) and "<" not in value:
            continue
        for piece in view.pieces(name):
            yield from islice(_entities(view, name, piece), MOST)
            yield from islice(_tags(view, name, piece), MOST)


def _entities(view: EntryView, name: str, piece: Piece) -> Iterator[Finding]:
    masked = _masked(piece.text)
    for match in _ENTITY.finditer(piece.text):
        char = html.unescape(f"&{match[1]};")
        readable = len(char) == 1 and (char.isprintable() or char.isspace())
        if not readable or masked[match.start()] == "\x00":
            continue
        new = _LATEX_OF_ENTITY.get(char)
        if new is None and char.isalpha() and ord(char) > 127:
            new = char
        in_quotes = view.document.source.data[piece.start - 1 : piece.start] == b'"'
        if new is not None and '"' in new and in_quotes:
            new = None
        edit = None if new is None else view.edit(piece, match.start(), match.end(), new)
        yield view.at_piece(
            piece,
            match.start(),
            "html",
            "warning",
            f'"{match[0]}" in "{name}" is HTML; LaTeX does not know it.',
            f'Write "{new}".' if new else f'It stands for "{char}".',
            fix_of(f'write "{new}"', [edit]) if edit else None,
        )


def _tags(view: EntryView, name: str, piece: Piece) -> Iterator[Finding]:
    tags = list(_TAG.finditer(piece.text))
    number = 0
    while number < len(tags):
        tag = tags[number]
        following = tags[number + 1] if number + 1 < len(tags) else None
        fix = None
        word = tag[0].strip("<>/ ").lower()
        command = _COMMAND_OF_TAG.get(word)
        if command and following and following[0].lower() == f"</{word}>" and tag[0][1] != "/":
            inside = piece.text[tag.end() : following.start()]
            if _is_balanced(inside) and "\\" not in inside and "$" not in inside:
                fix = fix_of(
                    f'write "{command}{{{inside}}}"',
                    [
                        view.edit(piece, tag.start(), tag.end(), command + "{"),
                        view.edit(piece, following.start(), following.end(), "}"),
                    ],
                )
        yield view.at_piece(
            piece,
            tag.start(),
            "html",
            "warning",
            f'"{shown(tag[0], 30)}" in "{name}" is markup of a web page; LaTeX prints it as it is.',
            f'Write "{command}{{...}}".' if command else "Take it out.",
            fix,
        )
        number += 2 if fix else 1


def _is_balanced(text: str) -> bool:
    depth = 0
    for mark in text:
        depth += (mark == "{") - (mark == "}")
        if depth < 0:
            return False
    return depth == 0


# Special characters

_VERBATIM = re.compile(
    r"\\(?:url|nolinkurl|path|href|doi|verb|texttt\s*\{\s*\\detokenize|detokenize|includegraphics"
    r"|label|ref|cite[a-z]*|bibinfo|eprint|htmladdnormallink)\*?\s*(?:\[[^\]]*\])?\{[^{}]*\}"
)
_MATH = re.compile(
    r"\$\$?(?:[^$\\]|\\.)*\$\$?|\\\((?:[^\\]|\\[^)])*\\\)|\\\[(?:[^\\]|\\[^\]])*\\\]"
    r"|\\ensuremath\s*\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}",
    re.DOTALL,
)
_ADDRESS = re.compile(r"https?://[^\s{}]+")
_SPECIAL = re.compile(r"(?<!\\)((?:\\\\)*)([&%#_])")
_DOLLAR = re.compile(r"(?<!\\)(?:\\\\)*\$")
_MEANING: Final = {
    "&": "LaTeX takes it for the end of a column",
    "%": "LaTeX takes it for the start of a comment and drops the rest of the line",
    "#": "LaTeX takes it for a parameter",
    "_": "LaTeX takes it for a subscript and stops",
}


def _masked(text: str) -> str:
    r"""The text with what LaTeX reads verbatim or as a formula made `\x00`, same length."""

    def blank(match: re.Match[str]) -> str:
        return "\x00" * len(match[0])

    return _MATH.sub(blank, _VERBATIM.sub(blank, text))


def check_specials(view: EntryView) -> Iterator[Finding]:
    """`& % # _` without a backslash, and a `$` without a partner."""
    for name in TYPESET:
        value = view.fields.get(name, "")
        if not re.search(r"[&%#_$]", value):
            continue
        for piece in view.pieces(name):
            yield from islice(_specials(view, name, piece), MOST)


def _specials(view: EntryView, name: str, piece: Piece) -> Iterator[Finding]:
    plain = _VERBATIM.sub(lambda match: "\x00" * len(match[0]), piece.text)
    if len(_DOLLAR.findall(plain)) % 2:
        if piece.whole:
            index = next(match.end() - 1 for match in _DOLLAR.finditer(plain))
            yield view.at_piece(
                piece,
                index,
                "special",
                "error",
                f'A "$" in "{name}" opens a formula that is never closed.',
                r'Write "\$" for a dollar sign.',
            )
        return
    masked = _masked(piece.text)
    for pattern in (_ENTITY, _ADDRESS):
        masked = pattern.sub(lambda match: "\x00" * len(match[0]), masked)
    addresses = [match.span() for match in _ADDRESS.finditer(piece.text)]
    for match in _SPECIAL.finditer(masked):
        index = match.start(2)
        if any(start <= index < end for start, end in addresses):
            continue
        mark = match[2]
        edit = view.edit(piece, index, index + 1, "\\" + mark)
        yield view.at_piece(
            piece,
            index,
            "special",
            "error",
            f'"{mark}" in "{name}" has no backslash before it: {_MEANING[mark]}.',
            f'Write "\\{mark}".',
            fix_of(f'write "\\{mark}"', [edit]),
        )


# Capitals

_TITLES: Final = ("title",)
_WORD = re.compile(r"[^\W\d_](?:[^\W_]|['’](?=[^\W\d_]))*")
_NO_TITLE_CASE: Final = frozenset(["book", "collection", "proceedings", "mvbook", "mvcollection"])


def check_capitals(view: EntryView) -> Iterator[Finding]:
    """Capitals inside a word of a title, which most styles make small."""
    if view.entry.type in _NO_TITLE_CASE:
        # The standard styles print the titles of books as they are written.
        return
    for name in _TITLES:
        for piece in view.pieces(name):
            words = list(_open_words(piece.text))
            capital = sum(word.isupper() and len(word) > 1 for _, word in words)
            if capital * 2 > len(words) and len(words) > 2:
                continue  # All of it is shouted: braces would keep it so.
            deliberate = [(index, word) for index, word in words if _is_deliberate(word)]
            for index, word in deliberate[:MOST]:
                edit = view.edit(piece, index, index + len(word), f"{{{word}}}")
                yield view.at_piece(
                    piece,
                    index,
                    "capitals",
                    "note",
                    f'"{word}" in "{name}" stands outside of braces: most styles make it small.',
                    f'Write "{{{word}}}".',
                    fix_of(f'write "{{{word}}}"', [edit]),
                )


def _is_deliberate(word: str) -> bool:
    """Whether small letters would spoil it: `GPU`, `SimCSE`, `mRNA`, not `Title` or `A`."""
    return any(mark.isupper() for mark in word[1:])


def _open_words(text: str) -> Iterator[tuple[int, str]]:
    """The words outside of braces, formulas and commands, with their places."""
    shadow = list(_MATH.sub(lambda match: " " * len(match[0]), text))
    depth = 0
    for index, mark in enumerate(shadow):
        inside = depth > 0
        depth += (mark == "{") - (mark == "}")
        if inside or depth > 0:
            # A letter keeps its word whole: `{\"u}ber` and `{LSTM}s` are one.
            shadow[index] = "\x00"
    open_text = re.sub(r"\\(?:[A-Za-z]+|.)", lambda m: "\x00" * len(m[0]), "".join(shadow))
    for match in _WORD.finditer(open_text):
        around = open_text[max(match.start() - 1, 0) : match.start()] + open_text[match.end() :][:1]
        if "\x00" not in around:
            yield match.start(), match[0]
