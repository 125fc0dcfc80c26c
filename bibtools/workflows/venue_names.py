"""Names of journals and meetings in .bib files, with the user's own table."""

from __future__ import annotations

import os

from bibtools.adapters.files import read_if_there
from bibtools.adapters.settings import config_folder
from bibtools.formats.bibtex import Document
from bibtools.formats.venue_names import (
    Restyled,
    VenueStyle,
    VenueTable,
    known_names,
    read_rows,
    restyle,
)
from bibtools.model import Notice

FILE = "journals.csv"


def names_of_the_user() -> tuple[VenueTable, tuple[Notice, ...]]:
    """The table that comes with the package, and the rows of `journals.csv` before it.

    Raises `InputError` when that file is there and cannot be read.
    """
    path = str(config_folder(os.environ) / FILE)
    data, _ = read_if_there(path)
    rows, notices = read_rows(data, path) if data is not None else ([], [])
    return known_names().with_rows(rows), tuple(notices)


def restyle_names(data: bytes, file: str | None, style: VenueStyle) -> Restyled:
    """The bytes of a .bib with its names in one style.

    Raises `ConfigError` when names are to be abbreviated and the package for it is missing.
    """
    table, notices = names_of_the_user()
    done = restyle(Document.parse(data, file), style, table)
    return Restyled(done.data, done.changed, (*notices, *done.notices))
