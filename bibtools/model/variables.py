"""The names under which an `Entry` keeps what has no attribute of its own.

The names are CSL's (csl-data.json 1.0.2), because CSL has the largest vocabulary; what CSL has
no word for has its biblatex or Zotero name. A format that lacks a variable carries it in its own
way (a line in Zotero's Extra, an unknown .bib field, CSL's `custom`), so that every one survives
every round trip.
"""

from __future__ import annotations

from typing import Final

TEXT_FIELDS: Final = frozenset(
    # CSL's own. `title` and `container-title` are here only for their markup.
    "title title-short container-title container-title-short collection-title volume-title "
    "volume-title-short part-title original-title reviewed-title event-title event-place "
    "publisher publisher-place original-publisher original-publisher-place authority division "
    "jurisdiction archive archive-place archive_collection genre reviewed-genre medium note "
    "annote keyword license source status references "
    # biblatex's.
    "subtitle titleaddon maintitle mainsubtitle maintitleaddon booksubtitle booktitleaddon "
    "journalsubtitle issuetitle issuesubtitle eventtitleaddon addendum howpublished "
    # Zotero's.
    "country assignee seriesText".split()
)
"""Texts. Markup is the little that CSL-JSON and Zotero know, written as they write it: `<i>`,
`<b>`, `<sup>`, `<sub>`, `<span style="font-variant:small-caps;">`, and `<span class="nocase">`
around what keeps its capitals. Any other `<` is a less-than sign."""

PLAIN_FIELDS: Final = frozenset(
    # CSL's own.
    "volume issue number page page-first edition version section chapter-number "
    "collection-number citation-number first-reference-note-number locator number-of-pages "
    "number-of-volumes part part-number printing supplement year-suffix citation-label "
    "call-number archive_location dimensions scale language "
    # biblatex's.
    "eid entrysubtype".split()
)
"""Numbers (always as text), codes and places in a library: no markup. A range of pages has a
plain hyphen: `12-34`. A language is as its source wrote it (`en-US`, `french`)."""

FIELDS: Final = TEXT_FIELDS | PLAIN_FIELDS
"""What may be a key of `Entry.fields`."""

CREATORS: Final = frozenset(
    # CSL's own.
    "chair collection-editor compiler composer container-author contributor curator director "
    "editor editorial-director executive-producer guest host illustrator interviewer narrator "
    "organizer original-author performer producer recipient reviewed-author script-writer "
    "series-creator translator "
    # biblatex's.
    "afterword annotator commentator foreword holder introduction founder continuator redactor "
    "reviser collaborator shortauthor shorteditor "
    # Zotero's.
    "attorneyAgent commenter cosponsor counsel wordsBy".split()
)
"""What may be a key of `Entry.creators`: every role but that of author. A type's main role
(artist, inventor, presenter, programmer, ...) is `Entry.authors`."""

DATES: Final = frozenset(
    "accessed available-date event-date issued original-date submitted".split()
)
"""What may be a key of `Entry.dates`; CSL's date variables."""

ID_SCHEMES: Final = frozenset(
    "isbn issn pmid pmcid isrn ismn isan iswc mrnumber zblnumber hal_id".split()
)
"""Schemes of `Entry.other_ids` that the formats have a place for; others are carried too."""
