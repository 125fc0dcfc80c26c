"""Names of people made comparable, and author lists as arXiv prints them.

A name may come in parts, as "Family, G.", as "G. Family" or whole as a literal; accents,
hyphens and dots differ from print to print. Two names are the same person's when the family
names agree and the given names do not contradict each other.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from bibtools.later import later
from bibtools.model import Name

_PARTICLES = frozenset(
    "af al an auf ben bin d da dal dalla das de dei del della delle den der des di do dos du e el "
    "ibn la las le les lo los of op t' ten ter the und van ver vom von y zu zum zur 't".split()
)
_SUFFIX = later(r"(?:jr|sr|junior|senior|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_FOLDED_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_TOKEN = later(r"[^\W_]+")
_FOLDS = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ı": "i",
        "'": "",
        "’": "",
        "‘": "",
        "ʼ": "",
        "`": "",
        "´": "",
        # Cyrillic, as Crossref's and zbMATH's Latin forms mostly have it.
        **dict(zip("абвгдезийклмнопрстуфыэіїєґ", "abvgdeziiklmnoprstufyeiieg", strict=True)),
        "ё": "e",
        "ж": "zh",
        "х": "kh",
        "ц": "ts",
        "ч": "ch",
        "ш": "sh",
        "щ": "shch",
        "ю": "yu",
        "я": "ya",
        "ъ": "",
        "ь": "",
    }
)
_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфыэіў", "abvgdeziiklmnoprstufyeiu", strict=True)),
    "ё": "e", "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "",
    "ю": "yu", "я": "ya", "ї": "i", "є": "e", "ґ": "g",
}  # fmt: skip
"""Letters as passports and journals write them (BGN/PCGN without its marks)."""
_ROMANIZED = str.maketrans(_CYRILLIC)
_CYRILLIC_LETTER = later("[\u0400-\u04ff]")
_TEX_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "ı",
    "j": "ȷ",
    "dh": "ð",
    "dj": "đ",
    "th": "þ",
}
_TEX_ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "=": "\u0304",
    ".": "\u0307",
    "u": "\u0306",
    "v": "\u030c",
    "H": "\u030b",
    "c": "\u0327",
    "k": "\u0328",
    "r": "\u030a",
    "d": "\u0323",
    "b": "\u0331",
}
_TEX_LETTER = later(r"\\(ss|ae|AE|oe|OE|aa|AA|dh|dj|th|[oOlLij])(?![A-Za-z])\s?(?:\{\})?")
_TEX_ACCENT = later(r"\\(?:(['`^\"~=.])\s*|([uvHckrdb])(?:\s+|(?=\{)))(?:\{\s*(\w)\s*\}|(\w))")
_PARENTHESES = later(r"\([^()]*\)")
_SEPARATOR = later(r"\s*[,;]\s*(?:and\s+|&\s*)?|\s+and\s+|\s+&\s+")
_ET_AL = later(r"(?:\bet\.?\s*al\.?|\band others|\.\.\.|…)\s*$", re.IGNORECASE)


def plain_letters(text: str) -> str:
    r"""TeX's accents and letters and HTML's entities as Unicode: `Fej\'er` gives "Fejér"."""
    if "&" in text and ";" in text:
        from html import unescape  # here, because few names need it

        text = unescape(text)
    if "\\" not in text:
        return text.replace("{", "").replace("}", "").replace("~", " ") if "{" in text else text

    text = _TEX_LETTER.sub(lambda match: _TEX_LETTERS[match[1]], text)

    def accent(match: re.Match[str]) -> str:
        letter = (match[3] or match[4]).replace("ı", "i").replace("ȷ", "j")
        return unicodedata.normalize("NFC", letter + _TEX_ACCENTS[match[1] or match[2]])

    text = _TEX_ACCENT.sub(accent, text)
    return re.sub(r"[\\{}]", "", text.replace("~", " "))


def split_authors(text: str) -> tuple[str, ...]:
    r"""The names in arXiv's `authors` field, in reading order, without affiliations.

    "A. Braun, Luis Bu\~nel (Madrid) and Wu Li" gives ("A. Braun", "Luis Buñel", "Wu Li").
    """
    text = plain_letters(" ".join(text.split()))
    while "(" in text:
        shorter = _PARENTHESES.sub(" ", text)
        if shorter == text:
            # An unbalanced bracket: nothing behind it can be told apart from a name.
            text = text.partition("(")[0]
            break
        text = shorter
    text = _ET_AL.sub("", text)
    # "The CMS Collaboration: A, B" names a body and then its people.
    names: list[str] = []
    for part in _SEPARATOR.split(text.replace(": ", ", ")):
        name = (
            " ".join(part.split()).strip(" .,;") if part.endswith(",") else " ".join(part.split())
        )
        if not name or name.lower() in ("and", "et al", "et al.", "others"):
            continue
        if names and _SUFFIX.fullmatch(name) and not names[-1].endswith(name):
            names[-1] = f"{names[-1]}, {name}" if "," in names[-1] else f"{names[-1]} {name}"
            continue
        names.append(name)
    return tuple(names)


def fold(text: str) -> str:
    """Lower case without accents; Cyrillic letters as Latin ones."""
    text = text.lower()
    if not text.isascii():
        if _CYRILLIC_LETTER.search(text):
            text = text.translate(_ROMANIZED)
        text = unicodedata.normalize("NFKD", text.translate(_FOLDS))
        return "".join(char for char in text if not unicodedata.combining(char))
    return text.replace("'", "").replace("`", "")


@dataclass(frozen=True, slots=True)
class Person:
    """A name reduced to what can be compared."""

    family: str
    """Folded and joined, without particles: "maaten", "garciamarquez"."""
    given: tuple[str, ...]
    """Folded given names or initials, without dots."""
    whole: str
    """Every letter of the name, sorted by word: finds names printed the other way round."""


@lru_cache(maxsize=50_000)
def person(name: Name) -> Person:
    """The comparable form of a name; a literal is read as a person's name."""
    if name.family is None:
        return printed_person(name.literal or name.given or "")
    family = _TOKEN.findall(fold(plain_letters(name.family)))
    if len(family) > 1:
        family = [word for word in family if word not in _PARTICLES] or family
    given = tuple(_TOKEN.findall(fold(plain_letters(name.given or ""))))
    return Person("".join(family), given, "".join(sorted([*family, *given])))


def printed_person(text: str) -> Person:
    """The comparable form of a printed name: "Family, Given", or the family name last.

    Enough for comparing, and five times faster than reading the name into its parts.
    """
    return folded_person(fold(plain_letters(text)))


def folded_person(text: str) -> Person:
    """As `printed_person`, for a text that went through `plain_letters` and `fold` already."""
    family_text, comma, given_text = text.partition(",")
    if comma:
        family = _TOKEN.findall(family_text)
        if len(family) > 1:
            family = [word for word in family if word not in _PARTICLES] or family
        given = [word for word in _TOKEN.findall(given_text) if word not in _FOLDED_SUFFIXES]
    else:
        words = text.split()
        if len(words) > 2 and words[-1].rstrip(".") in _FOLDED_SUFFIXES:
            words.pop()
        family = _TOKEN.findall(words[-1]) if words else []
        given = _TOKEN.findall(" ".join(words[:-1]))
    return Person("".join(family), tuple(given), "".join(sorted([*family, *given])))


def persons_agree(first: Person, second: Person) -> bool:
    """True when both may be one person's name: same family, given names that do not clash."""
    if first.family == second.family:
        return _given_agree(first.given, second.given)
    if first.whole == second.whole and first.whole:
        return True
    # "Gao Tianyu" beside "Tianyu Gao", "Tianyu G."
    if first.given and second.given:
        return first.family == "".join(second.given) and second.family == "".join(first.given)
    # Spanish and Portuguese double names lose their second or first half.
    if min(len(first.family), len(second.family)) >= 5 and first.given and second.given:
        longer, shorter = sorted((first.family, second.family), key=len, reverse=True)
        return longer.endswith(shorter) and _given_agree(first.given, second.given)
    return False


def _given_agree(first: Sequence[str], second: Sequence[str]) -> bool:
    if not first or not second:
        return True
    a, b = first[0], second[0]
    if a[0] != b[0]:
        return False
    if len(a) == 1 or len(b) == 1 or a == b or a.startswith(b) or b.startswith(a):
        return True
    if "".join(first) == "".join(second):
        return True
    if _are_initials(first, second) or _are_initials(second, first):
        return True
    # "Zeyong" beside "Ze Yong", "Mikhail" beside "Michael": one slip is allowed, no more.
    joined_a, joined_b = "".join(first), "".join(second)
    if joined_a.startswith(joined_b) or joined_b.startswith(joined_a):
        return True
    return a[:3] == b[:3]


def _are_initials(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the one is the other's initials without dots: "AJ" of "Andrew J."."""
    return len(first) == 1 < len(second) and first[0] == "".join(name[0] for name in second)


def same_person(first: Name, second: Name) -> bool:
    """True when both names may be one person's."""
    return persons_agree(person(first), person(second))


class Agreement(StrEnum):
    """How two author lists stand to each other."""

    SAME = "same"
    """Nearly all of the asked authors are found."""
    SOME = "some"
    """A few are."""
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    """One of the lists is empty."""


@dataclass(frozen=True, slots=True)
class Authorship:
    """What a comparison of two author lists says."""

    agreement: Agreement
    found: int = 0
    """How many of the asked authors the other list holds."""
    asked: int = 0
    known: int = 0
    first: bool = False
    """True when the first authors agree."""


NO_AUTHORSHIP = Authorship(Agreement.UNKNOWN)


def compare_authors(asked: Sequence[Person], known: Sequence[Person]) -> Authorship:
    """How many of the asked authors stand in the known list, whatever their order."""
    if not asked or not known:
        return NO_AUTHORSHIP
    by_family: dict[str, list[Person]] = {}
    for one in known:
        by_family.setdefault(one.family, []).append(one)
    found = 0
    for one in asked:
        near = by_family.get(one.family, ())
        found += any(_given_agree(one.given, other.given) for other in near) or (
            # In a list of hundreds, some name turned round or cut in half would always agree.
            len(known) <= 200 and any(persons_agree(one, other) for other in known)
        )
    first = persons_agree(asked[0], known[0])
    if found == 0 and _other_script(asked, known):
        return NO_AUTHORSHIP
    if found == 0:
        agreement = Agreement.DIFFERENT
    elif found * 3 >= len(asked) * 2:
        agreement = Agreement.SAME
    else:
        agreement = Agreement.SOME
    return Authorship(agreement, found, len(asked), len(known), first)


def _other_script(first: Sequence[Person], second: Sequence[Person]) -> bool:
    """Whether one list is in Latin letters and the other in none: nothing can be compared."""
    latin = [{one.whole.isascii() for one in some if one.whole} for some in (first, second)]
    return {frozenset(one) for one in latin} == {frozenset({True}), frozenset({False})}
