"""The item types of Zotero, their fields and creator types.

Source: Zotero's schema, version 41 (https://api.zotero.org/schema). A test compares this table
with the schema where it is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

SCHEMA_VERSION: Final = 41

_GROUPS = {
    "+ids": "DOI citationKey url accessDate",
    "+held": "archive archiveLocation shortTitle language libraryCatalog callNumber rights extra",
    "+short": "shortTitle language rights extra",
}

# item type, CSL type: fields in the order of the form, `=` before the base field / creator
# types, the primary one first.
_TABLE = """
artwork graphic: title abstractNote artworkMedium=medium artworkSize date eventPlace +ids +held
    / artist contributor
audioRecording song: title abstractNote audioRecordingFormat=medium seriesTitle volume
    numberOfVolumes label=publisher place date runningTime ISBN +ids +held / performer
    originalCreator composer wordsBy translator contributor
bill bill: title abstractNote billNumber=number code codeVolume=volume section codePages=pages
    legislativeBody=authority session history date +ids +short / sponsor cosponsor contributor
blogPost post-weblog: title abstractNote blogTitle=publicationTitle websiteType=type date +ids
    ISSN +short / author translator commenter contributor
book book: title abstractNote series seriesNumber volume numberOfVolumes edition date publisher
    place originalDate originalPublisher originalPlace format=medium numPages ISBN +ids ISSN
    +held / author contributor editor translator seriesEditor
bookSection chapter: title abstractNote bookTitle=publicationTitle series seriesNumber volume
    numberOfVolumes edition date publisher place originalDate originalPublisher originalPlace
    format=medium pages ISBN +ids ISSN +held / author contributor editor bookAuthor translator
    seriesEditor
case legal_case: caseName=title abstractNote court=authority dateDecided=date
    docketNumber=number reporter reporterVolume=volume firstPage=pages history +ids +short /
    author counsel contributor
computerProgram software: title abstractNote seriesTitle versionNumber date system
    company=publisher place programmingLanguage rights citationKey url accessDate DOI ISBN
    archive archiveLocation libraryCatalog callNumber shortTitle extra / programmer contributor
conferencePaper paper-conference: title abstractNote proceedingsTitle=publicationTitle
    conferenceName publisher place date eventPlace volume issue numberOfVolumes pages series
    seriesNumber DOI ISBN citationKey url accessDate ISSN +held / author contributor editor
    translator seriesEditor
dataset dataset: title abstractNote identifier=number type versionNumber date
    repository=publisher repositoryLocation=place format=medium +ids +held / author contributor
dictionaryEntry entry-dictionary: title abstractNote dictionaryTitle=publicationTitle series
    seriesNumber volume numberOfVolumes edition date publisher place pages ISBN +ids +held /
    author contributor editor translator seriesEditor
document document: title abstractNote type date publisher place +ids +held / author contributor
    editor translator reviewedAuthor
email personal_communication: subject=title abstractNote date +ids +short / author translator
    contributor recipient
encyclopediaArticle entry-encyclopedia: title abstractNote encyclopediaTitle=publicationTitle
    series seriesNumber volume numberOfVolumes edition date publisher place pages ISBN +ids
    +held / author contributor editor translator seriesEditor
film motion_picture: title abstractNote distributor=publisher place date genre=type
    videoRecordingFormat=medium runningTime +ids +held / director producer scriptwriter
    castMember host guest narrator translator contributor
forumPost post: title abstractNote forumTitle=publicationTitle postType=type date +ids +short /
    author contributor
hearing hearing: title abstractNote committee publisher numberOfVolumes documentNumber=number
    pages legislativeBody=authority session history date place +ids +short / contributor
instantMessage personal_communication: title abstractNote date +ids +short / author contributor
    recipient
interview interview: title abstractNote interviewMedium=medium date publisher place +ids +held /
    interviewee contributor interviewer translator
journalArticle article-journal: title abstractNote publicationTitle publisher place date volume
    issue section partNumber partTitle pages series seriesTitle seriesText journalAbbreviation
    +ids PMID PMCID ISSN +held / author contributor editor translator reviewedAuthor
letter personal_communication: title abstractNote letterType=type date eventPlace +ids +held /
    author recipient contributor translator
magazineArticle article-magazine: title abstractNote publicationTitle publisher place date
    volume issue pages ISSN +ids +held / author contributor translator reviewedAuthor
manuscript manuscript: title abstractNote manuscriptType=type institution=publisher place date
    numPages number +ids +held / author contributor translator
map map: title abstractNote mapType=type scale seriesTitle edition publisher place date DOI ISBN
    citationKey url accessDate +held / cartographer contributor seriesEditor
newspaperArticle article-newspaper: title abstractNote publicationTitle publisher place date
    volume issue edition section pages ISSN +ids +held / author contributor translator
    reviewedAuthor
patent patent: title abstractNote place country assignee issuingAuthority=authority
    patentNumber=number filingDate pages applicationNumber priorityNumbers issueDate=date
    priorityDate=originalDate references legalStatus=status +ids +short / inventor attorneyAgent
    contributor
podcast broadcast: title abstractNote seriesTitle episodeNumber=number audioFileType=medium date
    publisher place runningTime +ids +short / podcaster guest producer executiveProducer
    seriesCreator director scriptwriter castMember translator contributor
preprint article: title abstractNote genre=type repository=publisher archiveID=number place date
    series seriesNumber +ids +held / author contributor editor translator reviewedAuthor
presentation speech: title abstractNote presentationType=type date meetingName place series
    sessionTitle=publicationTitle +ids +short / presenter chair organizer contributor translator
radioBroadcast broadcast: title abstractNote programTitle=publicationTitle episodeNumber=number
    audioRecordingFormat=medium network=publisher place date runningTime +ids +held / creator
    host guest producer executiveProducer seriesCreator director scriptwriter castMember
    translator contributor
report report: title abstractNote reportNumber=number reportType=type institution=publisher
    place date seriesTitle seriesNumber pages DOI ISBN citationKey url accessDate ISSN +held /
    author editor contributor translator seriesEditor
standard standard: title abstractNote organization=authority committee type number versionNumber
    edition status date publisher place partNumber partTitle ISBN +ids archive archiveLocation
    shortTitle numPages language libraryCatalog callNumber rights extra / author editor
    contributor
statute legislation: nameOfAct=title abstractNote code codeNumber publicLawNumber=number
    dateEnacted=date pages section session history +ids +short / author contributor
thesis thesis: title abstractNote thesisType=type university=publisher place date series
    seriesNumber numPages DOI ISBN citationKey url accessDate ISSN +held / author contributor
tvBroadcast broadcast: title abstractNote programTitle=publicationTitle episodeNumber=number
    videoRecordingFormat=medium network=publisher place date runningTime +ids +held / director
    producer executiveProducer seriesCreator scriptwriter castMember host guest narrator
    translator contributor
videoRecording motion_picture: title abstractNote videoRecordingFormat=medium seriesTitle volume
    numberOfVolumes studio=publisher place date runningTime ISBN +ids +held / creator director
    producer scriptwriter executiveProducer castMember host guest narrator translator
    contributor
webpage webpage: title abstractNote websiteTitle=publicationTitle websiteType=type date
    publisher place +ids +short / author contributor translator
"""


@dataclass(frozen=True, slots=True)
class ItemType:
    """What an item of one type may have."""

    name: str
    csl: str
    """The CSL type that Zotero gives it."""
    fields: tuple[str, ...]
    """In the order of Zotero's form."""
    base: Mapping[str, str]
    """`bookTitle` -> `publicationTitle`: what a field is called independent of the type."""
    own: Mapping[str, str]
    """`publicationTitle` -> `bookTitle`: the same, the other way round."""
    creators: tuple[str, ...]
    """Creator types; the first is the primary one."""

    @property
    def primary(self) -> str:
        """The creator type of the people who made it: `author`, `artist`, `inventor`, ..."""
        return self.creators[0]


def _item_types() -> dict[str, ItemType]:
    rows: list[str] = []
    for line in _TABLE.strip().split("\n"):
        if line.startswith(" "):
            rows[-1] += " " + line.strip()
        else:
            rows.append(line)
    found = {}
    for row in rows:
        head, _, rest = row.partition(": ")
        name, csl = head.split()
        for group, names in _GROUPS.items():
            rest = rest.replace(group, names)
        fields, _, creators = rest.partition(" / ")
        pairs = [field.partition("=") for field in fields.split()]
        base = {own: base for own, _, base in pairs if base}
        found[name] = ItemType(
            name,
            csl,
            tuple(own for own, _, _ in pairs),
            base,
            {base: own for own, base in base.items()},
            tuple(creators.split()),
        )
    return found


ITEM_TYPES: Final = _item_types()
"""Every item type but attachments, notes and annotations, which are no works."""

CHILD_TYPES: Final = frozenset({"attachment", "note", "annotation"})
"""Items that belong to another item."""
