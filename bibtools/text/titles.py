r"""Titles made comparable: words without case, accents, TeX and punctuation.

Two prints of one title (BibTeX braces, `$\alpha$` against "α", typographic dashes, capitals)
have the same words; titles that differ in a letter do not. How much a difference means is
decided in `bibtools.matching`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from bibtools.later import later

_WORD = later(r"[^\W_]+")
_PLAIN_WORD = later(r"[a-z0-9]+")
# What sends a title to the slow path: TeX, an entity, markup, an apostrophe.
_DRESS = later(r"[\\${}<&'^_]")
_ENTITY = later(r"&(?:#\d{2,7}|#x[0-9a-f]{2,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_TAG = later(r"</?(?:i|b|u|em|strong|su[bp]|mml:[a-z]+|m[a-z]+|span|tt|sc|scp)(?:\s[^<>]*)?/?>")
# `\'e`, `\"{o}`, `\v c`: the accent goes, the letter stays.
_ACCENT = later(r"\\(?:['`^\"~=.]\s*|[uvHtcdbkr](?![A-Za-z])\s*)\{?")
_LETTERS = {
    "i": "i",
    "j": "j",
    "o": "o",
    "O": "o",
    "l": "l",
    "L": "l",
    "ss": "ss",
    "ae": "ae",
    "AE": "ae",
    "oe": "oe",
    "OE": "oe",
    "aa": "a",
    "AA": "a",
    "dh": "d",
    "dj": "d",
    "th": "th",
}
# Commands that only dress their argument.
_DRESSING = frozenset(
    "rm it bf sf sl tt em sc cal frak bb mathrm mathit mathbf mathsf mathtt mathcal mathfrak "
    "mathbb mathscr boldsymbol bm pmb text textrm textit textbf textsf textsl texttt textsc "
    "textup emph textnormal ensuremath operatorname left right big Big bigl bigr displaystyle "
    "textstyle mbox hbox hspace vspace quad qquad thinspace protect url href uppercase "
    "lowercase underline overline bar hat tilde vec dot ddot widehat widetilde ldots dots "
    "cdots textsuperscript textsubscript xspace large Large small scriptsize footnotesize "
    "normalsize noindent relax".split()
)
# Names of commands that are no words: left behind where a page dropped the backslash.
_NO_WORDS = frozenset(
    "mathrm mathit mathbf mathsf mathtt mathcal mathfrak mathbb mathscr boldsymbol textrm "
    "textit textbf textsf texttt textsc ensuremath operatorname bbb".split()
)
_COMMAND = later(r"\\([A-Za-z]+)\*?")
_FOLDS = {
    "ß": "ss",
    "ø": "o",
    "Ø": "o",
    "ł": "l",
    "Ł": "l",
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "đ": "d",
    "Đ": "d",
    "ð": "d",
    "Ð": "d",
    "þ": "th",
    "Þ": "th",
    "ı": "i",
    "∞": " infty ",
    "×": " times ",
    "’": "",
    "‘": "",
    "ʼ": "",
    "′": "",
    "\u00ad": "",
    "\u200b": "",
    "\u2060": "",
    "\ufeff": "",
}
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma "
    "sigma tau upsilon phi chi psi omega"
)
_FOLD_CHARS = {
    **_FOLDS,
    **{chr(0x3B1 + n): f" {name} " for n, name in enumerate(_GREEK.split())},
    # There is no capital of the final sigma.
    **{chr(0x391 + n): f" {name} " for n, name in enumerate(_GREEK.split()) if n != 17},
    "ϵ": " epsilon ",
    "ϕ": " phi ",
    "ϑ": " theta ",
    "ϱ": " rho ",
    "ϖ": " pi ",
}
_FOLD_TABLE = str.maketrans(_FOLD_CHARS)
_VARIANTS = {
    "varepsilon": "epsilon",
    "varphi": "phi",
    "vartheta": "theta",
    "varrho": "rho",
    "varsigma": "sigma",
    "varpi": "pi",
    "infinity": "infty",
}
_ODD_WORDS = _NO_WORDS | _VARIANTS.keys()
_GREEK_TEXT = later(r"[\u0370-\u03ff]{3,}")
_CUT = later(r"(?:\.\s?\.\s?\.|…|\\[lc]?dots)[\s}\"')\]]*$")
_SUBTITLE = later(r":(?=\s|$|[A-Z])|\s[-–—]{1,3}\s|\s?---?\s?|—|[.?!](?=\s)|;\s")


def title_words(title: str) -> tuple[str, ...]:
    r"""The words of a title, for comparing: lower case, no accents, no TeX, no punctuation.

    `{TTC}: A high--performance $\alpha$-Compiler` gives
    `("ttc", "a", "high", "performance", "alpha", "compiler")`.
    """
    if title.isascii() and not _DRESS.search(title):
        words = _PLAIN_WORD.findall(title.lower())
    else:
        words = _WORD.findall(_undress(title))
    if _ODD_WORDS.isdisjoint(words):
        return tuple(words)
    return tuple(_VARIANTS.get(word, word) for word in words if word not in _NO_WORDS)


def title_key(title: str) -> str:
    """The words of a title without blanks: equal for two prints of one title.

    Blanks go too, so that "self-attention" and "selfattention" agree. Empty for a title
    without any letter or digit.
    """
    return "".join(title_words(title))


def title_hash(key: str) -> int:
    """48 bits that stand for a title key; the same on every machine."""
    # Here, as `unescape` below: a look-up by ID needs neither. `hashlib` would load OpenSSL, which
    # takes longer than the whole of a look-up; this is the very function that it offers.
    try:
        from _blake2 import blake2b
    except ImportError:  # another Python than CPython
        from hashlib import blake2b

    return int.from_bytes(blake2b(key.encode(), digest_size=6).digest(), "little")


def is_cut(title: str) -> bool:
    """True when the title ends in an ellipsis: its end is missing."""
    return _CUT.search(title) is not None


def main_title(title: str) -> str | None:
    """The title before its first subtitle (`:`, a dash between blanks, `. `), or None."""
    match = _SUBTITLE.search(title)
    if match is None or not title[match.end() :].strip():
        return None
    head = title[: match.end() if match[0] in ("?", "!") else match.start()].strip()
    return head or None


def words_before_subtitles(title: str) -> frozenset[int]:
    """After how many words a subtitle begins: every place where the title can be cut off."""
    counts = set()
    for match in _SUBTITLE.finditer(title):
        counts.add(len(title_words(title[: match.start()])))
    return frozenset(counts) - {0}


def printed_words(title: str, words: Sequence[str]) -> tuple[int, ...]:
    """For each of a title's `title_words` the number of the printed word it belongs to.

    "Large-Eddy Simulation" has three words in two printed ones: (0, 0, 1).
    """
    numbers: list[int] = []
    for number, printed in enumerate(title.split()):
        numbers.extend([number] * len(title_words(printed)))
    # Markup that spans blanks may give other words when split: then each stands for itself.
    return tuple(numbers) if len(numbers) == len(words) else tuple(range(len(words)))


def _undress(title: str) -> str:
    text = title
    if "&" in text:
        if _ENTITY.search(text):
            from html import unescape

            text = unescape(text)
        text = text.replace("\\&", " and ").replace("&", " and ")
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text:
        text = _ACCENT.sub("", text)
        text = _COMMAND.sub(_command, text)
    text = text.replace("~", " ").replace("'", "")
    text = re.sub(r"[\\${}^_]", "", text)
    if not text.isascii():
        # Greek prose stays Greek; a single Greek letter is a symbol with a name.
        if not _GREEK_TEXT.search(text):
            text = unicodedata.normalize("NFKC", text).translate(_FOLD_TABLE)
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    return text.casefold()


def _command(match: re.Match[str]) -> str:
    name = match[1]
    if name in _LETTERS:
        return _LETTERS[name]
    # A title in capitals has its commands in capitals too: \MATHCAL.
    if name in _DRESSING or name.lower() in _DRESSING:
        return " " if name in ("quad", "qquad", "ldots", "dots", "hspace", "thinspace") else ""
    return f" {_VARIANTS.get(name, name)} "


_UNSPACED = later(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]"
)


def is_word_of_many(word: str) -> bool:
    """True for a stretch of four letters or more in a script that sets no blanks: several words."""
    return len(word) >= 4 and _UNSPACED.match(word) is not None


# --- what kinds of words there are ------------------------------------------------------------

FUNCTION_WORDS = frozenset(
    "a an and are as at be by can do for from has have how in into is it its of on onto or "
    "our over some that the their them these this those to toward towards under upon via was "
    "we what when where which while who whose why will with within using use based against".split()
)
"""Words that may come and go without making another paper."""

OPPOSITES = frozenset("non not no without un anti never nor".split())
"""Words that turn a title into its contrary; a difference in one is never a slip."""

PART_WORDS = frozenset(
    "part parts vol volume chapter section episode lecture lectures supplement supplementary "
    "erratum addendum corrigendum comment reply response corrigenda correction revisited "
    "continued first second third fourth fifth sixth seventh eighth ninth tenth eleventh "
    "twelfth thirteenth fourteenth fifteenth one two three four five six seven eight nine ten "
    "appendix sequel".split()
)
"""Words that tell the parts of a series, or a paper and its reply, from each other."""

REMARK_WORDS = frozenset(
    "addendum comment comments corrigenda corrigendum correction discussion errata erratum "
    "rejoinder reply response supplement".split()
)
"""Words that make the title of one paper that of a remark on it."""

_DIGIT = later(r"\d")
_ROMAN = later(r"(?=[ivxl])(?:x{0,3}(?:ix|iv|v?i{0,3})|xl(?:ix|iv|v?i{0,3}))")


def is_number(word: str) -> bool:
    """True for digits (also `3d`, `2021`, `m24`), Roman numerals and single letters but "a"."""
    return (
        (len(word) == 1 and word != "a")
        or _DIGIT.search(word) is not None
        or _ROMAN.fullmatch(word) is not None
    )


def is_roman(word: str) -> bool:
    """True for a Roman numeral up to 49: "i", "xii"."""
    return _ROMAN.fullmatch(word) is not None


def tells_apart(words: Sequence[str]) -> bool:
    """True when one of the words (a number, a part, a negation) makes another paper."""
    return any(is_number(word) or word in PART_WORDS or word in OPPOSITES for word in words)
