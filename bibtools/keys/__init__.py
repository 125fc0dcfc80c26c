"""Citation keys: made from what an entry says, by a pattern; keys that exist are never changed.

A key has ASCII letters, digits and a few signs, so that it means nothing special to BibTeX,
biber, LaTeX or a file system. `docs/keys.md` describes the patterns.
"""

from typing import TYPE_CHECKING, Any

from bibtools.keys.assigning import assign_keys, make_key
from bibtools.keys.drafts import Draft, suffix
from bibtools.keys.folding import fold, transliterate
from bibtools.keys.patterns import PRESETS, default_pattern, pattern_of, understood
from bibtools.keys.words import title_words

if TYPE_CHECKING:
    from bibtools.keys.syntax import FormulaError

__all__ = [
    "PRESETS",
    "Draft",
    "FormulaError",
    "assign_keys",
    "default_pattern",
    "fold",
    "make_key",
    "pattern_of",
    "suffix",
    "title_words",
    "transliterate",
    "understood",
]


def __getattr__(name: str) -> Any:
    # The language of formulas takes its time to import, and the usual pattern is none.
    if name != "FormulaError":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from bibtools.keys.syntax import FormulaError

    return FormulaError
