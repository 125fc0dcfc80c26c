"""The words of titles that keys are made from."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from bibtools.keys.folding import fold, transliterate
from bibtools.later import later
from bibtools.text.latex_encode import pieces

_STOP_WORDS = frozenset(
    "a about above after against all along am among an and any are around as at be because been "
    "before behind being below between both but by can could did do does doing down during each "
    "either for from had has have how if in into is it its may me more most my near nor not of "
    "off on onto or our out over per should so some such than that the their them then there "
    "these they this those through to toward towards under until up upon us via vs was we were "
    "what when where whether which while who whom why will with within without would you your "
    "le la les l un une des du de et en sur pour dans der die das ein eine und von zur zum im "
    "el los las una y del por para il lo gli".split()
)

SKIP_WORDS: Final = frozenset(
    "a ab aboard about above across after against al along amid among an and anti around as at "
    "before behind below beneath beside besides between beyond but by d da das de del dell dello "
    "dei degli della delle dem den der des despite die do down du during ein eine einem einen "
    "einer eines el en et except for from gli i il in inside into is l la las le les like lo los "
    "near nor of off on onto or over past per plus round save since so some sur than the through "
    "to toward towards un una unas under underneath une unlike uno unos until up upon versus via "
    "von while with within without yet zu zum".split()
)
"""What Better BibTeX leaves out of titles (the default of its preference `skipWords`)."""

FUNCTION_WORDS: Final = frozenset(
    "a an the above about across against along among around at before behind below beneath "
    "beside between beyond by down during except for from in inside into like near of off on "
    "onto since to toward through under until up upon with within without and but nor or so "
    "yet".split()
)
"""What JabRef calls function words (https://docs.jabref.org/setup/citationkeypatterns)."""


def letters_of(text: str) -> str:
    """The text folded to ASCII letters and digits alone."""
    return re.sub(r"[^A-Za-z0-9]", "", fold(text))


_TEX = later(r"\\math[a-z]+|[\\{}$]")
_APOSTROPHES = later(r"['’‘`´ʼ]")


def without_tex(title: str) -> str:
    r"""The title with its TeX commands read: `$\alpha$` becomes `alpha`."""
    if "\\" not in title:
        return title
    return _TEX.sub(" ", "".join(piece.plain for piece in pieces(title)))


def title_words(title: str) -> list[str]:
    """The words of a title that tell it from others, folded; all its words when there are none."""
    text = _APOSTROPHES.sub("", without_tex(title))
    # A hyphen parts words ("Pre-Training" -> "pre"), as in the keys of Google Scholar.
    words = [letters_of(word) for word in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text))]
    words = [word for word in words if word]
    telling = [word for word in words if word.lower() not in _STOP_WORDS]
    return telling or words


# What follows is how Better BibTeX sees words: hyphenated ones are one.

_MARKUP = later(r"</?(?:i|b|sc|nc|code|span[^>]*)>|\"", re.IGNORECASE)
_ANY_TAG = later(r"<[/!?]?[A-Za-z][^<>]*>")
_CJK = later("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# A long dash parts words, a hyphen does not; figures ("2018–2023") stay together.
_LONG_DASH = later(r"(?<=[^\W\d_])[\u2013\u2014](?=\w)")


class _Categories(dict[int, str | None]):
    """A table for `str.translate` that learns each character when it is first met."""

    def __init__(self, dash: str) -> None:
        super().__init__()
        self.dash = dash

    def __missing__(self, code: int) -> str | None:
        category = unicodedata.category(chr(code))
        said: str | None = chr(code)
        if category == "Pd" or code in (0x2500, 0xFF0D, 0x2015):
            said = self.dash
        elif category in ("Pe", "Pf", "Pi", "Po", "Ps"):
            said = None
        self[code] = said
        return said


_NO_PUNCTUATION: dict[str, _Categories] = {"-": _Categories("-"), "": _Categories("")}


def without_punctuation(text: str, dash: str = "-") -> str:
    """The text without brackets, quotation marks and stops; every dash becomes `dash`.

    Connectors (`_`) and signs (`+`, `<`, `$`) stay.
    """
    table = _NO_PUNCTUATION.get(dash)
    if table is None:
        table = _Categories(dash)
    return text.translate(table)


def without_markup(text: str) -> str:
    """The text without tags."""
    return _ANY_TAG.sub("", text) if "<" in text else text


_EDGES = {"Pe", "Pf", "Pi", "Po", "Ps", "Pd"}
_KEPT_AT_EDGES = frozenset("&@#%")


@lru_cache(maxsize=65536)
def _is_edge(char: str) -> bool:
    return unicodedata.category(char) in _EDGES and char not in _KEPT_AT_EDGES


def _bare(word: str) -> str:
    start, end = 0, len(word)
    while start < end and _is_edge(word[start]):
        start += 1
    while end > start and _is_edge(word[end - 1]):
        end -= 1
    return word[start:end]


def sentence_words(
    text: str,
    *,
    skip: bool = True,
    no_punctuation: bool = False,
    romanize: bool = False,
    language: str = "",
) -> list[str]:
    """The words of a text without the punctuation around them, as Better BibTeX counts words.

    `SKIP_WORDS` are always left out; with `skip` also single letters. `no_punctuation` joins
    `pre-training`, `romanize` writes the words in ASCII.
    """
    text = _MARKUP.sub("", text).replace("/", " ").replace(":", " ")
    found = []
    for piece in _LONG_DASH.sub(" ", text).split():
        word = _bare(piece)
        if not word or word.lower() in SKIP_WORDS:
            continue
        if no_punctuation:
            word = without_punctuation(word, "")
        if not word or (skip and len(word) == 1 and not word.isdecimal() and not _CJK.match(word)):
            continue
        if romanize:
            word = transliterate(word, language)
        if word and not (skip and word.lower() in SKIP_WORDS):
            found.append(word)
    return found
