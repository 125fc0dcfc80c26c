"""JabRef's patterns: `[auth][year]`, `[authors2]_[year]_[title:capitalize]`.

Source: https://docs.jabref.org/setup/citationkeypatterns. In its words a name in brackets is a
field marker; what follows it after colons are modifiers.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bibtools.keys.drafts import Draft
from bibtools.keys.jabref_fields import Work, capital, cleaned, value_of, wanted
from bibtools.keys.running import BadArgument, matcher
from bibtools.keys.syntax import Expression, formula_error
from bibtools.keys.words import FUNCTION_WORDS
from bibtools.model import Entry

_longest_key = 250


@dataclass(frozen=True, slots=True)
class JabRefPattern:
    """A pattern of JabRef that was understood."""

    text: str
    parts: tuple[Work, ...]

    def draft(self, entry: Entry) -> Draft:
        """The key of the entry; `anon` or the arXiv ID when the pattern gives nothing."""
        key = cleaned("".join(part(entry) for part in self.parts))[:_longest_key]
        if not key:
            key = cleaned(f"arxiv{entry.arxiv.value}") if entry.arxiv is not None else "anon"
        return Draft(key)


def parse_jabref(pattern: str) -> JabRefPattern:
    """A pattern of JabRef. Raises `FormulaError` with the column of a fault."""
    return JabRefPattern(pattern, tuple(_parts(pattern, pattern, 0, 0)))


_deepest = 20


def _parts(whole: str, text: str, offset: int, depth: int) -> list[Work]:
    """The parts of a stretch of the pattern that starts at `offset`."""
    if depth > _deepest:
        raise formula_error(whole, offset, "the brackets are nested too deep.")
    parts: list[Work] = []
    position = 0
    while position < len(text):
        if text[position] == "[":
            end = _closing(whole, text, position, offset)
            content = text[position + 1 : end]
            parts.append(_marker(whole, content, offset + position + 1, depth))
            position = end + 1
        elif text[position] == "]":
            raise formula_error(whole, offset + position, '"]" closes no bracket.')
        else:
            match = re.compile(r"(?:[^\[\]\\]|\\.|\\\Z)+", re.DOTALL).match(text, position)
            assert match is not None
            parts.append(_literal(re.sub(r"\\(.)", r"\1", match[0])))
            position = match.end()
    return parts


def _literal(text: str) -> Work:
    return lambda _entry: text


def _closing(whole: str, text: str, start: int, offset: int) -> int:
    """The place of the bracket that closes the one at `start`; those in quotes do not count."""
    level, position, quoted = 0, start, False
    while position < len(text):
        char = text[position]
        if char == "\\":
            position += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted and char == "[":
            level += 1
        elif not quoted and char == "]":
            level -= 1
            if level == 0:
                return position
        position += 1
    raise formula_error(whole, offset + start, 'this bracket is not closed with "]".')


def _split(content: str) -> list[str]:
    """The marker and its modifiers; colons in brackets, quotes and behind a backslash stay."""
    parts, level, quoted, start, position = [], 0, False, 0, 0
    while position < len(content):
        char = content[position]
        if char == "\\":
            position += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "([":
            level += 1
        elif not quoted and char in ")]":
            level -= 1
        elif char == ":" and level <= 0 and not quoted:
            parts.append(content[start:position])
            start = position + 1
        position += 1
    return [*parts, content[start:]]


def _marker(whole: str, content: str, at: int, depth: int) -> Work:
    name, *modifiers = _split(content)
    if not name:
        raise formula_error(whole, at, "these brackets are empty.")
    value = value_of(whole, name, at)
    steps: list[tuple[Callable[[str], str] | None, list[Work]]] = []
    offset = at + len(name) + 1
    for modifier in modifiers:
        if len(modifier) >= 2 and modifier[0] == "(" and modifier[-1] == ")":
            steps.append((None, _parts(whole, modifier[1:-1], offset + 1, depth + 1)))
        else:
            steps.append((_modifier(whole, modifier, offset), []))
        offset += len(modifier) + 1

    def work(entry: Entry) -> str:
        text = found = wanted(value(entry))
        for change, otherwise in steps:
            if change is not None:
                text = change(text)
            elif not found:
                text = "".join(part(entry) for part in otherwise)
        return cleaned(text)

    return work


# Modifiers


def _titlecase(text: str) -> str:
    words = text.split(" ")
    return " ".join(
        word.lower() if place and word.lower() in FUNCTION_WORDS else capital(word.lower())
        for place, word in enumerate(words)
    )


def _abbr(text: str) -> str:
    return "".join(word[:1] for word in re.split(r"[() \r\n\"]", re.sub(r"[{}']", "", text)))


MODIFIERS: Final[dict[str, Callable[[str], str]]] = {
    "abbr": _abbr,
    "lower": str.lower,
    "lower_case": str.lower,
    "upper": str.upper,
    "upper_case": str.upper,
    "capitalize": lambda text: " ".join(capital(word.lower()) for word in text.split(" ")),
    "titlecase": _titlecase,
    "title_case": _titlecase,
    "sentencecase": lambda text: capital(text.lower()),
    "sentence_case": lambda text: capital(text.lower()),
    "camel": lambda text: "".join(capital(word) for word in re.split(r"[\s-]+", text)),
    "camel_case": lambda text: "".join(capital(word) for word in re.split(r"[\s-]+", text)),
    "": lambda text: text,
}
"""Modifiers without arguments."""

_REGEX = re.compile(r'regex\(\s*"((?:[^"\\]|\\.)*)"\s*,\s*"((?:[^"\\]|\\.)*)"\s*\)', re.DOTALL)
_TRUNCATE = re.compile(r"truncate(\d{1,4})")


def _modifier(whole: str, text: str, at: int) -> Callable[[str], str]:
    if text in MODIFIERS:
        return MODIFIERS[text]
    truncate = _TRUNCATE.fullmatch(text)
    if truncate is not None:
        length = int(truncate[1])
        return lambda value: value[:length].rstrip()
    regex = _REGEX.fullmatch(text)
    if regex is not None:
        try:
            pattern = matcher(Expression(regex[1].replace("\\\\", "\\"), "g"))
        except BadArgument as bad:
            raise formula_error(whole, at, str(bad)) from None
        assert pattern is not None
        return _replacing(pattern, regex[2].replace("\\\\", "\\"))
    raise formula_error(
        whole,
        at,
        f'there is no modifier "{text}".',
        f"There are {', '.join(name for name in MODIFIERS if name)}, truncateN, "
        'regex("...", "...") and (text for an empty value).',
    )


def _replacing(pattern: re.Pattern[str], template: str) -> Callable[[str], str]:
    def place(match: re.Match[str], dollar: re.Match[str]) -> str:
        number = int(dollar[1])
        return (match[number] or "") if number <= match.re.groups else ""

    def put(match: re.Match[str]) -> str:
        return re.sub(r"\$(\d)", lambda dollar: place(match, dollar), template)

    return lambda text: pattern.sub(put, text)
