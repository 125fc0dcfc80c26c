"""People and bodies: `author`, `editor`, `editora` with `editoratype`, and the other roles."""

from __future__ import annotations

import re
from functools import lru_cache

from bibtools.formats.bibtex.field_reader import FieldReader
from bibtools.formats.bibtex.fields import (
    CUSTOM_NAMES,
    EDITOR_FIELDS,
    EDITOR_TYPES,
    ROLE_SYNONYMS,
    ROLES,
)
from bibtools.formats.bibtex.names import is_others, read_name, split_list
from bibtools.model import Name

# Most names: "Family, Given" and "Given Family", every word with a capital, nothing that is LaTeX.
_CAPITAL = "[A-Z\u00c0-\u00d6\u00d8-\u00de]"
_SORTED = re.compile(rf"({_CAPITAL}[\w.\u2019-]*), ({_CAPITAL}[\w.\u2019 -]*)")
_SPOKEN = re.compile(
    rf"({_CAPITAL}[\w.\u2019-]*(?: {_CAPITAL}[\w.\u2019-]*)*) ({_CAPITAL}[\w.\u2019-]*)"
)
_ODD_AND = re.compile(r"(?i:\band\b)(?<! and)|\b[Aa]nd (?i:and\b)|\band(?! )|  |[\t\r\n]")
_ROLE_OF = {**{name: role for role, name in ROLES.items()}, **ROLE_SYNONYMS}
_ALL_FIELDS = frozenset(_ROLE_OF) | frozenset(EDITOR_FIELDS) | {CUSTOM_NAMES}


def read_names(value: str) -> tuple[tuple[Name, ...], bool, bool]:
    """The names of a field, whether `and others` follows them, whether one of them is empty."""
    found: list[Name] = []
    truncated = empty = False
    for piece in _pieces(value):
        one = _read_piece(piece)
        if isinstance(one, Name):
            found.append(one)
        elif one:
            truncated = True
        else:
            empty = True
    return tuple(found), truncated, empty


def _pieces(value: str) -> list[str]:
    """`split_list`, quickly for a list that has no braces and one spelling of `and`."""
    if "{" in value or "}" in value or _ODD_AND.search(value):
        return split_list(value)
    text = value.strip()
    return text.split(" and ") if text else []


@lru_cache(maxsize=8192)  # a bibliography names the same people again and again
def _read_piece(piece: str) -> Name | bool:
    """One name; True for `others`, False for nothing."""
    if "--" not in piece:
        usual = _SORTED.fullmatch(piece)
        if usual is not None:
            return Name(usual[1], usual[2].rstrip())
        spoken = _SPOKEN.fullmatch(piece)
        if spoken is not None and not is_others(piece):
            return Name(spoken[2], spoken[1])
    return is_others(piece) or read_name(piece) or False


def read_role(reader: FieldReader, name: str) -> tuple[tuple[Name, ...], bool]:
    """Take the people of a field, and whether `and others` follows them."""
    value = reader.left.get(name)
    if not value:
        return (), False
    found, truncated, empty = read_names(value)
    if empty:
        reader.complain(
            name,
            "bibtex.empty-name",
            f'A name in "{name}" of "{reader.key}" is empty.',
            'There is an "and" too many.',
        )
    if found and not empty and (name == "author" or not truncated):
        reader.take(name)
    return found, truncated


def read_creators(reader: FieldReader) -> dict[str, tuple[Name, ...]]:
    """All but the authors, by role."""
    found: dict[str, tuple[Name, ...]] = {}
    left = reader.left
    if _ALL_FIELDS.isdisjoint(left):
        return found
    for name in ("editor", *EDITOR_FIELDS, CUSTOM_NAMES):
        if name in left:
            _read_typed(reader, name, found)
    for name in [name for name in left if name in _ROLE_OF]:
        role = _ROLE_OF[name]
        if role not in found:
            names, _ = read_role(reader, name)
            if names:
                found[role] = names
    return found


def _read_typed(reader: FieldReader, name: str, found: dict[str, tuple[Name, ...]]) -> None:
    """A list of names whose role is in a field of its own: `editora` and `editoratype`."""
    kind = reader.left.get(name + "type", "").strip().lower()
    role = kind if kind in EDITOR_TYPES else None
    if name == CUSTOM_NAMES:
        role = "contributor" if kind == "collaborator" else None
    elif name == "editor":
        role = role or "editor"
    if role is None or role in found:
        return
    names, _ = read_role(reader, name)
    if names:
        found[role] = names
        if role == kind or name == CUSTOM_NAMES:
            reader.take(name + "type")
