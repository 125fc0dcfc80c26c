"""Extra of a Zotero item line by line: labelled lines, and the user's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bibtools.formats.note_lines import line_of, unquoted

_LABELLED = re.compile(
    r"(?:(?P<label>[A-Za-z][A-Za-z0-9 ._-]{0,58}?)(?P<colon>:\s*|\s*=\s*)"
    r"(?P<value>(?!//)\S.*)|\{:(?P<braced>[^:{}]+):\s*(?P<inside>[^\s{}][^{}]*)\})"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of Extra."""

    text: str
    """Word for word."""
    label: str | None = None
    """As written; None for the user's own words."""
    value: str = ""

    @property
    def folded(self) -> str:
        """The label as it is compared."""
        return fold_label(self.label or "")

    def with_value(self, value: str) -> Line:
        """The same label in the same dress with another value."""
        body = self.text.strip()
        before, _, after = self.text.partition(body)
        match = _LABELLED.fullmatch(body)
        if match is None or self.label is None:
            return self
        written = line_of("", value)[2:]
        if match["braced"] is not None:
            if re.search(r"[{}]", written):
                return read_line(f"{self.label}: {written}")
            start, end = match.span("inside")
        else:
            start, end = match.span("value")
        new = body[:start] + written + body[end:]
        return Line(before + new + after, self.label, value)


def fold_label(label: str) -> str:
    """A label without case, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "", label).lower()


def read_line(text: str) -> Line:
    """One line: `Label: value`, `tex.field=value`, `{:label: value}`, or the user's words."""
    if ":" not in text and "=" not in text:
        return Line(text)
    match = _LABELLED.fullmatch(text.strip())
    if match is None:
        return Line(text)
    label = match["label"] or match["braced"]
    if "=" in (match["colon"] or "") and not label.lower().startswith("tex."):
        return Line(text)
    value = (match["value"] or match["inside"]).rstrip()
    return Line(text, label.strip(), unquoted(value))


def read_extra(extra: object) -> tuple[Line, ...]:
    """The lines of Extra."""
    if not isinstance(extra, str) or not extra:
        return ()
    return tuple(read_line(text) for text in extra.split("\n"))


def write_extra(lines: Iterable[Line]) -> str:
    """Extra of these lines."""
    return "\n".join(line.text for line in lines)


def repeated_labels(sides: Iterable[Sequence[Line]]) -> frozenset[str]:
    """Folded labels that one side has more than once: their lines are compared as words."""
    found: set[str] = set()
    for lines in sides:
        counts = Counter(line.folded for line in lines if line.label is not None)
        found.update(label for label, count in counts.items() if count > 1)
    return frozenset(found)


def edited_lines(
    lines: Sequence[Line], changes: Mapping[str, tuple[str, str | None]]
) -> list[Line]:
    """The lines with other values of labels: folded label -> label to write and value or None.

    A label that is there keeps its place and dress; a new one stands behind the last label, or
    before the user's words.
    """
    left = dict(changes)
    found: list[Line] = []
    for line in lines:
        if line.label is None or line.folded not in left:
            found.append(line)
            continue
        _, value = left.pop(line.folded)
        if value is not None:
            found.append(line.with_value(value))
    place = max((i for i, line in enumerate(found, 1) if line.label is not None), default=0)
    new = [read_line(line_of(label, value)) for label, value in left.values() if value is not None]
    return [*found[:place], *new, *found[place:]]
