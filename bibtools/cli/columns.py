"""How many columns of a terminal a text takes: Chinese takes two for each character."""

from __future__ import annotations

import unicodedata


def columns(text: str) -> int:
    """The columns that it takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1
        for one in text
    )


def cut(text: str, width: int) -> str:
    """The text in so many columns, with dots where it is longer."""
    if len(text) * 2 <= width or columns(text) <= width:
        return text
    kept, used = [], 3
    for one in text:
        used += columns(one)
        if used > width:
            break
        kept.append(one)
    return "".join(kept) + "..."


def padded(text: str, width: int) -> str:
    """The text in exactly so many columns."""
    shown = cut(text, width)
    return shown + " " * (width - columns(shown))
