r"""Citation keys: family name, year, first word of the title (`gao2021simcse`).

A key is made from what an entry says, in ASCII letters and digits, so that it means nothing
special to BibTeX, biber, LaTeX or a file system. Keys that exist are never changed.

A pattern is a text with fields in braces, and `-`, `_`, `:`, `.` between them:

| field | gives |
|---|---|
| `{family}` | the first author's family name with its particle: `vandermaaten` |
| `{families}` | the family names of the first three authors, then `etal` when there are more |
| `{families:2}` | the same with two |
| `{year}` | the year |
| `{word}` | the first word of the title that is no article, preposition or the like |
| `{words:3}` | the first three such words |
| `{initials}` | the first letters of the further authors' family names: `YC` |
| `{yy}` | the last two digits of the year |
| `{arxiv}` | the arXiv ID, with `.` and `/` left out |

A field may end in a filter: `{family|upper}` `GAO`, `{word|title}` `Simcse`, `{word|asis}`
`SimCSE`; without one it is lower-case. What an entry does not have is left out; without an
author, `{family}` is the first two words of the title and `{word}`, `{words}` are empty.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bibtools.errors import UsageError
from bibtools.model import Entry
from bibtools.text.latex_encode import pieces
from bibtools.text.names import parse_name

default_pattern = "{family}{year}{word}"

PRESETS = {
    "google-scholar": default_pattern,
    "better-bibtex": "{family}{words:3|asis}{year}",
    "arxiv": "{family}{year}{words:4}",
    "dblp": "{family|title}{initials|upper}{yy}",
}
"""Names of patterns: `gao2021simcse`, `gaoSimCSESimpleContrastive2021` (Better BibTeX's
`auth.lower + shorttitle(3,3) + year`), `gao2021simcsesimplecontrastivelearning`, `GaoYC21` (the
last part of DBLP's key; the stream before it is known to DBLP alone)."""

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


def _letters(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "", fold(text))


_TEX = re.compile(r"\\math[a-z]+|[\\{}$]")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")


def title_words(title: str) -> list[str]:
    """The words of a title that tell it from others, folded; all its words when there are none."""
    text = title
    if "\\" in title:
        text = _TEX.sub(" ", "".join(piece.plain for piece in pieces(title)))
    text = _APOSTROPHES.sub("", text)
    # A hyphen parts words ("Pre-Training" -> "pre"), as in the keys of Google Scholar.
    words = [_letters(word) for word in re.split(r"[\W_]+", unicodedata.normalize("NFKC", text))]
    words = [word for word in words if word]
    telling = [word for word in words if word.lower() not in _STOP_WORDS]
    return telling or words


@dataclass(frozen=True, slots=True)
class _Facts:
    families: tuple[str, ...]
    truncated: bool
    year: str
    words: tuple[str, ...]
    arxiv: str


def _facts(entry: Entry) -> _Facts:
    families = []
    for name in entry.authors:
        if name.literal is not None:
            # A personal name that came in one piece is still a person's; a body stays whole.
            name = parse_name(name.literal)
        family = _letters(name.family_with_particle() or name.given or "")
        if family:
            families.append(family)
    return _Facts(
        families=tuple(families),
        truncated=entry.authors_truncated,
        year=f"{entry.date.year:04}" if entry.date is not None else "",
        words=tuple(title_words(entry.title or "")),
        arxiv=_letters(entry.arxiv.value) if entry.arxiv is not None else "",
    )


def _family(facts: _Facts, _count: int) -> str:
    return facts.families[0] if facts.families else "".join(facts.words[:2])


def _all_families(facts: _Facts, count: int) -> str:
    if not facts.families:
        return "".join(facts.words[:2])
    more = facts.truncated or len(facts.families) > count
    return "".join(facts.families[:count]) + ("EtAl" if more else "")


def _words(facts: _Facts, count: int) -> str:
    return "".join(word[:1].upper() + word[1:] for word in facts.words[:count])


_FIELDS: dict[str, tuple[Callable[[_Facts, int], str], int]] = {
    "family": (_family, 1),
    "families": (_all_families, 3),
    "year": (lambda facts, _count: facts.year, 1),
    "word": (lambda facts, _count: "".join(facts.words[:1]), 1),
    "words": (_words, 3),
    "arxiv": (lambda facts, _count: facts.arxiv, 1),
    "initials": (lambda facts, _count: "".join(name[0] for name in facts.families[1:]), 1),
    "yy": (lambda facts, _count: facts.year[-2:], 1),
}
_FILTERS: dict[str, Callable[[str], str]] = {
    "": str.lower,
    "lower": str.lower,
    "upper": str.upper,
    "title": lambda text: text[:1].upper() + text[1:].lower(),
    "asis": str,
}
_FIELD = re.compile(r"\{([a-z]+)(?::([1-9]))?(?:\|([a-z]+))?\}")
_BETWEEN = re.compile(r"[A-Za-z0-9_:.-]*")
_longest_key = 80


def _parse(pattern: str) -> list[str | tuple[str, int, str]]:
    parts: list[str | tuple[str, int, str]] = []
    position = 0
    for match in _FIELD.finditer(pattern):
        name, count, filter_name = match.groups(default="")
        if name not in _FIELDS or filter_name not in _FILTERS:
            break
        parts.append(pattern[position : match.start()])
        parts.append((name, int(count or _FIELDS[name][1]), filter_name))
        position = match.end()
    parts.append(pattern[position:])
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts) or not all(_BETWEEN.fullmatch(text) for text in texts):
        fields = ", ".join(f"{{{name}}}" for name in _FIELDS)
        raise UsageError(
            f'The key pattern "{pattern}" cannot be read.',
            hint=f"A pattern is made of {fields}, with letters, digits, - _ : or . between them; "
            "filters are |lower, |upper, |title and |asis, as in {family|title}{year}.",
        )
    return parts


def make_key(entry: Entry, pattern: str = default_pattern) -> str:
    """The key that the pattern gives, in ASCII; `anon` when the entry gives nothing to say.

    Raises `UsageError` for a pattern that cannot be read.
    """
    parts = _parse(pattern)
    facts = _facts(entry)
    out: list[str] = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
            continue
        name, count, filter_name = part
        if not facts.families and name in ("word", "words") and _names_author(parts):
            continue
        out.append(_FILTERS[filter_name](_FIELDS[name][0](facts, count)))
    key = re.sub(r"([_:.-])[_:.-]+", r"\1", "".join(out)).strip("_:.-")[:_longest_key]
    if not re.search(r"[A-Za-z]", key) and not (facts.arxiv and "{arxiv" in pattern):
        # No letter of the name or title is Latin: the ID, or else the year, tells it apart.
        key = f"arxiv{facts.arxiv}" if facts.arxiv else f"anon{key}"
    return key


def _names_author(parts: Sequence[str | tuple[str, int, str]]) -> bool:
    return any(not isinstance(part, str) and part[0] in ("family", "families") for part in parts)


def pattern_of(text: str) -> str:
    """The pattern that a user's words mean: a name of `PRESETS`, or the pattern itself.

    Raises `UsageError` for one that cannot be read.
    """
    pattern = PRESETS.get(text, text)
    if text not in PRESETS and "{" not in text:
        raise UsageError(
            f'"{text}" is no pattern for keys.',
            hint=f"Say {', '.join(PRESETS)}, or a pattern such as '{{family}}{{year}}{{word}}'.",
        )
    _parse(pattern)
    return pattern


def suffix(number: int) -> str:
    """The letters of the n-th entry with one key, from 0: a ... z, aa, ab ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def assign_keys(
    entries: Iterable[Entry], taken: Iterable[str] = (), pattern: str = default_pattern
) -> list[Entry]:
    """The entries, in their order, each with a key.

    An entry that has a key keeps it. Of entries that would get one and the same key, the first
    (by date, arXiv ID, DOI and title, so that the order of the pages does not matter) gets it
    plain and the others with letters: `gao2021`, `gao2021a`, `gao2021b`. A key that is `taken`
    is left to its owner. Keys are compared without regard to case, as bibtex does.
    """
    _parse(pattern)
    listed = list(entries)
    used = {key.lower() for key in taken}
    used |= {entry.key.lower() for entry in listed if entry.key}
    wanted: defaultdict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(listed):
        if not entry.key:
            wanted[make_key(entry, pattern)].append(index)
    keys: dict[int, str] = {}
    wanting_letters: list[tuple[str, int]] = []
    # Plain keys first: a letter given to another must not take "smith2020a" from its owner.
    for base, indexes in sorted(wanted.items()):
        for index in sorted(indexes, key=lambda place: _rank(listed[place], place)):
            if base.lower() in used:
                wanting_letters.append((base, index))
                continue
            used.add(base.lower())
            keys[index] = base
    numbers: defaultdict[str, int] = defaultdict(int)
    for base, index in wanting_letters:
        while (base + suffix(numbers[base])).lower() in used:
            numbers[base] += 1
        keys[index] = base + suffix(numbers[base])
        used.add(keys[index].lower())
    return [
        replace(entry, key=keys[index]) if index in keys else entry
        for index, entry in enumerate(listed)
    ]


def _rank(entry: Entry, place: int) -> tuple[str, str, str, str, str, int]:
    return (
        entry.date.iso() if entry.date is not None else "9999",
        entry.arxiv.value if entry.arxiv is not None else "~",
        entry.doi.folded if entry.doi is not None else "~",
        " ".join(title_words(entry.title or "")).lower(),
        entry.abstract or "",
        place,
    )
