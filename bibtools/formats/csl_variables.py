"""The types and variables of CSL-JSON (csl-data.json 1.0.2), by the shape of their values."""

from __future__ import annotations

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
