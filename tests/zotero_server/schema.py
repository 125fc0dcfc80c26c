"""The facts of Zotero's schema 41: item types, their fields and creator types.

A table of its own: the stand-in shares nothing with the client it judges. `test_stand_in_schema`
compares it with the published schema where that is at hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SCHEMA_VERSION = 41

# The fields most item types end with, written as @ below.
_TAIL = "archive archiveLocation shortTitle language libraryCatalog callNumber rights extra"

# One line starts each type: `type | creator types, the primary one first | fields`, and
# `field>base` where the field stands for a field all types share.
_TYPES = """
annotation | |
artwork | artist contributor | title abstractNote artworkMedium>medium artworkSize date eventPlace
  DOI citationKey url accessDate @
attachment | | title accessDate url
audioRecording | performer originalCreator composer wordsBy translator contributor | title
  abstractNote audioRecordingFormat>medium seriesTitle volume numberOfVolumes label>publisher
  place date runningTime ISBN DOI citationKey url accessDate @
bill | sponsor cosponsor contributor | title abstractNote billNumber>number code codeVolume>volume
  section codePages>pages legislativeBody>authority session history date DOI citationKey url
  accessDate shortTitle language rights extra
blogPost | author translator commenter contributor | title abstractNote blogTitle>publicationTitle
  websiteType>type date DOI citationKey url accessDate ISSN shortTitle language rights extra
book | author contributor editor translator seriesEditor | title abstractNote series seriesNumber
  volume numberOfVolumes edition date publisher place originalDate originalPublisher originalPlace
  format>medium numPages ISBN DOI citationKey url accessDate ISSN @
bookSection | author contributor editor bookAuthor translator seriesEditor | title abstractNote
  bookTitle>publicationTitle series seriesNumber volume numberOfVolumes edition date publisher
  place originalDate originalPublisher originalPlace format>medium pages ISBN DOI citationKey url
  accessDate ISSN @
case | author counsel contributor | caseName>title abstractNote court>authority dateDecided>date
  docketNumber>number reporter reporterVolume>volume firstPage>pages history DOI citationKey url
  accessDate shortTitle language rights extra
computerProgram | programmer contributor | title abstractNote seriesTitle versionNumber date
  system company>publisher place programmingLanguage rights citationKey url accessDate DOI ISBN
  archive archiveLocation libraryCatalog callNumber shortTitle extra
conferencePaper | author contributor editor translator seriesEditor | title abstractNote
  proceedingsTitle>publicationTitle conferenceName publisher place date eventPlace volume issue
  numberOfVolumes pages series seriesNumber DOI ISBN citationKey url accessDate ISSN @
dataset | author contributor | title abstractNote identifier>number type versionNumber date
  repository>publisher repositoryLocation>place format>medium DOI citationKey url accessDate @
dictionaryEntry | author contributor editor translator seriesEditor | title abstractNote
  dictionaryTitle>publicationTitle series seriesNumber volume numberOfVolumes edition date
  publisher place pages ISBN DOI citationKey url accessDate @
document | author contributor editor translator reviewedAuthor | title abstractNote type date
  publisher place DOI citationKey url accessDate @
email | author translator contributor recipient | subject>title abstractNote date DOI citationKey
  url accessDate shortTitle language rights extra
encyclopediaArticle | author contributor editor translator seriesEditor | title abstractNote
  encyclopediaTitle>publicationTitle series seriesNumber volume numberOfVolumes edition date
  publisher place pages ISBN DOI citationKey url accessDate @
film | director producer scriptwriter castMember host guest narrator translator contributor |
  title abstractNote distributor>publisher place date genre>type videoRecordingFormat>medium
  runningTime DOI citationKey url accessDate @
forumPost | author contributor | title abstractNote forumTitle>publicationTitle postType>type date
  DOI citationKey url accessDate shortTitle language rights extra
hearing | contributor | title abstractNote committee publisher numberOfVolumes
  documentNumber>number pages legislativeBody>authority session history date place DOI citationKey
  url accessDate shortTitle language rights extra
instantMessage | author contributor recipient | title abstractNote date DOI citationKey url
  accessDate shortTitle language rights extra
interview | interviewee contributor interviewer translator | title abstractNote
  interviewMedium>medium date publisher place DOI citationKey url accessDate @
journalArticle | author contributor editor translator reviewedAuthor | title abstractNote
  publicationTitle publisher place date volume issue section partNumber partTitle pages series
  seriesTitle seriesText journalAbbreviation DOI citationKey url accessDate PMID PMCID ISSN @
letter | author recipient contributor translator | title abstractNote letterType>type date
  eventPlace DOI citationKey url accessDate @
magazineArticle | author contributor translator reviewedAuthor | title abstractNote
  publicationTitle publisher place date volume issue pages ISSN DOI citationKey url accessDate @
manuscript | author contributor translator | title abstractNote manuscriptType>type
  institution>publisher place date numPages number DOI citationKey url accessDate @
map | cartographer contributor seriesEditor | title abstractNote mapType>type scale seriesTitle
  edition publisher place date DOI ISBN citationKey url accessDate @
newspaperArticle | author contributor translator reviewedAuthor | title abstractNote
  publicationTitle publisher place date volume issue edition section pages ISSN DOI citationKey
  url accessDate @
note | |
patent | inventor attorneyAgent contributor | title abstractNote place country assignee
  issuingAuthority>authority patentNumber>number filingDate pages applicationNumber
  priorityNumbers issueDate>date priorityDate>originalDate references legalStatus>status DOI
  citationKey url accessDate shortTitle language rights extra
podcast | podcaster guest producer executiveProducer seriesCreator director scriptwriter
  castMember translator contributor | title abstractNote seriesTitle episodeNumber>number
  audioFileType>medium date publisher place runningTime DOI citationKey url accessDate shortTitle
  language rights extra
preprint | author contributor editor translator reviewedAuthor | title abstractNote genre>type
  repository>publisher archiveID>number place date series seriesNumber DOI citationKey url
  accessDate @
presentation | presenter chair organizer contributor translator | title abstractNote
  presentationType>type date meetingName place series sessionTitle>publicationTitle DOI
  citationKey url accessDate shortTitle language rights extra
radioBroadcast | creator host guest producer executiveProducer seriesCreator director scriptwriter
  castMember translator contributor | title abstractNote programTitle>publicationTitle
  episodeNumber>number audioRecordingFormat>medium network>publisher place date runningTime DOI
  citationKey url accessDate @
report | author editor contributor translator seriesEditor | title abstractNote
  reportNumber>number reportType>type institution>publisher place date seriesTitle seriesNumber
  pages DOI ISBN citationKey url accessDate ISSN @
standard | author editor contributor | title abstractNote organization>authority committee type
  number versionNumber edition status date publisher place partNumber partTitle ISBN DOI
  citationKey url accessDate archive archiveLocation shortTitle numPages language libraryCatalog
  callNumber rights extra
statute | author contributor | nameOfAct>title abstractNote code codeNumber publicLawNumber>number
  dateEnacted>date pages section session history DOI citationKey url accessDate shortTitle
  language rights extra
thesis | author contributor | title abstractNote thesisType>type university>publisher place date
  series seriesNumber numPages DOI ISBN citationKey url accessDate ISSN @
tvBroadcast | director producer executiveProducer seriesCreator scriptwriter castMember host guest
  narrator translator contributor | title abstractNote programTitle>publicationTitle
  episodeNumber>number videoRecordingFormat>medium network>publisher place date runningTime DOI
  citationKey url accessDate @
videoRecording | creator director producer scriptwriter executiveProducer castMember host guest
  narrator translator contributor | title abstractNote videoRecordingFormat>medium seriesTitle
  volume numberOfVolumes studio>publisher place date runningTime ISBN DOI citationKey url
  accessDate @
webpage | author contributor translator | title abstractNote websiteTitle>publicationTitle
  websiteType>type date publisher place DOI citationKey url accessDate shortTitle language rights
  extra
"""

# Labels of fields that are not the name in words.
_LABELS = {
    "abstractNote": "Abstract",
    "accessDate": "Accessed",
    "archiveLocation": "Loc. in Archive",
    "artworkMedium": "Medium",
    "audioFileType": "File Type",
    "audioRecordingFormat": "Format",
    "forumTitle": "Forum/Listserv Title",
    "interviewMedium": "Medium",
    "journalAbbreviation": "Journal Abbr",
    "letterType": "Type",
    "manuscriptType": "Type",
    "mapType": "Type",
    "nameOfAct": "Name of Act",
    "numberOfVolumes": "# of Volumes",
    "numPages": "# of Pages",
    "presentationType": "Type",
    "programmingLanguage": "Prog. Language",
    "publicationTitle": "Publication",
    "repositoryLocation": "Repo. Location",
    "rights": "License",
    "thesisType": "Type",
    "url": "URL",
    "versionNumber": "Version",
    "videoRecordingFormat": "Format",
}
_TYPE_LABELS = {
    "computerProgram": "Software",
    "email": "E-mail",
    "tvBroadcast": "TV Broadcast",
    "webpage": "Web Page",
    "attorneyAgent": "Attorney/Agent",
    "interviewee": "Interview With",
}


@dataclass(frozen=True, slots=True)
class ItemType:
    """One item type: fields in the order of the schema."""

    name: str
    fields: tuple[str, ...]
    base: dict[str, str]
    """Field of this type -> the base field it stands for."""
    creator_types: tuple[str, ...]
    """The primary one first."""

    def of_base(self, base_field: str) -> str:
        """The field of this type that holds a base field's value; empty if it has none."""
        for name, stands_for in self.base.items():
            if stands_for == base_field:
                return name
        return base_field if base_field in self.fields else ""


def _read(table: str) -> dict[str, ItemType]:
    types = {}
    for line in re.split(r"\n(?! )", table.strip()):
        name, creators, fields = (part.split() for part in line.replace("@", _TAIL).split("|"))
        pairs = [field.partition(">")[::2] for field in fields]
        types[name[0]] = ItemType(
            name[0],
            tuple(field for field, _base in pairs),
            {field: base for field, base in pairs if base},
            tuple(creators),
        )
    return types


ITEM_TYPES = _read(_TYPES)
FIELDS = frozenset(field for one in ITEM_TYPES.values() for field in one.fields) | {
    base for one in ITEM_TYPES.values() for base in one.base.values()
}
CREATOR_TYPES = frozenset(name for one in ITEM_TYPES.values() for name in one.creator_types)

LINK_MODES = ("imported_file", "imported_url", "linked_file", "linked_url", "embedded_image")


def label(name: str) -> str:
    """The English label of a field, an item type or a creator type."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return _LABELS.get(name) or _TYPE_LABELS.get(name) or words[:1].upper() + words[1:]


def as_schema() -> dict[str, object]:
    """The table in the shape of the published schema file (without its other languages)."""
    types = [
        {
            "itemType": one.name,
            "fields": [
                {"field": field, **({"baseField": one.base[field]} if field in one.base else {})}
                for field in one.fields
            ],
            "creatorTypes": [
                {"creatorType": creator, **({} if number else {"primary": True})}
                for number, creator in enumerate(one.creator_types)
            ],
        }
        for one in ITEM_TYPES.values()
    ]
    names = {
        "itemTypes": {name: label(name) for name in ITEM_TYPES},
        "fields": {name: label(name) for name in sorted(FIELDS)},
        "creatorTypes": {name: label(name) for name in sorted(CREATOR_TYPES)},
    }
    return {"version": SCHEMA_VERSION, "itemTypes": types, "locales": {"en-US": names}}


def template(item_type: str, link_mode: str = "") -> dict[str, object]:
    """What /items/new answers."""
    made: dict[str, object] = {"itemType": item_type}
    ends: dict[str, object] = {"tags": [], "collections": [], "relations": {}}
    if item_type == "note":
        return {**made, "note": "", **ends}
    if item_type == "attachment":
        file_url = {"url": ""} if link_mode.endswith("_url") else {}
        made |= {"linkMode": link_mode, "title": "", "accessDate": "", **file_url, "note": ""}
        made |= {**ends, "contentType": "", "charset": ""}
        if link_mode.startswith("imported_"):
            made |= {"filename": "", "md5": None, "mtime": None}
        if link_mode == "linked_file":
            made["path"] = ""
        return made
    one = ITEM_TYPES[item_type]
    made[one.fields[0]] = ""
    made["creators"] = [{"creatorType": one.creator_types[0], "firstName": "", "lastName": ""}]
    made |= dict.fromkeys(one.fields[1:], "")
    return {**made, **ends}
