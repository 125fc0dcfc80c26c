"""Lines of a CSL note and of Zotero's Extra that are data: `tex.code: URL`, `PMID: 123`.

Zotero and citation processors read `Variable Name: value` from them, Better BibTeX also
`tex.field: value`; so what a format has no place for survives there in every program. All other
lines are the user's own words and stay as they are.
Source: https://www.zotero.org/support/kb/item_types_and_fields ("Citing Fields from Extra").
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bibtools.model import ArxivId, Name, parse_arxiv

_ARXIV = re.compile(
    r"arXiv:\s*(?P<id>[^\s\[\]]+)(?:\s*\[(?P<classes>[A-Za-z.-]+(?:,\s*[A-Za-z.-]+)*)\])?",
    re.IGNORECASE,
)
_TEX = re.compile(
    r"tex\.(?P<field>[A-Za-z_][^\s=]*?)(?::\s+|\s*=\s*)(?P<value>\S.*)"
    r"|tex\.(?P<close>[A-Za-z_][^\s=:]*):(?P<behind>\S.*)"
)
# `{:name: value}` is the older form of citeproc-js.
_VARIABLE = re.compile(r"(?:\{:(?P<braced>[^:{}]+):\s*(?P<inside>[^{}]+)\}"
                       r"|(?P<name>[A-Za-z][A-Za-z _-]*?):\s*(?P<value>\S.*))")  # fmt: skip


@dataclass(slots=True)
class Lines:
    """What the lines of a text say."""

    arxiv: ArxivId | None = None
    classes: tuple[str, ...] = ()
    tex: dict[str, str] = field(default_factory=dict)
    """Raw .bib fields by their name as written."""
    values: dict[str, list[str]] = field(default_factory=dict)
    """Values by the name that `known` gave; several only for names of people."""
    text: str = ""
    """The other lines, word for word."""


Known = Callable[[str, str], str | None]
"""From a label and its value to the name of what it is, or None."""


def read_lines(text: str, known: Known, several: frozenset[str]) -> Lines:
    """Take the lines of data out of a text.

    A name that comes twice is data the first time only, unless it is in `several`.
    """
    found = Lines()
    rest = [
        line for line in text.split("\n") if not _read_line(line.strip(), found, known, several)
    ]
    found.text = "\n".join(rest)
    return found


def _read_line(line: str, found: Lines, known: Known, several: frozenset[str]) -> bool:
    if ":" not in line and "=" not in line:
        return False
    arxiv = _ARXIV.fullmatch(line)
    if arxiv is not None:
        identifier = parse_arxiv(arxiv["id"])
        if identifier is None or found.arxiv is not None:
            return False
        found.arxiv = identifier
        found.classes = tuple(re.split(r",\s*", arxiv["classes"])) if arxiv["classes"] else ()
        return True
    tex = _TEX.fullmatch(line)
    if tex is not None:
        field_name = tex["field"] or tex["close"]
        if field_name in found.tex:
            return False
        found.tex[field_name] = unquoted(tex["value"] or tex["behind"])
        return True
    variable = _VARIABLE.fullmatch(line)
    if variable is None:
        return False
    value = unquoted(variable["value"] or variable["inside"])
    name = known(variable["name"] or variable["braced"], value)
    if name is None or (name in found.values and name not in several):
        return False
    found.values.setdefault(name, []).append(value)
    return True


def unquoted(value: str) -> str:
    """The text of a JSON string, as `line_of` writes what could not be read back; any other value
    as it stands but for the white space around it.
    """
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        try:
            text = json.loads(value)
        except ValueError:
            return value
        if isinstance(text, str) and text:
            return text
    return value


def line_of(label: str, value: str) -> str:
    """`label: value`; a value that could not be read back from there as a JSON string."""
    if value != value.strip() or "\n" in value or "\r" in value or unquoted(value) != value:
        value = json.dumps(value, ensure_ascii=False)
    return f"{label}: {value}"


def label_of(line: str) -> str:
    """What stands before the colon."""
    return line.partition(":")[0]


def arxiv_line(arxiv: ArxivId, classes: tuple[str, ...]) -> str:
    """`arXiv: 2104.08821 [cs.CL]`, as Zotero's own translator for arXiv writes it."""
    return f"arXiv: {arxiv}" + (f" [{', '.join(classes)}]" if classes else "")


def name_of_line(text: str) -> Name:
    """The name of `Family || Given`, or a literal."""
    family, bars, given = text.partition("||")
    if not bars:
        return Name(literal=text.strip())
    return Name(family=family.strip() or None, given=given.strip() or None)


def line_of_name(name: Name) -> str:
    """`Family || Given`; particles stay with the family name, a suffix with the given one."""
    if name.literal is not None:
        return name.literal
    given = " ".join(part for part in (name.given, name.dropping_particle) if part)
    if name.suffix:
        given += f", {name.suffix}"
    return f"{name.family_with_particle()} || {given}".strip()
