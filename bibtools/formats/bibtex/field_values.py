r"""The values of `Entry.fields` as LaTeX, and back: text, titles, pages, lists, lines.

What is written here reads back as it was; a value from elsewhere that is understood only in part
(a command nobody knows) says so.
"""

from __future__ import annotations

import re

from bibtools.formats.bibtex.fields import LINES, LISTS, TITLES, Dialect
from bibtools.formats.bibtex.tex_values import LONGEST, text_value
from bibtools.later import later
from bibtools.model.variables import PLAIN_FIELDS
from bibtools.text.latex_decode import plain
from bibtools.text.latex_encode import encode
from bibtools.text.latex_markup import (
    decode_lines,
    decode_markup,
    encode_lines,
    encode_markup,
    encode_plain_lines,
    without_nocase,
)
from bibtools.text.markup import CLOSING, OPENING, strip_markup
from bibtools.text.title_case import encode_title

_LATEX = later(r"[\\{}$~`<]|--|''")
_COMMAND = later(r"\\[A-Za-z]+")
_BLANKS = later(" {2,}")
_RANGE = later(r"(?<![{-])[ ~]*(?:-{1,3}|[\u2010-\u2015])[ ~]*(?![}-])")
_PLAIN_RANGE = later(r"[0-9A-Za-z., ]+(?:--?[0-9A-Za-z., ]+)?")
_HYPHEN_INSIDE = later(r"(?<=[^\s-])-(?=[^\s-])")
_LONE_HYPHEN = later(r"(?<![{-])-(?![-}])")
_DASH = later("[\u2013\u2014]")
_DASH_COMMANDS = {"\u2013": "\\textendash{}", "\u2014": "\\textemdash{}"}
# We protect words, and a letter alone only after a question or a call.
_ONLY_BRACES = later(r"[^\\{}$~`<]*(?:\{[^\\{}$~`<]*\}[^\\{}$~`<]*)*")
_GROUP = later(r"\{([^{}]*)\}")
# Dashes, quotes, and what `latex_encode` writes for straight ones.
_SPELT = later(r"--|''|\{['\"-]")
_NEVER_OURS = later(r'"nocase">[^<>]* |^[^?!]*"nocase">[A-Z]</span>[a-z]{2}')
_AND = later(r"[{}]|(?<=\s)and(?=\s)")


def understood(raw: str, value: str) -> bool:
    """Whether no command of the source is left in the value."""
    if "\\" not in value:
        return True
    return not any(command in raw for command in _COMMAND.findall(value))


def decode_text(variable: str, raw: str) -> tuple[str, bool]:
    """The value of a variable, and whether the LaTeX is understood whole; "" for nothing."""
    if variable == "page":
        return _decode_pages(raw)
    if not _LATEX.search(raw):
        return raw.strip(), True
    if variable in PLAIN_FIELDS:
        value = plain(raw)
    elif variable == "abstract":
        value = decode_lines(raw, markup=False)
    elif variable in LINES:
        value = decode_lines(raw)
    else:
        value = decode_markup(raw, nocase=variable in TITLES).rich
        if "nocase" in value:
            value = _without_our_braces(value)
    value = _BLANKS.sub(" ", value).strip()
    return value, understood(raw, value)


_BETWEEN = later(r"([,;]\s*)")
_COMMAND_BETWEEN = later(r"\\[,;]")


def encode_text(variable: str, value: str, dialect: Dialect, *, exact: bool) -> str:
    """LaTeX that prints the value of a variable; a very long one without markup, and cut."""
    written = _encode_text(variable, value, dialect, exact=exact)
    if len(written) <= LONGEST:
        return written
    return text_value(strip_markup(value), dialect, exact=exact)


def _encode_text(variable: str, value: str, dialect: Dialect, *, exact: bool) -> str:
    if variable == "page":
        return _encode_pages(value, dialect, exact=exact)
    if variable in PLAIN_FIELDS:
        return text_value(value, dialect, exact=exact)
    ascii_only = dialect == "bibtex"
    if variable in LINES:
        return encode_lines(value, ascii_only=ascii_only, exact=exact).strip()
    if variable == "abstract":
        return encode_plain_lines(value, ascii_only=ascii_only, exact=exact).strip()
    if variable in TITLES:
        return encode_rich_title(value, dialect, exact=exact)
    if variable == "keyword" and _COMMAND_BETWEEN.search(value):
        # A word that ends in a backslash, and the comma behind it, are no space of TeX's.
        words = _BETWEEN.split(value)
        return "".join(
            word
            if _BETWEEN.fullmatch(word)
            else encode_markup(word, ascii_only=ascii_only, exact=exact)
            for word in words
        ).strip()
    written = encode_markup(value, ascii_only=ascii_only, exact=exact).strip()
    if variable in LISTS and " and " in written:
        # A list with one element.
        written = re.sub(r"(?<=\s)and(?=\s)", "{and}", written)
    return written


def encode_rich_title(rich: str, dialect: Dialect, *, exact: bool) -> str:
    """A title: with the capitals protected that its markup says, else those that need it."""
    ascii_only = dialect == "bibtex"
    if "nocase" in rich and without_nocase(rich) != rich:
        return encode_markup(rich, ascii_only=ascii_only, exact=exact).strip()

    def protected(text: str) -> str:
        return encode_title(text, ascii_only=ascii_only, longest=LONGEST, exact=exact)

    return encode_markup(rich, text=protected).strip()


def decode_title(raw: str) -> tuple[str, str | None, bool]:
    """A title without markup, with markup if it has any, and whether it is understood whole."""
    if not _LATEX.search(raw):
        return raw.strip(), None, True
    bare = raw.replace("{{", "{").replace("}}", "}")
    if _ONLY_BRACES.fullmatch(bare) and not _SPELT.search(bare):
        text = _BLANKS.sub(" ", bare.replace("{", "").replace("}", "")).strip()
        rich = _BLANKS.sub(" ", _GROUP.sub(_protected_group, bare)).strip()
        if rich == text:
            return text, None, True
        if not _NEVER_OURS.search(rich) and _title_of_ours(text) == bare:
            return text, None, True
        return text, rich, True
    found = decode_markup(raw, nocase=True)
    text = _BLANKS.sub(" ", found.text).strip()
    styled: str | None = None
    if found.styled:
        styled = _BLANKS.sub(" ", found.rich).strip()
        if "nocase" in styled:
            styled = _without_our_braces(styled)
        if styled == text or strip_markup(styled) != text:
            styled = None
    return text, styled, understood(raw, text)


def _protected_group(match: re.Match[str]) -> str:
    inside = match[1]
    if not any(char.isalpha() for char in inside):
        return inside
    # Blanks go outside: the ends of a title are stripped.
    core = inside.strip(" ")
    before, after = inside.split(core, 1)
    return before + OPENING["nocase"] + core + CLOSING["nocase"] + after


def _title_of_ours(text: str) -> str:
    return encode_title(text, longest=LONGEST, exact=True).strip()


def _without_our_braces(rich: str) -> str:
    """The title without the protection that we add to every title on writing."""
    if _NEVER_OURS.search(rich):
        return rich
    bare = without_nocase(rich)
    if bare == rich:
        return rich
    ours = decode_markup(encode_rich_title(bare, "biblatex", exact=True), nocase=True).rich
    return bare if ours == rich else rich


def split_literals(raw: str) -> str:
    """A literal list of biblatex with its parts separated by a semicolon."""
    if " and " not in raw:
        return raw
    depth = start = 0
    parts: list[str] = []
    for match in _AND.finditer(raw):
        if match[0] == "and":
            if depth == 0:
                parts.append(raw[start : match.start()].strip())
                start = match.end()
        else:
            depth += 1 if match[0] == "{" else -1
    parts.append(raw[start:].strip())
    return "; ".join(part for part in parts if part)


def _decode_pages(raw: str) -> tuple[str, bool]:
    """Pages with one hyphen between first and last, whatever the source has there."""
    if _PLAIN_RANGE.fullmatch(raw):
        return re.sub(" *--? *", "-", raw).strip(), True
    value = _BLANKS.sub(" ", plain(_RANGE.sub("-", raw))).replace("\u00a0", " ").strip()
    # "11-1--11-5": the two kinds of dashes say different things.
    mixed = "--" in raw and re.search(r"(?<![{-])-(?![-}])", raw) is not None
    return value, understood(raw, value) and not mixed


def _encode_pages(value: str, dialect: Dialect, *, exact: bool) -> str:
    pieces = []
    for part in _HYPHEN_INSIDE.split(value):
        dashed: list[str] = []
        position = 0
        for match in _DASH.finditer(part):
            dashed += [part[position : match.start()], _DASH_COMMANDS[match[0]]]
            position = match.end()
        dashed.append(part[position:])
        for number in range(0, len(dashed), 2):
            text = encode(dashed[number], ascii_only=dialect == "bibtex", exact=exact)
            dashed[number] = _LONE_HYPHEN.sub("{-}", text)
        pieces.append("".join(dashed))
    return "--".join(pieces).strip()
