"""What the careful reader finds: parts and faults of one block, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, with its place in bytes."""

    offset: int
    rule: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a value: `{...}`, `"..."`, a number or a macro's name."""

    kind: str
    """`{`, `"`, `0` or `a`."""
    start: int
    end: int
    """With the delimiters."""


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one field stands; all offsets count bytes."""

    name: str
    """Lower case."""
    name_start: int
    name_end: int
    tokens: tuple[Token, ...]
    start: int
    """First byte of the value, with its delimiter."""
    end: int
    """After the value, before blanks and comma."""
    whole: bool = True
    """False when the value's delimiter is never closed and its end is our guess."""


@dataclass(slots=True)
class Scan:
    """What the careful reader found in one block."""

    kind: str
    """Lower case type: `article`, `string`, `preamble`, ..."""
    start: int
    opening: int
    """Offset of the opening delimiter."""
    key_start: int = 0
    key_end: int = 0
    fields: list[FieldPlace] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    close: int = -1
    """Offset of the closing delimiter, -1 when there is none."""
    end: int = 0
    """Offset after the block."""
    strict: bool = True
    """True as long as BibTeX would read it without an error."""

    def complain(
        self, offset: int, rule: str, message: str, hint: str | None = None, *, fault: bool = True
    ) -> None:
        """Note a problem; with `fault` BibTeX would call it an error."""
        self.problems.append(Problem(offset, rule, message, hint))
        if fault:
            self.strict = False
