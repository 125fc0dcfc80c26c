"""Fields of an item that repeat what stands elsewhere, in the words Zotero's users look for.

They are written where an item has a field for them and nothing of its own to put there, and are
dropped on reading, so that they never count as something the entry says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bibtools.model import Name

# "Phys. Rev. A", but not "U.S. News".
_ABBREVIATED = re.compile(r"(?:^|[\s(])[^\W\d_]{2,}\.(?=[\s,)]|$)")


def derived_texts(
    names: Mapping[str, tuple[Name, ...]], texts: Mapping[str, str], places: Mapping[str, str]
) -> dict[str, str]:
    """Variables that follow from other variables of the same item; `places` are its fields.

    The holders of a patent are its assignees; a journal that is named by an abbreviation has that
    abbreviation (as in Better BibTeX); where there is one place, it is that of publishing.
    """
    found = {}
    holders = "; ".join(name.display() for name in names.get("holder", ()))
    if holders:
        found["assignee"] = holders
    journal = texts.get("container-title", "")
    if _ABBREVIATED.search(journal):
        found["container-title-short"] = journal
    if "publisher-place" in texts and "publisher-place" not in places:
        found["event-place"] = texts["publisher-place"]
    return {variable: text for variable, text in found.items() if variable in places}


def drop_derived(
    names: Mapping[str, tuple[Name, ...]], texts: dict[str, str], places: Mapping[str, str]
) -> None:
    """Take the variables out that `derived_texts` would put in."""
    for variable, text in derived_texts(names, texts, places).items():
        if texts.get(variable) == text:
            del texts[variable]
