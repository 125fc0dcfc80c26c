"""Names of journals and meetings in what `cite` copies, brought into one style."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bibtools.formats.bibtex.document import Document
from bibtools.formats.bibtex.gathering import Macro, Piece, without_macros
from bibtools.formats.bibtex.needed import macros_of
from bibtools.formats.venue_names import VenueStyle, VenueTable, restyle
from bibtools.formats.venue_names.restyling import definition
from bibtools.model import Notice
from bibtools.workflows.cite.pieces import macro_notice, macros_in


@dataclass(frozen=True, slots=True)
class Styled:
    """Pieces with their names in one style."""

    pieces: tuple[Piece, ...]
    macros: Mapping[str, Macro]
    notices: tuple[Notice, ...] = ()


def in_style(
    pieces: Sequence[Piece],
    macros: Mapping[str, Macro],
    there: Document,
    style: VenueStyle,
    table: VenueTable,
) -> Styled:
    """The pieces in a style; `there` is the file that they go into, whose macros are used.

    Raises `ConfigError` when names are to be abbreviated and the package for it is missing.
    """
    heads = [block.text for block in there.strings]
    heads += [macro.text for name, macro in macros.items() if name not in _names(there)]
    pieces, notices = _spelt_out(pieces, heads, there)
    text = "\n".join([*heads, *(one.text for one in pieces)])
    document = Document.parse(text.encode())
    entries = [one for one in document.entries if not one.inside_comment][-len(pieces) :]
    if not pieces or [one.key for one in entries] != [one.key for one in pieces]:
        return Styled(tuple(pieces), macros)  # something is never closed
    values = {
        name: value
        for block in document.strings
        for name, value in block.definitions.items()
    }  # fmt: skip
    done = restyle(document, style, table)
    defined = {
        name: Macro(definition(name, value), _value(name, value)) for name, value in done.macros
    }
    values |= {name: macro.value for name, macro in defined.items()}
    styled = []
    for piece, entry in zip(pieces, entries, strict=True):
        used = {name: values[name] for name in macros_of(entry) if name in values}
        styled.append(replace(piece, text=entry.text, macros=used))
    wanted = {name for piece in styled for name in piece.macros}
    return Styled(tuple(styled), _needed({**macros, **defined}, wanted), (*notices, *done.notices))


def _spelt_out(
    pieces: Sequence[Piece], heads: Sequence[str], there: Document
) -> tuple[list[Piece], list[Notice]]:
    """The pieces with the text of each macro that means something else below these definitions."""
    meanings: dict[str, set[str]] = {}
    for block in Document.parse("\n".join(heads).encode()).strings:
        for name, value in block.definitions.items():
            meanings.setdefault(name, set()).add(value)
    found = []
    notices = []
    for piece in pieces:
        foreign = [
            name for name, value in piece.macros.items() if meanings.get(name, {value}) != {value}
        ]
        if foreign:
            kept = {name: value for name, value in piece.macros.items() if name not in foreign}
            notices += [macro_notice(piece.key, name, there.file) for name in foreign]
            found.append(replace(piece, text=without_macros(piece, foreign), macros=kept))
        else:
            found.append(piece)
    return found, notices


def _needed(macros: Mapping[str, Macro], wanted: set[str]) -> dict[str, Macro]:
    """Those that are used, and those that these are made of; each stands behind what it uses."""
    kept: dict[str, Macro] = {}
    for name, macro in reversed(list(macros.items())):
        if name in wanted:
            kept[name] = macro
            (block,) = Document.parse(macro.text.encode()).strings
            wanted |= {one for one in macros_in(block) if one != name}
    return dict(reversed(list(kept.items())))


def _names(document: Document) -> frozenset[str]:
    return frozenset(name for block in document.strings for name in block.definitions)


def _value(name: str, written: str) -> str:
    """What a definition means."""
    (block,) = Document.parse(definition(name, written).encode()).strings
    return block.definitions[name]
