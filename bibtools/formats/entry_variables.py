"""An entry as a flat set of variables, and back: what CSL-JSON and Zotero have in common.

The names are CSL's, and those of `bibtools.model.variables` where CSL has none. Nothing here
knows how a format writes a value.

What follows from an arXiv ID is written and not read: for a preprint the number `arXiv:ID`, the
publisher `arXiv`, the genre `preprint`, the DOI that DataCite registers and the address of the
abstract page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from bibtools.formats.note_lines import Lines, arxiv_line, line_of
from bibtools.formats.whole_titles import join_titles, split_titles
from bibtools.model import (
    ArxivId,
    Dating,
    Doi,
    Entry,
    Link,
    Name,
    Source,
    parse_arxiv,
    parse_doi,
    type_document,
    type_preprint,
)
from bibtools.model.variables import CREATORS, FIELDS
from bibtools.text.latex_decode import verbatim
from bibtools.text.latex_encode import encode
from bibtools.text.markup import has_markup, strip_markup

ID_LABELS: Final = {"mrnumber": "MR", "zblnumber": "Zbl"}
"""Schemes of identifiers that Zotero's BibTeX translator names otherwise."""

ID_VARIABLES: Final = {"PMID": "pmid", "PMCID": "pmcid", "ISBN": "isbn", "ISSN": "issn"}
"""CSL variable to scheme of `Entry.other_ids`."""

PREPRINT: Final = "preprint"
_SERVER = "arXiv"
_CODE_NAME = re.compile(r"code(\d*)")
_FIELD_NAME = re.compile(r"[A-Za-z_][^\s=:]*(?::[^\s=:]+)*")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+")
# Where an arXiv ID may stand outside of the line that tells it.
_ARXIV_PLACES = ("number", "DOI", "URL", "container-title")
_SERVER_WORDS = re.compile(r"^arxiv (?:preprint|e-prints)[\s,]+", re.IGNORECASE)
_SEVERAL_LINES = frozenset({"note", "annote", "abstract"})
# Other blanks, such as one that does not break, are the user's.
_BLANKS = re.compile("[ \t\r\n\v\f]+")
_DASHES = re.compile(r"\s*[\u2010-\u2015]+\s*|(?<=\d)\s*--+\s*(?=\d)")


def text_variables(entry: Entry, *, volumes: bool = False) -> dict[str, str]:
    """The texts of an entry by variable: `title`, `container-title`, `DOI`, `volume`, ...

    `volumes` is True for a format that has a title of the volume beside the title of the work.
    """
    found: dict[str, str] = {}
    plain = {"title": entry.title, "container-title": entry.venue}
    for variable, text in plain.items():
        if text:
            rich = entry.fields.get(variable)
            found[variable] = rich if rich and strip_markup(rich) == text else text
    found.update((name, value) for name, value in entry.fields.items() if name not in plain)
    if entry.abstract:
        found["abstract"] = entry.abstract
    for variable, scheme in ID_VARIABLES.items():
        if entry.other_ids.get(scheme):
            found[variable] = entry.other_ids[scheme]
    join_titles(found, entry.type, volumes=volumes)
    found.update(_addresses(entry))
    if entry.type == type_preprint:
        found.setdefault("genre", PREPRINT)
        if entry.arxiv is not None:
            found.setdefault("number", f"arXiv:{entry.arxiv}")
            found.setdefault("publisher", _SERVER)
            found.setdefault("DOI", entry.arxiv.doi)
            found.setdefault("URL", _abstract_page(entry.arxiv))
    return found


def _abstract_page(arxiv: ArxivId) -> str:
    return ArxivId(str(arxiv)).url


def _addresses(entry: Entry) -> Iterator[tuple[str, str]]:
    """DOI and address of the work; what is no DOI or no single address as it stood."""
    raw = entry.extra.get("doi")
    if entry.doi is not None:
        yield "DOI", entry.doi.value
    elif isinstance(raw, str) and verbatim(raw).strip():
        yield "DOI", verbatim(raw).strip()
    address = next((link.url for link in entry.links if link.kind in ("url", "paper")), None)
    raw = entry.extra.get("url")
    if address:
        yield "URL", address
    elif isinstance(raw, str) and verbatim(raw).strip():
        yield "URL", verbatim(raw).strip()


def name_variables(entry: Entry) -> dict[str, tuple[Name, ...]]:
    """The people of an entry by role, the authors first."""
    return ({"author": entry.authors} if entry.authors else {}) | dict(entry.creators)


def date_variables(entry: Entry) -> dict[str, Dating]:
    """The dates of an entry; `issued` says all that is known of the date of the work."""
    found = dict(entry.dates)
    if entry.date is not None and ("issued" not in found or found["issued"].start != entry.date):
        found["issued"] = Dating(entry.date)
    return found


def tex_lines(entry: Entry) -> Iterator[str]:
    """The lines of what only .bib files have: arXiv ID with classes, code links, own fields."""
    if entry.arxiv is not None:
        yield arxiv_line(entry.arxiv, entry.categories)
    for number, link in enumerate(entry.code, start=1):
        yield line_of(f"tex.{numbered('code', number)}", link.url)
    for name, raw in sorted(entry.extra.items()):
        if (
            isinstance(raw, str)
            and raw
            and _FIELD_NAME.fullmatch(name)
            and name != "entrytype"
            and not (name in ("doi", "url") and encode(verbatim(raw).strip()) == raw)
        ):
            yield line_of(f"tex.{name}", raw)


def id_lines(entry: Entry) -> Iterator[str]:
    """The lines of identifiers that no format has a variable for."""
    for scheme, value in entry.other_ids.items():
        if scheme not in ID_VARIABLES.values():
            yield line_of(ID_LABELS.get(scheme, scheme), value)


def numbered(name: str, number: int) -> str:
    """`code`, `code2`, `code3`, ..."""
    return name if number == 1 else f"{name}{number}"


def _without_classes(text: str) -> tuple[str, tuple[str, ...]]:
    """The ID, and the classes behind it: `arXiv:2104.08821 [cs, stat]`, as arXiv prints it."""
    match = re.fullmatch(r"(.*?)\s*\[([A-Za-z.-]+(?:,\s*[A-Za-z.-]+)*)\]", text)
    return (match[1], tuple(re.split(r",\s*", match[2]))) if match else (text, ())


@dataclass(slots=True)
class Draft:
    """An entry while it is read; `entry()` draws the conclusions."""

    key: str | None = None
    type: str = type_document
    is_article: bool = False
    """True when `type` may become `preprint`: CSL's `article`."""
    volumes: bool = False
    """As in `text_variables`."""
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, tuple[Name, ...]] = field(default_factory=dict)
    dates: dict[str, Dating] = field(default_factory=dict)
    other_ids: dict[str, str] = field(default_factory=dict)
    lines: Lines = field(default_factory=Lines)
    code: dict[int, str] = field(default_factory=dict)
    extra: dict[str, object] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()

    def put(self, variable: str, value: str) -> None:
        """Take a text, unless there is one already; blanks are made single except where a
        text may have lines.
        """
        value = value.strip() if variable in _SEVERAL_LINES else _BLANKS.sub(" ", value).strip(" ")
        if variable == "page":
            value = _DASHES.sub("-", value)
        if value:
            self.texts.setdefault(variable, value)

    def entry(self) -> Entry:
        """The entry of what was put in. Uses the draft up."""
        texts = self.texts
        arxiv = self._arxiv()
        if arxiv is not None and self.is_article:
            self.type = type_preprint
        if self.type == type_preprint:
            self._drop_derived(arxiv)
        doi, links = self._doi(), self._links()
        split_titles(texts, self.type, volumes=self.volumes)
        fields: dict[str, str] = {}
        title, venue = (self._plain(name, fields) for name in ("title", "container-title"))
        ids = {
            scheme: texts.pop(variable)
            for variable, scheme in ID_VARIABLES.items()
            if variable in texts
        }
        abstract = texts.pop("abstract", None)
        fields.update((name, value) for name, value in texts.items() if name in FIELDS)
        code = self._code()
        for name, raw in self.lines.tex.items():
            self.extra.setdefault(name, raw)
        authors, truncated = self._authors()
        issued = self.dates.get("issued")
        if issued is not None and issued.simple:
            del self.dates["issued"]
        return Entry(
            key=self.key,
            type=self.type,
            title=title,
            authors=authors,
            authors_truncated=truncated,
            abstract=abstract,
            date=issued.start if issued is not None else None,
            categories=self.lines.classes,
            primary_known=len(self.lines.classes) == 1,
            code=code,
            links=links,
            arxiv=arxiv,
            doi=doi,
            other_ids=ids | self.other_ids,
            venue=venue,
            fields=fields,
            creators={role: names for role, names in self.names.items() if role in CREATORS},
            dates=self.dates,
            sources=self.sources,
            extra=self.extra,
        )

    def _plain(self, variable: str, fields: dict[str, str]) -> str | None:
        text = self.texts.pop(variable, None)
        if text is not None and has_markup(text):
            fields[variable] = text
            text = strip_markup(text)
        return text or None

    def _arxiv(self) -> ArxivId | None:
        """The arXiv ID, from the line that tells it or from where else it stands."""
        found = self.lines.arxiv
        for variable in _ARXIV_PLACES:
            value = self.texts.get(variable, "")
            if "arxiv" not in value.lower():
                continue
            bare, classes = _without_classes(_SERVER_WORDS.sub("", value))
            here = parse_arxiv(bare)
            if here is not None and (found is None or here.value == found.value):
                found = found or here
                self.lines.classes = self.lines.classes or classes
        if found is None and self.texts.get("archive", "").lower() == "arxiv":
            return parse_arxiv(self.texts.get("archive_location", ""))
        return found

    def _drop_derived(self, arxiv: ArxivId | None) -> None:
        texts = self.texts
        if texts.get("genre", "").lower() == PREPRINT:
            del texts["genre"]
        if arxiv is None:
            return
        number = texts.get("number", "")
        if number.lower().startswith("arxiv:") and parse_arxiv(number) == arxiv:
            del texts["number"]
        if texts.get("publisher", "").lower() == "arxiv":
            del texts["publisher"]
        doi = parse_doi(texts.get("DOI", ""))
        if doi is not None and doi.folded == arxiv.doi.lower():
            del texts["DOI"]
        if texts.get("URL") == _abstract_page(arxiv):
            del texts["URL"]

    def _doi(self) -> Doi | None:
        text = self.texts.pop("DOI", None)
        if text is None:
            return None
        doi = parse_doi(text)
        if doi is None:
            self.extra["doi"] = encode(text)
        return doi

    def _links(self) -> tuple[Link, ...]:
        text = self.texts.pop("URL", None)
        if text is None:
            return ()
        if _ADDRESS.fullmatch(text):
            return (Link(text, "file", "url"),)
        self.extra["url"] = encode(text)
        return ()

    def _code(self) -> tuple[Link, ...]:
        tex = self.lines.tex
        for name in list(tex):
            match = _CODE_NAME.fullmatch(name)
            if match is not None and _ADDRESS.fullmatch(tex[name]):
                self.code.setdefault(int(match[1] or 1), tex.pop(name))
        urls = dict.fromkeys(self.code[number] for number in sorted(self.code))
        return tuple(Link(url, "file") for url in urls)

    def _authors(self) -> tuple[tuple[Name, ...], bool]:
        names = self.names.pop("author", ())
        truncated = len(names) > 1 and names[-1].display().lower() in ("others", "et al.")
        return (names[:-1] if truncated else names), truncated
