"""The tables of writing: entry types and field names of BibTeX and biblatex.

Sources: btxdoc (BibTeX), the biblatex manual section 2, and the observed behaviour of pandoc,
citation-js, Zotero and Better BibTeX on the same entries.
"""

from __future__ import annotations

import re
from typing import Final, Literal

Dialect = Literal["bibtex", "biblatex"]
PrintLinks = Literal["note", "addendum", "none"]

TYPES: Final[dict[str, tuple[str, str]]] = {
    "preprint": ("misc", "online"),
    "document": ("misc", "misc"),
    "article": ("misc", "online"),
    "article-journal": ("article", "article"),
    "article-magazine": ("article", "article"),
    "article-newspaper": ("article", "article"),
    "review": ("article", "article"),
    "review-book": ("article", "article"),
    "book": ("book", "book"),
    "collection": ("book", "collection"),
    "chapter": ("incollection", "incollection"),
    "entry": ("incollection", "inreference"),
    "entry-dictionary": ("incollection", "inreference"),
    "entry-encyclopedia": ("incollection", "inreference"),
    "paper-conference": ("inproceedings", "inproceedings"),
    "thesis": ("phdthesis", "thesis"),
    "report": ("techreport", "report"),
    "pamphlet": ("booklet", "booklet"),
    "manuscript": ("unpublished", "unpublished"),
    "patent": ("misc", "patent"),
    "software": ("misc", "software"),
    "dataset": ("misc", "dataset"),
    "webpage": ("misc", "online"),
    "post": ("misc", "online"),
    "post-weblog": ("misc", "online"),
}
"""CSL type to BibTeX and biblatex; whatever is not here is `@misc`."""

VENUES: Final[dict[str, tuple[str, str]]] = {
    "article": ("journal", "journaltitle"),
    "inproceedings": ("booktitle", "booktitle"),
    "incollection": ("booktitle", "booktitle"),
    "inreference": ("booktitle", "booktitle"),
    "phdthesis": ("school", "institution"),
    "thesis": ("school", "institution"),
    "techreport": ("institution", "institution"),
    "report": ("institution", "institution"),
    "book": ("series", "series"),
    "collection": ("series", "series"),
}
"""Where a type prints what the work appeared in; elsewhere `howpublished`."""

NEEDS_VENUE: Final = frozenset({"article", "inproceedings", "incollection", "inreference"})

MONTHS: Final = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())
"""BibTeX's macros; every style defines them."""

CSL_FIELDS: Final[dict[str, tuple[str, str]]] = {
    "volume": ("volume", "volume"),
    "issue": ("number", "number"),
    "number": ("number", "number"),
    "page": ("pages", "pages"),
    "publisher": ("publisher", "publisher"),
    "publisher-place": ("address", "location"),
    "edition": ("edition", "edition"),
    "ISBN": ("isbn", "isbn"),
    "ISSN": ("issn", "issn"),
    "PMID": ("pmid", "pmid"),
    "PMCID": ("pmcid", "pmcid"),
    "collection-title": ("series", "series"),
    "collection-number": ("number", "number"),
    "chapter-number": ("chapter", "chapter"),
    "number-of-pages": ("pagetotal", "pagetotal"),
    "number-of-volumes": ("volumes", "volumes"),
    "event-title": ("eventtitle", "eventtitle"),
    "event-place": ("venue", "venue"),
    "keyword": ("keywords", "keywords"),
    "language": ("language", "langid"),
    "version": ("version", "version"),
    "title-short": ("shorttitle", "shorttitle"),
    "container-title-short": ("shortjournal", "shortjournal"),
    "annote": ("annote", "annotation"),
    "note": ("note", "note"),
    "license": ("license", "license"),
    "part-number": ("part", "part"),
    "status": ("status", "pubstate"),
}
"""CSL variable (kept in `extra["csl"]`) to field."""

CSL_NAMES: Final = {
    "editor": "editor",
    "translator": "translator",
    "container-author": "bookauthor",
    "collection-editor": "serieseditor",
}

ALIASES: Final = {
    "archiveprefix": "eprinttype",
    "primaryclass": "eprintclass",
    "journaltitle": "journal",
    "location": "address",
    "year": "date",
    "month": "date",
    "day": "date",
}
"""Two names for one thing: when we write one, the other of the user's fields is left out."""

FIELD_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:+/-]*")
ENTRY_TYPE: Final = re.compile(r"(?!(?:comment|string|preamble)$)[a-z][a-z0-9]*", re.IGNORECASE)
KEY_JUNK: Final = re.compile(r"""[\s,{}"#%'()=~\\@\x00-\x1f\x7f-\x9f]+""")

PROVIDED: Final = (
    ("\\url", "\\providecommand{\\url}[1]{\\texttt{\\detokenize{#1}}}"),
    ("\\mathbb", "\\providecommand{\\mathbb}[1]{\\mathbf{#1}}"),
    ("\\mathfrak", "\\providecommand{\\mathfrak}[1]{\\mathbf{#1}}"),
)
"""Commands that need a package, and what stands in for them in a document without it."""
