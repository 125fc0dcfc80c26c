"""Text as words that can be compared: no case, no accents, no punctuation.

What is stored and what is asked for go through the same functions, so that "Łukasiewicz",
"LUKASIEWICZ" and "lukasiewicz" are one word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from bibtools.later import later

_APOSTROPHES = "'\u2019\u02bc"
_WORD = later(r"[^\W_]+")
_COMPOUND = later(
    r"(?<![^\W_])(?<![^\W_][-\u2010\u2011])[^\W_]+(?:[-\u2010\u2011][^\W_]+){1,2}(?![^\W_]|[-\u2010\u2011][^\W_])"
)
_SHOWN = later(rf"[^\W_]+(?:[{_APOSTROPHES}][^\W_]+)*")
_HYPHENS = later("[-\u2010\u2011]")
# Scripts that set no blanks: every two neighbouring characters are a word.
_UNSPACED = later(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)


class _Folds(dict[int, str | int | None]):
    """What becomes of a character that was taken apart: accents go."""

    def __missing__(self, code: int) -> int | None:
        found = self[code] = None if unicodedata.combining(chr(code)) else code
        return found


# Letters that Unicode does not take apart.
_LETTERS = _Folds(
    str.maketrans({
        "ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
        "ħ": "h", "ŧ": "t", "ŋ": "n", "ĸ": "k",
        **dict.fromkeys(_APOSTROPHES), "\u00ad": None, "\u200b": None, "\u2060": None,
        "\ufeff": None,
    })
)  # fmt: skip
_LONGEST = 64
"""A longer word is cut here: nobody types it, and it may be no word at all."""
# How names in other spellings are typed: Müller or Mueller, Søren or Soeren.
_DIGRAPHS = (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a"))
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})


def fold(text: str) -> str:
    """The text in lower case without accents and apostrophes; blanks and punctuation stay."""
    if text.isascii():
        return text.lower().replace("'", "")
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    # Taken apart, a sign such as that for hertz has a capital.
    return folded.casefold()


def words(text: str) -> list[str]:
    """The words of a text in order, folded: `["self", "attention", "is", "muller", "s"]`.

    Runs of a script without blanks give their pairs of characters.
    """
    return _words(fold(text))


def words_and_compounds(text: str) -> tuple[list[str], list[str]]:
    """The words of a text, and its hyphenated words as one: "pre-training" as "pretraining"."""
    folded = fold(text)
    return _words(folded), _compounds(folded)


def compounds(text: str) -> list[str]:
    """Hyphenated words as one: "pre-training" gives "pretraining"."""
    return _compounds(fold(text))


def _words(folded: str) -> list[str]:
    found = _WORD.findall(folded)
    if not folded.isascii() and _UNSPACED.search(folded):
        return [part for word in found for part in _parts(word)]
    if max(map(len, found), default=0) > _LONGEST:
        return [word[:_LONGEST] for word in found]
    return found


def _compounds(folded: str) -> list[str]:
    if "-" not in folded and (folded.isascii() or not _HYPHENS.search(folded)):
        return []
    # Only pieces with a hyphen are looked at closely, which takes long.
    return [
        _HYPHENS.sub("", one)[:_LONGEST]
        for piece in folded.split()
        if "-" in piece or not piece.isascii()
        for one in _COMPOUND.findall(piece)
        if one.isascii() or not _UNSPACED.search(one)
    ]


def shown_words(text: str) -> Iterator[tuple[str, int, int]]:
    """(folded word, start, end) of the words of a text as it is printed."""
    for match in _SHOWN.finditer(text):
        for start, end in _stretches(match[0], match.start()):
            folded = fold(text[start:end])
            yield folded[:_LONGEST], start, end


def other_spellings(typed: str) -> tuple[str, ...]:
    """Other ways in which a typed word may stand in a text, folded, the likeliest first.

    Singular and plural of English, and the two ways to spell an umlaut.
    """
    word = fold(typed)
    found: list[str] = []
    written_out = fold(unicodedata.normalize("NFC", typed.casefold()).translate(_WRITTEN_OUT))
    if written_out != word:
        found.append(written_out)
    for pair, letter in _DIGRAPHS:
        if pair in word:
            found.append(word.replace(pair, letter))
    if len(word) > 3 and word.isascii() and word.isalpha():
        found += _other_numbers(word)
    return tuple(dict.fromkeys(one for one in found if one != word))


def _other_numbers(word: str) -> list[str]:
    if word.endswith("ies") and len(word) > 4:
        return [word[:-3] + "y"]
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return [word[:-2]]
    if word.endswith("s"):
        return [word[:-1]] if not word.endswith(("ss", "us", "is")) else []
    if word.endswith("y") and word[-2] not in "aeiou":
        return [word[:-1] + "ies"]
    return [word + ("es" if word.endswith(("sh", "ch", "x", "z")) else "s")]


def _parts(word: str) -> Iterator[str]:
    if word.isascii() or not _UNSPACED.search(word):
        yield word[:_LONGEST]
        return
    for start, end in _stretches(word, 0):
        yield word[start:end][:_LONGEST]


def _stretches(word: str, at: int) -> Iterator[tuple[int, int]]:
    """The places of a word, or of the pairs of characters and the words that it consists of."""
    if word.isascii():
        yield at, at + len(word)
        return
    position = 0
    for match in _UNSPACED.finditer(word):
        if match.start() > position:
            yield at + position, at + match.start()
        start, end = match.span()
        if end - start == 1:
            yield at + start, at + end
        for one in range(start, end - 1):
            yield at + one, at + one + 2
        position = end
    if position < len(word):
        yield at + position, at + len(word)
