"""Writing entries as BibTeX or biblatex.

BibTeX comes out in ASCII where LaTeX can spell it, biblatex in UTF-8. Text of ours is encoded
by `bibtools.text.latex_encode`, which lets nothing through that could do more than print;
fields that came from the user's own .bib (strings in `Entry.extra`) come out word for word.

One entry is written the same way every time: fields in a fixed order, values on one line in
braces, a comma after each, the equals signs in one column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bibtools.formats.bibtex.fields import (
    ALIASES,
    CSL_FIELDS,
    CSL_NAMES,
    ENTRY_TYPE,
    FIELD_NAME,
    KEY_JUNK,
    MONTHS,
    NEEDS_VENUE,
    PROVIDED,
    TYPES,
    VENUES,
    Dialect,
    PrintLinks,
)
from bibtools.formats.bibtex.tex_values import (
    LONGEST,
    name_list,
    printed_url,
    raw_or_encoded,
    text_value,
    url_value,
)
from bibtools.formats.csl_names import from_csl_names
from bibtools.model import Entry, type_preprint
from bibtools.text.latex_encode import encode
from bibtools.text.title_case import encode_title

_column = len("archivePrefix")
_url_kinds = frozenset({"url", "paper", "webpage"})


class Field(NamedTuple):
    """One field as it is written."""

    name: str
    value: str
    """LaTeX without delimiters; the name of a macro when `bare`."""
    bare: bool = False
    """True for a macro (`oct`), which stands without braces."""

    def written(self) -> str:
        """`name = {value},`"""
        value = self.value if self.bare else f"{{{self.value}}}"
        return f"  {self.name:<{_column}} = {value},"


def default_print_links(dialect: Dialect) -> PrintLinks:
    """`note` for BibTeX, whose styles print nothing else; `addendum` for biblatex."""
    return "note" if dialect == "bibtex" else "addendum"


def safe_key(key: str | None) -> str:
    """The key without what would end it or mean something to TeX; `anon` when nothing is left."""
    return KEY_JUNK.sub("", key or "") or "anon"


def entry_type(entry: Entry, dialect: Dialect) -> str:
    """`misc`, `online`, ...: the type as it was in the user's .bib, else from the CSL type."""
    raw = entry.extra.get("entrytype")
    if isinstance(raw, str) and ENTRY_TYPE.fullmatch(raw):
        return raw.lower()
    name = TYPES.get(entry.type, ("misc", "misc"))[dialect == "biblatex"]
    if name in NEEDS_VENUE and not (entry.venue or _has_venue(entry)):
        name = "misc"
    if name in ("misc", "online") and dialect == "biblatex":
        # The data model asks for an address in @online; @misc asks for nothing.
        return "online" if entry.arxiv is not None or _address(entry) else "misc"
    return name


def entry_fields(
    entry: Entry, dialect: Dialect, print_links: PrintLinks | None = None
) -> list[Field]:
    """The fields of an entry in their order; what is unknown is not there."""
    links = default_print_links(dialect) if print_links is None else print_links
    fields = [
        *_heading(entry, dialect),
        *_date(entry, dialect),
        *_identifiers(entry, dialect),
        *_code(entry),
    ]
    for scheme, value in entry.other_ids.items():
        if FIELD_NAME.fullmatch(scheme):
            fields.append(Field(scheme, text_value(value, dialect)))
    if dialect == "biblatex" and entry.type == type_preprint and entry.arxiv is not None:
        fields.append(Field("pubstate", "prepublished"))
    fields += _users_own(entry, fields, dialect)
    fields += _other_csl(entry, fields, dialect)
    if links != "none":
        _add_printed(entry, dialect, links, fields)
    if entry.abstract and not any(field.name.lower() == "abstract" for field in fields):
        fields.append(Field("abstract", text_value(entry.abstract, dialect)))
    return [field for field in fields if field.value]


def write_entry(
    entry: Entry,
    dialect: Dialect,
    print_links: PrintLinks | None = None,
    newline: str = "\n",
) -> str:
    """One entry, ending in a line end. `print_links` is `default_print_links` when None."""
    head = f"@{entry_type(entry, dialect)}{{{safe_key(entry.key)},"
    lines = [head, *(field.written() for field in entry_fields(entry, dialect, print_links)), "}"]
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
) -> str:
    """A whole file: preamble where one is needed, and the entries with a blank line between."""
    body = newline.join(write_entry(entry, dialect, print_links, newline) for entry in entries)
    preamble = write_preamble(body, dialect, newline)
    return preamble + newline + body if preamble else body


def _sort_key(title: str) -> str:
    """What plain sorts by and alpha and natbib label with when there is no author."""
    head, colon, _ = title.partition(":")
    words = (head if colon and len(head.split()) <= 3 else title).split()[:3]
    return "{" + encode(" ".join(words), ascii_only=True).strip() + "}"


def _heading(entry: Entry, dialect: Dialect) -> list[Field]:
    """Author, title, and what it appeared in."""
    fields = []
    authors = name_list(entry.authors, dialect, truncated=entry.authors_truncated)
    title = entry.title or ""
    if authors:
        fields.append(Field("author", authors))
    ascii_only = dialect == "bibtex"
    fields.append(
        Field("title", encode_title(title, ascii_only=ascii_only, longest=LONGEST).strip())
    )
    if not authors and dialect == "bibtex":
        fields.append(Field("key", _sort_key(title) if title.strip() else safe_key(entry.key)))
    if entry.venue:
        kind = entry_type(entry, dialect)
        venue = VENUES.get(kind, ("howpublished", "howpublished"))[dialect == "biblatex"]
        fields.append(Field(venue, text_value(entry.venue, dialect)))
    return fields


def _date(entry: Entry, dialect: Dialect) -> list[Field]:
    date = entry.date
    if date is None:
        return []
    if dialect == "biblatex":
        return [Field("date", date.iso())]
    fields = [Field("year", str(date.year))]
    if date.month is not None:
        fields.append(Field("month", MONTHS[date.month - 1], bare=True))
    if date.day is not None:
        fields.append(Field("day", str(date.day)))
    return fields


def _identifiers(entry: Entry, dialect: Dialect) -> list[Field]:
    fields = []
    arxiv, doi, address = entry.arxiv, entry.doi, _address(entry)
    if arxiv is not None:
        fields.append(Field("eprint", str(arxiv)))
        biblatex = dialect == "biblatex"
        fields.append(Field("eprinttype", "arxiv") if biblatex else Field("archivePrefix", "arXiv"))
        primary = entry.primary_class()
        if primary:
            name = "eprintclass" if biblatex else "primaryClass"
            fields.append(Field(name, encode(primary, ascii_only=True)))
    if doi is not None:
        fields.append(Field("doi", url_value(doi.value)))
    elif arxiv is not None:
        fields.append(Field("doi", arxiv.doi))
    if address:
        fields.append(Field("url", url_value(address)))
    elif arxiv is not None:
        fields.append(Field("url", arxiv.url))
    return fields


def _code(entry: Entry) -> list[Field]:
    return [
        Field("code" if number == 1 else f"code{number}", url_value(link.url))
        for number, link in enumerate(entry.code, start=1)
    ]


def _csl(entry: Entry) -> Mapping[str, object]:
    csl = entry.extra.get("csl")
    return csl if isinstance(csl, Mapping) else {}


def _address(entry: Entry) -> str | None:
    """The address of the work itself, other than arXiv's."""
    for holder, name in ((entry.extra, "url"), (_csl(entry), "URL")):
        value = holder.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
    for link in entry.links:
        if link.kind in _url_kinds:
            return link.url
    return None


def _has_venue(entry: Entry) -> bool:
    names = {"journal", "journaltitle", "booktitle", "crossref"}
    return any(name.lower() in names for name in entry.extra)


def _taken(fields: Iterable[Field]) -> set[str]:
    return {ALIASES.get(field.name.lower(), field.name.lower()) for field in fields}


def _users_own(entry: Entry, fields: list[Field], dialect: Dialect) -> list[Field]:
    """The fields of the user's .bib that we do not model, word for word."""
    taken = _taken(fields)
    own: dict[str, Field] = {}
    for name, value in entry.extra.items():
        # `year` and `month` of the user's do not exclude each other, `date` of ours does both.
        folded = ALIASES.get(name.lower(), name.lower())
        if name == "entrytype" or folded in taken or not FIELD_NAME.fullmatch(name):
            continue
        if isinstance(value, str):
            own.setdefault(name.lower(), Field(name, raw_or_encoded(value, dialect)))
        elif isinstance(value, int) and not isinstance(value, bool):
            own.setdefault(name.lower(), Field(name, str(value)))
    return list(own.values())


def _other_csl(entry: Entry, fields: list[Field], dialect: Dialect) -> list[Field]:
    """Variables of the CSL item that the entry came from."""
    found: list[Field] = []
    for variable, value in _csl(entry).items():
        if variable in CSL_NAMES and isinstance(value, list):
            name = CSL_NAMES[variable]
            text = name_list(from_csl_names(value), dialect, truncated=False)
        elif variable in CSL_FIELDS and isinstance(value, str | int):
            name = CSL_FIELDS[variable][dialect == "biblatex"]
            plain = str(value)
            # A range of pages has a dash.
            text = text_value(re.sub("[-–]+", "–", plain) if name == "pages" else plain, dialect)
        else:
            continue
        if ALIASES.get(name, name) not in _taken([*fields, *found]):
            found.append(Field(name, text))
    return found


def _add_printed(entry: Entry, dialect: Dialect, links: PrintLinks, fields: list[Field]) -> None:
    """The arXiv ID and the code links where the style prints them, unless they are there."""
    position = next(
        (place for place, field in enumerate(fields) if field.name.lower() == links), None
    )
    there = fields[position].value if position is not None else ""
    parts: list[str] = []
    # biblatex prints eprint itself.
    if dialect == "bibtex" and entry.arxiv is not None and entry.arxiv.value not in there:
        primary = entry.primary_class()
        shown = f"arXiv:{entry.arxiv}" + (f" [{primary}]" if primary else "")
        parts.append(encode(shown, ascii_only=True))
    new = [printed_url(link.url) for link in entry.code]
    new = [text for text in new if text not in there]
    if new:
        parts.append("Code: " + ", ".join(new))
    if not parts:
        return
    if there:
        parts.insert(0, there.rstrip().removesuffix("."))
    field = Field(links, ". ".join(parts))
    if position is None:
        fields.append(field)
    else:
        fields[position] = field
