"""The values of fields as BibTeX sees them: macros expanded, parts joined, blanks made one.

The quick way is one regular expression over a whole entry. What it does not match goes to the
careful reader in `scanner`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bibtools.formats.bibtex.grammar import BALANCED, IDENTIFIER, QUOTED_TEXT
from bibtools.formats.bibtex.macros import MacroTable
from bibtools.formats.bibtex.scans import Scan, Token

_BALANCED, _QUOTED = BALANCED.decode(), QUOTED_TEXT.decode()
_ID = IDENTIFIER.decode()
_NAME = rf"{_ID[:-1]}0-9]{_ID}*+"
_W = r"[ \t\r\n]*+"
_TAIL = rf"{_W}(?:,{_W}|\Z)"
_PART = rf'(?:\{{{_BALANCED}\}}|"{_QUOTED}"|[0-9]++|{_NAME})'
_JOINED = rf"{_PART}(?:{_W}#{_W}{_PART})*+"
_FIELD = re.compile(
    rf"({_NAME}){_W}={_W}(?:\{{({_BALANCED})\}}|(\"{_QUOTED}\"|[0-9]++)){_TAIL}"
    rf"|({_NAME}{_W}={_W}{_JOINED}){_TAIL}"
    r"|[^, \t\r\n](?s:.*)"
)
"""name, braced, quoted or number | field with macros or joined parts | what is not understood."""
_WHOLE = re.compile(rf"{_W}(?:,{_W}{_NAME}{_W}={_W}{_JOINED}{_W})*+,?{_W}")
_PARTS = re.compile(rf'\{{({_BALANCED})\}}|"({_QUOTED})"|({_ID}++)')
_BLANKS = re.compile(r"[ \t\r\n]+")
_BLANK_CHARACTERS = " \t\r\n"

LONGEST = 1_000_000
"""Characters to which macros may make a value grow."""

Resolve = Callable[[str], str]
"""From a macro's name to its value."""


def one_space(value: str) -> str:
    """The value with every run of blanks made one space."""
    if "\x0b" in value or "\x0c" in value:
        # `split` takes these for blanks; BibTeX does not.
        return _BLANKS.sub(" ", value)
    squeezed = b" ".join(value.encode().split()).decode()
    if value[:1] in _BLANK_CHARACTERS:
        squeezed = " " + squeezed
    return squeezed + " " if value[-1:] in _BLANK_CHARACTERS else squeezed


def quick_fields(body: str, macros: MacroTable, offset: int) -> dict[str, str] | None:
    """The fields of an entry's text after the key; None when it is unusual.

    `offset` is the entry's place in the file, from which its macros are looked up. The text
    must not hold form feeds or vertical tabs: `split` takes them for blanks, BibTeX does not.
    """
    rows = _FIELD.findall(body)
    fields = {
        name.lower(): (
            value.strip(" ")
            if "\n" not in (value := braced or other.strip('"'))
            and "  " not in value
            and "\t" not in value
            else b" ".join(value.encode().split()).decode()
        )
        for name, braced, other, _ in rows
    }
    if "" not in fields:
        # Of two fields with one name the first counts: the careful reader sees to it.
        return fields if len(fields) == len(rows) else None
    found: dict[str, str] = {}
    for name, _, _, odd in rows:
        if name:
            lower = name.lower()
            found[lower] = fields[lower]
        elif odd:
            lower, _, joined = odd.partition("=")
            lower = lower.rstrip(_BLANK_CHARACTERS).lower()
            joined = joined.strip(_BLANK_CHARACTERS)
            value = macros.value(joined, offset)
            if value is None:
                value = _join(joined, lambda name: macros.value(name, offset) or "")
            found[lower] = value.strip(" ")
        else:
            return None
    return found if len(found) == len(rows) else None


def survey(body: str) -> tuple[list[str], list[str]] | None:
    """Field names and macro names of an entry that BibTeX accepts, else None."""
    if _WHOLE.fullmatch(body) is None:
        return None
    names, macros = [], []
    for name, _, _, odd in _FIELD.findall(body):
        if odd:
            other, _, joined = odd.partition("=")
            names.append(other.rstrip(_BLANK_CHARACTERS).lower())
            macros += [
                bare for _, _, bare in _PARTS.findall(joined) if bare and not bare[0].isdecimal()
            ]
        else:
            names.append(name.lower())
    return names, macros


def _join(joined: str, resolve: Resolve) -> str:
    text = ""
    for braced, quoted, bare in _PARTS.findall(joined):
        if bare:
            text += bare if bare.isdecimal() and bare.isascii() else _room(text, resolve(bare))
        else:
            text += braced or quoted
    # Blanks are squeezed across the seams too (bibtex.web, "Copy the macro string").
    return one_space(text)


def _room(text: str, value: str) -> str:
    """A macro's value, or nothing where the text would grow beyond all use.

    Ten lines of `@string{s = s # s}` make a thousandfold of a text, forty fill any memory.
    """
    return value if len(text) + len(value) <= LONGEST else ""


def join_tokens(
    tokens: tuple[Token, ...], text: Callable[[int, int], str], resolve: Resolve, *, whole: bool
) -> str:
    """The value of tokens that the careful reader found, with blanks squeezed, not stripped."""
    value = ""
    for number, token in enumerate(tokens, 1):
        if token.kind == "0":
            value += text(token.start, token.end)
        elif token.kind == "a":
            value += _room(value, resolve(text(token.start, token.end)))
        else:
            cut = 0 if not whole and number == len(tokens) else 1
            value += text(token.start + 1, token.end - cut)
    return one_space(value)


def careful_fields(scan: Scan, text: Callable[[int, int], str], resolve: Resolve) -> dict[str, str]:
    """The fields the careful reader found; of two with one name the first, as in BibTeX."""
    fields: dict[str, str] = {}
    for place in scan.fields:
        if place.name not in fields:
            value = join_tokens(place.tokens, text, resolve, whole=place.whole)
            fields[place.name] = value.strip(" ")
    return fields
