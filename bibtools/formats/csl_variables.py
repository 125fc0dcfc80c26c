"""The types and variables of CSL-JSON (csl-data.json 1.0.2), by the shape of their values."""

from __future__ import annotations

from collections.abc import Mapping

TYPES = frozenset(
    "article article-journal article-magazine article-newspaper bill book broadcast chapter "
    "classic collection dataset document entry entry-dictionary entry-encyclopedia event "
    "figure graphic hearing interview legal_case legislation manuscript map motion_picture "
    "musical_score pamphlet paper-conference patent performance periodical "
    "personal_communication post post-weblog regulation report review review-book software "
    "song speech standard thesis treaty webpage".split()
)
"""Values of `type`."""

STRINGS = frozenset(
    "abstract annote archive archive-place archive_collection archive_location authority "
    "call-number citation-label collection-title container-title container-title-short "
    "dimensions division DOI event event-place event-title genre ISBN ISSN "
    "journalAbbreviation jurisdiction keyword language license medium note original-publisher "
    "original-publisher-place original-title part-number part-title PMCID PMID publisher "
    "publisher-place references reviewed-genre reviewed-title scale section shortTitle source "
    "status title title-short URL version volume-title volume-title-short year-suffix".split()
)
"""Variables that are text; `license` and `part-number` are Zotero's additions."""

NUMBERS = frozenset(
    "chapter-number citation-number collection-number edition first-reference-note-number "
    "issue locator number number-of-pages number-of-volumes page page-first part printing "
    "supplement volume".split()
)
"""Variables that are text or a number."""

NAMES = frozenset(
    "author chair collection-editor compiler composer container-author contributor curator "
    "director editor editorial-director executive-producer guest host illustrator interviewer "
    "narrator organizer original-author performer producer recipient reviewed-author "
    "script-writer series-creator translator".split()
)
"""Variables that are lists of names."""

DATES = frozenset("accessed available-date event-date issued original-date submitted".split())
"""Variables that are dates."""

_NAME_TEXTS = frozenset(
    "family given dropping-particle non-dropping-particle suffix literal".split()
)
_NAME_FLAGS = frozenset("comma-suffix static-ordering parse-names".split())


def fits(variable: str, value: object) -> bool:
    """Whether CSL-JSON has the variable and the value has its shape."""
    if variable in STRINGS or variable == "citation-key":
        return isinstance(value, str)
    if variable in NUMBERS or variable == "id":
        return _is_scalar(value)
    if variable in NAMES:
        return isinstance(value, list) and all(_is_name(row) for row in value)
    if variable in DATES:
        return _is_date(value)
    if variable == "categories":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if variable == "type":
        return value in TYPES
    return variable == "custom" and isinstance(value, Mapping)


def _is_scalar(value: object) -> bool:
    return isinstance(value, str | int | float) and not isinstance(value, bool)


def _is_name(row: object) -> bool:
    return isinstance(row, Mapping) and all(
        isinstance(value, str)
        if part in _NAME_TEXTS
        else part in _NAME_FLAGS and isinstance(value, str | int | float)
        for part, value in row.items()
    )


def _is_date(value: object) -> bool:
    if not isinstance(value, Mapping):
        return False
    for part, one in value.items():
        if part == "date-parts":
            good = isinstance(one, list) and 1 <= len(one) <= 2 and all(map(_are_parts, one))
        elif part in ("literal", "raw"):
            good = isinstance(one, str)
        elif part == "circa":
            good = isinstance(one, str | int | float)
        else:
            good = part == "season" and _is_scalar(one)
        if not good:
            return False
    return True


def _are_parts(value: object) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= 3 and all(map(_is_scalar, value))
