"""As much of YAML as a metadata block needs: its keys, and the plain values under one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_KEY = re.compile(r"(?m)^(?:\"([^\"\n]+)\"|'([^'\n]+)'|([A-Za-z_][\w .-]*))[ \t]*:(?=[ \t\r\n]|\Z)")
_SCALAR = re.compile(
    r"(?m)(?:^|(?<=[\s\[,]))"
    r"(?:\#[^\n\r]*|\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\n]|'')*)'|([^\s\[\],#\"'|>-][^\n\r,\[\]]*"
    r"|-[^\s,\[\]][^\n\r,\[\]]*))"
)
_COMMENT = re.compile(r"[ \t]#.*")


def top_level(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Name and place of the value of each key that is not indented."""
    keys = list(_KEY.finditer(text, start, end))
    for number, match in enumerate(keys):
        stop = keys[number + 1].start() if number + 1 < len(keys) else end
        yield (match[1] or match[2] or match[3]).strip(), match.end(), stop


def scalars(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Place and text of each plain value: one, or those of a list in either style."""
    for match in _SCALAR.finditer(text, start, end):
        for group in (1, 2, 3):
            value = match[group]
            if value is not None:
                value = _COMMENT.sub("", value).strip() if group == 3 else value
                if value:
                    yield match.start(group), value
