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
        try:
            short: str = by_rule(bare, remove_part=True)
        except (IndexError, KeyError, ValueError):
            # pyiso4 0.1.6 cannot write an abbreviation that is longer than its word ("Control").
            return None
        words = {word.lower() for word in bare.split()}
        # "Control." leaves no letter out, so it is no abbreviation.
        parts = (one[:-1] if one[:-1].lower() in words else one for one in short.split())
        return " ".join(parts) + (tail[0].rstrip() if tail else "")

    return abbreviate
