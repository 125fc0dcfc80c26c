"""What functions and filters of formulas share: their description, and the run they work in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bibtools.keys.drafts import LETTERS, Numbering
from bibtools.keys.subject import Subject
from bibtools.keys.syntax import Expression, Value
from bibtools.keys.words import sentence_words

MARK: Final = "\ue000"
"""Stands in a key where `infix` puts the mark; a character that no entry has (private use)."""


class Skip(Exception):  # noqa: N818 (no fault: the next alternative is tried)
    """This alternative does not apply to the entry."""


class BadArgument(ValueError):  # noqa: N818
    """An argument has the right type and the wrong value; the message says why."""


@dataclass(slots=True)
class Run:
    """A formula at work on one entry."""

    subject: Subject
    numbering: Numbering = LETTERS
    name_template: str = "%(f)s"
    splits: dict[tuple[str, bool, bool, bool], list[str]] = field(default_factory=dict)

    def words(
        self, text: str, *, skip: bool = True, no_punctuation: bool = False, romanize: bool = False
    ) -> list[str]:
        """The words of a text (see `words.sentence_words`), split once."""
        asked = (text, skip, no_punctuation, romanize)
        found = self.splits.get(asked)
        if found is None:
            found = self.splits[asked] = sentence_words(
                text,
                skip=skip,
                no_punctuation=no_punctuation,
                romanize=romanize,
                language=self.subject.language,
            )
        return found


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a function or filter may be told."""

    name: str
    default: Value = None
    kinds: str = "text"
    """Of `text number flag expression list none`, those that may be given."""
    check: Callable[[Value], None] | None = None
    """Raises `BadArgument` for a value that cannot be meant."""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """A function, which gives a text, or a filter, which changes one."""

    parameters: tuple[Parameter, ...]
    work: Callable[..., str]
    """Called with the run (a filter with the text), and the values of the parameters."""
    rest: Parameter | None = None
    """What any further arguments are."""
    asks_run: bool = False
    """For a filter: True when the run comes first, before the text."""


def parameters(text: str, **checks: Callable[[Value], None]) -> tuple[Parameter, ...]:
    """Parameters from a line such as `n=0 creator="*" initials=false sep=`.

    What has no default must be given. Kinds follow from the default; `find!` takes a text or an
    expression, `n?` a number or nothing.
    """
    found = []
    for word in text.split():
        name, has_default, default = word.partition("=")
        if name.endswith("!"):
            found.append(Parameter(name[:-1], None, "text expression", checks.get(name[:-1]), True))
        elif name.endswith("~"):
            found.append(Parameter(name[:-1], None, "expression none", checks.get(name[:-1])))
        elif name.endswith("?"):
            found.append(Parameter(name[:-1], None, "number none", checks.get(name[:-1])))
        elif not has_default:
            found.append(Parameter(name, None, "text", checks.get(name), True))
        elif default in ("true", "false"):
            found.append(Parameter(name, default == "true", "flag", checks.get(name)))
        elif re.fullmatch(r"-?\d+", default):
            found.append(Parameter(name, int(default), "number", checks.get(name)))
        else:
            value = default.replace("\N{OPEN BOX}", " ")
            found.append(Parameter(name, value, "text", checks.get(name)))
    return tuple(found)


def matcher(value: Value, *, ignore_case: bool = False) -> re.Pattern[str] | None:
    """The Python pattern of a text (compared as it is) or of a JavaScript expression.

    Raises `BadArgument` for an expression that Python cannot read.
    """
    if isinstance(value, str):
        return re.compile(re.escape(value), re.IGNORECASE if ignore_case else 0)
    if not isinstance(value, Expression):
        return None
    pattern = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", value.pattern)
    pattern = re.sub(r"\\k<([A-Za-z_]\w*)>", r"(?P=\1)", pattern).replace("\\/", "/")
    pattern = re.sub(r"\\p\{(?:L|Letter|Alphabetic)\}", r"[^\\W\\d_]", pattern)
    pattern = re.sub(r"\\p\{(?:N|Nd|Number)\}", r"\\d", pattern)
    pattern = re.sub(r"\\u([0-9a-fA-F]{4})", r"\\u\1", pattern)
    flags = 0
    for letter in value.flags:
        if letter not in "gimsuy":
            raise BadArgument(f'"{letter}" is no flag of an expression.')
        flags |= {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}.get(letter, 0)
    try:
        return re.compile(pattern, flags)
    except (re.error, OverflowError, RecursionError) as fault:
        raise BadArgument(f"the expression cannot be read: {fault}.") from None
