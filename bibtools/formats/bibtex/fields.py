"""The tables of reading and writing: field names of BibTeX and biblatex.

Sources: btxdoc (BibTeX), the biblatex manual section 2.2, and the observed behaviour of pandoc,
citation-js, Zotero and Better BibTeX on the same entries. What neither dialect has a field for
goes to a field of a plain name of its own; both ignore fields they do not know.
"""

from __future__ import annotations

import re
from typing import Final, Literal

from bibtools.later import later

Dialect = Literal["bibtex", "biblatex"]
PrintLinks = Literal["note", "addendum", "none"]

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "title-short": ("shorttitle", "shorttitle"),
    "subtitle": ("subtitle", "subtitle"),
    "titleaddon": ("titleaddon", "titleaddon"),
    "maintitle": ("maintitle", "maintitle"),
    "mainsubtitle": ("mainsubtitle", "mainsubtitle"),
    "maintitleaddon": ("maintitleaddon", "maintitleaddon"),
    "booksubtitle": ("booksubtitle", "booksubtitle"),
    "booktitleaddon": ("booktitleaddon", "booktitleaddon"),
    "journalsubtitle": ("journalsubtitle", "journalsubtitle"),
    "issuetitle": ("issuetitle", "issuetitle"),
    "issuesubtitle": ("issuesubtitle", "issuesubtitle"),
    "volume-title": ("volumetitle", "volumetitle"),
    "volume-title-short": ("shortvolumetitle", "shortvolumetitle"),
    "part-title": ("parttitle", "parttitle"),
    "original-title": ("origtitle", "origtitle"),
    "reviewed-title": ("reviewedtitle", "reviewedtitle"),
    "container-title-short": ("shortjournal", "shortjournal"),
    "event-title": ("eventtitle", "eventtitle"),
    "eventtitleaddon": ("eventtitleaddon", "eventtitleaddon"),
    "event-place": ("venue", "venue"),
    "publisher-place": ("address", "location"),
    "original-publisher": ("origpublisher", "origpublisher"),
    "original-publisher-place": ("origlocation", "origlocation"),
    "authority": ("authority", "authority"),
    "division": ("division", "division"),
    "jurisdiction": ("jurisdiction", "jurisdiction"),
    "country": ("nationality", "nationality"),
    "assignee": ("assignee", "assignee"),
    "howpublished": ("howpublished", "howpublished"),
    "collection-title": ("series", "series"),
    "seriesText": ("seriestext", "seriestext"),
    "reviewed-genre": ("reviewedgenre", "reviewedgenre"),
    "medium": ("medium", "medium"),
    "status": ("pubstate", "pubstate"),
    "license": ("copyright", "rights"),
    "source": ("source", "source"),
    "archive": ("archive", "archive"),
    "archive-place": ("archiveplace", "archiveplace"),
    "archive_collection": ("archivecollection", "archivecollection"),
    "references": ("history", "history"),
    "keyword": ("keywords", "keywords"),
    "note": ("note", "note"),
    "addendum": ("addendum", "addendum"),
    "annote": ("annote", "annotation"),
}
"""Text of `Entry.fields` to field, in the order in which fields are written. `genre` and
`publisher` depend on the entry type."""

NUMBERS: Final[dict[str, tuple[str, str]]] = {
    "edition": ("edition", "edition"),
    "volume": ("volume", "volume"),
    "part": ("volumepart", "volumepart"),
    "part-number": ("part", "part"),
    "number-of-volumes": ("volumes", "volumes"),
    "chapter-number": ("chapter", "chapter"),
    "section": ("section", "section"),
    "eid": ("eid", "eid"),
    "page": ("pages", "pages"),
    "page-first": ("firstpage", "firstpage"),
    "number-of-pages": ("pagetotal", "pagetotal"),
    "version": ("version", "version"),
    "printing": ("printing", "printing"),
    "supplement": ("supplement", "supplement"),
    "year-suffix": ("yearsuffix", "yearsuffix"),
    "call-number": ("library", "library"),
    "archive_location": ("archivelocation", "archivelocation"),
    "dimensions": ("dimensions", "dimensions"),
    "scale": ("scale", "scale"),
    "locator": ("locator", "locator"),
    "citation-label": ("citationlabel", "citationlabel"),
    "citation-number": ("citationnumber", "citationnumber"),
    "first-reference-note-number": ("firstreferencenotenumber", "firstreferencenotenumber"),
    "entrysubtype": ("entrysubtype", "entrysubtype"),
}
"""Numbers, codes and places of `Entry.fields` to field. `issue`, `number`, `collection-number`
and `language` have rules of their own."""

SYNONYMS: Final[dict[str, str]] = {
    "location": "publisher-place",
    "address": "publisher-place",
    "annotation": "annote",
    "annote": "annote",
    "copyright": "license",
    "rights": "license",
    "license": "license",
    "page": "page",
    "numpages": "number-of-pages",
    "articleno": "eid",
    "keyword": "keyword",
}
"""Further names under which a variable is read; the names in TEXTS and NUMBERS come first."""

TITLES: Final = frozenset(
    "title-short subtitle titleaddon maintitle mainsubtitle maintitleaddon volume-title "
    "volume-title-short part-title original-title reviewed-title".split()
)
"""Beside `title`: texts in which braces keep capitals from the style."""

LISTS: Final = frozenset({"publisher", "publisher-place", "original-publisher",
                          "original-publisher-place"})  # fmt: skip
"""biblatex's literal lists, whose parts are separated by `and`."""

LINES: Final = frozenset({"note", "annote"})
"""Texts that may have several lines."""

PUBLISHERS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "phdthesis": (("school",), ("institution",)),
    "mastersthesis": (("school",), ("institution",)),
    "thesis": (("school", "institution"), ("institution",)),
    "techreport": (("institution",), ("institution",)),
    "report": (("institution",), ("institution",)),
    "manual": (("organization",), ("organization",)),
    "online": (("organization",), ("organization",)),
    "software": (("organization",), ("organization",)),
    "unpublished": (("publisher",), ("institution",)),
}
"""Where an entry type has its publisher; elsewhere `publisher`."""

COURTS: Final = frozenset({"jurisdiction", "legislation"})
"""Types of law, whose `institution` is the court or the body that decided."""

ANY_PUBLISHER: Final = ("publisher", "institution", "school", "organization")

VENUES: Final[dict[str, tuple[str, ...]]] = {
    "inproceedings": ("booktitle",),
    "conference": ("booktitle",),
    "incollection": ("booktitle",),
    "inbook": ("booktitle",),
    "bookinbook": ("booktitle",),
    "suppbook": ("booktitle",),
    "suppcollection": ("booktitle",),
    "inreference": ("booktitle",),
}
"""Where an entry type names what the work appeared in; elsewhere the journal."""

JOURNALS: Final[tuple[tuple[str, ...], tuple[str, ...]]] = (
    ("journal", "journaltitle", "booktitle"),
    ("journaltitle", "journal", "booktitle"),
)
WITHOUT_VENUE: Final = frozenset(
    "book mvbook collection mvcollection proceedings mvproceedings reference mvreference "
    "booklet".split()
)
"""Books of their own: their `booktitle` is for the parts that inherit it."""
NEEDS_VENUE: Final = frozenset({"article", "inproceedings", "incollection", "inreference"})

NUMBER_MEANS: Final[dict[str, str]] = {
    **dict.fromkeys("article periodical suppperiodical review".split(), "issue"),
    **dict.fromkeys(
        "book mvbook inbook bookinbook suppbook collection mvcollection incollection "
        "suppcollection proceedings mvproceedings inproceedings conference reference "
        "mvreference inreference booklet".split(),
        "collection-number",
    ),
}
"""What `number` says: of an article the issue, of a book its place in the series, of others
the number of the work itself."""

_PROCEEDINGS: Final = frozenset({"inproceedings", "conference"})


def number_means(kind: str, *, has_series: bool) -> str:
    """The variable that the `number` of an entry type is."""
    if kind in _PROCEEDINGS and not has_series:
        return "issue"
    return NUMBER_MEANS.get(kind, "number")


OTHERWISE: Final[dict[str, str]] = {
    "issue": "issue",
    "collection-number": "seriesnumber",
    "number": "documentnumber",
}
"""Where a number goes for which the entry type has no `number`."""

ROLES: Final[dict[str, str]] = {
    "editor": "editor",
    "container-author": "bookauthor",
    "translator": "translator",
    "collection-editor": "serieseditor",
    "original-author": "origauthor",
    # Zotero's contributors, as Better BibTeX calls them.
    "contributor": "collaborator",
    "collaborator": "editorialcollaborator",
    **{
        name: name.replace("-", "").lower()
        for name in (
            "chair compiler composer curator director editorial-director "
            "executive-producer guest host illustrator interviewer narrator organizer performer "
            "producer recipient reviewed-author script-writer series-creator afterword annotator "
            "commentator foreword holder introduction founder continuator redactor reviser "
            "shortauthor shorteditor attorneyAgent commenter cosponsor counsel "
            "wordsBy"
        ).split()
    },
}
"""Role of `Entry.creators` to the field of its names."""

EDITOR_TYPES: Final = frozenset(
    "compiler founder continuator redactor reviser collaborator organizer director producer".split()
)
"""Roles that biblatex has no field for, but a word in `editortype` (manual, section 2.3.6)."""

ROLE_SYNONYMS: Final = {"contributor": "contributor"}
"""Further names under which a role is read."""

CUSTOM_NAMES: Final = "namea"
"""biblatex's first custom list of names: for contributors, with `nameatype` (as Better BibTeX)."""

EDITOR_FIELDS: Final = ("editora", "editorb", "editorc")

DATES: Final[dict[str, str]] = {
    "accessed": "urldate",
    "event-date": "eventdate",
    "original-date": "origdate",
    "available-date": "availabledate",
    "submitted": "submitted",
}
"""Date of `Entry.dates` to field; `issued` is `date`, or `year`, `month` and `day`."""

DATE_SYNONYMS: Final = {"origyear": "original-date", "lastchecked": "accessed"}
"""Further names under which a date is read."""

COPIES: Final[dict[str, str]] = {"misc": "howpublished", "online": "organization"}
"""Where styles print what a work appeared in, for types of which they print no journal."""

EPRINT_ADDRESSES: Final[dict[str, str]] = {
    "jstor": "https://www.jstor.org/stable/",
    "hdl": "https://hdl.handle.net/",
    "googlebooks": "https://books.google.com?id=",
}
"""Servers of `eprinttype` to what stands before the ID in an address (biblatex manual 3.11.7)."""

ID_FIELDS: Final = (
    "isbn", "issn", "pmid", "pmcid", "isrn", "ismn", "isan", "iswc", "mrnumber", "zblnumber",
    "hal_id",
)  # fmt: skip

MONTHS: Final = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
"""BibTeX's macros; every style defines them."""

LANGUAGES: Final[dict[str, str]] = {
    "en": "english", "en-us": "american", "en-gb": "british", "en-au": "australian",
    "en-ca": "canadian", "en-nz": "newzealand", "de": "german", "de-de": "german",
    "de-at": "austrian", "de-ch": "swissgerman", "fr": "french", "fr-fr": "french",
    "fr-ca": "canadien", "es": "spanish", "es-es": "spanish", "it": "italian", "it-it": "italian",
    "pt": "portuguese", "pt-pt": "portuguese", "pt-br": "brazilian", "nl": "dutch",
    "nl-nl": "dutch", "da": "danish", "sv": "swedish", "nb": "norsk", "no": "norsk",
    "nn": "nynorsk", "fi": "finnish", "is": "icelandic", "pl": "polish", "cs": "czech",
    "sk": "slovak", "sl": "slovene", "hr": "croatian", "sr": "serbian", "hu": "hungarian",
    "ro": "romanian", "bg": "bulgarian", "ru": "russian", "uk": "ukrainian", "el": "greek",
    "tr": "turkish", "he": "hebrew", "ar": "arabic", "la": "latin", "ca": "catalan",
    "eu": "basque", "gl": "galician", "et": "estonian", "lv": "latvian", "lt": "lithuanian",
}  # fmt: skip
"""Language tag (lower case) to the name that babel and `langid` know it by."""

BABEL: Final = frozenset(LANGUAGES.values()) | frozenset(
    "ngerman naustrian nswissgerman USenglish UKenglish francais frenchb mexican brazil "
    "portuges norwegian slovenian usenglish ukenglish polutonikogreek".split()
)

ALIASES: Final = {
    "archiveprefix": "eprinttype",
    "primaryclass": "eprintclass",
    "journaltitle": "journal",
    "annotation": "annote",
    "rights": "copyright",
    "license": "copyright",
    "hyphenation": "langid",
    "year": "date",
    "month": "date",
    "day": "date",
}
"""Two names for one thing: when we write one, the other of the user's fields is left out."""

FIELD_NAME: Final = later(r"[A-Za-z_][A-Za-z0-9_.:+/-]*")
ENTRY_TYPE: Final = later(r"(?!(?:comment|string|preamble)$)[a-z][a-z0-9_-]*", re.IGNORECASE)
KEY_JUNK: Final = later(r"""[\s,{}"#%'()=~\\@\x00-\x1f\x7f-\x9f]+""")

PROVIDED: Final = (
    ("\\url", "\\providecommand{\\url}[1]{\\texttt{\\detokenize{#1}}}"),
    ("\\mathbb", "\\providecommand{\\mathbb}[1]{\\mathbf{#1}}"),
    ("\\mathfrak", "\\providecommand{\\mathfrak}[1]{\\mathbf{#1}}"),
)
"""Commands that need a package, and what stands in for them in a document without it."""
