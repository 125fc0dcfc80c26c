"""Citation keys: made from what an entry says, by a pattern; keys that exist are never changed.

A key has ASCII letters, digits and a few signs, so that it means nothing special to BibTeX,
biber, LaTeX or a file system. `docs/keys.md` describes the patterns.
"""

from bibtools.keys.assigning import assign_keys, make_key
from bibtools.keys.drafts import Draft, suffix
from bibtools.keys.folding import fold, transliterate
from bibtools.keys.patterns import PRESETS, default_pattern, pattern_of, understood
from bibtools.keys.syntax import FormulaError
from bibtools.keys.words import title_words

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
