r"""Which `$...$` of a printed text is mathematics that may be typeset as it stands.

A text from a page may hold money ("$5 to $10"), TeX left over from its source
("$\approx 3$") or an attack ("$\input{x}$"). Only what is well formed *and* made wholly
of commands on a list of harmless ones passes; the rest is printed as text.
"""

from __future__ import annotations

import re

from bibtools.later import later
from bibtools.text.latex_symbols import MATH, MATH_BY_COMMAND

_SYMBOLS = MATH_BY_COMMAND | frozenset(
    "le ge ne to gets land lor lnot iff cdot cdots ldots dots vdots ddots "
    "quad qquad prime star ast circ bullet dagger ddagger amalg asymp bowtie doteq prec succ "
    "preceq succeq mid parallel smile frown sqcup sqcap sqsubseteq sqsupseteq uplus wr diamond "
    "epsilon varepsilon vartheta varrho varsigma varphi imath jmath wp angle bot top ell "
    "oint coprod bigcup bigcap bigvee bigwedge bigoplus bigotimes bigodot "
    "longleftarrow longrightarrow Longrightarrow Longleftarrow longleftrightarrow longmapsto "
    "Uparrow Downarrow updownarrow nearrow searrow swarrow nwarrow rightharpoonup "
    "lbrace rbrace lbrack rbrack vert Vert backslash langle rangle lceil rceil lfloor rfloor "
    "arccos arcsin arctan arg cos cosh cot coth csc deg det dim exp gcd hom inf ker lg lim "
    "liminf limsup ln log max min Pr sec sin sinh sup tan tanh bmod "
    "displaystyle textstyle colon triangleleft triangleright bigtriangleup bigtriangledown "
    "ominus oslash".split()
)
"""Commands of the LaTeX kernel without an argument."""

_WITH_ARGUMENT = frozenset(
    "mathcal mathbb mathrm mathbf mathit mathsf mathtt mathfrak mathnormal "
    "hat bar tilde vec dot ddot check breve acute grave widehat widetilde overline underline "
    "overbrace underbrace sqrt textrm textbf textit textsc texttt textsf textnormal".split()
)
_WITH_TWO = frozenset({"frac", "stackrel"})
_TEXT_ARGUMENT = frozenset("textrm textbf textit textsc texttt textsf textnormal".split())

COMMANDS = _SYMBOLS | _WITH_ARGUMENT | _WITH_TWO
"""All that a formula of ours can hold."""

_SYNONYMS = {
    "text": "textrm",
    "mbox": "textrm",
    "operatorname": "mathrm",
    "boldsymbol": "mathbf",
    "bm": "mathbf",
    "tfrac": "frac",
    "dfrac": "frac",
    "geqslant": "geq",
    "leqslant": "leq",
    "varnothing": "emptyset",
    "implies": "Rightarrow",
    "dotsc": "ldots",
    "dotsb": "cdots",
}
"""Commands of packages, and the kernel's nearest."""

_SIZES = frozenset("left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr".split())
"""Left out: they need a bracket after them, and the bracket has its plain size without them."""

_SIGNS = {
    "{": "\\lbrace ",
    "}": "\\rbrace ",
    "|": "\\Vert ",
    "%": "\\%",
    "&": "\\&",
    "#": "\\#",
    "_": "\\_",
    "$": "\\$",
    ",": "\\,",
    ";": "\\;",
    ":": "\\:",
    "!": "\\!",
    " ": "~",
}
"""What may follow a backslash beside letters. `\\{` is written `\\lbrace`, because BibTeX
counts braces without regard to backslashes."""

_PLAIN = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-*/=<>()[]|!,.:;?@"
)
_TOKEN = later(r"\\([A-Za-z]+)[ ]*|\\(.)|(.)", re.DOTALL)
_longest = 400
"""Characters between two dollar signs that we still take for a formula."""
_deepest = 12


class _NotMathError(Exception):
    """The text between the dollar signs is not a formula we know to be harmless."""


class _Parser:
    """Reads a formula once, from left to right, and writes it again from known parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def sequence(self, closing: str, depth: int) -> str:  # noqa: C901  (one row per character)
        if depth > _deepest:
            raise _NotMathError
        out: list[str] = []
        raised = lowered = False
        while self.position < len(self.text):
            char = self.text[self.position]
            if char == closing:
                return "".join(out)
            if char in "^_":
                self.position += 1
                # A second `^` on one letter is an error in TeX, and `^^5c` is a backslash.
                if (raised, lowered)[char == "_"]:
                    raise _NotMathError
                raised, lowered = raised or char == "^", lowered or char == "_"
                out.append(char + "{" + self.argument(depth) + "}")
            elif char == "'":
                if raised:
                    raise _NotMathError
                while self.text[self.position : self.position + 1] == "'":
                    out.append("'")
                    self.position += 1
                raised = self.text[self.position : self.position + 1] != "^"
            elif char == " " or char == "~":
                out.append(" ")
                self.position += 1
            else:
                raised = lowered = False
                out.append(self.atom(depth))
        if closing:
            raise _NotMathError
        return "".join(out)

    def argument(self, depth: int) -> str:
        while self.text[self.position : self.position + 1] == " ":
            self.position += 1
        if self.position >= len(self.text) or self.text[self.position] in "^_'}":
            raise _NotMathError
        if self.text[self.position] == "{":
            return self.group(depth)
        return self.atom(depth).strip()

    def group(self, depth: int) -> str:
        if self.text[self.position : self.position + 1] != "{":
            raise _NotMathError
        self.position += 1
        inner = self.sequence("}", depth + 1)
        self.position += 1
        return inner

    def words(self) -> str:
        r"""The argument of `\text`: only letters, digits and plain punctuation."""
        match = re.compile(r"\{([A-Za-z0-9 .,:;()/+=*-]*)\}").match(self.text, self.position)
        if match is None:
            raise _NotMathError
        self.position = match.end()
        return match[1].replace(" ", "~")

    def atom(self, depth: int) -> str:  # noqa: C901  (one row per kind of command)
        match = _TOKEN.match(self.text, self.position)
        if match is None:
            raise _NotMathError
        word, sign, char = match.groups()
        if char == "{":
            return "{" + self.group(depth) + "}"
        self.position = match.end()
        if char is not None:
            return self.character(char)
        if sign is not None:
            if sign not in _SIGNS:
                raise _NotMathError
            return _SIGNS[sign]
        if word in _SIZES:
            # `\left.` is an invisible bracket.
            if self.text[self.position : self.position + 1] == ".":
                self.position += 1
            return ""
        word = _SYNONYMS.get(word, word)
        if word in _SYMBOLS:
            return f"\\{word} "
        if word in _TEXT_ARGUMENT:
            return f"\\{word}{{{self.words()}}}"
        if word == "sqrt" and self.text[self.position : self.position + 1] == "[":
            raise _NotMathError
        if word in _WITH_ARGUMENT:
            return f"\\{word}{{{self.argument(depth + 1)}}}"
        if word in _WITH_TWO:
            first = self.argument(depth + 1)
            return f"\\{word}{{{first}}}{{{self.argument(depth + 1)}}}"
        raise _NotMathError

    @staticmethod
    def character(char: str) -> str:
        if char in _PLAIN:
            return char
        if char == "%":
            return "\\%"
        if char in MATH:
            return MATH[char] + " "
        raise _NotMathError


def formula(text: str) -> str | None:
    """The inside of `$...$`, rewritten from harmless parts, or None when it is none.

    The result has balanced braces and no command outside the lists of this module.
    """
    if not text.strip() or len(text) > _longest:
        return None
    try:
        written = _Parser(text).sequence("", 0)
    except _NotMathError:
        return None
    return re.sub(r" +(?=[^A-Za-z ]|$)", "", written).strip() or None


_OPERATOR = later(r"[\\^_=<>+\-*/()\[\]|]")
_PROSE = later(r"(?<![\\A-Za-z{])[A-Za-z]{3,}(?![A-Za-z(}])")


def looks_like_math(inside: str, following: str) -> bool:
    """Whether the text between two dollar signs is a formula rather than prose about money.

    `following` is the character after the second sign. The first rules are pandoc's
    (`tex_math_dollars`): no blank inside the signs, and no digit after the second.
    """
    if not inside or inside[0].isspace() or inside[-1].isspace() or following.isdigit():
        return False
    if "\\" in inside or len(inside) == 1:
        return True
    if inside[-1] in "/-+=(,;:*" and len(inside) > 2:
        return False
    if " " in inside:
        if not _OPERATOR.search(inside) or _PROSE.search(inside):
            return False
        # "5 (US" of "$5 (US$)": a bracket that the other sign would tear apart.
        if inside.count("(") != inside.count(")") and "," not in inside:
            return False
    return True


def symbol(word: str) -> str | None:
    r"""The formula for a bare command such as `\times`, which a page may print without `$`."""
    word = _SYNONYMS.get(word, word)
    if word in MATH_BY_COMMAND or word in _BARE:
        return f"\\{word}"
    return None


_BARE = frozenset("le ge ne to circ ldots cdots ll gg bullet cdot ell prime star ast".split())
