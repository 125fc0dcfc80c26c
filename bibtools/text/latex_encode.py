r"""Plain text -> LaTeX that prints the same text, and that can do nothing but print.

The text comes from pages we do not know. It may carry TeX left over from its source
(`Fr\\'echet`, `26\\%`, `$\\approx 3$`, ``` ``quoted'' ```), and it may be hostile
(`\\input{/etc/passwd}`). So nothing is passed through: the text is taken apart, the few harmless
pieces of TeX that we know are understood, and everything is written anew from the tables of
`latex_symbols` and `latex_math`. Every other backslash is printed as a backslash.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from bibtools.later import later
from bibtools.text import latex_math
from bibtools.text.latex_symbols import (
    ACCENTS,
    COMMAND_LETTERS,
    LETTERS,
    MARKS,
    MATH,
    TEXT_ALWAYS,
    TEXT_ASCII,
    UTF8_KNOWN,
)


class Kind(Enum):
    """What a piece of text is to someone who looks for words in it."""

    TEXT = auto()
    """Plain characters, the same in LaTeX."""
    CHARACTER = auto()
    """One character that is spelt in LaTeX."""
    MATH = auto()
    GROUP = auto()
    r"""A command with text in it: `\emph{...}`."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text with its LaTeX."""

    plain: str
    """What the reader sees (for mathematics: its source)."""
    latex: str
    kind: Kind


PRINTING_COMMANDS = frozenset("emph textbf textit textsl textsc texttt textrm textsf".split())
"""Commands with text in braces that are kept."""
_DECLARATIONS = {
    "em": "emph",
    "it": "textit",
    "itshape": "textit",
    "bf": "textbf",
    "bfseries": "textbf",
    "sc": "textsc",
    "tt": "texttt",
    "sl": "textsl",
    "rm": "textrm",
    "sf": "textsf",
}
r"""`{\bf x}` is written `\textbf{x}`."""
_UNWRAPPED = frozenset({"text", "mbox", "textnormal", "ensuremath", "url", "path", "nolinkurl"})
"""Commands of which only the text in braces is printed."""
_WORD_COMMANDS = {
    "LaTeX": "{\\LaTeX}",
    "TeX": "{\\TeX}",
    "textbackslash": "\\textbackslash{}",
    "textasciitilde": "\\textasciitilde{}",
    "textasciicircum": "\\textasciicircum{}",
    "textunderscore": "\\_",
    "textless": "\\textless{}",
    "textgreater": "\\textgreater{}",
    "textbar": "\\textbar{}",
    "textbraceleft": "\\textbraceleft{}",
    "textbraceright": "\\textbraceright{}",
}
_WORD_PLAIN = {
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textunderscore": "_",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textbraceleft": "{",
    "textbraceright": "}",
}
_WORD_CHARACTERS = {
    "ldots": "…",
    "dots": "…",
    "textellipsis": "…",
    "S": "§",
    "P": "¶",
    "copyright": "©",
    "pounds": "£",
    "textregistered": "®",
    "texttrademark": "™",
    "textcopyright": "©",
    "textbullet": "•",
    "textendash": "–",
    "textemdash": "—",
    "textquoteleft": "‘",
    "textquoteright": "’",
    "textquotedblleft": "“",
    "textquotedblright": "”",
    "textdegree": "°",
    "texteuro": "€",
    "textmu": "µ",
    "textperiodcentered": "·",
    "textquotesingle": "'",
    **COMMAND_LETTERS,
}
_LETTER_ACCENTS = frozenset("cvuHkrdb")
_longest_group = 2000
_deepest = 6

# Spaces of all widths that are not listed in TEXT_ALWAYS become plain ones.
_ODD_SPACE = later(
    r"[\t\n\r\v\f\x1c-\x1f\x85\u1680\u2000-\u2005\u2007\u2008\u205f\u3000\u2028\u2029]"
)
# Unseen: controls, zero width, marks of direction, variation selectors, tags, byte order mark,
# soft hyphen, half surrogates, private use and what is no character at all.
_UNSEEN = later(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\U000e0000-\U0010ffff]"
)
# Pairs that are ligatures are left for `join` to see.
_SAFE = later(
    r"[A-Za-z0-9 .:;()/+=*@\[\]'-]+(?:(?:,(?!,)|[?!](?!`))[A-Za-z0-9 .:;()/+=*@\[\]'-]+)*|[,!?`]"
)
_COMMAND = later(r"\\(?:([A-Za-z]+)|(.))", re.DOTALL)


def clean(text: str) -> str:
    """The text composed (NFC), on one line, without anything that cannot be seen."""
    text = _UNSEEN.sub("", _ODD_SPACE.sub(" ", text))
    return unicodedata.normalize("NFC", text)


def encode(
    text: str, *, ascii_only: bool = False, longest: int | None = None, exact: bool = False
) -> str:
    r"""LaTeX that prints the text.

    With `ascii_only`, letters are spelt as BibTeX's "special characters" (`{\'e}`, `{\ss}`),
    which 8-bit bibtex sorts, abbreviates and re-cases correctly. Characters that LaTeX has no
    spelling for (Cyrillic, CJK, emoji) stay as they are: see `unsupported`.

    The result has balanced braces, is one line, and holds no command but those of the tables.
    `longest` is the number of characters of LaTeX after which the text is cut, with dots.

    With `exact`, straight quotes and hyphens in a row print as without, but in braces (`{``}`),
    from which `latex_decode.plain` knows that they are not typographic quotes and dashes.
    """
    return join(within(pieces(text, ascii_only=ascii_only, exact=exact), longest))


def within(parts: list[Piece], longest: int | None) -> list[Piece]:
    """The first pieces, as many as give `longest` characters of LaTeX, and dots for the rest."""
    if longest is None or sum(len(part.latex) for part in parts) <= longest:
        return parts
    kept: list[Piece] = []
    room = longest - 4
    for part in parts:
        if len(part.latex) > room:
            if part.kind is Kind.TEXT and part.plain == part.latex:
                start = part.latex[:room].rpartition(" ")[0]
                kept.append(Piece(start, start, Kind.TEXT))
            break
        kept.append(part)
        room -= len(part.latex)
    return [*kept, Piece(" ...", " ...", Kind.TEXT)]


def unsupported(text: str) -> str:
    """The characters, each once, that pdflatex shows only with further packages or fonts."""
    left = encode(text, ascii_only=True)
    return "".join(dict.fromkeys(char for char in left if char > "\x7f"))


def pieces(text: str, *, ascii_only: bool = False, exact: bool = False) -> list[Piece]:
    """The text taken apart; `join` of the result is `encode`."""
    return list(_Scanner(clean(text), ascii_only, 0, exact).scan())


_BAR_OVER_FIGURE = later("([0-9])\u0305")


def join(parts: list[Piece]) -> str:
    """The LaTeX of consecutive pieces, with care where two neighbours would merge."""
    out: list[str] = []
    last = ""
    for part in parts:
        latex = part.latex
        if not latex:
            continue
        # These pairs are ligatures in T1 fonts: ?` !` ,, and would print as one character.
        if (latex[0] == "`" and last in ("?", "!")) or (latex[0] == "," and last == ","):
            out.append("{}")
        if part.kind is Kind.MATH and out and out[-1].endswith("$}") and latex.startswith("{$"):
            out[-1] = out[-1][:-2]
            latex = (" " if latex[2].isalpha() else "") + latex[2:]
        out.append(latex)
        last = latex[-1]
    return _BAR_OVER_FIGURE.sub(r"{\\=\1}", "".join(out))


class _Scanner:
    def __init__(self, text: str, ascii_only: bool, depth: int, exact: bool = False) -> None:
        self.text = text
        self.ascii_only = ascii_only
        self.depth = depth
        self.exact = exact
        self.position = 0
        self.quote_open = False
        self.closing: dict[int, int] | None = None

    def scan(self) -> Iterator[Piece]:
        text = self.text
        while self.position < len(text):
            safe = _SAFE.match(text, self.position)
            if safe:
                self.position = safe.end()
                if self.exact and "--" in safe[0]:
                    yield from _with_hyphens(safe[0])
                else:
                    yield Piece(safe[0], safe[0], Kind.TEXT)
                continue
            char = text[self.position]
            if char == "\\":
                yield from self.command()
            elif char == "$":
                yield self.dollar()
            elif char == "{":
                yield from self.brace()
            elif char == '"':
                yield self.quote()
            elif char == "~":
                yield self.tilde()
            elif char in MATH or unicodedata.category(char) == "Lu" or char.isalpha():
                yield from self.letters()
            else:
                self.position += 1
                yield self.spelt(char)

    def spelt(self, char: str) -> Piece:
        if self.exact and self.ascii_only and char == "\u2019":
            return Piece(char, "{'}", Kind.CHARACTER)
        latex = spell(char, self.ascii_only)
        kind = Kind.MATH if latex.startswith("{$") else Kind.CHARACTER
        return Piece(char, latex, kind)

    def letters(self) -> Iterator[Piece]:
        """Letters beyond ASCII. A whole Greek word is text; one Greek letter is a symbol."""
        match = _GREEK_WORD.match(self.text, self.position)
        if match:
            self.position = match.end()
            for char in match[0]:
                yield Piece(char, char, Kind.CHARACTER)
            return
        char = self.text[self.position]
        self.position += 1
        yield self.spelt(char)

    def quote(self) -> Piece:
        """Straight quotes, opening and closing in turn where the neighbours do not tell."""
        before = self.text[self.position - 1 : self.position]
        after = self.text[self.position + 1 : self.position + 2]
        self.position += 1
        opens = not self.quote_open
        if not after or after.isspace() or after in ",.;:!?)]":
            opens = False
        elif not before or before.isspace() or before in "([-–—/":
            opens = True
        self.quote_open = opens
        if self.exact:
            return Piece('"', "{``}" if opens else "{''}", Kind.CHARACTER)
        if self.ascii_only:
            return Piece('"', "``" if opens else "''", Kind.CHARACTER)
        return Piece('"', "“" if opens else "”", Kind.CHARACTER)

    def tilde(self) -> Piece:
        """A tie (`MS~MARCO`, `Fig.~3`) or a real tilde (`~50`, `/~user`)."""
        before = self.text[self.position - 1 : self.position]
        after = self.text[self.position + 1 : self.position + 2]
        self.position += 1
        if (before.isalpha() or (before and before in ".,:;)]'")) and (
            after.isalnum() or (after and after in "($\\[")
        ):
            return Piece(" ", "~", Kind.TEXT)
        return Piece("~", "\\textasciitilde{}", Kind.CHARACTER)

    def dollar(self) -> Piece:
        start = self.position
        limit = start + 1 + 400
        end = start + 1
        while True:
            end = self.text.find("$", end, limit)
            if end < 0:
                break
            if self.text[end - 1] != "\\" or self.text[end - 2 : end] == "\\\\":
                inside = self.text[start + 1 : end]
                if latex_math.looks_like_math(inside, self.text[end + 1 : end + 2]):
                    piece = self.formula(inside, end + 1)
                    if piece is not None:
                        return piece
                break
            end += 1
        self.position = start + 1
        return Piece("$", "\\$", Kind.CHARACTER)

    def formula(self, inside: str, end: int) -> Piece | None:
        written = latex_math.formula(inside)
        if written is None:
            return None
        self.position = end
        return Piece(f"${inside}$", "{$" + written + "$}", Kind.MATH)

    def inner(self, text: str) -> list[Piece]:
        return list(_Scanner(text, self.ascii_only, self.depth + 1, self.exact).scan())

    def group_end(self, start: int) -> int | None:
        """The position of the brace that closes the one at `start`."""
        if self.text[start : start + 1] != "{" or self.depth >= _deepest:
            return None
        if self.closing is None:
            self.closing = matching_braces(self.text)
        end = self.closing.get(start)
        return end if end is not None and end - start <= _longest_group else None

    def brace(self) -> Iterator[Piece]:
        r"""`{\bf x}` and `{\'e}` are TeX; any other brace is a brace."""
        start = self.position
        match = _DECLARATION.match(self.text, start)
        end = self.group_end(start) if match or _SPECIAL.match(self.text, start) else None
        if end is not None:
            if match:
                parts = self.inner(self.text[match.end() : end])
                self.position = end + 1
                yield _wrapped(_DECLARATIONS[match[1]], parts)
                return
            parts = self.inner(self.text[start + 1 : end])
            if len(parts) == 1 and parts[0].plain[:1] != "\\":
                self.position = end + 1
                yield from parts
                return
        self.position = start + 1
        yield self.spelt("{")

    def command(self) -> Iterator[Piece]:
        start = self.position
        match = _COMMAND.match(self.text, start)
        if match is None:
            self.position = start + 1
            yield self.spelt("\\")
            return
        word, sign = match.groups()
        accented = self.accent(match)
        if accented is not None:
            yield from accented
        elif sign is not None:
            yield from self.sign(sign, match.end())
        else:
            yield from self.word(word, match.end())

    def accent(self, match: re.Match[str]) -> list[Piece] | None:
        r"""`\'e`, `\'{e}`, `\'\i`, `\c{c}`, `\v s` as the letter they make."""
        name = match[1] or match[2]
        if name not in MARKS or (match[1] and name not in _LETTER_ACCENTS):
            return None
        base = _ACCENT_BASE.match(self.text, match.end())
        if base is None or (match[1] and base[0][0].isalpha()):
            return None
        letter = base[1] or base[2] or base[3]
        letter = {"\\i": "i", "\\j": "j"}.get(letter, letter)
        self.position = base.end()
        return self.inner(unicodedata.normalize("NFC", letter + MARKS[name]))

    def sign(self, sign: str, end: int) -> Iterator[Piece]:
        self.position = end
        if sign in "%&_#${}":
            yield self.spelt(sign)
        elif sign == ",":
            yield Piece(" ", "\\,", Kind.TEXT)
        elif sign in ";: ":
            yield Piece(" ", " ", Kind.TEXT)
        elif sign in "-/@!":
            # A hint for hyphenation, an italic correction: nothing to see.
            yield Piece("", "", Kind.TEXT)
        elif sign == "(" and (closing := self.text.find("\\)", end, end + 400)) >= 0:
            piece = self.formula(self.text[end:closing], closing + 2)
            if piece is not None:
                yield piece
            else:
                yield self.spelt("\\")
                yield self.spelt("(")
        else:
            self.position = end - 1
            yield self.spelt("\\")

    def word(self, word: str, end: int) -> Iterator[Piece]:
        group = None
        if word in PRINTING_COMMANDS or word in _UNWRAPPED:
            group = self.group_end(end)
        after = _AFTER_WORD.match(self.text, end)
        finish = after.end() if after else end
        if group is not None:
            yield from self.group_of(word, end, group)
        elif word in _WORD_CHARACTERS:
            self.position = finish
            yield self.spelt(_WORD_CHARACTERS[word])
        elif word in _WORD_COMMANDS:
            self.position = finish
            yield Piece(_WORD_PLAIN.get(word, word), _WORD_COMMANDS[word], Kind.CHARACTER)
        elif (written := latex_math.symbol(word)) is not None:
            # The blank after a bare command is TeX's, but here it most likely was a real one.
            self.position = end
            yield Piece(f"\\{word}", "{$" + written + "$}", Kind.MATH)
        else:
            self.position = end - len(word)
            yield self.spelt("\\")

    def group_of(self, word: str, start: int, end: int) -> Iterator[Piece]:
        inside = self.text[start + 1 : end]
        self.position = end + 1
        if word == "ensuremath":
            piece = self.formula(inside, end + 1)
            if piece is not None:
                yield piece
                return
        if word in PRINTING_COMMANDS:
            yield _wrapped(word, self.inner(inside))
        else:
            yield from self.inner(inside)


def _with_hyphens(text: str) -> Iterator[Piece]:
    for bit in re.split("(-{2,})", text):
        if bit.startswith("--"):
            yield Piece(bit, f"{{{bit}}}", Kind.CHARACTER)
        elif bit:
            yield Piece(bit, bit, Kind.TEXT)


def matching_braces(text: str) -> dict[int, int]:
    """The place of the closing brace for that of every opening one that has one."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for match in _BRACE.finditer(text):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and opened:
            closing[opened.pop()] = match.start()
    return closing


def _wrapped(command: str, parts: list[Piece]) -> Piece:
    plain = "".join(part.plain for part in parts)
    return Piece(plain, f"\\{command}{{{join(parts)}}}", Kind.GROUP)


_BRACE = later(r"\\.|[{}]", re.DOTALL)
_DECLARATION = later(r"\{\s*\\(em|it|itshape|bf|bfseries|sc|tt|sl|rm|sf)(?![A-Za-z])\s*")
_SPECIAL = later(r"\{\\[^\s{}]")
_ACCENT_BASE = later(r"[ ]*(?:([^\W\d_])|\{[ ]*([^\W\d_]|\\[ij])[ ]*\}|(\\[ij])(?![A-Za-z])[ ]?)")
_AFTER_WORD = later(r"\{\}|[ ]+(?=\w)(?!$)|")
_GREEK_WORD = later(r"[\u0370-\u03ff\u1f00-\u1fff]{4,}")


@lru_cache(maxsize=4096)
def spell(char: str, ascii_only: bool) -> str:
    """The LaTeX of one character; the character itself when there is none."""
    if char in TEXT_ALWAYS:
        return TEXT_ALWAYS[char]
    if char == "~":
        return "\\textasciitilde{}"
    if char == '"':
        return "''"
    if char < "\x7f":
        return char
    if char in MATH and (ascii_only or char not in UTF8_KNOWN):
        return "{$" + MATH[char] + "$}"
    if ascii_only:
        if char in TEXT_ASCII:
            return TEXT_ASCII[char]
        if char in LETTERS:
            return f"{{\\{LETTERS[char]}}}"
        special = _special(char)
        if special is not None:
            return special
    return _compatible(char, ascii_only) or char


def _special(char: str) -> str | None:
    r"""BibTeX's special character for a letter with accents: `{\'e}`, `{\c{c}}`, `{\~{\^e}}`."""
    decomposed = unicodedata.normalize("NFD", char)
    base, marks = decomposed[0], decomposed[1:]
    if not marks or any(mark not in ACCENTS for mark in marks):
        return None
    if base in LETTERS:
        inner = f"\\{LETTERS[base]}"
    elif base.isascii() and base.isalpha():
        inner = base
    else:
        return None
    for mark in marks:
        accent = ACCENTS[mark]
        # `\'i` and not `\'\i`: the kernel sets both alike, and biber reads only the first.
        # The other accents above would stand on the dot.
        if inner in ("i", "j") and accent in ("~", "=", "u", ".", "r", "H", "v"):
            inner = f"\\{inner}"
        if accent.isalpha() or len(inner) > 1:
            inner = f"\\{accent}{{{inner}}}"
        else:
            inner = f"\\{accent}{inner}"
    return f"{{{inner}}}"


def _compatible(char: str, ascii_only: bool) -> str | None:
    """Ligatures, full-width forms, letters of mathematical alphabets, raised digits."""
    kind, _, _ = unicodedata.decomposition(char).partition(" ")
    if not kind.startswith("<") or (char in _UTF8_LATIN and not ascii_only):
        return None
    plain = unicodedata.normalize("NFKC", char)
    if kind in ("<compat>", "<wide>", "<narrow>", "<font>", "<square>"):
        if plain == char or plain.isspace():
            return None if plain == char else " "
        written = "".join(spell(one, ascii_only) if one != char else one for one in plain)
        return written if ascii_only is False or written.isascii() else None
    if kind in ("<super>", "<sub>") and re.fullmatch(r"[A-Za-z0-9+=()-]+", plain):
        return "{$" + ("^" if kind == "<super>" else "_") + "{" + plain + "}$}"
    if kind == "<fraction>":
        return plain.replace("\u2044", "/")
    return None


_UTF8_LATIN = frozenset("ªº¼½¾…‰™№\u00b5")
