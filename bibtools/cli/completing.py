"""What can stand behind the cursor on a line of `bibtools`, for the three shells.

The table of commands and options (`completions.json`) is made by `python -m tests.reference`:
importing the commands themselves would take longer than a person waits for the Tab key.

What is offered is data: every value is put on the line in the shell's own quotes, and a value
with a control in it is not offered at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bibtools.adapters import offered
from bibtools.adapters.offered import can_be_typed

TABLE: Final = Path(__file__).with_name("completions.json")


@dataclass(frozen=True, slots=True)
class Answer:
    """What to offer."""

    values: tuple[tuple[str, str], ...] = ()
    """Whole words, and what each means."""
    files: bool = False
    """Whether names of files can stand here, too."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line for a shell up to the cursor, without its quotes."""

    words: tuple[str, ...]
    """Those before the one at the cursor."""
    word: str
    """The one at the cursor, as far as it is written."""
    quote: str = ""
    """The quote that is open at the cursor."""
    kept: str = ""
    """What of `word` a shell leaves as it is when it puts an answer in."""
    mixed: bool = False
    """Whether a quote was closed within the word at the cursor."""


def answer(words: Sequence[str], word: str) -> Answer:
    """What can stand in the place of `word` behind these words (without the program's name)."""
    import json

    table = json.loads(TABLE.read_bytes())
    place = _place(table, words)
    row = place.row
    if place.option is not None and not (place.option.get("optional") and word.startswith("-")):
        return _valued(place.option, place, word)
    if word.startswith("-") and not place.only_arguments:
        name, equals, value = word.partition("=")
        if equals and name in row["options"]:
            return _valued(row["options"][name], place, value, f"{name}=")
        return _begun(
            [
                (name, told["help"])
                for name, told in row["options"].items()
                if told.get("many") or name not in place.used
            ],
            word,
        )
    if row["commands"]:
        return _begun([(name, short) for name, short in row["commands"].items()], word)
    arguments = row["arguments"]
    if len(arguments) > place.arguments:
        return _valued(arguments[place.arguments], place, word)
    if arguments and arguments[-1].get("many"):
        return _valued(arguments[-1], place, word)
    return Answer()


@dataclass(slots=True)
class _Place:
    row: dict[str, Any]
    words: Sequence[str]
    option: dict[str, Any] | None = None
    """The option whose value stands at the cursor."""
    arguments: int = 0
    only_arguments: bool = False
    used: frozenset[str] = frozenset()
    library: str = ""


def _place(table: dict[str, Any], words: Sequence[str]) -> _Place:
    """Where the words lead: which command, and what of it is said already."""
    command = ""
    place = _Place(table[command], words)
    waiting = ""
    for word in words:
        if waiting:
            optional = place.row["options"][waiting].get("optional")
            name, waiting = waiting, ""
            if not (optional and word.startswith("-")):
                if name == "--library":
                    place.library = word
                continue
        if word == "--" and not place.only_arguments:
            place.only_arguments = True
        elif word.startswith("-") and len(word) > 1 and not place.only_arguments:
            name, equals, value = word.partition("=")
            told = place.row["options"].get(name)
            place.used |= {name, *(told.get("also", ()) if told else ())}
            if name == "--library" and equals:
                place.library = value
            waiting = name if told and "kind" in told and not equals else ""
        elif word in place.row["commands"]:
            command = f"{command} {word}".strip()
            place = _Place(table[command], words)
        else:
            place.arguments += 1
    place.option = place.row["options"][waiting] if waiting else None
    return place


def _valued(told: dict[str, Any], place: _Place, word: str, prefix: str = "") -> Answer:
    """Values of an option or argument."""
    kind = told.get("kind", "text")
    values = [(one, "") for one in told.get("words", ())]
    if kind in _SOURCES:
        values += [(one, "") for one in _SOURCES[kind](place)]
    return Answer(_begun(values, word, prefix).values, kind in ("file", "key or file"))


def _begun(values: Sequence[tuple[str, str]], word: str, prefix: str = "") -> Answer:
    """Those that begin with what is written already."""
    begun = [one for one in values if one[0].startswith(word)]
    # One look at all of them, for long lists.
    if not can_be_typed("".join(["-", *(value for value, _ in begun)])):
        begun = [one for one in begun if can_be_typed(one[0])]
    if prefix:
        begun = [(prefix + value, short) for value, short in begun]
    return Answer(tuple(begun))


def _keys(place: _Place) -> list[str]:
    named = [word.partition("=")[2] if word.startswith("--") else word for word in place.words]
    files = [word for word in named if word.lower().endswith(".bib") and Path(word).is_file()]
    return offered.keys_of(files or offered.bib_files())


def _collections(place: _Place) -> list[str]:
    return offered.collections(place.library)


def _libraries(place: _Place) -> list[str]:  # noqa: ARG001 -- as the others
    return ["user", *offered.libraries()]


_SOURCES: Final[dict[str, Callable[[_Place], list[str]]]] = {
    "key": _keys,
    "key or file": _keys,
    "collection": _collections,
    "library": _libraries,
}


# Lines of shells

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_SAFE = re.compile(r"[^A-Za-z0-9_@%+=:,./\u0080-\U0010ffff-]")
_BLANKS = " \t\n"


def read_line(text: str, breaks: str = "") -> Line:  # noqa: C901 - a small automaton
    """A line of bash (or of another shell with such quotes) up to the cursor.

    Nothing is expanded: `$(...)` is text. `breaks` are characters that begin a new word for
    readline (COMP_WORDBREAKS); what stands before the last of them stays as it is on the line.
    """
    words: list[str] = []
    value, quote, kept = "", "", ""
    inside = mixed = False
    position = 0
    while position < len(text):
        sign = text[position]
        position += 1
        following = text[position : position + 1]
        if quote:
            if sign == quote:
                quote, mixed = "", True
            elif sign == "\\" and quote == '"' and following and following in '$`"\\':
                value += following
                position += 1
            else:
                value += sign
        elif sign in _BLANKS:
            if inside:
                words.append(value)
            value, kept, inside, mixed = "", "", False, False
        elif sign in ";|&":
            words, value, kept, inside, mixed = [], "", "", False, False
        else:
            inside = True
            if sign == "\\":
                value += following
                position += 1
            elif sign in "'\"":
                quote, kept = sign, value
            else:
                value += sign
                if sign in breaks:
                    kept = value
    while words and _ASSIGNMENT.match(words[0]):
        words.pop(0)
    return Line(tuple(words[1:]), value, quote, kept, mixed)


def for_bash(line: Line, found: Answer) -> list[str]:
    """The values as bash puts them in, in the quotes that are open at the cursor."""
    if line.mixed:
        return []
    values = [value for value, _ in found.values]
    if found.files and values:
        # Readline offers files of its own only where there is nothing else.
        head = line.word.partition("=")[0] + "=" if line.word.startswith("--") else ""
        values += [head + name for name in _files(line.word[len(head) :])]
    return [_quoted(value[len(line.kept) :], line.quote) for value in values]


def _quoted(value: str, quote: str) -> str:
    if quote == "'":
        return value.replace("'", "'\\''")
    if quote == '"':
        return re.sub(r'([\\$"`])', r"\\\1", value).replace("!", "\"'!'\"")
    return _SAFE.sub(lambda found: "\\" + found[0], value)


def _files(word: str) -> list[str]:
    folder, slash, name = word.rpartition("/")
    try:
        with os.scandir(folder + slash or ".") as rows:
            return sorted(
                folder + slash + row.name + ("/" if row.is_dir() else "")
                for row in rows
                if row.name.startswith(name)
                and can_be_typed(row.name)
                and (name or not row.name.startswith("."))
            )
    except OSError:
        return []
