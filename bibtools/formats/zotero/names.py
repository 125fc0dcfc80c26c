"""Creators of a Zotero item, and the parts of a name behind them.

Zotero has two fields for a person, `lastName` and `firstName`, and `name` for a body. A particle
stays with the last name; citation processors split it off again, and so do we: leading words in
lower case of the last name are the non-dropping particle, trailing ones of the first name the
dropping particle, and what follows a comma in the first name is the suffix. A last name in
double quotes is not split. Source: https://www.zotero.org/support/kb/name_particles and the
name rules of citeproc-js.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibtools.model import Name

_APOSTROPHES = "'\u2019\u02bb"
# A word that may stand before a family name: "van", "d'", "al-", "'t".
_LEADING = re.compile(
    rf"((?:(?=[^\W\dA-Z])[^\s\"]+\s+)+|(?:[^\W\dA-Z]+\s+)*[^\W\dA-Z]{{1,3}}[{_APOSTROPHES}\u2010-])"
    r"(\S.*)",
)
_TRAILING = re.compile(r"(\S.*?)\s+((?:[^\W\dA-Z]\S*\s+)*[^\W\dA-Z]\S*)")


def split_family(last: str) -> tuple[str | None, str]:
    """The particle that a last name begins with, and the rest."""
    match = _LEADING.fullmatch(last)
    if match is None or not _is_lower(match[1]):
        return None, last
    return match[1].strip(), match[2]


def _is_lower(text: str) -> bool:
    return text == text.lower() and any(char.isalpha() for char in text)


def read_creator(creator: Mapping[str, object]) -> Name | None:
    """The name of one creator; None when it has none."""
    whole = creator.get("name")
    last, first = creator.get("lastName"), creator.get("firstName")
    last = last.strip() if isinstance(last, str) else ""
    first = first.strip() if isinstance(first, str) else ""
    if isinstance(whole, str) and whole.strip():
        return Name(literal=whole.strip())
    if last and creator.get("fieldMode") in (1, "1") and not first:
        return Name(literal=last)
    if not last and not first:
        return None
    if not last or not first:
        # Nothing is split off a name of one part: "von" may be all there is.
        return Name(family=last or None, given=first or None)
    given, comma, suffix = first.partition(",")
    given, suffix = (given.strip(), suffix.strip().removeprefix("!").strip())
    if comma and not (given and suffix):
        given, suffix = first, ""
    particle = None
    if len(last) > 2 and last[0] == last[-1] == '"':
        last = last[1:-1]
    else:
        particle, last = split_family(last)
    dropping = None
    match = _TRAILING.fullmatch(given)
    if match is not None and _is_lower(match[2]):
        given, dropping = match[1], match[2]
    return Name(last, given, particle, dropping, suffix or None)


def write_creator(name: Name, role: str) -> dict[str, str]:
    """The creator of a name; `read_creator` gives it back where Zotero can say it."""
    if name.literal is not None:
        return {"creatorType": role, "name": name.literal}
    last = name.family or ""
    if name.non_dropping_particle:
        glue = "" if name.non_dropping_particle.endswith((*_APOSTROPHES, "-")) else " "
        last = name.non_dropping_particle + glue + last
    elif name.given and split_family(last)[0] is not None:
        last = f'"{last}"'
    first = " ".join(part for part in (name.given, name.dropping_particle) if part)
    if name.suffix:
        first += f", {name.suffix}"
    return {"creatorType": role, "firstName": first, "lastName": last}
