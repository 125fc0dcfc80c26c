r"""LaTeX -> Unicode, by tables and a few regular expressions.

Two strengths. `decode` turns what stands for a character into that character and leaves all
structure alone: commands it does not know, braces that protect capitals, `~`, `\&`. `plain`
gives the text a reader sees: it also takes away braces and font commands, and undoes escapes.
What neither understands stays as it is, so nothing is lost in silence.

A field that holds an address or a file path is no LaTeX: call `verbatim` for it.

Sources: the LaTeX kernel's text commands (ltoutenc, `utf8enc.dfu`), TIPA and tipx for phonetic
letters, the names of the Comprehensive LaTeX Symbol List; accents by Unicode's combining marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bibtools.later import later
from bibtools.text.latex_accents import COMBINING
from bibtools.text.latex_commands import GREEK_LETTERS, MATH_COMMANDS, TEXT_COMMANDS

_SIGN_ACCENTS = "".join(sign for sign in COMBINING if not sign.isalpha())
_WORD_ACCENTS = "|".join(sorted((word for word in COMBINING if word.isalpha()), key=len)[::-1])
_ONE = r"[^\W_][\u0300-\u036f]*"
_ACCENT = later(
    rf"(?P<outer>\{{)?"
    rf"\\(?:(?P<sign>[{re.escape(_SIGN_ACCENTS)}])[ ]*"
    rf"|(?P<word>{_WORD_ACCENTS})(?:(?![A-Za-z])\s*))"
    rf"(?:\{{\s*(?:\\(?P<dotless>[ij])(?:\s*\{{\}}|(?![A-Za-z])\s*)|(?P<braced>{_ONE})?)\s*\}}"
    rf"|\\(?P<bare>[ij])(?![A-Za-z])\s*|(?P<single>{_ONE}))"
    rf"(?P<closing>\}})?",
)
_TIED = later(
    r"(\{)?\\(t|texttoptiebar|textundertie|sliding)(?:\s*\{(\w)(\w)\}|\s+(\w)(\w))(?(1)\})"
)
_COMMAND = later(r"(\{)?\\([A-Za-z]+)(?(1)(?:\{\}|\s*)\}|(?:\{\}|[ \t]+|(?![A-Za-z])))")
_SCRIPT = later(r"\\text(super|sub)script\s*\{([^{}\\$]*)\}")
_MATH = later(r"\{?(?<!\\)\$([^$]*)\$\}?")
_MATH_ACCENTS = {
    "acute": "\u0301",
    "grave": "\u0300",
    "hat": "\u0302",
    "widehat": "\u0302",
    "tilde": "\u0303",
    "widetilde": "\u0303",
    "bar": "\u0304",
    "overline": "\u0305",
    "breve": "\u0306",
    "dot": "\u0307",
    "ddot": "\u0308",
    "check": "\u030c",
    "vec": "\u20d7",
    "mathring": "\u030a",
}
_MATH_ACCENT = later(r"\\(" + "|".join(_MATH_ACCENTS) + r")(?![A-Za-z])\s*(?:\{\s*(\w)\s*\}|(\w))")
_MATH_COMMAND = later(r"\\([A-Za-z]+)(?:\{\})?[ \t]*")
_MATH_SCRIPT = later(r"([\^_])\s*(?:\{([^{}\\^_]*)\}|([^{}\\^_\s]))")
_MATH_FONT = later(
    r"\\(?:mathrm|mathit|mathnormal|mathsf|mathtt|text|textrm|textit|mbox|operatorname|rm)"
    r"(?![A-Za-z])\s*(?:\{([^{}\\]*)\}|\s)"
)
_MATH_SIZE = later(r"\\(?:left|right|middle|[bB]igg?[lr]?)(?![A-Za-z])\s*\.?|\\limits(?![A-Za-z])")
_DOUBLE_STRUCK = dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True))
_MATHBB = later(r"\\mathbb\s*(?:\{\s*([CHNPQRZ])\s*\}|([CHNPQRZ])(?![A-Za-z]))")
_MATH_SPACE = later(r"\\[,;:! ]|\\q?quad(?![A-Za-z])|(?<!\\)~")
_SUPER = dict(
    zip(
        "0123456789+-=()abcdefghijklmnoprstuvwxyz\u2212\u2032\u2217*",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁻′**",
        strict=True,
    )
)
_SUB = dict(
    zip("0123456789+-=()aehijklmnoprstuvx\u2212", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₋", strict=True)
)
_SPECIAL = later(r"[\\$]")


def decode(text: str) -> str:
    """The text with every character that LaTeX spells out as that character; nothing else."""
    if not _SPECIAL.search(text):
        return text
    if "$" in text:
        text = _MATH.sub(_math, text)
    return _characters(text, TEXT_COMMANDS)


_BARE_ACCENT = later(r"\\([~^])(?=\s*(?:\}|\Z))")
_MACRON_OVER_FIGURE = later(r"(?<=\d)\u0304")


def _characters(text: str, commands: dict[str, str]) -> str:
    if "\\" not in text:
        return text
    for _ in range(3):
        # Again for accents upon accents: `\'{\^e}`.
        before = text
        text = _ACCENT.sub(_accent, text)
        if text == before or "\\" not in text:
            break
    if "\\" in text:
        text = _TIED.sub(_tied, text)
        text = _COMMAND.sub(lambda match: _command(match, commands), text)
        if "script" in text:
            text = _SCRIPT.sub(_text_script, text)
    # The bar over a crystallographic index is longer than a vowel's.
    return _MACRON_OVER_FIGURE.sub("\u0305", text) if "\u0304" in text else text


def _accent(match: re.Match[str]) -> str:
    r"""A letter under its accent; also drops the braces of `{\'e}`."""
    groups = match.groupdict()
    mark = COMBINING[groups["sign"] or groups["word"]]
    dotless, bare = groups["dotless"], groups["bare"]
    if groups["word"] and groups["single"] and match[0].rstrip("}")[-2:-1].isalpha():
        # `\cx` is another command, `\c x` is an accent.
        return match[0]
    if dotless:
        # Over an i in braces of its own the dotless letter is meant as it stands.
        letter = "\u0131" if dotless == "i" else "\u0237"
    else:
        letter = bare or groups["braced"] or groups["single"] or "\u00a0"
    if letter == "\u00a0":
        done = mark if groups["word"] else _standing(groups["sign"] or "")
    else:
        done = unicodedata.normalize("NFC", letter[0] + mark + letter[1:])
    opening, closing = groups["outer"] or "", groups["closing"] or ""
    return done if opening and closing else opening + done + closing


def _standing(sign: str) -> str:
    """An accent over nothing: the character itself."""
    return {"^": "^", "~": "~", "'": "\u00b4", '"': "\u00a8", "`": "`", "=": "\u00af"}.get(sign, "")


def _tied(match: re.Match[str]) -> str:
    first, second = match[3] or match[5], match[4] or match[6]
    return first + COMBINING[match[2]] + second


def _command(match: re.Match[str], commands: dict[str, str]) -> str:
    found = commands.get(match[2])
    return match[0] if found is None else found


def _text_script(match: re.Match[str]) -> str:
    table = _SUPER if match[1] == "super" else _SUB
    if all(char in table for char in match[2]):
        return "".join(table[char] for char in match[2])
    return match[0]


def _math(match: re.Match[str]) -> str:
    """A formula as plain characters, or untouched when characters do not suffice."""
    whole, inside = match[0], match[1]
    if not inside.strip():
        return whole
    shown = math_text(inside)
    if shown is None:
        return whole
    opening, closing = whole.startswith("{"), whole.endswith("}")
    if opening and closing:
        return shown
    return ("{" if opening else "") + shown + ("}" if closing else "")


def math_text(inside: str) -> str | None:
    """What stands between two `$` as plain characters; None when it needs more than these."""
    text = inside
    if "\\" in text:
        text = _MATH_SIZE.sub("", text)
        text = _MATHBB.sub(lambda match: _DOUBLE_STRUCK[match[1] or match[2]], text)
        text = _MATH_FONT.sub(lambda match: match[1] or "", text)
        text = _MATH_SPACE.sub(" ", text)
        text = _MATH_COMMAND.sub(_math_command, text)
        text = _MATH_ACCENT.sub(_math_accent, text)
        text = re.sub(
            r"\\([%&#$_{}])", lambda m: {"{": "\ufdd0", "}": "\ufdd1"}.get(m[1], m[1]), text
        )
    if "^" in text or "_" in text:
        text = _MATH_SCRIPT.sub(_math_script, text)
    if re.search(r"[\\^_]", text):
        return None
    text = _MACRON_OVER_FIGURE.sub("\u0305", text) if "\u0304" in text else text
    text = text.replace("{", "").replace("}", "").replace("\ufdd0", "{").replace("\ufdd1", "}")
    text = text.replace("''", "\u2033").replace("'", "\u2032") if "'" in text else text
    text = text.replace("-", "\u2212") if _is_formula(text) else text
    return " ".join(text.replace("~", " ").split()) if text.strip() else text


def _is_formula(text: str) -> bool:
    return bool(re.search(r"[-+=<>\u2264\u2265\u00d7]", text)) and not re.search(
        r"[A-Za-z]{3}", text
    )


def _math_command(match: re.Match[str]) -> str:
    found = MATH_COMMANDS.get(match[1])
    if found is None:
        return match[0]
    # The space after a command's name only ended the name.
    return found


def _math_accent(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", (match[2] or match[3]) + _MATH_ACCENTS[match[1]])


def _math_script(match: re.Match[str]) -> str:
    table = _SUPER if match[1] == "^" else _SUB
    inside = match[2] if match[2] is not None else match[3]
    inside = inside.strip()
    if inside and all(char in table for char in inside):
        return "".join(table[char] for char in inside)
    if match[1] == "^" and inside in ("\u2218", "\u00b0"):
        return "\u00b0"
    return match[0]


def has_script_signs(text: str, *, raised: bool) -> bool:
    """Whether Unicode has every character of the text raised (or lowered)."""
    table = _SUPER if raised else _SUB
    return bool(text) and all(char in table for char in text)


# The text a reader sees

_ESCAPED = later(r"\\([&%$#_])")
_QUOTES = later(r"``|''|(?<![\\])`")
_DASHES = later(r"(?<!-)(---?)(?!-)")
_SPACES = later(
    r"\\(?:[,;:>! /\-@]|\\(?:\[[^\]]*\])?|(?:thinspace|enspace|quad|qquad|space|newline|linebreak"
    r"|xspace)(?![A-Za-z])\s*)"
)
_NOT_SPACES = frozenset(("\\/", "\\-", "\\!", "\\@"))
_FONT = later(
    r"\\(?:emph|textit|textsl|textbf|textsc|texttt|textsf|textrm|textup|textmd|textnormal|text|mbox"
    r"|hbox|underline|uline|enquote|mkbibemph|mkbibquote|mkbibbold|mkbibitalic|ensuremath|url|path|nolinkurl"
    r"|href\s*\{[^{}]*\}|textcolor\s*\{[^{}]*\}|foreignlanguage\s*\{[^{}]*\}|lowercase|MakeLowercase"
    r"|bibinfo\s*\{[^{}]*\}|citenamefont|bibnamefont|bibfnamefont|natexlab|bibstring"
    r"|textquote|textsuperscript|textsubscript|singleletter|ocirc)(?![A-Za-z])\s*(?=\{)"
)
_DECLARATION = later(
    r"\\(?:protect|relax|ignorespaces|leavevmode)(?![A-Za-z])\s*|"
    r"\\(?:em|it|bf|sc|sl|tt|rm|sf|itshape|bfseries|scshape|slshape|ttfamily|rmfamily|sffamily|upshape"
    r"|mdseries|normalfont|small|large|Large|tiny|footnotesize|scriptsize|boldmath|cal|frenchspacing)"
    r"(?![A-Za-z])\s*"
)
_NOTHING = later(r"\\(?:noopsort|SortNoop|sortnoop|noop|index|label|hspace|vspace)\*?\s*\{[^{}]*\}")
_UPPER = later(r"\\(?:uppercase|MakeUppercase)\s*\{([^{}]*)\}")
_UNKNOWN = later(r"\\[A-Za-z]+\*?")
_DOTLESS = later("[\u0131\u0237]([\u0300-\u036f]+)")
_KEPT_MATH = later(r"(?<!\\)\$[^$]+(?<!\\)\$")
# Unicode sets these aside for use inside programs; no text has them.
_NONCHARACTER = later("[\ufdd0-\ufdd4\ufde0-\ufde4]")
_KEPT = later("\ufdd2([0-9]+)\ufdd4")
_ACTIVE = later(r"[\\{}$~`]|--|''")


def _prepared(text: str) -> str:
    """Without characters that we use as marks, and with every sign spelt as a sign."""
    if _NONCHARACTER.search(text):
        text = _NONCHARACTER.sub("\ufffd", text)
    if "\\~" in text or "\\^" in text:
        # With nothing to stand on, people mean the sign.
        text = _BARE_ACCENT.sub(r"\\\1{}", text)
    if "{" in text and _OUR_SPELLING.search(text):
        text = _OUR_SPELLING.sub(_our_spelling, text)
    return text


def plain(text: str) -> str:
    r"""The text a reader sees: characters decoded, braces and font commands gone, escapes undone.

    Formulas that plain characters cannot show stay LaTeX between `$`; commands that nobody
    knows stay as they are, with the braces of their arguments.
    """
    if not _ACTIVE.search(text):
        return text
    text = _prepared(text)
    if "\\" not in text and "$" not in text:
        return _settled(_bare(text))
    kept: list[str] = []

    def keep(piece: str) -> str:
        kept.append(piece)
        return f"\ufdd2{len(kept) - 1}\ufdd4"

    if "$" in text:
        text = _MATH.sub(_math, text)
        text = _KEPT_MATH.sub(lambda match: keep(match[0]), text)
    if "\\" in text:
        text = _SPACES.sub(lambda match: "" if match[0] in _NOT_SPACES else " ", text)
        text = _characters(text, _PLAIN_COMMANDS)
    if "\\" in text:
        text = _NOTHING.sub("", text)
        text = _FONT.sub("", _UPPER.sub(lambda match: match[1].upper(), text))
        text = _DECLARATION.sub("", text)
        text = _characters(text, _PLAIN_COMMANDS)
        text = _ESCAPED.sub(lambda match: keep(match[1]), text)
        text = text.replace("\\{", "\ufdd0").replace("\\}", "\ufdd1")
        text = _keep_unknown(text, keep)
    text = _bare(text)
    text = _DOTLESS.sub(
        lambda match: unicodedata.normalize(
            "NFC", ("i" if match[0][0] == "\u0131" else "j") + match[1]
        ),
        text,
    )
    text = _settled(text)
    if kept:
        text = _KEPT.sub(lambda match: kept[int(match[1])], text)
    return text


# Characters that mean something to TeX go through the reading as stand-ins.
_STAND_IN = later("[\ufdd0\ufdd1\ufde0-\ufde4]")
_STANDS_FOR = {
    0xFDD0: "{",
    0xFDD1: "}",
    0xFDE0: "\\",
    0xFDE1: "~",
    0xFDE2: "`",
    0xFDE3: "-",
    0xFDE4: "$",
}
_PLAIN_COMMANDS = {
    **GREEK_LETTERS,
    **MATH_COMMANDS,
    **TEXT_COMMANDS,
    **dict.fromkeys(("textbraceleft", "lbrace"), "\ufdd0"),
    **dict.fromkeys(("textbraceright", "rbrace"), "\ufdd1"),
    **dict.fromkeys(("textbackslash", "backslash"), "\ufde0"),
    "textasciitilde": "\ufde1",
    "textasciigrave": "\ufde2",
    "textdollar": "\ufde4",
}

# What `latex_encode` writes for characters that TeX has no sign of their own for.
_OUR_SPELLING = later(r"(?<!\\)\{(?:(``|'')|(')|(-{2,}))\}|\\~\{\s*\}")


def _settled(text: str) -> str:
    """The text with the characters that stand-ins stand for."""
    return text.translate(_STANDS_FOR) if _STAND_IN.search(text) else text


def _our_spelling(match: re.Match[str]) -> str:
    if match[1]:
        return '"'
    if match[2]:
        return "\u2019"
    return "\ufde3" * len(match[3]) if match[3] else "\ufde1"


def _bare(text: str) -> str:
    """Without braces, with real quotation marks, dashes and no-break spaces."""
    if "{" in text or "}" in text:
        # `-{}-` is two hyphens, not a dash.
        text = text.replace("{}", "\ufdd3").replace("{", "").replace("}", "")
    if "--" in text:
        text = _DASHES.sub(lambda match: "\u2014" if len(match[1]) == 3 else "\u2013", text)
    if "`" in text or "''" in text:
        text = _QUOTES.sub(
            lambda match: {"``": "\u201c", "''": "\u201d", "`": "\u2018"}[match[0]], text
        )
    return text.replace("~", "\u00a0").replace("\ufdd3", "")


def _keep_unknown(text: str, keep: Callable[[str], str]) -> str:
    """Set aside unknown commands with their arguments, so that these keep their braces."""
    closing: dict[int, int] = {}
    stack: list[int] = []
    for brace in re.finditer(r"[{}]", text):
        if brace[0] == "{":
            stack.append(brace.start())
        elif stack:
            closing[stack.pop()] = brace.end()
    pieces: list[str] = []
    position = 0
    for match in _UNKNOWN.finditer(text):
        if match.start() < position:
            continue
        end = match.end()
        while end in closing:
            end = closing[end]
        pieces += text[position : match.start()], keep(text[match.start() : end])
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


_URL_ESCAPE = later(
    r"\{\\~\{\}\}|\\~\{\}|\$\\sim\$|\\([_%&#~$])|\{\\(?:textunderscore|_)\}"
    r"|\{?\\textasciitilde\s*(?:\{\})?\}?"
)


def verbatim(text: str) -> str:
    r"""An address, path or identifier: only `\_ \% \& \# \~ \$`, the other ways to write a tilde
    (`\~{}`, `\textasciitilde`, `$\sim$`) and `\url{}` are undone.
    """
    if "\\" not in text:
        return text.strip("{}") if text.startswith("{") and text.endswith("}") else text
    inner = re.fullmatch(r"\s*\\(?:url|path|nolinkurl)\s*\{(.*)\}\s*", text, re.DOTALL)
    if inner:
        text = inner[1]
    return _URL_ESCAPE.sub(
        lambda match: match[1] or ("_" if "_" in match[0] or "under" in match[0] else "~"), text
    )
