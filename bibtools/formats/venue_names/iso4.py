"""Names abbreviated after ISO 4, by the List of Title Word Abbreviations.

The rules and the list are those of the package pyiso4 (the optional extra `journals`), which
follows the ISSN Manual, section 7.1. It needs some seconds to read its list, so it is loaded
when the first name needs it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable

from bibtools.errors import ConfigError

_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]+\b")
_WORD = re.compile(r"[^\W\d_]+")
Abbreviate = Callable[[str], str | None]
"""From a full name to its abbreviation; None where the rules give none."""
_TAIL = re.compile(r"(?:\s*\([^()]*\)|,?\s[A-Z])\s*$")
"""What is no word of the name: an acronym in brackets, the letter of a section. (pyiso4 0.1.6 takes
the E of "Physical Review E" for the Italian "and".)
"""


def abbreviator() -> Abbreviate:
    """The function from a full name to its abbreviation.

    Raises `ConfigError` when the package is not installed.
    """
    try:
        module = importlib.import_module("pyiso4.ltwa")
    except ImportError:
        raise ConfigError(
            "Names are abbreviated with the package pyiso4, which is not installed.",
            'Install it: pip install "bibtools-papers[journals]".',
        ) from None
    by_rule = module.Abbreviate.create()

    def abbreviate(name: str) -> str | None:
        tail = _TAIL.search(name)
        bare = name[: tail.start()] if tail else name
        if len(bare.split()) < 2:
            return name  # a name of one word is never abbreviated
        kept, hidden = _hide(bare)
        try:
            short: str = by_rule(hidden, remove_part=True)
        except (IndexError, KeyError, ValueError):
            # pyiso4 0.1.6 cannot write an abbreviation that is longer than its word ("Control").
            return None
        words = {word.lower() for word in hidden.split()}
        # "Control." leaves no letter out, so it is no abbreviation.
        parts = [one[:-1] if one[:-1].lower() in words else one for one in short.split()]
        if not _is_of(parts, hidden):
            return None
        short = " ".join(parts)
        for mask, word in kept.items():
            short = short.replace(mask, word)
        return short + (tail[0].rstrip() if tail else "")

    return abbreviate


def _hide(name: str) -> tuple[dict[str, str], str]:
    """Put a word that no list has for each word in capitals: `INFORMS` is a name and no word."""
    kept: dict[str, str] = {}

    def masked(match: re.Match[str]) -> str:
        mask = f"Zq{chr(ord('a') + len(kept) % 26)}{chr(ord('a') + len(kept) // 26 % 26)}qz"
        kept[mask] = match[0]
        return mask

    return kept, _CAPITALS.sub(masked, name)


def _is_of(parts: list[str], name: str) -> bool:
    """Whether each part begins as a word of the name does, its case included."""
    starts = {word[0] for word in _WORD.findall(name)}
    return all(word[0] in starts for part in parts for word in _WORD.findall(part))
