"""Patterns for keys: their names, and which of the languages a text is written in."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from bibtools.errors import UsageError
from bibtools.keys.drafts import Pattern
from bibtools.keys.template import parse_template

default_pattern = "{family}{year}{word}"
longest = 10_000
"""Characters of a pattern."""

PRESETS: Final = {
    "google-scholar": default_pattern,
    "scholar": default_pattern,
    "better-bibtex": "auth.lower + shorttitle(3,3) + year",
    "arxiv": "{family}{year}{words:4}",
    "acl": 'authEtal2(sep="-").nopunct.condense("-").lower + year.prefix("-") '
    '+ Title.replace("\'", "").replace("\N{RIGHT SINGLE QUOTATION MARK}", "").nopunct(dash=" ")'
    '.skipwords.select(1, 1).lower.prefix("-") + postfix("-%(n)s")',
    "dblp": "dblp",
    "zotero": "zotero",
    "jabref": "[auth][year]",
}
"""Names of patterns, and what they are: `gao2021simcse` (Google Scholar),
`gaoSimCSESimpleContrastive2021` (Better BibTeX), `gao2021simcsesimplecontrastivelearning` (arXiv),
`gao-etal-2021-simcse` (ACL Anthology), `DBLP:conf/emnlp/GaoYC21` (DBLP, where the entry names it;
else `DBLP:journals/corr/abs-2104-08821` for a preprint, or `GaoYC21`), `gao_simcse_2021` (Zotero),
`Gao2021` (JabRef)."""


def pattern_of(text: str) -> str:
    """The pattern that a user's words mean: a name of `PRESETS`, or the pattern itself.

    Raises `UsageError` for one that cannot be read.
    """
    pattern = PRESETS.get(text, text)
    understood(pattern)
    return pattern


@lru_cache(maxsize=64)
def understood(pattern: str) -> Pattern:
    """The pattern ready to make keys, in whichever language it is written:

    - fields in braces, `{family}{year}` (`bibtools.keys.template`);
    - fields in square brackets, `[auth][year]`: JabRef's, or Better BibTeX's older ones when
      they have what only those have; `jabref:` or `bbt:` before it decides;
    - a formula of Better BibTeX's, `auth.lower + year` (`bibtools.keys.formula`).

    Raises `UsageError` for one that cannot be read.
    """
    if len(pattern) > longest:
        raise UsageError(f"The key pattern has {len(pattern)} characters; {longest} will do.")
    dialect, colon, rest = pattern.partition(":")
    if colon and dialect in ("jabref", "bbt"):
        return _in_other_language(rest, dialect)
    if not pattern.strip() or re.match(r"[^(\"'/`\[]*[{}]", pattern):
        return parse_template(pattern)
    return _in_other_language(pattern, None)


def _in_other_language(pattern: str, dialect: str | None) -> Pattern:
    # Most commands make keys from fields in braces and need not load the other languages.
    from bibtools.keys.brackets import is_better_bibtex, parse_brackets
    from bibtools.keys.filters import FILTERS
    from bibtools.keys.formula import compile_formula
    from bibtools.keys.functions import FUNCTIONS, NEEDS_ZOTERO
    from bibtools.keys.jabref import parse_jabref

    in_brackets = re.match(r"[^(\"'`/]*\[", pattern) is not None
    if dialect == "jabref" or (in_brackets and not dialect and not is_better_bibtex(pattern)):
        return parse_jabref(pattern)
    if in_brackets:
        return parse_brackets(pattern)
    word = pattern.strip()
    known = word.lower() in {*FUNCTIONS, *NEEDS_ZOTERO, *FILTERS} or word[:1].isupper()
    if re.fullmatch(r"[\w-]+", word) and not known:
        raise UsageError(
            f'"{pattern}" is no pattern for keys.',
            hint=f"Say {', '.join(PRESETS)}, or a pattern such as '{default_pattern}', "
            "'auth.lower + shorttitle(3,3) + year' or '[auth][year]'.",
        )
    return compile_formula(pattern)
