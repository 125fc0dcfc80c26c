"""Which variable each Zotero field is, and which item type each CSL type.

Source: the `csl` part of Zotero's schema, version 41. Beyond it: fields that CSL has no variable
for (`country`, `assignee`, `seriesText`), and the place of recordings and talks, which Zotero
exports as the place of the event.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bibtools.formats.zotero.item_types import ITEM_TYPES, ItemType
from bibtools.model import type_preprint
from bibtools.model.variables import CREATORS

TEXTS: Final = {
    "title": "title",
    "abstractNote": "abstract",
    "archive": "archive",
    "archiveLocation": "archive_location",
    "authority": "authority",
    "callNumber": "call-number",
    "applicationNumber": "call-number",
    "session": "chapter-number",
    "seriesNumber": "collection-number",
    "series": "collection-title",
    "seriesTitle": "collection-title",
    "publicationTitle": "container-title",
    "reporter": "container-title",
    "code": "container-title",
    "artworkSize": "dimensions",
    "runningTime": "dimensions",
    "DOI": "DOI",
    "edition": "edition",
    "eventPlace": "event-place",
    "meetingName": "event-title",
    "conferenceName": "event-title",
    "type": "genre",
    "programmingLanguage": "genre",
    "ISBN": "ISBN",
    "ISSN": "ISSN",
    "issue": "issue",
    "priorityNumbers": "issue",
    "journalAbbreviation": "container-title-short",
    "language": "language",
    "rights": "license",
    "medium": "medium",
    "system": "medium",
    "number": "number",
    "numPages": "number-of-pages",
    "numberOfVolumes": "number-of-volumes",
    "originalPublisher": "original-publisher",
    "originalPlace": "original-publisher-place",
    "partNumber": "part-number",
    "partTitle": "part-title",
    "pages": "page",
    "PMID": "PMID",
    "PMCID": "PMCID",
    "publisher": "publisher",
    "place": "publisher-place",
    "history": "references",
    "references": "references",
    "scale": "scale",
    "section": "section",
    "committee": "section",
    "libraryCatalog": "source",
    "status": "status",
    "shortTitle": "title-short",
    "url": "URL",
    "versionNumber": "version",
    "volume": "volume",
    "codeNumber": "volume",
    "country": "country",
    "assignee": "assignee",
    "seriesText": "seriesText",
}
"""Field, by its base name where it has one, to text variable."""

DATES: Final = {
    "date": "issued",
    "accessDate": "accessed",
    "filingDate": "submitted",
    "originalDate": "original-date",
}
"""Field to date variable."""

_PLACE_OF_EVENT = frozenset({"audioRecording", "presentation", "videoRecording"})

ROLES: Final = {
    "bookAuthor": "container-author",
    "castMember": "performer",
    "executiveProducer": "executive-producer",
    "originalCreator": "original-author",
    "podcaster": "host",
    "reviewedAuthor": "reviewed-author",
    "seriesCreator": "series-creator",
    "seriesEditor": "collection-editor",
    "scriptwriter": "script-writer",
}
"""Creator type to role, where they differ. A primary creator type that is no role is the
author."""

TYPES: Final = {
    type_preprint: "preprint",
    "broadcast": "podcast",
    "motion_picture": "film",
    "personal_communication": "letter",
    "classic": "book",
    "collection": "document",
    "entry": "encyclopediaArticle",
    "event": "presentation",
    "figure": "artwork",
    "musical_score": "audioRecording",
    "pamphlet": "book",
    "performance": "presentation",
    "periodical": "document",
    "regulation": "statute",
    "review": "journalArticle",
    "review-book": "journalArticle",
    "treaty": "statute",
} | {
    item_type.csl: name
    for name, item_type in ITEM_TYPES.items()
    if item_type.csl not in ("broadcast", "motion_picture", "personal_communication")
}
"""CSL type, or `preprint`, to item type."""

BY_BIB_TYPE: Final = {
    "movie": "film",
    "video": "videoRecording",
    "email": "email",
}
"""Type of a .bib entry to item type, where it says more than the CSL type."""

# A CSL type of several item types; the first that has a place for one of the variables wins.
NARROWER: Final[Mapping[str, tuple[tuple[str, frozenset[str]], ...]]] = {
    "broadcast": (
        (
            "tvBroadcast",
            frozenset(
                "archive archive_location container-title event-place publisher publisher-place "
                "source".split()
            ),
        ),
    ),
    "motion_picture": (
        (
            "videoRecording",
            frozenset(
                "collection-title publisher-place event-place volume number-of-volumes ISBN".split()
            ),
        ),
    ),
}
"""CSL type to a further item type and the variables that speak for it, as Zotero decides when it
imports CSL-JSON."""


def _variables(item_type: ItemType) -> dict[str, str]:
    """Field to variable; where two fields are one variable, the first is the one to write."""
    found = {}
    for name in item_type.fields:
        base = item_type.base.get(name, name)
        variable = TEXTS.get(base) or DATES.get(base)
        if variable == "publisher-place" and item_type.name in _PLACE_OF_EVENT:
            variable = "event-place"
        if variable is not None:
            found[name] = variable
    return found


VARIABLES: Final = {name: _variables(item_type) for name, item_type in ITEM_TYPES.items()}
"""Item type to its fields and their variables; `citationKey` and `extra` are none."""


def _fields(name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for field, variable in VARIABLES[name].items():
        found.setdefault(variable, field)
    return found


FIELDS: Final = {name: _fields(name) for name in ITEM_TYPES}
"""Item type to the variables it has a field for, and the field."""


def role_of(item_type: ItemType, creator_type: str) -> str:
    """`author` or a role of `bibtools.model.variables.CREATORS`; an unknown creator type is a
    contributor.
    """
    role = ROLES.get(creator_type, creator_type)
    # Zotero's performer of a recording is its author; CSL's performer is the cast member.
    if role in CREATORS and creator_type != "performer":
        return role
    return "author" if creator_type in (item_type.primary, "author") else "contributor"


def _creator_types(item_type: ItemType) -> dict[str, str]:
    found: dict[str, str] = {}
    for creator_type in item_type.creators:
        found.setdefault(role_of(item_type, creator_type), creator_type)
    found.setdefault("author", item_type.primary)
    return found


CREATOR_TYPES: Final = {name: _creator_types(item_type) for name, item_type in ITEM_TYPES.items()}
"""Item type to the roles it has a creator type for, and the creator type. Authors are of the
primary type where there is nothing better, as in Zotero."""


NEAREST_ROLE: Final = {"collaborator": "contributor"}
"""Role that Zotero has no creator type for, to the creator type that every item has, as in Better
BibTeX."""


def creator_order(item_type: ItemType) -> tuple[str, ...]:
    """The order of roles when creators are written: the authors first."""
    return ("author", *(role_of(item_type, one) for one in item_type.creators))
