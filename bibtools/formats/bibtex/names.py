"""Names as BibTeX splits them.

`split_list` and `split_name` do what `format.name$` does (bibtex.web, "Name processing"):
`and` separates at brace depth 0, blanks, `~` and `-` separate words, the first word that starts
with a lower-case letter starts the particle. The tests compare them with the program itself.

`read_name` gives the `Name` a reader means. It departs from BibTeX where BibTeX knows only
ASCII: it takes `Åke` for a capitalised word, and leaves `Chih-jen` in one piece.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from bibtools.later import later
from bibtools.model import Name
from bibtools.text.latex_decode import plain

_AND = later(r"[{}]|(?<=[ \t\r\n])and(?=[ \t\r\n])", re.IGNORECASE)
_BLANKS = " \t\r\n"
_SEPARATORS = " \t\r\n~-"
_UPPER_COMMANDS = frozenset({"OE", "AE", "AA", "O", "L"})
_LOWER_COMMANDS = frozenset({"i", "j", "oe", "ae", "aa", "o", "l", "ss"})
_LETTERS = later(r"[A-Za-z\x80-\U0010ffff]*")
_OTHERS = later(r"(?:others|et\.?\s+al\.?)", re.IGNORECASE)
_ARABIC = later(r"((?:al|el|ul|as|ash|at|ad|ar|az|an)[-\u2010\u2011])(\S.*)")
_PART = later(
    r"\s*(family|given|prefix|suffix|useprefix|sortingnamekeytemplatename|nametemplates|"
    r"id|hash|(?:family|given|prefix|suffix)-i)\s*=\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class NameParts:
    """The four parts of a name, as LaTeX text; empty where there is none."""

    first: str = ""
    von: str = ""
    last: str = ""
    jr: str = ""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    before: str
    """The separator before the word: blank, `~`, `-` or nothing."""


def split_list(text: str) -> list[str]:
    """The names of an author field: separated by `and` at brace depth 0, blanks taken off."""
    text = text.strip(_BLANKS)
    if "and" not in text.lower():
        return [text] if text else []
    names, depth, start = [], 0, 0
    for match in _AND.finditer(text):
        mark = match[0]
        if mark == "{":
            depth += 1
        elif mark == "}":
            depth = max(0, depth - 1)
        elif depth == 0 and match.start() >= start:
            names.append(text[start : match.start()].strip(_BLANKS))
            start = match.end()
    names.append(text[start:].strip(_BLANKS))
    return names if len(names) > 1 or names[0] else []


def split_name(text: str) -> NameParts:
    """First, von, last and jr of one name, exactly as `format.name$` has them.

    Words are joined again by what stood between them. Too many commas: those after the second
    count as nothing, as in BibTeX.
    """
    groups = _words(text, _SEPARATORS)
    return _parts(groups, starts_lower)


def _words(text: str, separators: str) -> list[list[_Word]]:  # noqa: C901 - as in bibtex.web
    """The words of a name, in up to three groups that commas separate."""
    start, end = 0, len(text)
    while start < end and text[start] in separators:
        start += 1
    while start < end and (text[end - 1] in separators or text[end - 1] == ","):
        end -= 1
    groups: list[list[_Word]] = [[]]
    separator, position = "", start
    word: list[str] = []

    def finish() -> None:
        nonlocal separator
        if word:
            groups[-1].append(_Word("".join(word), separator))
            word.clear()
            separator = ""

    while position < end:
        char = text[position]
        if char == ",":
            finish()
            separator = ""
            if len(groups) < 3:
                groups.append([])
            position += 1
        elif char == "{":
            close = _group_end(text, position, end)
            word.append(text[position:close])
            position = close
        elif char == "}":
            # Unbalanced: BibTeX complains and leaves it out.
            position += 1
        elif char in separators:
            finish()
            # Of several separators the first counts (bibtex.web: "if not token_starting").
            separator = separator or (char if char in "~-" else " ")
            position += 1
        else:
            word.append(char)
            position += 1
    finish()
    return groups


def _group_end(text: str, position: int, end: int) -> int:
    depth = 0
    while position < end:
        char = text[position]
        depth += (char == "{") - (char == "}")
        position += 1
        if depth == 0:
            break
    return position


def _parts(groups: list[list[_Word]], is_von: Callable[[str], bool]) -> NameParts:
    if len(groups) > 1:
        words = groups[0]
        von_end = _von_end(words, 0, is_von)
        first = groups[1] if len(groups) == 2 else groups[2]
        jr = groups[1] if len(groups) == 3 else []
        return NameParts(_join(first), _join(words[:von_end]), _join(words[von_end:]), _join(jr))
    words = groups[0]
    for start in range(len(words) - 1):
        if is_von(words[start].text):
            von_end = _von_end(words, start, is_von)
            return NameParts(
                _join(words[:start]), _join(words[start:von_end]), _join(words[von_end:])
            )
    start = max(len(words) - 1, 0)
    while start > 0 and words[start].before == "-":
        start -= 1
    return NameParts(_join(words[:start]), "", _join(words[start:]))


def _von_end(words: list[_Word], start: int, is_von: Callable[[str], bool]) -> int:
    """Where the last name starts: after the last word but one that is a particle."""
    end = len(words) - 1
    while end > start:
        if is_von(words[end - 1].text):
            return end
        end -= 1
    return max(end, 0)


def _join(words: list[_Word]) -> str:
    return "".join(
        (word.before or " ") + word.text if number else word.text
        for number, word in enumerate(words)
    )


def starts_lower(word: str) -> bool:
    r"""True when BibTeX takes the word for a particle: its first letter at brace depth 0, or in
    a special character (`{\'e}`), is lower-case. Only ASCII letters count.
    """
    return _first_case(word, lambda c: "A" <= c <= "Z", lambda c: "a" <= c <= "z")


def _first_case(word: str, upper: Callable[[str], bool], lower: Callable[[str], bool]) -> bool:
    position, end = 0, len(word)
    while position < end:
        char = word[position]
        if upper(char):
            return False
        if lower(char):
            return True
        position += 1
        if char != "{":
            continue
        if position + 2 < end and word[position] == "\\":
            return _special_case(word, position + 1, upper, lower)
        depth = 1
        while depth and position < end:
            depth += (word[position] == "{") - (word[position] == "}")
            position += 1
    return False


def _special_case(
    word: str, position: int, upper: Callable[[str], bool], lower: Callable[[str], bool]
) -> bool:
    """The case of a special character, from after its backslash."""
    match = _LETTERS.match(word, position)
    command = match[0] if match else ""
    if command in _UPPER_COMMANDS:
        return False
    if command in _LOWER_COMMANDS:
        return True
    position += len(command)
    depth = 1
    while depth and position < len(word):
        char = word[position]
        if upper(char):
            return False
        if lower(char):
            return True
        depth += (char == "{") - (char == "}")
        position += 1
    return False


def _starts_lower_anywhere(word: str) -> bool:
    return _first_case(word, str.isupper, str.islower)


def is_others(text: str) -> bool:
    """True for the `others` that stands for further authors."""
    return _OTHERS.fullmatch(text.strip()) is not None


def read_name(text: str) -> Name | None:
    """The name a reader sees: LaTeX decoded, `{Body}` as literal; None for nothing.

    biblatex's `family=..., given=...` is understood too (biblatex manual 3.9, "name format").
    """
    text = text.strip()
    extended = _extended(text)
    if extended is not None:
        return extended
    if text.startswith("{") and _group_end(text, 0, len(text)) == len(text):
        inner = text[1:-1]
        if not inner.startswith("\\") or " " in inner:
            literal = _plain(text)
            return Name(literal=literal) if literal else None
    groups = _words(text, " \t\r\n~")
    parts = _parts(groups, _starts_lower_anywhere)
    family, given = _plain(parts.last), _plain(parts.first)
    particle, suffix = _plain(parts.von), _plain(parts.jr)
    if not family and not given and not particle:
        return None
    arabic = _ARABIC.fullmatch(family) if not particle else None
    if arabic:
        particle, family = arabic[1], arabic[2]
    if not family and particle:
        particle, family = "", particle
    return Name(
        family=family or None,
        given=given or None,
        non_dropping_particle=particle or None,
        suffix=suffix or None,
    )


def _extended(text: str) -> Name | None:
    if "=" not in text:
        return None
    found: dict[str, str] = {}
    depth, start = 0, 0
    pieces = []
    for position, char in enumerate(text):
        depth += (char == "{") - (char == "}")
        if char == "," and depth == 0:
            pieces.append(text[start:position])
            start = position + 1
    pieces.append(text[start:])
    for piece in pieces:
        match = _PART.fullmatch(piece)
        if match is None:
            return None
        found[match[1].lower()] = _plain(match[2])
    if "family" not in found and "given" not in found:
        return None
    prefix = found.get("prefix") or None
    dropping = found.get("useprefix", "").lower() == "false"
    return Name(
        family=found.get("family") or None,
        given=found.get("given") or None,
        non_dropping_particle=None if dropping else prefix,
        dropping_particle=prefix if dropping else None,
        suffix=found.get("suffix") or None,
    )


def _plain(text: str) -> str:
    return " ".join(plain(text).replace("\u00a0", " ").split())
