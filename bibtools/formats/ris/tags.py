"""What each RIS tag means, by the type of the item.

Sources: the RIS format specification (Reference Manager 2001), the tag table that EndNote has
shipped since 2011, and how Zotero's RIS translator reads and writes them, observed on its own
examples. A meaning is the name of a Zotero field, `+role` for a Zotero creator type.

The tables say what a tag means when read. Where several tags mean one field, the first of
`WRITTEN` is the one we write.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from bibtools.formats.zotero.item_types import ITEM_TYPES
from bibtools.formats.zotero.variables import TEXTS

DEFAULT_TYPE: Final = "journalArticle"
"""What a record is whose type is missing or unknown, as in Zotero."""

TYPES: Final = {
    tag: item_type
    for row in """
    artwork ART CHART FIGURE
    audioRecording SOUND MUSIC
    bill BILL
    blogPost BLOG
    book BOOK CLSWK EBOOK EDBOOK SER
    bookSection CHAP ECHAP
    case CASE LEGAL
    computerProgram COMP
    conferencePaper CONF CPAPER
    dataset DATA DBASE
    dictionaryEntry DICT
    document AGGR ANCIENT EQUA GRNT
    email ICOMM
    encyclopediaArticle ENCYC
    film MPCT ADVS
    hearing HEAR
    journalArticle JOUR ABST EJOUR GEN JFULL
    letter PCOMM
    magazineArticle MGZN CTLG
    manuscript MANSCPT INPR PAMP UNBILL UNPD
    map MAP
    newspaperArticle NEWS
    patent PAT
    presentation SLIDE
    report RPRT GOVDOC STAND
    statute STAT
    thesis THES
    videoRecording VIDEO MULTI
    webpage ELEC WEB
    """.strip().split("\n")
    for item_type, *tags in [row.split()]
    for tag in tags
}
"""Value of `TY` to Zotero item type. GRANT, UNPB and STAND have no item type of their own there."""

TYPES_WRITTEN: Final = {
    **{item_type: tag for tag, item_type in reversed(TYPES.items())},
    "document": "GEN",
    "forumPost": "BLOG",
    "instantMessage": "ICOMM",
    "interview": "PCOMM",
    "podcast": "SOUND",
    "preprint": "UNPB",
    "radioBroadcast": "SOUND",
    "standard": "STAND",
    "tvBroadcast": "VIDEO",
}
"""Zotero item type to the nearest value of `TY`."""

_EVERYWHERE: Final = dict(
    pair.split("=")
    for pair in """
    TI=title T1=title CT=title ST=shortTitle
    AU=+author A1=+author ED=+editor A4=+translator
    T2=publicationTitle BT=publicationTitle JF=publicationTitle
    J2=journalAbbreviation JA=journalAbbreviation JO=journalAbbreviation
    DA=date PY=date Y1=date Y2=accessDate
    VL=volume IS=issue NV=numberOfVolumes ET=edition SE=section SP=pages EP=pages
    PB=publisher CY=place SN=ISBN
    AB=abstractNote N2=abstractNote LA=language CR=rights
    DO=DOI M3=DOI L3=DOI UR=url LK=url
    AN=archiveLocation AV=archiveLocation DB=archive DP=libraryCatalog CN=callNumber
    """.split()
)

_BY_TYPE: Final = {
    head: dict(pair.split("=") for pair in pairs.split())
    for row in """
    artwork: AU=+artist C3=artworkSize M3=artworkMedium
    audioRecording: AU=+composer A2=+performer C4=+wordsBy C5=audioRecordingFormat T3=seriesTitle
    bill: A2=+sponsor A3=+cosponsor ET=session M1=billNumber OP=history SP=codePages T2=code \
        T3=legislativeBody VL=codeVolume
    blogPost: C2=+commenter M3=websiteType
    book: A2=+seriesEditor A3=+editor BT=title M1=seriesNumber SP=numPages T2=series T3=series
    bookSection: A2=+editor A3=+seriesEditor C2=+bookAuthor IS=numberOfVolumes \
        M1=numberOfVolumes SV=seriesNumber T3=series
    case: A2=reporter A4=+counsel OP=history PB=court SE= SP=firstPage SV=docketNumber
    computerProgram: AU=+programmer ET=versionNumber LA=programmingLanguage M1=system \
        T2=seriesTitle
    conferencePaper: A2=+editor A3=+seriesEditor A4=+contributor C1=place C3=proceedingsTitle \
        JO=conferenceName T2=conferenceName T3=series
    dataset: A4=+contributor ET=versionNumber IS=versionNumber NV=identifier
    dictionaryEntry: A2=+editor A3=+seriesEditor
    document: A2=+editor
    email: A2=+recipient
    encyclopediaArticle: A2=+editor A3=+seriesEditor
    film: AU=+director A3=+producer A4=+contributor C4=genre C5=videoRecordingFormat \
        SP=runningTime
    forumPost: M3=postType
    hearing: ET=session M1=documentNumber OP=history T2=committee T3=legislativeBody
    instantMessage: A2=+recipient
    interview: AU=+interviewee A2=+interviewer M3=interviewMedium
    journalArticle: A2=+editor M1=issue SN=ISSN T3=series
    letter: A2=+recipient M3=letterType
    magazineArticle: SN=ISSN
    manuscript: BT=title M3=manuscriptType SP=numPages
    map: AU=+cartographer A3=+seriesEditor C1=scale M3=mapType T2=seriesTitle
    newspaperArticle: SN=ISSN
    patent: AU=+inventor A2=issuingAuthority C1=filingDate C2=issueDate C3=country \
        C4=+attorneyAgent C5=references C6=legalStatus M1=applicationNumber OP=priorityNumbers \
        PB=assignee SN=patentNumber VL=
    podcast: AU=+podcaster M1=episodeNumber M3=audioFileType T2=seriesTitle
    preprint: A2=+editor AN=archiveID M3=genre T3=series
    presentation: A2=+presenter M3=presentationType T2=meetingName
    radioBroadcast: AU=+director A3=+producer C1=+castMember C5=audioRecordingFormat \
        M1=episodeNumber
    report: A2=+seriesEditor M3=reportType SN=reportNumber T2=seriesTitle
    standard: A2=+editor M3=type NV=versionNumber PB=publisher SN=number
    statute: ET=session M1=publicLawNumber OP=history T2=code VL=codeNumber
    thesis: A3=+contributor M3=thesisType SP=numPages
    tvBroadcast: AU=+director A3=+producer C1=+castMember C5=videoRecordingFormat \
        M1=episodeNumber
    videoRecording: AU=+director A3=+producer C1=+castMember C5=videoRecordingFormat
    webpage: M1=accessDate M3=websiteType VL=accessDate
    """.replace("\\\n", "")
    .strip()
    .split("\n")
    for head, _, pairs in [row.strip().partition(":")]
}

DEFERRED: Final = frozenset(
    "BT CR CT CY ED EP IS JA JF JO L3 LK M1 M3 N2 NV OP SE T1 T2 T3 VL Y1 AV".split()
)
"""Tags that are read after all others, because another tag says the same more surely."""

WRITTEN: Final = tuple(
    "TI T2 T3 J2 ST AB DA PY VL ET IS SP NV SE SN M1 M3 C1 C3 C4 C5 C6 OP SV "
    "PB CY LA DO UR AN DB DP CN CR Y2 A2".split()
)
"""Tags of texts and dates in the order in which we write them."""

_PREFERRED: Final = {"accessDate": "Y2", "DOI": "DO"}
"""Fields that other tags mean for some item types, where they are only read."""

CREATORS_WRITTEN: Final = tuple("AU A2 A3 A4 C1 C2 C4 ED".split())

NOTES: Final = frozenset({"N1", "RN"})
SEVERAL_LINES: Final = frozenset({"AB", "N1", "N2", "RN"})
"""Tags whose continued lines may be lines of their own."""
LISTS: Final = frozenset({"KW", "L1", "L2", "L3", "L4"})
"""Tags in which every continued line is a value of its own."""


@cache
def meaning(item_type: str, tag: str) -> str | None:
    """The Zotero field, or `+role`, that the tag means for the item type; None for nothing."""
    row = _BY_TYPE.get(item_type, {})
    found = row.get(tag)
    if found is None and tag == "A1":
        found = row.get("AU")
    if found is None:
        found = _EVERYWHERE.get(tag)
    return found or None


@cache
def field_of(item_type: str, means: str) -> str | None:
    """The field that the item type itself has for a meaning (`publicationTitle` is `bookTitle`
    for a chapter), or None.
    """
    fields = ITEM_TYPES[item_type]
    return means if means in fields.fields else fields.own.get(means)


@cache
def tag_of(item_type: str, field: str) -> str | None:
    """The tag that a Zotero field, or `+role`, of the item type is written with, or None."""
    if field.startswith("+"):
        is_main = field[1:] == ITEM_TYPES[item_type].primary
        if is_main and meaning(item_type, "AU") == "+author" and item_type != "bill":
            return "AU"
        tags = (tag for tag in CREATORS_WRITTEN if meaning(item_type, tag) == field)
    elif field in _PREFERRED:
        return _PREFERRED[field]
    else:
        own = field_of(item_type, field)
        tags = (
            tag
            for tag in WRITTEN
            if (means := meaning(item_type, tag)) is not None
            and not means.startswith("+")
            and own is not None
            and field_of(item_type, means) == own
        )
    return next(tags, None)


@cache
def tag_of_variable(item_type: str, variable: str) -> str | None:
    """The tag of a CSL variable that the item type has no field for, or None."""
    for tag in WRITTEN:
        means = meaning(item_type, tag)
        if means is not None and TEXTS.get(means) == variable and not field_of(item_type, means):
            return tag
    return None
