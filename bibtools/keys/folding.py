"""Text in ASCII: what may stand in a citation key, a file name, a shell word.

Two ways, because keys that exist were made in two ways:

- `fold` keeps letters, digits and ASCII signs and drops what it cannot say (Google Scholar's and
  arXiv's keys know nothing else).
- `transliterate` writes signs out as well (`½` is `1/2`) and knows languages: German `ü` is
  `ue`, Ukrainian `г` is `h`. It follows what Better BibTeX documents for its filters `fold`,
  `transliterate` and `clean`, for the scripts that letter tables can do: Latin, Greek, Cyrillic,
  Arabic (Buckwalter's letters), kana (Hepburn) and Hangul (Revised Romanization). Chinese needs
  a dictionary of readings; its characters are left out.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

# Letters that do not decompose into a Latin letter and a mark.
_FOLDED = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ø": "o", "Ø": "O",
    "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
    "ı": "i", "ŋ": "ng", "Ŋ": "Ng", "ħ": "h", "Ħ": "H", "ə": "e", "Ə": "E", "ŧ": "t", "Ŧ": "T",
    "ƒ": "f", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ĸ": "k",
    # Cyrillic (BGN/PCGN, without its signs)
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z",
    "и": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "ye", "і": "i", "ґ": "g",
    "ђ": "dj", "ј": "j", "љ": "lj", "њ": "nj", "ћ": "c", "џ": "dz", "ѕ": "dz",
    # Greek (ELOT 743)
    "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
    "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
    "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
}  # fmt: skip


def fold(text: str) -> str:
    """The text in ASCII letters and digits; characters of other scripts are left out.

    Accents go, `ß` becomes `ss`; Cyrillic and Greek are transcribed letter by letter.
    """
    if text.isascii():
        return text
    out: list[str] = []
    for char in unicodedata.normalize("NFKC", text):
        if char.isascii():
            out.append(char)
            continue
        base = char
        if char.lower() not in _FOLDED and char not in _FOLDED:
            base = unicodedata.normalize("NFKD", char)
        for one in base:
            if one.isascii():
                out.append(one)
            elif one in _FOLDED:
                out.append(_FOLDED[one])
            elif one.lower() in _FOLDED:
                out.append(_FOLDED[one.lower()].capitalize())
    return "".join(out)


# Small letters; a capital is the same, capitalised. The tables hold what differs from `_FOLDED`.
_LATIN = {
    "Æ": "AE", "Œ": "OE", "ẞ": "Ss", "µ": "u", "ª": "a", "º": "o", "ŉ": "'n",
    # Greek as English transcribes it.
    "β": "b", "η": "e", "υ": "u", "φ": "ph", "χ": "kh", "ϑ": "th", "ϕ": "ph", "ϵ": "e",
    # Cyrillic vowels
    "й": "i", "ё": "io", "ї": "yi", "ў": "u", "ѣ": "e", "ѳ": "f", "ѵ": "i", "ң": "n", "ө": "o",
    "ү": "u", "қ": "q", "ғ": "gh", "ҳ": "h", "ә": "a", "һ": "h", "ұ": "u", "җ": "zh",
    # Hebrew
    "א": "", "ב": "b", "ג": "g", "ד": "d", "ה": "h", "ו": "v", "ז": "z", "ח": "kh", "ט": "t",
    "י": "y", "ך": "k", "כ": "k", "ל": "l", "ם": "m", "מ": "m", "ן": "n", "נ": "n", "ס": "s",
    "ע": "", "ף": "p", "פ": "p", "ץ": "ts", "צ": "ts", "ק": "q", "ר": "r", "ש": "sh", "ת": "t",
    # Arabic: Buckwalter's letters, with letters for his signs
    "ء": "a", "آ": "A", "أ": "a", "ؤ": "w", "إ": "i", "ئ": "y", "ا": "A", "ب": "b", "ة": "p",
    "ت": "t", "ث": "v", "ج": "j", "ح": "H", "خ": "x", "د": "d", "ذ": "dh", "ر": "r", "ز": "z",
    "س": "s", "ش": "sh", "ص": "S", "ض": "D", "ط": "T", "ظ": "Z", "ع": "E", "غ": "g", "ف": "f",
    "ق": "q", "ك": "k", "ل": "l", "م": "m", "ن": "n", "ه": "h", "و": "w", "ى": "Y", "ي": "y",
    "پ": "p", "چ": "ch", "ژ": "zh", "ک": "k", "گ": "g", "ی": "y",
    "\u064b": "F", "\u064c": "N", "\u064d": "K", "\u064e": "a", "\u064f": "u", "\u0650": "i",
    # Signs
    "‘": "'", "’": "'", "‚": ",", "‛": "'", "“": '"', "”": '"', "„": '"', "«": "<<", "»": ">>",
    "‹": "<", "›": ">", "′": "'", "″": '"', "ʼ": "'", "ʹ": "'", "´": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "--", "―": "--", "−": "-", "…": "...",
    "·": "*", "•": "*", "×": "x", "÷": "/", "°": "deg", "©": "(c)", "®": "(r)", "™": "tm",
    "€": "EUR", "£": "PS", "¥": "Y=", "§": "SS", "¶": "P", "¡": "!", "¿": "?", "±": "+-",
    "¼": "1/4", "½": "1/2", "¾": "3/4", "№": "No", "←": "-", "→": "-", "∞": "inf",
    "、": ", ", "。": ". ", "！": "!", "？": "?", "：": ":", "；": ";", "，": ",",
}  # fmt: skip

_KANA = {
    "あ": "a", "い": "i", "う": "u", "え": "e", "お": "o", "か": "ka", "き": "ki", "く": "ku",
    "け": "ke", "こ": "ko", "さ": "sa", "し": "shi", "す": "su", "せ": "se", "そ": "so",
    "た": "ta", "ち": "chi", "つ": "tsu", "て": "te", "と": "to", "な": "na", "に": "ni",
    "ぬ": "nu", "ね": "ne", "の": "no", "は": "ha", "ひ": "hi", "ふ": "fu", "へ": "he",
    "ほ": "ho", "ま": "ma", "み": "mi", "む": "mu", "め": "me", "も": "mo", "や": "ya",
    "ゆ": "yu", "よ": "yo", "ら": "ra", "り": "ri", "る": "ru", "れ": "re", "ろ": "ro",
    "わ": "wa", "ゐ": "wi", "ゑ": "we", "を": "wo", "ん": "n", "が": "ga", "ぎ": "gi",
    "ぐ": "gu", "げ": "ge", "ご": "go", "ざ": "za", "じ": "ji", "ず": "zu", "ぜ": "ze",
    "ぞ": "zo", "だ": "da", "ぢ": "ji", "づ": "zu", "で": "de", "ど": "do", "ば": "ba",
    "び": "bi", "ぶ": "bu", "べ": "be", "ぼ": "bo", "ぱ": "pa", "ぴ": "pi", "ぷ": "pu",
    "ぺ": "pe", "ぽ": "po", "ゔ": "vu", "ぁ": "a", "ぃ": "i", "ぅ": "u", "ぇ": "e", "ぉ": "o",
}  # fmt: skip
_SMALL_Y = {"ゃ": "a", "ゅ": "u", "ょ": "o"}

# Revised Romanization of Korean, letter by letter: first consonants, vowels, last consonants.
_HANGUL = (
    "g kk n d tt r m b pp s ss - j jj ch k t p h".split(),
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split(),
    "- g kk gs n nj nh d l lg lm lb ls lt lp lh m b bs s ss ng j ch k t p h".split(),
)

LANGUAGES: Final[dict[str, dict[str, str]]] = {
    "": {},
    "german": {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"},
    "russian": {"й": "y", "ё": "yo", "ю": "yu", "я": "ya", "щ": "shch", "х": "kh", "ц": "ts"},
    "ukrainian": {"г": "h", "ґ": "g", "и": "y", "і": "i", "ї": "i", "й": "i", "є": "ie",
                  "ю": "iu", "я": "ia"},
    "mongolian": {"ө": "ö", "ү": "ü", "х": "kh", "й": "i"},
    "arabic": {},
    "japanese": {},
    "chinese": {},
    "chinese-traditional": {},
}  # fmt: skip
"""What a language writes otherwise than the table for all."""

LANGUAGE_NAMES: Final[dict[str, str]] = {
    **dict.fromkeys("de deu ger german deutsch ngerman naustrian austrian".split(), "german"),
    **dict.fromkeys("ja jpn japanese 日本語".split(), "japanese"),
    **dict.fromkeys("zh chi zho chinese cn hans 中文 汉语".split(), "chinese"),
    **dict.fromkeys("tw hk hant zh-hant zh-tw zh-hk".split(), "chinese-traditional"),
    **dict.fromkeys("ar ara arabic العربية".split(), "arabic"),
    **dict.fromkeys("uk ukr ukrainian ukranian українська".split(), "ukrainian"),
    **dict.fromkeys("mn mon mongolian".split(), "mongolian"),
    **dict.fromkeys("ru rus russian русский".split(), "russian"),
    "minimal": "",
}
"""What people write for a language that `LANGUAGES` knows, in lower case."""


def language_of(text: str) -> str:
    """The language of `LANGUAGES` that a text such as `de-AT` or `Deutsch` means, or empty."""
    name = text.strip().lower().replace("_", "-")
    return LANGUAGE_NAMES.get(name) or LANGUAGE_NAMES.get(name.split("-")[0], "")


def transliterate(text: str, language: str = "") -> str:
    """The text in ASCII; what no table can say is left out. `language` is a key of `LANGUAGES`."""
    if text.isascii():
        return text
    return _transliterated(text, language)


@lru_cache(maxsize=4096)
def _transliterated(text: str, language: str) -> str:
    special = LANGUAGES.get(language, {})
    out: list[str] = []
    doubled = False
    for char in unicodedata.normalize("NFC", text):
        if char.isascii():
            out.append(char)
            continue
        kana = chr(ord(char) - 0x60) if "ァ" <= char <= "ヴ" else char
        if kana == "っ":
            doubled = True
            continue
        if kana in _SMALL_Y and out and out[-1].endswith("i"):
            stem = out[-1][:-1]
            out[-1] = stem + ("" if stem.endswith(("sh", "ch", "j")) else "y") + _SMALL_Y[kana]
            continue
        said = _said(char, kana, special)
        if doubled and said:
            said = ("t" if said.startswith("ch") else said[0]) + said
        doubled = False
        out.append(said)
    return "".join(out)


def _said(char: str, kana: str, special: dict[str, str]) -> str:
    for table in (special, _LATIN, _FOLDED, _KANA):
        said = table.get(kana if table is _KANA else char)
        if said is not None:
            return said if said.isascii() else "".join(_said(one, one, {}) for one in said)
    small = char.lower()
    if small != char and len(small) == 1:
        said = _said(small, small, special)
        return said[:1].upper() + said[1:]
    if "가" <= char <= "힣":
        number = ord(char) - ord("가")
        first, vowel, last = number // 588, number % 588 // 28, number % 28
        return (_HANGUL[0][first] + _HANGUL[1][vowel] + _HANGUL[2][last]).replace("-", "")
    parts = unicodedata.normalize("NFKD", char)
    if parts == char:
        return ""
    return "".join(one if one.isascii() else _said(one, one, special) for one in parts)
