"""The values of fields as BibTeX sees them: macros expanded, parts joined, blanks made one.

The quick way is one regular expression over a whole entry. What it does not match goes to the
careful reader in `scanner`.
"""

from __future__ import annotations

from collections.abc import Callable

from bibtools.formats.bibtex.macros import MacroTable
from bibtools.formats.bibtex.scans import Scan, Token
from bibtools.later import later

_W = r"[ \t\r\n]*+"
# The engine tests a set of at least three runs of characters below U+0100 with one look into a
# table, twice as fast as "neither of these two": so the sets name what may stand there, and
# other characters come in by the side entrance. NUL is left out because it joins the values
# below, form feed and vertical tab because `split` takes them for blanks and BibTeX does not.
_PLAIN, _OTHERS = r"[\x01-\n\r-z|~-\xff]*+", r"[^\x00-\xff]++"
_BALANCED = _PLAIN
for _ in range(4):
    _BALANCED = rf"{_PLAIN}(?:(?:\{{{_BALANCED}\}}|{_OTHERS}){_PLAIN})*+"
_UNQUOTED = r"[\x01-\n\r-!#-z|~-\xff]*+"
_QUOTED = rf"{_UNQUOTED}(?:(?:\{{{_BALANCED}\}}|{_OTHERS}){_UNQUOTED})*+"
_ID = r"[!$&*+\-./0-9:;<>?@A-Z[\\\]^_`a-z|~]"
_NAME = rf"{_ID.replace('0-9', '')}{_ID}*+"
"""ASCII only: the careful reader takes what is rarer."""
_TAIL = rf"(?:,{_W}|{_W}(?:,{_W}|\Z))"
_PART = rf'(?:\{{{_BALANCED}\}}|"{_QUOTED}"|[0-9]++|{_NAME})'
_JOINED = rf"{_PART}(?:{_W}#{_W}{_PART})*+"
_FIELD = later(
    rf"({_NAME}){_W}={_W}(?:\{{({_BALANCED})\}}|(\"{_QUOTED}\"|[0-9]++)|({_JOINED})){_TAIL}"
    r"|[^, \t\r\n](?s:.*)"
)
"""name, then one of: braced | quoted or number | macros or joined parts. What is not understood
matches without a name, to the end."""
_GROUPS = 5
"""What `_FIELD.split` gives for one field: the text before it and four groups."""
_DEFINITION = later(
    rf"@{_W}[A-Za-z]++{_W}\{{{_W}({_NAME}){_W}={_W}"
    rf"(?:\{{({_BALANCED})\}}|\"({_QUOTED})\"){_W},?{_W}\}}"
)
"""An @string of one name and one text."""
_WHOLE = later(rf"{_W}(?:,{_W}{_NAME}{_W}={_W}{_JOINED}{_W})*+,?{_W}")
_BREAK = later(r"\n[ \t\r\n]*+")
_PARTS = later(rf'\{{({_BALANCED})\}}|"({_QUOTED})"|({_ID}++)')
_BLANKS = later(r"[ \t\r\n]+")
_BLANK_CHARACTERS = " \t\r\n"
_MOST_SHAPES = 4096

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


class QuickReader:
    """Reads the entries of one file that are written as most are."""

    __slots__ = ("_macros", "_shapes")

    def __init__(self, macros: MacroTable) -> None:
        self._macros = macros
        self._shapes: dict[str, tuple[str, ...]] = {}
        """Field names as they stand in an entry to lower case; none when one comes twice.
        A file has few such rows of names, so most entries share them."""

    def fields(self, body: str, offset: int) -> dict[str, str] | None:
        """The fields of an entry's text after the key; None when it is unusual.

        `offset` is the entry's place in the file, from which its macros are looked up.
        """
        parts = _FIELD.split(body)
        values = parts[2::_GROUPS]
        try:
            shape = ",".join(parts[1::_GROUPS])
        except TypeError:
            return None  # what is not understood has no name
        names = self._shapes.get(shape)
        if names is None:
            names = self._learn(shape)
        if len(names) != len(values):
            # Of two fields with one name the first counts: the careful reader sees to it.
            return None if values else {}
        if None in values:
            values = [
                braced
                if braced is not None
                else plain.strip('"')
                if plain is not None
                else self._joined(joined, offset)
                for braced, plain, joined in zip(
                    values, parts[3::_GROUPS], parts[4::_GROUPS], strict=True
                )
            ]
        # All values are looked at together, which is faster than one by one; between blanks, so
        # that a blank at an end of a value makes two in a row.
        text = " \0 ".join(values)
        if "\n" in text:
            text = " ".join(_BREAK.split(text))
            values = text.split(" \0 ")
        if "  " in text or "\t" in text or "\r" in text or text[:1] == " " or text[-1:] == " ":
            text = b" ".join(text.encode().split()).decode()
            values = [value.strip(" ") for value in text.split("\0")]
        return dict(zip(names, values, strict=False))

    def _learn(self, shape: str) -> tuple[str, ...]:
        names = tuple(shape.lower().split(","))
        if not shape or len(set(names)) != len(names):
            names = ()
        if len(self._shapes) >= _MOST_SHAPES:
            self._shapes.clear()
        self._shapes[shape] = names
        return names

    def _joined(self, joined: str, offset: int) -> str:
        """The value of a macro or of parts joined with `#`."""
        value = self._macros.value(joined, offset)
        if value is None:
            value = _join(joined, lambda name: self._macros.value(name, offset) or "")
        return value


def survey(body: str) -> tuple[list[str], list[str]] | None:
    """Field names and macro names of an entry that BibTeX accepts, else None."""
    if _WHOLE.fullmatch(body) is None:
        return None
    names, macros = [], []
    for name, _, _, joined in _FIELD.findall(body):
        names.append(name.lower())
        if joined:
            macros += [
                bare for _, _, bare in _PARTS.findall(joined) if bare and not bare[0].isdecimal()
            ]
    return names, macros


def quick_definition(text: str) -> tuple[str, str] | None:
    """Name in lower case and value of an @string that is written as most are, else None."""
    match = _DEFINITION.fullmatch(text)
    if match is None:
        return None
    return match[1].lower(), one_space(match[2] or match[3] or "")


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
