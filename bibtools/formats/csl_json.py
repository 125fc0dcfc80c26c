"""CSL-JSON: writing entries for pandoc, Zotero and citation processors, and reading them back.

The shape is csl-data.json 1.0.2 with `license` and `part-number`, which Zotero emits. An arXiv
paper is `article` with genre `preprint`, number `arXiv:ID` and publisher `arXiv`; what CSL has
no variable for goes where it survives: the class and the code link as lines of `note`
(`arXiv: ID [cs.CL]`, `tex.code: URL`, which Zotero and Better BibTeX keep), the code link in
`custom` as well.

Variables that `Entry` does not model are kept in `extra["csl"]` and come out again; fields from
a .bib (strings in `extra`) become the CSL variable they stand for, or lines `tex.field: value`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bibtools.errors import InputError
from bibtools.formats.bibtex.fields import CSL_FIELDS, CSL_NAMES, FIELD_NAME
from bibtools.formats.csl_names import from_csl_date, from_csl_names, to_csl_date, to_csl_name
from bibtools.formats.csl_variables import DATES, NAMES, NUMBERS, STRINGS, TYPES
from bibtools.model import (
    ArxivId,
    Entry,
    Link,
    Name,
    Notice,
    parse_arxiv,
    parse_doi,
    type_document,
    type_preprint,
)
from bibtools.text.latex_decode import plain, verbatim
from bibtools.text.names import parse_name

_FROM_BIB = {
    name: variable for variable, pair in reversed(CSL_FIELDS.items()) for name in reversed(pair)
}
_FROM_BIB_NAMES = {name: variable for variable, name in CSL_NAMES.items()}
_ID_VARIABLES = {"pmid": "PMID", "pmcid": "PMCID", "isbn": "ISBN", "issn": "ISSN"}
_ID_SCHEMES = {variable: scheme for scheme, variable in _ID_VARIABLES.items()}
_UNSAFE = re.compile("[\x7f-\x9f\ud800-\udfff\u2028\u2029]")
# Controls, marks that turn the direction of what follows, half surrogates.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def to_csl(entry: Entry) -> dict[str, Any]:
    """The CSL item of an entry. `id` and `citation-key` are the key, or `anon` without one."""
    item: dict[str, Any] = {"id": entry.key or "anon"}
    item["type"] = _csl_type(entry)
    if entry.key:
        item["citation-key"] = entry.key
    _put(item, "title", entry.title)
    if entry.authors:
        item["author"] = [row for name in entry.authors if (row := to_csl_name(name))]
        if entry.authors_truncated:
            # CSL has no word for it; this is what pandoc reads and writes for "and others".
            item["author"].append({"literal": "others"})
    if entry.date is not None:
        item["issued"] = to_csl_date(entry.date)
    if entry.type == type_preprint:
        item["genre"] = "preprint"
    _put(item, "container-title", entry.venue)
    _put(item, "abstract", entry.abstract)
    _put_ids(item, entry)
    lines = _note_lines(entry)
    _put_extra(item, entry.extra, lines)
    if "URL" not in item:
        address = next((link.url for link in entry.links if link.kind in ("url", "paper")), None)
        _put(item, "URL", address or (entry.arxiv.url if entry.arxiv is not None else None))
    _put(item, "note", "\n".join(lines))
    custom = {_numbered("code", n): link.url for n, link in enumerate(entry.code, start=1)}
    if custom:
        item["custom"] = custom
    return item


def write_csl(entries: Iterable[Entry]) -> str:
    """A JSON array of CSL items, with two blanks of indentation."""
    text = json.dumps([to_csl(entry) for entry in entries], ensure_ascii=False, indent=2)
    # json.dumps leaves DEL, C1 controls and half surrogates as they are.
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def from_csl(item: Mapping[str, Any]) -> Entry:
    """The entry of a CSL item; what is not modelled is in `extra`."""
    return _Reader(item).entry()


def read_csl(data: bytes, file: str) -> tuple[list[Entry], list[Notice]]:
    """The entries of a CSL-JSON file: an array of items, one item, or `{"items": [...]}`.

    Raises `InputError` when it is not JSON of that shape. A row that is no item is a notice.
    """
    try:
        rows = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(
            f"{file} is not UTF-8: byte {error.start} cannot be read.",
            hint="CSL-JSON is always UTF-8; convert the file, for instance with iconv.",
        ) from None
    except json.JSONDecodeError as error:
        raise InputError(
            f"{file}:{error.lineno}:{error.colno}: this is not JSON: {error.msg}.",
            hint="CSL-JSON is an array of items: [{...}, {...}].",
        ) from None
    except RecursionError:
        raise InputError(f"{file} is nested too deeply to be CSL-JSON.") from None
    if isinstance(rows, dict):
        rows = rows["items"] if isinstance(rows.get("items"), list) else [rows]
    if not isinstance(rows, list):
        raise InputError(
            f"{file} holds a JSON {type(rows).__name__}, not CSL-JSON.",
            hint="CSL-JSON is an array of items: [{...}, {...}].",
        )
    entries: list[Entry] = []
    notices: list[Notice] = []
    for number, row in enumerate(rows, start=1):
        if isinstance(row, dict) and ("type" in row or "title" in row):
            entries.append(from_csl(row))
        else:
            notices.append(
                Notice(
                    f"Item {number} is no CSL item (it has neither type nor title) and was "
                    "left out.",
                    file=file,
                    rule="csl.no-item",
                )
            )
    return entries, notices


def _put_ids(item: dict[str, Any], entry: Entry) -> None:
    if entry.arxiv is not None:
        item["number"] = f"arXiv:{entry.arxiv}"
        item["publisher"] = "arXiv"
        item["DOI"] = entry.arxiv.doi
    if entry.doi is not None:
        item["DOI"] = entry.doi.value
    for scheme, value in entry.other_ids.items():
        if scheme.lower() in _ID_VARIABLES:
            _put(item, _ID_VARIABLES[scheme.lower()], value)


def _put(item: dict[str, Any], variable: str, value: str | None) -> None:
    if value:
        item[variable] = _UNSEEN.sub("", value)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"


def _csl_type(entry: Entry) -> str:
    if entry.type == type_preprint:
        return "article"
    return entry.type if entry.type in TYPES else type_document


def _note_lines(entry: Entry) -> list[str]:
    lines = []
    if entry.arxiv is not None:
        primary = entry.primary_class()
        lines.append(f"arXiv: {entry.arxiv}" + (f" [{primary}]" if primary else ""))
    for number, link in enumerate(entry.code, start=1):
        lines.append(f"tex.{_numbered('code', number)}: {' '.join(link.url.split())}")
    return lines


def _put_extra(item: dict[str, Any], extra: Mapping[str, object], lines: list[str]) -> None:
    csl = extra.get("csl")
    kept: Mapping[str, Any] = csl if isinstance(csl, Mapping) else {}
    for variable, value in kept.items():
        if variable == "note" and isinstance(value, str):
            lines.insert(0, value)
        elif (variable not in item and _fits(variable, value)) or (
            # A date that says more than ours, and the same: "circa", the end of a range.
            variable == "issued"
            and "issued" in item
            and from_csl_date(value) == from_csl_date(item["issued"])
        ):
            item[variable] = value
    for field, raw in extra.items():
        if isinstance(raw, int) and not isinstance(raw, bool):
            raw = str(raw)
        if not isinstance(raw, str) or field == "entrytype" or not FIELD_NAME.fullmatch(field):
            continue
        name = field.lower()
        variable = {"url": "URL", "journal": "container-title", "booktitle": "container-title"}.get(
            name, _FROM_BIB.get(name, "")
        )
        if variable == "note":
            lines.insert(0, _plain(raw))
        elif name in _FROM_BIB_NAMES and _FROM_BIB_NAMES[name] not in item:
            names = [parse_name(_plain(one)) for one in re.split(r"\s+and\s+", raw)]
            item[_FROM_BIB_NAMES[name]] = [to_csl_name(one) for one in names]
        elif variable and variable not in item:
            text = _plain(raw)
            _put(item, variable, re.sub(r"[-–]+", "-", text) if variable == "page" else text)
        else:
            lines.append(f"tex.{name}: {' '.join(raw.split())}")


def _plain(raw: str) -> str:
    """The text of a LaTeX value."""
    return (verbatim(raw) if raw.startswith("http") else plain(raw)).strip()


def _fits(variable: str, value: object) -> bool:
    """Whether the variable exists and the value has its shape."""
    if variable in STRINGS:
        return isinstance(value, str)
    if variable in NUMBERS:
        return isinstance(value, str | int | float) and not isinstance(value, bool)
    if variable in NAMES:
        return isinstance(value, list) and all(isinstance(row, dict) for row in value)
    if variable in DATES:
        return isinstance(value, dict)
    return variable == "custom" and isinstance(value, dict)


_ARXIV_LINE = re.compile(r"arXiv:\s*(\S+)(?:\s*\[([A-Za-z.-]+)\])?", re.IGNORECASE)
_TEX_LINE = re.compile(r"tex\.([A-Za-z][A-Za-z0-9_.+/-]*):\s*(.+)")
_CODE_NAME = re.compile(r"code(\d*)")
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sup|sub|sc|span)(?:\s[^<>]*)?>")
_MODELLED = frozenset(
    "id type citation-key title author issued genre number publisher container-title abstract "
    "DOI URL note custom".split()
)


class _Reader:
    """Reads one item; every variable that is used up leaves `rest`."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        self.item = item
        self.rest = {name: value for name, value in item.items() if value is not None}
        self.note: list[str] = []
        self.tex: dict[str, str] = {}
        self.arxiv: ArxivId | None = None
        self.primary: str | None = None

    def text(self, variable: str) -> str | None:
        value = self.rest.get(variable)
        if not isinstance(value, str) or not value.strip():
            return None
        del self.rest[variable]
        return value.strip()

    def entry(self) -> Entry:
        key = self.key()
        self.read_note()
        self.find_arxiv()
        kind = self.kind()
        codes = self.codes()
        doi_text = self.text("DOI")
        doi = parse_doi(doi_text) if doi_text else None
        if doi_text and doi is None:
            self.rest["DOI"] = doi_text
        if doi is not None and self.arxiv is not None and doi.folded == self.arxiv.doi.lower():
            doi = None
        url = self.text("URL")
        if url and (self.arxiv is None or parse_arxiv(url) != ArxivId(self.arxiv.value)):
            self.rest["URL"] = url
        title, abstract = self.text("title"), self.text("abstract")
        date = from_csl_date(self.rest.get("issued"))
        if date is not None and _only_parts(self.rest["issued"]):
            del self.rest["issued"]
        ids = {_ID_SCHEMES[name]: value for name in _ID_SCHEMES if (value := self.text(name))}
        extra: dict[str, object] = dict(self.tex)
        authors, truncated = self.authors()
        venue = self.text("container-title")
        if self.note:
            self.rest["note"] = "\n".join(self.note)
        if self.rest:
            extra["csl"] = self.rest
        return Entry(
            key=key,
            type=kind,
            title=_MARKUP.sub("", title) if title else None,
            authors=authors,
            authors_truncated=truncated,
            abstract=_MARKUP.sub("", abstract) if abstract else None,
            date=date,
            categories=(self.primary,) if self.primary else (),
            primary_known=self.primary is not None,
            code=codes,
            arxiv=self.arxiv,
            doi=doi,
            other_ids=ids,
            venue=venue,
            extra=extra,
        )

    def key(self) -> str | None:
        key = self.text("citation-key")
        identifier = self.rest.pop("id", None)
        if key is None and isinstance(identifier, str | int) and str(identifier) != "anon":
            key = str(identifier)
        return key or None

    def read_note(self) -> None:
        for line in (self.text("note") or "").split("\n"):
            arxiv = _ARXIV_LINE.fullmatch(line.strip())
            if arxiv and self.arxiv is None and (found := parse_arxiv(arxiv[1])) is not None:
                self.arxiv, self.primary = found, arxiv[2]
                continue
            tex = _TEX_LINE.fullmatch(line.strip())
            if tex and tex[1] not in self.tex:
                self.tex[tex[1]] = tex[2].strip()
            elif line.strip():
                self.note.append(line.rstrip())

    def find_arxiv(self) -> None:
        number = self.rest.get("number")
        if isinstance(number, str) and number.lower().startswith("arxiv:"):
            found = parse_arxiv(number)
            if found is not None:
                self.arxiv = self.arxiv or found
                if found.value == self.arxiv.value:
                    del self.rest["number"]
        for variable in ("DOI", "URL", "archive_location", "container-title"):
            value = self.rest.get(variable)
            if self.arxiv is None and isinstance(value, str):
                dressed = re.sub(r"(?i)^arxiv preprint\s+", "", value)
                if "arxiv" in dressed.lower() or self.rest.get("archive") == "arXiv":
                    self.arxiv = parse_arxiv(dressed)

    def kind(self) -> str:
        kind = self.rest.pop("type", None)
        kind = kind if isinstance(kind, str) and kind in TYPES else type_document
        genre = self.rest.get("genre")
        is_preprint = isinstance(genre, str) and genre.lower() == "preprint"
        publisher = self.rest.get("publisher")
        if isinstance(publisher, str) and publisher.lower() == "arxiv" and self.arxiv is not None:
            del self.rest["publisher"]
        if is_preprint and kind in ("article", "document", "manuscript"):
            del self.rest["genre"]
            return type_preprint
        return type_preprint if kind == "article" and self.arxiv is not None else kind

    def codes(self) -> tuple[Link, ...]:
        custom = self.rest.get("custom")
        found: dict[int, str] = {}
        for source in (self.tex, dict(custom) if isinstance(custom, dict) else {}):
            for name in list(source):
                match = _CODE_NAME.fullmatch(name)
                if match and isinstance(source[name], str):
                    found.setdefault(int(match[1] or 1), source[name])
                    if source is self.tex:
                        del self.tex[name]
        if isinstance(custom, dict):
            left = {name: value for name, value in custom.items() if not _CODE_NAME.fullmatch(name)}
            del self.rest["custom"]
            if left:
                self.rest["custom"] = left
        urls = dict.fromkeys(found[number] for number in sorted(found))
        return tuple(Link(url=url, evidence="file") for url in urls)

    def authors(self) -> tuple[tuple[Name, ...], bool]:
        rows = self.rest.get("author")
        if not isinstance(rows, list):
            return (), False
        names = from_csl_names(rows)
        del self.rest["author"]
        truncated = len(names) > 1 and names[-1].display().lower() in ("others", "et al.")
        return (names[:-1] if truncated else names), truncated


def _only_parts(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) <= {"date-parts", "raw", "literal"}
        and (len(value.get("date-parts") or [[]]) == 1)
    )
