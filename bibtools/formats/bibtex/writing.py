"""Writing entries as BibTeX or biblatex.

BibTeX comes out in ASCII where LaTeX can spell it, biblatex in UTF-8. Text of ours is encoded
by `bibtools.text.latex_encode`, which lets nothing through that could do more than print;
fields that came from the user's own .bib (strings in `Entry.extra`) come out word for word.

One entry is written the same way every time: fields in a fixed order, values on one line in
braces, a comma after each, the equals signs in one column. What is written is read back at once;
what the fields cannot say is carried in a field `bibtools` (see `formats.carried`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bibtools.formats.bibtex import carrying
from bibtools.formats.bibtex.entry_types import (
    main_address,
)
from bibtools.formats.bibtex.field_writer import Field, FieldWriter, entry_type
from bibtools.formats.bibtex.fields import (
    PROVIDED,
    Dialect,
    PrintLinks,
)
from bibtools.formats.bibtex.printed import default_print_links
from bibtools.formats.bibtex.tex_values import (
    safe_key,
)
from bibtools.model import Entry

__all__ = [
    "Field",
    "default_print_links",
    "entry_fields",
    "entry_type",
    "safe_key",
    "write_entries",
    "write_entry",
    "write_preamble",
]

_BLANKS = re.compile(r"[ \t\r\n]+")


def entry_fields(
    entry: Entry,
    dialect: Dialect,
    print_links: PrintLinks | None = None,
    *,
    exact: bool = True,
    derived: bool = True,
    trusted: bool = False,
) -> list[Field]:
    """The fields of an entry in their order; what is unknown is not there.

    With `exact` they read back as the same entry, and without `derived` nothing is said twice:
    see `write_entry`.
    """
    links = default_print_links(dialect) if print_links is None else print_links
    fields = FieldWriter(entry, dialect, exact, derived, trusted).fields(links)
    if exact:
        carried = _carried(entry, dialect, fields)
        if carried:
            fields.append(Field(carrying.NAME, carrying.write_carried(carried)))
    return fields


def _carried(entry: Entry, dialect: Dialect, fields: Sequence[Field]) -> dict[str, Any]:
    """What the fields do not say."""
    # Here, because who writes nothing exact needs no reader.
    from bibtools.formats.bibtex.reading import read_one
    from bibtools.formats.carried import what_is_lost

    kind = entry_type(entry, dialect)
    seen = {one.name.lower(): _BLANKS.sub(" ", one.value).strip(" ") for one in fields}
    back = read_one(kind, safe_key(entry.key), seen)
    but = ["extra.zotero"]
    if entry.key is None:
        but.append("key")
    if len(entry.categories) == 1:
        # The only candidate is the primary class.
        but.append("primary_known")
    lost = what_is_lost(entry, back, but)
    address = next((link.url for link in entry.links if link.kind == "url"), None)
    found = next((link.url for link in back.links if link.kind == "url"), None)
    if found not in (address, main_address(entry)) or (address and found is None):
        lost["address"] = [main_address(back), address]
    return lost


def write_entry(
    entry: Entry,
    dialect: Dialect,
    print_links: PrintLinks | None = None,
    newline: str = "\n",
    *,
    exact: bool = True,
    derived: bool = True,
    trusted: bool = False,
) -> str:
    """One entry, ending in a line end. `print_links` is `default_print_links` when None.

    With `exact`, straight quotes and hyphens in a row are spelt so that they read back as such,
    and a field `bibtools` holds what no other field can say, if there is such a thing. `derived`
    adds what styles make use of and other fields say already: a sort key where there is no
    author, and `eprint` for a PubMed ID or an address.

    Raw LaTeX of the user's that reads files, runs programs or changes what TeX reads
    (`dangerous`) becomes text, unless it is `trusted`.
    """
    head = f"@{entry_type(entry, dialect)}{{{safe_key(entry.key)},"
    fields = entry_fields(
        entry, dialect, print_links, exact=exact, derived=derived, trusted=trusted
    )
    lines = [head, *(one.written() for one in fields), "}"]
    return newline.join(lines) + newline


def write_preamble(written: str, dialect: Dialect, newline: str = "\n") -> str:
    r"""The `@preamble` that the entries need so that a document without `url` or `amssymb`
    compiles; empty when they need none. It defines nothing that the document has defined.
    `written` is the text of the entries. biblatex brings `url` itself.
    """
    needed = [
        definition
        for command, definition in PROVIDED
        if re.search(re.escape(command) + r"(?![A-Za-z])", written)
        and not (dialect == "biblatex" and command == "\\url")
    ]
    return f'@preamble{{"{" ".join(needed)}"}}{newline}' if needed else ""


def write_entries(
    entries: Iterable[Entry],
    dialect: Dialect,
    print_links: PrintLinks | None = None,
    newline: str = "\n",
    *,
    exact: bool = True,
    trusted: bool = False,
) -> str:
    """A whole file: preamble where one is needed, and the entries with a blank line between."""
    body = newline.join(
        write_entry(entry, dialect, print_links, newline, exact=exact, trusted=trusted)
        for entry in entries
    )
    preamble = write_preamble(body, dialect, newline)
    return preamble + newline + body if preamble else body
