r"""Patterns with fields in braces: `{family}{year}{word}`.

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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bibtools.errors import UsageError
from bibtools.keys.drafts import Draft
from bibtools.keys.words import letters_of, title_words
from bibtools.later import later
from bibtools.model import Entry
from bibtools.text.names import parse_name


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
        family = letters_of(name.family_with_particle() or name.given or "")
        if family:
            families.append(family)
    return _Facts(
        families=tuple(families),
        truncated=entry.authors_truncated,
        year=f"{entry.date.year:04}" if entry.date is not None else "",
        words=tuple(title_words(entry.title or "")),
        arxiv=letters_of(entry.arxiv.value) if entry.arxiv is not None else "",
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
_FIELD = later(r"\{([a-z]+)(?::([1-9]))?(?:\|([a-z]+))?\}")
_BETWEEN = later(r"[A-Za-z0-9_:.-]*")
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


@dataclass(frozen=True, slots=True)
class Template:
    """A pattern with fields in braces that was understood."""

    parts: tuple[str | tuple[str, int, str], ...]

    def draft(self, entry: Entry) -> Draft:
        """The key of the entry; `anon` or the arXiv ID when no letter of it is Latin."""
        return Draft(_key(entry, self.parts))


@lru_cache(maxsize=64)
def parse_template(pattern: str) -> Template:
    """A pattern with fields in braces. Raises `UsageError` for one that cannot be read."""
    return Template(tuple(_parse(pattern)))


def _key(entry: Entry, parts: Sequence[str | tuple[str, int, str]]) -> str:
    facts = _facts(entry)
    names_author = _names_author(parts)
    out: list[str] = []
    for part in parts:
        if isinstance(part, str):
            out.append(part)
            continue
        name, count, filter_name = part
        if not facts.families and name in ("word", "words") and names_author:
            continue
        out.append(_FILTERS[filter_name](_FIELDS[name][0](facts, count)))
    key = re.sub(r"([_:.-])[_:.-]+", r"\1", "".join(out)).strip("_:.-")[:_longest_key]
    names_arxiv = any(not isinstance(part, str) and part[0] == "arxiv" for part in parts)
    if not re.search(r"[A-Za-z]", key) and not (facts.arxiv and names_arxiv):
        # No letter of the name or title is Latin: the ID, or else the year, tells it apart.
        key = f"arxiv{facts.arxiv}" if facts.arxiv else f"anon{key}"
    return key


def _names_author(parts: Sequence[str | tuple[str, int, str]]) -> bool:
    return any(not isinstance(part, str) and part[0] in ("family", "families") for part in parts)
