"""Names of journals and meetings: in full, abbreviated after ISO 4, or as `@string` macros.

    table = known_names().with_rows(rows_of_the_user)
    restyle(document, "iso4", table)

A full name is abbreviated by rule (ISO 4 with the List of Title Word Abbreviations); an
abbreviation is written out only when the table has it, because no rule leads back.
"""

from __future__ import annotations

from bibtools.formats.venue_names.known import known_names
from bibtools.formats.venue_names.restyling import Restyled, VenueStyle, restyle
from bibtools.formats.venue_names.table import VenueName, VenueTable, read_rows

__all__ = [
    "Restyled",
    "VenueName",
    "VenueStyle",
    "VenueTable",
    "known_names",
    "read_rows",
    "restyle",
]
